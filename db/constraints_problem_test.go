package db_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// problemRows puts a row into each table of problems: one that is being investigated.
func (b book) problemRows(t *testing.T) {
	t.Helper()
	p, e := suspected("PRB-1")
	s := &problemStory{Problem: p, at: noon}
	s.log(t)
	s.accept(t, "eve")
	b.keep(t.Context(), t, p, e, s.steps...)
	require.NoError(t, b.worker.KeepTrends(t.Context(), noon, []itsm.Trend{{ID: "similar_item/db-1"}}))
}

const aProblemOver = "closed_at = now(), waits_for = '{}', waits_roles = '{}', due_at = NULL"

// stands is a standing of a state, with whatever else.
func stands(of, more string) string {
	return `standing = standing || '{"state": "` + of + `"` + more + `}'`
}

var brokenProblems = [][3]string{
	{"problems", "number = 'CHG-1'", "problems_number_form"},
	{"problems", text("more", "repeat('x', 65536)"), "problems_text_bounds"},
	{"problems", text("title", "' '::text"), "problems_title_bounds"},
	{"problems", text("title", "repeat('é', 121)"), "problems_title_bounds"},
	{"problems", text("description", "repeat('x', 4001)"), "problems_description_bounds"},
	{"problems", text("service", "''::text"), "problems_service_bounds"},
	{"problems", standing("category", "repeat('x', 65)"), "problems_category_bounds"},
	{"problems", text("trigger", "'odd'::text"), "problems_trigger_known"},
	{"problems", text("trigger", "'trend'::text"), "problems_trend_has_id"},
	{"problems", text("trend", "'{\"id\": \"x\"}'::jsonb"), "problems_trend_has_id"},
	{"problems", "text = text || jsonb_build_object('trigger', 'trend', 'trend', jsonb_build_object('id', repeat('x', 401)))", "problems_trend_has_id"},
	{"problems", text("change", "'INC-1'::text"), "problems_change_form"},
	{"problems", text("incidents", "'x'::text"), "problems_incidents_bounds"},
	{"problems", text("incidents", "array_fill('a'::text, ARRAY[101])"), "problems_incidents_bounds"},
	{"problems", text("follows", "'CHG-1'::text"), "problems_follows_form"},
	{"problems", standing("more", "repeat('x', 4194304)"), "problems_standing_bounds"},
	{"problems", standing("state", "'lost'::text"), "problems_state_known"},
	{"problems", standing("revision", "0"), "problems_revision_positive"},
	{"problems", standing("priority", "'P6'::text"), "problems_priority_known"},
	{"problems", standing("impact", "''::text"), "problems_impact_known"},
	{"problems", standing("urgency", "'odd'::text"), "problems_urgency_known"},
	{"problems", standing("team", "repeat('x', 101)"), "problems_team_bounds"},
	{"problems", standing("coordinator", "repeat('x', 101)"), "problems_coordinator_bounds"},
	{"problems", standing("coordinator", "''::text"), "problems_investigated_by_someone"},
	{"problems", standing("state", "'root_cause_known'::text"), "problems_cause_known_has_cause"},
	{"problems", stands("known_error", `, "root_cause": {}`), "problems_known_error_is_published"},
	{"problems", stands("known_error", `, "root_cause": {}, "published": {"state": "retired"}`), "problems_known_error_is_published"},
	{"problems", standing("published", "'{\"state\": \"published\"}'::jsonb"), "problems_published_by_someone"},
	{"problems", standing("state", "'fix_planned'::text"), "problems_fix_planned_has_fix"},
	{"problems", standing("state", "'fix_deployed'::text"), "problems_watched_has_watch"},
	{"problems", standing("state", "'effectiveness_watch'::text"), "problems_watched_has_watch"},
	{"problems", standing("state", "'risk_accepted'::text"), "problems_risk_accepted_has_risk"},
	{"problems", standing("ending", "'odd'::text"), "problems_ending_known"},
	{"problems", standing("state", "'cancelled'::text") + ", " + aProblemOver, "problems_final_has_ending"},
	{"problems", stands("merged", `, "merged_into": "CHG-1", "ending": "merged"`) + ", " + aProblemOver, "problems_merged_into_form"},
	{"problems", stands("merged", `, "merged_into": "PRB-1", "ending": "merged"`) + ", " + aProblemOver, "problems_merged_into_form"},
	{"problems", standing("merged_into", "'PRB-2'::text"), "problems_merged_has_target"},
	{"problems", stands("merged", `, "ending": "merged"`) + ", " + aProblemOver, "problems_merged_has_target"},
	{"problems", stands("declined", `, "ending": "declined"`), "problems_final_has_closed_at"},
	{"problems", standing("ending", "'fixed'::text") + ", " + aProblemOver, "problems_final_has_closed_at"},
	{"problems", stands("cancelled", `, "ending": "cancelled"`) + ", closed_at = now()", "problems_final_waits_for_nobody"},
	{"problems", stands("cancelled", `, "ending": "cancelled"`) + ", closed_at = now(), waits_for = '{}', waits_roles = '{admin}', due_at = NULL", "problems_final_waits_for_nobody"},
	{"problems", "waits_for = '{bob,NULL}'", "problems_waits_for_bounds"},
	{"problems", "waits_for = array_fill('a'::text, ARRAY[501])", "problems_waits_for_bounds"},
	{"problems", "waits_roles = '{\"\"}'", "problems_waits_roles_bounds"},
	{"problems", "waits_roles = array_fill('a'::text, ARRAY[21])", "problems_waits_roles_bounds"},
	{"problems", "reporter = ''", "problems_reporter_bounds"},
	{"problems", "door = 'window'", "problems_door_known"},
	{"problems", "owner = repeat('x', 101)", "problems_owner_bounds"},
	{"problems", "policy_version = 0", "problems_policy_version_positive"},
	{"events", "to_state = 'raised' WHERE number = 'PRB-1'", "events_state_known"},
	{"events", "from_state = 'in_progress' WHERE number = 'PRB-1'", "events_state_known"},
	{"events", "to_state = 'declined' WHERE number = 'INC-1'", "events_state_known"},
	{"trend_findings", "id = ''", "trend_findings_id_bounds"},
	{"trend_findings", "finding = '[]'", "trend_findings_finding_bounds"},
	{"trend_findings", "finding = finding || jsonb_build_object('a', repeat('x', 65536))", "trend_findings_finding_bounds"},
	{"trend_findings", "finding = finding || '{\"id\": \"other\"}'", "trend_findings_id_is_its"},
}

