package cards

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// Entry is one record of whichever kind in a list of all kinds.
type Entry struct {
	Record  itsm.Record
	Service itsm.Service
	People  map[itsm.PersonID]itsm.Person
	Notice  *itsm.Notice // with what its reader can do; nil: they are offered to read it
}

// Entries is a list of records of all kinds under a title, in the order in which it
// came; hint says what to do about those that are not shown.
func Entries(title string, all []Entry, more bool, hint string) Message {
	blocks := append([]slack.Block{headed(title)}, entryRows("records", ListOpen, all, MaxListed)...)
	if more || len(all) > MaxListed {
		blocks = append(blocks, Footnote("There are more. "+hint))
	}
	return fit(Message{Text: Escape(title), Blocks: blocks})
}

// awaitedRows are what waits for its reader, of all kinds, what is due first first.
func awaitedRows(place List, all []Entry) []slack.Block {
	blocks := append([]slack.Block{Section("*What waits for you*")}, entryRows("list."+string(place), ListWaiting, all, MaxListed)...)
	if len(all) > MaxListed {
		blocks = append(blocks, Footnote("There are more. These are due first; the API lists all."))
	}
	return blocks
}

// entryRows are two blocks for each of so many records: what it is, and what can be done.
func entryRows(place string, l List, all []Entry, most int) (blocks []slack.Block) {
	if len(all) == 0 {
		return []slack.Block{Footnote("There is none.")}
	}
	for _, e := range first(all, most) {
		blocks = append(blocks, e.line(l), e.row(place+"/"+string(e.Record.Number)))
	}
	return blocks
}

// toneSigns tell at a glance how a record stands.
var toneSigns = map[itsm.Tone]string{itsm.ToneWaiting: "⏳", itsm.ToneActive: "🔧", itsm.ToneGood: "✅", itsm.ToneBad: "❌"}

// sign tells at a glance in which state a record of any kind is, by the sign that it has
// on its own cards.
func (e Entry) sign() string {
	r := e.Record
	own := ""
	switch r.Kind {
	case itsm.KindChange:
		own = signs[itsm.ChangeState(r.State)]
		if e.Notice != nil {
			own = sign(e.Notice.Change)
		}
	case itsm.KindIncident:
		own = incidentSigns[itsm.IncidentState(r.State)]
	case itsm.KindProblem:
		own = problemSigns[itsm.ProblemState(r.State)]
	case itsm.KindCorrective:
		own = correctiveSigns[itsm.CorrectiveState(r.State)]
	case itsm.KindSupplier:
		own = supplierSigns[itsm.SupplierState(r.State)]
	case itsm.KindContract:
		own = contractSigns[itsm.ContractState(r.State)]
	case itsm.KindReview:
		own = reviewSigns[itsm.ReviewState(r.State)]
	}
	return cmp.Or(own, toneSigns[r.Tone])
}

// line is what a record is, what it asks of its reader, and by when. What people wrote
// stands in it as they wrote it, and instants in the reader's zone.
func (e Entry) line(l List) *slack.RichTextBlock {
	r := e.Record
	text := func(s string) slack.RichTextSectionElement { return slack.NewRichTextSectionTextElement(s, nil) }
	says := e.todo(l)
	if service := cmp.Or(e.Service.Name, string(r.Service)); service != "" { // not every kind of record has one
		says += " · " + Cut(service, 80, "…")
	}
	if waits := e.waitsFor(); waits != "" && l != ListWaiting {
		says += " · waits for " + waits
	}
	words := []slack.RichTextSectionElement{text(e.sign() + " " + Cut(RecordHeadline(r), excerpt, "…") + "\n" + Cut(says, excerpt, "…"))}
	if r.Due != nil && r.ClosedAt == nil {
		when := " · by "
		if r.Late {
			when = " · 🔴 was due "
		}
		words = append(words, text(when), dated(*r.Due, nil))
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(words...))
}

// RecordHeadline is what a record of any kind is called: its number, its priority and its
// title.
func RecordHeadline(r itsm.Record) string {
	parts := slices.DeleteFunc([]string{string(r.Number), string(r.Priority), r.Title}, func(s string) bool { return s == "" })
	return strings.Join(parts, " · ")
}

