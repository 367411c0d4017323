package chatops

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// subcommand does something with the rest of a command.
type subcommand func(*Bot, context.Context, desk.Caller, request, string) (answer, error)

// general are the sub-commands of /change that are about no one record. Those that
// are, are verbs.
var general = map[string]subcommand{
	"new":  (*Bot).newChange,
	"list": (*Bot).listTyped,
	"my":   (*Bot).myTyped,
	"help": (*Bot).help,
}

// anything are the sub-commands of /itsm, which are about records of any kind.
var anything = map[string]subcommand{
	"my":       (*Bot).myTyped,
	"status":   about("status"),
	"explain":  about("explain"),
	"show":     about("show"),
	"services": (*Bot).listServices,
	"people":   (*Bot).listPeople,
	"change":   (*Bot).changeTyped,
	"help":     (*Bot).help,
}

// changes is what the numbers of changes begin with.
const changes = "CHG"

// about leads from /itsm to the verb of the same name.
func about(name string) subcommand {
	return func(b *Bot, ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
		return b.record(ctx, who, r, name, rest, "")
	}
}

// numbered reads the number of a record in a command about the kind that prefix names,
// or about any. Of any kind, digits alone name two records.
func numbered(word, prefix string) (itsm.Number, error) {
	n := typed.Number(word, prefix)
	if prefix == "" && (changes+"-"+n).Check() == nil {
		return n, itsm.Refuse(itsm.Invalid, "slack.number", "%s may be a change or an incident; write CHG-%s or INC-%s.", n, n, n)
	}
	return n, n.Check()
}

// command answers /change … and /itsm ….
func (b *Bot) command(ctx context.Context, who desk.Caller, r request) (answer, error) {
	text, err := b.spoken(ctx, who, r.Typed)
	if err != nil {
		return answer{}, err
	}
	name, rest := typed.Word(text)
	if name == "/change" {
		return b.changeTyped(ctx, who, r, rest)
	}
	first, after := typed.Word(rest)
	if first == "" {
		return b.help(ctx, who, r, "")
	}
	switch n, err := numbered(first, ""); {
	case err == nil:
		return b.show(ctx, who, wish{Claim: cards.Claim{Number: n}})
	case itsm.AsError(err).Code == "slack.number":
		return answer{}, err
	}
	do, known := anything[strings.ToLower(first)]
	if !known {
		return unknown("/itsm", text, cmp.Or(nearest("/itsm", first, slices.Sorted(maps.Keys(anything))), "/itsm help")), nil
	}
	return do(b, ctx, who, r, after)
}

// changeTyped answers /change …, and /itsm change … for those who know the longer name.
func (b *Bot) changeTyped(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	first, after := typed.Word(rest)
	lower := strings.ToLower(first)
	if first == "" {
		return b.help(ctx, who, r, "")
	}
	if n, err := numbered(first, changes); err == nil {
		return b.show(ctx, who, wish{Claim: cards.Claim{Number: n}})
	}
	if do, known := general[lower]; known {
		return do(b, ctx, who, r, after)
	}
	if _, known := verbs[lower]; known {
		return b.record(ctx, who, r, lower, after, changes)
	}
	all := slices.Concat(slices.Sorted(maps.Keys(general)), slices.Sorted(maps.Keys(verbs)))
	return unknown("/change", "/change "+rest, nearest("/change", first, all)), nil
}

// record does a verb to a record, or opens the form that asks for what the verb
// cannot do without. A number without letters is of the kind that prefix names.
func (b *Bot) record(ctx context.Context, who desk.Caller, r request, name, rest, prefix string) (answer, error) {
	v := verbs[name]
	first, rest := typed.Word(rest)
	n, err := numbered(first, prefix)
	if err != nil {
		return answer{}, err
	}
	w := wish{Claim: cards.Claim{Number: n}}
	if v.open != nil {
		return v.open(b, ctx, who, r, w.Claim)
	}
	w.note = typed.Note(rest)
	if v.read != nil {
		if err := v.read(b, ctx, who, &w, rest); err != nil {
			return answer{}, err
		}
	}
	if v.lacks(w) {
		return b.ask(ctx, who, r, v, w.Claim)
	}
	return v.do(b, ctx, who, w)
}

func (b *Bot) listTyped(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	first, _ := typed.Word(strings.ToLower(rest))
	which := cards.List(cmp.Or(first, string(cards.ListOpen)))
	switch which {
	case cards.ListOpen, cards.ListMine, cards.ListWaiting, cards.ListMy:
		return b.list(ctx, who, which)
	default:
		return unknown("/change", cards.Unescape(r.Typed), "/change list open"), nil
	}
}

func (b *Bot) myTyped(ctx context.Context, who desk.Caller, _ request, _ string) (answer, error) {
	return b.list(ctx, who, cards.ListMy)
}

func (b *Bot) help(context.Context, desk.Caller, request, string) (answer, error) {
	return shown(cards.Help()), nil
}

// unknown repeats what was typed and says what was probably meant.
func unknown(command, text, meant string) answer {
	e := itsm.Refuse(itsm.Invalid, "slack.command", "Steward does not know that command.")
	a := shown(cards.Unknown(e, command, text, meant))
	a.refused = e
	return a
}

// nearest is the sub-command that what was typed resembles most; empty when it
// resembles none.
func nearest(command, typed string, known []string) string {
	if best := itsm.Nearest(typed, known); best != "" {
		return command + " " + best
	}
	return ""
}
