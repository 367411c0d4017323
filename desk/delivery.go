package desk

import (
	"context"
	"time"

	"github.com/steward-itsm/steward/db"
)

// Delivery is one request that Slack delivered, kept before anything is done
// about it: what is in the inbox is not lost by a crash, and what arrives twice
// is done once.
type Delivery struct {
	ID         int64
	DedupeKey  string
	Kind       string // command, action, view_submission, event
	Team       string
	User       string // Slack user id
	Payload    []byte // the verified body
	ReceivedAt time.Time
	Attempts   int
	Answered   bool
	Answer     []byte // what was answered, for a repeat
}

// KeepDelivery puts a delivery in the inbox and claims it for lease; fresh is
// false when it was there already, and the delivery then holds what came of it.
func (d *Desk) KeepDelivery(ctx context.Context, in Delivery, lease time.Duration) (kept Delivery, fresh bool, err error) {
	row, fresh, err := d.Store.KeepDelivery(ctx, db.Delivery{
		DedupeKey: in.DedupeKey, Kind: in.Kind, Team: in.Team, SlackUser: in.User, Payload: in.Payload, Lease: lease,
	})
	return delivery(row), fresh, err
}

// ClaimDeliveries takes up to limit deliveries that nobody is working on and
// that are due, for lease.
func (d *Desk) ClaimDeliveries(ctx context.Context, lease time.Duration, limit int) ([]Delivery, error) {
	rows, err := d.Store.ClaimDueDeliveries(ctx, lease, limit)
	claimed := make([]Delivery, len(rows))
	for i, row := range rows {
		claimed[i] = delivery(row)
	}
	return claimed, err
}

// AnswerDelivery records that a delivery was dealt with, and how.
func (d *Desk) AnswerDelivery(ctx context.Context, id int64, answer []byte) error {
	_, err := d.Store.FinishDelivery(ctx, id, answer)
	return err
}

// PostponeDelivery gives a delivery back, to be tried again after a while.
func (d *Desk) PostponeDelivery(ctx context.Context, id int64, reason string, after time.Duration) error {
	return d.Store.FailDelivery(ctx, id, reason, d.Now().Add(after))
}

func delivery(row db.Delivery) Delivery {
	return Delivery{
		ID: row.ID, DedupeKey: row.DedupeKey, Kind: row.Kind, Team: row.Team, User: row.SlackUser, Payload: row.Payload,
		ReceivedAt: row.ReceivedAt, Attempts: row.Attempts, Answered: row.AnsweredAt != nil, Answer: row.Answer,
	}
}
