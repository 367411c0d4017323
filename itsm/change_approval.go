package itsm

import "time"

// Ballot is the approval of the change (8.5.1.3), as it stands. The record has had
// its parts side by side from before other records were decided on, and keeps them
// so: what is done to the ballot is done to the change once the change takes it.
func (c *Change) Ballot() *Ballot {
	return &Ballot{
		Subject: Subject{
			Kind: "change", Number: c.Number, Requester: c.Requester, Assignee: c.Assignee, ContentHash: c.ContentHash,
			State: c.State.Words(), Awaiting: c.State == ChangeAwaiting, Hold: c.Hold,
			Permission: DecideChanges, Manager: ChangeManager,
		},
		Approval: c.Approval, Approvers: c.Approvers, Decisions: c.Decisions,
		RemindAt: c.RemindAt, BackupAt: c.BackupAt, ExpireAt: c.ExpireAt,
	}
}

func (c *Change) take(b *Ballot) {
	c.Approval, c.Approvers, c.Decisions = b.Approval, b.Approvers, b.Decisions
	c.RemindAt, c.BackupAt, c.ExpireAt = b.RemindAt, b.BackupAt, b.ExpireAt
}

// refresh says anew who may still decide, from what the record holds.
func (c *Change) refresh() {
	b := c.Ballot()
	b.Refresh()
	c.take(b)
}

// Votes are the decisions that stand in the open stage.
func (c *Change) Votes() []Decision { return c.Ballot().Votes() }

// Tally counts the votes of the open stage. It changes nothing.
func (c *Change) Tally() Tally { return c.Ballot().Tally() }

// Decision is the decision that ended the approval.
func (c *Change) Decision() (Decision, bool) { return c.Ballot().Last() }

// Deputies are the delegations in force on this record.
func (c *Change) Deputies() []Delegation { return c.Ballot().Deputies() }

// PrincipalsOf are those whom somebody may decide for in the open stage.
func (c *Change) PrincipalsOf(id PersonID) []PersonID { return c.Ballot().PrincipalsOf(id) }

// CheckDecision refuses a decision that the process may not accept (8.5.1.3;
// CHG-14: the requester never decides; CHG-15: bound to what was decided on).
func (c *Change) CheckDecision(who Actor, d DecisionRequest) error {
	return c.Ballot().CheckDecision(who, d)
}

// Decide records a decision that CheckDecision has allowed, and moves the change
// on where it was the last that it took.
func (c *Change) Decide(who Actor, d DecisionRequest, at time.Time) Event {
	b := c.Ballot()
	u := b.Decide(who, d, at)
	c.take(b)
	e := Event{Kind: b.Event(u.Result), From: State(c.State), Note: d.Note, Decision: &u.Decision}
	if len(u.Joined) > 0 {
		e.Detail = &Detail{Joined: u.Joined}
	}
	switch u.Result { //nolint:exhaustive // a vote has no other results, and these alone end the approval
	case ResultApproved:
		c.Become(ChangeApproved, at)
	case ResultRejected:
		c.Become(ChangeRejected, at)
	}
	return e
}

// CheckRetract refuses to take back a vote that was not given, or that counted.
func (c *Change) CheckRetract(who Actor) error { return c.Ballot().CheckRetract(who) }

// Retract takes back a vote that CheckRetract has allowed to.
func (c *Change) Retract(who Actor) Event {
	b := c.Ballot()
	v := b.Retract(who)
	c.take(b)
	return Event{Kind: EventVoteWithdrawn, From: State(c.State), Detail: &Detail{Withdrawn: &v}}
}

// CheckDelegate refuses a delegation that would give nobody a say, or the wrong one.
func (c *Change) CheckDelegate(who Actor, r DelegationRequest) error {
	return c.Ballot().CheckDelegate(who, r)
}

// Delegate records a delegation that CheckDelegate has allowed.
func (c *Change) Delegate(who Actor, r DelegationRequest, at time.Time) Event {
	b := c.Ballot()
	d := b.Delegate(who, r, at)
	c.take(b)
	return Event{Kind: EventDelegated, From: State(c.State), Note: r.Note, Detail: &Detail{Delegation: &d}}
}

// NextStage is the number of the stage to be opened now; 0 when none is. What had
// to be assessed waits for its first one.
func (c *Change) NextStage() int {
	if c.State == ChangeAssessing && c.Assessment != nil {
		return 1
	}
	return c.Ballot().NextStage()
}

// OpenStage takes up a stage as it was opened.
func (c *Change) OpenStage(o Opening) {
	b := c.Ballot()
	b.OpenStage(o)
	c.take(b)
}

// Stopped says since when the clock of the open stage is to be set forward; not
// while a hold lasts.
func (c *Change) Stopped() (time.Time, bool) { return c.Ballot().Stopped() }

// Deadlines are those of the open stage.
func (c *Change) Deadlines() Deadlines { return c.Ballot().Deadlines() }

// Reschedule starts the clock again, with its deadlines moved.
func (c *Change) Reschedule(d Deadlines) Event {
	b := c.Ballot()
	b.Reschedule(d)
	c.take(b)
	return Event{Kind: EventRescheduled, From: State(c.State), Detail: &Detail{ExpireAt: &d.ExpireAt}}
}

// deadlines are all that is still to come if nobody acts, in order of time.
func (c *Change) deadlines() []Deadline {
	switch c.State {
	case ChangeAwaiting:
		return c.Ballot().Falls()
	case ChangeAssessing, ChangeScheduled:
		if c.Window != nil {
			return []Deadline{{At: c.Window.End, Kind: EventWindowEnded, What: "The window ends. If nobody has started it, it expires and can be raised again."}}
		}
	case ChangeRaised, ChangeApproved, ChangeRejected, ChangeExpired, ChangeImplementing, ChangeClosed, ChangeCancelled:
	}
	return nil
}

// Next is the first thing that happens by itself.
func (c *Change) Next() (Deadline, bool) { return first(c.deadlines()) }

// Fall does what a deadline says, once it is there.
func (c *Change) Fall(d Deadline, at time.Time) Event {
	e := Event{Kind: d.Kind, From: State(c.State)}
	b := c.Ballot()
	joined := b.Fall(d)
	c.take(b)
	switch d.Kind { //nolint:exhaustive // deadlines have no other kinds but those of an end
	case EventReminded:
	case EventBackup:
		e.Detail = &Detail{Joined: joined}
	default:
		c.Become(ChangeExpired, at)
	}
	return e
}
