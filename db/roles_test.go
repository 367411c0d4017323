package db_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
)

const insertRefused = `INSERT INTO audit_entries (outcome, action, subject, actor, door, code, kind)
	VALUES ('refused', 'change.decide', 'CHG-1', 'ana', 'api', 'change.own_request', 'forbidden')`

const insertDone = `INSERT INTO audit_entries (outcome, action, subject, actor, door)
	VALUES ('done', 'change.approved', 'CHG-1', 'ana', 'api')`

const insertComment = `INSERT INTO comments (number, id, kind, by_person, door, at, text, reply_to, digest, credential, workflow_id, run_id, act_id)
	VALUES ('CHG-1', 1, 'comment', 'ana', 'api', now(), 'Why?', 0, repeat('a', 64), '', '', '', '')`

const (
	insertCount = "INSERT INTO refusal_counts VALUES ('1.2.3.4', date_trunc('minute', now()), 'x', 1)"
	insertKey   = `INSERT INTO idempotency (principal, route, key, body_digest, number, lease_until, status, answer)
		VALUES ('a', 'r', 'k', repeat('a', 64), 'CHG-1', now(), 0, '')`
	insertChain = "INSERT INTO audit_chain SELECT 1, min(id), 1, now(), repeat('x', 32)::bytea, repeat('x', 32)::bytea FROM audit_entries"
)

const (
	insertRelation = "INSERT INTO relations VALUES ('INC-1', 'related_to', 'CHG-1', 'ana', now())"
	insertPage     = `INSERT INTO pages (key, number, person, round, level, called_at, way, state, attempts)
		VALUES ('k', 'INC-1', 'bob', 1, 1, now(), '', 'pending', '[]')`
	insertAlert = `INSERT INTO alerts (number, fingerprint, source, dedup_key, firing, count, draft, said_at)
		VALUES ('INC-1', 'a', 'prom', 'k', true, 1, '{}', now())`
	insertAlertIncident = `INSERT INTO alert_incidents (source, dedup_key, number, state, draft, count, noted_count, lease_until)
		VALUES ('prom', 'k', 'INC-1', 'raising', '{}', 1, 1, now())`
)

const insertFinding = `INSERT INTO trend_findings (id, at, finding) VALUES ('similar_item/x', now(), '{"id": "similar_item/x"}')`

