package cards

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// incidentSigns show an incident's state before its title.
var incidentSigns = map[itsm.IncidentState]string{
	itsm.IncidentNew:        "📝",
	itsm.IncidentTriaged:    "🚨",
	itsm.IncidentAssigned:   "👤",
	itsm.IncidentInProgress: "🔧",
	itsm.IncidentOnHold:     "⏸️",
	itsm.IncidentResolved:   "✅",
	itsm.IncidentReopened:   "🔁",
	itsm.IncidentClosed:     "🏁",
	itsm.IncidentCancelled:  "🚫",
	itsm.IncidentDuplicate:  "🔗",
}

// IncidentHeadline is what an incident is called: its number, its priority and its
// title.
func IncidentHeadline(i *itsm.Incident) string {
	if i.Priority == "" {
		return string(i.Number) + " · " + i.Title
	}
	return string(i.Number) + " · " + string(i.Priority) + " · " + i.Title
}

// incidentHeader is the title, which leads to the record's page.
func incidentHeader(i *itsm.Incident, links Links) slack.Block {
	title := incidentSigns[i.State] + " " + IncidentHeadline(i)
	if record, _ := addresses(i.Number, links); record != "" {
		bold := &slack.RichTextSectionTextStyle{Bold: true}
		return slack.NewRichTextBlock("", slack.NewRichTextSection(slack.NewRichTextSectionLinkElement(record, title, bold)))
	}
	return slack.NewHeaderBlock(PlainText(title))
}

// incidentLayout is what all messages about an incident look like.
func incidentLayout(n itsm.Notice, links Links, lead string, acts []itsm.Act) []slack.Block {
	i := n.Incident
	blocks := []slack.Block{incidentHeader(i, links), Section(lead, incidentFields(n)...)}
	if i.Description != "" {
		blocks = append(blocks, excerpts([]part{{"Description", i.Description}}))
	}
	if clocks := clockLines(i); len(clocks) > 0 {
		blocks = append(blocks, Section(strings.Join(clocks, "\n")))
	}
	blocks = append(blocks, footnotes(incidentContext(n, links))...)
	return append(blocks, IncidentRow(in(n), n, acts, true))
}

func incidentFields(n itsm.Notice) []string {
	i := n.Incident
	out := []string{
		"*Service*\n" + Escape(cmp.Or(n.Service.Name, string(i.Service))),
		"*State*\n" + i.State.Words(),
		"*Priority*\n" + priorityOf(i),
		"*Reporter*\n" + Escape(reporter(n)),
	}
	if i.Assignee != "" {
		out = append(out, "*Assignee*\n"+Escape(Name(n.People, i.Assignee)))
	} else {
		out = append(out, "*Team*\n"+Escape(string(i.Team)))
	}
	if a := n.Alerts; a != nil {
		out = append(out, fmt.Sprintf("*Alerts*\n%d came, %d of %d still fire", a.Count, a.Firing, a.Alerts))
	}
	if i.Parent != "" {
		out = append(out, "*Follows*\n"+string(i.Parent))
	}
	return out
}

func priorityOf(i *itsm.Incident) string {
	says := fmt.Sprintf("%s (impact %s, urgency %s)", i.Priority, i.Impact, i.Urgency)
	if i.Override != nil {
		says = string(i.Priority) + " (set against the matrix)"
	}
	return says
}

func reporter(n itsm.Notice) string {
	if n.Incident.Reporter == itsm.Monitoring {
		return "monitoring"
	}
	return Name(n.People, n.Incident.Reporter)
}

// clockLines say how each service level stands: the newest clock of each kind.
func clockLines(i *itsm.Incident) (lines []string) {
	for _, kind := range itsm.ClockKinds {
		c := i.Clock(kind)
		if c == nil || c.Target.IsZero() {
			continue
		}
		lines = append(lines, clockSign(c)+" *"+Label(string(kind))+"* "+clockSays(c))
	}
	return lines
}

func clockSign(c *itsm.Clock) string {
	switch {
	case c.MissedAt != nil:
		return "🔴"
	case c.StoppedAt != nil:
		return "🟢"
	case c.Paused():
		return "⏸️"
	default:
		return "⏱️"
	}
}

func clockSays(c *itsm.Clock) string {
	switch {
	case c.StoppedAt != nil && c.DueAt != nil && !c.Met():
		return "late: due " + moment(*c.DueAt) + ", done " + moment(*c.StoppedAt)
	case c.StoppedAt != nil:
		return "in time, " + moment(*c.StoppedAt)
	case c.Paused():
		return "stands still while its reporter is awaited"
	case c.DueAt == nil:
		return "is being reckoned"
	case c.MissedAt != nil:
		return "missed since " + moment(*c.MissedAt)
	default:
		return "by " + moment(*c.DueAt)
	}
}

// incidentContext says whom it waits for, who was called, and what comes by itself.
func incidentContext(n itsm.Notice, links Links) []string {
	i := n.Incident
	var lines []string
	if i.ClosedAt != nil {
		lines = append(lines, "Over since "+moment(*i.ClosedAt))
	} else if waits := waitsFor(n); waits != "" {
		lines = append(lines, "Waits for "+Escape(waits))
	}
	if calls := i.Escalation.Calls; len(calls) > 0 && i.Open() {
		lines = append(lines, called(n, calls[len(calls)-1]))
	}
	lines = append(lines, forecast(n)...)
	if l := linked(i.Number, links); l != "" {
		lines = append(lines, l)
	}
	return first(lines, maxContext)
}

// called says who was called last, and who answered.
func called(n itsm.Notice, c itsm.Call) string {
	var who []string
	for _, id := range first(c.People, maxNamed) {
		who = append(who, Name(n.People, id))
	}
	if len(c.Channels) > 0 {
		who = append(who, "a channel")
	}
	says := "Called: " + strings.Join(who, ", ")
	if c.Level > 0 {
		says = fmt.Sprintf("Called at level %d: %s", c.Level, strings.Join(who, ", "))
	}
	says = Escape(says) + ", " + moment(c.At)
	if c.Answered != "" {
		says += "; answered by " + Escape(Name(n.People, c.Answered)) + " " + moment(instantOf(c.AnswerAt, c.At))
	}
	return says
}

func instantOf(at *time.Time, or time.Time) time.Time {
	if at == nil {
		return or
	}
	return *at
}
