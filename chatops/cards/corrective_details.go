package cards

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// CorrectiveStanding says where a corrective action stands: its targets, whom it waits
// for, what happens if nobody acts, and what its reader can do.
func CorrectiveStanding(n itsm.Notice, links Links) Message {
	c := n.Corrective
	blocks := []slack.Block{correctiveHeader(c, links), Section(Escape(n.Explanation.Summary), correctiveFields(n)...)}
	blocks = append(blocks, clockBlocks(c.Clocks, true)...)
	blocks = append(blocks, progress(n)...)
	blocks = append(blocks, footnotes(correctiveContext(n, links, maxContext))...)
	return fit(Message{
		Text:   Escape(CorrectiveHeadline(c) + " is " + c.State.Words() + ". " + n.Explanation.Summary),
		Blocks: append(blocks, correctiveRow(string(Status)+"/"+string(c.Number), n, n.Explanation.Acts, true)),
	})
}

// CorrectiveDetails is all that there is of a corrective action: its texts, what was
// found, its plan and what came of each step, whether that helped, what it is to other
// records, what was said and what happened.
func CorrectiveDetails(n itsm.Notice, a Around, links Links) Message {
	c := n.Corrective
	blocks := []slack.Block{correctiveHeader(c, links), Section(Escape(n.Explanation.Summary), correctiveFields(n)...)}
	blocks = append(blocks, clockBlocks(c.Clocks, true)...)
	blocks = append(blocks, progress(n)...)
	for _, t := range correctiveTexts(c) {
		blocks = append(blocks, Plain(t.label+"\n"+t.text))
	}
	if c.Plan != nil {
		blocks = append(blocks, planBlocks(n, c.Plan)...)
	}
	blocks = append(blocks, sections("*Steps*", taskLines(n, c.Steps), maxDone)...)
	if lines := relations(c.Number, a.Relations); len(lines) > 0 {
		blocks = append(blocks, Section("*Goes with*\n"+strings.Join(lines, "\n")))
	}
	for _, s := range a.Said[max(0, len(a.Said)-maxSaid):] {
		blocks = append(blocks, Plain(commentSigns[s.Kind]+" "+Name(n.People, s.By)+": "+Cut(s.Text, excerpt, "…")))
	}
	if lines := correctiveTold(n, a.Timeline); len(lines) > 0 {
		blocks = append(blocks, Section("*What happened*\n"+strings.Join(lines[max(0, len(lines)-maxTold):], "\n")))
	}
	blocks = append(blocks, footnotes(correctiveContext(n, links, foreseen))...)
	if row := correctiveRow(string(Show)+"/"+string(c.Number), n, n.Explanation.Acts, false); len(row.Elements.ElementSet) > 0 {
		blocks = append(blocks[:min(len(blocks), maxMessageBlocks-1)], row)
	}
	return fit(Message{Text: Escape(CorrectiveHeadline(c) + " is " + c.State.Words() + ". " + n.Explanation.Summary), Blocks: blocks})
}

// correctiveTexts are the texts of a corrective action, but for its plan.
func correctiveTexts(c *itsm.CorrectiveAction) []part {
	all := written(part{"Nonconformity", c.Nonconformity}, part{"Correction", c.Correction})
	all = append(all, causeTexts(c.RootCause)...)
	if v := c.Verification; v != nil {
		all = append(all, part{"Verification", strings.Join(append([]string{v.Note}, evidenceLines(v.Evidence)...), "\n")})
	}
	return all
}

// CorrectiveTimeline is what happened to a corrective action, oldest first, and no more of
// it than the newest that fit.
func CorrectiveTimeline(n itsm.Notice, timeline []itsm.Event, links Links) Message {
	c := n.Corrective
	show := pressCorrective("show", "Details", Claim{Number: c.Number})
	return timelineOf(correctiveHeader(c, links), CorrectiveHeadline(c), correctiveTold(n, timeline), c.Number, show)
}
