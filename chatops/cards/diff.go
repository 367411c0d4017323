package cards

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// maxShown of a text is shown before and after an edit; the record has all of it.
const maxShown = 200

var struck = &slack.RichTextSectionTextStyle{Strike: true}

// diff shows what an edit changed, field by field: what was is struck out. People's
// words stand in it as they are.
func diff(edits []itsm.Difference) *slack.RichTextBlock {
	var words []slack.RichTextSectionElement
	for i, e := range edits {
		if i > 0 {
			words = append(words, slack.NewRichTextSectionTextElement("\n", nil))
		}
		words = append(words, slack.NewRichTextSectionTextElement(Label(e.Field)+"\n", &slack.RichTextSectionTextStyle{Bold: true}))
		if e.Before != "" {
			words = append(words, shownAs(e.Field, e.Before, struck)...)
			words = append(words, slack.NewRichTextSectionTextElement(" → ", nil))
		}
		after := e.After
		if after == "" {
			after = "(nothing)"
		}
		words = append(words, shownAs(e.Field, after, nil)...)
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(words...))
}

// shownAs is a value of a field: instants in the reader's zone, all else as text.
func shownAs(field, value string, style *slack.RichTextSectionTextStyle) []slack.RichTextSectionElement {
	start, end, two := strings.Cut(value, " to ")
	from, err := time.Parse(time.RFC3339Nano, start)
	to, err2 := time.Parse(time.RFC3339Nano, end)
	if field != "window" || !two || err != nil || err2 != nil {
		return []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(Cut(value, maxShown, "…"), style)}
	}
	return []slack.RichTextSectionElement{dated(from, style), slack.NewRichTextSectionTextElement(" to ", style), dated(to, style)}
}

func dated(t time.Time, style *slack.RichTextSectionTextStyle) *slack.RichTextSectionDateElement {
	fallback := t.UTC().Format("2 Jan 2006 15:04 UTC")
	e := slack.NewRichTextSectionDateElement(t.Unix(), "{date_short_pretty} {time}", nil, &fallback)
	e.Style = style
	return e
}

// Label is what a field is called among people: backout_minutes are Backout minutes.
func Label(field string) string {
	words := Words(field)
	return strings.ToUpper(words[:min(1, len(words))]) + words[min(1, len(words)):]
}
