package page

import (
	"html/template"
	"time"

	"github.com/steward-itsm/steward/desk/picture"
	"github.com/steward-itsm/steward/itsm"
)

// tie is how another record is to the one on a page.
type tie struct {
	Words  string // before the other's number
	Number itsm.Number
	Path   string
	By     itsm.PersonID
	At     time.Time
}

// ties are a record's relations, as the record itself would say them.
func ties(n itsm.Number, relations []itsm.Relation) (all []tie) {
	for _, r := range relations {
		t := tie{Words: r.Kind.Words(), Number: r.To, By: r.By, At: r.At}
		if r.To == n {
			t.Words, t.Number = r.Kind.Back(), r.From
		}
		t.Path = pathOf(t.Number)
		all = append(all, t)
	}
	return all
}

// drawing draws how a record is to others.
func (d *Door) drawing(v visit, n itsm.Number) (template.HTML, error) {
	g, err := d.desk.Graph(v.Request.Context(), v.who, n, 0)
	if err != nil || len(g.Nodes) < 2 {
		return "", err
	}
	return template.HTML(picture.SVG(g, pathOf)), nil //nolint:gosec // it escapes what people wrote
}
