package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

var (
	meg = itsm.Actor{Person: "meg", Roles: []itsm.Role{itsm.SupplierManager}, Door: itsm.DoorAPI, Scopes: both}
	rel = itsm.Actor{Person: "rel", Roles: []itsm.Role{itsm.Responder}, Door: itsm.DoorAPI, Scopes: both}
	col = itsm.Actor{Person: "col", Roles: []itsm.Role{itsm.CommercialManager}, Door: itsm.DoorAPI, Scopes: both}
	cyd = itsm.Actor{Person: "cyd", Roles: []itsm.Role{itsm.CommercialManager}, Door: itsm.DoorSlack, Scopes: both}
)

// relations is the process of a supplier or of a contract in the time-skipping
// environment, and all that it saved.
type relations struct {
	t       *testing.T
	env     *testsuite.TestWorkflowEnvironment
	start   time.Time
	catalog itsm.Catalog

	mu       sync.Mutex // activities run beside what happens at an instant
	supplier []itsm.SupplierStep
	contract []itsm.ContractStep
	said     []itsm.Comment
	shown    []int
	timers   map[string]string
	sent     int
}

// newRelations begins on a Monday at 10:00 in Berlin.
func newRelations(t *testing.T) *relations {
	t.Helper()
	w := &relations{t: t, timers: map[string]string{}}
	w.start = w.on("2026-01-12 10:00")
	w.catalog = itsm.Catalog{
		Services: []itsm.Service{{ID: "website", Owner: "own"}}, Supplier: itsm.SupplierPolicy{Calendar: "office", Notice: []int{180, 7}},
	}
	for _, who := range []itsm.Actor{meg, col, cyd} {
		w.catalog.People = append(w.catalog.People, itsm.Person{ID: who.Person, Zone: "Europe/Berlin", Roles: who.Roles})
	}
	var suite testsuite.WorkflowTestSuite
	w.env = suite.NewTestWorkflowEnvironment()
	w.env.SetStartTime(w.start)
	w.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{wire.Interceptor(keys)}})
	w.env.SetTestTimeout(30 * time.Second)
	w.env.RegisterWorkflowWithOptions(workflows.Supplier, workflow.RegisterOptions{Name: workflows.SupplierType})
	w.env.RegisterWorkflowWithOptions(workflows.Contract, workflow.RegisterOptions{Name: workflows.ContractType})
	w.env.RegisterActivity(&activities.Activities{})
	w.env.OnActivity(a.RecordSupplier, mock.Anything, mock.Anything).Return(func(_ context.Context, r activities.SupplierRecording) (activities.SupplierRecorded, error) {
		s := r.Supplier
		s.PolicyVersion, s.Revision = 3, 1
		s.Begin(r.Profile)
		return activities.SupplierRecorded{Supplier: s, Policy: w.catalog.Supplier.Filled()}, nil
	}).Maybe()
	w.env.OnActivity(a.RecordContract, mock.Anything, mock.Anything).Return(func(_ context.Context, r activities.ContractRecording) (activities.ContractRecorded, error) {
		c := r.Contract
		c.PolicyVersion, c.Revision = 3, 1
		c.Begin(r.Draft, itsm.TierStandard)
		return activities.ContractRecorded{Contract: c, Policy: w.catalog.Supplier.Filled()}, nil
	}).Maybe()
	w.env.OnActivity(a.StepSupplier, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.SupplierStepping) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.supplier = append(w.supplier, s.Step)
		return nil
	}).Maybe()
	w.env.OnActivity(a.StepContract, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.ContractStepping) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.contract = append(w.contract, s.Step)
		return nil
	}).Maybe()
	says := func(_ context.Context, c activities.Commenting) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, c.Comment)
		return nil
	}
	w.env.OnActivity(a.CommentOnSupplier, mock.Anything, mock.Anything).Return(says).Maybe()
	w.env.OnActivity(a.CommentOnContract, mock.Anything, mock.Anything).Return(says).Maybe()
	w.env.OnActivity(a.ReckonSupplier, mock.Anything, mock.Anything).Return(func(_ context.Context, s itsm.Supplier) (itsm.SupplierReckoning, error) {
		return s.Reckon(w.catalog.Supplier, hoursIn, w.env.Now())
	}).Maybe()
	w.env.OnActivity(a.ReckonContract, mock.Anything, mock.Anything).Return(func(_ context.Context, c itsm.Contract) (itsm.ContractReckoning, error) {
		return c.Reckon(w.catalog.Supplier, hoursIn, w.env.Now())
	}).Maybe()
	w.env.OnActivity(a.OpenContract, mock.Anything, mock.Anything).Return(func(_ context.Context, m activities.Matter) (itsm.Opening, error) {
		return w.catalog.OpenContract(w.catalog.Supplier, m.Asking, w.env.Now())
	}).Maybe()
	shows := func(_ context.Context, target activities.Target) (activities.Shown, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.shown = append(w.shown, target.Revision)
		return activities.Shown{}, nil
	}
	w.env.OnActivity(a.ShowSupplier, mock.Anything, mock.Anything).Return(shows).Maybe()
	w.env.OnActivity(a.ShowContract, mock.Anything, mock.Anything).Return(shows).Maybe()
	w.env.SetOnTimerScheduledListener(func(id string, _ time.Duration) { w.timers[id] = "running" })
	w.env.SetOnTimerFiredListener(func(id string) { w.timers[id] = "fired" })
	w.env.SetOnTimerCanceledListener(func(id string) { w.timers[id] = "cancelled" })
	return w
}

