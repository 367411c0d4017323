package itsm

import (
	"fmt"
	"slices"
	"time"
)

// Bounds on a review.
const (
	MaxReadings      = 60
	MaxAttendees     = 50
	MaxReviewActions = 50
)

// CheckRead refuses whoever may not read of suppliers.
func (r *SupplierReview) CheckRead(who Actor) error { return who.May(ReadSuppliers) }

func (r *SupplierReview) checkWith(who Actor, need Permission, when ReviewState, otherwise string) error {
	if err := who.May(need); err != nil {
		return err
	}
	switch {
	case r.State == ReviewNew: // not recorded yet
		return NoSuchRecord(r.Number)
	case r.State.Final():
		return Refuse(Conflict, "supplier_review.over", "%s is %s already.", r.Number, r.State.Words())
	case when != "" && r.State != when:
		return Refuse(Conflict, "supplier_review.not_now", "%s is %s; %s.", r.Number, r.State.Words(), otherwise)
	}
	return nil
}

// ReadingRequest gives what was measured. A measure of the contract has a value; what is
// somebody's judgement has points, and is of a criterion.
type ReadingRequest struct {
	Name      string     `json:"name"`
	Value     *Amount    `json:"value,omitempty"`
	Criterion Criterion  `json:"criterion,omitempty"`
	Points    *int       `json:"points,omitempty"`
	Evidence  []Evidence `json:"evidence,omitempty"`
}

// CheckMeasure refuses what is not measured as its goal is, and what a person gives
// without evidence.
func (r *SupplierReview) CheckMeasure(who Actor, q ReadingRequest) error {
	var f faults
	f.line("/name", q.Name, MaxTitle)
	f.evidence("/evidence", q.Evidence, !who.Is(Monitor))
	n := r.reading(q.Name)
	switch target := n >= 0 && r.Readings[n].Goal != nil; {
	case target && q.Value == nil:
		f.add("/value", "is needed: what was measured, in the unit of the target")
	case target && (q.Points != nil || q.Criterion != ""):
		f.add("/points", "follow from the value")
	case !target && q.Value != nil:
		f.add("/name", "names no target of the contract; give points instead of a value")
	case !target && q.Points == nil:
		f.add("/points", "are needed: 0 to %d", MaxPoints)
	case !target && (*q.Points < 0 || *q.Points > MaxPoints):
		f.add("/points", "must be between 0 and %d", MaxPoints)
	case !target:
		oneOf(&f, "/criterion", q.Criterion, Criteria)
	}
	if err := f.refuse("reading.invalid", "This measure"); err != nil {
		return err
	}
	if err := r.checkWith(who, ReviewSuppliers, ReviewCollecting, "it is scored already"); err != nil {
		return err
	}
	if n < 0 && len(r.Readings) >= MaxReadings {
		return Refuse(Conflict, "supplier_review.too_many", "%s has %d measures, and takes no more.", r.Number, MaxReadings)
	}
	return nil
}

// CheckEvidence refuses records as evidence that the actor cannot see.
func (q *ReadingRequest) CheckEvidence(sees func(Number) (bool, error)) error {
	return unseenEvidence(RecordsOf(q.Evidence), sees, "reading.invalid", "This measure")
}

func (r *SupplierReview) reading(name string) int {
	return slices.IndexFunc(r.Readings, func(o Reading) bool { return o.Name == name })
}

// SeenRequest says that somebody else saw the evidence of a measure.
type SeenRequest struct {
	Name string     `json:"name"`
	At   *time.Time `json:"at,omitempty"` // when the measure that was read was given; nil: as it stands
}

// CheckSeen refuses to have whoever gave a measure see it, and what nobody gave by hand.
func (r *SupplierReview) CheckSeen(who Actor, q SeenRequest) error {
	if err := r.checkWith(who, ReviewSuppliers, ReviewCollecting, "it is scored already"); err != nil {
		return err
	}
	n := r.reading(q.Name)
	switch {
	case n < 0:
		return Refuse(NotFound, "supplier_review.no_measure", "%s has no measure of that name.", r.Number)
	case !r.Readings[n].Unseen():
		return Refuse(Conflict, "supplier_review.seen", "That measure of %s waits for nobody to see it.", r.Number)
	case r.Readings[n].By == who.Person:
		return Refuse(Forbidden, "supplier_review.own_measure", "You gave that measure of %s, so somebody else must see its evidence.", r.Number)
	case q.At != nil && !q.At.Equal(*r.Readings[n].At):
		return Refuse(Conflict, "supplier_review.measured_anew", "That measure of %s was given anew after you read it. Read it again, and say then that you saw its evidence.", r.Number)
	}
	return nil
}

