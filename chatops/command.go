package chatops

import (
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

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

// examples follow an unknown sub-command.
const examples = "`/change new` · `/change show CHG-42` · `/change reject CHG-42 because it has no back-out plan`"

// command answers /change …, /itsm change … for those who know the longer name,
// and /itsm services and /itsm people.
func (b *Bot) command(ctx context.Context, who desk.Caller, r request) (answer, error) {
	text := typed(r.typed)
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
		return b.show(ctx, who, claim{Number: n}, "")
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
		return do(b, ctx, who, claim{Number: n}, note(rest))
	}
}

func (b *Bot) listTyped(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	which, _ := word(strings.ToLower(rest))
	switch which {
	case "":
		which = listOpen
	case listOpen, listMine, listWaiting:
	default:
		return unknown(typed(r.typed), "/change list open"), nil
	}
	return b.list(ctx, who, which)
}

func (b *Bot) help(context.Context, desk.Caller, request, string) (answer, error) {
	lines := []string{
		"*Changes, from here to closed*",
		"`/change new` opens the form; `/change new Rotate the certificates` fills in the title",
		"`/change list` shows what is open; `list mine` what you raised; `list waiting` what waits for you",
		"`/change show CHG-42` tells all about one change, and what happens if nobody acts",
		"`/change approve CHG-42` or `/change reject CHG-42 because …` decides",
		"`/change start CHG-42`, then `/change done CHG-42` or `/change fail CHG-42 what broke` carries it out",
		"`/change cancel CHG-42 because …` drops it",
		"`/itsm services` lists what can be changed, `/itsm people` who is who",
		"What the buttons do, these do. Nobody decides on their own request, and silence never approves.",
	}
	text := strings.Join(lines, "\n")
	button := slack.NewButtonBlockElement("change.new", "", plainText("New change")).WithStyle(slack.StylePrimary)
	return answer{text: text, blocks: []slack.Block{section(text), slack.NewActionBlock("help", button)}}, nil
}

// unknown repeats what was typed and says what was probably meant.
func unknown(text, meant string) answer {
	e := itsm.Refuse(itsm.Invalid, "slack.command", "Steward does not know that command.")
	sentence := "Steward does not know `" + strings.ReplaceAll(escape(cut(text, 200, "…")), "`", "'") + "`."
	if meant != "" {
		sentence += " Did you mean `" + meant + "`?"
	}
	return answer{text: sentence, refused: e, blocks: []slack.Block{
		section(marks[e.Kind] + " " + sentence), section("For example: " + examples), footnote("`/change help` lists all · `" + e.Code + "`"),
	}}
}

// nearest is the sub-command that takes the fewest strokes to get to from what
// was typed; none when all are far.
func nearest(typed string) string {
	best, fewest := "", 3
	for _, verb := range []string{"new", "show", "approve", "reject", "start", "done", "fail", "cancel", "list", "help"} {
		if d := distance(typed, verb); d < fewest && d < len(verb) {
			best, fewest = verb, d
		}
	}
	if best == "" {
		return ""
	}
	return "/change " + best
}

// distance is Levenshtein's, of short words.
func distance(a, b string) int {
	if len(a) > 20 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
