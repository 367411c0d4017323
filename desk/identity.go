package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// TokenActor tells who holds an API token. Guessing is limited by source, the
// address that the request came from.
func (d *Desk) TokenActor(ctx context.Context, token, source string) (itsm.Actor, error) {
	return itsm.Actor{}, errNotYet
}

// SlackActor tells who a Slack user is: the person of the catalog who has that
// Slack id, in a team that is ours.
func (d *Desk) SlackActor(ctx context.Context, team, user string) (itsm.Actor, error) {
	return itsm.Actor{}, errNotYet
}

// Refused records a refusal that a door made on its own, before or beside the
// desk: a bad signature, a body that is no request. Nameless ones are counted.
func (d *Desk) Refused(ctx context.Context, who Caller, action string, err error) {}

// Allow refuses a caller who asks too often.
func (d *Desk) Allow(ctx context.Context, who Caller, action string) error { return errNotYet }
