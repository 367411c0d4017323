package cards

import (
	"cmp"
	"fmt"
	"slices"
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
	return heading(incidentSigns[i.State]+" "+IncidentHeadline(i), i.Number, links)
}

// foreseen things are shown on a message; the status of a record shows them all.
const foreseen = 3

// incidentLayout is what all messages about an incident look like.
func incidentLayout(n itsm.Notice, links Links, lead string, acts []itsm.Act) []slack.Block {
	i := n.Incident
	blocks := []slack.Block{incidentHeader(i, links), Section(lead, incidentFields(n)...)}
	blocks = append(blocks, clockBlocks(i.Clocks, false)...)
	if notedOf(n) {
		blocks = append(blocks, Plain("Note of "+Name(n.People, n.Event.Actor)+": "+Cut(n.Event.Note, excerpt, "…")))
	}
	blocks = append(blocks, helps(n)...)
	if i.Description != "" {
		blocks = append(blocks, excerpts([]part{{"Description", i.Description}}))
	}
	blocks = append(blocks, footnotes(incidentContext(n, links, foreseen))...)
	return append(blocks, incidentRow(in(n), n, acts, true))
}

// incidentNoted are the events whose note is theirs alone: those of a hold and of a
// resolution are in the summary.
var incidentNoted = []itsm.EventKind{
	itsm.EventAssigned, itsm.EventEscalated, itsm.EventEscalationAsked, itsm.EventAcknowledged, itsm.EventReprioritised, itsm.EventIncidentResumed,
	itsm.EventIncidentParent, itsm.EventReopened, itsm.EventIncidentCancelled, itsm.EventIncidentDuplicate, itsm.EventIncidentClosed,
}

func notedOf(n itsm.Notice) bool {
	return n.Event.Note != "" && slices.Contains(incidentNoted, n.Event.Kind)
}

func incidentFields(n itsm.Notice) []string {
	i := n.Incident
	out := []string{
		"*Service*\n" + Escape(cmp.Or(n.Service.Name, string(i.Service))),
		"*State*\n" + i.State.Words(),
		"*Priority*\n" + priorityOf(n),
		"*Reporter*\n" + Escape(reporter(n)),
		"*Team*\n" + Escape(cmp.Or(string(i.Team), "none")),
	}
	if i.Assignee != "" {
		out = append(out, "*Assignee*\n"+Escape(Name(n.People, i.Assignee)))
	}
	if a := n.Alerts; a != nil {
		out = append(out, fmt.Sprintf("*Alerts*\n%d came, %d of %d still fire", a.Count, a.Firing, a.Alerts))
	}
	if i.Parent != "" {
		out = append(out, "*Belongs to*\n"+string(i.Parent))
	}
	if i.Follows != "" {
		out = append(out, "*Goes on from*\n"+string(i.Follows))
	}
	return out
}

func priorityOf(n itsm.Notice) string {
	i := n.Incident
	switch {
	case i.Priority == "":
		return "not known yet"
	case i.Override != nil:
		return fmt.Sprintf("%s, set by %s against impact %s and urgency %s", i.Priority, Escape(Name(n.People, i.Override.By)), i.Impact, i.Urgency)
	default:
		return fmt.Sprintf("%s (impact %s, urgency %s)", i.Priority, i.Impact, i.Urgency)
	}
}

func reporter(n itsm.Notice) string {
	if n.Incident.Reporter == itsm.Monitoring {
		return "monitoring"
	}
	return Name(n.People, n.Incident.Reporter)
}

