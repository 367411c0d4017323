package itsm

import (
	"fmt"
	"slices"
	"time"
)

// NoticeKind is what a message to people is for.
type NoticeKind string

// The kinds of notice.
const (
	NoticeCard     NoticeKind = "card"     // the record in its service's channel, kept current
	NoticeAsk      NoticeKind = "ask"      // to one who may decide: why you, and what if nobody acts
	NoticeRemind   NoticeKind = "remind"   // the same, once more, before it expires
	NoticeTell     NoticeKind = "tell"     // to somebody concerned: what came of it
	NoticeComment  NoticeKind = "comment"  // in the card's thread: what somebody said
	NoticeQuestion NoticeKind = "question" // to the requester: what somebody who decides wants to know
	NoticePage     NoticeKind = "page"     // to one who is called for an incident
	NoticeAssess   NoticeKind = "assess"   // to one who manages problems: is it one?
	NoticePublish  NoticeKind = "publish"  // to one who may say that a known error can be published
	NoticeOwn      NoticeKind = "own"      // to the owner of a corrective action: acknowledge it
	NoticeAccept   NoticeKind = "accept"   // to one who may accept the plan of a corrective action
	NoticeVerify   NoticeKind = "verify"   // to one who may say whether a corrective action was effective
	NoticeDecide   NoticeKind = "decide"   // to one who may decide on a contract
	NoticeEvidence NoticeKind = "evidence" // to one who may see the evidence of a measure: is it so?
	NoticeSignOff  NoticeKind = "sign_off" // to one who may sign off the review of a supplier
	NoticeConfirm  NoticeKind = "confirm"  // to its reporter: answer, or say whether it works again
)

// Notice is one message that people should be able to see about a record: Incident,
// Problem, Corrective, Supplier, Contract or Review where there is one, else Change. Key names it for life: a record has at most one
// message for a key, which is edited as the record moves on.
type Notice struct {
	Key         string              `json:"key"` // CHG-42/ask/bob
	Kind        NoticeKind          `json:"kind"`
	Channel     string              `json:"channel,omitempty"` // Slack channel id, or
	To          PersonID            `json:"to,omitempty"`      // the person to tell directly
	Thread      string              `json:"thread,omitempty"`  // the key of the message that it answers
	Parent      Place               `json:"parent,omitzero"`   // where that message stands
	Over        bool                `json:"over,omitempty"`    // what it asked for needs nobody any more
	Change      Change              `json:"change"`
	Explanation Explanation         `json:"explanation"`
	Event       Event               `json:"event"`             // what just happened
	Comment     *Comment            `json:"comment,omitempty"` // what was said
	Service     Service             `json:"service"`
	People      map[PersonID]Person `json:"people"` // everybody that the message may name

	Incident   *Incident         `json:"incident,omitempty"`
	Alerts     *AlertCount       `json:"alerts,omitempty"`
	Known      []KnownErrorFound `json:"known,omitempty"` // what may help with the incident, while it is open
	Problem    *Problem          `json:"problem,omitempty"`
	Use        KnownErrorUse     `json:"use,omitzero"` // of the problem's known error
	Corrective *CorrectiveAction `json:"corrective_action,omitempty"`
	Supplier   *Supplier         `json:"supplier,omitempty"`
	Contract   *Contract         `json:"contract,omitempty"`
	Review     *SupplierReview   `json:"supplier_review,omitempty"`
	Late       bool              `json:"-"` // kept current where it stands, and not posted any more
}

// Notices lists every message that should exist about a change, given all that
// happened to it and was said about it. Doing what it says twice changes nothing,
// so it can be asked again after any failure.
func Notices(c Change, timeline []Event, said []Comment, s Service, people map[PersonID]Person) []Notice {
	if len(timeline) == 0 || c.State == ChangeRaised {
		return nil
	}
	b := notices{base: Notice{Change: c, Explanation: c.Explain(), Event: timeline[len(timeline)-1], Service: s, People: people}}
	b.add(NoticeCard, "card", s.Channel, "")
	for i, e := range timeline {
		b.event(timeline, i, e)
	}
	for _, w := range said {
		b.comment(said, w, s.Channel)
	}
	return b.all
}

type notices struct {
	base    Notice
	all     []Notice
	opening *Opening // the last that was met
	from    int      // where in the timeline

	delegations []Delegation // for this record
	asked       []PersonID   // in the stage that was opened last
	heard       []Decision   // in it
}

func (b *notices) add(kind NoticeKind, key, channel string, to PersonID) {
	n := b.base
	n.Kind, n.Key, n.Channel, n.To = kind, string(n.Change.Number)+"/"+key, channel, to
	if !slices.ContainsFunc(b.all, func(o Notice) bool { return o.Key == n.Key }) {
		b.all = append(b.all, n)
	}
}

