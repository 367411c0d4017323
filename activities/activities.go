package activities

import (
	"context"
	"log/slog"
	"time"

	"github.com/steward-itsm/steward/activities/feeds"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// Messenger shows people notices. The Slack door implements it; declaring it here
// keeps the arrow between the two packages pointing one way. Its errors say what
// became of the message: slack.ambiguous (it may have been posted),
// slack.message_gone (what was to be edited is no more), slack.unreachable
// (nobody can be told there), slack.rate_limited, slack.unavailable.
type Messenger interface {
	Post(ctx context.Context, n itsm.Notice) (itsm.Place, error)
	Edit(ctx context.Context, at itsm.Place, n itsm.Notice) error
	Find(ctx context.Context, n itsm.Notice, since time.Time) (itsm.Place, bool, error)
}

// Roster knows who is on call: feeds.Roster in the program.
type Roster interface {
	OnCall(ctx context.Context, c itsm.Catalog, id itsm.RotationID, at time.Time) (feeds.Answer, error)
}

// Activities holds what activities need.
type Activities struct {
	Store     *db.Store
	Messenger Messenger
	GitHub    *GitHub // nil: no deployment is reported on
	Mail      Sender  // by which people are called: (*reach.Mail)(nil) where there is none
	Hook      Sender  // ditto: (*reach.Hook)(nil)
	Roster    Roster
	Record    func(itsm.Number) string // where people read about a record; nil: nowhere
	Log       *slog.Logger
	Now       func() time.Time
	// Reached is called at the places where a crash would hurt most, by name:
	// saved, slack-accepted, github-accepted. Nil but where crashes are tried.
	Reached func(place string)
}

func (a *Activities) reached(place string) {
	if a.Reached != nil {
		a.Reached(place)
	}
}

// Target is a record, and the revision that people should see of it.
type Target struct {
	Number   itsm.Number `json:"number"`
	Revision int         `json:"revision"`
	Comments int         `json:"comments,omitempty"` // how many of them
}

// Shown says how telling people went.
type Shown struct {
	Messages    int      `json:"messages"`
	Unreachable []string `json:"unreachable,omitempty"` // channels and people that Slack cannot reach
}
