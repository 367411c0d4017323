package itsm

import "time"

// EventKind names what happened to a record. It is the audit's action, the
// timeline's line and the notice's reason.
type EventKind string

// What happens to a change.
const (
	EventRaised      EventKind = "change.raised"
	EventOpened      EventKind = "change.approval_opened"
	EventReminded    EventKind = "change.reminded"
	EventApproved    EventKind = "change.approved"
	EventRejected    EventKind = "change.rejected"
	EventExpired     EventKind = "change.expired"
	EventScheduled   EventKind = "change.scheduled"
	EventWindowEnded EventKind = "change.window_ended"
	EventStarted     EventKind = "change.started"
	EventCompleted   EventKind = "change.completed"
	EventCancelled   EventKind = "change.cancelled"

	EventAssessing     EventKind = "change.assessment_asked"
	EventAssessed      EventKind = "change.assessed"
	EventVoted         EventKind = "change.voted" // and the stage stays open
	EventVoteWithdrawn EventKind = "change.vote_withdrawn"
	EventStagePassed   EventKind = "change.stage_passed" // and another comes
	EventBackup        EventKind = "change.backup_joined"
	EventDelegated     EventKind = "change.delegated"
	EventEdited        EventKind = "change.edited"
	EventHeld          EventKind = "change.held"
	EventResumed       EventKind = "change.resumed"
	EventRescheduled   EventKind = "change.deadlines_moved"
	EventWithdrawn     EventKind = "change.withdrawn"
	EventReassigned    EventKind = "change.reassigned"
)

// What happens to an incident.
const (
	EventIncidentRaised    EventKind = "incident.raised"
	EventTriaged           EventKind = "incident.triaged"
	EventEscalated         EventKind = "incident.escalated" // a level was called
	EventEscalationAsked   EventKind = "incident.escalation_asked"
	EventUnroutable        EventKind = "incident.unroutable" // nobody is in any level
	EventUnanswered        EventKind = "incident.unanswered" // nobody answered at any level
	EventAcknowledged      EventKind = "incident.acknowledged"
	EventAckStale          EventKind = "incident.acknowledgement_stale"
	EventAssigned          EventKind = "incident.assigned"
	EventReprioritised     EventKind = "incident.reprioritised"
	EventIncidentHeld      EventKind = "incident.held"
	EventHoldReminded      EventKind = "incident.hold_reminded"
	EventHoldEnded         EventKind = "incident.hold_ended"
	EventIncidentResumed   EventKind = "incident.resumed"
	EventIncidentLinked    EventKind = "incident.linked"
	EventIncidentParent    EventKind = "incident.parent_set"
	EventFollowed          EventKind = "incident.followed" // what its parent did
	EventTargetWarned      EventKind = "incident.target_warned"
	EventTargetMissed      EventKind = "incident.target_missed"
	EventTargetOverdue     EventKind = "incident.target_overdue"
	EventDeadlinesSet      EventKind = "incident.deadlines_set"
	EventResolved          EventKind = "incident.resolved"
	EventConfirmReminded   EventKind = "incident.confirmation_reminded"
	EventIncidentClosed    EventKind = "incident.closed"
	EventReopened          EventKind = "incident.reopened"
	EventIncidentCancelled EventKind = "incident.cancelled"
	EventIncidentDuplicate EventKind = "incident.duplicate"

	EventWorkaroundHeard   EventKind = "incident.workaround_told" // of a problem that it belongs to
	EventWorkaroundApplied EventKind = "incident.workaround_applied"
)

