package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// counter is the part of the desk that this door stands at: *desk.Desk in the
// program; the tests' scripted one, which can be made to give any answer there is.
type counter interface {
	TokenActor(ctx context.Context, token, source string) (itsm.Actor, error)
	Allow(ctx context.Context, who desk.Caller, action string) error
	Refused(ctx context.Context, who desk.Caller, action string, err error)
	Services(ctx context.Context, who desk.Caller) ([]itsm.Service, error)
	People(ctx context.Context, who desk.Caller) ([]itsm.Person, error)
	OnCall(ctx context.Context, who desk.Caller, service itsm.ServiceID) (desk.OnCall, error)
	Ready(ctx context.Context) (checks []desk.Check, ready bool)
	changes
	incidents
	problems
	corrections
	supplying
	records
	intakes
}

// records is what the counter does for records of all kinds.
type records interface {
	Record(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Record, error)
	Records(ctx context.Context, who desk.Caller, list desk.RecordList) (desk.RecordPage, error)
	RecordTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	Search(ctx context.Context, who desk.Caller, r itsm.SearchRequest, limit int) (desk.Found, error)
	Graph(ctx context.Context, who desk.Caller, n itsm.Number, depth int) (itsm.Graph, error)
	Waiting(ctx context.Context, who desk.Caller) ([]itsm.Record, error)
}

// intakes is what the counter does for what sends alerts.
type intakes interface {
	IntakeOf(ctx context.Context, kind, key, source string) (desk.Intake, error)
	TakeAlerts(ctx context.Context, in desk.Intake, alerts []itsm.Alert) (desk.Taken, error)
}

// changes is what the counter does for changes.
type changes interface {
	RaiseChange(ctx context.Context, who desk.Caller, draft itsm.ChangeDraft) (itsm.Receipt, error)
	DecideChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	StartChange(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error)
	CompleteChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error)
	CancelChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	AssessChange(ctx context.Context, who desk.Caller, n itsm.Number, a itsm.Assessment) (itsm.Receipt, error)
	RetractVote(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error)
	DelegateChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DelegationRequest) (itsm.Receipt, error)
	ReassignChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reassignment) (itsm.Receipt, error)
	EditChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EditRequest) (itsm.Receipt, error)
	LinkChange(ctx context.Context, who desk.Caller, n itsm.Number, l itsm.Link) (itsm.Receipt, error)
	CommentOnChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	HoldChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ResumeChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	WithdrawChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	PreviewChange(ctx context.Context, who desk.Caller, draft itsm.ChangeDraft) (itsm.Preview, error)
	RaiseForDeployment(ctx context.Context, in itsm.Deployment, sender, source string) (itsm.Receipt, error)
	Change(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Change, error)
	Changes(ctx context.Context, who desk.Caller, list desk.ChangeList) (desk.ChangePage, error)
	Timeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	Comments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ChangeRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainChange(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	WaitingChanges(ctx context.Context, who desk.Caller) ([]itsm.Change, error)
}

// incidents is what the counter does for incidents.
type incidents interface {
	RaiseIncident(ctx context.Context, who desk.Caller, draft itsm.IncidentDraft) (itsm.Receipt, error)
	AcknowledgeIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	AssignIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error)
	ReprioritiseIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reprioritisation) (itsm.Receipt, error)
	HoldIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.HoldRequest) (itsm.Receipt, error)
	ResumeIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	EscalateIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EscalateRequest) (itsm.Receipt, error)
	CommentOnIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	RelateIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error)
	EndIncidentAsDuplicate(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DuplicateRequest) (itsm.Receipt, error)
	SetIncidentParent(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ParentRequest) (itsm.Receipt, error)
	ResolveIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ResolveRequest) (itsm.Receipt, error)
	ConfirmIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ReopenIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	CancelIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	Incident(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Incident, error)
	Incidents(ctx context.Context, who desk.Caller, list desk.IncidentList) (desk.IncidentPage, error)
	IncidentTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	IncidentComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	IncidentClocks(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.ClockReading, error)
	IncidentSuggestions(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Change, error)
	Relations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainIncident(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	WaitingIncidents(ctx context.Context, who desk.Caller) ([]itsm.Incident, error)
}

