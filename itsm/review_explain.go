package itsm

import (
	"slices"
	"strings"
)

// ActsFor is what one person can do, of what Explain offers.
func (r *SupplierReview) ActsFor(who Actor) []Act {
	return slices.DeleteFunc(r.Explain().Acts, func(a Act) bool { return r.try(a, who) != nil })
}

// try asks the rules whether somebody may do a thing, were it well-formed.
func (r *SupplierReview) try(a Act, who Actor) error {
	switch a { //nolint:exhaustive // those of a review
	case ActMeasure:
		return r.checkWith(who, ReviewSuppliers, ReviewCollecting, "")
	case ActSeen:
		n := slices.IndexFunc(r.Readings, func(o Reading) bool { return o.Unseen() && o.By != who.Person })
		if n < 0 {
			return NoSuchRecord(r.Number)
		}
		return r.CheckSeen(who, SeenRequest{Name: r.Readings[n].Name})
	case ActScore:
		return r.CheckScore(who, NoteRequest{})
	case ActMeet:
		return r.CheckMeet(who, MeetingRequest{Attendees: []string{"?"}, Note: "what"})
	case ActAgree:
		return r.CheckAgree(who, AgreeRequest{Actions: []ReviewAction{{Title: "?", Owner: "anybody", Due: NewDate(2100, 1, 1)}}})
	case ActSignOff:
		return r.CheckSignOff(who, NoteRequest{})
	case ActReviewCancel:
		return r.CheckCancel(who, Cancellation{Note: "why"})
	case ActReviewComment:
		return r.CheckComment(who, CommentRequest{Text: "what"}, Talk{})
	}
	return NoSuchRecord(r.Number)
}

// acts are what people can do to a review as it stands, the most likely first.
func (r *SupplierReview) acts() []Act {
	var here []Act
	switch r.State {
	case ReviewNew, ReviewSignedOff, ReviewClosed, ReviewCancelled:
		return []Act{}
	case ReviewCollecting:
		here = []Act{ActMeasure, ActScore}
		if len(r.unseen()) > 0 {
			here = []Act{ActMeasure, ActSeen}
		}
	case ReviewScored:
		here = []Act{ActMeet}
	case ReviewMeeting:
		here = []Act{ActAgree}
	case ReviewActions:
		here = []Act{ActSignOff}
	}
	return append(here, ActReviewComment, ActReviewCancel)
}

// Explain explains a review as it stands.
func (r *SupplierReview) Explain() Explanation {
	e := Explanation{
		Number: r.Number, State: State(r.State), Since: r.Since, Clocks: r.Clocks,
		WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: r.acts(),
	}
	switch r.State {
	case ReviewNew:
		e.Summary = "It is being recorded."
	case ReviewCollecting:
		e.Summary, e.Roles = "It waits for what was measured, and to be scored by it.", []Role{SupplierManager, CommercialManager}
		if names := r.unseen(); len(names) > 0 {
			e.Summary = "It waits for somebody else to see the evidence: " + strings.Join(names, ", ") + "."
		}
	case ReviewScored:
		e.Summary, e.WaitsFor = "It scored "+string(r.Score.Band)+", and waits for the meeting with the supplier.", []PersonID{r.Owner}
	case ReviewMeeting:
		e.Summary, e.WaitsFor = "The meeting took place. It waits for the actions that were agreed on.", []PersonID{r.Owner}
	case ReviewActions:
		e.Summary, e.Roles = "It waits for somebody to sign it off.", []Role{SupplierManager, CommercialManager}
	case ReviewSignedOff:
		e.Summary = "It is signed off, and being closed."
	case ReviewClosed:
		e.Summary = "It is closed, in time."
		if r.Late() {
			e.Summary = "It is closed, late."
		}
	case ReviewCancelled:
		e.Summary = "It was cancelled."
	}
	if r.Score != nil && len(r.Score.NoData()) > 0 {
		e.Summary += " Nothing is known of: " + words(r.Score.NoData()) + "."
	}
	e.forecast(r.deadlines())
	return e
}

// words are some words in a row, as people say them.
func words[T ~string](all []T) string {
	said := make([]string, len(all))
	for n, w := range all {
		said[n] = State(w).Words()
	}
	return strings.Join(said, ", ")
}
