package page

import (
	"net/http"

	"github.com/steward-itsm/steward/itsm"
)

// searchHome is where records of all kinds are looked for.
const searchHome = "/search"

// search is the page on which records of all kinds are looked for.
type search struct {
	Form  searchForm
	Found rows
}

// searchForm is what was looked for, and can be.
type searchForm struct {
	Words string
	Most  int // characters that may be
	Kinds []option
	Open  bool
}

func newSearchForm(r itsm.SearchRequest) searchForm {
	f := searchForm{Words: r.Words, Most: itsm.MaxSearch, Open: r.Open, Kinds: []option{{Words: "any kind"}}}
	for _, k := range itsm.RecordKinds {
		f.Kinds = append(f.Kinds, option{Value: string(k), Words: k.Words(), Chosen: k == r.Kind})
	}
	return f
}

func (d *Door) search(v visit) {
	b, err := d.book(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	r := itsm.SearchRequest{Words: v.Query("q"), Kind: itsm.RecordKind(v.Query("kind")), Open: v.Query("open") != ""}
	s := search{Form: newSearchForm(r), Found: rows{Book: b}}
	f := frame{
		Title: "Search", Me: b.Name(b.Me), CSRF: v.session.CSRF, Zone: b.Zone.String(), Here: searchHome, Main: "search", Body: &s,
	}
	status := http.StatusOK
	if r.Words != "" {
		found, err := d.desk.Search(v.Request.Context(), v.who, r, 0)
		if err != nil {
			refused := refusal(err)
			status, f.Alert = statusOf(refused), alertOf(v.Context, refused)
			mark(v.Context, refused)
		}
		s.Found.Records, s.Found.More = found.Items, found.More
	}
	d.show(v.Context, status, f)
}
