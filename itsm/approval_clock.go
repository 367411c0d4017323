package itsm

import (
	"slices"
	"time"
)

// Deadline is what happens by itself at an instant. The process waits for the
// first of them and does what it says; people are shown all of them. Both ask the
// same function, so what is forecast is what happens.
type Deadline struct {
	At   time.Time
	Kind EventKind
	What string     // one sentence
	Who  []PersonID // whom it lets decide, or who is called

	Clock   ClockKind // of a service level, the clock and the part of its target
	Percent int

	Of   int // of what ends on a date, which of its record it is, from 1
	Days int // that are left then
}

// Falls are all that is still to come in the open stage if nobody acts, in order
// of time.
func (b *Ballot) Falls() (all []Deadline) {
	if b.StoppedAt != nil || !b.stageOpen() {
		return nil
	}
	add := func(at *time.Time, r Result, what string, who ...PersonID) {
		if at != nil {
			all = append(all, Deadline{At: *at, Kind: b.Event(r), What: what, Who: who})
		}
	}
	add(b.RemindAt, ResultReminded, "The approvers are reminded.")
	if joining := b.joining(); len(joining) > 0 {
		add(b.BackupAt, ResultBackup, "The backups may decide too.", joining...)
	}
	add(b.ExpireAt, ResultExpired, "It expires. Silence never approves a "+b.noun()+"; it can be raised again.")
	slices.SortStableFunc(all, func(x, y Deadline) int { return x.At.Compare(y.At) })
	if i := slices.IndexFunc(all, func(d Deadline) bool { return d.Kind == b.Event(ResultExpired) }); i >= 0 {
		all = all[:i+1] // nothing comes after the end
	}
	return all
}

// Next is the first of them.
func (b *Ballot) Next() (Deadline, bool) { return first(b.Falls()) }

func first(all []Deadline) (Deadline, bool) {
	if len(all) == 0 {
		return Deadline{}, false
	}
	return all[0], true
}

// Fall does what a deadline of the open stage says, once it is there, and says who
// may decide too from now on.
func (b *Ballot) Fall(d Deadline) (joined []PersonID) {
	switch d.Kind { //nolint:exhaustive // the kinds of this record alone, which no constant names
	case b.Event(ResultReminded):
		b.RemindAt = nil
	case b.Event(ResultBackup):
		joined = b.joining()
		b.join()
	default:
		b.Awaiting = false
	}
	b.Refresh()
	return joined
}

// late are the panels that backups would join: those where they could help.
func (b *Ballot) late() (late []*Panel) {
	o := b.Opening
	if o == nil {
		return nil
	}
	for i, t := range b.Tally().Panels {
		if p := &o.Panels[i]; p.Reach == ReachNamed && len(p.Backups) > 0 && t.useful {
			late = append(late, p)
		}
	}
	return late
}

func (b *Ballot) joining() (who []PersonID) {
	for _, p := range b.late() {
		who = append(who, p.Backups...)
	}
	slices.Sort(who)
	return slices.Compact(who)
}

func (b *Ballot) join() {
	for _, p := range b.late() {
		p.Reach = ReachBackups
	}
	b.BackupAt = nil
}

// Stop stops the clock of the open stage for as long as a hold lasts.
func (b *Ballot) Stop(at time.Time) {
	if b.stageOpen() && b.StoppedAt == nil {
		b.StoppedAt = &at
	}
}

// Stopped says since when the clock of the open stage is to be set forward; not
// while the hold lasts.
func (b *Ballot) Stopped() (time.Time, bool) {
	if b.Hold != nil || b.StoppedAt == nil || !b.stageOpen() {
		return time.Time{}, false
	}
	return *b.StoppedAt, true
}

// Deadlines are what a stage still has to come.
type Deadlines struct {
	RemindAt *time.Time `json:"remind_at,omitempty"`
	BackupAt *time.Time `json:"backup_at,omitempty"`
	ExpireAt time.Time  `json:"expire_at"`
}

// Deadlines are those of the open stage.
func (b *Ballot) Deadlines() Deadlines {
	return Deadlines{RemindAt: b.RemindAt, BackupAt: b.BackupAt, ExpireAt: *b.ExpireAt}
}

// Reschedule starts the clock again, with its deadlines moved.
func (b *Ballot) Reschedule(d Deadlines) {
	b.RemindAt, b.BackupAt, b.ExpireAt, b.StoppedAt = d.RemindAt, d.BackupAt, &d.ExpireAt, nil
}

// Moved are deadlines that stood still from one instant to another, in the hours
// of a clock.
func (d Deadlines) Moved(clock BusinessTime, from, to time.Time) (Deadlines, error) {
	var failed error
	move := func(at time.Time) time.Time {
		moved, err := clock.Add(to, max(clock.Between(from, at), 0))
		if err != nil {
			failed = err
		}
		return moved.UTC()
	}
	moved := Deadlines{ExpireAt: move(d.ExpireAt)}
	if d.RemindAt != nil {
		moved.RemindAt = utc(move(*d.RemindAt))
	}
	if d.BackupAt != nil {
		moved.BackupAt = utc(move(*d.BackupAt))
	}
	return moved, failed
}