// event adds whatever an event has to tell, to whom.
func (b *notices) event(timeline []Event, i int, e Event) {
	c := b.base.Change
	switch e.Kind { //nolint:exhaustive // those of a change
	case EventOpened:
		o := OfOne(slices.Concat(c.Approval.Asked, c.Approvers), e.At, nil, nil) // as records have it from before there were stages
		if e.Detail != nil && e.Detail.Opening != nil {
			o = *e.Detail.Opening
		}
		b.opening, b.from, b.heard = &o, i, nil
		b.asked = b.deputised(o.asked())
		b.ask(timeline, NoticeAsk, "ask", b.asked)
	case EventReminded:
		b.ask(timeline, NoticeRemind, fmt.Sprintf("remind/%d", e.Revision), slices.DeleteFunc(slices.Clone(b.asked), b.spoke))
	case EventBackup:
		b.asked = append(b.asked, e.Detail.Joined...)
		b.ask(timeline, NoticeAsk, "ask", e.Detail.Joined)
	case EventDelegated:
		b.delegated(timeline, e)
	case EventEdited:
		for _, v := range e.Detail.Voided {
			b.tell(e, fmt.Sprintf("tell/%d/%s", e.Revision, v.By), v.By)
		}
		b.others(e)
	case EventApproved, EventRejected, EventExpired, EventWindowEnded:
		b.tell(e, "tell/"+string(e.Kind), c.Requester)
	case EventCancelled, EventStarted, EventCompleted, EventHeld, EventResumed, EventReassigned, EventAssessed:
		b.others(e)
	case EventAssessing:
		b.tell(e, "tell/"+string(e.Kind), c.Requester)
	case EventVoted: // an abstention may let others decide too
		if e.Decision != nil {
			b.heard = append(b.heard, *e.Decision)
		}
		if e.Detail != nil {
			b.asked = append(b.asked, e.Detail.Joined...)
			b.ask(timeline, NoticeAsk, "ask", e.Detail.Joined)
		}
	case EventVoteWithdrawn:
		b.heard = slices.DeleteFunc(b.heard, func(d Decision) bool { return d.By == e.Detail.Withdrawn.By })
	case EventRaised, EventScheduled, EventStagePassed, EventRescheduled, EventWithdrawn:
	}
}

// others tells whoever is concerned and did not do it.
func (b *notices) others(e Event) {
	key := "tell/" + string(e.Kind)
	if slices.Contains([]EventKind{EventHeld, EventResumed, EventReassigned, EventEdited}, e.Kind) { // may happen again
		key = fmt.Sprintf("tell/%d", e.Revision)
	}
	if e.Actor != b.base.Change.Requester {
		b.tell(e, key, b.base.Change.Requester)
	}
	if e.Kind == EventReassigned && e.Detail.Assignee != e.Actor {
		b.tell(e, key+"/"+string(e.Detail.Assignee), e.Detail.Assignee)
	}
}

// delegated tells both: who may decide now, and for whom they do.
func (b *notices) delegated(timeline []Event, e Event) {
	d := e.Detail.Delegation
	b.delegations = slices.DeleteFunc(b.delegations, func(o Delegation) bool { return o.From == d.From })
	if d.To != d.From {
		b.delegations, b.asked = append(b.delegations, *d), append(b.asked, d.To)
		b.ask(timeline, NoticeAsk, fmt.Sprintf("ask/%d", e.Revision), []PersonID{d.To})
	}
	if e.Actor != d.From {
		b.tell(e, fmt.Sprintf("tell/%d", e.Revision), d.From)
	}
}

// deputised are people, and those who may decide for them on this record.
func (b *notices) deputised(people []PersonID) []PersonID {
	all := slices.Clone(people)
	for _, d := range b.delegations {
		if slices.Contains(people, d.From) && !slices.Contains(people, d.To) {
			all = append(all, d.To)
		}
	}
	return all
}

// spoke reports whether somebody decided in the open stage, or another for them:
// they need no reminder.
func (b *notices) spoke(id PersonID) bool {
	return slices.ContainsFunc(b.heard, func(d Decision) bool { return d.By == id || d.Principal() == id })
}

func (b *notices) tell(e Event, key string, to PersonID) {
	was := b.base.Event
	b.base.Event = e
	b.add(NoticeTell, key, "", to)
	b.base.Event = was
}

// ask asks people to decide in the stage that was opened last. Once that is over,
// they see how it ended, and no word of what became of the change since: that is
// in its channel. Later stages and rounds ask anew, in messages of their own.
func (b *notices) ask(timeline []Event, kind NoticeKind, key string, whom []PersonID) {
	before := b.base
	b.base = b.base.asOf(timeline, b.from)
	if o := b.opening; o.Round*o.Stage > 1 && kind == NoticeAsk {
		key = fmt.Sprintf("%s/%d.%d", key, o.Round, o.Stage)
	}
	for _, id := range whom {
		b.add(kind, key+"/"+string(id), "", id)
	}
	if o := b.opening; kind == NoticeAsk && o.Channel != "" && o.Channel != b.base.Service.Channel {
		b.add(kind, key+"/channel", o.Channel, "")
	}
	b.base = before
}

