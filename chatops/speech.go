package chatops

import (
	"context"
	"regexp"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// marked is what Slack makes of mentions and addresses in a command: <@U0EVE|eve>,
// <#C0PAY|payments>, <!here>, <https://example.com|example.com>. What people type
// as < arrives escaped, so it is none of these.
// https://docs.slack.dev/interactivity/implementing-slash-commands#escaping
var marked = regexp.MustCompile(`<([^<>|]+)(?:\|([^<>]*))?>`)

// spoken is a command as its person meant it: people by their id in the catalog.
func (b *Bot) spoken(ctx context.Context, who desk.Caller, text string) (string, error) {
	if !strings.Contains(text, "<@") {
		return plainly(text, nil), nil
	}
	people, err := b.desk.People(ctx, who)
	return plainly(text, people), err
}

// plainly takes Slack's marks out of a command's text. Somebody whom the catalog
// does not know keeps their Slack id.
func plainly(text string, people []itsm.Person) string {
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

// person reads whom somebody means: @eve, eve, me, or a Slack id.
func (b *Bot) person(ctx context.Context, who desk.Caller, typed string) (itsm.PersonID, error) {
	wanted := strings.TrimRight(strings.TrimPrefix(typed, "@"), ":,.")
	if strings.EqualFold(wanted, "me") || strings.EqualFold(wanted, "myself") {
		return who.Person, nil
	}
	people, err := b.desk.People(ctx, who)
	if err != nil {
		return "", err
	}
	var ids []string
	for _, p := range people {
		if strings.EqualFold(string(p.ID), wanted) || p.Slack != "" && p.Slack == wanted {
			return p.ID, nil
		}
		ids = append(ids, string(p.ID))
	}
	if slackID.MatchString(wanted) && len(wanted) > 5 && strings.ContainsRune("UW", rune(wanted[0])) {
		return "", itsm.Refuse(itsm.Invalid, "slack.person", "Steward does not know them: nobody in the catalog has the Slack id %s. Ask an administrator to put it there, or name somebody whom /itsm people lists.", wanted)
	}
	return "", itsm.Refuse(itsm.Invalid, "slack.person", "Nobody in the catalog is called %s%s /itsm people lists who is who.", cards.Cut(wanted, 64, "…"), ended(itsm.DidYouMean(wanted, ids)))
}

// ended is the end of a sentence that has one, or a full stop.
func ended(text string) string {
	if text == "" {
		return "."
	}
	return text
}
