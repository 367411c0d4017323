package itsm

import "slices"

// ProblemBook is all that the messages about a problem are made of.
type ProblemBook struct {
	Problem  Problem
	Timeline []Event
	Said     []Comment
	Service  Service
	Managers []PersonID // who manage problems now
	Manager  PersonID   // of the team
	People   map[PersonID]Person
	Use      KnownErrorUse
}

// KnownErrorUse is how often a known error helped: how many incidents applied it.
type KnownErrorUse struct {
	Count int    `json:"count"`
	Last  Number `json:"last,omitempty"` // the incident that did last
}

// ProblemNotices lists every message that should exist about a problem. Doing what it
// says twice changes nothing.
func ProblemNotices(b ProblemBook) []Notice {
	if len(b.Timeline) == 0 || b.Problem.State == ProblemNew {
		return nil
	}
	n := problemNotices{ProblemBook: b, board: board{number: b.Problem.Number}}
	n.base = Notice{
		Problem: &b.Problem, Explanation: b.Problem.Explain(), Event: b.Timeline[len(b.Timeline)-1],
		Service: b.Service, People: b.People, Use: b.Use,
	}
	n.add(Notice{Kind: NoticeCard, Channel: b.Service.incidentChannel()}, "card")
	for _, e := range b.Timeline {
		n.event(e)
	}
	for _, c := range b.Said {
		n.comment(c)
	}
	return n.all
}

type problemNotices struct {
	ProblemBook
	board

	had PersonID // who coordinates it, after the event that is told
}

// event adds whatever an event has to tell, to whom.
func (b *problemNotices) event(e Event) {
	p := &b.Problem
	b.charge(e)
	switch e.Kind { //nolint:exhaustive // the others are of other records, or the card says enough
	case EventProblemProposed, EventProblemLogged:
		b.ask(e, NoticeAssess, !p.Unassessed(), b.Managers...)
	case EventProblemAccepted, EventProblemAssigned:
		b.tell(e, b.had, p.Reporter)
	case EventProblemTask:
		if e.Detail.Task.State == TaskOpen {
			b.tell(e, e.Detail.Task.Owner)
		} else {
			b.tell(e, b.had)
		}
	case EventTaskDue:
		b.tell(e, e.Detail.Task.Owner)
	case EventKnownErrorOpened, EventKnownErrorBackup, EventKnownErrorReminded:
		b.poll(e, NoticePublish, b.Timeline, p.Ballot())
	case EventKnownErrorPublished, EventKnownErrorRejected, EventKnownErrorExpired:
		b.tell(e, b.had, p.KnownError.By)
	case EventProblemNudged, EventProblemWarned, EventKnownErrorReviewDue, EventFixDeployed, EventFixFailed, EventCauseKnown:
		b.tell(e, b.had)
	case EventProblemMissed:
		b.tell(e, append(slices.Clone(b.Managers), b.had)...)
	case EventProblemOverdue, EventProblemUnroutable:
		b.tell(e, p.Owner)
	case EventProblemEscalated:
		b.tell(e, e.Detail.Call.People...)
	case EventWatchPassed, EventRiskExpired, EventProblemRecurred:
		b.tell(e, append(slices.Clone(b.Managers), b.had)...)
	case EventRiskAccepted, EventProblemReopened, EventProblemClosed, EventProblemDeclined, EventProblemMerged, EventProblemCancelled, EventFixConfirmed:
		b.tell(e, b.had, p.Reporter, p.Owner)
	}
}

// charge takes note of who has it once an event has happened.
func (b *problemNotices) charge(e Event) {
	if (e.Kind == EventProblemAccepted || e.Kind == EventProblemAssigned) && e.Detail.Assignee != "" {
		b.had = e.Detail.Assignee
	}
}

// comment shows what was said below the card, and brings it to whom it is for.
func (b *problemNotices) comment(c Comment) {
	p := &b.Problem
	short := Problem{Number: p.Number, Reporter: p.Reporter, RaisedAt: p.RaisedAt}
	short.Title, short.Revision = p.Title, p.Revision
	to := addressees(c, b.Said, b.hadAt(c), p.Reporter)
	n := Notice{Problem: &short, Service: b.Service, People: only(b.People, append(slices.Clone(to), c.By, p.Reporter)...)}
	b.said(c, n, b.Service.incidentChannel(), to...)
}

// hadAt is who coordinated it when something was said.
func (b *problemNotices) hadAt(c Comment) (id PersonID) {
	for _, e := range b.Timeline {
		if e.At.After(c.At) {
			break
		}
		if (e.Kind == EventProblemAccepted || e.Kind == EventProblemAssigned) && e.Detail.Assignee != "" {
			id = e.Detail.Assignee
		}
	}
	return id
}

// Named are all whom the messages about a problem may name.
func (b *ProblemBook) Named() []PersonID {
	p := &b.Problem
	ids := append([]PersonID{p.Reporter, p.Owner, p.Coordinator, b.Manager}, b.Managers...)
	ids = append(ids, p.Publication.Asked...)
	for _, t := range p.Tasks {
		ids = append(ids, t.Owner)
	}
	for _, k := range []*KnownError{p.KnownError, p.Published} {
		if k != nil {
			ids = append(ids, k.By, k.VerifiedBy, k.PublishedBy)
		}
	}
	return people(append(ids, namedIn(b.Timeline, b.Said)...))
}
