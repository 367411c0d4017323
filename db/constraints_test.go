package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// TestEveryStateThatCannotBeIsRefusedByName breaks one row in one way at a time.
func TestEveryStateThatCannotBeIsRefusedByName(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	first := c
	require.NoError(t, b.worker.RecordChange(ctx, first, e, from))
	for _, step := range life(t, &c)[:6] { // approved, with decisions
		require.NoError(t, b.worker.StepChange(ctx, step, from))
	}
	require.NoError(t, b.worker.RecordComment(ctx, remark(1), from))
	_, _, err := b.worker.BeginMessage(ctx, message(1))
	require.NoError(t, err)
	_, _, err = b.worker.BeginStatus(ctx, "CHG-1", "pending")
	require.NoError(t, err)
	_, _, err = b.desk.Reserve(ctx, reservation())
	require.NoError(t, err)
	_, _, err = b.desk.KeepDelivery(ctx, delivery())
	require.NoError(t, err)
	require.NoError(t, b.desk.CountRefusal(ctx, "1.2.3.4", "x", noon))
	require.NoError(t, b.owner.CreateToken(ctx, token(), "root"))
	_, _, err = b.owner.ApplyCatalog(ctx, catalog(), strings.Repeat("a", 64), "root")
	require.NoError(t, err)
	b.incidentRows(t)
	b.problemRows(t)
	b.correctiveRows(t)
	b.supplierRows(t)
	b.reviewRows(t)
	super := conn(t, b.url)
	for _, x := range slices.Concat(broken, brokenIncidents, brokenProblems, brokenCorrective, brokenSuppliers, brokenReviews) {
		table, set, name := x[0], x[1], x[2]
		_, err := super.Exec(ctx, "UPDATE "+table+" SET "+set)
		require.Equal(t, name, constraintOf(t, err), "%s SET %s", table, set)
	}
	rows, err := super.Query(ctx, `SELECT conname FROM pg_constraint WHERE contype = 'c'
		AND connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'audit_%' AND conname NOT LIKE 'goose%'`)
	require.NoError(t, err)
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		require.Contains(t, tried(), name, "no test breaks it")
	}
	require.NoError(t, rows.Err())
}

// constraintOf is the constraint that a statement ran against.
func constraintOf(t *testing.T, err error) string {
	t.Helper()
	pg, ok := errors.AsType[*pgconn.PgError](err)
	require.True(t, ok, "%v", err)
	return pg.ConstraintName
}

func tried() map[string]bool {
	names := map[string]bool{"changes_number_form": true, "events_number_form": true} // their keys come first
	for _, x := range slices.Concat(broken, brokenIncidents, brokenProblems, brokenCorrective, brokenSuppliers, brokenReviews) {
		names[x[2]] = true
	}
	return names
}

