package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// PageState is how far a page came.
type PageState string

// The states.
const (
	PagePending   PageState = "pending"   // begun; nothing has reached them for certain
	PageDelivered PageState = "delivered" // by Way, at DeliveredAt
	PageFailed    PageState = "failed"    // every way was tried
	PageOver      PageState = "over"      // nobody has to come any more
)

// Page is a row of the ledger of who was called and reached: written before the send,
// completed after it, so that a retry goes on where the one before ended.
type Page struct {
	Key         string // such as INC-7/page/1.1/bob: one call of one person
	Number      itsm.Number
	Person      itsm.PersonID
	Round       int
	Level       int
	CalledAt    time.Time
	Way         string // that was tried last
	State       PageState
	Attempts    []PageAttempt // the newest 50, in the order in which they were made
	DeliveredAt *time.Time
	UpdatedAt   time.Time
}

// PageAttempt is one send by one way.
type PageAttempt struct {
	Way  string    `json:"way"`
	At   time.Time `json:"at"`
	Code string    `json:"code,omitempty"` // why it failed; empty: it was taken
}

// BeginPage writes the pending row before anything is sent. Of a page that was begun
// before, it returns the row as it stands; send is false when there is nothing more
// to send.
func (s *Store) BeginPage(ctx context.Context, p Page) (row Page, send bool, err error) {
	begun, err := s.rows.BeginPage(ctx, rows.BeginPageParams{
		Key: p.Key, Number: p.Number, Person: p.Person, Round: small(p.Round), Level: small(p.Level), CalledAt: p.CalledAt,
	})
	if err != nil {
		return Page{}, false, refusal("begin page", err)
	}
	row, err = pageOf(begun)
	return row, row.State == PagePending, err
}

// FinishPage adds what was tried since and says how the page stands now; PagePending
// while there are ways left. A page that was delivered or is over stays so, whatever
// arrives later. It returns the row as it stands then.
func (s *Store) FinishPage(ctx context.Context, key string, state PageState, tried ...PageAttempt) (Page, error) {
	p := rows.FinishPageParams{Key: key, State: string(state)}
	if len(tried) > 0 {
		p.Way = tried[len(tried)-1].Way
		if state == PageDelivered {
			p.DeliveredAt = &tried[len(tried)-1].At
		}
	}
	var err error
	if p.Attempts, err = json.Marshal(list(tried)); err != nil {
		return Page{}, fmt.Errorf("finish page: %w", err)
	}
	finished, err := s.rows.FinishPage(ctx, p)
	if errors.Is(err, pgx.ErrNoRows) {
		return Page{}, fmt.Errorf("finish page: %s was never begun", key)
	}
	if err != nil {
		return Page{}, refusal("finish page", err)
	}
	return pageOf(finished)
}

// Pages lists who was called for a record, and what came of it, in the order of the
// calls.
func (s *Store) Pages(ctx context.Context, n itsm.Number) ([]Page, error) {
	found, err := s.rows.Pages(ctx, n)
	if err != nil {
		return nil, refusal("pages", err)
	}
	pages := make([]Page, 0, len(found))
	for _, row := range found {
		p, err := pageOf(row)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func pageOf(r rows.Page) (Page, error) {
	p := Page{
		Key: r.Key, Number: r.Number, Person: r.Person, Round: int(r.Round), Level: int(r.Level), CalledAt: r.CalledAt,
		Way: r.Way, State: PageState(r.State), DeliveredAt: r.DeliveredAt, UpdatedAt: r.UpdatedAt,
	}
	if err := json.Unmarshal(r.Attempts, &p.Attempts); err != nil {
		return p, fmt.Errorf("page %s: %w", r.Key, err)
	}
	p.Attempts = some(p.Attempts)
	return p, nil
}
