package cards

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Escape makes words of people harmless in mrkdwn: no <!channel>, no false link.
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func Escape(text string) string { return escaper.Replace(text) }

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// Unescape undoes what Slack escapes in a command's text.
func Unescape(text string) string { return unescaper.Replace(text) }

// moment shows an instant in its reader's own zone.
func moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), t.UTC().Format("2 Jan 2006 15:04 UTC"))
}

func span(w *itsm.Window) string {
	if w == nil {
		return "as soon as it is approved"
	}
	return moment(w.Start) + " to " + moment(w.End)
}

// Cut shortens text to most characters, at the end of a line where there is one
// in the last third, and says so. It leaves no half of an entity, a mention or a date.
func Cut(text string, most int, tail string) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	room := most - utf8.RuneCountInString(tail)
	if room <= 0 {
		return string([]rune(tail)[:most])
	}
	kept := string([]rune(text)[:room])
	if i := strings.LastIndexByte(kept, '\n'); i > len(kept)*2/3 {
		kept = kept[:i]
	}
	if i := strings.LastIndexByte(kept, '&'); i >= 0 && len(kept)-i <= len("&amp") && !strings.Contains(kept[i:], ";") {
		kept = kept[:i]
	}
	if i := strings.LastIndexByte(kept, '<'); i >= 0 && !strings.Contains(kept[i:], ">") {
		kept = kept[:i]
	}
	return kept + tail
}

// PlainText is an object that Slack shows as it is: no links, no mentions, no emoji codes.
func PlainText(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// marked is an object whose words are ours, or escaped.
func marked(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, true)
}

// Section is a section of mrkdwn: words of ours, or escaped.
func Section(text string, fields ...string) *slack.SectionBlock {
	var objects []*slack.TextBlockObject
	for _, f := range fields {
		objects = append(objects, marked(f))
	}
	return slack.NewSectionBlock(marked(text), objects, nil)
}

// Plain is a section that shows a text as it is.
func Plain(text string) *slack.SectionBlock { return slack.NewSectionBlock(PlainText(text), nil, nil) }

// Footnote is a line in small print, or several.
func Footnote(lines ...string) *slack.ContextBlock {
	var elements []slack.MixedElement
	for _, l := range lines {
		elements = append(elements, marked(l))
	}
	return slack.NewContextBlock("", elements...)
}

// footnotes are lines in small print, if there are any: Slack takes no empty context.
func footnotes(lines []string) []slack.Block {
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{Footnote(lines...)}
}

// Words says a name of ours as a person would: change_manager is change manager.
func Words[T ~string](name T) string { return strings.ReplaceAll(string(name), "_", " ") }
