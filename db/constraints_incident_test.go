package db_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// incidentRows puts a row into each table of incidents: one that somebody is at, with
// what belongs to it.
func (b book) incidentRows(t *testing.T) {
	t.Helper()
	i, e := reported("INC-1")
	s := &incidentStory{Incident: i, at: noon}
	s.triage(t)
	s.acknowledge(t, "bob")
	b.save(t.Context(), t, i, e, s.steps...)
	_, _, err := b.worker.BeginPage(t.Context(), page())
	require.NoError(t, err)
	require.NoError(t, b.owner.CreateIntakeKey(t.Context(), intakeKey(), "root"))
	b.take(t, fires("a"))
}

func page() db.Page {
	return db.Page{Key: "INC-1/page/1.1/bob", Number: "INC-1", Person: "bob", Round: 1, Level: 1, CalledAt: noon}
}

func intakeKey() db.IntakeKey {
	return db.IntakeKey{
		ID: "key1", Name: "prom", Kind: "alertmanager", SecretSHA256: make([]byte, 32), Services: []itsm.ServiceID{"shop"}, RatePerMinute: 600,
	}
}

// text and standing are what sets a field of an incident's documents.
func text(field, value string) string {
	return "text = jsonb_set(text, '{" + field + "}', to_jsonb(" + value + "))"
}

func standing(field, value string) string {
	return "standing = jsonb_set(standing, '{" + field + "}', to_jsonb(" + value + "))"
}

const anOver = "closed_at = now(), waits_for = '{}', due_at = NULL"

