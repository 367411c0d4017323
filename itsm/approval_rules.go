package itsm

import (
	"slices"
	"strings"
	"time"
)

// Verdict is one person's answer to what they are to decide on.
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
func (b *Ballot) CheckDecision(who Actor, d DecisionRequest) error {
	if err := d.check(); err != nil {
		return err
	}
	if err := b.checkDeciding(who); err != nil {
		return err
	}
	if d.ContentHash != "" && d.ContentHash != b.ContentHash {
		return b.refuse(Conflict, "edited", "%s was edited after you read it. Read it again before you decide.", b.Number)
	}
	return b.checkStanding(who)
}

// checkDeciding refuses whoever has nothing to decide here.
func (b *Ballot) checkDeciding(who Actor) error {
	voted, has := b.voteOf(who.Person)
	switch last, _ := b.Last(); {
	case who.Person == b.Requester:
		return b.refuse(Forbidden, "own_request", "You raised %s, so somebody else must decide on it.", b.Number)
	case !b.Awaiting && len(b.Decisions) > 0:
		return b.refuse(Conflict, "decided", "%s was already %s by %s; your answer changed nothing.", b.Number, last.Verdict.done(), last.By)
	case !b.Awaiting:
		return b.refuse(Conflict, "not_awaiting", "%s is %s, so there is nothing to decide.", b.Number, b.State)
	case b.Hold != nil:
		return b.refuse(Conflict, "on_hold", "%s is on hold, so nobody can decide on it until it is resumed: %s", b.Number, b.Hold.Note)
	case has:
		return b.refuse(Conflict, "voted", "You %s %s already. Take that back first if you have changed your mind.", voted.Verdict.done(), b.Number)
	case !b.stageOpen():
		return b.refuse(Unavailable, "opening", "The next approval of %s is being opened. Try again in a moment.", b.Number).Later(time.Second)
	}
	return nil
}

// CheckTry refuses whoever could decide nothing here at all. It also lets those try
// who may decide for somebody: whether that somebody still may is known when they do.
func (b *Ballot) CheckTry(who Actor) error {
	if err := b.checkDeciding(who); err != nil {
		return err
	}
	if len(b.panelsOf(who.Person)) == 0 && len(b.PrincipalsOf(who.Person)) > 0 {
		return who.May(b.Permission)
	}
	return b.checkStanding(who)
}

// checkStanding refuses whoever was not named when the stage opened, and whoever
// has left the role since: theirs, or that of whom they decide for.
func (b *Ballot) checkStanding(who Actor) error {
	principal := who.principal()
	panels := b.panelsOf(principal.Person)
	if len(panels) == 0 {
		return b.refuse(Forbidden, "not_approver", "%s waits for a decision by %s.", b.Number, list(b.Approvers))
	}
	if err := who.May(b.Permission); err != nil {
		return err
	}
	if before, has := b.voteFor(principal.Person); has {
		return b.refuse(Conflict, "voted_for", "%s already %s %s for %s. It can be taken back.", before.By, before.Verdict.done(), b.Number, principal.Person)
	}
	if who.For != nil {
		if err := b.checkDeputy(who); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(panels, func(p *Panel) bool { return b.admits(p, principal) }) {
		return b.refuse(Forbidden, "left_role", "%s no longer holds the role that %s asks for.", principal.Person, b.Number)
	}
	if !slices.ContainsFunc(panels, func(p *Panel) bool { return b.hears(p, who) }) {
		return b.refuse(Forbidden, "not_delegate", "You carry %s out or approved it before, so you cannot decide for %s here.", b.Number, principal.Person)
	}
	return nil
}

// checkDeputy refuses whoever was not asked to decide for somebody, or has a say
// of their own here.
func (b *Ballot) checkDeputy(who Actor) error {
	own := b.delegateOf(who.For.Person)
	switch {
	case own != who.Person && (own != "" || !who.For.Standing):
		return b.refuse(Forbidden, "not_delegate", "%s did not delegate %s to you.", who.For.Person, b.Number)
	case len(b.panelsOf(who.Person)) > 0:
		return b.refuse(Conflict, "delegate_named", "You decide on %s yourself, and count once.", b.Number)
	}
	return nil
}

// Upshot is a decision and what came of it.
type Upshot struct {
	Result   Result
	Decision Decision
	Joined   []PersonID // who may decide too, since an abstention left too few
}

// Decide records a decision that CheckDecision has allowed, and says what came of it.
func (b *Ballot) Decide(who Actor, d DecisionRequest, at time.Time) Upshot {
	o := b.Opening
	decision := Decision{
		By: who.Person, Door: who.Door, Verdict: d.Verdict, Note: d.Note, ContentHash: b.ContentHash,
		Round: o.Round, Stage: o.Stage, At: at,
	}
	if who.For != nil {
		decision.For = who.For.Person
	}
	b.bar(who)
	b.Decisions = append(b.Decisions, decision)
	u, before := Upshot{Result: ResultVoted, Decision: decision}, o.seated()
	switch t := b.settle(); {
	case t.Standing == StageFailed:
		u.Result, b.Awaiting = ResultRejected, false
	case t.Standing == StagePassed && o.Stage < o.Of:
		u.Result, b.NotDoers = ResultStagePassed, b.notDoers()
	case t.Standing == StagePassed:
		u.Result, b.Awaiting = ResultApproved, false
	default:
		u.Joined = slices.DeleteFunc(o.seated(), func(id PersonID) bool { return slices.Contains(before, id) })
	}
	b.Refresh()
	return u
}

// CheckRetract refuses to take back a vote that was not given, or that counted.
func (b *Ballot) CheckRetract(who Actor) error {
	_, has := b.ownVote(who.Person)
	switch {
	case !b.stageOpen():
		return b.refuse(Conflict, "decided_on", "%s is %s: what was decided stays.", b.Number, b.State)
	case !has:
		return b.refuse(Conflict, "not_voted", "You have no vote on %s to take back.", b.Number)
	}
	return who.May(b.Permission)
}

// Retract takes back a vote that CheckRetract has allowed to, and says which.
func (b *Ballot) Retract(who Actor) Decision {
	v, _ := b.ownVote(who.Person)
	b.Opening.unbar(v.Principal())
	b.Decisions = slices.DeleteFunc(b.Decisions, func(d Decision) bool { return d.Round == v.Round && d.Stage == v.Stage && d.By == v.By })
	b.Refresh()
	return v
}

// Last is the decision that was given last: the one that ended the approval, once
// it has ended.
func (b *Ballot) Last() (Decision, bool) {
	if len(b.Decisions) == 0 {
		return Decision{}, false
	}
	return b.Decisions[len(b.Decisions)-1], true
}

// voteOf is the vote that a person gave in the open stage, for whomever.
func (b *Ballot) voteOf(by PersonID) (Decision, bool) {
	return find(b.Votes(), func(d Decision) bool { return d.By == by })
}

// ownVote is the vote in the open stage that a person may take back: the one that
// they gave, or that was given for them.
func (b *Ballot) ownVote(id PersonID) (Decision, bool) {
	if v, has := b.voteOf(id); has {
		return v, true
	}
	return b.voteFor(id)
}

// voteFor is the vote in the open stage that is a person's, whoever gave it.
func (b *Ballot) voteFor(id PersonID) (Decision, bool) {
	return find(b.Votes(), func(d Decision) bool { return d.Principal() == id })
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
