package itsm

import (
	"slices"
	"strings"
	"time"
)

// Act is something that a person can do to a record. It is the update's name,
// the button's action and the last word of the API's path.
type Act string

// The acts on a change.
const (
	ActRaise    Act = "change.raise"
	ActDecide   Act = "change.decide"
	ActStart    Act = "change.start"
	ActComplete Act = "change.complete"
	ActCancel   Act = "change.cancel"

	ActAssess   Act = "change.assess"
	ActRetract  Act = "change.retract" // take back one's own vote
	ActDelegate Act = "change.delegate"
	ActComment  Act = "change.comment"
	ActEdit     Act = "change.edit"
	ActLink     Act = "change.link"
	ActHold     Act = "change.hold"
	ActResume   Act = "change.resume"
	ActWithdraw Act = "change.withdraw"
	ActReassign Act = "change.reassign"
)

// The acts on an incident.
const (
	ActIncidentRaise   Act = "incident.raise"
	ActAcknowledge     Act = "incident.acknowledge"
	ActAssign          Act = "incident.assign"
	ActReprioritise    Act = "incident.reprioritise"
	ActIncidentHold    Act = "incident.hold"
	ActIncidentResume  Act = "incident.resume"
	ActEscalate        Act = "incident.escalate"
	ActIncidentComment Act = "incident.comment"
	ActRelate          Act = "incident.link"
	ActDuplicate       Act = "incident.duplicate"
	ActParent          Act = "incident.parent"
	ActResolve         Act = "incident.resolve"
	ActConfirm         Act = "incident.confirm"
	ActReopen          Act = "incident.reopen"
	ActIncidentCancel  Act = "incident.cancel"

	ActApply Act = "incident.apply" // a known error's workaround

	ActAlerts Act = "incident.alerts" // monitoring's alone: they came again
)

// The acts on a problem.
const (
	ActProblemRaise   Act = "problem.raise"
	ActAccept         Act = "problem.accept"
	ActDecline        Act = "problem.decline"
	ActMerge          Act = "problem.merge"
	ActProblemAssign  Act = "problem.assign"
	ActProblemRelate  Act = "problem.link"
	ActProblemComment Act = "problem.comment"
	ActTask           Act = "problem.task"
	ActRootCause      Act = "problem.rca"
	ActWorkaround     Act = "problem.workaround"
	ActPublish        Act = "problem.known-error" // ask others whether it can be published
	ActProblemDecide  Act = "problem.decide"      // whether the known error is published
	ActCommunicate    Act = "problem.communicate"
	ActFix            Act = "problem.fix"
	ActAcceptRisk     Act = "problem.accept-risk"
	ActProblemConfirm Act = "problem.confirm"
	ActReview         Act = "problem.review"
	ActProblemClose   Act = "problem.close"
	ActProblemReopen  Act = "problem.reopen"
	ActProblemCancel  Act = "problem.cancel"

	ActRecur Act = "problem.recur" // Steward's alone: an incident of it came back
)

// The acts on a corrective action.
const (
	ActCorrectiveRaise       Act = "corrective_action.raise"
	ActCorrectiveAcknowledge Act = "corrective_action.acknowledge"
	ActCorrectiveCause       Act = "corrective_action.rca"
	ActPlan                  Act = "corrective_action.plan"
	ActPlanDecide            Act = "corrective_action.decide" // whether its plan is carried out
	ActStep                  Act = "corrective_action.step"
	ActImplement             Act = "corrective_action.implement"
	ActVerify                Act = "corrective_action.verify"
	ActCorrectiveAssign      Act = "corrective_action.assign"
	ActCorrectiveRelate      Act = "corrective_action.link"
	ActCorrectiveComment     Act = "corrective_action.comment"
	ActWithdrawCorrective    Act = "corrective_action.withdraw"
)

// The acts on a supplier.
const (
	ActSupplierRaise   Act = "supplier.raise"
	ActSupplierEdit    Act = "supplier.edit"
	ActSupplierMove    Act = "supplier.move"
	ActDiligence       Act = "supplier.due-diligence"
	ActCertificate     Act = "supplier.certificate"
	ActExitPlan        Act = "supplier.exit-plan"
	ActSupplierComment Act = "supplier.comment"
	ActSupplierCorrect Act = "supplier.corrective-action" // Steward's alone: one that was due was raised
)

