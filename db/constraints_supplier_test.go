package db_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/itsm"
)

// supplierRows puts a supplier and a contract into their tables.
func (b book) supplierRows(t *testing.T) {
	t.Helper()
	r, e := supplying("SUP-1")
	first := r
	b.keepSupplier(t.Context(), t, first, e, gone(t, &r)[:2]...)
	c, raised := agreed("CON-1", "SUP-1")
	draft := c
	b.keepContract(t.Context(), t, draft, raised, ended(t, &c)[:2]...)
}

var brokenSuppliers = [][3]string{
	{"suppliers", "number = 'CHG-1'", "suppliers_number_form"},
	{"suppliers", standing("more", "repeat('x', 4194304)"), "suppliers_standing_bounds"},
	{"suppliers", standing("name", "' '::text"), "suppliers_name_bounds"},
	{"suppliers", standing("name", "repeat('x', 121)"), "suppliers_name_bounds"},
	{"suppliers", standing("kind", "'odd'::text"), "suppliers_kind_known"},
	{"suppliers", standing("tier", "'odd'::text"), "suppliers_tier_known"},
	{"suppliers", standing("state", "'lost'::text"), "suppliers_state_known"},
	{"suppliers", standing("revision", "0"), "suppliers_revision_positive"},
	{"suppliers", standing("owner", "''::text"), "suppliers_owner_bounds"},
	{"suppliers", standing("deputy", "'eve'::text"), "suppliers_deputy_is_another"},
	{"suppliers", standing("deputy", "''::text"), "suppliers_deputy_is_another"},
	{"suppliers", standing("state", "'active'::text"), "suppliers_onboarded_were_assessed"},
	{"suppliers", stands("exit_planned", `, "due_diligence": {}`), "suppliers_exit_is_planned"},
	{"suppliers", standing("state", "'rejected'::text"), "suppliers_final_has_closed_at"},
	{"suppliers", standing("state", "'rejected'::text") + ", closed_at = now(), waits_for = '{eve}'", "suppliers_final_waits_for_nobody"},
	{"suppliers", "waits_for = '{bob,NULL}'", "suppliers_waits_for_bounds"},
	{"suppliers", "waits_roles = '{\"\"}'", "suppliers_waits_roles_bounds"},
	{"suppliers", "reporter = ''", "suppliers_reporter_bounds"},
	{"suppliers", "door = 'window'", "suppliers_door_known"},
	{"suppliers", "policy_version = 0", "suppliers_policy_version_positive"},
	{"contracts", "number = 'CHG-1'", "contracts_number_form"},
	{"contracts", "supplier = 'SUP-404'", "contracts_with_supplier"},
	{"contracts", "title = ' '", "contracts_title_bounds"},
	{"contracts", "title = repeat('x', 121)", "contracts_title_bounds"},
	{"contracts", "tier = 'odd'", "contracts_tier_known"},
	{"contracts", "services = '{shop,NULL}'", "contracts_services_bounds"},
	{"contracts", standing("more", "repeat('x', 4194304)"), "contracts_standing_bounds"},
	{"contracts", standing("state", "'lost'::text"), "contracts_state_known"},
	{"contracts", standing("revision", "0"), "contracts_revision_positive"},
	{"contracts", standing("owner", "''::text"), "contracts_owner_bounds"},
	{"contracts", standing("end", "'2026-01-01'::text"), "contracts_end_after_they_start"},
	{"contracts", "standing = standing - 'start'", "contracts_end_after_they_start"},
	{"contracts", standing("document", "'{\"digest\": \"0A\"}'::jsonb"), "contracts_document_is_known"},
	{"contracts", standing("state", "'active'::text"), "contracts_approved_by_another"},
	{"contracts", standing("given", "'{\"evidence\": []}'::jsonb"), "contracts_notice_is_shown"},
	{"contracts", standing("state", "'cancelled'::text"), "contracts_final_has_closed_at"},
	{"contracts", standing("state", "'cancelled'::text") + ", closed_at = now(), waits_for = '{col}'", "contracts_final_waits_for_nobody"},
	{"contracts", "waits_for = '{bob,NULL}'", "contracts_waits_for_bounds"},
	{"contracts", "waits_roles = '{\"\"}'", "contracts_waits_roles_bounds"},
	{"contracts", "reporter = ''", "contracts_reporter_bounds"},
	{"contracts", "door = 'window'", "contracts_door_known"},
	{"contracts", "policy_version = 0", "contracts_policy_version_positive"},
	{"events", "to_state = 'closed' WHERE number = 'SUP-1'", "events_state_known"},
	{"events", "from_state = 'closed' WHERE number = 'CON-1'", "events_state_known"},
}