// todo says a record's state, and to whom it waits for what that asks of them.
func (e Entry) todo(l List) string {
	switch n := e.Notice; {
	case n == nil:
		return e.Record.State.Words()
	case n.Incident != nil:
		return incidentTodo(l, *n)
	case n.Problem != nil:
		return problemTodo(l, *n)
	case n.Corrective != nil:
		return correctiveTodo(l, *n)
	case n.Supplier != nil, n.Contract != nil, n.Review != nil:
		return supplierTodo(l, *n)
	default:
		return todo(l, *n)
	}
}

func (e Entry) waitsFor() string {
	if e.Record.ClosedAt != nil {
		return ""
	}
	return waitsFor(itsm.Notice{People: e.People, Explanation: itsm.Explanation{WaitsFor: e.Record.WaitsFor, Roles: e.Record.Roles}})
}

// row offers the acts on a record, as its own lists do.
func (e Entry) row(place string) *slack.ActionBlock {
	switch n := e.Notice; {
	case n == nil:
		return slack.NewActionBlock(place, detailsOf(e.Record.Number))
	case n.Incident != nil:
		return incidentRow(place, *n, usual(n.Explanation.Acts), true)
	case n.Problem != nil:
		return problemRow(place, *n, listedActs(*n), true)
	case n.Corrective != nil:
		return correctiveRow(place, *n, without(n.Explanation.Acts, itsm.ActPlanDecide), true)
	case n.Supplier != nil, n.Contract != nil, n.Review != nil:
		return listedPaper(place, *n)
	default:
		return row(place, *n, n.Explanation.Acts, true)
	}
}

// detailsOf is the button that shows a record of any kind.
func detailsOf(n itsm.Number) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(string(n.Kind())+".show:"+string(n), Claim{Number: n}.Value(), PlainText("Details"))
}

// headed is a title that may hold what somebody typed.
func headed(title string) *slack.RichTextBlock {
	bold := slack.RichTextSectionTextStyle{Bold: true}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(slack.NewRichTextSectionTextElement(Cut(title, excerpt, "…"), &bold)))
}

const (
	// nodeTitle is how much of a title a graph shows: sixty of them fit into a message.
	nodeTitle = 60
	nodesEach = 12 // in a section
)

// Graph is how a record is to others, and those to others again, as indented lines. drawn says where there is a
// picture of it, or why there is none; empty: nothing is said.
func Graph(g itsm.Graph, drawn string) Message {
	var lines []string
	headline := string(g.Of)
	for _, s := range g.Walk() {
		e := Entry{Record: s.Record}
		line := strings.Repeat("\u2003", s.Depth) // Slack keeps no ordinary spaces at the beginning of a line
		what := e.sign() + " " + Cut(RecordHeadline(s.Record), nodeTitle, "…") + " · " + s.Record.State.Words()
		switch {
		case s.Depth == 0:
			headline = RecordHeadline(s.Record)
		case s.Again:
			line += "↳ " + s.Words + " " + string(s.Record.Number) + ", see there"
			what = ""
		default:
			line += "↳ " + s.Words + " "
		}
		lines = append(lines, line+what)
	}
	blocks := []slack.Block{Section("*How it is to other records*")}
	for some := range slices.Chunk(lines, nodesEach) {
		blocks = append(blocks, Plain(strings.Join(some, "\n")))
	}
	if len(g.Edges) == 0 {
		blocks = append(blocks, Footnote("Nothing is linked with it that you can see."))
	}
	if g.More > 0 {
		blocks = append(blocks, Footnote(fmt.Sprintf("%d others are near, and were left off. Ask for the graph of one of these.", g.More)))
	}
	if drawn != "" {
		blocks = append(blocks, Footnote(drawn))
	}
	blocks = append(blocks, slack.NewActionBlock("graph/"+string(g.Of), detailsOf(g.Of)))
	return fit(Message{Text: Escape("How " + headline + " is to other records"), Blocks: blocks})
}

// Known tells somebody as whom Steward knows them.
func Known(p itsm.Person, teams []itsm.TeamID) Message {
	lines := []string{
		"Your Slack account is linked: Steward knows you as *" + Escape(p.Name) + "* `" + string(p.ID) + "`, " + cmp.Or(joined(p.Roles), "without a role") + ", in " + p.Zone + ".",
	}
	for _, t := range teams {
		lines = append(lines, "• team "+Escape(string(t)))
	}
	return fit(Message{Text: lines[0], Blocks: []slack.Block{
		Section(strings.Join(lines, "\n")), Footnote("Who somebody is stands in the catalog; an administrator changes it there. `/itsm link CHG-42 https://…` links a record."),
	}})
}
