package chatops

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// maxFault is the most characters of a fault that are shown beside a field.
const maxFault = 3000

// newChange opens the form for a change, its title filled in when it was typed.
func (b *Bot) newChange(ctx context.Context, who desk.Caller, r request, title string) (answer, error) {
	if err := who.May(itsm.RaiseChanges); err != nil { // before they fill in a form for nothing
		b.desk.Refused(ctx, who, string(itsm.ActRaise), err)
		return answer{}, err
	}
	services, err := b.desk.Services(ctx, who)
	if err != nil {
		return answer{}, err
	}
	if len(services) == 0 {
		return answer{}, itsm.Refuse(itsm.Conflict, "slack.no_services", "The catalog has no services yet. Ask an administrator to add one.")
	}
	return b.offer(ctx, r, cards.NewChange(services, strings.Join(strings.Fields(note(title)), " ")))
}

// offer opens a modal. Its trigger lives for three seconds, so there is no later.
func (b *Bot) offer(ctx context.Context, r request, m *slack.ModalViewRequest) (answer, error) {
	late := itsm.Refuse(itsm.Conflict, "slack.too_late", "Slack waits three seconds for a form, and they had passed. Do that again.")
	if r.relayed {
		return answer{}, late
	}
	if err := b.slack.openModal(ctx, r.trigger, m); err != nil {
		e := itsm.AsError(err)
		if e.Kind == itsm.Unavailable {
			b.log.WarnContext(ctx, "slack opened no form", "code", e.Code)
			return answer{}, late
		}
		return answer{}, e
	}
	return answer{silent: true}, nil
}

// reason is a form that asks why before it acts.
type reason struct {
	form cards.Why
	act  deed
}

// reasons are the forms that ask why, by action and callback id.
var reasons = map[string]reason{
	"change.reject": {cards.Why{Callback: "change.reject", Title: "Reject", Label: "Why do you reject it? The requester reads this.", Submit: "Reject"}, (*Bot).reject},
	"change.fail":   {cards.Why{Callback: "change.fail", Title: "Failed", Label: "What failed, and what state is the service in?", Submit: "Report"}, (*Bot).fail},
	"change.cancel": {cards.Why{Callback: "change.cancel", Title: "Cancel", Label: "Why is it not wanted any more?", Submit: "Cancel it"}, (*Bot).cancel},
}

func (b *Bot) askWhy(ctx context.Context, who desk.Caller, r request, why reason, c cards.Claim) (answer, error) {
	change, err := b.desk.Change(ctx, who, c.Number)
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, why.form.On(change, c))
}

// submit takes a form that was filled in.
func (b *Bot) submit(ctx context.Context, who desk.Caller, r request) (answer, error) {
	if r.form.Callback == "change.new" {
		return b.raise(ctx, who, r.form)
	}
	why, known := reasons[r.form.Callback]
	if !known {
		return answer{}, itsm.Refuse(itsm.Invalid, "slack.form", "Steward no longer knows that form. Close it and begin again.")
	}
	c, err := readClaim(r.form.Private)
	if err != nil {
		return answer{}, err
	}
	a, err := why.act(b, ctx, who, c, r.form.text("note"))
	if err != nil {
		return answer{}, err
	}
	a.modal = cards.LastWord(string(c.Number), a.text)
	return a, nil
}

func (b *Bot) raise(ctx context.Context, who desk.Caller, f form) (answer, error) {
	draft := itsm.ChangeDraft{
		Type: itsm.Normal, Title: f.text("title"), Description: f.text("description"),
		Service: itsm.ServiceID(f.text("service")), Plan: f.text("plan"), BackoutPlan: f.text("backout_plan"),
	}
	if w := (itsm.Window{Start: f.instant("window_start"), End: f.instant("window_end")}); !w.Start.IsZero() || !w.End.IsZero() {
		draft.Window = &w
	}
	r, err := b.desk.RaiseChange(ctx, who, draft)
	if err != nil {
		return answer{}, err
	}
	a := said(string(r.Number) + " is raised and is " + r.State.Words() + ". You are told what comes of it.")
	a.modal = cards.LastWord(string(r.Number), a.text+"\n`/change show "+string(r.Number)+"` tells where it stands.")
	return a, nil
}

// fieldErrors puts a refusal below the fields that it is about, and what is about
// none below the first: what a person typed stays on their screen.
func fieldErrors(f form, e *itsm.Error) map[string]string {
	first := "note"
	if f.Callback == "change.new" {
		first = "title"
	}
	out := map[string]string{}
	for _, fault := range e.Fields {
		block := strings.ReplaceAll(strings.TrimPrefix(fault.Pointer, "/"), "/", "_")
		text := fault.Message
		if _, shown := f.Values[block]; !shown {
			block, text = first, strings.TrimPrefix(fault.Pointer, "/")+" "+text
		}
		if out[block] != "" {
			text = out[block] + "; " + text
		}
		out[block] = cards.Cut(text, maxFault, "…")
	}
	if len(out) == 0 {
		out[first] = cards.Cut(e.Message, maxFault, "…") + " (" + e.Code + ")"
	}
	return out
}
