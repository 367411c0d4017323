package desk

import (
	"context"
	"time"

	"github.com/steward-itsm/steward/db/kv"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

// What may be asked for in a minute: by one person, and in vain by one address.
const (
	askedPerMinute   = 600
	guessedPerMinute = 30
)

// TokenActor tells who holds an API token. Guessing is limited by source, the
// address that the request came from.
func (d *Desk) TokenActor(ctx context.Context, text, source string) (itsm.Actor, error) {
	who, err := d.holder(ctx, text)
	if err == nil || itsm.AsError(err).Kind != itsm.Unauthenticated {
		return who, err
	}
	if ok, later, limitErr := d.Limits.Allow(ctx, "guess/"+source, kv.PerMinute(guessedPerMinute)); limitErr == nil && !ok {
		return who, itsm.Refuse(itsm.Limited, "token.guessing", "Too many tokens from this address were wrong. Wait, then try again.").Later(later)
	}
	return who, err
}

func (d *Desk) holder(ctx context.Context, text string) (itsm.Actor, error) {
	wrong := itsm.Refuse(itsm.Unauthenticated, "token.wrong", "That token is not valid. Make another with: steward token create")
	id, secret, err := token.Parse(text)
	if err != nil {
		return itsm.Actor{}, err
	}
	t, err := d.Store.Token(ctx, id)
	if err != nil {
		if itsm.AsError(err).Kind == itsm.NotFound {
			return itsm.Actor{}, wrong
		}
		return itsm.Actor{}, err
	}
	switch {
	case !token.Matches(secret, t.SecretSHA256):
		return itsm.Actor{}, wrong
	case t.RevokedAt != nil:
		return itsm.Actor{}, itsm.Refuse(itsm.Unauthenticated, "token.revoked", "That token was revoked. Make another with: steward token create")
	case !d.Now().Before(t.ExpiresAt):
		return itsm.Actor{}, itsm.Refuse(itsm.Unauthenticated, "token.expired", "That token expired at %s. Make another with: steward token create", t.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return d.actor(ctx, t.Person, itsm.DoorAPI, t.Scopes, "token:"+t.ID)
}

// SlackActor tells who a Slack user is: the person of the catalog who has that
// Slack id. That the user is of a workspace that is ours, the Slack door has seen to.
func (d *Desk) SlackActor(ctx context.Context, user string) (itsm.Actor, error) {
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return itsm.Actor{}, err
	}
	for _, p := range catalog.People {
		if p.Slack == user && user != "" {
			return actorOf(catalog, p, itsm.DoorSlack, bothScopes, "slack:"+user), nil
		}
	}
	return itsm.Actor{}, itsm.Refuse(itsm.Unauthenticated, "slack.unknown_person",
		"Steward does not know you yet. Ask an administrator to put your Slack id %s beside your name in the catalog.", user)
}

var bothScopes = []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}

// actor is a person with the roles that they hold now.
func (d *Desk) actor(ctx context.Context, id itsm.PersonID, door itsm.Door, scopes []itsm.Scope, credential string) (itsm.Actor, error) {
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return itsm.Actor{}, err
	}
	p, ok := catalog.Person(id)
	if !ok {
		return itsm.Actor{}, itsm.Refuse(itsm.Unauthenticated, "actor.left", "%s is not in the catalog any more.", id)
	}
	return actorOf(catalog, p, door, scopes, credential), nil
}

func actorOf(c itsm.Catalog, p itsm.Person, door itsm.Door, scopes []itsm.Scope, credential string) itsm.Actor {
	return itsm.Actor{Person: p.ID, Roles: p.Roles, Teams: c.TeamsOf(p.ID), Door: door, Scopes: scopes, Credential: credential}
}

// Allow refuses a caller who asks too often.
func (d *Desk) Allow(ctx context.Context, who Caller, action string) error {
	ok, later, err := d.Limits.Allow(ctx, "ask/"+string(who.Person), kv.PerMinute(askedPerMinute))
	if err != nil { // a limit is comfort: without it, people are served
		d.Log.WarnContext(ctx, "no limit was kept", "action", action, "error", err)
		return nil
	}
	if !ok {
		return itsm.Refuse(itsm.Limited, "actor.too_often", "That is more than %d requests in a minute. Wait, then go on.", askedPerMinute).Later(later)
	}
	return nil
}
