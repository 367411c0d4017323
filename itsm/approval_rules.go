package itsm

import (
	"slices"
	"strings"
	"time"
)

// Verdict is one person's answer to a change.
type Verdict string

// The verdicts. To abstain never counts as a yes.
const (
	Approve Verdict = "approve"
	Reject  Verdict = "reject"
	Abstain Verdict = "abstain"
)

// Verdicts is every Verdict.
var Verdicts = []Verdict{Approve, Reject, Abstain}

// Decision is a verdict that counted, bound to the text that it was given on.
type Decision struct {
	By          PersonID  `json:"by"`
	For         PersonID  `json:"for,omitempty"` // whose delegate By was; empty: nobody's
	Door        Door      `json:"door"`
	Verdict     Verdict   `json:"verdict"`
	Note        string    `json:"note,omitempty"`
	ContentHash string    `json:"content_hash"`
	Round       int       `json:"round,omitempty"`
	Stage       int       `json:"stage,omitempty"`
	At          time.Time `json:"at"`
}

// Principal is whose vote it is.
func (d Decision) Principal() PersonID {
	if d.For != "" {
		return d.For
	}
	return d.By
}

// DecisionRequest is what somebody who decides sends.
type DecisionRequest struct {
	Verdict     Verdict  `json:"verdict"`
	Note        string   `json:"note,omitempty"`
	For         PersonID `json:"for,omitempty"`          // whose delegate they are; empty: their own vote, or the only one they may give
	ContentHash string   `json:"content_hash,omitempty"` // what they saw; empty: the text as it stands
}

func (d DecisionRequest) check() error {
	var f faults
	if !slices.Contains(Verdicts, d.Verdict) {
		f.add("/verdict", "must be %s", list(Verdicts))
	}
	if d.Verdict == Reject && strings.TrimSpace(d.Note) == "" {
		f.add("/note", "is needed: say why, so that the requester can do better")
	}
	f.text("/note", d.Note, MaxNote)
	f.text("/for", string(d.For), maxName)
	return f.refuse("decision.invalid", "This decision")
}

// CheckDecision refuses a decision that the process may not accept (8.5.1.3;
// CHG-14: the requester never decides; CHG-15: bound to what was decided on).
func (c *Change) CheckDecision(who Actor, d DecisionRequest) error {
	if err := d.check(); err != nil {
		return err
	}
	if err := c.checkDeciding(who); err != nil {
		return err
	}
	if d.ContentHash != "" && d.ContentHash != c.ContentHash {
		return Refuse(Conflict, "change.edited", "%s was edited after you read it. Read it again before you decide.", c.Number)
	}
	return c.checkStanding(who)
}

// checkDeciding refuses whoever has nothing to decide here.
func (c *Change) checkDeciding(who Actor) error {
	voted, has := c.voteOf(who.Person)
	switch last, _ := c.Decision(); {
	case who.Person == c.Requester:
		return Refuse(Forbidden, "change.own_request", "You raised %s, so somebody else must decide on it.", c.Number)
	case c.State != ChangeAwaiting && len(c.Decisions) > 0:
		return Refuse(Conflict, "change.decided", "%s was already %s by %s; your answer changed nothing.", c.Number, last.Verdict.done(), last.By)
	case c.State != ChangeAwaiting:
		return Refuse(Conflict, "change.not_awaiting", "%s is %s, so there is nothing to decide.", c.Number, c.State.Words())
	case c.Hold != nil:
		return Refuse(Conflict, "change.on_hold", "%s is on hold, so nobody can decide on it until it is resumed: %s", c.Number, c.Hold.Note)
	case has:
		return Refuse(Conflict, "change.voted", "You %s %s already. Take that back first if you have changed your mind.", voted.Verdict.done(), c.Number)
	case !c.stageOpen():
		return Refuse(Unavailable, "change.opening", "The next approval of %s is being opened. Try again in a moment.", c.Number).Later(time.Second)
	}
	return nil
}

