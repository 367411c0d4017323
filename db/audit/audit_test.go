package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db/audit"
	"github.com/steward-itsm/steward/itsm"
)

func TestAnEmptyAuditVerifies(t *testing.T) {
	r := set(t).verify()
	require.True(t, r.OK)
	require.Zero(t, r.Checked)
	require.Nil(t, r.Head)
}

func TestFiftyWritersAtOnceMakeOneChain(t *testing.T) {
	b := set(t)
	ctx, stop := context.WithCancel(t.Context())
	var sealers, writers sync.WaitGroup
	for range 3 {
		s := b.another()
		sealers.Go(func() {
			if err := s.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for range 50 {
		writers.Go(func() { b.enter(20) })
	}
	writers.Wait()
	require.Eventually(t, func() bool { return b.verify().Unsealed == 0 }, 30*time.Second, 50*time.Millisecond)
	stop()
	sealers.Wait()
	r := b.verify()
	require.True(t, r.OK, "%+v", r.FirstBad)
	require.EqualValues(t, 1000, r.Checked)
	require.EqualValues(t, 2000, r.Personal)
	require.Positive(t, r.Anchors.Checked)
}

func TestAnEntryThatCommitsLateIsNotSkipped(t *testing.T) {
	b, ctx := set(t), t.Context()
	begin := func() pgx.Tx {
		tx, err := b.connect(ctx).Begin(ctx)
		require.NoError(t, err)
		_, err = tx.Exec(ctx, "INSERT INTO audit_entries (outcome, action, subject, actor, door) VALUES ('done', 'a.b', 'CHG-1', 'ana', 'api')")
		require.NoError(t, err)
		return tx
	}
	slow, undone := begin(), begin()
	b.enter(3)
	require.Equal(t, 3, b.seal())
	slower := begin()
	b.enter(2)
	require.Equal(t, 2, b.seal())
	require.Zero(t, b.seal())
	require.NoError(t, undone.Rollback(ctx))
	require.NoError(t, slow.Commit(ctx))
	require.Equal(t, 1, b.seal())
	require.NoError(t, slower.Commit(ctx))
	require.Equal(t, 1, b.seal())
	r := b.verify()
	require.True(t, r.OK, "%+v", r.FirstBad)
	require.EqualValues(t, 7, r.Checked)
}

func TestABacklogIsSealedInBatches(t *testing.T) {
	b, ctx := set(t), t.Context()
	late, err := b.connect(ctx).Begin(ctx)
	require.NoError(t, err)
	_, err = late.Exec(ctx, "INSERT INTO audit_entries (outcome, action, subject, actor, door) VALUES ('done', 'a.b', '', 'ana', 'api')")
	require.NoError(t, err)
	_, err = b.super.Exec(ctx, `INSERT INTO audit_entries (outcome, action, subject, actor, door)
		SELECT 'done', 'a.b', 'CHG-' || g, 'ana', 'api' FROM generate_series(1, 2500) g`)
	require.NoError(t, err)
	for range 2 {
		n, err := b.sealer.SealOnce(ctx)
		require.NoError(t, err)
		require.Equal(t, 1000, n)
	}
	require.NoError(t, late.Commit(ctx)) // its id lies behind the walk through the backlog
	n, err := b.sealer.SealOnce(ctx)
	require.NoError(t, err)
	require.Equal(t, 500, n)
	require.Equal(t, 1, b.seal())
	require.True(t, b.verify().OK)
}

// TestAFlippedByteInAnyColumnIsFound: the third of five rows is changed.
func TestAFlippedByteInAnyColumnIsFound(t *testing.T) {
	entry := "UPDATE audit_entries SET %s WHERE id = (SELECT entry FROM audit_chain WHERE seq = 3)"
	link := "UPDATE audit_chain SET %s WHERE seq = 3"
	flips := map[string][2]string{
		"id": {entry, "id = id + 100"}, "at": {entry, "at = at + interval '1 microsecond'"}, "at infinite": {entry, "at = 'infinity'"},
		"xid": {entry, "xid = '7'"}, "outcome": {entry, "outcome = 'done', code = '', kind = ''"}, "action": {entry, "action = 'change.decidf'"},
		"subject": {entry, "subject = 'CHG-2'"}, "revision": {entry, "revision = 1"}, "actor": {entry, "actor = 'anb'"},
		"door": {entry, "door = 'cli'"}, "credential": {entry, "credential = 'tok2'"}, "code": {entry, "code = 'change.own_requesu'"},
		"kind": {entry, "kind = 'forbiddeo'"}, "workflow_id": {entry, "workflow_id = 'x'"}, "run_id": {entry, "run_id = 'x'"},
		"act_id": {entry, "act_id = 'x'"}, "facts": {entry, `facts = '{"a": 1}'`}, "personal": {entry, "personal = personal - 'source'"},
		"moved text": {entry, "actor = 'anaa', door = 'api'"},
		"seq":        {link, "seq = 9"}, "entry": {link, "entry = 99"}, "sealed_at": {link, "sealed_at = sealed_at - interval '1 microsecond'"},
		"prev_hash": {link, "prev_hash = set_byte(prev_hash, 31, 255 - get_byte(prev_hash, 31))"},
		"hash":      {link, "hash = set_byte(hash, 0, 255 - get_byte(hash, 0))"},
	}
	b := set(t)
	b.enter(5)
	b.seal()
	b.attack("ALTER TABLE audit_chain DROP CONSTRAINT audit_chain_version_known")
	flips["version"] = [2]string{link, "version = 2"}
	for name, flip := range flips {
		t.Run(name, func(t *testing.T) {
			tx, err := b.super.Begin(t.Context())
			require.NoError(t, err)
			_, err = tx.Exec(t.Context(), strings.Replace(flip[0], "%s", flip[1], 1))
			require.NoError(t, err)
			require.NoError(t, tx.Commit(t.Context()))
			r := b.verify()
			require.False(t, r.OK)
			require.NotNil(t, r.FirstBad)
			require.Contains(t, []int64{3, 4}, r.FirstBad.Seq, "%+v", r.FirstBad)
			restore(t, b)
		})
	}
	var columns int
	require.NoError(t, b.super.QueryRow(t.Context(), `SELECT count(*) FROM information_schema.columns
		WHERE table_name IN ('audit_entries', 'audit_chain')`).Scan(&columns))
	require.Len(t, flips, columns+2, "a column that no test flips may not be covered by the hash")
}

// restore puts the audit of TestAFlippedByteInAnyColumnIsFound back as it was.
func restore(t *testing.T, b *bench) {
	t.Helper()
	b.attack("TRUNCATE audit_chain, audit_entries, audit_personal RESTART IDENTITY")
	for _, folder := range b.anchorer.Folders {
		require.NoError(t, os.RemoveAll(filepath.Join(folder, "anchors.jsonl")))
	}
	b.sealer = b.another()
	b.enter(5)
	b.seal()
	require.True(t, b.verify().OK)
}

func TestAChangedPersonalValueIsFoundAndAnErasedOneIsNot(t *testing.T) {
	b := set(t)
	b.enter(2)
	b.seal()
	b.attack("UPDATE audit_personal SET value = '192.0.2.2' WHERE field = 'source' AND entry = (SELECT max(entry) FROM audit_personal)")
	require.Contains(t, b.verify().FirstBad.Reason, `"source"`)
	n, err := b.owner.ErasePersonal(t.Context(), "root", "ana")
	require.NoError(t, err)
	require.EqualValues(t, 4, n)
	b.seal()
	r := b.verify()
	require.True(t, r.OK, "%+v", r.FirstBad)
	require.Zero(t, r.Personal)
}

func TestRowsTakenOutSwappedOrPutInAreFound(t *testing.T) {
	const five = 5
	for name, x := range map[string]struct {
		attack []string
		seq    int64
		reason string
	}{
		"first link":   {[]string{"DELETE FROM audit_chain WHERE seq = 1"}, 1, "missing"},
		"middle link":  {[]string{"DELETE FROM audit_chain WHERE seq = 3"}, 3, "missing"},
		"last link":    {[]string{"DELETE FROM audit_chain WHERE seq = 5"}, 5, "seq 5 to 5 are lost"},
		"first entry":  {[]string{"DELETE FROM audit_entries WHERE id = (SELECT entry FROM audit_chain WHERE seq = 1)"}, 1, "gone"},
		"middle entry": {[]string{"DELETE FROM audit_entries WHERE id = (SELECT entry FROM audit_chain WHERE seq = 3)"}, 3, "gone"},
		"last entry":   {[]string{"DELETE FROM audit_entries WHERE id = (SELECT entry FROM audit_chain WHERE seq = 5)"}, 5, "gone"},
		"last two whole": {[]string{
			"DELETE FROM audit_entries WHERE id IN (SELECT entry FROM audit_chain WHERE seq > 3)", "DELETE FROM audit_chain WHERE seq > 3",
		}, 4, "seq 4 to 5 are lost"},
		"all of it": {[]string{"TRUNCATE audit_chain, audit_entries, audit_personal"}, 1, "seq 1 to 5 are lost"},
		"two links swapped": {[]string{
			"UPDATE audit_chain SET seq = 99 WHERE seq = 2", "UPDATE audit_chain SET seq = 2 WHERE seq = 3", "UPDATE audit_chain SET seq = 3 WHERE seq = 99",
		}, 2, "previous hash"},
		"two entries swapped": {[]string{
			"UPDATE audit_entries SET id = 999 WHERE id = 2", "UPDATE audit_entries SET id = 2 WHERE id = 3", "UPDATE audit_entries SET id = 3 WHERE id = 999",
		}, 2, "changed after"},
		"an entry put in": {[]string{
			"UPDATE audit_chain SET seq = seq + 100 WHERE seq >= 3",
			"INSERT INTO audit_entries (outcome, action, subject, actor, door) VALUES ('done', 'a.b', '', 'eve', 'api')",
			"INSERT INTO audit_chain SELECT 3, max(id), 1, now(), repeat('x', 32)::bytea, repeat('x', 32)::bytea FROM audit_entries",
			"UPDATE audit_chain SET seq = seq - 99 WHERE seq >= 103",
		}, 3, "previous hash"},
		"a link twice": {[]string{
			"ALTER TABLE audit_chain DROP CONSTRAINT audit_chain_pkey, DROP CONSTRAINT audit_chain_entry_once",
			"INSERT INTO audit_chain SELECT * FROM audit_chain WHERE seq = 3",
		}, 3, "again"},
		"an entry twice": {[]string{
			"ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_pkey CASCADE",
			"INSERT INTO audit_entries SELECT * FROM audit_entries WHERE id = 3",
		}, 3, "again"},
	} {
		t.Run(name, func(t *testing.T) {
			b := set(t)
			b.enter(five)
			b.seal()
			b.anchor()
			require.True(t, b.verify().OK)
			b.attack(x.attack...)
			b.bad(x.seq, x.reason)
		})
	}
}

// TestAChainRecomputedWholeIsCaughtByItsAnchor: a superuser takes the triggers off,
// changes a row and lets an honest sealer without anchors chain everything anew.
func TestAChainRecomputedWholeIsCaughtByItsAnchor(t *testing.T) {
	b := set(t)
	b.enter(5)
	b.seal()
	b.anchor()
	b.attack("UPDATE audit_entries SET actor = 'eve' WHERE id = (SELECT entry FROM audit_chain WHERE seq = 2)", "TRUNCATE audit_chain")
	honest := b.anchorer
	b.anchorer = nil
	b.sealer = b.another()
	require.Equal(t, 5, b.seal())
	b.anchorer = honest
	r, err := audit.Verify(t.Context(), audit.Live{Store: b.owner}, audit.Anchors{}, time.Now())
	require.NoError(t, err)
	require.True(t, r.OK, "the chain alone cannot tell")
	require.False(t, r.Anchors.Configured)
	b.bad(5, "rewritten")
	b.sealer = b.another()
	b.enter(1)
	_, err = b.sealer.SealOnce(t.Context())
	require.Equal(t, "audit.quarantine", itsm.AsError(err).Code)
	_, _, err = b.sealer.Resume(t.Context())
	require.Equal(t, "audit.rewritten", itsm.AsError(err).Code)
}

// TestAChangedRowCannotBePatchedIn: a forger who knows the scheme gives one row a
// fresh hash and its successor the matching previous hash.
func TestAChangedRowCannotBePatchedIn(t *testing.T) {
	b := set(t)
	b.enter(5)
	b.seal()
	b.attack("CREATE TABLE kept AS SELECT * FROM audit_chain", "DELETE FROM audit_chain WHERE seq >= 3",
		"UPDATE audit_entries SET actor = 'eve' WHERE id = (SELECT entry FROM kept WHERE seq = 3)")
	b.anchorer = nil
	b.sealer = b.another()
	b.seal()
	b.attack("UPDATE audit_chain c SET sealed_at = k.sealed_at, prev_hash = k.prev_hash, hash = k.hash FROM kept k WHERE k.seq = c.seq AND c.seq >= 4",
		"UPDATE audit_chain SET prev_hash = (SELECT hash FROM audit_chain WHERE seq = 3) WHERE seq = 4")
	r, err := audit.Verify(t.Context(), audit.Live{Store: b.owner}, audit.Anchors{}, time.Now())
	require.NoError(t, err)
	require.EqualValues(t, 4, r.FirstBad.Seq)
	require.Contains(t, r.FirstBad.Reason, "changed after")
}

func TestAnEntryMustBeSealedInTime(t *testing.T) {
	b, ctx := set(t), t.Context()
	b.enter(1)
	at := func(later time.Duration) audit.Report {
		r, err := audit.Verify(ctx, audit.Live{Store: b.owner}, b.anchors(), time.Now().Add(later))
		require.NoError(t, err)
		return r
	}
	r := at(0)
	require.True(t, r.OK)
	require.EqualValues(t, 1, r.Unsealed)
	r = at(audit.SealWithin + time.Minute)
	require.False(t, r.OK)
	require.Contains(t, r.FirstBad.Reason, "not sealed")
	require.NotZero(t, r.FirstBad.Entry)
	b.attack("UPDATE audit_entries SET at = at - interval '1 minute'")
	b.seal()
	r = at(0)
	require.True(t, r.OK)
	require.EqualValues(t, 1, r.Late, "that it was late is said for good")
}

func TestADumpVerifiesElsewhere(t *testing.T) {
	b, ctx := set(t), t.Context()
	b.enter(4)
	b.seal()
	b.enter(1)
	var dump bytes.Buffer
	require.NoError(t, audit.Dump(ctx, audit.Live{Store: b.owner}, &dump))
	require.NotContains(t, dump.String(), "192.0.2.1")
	check := func(text string) (audit.Report, error) {
		return audit.Verify(ctx, audit.Dumped{Reader: strings.NewReader(text)}, b.anchors(), time.Now())
	}
	r, err := check(dump.String())
	require.NoError(t, err)
	require.True(t, r.OK, "%+v", r.FirstBad)
	require.EqualValues(t, 4, r.Checked)
	require.EqualValues(t, 1, r.Unsealed)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(text), `"ok":true`)

	lines := strings.SplitAfter(dump.String(), "\n")
	r, err = check(strings.Join(append(lines[:1:1], lines[2:]...), ""))
	require.NoError(t, err)
	require.EqualValues(t, 2, r.FirstBad.Seq)
	r, err = check(strings.Replace(dump.String(), `"actor":"ana"`, `"actor":"eve"`, 1))
	require.NoError(t, err)
	require.EqualValues(t, 1, r.FirstBad.Seq)
	_, err = check(strings.Replace(dump.String(), `"seq"`, `seq`, 1))
	require.ErrorContains(t, err, "line 1")
	r, err = check("{}\n")
	require.NoError(t, err)
	require.False(t, r.OK)
}

func TestTheKeyIsMadeOnceAndItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "anchor.key")
	made, err := audit.OpenKey(path)
	require.NoError(t, err)
	read, err := audit.OpenKey(path)
	require.NoError(t, err)
	require.True(t, made.Equal(read))
	public, err := audit.OpenPublicKey(path + ".pub")
	require.NoError(t, err)
	require.True(t, public.Equal(made.Public()))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	require.NoError(t, os.WriteFile(path, []byte("no key"), 0o600))
	_, err = audit.OpenKey(path)
	require.ErrorContains(t, err, "no PEM")
	_, err = audit.OpenPublicKey(path + ".none")
	require.ErrorIs(t, err, os.ErrNotExist)
}