func TestAProblemThatThingsHappenedToStays(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.problemRows(t)
	super := conn(t, b.url)
	for statement, name := range map[string]string{
		"DELETE FROM problems":                                  "problems_number_needed",
		"UPDATE problems SET number = 'PRB-2'":                  "problems_number_needed",
		"UPDATE events SET number = 'PRB-2' WHERE revision = 1": "events_number_recorded",
	} {
		_, err := super.Exec(ctx, statement)
		require.Equal(t, name, constraintOf(t, err), statement)
	}
	_, err := super.Exec(ctx, "DELETE FROM audit_personal; DELETE FROM events; DELETE FROM problems")
	require.NoError(t, err, "nothing is left that needs it")
}

func TestEveryStateAndTriggerOfAProblemCanBeKept(t *testing.T) {
	b := open(t)
	super := conn(t, b.url)
	allowed := func(constraint string, value any) bool {
		return count(t, super, "SELECT count(*) FROM pg_constraint WHERE conname = $1 AND pg_get_constraintdef(oid) LIKE '%''' || $2::text || '''::text%'",
			constraint, value) == 1
	}
	for _, s := range itsm.ProblemStates {
		require.True(t, allowed("problems_state_known", s), "%s", s)
		require.True(t, allowed("events_state_known", s), "%s", s)
	}
	for _, x := range itsm.ProblemTriggers {
		require.True(t, allowed("problems_trigger_known", x), "%s", x)
	}
	for _, x := range itsm.ProblemEndings {
		require.True(t, allowed("problems_ending_known", x), "%s", x)
	}
	for _, k := range itsm.RelationKinds {
		require.Equal(t, k != itsm.HeldFor, allowed("relations_kind_known", k), "%s", k)
	}
	require.False(t, allowed("problems_state_known", "lost"))
}
