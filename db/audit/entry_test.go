package audit

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheHashIsTheOneThatWasPublished: the wanted hash was computed by another
// program in another language. Whoever changes it breaks every chain there is.
func TestTheHashIsTheOneThatWasPublished(t *testing.T) {
	entry := &Entry{
		ID: 42, At: "2026-03-02 12:00:00.123456", XID: "777", Outcome: "done", Action: "change.approved",
		Subject: "CHG-7", Revision: 4, Actor: "bob", Door: "slack", Credential: "U1",
		WorkflowID: "CHG-7", RunID: "r", ActID: "a",
		Facts:    json.RawMessage(`{"to": "approved", "from": "awaiting_approval", "verdict": "<approve> & é€"}`),
		Personal: json.RawMessage(`{"note": "ab"}`),
	}
	link := &Link{
		Seq: 9007199254740993, Entry: 42, Version: Version, SealedAt: "2026-03-02 12:00:01.000000",
		PrevHash: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	}
	hash, err := link.digest(entry)
	require.NoError(t, err)
	require.Equal(t, "e81d28bdede0b05c5c3f1d486406d41563c53002d35865d8c10511100dbbce2e", hash)
	for _, bad := range []string{"", "00", strings.Repeat("x", 64)} {
		_, err = (&Link{Version: Version, PrevHash: bad}).digest(entry)
		require.Error(t, err)
	}
	entry.Facts = json.RawMessage(`{"to": `)
	_, err = link.digest(entry)
	require.Error(t, err)
}
