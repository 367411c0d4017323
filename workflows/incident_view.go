package workflows

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// attributes are what Temporal finds an incident by, besides what all records have.
func (p *incident) attributes() []attribute {
	all := []attribute{word(Team, p.Team), word(Priority, p.Priority), flag(Breached, p.Missed())}
	if p.over() {
		all = append(all, word(Outcome, p.outcome()))
	}
	return all
}

// outcome is how the incident ended, in one word for a filter.
func (p *incident) outcome() string {
	if p.Resolution != nil {
		return string(p.Resolution.Code)
	}
	return string(p.State)
}

// rows are what the details say of an incident.
func (p *incident) rows(itsm.Explanation) []row {
	all := []row{
		{"Priority", fmt.Sprintf("%s: impact %s, urgency %s%s", p.Priority, p.Impact, p.Urgency, overridden(p.Override))},
		{"Service", string(p.Service)},
		{"Reporter", string(p.Reporter)},
		{"Team", string(p.Team)},
	}
	if p.Assignee != "" {
		all = append(all, row{"Assignee", string(p.Assignee)})
	}
	for n := range p.Clocks {
		all = append(all, clockRow(&p.Clocks[n]))
	}
	if p.Escalation.Policy != "" {
		all = append(all, row{"Called", p.calls()})
	}
	if p.Parent != "" {
		all = append(all, row{"Follows", string(p.Parent)})
	}
	return append(all, row{"Policy", fmt.Sprintf("version %d", p.PolicyVersion)})
}

func overridden(o *itsm.Override) string {
	if o == nil {
		return ""
	}
	return ", set by " + string(o.By)
}

func clockRow(c *itsm.Clock) row {
	name := itsm.State(c.Kind).Words()
	name = strings.ToUpper(name[:1]) + name[1:]
	if c.For != "" {
		name += " " + string(c.For)
	}
	if c.Cycle > 1 {
		name += fmt.Sprintf(", cycle %d", c.Cycle)
	}
	switch {
	case c.StoppedAt != nil && c.MissedAt != nil:
		return row{name, "late, " + stamp(*c.StoppedAt)}
	case c.StoppedAt != nil:
		return row{name, "done, " + stamp(*c.StoppedAt)}
	case c.Paused():
		return row{name, "stands still: " + c.Pauses[len(c.Pauses)-1].Reason.Words()}
	case c.MissedAt != nil:
		return row{name, "missed, " + stamp(*c.MissedAt)}
	case c.DueAt != nil:
		return row{name, "due " + stamp(*c.DueAt)}
	case c.Kind == itsm.SupplierClock:
		return row{name, "waited for since " + stamp(c.StartedAt)}
	default:
		return row{name, "no target"}
	}
}

// calls says who was called last, and who answered.
func (p *incident) calls() string {
	e := &p.Escalation
	if len(e.Calls) == 0 {
		return "nobody yet"
	}
	last := e.Calls[len(e.Calls)-1]
	var who []string
	for _, id := range last.People {
		who = append(who, string(id))
	}
	who = append(who, last.Channels...)
	says := fmt.Sprintf("level %d, round %d: %s, %s", last.Level, last.Round, strings.Join(who, ", "), stamp(last.At))
	if e.Acknowledged() {
		says += "; acknowledged by " + string(e.By)
	}
	return says
}

// IncidentSummary is the line by which a process owner knows an incident in Temporal:
// who, what, and of which service.
func IncidentSummary(reporter itsm.PersonID, d itsm.IncidentDraft) string {
	return string(reporter) + " · " + string(d.Service) + " · " + d.Title
}
