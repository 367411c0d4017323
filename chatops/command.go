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

// anything are the sub-commands of /itsm, which are about records of any kind.
var anything = map[string]subcommand{
	"my":       (*Bot).myTyped,
	"status":   about("status"),
	"explain":  about("explain"),
	"show":     about("show"),
	"timeline": about("timeline"),
	"graph":    (*Bot).graph,
	"list":     (*Bot).listAll,
	"search":   (*Bot).searchTyped,
	"link":     (*Bot).linkTyped,
	"services": (*Bot).listServices,
	"people":   (*Bot).listPeople,
	"who":      (*Bot).whoTyped,
	"change":   behind(changes),
	"incident": behind(incidents),
	"problem":  behind(problems),
	"help":     (*Bot).helpAll,

	"corrective": behind(correctives),
	"supplier":   behind(suppliers),
}

// about leads from /itsm to the verb of the same name.
func about(name string) subcommand {
	return func(b *Bot, ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
		return b.record(ctx, who, r, nil, name, rest)
	}
}

// numbered reads the number of a record in a command about the kind that prefix names,
// or about any. Of any kind, digits alone name several records.
func numbered(word, prefix string) (itsm.Number, error) {
	n := typed.Number(word, prefix)
	if prefix == "" && (ofChanges+"-"+n).Check() == nil {
		return n, itsm.Refuse(itsm.Invalid, "slack.number", "%s may be a change, an incident, a problem, a corrective action, a supplier or a contract; write CHG-%s, INC-%s, PRB-%s, CAR-%s, SUP-%s or CON-%s.", n, n, n, n, n, n, n)
	}
	return n, n.Check()
}

// command answers the commands about one kind of record, /who … and /itsm ….
func (b *Bot) command(ctx context.Context, who desk.Caller, r request) (answer, error) {
	text, err := b.spoken(ctx, who, r.Typed)
	if err != nil {
		return answer{}, err
	}
	name, rest := typed.Word(text)
	for _, k := range kinds() {
		if name == k.command() {
			return b.typed(ctx, who, r, k, rest)
		}
	}
	if name == "/who" {
		return b.whoTyped(ctx, who, r, rest)
	}
	first, after := typed.Word(rest)
	if first == "" {
		return b.helpAll(ctx, who, r, "")
	}
	switch n, err := numbered(first, ""); {
	case err == nil:
		return b.look(ctx, who, n)
	case itsm.AsError(err).Code == "slack.number":
		return answer{}, err
	}
	do, known := anything[strings.ToLower(first)]
	if !known {
		return unknown("/itsm", text, cmp.Or(nearest("/itsm", first, slices.Sorted(maps.Keys(anything))), "/itsm help")), nil
	}
	return do(b, ctx, who, r, after)
}

// look shows a record of whichever kind.
func (b *Bot) look(ctx context.Context, who desk.Caller, n itsm.Number) (answer, error) {
	return of(n).verbs["show"].do(b, ctx, who, wish{Claim: cards.Claim{Number: n}})
}

// behind is the command about one kind of record for those who know the longer name.
func behind(k *kind) subcommand {
	return func(b *Bot, ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
		return b.typed(ctx, who, r, k, rest)
	}
}

// typed answers the command about one kind of record.
func (b *Bot) typed(ctx context.Context, who desk.Caller, r request, k *kind, rest string) (answer, error) {
	first, after := typed.Word(rest)
	lower := strings.ToLower(first)
	if first == "" {
		return k.others["help"](b, ctx, who, r, "")
	}
	if n, err := numbered(first, k.prefix); err == nil {
		return b.look(ctx, who, n)
	}
	if k.meant != nil {
		lower, after = k.meant(lower, after)
	}
	if do, known := k.others[lower]; known {
		return do(b, ctx, who, r, after)
	}
	if k.knows(lower) {
		return b.record(ctx, who, r, k, lower, after)
	}
	all := slices.Sorted(maps.Keys(k.others))
	for _, o := range k.siblings() {
		all = slices.Concat(all, slices.Sorted(maps.Keys(o.verbs)), slices.Sorted(maps.Keys(o.also)))
	}
	return unknown(k.command(), k.command()+" "+rest, nearest(k.command(), first, all)), nil
}

// record does a verb to a record, or opens the form that asks for what the verb
// cannot do without. A number without letters is of the kind that the command is
// about; one with letters says itself what it is of.
func (b *Bot) record(ctx context.Context, who desk.Caller, r request, about *kind, name, rest string) (answer, error) {
	first, rest := typed.Word(rest)
	prefix := ""
	if about != nil {
		prefix = about.prefixFor(name)
	}
	n, err := numbered(first, prefix)
	if err != nil {
		return answer{}, err
	}
	k := of(n)
	v, known := k.verb(name)
	if !known && k.stead != nil {
		if n, err = k.stead(b, ctx, who, n, name); err != nil {
			return answer{}, err
		}
		k = of(n)
		v, known = k.verb(name)
	}
	if !known {
		return answer{}, itsm.Refuse(itsm.Invalid, "slack.kind", "%s is of another kind; %s help tells what can be done to it.", n, k.command())
	}
	w := wish{Claim: cards.Claim{Number: n}}
	w.note = typed.Note(rest)
	if v.read != nil {
		if err := v.read(b, ctx, who, &w, rest); err != nil {
			return answer{}, err
		}
	}
	if v.opens(w) {
		return v.open(b, ctx, who, r, w)
	}
	if v.lacks(w) {
		return b.ask(ctx, who, r, v, w)
	}
	return v.do(b, ctx, who, w)
}

func (b *Bot) listTyped(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	first, _ := typed.Word(strings.ToLower(rest))
	which := cards.List(cmp.Or(first, string(cards.ListOpen)))
	switch which {
	case cards.ListOpen, cards.ListMine, cards.ListWaiting, cards.ListMy:
		return b.list(ctx, who, which)
	case cards.ListAssigned, cards.ListCoordinated, cards.ListOwned: // of other kinds
	}
	return unknown("/change", cards.Unescape(r.Typed), "/change list open"), nil
}

func (b *Bot) myTyped(ctx context.Context, who desk.Caller, _ request, _ string) (answer, error) {
	return b.list(ctx, who, cards.ListMy)
}

func (b *Bot) help(context.Context, desk.Caller, request, string) (answer, error) {
	return shown(cards.Help()), nil
}

func (b *Bot) helpAll(context.Context, desk.Caller, request, string) (answer, error) {
	return shown(cards.HelpAll()), nil
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
