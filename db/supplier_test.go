package db_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

func TestASupplierAndItsContractAreReadAsTheyWereSaved(t *testing.T) {
	b, ctx := open(t), t.Context()
	n, err := b.desk.NextSupplierNumber(ctx)
	require.NoError(t, err)
	require.Equal(t, itsm.Number("SUP-1"), n)
	r, e := supplying(n)
	first := r
	steps := gone(t, &r)
	b.keepSupplier(ctx, t, first, e, steps...)
	got, err := b.desk.Supplier(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(r, got, cmpopts.EquateEmpty()))
	require.Equal(t, itsm.SupplierOffboarded, got.State)

	n, err = b.desk.NextContractNumber(ctx)
	require.NoError(t, err)
	require.Equal(t, itsm.Number("CON-1"), n)
	c, raised := agreed(n, "SUP-1")
	draft := c
	told := ended(t, &c)
	b.keepContract(ctx, t, draft, raised, told...)
	signed, err := b.desk.Contract(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c, signed, cmpopts.EquateEmpty()))
	require.Equal(t, itsm.ContractTerminated, signed.State)
	timeline, err := b.desk.Timeline(ctx, n)
	require.NoError(t, err)
	require.Len(t, timeline, len(told)+1)
	for k, step := range told {
		require.Empty(t, cmp.Diff(step.Event, timeline[k+1]), "with the vote")
	}
	for _, read := range []func() error{
		func() error { _, err := b.desk.Supplier(ctx, "SUP-404"); return err },
		func() error { _, err := b.desk.Contract(ctx, "CON-404"); return err },
	} {
		refused(t, read(), itsm.NotFound, "record.not_found")
	}
}

func TestASaveOfASupplierOrAContractThatDoesNotAgreeIsNotMade(t *testing.T) {
	b, ctx := open(t), t.Context()
	r, e := supplying("SUP-1")
	first := r
	steps := gone(t, &r)
	refused(t, b.worker.StepSupplier(ctx, "SUP-1", steps[0], from), itsm.Unavailable, "record.not_recorded_yet")
	wrong := e
	wrong.To = itsm.State(itsm.SupplierActive)
	require.ErrorContains(t, b.worker.RecordSupplier(ctx, first, wrong, from), "its event is active")
	wrong.Number = "SUP-2"
	require.ErrorContains(t, b.worker.RecordSupplier(ctx, first, wrong, from), "does not begin with")
	b.keepSupplier(ctx, t, first, e, steps[0])
	other := first
	other.Name = "Another"
	refused(t, b.worker.RecordSupplier(ctx, other, e, from), itsm.Internal, "record.diverged")
	require.ErrorContains(t, b.worker.StepSupplier(ctx, "SUP-2", steps[1], from), "the event is of SUP-1")
	steps[0].Standing.Name = "Another"
	refused(t, b.worker.StepSupplier(ctx, "SUP-1", steps[0], from), itsm.Internal, "record.diverged")

	c, raised := agreed("CON-1", "SUP-1")
	draft := c
	told := ended(t, &c)
	refused(t, b.worker.StepContract(ctx, "CON-1", told[0], from), itsm.Unavailable, "record.not_recorded_yet")
	wrong = raised
	wrong.To = itsm.State(itsm.ContractActive)
	require.ErrorContains(t, b.worker.RecordContract(ctx, draft, wrong, from), "its event is active")
	wrong.Number = "CON-2"
	require.ErrorContains(t, b.worker.RecordContract(ctx, draft, wrong, from), "does not begin with")
	b.keepContract(ctx, t, draft, raised, told[0])
	require.ErrorContains(t, b.worker.StepContract(ctx, "CON-2", told[1], from), "the event is of CON-1")
	told[0].Standing.Owner = "max"
	refused(t, b.worker.StepContract(ctx, "CON-1", told[0], from), itsm.Internal, "record.diverged")
}