// What happens to a problem.
const (
	EventProblemRaised     EventKind = "problem.raised"
	EventProblemProposed   EventKind = "problem.proposed"
	EventProblemLogged     EventKind = "problem.logged"
	EventProblemAccepted   EventKind = "problem.accepted"
	EventProblemDeclined   EventKind = "problem.declined"
	EventProblemMerged     EventKind = "problem.merged"
	EventProblemAbsorbed   EventKind = "problem.absorbed" // another was merged into it
	EventProblemAssigned   EventKind = "problem.assigned"
	EventProblemLinked     EventKind = "problem.linked"
	EventProblemTask       EventKind = "problem.task"
	EventTaskDue           EventKind = "problem.task_due"
	EventCauseNoted        EventKind = "problem.cause_noted"
	EventCauseKnown        EventKind = "problem.root_cause_known"
	EventWorkaround        EventKind = "problem.workaround_written"
	EventWorkaroundTold    EventKind = "problem.workaround_communicated"
	EventFixPlanned        EventKind = "problem.fix_planned"
	EventFixDeployed       EventKind = "problem.fix_deployed"
	EventFixFailed         EventKind = "problem.fix_failed"
	EventFixConfirmed      EventKind = "problem.fix_confirmed"
	EventWatchBegan        EventKind = "problem.watch_began"
	EventWatchPassed       EventKind = "problem.watch_passed"
	EventProblemRecurred   EventKind = "problem.recurred"
	EventProblemReviewed   EventKind = "problem.reviewed"
	EventRiskAccepted      EventKind = "problem.risk_accepted"
	EventRiskExpired       EventKind = "problem.risk_expired"
	EventProblemReopened   EventKind = "problem.reopened"
	EventProblemClosed     EventKind = "problem.closed"
	EventProblemCancelled  EventKind = "problem.cancelled"
	EventProblemDeadlines  EventKind = "problem.deadlines_set"
	EventProblemWarned     EventKind = "problem.target_warned"
	EventProblemMissed     EventKind = "problem.target_missed"
	EventProblemOverdue    EventKind = "problem.target_overdue"
	EventProblemNudged     EventKind = "problem.nudged"    // nobody did anything for a while
	EventProblemIdle       EventKind = "problem.idle"      // nor since
	EventProblemEscalated  EventKind = "problem.escalated" // whoever answers for it was told
	EventProblemUnroutable EventKind = "problem.unroutable"
)

// What happens to the known error of a problem, beside what comes of any decision.
const (
	EventKnownErrorProposed  EventKind = "known_error.proposed"
	EventKnownErrorOpened    EventKind = "known_error.approval_opened"
	EventKnownErrorVoted     EventKind = "known_error.voted"
	EventKnownErrorPublished EventKind = "known_error.approved"
	EventKnownErrorRejected  EventKind = "known_error.rejected"
	EventKnownErrorReminded  EventKind = "known_error.reminded"
	EventKnownErrorBackup    EventKind = "known_error.backup_joined"
	EventKnownErrorExpired   EventKind = "known_error.expired"
	EventKnownErrorReviewDue EventKind = "known_error.review_due"
)

// What happens to a corrective action.
const (
	EventCorrectiveRaised       EventKind = "corrective_action.raised"
	EventCorrectiveLogged       EventKind = "corrective_action.logged"
	EventCorrectiveAcknowledged EventKind = "corrective_action.acknowledged"
	EventCorrectiveAssigned     EventKind = "corrective_action.assigned"
	EventCorrectiveLinked       EventKind = "corrective_action.linked"
	EventCorrectiveCauseNoted   EventKind = "corrective_action.cause_noted"
	EventCorrectiveCauseKnown   EventKind = "corrective_action.cause_known"
	EventCorrectiveStep         EventKind = "corrective_action.step"
	EventCorrectiveStepDue      EventKind = "corrective_action.step_due"
	EventCorrectiveImplemented  EventKind = "corrective_action.implemented"
	EventVerificationDue        EventKind = "corrective_action.verification_due"
	EventCorrectiveVerified     EventKind = "corrective_action.verified" // to be effective
	EventCorrectiveNotEffective EventKind = "corrective_action.not_effective"
	EventCorrectiveWithdrawn    EventKind = "corrective_action.withdrawn"
	EventCorrectiveDeadlines    EventKind = "corrective_action.deadlines_set"
	EventCorrectiveWarned       EventKind = "corrective_action.target_warned"
	EventCorrectiveMissed       EventKind = "corrective_action.target_missed"
	EventCorrectiveOverdue      EventKind = "corrective_action.target_overdue"
	EventCorrectiveEscalated    EventKind = "corrective_action.escalated" // whoever answers for it was told
	EventCorrectiveUnroutable   EventKind = "corrective_action.unroutable"
)

