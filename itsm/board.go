package itsm

import (
	"fmt"
	"slices"
)

// board gathers the messages about a record, one for each name: doing what it says
// twice changes nothing.
type board struct {
	number Number
	base   Notice // what all of them show, where they do not say otherwise
	all    []Notice
}

// add adds a message, unless there is one of that name.
func (b *board) add(n Notice, key string) {
	what := b.base
	what.Kind, what.Channel, what.To, what.Thread, what.Comment, what.Over = n.Kind, n.Channel, n.To, n.Thread, n.Comment, n.Over
	if n.Event.Kind != "" {
		what.Event = n.Event
	}
	what.Key = string(b.number) + "/" + key
	if !slices.ContainsFunc(b.all, func(o Notice) bool { return o.Key == what.Key }) {
		b.all = append(b.all, what)
	}
}

// card shows the record in a channel, where there is one for it.
func (b *board) card(channel string) {
	if channel != "" {
		b.add(Notice{Kind: NoticeCard, Channel: channel}, "card")
	}
}

// tell tells people of an event, but for whoever did it.
func (b *board) tell(e Event, to ...PersonID) {
	for _, id := range people(to) {
		if id != e.Actor && id != Monitoring && id != System {
			b.add(Notice{Kind: NoticeTell, To: id, Event: e}, fmt.Sprintf("tell/%d/%s", e.Revision, id))
		}
	}
}

// ask asks people for something, until they or others did it.
func (b *board) ask(e Event, kind NoticeKind, over bool, to ...PersonID) {
	for _, id := range to {
		b.add(Notice{Kind: kind, To: id, Event: e, Over: over}, fmt.Sprintf("%s/%d/%s", kind, e.Revision, id))
	}
}

// poll asks those who may decide on what a ballot is of: when a stage is opened, when
// others join, and once more whoever has not answered when the others are reminded.
func (b *board) poll(e Event, kind NoticeKind, timeline []Event, ballot *Ballot) {
	var who []PersonID
	switch {
	case e.Kind == ballot.opened():
		who = e.Detail.Opening.asked()
	case e.Kind == ballot.Event(ResultBackup):
		who = e.Detail.Joined
	case e.Kind == ballot.Event(ResultReminded):
		who = unanswered(timeline, ballot, e)
	default:
		return
	}
	over := !ballot.Awaiting || ballot.Round != roundAt(timeline, ballot.opened(), e)
	b.ask(e, kind, over, slices.DeleteFunc(slices.Clone(who), func(id PersonID) bool { return id == e.Actor })...)
}

// unanswered are those who were asked in the stage that was open at an event, and had not
// voted.
func unanswered(timeline []Event, ballot *Ballot, at Event) (ids []PersonID) {
	for _, e := range timeline {
		switch {
		case e.Revision >= at.Revision:
			return ids
		case e.Kind == ballot.opened():
			ids = slices.Clone(e.Detail.Opening.asked())
		case e.Kind == ballot.Event(ResultBackup):
			ids = append(ids, e.Detail.Joined...)
		case e.Kind == ballot.Event(ResultVoted):
			ids = slices.DeleteFunc(ids, func(id PersonID) bool { return id == e.Actor })
		}
	}
	return ids
}

// said shows what was said below the card, and brings it to people. What was said does
// not change, so no more of the record is in these than short, which names it.
func (b *board) said(c Comment, short Notice, channel string, to ...PersonID) {
	to = slices.DeleteFunc(people(to), func(id PersonID) bool { return id == c.By || id == System || id == Monitoring })
	full := b.base
	b.base = short
	for _, id := range to {
		b.add(Notice{Kind: NoticeTell, To: id, Comment: &c}, fmt.Sprintf("said/%d/%s", c.ID, id))
	}
	if channel != "" { // else there is no card below which it could stand
		b.add(Notice{Kind: NoticeComment, Channel: channel, Comment: &c, Thread: string(b.number) + "/card"}, fmt.Sprintf("comment/%d", c.ID))
	}
	b.base = full
}

// only are some people, of those that messages may name.
func only(people map[PersonID]Person, ids ...PersonID) map[PersonID]Person {
	some := make(map[PersonID]Person)
	for _, id := range ids {
		if who, known := people[id]; known {
			some[id] = who
		}
	}
	return some
}

// addressees are whom a comment is for: a question is for those who know, an answer for
// whoever asked.
func addressees(c Comment, all []Comment, know ...PersonID) []PersonID {
	switch c.Kind {
	case Question:
		return know
	case Answer:
		q, _ := find(all, func(o Comment) bool { return o.ID == c.ReplyTo })
		return []PersonID{q.By}
	case Remark, ProgressNote:
	}
	return nil
}

// roundAt is the round of a decision that was open when an event happened.
func roundAt(timeline []Event, opened EventKind, e Event) (round int) {
	for _, o := range timeline {
		if o.Kind == opened && o.Revision <= e.Revision {
			round = o.Detail.Opening.Round
		}
	}
	return round
}

// namedIn are all whom events and comments name.
func namedIn(timeline []Event, said []Comment) (ids []PersonID) {
	for _, e := range timeline {
		ids = append(ids, e.Actor)
		if e.Detail == nil {
			continue
		}
		ids = append(ids, e.Detail.Assignee)
		if e.Detail.Call != nil {
			ids = append(ids, e.Detail.Call.People...)
		}
	}
	for _, c := range said {
		ids = append(ids, c.By)
	}
	return ids
}

// people are some of them, each once and in order, without nobody.
func people(ids []PersonID) []PersonID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id PersonID) bool { return id == "" })
}
