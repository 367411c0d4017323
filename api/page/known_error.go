package page

import (
	"net/http"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// knownErrorsHome is where known errors are looked for.
const knownErrorsHome = "/known-errors"

// knownErrors is the page on which known errors are looked for.
type knownErrors struct {
	book.Book

	Words string // that were looked for; empty: none
	Most  int    // characters that may be
	Found []itsm.KnownErrorFound
}

func (d *Door) knownErrors(v visit) {
	b, err := d.book(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	page := knownErrors{Book: b, Words: v.Query("q"), Most: itsm.MaxSearch}
	if page.Found, err = d.desk.KnownErrors(v.Request.Context(), v.who, page.Words, 0); err != nil {
		d.answer(v, err)
		return
	}
	d.show(v.Context, http.StatusOK, frame{
		Title: "Known errors", Me: b.Name(b.Me), CSRF: v.session.CSRF, Zone: b.Zone.String(), Here: knownErrorsHome,
		Main: "known-errors", Body: page,
	})
}

// Path is where the page of a record is.
func (knownErrors) Path(n itsm.Number) string { return pathOf(n) }
