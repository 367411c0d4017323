package itsm

import (
	"slices"
	"time"
)

// Begin is the review of a supplier for a period that has just ended, with the targets
// of its contracts to be measured, and its clocks started.
func (r *SupplierReview) Begin(s *Supplier, p Period, targets []ContractTarget, policy SupplierPolicy) {
	filled := policy.Filled()
	r.Number, r.Supplier, r.Name, r.Period, r.Tier, r.Owner = ReviewNumber(s.Number, p), s.Number, s.Name, p, s.Tier, s.Owner
	r.Weights, r.Before = filled.Weights, slices.Clone(s.Ratings)
	for _, t := range targets[:min(len(targets), MaxReadings-len(collected))] {
		goal := t.Goal
		r.Readings = append(r.Readings, Reading{Measure: Measure{Name: t.Name, Criterion: t.Criterion, Critical: t.Critical}, Goal: &goal, Unit: t.Unit})
	}
	for _, o := range collected {
		if r.reading(o.Name) < 0 {
			r.Readings = append(r.Readings, o)
		}
	}
	for _, k := range ReviewClockKinds {
		r.Clocks.begin(k, "", r.StartedAt)
	}
	r.Clocks.aim(filled.Calendar, filled.reviewTarget)
}

// reviewTarget is how long a stage of a review may take.
func (p *SupplierPolicy) reviewTarget(k ClockKind) Length {
	switch k { //nolint:exhaustive // those of a review
	case DataClock:
		return p.Collect
	case MeetingClock:
		return p.Meet
	default:
		return p.SignOff
	}
}

// Open takes up a review that was recorded.
func (r *SupplierReview) Open(at time.Time) Event {
	e := Event{Kind: EventReviewOpened, From: State(r.State)}
	r.Become(ReviewCollecting, at)
	return e
}

// TakeReading takes up what was measured. What is measured anew has to be seen anew.
func (r *SupplierReview) TakeReading(who Actor, q ReadingRequest, at time.Time) Event {
	r.Readings = slices.Clone(r.Readings)
	n := r.reading(q.Name)
	if n < 0 {
		n = len(r.Readings)
		r.Readings = append(r.Readings, Reading{Measure: Measure{Name: q.Name}})
	}
	o := &r.Readings[n]
	o.By, o.At, o.Evidence, o.Second = who.Person, &at, q.Evidence, ""
	if g := o.Goal; g != nil {
		o.Value, o.Points, o.Missed = q.Value, new(g.Points(*q.Value)), !g.Reached(*q.Value)
	} else {
		o.Criterion, o.Points = q.Criterion, q.Points
	}
	kept := *o
	return Event{Kind: EventReviewMeasured, From: State(r.State), Detail: &Detail{Reading: &kept}}
}

// See records that somebody else saw the evidence of a measure.
func (r *SupplierReview) See(who Actor, q SeenRequest, _ time.Time) Event {
	r.Readings = slices.Clone(r.Readings)
	o := &r.Readings[r.reading(q.Name)]
	o.Second = who.Person
	kept := *o
	return Event{Kind: EventReviewSeen, From: State(r.State), Detail: &Detail{Reading: &kept}}
}

// Weigh scores the supplier by what was measured, and compares that with how it did
// before.
func (r *SupplierReview) Weigh(who Actor, q NoteRequest, at time.Time) Event {
	measures, scores := make([]Measure, len(r.Readings)), make([]Score, len(r.Before))
	for n, o := range r.Readings {
		measures[n] = o.Measure
	}
	for n, b := range r.Before {
		scores[n] = b.Score
	}
	score := ScoreOf(r.Weights, measures)
	scores = append(scores, score)
	r.Score, r.Course, r.Follows, r.Reviewer = &score, CourseOf(scores), ConsequencesOf(scores), who.Person
	e := Event{Kind: EventReviewScored, From: State(r.State), Note: q.Note, Detail: &Detail{
		Rating: new(r.Rating()), Course: r.Course, Consequences: r.Follows,
	}}
	r.Clocks.stop(DataClock, at)
	r.Become(ReviewScored, at)
	return e
}

