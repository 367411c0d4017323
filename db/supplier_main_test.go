package db_test

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var (
	sam = acting("sam", itsm.SupplierManager)
	col = acting("col", itsm.CommercialManager)
	cyd = acting("cyd", itsm.CommercialManager)
)

// supplying is a supplier as it is saved for the first time.
func supplying(n itsm.Number) (itsm.Supplier, itsm.Event) {
	r := itsm.Supplier{Number: n, Reporter: "sam", Door: itsm.DoorAPI, PolicyVersion: 1, RaisedAt: noon}
	r.State, r.Revision, r.Since = itsm.SupplierNew, 1, noon
	r.Begin(itsm.SupplierProfile{
		Name: "Hosting <Ltd>", Supplies: "The \"machines\".\nAll of them.", Tier: itsm.TierCritical, Owner: "eve", Deputy: "max",
		Services: []itsm.ServiceID{"shop"}, Contacts: []itsm.Contact{{Name: "Zoe", For: "Escalations", Phone: "1"}},
	})
	return r, itsm.Event{
		Number: n, Revision: 1, Kind: itsm.EventSupplierRaised, At: noon, Actor: "sam", Door: itsm.DoorAPI, To: itsm.State(itsm.SupplierNew),
	}
}

// asHistoryHasIt is a copy of a step, as it is once it went through history.
func asHistoryHasIt[S any](t require.TestingT, step S) (kept S) {
	text, err := json.Marshal(step)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &kept))
	return kept
}

// alwaysOpen gives the hours of every calendar.
func alwaysOpen(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }

// gone carries a supplier from its proposal until it is left, and returns what each of
// the events left.
func gone(t require.TestingT, r *itsm.Supplier) (steps []itsm.SupplierStep) {
	at, policy := r.RaisedAt, itsm.DefaultSupplierPolicy
	step := func(who itsm.PersonID, act func() itsm.Event) {
		at = at.Add(time.Minute)
		e := act()
		r.Revision++
		e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = r.Number, r.Revision, at, who, itsm.DoorSlack, itsm.State(r.State)
		steps = append(steps, asHistoryHasIt(t, r.Step(e)))
	}
	move := func(to itsm.SupplierState) {
		step("sam", func() itsm.Event { return r.Move(sam, itsm.MoveRequest{To: to, Note: "Because.", Evidence: seen}, at) })
	}
	step(itsm.System, func() itsm.Event { return r.Propose(at) })
	move(itsm.SupplierDueDiligence)
	step("eve", func() itsm.Event {
		return r.Assess(eve, itsm.DiligenceRequest{Suitable: true, Note: "Sound.", Evidence: seen}, policy, at)
	})
	step("eve", func() itsm.Event {
		return r.Certify(eve, itsm.CertificateRequest{Name: "ISO 27001", Expires: itsm.DateOf(noon) + 60}, at)
	})
	step(itsm.System, func() itsm.Event {
		reckoned, err := r.Reckon(policy, alwaysOpen, at)
		require.NoError(t, err)
		return r.Take(reckoned)
	})
	move(itsm.SupplierOnboarding)
	move(itsm.SupplierActive)
	step(itsm.System, func() itsm.Event {
		points := 40
		e, ok := r.Rate(itsm.Rating{Review: r.Number + "/2026-01", Score: itsm.Score{Points: &points, Band: itsm.BandD, Parts: []itsm.Part{}}}, at)
		require.True(t, ok)
		return e
	})
	step("eve", func() itsm.Event {
		return r.PlanExit(eve, itsm.ExitRequest{Text: "Move away.", Tested: true}, policy, at)
	})
	move(itsm.SupplierExitPlanned)
	move(itsm.SupplierExiting)
	move(itsm.SupplierOffboarded)
	return steps
}

