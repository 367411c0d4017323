package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// reviewDeeds are what people do to reviews in the walks, each by its one word there.
// Max owns what is scored badly, eve sees what he measures, and bob signs it off.
var reviewDeeds = map[string]struct {
	who  itsm.PersonID
	path string
	body map[string]any
}{
	"good":   {"max", "measure", measured("99.95")},
	"bad":    {"max", "measure", measured("98")},
	"see":    {"eve", "see", map[string]any{"name": "Availability"}},
	"score":  {"max", "score", map[string]any{"note": "As it was measured."}},
	"meet":   {"max", "meet", map[string]any{"attendees": []string{"Zoe of Hosting Ltd", "Max"}, "note": "They know why."}},
	"agree":  {"max", "agree", map[string]any{"actions": []map[string]any{{"title": "A second line", "owner": "ida", "due": itsm.DateOf(time.Now().UTC()) + 30}}}},
	"sign":   {"bob", "sign-off", map[string]any{"note": "It was a fair one."}},
	"cancel": {"max", "cancel", map[string]any{"note": "It is left."}},
	"say":    {"ida", "comments", map[string]any{"text": "Zoe called again."}},
}

func measured(value string) map[string]any {
	return map[string]any{"name": "Availability", "value": value, "evidence": []map[string]any{{"note": "Their own report"}}}
}

// reviewWalks are the ways that a review can go. Together they make every move that
// there is.
var reviewWalks = []struct {
	name, walk string
	end        itsm.ReviewState
}{
	{"good", "good say see score meet agree sign", itsm.ReviewClosed},
	{"bad", "bad see score meet agree sign", itsm.ReviewClosed},
	{"cancelled", "cancel", itsm.ReviewCancelled},
	{"cancelled-scored", "bad see score cancel", itsm.ReviewCancelled},
	{"cancelled-met", "bad see score meet cancel", itsm.ReviewCancelled},
	{"cancelled-agreed", "bad see score meet agree cancel", itsm.ReviewCancelled},
}

// TestEveryWalkOfAReview walks reviews every way that they can go, and then holds what
// Postgres, the audit, Slack and Temporal say of each against each other.
func TestEveryWalkOfAReview(t *testing.T) {
	w := newWorld(t, supplied)
	s := w.bound()
	unmade := map[string]bool{}
	for from, nexts := range itsm.ReviewMoves {
		for _, to := range nexts {
			unmade[string(from)+" → "+string(to)] = true
		}
	}
	p := itsm.PeriodAt(itsm.Monthly, time.Now(), time.UTC)
	for _, walk := range reviewWalks {
		p = p.Before()
		n := w.review(s, p)
		for word := range strings.FieldsSeq(walk.walk) {
			w.reviews(n, word)
		}
		w.eventually(string(n)+" becomes "+string(walk.end), func() bool { return w.standing(n).State == walk.end })
		w.overAndSettled(t, n, "review-"+walk.name)
		timeline, err := w.owner.Timeline(t.Context(), n)
		require.NoError(t, err)
		for _, e := range timeline {
			delete(unmade, string(e.From)+" → "+string(e.To))
		}
	}
	require.Empty(t, unmade, "no walk makes these moves")
	w.chainHolds()
}

// bound is a supplier that supplies under a contract in force.
func (w *world) bound() itsm.Number {
	w.t.Helper()
	s := w.supplier()
	w.supplies(s)
	signed, err := w.desk.RaiseContract(w.t.Context(), w.called("eve"), contractOf(s))
	require.NoError(w.t, err)
	w.decides(signed.Number, itsm.ProposalRequest{Decision: itsm.ApproveContract}, itsm.Approve)
	w.binds(signed.Number, itsm.ContractActive)
	return s
}

// review begins the review of a supplier for a period, as its schedule would; the period
// under way is taken for over.
func (w *world) review(s itsm.Number, p itsm.Period) itsm.Number {
	w.t.Helper()
	n, now := itsm.ReviewNumber(s, p), time.Now().UTC().Truncate(time.Microsecond)
	_, err := w.temporal.ExecuteWorkflow(w.t.Context(), client.StartWorkflowOptions{
		ID: string(n), TaskQueue: workflows.Queue, StaticSummary: workflows.ReviewSummary(n),
	}, workflows.SupplierReviewType, n, now)
	require.NoError(w.t, err)
	w.eventually(string(n)+" collects", func() bool {
		r, err := w.owner.Review(w.t.Context(), n)
		return err == nil && r.State == itsm.ReviewCollecting && !r.Unreckoned()
	})
	return n
}

func (w *world) standing(n itsm.Number) itsm.SupplierReview {
	w.t.Helper()
	r, err := w.owner.Review(w.t.Context(), n)
	require.NoError(w.t, err)
	return r
}

// reviews does what one word of a walk says.
func (w *world) reviews(n itsm.Number, word string) {
	w.t.Helper()
	d, known := reviewDeeds[word]
	require.True(w.t, known, word)
	a := w.call(d.who, http.MethodPost, reviewPath(n)+"/"+d.path, d.body)
	require.Less(w.t, a.Status, 300, "%s %s: %v", word, n, a.Body)
}

// reviewPath is where the API has a review.
func reviewPath(n itsm.Number) string {
	return "/v1/suppliers/" + strings.Replace(string(n), "/", "/reviews/", 1)
}