// Steps may arrive twice, late or out of order: the row keeps the newest.
func TestAnyOrderOfSavesOfASupplierAndItsContractLeavesTheSame(t *testing.T) {
	b, ctx, nth := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		nth++
		r, e := supplying(itsm.SupplierNumber(nth))
		first := r
		steps := gone(t, &r)
		b.keepSupplier(ctx, t, first, e, rapid.Permutation(append(slices.Clone(steps), steps[0])).Draw(t, "order")...)
		got, err := b.desk.Supplier(ctx, r.Number)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(r, got, cmpopts.EquateEmpty()))
		c, raised := agreed(itsm.ContractNumber(nth), r.Number)
		draft := c
		told := ended(t, &c)
		b.keepContract(ctx, t, draft, raised, rapid.Permutation(append(slices.Clone(told), told[0])).Draw(t, "order")...)
		signed, err := b.desk.Contract(ctx, c.Number)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(c, signed, cmpopts.EquateEmpty()))
	})
}

// The audit says who decided and what on, and not what people wrote.
func TestTheAuditSaysWhatHappenedToASupplierAndItsContract(t *testing.T) {
	b, ctx := open(t), t.Context()
	r, e := supplying("SUP-1")
	first := r
	b.keepSupplier(ctx, t, first, e, gone(t, &r)...)
	c, raised := agreed("CON-1", "SUP-1")
	draft := c
	b.keepContract(ctx, t, draft, raised, ended(t, &c)...)
	super := conn(t, b.url)
	for action, facts := range map[string]string{
		"supplier.raised":                   `{"owner": "eve", "deputy": "max", "tier": "critical", "services": "shop", "reporter": "sam"}`,
		"supplier.assessed":                 `{"assessed_by": "eve", "suitable": "true", "again_on": "2027-03-02", "evidence": "INC-101"}`,
		"supplier.certificate":              `{"certificate": "1", "expires_on": "2026-05-01"}`,
		"supplier.rated":                    `{"review": "SUP-1/2026-01", "band": "D", "points": "40"}`,
		"supplier.exit_plan":                `{"exit_planned_by": "eve"}`,
		"supplier.moved":                    `{"to": "offboarded"}`,
		"contract.raised":                   `{"supplier": "SUP-1", "owner": "col", "tier": "critical", "services": "shop"}`,
		"contract.proposed":                 `{"decision": "terminate", "proposed_by": "col"}`,
		"contract_decision.approved":        `{"by": "cyd", "verdict": "approve", "decision": "approve"}`,
		"contract.notice_missed":            `{"on": "2026-12-12"}`,
		"contract.corrective_action":        `{"corrective_action": "CAR-9"}`,
		"contract.notice_given":             `{}`,
		"contract_decision.approval_opened": `{"named": "col,cyd"}`,
	} {
		require.Positive(t, count(t, super, "SELECT count(*) FROM audit_entries WHERE action = $1 AND facts @> $2::jsonb", action, facts), action)
	}
	for _, wrote := range []string{"Because.", "Well.", "Sound.", "Move away", "Hosting", "They run", "Machines"} {
		require.Zero(t, count(t, super, "SELECT count(*) FROM audit_entries WHERE facts::text LIKE '%' || $1 || '%'", wrote), wrote)
	}
	require.Equal(t, 2, count(t, super, "SELECT count(*) FROM decisions WHERE number = 'CON-1' AND person = 'cyd'"))
}

