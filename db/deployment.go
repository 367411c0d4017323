package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// DeploymentStatus is one status that is posted back to GitHub for a change, once.
type DeploymentStatus struct {
	Number    itsm.Number
	Status    string // as GitHub names it: error, failure, inactive, in_progress, queued, pending, success
	ID        int64  // GitHub's; zero until it is posted
	Attempts  int    // above one: an earlier attempt may have arrived; look before posting
	UpdatedAt time.Time
}

// BeginStatus writes the pending row before a status is posted; post is false
// when it was posted already.
func (s *Store) BeginStatus(ctx context.Context, n itsm.Number, status string) (row DeploymentStatus, post bool, err error) {
	begun, err := s.rows.BeginStatus(ctx, rows.BeginStatusParams{Number: n, Status: status})
	if errors.Is(err, pgx.ErrNoRows) {
		return DeploymentStatus{Number: n, Status: status}, false, nil
	}
	return statusOf(begun), err == nil, refusal("begin status", err)
}

// PostedStatus keeps the id that GitHub gave the status.
func (s *Store) PostedStatus(ctx context.Context, n itsm.Number, status string, id int64) error {
	_, err := s.rows.PostedStatus(ctx, rows.PostedStatusParams{Number: n, Status: status, StatusID: id})
	return refusal("posted status", err)
}

// Statuses lists what was posted back, or begun, for a change.
func (s *Store) Statuses(ctx context.Context, n itsm.Number) ([]DeploymentStatus, error) {
	found, err := s.rows.Statuses(ctx, n)
	if err != nil {
		return nil, refusal("statuses", err)
	}
	statuses := make([]DeploymentStatus, 0, len(found))
	for _, row := range found {
		statuses = append(statuses, statusOf(row))
	}
	return statuses, nil
}

func statusOf(r rows.DeploymentStatus) DeploymentStatus {
	return DeploymentStatus{Number: r.Number, Status: r.Status, ID: r.StatusID, Attempts: int(r.Attempts), UpdatedAt: r.UpdatedAt}
}