// problems is what the counter does for problems and their known errors.
type problems interface {
	RaiseProblem(ctx context.Context, who desk.Caller, draft itsm.ProblemDraft) (itsm.Receipt, error)
	AcceptProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Acceptance) (itsm.Receipt, error)
	DeclineProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	MergeProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MergeRequest) (itsm.Receipt, error)
	AssignProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error)
	RelateProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error)
	CommentOnProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	TaskOfProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.TaskRequest) (itsm.Receipt, error)
	FindRootCause(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error)
	WriteWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.WorkaroundRequest) (itsm.Receipt, error)
	PublishKnownError(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	DecideKnownError(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	CommunicateWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	FixProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.FixRequest) (itsm.Receipt, error)
	RaiseFix(ctx context.Context, who desk.Caller, n itsm.Number, draft itsm.ChangeDraft) (itsm.Receipt, error)
	AcceptRisk(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RiskRequest) (itsm.Receipt, error)
	ConfirmFix(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ReviewProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ReviewRequest) (itsm.Receipt, error)
	CloseProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ReopenProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	CancelProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	ApplyWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ApplyRequest) (itsm.Receipt, error)
	Problem(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Problem, error)
	Problems(ctx context.Context, who desk.Caller, list desk.ProblemList) (desk.ProblemPage, error)
	WaitingProblems(ctx context.Context, who desk.Caller) ([]itsm.Problem, error)
	ProblemTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	ProblemComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ProblemRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainProblem(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	FixDraft(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ChangeDraft, error)
	KnownErrors(ctx context.Context, who desk.Caller, words string, limit int) ([]itsm.KnownErrorFound, error)
	IncidentKnownErrors(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.KnownErrorFound, error)
}

// corrections is what the counter does for corrective actions.
type corrections interface {
	RaiseCorrective(ctx context.Context, who desk.Caller, draft itsm.CorrectiveDraft) (itsm.Receipt, error)
	AcknowledgeCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	AssignCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error)
	RelateCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error)
	CommentOnCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	FindCorrectiveCause(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error)
	PlanCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.PlanRequest) (itsm.Receipt, error)
	DecideCorrectivePlan(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	StepOfCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.StepRequest) (itsm.Receipt, error)
	ImplementCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	VerifyCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.VerificationRequest) (itsm.Receipt, error)
	WithdrawCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	CorrectiveAction(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.CorrectiveAction, error)
	CorrectiveActions(ctx context.Context, who desk.Caller, list desk.CorrectiveList) (desk.CorrectivePage, error)
	WaitingCorrective(ctx context.Context, who desk.Caller) ([]itsm.CorrectiveAction, error)
	CorrectiveTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	CorrectiveComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	CorrectiveRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainCorrective(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
}

// supplying is what the counter does for suppliers, contracts and reviews.
type supplying interface {
	RaiseSupplier(ctx context.Context, who desk.Caller, p itsm.SupplierProfile) (itsm.Receipt, error)
	RaiseContract(ctx context.Context, who desk.Caller, draft itsm.ContractDraft) (itsm.Receipt, error)
	EditSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProfileRequest) (itsm.Receipt, error)
	MoveSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MoveRequest) (itsm.Receipt, error)
	AssessSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DiligenceRequest) (itsm.Receipt, error)
	CertifySupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CertificateRequest) (itsm.Receipt, error)
	PlanExit(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ExitRequest) (itsm.Receipt, error)
	CommentOnSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	Supplier(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Supplier, error)
	Suppliers(ctx context.Context, who desk.Caller, list desk.SupplierList) (desk.SupplierPage, error)
	WaitingSuppliers(ctx context.Context, who desk.Caller) ([]itsm.Supplier, error)
	SupplierTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	SupplierComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ExplainSupplier(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	SupplierRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ProposeForContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProposalRequest) (itsm.Receipt, error)
	DecideContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	GiveNotice(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.GiveNoticeRequest) (itsm.Receipt, error)
	ReviewContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ContractReview) (itsm.Receipt, error)
	CancelContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	CommentOnContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	Contract(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Contract, error)
	Contracts(ctx context.Context, who desk.Caller, list desk.ContractList) (desk.ContractPage, error)
	WaitingContracts(ctx context.Context, who desk.Caller) ([]itsm.Contract, error)
	ContractTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	ContractComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ExplainContract(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	ContractRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	MeasureReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ReadingRequest) (itsm.Receipt, error)
	SeeReading(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.SeenRequest) (itsm.Receipt, error)
	ScoreReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	MeetReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MeetingRequest) (itsm.Receipt, error)
	AgreeAction(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.AgreeRequest) (itsm.Receipt, error)
	SignOffReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	CancelReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	CommentOnReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	Review(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.SupplierReview, error)
	Reviews(ctx context.Context, who desk.Caller, list desk.ReviewList) (desk.ReviewPage, error)
	WaitingReviews(ctx context.Context, who desk.Caller) ([]itsm.SupplierReview, error)
	ReviewTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	ReviewComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ExplainReview(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
}
