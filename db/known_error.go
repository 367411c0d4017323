package db

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// maxSuggested is how many known errors are suggested for an incident.
const maxSuggested = 3

// KnownErrorUse tells how often the known error of a problem was applied to an
// incident, with those of the problems that were merged into it, and to which last. One
// that is not there was applied to none.
func (s *Store) KnownErrorUse(ctx context.Context, n itsm.Number) (itsm.KnownErrorUse, error) {
	row, err := s.rows.KnownErrorUse(ctx, n)
	if err != nil {
		return itsm.KnownErrorUse{}, refusal("known error use", err)
	}
	return itsm.KnownErrorUse{Count: int(row.Count), Last: itsm.Number(row.Last)}, nil
}

// KnownErrorQuery says which known errors to find.
type KnownErrorQuery struct {
	Words  string     // as people type them; empty: any
	Reader itsm.Actor // what Problem.CheckRead hides from them is not found
	Limit  int        // zero: DefaultPage; at most MaxPage
}

// KnownErrors finds known errors that are published and have all the words in their
// title, symptoms, root cause or workaround, those that fit best first. Words may be
// typed as for a search on the web: "in quotes" together, or, -without. Words that say
// nothing, such as "the", find nothing; no words at all find the newest.
func (s *Store) KnownErrors(ctx context.Context, q KnownErrorQuery) ([]itsm.KnownErrorFound, error) {
	if err := q.Reader.May(itsm.ReadProblems); err != nil {
		return nil, err
	}
	if err := checkPage(q.Limit); err != nil {
		return nil, err
	}
	found, err := s.rows.KnownErrors(ctx, rows.KnownErrorsParams{
		Words: strings.TrimSpace(keepable(q.Words)), SeesAll: itsm.KindProblem.SeesAll(q.Reader), Reader: string(q.Reader.Person),
		Teams: texts(q.Reader.Teams), Most: page(q.Limit),
	})
	if err != nil {
		return nil, refusal("known errors", err)
	}
	all := make([]itsm.KnownErrorFound, 0, len(found))
	for _, row := range found {
		one, err := knownErrorOf(row)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// KnownErrorsFor finds at most three known errors that an incident may be of and that
// it does not apply: those that have any of its words, those of its service first.
func (s *Store) KnownErrorsFor(ctx context.Context, i itsm.Incident, reader itsm.Actor) ([]itsm.KnownErrorFound, error) {
	if err := reader.May(itsm.ReadProblems); err != nil {
		return nil, err
	}
	found, err := s.rows.KnownErrorsFor(ctx, rows.KnownErrorsForParams{
		Incident: i.Number, Said: keepable(strings.Join([]string{i.Title, i.Symptom, i.Description}, "\n")),
		Service: keepable(string(i.Service)), SeesAll: itsm.KindProblem.SeesAll(reader), Reader: string(reader.Person),
		Teams: texts(reader.Teams), Most: maxSuggested,
	})
	if err != nil {
		return nil, refusal("known errors for", err)
	}
	all := make([]itsm.KnownErrorFound, 0, len(found))
	for _, row := range found {
		one, err := knownErrorOf(rows.KnownErrorsRow(row))
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// keepable leaves out of what is looked for what no text in the database can have.
func keepable(words string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(words, " "), "\x00", " ")
}

func knownErrorOf(r rows.KnownErrorsRow) (itsm.KnownErrorFound, error) {
	k := itsm.KnownErrorFound{Problem: r.Number, Use: itsm.KnownErrorUse{Count: int(r.Count), Last: itsm.Number(r.Last)}}
	if err := json.Unmarshal(r.KnownError, &k.KnownError); err != nil {
		return k, fmt.Errorf("known error of %s: %w", r.Number, err)
	}
	return k, nil
}