func TestASupplierOrAContractThatThingsHappenedToStays(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.supplierRows(t)
	super := conn(t, b.url)
	for _, x := range [][2]string{
		{"DELETE FROM contracts", "contracts_number_needed"},
		{"UPDATE contracts SET number = 'CON-2'", "contracts_number_needed"},
		{"DELETE FROM suppliers", "contracts_with_supplier"},
		{"DELETE FROM contracts; DELETE FROM suppliers", "contracts_number_needed"},
		{"UPDATE events SET number = 'SUP-2' WHERE number = 'SUP-1' AND revision = 1", "events_number_recorded"},
		{"UPDATE events SET number = 'CON-2' WHERE number = 'CON-1' AND revision = 1", "events_number_recorded"},
	} {
		statement, name := x[0], x[1]
		_, err := super.Exec(ctx, statement)
		require.Equal(t, name, constraintOf(t, err), statement)
	}
	_, err := super.Exec(ctx, "DELETE FROM audit_personal; DELETE FROM events; DELETE FROM contracts; DELETE FROM suppliers")
	require.NoError(t, err, "nothing is left that needs them")
}

func TestEveryStateOfASupplierAContractAndAReviewCanBeKept(t *testing.T) {
	super := conn(t, open(t).url)
	allowed := func(constraint string, value any) bool {
		return count(t, super, "SELECT count(*) FROM pg_constraint WHERE conname = $1 AND pg_get_constraintdef(oid) LIKE '%''' || $2::text || '''::text%'",
			constraint, value) == 1
	}
	for _, s := range itsm.SupplierStates {
		require.True(t, allowed("suppliers_state_known", s) && allowed("events_state_known", s), "%s", s)
	}
	for _, s := range itsm.ContractStates {
		require.True(t, allowed("contracts_state_known", s) && allowed("events_state_known", s), "%s", s)
	}
	for _, s := range itsm.ReviewStates {
		require.True(t, allowed("events_state_known", s), "%s", s)
	}
	for _, k := range itsm.SupplierKinds {
		require.True(t, allowed("suppliers_kind_known", k), "%s", k)
	}
	for _, k := range itsm.SupplierTiers {
		require.True(t, allowed("suppliers_tier_known", k) && allowed("contracts_tier_known", k), "%s", k)
	}
}

// What package itsm takes for a record's number, the database does, too.
func TestTheDatabaseKnowsTheSameNumbers(t *testing.T) {
	super := conn(t, open(t).url)
	for _, n := range []itsm.Number{
		"CHG-1", "SUP-4", "CON-9999999999", "SUP-4/2026", "SUP-4/2026-Q4", "SUP-4/2026-H2", "SUP-4/2026-12",
		"", "CHG-0", "CHGX-1", "CON-4/2026", "SUP-4/2026-Q5", "SUP-4/2026-13", "SUP-4/2026-H3", "SUP-4/", "SUP-4/2026-Q4 ", "SUP-0/2026",
	} {
		require.Equal(t, n.Check() == nil, count(t, super, "SELECT record_number($1)::integer", n) == 1, "%q", n)
	}
}

func TestTheSchemaOfSuppliersGoesUpDownAndUp(t *testing.T) {
	at, ctx := before(t, 10), t.Context()
	c, goose := conn(t, at), migrations(t, at)
	without := schemaOf(t, c)
	beside := dbtest.Open(t, at, db.Worker)
	car, raised := amiss("CAR-1")
	require.NoError(t, beside.RecordCorrective(ctx, car, raised, from), "as the version before does")
	up := func() {
		t.Helper()
		_, err := goose.UpTo(ctx, 11)
		require.NoError(t, err)
	}
	up()
	with := schemaOf(t, c)
	require.NotEqual(t, without, with)
	_, err := goose.DownTo(ctx, 10)
	require.NoError(t, err)
	require.Equal(t, without, schemaOf(t, c))
	up()
	require.Equal(t, with, schemaOf(t, c))

	r, e := supplying("SUP-1")
	require.NoError(t, dbtest.Open(t, at, db.Worker).RecordSupplier(ctx, r, e, from))
	_, err = goose.DownTo(ctx, 10)
	require.Error(t, err, "what happened to a supplier is not thrown away")
	require.Equal(t, with, schemaOf(t, c))
}
