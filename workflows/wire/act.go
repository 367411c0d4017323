package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// ActLife is how long a signed act may be on its way. The desk signs anew for
// each attempt, so it need only outlast one attempt and the clocks' difference.
const ActLife = 2 * time.Minute

// Act is what the desk sends a process: who asks for what, signed, so that
// whoever else can reach Temporal cannot act as somebody they are not. What was
// said travels as the bytes that were signed: a worker that knows fewer fields
// than the desk still agrees with the signature.
type Act struct {
	Said json.RawMessage `json:"said"`
	MAC  []byte          `json:"mac"`
}

// Bound is what an act is signed for besides its content: the same act cannot be
// carried to another record, another verb or another asking.
type Bound struct {
	WorkflowID string
	Update     string
	UpdateID   string
}

type said[T any] struct {
	Actor   itsm.Actor `json:"actor"`
	Body    T          `json:"body"`
	Expires time.Time  `json:"expires"`
}

// Keys are the live signing keys: the first signs, all verify, so that a key can
// be replaced without refusing what is under way. Each has 32 bytes or more.
type Keys [][]byte

// ErrNoKey says that there is nothing to sign with.
var ErrNoKey = errors.New("wire: no signing key of at least 32 bytes")

// Check refuses keys that protect nothing.
func (k Keys) Check() error {
	if len(k) == 0 {
		return ErrNoKey
	}
	for _, key := range k {
		if len(key) < sha256.Size {
			return ErrNoKey
		}
	}
	return nil
}

// Sign makes the act of an actor, good for ActLife from now.
func Sign[T any](k Keys, b Bound, who itsm.Actor, body T, now time.Time) (Act, error) {
	if err := k.Check(); err != nil {
		return Act{}, err
	}
	text, err := json.Marshal(said[T]{Actor: who, Body: body, Expires: now.Add(ActLife).UTC()})
	if err != nil {
		return Act{}, err
	}
	return Act{Said: text, MAC: b.mac(k[0], text)}, nil
}

// Verify refuses an act that the desk did not sign, or not for this, or not lately.
func (k Keys) Verify(b Bound, a Act, now time.Time) error {
	for _, key := range k {
		if len(a.MAC) > 0 && hmac.Equal(a.MAC, b.mac(key, a.Said)) {
			return a.fresh(now)
		}
	}
	return itsm.Refuse(itsm.Forbidden, "actor.unsigned", "That did not come through Steward's desk. Use Slack or the API.")
}

func (a Act) fresh(now time.Time) error {
	s, err := open[json.RawMessage](a)
	if err != nil {
		return err
	}
	if now.After(s.Expires) || s.Expires.Sub(now) > 2*ActLife {
		return itsm.Refuse(itsm.Unavailable, "actor.stale", "That was under way for too long. Try again.")
	}
	return nil
}

// Open reads an act that Verify has allowed.
func Open[T any](a Act) (itsm.Actor, T, error) {
	s, err := open[T](a)
	return s.Actor, s.Body, err
}

//workflowcheck:ignore decoding bytes that history holds gives the same answer every time
func open[T any](a Act) (s said[T], err error) {
	if err := json.Unmarshal(a.Said, &s); err != nil {
		return s, itsm.Refuse(itsm.Invalid, "actor.unreadable", "That act cannot be read.")
	}
	return s, nil
}

func (b Bound) mac(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range [][]byte{[]byte("steward.act.1"), []byte(b.WorkflowID), []byte(b.Update), []byte(b.UpdateID), text} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}
