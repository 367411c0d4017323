package page

import (
	"net/http"
	"net/url"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// lists is the page of what waits for its reader, and of what they raised.
type lists struct {
	book.Book
	Waiting []entry
	Raised  []entry
	Next    string // where the rest of what they raised is; empty: nowhere
	Further bool   // this is not the first page of it
}

// entry is one change in a list.
type entry struct {
	itsm.Change
	Explanation itsm.Explanation
}

// raisedAtOnce is how many of the reader's own changes one page lists.
const raisedAtOnce = 20

func (d *Door) list(v visit) {
	l, err := d.lists(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	d.show(v.Context, http.StatusOK, frame{
		Title: "Changes", Me: l.Name(v.who.Person), CSRF: v.session.CSRF, Zone: l.Zone.String(), Here: changePages.home,
		Flash: d.said(v.Context), Main: "list", Body: l,
	})
}

func (d *Door) lists(v visit) (*lists, error) {
	ctx, cursor := v.Request.Context(), v.Query("cursor")
	l := &lists{Further: cursor != ""}
	var err error
	if l.Book, err = d.book(v); err != nil {
		return nil, err
	}
	if !l.Further {
		waiting, err := d.desk.WaitingChanges(ctx, v.who)
		if err != nil {
			return nil, err
		}
		l.Waiting = entries(waiting)
	}
	page, err := d.desk.Changes(ctx, v.who, desk.ChangeList{Mine: true, Limit: raisedAtOnce, Cursor: cursor})
	if err != nil {
		return nil, err
	}
	l.Raised = entries(page.Items)
	if page.Next != "" {
		l.Next = changePages.home + "?cursor=" + url.QueryEscape(page.Next)
	}
	return l, nil
}

func entries(changes []itsm.Change) []entry {
	all := make([]entry, len(changes))
	for i, c := range changes {
		all[i] = entry{c, c.Explain()}
	}
	return all
}
