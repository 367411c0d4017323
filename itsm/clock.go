package itsm

import (
	"slices"
	"time"
)

// ClockKind says what a clock counts towards.
type ClockKind string

// The clocks of an incident.
const (
	ResponseClock   ClockKind = "response"   // until the first person acknowledges
	ResolutionClock ClockKind = "resolution" // until it is resolved
)

// SupplierClock counts while an incident waits for a supplier. It has no target: what it
// measured feeds the supplier's score, and whoever is asked why it took so long reads it.
const SupplierClock ClockKind = "supplier"

// ClockKinds is every ClockKind with a target.
var ClockKinds = []ClockKind{ResponseClock, ResolutionClock}

// The parts of a target at which people are told: before it, when it is missed, and
// when as much time again has gone by.
const (
	PercentMissed  = 100
	PercentOverdue = 200
)

// ClockPercents is every such part, in order, where a kind of clock has no others.
var ClockPercents = []int{50, 75, 90, PercentMissed, PercentOverdue}

// percents are the parts of a target at which people are told of such a clock.
func (k ClockKind) percents() []int {
	if slices.Contains(CorrectiveClockKinds, k) {
		return CorrectivePercents
	}
	return ClockPercents
}

// Clock is a service-level target under way (ISO/IEC 20000-1:2018, 8.3.3). All that
// depends on a calendar is an instant, reckoned once by Reckon and recorded: a clock
// compares instants and never percentages, which round.
type Clock struct {
	Kind      ClockKind  `json:"kind"`
	For       Number     `json:"for,omitempty"`      // the supplier that is waited for
	Cycle     int        `json:"cycle"`              // 1; each reopening starts the next one of the resolution, each hold that of a supplier
	Priority  Priority   `json:"priority,omitempty"` // empty: the record has none
	Target    Length     `json:"target,omitzero"`    // zero: none is agreed, the clock only measures
	Calendar  CalendarID `json:"calendar,omitempty"` // in whose hours it counts; empty: around the clock
	StartedAt time.Time  `json:"started_at"`
	Pauses    []Pause    `json:"pauses,omitempty"`
	StoppedAt *time.Time `json:"stopped_at,omitempty"`
	DueAt     *time.Time `json:"due_at,omitempty"`    // when the target is missed; nil: not reckoned, paused, or no target
	Marks     []Mark     `json:"marks,omitempty"`     // still to be told, in order of time
	Told      []int      `json:"told,omitempty"`      // percents that were
	MissedAt  *time.Time `json:"missed_at,omitempty"` // when a target was first missed, whatever the target became since
	Elapsed   *Elapsed   `json:"elapsed,omitempty"`   // once stopped and reckoned
}

// Pause is a time that does not count: from From up to, not including, To.
type Pause struct {
	From   time.Time  `json:"from"`
	To     *time.Time `json:"to,omitempty"` // nil: it lasts
	Reason HoldReason `json:"reason"`
}

// Mark is when a part of a target is used up.
type Mark struct {
	Percent int       `json:"percent"`
	At      time.Time `json:"at"`
}

// Elapsed is what a clock measured, without its pauses: as time really passed, and
// in the hours of its calendar.
type Elapsed struct {
	Actual   Duration `json:"actual"`
	Business Duration `json:"business"`
}

// Paused reports whether the clock stands still for now.
func (c *Clock) Paused() bool {
	return c.StoppedAt == nil && len(c.Pauses) > 0 && c.Pauses[len(c.Pauses)-1].To == nil
}

// Running reports whether time is being used up.
func (c *Clock) Running() bool { return c.StoppedAt == nil && !c.Paused() }

// Met reports whether the target was kept, by instants. It is false while the clock
// runs, and for good once a target was missed, whatever it became since.
func (c *Clock) Met() bool {
	return c.StoppedAt != nil && c.MissedAt == nil && c.DueAt != nil && !c.StoppedAt.After(*c.DueAt)
}

