package desk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// place is where a page ended: enough to go on from it whatever was added since.
// It names the question too, so that a cursor cannot be carried to another one.
type place struct {
	RaisedAt time.Time        `json:"at"`
	Number   itsm.Number      `json:"n"`
	State    itsm.ChangeState `json:"s,omitempty"`
	Service  itsm.ServiceID   `json:"v,omitempty"`
	Mine     bool             `json:"m,omitempty"`
}

func (d *Desk) cursor(list ChangeList, last itsm.Change) (string, error) {
	text, err := json.Marshal(place{last.RaisedAt, last.Number, list.State, list.Service, list.Mine})
	return base64.RawURLEncoding.EncodeToString(append(d.stamp(0, text), text...)), err
}

// position reads a cursor that this desk made for the same question.
func (d *Desk) position(list ChangeList) (db.Cursor, error) {
	if list.Cursor == "" {
		return db.Cursor{}, nil
	}
	refused := itsm.Refuse(itsm.Invalid, "list.cursor", "That cursor is not one that was given for this list. Start again without it.")
	raw, err := base64.RawURLEncoding.DecodeString(list.Cursor)
	if err != nil || len(raw) < sha256.Size || !d.stamped(raw) {
		return db.Cursor{}, refused
	}
	var p place
	if json.Unmarshal(raw[sha256.Size:], &p) != nil || p.State != list.State || p.Service != list.Service || p.Mine != list.Mine {
		return db.Cursor{}, refused
	}
	return db.Cursor{RaisedAt: p.RaisedAt, Number: p.Number.Ordinal()}, nil
}

func (d *Desk) stamped(raw []byte) bool {
	for i := range d.Keys {
		if hmac.Equal(raw[:sha256.Size], d.stamp(i, raw[sha256.Size:])) {
			return true
		}
	}
	return false
}

func (d *Desk) stamp(key int, text []byte) []byte {
	h := hmac.New(sha256.New, d.Keys[key])
	h.Write([]byte("steward.cursor.1\x00"))
	h.Write(text)
	return h.Sum(nil)
}
