package itsm

import "slices"

// CorrectiveBook is all that the messages about a corrective action are made of.
type CorrectiveBook struct {
	Corrective CorrectiveAction
	Timeline   []Event
	Said       []Comment
	Service    Service
	Managers   []PersonID // who hold the quality manager's role now
	Manager    PersonID   // of the team
	People     map[PersonID]Person
}

// CorrectiveNotices lists every message that should exist about a corrective action.
// Doing what it says twice changes nothing.
func CorrectiveNotices(b CorrectiveBook) []Notice {
	c := &b.Corrective
	if len(b.Timeline) == 0 || c.State == CorrectiveNew {
		return nil
	}
	n := correctiveNotices{CorrectiveBook: b, board: board{number: c.Number, base: Notice{
		Corrective: c, Explanation: c.Explain(), Event: b.Timeline[len(b.Timeline)-1], Service: b.Service, People: b.People,
	}}}
	n.add(Notice{Kind: NoticeCard, Channel: b.Service.incidentChannel()}, "card")
	for _, e := range b.Timeline {
		n.event(e)
	}
	for _, s := range b.Said {
		n.comment(s)
	}
	return n.all
}

type correctiveNotices struct {
	CorrectiveBook
	board

	owner   PersonID // who has it, after the event that is told
	planner PersonID // who wrote its plan last
}

// event adds whatever an event has to tell, to whom.
func (b *correctiveNotices) event(e Event) {
	c, before := &b.Corrective, b.owner
	b.charge(e)
	switch e.Kind { //nolint:exhaustive // the others are of other records, or the card says enough
	case EventCorrectiveLogged, EventCorrectiveAssigned:
		if e.To == State(CorrectiveRaised) && e.Detail.Assignee != "" {
			b.ask(e, NoticeOwn, c.State != CorrectiveRaised || c.Owner != b.owner, b.owner)
			b.tell(e, before)
			return
		}
		b.tell(e, before, b.owner)
	case EventPlanOpened, EventPlanBackup, EventPlanReminded:
		b.poll(e, NoticeAccept, b.Timeline, c.Ballot())
	case EventPlanAccepted:
		to := []PersonID{b.owner, b.planner}
		for _, s := range e.Detail.Plan.Steps {
			to = append(to, s.Owner)
		}
		b.tell(e, to...)
	case EventPlanRejected, EventPlanExpired:
		b.tell(e, b.owner, b.planner)
	case EventCorrectiveStep, EventCorrectiveStepDue:
		b.tell(e, b.owner, e.Detail.Task.Owner)
	case EventVerificationDue:
		b.ask(e, NoticeVerify, !c.Verifiable() || e.At.Before(c.Since), b.verifiers()...)
	default:
		b.ended(e)
	}
}

// ended adds what is told of how far it came, and of what is late.
func (b *correctiveNotices) ended(e Event) {
	switch e.Kind { //nolint:exhaustive // ditto
	case EventCorrectiveAcknowledged:
		b.tell(e, b.Corrective.Reporter)
	case EventCorrectiveImplemented:
		b.tell(e, b.Corrective.Reporter, b.owner)
		if e.Detail.VerifyFrom != nil && !e.Detail.VerifyFrom.After(e.At) {
			b.ask(e, NoticeVerify, !b.Corrective.Verifiable() || e.At.Before(b.Corrective.Since), b.verifiers()...)
		}
	case EventCorrectiveVerified, EventCorrectiveNotEffective, EventCorrectiveWithdrawn:
		b.tell(e, b.owner, b.planner, b.Corrective.Reporter)
	case EventCorrectiveWarned:
		b.tell(e, b.late(e)...)
	case EventCorrectiveMissed:
		b.tell(e, append(b.late(e), b.Managers...)...)
	case EventCorrectiveOverdue, EventCorrectiveUnroutable:
		b.tell(e, b.Managers...)
	case EventCorrectiveEscalated:
		b.tell(e, e.Detail.Call.People...)
	}
}

// late are those who keep a stage waiting.
func (b *correctiveNotices) late(e Event) []PersonID {
	if e.Detail.Clock.Clock == VerificationClock {
		return b.verifiers()
	}
	return []PersonID{b.owner}
}

// verifiers are the quality managers who had no hand in it.
func (b *correctiveNotices) verifiers() []PersonID {
	return slices.DeleteFunc(slices.Clone(b.Managers), b.Corrective.Involved)
}

// charge takes note of who has it, and wrote its plan, once an event has happened.
func (b *correctiveNotices) charge(e Event) {
	switch e.Kind { //nolint:exhaustive // those that say so
	case EventCorrectiveLogged, EventCorrectiveAssigned:
		if e.Detail.Assignee != "" {
			b.owner = e.Detail.Assignee
		}
	case EventPlanProposed:
		b.planner = e.Actor
	}
}

// comment shows what was said below the card, and brings it to whom it is for.
func (b *correctiveNotices) comment(s Comment) {
	c := &b.Corrective
	short := CorrectiveAction{Number: c.Number, Reporter: c.Reporter, RaisedAt: c.RaisedAt}
	short.Title, short.Revision = c.Title, c.Revision
	to := addressees(s, b.Said, b.ownerAt(s), c.Reporter)
	n := Notice{Corrective: &short, Service: b.Service, People: only(b.People, append(slices.Clone(to), s.By, c.Reporter)...)}
	b.said(s, n, b.Service.incidentChannel(), to...)
}

// ownerAt is who owned it when something was said.
func (b *correctiveNotices) ownerAt(s Comment) (id PersonID) {
	for _, e := range b.Timeline {
		if e.At.After(s.At) {
			break
		}
		if (e.Kind == EventCorrectiveLogged || e.Kind == EventCorrectiveAssigned) && e.Detail.Assignee != "" {
			id = e.Detail.Assignee
		}
	}
	return id
}

// Named are all whom the messages about a corrective action may name.
func (b *CorrectiveBook) Named() []PersonID {
	c := &b.Corrective
	ids := append([]PersonID{c.Reporter, c.Owner, b.Manager}, b.Managers...)
	ids = append(ids, c.Acceptance.Asked...)
	for _, s := range c.Steps {
		ids = append(ids, s.Owner)
	}
	if p := c.Plan; p != nil {
		ids = append(ids, p.By, p.AcceptedBy)
		for _, s := range p.Steps {
			ids = append(ids, s.Owner)
		}
	}
	return people(append(ids, namedIn(b.Timeline, b.Said)...))
}
