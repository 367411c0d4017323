package cards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// The kinds of messages that answer somebody who asks. They are no notices of a
// process.
const (
	Show   itsm.NoticeKind = "show"   // all that a record holds
	Status itsm.NoticeKind = "status" // where it stands and what comes of it
)

// Standing says where a change stands: how far it is, whom it waits for, what
// happens if nobody acts, and what its reader can do.
func Standing(n itsm.Notice, links Links) Message {
	blocks := []slack.Block{header(n.Change, links), Section(Escape(n.Explanation.Summary), fields(n)...)}
	blocks = append(blocks, progress(n)...)
	blocks = append(blocks, risk(n.Change)...)
	since := "In this state since " + moment(n.Explanation.Since)
	blocks = append(blocks, Footnote(first(append([]string{since}, context(n, links)...), maxContext)...))
	return fit(Message{
		Text:   Escape(Headline(n.Change) + " is " + n.Change.State.Words() + ". " + n.Explanation.Summary),
		Blocks: append(blocks, row(string(Status)+"/"+string(n.Change.Number), n, n.Explanation.Acts, true)),
	})
}

// Details is all that a record holds: its texts, the notes and what happened.
func Details(n itsm.Notice, timeline []itsm.Event, links Links) Message {
	c := n.Change
	blocks := []slack.Block{header(c, links), Section(Escape(n.Explanation.Summary), fields(n)...)}
	for _, p := range texts(c) {
		blocks = append(blocks, Plain(p.label+"\n"+p.text))
	}
	blocks = append(blocks, progress(n)...)
	for _, d := range c.Decisions[max(0, len(c.Decisions)-maxNamed):] {
		if d.Note != "" && !strings.Contains(n.Explanation.Summary, d.Note) {
			blocks = append(blocks, Plain("Note of "+voter(n, d)+"\n"+d.Note))
		}
	}
	if reported(n.Event) {
		blocks = append(blocks, Plain("Note of "+Name(n.People, n.Event.Actor)+"\n"+n.Event.Note))
	}
	if lines := told(n, timeline); len(lines) > 0 {
		blocks = append(blocks, Section("*What happened*\n"+strings.Join(lines[max(0, len(lines)-maxTold):], "\n")))
	}
	blocks = append(blocks, risk(c)...)
	blocks = append(blocks, footnotes(context(n, links))...)
	if row := row(string(Show)+"/"+string(c.Number), n, n.Explanation.Acts, false); len(row.Elements.ElementSet) > 0 {
		blocks = append(blocks, row)
	}
	return fit(Message{Text: Escape(Headline(c) + " is " + c.State.Words() + ". " + n.Explanation.Summary), Blocks: blocks})
}

// texts are all texts of a change that has them.
func texts(c itsm.Change) []part {
	minutes := ""
	if c.Backout > 0 {
		minutes = fmt.Sprintf("%d minutes", c.Backout)
	}
	var links []string
	for _, l := range c.Links {
		links = append(links, strings.TrimSpace(l.Title+" "+l.URL))
	}
	all := append(excerpted(c), written(
		part{"Backout takes", minutes}, part{"Test plan", c.TestPlan}, part{"Justification", c.Justification},
		part{"Configuration items", strings.Join(c.Items, "\n")}, part{"Links", strings.Join(links, "\n")},
	)...)
	if c.Assessment == nil {
		return all
	}
	lines := []string{"Risk: " + c.Assessment.Risk, "Benefit: " + c.Assessment.Benefit, "Feasibility: " + c.Assessment.Feasibility, "Cost: " + c.Assessment.Cost}
	for _, s := range c.Assessment.Effects.Sections() {
		said := s.Effect.Text
		if s.Effect.NotApplicable != "" {
			said = "not applicable, because: " + s.Effect.NotApplicable
		}
		lines = append(lines, Label(s.Words)+": "+said)
	}
	return append(all, part{"Assessment", strings.Join(lines, "\n")})
}

// maxTold events are shown of a timeline; the record has all.
const maxTold = 15

// told is what happened to a change, a line each, oldest first.
func told(n itsm.Notice, timeline []itsm.Event) (lines []string) {
	for _, e := range timeline {
		what := strings.ReplaceAll(strings.TrimPrefix(string(e.Kind), "change."), "_", " ")
		by := Escape(Name(n.People, e.Actor))
		if e.Decision != nil {
			what, by = verdicts[e.Decision.Verdict], Escape(voter(n, *e.Decision))
		}
		lines = append(lines, moment(e.At)+" "+what+", by "+by)
	}
	return lines
}

// Timeline is what happened to a record, oldest first, and no more of it than the newest
// that fit.
func Timeline(n itsm.Notice, timeline []itsm.Event, links Links) Message {
	lines, head, headline := told(n, timeline), header(n.Change, links), Headline(n.Change)
	switch {
	case n.Incident != nil:
		lines, head, headline = incidentTold(n, timeline), incidentHeader(n.Incident, links), IncidentHeadline(n.Incident)
	case n.Problem != nil:
		lines, head, headline = problemTold(n, timeline), problemHeader(n.Problem, links), ProblemHeadline(n.Problem)
	}
	blocks := []slack.Block{head}
	if over := len(lines) - maxHappened; over > 0 {
		blocks, lines = append(blocks, Footnote("More came before these; the record has all of it.")), lines[over:]
	}
	for some := range slices.Chunk(lines, together) {
		blocks = append(blocks, Section(strings.Join(some, "\n")))
	}
	blocks = append(blocks, slack.NewActionBlock("timeline/"+string(n.Record()), detailsOf(n.Record())))
	return fit(Message{Text: Escape("What happened to " + headline), Blocks: blocks})
}
