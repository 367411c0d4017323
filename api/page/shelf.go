package page

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// shelf is a list of records of one kind, for a reader: what waits for them, and those
// that they look through.
type shelf struct {
	book.Book

	Title   string
	Home    string
	Waiting []item
	Listed  []item
	Show    []option // which of them
	Raise   string   // where one is recorded; empty: the reader cannot
	Label   string   // what the link there says
	First   string   // where the first page of the list is
	Next    string   // where the rest of it is; empty: nowhere
	Further bool     // this is not the first page of it
}

// item is one record in a list.
type item struct {
	Number  itsm.Number
	Title   string
	Urgency string // its priority or its severity
	Service itsm.ServiceID
	State   itsm.State
	Owner   itsm.PersonID
	Team    itsm.TeamID
	Since   book.When
	Summary string
}

// view is some of the records of a kind, and what they are called in an address and by
// people. L is how the desk is asked for them.
type view[L any] struct {
	show, words string
	list        L
}

// shelving is how the shelf of a kind of record is filled. R is the record.
type shelving[R, L any] struct {
	title   string
	reads   string // what the audit calls it to list them
	pages   *kind
	raising *raising
	views   []view[L] // the first is shown when nothing is said
	waiting func(counter, context.Context, desk.Caller) ([]R, error)
	page    func(at counter, ctx context.Context, who desk.Caller, list L, limit int, cursor string) (all []R, next string, err error)
	item    func(b book.Book, r R) item
}

// shelfAtOnce is how many records one page lists.
const shelfAtOnce = 50

// mount hangs the shelf on an engine, with the pages of its records and the form by
// which they begin.
func (s *shelving[R, L]) mount(r gin.IRouter, d *Door) {
	r.GET(s.pages.home, d.signedIn(s.reads, func(v visit) { s.show(d, v) }))
	s.raising.mount(r, d)
	s.pages.mount(r, d)
}

// show shows the shelf.
func (s *shelving[R, L]) show(d *Door, v visit) {
	b, err := s.fill(d, v)
	if err != nil {
		d.answer(v, err)
		return
	}
	d.show(v.Context, http.StatusOK, frame{
		Title: b.Title, Me: b.Name(v.who.Person), CSRF: v.session.CSRF, Zone: b.Zone.String(), Here: s.pages.home,
		Flash: d.said(v.Context), Main: "shelf", Body: b,
	})
}

func (s *shelving[R, L]) fill(d *Door, v visit) (b *shelf, err error) {
	ctx, cursor := v.Request.Context(), v.Query("cursor")
	b = &shelf{Title: s.title, Home: s.pages.home, Further: cursor != ""}
	if b.Book, err = d.book(v); err != nil {
		return nil, err
	}
	if v.who.May(s.raising.may) == nil {
		b.Raise, b.Label = s.raising.address(), s.raising.act.label
	}
	if !b.Further {
		waiting, err := s.waiting(d.desk, ctx, v.who)
		if err != nil {
			return nil, err
		}
		b.Waiting = s.items(b.Book, waiting)
	}
	at := max(0, slices.IndexFunc(s.views, func(w view[L]) bool { return w.show == v.Query("show") }))
	all, next, err := s.page(d.desk, ctx, v.who, s.views[at].list, shelfAtOnce, cursor)
	if err != nil {
		return nil, err
	}
	b.Listed = s.items(b.Book, all)
	b.First = s.pages.home + "?show=" + s.views[at].show
	if next != "" {
		b.Next = b.First + "&cursor=" + url.QueryEscape(next)
	}
	for n, w := range s.views {
		b.Show = append(b.Show, option{Value: w.show, Words: w.words, Chosen: n == at})
	}
	return b, nil
}

func (s *shelving[R, L]) items(b book.Book, all []R) []item {
	out := make([]item, len(all))
	for n, r := range all {
		out[n] = s.item(b, r)
	}
	return out
}

// row is a record in a list, for its reader.
type row struct {
	Reader *shelf
	Item   item
}

// Row is a record as this list's reader sees it.
func (b *shelf) Row(of item) row { return row{b, of} }

// Path is where the page of a record is.
func (*shelf) Path(n itsm.Number) string { return pathOf(n) }

// problemShelf is that of the problems.
var problemShelf = shelving[itsm.Problem, desk.ProblemList]{
	title: "Problems", reads: "problem.list", pages: problemPages, raising: problemRaising,
	views: []view[desk.ProblemList]{
		{"open", "all that are open", desk.ProblemList{Open: true}},
		{"coordinated", "what I coordinate", desk.ProblemList{Open: true, Coordinated: true}},
		{"mine", "what I recorded", desk.ProblemList{Mine: true}},
		{"all", "all there are", desk.ProblemList{}},
	},
	waiting: counter.WaitingProblems,
	page: func(at counter, ctx context.Context, who desk.Caller, list desk.ProblemList, limit int, cursor string) ([]itsm.Problem, string, error) {
		list.Limit, list.Cursor = limit, cursor
		p, err := at.Problems(ctx, who, list)
		return p.Items, p.Next, err
	},
	item: func(b book.Book, p itsm.Problem) item {
		return item{
			Number: p.Number, Title: p.Title, Urgency: string(p.Priority), Service: p.Service, State: itsm.State(p.State),
			Owner: p.Coordinator, Team: p.Team, Since: b.At(p.Since), Summary: p.Explain().Summary,
		}
	},
}

// correctiveShelf is that of the corrective actions.
var correctiveShelf = shelving[itsm.CorrectiveAction, desk.CorrectiveList]{
	title: "Corrective actions", reads: "corrective_action.list", pages: correctivePages, raising: correctiveRaising,
	views: []view[desk.CorrectiveList]{
		{"open", "all that are open", desk.CorrectiveList{Open: true}},
		{"owned", "what I own", desk.CorrectiveList{Open: true, Owned: true}},
		{"mine", "what I raised", desk.CorrectiveList{Mine: true}},
		{"all", "all there are", desk.CorrectiveList{}},
	},
	waiting: counter.WaitingCorrective,
	page: func(at counter, ctx context.Context, who desk.Caller, list desk.CorrectiveList, limit int, cursor string) ([]itsm.CorrectiveAction, string, error) {
		list.Limit, list.Cursor = limit, cursor
		p, err := at.CorrectiveActions(ctx, who, list)
		return p.Items, p.Next, err
	},
	item: func(b book.Book, c itsm.CorrectiveAction) item {
		return item{
			Number: c.Number, Title: c.Title, Urgency: string(c.Severity), Service: c.Service, State: itsm.State(c.State),
			Owner: c.Owner, Team: c.Team, Since: b.At(c.Since), Summary: c.Explain().Summary,
		}
	},
}