// What happens to the plan of a corrective action, beside what comes of any decision.
const (
	EventPlanProposed EventKind = "corrective_plan.proposed"
	EventPlanOpened   EventKind = "corrective_plan.approval_opened"
	EventPlanVoted    EventKind = "corrective_plan.voted"
	EventPlanAccepted EventKind = "corrective_plan.approved"
	EventPlanRejected EventKind = "corrective_plan.rejected"
	EventPlanReminded EventKind = "corrective_plan.reminded"
	EventPlanBackup   EventKind = "corrective_plan.backup_joined"
	EventPlanExpired  EventKind = "corrective_plan.expired"
)

// What happens to a supplier.
const (
	EventSupplierRaised     EventKind = "supplier.raised"
	EventSupplierProposed   EventKind = "supplier.proposed"
	EventSupplierEdited     EventKind = "supplier.edited"
	EventSupplierMoved      EventKind = "supplier.moved"
	EventSupplierAssessed   EventKind = "supplier.assessed" // its due diligence
	EventDiligenceEnds      EventKind = "supplier.due_diligence_nears"
	EventDiligenceOverdue   EventKind = "supplier.due_diligence_overdue"
	EventCertificate        EventKind = "supplier.certificate"
	EventCertificateEnds    EventKind = "supplier.certificate_ends"
	EventCertificateExpired EventKind = "supplier.certificate_expired"
	EventExitPlan           EventKind = "supplier.exit_plan"
	EventExitTestNears      EventKind = "supplier.exit_test_nears"
	EventExitTestOverdue    EventKind = "supplier.exit_test_overdue"
	EventSupplierRated      EventKind = "supplier.rated"
	EventSupplierCorrected  EventKind = "supplier.corrective_action" // one that was due was raised
	EventSupplierDeadlines  EventKind = "supplier.deadlines_set"
)

// What happens to a contract, beside what comes of any decision.
const (
	EventContractRaised        EventKind = "contract.raised"
	EventContractDrafted       EventKind = "contract.drafted"
	EventContractProposed      EventKind = "contract.proposed"
	EventContractBegan         EventKind = "contract.began"
	EventDecisionOverdue       EventKind = "contract.decision_overdue"
	EventNoticeNears           EventKind = "contract.notice_nears"
	EventNoticeMissed          EventKind = "contract.notice_missed" // it goes on by itself
	EventNoticePassed          EventKind = "contract.notice_passed"
	EventNoticeGiven           EventKind = "contract.notice_given"
	EventContractRenewed       EventKind = "contract.renewed"
	EventContractReviewed      EventKind = "contract.reviewed"
	EventContractReviewNears   EventKind = "contract.review_nears"
	EventContractReviewOverdue EventKind = "contract.review_overdue"
	EventContractEnded         EventKind = "contract.ended"
	EventContractCancelled     EventKind = "contract.cancelled"
	EventContractCorrected     EventKind = "contract.corrective_action"
	EventContractDeadlines     EventKind = "contract.deadlines_set"

	EventContractDecisionOpened   EventKind = "contract_decision.approval_opened"
	EventContractDecisionVoted    EventKind = "contract_decision.voted"
	EventContractDecisionApproved EventKind = "contract_decision.approved"
	EventContractDecisionRejected EventKind = "contract_decision.rejected"
	EventContractDecisionReminded EventKind = "contract_decision.reminded"
	EventContractDecisionBackup   EventKind = "contract_decision.backup_joined"
	EventContractDecisionExpired  EventKind = "contract_decision.expired"
)

