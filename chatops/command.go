package chatops

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// verbs are the sub-commands of /change. Each gets the rest of what was typed.
var verbs = map[string]func(*Bot, context.Context, desk.Caller, request, string) (answer, error){
	"new":     (*Bot).newChange,
	"show":    withNumber((*Bot).show),
	"approve": withNumber((*Bot).approve),
	"reject":  withNumber((*Bot).reject),
	"start":   withNumber((*Bot).start),
	"done":    withNumber((*Bot).done),
	"fail":    withNumber((*Bot).fail),
	"cancel":  withNumber((*Bot).cancel),
	"list":    (*Bot).listTyped,
	"help":    (*Bot).help,
}

// command answers /change …, /itsm change … for those who know the longer name,
// and /itsm services and /itsm people.
func (b *Bot) command(ctx context.Context, who desk.Caller, r request) (answer, error) {
	text := cards.Unescape(r.typed)
	name, rest := word(text)
	if name != "/change" {
		record, after := word(rest)
		look, catalog := lookups[strings.ToLower(record)]
		switch {
		case catalog:
			return look(b, ctx, who)
		case strings.EqualFold(record, "change"):
			rest = after
		case record != "" && !strings.EqualFold(record, "help"):
			return unknown(text, "/itsm change"), nil
		}
	}
	verb, rest := word(rest)
	if verb == "" {
		return b.help(ctx, who, r, "")
	}
	if n := number(verb); n.Check() == nil {
		return b.show(ctx, who, cards.Claim{Number: n}, "")
	}
	do, known := verbs[strings.ToLower(verb)]
	if !known {
		return unknown(text, nearest(strings.ToLower(verb))), nil
	}
	return do(b, ctx, who, r, rest)
}

// word takes the first word off a text.
func word(text string) (head, rest string) {
	text = strings.TrimSpace(text)
	i := strings.IndexAny(text, " \t\n")
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}

// number reads a number as people type it: chg-42, CHG-42: or 42.
func number(text string) itsm.Number {
	text = strings.ToUpper(strings.TrimRight(text, ":,."))
	if text != "" && strings.Trim(text, "0123456789") == "" {
		text = "CHG-" + text
	}
	return itsm.Number(text)
}

// note is the rest of a command, without the word that leads up to it.
func note(text string) string {
	head, rest := word(text)
	if slices.Contains([]string{"because", "because:", "-", "--", "—", ":"}, strings.ToLower(head)) {
		return rest
	}
	return text
}

// withNumber reads the number and the note that most sub-commands take.
func withNumber(do deed) func(*Bot, context.Context, desk.Caller, request, string) (answer, error) {
	return func(b *Bot, ctx context.Context, who desk.Caller, _ request, rest string) (answer, error) {
		typed, rest := word(rest)
		n := number(typed)
		if err := n.Check(); err != nil {
			return answer{}, err
		}
		return do(b, ctx, who, cards.Claim{Number: n}, note(rest))
	}
}

func (b *Bot) listTyped(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	first, _ := word(strings.ToLower(rest))
	which := cards.List(cmp.Or(first, string(cards.ListOpen)))
	switch which {
	case cards.ListOpen, cards.ListMine, cards.ListWaiting:
		return b.list(ctx, who, which)
	default:
		return unknown(cards.Unescape(r.typed), "/change list open"), nil
	}
}

func (b *Bot) help(context.Context, desk.Caller, request, string) (answer, error) {
	return shown(cards.Help()), nil
}

// unknown repeats what was typed and says what was probably meant.
func unknown(text, meant string) answer {
	e := itsm.Refuse(itsm.Invalid, "slack.command", "Steward does not know that command.")
	a := shown(cards.Unknown(e, text, meant))
	a.refused = e
	return a
}

// nearest is the sub-command that takes the fewest strokes to get to from what
// was typed; none when all are far.
func nearest(typed string) string {
	if len(typed) > 20 {
		return ""
	}
	best, fewest := "", 3
	for _, verb := range []string{"new", "show", "approve", "reject", "start", "done", "fail", "cancel", "list", "help"} {
		if d := itsm.Distance(typed, verb); d < fewest && d < len(verb) {
			best, fewest = verb, d
		}
	}
	if best == "" {
		return ""
	}
	return "/change " + best
}
