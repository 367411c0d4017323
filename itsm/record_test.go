package itsm

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEachKindOfRecordIsKnownByItsNumber(t *testing.T) {
	for n, kind := range map[Number]RecordKind{ChangeNumber(7): KindChange, IncidentNumber(7): KindIncident, ProblemNumber(7): KindProblem} {
		require.Equal(t, kind, n.Kind())
	}
	for _, n := range []Number{"", "CHG", "CHG-0", "CHG-1/", "XXX-1", "chg-1", "-"} {
		require.Empty(t, n.Kind(), "%q", n)
	}
	require.Equal(t, statesOf(ProblemStates), KindProblem.States())
	require.Empty(t, RecordKind("car").States())
	require.False(t, RecordKind("car").SeesAll(Actor{Roles: Roles}))
}

func TestWhoMayReadAKindMayReadRecords(t *testing.T) {
	for _, r := range append(slices.Clone(Roles), Monitor) {
		who := Actor{Person: "p", Roles: []Role{r}, Scopes: []Scope{ScopeRead}}
		some := slices.ContainsFunc(recordKinds, func(k recordKind) bool { return who.May(k.read) == nil })
		require.Equal(t, some, who.May(ReadRecords) == nil, r)
		kinds, err := ReadableKinds(who)
		require.Equal(t, some, err == nil, r)
		require.Equal(t, some, len(kinds) > 0, r)
	}
	_, err := ReadableKinds(Actor{Person: "p", Roles: Roles})
	require.Equal(t, "actor.scope", AsError(err).Code)
}

func TestEveryStateHasATone(t *testing.T) {
	for _, s := range RecordStates {
		require.Contains(t, Tones, s.Tone(), "%s", s)
	}
	for s := range tones {
		require.Contains(t, RecordStates, s, "a tone of no state")
	}
}

func TestEveryRelationIsSaidFromBothEnds(t *testing.T) {
	require.Len(t, relationWords, len(RelationKinds))
	for _, k := range RelationKinds {
		require.NotEmpty(t, k.Words(), k)
		require.NotEmpty(t, k.Back(), k)
		require.NotContains(t, k.Words()+k.Back(), "_", k)
	}
}

func TestAChangeIsDueAsItStands(t *testing.T) {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	expires, window := at.Add(time.Hour), Window{Start: at.Add(24 * time.Hour), End: at.Add(26 * time.Hour)}
	for state, due := range map[ChangeState]*time.Time{ //nolint:exhaustive // those that tell
		ChangeAwaiting: &expires, ChangeScheduled: &window.End, ChangeImplementing: &window.End, ChangeAssessing: &window.End,
		ChangeClosed: nil, ChangeCancelled: nil, ChangeExpired: nil,
	} {
		c := Change{ChangeDraft: ChangeDraft{Title: "T", Window: &window}, Number: "CHG-1", State: state, ExpireAt: &expires, Assignee: "ida"}
		if state.Final() {
			c.ClosedAt = &at
		}
		r := c.Record(Actor{}, at.Add(100*time.Hour))
		require.Equal(t, due, r.Due, state)
		require.Equal(t, due != nil, r.Late, state)
		require.Equal(t, due != nil, r.StartsAt != nil, state)
		require.Equal(t, []any{KindChange, State(state), State(state).Tone(), PersonID("ida")}, []any{r.Kind, r.State, r.Tone, r.Assignee})
	}
}

func TestASearchNeedsWords(t *testing.T) {
	for words, fine := range map[string]bool{
		"ab": true, " ab ": true, "éé": true, "CHG-7": true, strings.Repeat("é", MaxSearch): true,
		"": false, "a": false, " é ": false, strings.Repeat("a", MaxSearch+1): false, "a\x00b": false,
	} {
		err := SearchRequest{Words: words}.Check()
		require.Equal(t, fine, err == nil, "%q: %v", words, err)
		if err != nil {
			require.Equal(t, "search.invalid", AsError(err).Code)
		}
	}
	require.NoError(t, SearchRequest{Words: "ab", Kind: KindProblem}.Check())
	require.Error(t, SearchRequest{Words: "ab", Kind: "car"}.Check())
}
