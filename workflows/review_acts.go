package workflows

import (
	"time"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

func (r *review) over() bool { return r.State.Final() }

func (r *review) revise() { r.Revision++ }

func (r *review) step(e itsm.Event, o activities.Origin) (activity, saved any) {
	return a.StepReview, activities.ReviewStepping{Step: r.Step(e), Origin: o}
}

// deeds are what people can do to a review.
func (r *review) deeds() []deed {
	return []deed{
		comments(itsm.ActReviewComment, a.CommentOnReview, r.CheckComment, r.say),
		on(itsm.ActMeasure, "Give what was measured.", untimed(r.CheckMeasure), r.TakeReading),
		on(itsm.ActSeen, "Say that you saw the evidence of a measure, too.", untimed(r.CheckSeen), r.See),
		on(itsm.ActScore, "Score the supplier by what was measured.", untimed(r.CheckScore), r.Weigh),
		on(itsm.ActMeet, "Record the meeting with the supplier.", untimed(r.CheckMeet), r.Meet),
		on(itsm.ActAgree, "Record the actions that were agreed on.", untimed(r.CheckAgree), r.Agree),
		on(itsm.ActSignOff, "Sign it off.", untimed(r.CheckSignOff), r.Sign),
		on(itsm.ActReviewCancel, "Drop it: the supplier supplies no more.", untimed(r.CheckCancel), r.Cancel),
	}
}

func (r *review) say(who itsm.Actor, q itsm.CommentRequest, t *itsm.Talk, at time.Time) (itsm.Comment, itsm.Event) {
	return r.Say(who, q, t, at), itsm.Event{}
}