var brokenIncidents = [][3]string{
	{"incidents", "number = 'CHG-1'", "incidents_number_form"},
	{"incidents", text("message", "repeat('x', 65536)"), "incidents_text_bounds"},
	{"incidents", text("title", "' '::text"), "incidents_title_bounds"},
	{"incidents", text("title", "repeat('é', 121)"), "incidents_title_bounds"},
	{"incidents", text("description", "repeat('x', 4001)"), "incidents_description_bounds"},
	{"incidents", text("service", "''::text"), "incidents_service_bounds"},
	{"incidents", text("category", "repeat('x', 65)"), "incidents_category_bounds"},
	{"incidents", text("symptom", "repeat('x', 121)"), "incidents_symptom_bounds"},
	{"incidents", text("configuration_items", "'x'::text"), "incidents_configuration_items_bounds"},
	{"incidents", text("configuration_items", "array_fill('a'::text, ARRAY[51])"), "incidents_configuration_items_bounds"},
	{"incidents", text("follows", "'CHG-1'::text"), "incidents_follows_form"},
	{"incidents", standing("more", "repeat('x', 1048576)"), "incidents_standing_bounds"},
	{"incidents", standing("state", "'lost'::text"), "incidents_state_known"},
	{"incidents", standing("revision", "0"), "incidents_revision_positive"},
	{"incidents", standing("priority", "'P6'::text"), "incidents_priority_known"},
	{"incidents", standing("impact", "''::text"), "incidents_impact_known"},
	{"incidents", standing("urgency", "'odd'::text"), "incidents_urgency_known"},
	{"incidents", standing("team", "repeat('x', 101)"), "incidents_team_bounds"},
	{"incidents", standing("assignee", "repeat('x', 101)"), "incidents_assignee_bounds"},
	{"incidents", "standing = standing || '{\"state\": \"assigned\", \"assignee\": \"\"}'", "incidents_assigned_to_someone"},
	{"incidents", standing("parent", "'CHG-1'::text"), "incidents_parent_form"},
	{"incidents", standing("parent", "'INC-1'::text"), "incidents_parent_form"},
	{"incidents", "standing = standing || '{\"duplicate_of\": \"INC-1\", \"state\": \"duplicate\"}', " + anOver, "incidents_duplicate_of_form"},
	{"incidents", standing("duplicate_of", "'INC-2'::text"), "incidents_duplicate_has_original"},
	{"incidents", standing("state", "'duplicate'::text") + ", " + anOver, "incidents_duplicate_has_original"},
	{"incidents", standing("state", "'on_hold'::text"), "incidents_on_hold_has_hold"},
	{"incidents", standing("hold", "'x'::text"), "incidents_on_hold_has_hold"},
	{"incidents", standing("state", "'resolved'::text"), "incidents_resolved_has_resolution"},
	{"incidents", standing("resolution", "'x'::text"), "incidents_resolved_has_resolution"},
	{"incidents", "standing = standing || '{\"state\": \"closed\", \"resolution\": {}}', " + anOver, "incidents_closed_has_closing"},
	{"incidents", standing("closing", "'auto'::text"), "incidents_closed_has_closing"},
	{"incidents", standing("state", "'cancelled'::text"), "incidents_final_has_closed_at"},
	{"incidents", anOver, "incidents_final_has_closed_at"},
	{"incidents", standing("state", "'cancelled'::text") + ", closed_at = now()", "incidents_final_waits_for_nobody"},
	{"incidents", "waits_for = '{bob,NULL}'", "incidents_waits_for_bounds"},
	{"incidents", "waits_for = '{\"\"}'", "incidents_waits_for_bounds"},
	{"incidents", "waits_for = array_fill('a'::text, ARRAY[501])", "incidents_waits_for_bounds"},
	{"incidents", "reporter = ''", "incidents_reporter_bounds"},
	{"incidents", "door = 'window'", "incidents_door_known"},
	{"incidents", "owner = repeat('x', 101)", "incidents_owner_bounds"},
	{"incidents", "policy_version = 0", "incidents_policy_version_positive"},
	{"incidents", "origin = ''", "incidents_imported_is_over"},
	{"incidents", "origin = '', " + standing("state", "'cancelled'::text") + ", " + anOver, "incidents_origin_bounds"},
	{"events", "to_state = 'raised' WHERE number = 'INC-1'", "events_state_known"},
	{"events", "to_state = 'triaged' WHERE number = 'CHG-1'", "events_state_known"},
	{"relations", "from_number = 'x'", "relations_from_number_form"},
	{"relations", "to_number = 'x'", "relations_to_number_form"},
	{"relations", "to_number = from_number", "relations_to_another"},
	{"relations", "kind = 'odd'", "relations_kind_known"},
	{"relations", "by_person = ''", "relations_by_person_bounds"},
	{"pages", "key = ''", "pages_key_bounds"},
	{"pages", "number = 'x'", "pages_number_form"},
	{"pages", "person = ''", "pages_person_bounds"},
	{"pages", "round = -1", "pages_round_positive"},
	{"pages", "level = -1", "pages_level_positive"},
	{"pages", "way = repeat('x', 65)", "pages_way_bounds"},
	{"pages", "state = 'lost'", "pages_state_known"},
	{"pages", "state = 'delivered', way = 'slack'", "pages_delivered_has_instant"},
	{"pages", "state = 'delivered', delivered_at = now()", "pages_delivered_has_way"},
	{"pages", "attempts = '{}'", "pages_attempts_bounds"},
	{"pages", "attempts = to_jsonb(array_fill(1, ARRAY[51]))", "pages_attempts_bounds"},
	{"pages", "attempts = jsonb_build_array(repeat('x', 65536))", "pages_attempts_bounds"},
	{"intake_keys", "id = 'a b'", "intake_keys_id_form"},
	{"intake_keys", "name = ' '", "intake_keys_name_bounds"},
	{"intake_keys", "kind = 'odd'", "intake_keys_kind_known"},
	{"intake_keys", "secret_sha256 = 'x'", "intake_keys_secret_length"},
	{"intake_keys", "old_secret_sha256 = 'x', rotated_at = now()", "intake_keys_old_secret_length"},
	{"intake_keys", "old_secret_sha256 = secret_sha256", "intake_keys_rotated_has_instant"},
	{"intake_keys", "services = '{\"\"}'", "intake_keys_services_bounds"},
	{"intake_keys", "services = array_fill('a'::text, ARRAY[101])", "intake_keys_services_bounds"},
	{"intake_keys", "services = ARRAY[repeat('x', 6401)]", "intake_keys_services_bounds"},
	{"intake_keys", "rate_per_minute = 0", "intake_keys_rate_per_minute_bounds"},
	{"intake_keys", "created_by = ''", "intake_keys_created_by_bounds"},
	{"intake_keys", "revoked_at = now()", "intake_keys_revoked_by_someone"},
	{"alert_incidents", "source = ''", "alert_incidents_source_bounds"},
	{"alert_incidents", "dedup_key = ''", "alert_incidents_dedup_key_bounds"},
	{"alert_incidents", "number = 'x'", "alert_incidents_number_form"},
	{"alert_incidents", "was = 'x'", "alert_incidents_was_form"},
	{"alert_incidents", "was = number", "alert_incidents_was_form"},
	{"alert_incidents", "state = 'lost'", "alert_incidents_state_known"},
	{"alert_incidents", "draft = '[]'", "alert_incidents_draft_bounds"},
	{"alert_incidents", "draft = jsonb_build_object('a', repeat('x', 131072))", "alert_incidents_draft_bounds"},
	{"alert_incidents", "count = 0, noted_count = 0", "alert_incidents_counts_positive"},
	{"alert_incidents", "noted_count = 2", "alert_incidents_counts_positive"},
	{"alert_incidents", "state = 'over'", "alert_incidents_settled_has_instant"},
	{"alert_incidents", "settled_at = now()", "alert_incidents_settled_has_instant"},
	{"alert_incidents", "unsettled = true", "alert_incidents_unsettled_was_settled"},
	{"alert_incidents", "end_due = true", "alert_incidents_end_is_of_what_ended"},
	{"alerts", "number = 'x'", "alerts_number_form"},
	{"alerts", "fingerprint = ''", "alerts_fingerprint_bounds"},
	{"alerts", "source = ''", "alerts_source_bounds"},
	{"alerts", "dedup_key = ''", "alerts_dedup_key_bounds"},
	{"alerts", "count = -1", "alerts_count_positive"},
	{"alerts", "draft = '[]'", "alerts_draft_bounds"},
	{"alerts", "draft = jsonb_build_object('a', repeat('x', 131072))", "alerts_draft_bounds"},
	{"alerts", "firing = false", "alerts_firing_has_not_ended"},
	{"alerts", "ended_at = now()", "alerts_firing_has_not_ended"},
}

func TestARecordThatThingsHappenedToStays(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.incidentRows(t)
	super := conn(t, b.url)
	for statement, name := range map[string]string{
		"DELETE FROM incidents":                                 "incidents_number_needed",
		"UPDATE incidents SET number = 'INC-2'":                 "incidents_number_needed",
		"UPDATE events SET number = 'INC-2' WHERE revision = 1": "events_number_recorded",
	} {
		_, err := super.Exec(ctx, statement)
		require.Equal(t, name, constraintOf(t, err), statement)
	}
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	_, err := super.Exec(ctx, "DELETE FROM changes")
	require.Equal(t, "changes_number_needed", constraintOf(t, err))
	_, err = super.Exec(ctx, "DELETE FROM audit_personal; DELETE FROM events; DELETE FROM changes; DELETE FROM incidents")
	require.NoError(t, err, "nothing is left that needs them")
}
