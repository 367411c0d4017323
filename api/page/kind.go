package page

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/desk/picture"
	"github.com/steward-itsm/steward/itsm"
)

// kind is one kind of record: where its pages are, how it is read, and what can be
// done from them. All that is the same for every kind, record does.
type kind struct {
	home   string // where its list is; its records are below
	below  string // how the address of a record goes on from there; empty: by its number
	list   string // where its list is, when that is elsewhere
	reads  string // what the audit calls it to read one
	acts   []act  // all that can be done from a record's page, in the order of its buttons
	texts  []act  // what takes so long a text that it has a page of its own
	hashed bool   // its forms name the text that they were made on

	look      func(d *Door, v visit, r *record) error // reads what only this kind has
	explain   reading[itsm.Explanation]
	timeline  reading[[]itsm.Event]
	comments  reading[[]itsm.Comment]
	relations reading[[]itsm.Relation]
}

// reading is a question about one record that the desk answers.
type reading[T any] func(counter, context.Context, desk.Caller, itsm.Number) (T, error)

// pathOf is where the page of a record is; empty when there is no such kind.
func pathOf(n itsm.Number) string { return picture.Page(n) }

// act is what a form's address asks for.
func (k *kind) act(path string) (act, bool) {
	all := append(slices.Clone(k.acts), k.texts...)
	i := slices.IndexFunc(all, func(a act) bool { return a.path == path })
	if i < 0 {
		return act{}, false
	}
	return all[i], true
}

// mount hangs the pages of records of a kind on an engine.
func (k *kind) mount(r gin.IRouter, d *Door) {
	with := func(show func(visit, *kind)) func(visit) { return func(v visit) { show(v, k) } }
	at := k.home + cmp.Or(k.below, "/:number")
	r.GET(at, d.signedIn(k.reads, with(d.read)))
	r.GET(at+"/:act", d.signedIn(k.reads, with(d.readForm)))
	r.POST(at+"/:act", d.signedIn("page.act", with(d.act)))
}

// numberIn is the number of the record that an address names. That of a review has its
// supplier's, and its period.
func numberIn(v visit) itsm.Number {
	n := itsm.Number(v.Param("number"))
	if period := v.Param("period"); period != "" {
		n += itsm.Number("/" + period)
	}
	return n
}

func (d *Door) read(v visit, k *kind) {
	n := numberIn(v)
	if to := pathOf(n); to != "" && !strings.HasPrefix(to, k.home+"/") { // a number that somebody typed after the wrong word
		leadTo(v.Context, to)
		return
	}
	r, err := d.record(v, k, n)
	if err != nil {
		d.answer(v, err)
		return
	}
	d.showRecord(v, r, nil)
}

// readForm shows a form that has a page of its own. What has none is on the
// record's page, to which a reload of a refused act comes back.
func (d *Door) readForm(v visit, k *kind) {
	n := numberIn(v)
	a, known := k.act(v.Param("act"))
	if !known || n.Check() != nil {
		d.refuse(v, k.reads, itsm.Refuse(itsm.NotFound, "route.not_found", "There is nothing at this address."))
		return
	}
	if !a.long {
		leadTo(v.Context, pathOf(n))
		return
	}
	r, err := d.record(v, k, n)
	if err != nil {
		d.answer(v, err)
		return
	}
	if !r.can(a) {
		leadTo(v.Context, pathOf(n))
		return
	}
	d.showText(v, r, a, nil)
}