// asOf is a notice of a stage that began at a place in the timeline: of what ended
// it, once something did.
func (n Notice) asOf(timeline []Event, from int) Notice {
	i := slices.IndexFunc(timeline[from+1:], Event.endsStage)
	if i < 0 {
		return n
	}
	e, c := timeline[from+1+i], n.Change
	c.State, c.Since, c.Implementer, c.Outcome, c.ClosedAt = ChangeState(e.To), e.At, "", "", nil
	c.Approval, c.Approvers, c.Hold, c.Assignee = Approval{}, nil, nil, ""
	c.RemindAt, c.BackupAt, c.ExpireAt = nil, nil, nil
	c.Decisions = slices.DeleteFunc(slices.Clone(c.Decisions), func(d Decision) bool { return d.At.After(e.At) })
	n.Change, n.Explanation, n.Event, n.Over = c, c.Explain(), e, true
	switch e.Kind { //nolint:exhaustive // the others end the change
	case EventStagePassed:
		n.Explanation.Summary = "This stage has passed; the next ones decide on."
	case EventEdited:
		n.Explanation.Summary = "It was edited, so what was decided on it counts no more; who decides is asked anew."
	default:
		n.Explanation.Summary = c.endingAs(e)
	}
	return n
}

// endsStage reports whether nobody needs to decide in a stage any more.
func (e Event) endsStage() bool {
	if e.Kind == EventEdited {
		return slices.ContainsFunc(e.Detail.Edits, func(d Difference) bool { return d.Material })
	}
	return e.Kind == EventOpened || e.Kind == EventStagePassed || (e.From == State(ChangeAwaiting) && e.To != e.From)
}

// comment shows what was said below the card, asks the requester what somebody
// who decides wants to know, and brings back the answer. What was said does not
// change, so no more of the record is in these than what names it.
func (b *notices) comment(said []Comment, w Comment, channel string) {
	c, people := b.base.Change, make(map[PersonID]Person)
	q, answers := find(said, func(o Comment) bool { return o.ID == w.ReplyTo })
	for _, id := range []PersonID{w.By, c.Requester, q.By} {
		if p, known := b.base.People[id]; known {
			people[id] = p
		}
	}
	one := notices{base: Notice{
		Change:  Change{Number: c.Number, ChangeDraft: ChangeDraft{Title: c.Title}, Requester: c.Requester, RaisedAt: c.RaisedAt, Revision: c.Revision},
		Comment: &w, Service: b.base.Service, People: people,
	}}
	answered := slices.ContainsFunc(said, func(o Comment) bool { return o.ReplyTo == w.ID })
	if w.Kind == Question && w.By != c.Requester {
		one.base.Over = answered || c.State.Final()
		one.add(NoticeQuestion, fmt.Sprintf("question/%d", w.ID), "", c.Requester)
		one.base.Over = false
	}
	if answers && q.By != w.By {
		one.add(NoticeTell, fmt.Sprintf("answer/%d", w.ID), "", q.By)
	}
	one.base.Thread = string(w.Number) + "/card"
	one.add(NoticeComment, fmt.Sprintf("comment/%d", w.ID), channel, "")
	b.all = append(b.all, one.all...)
}

// asked are those whom a stage asks as it opens, and who may decide for them.
func (o *Opening) asked() (all []PersonID) {
	all = o.seated()
	for _, d := range o.Deputies {
		if slices.Contains(all, d.From) {
			all = append(all, d.To)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Place is where a message stands in Slack.
type Place struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// Record is the number of the record that the notice is about.
func (n *Notice) Record() Number { r, _ := n.about(); return r.Number }

// Revision is the record's, as the notice shows it.
func (n *Notice) Revision() int { r, _ := n.about(); return r.Revision }

// RaisedAt is since when there is the record: no message about it is older.
func (n *Notice) RaisedAt() time.Time { _, at := n.about(); return at }

// about is the record that the notice is about, and since when there is one.
func (n *Notice) about() (Receipt, time.Time) {
	switch {
	case n.Incident != nil:
		return n.Incident.Receipt(), n.Incident.RaisedAt
	case n.Problem != nil:
		return n.Problem.Receipt(), n.Problem.RaisedAt
	case n.Corrective != nil:
		return n.Corrective.Receipt(), n.Corrective.RaisedAt
	case n.Supplier != nil:
		return n.Supplier.Receipt(), n.Supplier.RaisedAt
	case n.Contract != nil:
		return n.Contract.Receipt(), n.Contract.RaisedAt
	case n.Review != nil:
		return n.Review.Receipt(), n.Review.StartedAt
	}
	return n.Change.Receipt(), n.Change.RaisedAt
}
