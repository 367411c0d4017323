package db

import (
	"context"
	"strings"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// RecordFilter narrows a list of records of all kinds; what is empty does not narrow.
type RecordFilter struct {
	Kind      itsm.RecordKind
	State     itsm.State
	Service   itsm.ServiceID
	Reporter  itsm.PersonID
	Assignee  itsm.PersonID
	Open      bool
	DueBefore time.Time  // only what is not over, and was due before
	From      time.Time  // only what is not over, and begins or is due from here
	Until     time.Time  // to here
	Reader    itsm.Actor // what CheckRead of its kind hides from them is not listed
	Before    Cursor     // zero: from the newest
	Limit     int        // zero: DefaultPage; at most MaxPage
}

// RecordPlace is where a record stands in a list.
type RecordPlace struct {
	Number   itsm.Number
	RaisedAt time.Time
}

// Records lists where records of all kinds are, newest first. Pages by Before neither
// repeat nor lose one while records are being raised.
func (s *Store) Records(ctx context.Context, f RecordFilter) ([]RecordPlace, error) {
	sees, err := sightOf(f.Reader, f.Kind)
	if err != nil {
		return nil, err
	}
	if err := checkPage(f.Limit); err != nil {
		return nil, err
	}
	p := rows.RecordsParams{
		Kinds: sees.kinds, State: string(f.State), Service: string(f.Service), ByReporter: string(f.Reporter),
		ByAssignee: string(f.Assignee), Open: f.Open, DueBefore: given(f.DueBefore), HappensFrom: given(f.From), HappensUntil: given(f.Until),
		SeesAll: sees.all, Teams: sees.teams, Reader: sees.reader, BeforeNumber: string(f.Before.Record), Most: page(f.Limit),
	}
	p.BeforeAt, p.BeforeOrdinal = f.Before.bounds()
	found, err := s.rows.Records(ctx, p)
	if err != nil {
		return nil, refusal("records", err)
	}
	places := make([]RecordPlace, len(found))
	for i, row := range found {
		places[i] = RecordPlace(row)
	}
	return places, nil
}

// given is an instant that was given; nil for none.
func given(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// sight is what of all records somebody may see.
type sight struct {
	kinds  []string // of those
	all    []string // also what is restricted
	teams  []string
	reader string
}

// sightOf is what somebody may see of one kind of record, or of all. It refuses whoever
// may see none of any kind.
func sightOf(who itsm.Actor, of itsm.RecordKind) (s sight, err error) {
	kinds, err := itsm.ReadableKinds(who)
	if err != nil {
		return s, err
	}
	s = sight{kinds: []string{}, all: []string{}, teams: texts(who.Teams), reader: string(who.Person)}
	for _, k := range kinds {
		if of != "" && of != k {
			continue
		}
		s.kinds = append(s.kinds, string(k))
		if k.SeesAll(who) {
			s.all = append(s.all, string(k))
		}
	}
	return s, nil
}

// maxWeighed is how many records are weighed against one another, the newest that fit.
const maxWeighed = 1000

// FindRecords finds records by words of theirs: the one whose number they are first,
// then, of the newest thousand that fit, those that fit best. Words may be typed as for a search on the web: "in quotes"
// together, or, -without. Words that say nothing, such as "the", find nothing. A limit
// of zero is DefaultPage, and MaxPage is the most.
func (s *Store) FindRecords(ctx context.Context, r itsm.SearchRequest, reader itsm.Actor, limit int) ([]itsm.Number, error) {
	sees, err := sightOf(reader, r.Kind)
	if err != nil {
		return nil, err
	}
	if err := checkPage(limit); err != nil {
		return nil, err
	}
	words := strings.TrimSpace(keepable(r.Words))
	found, err := s.rows.FindRecords(ctx, rows.FindRecordsParams{
		Kinds: sees.kinds, Open: r.Open, Number: strings.ToUpper(words), Words: words, SeesAll: sees.all, Teams: sees.teams,
		Reader: sees.reader, Weighed: maxWeighed, Most: page(limit),
	})
	return found, refusal("find records", err)
}
