package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// betterers are who sees to it that nonconformities end: max and eve answer for it. Ida
// owns what is raised here, and bob does a step of it.
func betterers(c *itsm.Catalog) {
	for i := range c.People {
		if p := &c.People[i]; p.ID == "max" || p.ID == "eve" {
			p.Roles = append(p.Roles, itsm.QualityManager)
		}
	}
}

// ahead is an instant to come, as the API takes one.
func ahead(d time.Duration) time.Time { return time.Now().UTC().Truncate(time.Microsecond).Add(d) }

// plan is what is to be done about a corrective action, and shows after a while.
func plan(against int, shows time.Duration) map[string]any {
	return map[string]any{
		"against": against, "measure": "A restore succeeds within an hour.", "similar": "The other services have restores.",
		"steps": []map[string]any{
			{"title": "Try a restore each quarter", "owner": "bob", "due_at": ahead(time.Hour)},
			{"title": "Say so in the handbook", "owner": "ida", "due_at": ahead(2 * time.Hour)},
		},
		"verify_after": ahead(shows),
	}
}

// verified says whether it was effective, and what shows that.
func verified(result itsm.Effectiveness) map[string]any {
	return map[string]any{"result": result, "note": "Two restores were looked at.", "evidence": []map[string]any{{"note": "Their logs"}}}
}

// correctiveDeeds are what people do to corrective actions in the walks, each by its one
// word there. What is nil is known only then.
var correctiveDeeds = map[string]struct {
	who  itsm.PersonID
	path string
	body map[string]any
}{
	"acknowledge": {"ida", "acknowledge", map[string]any{}},
	"cause":       {"ida", "rca", map[string]any{"method": "five_whys", "cause": claim("Nobody was told to."), "known": true}},
	"plan":        {"ida", "plan", nil},
	"accept":      {"max", "decide", map[string]any{"verdict": "approve"}},
	"reject":      {"eve", "decide", map[string]any{"verdict": "reject", "note": "It does not reach the cause."}},
	"step":        {"bob", "step", nil},
	"drop":        {"ida", "step", nil},
	"implement":   {"ida", "implement", map[string]any{}},
	"effective":   {"eve", "verify", verified(itsm.Effective)},
	"useless":     {"eve", "verify", verified(itsm.NotEffective)},
	"withdraw":    {"max", "withdraw", map[string]any{"note": "The service ends."}},
	"say":         {"bob", "comments", map[string]any{"text": "I have seen it too."}},
	"assign":      {"max", "assign", map[string]any{"team": "money", "note": "It is theirs."}},
}

// correctiveWalks are the ways that a corrective action can go. Together they make every
// move that there is.
var correctiveWalks = []struct {
	name, walk string
	end        itsm.CorrectiveState
}{
	{"effective", "acknowledge assign say cause plan accept step drop implement effective", itsm.CorrectiveClosed},
	{"rejected-first", "acknowledge cause plan reject plan plan accept plan accept step drop implement useless cause plan accept step drop implement effective", itsm.CorrectiveClosed},
	{"withdrawn", "withdraw", itsm.CorrectiveWithdrawn},
	{"withdrawn-acknowledged", "acknowledge withdraw", itsm.CorrectiveWithdrawn},
	{"withdrawn-known", "acknowledge cause withdraw", itsm.CorrectiveWithdrawn},
	{"withdrawn-proposed", "acknowledge cause plan withdraw", itsm.CorrectiveWithdrawn},
	{"withdrawn-planned", "acknowledge cause plan accept withdraw", itsm.CorrectiveWithdrawn},
	{"withdrawn-implemented", "acknowledge cause plan accept step drop implement withdraw", itsm.CorrectiveWithdrawn},
	{"withdrawn-useless", "acknowledge cause plan accept step drop implement useless withdraw", itsm.CorrectiveWithdrawn},
}

// TestEveryWalkOfACorrectiveAction walks corrective actions every way that they can go,
// and then holds what Postgres, the audit, Slack and Temporal say of each against each
// other.
func TestEveryWalkOfACorrectiveAction(t *testing.T) {
	w := newWorld(t, betterers)
	unmade := map[string]bool{}
	for from, nexts := range itsm.CorrectiveMoves {
		for _, to := range nexts {
			unmade[string(from)+" → "+string(to)] = true
		}
	}
	for _, walk := range correctiveWalks {
		n := w.corrective()
		for word := range strings.FieldsSeq(walk.walk) {
			w.betters(n, word)
		}
		w.eventually(string(n)+" becomes "+string(walk.end), func() bool {
			return w.call("ada", http.MethodGet, correctivePath(n), nil).state() == string(walk.end)
		})
		w.correctiveSettled(t, n, "corrective-"+walk.name)
		timeline, err := w.owner.Timeline(t.Context(), n)
		require.NoError(t, err)
		for _, e := range timeline {
			delete(unmade, string(e.From)+" → "+string(e.To))
		}
	}
	require.Empty(t, unmade, "no walk makes these moves")
	w.chainHolds()
}

func correctivePath(n itsm.Number) string { return "/v1/corrective-actions/" + string(n) }

// corrective raises a corrective action of the website: ana does, and ida owns it.
func (w *world) corrective() itsm.Number {
	w.t.Helper()
	a := w.call("ana", http.MethodPost, "/v1/corrective-actions", map[string]any{
		"title": "Restores are not tried", "nonconformity": "No restore was tried for a year.", "service": "website", "severity": "major", "owner": "ida",
	})
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	return a.number()
}

// betters does what one word of a walk says. What is not ready yet is tried again.
func (w *world) betters(n itsm.Number, word string) {
	w.t.Helper()
	d, known := correctiveDeeds[word]
	require.True(w.t, known, word)
	c, err := w.owner.Corrective(w.t.Context(), n)
	require.NoError(w.t, err)
	body := d.body
	switch open := openStep(c, d.who); {
	case word == "plan" && c.Plan != nil:
		body = plan(c.Plan.Version, time.Second)
	case word == "plan":
		body = plan(0, time.Second)
	case word == "step":
		body = map[string]any{"id": open, "state": "done", "result": "It went well.", "evidence": []map[string]any{{"note": "Its log"}}}
	case word == "drop":
		body = map[string]any{"id": open, "state": "dropped", "result": "It is in the handbook already."}
	}
	var a response
	w.eventually(word+" "+string(n), func() bool {
		a = w.call(d.who, http.MethodPost, correctivePath(n)+"/"+d.path, body)
		return a.Status != http.StatusServiceUnavailable && a.code() != "corrective_action.too_early" // who decides is being asked; its effect does not show
	})
	require.Less(w.t, a.Status, 300, "%s %s: %v", word, n, a.Body)
}

// openStep is the first step that somebody has to do; 0 when there is none.
func openStep(c itsm.CorrectiveAction, who itsm.PersonID) int {
	for _, s := range c.Steps {
		if s.State == itsm.TaskOpen && s.Owner == who {
			return s.ID
		}
	}
	return 0
}

// correctiveSettled holds what the four places say of a corrective action that is over
// against each other, and keeps its history when that is asked for.
func (w *world) correctiveSettled(t *testing.T, n itsm.Number, name string) {
	t.Helper()
	var r itsm.Receipt
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, w.temporal.GetWorkflow(ctx, string(n), "").Get(ctx, &r), n)
	c, err := w.owner.Corrective(t.Context(), n)
	require.NoError(t, err)
	require.Equal(t, c.Receipt(), r, "Temporal and Postgres tell different ends")
	h := w.tells(n, c.Revision, itsm.State(c.State))
	if *record {
		keep(t, name, h)
	}
}
