package cards

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// ProblemStanding says where a problem stands: its targets, whom it waits for, what
// happens if nobody acts, and what its reader can do.
func ProblemStanding(n itsm.Notice, links Links) Message {
	p := n.Problem
	blocks := []slack.Block{problemHeader(p, links), Section(Escape(n.Explanation.Summary), problemFields(n)...)}
	blocks = append(blocks, clockBlocks(p.Clocks, true)...)
	blocks = append(blocks, progress(n)...)
	blocks = append(blocks, footnotes(problemContext(n, links, maxContext))...)
	return fit(Message{
		Text:   Escape(ProblemHeadline(p) + " is " + p.State.Words() + ". " + n.Explanation.Summary),
		Blocks: append(blocks, problemRow(string(Status)+"/"+string(p.Number), n, n.Explanation.Acts, true)),
	})
}

// ProblemDetails is all that there is of a problem: its texts, what was found, what
// helps for now, what is to be done, what it is to other records, what was said and what
// happened.
func ProblemDetails(n itsm.Notice, a Around, links Links) Message {
	p := n.Problem
	blocks := []slack.Block{problemHeader(p, links), Section(Escape(n.Explanation.Summary), problemFields(n)...)}
	blocks = append(blocks, clockBlocks(p.Clocks, true)...)
	blocks = append(blocks, progress(n)...)
	for _, t := range problemTexts(n) {
		blocks = append(blocks, Plain(t.label+"\n"+t.text))
	}
	if k := p.KnownError; k != nil {
		blocks = append(blocks, errorBlocks(n, k)...)
	}
	if lines := taskLines(n, p.Tasks); len(lines) > 0 {
		blocks = append(blocks, Section("*Tasks*\n"+strings.Join(first(lines, maxTasks), "\n")))
	}
	if lines := relations(p.Number, a.Relations); len(lines) > 0 {
		blocks = append(blocks, Section("*Goes with*\n"+strings.Join(lines, "\n")))
	}
	for _, c := range a.Said[max(0, len(a.Said)-maxSaid):] {
		blocks = append(blocks, Plain(commentSigns[c.Kind]+" "+Name(n.People, c.By)+": "+Cut(c.Text, excerpt, "…")))
	}
	if lines := problemTold(n, a.Timeline); len(lines) > 0 {
		blocks = append(blocks, Section("*What happened*\n"+strings.Join(lines[max(0, len(lines)-maxTold):], "\n")))
	}
	blocks = append(blocks, footnotes(problemContext(n, links, foreseen))...)
	if row := problemRow(string(Show)+"/"+string(p.Number), n, n.Explanation.Acts, false); len(row.Elements.ElementSet) > 0 {
		blocks = append(blocks[:min(len(blocks), maxMessageBlocks-1)], row)
	}
	return fit(Message{Text: Escape(ProblemHeadline(p) + " is " + p.State.Words() + ". " + n.Explanation.Summary), Blocks: blocks})
}

// maxTasks are shown of a problem, those that are open first.
const maxTasks = 15

// problemTexts are the texts of a problem, but for its known error.
func problemTexts(n itsm.Notice) []part {
	p := n.Problem
	trend, risk, review := "", "", ""
	if p.Trend != nil {
		trend = p.Trend.Reason + trendCounts(p.Trend)
	}
	if p.Risk != nil {
		risk = p.Risk.Reason
	}
	if r := p.Review; r != nil {
		var said []string
		for _, s := range written(part{"Went well", r.WentWell}, part{"Went wrong", r.WentWrong}, part{"Third parties", r.ThirdParties}, part{"Follow-up", r.FollowUp}) {
			said = append(said, s.label+": "+s.text)
		}
		review = strings.Join(said, "\n")
	}
	all := written(part{"Description", p.Description}, part{"Category", p.Category}, part{"Why it was proposed", trend})
	all = append(all, causeTexts(p.RootCause)...)
	return append(all, written(part{"Why its risk is accepted", risk}, part{"Review", review})...)
}

// causeTexts are what was found, each claim with what shows it.
func causeTexts(c *itsm.RootCause) []part {
	if c == nil {
		return nil
	}
	says := func(claims ...*itsm.Claim) string {
		var lines []string
		for _, claim := range claims {
			if claim == nil {
				continue
			}
			lines = append(append(lines, claim.Text), evidenceLines(claim.Evidence)...)
		}
		return strings.Join(lines, "\n")
	}
	contributing := make([]*itsm.Claim, len(c.Contributing))
	for n := range c.Contributing {
		contributing[n] = &c.Contributing[n]
	}
	return written(
		part{causeLabel(c) + " (" + Words(c.Method) + ")", says(c.Cause)}, part{"Trigger", says(c.Trigger)},
		part{"Contributing causes", says(contributing...)}, part{"Detection gap", says(c.DetectionGap)},
	)
}

// evidenceLines are what something rests on, a line each below it.
func evidenceLines(all []itsm.Evidence) (lines []string) {
	for _, e := range all {
		shows := slices.DeleteFunc([]string{string(e.Record), e.URL, e.Note}, func(s string) bool { return s == "" })
		lines = append(lines, "  ↳ "+strings.Join(shows, " "))
	}
	return lines
}

// timelineOf is a timeline's message: the newest lines that fit.
func timelineOf(header slack.Block, headline string, lines []string, n itsm.Number, show *slack.ButtonBlockElement) Message {
	blocks := []slack.Block{header}
	if over := len(lines) - maxHappened; over > 0 {
		blocks, lines = append(blocks, Footnote("More came before these; the record has all of it.")), lines[over:]
	}
	for some := range slices.Chunk(lines, together) {
		blocks = append(blocks, Section(strings.Join(some, "\n")))
	}
	return fit(Message{Text: Escape("What happened to " + headline), Blocks: append(blocks, slack.NewActionBlock("timeline/"+string(n), show))})
}
