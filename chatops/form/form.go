package form

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// Slack's limits on forms: https://docs.slack.dev/reference/views/modal-views.
const (
	maxTyping  = 3000 // characters that a person can type into one field
	maxTitle   = 24
	maxOptions = 100
)

// Kept is what a form keeps of where it was opened. It comes back from the client,
// so it names things and grants nothing.
type Kept struct {
	cards.Claim
	Revision int               `json:"revision,omitempty"`
	Was      map[string]string `json:"was,omitempty"`     // digests of what the fields held at first
	Amends   bool              `json:"amends,omitempty"`  // an assessment that is there already
	Against  int               `json:"against,omitempty"` // the version of the plan that was read
	Message  string            `json:"message,omitempty"` // address of the message that an incident is raised from
}

// Value is what is kept, as the form carries it.
func (k Kept) Value() string {
	raw, err := json.Marshal(k)
	if err != nil {
		panic("form: what is kept does not encode: " + err.Error()) // made of strings and numbers
	}
	return string(raw)
}

// LastWord takes the place of a form that is done with. Its text is mrkdwn.
func LastWord(title, text string) *slack.ModalViewRequest {
	m := modal("done", title, "", "", cards.Section(text))
	m.Submit = nil
	return m
}

// GoingOn takes the place of a form that is not done with yet.
func GoingOn(text string) *slack.ModalViewRequest {
	return LastWord("Still at it", ":hourglass_flowing_sand: "+text)
}

// Aside says in a modal what elsewhere is an ephemeral message: a Home tab has none.
func Aside(said cards.Message) *slack.ModalViewRequest {
	blocks := said.Blocks
	if len(blocks) == 0 {
		blocks = []slack.Block{cards.Section(said.Text)}
	}
	m := modal("done", "Steward", "", "", blocks...)
	m.Submit = nil
	return m
}

func modal(callback, title, submit, private string, blocks ...slack.Block) *slack.ModalViewRequest {
	return &slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: private,
		Title: cards.PlainText(cards.Cut(title, maxTitle, "…")), Submit: cards.PlainText(cards.Cut(submit, maxTitle, "…")),
		Close: cards.PlainText("Close"), Blocks: slack.Blocks{BlockSet: cards.FitView(blocks)},
	}
}

func input(block, label, hint string, e slack.BlockElement) *slack.InputBlock {
	in := slack.NewInputBlock(block, cards.PlainText(label), nil, e)
	if hint != "" {
		in.Hint = cards.PlainText(hint)
	}
	return in
}

func optional(block, label, hint string, e slack.BlockElement) *slack.InputBlock {
	return input(block, label, hint, e).WithOptional(true)
}

// line is one line of text, as long as a title may be.
func line(value string) slack.BlockElement {
	return slack.NewPlainTextInputBlockElement(nil, "value").WithInitialValue(value).WithMaxLength(itsm.MaxTitle)
}

func lines(value string, most int) slack.BlockElement {
	e := slack.NewPlainTextInputBlockElement(nil, "value").WithMaxLength(min(most, maxTyping)).WithMultiline(true)
	if value != "" {
		e.WithInitialValue(value)
	}
	return e
}

func number(value, most int) slack.BlockElement {
	e := slack.NewNumberInputBlockElement(nil, "value", false).WithMinValue("0").WithMaxValue(strconv.Itoa(most))
	if value > 0 {
		e.WithInitialValue(strconv.Itoa(value))
	}
	return e
}

func instant(at time.Time) slack.BlockElement {
	e := slack.NewDateTimePickerBlockElement("value")
	if s := at.Unix(); s >= 1e9 && s < 1e10 { // what Slack takes
		e.InitialDateTime = s
	}
	return e
}

// day is a date, where one is known already.
func day(on string) slack.BlockElement {
	e := slack.NewDatePickerBlockElement("value")
	if d := new(itsm.Date); d.UnmarshalText([]byte(on)) == nil {
		e.InitialDate = on
	}
	return e
}

// several lets more than one be chosen, of which some may be already. Of more than Slack
// takes it offers the first.
func several(all []Option, chosen []string) slack.BlockElement {
	var options, initial []*slack.OptionBlockObject
	for _, o := range all[:min(len(all), maxOptions)] {
		option := slack.NewOptionBlockObject(o.Value, cards.PlainText(o.Words), nil)
		if options = append(options, option); slices.Contains(chosen, o.Value) {
			initial = append(initial, option)
		}
	}
	e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, cards.PlainText("Choose some"), "value", options...)
	e.InitialOptions = initial
	return e
}

// chosen lets somebody be chosen, of whom one may be already.
func chosen(already string) slack.BlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, cards.PlainText("Choose somebody"), "value")
	e.InitialUser = already
	return e
}

// choose offers the services, of which one may be chosen already: one that has no
// alternative is.
func choose(services []itsm.Service, chosen itsm.ServiceID) slack.BlockElement {
	all := make([]Option, len(services))
	for i, s := range services {
		all[i] = Option{string(s.ID), s.Name}
		if strings.TrimSpace(s.Name) == "" || !utf8.ValidString(s.Name) {
			all[i].Words = string(s.ID)
		}
	}
	if len(services) == 1 {
		chosen = services[0].ID
	}
	return selected(all, string(chosen))
}

// selected offers one of several, of which one may be chosen already: a list takes a
// hundred, groups take a hundred of those.
func selected(all []Option, chosen string) slack.BlockElement {
	var options []*slack.OptionBlockObject
	var initial *slack.OptionBlockObject
	for _, o := range all[:min(len(all), maxOptions*maxOptions)] {
		option := slack.NewOptionBlockObject(o.Value, cards.PlainText(o.Words), nil)
		if options = append(options, option); o.Value == chosen {
			initial = option
		}
	}
	if len(options) <= maxOptions {
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, cards.PlainText("Choose one"), "value", options...)
		e.InitialOption = initial
		return e
	}
	var groups []*slack.OptionGroupBlockObject
	for len(options) > 0 {
		part := options[:min(len(options), maxOptions)]
		label := cards.Cut(part[0].Text.Text, 30, "…") + " to " + cards.Cut(part[len(part)-1].Text.Text, 30, "…")
		groups = append(groups, slack.NewOptionGroupBlockElement(cards.PlainText(label), part...))
		options = options[len(part):]
	}
	e := slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, cards.PlainText("Choose one"), "value", groups...)
	e.InitialOption = initial
	return e
}