// What happens to the review of a supplier.
const (
	EventReviewStarted   EventKind = "supplier_review.started"
	EventReviewOpened    EventKind = "supplier_review.opened"
	EventReviewMeasured  EventKind = "supplier_review.measured"
	EventReviewSeen      EventKind = "supplier_review.seen" // somebody else saw the evidence
	EventReviewScored    EventKind = "supplier_review.scored"
	EventReviewMet       EventKind = "supplier_review.met"
	EventReviewAgreed    EventKind = "supplier_review.agreed"
	EventReviewSigned    EventKind = "supplier_review.signed_off"
	EventReviewClosed    EventKind = "supplier_review.closed"
	EventReviewCancelled EventKind = "supplier_review.cancelled"
	EventReviewWarned    EventKind = "supplier_review.target_warned"
	EventReviewMissed    EventKind = "supplier_review.target_missed"
	EventReviewOverdue   EventKind = "supplier_review.target_overdue"
	EventReviewDeadlines EventKind = "supplier_review.deadlines_set"
)

// Event is one thing that happened to a record: a record has exactly one for
// each of its revisions.
type Event struct {
	Number   Number    `json:"number"`
	Revision int       `json:"revision"`
	Kind     EventKind `json:"kind"`
	At       time.Time `json:"at"`
	Actor    PersonID  `json:"actor"`
	Door     Door      `json:"door"`
	From     State     `json:"from"`
	To       State     `json:"to"`
	Note     string    `json:"note,omitempty"`
	Decision *Decision `json:"decision,omitempty"`
	Detail   *Detail   `json:"detail,omitempty"`
}

// Detail is what an event of some kinds has to tell beyond its note.
type Detail struct {
	Opening    *Opening     `json:"opening,omitempty"`    // approval_opened
	Withdrawn  *Decision    `json:"withdrawn,omitempty"`  // vote_withdrawn
	Joined     []PersonID   `json:"joined,omitempty"`     // backup_joined
	Delegation *Delegation  `json:"delegation,omitempty"` // delegated
	Edits      []Difference `json:"edits,omitempty"`      // edited
	Voided     []Decision   `json:"voided,omitempty"`     // edited: the votes that count no more
	RiskScore  *RiskScore   `json:"risk_score,omitempty"` // raised, edited
	Assignee   PersonID     `json:"assignee,omitempty"`   // reassigned
	ExpireAt   *time.Time   `json:"expire_at,omitempty"`  // deadlines_moved

	// Of incidents:
	Priority   Priority      `json:"priority,omitempty"` // triaged, reprioritised
	Was        Priority      `json:"was,omitempty"`      // reprioritised
	Impact     Degree        `json:"impact,omitempty"`   // triaged, reprioritised
	Urgency    Degree        `json:"urgency,omitempty"`  // triaged, reprioritised
	Override   *Override     `json:"override,omitempty"` // reprioritised
	Clocks     []Clock       `json:"clocks,omitempty"`   // triaged, deadlines_set
	Clock      *ClockTold    `json:"clock,omitempty"`    // target_warned, target_missed, target_overdue
	Call       *Call         `json:"call,omitempty"`     // escalated, unroutable, unanswered
	EscalateTo EscalateTo    `json:"escalate_to,omitempty"`
	Team       TeamID        `json:"team,omitempty"` // assigned, escalation_asked
	Hold       *IncidentHold `json:"hold,omitempty"` // held
	Relation   *Relation     `json:"relation,omitempty"`
	Parent     Number        `json:"parent,omitempty"`     // parent_set, followed
	Resolution *Resolution   `json:"resolution,omitempty"` // resolved
	Closing    Closing       `json:"closing,omitempty"`    // closed
	Workaround *Workaround   `json:"workaround,omitempty"` // workaround_told, workaround_applied
	Problem    Number        `json:"problem,omitempty"`    // resumed, resolved: what it had waited for

	// Of problems:
	Incidents  []Number        `json:"incidents,omitempty"` // proposed, logged, absorbed
	Absorbed   Number          `json:"absorbed,omitempty"`
	Task       *Task           `json:"task,omitempty"`
	RootCause  *RootCause      `json:"root_cause,omitempty"`
	KnownError *KnownError     `json:"known_error,omitempty"`
	Fix        *ProblemFix     `json:"fix,omitempty"`
	Watch      *Watch          `json:"watch,omitempty"`
	Risk       *RiskAcceptance `json:"risk,omitempty"`
	Review     *ProblemReview  `json:"review,omitempty"`

	// Of corrective actions:
	Severity     Severity        `json:"severity,omitempty"` // logged
	Source       Number          `json:"source,omitempty"`   // logged
	Plan         *CorrectivePlan `json:"plan,omitempty"`     // proposed, approved
	VerifyFrom   *time.Time      `json:"verify_from,omitempty"`
	Verification *Verification   `json:"verification,omitempty"`

	// Of suppliers, their contracts and reviews:
	Evidence     []Evidence        `json:"evidence,omitempty"` // moved
	Diligence    *DueDiligence     `json:"due_diligence,omitempty"`
	Certificate  *Certificate      `json:"certificate,omitempty"`
	Exit         *ExitPlan         `json:"exit_plan,omitempty"`
	Expiry       *ExpiryTold       `json:"expiry,omitempty"` // of what ends, or has
	Rating       *Rating           `json:"rating,omitempty"`
	Course       Course            `json:"course,omitempty"` // rated, scored
	Consequences []Consequence     `json:"consequences,omitempty"`
	Raised       Number            `json:"raised,omitempty"` // corrective_action
	Proposal     *ContractProposal `json:"proposal,omitempty"`
	Reading      *Reading          `json:"reading,omitempty"`
	Meeting      *Meeting          `json:"meeting,omitempty"`
	Agreed       []ReviewAction    `json:"agreed,omitempty"`
}

