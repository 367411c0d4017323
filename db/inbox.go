package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
)

// Delivery is something that Slack sent and that must be answered once.
type Delivery struct {
	ID         int64
	DedupeKey  string
	Kind       string
	Team       string
	SlackUser  string
	Payload    []byte // at most 1 MiB
	ReceivedAt time.Time
	LeaseUntil time.Time
	Attempts   int
	AnsweredAt *time.Time
	Answer     []byte
	LastError  string

	Lease time.Duration // given to KeepDelivery: how long its keeper has it alone
}

// KeepDelivery keeps a delivery before anything is done about it. A fresh one is
// leased to the caller for Lease; of one that is there already, the row as it
// stands is returned.
func (s *Store) KeepDelivery(ctx context.Context, d Delivery) (kept Delivery, fresh bool, err error) {
	attempts := int32(0)
	if d.Lease > 0 {
		attempts = 1
	}
	row, err := s.rows.KeepDelivery(ctx, rows.KeepDeliveryParams{
		DedupeKey: d.DedupeKey, Kind: d.Kind, Team: d.Team, SlackUser: d.SlackUser,
		Payload: append([]byte{}, d.Payload...), Lease: interval(d.Lease), Attempts: attempts,
	})
	if err == nil {
		return deliveryOf(row), true, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return Delivery{}, false, refusal("keep delivery", err)
	}
	row, err = s.rows.DeliveryByKey(ctx, d.DedupeKey)
	return deliveryOf(row), false, refusal("keep delivery", err)
}

// ClaimDelivery leases one delivery; claimed is false when it is answered or
// somebody else holds it.
func (s *Store) ClaimDelivery(ctx context.Context, id int64, lease time.Duration) (d Delivery, claimed bool, err error) {
	row, err := s.rows.ClaimDelivery(ctx, rows.ClaimDeliveryParams{ID: id, Lease: interval(lease)})
	if errors.Is(err, pgx.ErrNoRows) {
		return Delivery{}, false, nil
	}
	return deliveryOf(row), err == nil, refusal("claim delivery", err)
}

// ClaimDueDeliveries leases up to limit deliveries that nobody holds, oldest
// first. No two callers get the same one.
func (s *Store) ClaimDueDeliveries(ctx context.Context, lease time.Duration, limit int) ([]Delivery, error) {
	limit = min(max(limit, 1), MaxPage)
	found, err := s.rows.ClaimDueDeliveries(ctx, rows.ClaimDueDeliveriesParams{Lease: interval(lease), Most: small(limit)})
	if err != nil {
		return nil, refusal("claim due deliveries", err)
	}
	due := make([]Delivery, 0, len(found))
	for _, row := range found {
		due = append(due, deliveryOf(row))
	}
	return due, nil
}

// FinishDelivery keeps the answer. The first answer stays: first is false when
// there was one.
func (s *Store) FinishDelivery(ctx context.Context, id int64, answer []byte) (first bool, err error) {
	n, err := s.rows.FinishDelivery(ctx, rows.FinishDeliveryParams{ID: id, Answer: append([]byte{}, answer...)})
	return n > 0, refusal("finish delivery", err)
}

// FailDelivery says why an attempt failed; nobody gets the delivery before retryAt.
func (s *Store) FailDelivery(ctx context.Context, id int64, reason string, retryAt time.Time) error {
	return refusal("fail delivery", s.rows.FailDelivery(ctx, rows.FailDeliveryParams{ID: id, LastError: reason, RetryAt: retryAt}))
}

// PurgeDeliveries forgets what was answered before an instant and says how many.
func (s *Store) PurgeDeliveries(ctx context.Context, before time.Time) (int64, error) {
	n, err := s.rows.PurgeDeliveries(ctx, &before)
	return n, refusal("purge deliveries", err)
}

// InboxAge tells how many deliveries are unanswered and how long the oldest has waited.
func (s *Store) InboxAge(ctx context.Context) (waiting int64, oldest time.Duration, err error) {
	row, err := s.rows.InboxAge(ctx)
	return row.Waiting, time.Duration(row.Oldest * float64(time.Second)), refusal("inbox age", err)
}

func deliveryOf(r rows.SlackInbox) Delivery {
	return Delivery{
		ID: r.ID, DedupeKey: r.DedupeKey, Kind: r.Kind, Team: r.Team, SlackUser: r.SlackUser, Payload: r.Payload,
		ReceivedAt: r.ReceivedAt, LeaseUntil: r.LeaseUntil, Attempts: int(r.Attempts), AnsweredAt: r.AnsweredAt,
		Answer: r.Answer, LastError: r.LastError,
	}
}