// forbidden is what each role must not do, whatever the program does.
var forbidden = map[db.Role][]string{
	db.Owner: nil, // whoever migrates may do anything but rewrite the audit: see below
	db.Desk: {
		"INSERT INTO changes (number) VALUES ('CHG-2')", "UPDATE changes SET state = 'approved'", "DELETE FROM changes",
		"INSERT INTO events (number) VALUES ('CHG-2')", "UPDATE events SET note = ''", "DELETE FROM events",
		"INSERT INTO decisions (number) VALUES ('CHG-2')", "UPDATE decisions SET verdict = 'approve'", "DELETE FROM decisions",
		insertComment, "UPDATE comments SET text = 'x'", "DELETE FROM comments",
		"INSERT INTO messages (key) VALUES ('x')", "UPDATE messages SET ts = ''", "DELETE FROM messages",
		"INSERT INTO deployment_statuses (number) VALUES ('CHG-2')", "UPDATE deployment_statuses SET state = 'posted'",
		"INSERT INTO catalog_versions (version) VALUES (9)", "UPDATE catalog_versions SET document = '{}'", "DELETE FROM catalog_versions",
		"INSERT INTO api_tokens (id) VALUES ('mine')", "UPDATE api_tokens SET revoked_at = NULL", "DELETE FROM api_tokens",
		insertDone, "SELECT setval('change_number', 1)", "SELECT * FROM audit_personal", "DELETE FROM audit_personal", insertChain,

		"INSERT INTO incidents (number) VALUES ('INC-2')", "UPDATE incidents SET restricted = false", "DELETE FROM incidents",
		insertRelation, "UPDATE relations SET by_person = 'x'", "DELETE FROM relations",
		insertPage, "UPDATE pages SET state = 'failed'", "DELETE FROM pages",
		"INSERT INTO intake_keys (id) VALUES ('mine')", "UPDATE intake_keys SET revoked_at = NULL", "DELETE FROM intake_keys",
		"DELETE FROM alerts", "DELETE FROM alert_incidents", "SELECT setval('incident_number', 1)",

		"INSERT INTO problems (number) VALUES ('PRB-2')", "UPDATE problems SET restricted = false", "DELETE FROM problems",
		insertFinding, "UPDATE trend_findings SET at = now()", "DELETE FROM trend_findings", "SELECT setval('problem_number', 1)",
		"INSERT INTO record_words VALUES ('CHG-2', '')", "UPDATE record_words SET words = ''", "DELETE FROM record_words",
	},
	db.Worker: {
		"DELETE FROM changes", "UPDATE events SET note = ''", "DELETE FROM events", "UPDATE decisions SET verdict = 'approve'",
		"DELETE FROM decisions", "UPDATE comments SET text = 'x'", "DELETE FROM comments", "DELETE FROM deployment_statuses",
		insertKey, "SELECT * FROM idempotency", "SELECT * FROM slack_inbox", "DELETE FROM slack_inbox", insertCount,
		"INSERT INTO catalog_versions (version) VALUES (9)", "UPDATE catalog_versions SET document = '{}'",
		"INSERT INTO api_tokens (id) VALUES ('mine')", "UPDATE api_tokens SET revoked_at = NULL",
		"SELECT nextval('change_number')", "SELECT * FROM audit_personal", "DELETE FROM audit_personal", insertChain,

		"DELETE FROM incidents", "UPDATE relations SET by_person = 'x'", "DELETE FROM relations", "DELETE FROM pages",
		"SELECT * FROM intake_keys", "INSERT INTO intake_keys (id) VALUES ('mine')", "UPDATE intake_keys SET revoked_at = NULL",
		insertAlert, insertAlertIncident, "UPDATE alerts SET count = 1", "DELETE FROM alerts", "DELETE FROM alert_incidents",
		"UPDATE alert_incidents SET count = 1", "UPDATE alert_incidents SET number = 'INC-2'", "UPDATE alert_incidents SET lease_until = now()",
		"SELECT nextval('incident_number')",

		"DELETE FROM problems", "UPDATE trend_findings SET at = now()", "DELETE FROM trend_findings", "SELECT nextval('problem_number')",
		"SELECT * FROM records", "SELECT * FROM record_relations", "SELECT * FROM record_words", "UPDATE record_words SET words = ''",
	},
	db.Sealer: {
		insertDone, insertRefused, insertComment, "SELECT * FROM changes", "SELECT * FROM comments", "SELECT * FROM events", "SELECT * FROM api_tokens",
		"SELECT * FROM slack_inbox", "SELECT * FROM audit_personal", "UPDATE changes SET state = 'approved'",
		"SELECT * FROM incidents", "SELECT * FROM relations", "SELECT * FROM pages", "SELECT * FROM intake_keys",
		"SELECT * FROM alerts", "SELECT * FROM alert_incidents", "UPDATE incidents SET restricted = false", "SELECT nextval('incident_number')",
		"SELECT * FROM problems", "SELECT * FROM trend_findings", "SELECT * FROM trend_incidents", "SELECT nextval('problem_number')",
		"SELECT * FROM records", "SELECT * FROM record_relations", "SELECT * FROM record_words",
	},
}

// forAll is what no role of the program may do.
var forAll = []string{
	"UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries CASCADE",
	"UPDATE audit_chain SET hash = prev_hash", "DELETE FROM audit_chain", "TRUNCATE audit_chain",
	"INSERT INTO audit_entries (outcome, action, subject, actor, door, at) VALUES ('done', 'a.b', '', '', 'api', '2001-01-01')",
	"ALTER TABLE audit_entries DISABLE TRIGGER ALL", "ALTER TABLE audit_entries DISABLE ROW LEVEL SECURITY",
	"CREATE TABLE mine ()", "DROP TABLE changes", "TRUNCATE changes CASCADE", "SET ROLE steward_nobody",
}

