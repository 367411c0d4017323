package page

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// act is something that a person can do from a page, and the form for it.
type act struct {
	path   string // the last word of the form's address
	of     itsm.Act
	group  string // where on the page it is offered: main, more, talk or answer
	label  string // on the button that opens the form
	button string // on the one that sends it
	tone   string // yes, no or none
	intro  string
	fields []field
	quick  bool   // one press: its button is the form
	long   bool   // its form has a page of its own
	done   string // what the next page says
	do     func(ctx context.Context, at counter, a asking) (itsm.Receipt, error)
}

// Path is the last word of the form's address.
func (a act) Path() string { return a.path }

// Label is what the button says.
func (a act) Label() string { return a.label }

// Tone is what the button looks like.
func (a act) Tone() string { return a.tone }

// timed reports whether its form asks for an instant, which is one in somebody's zone.
func (a act) timed() bool {
	return slices.ContainsFunc(a.fields, func(f field) bool { return f.Kind == "instant" })
}

// asking is one act as it was asked for.
type asking struct {
	who  desk.Caller
	n    itsm.Number
	form form
	zone *time.Location // of whoever asks; for what holds instants
}

// field is one thing that a form asks for.
type field struct {
	Name     string
	Label    string
	Hint     string
	Kind     string // line, text, address, instant, day, number, choice, hidden; what else there is, its kind of record makes a choice
	Value    string
	Required bool
	Max      int // in characters
	Options  []option
	Part     string // of which part of a long form; empty: of none
	ID       string
	Fault    string
}

type option struct {
	Value, Words string
	Chosen       bool
}

// nobodyYet stands first in a choice: nobody is named by not looking.
var nobodyYet = option{Words: "Choose …"}

func noteField(label string, required bool) field {
	return field{Name: "note", Label: label, Kind: "text", Required: required, Max: itsm.MaxNote}
}

// noted is an act that takes a note at most.
func noted(do func(counter, context.Context, desk.Caller, itsm.Number, itsm.NoteRequest) (itsm.Receipt, error)) func(context.Context, counter, asking) (itsm.Receipt, error) {
	return func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
		return do(at, ctx, a.who, a.n, itsm.NoteRequest{Note: a.form["note"]})
	}
}

// sayer brings a comment to the desk.
type sayer func(counter, context.Context, desk.Caller, itsm.Number, itsm.CommentRequest) (itsm.Receipt, error)

// talk is what can be said about a record of any kind.
func talk(of itsm.Act, say sayer, asked string) []act {
	return []act{
		{
			path: "comment", of: of, group: "talk", label: "Comment", button: "Comment",
			fields: []field{{Name: "text", Label: "Your comment", Kind: "text", Required: true, Max: itsm.MaxNote}},
			done:   "Your comment is there.", do: say.with(itsm.CommentRequest{}),
		},
		{
			path: "ask", of: of, group: "talk", label: "Ask a question", button: "Ask", intro: asked,
			fields: []field{{Name: "text", Label: "Your question", Kind: "text", Required: true, Max: itsm.MaxNote}},
			done:   "Your question is asked.", do: say.with(itsm.CommentRequest{Question: true}),
		},
		{
			path: "answer", of: of, group: "answer", label: "Answer", button: "Answer",
			fields: []field{{Name: "reply_to", Kind: "hidden"}, {Name: "text", Label: "Your answer", Kind: "text", Required: true, Max: itsm.MaxNote}},
			done:   "Your answer is there.", do: say.with(itsm.CommentRequest{}),
		},
	}
}

func (say sayer) with(r itsm.CommentRequest) func(context.Context, counter, asking) (itsm.Receipt, error) {
	return func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
		said := r
		said.Text = a.form["text"]
		if to, given := a.form["reply_to"]; given {
			n, err := number(to, "/reply_to")
			if err != nil {
				return itsm.Receipt{}, err
			}
			said.ReplyTo = n
		}
		return say(at, ctx, a.who, a.n, said)
	}
}