// pause stops the counting for a while. What was still to come is reckoned anew
// when the clock resumes.
func (c *Clock) pause(at time.Time, why HoldReason) {
	if !c.Running() {
		return
	}
	c.lapse(at)
	c.Pauses = append(slices.Clone(c.Pauses), Pause{From: at, Reason: why})
	c.DueAt, c.Marks = nil, nil
}

func (c *Clock) resume(at time.Time) {
	if !c.Paused() {
		return
	}
	c.Pauses = slices.Clone(c.Pauses)
	c.Pauses[len(c.Pauses)-1].To = &at
	c.DueAt = nil
}

// stop ends the clock. A pause that lasts ends with it.
func (c *Clock) stop(at time.Time) {
	if c.StoppedAt != nil {
		return
	}
	c.lapse(at)
	c.resume(at)
	c.StoppedAt, c.Marks = &at, nil
}

// lapse takes note of a target that was missed before an act that came in front of
// telling it.
func (c *Clock) lapse(at time.Time) {
	if c.DueAt != nil && c.MissedAt == nil && at.After(*c.DueAt) {
		c.MissedAt = c.DueAt
	}
}

// retarget gives the clock another target, from its own beginning and with the
// pauses that it had: a priority that rose after three hours has used up three. What
// has stopped was measured by the target that there was.
func (c *Clock) retarget(t PriorityTerms, at time.Time) {
	if c.StoppedAt != nil {
		return
	}
	c.lapse(at)
	c.Priority, c.Target, c.Calendar = t.Priority, t.target(c.Kind), t.Calendar
	c.DueAt, c.Marks, c.Elapsed = nil, nil, nil
}

// unreckoned reports whether Reckon has something to find out. What the response
// took is found out together with the next thing, and with the resolution at the
// latest: nobody waits for it.
func (c *Clock) unreckoned() bool {
	measured := c.StoppedAt == nil || c.Elapsed != nil || c.Kind != ResolutionClock
	return !measured || (!c.Paused() && !c.Target.IsZero() && c.DueAt == nil)
}

// same reports whether what was reckoned for one clock is good for the other.
func (c *Clock) same(o *Clock) bool {
	stopped := (c.StoppedAt == nil) == (o.StoppedAt == nil) && (c.StoppedAt == nil || c.StoppedAt.Equal(*o.StoppedAt))
	return c.Kind == o.Kind && c.Cycle == o.Cycle && c.Target == o.Target && c.Calendar == o.Calendar &&
		len(c.Pauses) == len(o.Pauses) && c.Paused() == o.Paused() && stopped
}

// adopt takes up what was reckoned for the clock as it is. Where that was known
// already, its marks stay: one that fell due meanwhile has still to be told.
func (c *Clock) adopt(o *Clock) {
	c.Elapsed = o.Elapsed
	if c.MissedAt == nil {
		c.MissedAt = o.MissedAt
	}
	if c.DueAt == nil {
		c.DueAt = o.DueAt
		c.Marks = slices.DeleteFunc(slices.Clone(o.Marks), func(m Mark) bool { return slices.Contains(c.Told, m.Percent) })
	}
}

// Reckon finds out, in the hours of the clock's calendar, when the target is missed,
// what is still to be told of it, and how long it took once it is stopped. What lies
// in the past already is not told any more, except that the target is missed.
func (c Clock) Reckon(in BusinessTime, now time.Time) (Clock, error) {
	c.Marks, c.DueAt, c.Elapsed = nil, nil, nil
	if c.StoppedAt != nil {
		c.Elapsed = c.elapsed(in, *c.StoppedAt)
	}
	if c.Target.IsZero() || c.Paused() {
		return c, nil
	}
	due, total, err := c.due(in)
	if err != nil {
		return c, err
	}
	c.DueAt = utc(due)
	for _, percent := range c.Kind.percents() {
		at := due
		if percent != PercentMissed {
			if at, err = c.after(in, total*time.Duration(percent)/PercentMissed); err != nil {
				return c, err
			}
		}
		if c.StoppedAt == nil && !slices.Contains(c.Told, percent) && (at.After(now) || percent == PercentMissed) {
			c.Marks = append(c.Marks, Mark{percent, at.UTC()})
		}
	}
	if c.StoppedAt != nil && c.MissedAt == nil && c.StoppedAt.After(*c.DueAt) {
		c.MissedAt = c.DueAt
	}
	return c, nil
}