// The acts on a contract.
const (
	ActContractRaise   Act = "contract.raise"
	ActContractPropose Act = "contract.propose"
	ActContractDecide  Act = "contract.decide"
	ActGiveNotice      Act = "contract.give-notice"
	ActContractReview  Act = "contract.review"
	ActContractCancel  Act = "contract.cancel"
	ActContractComment Act = "contract.comment"
	ActContractCorrect Act = "contract.corrective-action" // Steward's alone: one that was due was raised
)

// The acts on the review of a supplier.
const (
	ActMeasure       Act = "supplier_review.measure"
	ActSeen          Act = "supplier_review.seen"
	ActScore         Act = "supplier_review.score"
	ActMeet          Act = "supplier_review.meet"
	ActAgree         Act = "supplier_review.agree"
	ActSignOff       Act = "supplier_review.sign-off"
	ActReviewCancel  Act = "supplier_review.cancel"
	ActReviewComment Act = "supplier_review.comment"
)

// Explanation says why a record stands where it does: whom it waits for, since
// when, until when, and what happens if nobody acts. The Temporal UI, Slack and
// the API show this and nothing else, so they cannot disagree. Sentences hold no
// times: each place shows an instant in its reader's zone.
type Explanation struct {
	Number   Number     `json:"number"`
	State    State      `json:"state"`
	Summary  string     `json:"summary"`        // one sentence: where it stands, and why
	WaitsFor []PersonID `json:"waits_for"`      // people by id; empty when it waits for nobody by name
	Roles    []Role     `json:"roles"`          // or anyone of these roles
	Since    time.Time  `json:"since"`          // when it came to this state
	Due      *time.Time `json:"due,omitempty"`  // the next instant at which something happens by itself
	Forecast []Forecast `json:"if_nobody_acts"` // in order of time
	Acts     []Act      `json:"acts"`           // what people can do now
	Approval *Progress  `json:"approval,omitempty"`
	Hold     *Hold      `json:"hold,omitempty"`
	Clocks   []Clock    `json:"clocks,omitempty"` // of its targets
}

// forecast says what happens if nobody acts.
func (e *Explanation) forecast(all []Deadline) {
	for _, d := range all {
		e.Forecast = append(e.Forecast, Forecast{At: d.At, What: d.What, Who: d.Who})
	}
	if len(e.Forecast) > 0 {
		e.Due = &e.Forecast[0].At
	}
}

