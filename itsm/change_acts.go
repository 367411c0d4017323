package itsm

import (
	"slices"
	"time"
)

// Hold is why and since when a change stands still.
type Hold struct {
	By   PersonID  `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

// NoteRequest is an act that needs no more than to be asked for, and perhaps a word why.
type NoteRequest struct {
	Note string `json:"note,omitempty"`
}

// Reassignment names who is to carry out a change.
type Reassignment struct {
	Assignee PersonID `json:"assignee"`
	Note     string   `json:"note,omitempty"`
}

// CheckAssess refuses an assessment of what is not to be assessed (CHG-04, CHG-05).
func (c *Change) CheckAssess(who Actor, a Assessment) error {
	if err := a.Check(); err != nil {
		return err
	}
	return c.checkAssessor(who)
}

func (c *Change) checkAssessor(who Actor) error {
	if err := who.May(AssessChanges); err != nil {
		return err
	}
	if who.Person != c.Requester && who.Person != c.Owner && !who.Is(Implementer) && !who.Is(ChangeManager) {
		return Refuse(Forbidden, "change.not_assessor", "%s can be assessed by %s, who raised it, by the service's owner, an implementer or a change manager.", c.Number, c.Requester)
	}
	if c.State != ChangeAssessing || c.Assessment != nil {
		return Refuse(Conflict, "change.not_assessing", "%s is %s and waits for no assessment; edit it to change one.", c.Number, c.State.Words())
	}
	return nil
}

// Assess takes up an assessment that CheckAssess has allowed.
func (c *Change) Assess(a Assessment) Event {
	c.Assessment = &a
	c.ContentHash = c.Hash()
	return Event{Kind: EventAssessed, From: State(c.State)}
}

// CheckHold refuses to hold what does not wait.
func (c *Change) CheckHold(who Actor, r NoteRequest) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("hold.invalid", "This hold"); err != nil {
		return err
	}
	if err := c.checkKeeper(who, "put on hold"); err != nil {
		return err
	}
	switch {
	case c.Hold != nil:
		return Refuse(Conflict, "change.on_hold", "%s is on hold already: %s", c.Number, c.Hold.Note)
	case !slices.Contains([]ChangeState{ChangeAssessing, ChangeAwaiting, ChangeScheduled}, c.State):
		return Refuse(Conflict, "change.not_waiting", "%s is %s; only what waits can be put on hold.", c.Number, c.State.Words())
	}
	return nil
}

// PutOnHold stops the clock of the approval. The window does not move: what it
// was agreed for does not wait either.
func (c *Change) PutOnHold(who Actor, r NoteRequest, at time.Time) Event {
	c.Hold = &Hold{By: who.Person, At: at, Note: r.Note}
	b := c.Ballot()
	b.Stop(at)
	c.take(b)
	return Event{Kind: EventHeld, From: State(c.State), Note: r.Note}
}

// CheckResume refuses to resume what is not on hold.
func (c *Change) CheckResume(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("hold.invalid", "This resumption"); err != nil {
		return err
	}
	if err := c.checkKeeper(who, "resumed"); err != nil {
		return err
	}
	if c.Hold == nil || c.State.Final() {
		return Refuse(Conflict, "change.not_on_hold", "%s is not on hold.", c.Number)
	}
	return nil
}

// Resume ends a hold. The deadlines are moved next, by the time that it took.
func (c *Change) Resume(r NoteRequest) Event {
	c.Hold = nil
	return Event{Kind: EventResumed, From: State(c.State), Note: r.Note}
}

// CheckWithdraw refuses to take back a request that is not one's own, or that
// was decided on.
func (c *Change) CheckWithdraw(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("withdrawal.invalid", "This withdrawal"); err != nil {
		return err
	}
	if err := who.May(CancelChanges); err != nil {
		return err
	}
	switch {
	case who.Person != c.Requester:
		return Refuse(Forbidden, "change.not_yours_to_withdraw", "Only %s, who raised %s, can withdraw it.", c.Requester, c.Number)
	case c.State != ChangeAssessing && c.State != ChangeAwaiting:
		return Refuse(Conflict, "change.decided_on", "%s is %s; it can only be withdrawn before it is decided on.", c.Number, c.State.Words())
	}
	return nil
}

// CheckReassign refuses to hand a change to somebody whose approval of it forbids
// that they carry it out (CHG-14), or to take it from whoever is at it.
func (c *Change) CheckReassign(who Actor, r Reassignment) error {
	var f faults
	f.line("/assignee", string(r.Assignee), maxName)
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("reassignment.invalid", "This assignment"); err != nil {
		return err
	}
	if err := c.checkAssigner(who); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]ChangeState{ChangeAssessing, ChangeAwaiting, ChangeScheduled}, c.State):
		return Refuse(Conflict, "change.under_way", "%s is %s; it cannot be handed to anybody else.", c.Number, c.State.Words())
	case c.Assignee == r.Assignee:
		return Refuse(Conflict, "change.assigned", "%s is assigned to %s already.", c.Number, r.Assignee)
	case c.approvedAsOther(r.Assignee) || (c.State == ChangeScheduled && c.soleApprover(r.Assignee)):
		return Refuse(Forbidden, "change.own_approval", "%s approved %s, so somebody else must carry it out.", r.Assignee, c.Number)
	case c.Ballot().Blocks(r.Assignee):
		return Refuse(Conflict, "change.assignment_blocks", "%s is needed to decide on %s, so somebody else must carry it out.", r.Assignee, c.Number)
	}
	return nil
}

// checkAssigner lets whoever is to carry a change out hand it on, beside its keepers.
func (c *Change) checkAssigner(who Actor) error {
	if c.Assignee != "" && c.Assignee == who.Person {
		return who.May(ImplementChanges)
	}
	return c.checkKeeper(who, "assigned")
}

// Reassign hands a change to whom CheckReassign has allowed.
func (c *Change) Reassign(r Reassignment) Event {
	c.Assignee = r.Assignee
	c.refresh()
	return Event{Kind: EventReassigned, From: State(c.State), Note: r.Note, Detail: &Detail{Assignee: r.Assignee}}
}

// approvedAsOther reports whether somebody's approval stands in a factor that
// keeps out whoever carries the change out.
func (c *Change) approvedAsOther(id PersonID) bool { return slices.Contains(c.Ballot().notDoers(), id) }

// checkKeeper refuses whoever did not raise the change and does not manage changes.
func (c *Change) checkKeeper(who Actor, done string) error {
	if err := who.May(EditChanges); err != nil {
		return err
	}
	if who.Person != c.Requester && !who.Is(ChangeManager) {
		return Refuse(Forbidden, "change.not_yours", "%s can be %s by %s, who raised it, or by a change manager.", c.Number, done, c.Requester)
	}
	return nil
}
