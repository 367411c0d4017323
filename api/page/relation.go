package page

import (
	"time"

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

// backwards says each relation from the record that it leads to. From the one that
// says so, its own words do.
var backwards = map[itsm.RelationKind]string{
	itsm.CausedBy: "caused", itsm.FixedBy: "fixed", itsm.Follows: "followed by", itsm.ChildOf: "parent of",
	itsm.DuplicateOf: "has the duplicate", itsm.Related: "related to", itsm.FoundIn: "shows the problem",
	itsm.Applies: "its workaround was applied to",
}

// forwards says a relation from the record that says so.
func forwards(k itsm.RelationKind) string {
	if k == itsm.Applies {
		return "applies the workaround of"
	}
	return k.Words()
}

// ties are a record's relations, as the record itself would say them.
func ties(n itsm.Number, relations []itsm.Relation) (all []tie) {
	for _, r := range relations {
		t := tie{Words: forwards(r.Kind), Number: r.To, By: r.By, At: r.At}
		if r.To == n {
			t.Words, t.Number = backwards[r.Kind], r.From
		}
		t.Path = pathOf(t.Number)
		all = append(all, t)
	}
	return all
}
