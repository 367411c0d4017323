package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// supplied is who sees to suppliers: max answers for how they are managed, eve and bob
// for contracts. Ida owns the relationship.
func supplied(c *itsm.Catalog) {
	c.Supplier = itsm.SupplierPolicy{}
	for i := range c.People {
		p := &c.People[i]
		switch p.ID { //nolint:exhaustive // the others have nothing to do with suppliers
		case "max":
			p.Roles = append(p.Roles, itsm.SupplierManager)
		case "eve", "bob":
			p.Roles = append(p.Roles, itsm.CommercialManager)
		}
	}
}

// called is somebody of the catalog who comes to the desk.
func (w *world) called(id itsm.PersonID) desk.Caller {
	w.t.Helper()
	c, _, err := w.owner.Catalog(w.t.Context())
	require.NoError(w.t, err)
	p, known := c.Person(id)
	require.True(w.t, known, id)
	return desk.Caller{Actor: itsm.Actor{Person: id, Roles: p.Roles, Door: itsm.DoorAPI, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}}
}

var shown = []itsm.Evidence{{Note: "It was looked at."}}

// supplier proposes one, which ida owns.
func (w *world) supplier() itsm.Number {
	w.t.Helper()
	r, err := w.desk.RaiseSupplier(w.t.Context(), w.called("max"), itsm.SupplierProfile{
		Name: "Hosting Ltd", Supplies: "The machines of the website", Tier: itsm.TierCritical, Owner: "ida", Deputy: "ana",
		Services: []itsm.ServiceID{"website"}, Contacts: []itsm.Contact{{Name: "Zoe", For: "Escalations", Phone: "1"}},
	})
	require.NoError(w.t, err)
	require.Equal(w.t, itsm.State(itsm.SupplierProposed), r.State)
	return r.Number
}

// moves moves a supplier on, through some states.
func (w *world) moves(n itsm.Number, states ...itsm.SupplierState) {
	w.t.Helper()
	for _, to := range states {
		r, err := w.desk.MoveSupplier(w.t.Context(), w.called("max"), n, itsm.MoveRequest{To: to, Note: "It is time.", Evidence: shown})
		require.NoError(w.t, err, to)
		require.Equal(w.t, itsm.State(to), r.State)
	}
}

// supplies has a supplier looked into, and supply.
func (w *world) supplies(n itsm.Number) {
	w.t.Helper()
	w.moves(n, itsm.SupplierDueDiligence)
	_, err := w.desk.AssessSupplier(w.t.Context(), w.called("ida"), n, itsm.DiligenceRequest{Suitable: true, Note: "It is sound.", Evidence: shown})
	require.NoError(w.t, err)
	w.moves(n, itsm.SupplierOnboarding, itsm.SupplierActive)
}

// contractOf is a draft of a contract that runs for a year from today.
func contractOf(with itsm.Number) itsm.ContractDraft {
	today := itsm.DateOf(time.Now().UTC())
	return itsm.ContractDraft{
		Title: "Hosting", Supplier: with, Owner: "eve", Services: []itsm.ServiceID{"website"},
		ContractTerms: itsm.ContractTerms{
			Supplies: "Machines", Duties: "They run them; we pay.", Start: today, End: today + 365,
			Notice: itsm.DateSpan{Months: 3}, Renewal: itsm.DateSpan{Months: 12},
			Targets: []itsm.ContractTarget{{
				Name: "Availability", Criterion: itsm.ByServiceLevel, Unit: "percent", Goal: itsm.Goal{Full: 99_900, None: 99_000},
			}},
			Document: itsm.ContractDocument{URL: "https://example.com/contract.pdf", Digest: strings.Repeat("0a", 32)},
		},
	}
}

// decides has eve propose something for a contract, and bob say so.
func (w *world) decides(n itsm.Number, r itsm.ProposalRequest, v itsm.Verdict) itsm.Receipt {
	w.t.Helper()
	r.Note, r.Effect = "It is time.", "The website runs there."
	_, err := w.desk.ProposeForContract(w.t.Context(), w.called("eve"), n, r)
	require.NoError(w.t, err)
	var left itsm.Receipt
	w.eventually(string(n)+" is decided on", func() bool { // who decides is being asked
		left, err = w.desk.DecideContract(w.t.Context(), w.called("bob"), n, itsm.DecisionRequest{Verdict: v, Note: "Read."})
		return err == nil || itsm.AsError(err).Kind != itsm.Unavailable
	})
	require.NoError(w.t, err)
	return left
}

// binds waits until a contract is in a state.
func (w *world) binds(n itsm.Number, in itsm.ContractState) {
	w.t.Helper()
	w.eventually(string(n)+" is "+in.Words(), func() bool {
		c, err := w.owner.Contract(w.t.Context(), n)
		require.NoError(w.t, err)
		return c.State == in
	})
}

