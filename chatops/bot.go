package chatops

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/steward-itsm/steward/chatops/messenger"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

const (
	patience  = 2 * time.Second        // how long a delivery is tried before Slack gets its 200
	aftermath = 500 * time.Millisecond // for the bookkeeping after that; Slack hangs up at 3 s
	respite   = time.Second            // before the relay goes on, so that its answer is the later one
	lease     = 15 * time.Second       // how long a delivery is ours; a crash gives it to the relay after it
)

// Config is what a Bot needs.
type Config struct {
	Desk           *desk.Desk
	Messenger      *messenger.Messenger
	SigningSecrets []string // any of these may have signed; two while one is being replaced
	Teams          []string // Slack team ids that are ours; empty: the token's own team
	ResponseHosts  []string // prefixes that a response URL may have; empty: https://hooks.slack.com/
	Now            func() time.Time
	Log            *slog.Logger
	Metrics        prometheus.Registerer // nil: none
}

// counter is what the door asks for: of desk.Desk in the program, and of a desk
// that applies the same rules in memory in this package's tests.
type counter interface {
	SlackActor(ctx context.Context, user string) (itsm.Actor, error)
	Refused(ctx context.Context, who desk.Caller, action string, err error)

	RaiseChange(ctx context.Context, who desk.Caller, draft itsm.ChangeDraft) (itsm.Receipt, error)
	DecideChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	StartChange(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error)
	CompleteChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error)
	CancelChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	RetractVote(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error)
	DelegateChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DelegationRequest) (itsm.Receipt, error)
	AssessChange(ctx context.Context, who desk.Caller, n itsm.Number, a itsm.Assessment) (itsm.Receipt, error)
	EditChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EditRequest) (itsm.Receipt, error)
	LinkChange(ctx context.Context, who desk.Caller, n itsm.Number, l itsm.Link) (itsm.Receipt, error)
	ReassignChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reassignment) (itsm.Receipt, error)
	HoldChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ResumeChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	WithdrawChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	CommentOnChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)

	PreviewChange(ctx context.Context, who desk.Caller, draft itsm.ChangeDraft) (itsm.Preview, error)
	Change(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Change, error)
	Changes(ctx context.Context, who desk.Caller, list desk.ChangeList) (desk.ChangePage, error)
	Timeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	Comments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	WaitingChanges(ctx context.Context, who desk.Caller) ([]itsm.Change, error)
	responders
	investigators
	correctors
	vendors
	fronts

	OnCall(ctx context.Context, who desk.Caller, service itsm.ServiceID) (desk.OnCall, error)
	Services(ctx context.Context, who desk.Caller) ([]itsm.Service, error)
	People(ctx context.Context, who desk.Caller) ([]itsm.Person, error)

	KeepDelivery(ctx context.Context, in desk.Delivery, lease time.Duration) (kept desk.Delivery, fresh bool, err error)
	ClaimDeliveries(ctx context.Context, lease time.Duration, limit int) ([]desk.Delivery, error)
	AnswerDelivery(ctx context.Context, id int64, answer []byte) error
	PostponeDelivery(ctx context.Context, id int64, reason string, after time.Duration) error
}

// responders is what the counter does for incidents.
type responders interface {
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
	IncidentBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.IncidentBook, error)
	Incidents(ctx context.Context, who desk.Caller, list desk.IncidentList) (desk.IncidentPage, error)
	IncidentSuggestions(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Change, error)
	Relations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	WaitingIncidents(ctx context.Context, who desk.Caller) ([]itsm.Incident, error)
}

// investigators is what the counter does for problems.
type investigators interface {
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
	ProblemBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ProblemBook, error)
	Problems(ctx context.Context, who desk.Caller, list desk.ProblemList) (desk.ProblemPage, error)
	ProblemRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	WaitingProblems(ctx context.Context, who desk.Caller) ([]itsm.Problem, error)
	FixDraft(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ChangeDraft, error)
	KnownErrors(ctx context.Context, who desk.Caller, words string, limit int) ([]itsm.KnownErrorFound, error)
	IncidentKnownErrors(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.KnownErrorFound, error)
}

// correctors is what the counter does for corrective actions.
type correctors interface {
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
	CorrectiveBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.CorrectiveBook, error)
	CorrectiveActions(ctx context.Context, who desk.Caller, list desk.CorrectiveList) (desk.CorrectivePage, error)
	CorrectiveRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	WaitingCorrective(ctx context.Context, who desk.Caller) ([]itsm.CorrectiveAction, error)
}

// Bot is the Slack door. It is safe for concurrent use.
type Bot struct {
	desk    counter
	slack   *messenger.Messenger
	teams   []string // ours; empty: the token's own
	allowed []string // prefixes of response URLs
	verify  verifier
	now     func() time.Time
	log     *slog.Logger
	meters  meters
}

// New returns a Bot. It refuses a configuration that would trust everybody or
// could not speak: Invalid, code slack.config.
func New(c Config) (*Bot, error) {
	if c.Desk == nil {
		return nil, itsm.Refuse(itsm.Invalid, "slack.config", "The Slack door needs a desk.")
	}
	return open(c, c.Desk)
}

func open(c Config, d counter) (*Bot, error) {
	if c.Messenger == nil {
		return nil, itsm.Refuse(itsm.Invalid, "slack.config", "The Slack door needs a messenger.")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	v, err := newVerifier(c.SigningSecrets, c.Now)
	if err != nil {
		return nil, err
	}
	m, err := newMeters(c.Metrics)
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Bot{
		desk: d, slack: c.Messenger, teams: c.Teams, allowed: prefixes(c.ResponseHosts),
		verify: v, now: c.Now, log: c.Log, meters: m,
	}, nil
}

// prefixes end with a slash: https://hooks.slack.com must not let in https://hooks.slack.com.example.
func prefixes(hosts []string) []string {
	if len(hosts) == 0 {
		return []string{"https://hooks.slack.com/"}
	}
	out := make([]string, len(hosts))
	for i, h := range hosts {
		out[i] = strings.TrimSuffix(h, "/") + "/"
	}
	return out
}

// Mount hangs the three addresses that Slack delivers to on r.
func (b *Bot) Mount(r gin.IRouter) {
	r.POST("/slack/commands", b.signed, b.receive(payload.ParseCommand))
	r.POST("/slack/interactions", b.signed, b.receive(payload.ParseInteraction))
	r.POST("/slack/events", b.signed, b.receive(payload.ParseEvent))
}
