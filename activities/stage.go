package activities

import (
	"context"
	"time"

	"github.com/steward-itsm/steward/activities/holidays"
	"github.com/steward-itsm/steward/itsm"
)

// Opening is a stage to be opened, under the policy that the change is pinned to.
type Opening struct {
	Asking        itsm.Asking `json:"asking"`
	PolicyVersion int         `json:"policy_version"`
}

// OpenStage names who decides in a stage and until when. The policy and its
// calendars are those that the change began with; people are as they are now.
func (a *Activities) OpenStage(ctx context.Context, o Opening) (itsm.Opening, error) {
	pinned, err := a.Store.CatalogVersion(ctx, o.PolicyVersion)
	if err != nil {
		return itsm.Opening{}, err
	}
	opening, err := a.open(ctx, pinned, o.Asking)
	if err != nil {
		return itsm.Opening{}, err
	}
	return *opening, nil
}

func (a *Activities) open(ctx context.Context, pinned itsm.Catalog, ask itsm.Asking) (*itsm.Opening, error) {
	live, _, err := a.Store.Catalog(ctx)
	if err != nil {
		return nil, err
	}
	stage, _ := pinned.Change.Stage(ask)
	clock, err := Hours(pinned, pinned.Change.Hours(stage))
	if err != nil {
		return nil, err
	}
	opening, err := live.Open(pinned.Change, ask, a.Now(), clock)
	return &opening, err
}

// Stopped is a stage whose clock a hold stopped for a while.
type Stopped struct {
	Deadlines     itsm.Deadlines  `json:"deadlines"`
	Calendar      itsm.CalendarID `json:"calendar,omitempty"`
	PolicyVersion int             `json:"policy_version"`
	From          time.Time       `json:"from"`
	To            time.Time       `json:"to"`
}

// MoveDeadlines reckons anew what is left of a stage's time after a hold.
func (a *Activities) MoveDeadlines(ctx context.Context, s Stopped) (itsm.Deadlines, error) {
	pinned, err := a.Store.CatalogVersion(ctx, s.PolicyVersion)
	if err != nil {
		return itsm.Deadlines{}, err
	}
	clock, err := Hours(pinned, s.Calendar)
	if err != nil {
		return itsm.Deadlines{}, err
	}
	return s.Deadlines.Moved(clock, s.From, s.To)
}

// Hours is the calendar of a catalog, ready to count in; empty: around the clock.
func Hours(c itsm.Catalog, id itsm.CalendarID) (itsm.BusinessTime, error) {
	if id == "" {
		return itsm.AroundTheClock, nil
	}
	for _, calendar := range c.Calendars {
		if calendar.ID == id {
			return holidays.Hours(calendar)
		}
	}
	return nil, itsm.Refuse(itsm.Internal, "catalog.calendar", "The catalog has no calendar called %s.", id)
}
