package typed

import (
	"regexp"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// marked is what Slack makes of mentions and addresses in a command: <@U0EVE|eve>,
// <#C0PAY|payments>, <!here>, <https://example.com|example.com>. What people type
// as < arrives escaped, so it is none of these.
// https://docs.slack.dev/interactivity/implementing-slash-commands#escaping
var marked = regexp.MustCompile(`<([^<>|]+)(?:\|([^<>]*))?>`)

// Plainly takes Slack's marks out of a command's text. Somebody whom the catalog
// does not know keeps their Slack id.
func Plainly(text string, people []itsm.Person) string {
	var out strings.Builder
	last := 0
	for _, m := range marked.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(cards.Unescape(text[last:m[0]]))
		last = m[1]
		label := ""
		if m[4] >= 0 {
			label = cards.Unescape(text[m[4]:m[5]])
		}
		out.WriteString(meant(cards.Unescape(text[m[2]:m[3]]), label, people))
	}
	out.WriteString(cards.Unescape(text[last:]))
	return out.String()
}

// meant is one mark as a word.
func meant(mark, label string, people []itsm.Person) string {
	switch mark[0] {
	case '@':
		for _, p := range people {
			if p.Slack == mark[1:] {
				return "@" + string(p.ID)
			}
		}
		return mark
	case '#':
		if label != "" {
			return "#" + label
		}
		return mark
	case '!':
		if label != "" {
			return "@" + strings.TrimPrefix(label, "@")
		}
		return "@" + mark[1:]
	default:
		if strings.HasPrefix(mark, "mailto:") && label != "" {
			return label
		}
		return mark
	}
}

// Word takes the first word off a text.
func Word(text string) (head, rest string) {
	text = strings.TrimSpace(text)
	i := strings.IndexAny(text, " \t\n")
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}

// Number reads a record's number as people type it: inc-42, CHG-42: or 42, which is of
// the kind that prefix names, as CHG. No prefix leaves it bare: it is of any kind, and
// no record's number.
func Number(text, prefix string) itsm.Number {
	text = strings.ToUpper(strings.TrimRight(text, ":,."))
	if prefix != "" && text != "" && strings.Trim(text, "0123456789") == "" {
		text = prefix + "-" + text
	}
	return itsm.Number(text)
}

var slackID = regexp.MustCompile(`^[UW][A-Z0-9]{4,31}$`)

// SlackID tells whether a word looks like a person's id in Slack: U0EVE.
func SlackID(word string) bool { return slackID.MatchString(word) }

// Note is the rest of a command, without the word that leads up to it.
func Note(text string) string {
	head, rest := Word(text)
	if slices.Contains([]string{"because", "because:", "-", "--", "—", ":"}, strings.ToLower(head)) {
		return rest
	}
	return text
}