// overAndSettled holds what the four places say of a record that is over against each
// other, and keeps its history when that is asked for.
func (w *world) overAndSettled(t *testing.T, n itsm.Number, name string) {
	t.Helper()
	var r itsm.Receipt
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, w.temporal.GetWorkflow(ctx, string(n), "").Get(ctx, &r), n)
	h := w.tells(n, r.Revision, r.State)
	if *record {
		keep(t, name, h)
	}
}

// TestASupplierAndItsContractsOnTheWholeProgram goes all the way with a supplier, from
// its proposal until it is left, and with contracts as far as a day goes.
func TestASupplierAndItsContractsOnTheWholeProgram(t *testing.T) {
	w, ctx := newWorld(t, supplied), t.Context()
	s := w.supplier()
	_, err := w.desk.MoveSupplier(ctx, w.called("ida"), s, itsm.MoveRequest{To: itsm.SupplierDueDiligence, Note: "n"})
	require.Equal(t, "actor.permission", itsm.AsError(err).Code)
	w.supplies(s)
	_, err = w.desk.CertifySupplier(ctx, w.called("ida"), s, itsm.CertificateRequest{Name: "ISO 27001", Expires: itsm.DateOf(time.Now().UTC()) + 300})
	require.NoError(t, err)
	_, err = w.desk.CommentOnSupplier(ctx, w.called("ida"), s, itsm.CommentRequest{Text: "They are kind."})
	require.NoError(t, err)
	now, err := w.desk.Supplier(ctx, w.called("ana"), s)
	require.NoError(t, err)
	profile := now.SupplierProfile
	profile.Supplies = "All machines"
	w.eventually("the supplier is edited", func() bool { // its deadlines are being found out
		now, err = w.desk.Supplier(ctx, w.called("ana"), s) //nolint:contextcheck // it reads the catalog
		require.NoError(t, err)
		_, err = w.desk.EditSupplier(ctx, w.called("ida"), s, itsm.ProfileRequest{SupplierProfile: profile, Revision: now.Revision}) //nolint:contextcheck // it reads the catalog
		return err == nil
	})

	_, err = w.desk.RaiseContract(ctx, w.called("eve"), contractOf("SUP-404"))
	require.Equal(t, "contract.invalid", itsm.AsError(err).Code)
	dropped, err := w.desk.RaiseContract(ctx, w.called("eve"), contractOf(s))
	require.NoError(t, err)
	w.decides(dropped.Number, itsm.ProposalRequest{Decision: itsm.ApproveContract}, itsm.Reject)
	_, err = w.desk.CommentOnContract(ctx, w.called("max"), dropped.Number, itsm.CommentRequest{Text: "It is dear."})
	require.NoError(t, err)
	_, err = w.desk.CancelContract(ctx, w.called("eve"), dropped.Number, itsm.Cancellation{Note: "Another is cheaper."})
	require.NoError(t, err)
	w.overAndSettled(t, dropped.Number, "contract-dropped")

	signed, err := w.desk.RaiseContract(ctx, w.called("eve"), contractOf(s))
	require.NoError(t, err)
	c := signed.Number
	w.decides(c, itsm.ProposalRequest{Decision: itsm.ApproveContract}, itsm.Approve)
	w.binds(c, itsm.ContractActive)
	_, err = w.desk.ReviewContract(ctx, w.called("eve"), c, itsm.ContractReview{Note: "It fits."})
	require.NoError(t, err)
	require.Equal(t, itsm.State(itsm.ContractRenewing), w.decides(c, itsm.ProposalRequest{Decision: itsm.RenewContract}, itsm.Approve).State)
	terms := contractOf(s).ContractTerms
	terms.End += 365
	require.Equal(t, itsm.State(itsm.ContractActive), w.decides(c, itsm.ProposalRequest{Decision: itsm.AmendContract, Terms: &terms}, itsm.Approve).State)
	require.Equal(t, itsm.State(itsm.ContractTerminating), w.decides(c, itsm.ProposalRequest{Decision: itsm.TerminateContract}, itsm.Approve).State)
	_, err = w.desk.GiveNotice(ctx, w.called("eve"), c, itsm.GiveNoticeRequest{Evidence: shown})
	require.NoError(t, err)
	w.hides(s, c)
	if *record { // as it is under way: its end is a year ahead
		w.quiet(c, 0)
		keep(t, "contract-terminating", w.history(c))
	}

	_, err = w.desk.PlanExit(ctx, w.called("ida"), s, itsm.ExitRequest{Text: "Another has room for us."})
	require.NoError(t, err)
	w.moves(s, itsm.SupplierExitPlanned, itsm.SupplierExiting, itsm.SupplierOffboarded)
	w.overAndSettled(t, s, "supplier-left")
	_, err = w.desk.PlanExit(ctx, w.called("ida"), s, itsm.ExitRequest{Text: "Again."})
	require.Equal(t, "supplier.over", itsm.AsError(err).Code)
	w.chainHolds()
}

