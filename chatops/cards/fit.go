package cards

import (
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Slack's limits, in characters where not said otherwise, from
// https://docs.slack.dev/reference/block-kit; the last is not
// in it: Slack refuses more than about 13,200 in all (bolt-js #2509).
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxText          = 4000
	maxSection       = 3000
	maxField         = 2000
	maxFields        = 10
	maxHeader        = 150
	maxContext       = 10 // elements
	maxActions       = 25 // elements
	maxButton        = 75
	maxOption        = 75
	maxOptions       = 100
	maxConfirm       = 300
	maxAll           = 12_000
)

// more is the pointer to what was cut off.
const more = "… (cut; the record has all of it)"

// Message is what is shown in Slack: the text is for notifications and screen readers.
type Message struct {
	Text   string
	Blocks []slack.Block
	Key    string // the notice's; empty for an answer to somebody
}

// fit makes a message one that Slack takes. It is the last thing done to each.
func fit(m Message) Message {
	m.Text = Cut(m.Text, maxText, more)
	m.Blocks = fitBlocks(m.Blocks, maxMessageBlocks)
	return m
}

// FitView makes the blocks of a modal or a page such as Slack takes.
func FitView(blocks []slack.Block) []slack.Block { return fitBlocks(blocks, maxViewBlocks) }

func fitBlocks(blocks []slack.Block, most int) []slack.Block {
	if len(blocks) > most {
		blocks = append(blocks[:most-1:most-1], Footnote("There is more than fits here."))
	}
	for i, b := range blocks {
		blocks[i] = fitBlock(b)
	}
	for over := count(blocks) - maxAll; over > 0; over = count(blocks) - maxAll {
		longest := longestText(blocks)
		n := utf8.RuneCountInString(longest.Text)
		if n <= len(more) {
			return blocks[:1]
		}
		longest.Text = Cut(longest.Text, max(n-over, n/2, len(more)), more)
	}
	return blocks
}

func fitBlock(b slack.Block) slack.Block {
	switch b := b.(type) {
	case *slack.HeaderBlock:
		shorten(b.Text, maxHeader, "…")
	case *slack.SectionBlock:
		shorten(b.Text, maxSection, more)
		b.Fields = first(b.Fields, maxFields)
		for _, f := range b.Fields {
			shorten(f, maxField, more)
		}
	case *slack.ContextBlock:
		b.ContextElements.Elements = first(b.ContextElements.Elements, maxContext)
		for _, e := range b.ContextElements.Elements {
			if t, ok := e.(*slack.TextBlockObject); ok {
				shorten(t, maxField, more)
			}
		}
	case *slack.ActionBlock:
		b.Elements.ElementSet = first(b.Elements.ElementSet, maxActions)
		for _, e := range b.Elements.ElementSet {
			fitElement(e)
		}
	case *slack.InputBlock:
		shorten(b.Label, maxField, "…")
		shorten(b.Hint, maxField, "…")
		fitElement(b.Element)
	}
	return b
}

func fitElement(e slack.BlockElement) {
	switch e := e.(type) {
	case *slack.ButtonBlockElement:
		shorten(e.Text, maxButton, "…")
		if e.Confirm != nil {
			shorten(e.Confirm.Title, 100, "…")
			shorten(e.Confirm.Text, maxConfirm, "…")
			shorten(e.Confirm.Confirm, 30, "…")
			shorten(e.Confirm.Deny, 30, "…")
		}
	case *slack.OverflowBlockElement:
		for _, o := range e.Options {
			shorten(o.Text, maxOption, "…")
		}
	case *slack.MultiSelectBlockElement:
		for _, o := range e.Options {
			shorten(o.Text, maxOption, "…")
		}
	case *slack.SelectBlockElement:
		for _, o := range e.Options {
			shorten(o.Text, maxOption, "…")
		}
		for _, g := range e.OptionGroups {
			shorten(g.Label, maxOption, "…")
			for _, o := range g.Options {
				shorten(o.Text, maxOption, "…")
			}
		}
	}
}

// shorten cuts one text; Slack takes no empty one.
func shorten(t *slack.TextBlockObject, most int, tail string) {
	if t == nil {
		return
	}
	if t.Text = Cut(t.Text, most, tail); t.Text == "" {
		t.Text = " "
	}
}

func first[T any](all []T, most int) []T { return all[:min(len(all), most)] }

// objects are all texts that may be cut.
func objects(blocks []slack.Block) []*slack.TextBlockObject {
	var out []*slack.TextBlockObject
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			out = append(out, b.Text)
		case *slack.SectionBlock:
			if b.Text != nil {
				out = append(out, b.Text)
			}
			out = append(out, b.Fields...)
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				if t, ok := e.(*slack.TextBlockObject); ok {
					out = append(out, t)
				}
			}
		}
	}
	return out
}

func count(blocks []slack.Block) int {
	n := 0
	for _, t := range objects(blocks) {
		n += utf8.RuneCountInString(t.Text)
	}
	for _, b := range blocks { // cut already, where it was made
		switch b := b.(type) {
		case *slack.RichTextBlock:
			n += richness(b)
		case *slack.ActionBlock:
			n += labelled(b)
		}
	}
	return n
}

// labelled is how much stands on all that can be pressed, and asks whether it is meant.
func labelled(b *slack.ActionBlock) int {
	n := 0
	add := func(t *slack.TextBlockObject) {
		if t != nil {
			n += utf8.RuneCountInString(t.Text)
		}
	}
	for _, e := range b.Elements.ElementSet {
		switch e := e.(type) {
		case *slack.ButtonBlockElement:
			add(e.Text)
			if e.Confirm != nil {
				add(e.Confirm.Text)
			}
		case *slack.OverflowBlockElement:
			for _, o := range e.Options {
				add(o.Text)
			}
		}
	}
	return n
}

func richness(b *slack.RichTextBlock) int {
	n := 0
	for _, s := range b.Elements {
		section, ok := s.(*slack.RichTextSection)
		if !ok {
			continue
		}
		for _, e := range section.Elements {
			switch e := e.(type) {
			case *slack.RichTextSectionTextElement:
				n += utf8.RuneCountInString(e.Text)
			case *slack.RichTextSectionLinkElement:
				n += utf8.RuneCountInString(e.Text)
			}
		}
	}
	return n
}

func longestText(blocks []slack.Block) *slack.TextBlockObject {
	longest := &slack.TextBlockObject{}
	for _, t := range objects(blocks) {
		if utf8.RuneCountInString(t.Text) > utf8.RuneCountInString(longest.Text) {
			longest = t
		}
	}
	return longest
}