// CheckScore refuses to score by what nobody else has seen.
func (r *SupplierReview) CheckScore(who Actor, q NoteRequest) error {
	var f faults
	f.text("/note", q.Note, MaxNote)
	if err := f.refuse("score.invalid", "This score"); err != nil {
		return err
	}
	if err := r.checkWith(who, ReviewSuppliers, ReviewCollecting, "it is scored already"); err != nil {
		return err
	}
	if unseen := len(r.unseen()); unseen > 0 { // not by name: people wrote those, and refusals are logged
		return Refuse(Conflict, "supplier_review.unseen", "%s has measures whose evidence somebody else has to see first: %d.", r.Number, unseen)
	}
	return nil
}

func (r *SupplierReview) unseen() (names []string) {
	for _, o := range r.Readings {
		if o.Unseen() {
			names = append(names, o.Name)
		}
	}
	return names
}

// MeetingRequest records the meeting.
type MeetingRequest struct {
	Attendees []string `json:"attendees"`
	Note      string   `json:"note"`
}

// CheckMeet refuses a meeting with nobody.
func (r *SupplierReview) CheckMeet(who Actor, q MeetingRequest) error {
	var f faults
	f.atMost("/attendees", len(q.Attendees), MaxAttendees)
	if len(q.Attendees) == 0 {
		f.add("/attendees", "are needed: who was there, of both sides")
	}
	for n, a := range q.Attendees[:min(len(q.Attendees), MaxAttendees)] {
		f.line(fmt.Sprintf("/attendees/%d", n), a, maxName)
	}
	f.needed("/note", q.Note, MaxText)
	if err := f.refuse("meeting.invalid", "This meeting"); err != nil {
		return err
	}
	return r.checkWith(who, ReviewSuppliers, ReviewScored, "a meeting is recorded once, when it is scored")
}

// AgreeRequest records what was agreed on.
type AgreeRequest struct {
	Actions []ReviewAction `json:"actions,omitempty"`
	Note    string         `json:"note,omitempty"`
}

// CheckAgree refuses to agree on nothing where the score asks for something.
func (r *SupplierReview) CheckAgree(who Actor, q AgreeRequest) error {
	var f faults
	f.text("/note", q.Note, MaxNote)
	f.atMost("/actions", len(q.Actions), MaxReviewActions)
	if len(q.Actions) == 0 && len(r.Follows) > 0 {
		f.add("/actions", "are needed: it scored %s, so somebody has to do something", r.Score.Band)
	}
	for n, a := range q.Actions[:min(len(q.Actions), MaxReviewActions)] {
		at := fmt.Sprintf("/actions/%d", n)
		f.line(at+"/title", a.Title, MaxTitle)
		f.line(at+"/owner", string(a.Owner), maxName)
		if !a.Due.storable() || a.Due == 0 {
			f.add(at+"/due", "is needed: a date such as 2027-03-31")
		}
	}
	if err := f.refuse("actions.invalid", "These actions"); err != nil {
		return err
	}
	return r.checkWith(who, ReviewSuppliers, ReviewMeeting, "actions are agreed on in the meeting, once")
}

// CheckSignOff refuses whoever owns the relationship with a critical supplier: somebody
// else is to say that the review was a fair one (A.5.3 of ISO/IEC 27001).
func (r *SupplierReview) CheckSignOff(who Actor, q NoteRequest) error {
	var f faults
	f.text("/note", q.Note, MaxNote)
	if err := f.refuse("sign_off.invalid", "This signature"); err != nil {
		return err
	}
	if err := r.checkWith(who, SignOffReviews, ReviewActions, "it is signed off once actions are agreed on"); err != nil {
		return err
	}
	if r.Tier == TierCritical && (who.Person == r.Owner || who.Person == r.Reviewer) {
		return Refuse(Forbidden, "supplier_review.own", "%s is of a critical supplier, and you own the relationship or scored it; somebody else must sign it off.", r.Number)
	}
	return nil
}

// CheckCancel lets those who answer for suppliers drop a review.
func (r *SupplierReview) CheckCancel(who Actor, q Cancellation) error {
	var f faults
	f.needed("/note", q.Note, MaxNote)
	if err := f.refuse("cancellation.invalid", "This cancellation"); err != nil {
		return err
	}
	return r.checkWith(who, ManageSuppliers, "", "")
}

// CheckComment refuses an empty comment, and an answer to nothing.
func (r *SupplierReview) CheckComment(who Actor, q CommentRequest, t Talk) error {
	if err := q.check(t); err != nil {
		return err
	}
	if err := r.checkWith(who, CommentOnSuppliers, "", ""); err != nil {
		return err
	}
	if t.Comments >= MaxComments {
		return Refuse(Conflict, "comment.too_many", "%s has %d comments, and takes no more.", r.Number, t.Comments)
	}
	return nil
}
