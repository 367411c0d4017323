package desk

import (
	"context"
	"errors"
	"time"
)

// How long the desk keeps what it writes for its own use. What people may be
// asked about later is in the audit, which only grows.
const (
	keepReservations = 30 * 24 * time.Hour // as long as GitHub may tell of one deployment again
	keepDeliveries   = 7 * 24 * time.Hour  // answered ones: Slack repeats for minutes, people read logs for days
	keepCounts       = 90 * 24 * time.Hour // of refusals to strangers
)

// Sweep removes what nobody needs any more. Any number of processes may.
func (d *Desk) Sweep(ctx context.Context) error {
	now := d.Now()
	_, reservations := d.Store.PurgeReservations(ctx, now.Add(-keepReservations))
	_, deliveries := d.Store.PurgeDeliveries(ctx, now.Add(-keepDeliveries))
	_, counts := d.Store.PurgeRefusalCounts(ctx, now.Add(-keepCounts))
	return errors.Join(reservations, deliveries, counts)
}
