package chatops

import (
	"context"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// spoken is a command as its person meant it: people by their id in the catalog.
func (b *Bot) spoken(ctx context.Context, who desk.Caller, text string) (string, error) {
	if !strings.Contains(text, "<@") {
		return typed.Plainly(text, nil), nil
	}
	people, err := b.desk.People(ctx, who)
	if err != nil && itsm.AsError(err).Kind == itsm.Forbidden {
		err = nil // what else is wrong with the command is said first, as at every door
	}
	return typed.Plainly(text, people), err
}

// person reads whom somebody means: @eve, eve, me, or a Slack id.
func (b *Bot) person(ctx context.Context, who desk.Caller, name string) (itsm.PersonID, error) {
	wanted := strings.TrimRight(strings.TrimPrefix(name, "@"), ":,.")
	if strings.EqualFold(wanted, "me") || strings.EqualFold(wanted, "myself") {
		return who.Person, nil
	}
	people, err := b.desk.People(ctx, who)
	if err != nil && itsm.AsError(err).Kind == itsm.Forbidden { // what they may not do with whom, the desk says
		return itsm.PersonID(cards.Cut(wanted, 64, "")), nil
	}
	if err != nil {
		return "", err
	}
	var ids []string
	for _, p := range people {
		if strings.EqualFold(string(p.ID), wanted) || p.Slack != "" && p.Slack == wanted {
			return p.ID, nil
		}
		ids = append(ids, string(p.ID))
	}
	if typed.SlackID(wanted) {
		return "", itsm.Refuse(itsm.Invalid, "slack.person", "Steward does not know them: nobody in the catalog has the Slack id %s. Ask an administrator to put it there, or name somebody whom /itsm people lists.", wanted)
	}
	return "", itsm.Refuse(itsm.Invalid, "slack.person", "Nobody in the catalog is called %s%s /itsm people lists who is who.", cards.Cut(wanted, 64, "…"), ended(itsm.DidYouMean(wanted, ids)))
}

// ended is the end of a sentence that has one, or a full stop.
func ended(text string) string {
	if text == "" {
		return "."
	}
	return text
}