// Forecast is what will happen by itself at an instant.
type Forecast struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`

	Who []PersonID `json:"who,omitempty"` // whom it lets decide
}

// Says is the forecast in words, with people as the place calls them where it is read.
func (f Forecast) Says(call func(PersonID) string) string {
	if len(f.Who) == 0 {
		return f.What
	}
	names := make([]string, len(f.Who))
	for i, id := range f.Who {
		names[i] = call(id)
	}
	return strings.TrimSuffix(f.What, ".") + ": " + each(names) + "."
}

// ActsFor is what one person can do at an instant, of what Explain offers: on what
// only they see, a button that would refuse them is not there.
func (c *Change) ActsFor(who Actor, at time.Time) []Act {
	return slices.DeleteFunc(c.Explain().Acts, func(a Act) bool { return c.try(a, who, at) != nil })
}

// try asks the rules whether somebody may do a thing, were it well-formed.
func (c *Change) try(a Act, who Actor, at time.Time) error {
	switch a { //nolint:exhaustive // those of a change
	case ActDecide:
		return c.Ballot().CheckTry(who)
	case ActRetract:
		return c.CheckRetract(who)
	case ActDelegate:
		return c.CheckDelegate(who, DelegationRequest{To: "anybody"})
	case ActComment:
		return c.CheckComment(who, CommentRequest{Text: "why"}, Talk{})
	case ActAssess:
		return c.checkAssessor(who)
	case ActEdit, ActLink:
		return c.checkEditor(who)
	case ActHold:
		return c.CheckHold(who, NoteRequest{Note: "why"})
	case ActResume:
		return c.CheckResume(who, NoteRequest{})
	case ActWithdraw:
		return c.CheckWithdraw(who, NoteRequest{})
	case ActReassign:
		return c.CheckReassign(who, Reassignment{Assignee: "anybody"})
	case ActStart:
		return c.CheckStart(who, at)
	case ActComplete:
		return c.CheckCompletion(who, Completion{Result: Successful})
	case ActCancel:
		return c.CheckCancel(who, Cancellation{Note: "why"})
	case ActRaise:
	}
	return NoSuchRecord(c.Number)
}

// Explain explains a change as it stands.
func (c *Change) Explain() Explanation {
	e := Explanation{
		Number: c.Number, State: State(c.State), Since: c.Since,
		WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: []Act{},
	}
	switch c.State {
	case ChangeRaised:
		e.Summary = "It is being recorded, and Steward finds out who may decide on it."
	case ChangeAssessing:
		c.explainAssessment(&e)
	case ChangeAwaiting:
		c.explainApproval(&e)
	case ChangeApproved:
		e.Summary, e.Acts = "It is approved and goes on the schedule.", []Act{ActComment}
	case ChangeScheduled:
		c.explainSchedule(&e)
	case ChangeImplementing:
		e.Summary = "It is being carried out; whoever started it reports how it went."
		e.WaitsFor, e.Acts = []PersonID{c.Implementer}, []Act{ActComplete, ActComment}
	case ChangeRejected, ChangeExpired, ChangeClosed, ChangeCancelled:
		e.Summary = c.ending()
	}
	if c.Hold != nil && !c.State.Final() {
		c.explainHold(&e)
	}
	e.forecast(c.deadlines())
	return e
}

func (c *Change) explainAssessment(e *Explanation) {
	e.Summary = "It waits for its assessment: a change of this risk is weighed before anybody decides on it."
	e.WaitsFor, e.Roles = []PersonID{c.Requester}, []Role{Implementer, ChangeManager}
	e.Acts = []Act{ActAssess, ActEdit, ActLink, ActHold, ActWithdraw, ActReassign, ActComment, ActCancel}
}

// explainApproval says for what and for whom the approval waits.
func (c *Change) explainApproval(e *Explanation) {
	e.Acts = []Act{ActDecide, ActRetract, ActDelegate, ActEdit, ActLink, ActHold, ActWithdraw, ActReassign, ActComment, ActCancel}
	summary, waits, progress := c.Ballot().Explain()
	e.Summary, e.Approval, e.WaitsFor = summary, progress, append(e.WaitsFor, waits...)
}

func (c *Change) explainHold(e *Explanation) {
	e.Hold, e.Summary = c.Hold, "It is on hold: "+c.Hold.Note+" Its approval's clock is stopped; its window is not."
	e.WaitsFor, e.Roles = []PersonID{c.Requester}, []Role{ChangeManager}
	e.Acts = slices.DeleteFunc(e.Acts, func(a Act) bool { return a == ActDecide || a == ActStart || a == ActHold })
	e.Acts = append([]Act{ActResume}, e.Acts...)
}

func (c *Change) explainSchedule(e *Explanation) {
	e.Acts = []Act{ActStart, ActEdit, ActLink, ActHold, ActReassign, ActComment, ActCancel}
	e.Roles, e.WaitsFor = []Role{Implementer, ChangeManager}, []PersonID{c.Requester}
	if c.Assignee != "" {
		e.Roles, e.WaitsFor = []Role{}, []PersonID{c.Assignee}
	}
	if c.Window == nil {
		e.Summary = "It is approved and can be started at any time."
		return
	}
	e.Summary = "It is approved and can be started within its window."
}

// endingAs is how an approval ended, told by the event that ended it.
func (c *Change) endingAs(e Event) string {
	if e.Kind == EventApproved {
		return "It is approved and goes on the schedule."
	}
	return c.ending()
}

func (c *Change) ending() string {
	d, _ := c.Decision()
	switch {
	case c.State == ChangeRejected && d.Verdict != Reject:
		return "It was rejected: the approvals that it needs cannot be reached any more."
	case c.State == ChangeRejected:
		return "It was rejected: " + d.Note
	case c.State == ChangeExpired && c.Ballot().Authorised():
		return "It was approved, but nobody started it before its window ended."
	case c.State == ChangeExpired:
		return "Nobody decided in time, so it expired. It was not approved."
	case c.State == ChangeCancelled:
		return "It was cancelled."
	case c.Outcome == Failed:
		return "It was carried out and failed."
	default:
		return "It was carried out successfully."
	}
}