var broken = [][3]string{
	{"changes", "type = 'odd'", "changes_type_known"},
	{"changes", "title = ' '", "changes_title_bounds"},
	{"changes", "title = repeat('é', 121)", "changes_title_bounds"},
	{"changes", "description = repeat('x', 4001)", "changes_description_bounds"},
	{"changes", "service = ''", "changes_service_bounds"},
	{"changes", "plan = ''", "changes_plan_bounds"},
	{"changes", "backout_plan = repeat('x', 4001)", "changes_backout_plan_bounds"},
	{"changes", "window_end = window_start", "changes_window_order"},
	{"changes", "window_end = NULL", "changes_window_order"},
	{"changes", "window_end = window_start + interval '31 days'", "changes_window_order"},
	{"changes", "deployment = '[]'", "changes_deployment_bounds"},
	{"changes", "justification = repeat('x', 4001)", "changes_justification_bounds"},
	{"changes", "test_plan = repeat('x', 4001)", "changes_test_plan_bounds"},
	{"changes", "backout_minutes = -1", "changes_backout_minutes_bounds"},
	{"changes", "backout_minutes = 43201", "changes_backout_minutes_bounds"},
	{"changes", "configuration_items = '{a,NULL}'", "changes_configuration_items_bounds"},
	{"changes", "configuration_items = '{\"\"}'", "changes_configuration_items_bounds"},
	{"changes", "configuration_items = array_fill('a'::text, ARRAY[51])", "changes_configuration_items_bounds"},
	{"changes", "configuration_items = ARRAY[repeat('x', 5001)]", "changes_configuration_items_bounds"},
	{"changes", "links = '{}'", "changes_links_bounds"},
	{"changes", "links = to_jsonb(array_fill(1, ARRAY[21]))", "changes_links_bounds"},
	{"changes", "links = jsonb_build_array(repeat('x', 262144))", "changes_links_bounds"},
	{"changes", "risk = '[]'", "changes_risk_bounds"},
	{"changes", "risk = jsonb_build_object('a', repeat('x', 1024))", "changes_risk_bounds"},
	{"changes", "assessment = 'null'", "changes_assessment_bounds"},
	{"changes", "assessment = jsonb_build_object('a', repeat('x', 262144))", "changes_assessment_bounds"},
	{"changes", "edited = '[]'", "changes_edited_bounds"},
	{"changes", "edited = jsonb_build_object('a', repeat('x', 4096))", "changes_edited_bounds"},
	{"changes", "risk_score = '[]'", "changes_risk_score_bounds"},
	{"changes", "risk_score = jsonb_build_object('a', repeat('x', 262144))", "changes_risk_score_bounds"},
	{"changes", "risk_score = '{\"tier\": \"odd\"}'", "changes_risk_tier_known"},
	{"changes", "approval = '[]'", "changes_approval_bounds"},
	{"changes", "approval = jsonb_build_object('a', repeat('x', 1048576))", "changes_approval_bounds"},
	{"changes", "hold = '[]'", "changes_hold_bounds"},
	{"changes", "hold = jsonb_build_object('a', repeat('x', 16384))", "changes_hold_bounds"},
	{"changes", "assignee = repeat('x', 101)", "changes_assignee_bounds"},
	{"changes", "requester = ''", "changes_requester_bounds"},
	{"changes", "team = repeat('x', 101)", "changes_team_bounds"},
	{"changes", "owner = repeat('x', 101)", "changes_owner_bounds"},
	{"changes", "state = 'lost'", "changes_state_known"},
	{"changes", "outcome = 'odd', state = 'closed', closed_at = now(), implementer = 'ida'", "changes_outcome_known"},
	{"changes", "outcome = 'failed'", "changes_closed_has_outcome"},
	{"changes", "state = 'closed', closed_at = now(), implementer = 'ida'", "changes_closed_has_outcome"},
	{"changes", "state = 'rejected'", "changes_final_has_closed_at"},
	{"changes", "closed_at = now()", "changes_final_has_closed_at"},
	{"changes", "approvers = '{bob,NULL}'", "changes_approvers_bounds"},
	{"changes", "state = 'implementing'", "changes_carried_out_by_someone"},
	{"changes", "implementer = repeat('x', 101)", "changes_implementer_bounds"},
	{"changes", "revision = 0", "changes_revision_positive"},
	{"changes", "policy_version = 0", "changes_policy_version_positive"},
	{"changes", "content_hash = repeat('A', 64)", "changes_content_hash_form"},
	{"events", "revision = 0 WHERE revision = 1", "events_revision_positive"},
	{"events", "kind = 'Odd'", "events_kind_form"},
	{"events", "actor = ''", "events_actor_bounds"},
	{"events", "door = 'window'", "events_door_known"},
	{"events", "to_state = 'lost'", "events_state_known"},
	{"events", "note = repeat('x', 4001)", "events_note_bounds"},
	{"events", "from_state = 'lost'", "events_state_known"},
	{"events", "detail = '[]'", "events_detail_bounds"},
	{"events", "detail = jsonb_build_object('a', repeat('x', 1048576))", "events_detail_bounds"},
	{"events", "edit = '[]'", "events_edit_bounds"},
	{"events", "edit = jsonb_build_object('a', repeat('x', 1048576))", "events_edit_bounds"},
	{"events", "digest = 'x'", "events_digest_form"},
	{"events", "credential = repeat('x', 201)", "events_provenance_bounds"},
	{"decisions", "person = ''", "decisions_person_bounds"},
	{"decisions", "door = 'window'", "decisions_door_known"},
	{"decisions", "verdict = 'maybe'", "decisions_verdict_known"},
	{"decisions", "round = 0", "decisions_round_positive"},
	{"decisions", "stage = 0", "decisions_stage_positive"},
	{"decisions", "principal = repeat('x', 101)", "decisions_principal_bounds"},
	{"decisions", "verdict = 'reject', note = ''", "decisions_reject_has_note"},
	{"decisions", "note = repeat('x', 2001)", "decisions_note_bounds"},
	{"decisions", "content_hash = 'x'", "decisions_content_hash_form"},
	{"comments", "id = 0", "comments_answers_one_before"},
	{"comments", "kind = 'odd'", "comments_kind_known"},
	{"comments", "by_person = ''", "comments_by_person_bounds"},
	{"comments", "door = 'window'", "comments_door_known"},
	{"comments", "text = ' '", "comments_text_bounds"},
	{"comments", "text = repeat('x', 2001)", "comments_text_bounds"},
	{"comments", "kind = 'answer'", "comments_answers_one_before"},
	{"comments", "reply_to = 1", "comments_answers_one_before"},
	{"comments", "kind = 'answer', reply_to = 9", "comments_answers_one_before"},
	{"comments", "digest = 'x'", "comments_digest_form"},
	{"comments", "act_id = repeat('x', 1001)", "comments_provenance_bounds"},
	{"messages", "key = ''", "messages_key_bounds"},
	{"messages", "number = 'x'", "messages_number_form"},
	{"messages", "revision = 0", "messages_revision_positive"},
	{"messages", "ts = repeat('x', 65)", "messages_place_bounds"},
	{"messages", "digest = repeat('x', 65)", "messages_digest_bounds"},
	{"messages", "state = 'lost'", "messages_state_known"},
	{"messages", "state = 'posted'", "messages_posted_has_place"},
	{"messages", "attempts = 0", "messages_counts_positive"},
	{"deployment_statuses", "number = 'x'", "deployment_statuses_number_form"},
	{"deployment_statuses", "status = 'odd'", "deployment_statuses_status_known"},
	{"deployment_statuses", "state = 'lost'", "deployment_statuses_state_known"},
	{"deployment_statuses", "state = 'posted'", "deployment_statuses_posted_has_id"},
	{"deployment_statuses", "attempts = 0", "deployment_statuses_attempts_positive"},
	{"idempotency", "principal = ''", "idempotency_principal_bounds"},
	{"idempotency", "route = ''", "idempotency_route_bounds"},
	{"idempotency", "key = repeat('x', 256)", "idempotency_key_bounds"},
	{"idempotency", "body_digest = 'x'", "idempotency_body_digest_form"},
	{"idempotency", "number = 'x'", "idempotency_number_form"},
	{"idempotency", "status = 99", "idempotency_status_form"},
	{"idempotency", "answer = repeat('x', 1048577)::bytea", "idempotency_answer_bounds"},
	{"slack_inbox", "dedupe_key = ''", "slack_inbox_dedupe_key_bounds"},
	{"slack_inbox", "kind = ''", "slack_inbox_kind_bounds"},
	{"slack_inbox", "team = repeat('x', 65)", "slack_inbox_who_bounds"},
	{"slack_inbox", "payload = repeat('x', 1048577)::bytea", "slack_inbox_payload_bounds"},
	{"slack_inbox", "answer = repeat('x', 1048577)::bytea", "slack_inbox_answer_bounds"},
	{"slack_inbox", "attempts = -1", "slack_inbox_attempts_positive"},
	{"slack_inbox", "last_error = repeat('x', 1001)", "slack_inbox_last_error_bounds"},
	{"refusal_counts", "source = repeat('x', 101)", "refusal_counts_source_bounds"},
	{"refusal_counts", "minute = minute + interval '1 second'", "refusal_counts_minute_whole"},
	{"refusal_counts", "code = ''", "refusal_counts_code_bounds"},
	{"refusal_counts", "count = 0", "refusal_counts_count_positive"},
	{"api_tokens", "id = 'a b'", "api_tokens_id_form"},
	{"api_tokens", "person = ''", "api_tokens_person_bounds"},
	{"api_tokens", "secret_sha256 = 'x'", "api_tokens_secret_length"},
	{"api_tokens", "scopes = '{admin}'", "api_tokens_scopes_known"},
	{"api_tokens", "scopes = '{}'", "api_tokens_scopes_known"},
	{"api_tokens", "name = repeat('x', 201)", "api_tokens_name_bounds"},
	{"api_tokens", "created_by = ''", "api_tokens_created_by_bounds"},
	{"api_tokens", "expires_at = created_at", "api_tokens_expires_after_creation"},
	{"api_tokens", "revoked_at = now()", "api_tokens_revoked_by_someone"},
	{"catalog_versions", "version = 0", "catalog_versions_version_positive"},
	{"catalog_versions", "digest = 'x'", "catalog_versions_digest_form"},
	{"catalog_versions", "author = ''", "catalog_versions_author_bounds"},
	{"catalog_versions", "document = '[]'", "catalog_versions_document_object"},
}
