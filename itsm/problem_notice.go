package itsm

import (
	"fmt"
	"slices"
)

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
	n := problemNotices{ProblemBook: b}
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

	base Notice
	all  []Notice
	had  PersonID // who coordinates it, after the event that is told
}

// add adds a message, unless there is one of that name.
func (b *problemNotices) add(n Notice, key string) {
	what := b.base
	what.Kind, what.Channel, what.To, what.Thread, what.Comment, what.Over = n.Kind, n.Channel, n.To, n.Thread, n.Comment, n.Over
	if n.Event.Kind != "" {
		what.Event = n.Event
	}
	what.Key = string(b.Problem.Number) + "/" + key
	if !slices.ContainsFunc(b.all, func(o Notice) bool { return o.Key == what.Key }) {
		b.all = append(b.all, what)
	}
}

// tell tells people of an event, but for whoever did it.
func (b *problemNotices) tell(e Event, to ...PersonID) {
	slices.Sort(to)
	for _, id := range slices.Compact(to) {
		if id != "" && id != e.Actor && id != Monitoring && id != System {
			b.add(Notice{Kind: NoticeTell, To: id, Event: e}, fmt.Sprintf("tell/%d/%s", e.Revision, id))
		}
	}
}

// ask asks people for something, until they or others did it.
func (b *problemNotices) ask(e Event, kind NoticeKind, over bool, to []PersonID) {
	for _, id := range to {
		if id != e.Actor || kind == NoticeAssess {
			b.add(Notice{Kind: kind, To: id, Event: e, Over: over}, fmt.Sprintf("%s/%d/%s", kind, e.Revision, id))
		}
	}
}

// event adds whatever an event has to tell, to whom.
func (b *problemNotices) event(e Event) {
	p := &b.Problem
	b.charge(e)
	switch e.Kind { //nolint:exhaustive // the others are of other records, or the card says enough
	case EventProblemProposed, EventProblemLogged:
		b.ask(e, NoticeAssess, !p.Unassessed(), b.Managers)
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
	case EventKnownErrorOpened, EventKnownErrorBackup:
		over := !p.Ballot().Awaiting || p.Ballot().Round != b.roundAt(e)
		who := e.Detail.Joined
		if o := e.Detail.Opening; o != nil {
			who = o.asked()
		}
		b.ask(e, NoticePublish, over, who)
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

// roundAt is the round of the publication that was open when an event happened.
func (b *problemNotices) roundAt(e Event) (round int) {
	for _, o := range b.Timeline {
		if o.Kind == EventKnownErrorOpened && o.Revision <= e.Revision {
			round = o.Detail.Opening.Round
		}
	}
	return round
}

// comment shows what was said below the card, and brings it to whom it is for.
func (b *problemNotices) comment(c Comment) {
	p := &b.Problem
	short := Problem{Number: p.Number, Reporter: p.Reporter, RaisedAt: p.RaisedAt}
	short.Title, short.Revision = p.Title, p.Revision
	people := make(map[PersonID]Person)
	to := []PersonID{}
	q, _ := find(b.Said, func(o Comment) bool { return o.ID == c.ReplyTo })
	switch c.Kind {
	case Question:
		to = append(to, b.hadAt(c), p.Reporter)
	case Answer:
		to = append(to, q.By)
	case Remark, ProgressNote:
	}
	slices.Sort(to)
	to = slices.DeleteFunc(slices.Compact(to), func(id PersonID) bool { return id == "" || id == c.By || id == System || id == Monitoring })
	for _, id := range append(slices.Clone(to), c.By, p.Reporter) {
		if who, known := b.People[id]; known {
			people[id] = who
		}
	}
	full := b.base
	b.base = Notice{Problem: &short, Service: b.Service, People: people}
	for _, id := range to {
		b.add(Notice{Kind: NoticeTell, To: id, Comment: &c}, fmt.Sprintf("said/%d/%s", c.ID, id))
	}
	b.add(Notice{Kind: NoticeComment, Channel: b.Service.incidentChannel(), Comment: &c, Thread: string(p.Number) + "/card"}, fmt.Sprintf("comment/%d", c.ID))
	b.base = full
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
	for _, e := range b.Timeline {
		ids = append(ids, e.Actor)
		if e.Detail == nil {
			continue
		}
		ids = append(ids, e.Detail.Assignee)
		if e.Detail.Call != nil {
			ids = append(ids, e.Detail.Call.People...)
		}
	}
	for _, c := range b.Said {
		ids = append(ids, c.By)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id PersonID) bool { return id == "" })
}