// on is an instant in Berlin, such as 2026-02-20 10:00.
func (w *relations) on(at string) time.Time {
	w.t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(w.t, err)
	instant, err := time.ParseInLocation("2006-01-02 15:04", at, zone)
	require.NoError(w.t, err)
	return instant
}

// asks sends an act at an instant, signed as the desk signs.
func asks[T any](w *relations, at string, who itsm.Actor, verb itsm.Act, body T) *says {
	w.sent++
	id, out := fmt.Sprintf("act-%d", w.sent), &says{}
	w.env.RegisterDelayedCallback(func() {
		signed, err := wire.Sign(keys, wire.Bound{WorkflowID: "default-test-workflow-id", Update: string(verb), UpdateID: id}, who, body, w.env.Now())
		require.NoError(w.t, err)
		w.env.UpdateWorkflow(string(verb), id, &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { out.err, out.done = err, true },
			OnComplete: func(r any, err error) {
				out.receipt, _ = r.(itsm.Receipt)
				out.err, out.done = err, true
			},
		}, signed)
	}, w.on(at).Sub(w.start))
	return out
}

// ends runs a process to its end. Every revision was saved once then, each from where
// the one before left, people see the last, and no timer is left.
func (w *relations) ends(process string, n itsm.Number) itsm.Receipt {
	w.t.Helper()
	w.env.ExecuteWorkflow(process, n, nil)
	require.True(w.t, w.env.IsWorkflowCompleted())
	require.NoError(w.t, w.env.GetWorkflowError())
	for id, state := range w.timers {
		require.NotEqual(w.t, "running", state, "timer %s is left running", id)
	}
	events := w.events()
	for n, e := range events {
		require.Equal(w.t, n+2, e.Revision, "a revision is missing or saved twice")
		if n > 0 {
			require.Equal(w.t, events[n-1].To, e.From, "%s", e.Kind)
		}
	}
	var r itsm.Receipt
	require.NoError(w.t, w.env.GetWorkflowResult(&r))
	require.Equal(w.t, r.Revision, slices.Max(w.shown))
	return r
}

// events are all that happened, in order.
func (w *relations) events() (all []itsm.Event) {
	for _, s := range w.supplier {
		all = append(all, s.Event)
	}
	for _, s := range w.contract {
		all = append(all, s.Event)
	}
	slices.SortFunc(all, func(x, y itsm.Event) int { return x.Revision - y.Revision })
	return all
}

// when are the instants at which something of a kind happened, as the clock on the wall
// in Berlin shows them.
func (w *relations) when(k itsm.EventKind) (all []string) {
	zone := w.on("2026-01-01 00:00").Location()
	for _, e := range w.events() {
		if e.Kind == k {
			all = append(all, e.At.In(zone).Format("2006-01-02 15:04"))
		}
	}
	return all
}

// anyTerms are three months of notice, a year of renewal, and a last day.
func anyTerms(end itsm.Date) itsm.ContractTerms {
	return itsm.ContractTerms{
		Supplies: "Machines", Duties: "They run them; we pay.", Start: itsm.NewDate(2026, 3, 1), End: end,
		Notice: itsm.DateSpan{Months: 3}, Renewal: itsm.DateSpan{Months: 12},
		Targets: []itsm.ContractTarget{{
			Name: "Availability", Criterion: itsm.ByServiceLevel, Unit: "percent", Goal: itsm.Goal{Full: 99_900, None: 99_000},
		}},
		Document: itsm.ContractDocument{URL: "https://example.com/contract.pdf", Digest: strings.Repeat("0a", 32)},
	}
}

