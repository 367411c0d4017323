package chatops

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// maxTyping is the most that Slack lets a person type into one field.
const maxTyping = 3000

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
	return b.offer(ctx, r, b.changeForm(services, strings.Join(strings.Fields(note(title)), " ")))
}

// offer opens a modal. Its trigger lives for three seconds, so there is no later.
func (b *Bot) offer(ctx context.Context, r request, m *slack.ModalViewRequest) (answer, error) {
	late := itsm.Refuse(itsm.Conflict, "slack.too_late", "Slack waits three seconds for a form, and they had passed. Do that again.")
	if r.relayed {
		return answer{}, late
	}
	if err := b.openModal(ctx, r.trigger, m); err != nil {
		e := itsm.AsError(err)
		if e.Kind == itsm.Unavailable {
			b.log.WarnContext(ctx, "slack opened no form", "code", e.Code)
			return answer{}, late
		}
		return answer{}, e
	}
	return answer{silent: true}, nil
}

// changeForm asks for a draft. Each block bears the name of its field, so that a
// refusal's pointers lead to it.
func (b *Bot) changeForm(services []itsm.Service, title string) *slack.ModalViewRequest {
	from := b.now().Truncate(5 * time.Minute)
	return modal("change.new", "New change", "Raise", "",
		input("title", "Title", "What will be different, in one line.", line(cut(title, itsm.MaxTitle, ""), itsm.MaxTitle)),
		input("service", "Service", "", choose(services)),
		input("description", "Description", "Why it is needed, and whom it touches.", lines(maxTyping)).WithOptional(true),
		input("plan", "Plan", "What is done, step by step.", lines(maxTyping)),
		input("backout_plan", "Back-out plan", "How it is undone, and how you know that you must.", lines(maxTyping)),
		input("window_start", "Window starts", "Leave both empty for: as soon as it is approved.", at(from)).WithOptional(true),
		input("window_end", "Window ends", "", at(from.Add(2*time.Hour))).WithOptional(true),
	)
}

// reason is a form that asks why before it acts.
type reason struct {
	title, label, submit string // title has room for a number: together 24 characters
	act                  deed
}

// reasons are the forms that ask why, by action and callback id.
var reasons = map[string]reason{
	"change.reject": {"Reject", "Why do you reject it? The requester reads this.", "Reject", (*Bot).reject},
	"change.fail":   {"Failed", "What failed, and what state is the service in?", "Report", (*Bot).fail},
	"change.cancel": {"Cancel", "Why is it not wanted any more?", "Cancel it", (*Bot).cancel},
}

func (b *Bot) askWhy(ctx context.Context, who desk.Caller, r request, verb string, why reason, c claim) (answer, error) {
	change, err := b.desk.Change(ctx, who, c.Number)
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, modal(verb, why.title+" "+string(c.Number), why.submit, c.value(),
		plain(headline(change)), input("note", why.label, "", lines(itsm.MaxNote))))
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
	a.modal = lastWord(string(c.Number), a.text)
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
	a.modal = lastWord(string(r.Number), a.text+"\n`/change show "+string(r.Number)+"` tells where it stands.")
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
		out[block] = cut(text, maxSection, "…")
	}
	if len(out) == 0 {
		out[first] = cut(e.Message, maxSection, "…") + " (" + e.Code + ")"
	}
	return out
}

func modal(callback, title, submit, private string, blocks ...slack.Block) *slack.ModalViewRequest {
	return &slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: private,
		Title: plainText(cut(title, maxTitle, "…")), Submit: plainText(cut(submit, maxTitle, "…")), Close: plainText("Close"),
		Blocks: slack.Blocks{BlockSet: fitBlocks(blocks, maxViewBlocks)},
	}
}

// lastWord takes the place of a form that is done with.
func lastWord(title, text string) *slack.ModalViewRequest {
	m := modal("done", title, "", "", section(text))
	m.Submit = nil
	return m
}

// noteModal says in a modal what elsewhere is an ephemeral message: App Home has none.
func noteModal(a answer) *slack.ModalViewRequest {
	blocks := a.blocks
	if len(blocks) == 0 {
		blocks = []slack.Block{section(a.text)}
	}
	m := modal("done", "Steward", "", "", blocks...)
	m.Submit = nil
	return m
}

func input(block, label, hint string, e slack.BlockElement) *slack.InputBlock {
	in := slack.NewInputBlock(block, plainText(label), nil, e)
	if hint != "" {
		in.Hint = plainText(hint)
	}
	return in
}

func line(value string, most int) slack.BlockElement {
	return slack.NewPlainTextInputBlockElement(nil, "value").WithInitialValue(value).WithMaxLength(most)
}

func lines(most int) slack.BlockElement {
	return slack.NewPlainTextInputBlockElement(nil, "value").WithMaxLength(most).WithMultiline(true)
}

func at(t time.Time) slack.BlockElement {
	e := slack.NewDateTimePickerBlockElement("value")
	e.InitialDateTime = t.Unix()
	return e
}

// choose offers the services: a list takes a hundred, groups take a hundred of those.
func choose(services []itsm.Service) slack.BlockElement {
	var options []*slack.OptionBlockObject
	for _, s := range first(services, maxOptions*maxOptions) {
		label := s.Name
		if strings.TrimSpace(label) == "" || !utf8.ValidString(label) {
			label = string(s.ID)
		}
		options = append(options, slack.NewOptionBlockObject(string(s.ID), plainText(label), nil))
	}
	if len(options) <= maxOptions {
		return slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText("Choose one"), "value", options...)
	}
	var groups []*slack.OptionGroupBlockObject
	for len(options) > 0 {
		part := first(options, maxOptions)
		label := cut(part[0].Text.Text, 30, "…") + " to " + cut(part[len(part)-1].Text.Text, 30, "…")
		groups = append(groups, slack.NewOptionGroupBlockElement(plainText(label), part...))
		options = options[len(part):]
	}
	return slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, plainText("Choose one"), "value", groups...)
}