// hides sees to it that a contract is nobody's business who may not read of contracts,
// by whichever door to records.
func (w *world) hides(s, c itsm.Number) {
	w.t.Helper()
	ctx := w.t.Context()
	for _, who := range []itsm.PersonID{"eve", "ida"} {
		sees := who == "eve"
		_, err := w.desk.Record(ctx, w.called(who), c)
		require.Equal(w.t, sees, err == nil, "%s: %v", who, err)
		_, err = w.desk.Record(ctx, w.called(who), s)
		require.NoError(w.t, err)
		related, err := w.desk.SupplierRelations(ctx, w.called(who), s)
		require.NoError(w.t, err)
		require.Equal(w.t, sees, len(related) > 0, who)
	}
}

// TestAMissedNoticeRaisesACorrectiveAction lets the last day to give notice pass: the
// contract goes on by itself, and somebody has to answer for that.
func TestAMissedNoticeRaisesACorrectiveAction(t *testing.T) {
	w, ctx := newWorld(t, supplied), t.Context()
	s := w.supplier()
	with, err := w.owner.Supplier(ctx, s)
	require.NoError(t, err)
	c := w.almostMissed(with)
	var raised itsm.Number
	w.eventually("the corrective action is raised and told", func() bool {
		now, err := w.owner.Contract(ctx, c)
		require.NoError(t, err)
		if len(now.Corrections) == 0 {
			return false
		}
		raised = now.Corrections[0].Number
		return raised != ""
	})
	car, err := w.owner.Corrective(ctx, raised)
	require.NoError(t, err)
	require.Equal(t, c, car.Source)
	require.Equal(t, itsm.PersonID("eve"), car.Owner)
	require.Contains(t, car.Nonconformity, "passed")
	for _, end := range []itsm.Number{c, raised} {
		related, err := w.owner.Relations(ctx, w.called("eve").Actor, end)
		require.NoError(t, err)
		require.Contains(t, related, itsm.Relation{From: raised, Kind: itsm.ActsOn, To: c, By: itsm.Monitoring, At: car.RaisedAt}, end)
	}
	require.NoError(t, w.desk.RelayCorrections(ctx), "and no other")
	all, err := w.owner.Correctives(ctx, db.CorrectiveFilter{Source: c, Reader: w.called("eve").Actor})
	require.NoError(t, err)
	require.Len(t, all, 1)
}

// almostMissed is a contract in force whose last second to give notice is the next one,
// as its process would go on with it in a new run.
func (w *world) almostMissed(with itsm.Supplier) itsm.Number {
	w.t.Helper()
	ctx, at := w.t.Context(), time.Now().UTC().Truncate(time.Microsecond)
	c := itsm.Contract{Number: "CON-77", Reporter: "eve", Door: itsm.DoorAPI, PolicyVersion: with.PolicyVersion, RaisedAt: at}
	c.State, c.Revision, c.Since = itsm.ContractNew, 1, at
	c.Begin(contractOf(with.Number), with.Tier)
	e := itsm.Event{Number: c.Number, Revision: 1, Kind: itsm.EventContractRaised, At: at, Actor: "eve", Door: itsm.DoorAPI, To: itsm.State(c.State)}
	by := db.Provenance{WorkflowID: string(c.Number), RunID: "before"}
	require.NoError(w.t, w.owner.RecordContract(ctx, c, e, by))
	step := func(e itsm.Event) {
		c.Revision++
		e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = c.Number, c.Revision, at, itsm.System, itsm.DoorSystem, itsm.State(c.State)
		require.NoError(w.t, w.owner.StepContract(ctx, c.Number, c.Step(e), by))
	}
	step(c.Draft(at))
	step(c.Propose(w.called("eve").Actor, itsm.ProposalRequest{Decision: itsm.ApproveContract, Note: "n", Effect: "e"}, at))
	c.Become(itsm.ContractApproved, at)
	c.Become(itsm.ContractActive, at)
	c.Proposal.Open, c.Deciding = false, itsm.Ballot{}
	far, soon := at.AddDate(0, 6, 0), at.Add(2*time.Second)
	date := func(when time.Time) itsm.Expiry { return itsm.Expiry{On: itsm.DateOf(when), At: &when} }
	c.Begins, c.DecideBy, c.NoticeBy, c.Ends, c.ReviewBy = date(at), date(at), date(soon), date(far), date(far)
	c.Begins.Passed, c.DecideBy.Passed = true, true
	step(itsm.Event{Kind: itsm.EventContractBegan, From: itsm.State(itsm.ContractUnderReview)})
	_, err := w.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: string(c.Number), TaskQueue: workflows.Queue},
		workflows.ContractType, c.Number, &workflows.CarriedContract{
			Contract: c, Terms: itsm.DefaultSupplierPolicy, Going: workflows.Going{Begun: c.Revision, Runs: 1},
		})
	require.NoError(w.t, err)
	return c.Number
}