// due is when the target is missed, and how much time it is. A target in days may end
// when its last day opens, where the time itself is used up when the day before
// closes: it is missed at the opening then, with pauses as without.
func (c *Clock) due(in BusinessTime) (at time.Time, total time.Duration, err error) {
	end, err := c.Target.From(c.StartedAt, in)
	if err != nil {
		return at, 0, err
	}
	total = in.Between(c.StartedAt, end)
	plain, err := in.Add(c.StartedAt, total)
	if err != nil {
		return at, 0, err
	}
	if at, err = c.after(in, total); err != nil || plain.Equal(end) {
		return at, total, err
	}
	open, err := in.Add(at, 1)
	return open.Add(-1), total, err
}

// after is when an amount of time has counted, pauses left out.
func (c *Clock) after(in BusinessTime, d time.Duration) (time.Time, error) {
	from := c.StartedAt
	for _, p := range c.Pauses {
		counted := in.Between(from, p.From)
		if counted >= d {
			break
		}
		d, from = d-counted, *p.To
	}
	return in.Add(from, d)
}

func (c *Clock) elapsed(in BusinessTime, until time.Time) *Elapsed {
	var e Elapsed
	from := c.StartedAt
	add := func(to time.Time) {
		e.Actual += Duration(to.Sub(from))
		e.Business += Duration(in.Between(from, to))
	}
	for _, p := range c.Pauses {
		add(p.From)
		from = *p.To
	}
	add(until)
	return &e
}

// So is what the clock has measured until an instant, for a reader.
func (c Clock) So(in BusinessTime, at time.Time) Elapsed {
	switch {
	case c.StoppedAt != nil:
		at = *c.StoppedAt
	case c.Paused():
		at = c.Pauses[len(c.Pauses)-1].From
		c.Pauses = c.Pauses[:len(c.Pauses)-1]
	}
	return *c.elapsed(in, at)
}

// falls are all that the clock still has to tell, in order of time.
func (c *Clock) falls() (all []Deadline) {
	if !c.Running() {
		return nil
	}
	for _, m := range c.Marks {
		all = append(all, Deadline{At: m.At, Kind: eventOf(m.Percent), What: c.what(m.Percent), Clock: c.Kind, Percent: m.Percent})
	}
	return all
}

func eventOf(percent int) EventKind {
	switch {
	case percent < PercentMissed:
		return EventTargetWarned
	case percent == PercentMissed:
		return EventTargetMissed
	default:
		return EventTargetOverdue
	}
}

func (c *Clock) what(percent int) string {
	target := "The target for its " + string(c.Kind)
	switch percent {
	case PercentMissed:
		return target + " is missed; its assignee and the team's manager are told."
	case PercentOverdue:
		return target + " is missed by as much again; the service's owner is told."
	case 50:
		return "Half of the time for its " + string(c.Kind) + " is used up; its assignee is told."
	case 75:
		return "Three quarters of the time for its " + string(c.Kind) + " are used up; its assignee and the team's manager are told."
	default:
		return "Nine tenths of the time for its " + string(c.Kind) + " are used up; the team's manager is told."
	}
}

// tell takes note that a part was told of. A target is missed at its instant, however
// late that was told.
func (c *Clock) tell(percent int) {
	c.Told = append(slices.Clone(c.Told), percent)
	c.Marks = slices.DeleteFunc(slices.Clone(c.Marks), func(m Mark) bool { return m.Percent == percent })
	if percent == PercentMissed && c.MissedAt == nil {
		c.MissedAt = c.DueAt
	}
}
