package page

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// problems is the page of what waits for its reader, and of the problems that they look
// through.
type problems struct {
	book.Book

	Waiting []looked
	Listed  []looked
	Show    []option // which of them
	Raise   string   // where one is recorded; empty: the reader cannot
	First   string   // where the first page of the list is
	Next    string   // where the rest of it is; empty: nowhere
	Further bool     // this is not the first page of it
}

// looked is one problem in a list.
type looked struct {
	itsm.Problem
	Explanation itsm.Explanation
}

// view is some of the problems, and what they are called in an address and by people.
type view struct {
	show, words string
	list        desk.ProblemList
}

// views are which problems a list may show; the first does so when nothing is said.
var views = []view{
	{"open", "all that are open", desk.ProblemList{Open: true}},
	{"coordinated", "what I coordinate", desk.ProblemList{Open: true, Coordinated: true}},
	{"mine", "what I recorded", desk.ProblemList{Mine: true}},
	{"all", "all there are", desk.ProblemList{}},
}

// problemsAtOnce is how many one page lists.
const problemsAtOnce = 50

func (d *Door) problemList(v visit) {
	p, err := d.problems(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	d.show(v.Context, http.StatusOK, frame{
		Title: "Problems", Me: p.Name(v.who.Person), CSRF: v.session.CSRF, Zone: p.Zone.String(), Here: problemPages.home,
		Flash: d.said(v.Context), Main: "problems", Body: p,
	})
}

func (d *Door) problems(v visit) (p *problems, err error) {
	ctx, cursor := v.Request.Context(), v.Query("cursor")
	p = &problems{Further: cursor != ""}
	if p.Book, err = d.book(v); err != nil {
		return nil, err
	}
	if v.who.May(problemRaising.may) == nil {
		p.Raise = problemRaising.address()
	}
	if !p.Further {
		waiting, err := d.desk.WaitingProblems(ctx, v.who)
		if err != nil {
			return nil, err
		}
		p.Waiting = lookedAt(waiting)
	}
	at := max(0, slices.IndexFunc(views, func(w view) bool { return w.show == v.Query("show") }))
	list := views[at].list
	list.Limit, list.Cursor = problemsAtOnce, cursor
	page, err := d.desk.Problems(ctx, v.who, list)
	if err != nil {
		return nil, err
	}
	p.Listed = lookedAt(page.Items)
	p.First = problemPages.home + "?show=" + views[at].show
	if page.Next != "" {
		p.Next = p.First + "&cursor=" + url.QueryEscape(page.Next)
	}
	for n, w := range views {
		p.Show = append(p.Show, option{Value: w.show, Words: w.words, Chosen: n == at})
	}
	return p, nil
}

func lookedAt(all []itsm.Problem) []looked {
	out := make([]looked, len(all))
	for n, one := range all {
		out[n] = looked{one, one.Explain()}
	}
	return out
}

// row is a problem in a list, for its reader.
type row struct {
	Reader  *problems
	Problem looked
}

// Row is a problem as this list's reader sees it.
func (p *problems) Row(of looked) row { return row{p, of} }

// Path is where the page of a record is.
func (*problems) Path(n itsm.Number) string { return pathOf(n) }
