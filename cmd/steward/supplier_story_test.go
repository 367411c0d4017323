package main

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestFromTheFirstAlertToAVerifiedAction goes on where the story of a problem ends: the
// supplier that the first incident waited for is reviewed, scores a D, and has a
// corrective action that others accept and verify. The drawing shows all of it.
func TestFromTheFirstAlertToAVerifiedAction(t *testing.T) {
	w := newWorld(t, onCall, investigators, trends(4*time.Second), supplied, betterers)
	s := w.bound()
	problem, incidents := w.fixed(t, s)
	w.asks("bob", "/v1/problems/"+string(problem)+"/links", map[string]any{"kind": "caused_by", "to": s})
	w.stands(problem, itsm.ProblemResolved)

	review := w.review(s, itsm.PeriodAt(itsm.Monthly, time.Now(), time.UTC))
	w.eventually("what is known is collected", func() bool { return measure(w.standing(review), "Hours that incidents waited for it") != nil })
	for _, word := range []string{"bad", "see", "score"} {
		w.reviews(review, word)
	}
	scored := w.standing(review)
	require.Equal(t, itsm.BandD, scored.Score.Band)
	none := w.call("max", http.MethodPost, reviewPath(review)+"/agree", map[string]any{})
	require.Equal(t, "actions.invalid", none.code(), "a D is not passed over")
	w.reviews(review, "meet")
	w.reviews(review, "agree")
	for _, who := range []itsm.PersonID{"max", "ida"} { // who scored it, and who owns the relationship
		own := w.call(who, http.MethodPost, reviewPath(review)+"/sign-off", map[string]any{})
		require.Equal(t, http.StatusForbidden, own.Status, own.Body)
	}
	w.reviews(review, "sign")
	w.overAndSettled(t, review, "review-of-a-supplier-with-incidents")

	var action itsm.Number
	w.eventually("a corrective action is raised for the D", func() bool {
		now, err := w.owner.Supplier(t.Context(), s)
		require.NoError(t, err)
		if len(now.Corrections) > 0 {
			action = now.Corrections[0].Number
		}
		return action != "" && now.State == itsm.SupplierWatched
	})
	raised, err := w.owner.Corrective(t.Context(), action)
	require.NoError(t, err)
	require.Equal(t, []any{s, itsm.PersonID("ida")}, []any{raised.Source, raised.Owner})
	for _, word := range []string{"acknowledge", "cause", "plan", "accept", "step", "drop", "implement"} {
		w.betters(action, word)
	}
	own := w.call("ida", http.MethodPost, correctivePath(action)+"/verify", verified(itsm.Effective))
	require.Equal(t, http.StatusForbidden, own.Status, "whoever owns it does not verify it")
	w.betters(action, "effective")
	w.correctiveSettled(t, action, "corrective-of-a-supplier")

	w.draws(t, "max", incidents[0], incidents[0], problem, w.fixOf(problem), s, action)
	w.chainHolds()
}

// measure is the points of one measure of a review; nil when it has no data.
func measure(r itsm.SupplierReview, name string) *int {
	n := slices.IndexFunc(r.Readings, func(o itsm.Reading) bool { return o.Name == name })
	if n < 0 {
		return nil
	}
	return r.Readings[n].Points
}

// draws sees to it that the graph of a record has others in it, as JSON and as a drawing.
func (w *world) draws(t *testing.T, who itsm.PersonID, n itsm.Number, near ...itsm.Number) {
	t.Helper()
	at := "/v1/records/" + string(n) + "/graph?depth=3"
	a := w.call(who, http.MethodGet, at, nil)
	require.Equal(t, http.StatusOK, a.Status, a.Body)
	var found []itsm.Number
	nodes, _ := a.Body["nodes"].([]any)
	for _, o := range nodes {
		node, _ := o.(map[string]any)
		number, _ := node["number"].(string)
		found = append(found, itsm.Number(number))
	}
	require.Subset(t, found, near)
	svg := w.drawing(t, who, at)
	for _, o := range near {
		require.Contains(t, svg, string(o))
	}
	require.Contains(t, svg, "closed")
	require.True(t, strings.HasPrefix(svg, "<svg"), svg[:min(len(svg), 80)])
}

// drawing is what somebody is shown of a graph.
func (w *world) drawing(t *testing.T, who itsm.PersonID, at string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+at, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+w.tokens[who])
	r.Header.Set("Accept", "image/svg+xml")
	a, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer a.Body.Close()
	require.Equal(t, http.StatusOK, a.StatusCode)
	text, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	return string(text)
}