func TestEachRoleIsRefusedWhatIsNotItsOwn(t *testing.T) {
	b := open(t)
	super := conn(t, b.url)
	_, err := super.Exec(t.Context(), insertDone)
	require.NoError(t, err)
	for role, statements := range forbidden {
		if role == db.Owner {
			continue
		}
		for _, statement := range append(statements, forAll...) {
			t.Run(string(role)+"/"+statement, func(t *testing.T) {
				err := try(t, b.url, role, statement)
				pg, ok := errors.AsType[*pgconn.PgError](err)
				require.True(t, ok, "%v", err)
				want := "42501" // insufficient privilege, row-level security too
				if statement == "SET ROLE steward_nobody" {
					want = "22023"
				}
				require.Equal(t, want, pg.Code, "%v", err)
			})
		}
	}
}

func TestEachRoleMayDoWhatIsItsOwn(t *testing.T) {
	b := open(t)
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(t.Context(), c, e, from))
	_, err := conn(t, b.url).Exec(t.Context(), insertDone)
	require.NoError(t, err)
	for role, statements := range map[db.Role][]string{
		db.Owner: {insertDone, insertRefused},
		db.Desk: {
			insertRefused, insertKey, insertCount, "SELECT nextval('change_number')", "SELECT * FROM changes, api_tokens, catalog_versions, comments",
			insertAlert, insertAlertIncident, "UPDATE alerts SET count = 1", "UPDATE alert_incidents SET count = 1",
			"SELECT nextval('incident_number')", "SELECT * FROM incidents, relations, pages, intake_keys, alerts, alert_incidents",
			"SELECT nextval('problem_number')", "SELECT * FROM problems, trend_findings, trend_incidents",
		},
		db.Worker: {
			insertComment, "SELECT * FROM comments", insertDone, insertRefused, "SELECT * FROM audit_entries, audit_chain", "SELECT * FROM catalog_versions",
			insertRelation, insertPage, "UPDATE pages SET state = 'failed'", "UPDATE incidents SET restricted = false",
			"UPDATE alert_incidents SET state = 'open', settled_at = NULL, unsettled = false, end_due = false",
			"SELECT * FROM incidents, relations, pages, alerts, alert_incidents",
			insertFinding, insertFinding + " ON CONFLICT (id, at) DO NOTHING", "UPDATE problems SET restricted = false",
			"SELECT * FROM problems, trend_findings, trend_incidents",
		},
		db.Sealer: {insertChain, "SELECT * FROM audit_entries"},
	} {
		for _, statement := range statements {
			require.NoError(t, try(t, b.url, role, statement), "%s: %s", role, statement)
		}
	}
}

// try runs a statement as a role and takes it back.
func try(t *testing.T, url string, role db.Role, statement string) error {
	t.Helper()
	tx, err := conn(t, url).BeginTx(t.Context(), pgx.TxOptions{})
	require.NoError(t, err)
	defer tx.Rollback(t.Context()) //nolint:errcheck // it is the point
	if role != db.Owner {
		_, err = tx.Exec(t.Context(), "SET LOCAL ROLE "+pgx.Identifier{string(role)}.Sanitize())
		require.NoError(t, err)
	}
	_, err = tx.Exec(t.Context(), statement)
	return err
}

func TestEvenTheOwnerCannotRewriteTheAudit(t *testing.T) {
	b := open(t)
	super := conn(t, b.url)
	_, err := super.Exec(t.Context(), insertDone)
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), insertChain)
	require.NoError(t, err)
	for _, statement := range forAll[:6] {
		_, err := super.Exec(t.Context(), statement)
		pg, ok := errors.AsType[*pgconn.PgError](err)
		require.True(t, ok, "%s: %v", statement, err)
		require.Equal(t, "audit_only_grows", pg.ConstraintName, "%s", statement)
	}
}