// Meet records the meeting.
func (r *SupplierReview) Meet(who Actor, q MeetingRequest, at time.Time) Event {
	r.Meeting = &Meeting{By: who.Person, At: at, Attendees: q.Attendees, Note: q.Note}
	e := Event{Kind: EventReviewMet, From: State(r.State), Detail: &Detail{Meeting: r.Meeting}}
	r.Clocks.stop(MeetingClock, at)
	r.Become(ReviewMeeting, at)
	return e
}

// Agree records what was agreed on.
func (r *SupplierReview) Agree(_ Actor, q AgreeRequest, at time.Time) Event {
	r.Actions = q.Actions
	e := Event{Kind: EventReviewAgreed, From: State(r.State), Note: q.Note, Detail: &Detail{Agreed: q.Actions}}
	r.Become(ReviewActions, at)
	return e
}

// Sign signs it off.
func (r *SupplierReview) Sign(who Actor, q NoteRequest, at time.Time) Event {
	r.SignedBy = who.Person
	e := Event{Kind: EventReviewSigned, From: State(r.State), Note: q.Note}
	r.Clocks.stop(SignOffClock, at)
	r.Become(ReviewSignedOff, at)
	return e
}

// Settle closes what was signed off; it is not ok when nothing was.
func (r *SupplierReview) Settle(at time.Time) (e Event, ok bool) {
	if r.State != ReviewSignedOff {
		return e, false
	}
	e = Event{Kind: EventReviewClosed, From: State(r.State)}
	r.Become(ReviewClosed, at)
	return e, true
}

// Cancel drops it.
func (r *SupplierReview) Cancel(_ Actor, q Cancellation, at time.Time) Event {
	e := Event{Kind: EventReviewCancelled, From: State(r.State), Note: q.Note}
	r.Become(ReviewCancelled, at)
	return e
}

// Say takes up a comment that CheckComment has allowed.
func (r *SupplierReview) Say(who Actor, q CommentRequest, t *Talk, at time.Time) Comment {
	return t.say(r.Number, who, q, at)
}

// deadlines are all that is still to come if nobody acts, in order of time.
func (r *SupplierReview) deadlines() (all []Deadline) {
	if r.State.Final() || r.State == ReviewNew {
		return nil
	}
	for _, d := range r.Clocks.falls() {
		all = append(all, r.targets(d))
	}
	slices.SortStableFunc(all, func(x, y Deadline) int { return x.At.Compare(y.At) })
	return all
}

// targets says in a review's words what a clock has to tell.
func (r *SupplierReview) targets(d Deadline) Deadline {
	word := State(d.Clock).Words()
	switch d.Kind { //nolint:exhaustive // those of a clock
	case EventTargetWarned:
		d.Kind, d.What = EventReviewWarned, "Part of the time until its "+word+" is used up; those who review it are told."
	case EventTargetMissed:
		d.Kind, d.What = EventReviewMissed, "Its "+word+" is overdue; supplier managers are told."
	default:
		d.Kind, d.What = EventReviewOverdue, "Its "+word+" is overdue by as much again; supplier managers are told."
	}
	return d
}

// Next is the first thing that happens by itself.
func (r *SupplierReview) Next() (Deadline, bool) { return first(r.deadlines()) }

// Fall does what a deadline says, once it is there; nothing, if an act came before it.
func (r *SupplierReview) Fall(d Deadline) (e Event, happened bool) {
	e = Event{Kind: d.Kind, From: State(r.State)}
	if !slices.ContainsFunc(r.deadlines(), d.same) {
		return e, false
	}
	e.Detail = &Detail{Clock: r.Clocks.tell(d)}
	return e, true
}

// Unreckoned reports whether there is something to find out in a calendar.
func (r *SupplierReview) Unreckoned() bool {
	return !r.State.Final() && r.State != ReviewNew && r.Clocks.unreckoned()
}

// Take takes up what was reckoned, as far as it is still of what it was asked for.
func (r *SupplierReview) Take(reckoned Clocks) Event {
	r.Clocks.take(reckoned)
	return Event{Kind: EventReviewDeadlines, From: State(r.State)}
}