// decided has something proposed at ten o'clock of a day, and approved at eleven.
func (w *relations) decided(day string, r itsm.ProposalRequest) {
	r.Note, r.Effect = "because", "The website runs there."
	asks(w, day+" 10:00", col, itsm.ActContractPropose, r)
	asks(w, day+" 11:00", cyd, itsm.ActContractDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
}

// A contract is renewed as was decided, amended, goes on by itself since a notice on
// 29 February was missed, and is terminated at last.
func TestYearsOfAContract(t *testing.T) {
	w := newRelations(t)
	draft := itsm.ContractDraft{Title: "Hosting", Supplier: "SUP-4", Owner: "col", Services: []itsm.ServiceID{"website"}, ContractTerms: anyTerms(itsm.NewDate(2027, 5, 31))}
	raised := asks(w, "2026-01-12 10:00", col, itsm.ActContractRaise, draft)
	own := asks(w, "2026-01-13 10:30", col, itsm.ActContractDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	w.decided("2026-01-13", itsm.ProposalRequest{Decision: itsm.ApproveContract})
	asks(w, "2026-06-01 10:00", col, itsm.ActContractComment, itsm.CommentRequest{Text: "All is well."})
	w.decided("2026-12-01", itsm.ProposalRequest{Decision: itsm.RenewContract})
	asks(w, "2027-03-01 10:00", col, itsm.ActContractReview, itsm.ContractReview{Note: "It still fits."})
	amended := anyTerms(itsm.NewDate(2028, 5, 29))
	w.decided("2027-06-01", itsm.ProposalRequest{Decision: itsm.AmendContract, Terms: &amended})
	stranger := asks(w, "2028-03-01 09:00", col, itsm.ActContractCorrect, itsm.CorrectedRequest{Raised: "CAR-9"})
	asks(w, "2028-03-01 10:00", finder, itsm.ActContractCorrect, itsm.CorrectedRequest{Raised: "CAR-9"})
	twice := asks(w, "2028-03-01 11:00", finder, itsm.ActContractCorrect, itsm.CorrectedRequest{Raised: "CAR-9"})
	w.decided("2028-09-01", itsm.ProposalRequest{Decision: itsm.TerminateContract})
	asks(w, "2028-09-04 10:00", col, itsm.ActGiveNotice, itsm.GiveNoticeRequest{Evidence: []itsm.Evidence{{Note: "The courier's receipt"}}})
	end := w.ends(workflows.ContractType, "CON-7")

	require.Equal(t, itsm.State(itsm.ContractTerminated), end.State)
	require.Equal(t, itsm.Receipt{Number: "CON-7", State: itsm.State(itsm.ContractDrafted), Revision: 2}, raised.receipt)
	require.Equal(t, "contract_decision.own_request", code(own.err))
	require.Equal(t, "actor.permission", code(stranger.err))
	require.True(t, twice.done)
	require.NoError(t, twice.err)
	require.Equal(t, []string{"2026-03-01 00:00"}, w.when(itsm.EventContractBegan))
	require.Equal(t, []string{"2027-02-26 17:00"}, w.when(itsm.EventContractRenewed), "28 February is a Sunday")
	require.Equal(t, []string{"2028-02-29 17:00"}, w.when(itsm.EventNoticeMissed))
	require.Equal(t, []string{
		"2026-08-28 09:00", "2027-02-19 09:00", // half a year before, in summer time, and a week
		"2027-09-02 09:00", "2028-02-22 09:00",
	}, w.when(itsm.EventNoticeNears)[:4], "at nine by the clock on the wall")
	require.Equal(t, []string{"2029-05-30 00:00"}, w.when(itsm.EventContractEnded), "when its last day is over")
	require.Len(t, w.when(itsm.EventContractCorrected), 1, "told twice, and taken up once")
	left := w.contract[len(w.contract)-1].Standing
	require.Equal(t, itsm.NewDate(2029, 5, 29), left.End)
	require.Equal(t, 2, left.Renewals)
	require.Equal(t, itsm.Number("CAR-9"), left.Corrections[0].Number)
	require.Equal(t, w.on("2028-03-08 09:00").UTC(), left.Corrections[0].DueAt.UTC(), "five business days, from when the next one opens")
	require.Len(t, w.said, 1)
}

// What nobody decides on is not asked for ever, and what never began can be dropped.
func TestAContractThatNobodyApproves(t *testing.T) {
	w := newRelations(t)
	draft := itsm.ContractDraft{Title: "Hosting", Supplier: "SUP-4", Owner: "col", ContractTerms: anyTerms(itsm.NewDate(2027, 5, 31))}
	asks(w, "2026-01-12 10:00", col, itsm.ActContractRaise, draft)
	asks(w, "2026-01-13 10:00", col, itsm.ActContractPropose, itsm.ProposalRequest{Decision: itsm.ApproveContract, Note: "n", Effect: "e"})
	asks(w, "2026-02-13 10:00", col, itsm.ActContractCancel, itsm.Cancellation{Note: "Another is cheaper."})
	require.Equal(t, itsm.State(itsm.ContractCancelled), w.ends(workflows.ContractType, "CON-7").State)
	require.Equal(t, []string{"2026-01-18 10:00"}, w.when(itsm.EventContractDecisionExpired))
}

// A supplier is looked into, supplies for years while its papers expire, and is left.
func TestYearsOfASupplier(t *testing.T) {
	w := newRelations(t)
	seen := []itsm.Evidence{{Note: "seen"}}
	move := func(at string, to itsm.SupplierState) *says {
		return asks(w, at, meg, itsm.ActSupplierMove, itsm.MoveRequest{To: to, Note: "because", Evidence: seen})
	}
	profile := itsm.SupplierProfile{
		Name: "Hosting Ltd", Supplies: "Machines", Tier: itsm.TierCritical, Owner: "rel", Deputy: "own",
		Contacts: []itsm.Contact{{Name: "Zoe", For: "Escalations", Phone: "1"}},
	}
	raised := asks(w, "2026-01-12 10:00", meg, itsm.ActSupplierRaise, profile)
	move("2026-01-13 10:00", itsm.SupplierDueDiligence)
	early := move("2026-01-14 10:00", itsm.SupplierOnboarding)
	asks(w, "2026-01-15 10:00", rel, itsm.ActDiligence, itsm.DiligenceRequest{Suitable: true, Note: "Sound.", Evidence: seen})
	move("2026-01-16 10:00", itsm.SupplierOnboarding)
	move("2026-01-17 10:00", itsm.SupplierActive)
	asks(w, "2026-01-18 10:00", rel, itsm.ActCertificate, itsm.CertificateRequest{Name: "ISO 27001", Expires: itsm.NewDate(2026, 9, 30)})
	asks(w, "2026-01-19 10:00", rel, itsm.ActSupplierComment, itsm.CommentRequest{Text: "Well met."})
	asks(w, "2026-10-05 10:00", rel, itsm.ActCertificate, itsm.CertificateRequest{ID: 1, Expires: itsm.NewDate(2029, 9, 30)})
	asks(w, "2027-02-01 10:00", rel, itsm.ActExitPlan, itsm.ExitRequest{Text: "Another has room for us.", Tested: true})
	move("2027-03-01 10:00", itsm.SupplierExitPlanned)
	move("2027-03-02 10:00", itsm.SupplierExiting)
	move("2027-03-03 10:00", itsm.SupplierOffboarded)
	end := w.ends(workflows.SupplierType, "SUP-4")

	require.Equal(t, itsm.State(itsm.SupplierOffboarded), end.State)
	require.Equal(t, itsm.Receipt{Number: "SUP-4", State: itsm.State(itsm.SupplierProposed), Revision: 2}, raised.receipt)
	require.Equal(t, "supplier.not_assessed", code(early.err))
	require.Equal(t, []string{"2026-07-02 09:00", "2026-07-31 09:00", "2026-08-31 09:00"}, w.when(itsm.EventCertificateEnds))
	require.Equal(t, []string{"2026-10-01 00:00"}, w.when(itsm.EventCertificateExpired))
	require.Equal(t, []string{"2026-12-16 09:00", "2027-01-08 09:00"}, w.when(itsm.EventDiligenceEnds))
	require.Equal(t, []string{"2027-01-16 00:00"}, w.when(itsm.EventDiligenceOverdue))
	require.Len(t, w.said, 1)
}

// The seconds in which nobody raises what a process was started for end it.
func TestASupplierAndAContractThatNobodyRaised(t *testing.T) {
	for process, n := range map[string]itsm.Number{workflows.SupplierType: "SUP-4", workflows.ContractType: "CON-7"} {
		w := newRelations(t)
		w.env.ExecuteWorkflow(process, n, nil)
		require.Equal(t, strings.ToLower(process)+".never_raised", code(w.env.GetWorkflowError()))
	}
}
