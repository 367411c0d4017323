package db_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/itsm"
)

// correctiveRows puts a corrective action into its table.
func (b book) correctiveRows(t *testing.T) {
	t.Helper()
	c, e := amiss("CAR-1")
	first := c
	b.keepCorrective(t.Context(), t, first, e, bettered(t, &c)[:2]...)
}

const (
	hasCause  = `, "root_cause": {}`
	isPlanned = hasCause + `, "plan": {"by": "eve", "accepted_by": "quin"}`
)

var brokenCorrective = [][3]string{
	{"corrective_actions", "number = 'CHG-1'", "corrective_actions_number_form"},
	{"corrective_actions", text("more", "repeat('x', 65536)"), "corrective_actions_text_bounds"},
	{"corrective_actions", text("title", "' '::text"), "corrective_actions_title_bounds"},
	{"corrective_actions", text("nonconformity", "''::text"), "corrective_actions_nonconformity_bounds"},
	{"corrective_actions", text("nonconformity", "repeat('x', 4001)"), "corrective_actions_nonconformity_bounds"},
	{"corrective_actions", text("correction", "repeat('x', 4001)"), "corrective_actions_correction_bounds"},
	{"corrective_actions", text("service", "''::text"), "corrective_actions_service_bounds"},
	{"corrective_actions", text("raised_by", "'odd'::text"), "corrective_actions_raised_by_known"},
	{"corrective_actions", "text = text || '{\"raised_by\": \"review\", \"source\": \"x\"}'", "corrective_actions_source_form"},
	{"corrective_actions", text("source", "'INC-1'::text"), "corrective_actions_source_fits"},
	{"corrective_actions", text("raised_by", "'manual'::text"), "corrective_actions_source_fits"},
	{"corrective_actions", standing("more", "repeat('x', 4194304)"), "corrective_actions_standing_bounds"},
	{"corrective_actions", standing("state", "'lost'::text"), "corrective_actions_state_known"},
	{"corrective_actions", standing("revision", "0"), "corrective_actions_revision_positive"},
	{"corrective_actions", standing("severity", "'P1'::text"), "corrective_actions_severity_known"},
	{"corrective_actions", standing("owner", "''::text"), "corrective_actions_owner_bounds"},
	{"corrective_actions", standing("team", "repeat('x', 101)"), "corrective_actions_team_bounds"},
	{"corrective_actions", standing("state", "'cause_known'::text"), "corrective_actions_cause_known_has_cause"},
	{"corrective_actions", stands("plan_proposed", hasCause), "corrective_actions_planned_has_plan"},
	{"corrective_actions", stands("planned", hasCause+`, "plan": {"by": "eve"}`), "corrective_actions_plan_is_accepted"},
	{"corrective_actions", stands("planned", hasCause+`, "plan": {"by": "eve", "accepted_by": "eve"}`), "corrective_actions_plan_is_accepted"},
	{"corrective_actions", stands("implemented", isPlanned), "corrective_actions_implemented_is_verified_later"},
	{"corrective_actions", stands("closed", isPlanned+`, "verification": {"by": "qia", "effective": false}`) + ", " + aProblemOver, "corrective_actions_closed_is_effective"},
	{"corrective_actions", stands("closed", isPlanned+`, "verification": {"by": "eve", "effective": true}`) + ", " + aProblemOver, "corrective_actions_closed_is_effective"},
	{"corrective_actions", standing("state", "'withdrawn'::text"), "corrective_actions_final_has_closed_at"},
	{"corrective_actions", standing("state", "'withdrawn'::text") + ", closed_at = now()", "corrective_actions_final_waits_for_nobody"},
	{"corrective_actions", "waits_for = '{bob,NULL}'", "corrective_actions_waits_for_bounds"},
	{"corrective_actions", "waits_roles = '{\"\"}'", "corrective_actions_waits_roles_bounds"},
	{"corrective_actions", "reporter = ''", "corrective_actions_reporter_bounds"},
	{"corrective_actions", "door = 'window'", "corrective_actions_door_known"},
	{"corrective_actions", "policy_version = 0", "corrective_actions_policy_version_positive"},
	{"events", "to_state = 'declined' WHERE number = 'CAR-1'", "events_state_known"},
	{"events", "from_state = 'in_progress' WHERE number = 'CAR-1'", "events_state_known"},
}

func TestACorrectiveActionThatThingsHappenedToStays(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.correctiveRows(t)
	super := conn(t, b.url)
	for statement, name := range map[string]string{
		"DELETE FROM corrective_actions":                        "corrective_actions_number_needed",
		"UPDATE corrective_actions SET number = 'CAR-2'":        "corrective_actions_number_needed",
		"UPDATE events SET number = 'CAR-2' WHERE revision = 1": "events_number_recorded",
	} {
		_, err := super.Exec(ctx, statement)
		require.Equal(t, name, constraintOf(t, err), statement)
	}
	_, err := super.Exec(ctx, "DELETE FROM audit_personal; DELETE FROM events; DELETE FROM corrective_actions")
	require.NoError(t, err, "nothing is left that needs it")
}

func TestEveryStateOfACorrectiveActionCanBeKept(t *testing.T) {
	super := conn(t, open(t).url)
	allowed := func(constraint string, value any) bool {
		return count(t, super, "SELECT count(*) FROM pg_constraint WHERE conname = $1 AND pg_get_constraintdef(oid) LIKE '%''' || $2::text || '''::text%'",
			constraint, value) == 1
	}
	for _, s := range itsm.CorrectiveStates {
		require.True(t, allowed("corrective_actions_state_known", s), "%s", s)
		require.True(t, allowed("events_state_known", s), "%s", s)
	}
	for _, s := range itsm.Severities {
		require.True(t, allowed("corrective_actions_severity_known", s), "%s", s)
	}
	for _, o := range itsm.CorrectiveOrigins {
		require.True(t, allowed("corrective_actions_raised_by_known", o), "%s", o)
	}
}

func TestTheSchemaOfCorrectiveActionsGoesUpDownAndUp(t *testing.T) {
	at, ctx := before(t, 8), t.Context()
	c, goose := conn(t, at), migrations(t, at)
	without := schemaOf(t, c)
	beside := dbtest.Open(t, at, db.Worker)
	p, e := suspected("PRB-1")
	require.NoError(t, beside.RecordProblem(ctx, p, e, from), "as the version before does")
	up := func() {
		t.Helper()
		_, err := goose.UpTo(ctx, 9)
		require.NoError(t, err)
	}
	up()
	with := schemaOf(t, c)
	require.NotEqual(t, without, with)
	_, err := goose.DownTo(ctx, 8)
	require.NoError(t, err)
	require.Equal(t, without, schemaOf(t, c))
	up()
	require.Equal(t, with, schemaOf(t, c))

	worker := dbtest.Open(t, at, db.Worker)
	car, raised := amiss("CAR-1")
	require.NoError(t, worker.RecordCorrective(ctx, car, raised, from))
	_, err = goose.DownTo(ctx, 8)
	require.Error(t, err, "what happened to a corrective action is not thrown away")
	require.Equal(t, with, schemaOf(t, c))
}
