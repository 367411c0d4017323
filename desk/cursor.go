package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

const (
	defaultPage = 50
	maxPage     = 200
)

// Page is one page of a list, newest first. Next is empty on the last.
type Page[T any] struct {
	Items []T
	Next  string
}

// listing is a question for a list: what is asked, without how many and from where.
type listing struct {
	of     string // what the list is of
	by     any    // what narrows it
	limit  int
	cursor string
}

// place is where a page ended: enough to go on from it whatever was added since.
// It names the question too, so that a cursor cannot be carried to another one.
type place struct {
	RaisedAt time.Time   `json:"at"`
	Number   itsm.Number `json:"n"`
	Question string      `json:"q"` // its digest
}

// paged fills a page. read is asked for one row more than the page takes, which tells
// whether there is a next; at says where a row stands.
func paged[T any](ctx context.Context, d *Desk, l listing, read func(context.Context, db.Cursor, int) ([]T, error), at func(T) place) (page Page[T], err error) {
	if l.limit < 0 || l.limit > maxPage {
		return page, itsm.Refuse(itsm.Invalid, "list.limit", "The limit must be from 1 to %d.", maxPage)
	}
	if l.limit == 0 {
		l.limit = defaultPage
	}
	question, err := digestOf([]any{l.of, l.by})
	if err != nil {
		return page, err
	}
	before, err := d.position(l.cursor, question)
	if err != nil {
		return page, err
	}
	if page.Items, err = read(ctx, before, l.limit+1); err != nil || len(page.Items) <= l.limit {
		return page, err
	}
	page.Items = page.Items[:l.limit]
	last := at(page.Items[l.limit-1])
	last.Question = question
	page.Next, err = d.cursor(last)
	return page, err
}

func (d *Desk) cursor(last place) (string, error) {
	text, err := json.Marshal(last)
	return base64.RawURLEncoding.EncodeToString(append(d.stamp(0, text), text...)), err
}

// position reads a cursor that this desk made for the same question.
func (d *Desk) position(cursor, question string) (db.Cursor, error) {
	if cursor == "" {
		return db.Cursor{}, nil
	}
	refused := itsm.Refuse(itsm.Invalid, "list.cursor", "That cursor is not one that was given for this list. Start again without it.")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < sha256.Size || !d.stamped(raw) {
		return db.Cursor{}, refused
	}
	var p place
	if json.Unmarshal(raw[sha256.Size:], &p) != nil || p.Question != question {
		return db.Cursor{}, refused
	}
	return db.Cursor{RaisedAt: p.RaisedAt, Number: p.Number.Ordinal(), Record: p.Number}, nil
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
