package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// AlertWork is what is to be done about the incident of some alerts.
type AlertWork string

// What is to be done.
const (
	AlertRaise  AlertWork = "raise"  // under Number, with Draft; then RaisedAlert, or RefusedAlert
	AlertReopen AlertWork = "reopen" // an alert fires since it was resolved; if that is refused for good, RaiseAnew
	AlertEnd    AlertWork = "end"    // no alert fires any more: resolve it; if it is to stay open, NotedAlerts
	AlertNote   AlertWork = "note"   // tell its process how often alerts came again; then NotedAlerts
	AlertNone   AlertWork = ""       // nothing; or somebody else is at it
)

// AlertIncident is the newest incident of the alerts that share a key.
type AlertIncident struct {
	Source   string
	DedupKey string
	Number   itsm.Number
	State    AlertState
	Work     AlertWork   // what is to be done, as far as it was claimed
	Draft    []byte      // what it is raised with
	Was      itsm.Number // the incident before it, which is over; empty: there was none
	Count    int64       // how often alerts of it have fired
	LastAt   time.Time   // when one fired last, by the database's clock
}

// ClaimAlerts leases up to limit incidents of alerts about which something is to be
// done and that nobody is at, those that wait longest first. No two callers get the
// same one. What they do about it may be done twice: a lease is no lock.
//
// It yields what was never raised, because whoever took the alert died; resolved
// incidents for which an alert fires; open ones for which none does any more; and
// those of which alerts came again since the process was told, after a minute at
// first and then at intervals that double up to an hour. An incident that is over and
// for which an alert fires has got a successor when it is returned: that is to be
// raised.
func (s *Store) ClaimAlerts(ctx context.Context, lease time.Duration, limit int) (due []AlertIncident, err error) {
	limit = min(max(limit, 1), MaxPage)
	err = s.transact(ctx, "claim alerts", func(q *rows.Queries) error {
		due = nil
		claimed, err := q.ClaimAlertIncidents(ctx, rows.ClaimAlertIncidentsParams{Lease: interval(lease), Most: small(limit)})
		if err != nil {
			return err
		}
		for _, r := range claimed {
			if r.Anew {
				if err := q.CarryAlerts(ctx, rows.CarryAlertsParams{Number: string(r.Number), Was: r.Was}); err != nil {
					return err
				}
			}
			due = append(due, AlertIncident{
				Source: r.Source, DedupKey: r.DedupKey, Number: r.Number, Was: r.Was, State: AlertState(r.State),
				Work: workOn(AlertState(r.State), r.EndDue), Draft: r.Draft, Count: r.Count, LastAt: r.LastAt,
			})
		}
		return nil
	})
	return due, err
}

func workOn(state AlertState, endDue bool) AlertWork {
	switch {
	case state == AlertsRaising:
		return AlertRaise
	case state != AlertsOpen:
		return AlertReopen
	case endDue:
		return AlertEnd
	default:
		return AlertNote
	}
}

// UnsettledAlerts lists up to limit settled incidents for which an alert fires that
// whoever settled them had not seen, the longest first. It claims nothing.
func (s *Store) UnsettledAlerts(ctx context.Context, limit int) ([]AlertIncident, error) {
	found, err := s.rows.UnsettledAlerts(ctx, small(min(max(limit, 1), MaxPage)))
	if err != nil {
		return nil, refusal("unsettled alerts", err)
	}
	unsettled := make([]AlertIncident, 0, len(found))
	for _, r := range found {
		unsettled = append(unsettled, AlertIncident{
			Source: r.Source, DedupKey: r.DedupKey, Number: r.Number, Was: r.Was, State: AlertState(r.State), Draft: r.Draft, Count: r.Count, LastAt: r.LastAt,
		})
	}
	return unsettled, nil
}

// RaisedAlert says that an incident was raised for its alerts. To say it twice, or
// when it is settled already, changes nothing; RecordIncident says it too.
func (s *Store) RaisedAlert(ctx context.Context, n itsm.Number) error {
	return refusal("raised alert", s.rows.RaisedAlert(ctx, n))
}

// RefusedAlert gives up an incident whose raising was refused for good, such as for a
// service that is gone. When an alert fires again, another is tried.
func (s *Store) RefusedAlert(ctx context.Context, n itsm.Number) error {
	return refusal("refused alert", s.rows.RefusedAlert(ctx, n))
}

// NotedAlerts says that the process of an incident knows of count alerts, and that
// there is nothing more to do about it until another comes.
func (s *Store) NotedAlerts(ctx context.Context, n itsm.Number, count int64) error {
	return refusal("noted alerts", s.rows.NotedAlerts(ctx, rows.NotedAlertsParams{Number: n, Count: count}))
}

// AlertIncident finds the newest incident of a key; found is false when no alert came
// under it.
func (s *Store) AlertIncident(ctx context.Context, source, key string) (i AlertIncident, found bool, err error) {
	r, err := s.rows.AlertIncident(ctx, rows.AlertIncidentParams{Source: source, DedupKey: key})
	if errors.Is(err, pgx.ErrNoRows) {
		return AlertIncident{}, false, nil
	}
	return AlertIncident{
		Source: r.Source, DedupKey: r.DedupKey, Number: r.Number, Was: r.Was, State: AlertState(r.State), Draft: r.Draft,
		Count: r.Count, LastAt: r.LastAt,
	}, err == nil, refusal("alert incident", err)
}
