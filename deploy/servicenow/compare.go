package servicenow

import (
	"cmp"
	"slices"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Findings are where the rules and the source come to the same result, and where not.
type Findings struct {
	Rows     int         // of the log
	Quiet    int         // rows that changed nothing that Steward keeps
	Late     []int       // lines of rows that are of before the resolution that they stand after
	LeftOut  []LeftOut   // what a row changed that the rules do not let change
	Inferred []Move      // moves that the log skips
	Priority Agreement   // for each row
	Differ   []Different // rows of another priority
	Reopens  Count       // as the source counts
	Hands    Count       // ditto, of what went from one group to another
	SLA      *SLA        // nil: the source does not say

	handovers int // from one group to another, as it was replayed
}

// LeftOut is something that a row changed and a record keeps as it was.
type LeftOut struct {
	Line   int    `json:"line"`
	Number string `json:"number"`
	What   string `json:"what"`
}

// Move is one step of a life.
type Move struct {
	From itsm.IncidentState
	To   itsm.IncidentState
}

// Agreement is how often two came to the same result.
type Agreement struct {
	Agree   int `json:"agree"`
	Differ  int `json:"differ"`
	Unknown int `json:"unknown"` // the source does not say
}

// Different is a row that the matrix gives another priority than the source did.
type Different struct {
	Line    int           `json:"line"`
	Number  string        `json:"number"`
	Impact  itsm.Degree   `json:"impact"`
	Urgency itsm.Degree   `json:"urgency"`
	Source  itsm.Priority `json:"source"`
	Steward itsm.Priority `json:"steward"`
}

// Count is a count of the source's beside the same one of the replay.
type Count struct {
	Known   bool
	Agrees  bool  // at each row
	Line    int   // of the first row that does not
	Source  int   // at last
	Steward int   // at last
	Unseen  int   // what the source counts and its columns do not show
	Lines   []int // that it is counted at
}

// inferred notes a move that the log does not show.
func (p *replay) inferred(from, to itsm.IncidentState) {
	p.r.Inferred = append(p.r.Inferred, Move{from, to})
}

func (p *replay) leftOut(what string) {
	p.r.LeftOut = append(p.r.LeftOut, LeftOut{Line: p.row.Line, Number: p.r.Source, What: what})
}

// compareRow compares what the row says with what has come of it.
func (p *replay) compareRow() {
	p.comparePriority()
	p.r.Reopens.at(p.row, p.row.Reopens, p.i.Reopens)
	p.r.Hands.at(p.row, p.row.Handovers, p.r.handovers+p.r.Hands.Unseen)
}

func (c *Count) at(row *Row, source, steward int) {
	c.Steward = steward
	if source < 0 {
		return
	}
	if !c.Known {
		c.Known, c.Agrees = true, true
	}
	c.Source = source
	if c.Agrees && source != steward {
		c.Agrees, c.Line = false, row.Line
	}
}

// comparePriority compares the row's priority with what the matrix makes of it; what
// is resolved keeps the one that it had.
func (p *replay) comparePriority() {
	ours := p.i.Priority
	if p.row.Impact != p.i.Impact || p.row.Urgency != p.i.Urgency {
		ours = p.Matrix.Priority(cmp.Or(p.row.Impact, p.i.Impact), cmp.Or(p.row.Urgency, p.i.Urgency))
	}
	p.r.Rows++
	if p.row.Priority == "" {
		p.r.Priority.Unknown++
		return
	}
	if p.row.Priority == ours {
		p.r.Priority.Agree++
		return
	}
	p.r.Priority.Differ++
	p.r.Differ = append(p.r.Differ, Different{
		Line: p.row.Line, Number: p.r.Source, Impact: p.row.Impact, Urgency: p.row.Urgency, Source: p.row.Priority, Steward: ours,
	})
}

// Reason is why the source and the rules judge a target differently.
type Reason string

// The reasons, in the order in which they are tried.
const (
	NoTarget      Reason = "no_target"         // the profile has none for the priority
	Unresolved    Reason = "closed_unresolved" // the log does not say when it was resolved, if not when it was closed
	Paused        Reason = "paused"            // the source goes on counting while it awaits the caller
	Reopened      Reason = "reopened"          // each reopening has a clock of its own here, and the source has one for all
	ResolvedAgain Reason = "resolved_again"    // the source counts until the resolution was last touched
	UntilClosed   Reason = "until_closed"      // the source counts until it is closed
	MissedBefore  Reason = "missed_before"     // by a target that it had before, and that stays so
	Reprioritised Reason = "reprioritised"     // the source judges by a priority that it had before
	Unexplained   Reason = "unexplained"
)

// Reasons is every Reason with what it means.
var Reasons = []struct {
	Reason Reason
	Words  string
}{
	{NoTarget, "the profile has no target for its priority"},
	{Unresolved, "no row and no column says when it was resolved; Steward counts until it was closed"},
	{MissedBefore, "it was missed by a target that it had before, which stays so; the source judges by its last priority alone"},
	{Paused, "the source's clock goes on while it awaits the caller; Steward's stands still"},
	{Reopened, "Steward's clock begins anew with each reopening; the source's goes on from the first day"},
	{ResolvedAgain, "the source counts until the resolution was last touched; Steward until it was first said"},
	{UntilClosed, "the source counts until it is closed; Steward until it is resolved"},
	{Reprioritised, "the source judges by a priority that it had before"},
	{Unexplained, "no rule that is known explains it"},
}

// SLA is one incident's resolution target, as the source and as Steward judge it.
type SLA struct {
	Line     int           `json:"line"` // that the source says it in
	Number   string        `json:"number"`
	Priority itsm.Priority `json:"priority"`
	Source   bool          `json:"source"`  // met
	Steward  bool          `json:"steward"` // ditto
	Target   itsm.Duration `json:"target"`
	Counted  itsm.Duration `json:"counted"` // in the calendar, without pauses
	Through  itsm.Duration `json:"through"` // ditto, pauses and all, from the first day
	Whole    bool          `json:"-"`       // met, counted so
	Reason   Reason        `json:"reason,omitempty"`
}

// compareSLA compares what the source says once it has closed an incident: until then
// it says TRUE of each, so that nothing else means anything.
func (p *replay) compareSLA() {
	last := p.rows[len(p.rows)-1]
	if last.MadeSLA == "" || last.State.State != itsm.IncidentClosed {
		return
	}
	c := p.i.Clock(itsm.ResolutionClock)
	whole := p.whole(*c)
	sla := &SLA{
		Line: last.Line, Number: p.r.Source, Priority: p.i.Priority, Source: last.MadeSLA == yes, Steward: c.Met(),
		Target: itsm.Duration(c.Target.Time), Counted: p.counted(*c), Through: p.counted(whole), Whole: p.met(whole),
	}
	if sla.Source != sla.Steward {
		sla.Reason = p.why(*c, whole, sla.Source)
	}
	p.r.SLA = sla
}

// whole is the clock had it run from the first day on, with each pause.
func (p *replay) whole(c itsm.Clock) itsm.Clock {
	c.Pauses = nil
	c.StartedAt = p.i.RaisedAt
	return c
}

// counted is how long a stopped clock ran.
func (p *replay) counted(c itsm.Clock) itsm.Duration {
	if c, err := c.Reckon(p.hours, *c.StoppedAt); err == nil && c.Elapsed != nil {
		return c.Elapsed.Business
	}
	return 0
}

// why tries one difference after the other until the verdict is the source's.
func (p *replay) why(c, whole itsm.Clock, source bool) Reason {
	if c.Target.IsZero() {
		return NoTarget
	}
	is := func(c itsm.Clock) bool { return p.met(c) == source }
	unpaused := c
	unpaused.Pauses = nil
	until := func(at time.Time) itsm.Clock {
		c := whole
		c.StoppedAt = &at
		return c
	}
	last := p.rows[len(p.rows)-1]
	switch {
	case p.unresolved && c.StoppedAt.Equal(*p.i.ClosedAt):
		return Unresolved
	case is(c):
		return MissedBefore
	case is(unpaused):
		return Paused
	case p.i.Reopens > 0 && is(whole):
		return Reopened
	case !last.Resolved.IsZero() && is(until(last.Resolved)):
		return ResolvedAgain
	case is(until(*p.i.ClosedAt)):
		return UntilClosed
	case slices.ContainsFunc(p.policy.Priorities, func(t itsm.PriorityTerms) bool {
		retargeted := whole
		retargeted.Target = t.Resolve
		return p.had(t.Priority) && !t.Resolve.IsZero() && is(retargeted)
	}):
		return Reprioritised
	}
	return Unexplained
}

// met judges a clock anew.
func (p *replay) met(c itsm.Clock) bool {
	c.DueAt, c.MissedAt = nil, nil
	c, err := c.Reckon(p.hours, *c.StoppedAt)
	return err == nil && c.Met()
}

// had reports whether the incident ever had a priority.
func (p *replay) had(priority itsm.Priority) bool {
	return slices.ContainsFunc(p.r.Events, func(e itsm.Event) bool { return e.Detail != nil && e.Detail.Priority == priority })
}
