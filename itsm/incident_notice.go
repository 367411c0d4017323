package itsm

import (
	"fmt"
	"slices"
)

// AlertCount is how often monitoring said what an incident was raised for.
type AlertCount struct {
	Alerts int   `json:"alerts"` // told apart by the source
	Firing int   `json:"firing"` // that still do
	Count  int64 `json:"count"`  // of all that came
}

// IncidentBook is all that the messages about an incident are made of.
type IncidentBook struct {
	Incident Incident
	Timeline []Event
	Said     []Comment
	Service  Service
	Managers map[TeamID]PersonID
	People   map[PersonID]Person
	Alerts   *AlertCount       // nil: no alert raised it
	Known    []KnownErrorFound // that may be what it is of, those that fit best first
}

// IncidentNotices lists every message that should exist about an incident. Doing
// what it says twice changes nothing. What is Late was overtaken: it is kept current
// where it stands, and not said any more where it was not in time, so that people
// who could not be reached for a while are not told all of it at once.
func IncidentNotices(b IncidentBook) []Notice {
	if len(b.Timeline) == 0 || b.Incident.State == IncidentNew {
		return nil
	}
	n := incidentNotices{IncidentBook: b, latest: map[string]int{}}
	n.base = Notice{
		Incident: &b.Incident, Explanation: b.Incident.Explain(), Event: b.Timeline[len(b.Timeline)-1],
		Service: b.Service, People: b.People, Alerts: b.Alerts,
	}
	if b.Incident.Open() {
		n.base.Known = b.Known
	}
	n.add(Notice{Kind: NoticeCard, Channel: b.Service.incidentChannel()}, "card", "")
	n.had = n.charges()
	for at, e := range b.Timeline {
		n.event(e, n.had[at])
	}
	for _, c := range b.Said {
		n.comment(c)
	}
	return n.all
}

func (s Service) incidentChannel() string {
	if s.Incidents != "" {
		return s.Incidents
	}
	return s.Channel
}

type incidentNotices struct {
	IncidentBook

	base   Notice
	all    []Notice
	had    []charge       // after each event
	latest map[string]int // by topic and person, where in all the newest is
}

// add adds a message. A later one of the same topic to the same person overtakes it.
func (b *incidentNotices) add(n Notice, key, topic string) {
	what := b.base
	what.Kind, what.Channel, what.To, what.Thread, what.Comment, what.Over = n.Kind, n.Channel, n.To, n.Thread, n.Comment, n.Over
	if n.Event.Kind != "" {
		what.Event = n.Event
	}
	what.Key = string(b.Incident.Number) + "/" + key
	if slices.ContainsFunc(b.all, func(o Notice) bool { return o.Key == what.Key }) {
		return
	}
	if topic != "" {
		topic += "/" + string(n.To)
		if before, has := b.latest[topic]; has {
			b.all[before].Late = true
			b.all[before].Over = b.all[before].Over || b.all[before].Kind != NoticeTell
		}
		b.latest[topic] = len(b.all)
	}
	b.all = append(b.all, what)
}

// tell tells people of an event, but for whoever did it.
func (b *incidentNotices) tell(e Event, topic string, to ...PersonID) {
	slices.Sort(to)
	for _, id := range slices.Compact(to) {
		if id != "" && id != e.Actor && id != Monitoring && id != System {
			b.add(Notice{Kind: NoticeTell, To: id, Event: e}, fmt.Sprintf("tell/%d/%s", e.Revision, id), topic)
		}
	}
}

// event adds whatever an event has to tell, to whom.
func (b *incidentNotices) event(e Event, had charge) {
	i, manager := &b.Incident, b.Managers[had.team]
	switch e.Kind { //nolint:exhaustive // the others are of changes, or the card says enough
	case EventEscalated:
		b.page(e)
	case EventUnroutable, EventUnanswered, EventTargetOverdue:
		b.tell(e, string(e.Kind), i.Owner, manager)
	case EventAssigned:
		b.tell(e, "work", e.Detail.Assignee, i.Reporter)
		if e.Detail.Assignee == "" {
			b.tell(e, "work", manager)
		}
	case EventReprioritised, EventIncidentParent, EventFollowed, EventIncidentResumed:
		b.tell(e, "work", had.assignee)
	case EventIncidentHeld, EventHoldReminded:
		if e.Kind == EventHoldReminded || e.Detail.Hold.Reason == AwaitingCaller {
			b.ask(e, i.Reporter, i.State != IncidentOnHold || !i.Hold.awaits(i.Reporter, i))
		}
	case EventResolved, EventConfirmReminded:
		b.ask(e, i.Reporter, i.State != IncidentResolved)
	case EventReopened, EventIncidentCancelled, EventIncidentDuplicate, EventIncidentClosed:
		b.tell(e, "state", had.assignee, i.Reporter)
	case EventTargetWarned:
		b.warn(e, had.assignee, manager)
	case EventTargetMissed:
		to := []PersonID{had.assignee, manager}
		if e.Detail.Clock.Clock == ResolutionClock { // whoever waits for it is not left to find out
			to = append(to, i.Reporter)
		}
		b.tell(e, "target/"+string(e.Detail.Clock.Clock), to...)
	case EventAckStale:
		b.tell(e, "work", e.Detail.Assignee)
	case EventWorkaroundHeard:
		b.tell(e, "workaround/"+string(e.Detail.Workaround.Problem), had.assignee, i.Reporter)
	case EventWorkaroundApplied:
		b.tell(e, "applied/"+string(e.Detail.Workaround.Problem), i.Reporter)
	}
}