func TestTheListsOfSuppliersAndContractsAreNarrowedAsAsked(t *testing.T) {
	b, ctx := open(t), t.Context()
	for k := range int64(3) { // SUP-1 is proposed, SUP-2 active, SUP-3 over; each has a contract as far
		r, e := supplying(itsm.SupplierNumber(k + 1))
		if k == 0 {
			r.Tier, r.Services = itsm.TierStandard, []itsm.ServiceID{"mail", "shop"}
		}
		first := r
		steps := gone(t, &r)
		b.keepSupplier(ctx, t, first, e, steps[:[]int{1, 7, len(steps)}[k]]...)
		c, raised := agreed(itsm.ContractNumber(k+1), r.Number)
		draft := c
		told := ended(t, &c)
		b.keepContract(ctx, t, draft, raised, told[:[]int{1, 3, len(told)}[k]]...)
	}
	zoe := reader("zoe", itsm.CommercialManager)
	suppliers := func(f db.SupplierFilter) (all []itsm.Number) {
		f.Reader = zoe
		got, err := b.desk.Suppliers(ctx, f)
		require.NoError(t, err)
		for _, r := range got {
			all = append(all, r.Number)
		}
		return all
	}
	contracts := func(f db.ContractFilter) (all []itsm.Number) {
		f.Reader = zoe
		got, err := b.desk.Contracts(ctx, f)
		require.NoError(t, err)
		for _, c := range got {
			all = append(all, c.Number)
		}
		return all
	}
	for _, row := range []struct {
		want []itsm.Number
		f    db.SupplierFilter
	}{
		{[]itsm.Number{"SUP-3", "SUP-2", "SUP-1"}, db.SupplierFilter{}},
		{[]itsm.Number{"SUP-2", "SUP-1"}, db.SupplierFilter{Open: true}},
		{[]itsm.Number{"SUP-2"}, db.SupplierFilter{State: itsm.SupplierActive}},
		{[]itsm.Number{"SUP-1"}, db.SupplierFilter{Tier: itsm.TierStandard}},
		{[]itsm.Number{"SUP-1"}, db.SupplierFilter{Service: "mail"}},
		{[]itsm.Number{"SUP-3", "SUP-2", "SUP-1"}, db.SupplierFilter{Service: "shop", Owner: "max"}},
		{nil, db.SupplierFilter{Owner: "sam"}},
		{[]itsm.Number{"SUP-1"}, db.SupplierFilter{WaitingFor: sam}},
		{nil, db.SupplierFilter{WaitingFor: col}},
		{[]itsm.Number{"SUP-1"}, db.SupplierFilter{Before: db.Cursor{RaisedAt: noon, Number: 2}}},
	} {
		require.Equal(t, row.want, suppliers(row.f), "%+v", row.f)
	}
	for _, row := range []struct {
		want []itsm.Number
		f    db.ContractFilter
	}{
		{[]itsm.Number{"CON-3", "CON-2", "CON-1"}, db.ContractFilter{}},
		{[]itsm.Number{"CON-2", "CON-1"}, db.ContractFilter{Open: true, Owner: "col"}},
		{[]itsm.Number{"CON-2"}, db.ContractFilter{State: itsm.ContractUnderReview}},
		{[]itsm.Number{"CON-3"}, db.ContractFilter{Supplier: "SUP-3"}},
		{nil, db.ContractFilter{Owner: "cyd"}},
		{[]itsm.Number{"CON-2"}, db.ContractFilter{WaitingFor: cyd}},
		{[]itsm.Number{"CON-1"}, db.ContractFilter{WaitingFor: col}},
		{[]itsm.Number{"CON-1"}, db.ContractFilter{Before: db.Cursor{RaisedAt: noon, Number: 2}}},
	} {
		require.Equal(t, row.want, contracts(row.f), "%+v", row.f)
	}
	_, err := b.desk.Contracts(ctx, db.ContractFilter{Reader: reader("eve", itsm.Responder)})
	refused(t, err, itsm.Forbidden, "actor.permission")
	_, err = b.desk.Suppliers(ctx, db.SupplierFilter{Reader: reader("eve", itsm.Responder)})
	require.NoError(t, err)
	for _, limit := range []int{-1, db.MaxPage + 1} {
		_, err = b.desk.Suppliers(ctx, db.SupplierFilter{Reader: zoe, Limit: limit})
		refused(t, err, itsm.Invalid, "list.limit")
		_, err = b.desk.Contracts(ctx, db.ContractFilter{Reader: zoe, Limit: limit})
		refused(t, err, itsm.Invalid, "list.limit")
	}
	about, err := b.desk.Relations(ctx, zoe, "SUP-2")
	require.NoError(t, err)
	require.Equal(t, []itsm.Relation{{From: "CON-2", Kind: itsm.Related, To: "SUP-2", By: "col", At: noon}}, about)
	about, err = b.desk.Relations(ctx, reader("eve", itsm.Responder), "SUP-2")
	require.NoError(t, err)
	require.Empty(t, about, "that there is a contract is commercial, too")
}
