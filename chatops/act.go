package chatops

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// act asks the desk for what was delivered. It may run again for the same
// delivery: the key makes it count once.
func (b *Bot) act(ctx context.Context, r request, dedupe string) (answer, error) {
	actor, err := b.desk.SlackActor(ctx, r.user)
	who := desk.Caller{Actor: actor, Key: actKey(dedupe), Source: source(r)}
	if r.kind == kindEvent {
		return b.openHome(ctx, who, r, err)
	}
	if err != nil {
		if itsm.AsError(err).Kind == itsm.Unauthenticated { // the desk traces what it is asked, and this goes no further
			b.desk.Refused(ctx, desk.Caller{Actor: itsm.Actor{Door: itsm.DoorSlack, Credential: "slack:" + r.user}, Source: who.Source}, "slack."+r.kind, err)
		}
		return answer{}, err
	}
	switch r.kind {
	case kindCommand:
		return b.command(ctx, who, r)
	case kindSubmission:
		return b.submit(ctx, who, r)
	default:
		return b.pressed(ctx, who, r)
	}
}

// deed is what one person does to one record, or looks at, with or without a note.
type deed func(*Bot, context.Context, desk.Caller, cards.Claim, string) (answer, error)

// presses are the buttons that act at once. Those that ask why are in reasons.
var presses = map[string]deed{
	"change.show":    (*Bot).show,
	"change.approve": (*Bot).approve,
	"change.start":   (*Bot).start,
	"change.done":    (*Bot).done,
}

func (b *Bot) pressed(ctx context.Context, who desk.Caller, r request) (answer, error) {
	verb, _, _ := strings.Cut(r.press.Action, ":")
	if verb == "change.new" || verb == "change_new" { // the button, the shortcut
		return b.newChange(ctx, who, r, "")
	}
	reason, asks := reasons[verb]
	press, acts := presses[verb]
	if !asks && !acts {
		return answer{}, itsm.Refuse(itsm.Invalid, "slack.button", "Steward no longer knows that button. Look at the record with /change show.")
	}
	c, err := readClaim(r.press.Value)
	switch {
	case err != nil:
		return answer{}, err
	case asks:
		return b.askWhy(ctx, who, r, reason, c)
	}
	a, err := press(b, ctx, who, c, "")
	if err != nil || verb == "change.show" {
		return a, err
	}
	return b.after(ctx, who, r, a)
}

// after freshens what nobody else does: the teller keeps the messages of a
// process current, but a list and a page are only ours.
func (b *Bot) after(ctx context.Context, who desk.Caller, r request, a answer) (answer, error) {
	place, _, _ := strings.Cut(r.press.Block, "/")
	if r.press.Home {
		_, err := b.openHome(ctx, who, r, nil)
		if a.silent = err == nil; !a.silent {
			b.log.WarnContext(ctx, "cannot publish a home tab anew", "error", err)
		}
		return a, nil
	}
	if strings.HasPrefix(place, "list.") || place == string(cards.Show) {
		a.current = b.freshen(ctx, r)
	}
	return a, nil
}

// readClaim reads a value that anybody may have changed; it only names things.
func readClaim(value string) (cards.Claim, error) {
	var c cards.Claim
	if json.Unmarshal([]byte(value), &c) != nil || len(c.ContentHash) > 64 || !readable(c.ContentHash, 64) {
		return c, itsm.Refuse(itsm.Invalid, "slack.button", "Steward no longer knows that button. Look at the record with /change show.")
	}
	return c, c.Number.Check()
}

func (b *Bot) approve(ctx context.Context, who desk.Caller, c cards.Claim, note string) (answer, error) {
	r, err := b.desk.DecideChange(ctx, who, c.Number, itsm.DecisionRequest{Verdict: itsm.Approve, Note: note, ContentHash: c.ContentHash})
	return receipt("You approved", r), err
}

func (b *Bot) reject(ctx context.Context, who desk.Caller, c cards.Claim, note string) (answer, error) {
	r, err := b.desk.DecideChange(ctx, who, c.Number, itsm.DecisionRequest{Verdict: itsm.Reject, Note: note, ContentHash: c.ContentHash})
	return receipt("You rejected", r), err
}

func (b *Bot) start(ctx context.Context, who desk.Caller, c cards.Claim, _ string) (answer, error) {
	r, err := b.desk.StartChange(ctx, who, c.Number)
	return receipt("You started", r), err
}

func (b *Bot) done(ctx context.Context, who desk.Caller, c cards.Claim, note string) (answer, error) {
	r, err := b.desk.CompleteChange(ctx, who, c.Number, itsm.Completion{Result: itsm.Successful, Note: note})
	return receipt("You finished", r), err
}

func (b *Bot) fail(ctx context.Context, who desk.Caller, c cards.Claim, note string) (answer, error) {
	r, err := b.desk.CompleteChange(ctx, who, c.Number, itsm.Completion{Result: itsm.Failed, Note: note})
	return receipt("You reported as failed", r), err
}

func (b *Bot) cancel(ctx context.Context, who desk.Caller, c cards.Claim, note string) (answer, error) {
	r, err := b.desk.CancelChange(ctx, who, c.Number, itsm.Cancellation{Note: note})
	return receipt("You cancelled", r), err
}

func receipt(did string, r itsm.Receipt) answer {
	return said(did + " " + string(r.Number) + "; it is now " + r.State.Words() + ".")
}
