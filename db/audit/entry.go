package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/steward-itsm/steward/db/rows"
)

// Version is how links are hashed now.
const Version = 1

// instant is how instants are written where they are hashed: UTC, microseconds.
const instant = "2006-01-02 15:04:05.000000"

// Entry is one row of audit_entries as it is hashed. Whole numbers that may pass
// 2^53 are strings, as RFC 8785 asks; instants are the text that Postgres gave.
type Entry struct {
	ID         int64           `json:"id,string"`
	At         string          `json:"at"`
	XID        string          `json:"xid"`
	Outcome    string          `json:"outcome"`
	Action     string          `json:"action"`
	Subject    string          `json:"subject"`
	Revision   int32           `json:"revision"`
	Actor      string          `json:"actor"`
	Door       string          `json:"door"`
	Credential string          `json:"credential"`
	Code       string          `json:"code"`
	Kind       string          `json:"kind"`
	WorkflowID string          `json:"workflow_id"`
	RunID      string          `json:"run_id"`
	ActID      string          `json:"act_id"`
	Facts      json.RawMessage `json:"facts"`
	Personal   json.RawMessage `json:"personal"` // field → HMAC-SHA256(salt, value)
}

// Link is one row of audit_chain.
type Link struct {
	Seq      int64  `json:"seq,string"`
	Entry    int64  `json:"entry,string"`
	Version  int16  `json:"version"`
	SealedAt string `json:"sealed_at"`
	PrevHash string `json:"prev_hash"` // hex
	Hash     string `json:"hash"`      // hex
}

// Row is one thing that a source yields: a link with its entry, an entry without
// a link, or a personal value that stands beside an entry.
type Row struct {
	Link     *Link     `json:"link,omitempty"`
	Entry    *Entry    `json:"entry,omitempty"`
	Personal *Personal `json:"-"` // never in a dump
}

// Personal is a value beside the chain and the hash that the entry has of it.
type Personal struct {
	Entry  int64
	Field  string
	Salt   []byte
	Value  string
	Hashed string // what the entry says; "" when it says nothing of the field
}

// digest is the hash that the link should have, given its entry.
func (l *Link) digest(e *Entry) (string, error) {
	previous, err := hex.DecodeString(l.PrevHash)
	if err != nil || len(previous) != sha256.Size {
		return "", fmt.Errorf("the previous hash is no SHA-256")
	}
	document, err := json.Marshal(struct {
		Seq      int64  `json:"seq,string"`
		SealedAt string `json:"sealed_at"`
		Entry    *Entry `json:"entry"`
	}{l.Seq, l.SealedAt, e})
	if err != nil {
		return "", fmt.Errorf("the entry is no JSON: %w", err)
	}
	canonical, err := jcs.Transform(document)
	if err != nil {
		return "", fmt.Errorf("the entry has no canonical form: %w", err)
	}
	h := sha256.New()
	h.Write([]byte{byte(l.Version)}) //nolint:gosec // one of the versions we know
	h.Write(previous)
	h.Write(canonical)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// age is how long before an instant the entry was made; false when its own
// instant cannot be read.
func (e *Entry) age(now time.Time) (time.Duration, bool) {
	at, err := time.Parse(instant, e.At)
	return now.Sub(at), err == nil
}

func entryOf(r rows.UnsealedRow) *Entry {
	return &Entry{
		ID: r.ID, At: r.At, XID: r.Xid, Outcome: r.Outcome, Action: r.Action, Subject: r.Subject, Revision: r.Revision,
		Actor: r.Actor, Door: r.Door, Credential: r.Credential, Code: r.Code, Kind: r.Kind,
		WorkflowID: r.WorkflowID, RunID: r.RunID, ActID: r.ActID,
		Facts: json.RawMessage(r.Facts), Personal: json.RawMessage(r.Personal),
	}
}
