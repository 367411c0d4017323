package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// MessageState is how a message stands in Slack.
type MessageState string

// The states.
const (
	MessagePending   MessageState = "pending"   // begun; its end is not known yet
	MessagePosted    MessageState = "posted"    // it stands at Channel and TS
	MessageAmbiguous MessageState = "ambiguous" // Slack gave no clear answer
	MessageGone      MessageState = "gone"      // it was deleted in Slack
)

// Message is a row of the ledger of what Steward says in Slack: written before
// the send, completed after it, so that a retry does not say it twice.
type Message struct {
	Key       string // such as CHG-42/card/C024BE91L: one message, edited for life
	Number    itsm.Number
	Revision  int // of the record that the message shows
	Channel   string
	TS        string // Slack's name of the message; empty until it is posted
	Digest    string // of what it says
	State     MessageState
	Attempts  int
	Unsure    int // sends that may have come twice
	UpdatedAt time.Time
}

// Send is what is to be done about a message that was begun.
type Send string

// What is to be done.
const (
	SendPost   Send = "post"   // it was never sent: post it
	SendUpdate Send = "update" // it stands at Channel and TS: update it there
	SendUnsure Send = "unsure" // an earlier send may have arrived: look before posting
	SendNone   Send = "none"   // this revision or a newer one stands, or it is gone
)

// BeginMessage writes the pending row before a send and says what to send, if
// anything. It returns the row as it stands then. An older revision never
// overwrites a newer one.
func (s *Store) BeginMessage(ctx context.Context, m Message) (row Message, send Send, err error) {
	err = s.transact(ctx, "begin message", func(q *rows.Queries) error {
		opened, err := q.OpenMessage(ctx, rows.OpenMessageParams{
			Key: m.Key, Number: m.Number, Revision: small(m.Revision), Channel: m.Channel, Digest: m.Digest,
		})
		if err == nil {
			row, send = messageOf(opened), SendPost
			return nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		held, err := q.LockMessage(ctx, m.Key)
		if err != nil {
			return err
		}
		row = messageOf(held)
		if send = row.next(m); send == SendNone {
			return nil
		}
		unsure := int32(0)
		if send == SendUnsure && row.State == MessagePending {
			unsure = 1 // an ambiguous one was counted when it became so
		}
		held, err = q.ReopenMessage(ctx, rows.ReopenMessageParams{
			Key: m.Key, Revision: small(m.Revision), Digest: m.Digest, Unsure: unsure,
		})
		row = messageOf(held)
		return err
	})
	return row, send, err
}

// next says what is to be done for m, given the row that stands.
func (row *Message) next(m Message) Send {
	switch {
	case row.State == MessageGone, row.Revision > m.Revision:
		return SendNone
	case row.State == MessagePosted && row.Revision == m.Revision && row.Digest == m.Digest:
		return SendNone
	case row.TS != "":
		return SendUpdate
	default:
		return SendUnsure
	}
}

// PostedMessage keeps where a message stands, once Slack has said so.
func (s *Store) PostedMessage(ctx context.Context, key string, revision int, channel, ts string) error {
	_, err := s.rows.PlaceMessage(ctx, rows.PlaceMessageParams{Key: key, Revision: small(revision), Channel: channel, Ts: ts})
	return refusal("posted message", err)
}

// AmbiguousMessage says that a post had no clear answer: it may stand there.
func (s *Store) AmbiguousMessage(ctx context.Context, key string, revision int) error {
	return refusal("ambiguous message", s.rows.DoubtMessage(ctx, rows.DoubtMessageParams{Key: key, Revision: small(revision)}))
}

// GoneMessage says that the message was deleted in Slack: it is not posted again.
func (s *Store) GoneMessage(ctx context.Context, key string) error {
	return refusal("gone message", s.rows.EndMessage(ctx, key))
}

// RetractMessage takes back the row of a post that Slack certainly did not take
// (an error code, a 429), so that the next attempt is no doubtful one.
func (s *Store) RetractMessage(ctx context.Context, key string, revision int) error {
	return refusal("retract message", s.rows.RetractMessage(ctx, rows.RetractMessageParams{Key: key, Revision: small(revision)}))
}

// Message reads one row; found is false when the message was never begun.
func (s *Store) Message(ctx context.Context, key string) (m Message, found bool, err error) {
	row, err := s.rows.Message(ctx, key)
	if errors.Is(err, pgx.ErrNoRows) {
		return Message{}, false, nil
	}
	return messageOf(row), err == nil, refusal("message", err)
}

// Messages lists what was said about a record, by key.
func (s *Store) Messages(ctx context.Context, n itsm.Number) ([]Message, error) {
	found, err := s.rows.Messages(ctx, n)
	if err != nil {
		return nil, refusal("messages", err)
	}
	messages := make([]Message, 0, len(found))
	for _, row := range found {
		messages = append(messages, messageOf(row))
	}
	return messages, nil
}

func messageOf(r rows.Message) Message {
	return Message{
		Key: r.Key, Number: r.Number, Revision: int(r.Revision), Channel: r.Channel, TS: r.Ts, Digest: r.Digest,
		State: MessageState(r.State), Attempts: int(r.Attempts), Unsure: int(r.Unsure), UpdatedAt: r.UpdatedAt,
	}
}