// ExpiryTold is what ends on a date, and how many days were left when people were told.
type ExpiryTold struct {
	On   Date `json:"on"`
	Days int  `json:"days"`
	Of   int  `json:"of,omitempty"` // the certificate
}

// ClockTold is how much of a target was used up when people were told.
type ClockTold struct {
	Clock   ClockKind  `json:"clock"`
	Percent int        `json:"percent"`
	DueAt   *time.Time `json:"due_at,omitempty"`
}

// ChangeStep is what one event changes in the record of a change: the whole of
// what a save carries, so that history never holds the text twice.
type ChangeStep struct {
	Event       Event      `json:"event"`
	Outcome     Outcome    `json:"outcome,omitempty"`
	RiskScore   RiskScore  `json:"risk_score,omitzero"`
	Approval    Approval   `json:"approval,omitzero"`
	Approvers   []PersonID `json:"approvers,omitempty"`
	Hold        *Hold      `json:"hold,omitempty"`
	Assignee    PersonID   `json:"assignee,omitempty"`
	Implementer PersonID   `json:"implementer,omitempty"`
	RemindAt    *time.Time `json:"remind_at,omitempty"`
	BackupAt    *time.Time `json:"backup_at,omitempty"`
	ExpireAt    *time.Time `json:"expire_at,omitempty"`
	ClosedAt    *time.Time `json:"closed_at,omitempty"`
	Edit        *Edit      `json:"edit,omitempty"` // edited, assessed: what the text became
	ContentHash string     `json:"content_hash,omitempty"`
}

// Step takes from the change what the event changed in it.
func (c *Change) Step(e Event) ChangeStep {
	return ChangeStep{
		Event: e, Outcome: c.Outcome, RiskScore: c.RiskScore, Approval: c.Approval, Approvers: c.Approvers,
		Hold: c.Hold, Assignee: c.Assignee, Implementer: c.Implementer,
		RemindAt: c.RemindAt, BackupAt: c.BackupAt, ExpireAt: c.ExpireAt, ClosedAt: c.ClosedAt,
	}
}

// Receipt answers an act: the record as that act left it. The process may have
// moved on since.
type Receipt struct {
	Number   Number `json:"number"`
	State    State  `json:"state"`
	Revision int    `json:"revision"`
}

// Receipt is the change's receipt as it stands.
func (c *Change) Receipt() Receipt {
	return Receipt{Number: c.Number, State: State(c.State), Revision: c.Revision}
}
