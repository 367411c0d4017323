package page

import (
	"net/http"
	"slices"
	"time"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// front is the first page: what waits for its reader, what is late and what comes.
type front struct {
	Waiting rows
	Late    rows
	Week    rows
	Search  searchForm
}

// rows is a list of records of all kinds, for a reader.
type rows struct {
	book.Book

	Records []itsm.Record
	Why     bool // each says why it waits
	More    bool // there are more than these
}

// Path is where the page of a record is.
func (rows) Path(n itsm.Number) string { return pathOf(n) }

// atOnce is how many records the first page lists of what is late, and of what comes.
const atOnce = 30

func (d *Door) front(v visit) {
	f, err := d.readFront(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	b := f.Waiting.Book
	d.show(v.Context, http.StatusOK, frame{
		Title: "What waits for you", Me: b.Name(b.Me), CSRF: v.session.CSRF, Zone: b.Zone.String(), Here: home, Flash: d.said(v.Context),
		Main: "front", Body: f,
	})
}

func (d *Door) readFront(v visit) (*front, error) {
	ctx := v.Request.Context()
	b, err := d.book(v)
	if err != nil {
		return nil, err
	}
	waiting, err := d.desk.Waiting(ctx, v.who)
	if err != nil {
		return nil, err
	}
	late, err := d.desk.Records(ctx, v.who, desk.RecordList{Late: true, Limit: atOnce})
	if err != nil {
		return nil, err
	}
	week, err := d.desk.Records(ctx, v.who, desk.RecordList{Week: true, Limit: atOnce})
	if err != nil {
		return nil, err
	}
	for _, page := range []desk.RecordPage{late, week} {
		slices.SortStableFunc(page.Items, func(one, two itsm.Record) int { return next(one, b.Now).Compare(next(two, b.Now)) })
	}
	return &front{
		Waiting: rows{Book: b, Records: waiting, Why: true},
		Late:    rows{Book: b, Records: late.Items, More: late.Next != ""},
		Week:    rows{Book: b, Records: week.Items, More: week.Next != ""},
		Search:  newSearchForm(itsm.SearchRequest{}),
	}, nil
}

// next is when the next thing is to happen to a record, of its beginning and its due;
// or when it was due, if that is past.
func next(r itsm.Record, now time.Time) time.Time {
	if r.StartsAt != nil && r.StartsAt.After(now) {
		return *r.StartsAt
	}
	if r.Due != nil {
		return *r.Due
	}
	return r.RaisedAt
}
