package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db/audit"
	"github.com/steward-itsm/steward/itsm"
)

func TestAnchorsThatAreMissingOrForgedAreFound(t *testing.T) {
	b, ctx := set(t), t.Context()
	b.enter(3)
	b.seal()
	later := time.Now().Add(time.Hour)
	file := func(i int) string { return filepath.Join(b.anchorer.Folders[i], "anchors.jsonl") }
	saved, err := os.ReadFile(file(0))
	require.NoError(t, err)

	require.NoError(t, os.Remove(file(1)))
	r, err := audit.Verify(ctx, audit.Live{Store: b.owner}, b.anchors(), later)
	require.NoError(t, err)
	require.True(t, r.OK, "one folder is evidence enough")
	require.NotEmpty(t, r.Anchors.Odd, "but it is said")

	require.NoError(t, os.Remove(file(0)))
	r, err = audit.Verify(ctx, audit.Live{Store: b.owner}, b.anchors(), later)
	require.NoError(t, err)
	require.Contains(t, r.FirstBad.Reason, "anchors are missing")

	_, forger, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	honest := b.anchorer.Key
	b.anchorer.Key = forger
	b.sealer = b.another()
	b.enter(1)
	b.seal()
	b.anchorer.Key = honest
	require.Contains(t, b.verify().FirstBad.Reason, "not signed by a trusted key")
	_, err = b.another().SealOnce(ctx)
	require.ErrorContains(t, err, "not signed by a trusted key")

	bent := bytes.Replace(saved, []byte(`"seq":"3"`), []byte(`"seq":"2"`), 1)
	require.NotEqual(t, saved, bent)
	require.NoError(t, os.WriteFile(file(0), bent, 0o600))
	require.NoError(t, os.Remove(file(1)))
	require.Contains(t, b.verify().FirstBad.Reason, "not signed by a trusted key")

	torn := append(bytes.Clone(saved), saved[:20]...) // a crash in the middle of a line
	require.NoError(t, os.WriteFile(file(0), torn, 0o600))
	require.True(t, b.verify().OK)
	b.sealer = b.another()
	b.anchor()
	healed, err := os.ReadFile(file(0))
	require.NoError(t, err)
	require.Equal(t, 2, bytes.Count(healed, []byte("\n")))
	require.True(t, b.verify().OK)
}

func TestAFullFolderDoesNotStopTheOther(t *testing.T) {
	b := set(t)
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	b.anchorer.Folders[1] = blocked // no folder: nothing can be written in it
	b.enter(1)
	b.seal()
	_, err := os.Stat(filepath.Join(b.anchorer.Folders[0], "anchors.jsonl"))
	require.NoError(t, err)
	b.anchorer.Folders = []string{blocked}
	b.sealer = b.another()
	b.enter(1)
	_, err = b.sealer.SealOnce(t.Context())
	require.Error(t, err)
}

func TestARestoreIsQuarantinedAndTakenUpOnlyByCommand(t *testing.T) {
	b, ctx := set(t), t.Context()
	b.enter(3)
	b.seal()
	b.anchor()
	_, _, err := b.sealer.Resume(ctx)
	require.Equal(t, "audit.whole", itsm.AsError(err).Code)
	b.enter(4)
	b.seal()
	b.anchor()
	running := b.sealer
	// The database is now as it was before the last four entries.
	b.attack(
		"DELETE FROM audit_personal WHERE entry IN (SELECT entry FROM audit_chain WHERE seq > 3)",
		"DELETE FROM audit_entries WHERE id IN (SELECT entry FROM audit_chain WHERE seq > 3)", "DELETE FROM audit_chain WHERE seq > 3",
	)
	r := b.verify()
	require.False(t, r.OK)
	require.Equal(t, []audit.Range{{From: 4, To: 7}}, r.Lost)
	b.enter(1)
	for _, s := range []*audit.Sealer{running, b.another()} {
		_, err := s.SealOnce(ctx)
		require.Equal(t, "audit.quarantine", itsm.AsError(err).Code)
	}
	b.now = b.now.Add(time.Minute)
	from, to, err := b.another().Resume(ctx)
	require.NoError(t, err)
	require.Equal(t, [2]int64{4, 7}, [2]int64{from, to})
	n, err := running.SealOnce(ctx)
	require.NoError(t, err, "the command was another process")
	require.Equal(t, 1, n)
	b.enter(9)
	b.anchor()
	r = b.verify()
	require.True(t, r.OK, "%+v", r.FirstBad)
	require.Equal(t, []audit.Range{{From: 4, To: 7}}, r.Restores, "for good")
}
