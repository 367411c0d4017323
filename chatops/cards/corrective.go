package cards

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// correctiveSigns show a corrective action's state before its title.
var correctiveSigns = map[itsm.CorrectiveState]string{
	itsm.CorrectiveNew:          "📝",
	itsm.CorrectiveRaised:       "📥",
	itsm.CorrectiveAcknowledged: "🔎",
	itsm.CorrectiveCauseKnown:   "🎯",
	itsm.CorrectivePlanProposed: "🔶",
	itsm.CorrectivePlanned:      "🔧",
	itsm.CorrectiveImplemented:  "👀",
	itsm.CorrectiveNotEffective: "🔁",
	itsm.CorrectiveClosed:       "🏁",
	itsm.CorrectiveWithdrawn:    "🚫",
}

// CorrectiveHeadline is what a corrective action is called: its number, its severity and
// its title.
func CorrectiveHeadline(c *itsm.CorrectiveAction) string {
	if c.Severity == "" {
		return string(c.Number) + " · " + c.Title
	}
	return string(c.Number) + " · " + Words(c.Severity) + " · " + c.Title
}

func correctiveHeader(c *itsm.CorrectiveAction, links Links) slack.Block {
	return heading(correctiveSigns[c.State]+" "+CorrectiveHeadline(c), c.Number, links)
}

// correctiveLayout is what all messages about a corrective action look like.
func correctiveLayout(n itsm.Notice, links Links, lead string, acts []itsm.Act) []slack.Block {
	c := n.Corrective
	blocks := []slack.Block{correctiveHeader(c, links), Section(lead, correctiveFields(n)...)}
	blocks = append(blocks, clockBlocks(c.Clocks, false)...)
	blocks = append(blocks, progress(n)...)
	if correctiveNoted(n) {
		blocks = append(blocks, Plain("Note of "+Name(n.People, n.Event.Actor)+": "+Cut(n.Event.Note, excerpt, "…")))
	}
	if parts := correctiveExcerpts(c); len(parts) > 0 {
		blocks = append(blocks, excerpts(parts))
	}
	blocks = append(blocks, footnotes(correctiveContext(n, links, foreseen))...)
	return append(blocks, correctiveRow(in(n), n, acts, true))
}

// correctiveSummed are the events whose note what happened says already.
var correctiveSummed = []itsm.EventKind{itsm.EventCorrectiveStep}

func correctiveNoted(n itsm.Notice) bool {
	return n.Event.Note != "" && !slices.Contains(correctiveSummed, n.Event.Kind)
}

// correctiveExcerpts are the texts of a corrective action that a card shows in part.
func correctiveExcerpts(c *itsm.CorrectiveAction) []part {
	measure := ""
	if c.Plan != nil {
		measure = c.Plan.Measure
	}
	return written(part{"Nonconformity", c.Nonconformity}, part{causeLabel(c.RootCause), causeOf(c.RootCause)}, part{"Measure", measure})
}

// correctiveFields are at most ten.
func correctiveFields(n itsm.Notice) []string {
	c := n.Corrective
	owner := Escape(Name(n.People, c.Owner))
	if c.Team != "" {
		owner += ", team " + Escape(string(c.Team))
	}
	out := []string{
		"*Service*\n" + Escape(cmp.Or(n.Service.Name, string(c.Service))),
		"*State*\n" + c.State.Words(),
		"*Severity*\n" + cmp.Or(Words(c.Severity), "not known yet"),
		"*Owner*\n" + owner,
		"*Raised by*\n" + Escape(Name(n.People, c.Reporter)) + cameFrom(c),
	}
	if p := c.Plan; p != nil {
		out = append(out, "*Plan*\n"+planStands(n, p))
	}
	if len(c.Steps) > 0 {
		out = append(out, fmt.Sprintf("*Steps*\n%d of %d open", c.Steps.Open(), len(c.Steps)))
	}
	if c.VerifyFrom != nil {
		out = append(out, "*Verified from*\n"+moment(*c.VerifyFrom))
	}
	if v := c.Verification; v != nil {
		found := "effective"
		if !v.Effective {
			found = "not effective"
		}
		out = append(out, "*Verified*\n"+found+", by "+Escape(Name(n.People, v.By)))
	}
	if c.Ineffective > 0 {
		out = append(out, fmt.Sprintf("*Not effective so far*\n%d times", c.Ineffective))
	}
	return out
}

// cameFrom says what a corrective action was raised by, where not by hand.
func cameFrom(c *itsm.CorrectiveAction) string {
	switch {
	case c.Source != "":
		return ", from " + string(c.Source)
	case c.RaisedBy != "" && c.RaisedBy != itsm.RaisedByHand:
		return ", from " + article(c.RaisedBy)
	default:
		return ""
	}
}

func article(o itsm.CorrectiveOrigin) string {
	if o == itsm.RaisedByIncident {
		return "an incident"
	}
	return "a " + Words(o)
}

func planStands(n itsm.Notice, p *itsm.CorrectivePlan) string {
	says := fmt.Sprintf("version %d, %d steps", p.Version, len(p.Steps))
	if p.AcceptedBy != "" {
		return says + ", accepted by " + Escape(Name(n.People, p.AcceptedBy))
	}
	return says + ", not accepted"
}

// correctiveContext says whom it waits for, what comes by itself, at most so many things
// of it, and where there is more.
func correctiveContext(n itsm.Notice, links Links, most int) []string {
	return contextOf(n, n.Corrective.Number, n.Corrective.ClosedAt, nil, links, most)
}
