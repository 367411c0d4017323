package cards

import (
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// ListedSuppliers is a list of suppliers, contracts or reviews under a title, of which each
// notice holds one. place names it, so that it can be shown anew.
func ListedSuppliers(title, place string, all []itsm.Notice) Message {
	return fit(Message{Text: Escape(title), Blocks: listOf(Escape(title), all, MaxListed, func(n itsm.Notice) []slack.Block {
		return []slack.Block{supplierLine(ListOpen, n), listedPaper("list."+place+"/"+string(n.Record()), n)}
	})})
}

// DueSuppliers is what is due soon of suppliers, contracts and reviews, first first.
func DueSuppliers(all []itsm.Notice) Message {
	title := "What is due soon, or late"
	blocks := listOf(title, first(all, MaxListed), MaxListed, func(n itsm.Notice) []slack.Block {
		p := paperOf(n)
		says := []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(p.sign+" "+Cut(p.headline, excerpt, "…"), nil)}
		for _, d := range first(p.dues, maxDues) {
			says = append(says, slack.NewRichTextSectionTextElement("\n"+d.What+": ", nil), dated(d.At, nil))
		}
		line := slack.NewRichTextBlock("", slack.NewRichTextSection(says...))
		return []slack.Block{line, listedPaper("list.due/"+string(n.Record()), n)}
	})
	if len(all) > MaxListed {
		blocks = append(blocks, Footnote("There are more. These are due first; the API lists all."))
	}
	return fit(Message{Text: title, Blocks: blocks})
}

// maxDues are shown of what is due for one record.
const maxDues = 3

// listedPaper is the row of a record in a list. What is decided on, and what is seen, has
// to be read first, among the details.
func listedPaper(place string, n itsm.Notice) *slack.ActionBlock {
	return paperRow(place, n, paperOf(n), without(n.Explanation.Acts, itsm.ActContractDecide, itsm.ActSeen), true)
}

// supplierLine is what a record is, what it asks of its reader, and by when.
func supplierLine(l List, n itsm.Notice) *slack.RichTextBlock {
	p := paperOf(n)
	says := supplierTodo(l, n)
	if waits := waitsFor(n); waits != "" && l != ListWaiting {
		says += " · waits for " + waits
	}
	words := []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(p.sign+" "+Cut(p.headline, excerpt, "…")+"\n"+Cut(says, excerpt, "…"), nil)}
	if len(p.dues) > 0 {
		words = append(words, slack.NewRichTextSectionTextElement(" · "+Cut(p.dues[0].What, excerpt, "…")+": ", nil), dated(p.dues[0].At, nil))
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(words...))
}

// supplierTodo says a record's state, and to whom it waits for what that asks of them.
func supplierTodo(l List, n itsm.Notice) string {
	state := paperOf(n).state
	if l != ListWaiting {
		return state
	}
	for _, todo := range []struct {
		act  itsm.Act
		says string
	}{
		{itsm.ActContractDecide, "To decide: what becomes of it"},
		{itsm.ActSeen, "To see: does the evidence show what was measured?"},
		{itsm.ActScore, "To score, once what was measured is there"},
		{itsm.ActMeasure, "To measure: what is missing?"},
		{itsm.ActMeet, "To record: the meeting with the supplier"},
		{itsm.ActAgree, "To record: what was agreed on"},
		{itsm.ActSignOff, "To sign off"},
		{itsm.ActGiveNotice, "To give notice"},
		{itsm.ActContractPropose, "To propose what becomes of it: " + state},
		{itsm.ActSupplierMove, "To move on: " + state},
		{itsm.ActDiligence, "To look into: " + state},
	} {
		if slices.Contains(n.Explanation.Acts, todo.act) {
			return todo.says
		}
	}
	return state
}
