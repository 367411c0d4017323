package chatops

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// wish is what somebody wants done to one record, whether they typed it, pressed
// it or filled it in.
type wish struct {
	cards.Claim
	note     string
	to, from itsm.PersonID
	said     typed.Fields // what else was said, by the field that asks for it
}

// deed does what is wished.
type deed func(*Bot, context.Context, desk.Caller, wish) (answer, error)

// opening shows a form about a record, with what was said already.
type opening func(*Bot, context.Context, desk.Caller, request, wish) (answer, error)

// reader reads what was typed after a record's number.
type reader func(*Bot, context.Context, desk.Caller, *wish, string) error

// rule judges who asks for a form, before they fill it in for nothing.
type rule func(subject, itsm.Actor, cards.Claim) error

// subject is a record, of whichever kind.
type subject interface {
	Receipt() itsm.Receipt
}

// timed is a record on whose acts a clock bears.
type timed interface {
	ActsFor(who itsm.Actor, at time.Time) []itsm.Act
}

// on makes a rule about one kind of record one about any.
func on[R subject](judge func(R, itsm.Actor, cards.Claim) error) rule {
	return func(s subject, who itsm.Actor, seen cards.Claim) error {
		r, ours := s.(R)
		if !ours {
			return forgotten()
		}
		return judge(r, who, seen)
	}
}

// verb is one thing that people do to a record. Its name is a sub-command, the
// action of a button and the callback of a form.
type verb struct {
	do   deed
	act  itsm.Act
	rule rule      // asked before a form is shown
	form *form.Why // asks for what it cannot do without; nil: it needs nothing
	open opening   // shows a form of another kind
	read reader    // nil: all that was typed is the note
	look bool      // it changes nothing
	with string    // the field that another record fills in, where the button names one
	need string    // the field without which open is shown; empty: open always is
}

// kind is what the door knows of one kind of record.
type kind struct {
	name   string // what its buttons and forms begin with, and its command where there is no other
	under  string // the command, where that is of another kind; empty: its name
	prefix string // what its numbers begin with; empty: that of another kind
	verbs  map[string]verb
	others map[string]subcommand                        // what is about no one record
	also   map[string]string                            // other words for verbs
	stands bool                                         // people act for others: for whom is found out when they do
	meant  func(name, rest string) (verb, after string) // what people mean who type a verb and another word; nil: the verb
	read   func(*Bot, context.Context, desk.Caller, itsm.Number) (subject, error)
	stead  func(b *Bot, ctx context.Context, who desk.Caller, n itsm.Number, verb string) (itsm.Number, error) // the record that is meant by a verb that it has not
	given  func(*Bot, context.Context, desk.Caller, subject, verb, wish) (form.Given, error)                   // what its forms know already
}

// What the numbers of each kind begin with.
const (
	ofChanges     = "CHG"
	ofIncidents   = "INC"
	ofProblems    = "PRB"
	ofCorrectives = "CAR"
	ofSuppliers   = "SUP"
	ofContracts   = "CON"
)

// kinds are all of them.
func kinds() []*kind {
	return []*kind{changes, incidents, problems, correctives, suppliers, contracts, reviews}
}

func (k *kind) command() string { return "/" + cmp.Or(k.under, k.name) }

// knows tells whether the command has a verb: that of any kind which it is about.
func (k *kind) knows(name string) bool {
	return slices.ContainsFunc(k.siblings(), func(o *kind) bool { _, known := o.verb(name); return known })
}

// prefixFor is what the number begins with that a verb is about, where its digits alone
// are typed.
func (k *kind) prefixFor(verb string) string {
	for _, o := range k.siblings() {
		if _, known := o.verb(verb); known && o.prefix != "" {
			return o.prefix
		}
	}
	return k.prefix
}

// siblings are the kinds of record that have the same command.
func (k *kind) siblings() []*kind {
	return slices.DeleteFunc(kinds(), func(o *kind) bool { return o.command() != k.command() })
}

// verb finds a verb by its name, or by another word for it.
func (k *kind) verb(name string) (verb, bool) {
	if v, known := k.verbs[name]; known {
		return v, true
	}
	v, known := k.verbs[k.also[name]]
	return v, known
}

// of is the kind of record that a number is of. What is of no kind that there is, a
// change's rules say is not there.
func of(n itsm.Number) *kind {
	if n.Kind() == itsm.KindReview {
		return reviews
	}
	for _, k := range kinds() {
		if k.prefix != "" && n.Of(k.prefix) {
			return k
		}
	}
	return changes
}

// kindOf is the kind whose buttons and forms are named so: change.approve.
func kindOf(name string) (k *kind, verb string) {
	first, verb, _ := strings.Cut(name, ".")
	for _, k := range kinds() {
		if k.name == first {
			return k, verb
		}
	}
	return nil, ""
}

// opens tells whether a form of another kind has to be shown for a wish that was typed.
func (v verb) opens(w wish) bool {
	return v.open != nil && (v.need == "" || w.said[v.need] == "")
}

// lacks tells whether a wish that was typed leaves out what the verb needs.
func (v verb) lacks(w wish) bool {
	f := v.form
	switch {
	case f == nil:
		return false
	case f.Some && w.to == "" && len(w.said) == 0, f.Person != "" && !f.Nobody && w.to == "":
		return true
	case slices.ContainsFunc(f.Fields, func(f form.Field) bool { return !f.Optional && w.said[f.Block] == "" }):
		return true
	default:
		return f.Block != "" && !f.Optional && strings.TrimSpace(w.note) == ""
	}
}

// ask opens the form of a verb about a record, with what was said already.
func (b *Bot) ask(ctx context.Context, who desk.Caller, r request, v verb, w wish) (answer, error) {
	k := of(w.Number)
	s, err := k.read(b, ctx, who, w.Number)
	if err != nil {
		return answer{}, err
	}
	of, deputy := s.(timed)
	deputy = deputy && k.stands && slices.Contains(of.ActsFor(who.Actor, b.now()), v.act)
	if err := v.rule(s, who.Actor, w.Claim); err != nil && (!deputy || itsm.AsError(err).Code == "change.edited") {
		b.desk.Refused(ctx, who, string(v.act), err)
		return answer{}, err
	}
	given, err := k.given(b, ctx, who, s, v, w)
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, v.form.On(given, form.Kept{Claim: w.Claim}))
}
