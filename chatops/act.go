package chatops

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// act asks the desk for what was delivered. It may run again for the same
// delivery: the key makes it count once.
func (b *Bot) act(ctx context.Context, r request, dedupe string) (answer, error) {
	actor, err := b.desk.SlackActor(ctx, r.User)
	who := desk.Caller{Actor: actor, Key: actKey(dedupe), Source: source(r)}
	if r.Kind == payload.KindEvent {
		return b.openHome(ctx, who, r, err)
	}
	if err != nil {
		if itsm.AsError(err).Kind == itsm.Unauthenticated { // the desk traces what it is asked, and this goes no further
			b.desk.Refused(ctx, desk.Caller{Actor: itsm.Actor{Door: itsm.DoorSlack, Credential: "slack:" + r.User}, Source: who.Source}, "slack."+r.Kind, err)
		}
		return answer{}, err
	}
	switch r.Kind {
	case payload.KindCommand:
		return b.command(ctx, who, r)
	case payload.KindSubmission:
		return b.submit(ctx, who, r)
	default:
		return b.pressed(ctx, who, r)
	}
}

// beginnings are the buttons and the shortcuts that open the form for something new.
var beginnings = map[string]subcommand{
	"change.new": (*Bot).newChange, "change_new": (*Bot).newChange,
	"incident.new": (*Bot).newIncident, "incident_raise": (*Bot).newIncident, "incident_new": (*Bot).newIncident,
	"problem.new": (*Bot).newProblem, "corrective.raise": (*Bot).newCorrective, "supplier.new": (*Bot).newSupplier,
}

func (b *Bot) pressed(ctx context.Context, who desk.Caller, r request) (answer, error) {
	action, _, _ := strings.Cut(r.Press.Action, ":")
	if begin, known := beginnings[action]; known {
		return begin(b, ctx, who, r, "")
	}
	k, name := kindOf(action)
	if k == nil {
		return answer{}, forgotten()
	}
	value := r.Press.Value
	if name == "more" { // a line of the menu names what it does
		name, value, _ = strings.Cut(value, " ")
	}
	v, known := k.verbs[name]
	if !known {
		return answer{}, forgotten()
	}
	c, err := readClaim(value)
	w := wish{Claim: c}
	named := v.with != "" && c.Other != ""
	if named {
		w.said = typed.Fields{v.with: string(c.Other)}
	}
	switch {
	case err != nil:
		return answer{}, err
	case v.open != nil:
		return v.open(b, ctx, who, r, w)
	case v.form != nil && !named:
		return b.ask(ctx, who, r, v, w)
	}
	a, err := v.do(b, ctx, who, w)
	if err != nil || v.look {
		return a, err
	}
	return b.after(ctx, who, r, a)
}

// after freshens what nobody else does: the teller keeps the messages of a
// process current, but a list and a page are only ours.
func (b *Bot) after(ctx context.Context, who desk.Caller, r request, a answer) (answer, error) {
	place, _, _ := strings.Cut(r.Press.Block, "/")
	if r.Press.Home {
		_, err := b.openHome(ctx, who, r, nil)
		if a.silent = err == nil; !a.silent {
			b.log.WarnContext(ctx, "cannot publish a home tab anew", "error", err)
		}
		return a, nil
	}
	if strings.HasPrefix(place, "list.") || place == string(cards.Show) || place == string(cards.Status) {
		a.current = b.freshen(ctx, r)
	}
	return a, nil
}

func forgotten() error {
	return itsm.Refuse(itsm.Invalid, "slack.button", "Steward no longer knows that button. Look at the record with /itsm show.")
}

// readClaim reads a value that anybody may have changed; it only names things.
func readClaim(value string) (cards.Claim, error) {
	var c cards.Claim
	if json.Unmarshal([]byte(value), &c) != nil || len(c.ContentHash) > 64 || !payload.Readable(c.ContentHash, 64) {
		return c, forgotten()
	}
	if c.Other != "" && c.Other.Check() != nil {
		return c, forgotten()
	}
	return c, c.Number.Check()
}

// readKept reads what a form kept, which anybody may have changed as well.
func readKept(private string) (form.Kept, error) {
	var k form.Kept
	if json.Unmarshal([]byte(private), &k) != nil || !payload.Readable(k.ContentHash, 64) {
		return k, staleForm()
	}
	return k, k.Number.Check()
}

func staleForm() error {
	return itsm.Refuse(itsm.Invalid, "slack.form", "Steward no longer knows that form. Close it and begin again.")
}

// did tells what an act on a change came to: what happened, what it means, and what can be
// done now. That is read anew, and left out when it cannot be.
func (b *Bot) did(ctx context.Context, who desk.Caller, done string, r itsm.Receipt, next string) answer {
	text := done + " " + string(r.Number) + "; it is now " + r.State.Words() + "."
	if c, err := b.desk.Change(ctx, who, r.Number); err == nil && c.Revision >= r.Revision {
		e := c.Explain()
		text += " " + cards.Escape(e.Summary)
		if voted(e, who.Person) {
			next += " Until this stage is decided, `/change retract " + string(r.Number) + "` takes your vote back."
		}
	}
	return said(strings.TrimSpace(text + " " + strings.TrimSpace(next)))
}

func voted(e itsm.Explanation, id itsm.PersonID) bool {
	if e.Approval == nil {
		return false
	}
	for _, d := range e.Approval.Votes {
		if d.By == id {
			return true
		}
	}
	return false
}

func (b *Bot) decide(ctx context.Context, who desk.Caller, w wish, v itsm.Verdict, done, next string) (answer, error) {
	r, err := b.desk.DecideChange(ctx, who, w.Number, itsm.DecisionRequest{Verdict: v, Note: w.note, ContentHash: w.ContentHash})
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, done, r, next), nil
}

func (b *Bot) approve(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	return b.decide(ctx, who, w, itsm.Approve, "You approved", "")
}

func (b *Bot) reject(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	return b.decide(ctx, who, w, itsm.Reject, "You rejected", "")
}

func (b *Bot) abstain(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	return b.decide(ctx, who, w, itsm.Abstain, "You abstained from", "An abstention never counts as a yes.")
}

func (b *Bot) retract(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.RetractVote(ctx, who, w.Number)
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You took back your vote on", r, "You can decide anew."), nil
}

func (b *Bot) start(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.StartChange(ctx, who, w.Number)
	if err != nil {
		return answer{}, err
	}
	n := string(w.Number)
	return b.did(ctx, who, "You started", r, "`/change done "+n+"` or `/change fail "+n+" what broke` reports it."), nil
}

func (b *Bot) done(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.CompleteChange(ctx, who, w.Number, itsm.Completion{Result: itsm.Successful, Note: w.note})
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You finished", r, ""), nil
}

func (b *Bot) fail(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.CompleteChange(ctx, who, w.Number, itsm.Completion{Result: itsm.Failed, Note: w.note})
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You reported as failed", r, ""), nil
}
