package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// AlertState is how the incident of some alerts stands, as their intake knows it.
type AlertState string

// The states.
const (
	AlertsRaising  AlertState = "raising"  // whoever has the lease is raising it
	AlertsOpen     AlertState = "open"     // it is there, and somebody sees to it
	AlertsResolved AlertState = "resolved" // an alert that fires now reopens it
	AlertsOver     AlertState = "over"     // an alert that fires now raises another
)

// alertLease is how long somebody has to raise, to reopen or to resolve an incident
// before another may.
const alertLease = 30 * time.Second

// AlertIn is one alert that fires, or that ends.
type AlertIn struct {
	Source      string        // the intake's name
	DedupKey    string        // alerts of the same key are of the same incident
	Fingerprint string        // names the alert within its incident
	Firing      bool          // it fires; else it has ended
	At          time.Time     // since when, as its sender says; zero: now
	Draft       []byte        // what to raise an incident with, a JSON object of at most 128 KiB
	Lease       time.Duration // how long the caller may take to act on the answer; zero: 30 s
}

// AlertOut is what is to be done about an alert. At most one of Fresh, Reopen and
// Ended is set, and then the caller has the lease: it acts now, or a relay does once
// the lease has run out.
type AlertOut struct {
	Number itsm.Number // of the incident; empty when an alert ended that nobody knew
	Fresh  bool        // an incident is to be raised under Number, with Draft
	Reopen bool        // it is resolved, and fires again
	Ended  bool        // it is open, and no alert of it fires any more
	Count  int64       // how often alerts of it have fired
	Draft  []byte      // what it is to be raised with; nil when there is nothing to raise
	Was    itsm.Number // with Fresh: the incident before it, which is over; empty: there was none
}

// TakeAlert keeps an alert before anything is done about it, and says what is to be
// done. It is on record when TakeAlert returns, counted once for each call, and safe
// from any number of senders at once. An alert that fires again for an incident that
// somebody sees to is only counted, in one statement.
//
// An alert that finds its incident settled came after that. One that was counted
// while the settlement was still being saved is found by StepIncident, and given out
// by ClaimAlerts.
func (s *Store) TakeAlert(ctx context.Context, in AlertIn) (out AlertOut, err error) {
	if in.Lease <= 0 {
		in.Lease = alertLease
	}
	if in.At.IsZero() {
		in.At = time.Now()
	}
	if in.Firing {
		counted, err := s.rows.CountAlert(ctx, rows.CountAlertParams{
			Source: in.Source, DedupKey: in.DedupKey, Fingerprint: in.Fingerprint, Draft: in.Draft, SaidAt: in.At,
		})
		if err == nil {
			return AlertOut{Number: itsm.Number(counted.Number), Count: counted.Count}, nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return AlertOut{}, refusal("take alert", err)
		}
	}
	err = s.transact(ctx, "take alert", func(q *rows.Queries) error {
		if in.Firing {
			out, err = fire(ctx, q, in)
		} else {
			out, err = endAlert(ctx, q, in)
		}
		return err
	})
	if err != nil {
		return AlertOut{}, err
	}
	return out, nil
}

// fire takes an alert for which there is more to do than to count.
func fire(ctx context.Context, q *rows.Queries, in AlertIn) (AlertOut, error) {
	held, err := lockAlerts(ctx, q, in.Source, in.DedupKey)
	none := errors.Is(err, pgx.ErrNoRows)
	if err != nil && !none {
		return AlertOut{}, err
	}
	var out AlertOut
	if none || AlertState(held.State) == AlertsOver {
		out, err = begin(ctx, q, in.Source, in.DedupKey, in.Draft, in.Lease, held.Number)
	} else {
		out, err = again(ctx, q, in, held)
	}
	if err != nil {
		return AlertOut{}, err
	}
	return out, q.FireAlert(ctx, rows.FireAlertParams{
		Number: out.Number, Fingerprint: in.Fingerprint, Source: in.Source, DedupKey: in.DedupKey,
		Draft: in.Draft, SaidAt: in.At,
	})
}

// lockAlerts reads the newest incident of a key and has it alone until the
// transaction ends, also when there is none yet.
func lockAlerts(ctx context.Context, q *rows.Queries, source, key string) (rows.LockAlertIncidentRow, error) {
	if err := q.LockAlertKey(ctx, rows.LockAlertKeyParams{Source: source, DedupKey: key}); err != nil {
		return rows.LockAlertIncidentRow{}, err
	}
	return q.LockAlertIncident(ctx, rows.LockAlertIncidentParams{Source: source, DedupKey: key})
}