// clockBlocks say how the service levels stand: the newest clock of each kind, or all
// of them.
func clockBlocks(clocks []itsm.Clock, all bool) []slack.Block {
	var lines []string
	for n := range clocks {
		c := &clocks[n]
		newer := slices.ContainsFunc(clocks[n+1:], func(o itsm.Clock) bool { return o.Kind == c.Kind })
		if c.Target.IsZero() && c.Kind != itsm.SupplierClock || !all && newer {
			continue
		}
		name := Label(string(c.Kind))
		if c.For != "" {
			name += " " + string(c.For)
		}
		if c.Cycle > 1 {
			name += fmt.Sprintf(", time %d", c.Cycle)
		}
		lines = append(lines, clockSign(c)+" *"+name+"* "+clockSays(c))
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{Section(strings.Join(lines, "\n"))}
}

func clockSign(c *itsm.Clock) string {
	switch {
	case c.MissedAt != nil:
		return "🔴"
	case c.Met():
		return "🟢"
	case c.Paused():
		return "⏸️"
	default:
		return "⏱️"
	}
}

func clockSays(c *itsm.Clock) string {
	missed := ""
	if c.MissedAt != nil {
		missed = "missed " + moment(*c.MissedAt)
	}
	switch {
	case c.Kind == itsm.SupplierClock && c.StoppedAt != nil:
		return "waited for from " + moment(c.StartedAt) + " until " + moment(*c.StoppedAt)
	case c.Kind == itsm.SupplierClock:
		return "waited for since " + moment(c.StartedAt)
	case c.StoppedAt != nil && missed != "":
		return missed + ", over " + moment(*c.StoppedAt)
	case c.Met():
		return "in time, " + moment(*c.StoppedAt)
	case c.StoppedAt != nil:
		return "over " + moment(*c.StoppedAt) + "; whether in time is being reckoned"
	case c.Paused():
		return strings.TrimPrefix(missed+"; ", "; ") + "stands still while its reporter is awaited"
	case missed != "":
		return missed
	case c.DueAt == nil:
		return "is being reckoned"
	default:
		return "by " + moment(*c.DueAt)
	}
}

// incidentContext says whom it waits for, who was called, what comes by itself, at
// most so many things of it, and where there is more.
func incidentContext(n itsm.Notice, links Links, most int) []string {
	i := n.Incident
	var lines []string
	if i.ClosedAt != nil {
		lines = append(lines, "Over since "+moment(*i.ClosedAt))
	} else if waits := waitsFor(n); waits != "" {
		lines = append(lines, "Waits for "+Escape(waits))
	}
	if h := i.Hold; h != nil {
		lines = append(lines, "On hold since "+moment(h.At)+", by "+Escape(Name(n.People, h.By)))
	}
	if calls := i.Escalation.Calls; len(calls) > 0 && i.Open() && !i.Escalation.Over {
		if c := calls[len(calls)-1]; len(c.People)+len(c.Channels) > 0 {
			lines = append(lines, called(n, c))
		}
	}
	sources := sources(i, links)
	comes := first(forecast(n), most)
	lines = append(lines, first(comes, max(maxContext-len(lines)-1, 0))...)
	if len(sources) > 0 {
		lines = append(lines, strings.Join(sources, " · "))
	}
	return first(lines, maxContext)
}

// sources are where there is more: what it was raised from, and its process.
func sources(i *itsm.Incident, links Links) (out []string) {
	if i.Alert != nil && i.Alert.URL != "" {
		out = append(out, anchor(i.Alert.URL, "Alert"))
	}
	if i.Message != "" {
		out = append(out, anchor(i.Message, "Message that it was raised from"))
	}
	if l := linked(i.Number, links); l != "" {
		out = append(out, l)
	}
	return out
}

// anchor is an address under words of ours. A bar in it would begin other words.
func anchor(address, words string) string {
	return "<" + Escape(strings.ReplaceAll(address, "|", "%7C")) + "|" + words + ">"
}

// called says who was called last, and who answered.
func called(n itsm.Notice, c itsm.Call) string {
	says := "Called: "
	switch {
	case c.Kind == itsm.Hierarchical:
		says = "Called to answer for it: "
	case c.Level > 0:
		says = fmt.Sprintf("Called at level %d: ", c.Level)
	}
	says += Escape(callees(n, c)) + ", " + moment(c.At)
	if c.Answered != "" {
		says += "; answered by " + Escape(Name(n.People, c.Answered)) + " " + moment(instantOf(c.AnswerAt, c.At))
	}
	return says
}

// callees are who was called at once.
func callees(n itsm.Notice, c itsm.Call) string {
	who := waiting(itsm.Notice{People: n.People}, c.People)
	switch len(c.Channels) {
	case 0:
	case 1:
		who = append(who, "a channel")
	default:
		who = append(who, fmt.Sprintf("%d channels", len(c.Channels)))
	}
	return strings.Join(who, ", ")
}

func instantOf(at *time.Time, or time.Time) time.Time {
	if at == nil {
		return or
	}
	return *at
}