// agreed is a contract with a supplier as it is saved for the first time.
func agreed(n, with itsm.Number) (itsm.Contract, itsm.Event) {
	c := itsm.Contract{Number: n, Reporter: "col", Door: itsm.DoorAPI, PolicyVersion: 1, RaisedAt: noon}
	c.State, c.Revision, c.Since = itsm.ContractNew, 1, noon
	day := itsm.DateOf(noon)
	c.Begin(itsm.ContractDraft{
		Title: "Hosting <2026>", Supplier: with, Owner: "col", Services: []itsm.ServiceID{"shop"},
		ContractTerms: itsm.ContractTerms{
			Supplies: "Machines", Duties: "They run \"them\".", Start: day + 10, End: day + 375,
			Notice: itsm.DateSpan{Months: 3}, Renewal: itsm.DateSpan{Months: 12},
			Targets: []itsm.ContractTarget{{
				Name: "Availability", Criterion: itsm.ByServiceLevel, Unit: "percent", Goal: itsm.Goal{Full: 99_900, None: 99_000},
			}},
			Document: itsm.ContractDocument{URL: "https://example.com/c.pdf", Digest: strings.Repeat("0a", 32)},
		},
	}, itsm.TierCritical)
	return c, itsm.Event{
		Number: n, Revision: 1, Kind: itsm.EventContractRaised, At: noon, Actor: "col", Door: itsm.DoorAPI, To: itsm.State(itsm.ContractNew),
	}
}

// ended carries a contract from its draft, through approval, a notice that was missed
// and another that was given, to its end, and returns what each of the events left.
func ended(t require.TestingT, c *itsm.Contract) (steps []itsm.ContractStep) {
	at, policy := c.RaisedAt, itsm.DefaultSupplierPolicy
	step := func(who itsm.PersonID, act func() itsm.Event) {
		at = at.Add(time.Minute)
		e := act()
		c.Revision++
		e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = c.Number, c.Revision, at, who, itsm.DoorSlack, itsm.State(c.State)
		steps = append(steps, asHistoryHasIt(t, c.Step(e)))
	}
	reckon := func() {
		if c.Unreckoned() {
			step(itsm.System, func() itsm.Event {
				r, err := c.Reckon(policy, alwaysOpen, at)
				require.NoError(t, err)
				return c.Take(r)
			})
		}
	}
	decide := func(r itsm.ProposalRequest) {
		r.Note, r.Effect = "Because.", "None."
		step("col", func() itsm.Event { return c.Propose(col, r, at) })
		step(itsm.System, func() itsm.Event {
			o := itsm.Opening{
				Round: c.Deciding.Round, Stage: 1, Of: 1, Name: "Contract", At: at, ExpireAt: at.Add(48 * time.Hour),
				Panels: []itsm.Panel{{Name: "Deciders", Who: itsm.Group{Role: itsm.CommercialManager}, Need: 1, Veto: true, Named: []itsm.PersonID{"col", "cyd"}}},
			}
			c.OpenStage(o)
			return itsm.Event{Kind: itsm.EventContractDecisionOpened, From: itsm.State(c.State), Detail: &itsm.Detail{Opening: &o}}
		})
		step("cyd", func() itsm.Event {
			return c.Decide(cyd, itsm.DecisionRequest{Verdict: itsm.Approve, Note: "Well."}, policy, at)
		})
		reckon()
	}
	until := func(kind itsm.EventKind) {
		for {
			d, comes := c.Next()
			require.True(t, comes, "%s", kind)
			if d.At.After(at) {
				at = d.At
			}
			step(itsm.System, func() itsm.Event {
				e, happened := c.Fall(d, policy, at)
				require.True(t, happened)
				return e
			})
			reckon()
			if d.Kind == kind {
				return
			}
		}
	}
	step(itsm.System, func() itsm.Event { return c.Draft(at) })
	decide(itsm.ProposalRequest{Decision: itsm.ApproveContract})
	until(itsm.EventNoticeMissed)
	step(itsm.System, func() itsm.Event {
		e, ok := c.Corrected("CAR-9")
		require.True(t, ok)
		return e
	})
	decide(itsm.ProposalRequest{Decision: itsm.TerminateContract})
	step("col", func() itsm.Event { return c.GiveNotice(col, itsm.GiveNoticeRequest{Evidence: seen}, at) })
	reckon()
	until(itsm.EventContractEnded)
	return steps
}

func (b book) keepSupplier(ctx context.Context, t require.TestingT, r itsm.Supplier, e itsm.Event, steps ...itsm.SupplierStep) {
	require.NoError(t, b.worker.RecordSupplier(ctx, r, e, from))
	for _, step := range steps {
		require.NoError(t, b.worker.StepSupplier(ctx, r.Number, step, from), "%s", step.Event.Kind)
	}
}

func (b book) keepContract(ctx context.Context, t require.TestingT, c itsm.Contract, e itsm.Event, steps ...itsm.ContractStep) {
	require.NoError(t, b.worker.RecordContract(ctx, c, e, from))
	for _, step := range steps {
		require.NoError(t, b.worker.StepContract(ctx, c.Number, step, from), "%s", step.Event.Kind)
	}
}