// awaits reports whether a hold is for somebody to end by answering.
func (h *IncidentHold) awaits(id PersonID, i *Incident) bool {
	return h != nil && h.Reason == AwaitingCaller && id == i.Reporter
}

func (b *incidentNotices) warn(e Event, assignee, manager PersonID) {
	topic := "target/" + string(e.Detail.Clock.Clock)
	switch percent := e.Detail.Clock.Percent; {
	case percent < 75 && assignee != "":
		b.tell(e, topic, assignee)
	case percent < 90:
		b.tell(e, topic, assignee, manager)
	default:
		b.tell(e, topic, manager)
	}
}

// ask asks the reporter for something: an answer, or whether it works again.
func (b *incidentNotices) ask(e Event, to PersonID, over bool) {
	if to == Monitoring {
		return
	}
	b.add(Notice{Kind: NoticeConfirm, To: to, Event: e, Over: over}, fmt.Sprintf("confirm/%d", e.Revision), "state")
}

// page calls people. A page is delivered by the ways that each person named, so it
// is not posted here, only kept current where it stands in Slack.
func (b *incidentNotices) page(e Event) {
	c := e.Detail.Call
	over := b.pageOver(e)
	e = b.because(e)
	for _, id := range c.People {
		b.add(Notice{Kind: NoticePage, To: id, Event: e, Over: over}, PageKey(e.Revision, string(id)), "page")
	}
	for _, channel := range c.Channels {
		b.add(Notice{Kind: NoticePage, Channel: channel, Event: e, Over: over}, PageKey(e.Revision, channel), "page/"+channel)
	}
	for n := range b.all {
		b.all[n].Late = b.all[n].Late || b.all[n].Kind == NoticePage
	}
}

// because is a call with the words of whoever asked for it: whom it wakes is to know
// why.
func (b *incidentNotices) because(call Event) Event {
	why := call.Detail.Call.Trigger
	if why != TriggerAsked && why != TriggerReopened {
		return call
	}
	for _, e := range slices.Backward(b.Timeline) {
		asked := e.Kind == EventReopened
		if why == TriggerAsked {
			asked = e.Kind == EventEscalationAsked || e.Kind == EventAssigned
		}
		if asked && e.Revision < call.Revision {
			call.Actor, call.Note = e.Actor, e.Note
			return call
		}
	}
	return call
}

// PageKey is what a page to a person or a channel is called in its record, by the
// revision that called them.
func PageKey(revision int, to string) string { return fmt.Sprintf("page/%d/%s", revision, to) }

// pageOver reports whether a page asks for nothing any more: somebody answered, or
// it is not open.
func (b *incidentNotices) pageOver(e Event) bool {
	if !b.Incident.Open() || b.Incident.State == IncidentOnHold {
		return true
	}
	return slices.ContainsFunc(b.Timeline, func(o Event) bool {
		return o.Revision > e.Revision && (o.Kind == EventAcknowledged || o.Kind == EventAssigned || o.Kind == EventReopened)
	})
}

// comment shows what was said below the card, and brings it to whom it is for.
func (b *incidentNotices) comment(c Comment) {
	i, assignee := &b.Incident, b.assigneeAt(c)
	to := []PersonID{}
	switch c.Kind {
	case ProgressNote:
		to = append(to, i.Reporter)
	case Question:
		to = append(to, i.Reporter, assignee)
	case Answer, Remark:
		if c.By == i.Reporter {
			to = append(to, assignee)
		}
		q, _ := find(b.Said, func(o Comment) bool { return o.ID == c.ReplyTo })
		to = append(to, q.By)
	}
	slices.Sort(to)
	for _, id := range slices.Compact(to) {
		if id != "" && id != c.By && id != Monitoring {
			b.said(Notice{Kind: NoticeTell, To: id, Comment: &c}, fmt.Sprintf("said/%d/%s", c.ID, id))
		}
	}
	b.said(Notice{Kind: NoticeComment, Channel: b.Service.incidentChannel(), Comment: &c, Thread: string(i.Number) + "/card"}, fmt.Sprintf("comment/%d", c.ID))
}

// said adds a message that does not change with the record: it holds no more of it
// than what names it.
func (b *incidentNotices) said(n Notice, key string) {
	full, i := b.base, &b.Incident
	short := Incident{Number: i.Number, Reporter: i.Reporter, RaisedAt: i.RaisedAt}
	short.Title, short.Revision = i.Title, i.Revision
	people := make(map[PersonID]Person)
	for _, id := range []PersonID{n.Comment.By, n.To, i.Reporter} {
		if p, known := b.People[id]; known {
			people[id] = p
		}
	}
	b.base = Notice{Incident: &short, Service: b.Service, People: people}
	b.add(n, key, "")
	b.base = full
}