// checkStanding refuses whoever was not named when the stage opened, and whoever
// has left the role since: theirs, or that of whom they decide for.
func (c *Change) checkStanding(who Actor) error {
	principal := who.principal()
	panels := c.panelsOf(principal.Person)
	if len(panels) == 0 {
		return Refuse(Forbidden, "change.not_approver", "%s waits for a decision by %s.", c.Number, list(c.Approvers))
	}
	if err := who.May(DecideChanges); err != nil {
		return err
	}
	if before, has := c.voteFor(principal.Person); has {
		return Refuse(Conflict, "change.voted_for", "%s already %s %s for %s. It can be taken back.", before.By, before.Verdict.done(), c.Number, principal.Person)
	}
	if who.For != nil {
		if err := c.checkDeputy(who); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(panels, func(p *Panel) bool { return p.admits(principal) }) {
		return Refuse(Forbidden, "change.left_role", "%s no longer holds the role that %s asks for.", principal.Person, c.Number)
	}
	if !slices.ContainsFunc(panels, func(p *Panel) bool { return c.hears(p, who) }) {
		return Refuse(Forbidden, "change.not_delegate", "You carry %s out or approved it before, so you cannot decide for %s here.", c.Number, principal.Person)
	}
	return nil
}

// checkDeputy refuses whoever was not asked to decide for somebody, or has a say
// of their own here.
func (c *Change) checkDeputy(who Actor) error {
	own := c.delegateOf(who.For.Person)
	switch {
	case own != who.Person && (own != "" || !who.For.Standing):
		return Refuse(Forbidden, "change.not_delegate", "%s did not delegate %s to you.", who.For.Person, c.Number)
	case len(c.panelsOf(who.Person)) > 0:
		return Refuse(Conflict, "change.delegate_named", "You decide on %s yourself, and count once.", c.Number)
	}
	return nil
}

// Decide records a decision that CheckDecision has allowed, and says what came of it.
func (c *Change) Decide(who Actor, d DecisionRequest, at time.Time) Event {
	o, from := c.Approval.Opening, c.State
	decision := Decision{
		By: who.Person, Door: who.Door, Verdict: d.Verdict, Note: d.Note, ContentHash: c.ContentHash,
		Round: o.Round, Stage: o.Stage, At: at,
	}
	if who.For != nil {
		decision.For = who.For.Person
	}
	c.bar(who)
	c.Decisions = append(c.Decisions, decision)
	kind, before := EventVoted, o.seated()
	switch t := c.settle(); {
	case t.Standing == StageFailed:
		kind = EventRejected
		c.Become(ChangeRejected, at)
	case t.Standing == StagePassed && o.Stage < o.Of:
		kind = EventStagePassed
		c.Approval.NotDoers = c.notDoers()
	case t.Standing == StagePassed:
		kind = EventApproved
		c.Become(ChangeApproved, at)
	}
	c.refresh()
	e := Event{Kind: kind, From: from, Note: d.Note, Decision: &decision}
	if joined := slices.DeleteFunc(o.seated(), func(id PersonID) bool { return slices.Contains(before, id) }); kind == EventVoted && len(joined) > 0 {
		e.Detail = &Detail{Joined: joined}
	}
	return e
}

// CheckRetract refuses to take back a vote that was not given, or that counted.
func (c *Change) CheckRetract(who Actor) error {
	_, has := c.ownVote(who.Person)
	switch {
	case c.State != ChangeAwaiting || !c.stageOpen():
		return Refuse(Conflict, "change.decided_on", "%s is %s: what was decided stays.", c.Number, c.State.Words())
	case !has:
		return Refuse(Conflict, "change.not_voted", "You have no vote on %s to take back.", c.Number)
	}
	return who.May(DecideChanges)
}

// Retract takes back a vote that CheckRetract has allowed to.
func (c *Change) Retract(who Actor) Event {
	v, _ := c.ownVote(who.Person)
	c.Approval.Opening.unbar(v.Principal())
	c.Decisions = slices.DeleteFunc(c.Decisions, func(d Decision) bool { return d.Round == v.Round && d.Stage == v.Stage && d.By == v.By })
	c.refresh()
	return Event{Kind: EventVoteWithdrawn, From: c.State, Detail: &Detail{Withdrawn: &v}}
}

// DelegationRequest hands a say to somebody else, for one record. To oneself, it
// takes it back.
type DelegationRequest struct {
	To   PersonID `json:"to"`
	From PersonID `json:"from,omitempty"` // empty: whoever asks; a change manager may name another
	Note string   `json:"note,omitempty"`
}

func (r DelegationRequest) from(who Actor) PersonID {
	if r.From == "" {
		return who.Person
	}
	return r.From
}

// CheckDelegate refuses a delegation that would give nobody a say, or the wrong one.
func (c *Change) CheckDelegate(who Actor, r DelegationRequest) error {
	var f faults
	f.line("/to", string(r.To), maxName)
	f.text("/from", string(r.From), maxName)
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("delegation.invalid", "This delegation"); err != nil {
		return err
	}
	from := r.from(who)
	switch {
	case c.State != ChangeAwaiting:
		return Refuse(Conflict, "change.not_awaiting", "%s is %s, so there is nothing to decide.", c.Number, c.State.Words())
	case from != who.Person && !who.Is(ChangeManager):
		return Refuse(Forbidden, "change.not_yours_to_delegate", "Only %s or a change manager can delegate what %s decides.", from, from)
	case r.To == c.Requester:
		return Refuse(Forbidden, "change.delegate_requester", "%s raised %s, so it cannot be delegated to them.", r.To, c.Number)
	case !slices.Contains(c.Approval.Asked, from):
		return Refuse(Forbidden, "change.not_approver", "%s waits for a decision by %s.", c.Number, list(c.Approvers))
	case r.To == from && c.delegateOf(from) == "":
		return Refuse(Conflict, "change.not_delegated", "%s has delegated nothing of %s.", from, c.Number)
	case r.To != from && len(c.panelsOf(r.To)) > 0:
		return Refuse(Conflict, "change.delegate_named", "%s decides on %s anyway, and counts once. Name somebody else.", r.To, c.Number)
	case r.To != from && c.circle(from, r.To):
		return Refuse(Conflict, "change.delegate_circle", "%s has delegated %s already: it cannot be handed round in a circle.", r.To, c.Number)
	}
	return who.May(DecideChanges)
}

// Delegate records a delegation that CheckDelegate has allowed. A later one takes
// an earlier one's place.
func (c *Change) Delegate(who Actor, r DelegationRequest, at time.Time) Event {
	d := Delegation{From: r.from(who), To: r.To, By: who.Person, At: at}
	c.Approval.Delegations = slices.DeleteFunc(c.Approval.Delegations, func(o Delegation) bool { return o.From == d.From })
	if d.To != d.From {
		c.Approval.Delegations = append(c.Approval.Delegations, d)
	}
	c.refresh()
	return Event{Kind: EventDelegated, From: c.State, Note: r.Note, Detail: &Detail{Delegation: &d}}
}

// circle reports whether what from hands to somebody would come back.
func (c *Change) circle(from, to PersonID) bool {
	for range c.Approval.Delegations {
		if to = c.delegateOf(to); to == from || to == "" {
			break
		}
	}
	return to == from
}

// delegateOf is to whom somebody delegated this record.
func (c *Change) delegateOf(id PersonID) PersonID {
	for _, d := range c.Approval.Delegations {
		if d.From == id {
			return d.To
		}
	}
	return ""
}

// voteOf is the vote that a person gave in the open stage, for whomever.
func (c *Change) voteOf(by PersonID) (Decision, bool) {
	return find(c.Votes(), func(d Decision) bool { return d.By == by })
}

// ownVote is the vote in the open stage that a person may take back: the one that
// they gave, or that was given for them.
func (c *Change) ownVote(id PersonID) (Decision, bool) {
	if v, has := c.voteOf(id); has {
		return v, true
	}
	return c.voteFor(id)
}

// voteFor is the vote in the open stage that is a person's, whoever gave it.
func (c *Change) voteFor(id PersonID) (Decision, bool) {
	return find(c.Votes(), func(d Decision) bool { return d.Principal() == id })
}

func find[T any](all []T, is func(T) bool) (found T, has bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return found, false
}

// stageOpen reports whether a stage waits for votes.
func (c *Change) stageOpen() bool {
	o := c.Approval.Opening
	return c.State == ChangeAwaiting && o != nil && o.Round == c.Approval.Round && c.Tally().Standing == StageOpen
}

// authorised reports whether every stage passed.
func (c *Change) authorised() bool {
	o := c.Approval.Opening
	return o != nil && o.Round == c.Approval.Round && o.Stage == o.Of && c.Tally().Standing == StagePassed
}

// NextStage is the number of the stage to be opened now; 0 when none is.
func (c *Change) NextStage() int {
	o := c.Approval.Opening
	switch {
	case c.State == ChangeAssessing && c.Assessment != nil:
		return 1
	case c.State != ChangeAwaiting || c.stageOpen():
		return 0
	case o == nil || o.Round != c.Approval.Round:
		return 1
	case c.Tally().Standing == StageFailed: // it lost who decides while it was being opened
		return o.Stage
	default:
		return o.Stage + 1
	}
}

// OpenStage takes up a stage as it was opened.
func (c *Change) OpenStage(o Opening) {
	c.Approval.Opening, c.Approval.StoppedAt = &o, nil
	c.RemindAt, c.BackupAt, c.ExpireAt = o.RemindAt, o.BackupAt, &o.ExpireAt
	if c.Hold != nil {
		c.Approval.StoppedAt = &o.At
	}
	c.settle()
	c.refresh()
}

// refresh says anew who may still decide, from what the record holds.
func (c *Change) refresh() {
	c.Approvers = c.deciders()
	asked := append(slices.Clone(c.Approval.Asked), c.Approvers...)
	slices.Sort(asked)
	c.Approval.Asked = slices.Compact(asked)
}

// deciders are those whom the open stage still waits for, and who may decide for them.
func (c *Change) deciders() []PersonID {
	if !c.stageOpen() {
		return nil
	}
	waiting := c.waiting()
	all := slices.Clone(waiting)
	for _, d := range c.Deputies() {
		if _, voted := c.voteOf(d.To); !voted && slices.Contains(waiting, d.From) {
			all = append(all, d.To)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// waiting are those of unfilled panels who have not voted, nor anybody for them.
func (c *Change) waiting() []PersonID {
	var all []PersonID
	for _, p := range c.Tally().Panels {
		if p.Short {
			all = append(all, p.Waiting...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Deputies are the delegations in force on this record: its own, and the standing
// ones of whoever has none of their own.
func (c *Change) Deputies() []Delegation {
	all := slices.Clone(c.Approval.Delegations)
	if o := c.Approval.Opening; o != nil {
		for _, d := range o.Deputies {
			if c.delegateOf(d.From) == "" {
				all = append(all, d)
			}
		}
	}
	return slices.DeleteFunc(all, func(d Delegation) bool { return !c.standsIn(d) })
}

func (v Verdict) done() string {
	switch v {
	case Approve:
		return "approved"
	case Reject:
		return "rejected"
	case Abstain:
		return "abstained from"
	}
	return string(v)
}
