package itsm

import (
	"slices"
	"time"
)

// Clocks are the clocks of a record that has one for each stage of its life, in the
// order in which they began. What changes one of them makes them the record's own
// first, so that no copy of the record changes with it.
type Clocks []Clock

// Of is the newest clock of a kind; nil when there is none.
func (cs Clocks) Of(k ClockKind) *Clock {
	for n := len(cs) - 1; n >= 0; n-- {
		if cs[n].Kind == k {
			return &cs[n]
		}
	}
	return nil
}

// Missed reports whether any target was missed, by whichever clock.
func (cs Clocks) Missed() bool {
	return slices.ContainsFunc(cs, func(c Clock) bool { return c.MissedAt != nil })
}

// Due is when the target of a stage that runs is missed first, or was; nil when none
// runs.
func (cs Clocks) Due() (due *time.Time) {
	for k := range cs {
		if c := &cs[k]; c.Running() && c.DueAt != nil && (due == nil || c.DueAt.Before(*due)) {
			due = c.DueAt
		}
	}
	return due
}

// begin starts the clock of a stage. What it aims at is known with the policy: see aim.
func (cs *Clocks) begin(k ClockKind, p Priority, at time.Time) {
	cycle := 1
	if before := cs.Of(k); before != nil {
		cycle = before.Cycle + 1
	}
	*cs = append(slices.Clone(*cs), Clock{Kind: k, Cycle: cycle, Priority: p, StartedAt: at})
}

// stop ends the clock of a stage.
func (cs *Clocks) stop(k ClockKind, at time.Time) {
	*cs = slices.Clone(*cs)
	if c := cs.Of(k); c != nil {
		c.stop(at)
	}
}

// end stops them all.
func (cs *Clocks) end(at time.Time) {
	*cs = slices.Clone(*cs)
	for k := range *cs {
		(*cs)[k].stop(at)
	}
}

// aim gives the clocks that run their targets, in the hours of a calendar.
func (cs *Clocks) aim(in CalendarID, target func(ClockKind) Length) {
	*cs = slices.Clone(*cs)
	for n := range *cs {
		if c := &(*cs)[n]; c.StoppedAt == nil && c.Target.IsZero() {
			c.Target, c.Calendar = target(c.Kind), in
		}
	}
}

// falls are all that they still have to tell.
func (cs Clocks) falls() (all []Deadline) {
	for k := range cs {
		all = append(all, cs[k].falls()...)
	}
	return all
}

// tell takes note that a part of a target was told of.
func (cs *Clocks) tell(d Deadline) *ClockTold {
	*cs = slices.Clone(*cs)
	c := cs.Of(d.Clock)
	told := &ClockTold{Clock: d.Clock, Percent: d.Percent, DueAt: c.DueAt}
	c.tell(d.Percent)
	return told
}

// unreckoned reports whether Reckon has something to find out.
func (cs Clocks) unreckoned() bool {
	return slices.ContainsFunc(cs, func(c Clock) bool { return c.unreckoned() })
}

// Reckon finds out what follows for each from its calendar, in the hours that in gives
// for one.
func (cs Clocks) Reckon(in func(CalendarID) (BusinessTime, error), now time.Time) (all Clocks, err error) {
	for _, c := range cs {
		hours, err := in(c.Calendar)
		if err == nil {
			c, err = c.Reckon(hours, now)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// take takes up what was reckoned, as far as it is still of what it was asked for.
func (cs *Clocks) take(reckoned Clocks) {
	*cs = slices.Clone(*cs)
	for n := range min(len(*cs), len(reckoned)) {
		if c := &(*cs)[n]; c.same(&reckoned[n]) {
			c.adopt(&reckoned[n])
		}
	}
}