// act does what a form asks for, and leads back to the record. What is refused is
// said above the form, which keeps what was typed.
func (d *Door) act(v visit, k *kind) {
	n := numberIn(v)
	a, known := k.act(v.Param("act"))
	err := v.form.check(k.hashed)
	if !known {
		err = itsm.Refuse(itsm.NotFound, "route.not_found", "There is nothing at this address.")
	}
	if err != nil {
		d.refuse(v, "page.act", err)
		return
	}
	r, err := d.perform(v, n, a)
	if err != nil {
		d.again(v, k, n, a, err)
		return
	}
	d.lead(v, a, r)
}

// lead says what an act came to, on the page of its record.
func (d *Door) lead(v visit, a act, r itsm.Receipt) {
	d.say(v.Context, a.done+" "+string(r.Number)+" is "+r.State.Words()+".")
	to := pathOf(r.Number)
	if a.group == "talk" || a.group == "answer" {
		to += "#said"
	}
	leadTo(v.Context, to)
}

func (d *Door) perform(v visit, n itsm.Number, a act) (itsm.Receipt, error) {
	asked := asking{who: v.who, n: n, form: v.form, zone: time.UTC}
	asked.who.Key = v.form["key"]
	if a.long || a.timed() {
		b, err := d.book(v)
		if err != nil {
			return itsm.Receipt{}, err
		}
		asked.zone = b.Zone
	}
	return d.patiently(v.Request.Context(), func(ctx context.Context) (itsm.Receipt, error) { return a.do(ctx, d.desk, asked) })
}

// patience is how long the second of two taps waits for the first.
var patience = []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}

// patiently does an act; when it is told that the same one is going on, which is
// the other tap of a double one, it waits to hear what that came to.
func (*Door) patiently(ctx context.Context, do func(context.Context) (itsm.Receipt, error)) (itsm.Receipt, error) {
	r, err := do(ctx)
	for _, wait := range patience {
		if err == nil || itsm.AsError(err).Code != "idempotency.running" || until(ctx, wait) != nil {
			break
		}
		r, err = do(ctx)
	}
	return r, err
}

// again shows the record once more, with what was refused and what was typed.
func (d *Door) again(v visit, k *kind, n itsm.Number, a act, err error) {
	e := refusal(err)
	if e.Kind == itsm.NotFound || e.Kind == itsm.Unauthenticated {
		d.answer(v, err)
		return
	}
	r, readErr := d.record(v, k, n)
	if readErr != nil {
		d.answer(v, err)
		return
	}
	tried := d.tried(v, a, err)
	if a.long {
		d.showText(v, r, a, tried)
		return
	}
	d.showRecord(v, r, tried)
}

// trial is an act that was refused.
type trial struct {
	act     act
	form    form
	refused *itsm.Error
	key     string
	placed  string // where its form is on the page, with what was typed; empty: nowhere
}

// tried leaves a trace of what the page itself refused, and readies what was typed to
// be shown again. A form whose act may have counted keeps its key, so that it never
// counts twice.
func (d *Door) tried(v visit, a act, err error) *trial {
	e := refusal(err)
	if e.Kind == itsm.Internal || e.Kind == itsm.Unavailable || strings.HasPrefix(e.Code, "page.") {
		d.note(v.Context, v.who, "page."+a.path, err)
	}
	mark(v.Context, e)
	t := &trial{act: a, form: v.form, refused: e, key: v.form["key"]}
	if !e.Kind.Temporary() && e.Code != "idempotency.running" {
		t.key = rand.Text()
	}
	return t
}

// number reads a whole number that a form holds.
func number(text, pointer string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		e := itsm.Refuse(itsm.Invalid, "page.number", "That is not a whole number.")
		e.Fields = []itsm.Field{{Pointer: pointer, Message: "must be a whole number"}}
		return 0, e
	}
	return n, nil
}
