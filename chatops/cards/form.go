package cards

import (
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// maxTyping is the most that Slack lets a person type into one field.
const maxTyping = 3000

// NewChange is the form for a draft. Each block bears the name of its field, so
// that a refusal's pointers lead to it. No window is proposed: whoever fills in
// none wants it as soon as it is approved, and one that came by itself would be
// over before anybody decides.
func NewChange(services []itsm.Service, title string) *slack.ModalViewRequest {
	return modal("change.new", "New change", "Raise", "",
		input("title", "Title", "What will be different, in one line.", line(Cut(title, itsm.MaxTitle, ""), itsm.MaxTitle)),
		input("service", "Service", "", choose(services)),
		input("description", "Description", "Why it is needed, and whom it touches.", lines(maxTyping)).WithOptional(true),
		input("plan", "Plan", "What is done, step by step.", lines(maxTyping)),
		input("backout_plan", "Backout plan", "How it is undone, and how you know that you must.", lines(maxTyping)),
		input("window_start", "Window start", "Leave both empty for: as soon as it is approved.", instant()).WithOptional(true),
		input("window_end", "Window end", "", instant()).WithOptional(true),
	)
}

// Why is a form that asks for a note before something is done to a change.
type Why struct {
	Callback string
	Title    string // has room for a number: together 24 characters
	Label    string
	Submit   string
}

// On is the form about one change; what was pressed is kept in it.
func (w Why) On(c itsm.Change, pressed Claim) *slack.ModalViewRequest {
	return modal(w.Callback, w.Title+" "+string(pressed.Number), w.Submit, pressed.Value(),
		plain(headline(c)), input("note", w.Label, "", lines(itsm.MaxNote)))
}

// LastWord takes the place of a form that is done with. Its text is mrkdwn.
func LastWord(title, text string) *slack.ModalViewRequest {
	m := modal("done", title, "", "", section(text))
	m.Submit = nil
	return m
}

// GoingOn takes the place of a form that is not done with yet.
func GoingOn(text string) *slack.ModalViewRequest {
	return LastWord("Still at it", marks[itsm.Unavailable]+" "+text)
}

// Aside says in a modal what elsewhere is an ephemeral message: a Home tab has none.
func Aside(said Message) *slack.ModalViewRequest {
	blocks := said.Blocks
	if len(blocks) == 0 {
		blocks = []slack.Block{section(said.Text)}
	}
	m := modal("done", "Steward", "", "", blocks...)
	m.Submit = nil
	return m
}

func modal(callback, title, submit, private string, blocks ...slack.Block) *slack.ModalViewRequest {
	return &slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: private,
		Title: plainText(Cut(title, maxTitle, "…")), Submit: plainText(Cut(submit, maxTitle, "…")), Close: plainText("Close"),
		Blocks: slack.Blocks{BlockSet: fitBlocks(blocks, maxViewBlocks)},
	}
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

func instant() slack.BlockElement { return slack.NewDateTimePickerBlockElement("value") }

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
		label := Cut(part[0].Text.Text, 30, "…") + " to " + Cut(part[len(part)-1].Text.Text, 30, "…")
		groups = append(groups, slack.NewOptionGroupBlockElement(plainText(label), part...))
		options = options[len(part):]
	}
	return slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, plainText("Choose one"), "value", groups...)
}
