package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// Standing is how a reservation stands for whoever asked for it.
type Standing string

// The standings.
const (
	Mine      Standing = "mine"       // go on, under the number in the reservation
	Running   Standing = "running"    // another request with this key is under way
	Finished  Standing = "finished"   // Status and Stored are the answer it had
	OtherBody Standing = "other_body" // the key was used for another request
)

// Reservation is one request that must count once however often it is sent.
type Reservation struct {
	Principal  string // whose key it is
	Route      string
	Key        string
	BodyDigest string // SHA-256 of the body, in hex
	Number     itsm.Number
	Lease      time.Duration // how long the work may take before another may take over
	Status     int           // with Finished
	Stored     []byte        // with Finished

	until time.Time
}

// Reserve takes a key for a request. The number that was reserved first stays,
// also for whoever takes over when a lease ran out.
func (s *Store) Reserve(ctx context.Context, r Reservation) (Reservation, Standing, error) {
	mine, err := s.rows.Reserve(ctx, rows.ReserveParams{
		Principal: r.Principal, Route: r.Route, Key: r.Key, BodyDigest: r.BodyDigest,
		Number: r.Number, Lease: interval(r.Lease),
	})
	if err == nil {
		r.Number, r.until = mine.Number, mine.LeaseUntil
		return r, Mine, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return r, "", refusal("reserve", err)
	}
	held, standing, err := s.Reserved(ctx, r)
	if standing == Mine {
		return held, Running, err // purged between the two statements: the next try finds the key free
	}
	return held, standing, err
}

// Reserved tells how a reservation would stand, without taking it.
func (s *Store) Reserved(ctx context.Context, r Reservation) (Reservation, Standing, error) {
	held, err := s.rows.Reservation(ctx, rows.ReservationParams{Principal: r.Principal, Route: r.Route, Key: r.Key})
	if errors.Is(err, pgx.ErrNoRows) {
		return r, Mine, nil
	}
	if err != nil {
		return r, "", refusal("reserved", err)
	}
	switch {
	case held.BodyDigest != r.BodyDigest:
		return r, OtherBody, nil
	case held.Status != 0:
		r.Number, r.Status, r.Stored = held.Number, int(held.Status), held.Answer
		return r, Finished, nil
	default:
		r.Number = held.Number
		return r, Running, nil
	}
}

// Answer keeps what the request was answered, for whoever repeats it. The first
// answer stays.
func (s *Store) Answer(ctx context.Context, r Reservation, status int, answer []byte) error {
	_, err := s.rows.AnswerReservation(ctx, rows.AnswerReservationParams{
		Status: small(status), Answer: append([]byte{}, answer...),
		Principal: r.Principal, Route: r.Route, Key: r.Key,
	})
	return refusal("answer", err)
}

// Release lets the next request with the key go on at once. The number stays
// reserved.
func (s *Store) Release(ctx context.Context, r Reservation) error {
	return refusal("release", s.rows.ReleaseReservation(ctx, rows.ReleaseReservationParams{
		Principal: r.Principal, Route: r.Route, Key: r.Key, LeaseUntil: r.until,
	}))
}

// PurgeReservations forgets keys first used before an instant and says how many.
func (s *Store) PurgeReservations(ctx context.Context, before time.Time) (int64, error) {
	n, err := s.rows.PurgeReservations(ctx, before)
	return n, refusal("purge reservations", err)
}
