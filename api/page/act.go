package page

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// act does what a form asks for, and leads back to the record. What is refused is
// said above the form, which keeps what was typed.
func (d *Door) act(v visit) {
	n := itsm.Number(v.Param("number"))
	all := append(slices.Clone(acts), texts...)
	i := slices.IndexFunc(all, func(a act) bool { return a.path == v.Param("act") })
	err := v.form.check()
	if i < 0 {
		err = itsm.Refuse(itsm.NotFound, "route.not_found", "There is nothing at this address.")
	}
	if err != nil {
		d.refuse(v, "page.act", err)
		return
	}
	r, err := d.perform(v, n, all[i])
	if err != nil {
		d.again(v, n, all[i], err)
		return
	}
	a := all[i]
	d.say(v.Context, a.done+" "+string(r.Number)+" is "+r.State.Words()+".")
	leadTo(v.Context, a.back(n))
}

func (d *Door) perform(v visit, n itsm.Number, a act) (itsm.Receipt, error) {
	asked := asking{who: v.who, n: n, form: v.form, zone: time.UTC}
	asked.who.Key = v.form["key"]
	if a.isText() {
		b, err := d.book(v)
		if err != nil {
			return itsm.Receipt{}, err
		}
		asked.zone = b.zone
	}
	return d.patiently(v.Request.Context(), func(ctx context.Context) (itsm.Receipt, error) { return a.do(ctx, d.desk, asked) })
}

func (a act) back(n itsm.Number) string {
	if a.of == itsm.ActComment {
		return "/changes/" + string(n) + "#said"
	}
	return "/changes/" + string(n)
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

// again shows the record once more, with what was refused and what was typed. A
// form whose act may have counted keeps its key, so that it never counts twice.
func (d *Door) again(v visit, n itsm.Number, a act, err error) {
	e := refusal(err)
	if e.Kind == itsm.NotFound || e.Kind == itsm.Unauthenticated {
		d.answer(v, err)
		return
	}
	r, readErr := d.record(v, n)
	if readErr != nil {
		d.answer(v, err)
		return
	}
	if e.Kind == itsm.Internal || e.Kind == itsm.Unavailable || strings.HasPrefix(e.Code, "page.") {
		d.note(v.Context, v.who, "page."+a.path, err)
	}
	mark(v.Context, e)
	tried := trial{act: a, form: v.form, refused: e, key: v.form["key"]}
	if !e.Kind.Temporary() && e.Code != "idempotency.running" {
		tried.key = rand.Text()
	}
	if a.isText() {
		d.showText(v, r, a, &tried)
		return
	}
	d.showRecord(v, r, &tried)
}

// trial is an act that was refused.
type trial struct {
	act     act
	form    form
	refused *itsm.Error
	key     string
	placed  string // where its form is on the page, with what was typed; empty: nowhere
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
