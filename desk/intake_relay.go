package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

const (
	relayed    = 50               // alerts that one round takes
	relayLease = 30 * time.Second // after which another may do it
)

// RelayAlerts does once what is due about alerts that are on record: what a crash or
// an outage left undone, and telling processes how often theirs came. Any number of
// desks may.
func (d *Desk) RelayAlerts(ctx context.Context) error {
	due, err := d.Store.ClaimAlerts(ctx, relayLease, relayed)
	if err != nil {
		return err
	}
	for _, w := range due {
		if err := d.workOn(ctx, w); err != nil {
			d.Log.WarnContext(ctx, "an alert waits for the next round", "number", w.Number, "work", w.Work, "error", err)
		}
	}
	return nil
}

// noteAlerts tells the process of an incident how often its alerts came.
func (d *Desk) noteAlerts(ctx context.Context, w db.AlertIncident) error {
	who, news := monitor(w.Source, ""), itsm.AlertsRequest{Count: int(w.Count), Last: w.LastAt}
	_, err := update(ctx, d, who, w.Number, itsm.ActAlerts, rand.Text(), news)
	if errors.Is(err, errClosed) {
		err = incidents.judge(ctx, d, w.Number, func(i *itsm.Incident) error { return i.CheckAlerts(who.Actor, news) })
	}
	switch {
	case err == nil:
	case itsm.AsError(err).Kind.Temporary():
		return err
	case itsm.AsError(err).Code == "record.orphaned": // it would be counted where nobody looks
		return d.raiseAnew(ctx, w)
	}
	return d.Store.NotedAlerts(ctx, w.Number, w.Count)
}