// begin gives a key another incident, which takes over what still fires of the one
// before it, if there was one.
func begin(ctx context.Context, q *rows.Queries, source, key string, draft []byte, lease time.Duration, was itsm.Number) (AlertOut, error) {
	begun, err := q.OpenAlertIncident(ctx, rows.OpenAlertIncidentParams{
		Source: source, DedupKey: key, Draft: draft, Lease: interval(lease),
	})
	if err != nil {
		return AlertOut{}, err
	}
	if was != "" {
		err = q.CarryAlerts(ctx, rows.CarryAlertsParams{Number: string(begun.Number), Was: was})
	}
	return AlertOut{Number: begun.Number, Fresh: true, Count: begun.Count, Draft: begun.Draft, Was: was}, err
}

// again counts an alert of an incident that is there. Unless somebody is at it, the
// caller raises it, or reopens it.
func again(ctx context.Context, q *rows.Queries, in AlertIn, held rows.LockAlertIncidentRow) (AlertOut, error) {
	raise := AlertState(held.State) == AlertsRaising && !held.Leased
	reopen := AlertState(held.State) == AlertsResolved && (!held.Leased || !held.Unsettled)
	row, err := q.FireAlertIncident(ctx, rows.FireAlertIncidentParams{
		Source: in.Source, DedupKey: in.DedupKey, Draft: in.Draft, Leased: raise || reopen, Lease: interval(in.Lease),
	})
	out := AlertOut{Number: row.Number, Fresh: raise, Reopen: reopen, Count: row.Count}
	if raise {
		out.Draft, out.Was = row.Draft, row.Was
	}
	return out, err
}

// endAlert takes note that an alert fires no more. Of one that nobody knew there is
// nothing to note, and to hear it twice is harmless.
func endAlert(ctx context.Context, q *rows.Queries, in AlertIn) (AlertOut, error) {
	held, err := lockAlerts(ctx, q, in.Source, in.DedupKey)
	if errors.Is(err, pgx.ErrNoRows) {
		return AlertOut{}, nil
	}
	if err != nil {
		return AlertOut{}, err
	}
	out := AlertOut{Number: held.Number, Count: held.Count}
	ended, err := q.EndAlert(ctx, rows.EndAlertParams{Number: held.Number, Fingerprint: in.Fingerprint})
	if err != nil || ended.Firing {
		return out, err
	}
	row, err := q.EndAlertIncident(ctx, rows.EndAlertIncidentParams{
		Source: in.Source, DedupKey: in.DedupKey, News: ended.News, Lease: interval(in.Lease),
	})
	out.Ended = AlertState(row.State) == AlertsOpen && row.EndDue
	return out, err
}

// RaiseAnew begins another incident for the alerts of one that cannot take them any
// more: it may not be reopened, or its process is gone. It says so by its number; when
// its key has another incident by now, or one that is just being raised, that is
// returned and nothing is begun.
func (s *Store) RaiseAnew(ctx context.Context, source, key string, was itsm.Number, lease time.Duration) (out AlertOut, err error) {
	if lease <= 0 {
		lease = alertLease
	}
	err = s.transact(ctx, "raise anew", func(q *rows.Queries) error {
		held, err := lockAlerts(ctx, q, source, key)
		if err != nil {
			return err
		}
		if held.Number != was || AlertState(held.State) == AlertsRaising {
			out = AlertOut{Number: held.Number, Count: held.Count}
			return nil
		}
		out, err = begin(ctx, q, source, key, held.Draft, lease, was)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return AlertOut{}, fmt.Errorf("raise anew: no alert came under the key of %s", was)
	}
	return out, err
}

// Alert is one alert of an incident.
type Alert struct {
	Number      itsm.Number
	Source      string
	DedupKey    string
	Fingerprint string
	Firing      bool
	Count       int64 // how often it fired for this incident; 0: it was taken over from the one before
	Draft       []byte
	SaidAt      time.Time // since when it fires, as its sender said first
	FirstAt     time.Time // when it came first, and last, by the database's clock
	LastAt      time.Time
	EndedAt     *time.Time
}

// AlertsOf lists the alerts of an incident: those that fire first, then the latest.
func (s *Store) AlertsOf(ctx context.Context, n itsm.Number) ([]Alert, error) {
	found, err := s.rows.AlertsOf(ctx, n)
	if err != nil {
		return nil, refusal("alerts of", err)
	}
	alerts := make([]Alert, 0, len(found))
	for _, r := range found {
		alerts = append(alerts, Alert{
			Number: r.Number, Source: r.Source, DedupKey: r.DedupKey, Fingerprint: r.Fingerprint, Firing: r.Firing,
			Count: r.Count, Draft: r.Draft, SaidAt: r.SaidAt, FirstAt: r.FirstAt, LastAt: r.LastAt, EndedAt: r.EndedAt,
		})
	}
	return alerts, nil
}

// CountAlerts adds up the alerts of one incident.
func CountAlerts(all []Alert) itsm.AlertCount {
	count := itsm.AlertCount{Alerts: len(all)}
	for _, one := range all {
		count.Count += one.Count
		if one.Firing {
			count.Firing++
		}
	}
	return count
}
