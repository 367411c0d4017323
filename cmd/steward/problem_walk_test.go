package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// investigators are who finds the causes of problems: max and eve answer for it, bob
// and ida work on it. Steward proposes nothing by itself, unless it is asked to.
func investigators(c *itsm.Catalog) {
	for i := range c.People {
		p := &c.People[i]
		switch p.ID { //nolint:exhaustive // of everybody
		case "max", "eve":
			p.Roles = append(p.Roles, itsm.ProblemManager)
		case "bob", "ida":
			p.Roles = append(p.Roles, itsm.Responder)
		}
	}
}

// claim is a cause with what it rests on.
func claim(text string) map[string]any {
	return map[string]any{"text": text, "evidence": []map[string]any{{"note": "Seen in the logs."}}}
}

// problemDeeds are what people do to problems in the walks, each by its one word there.
var problemDeeds = map[string]struct {
	who  itsm.PersonID
	path string
	body map[string]any
}{
	"accept":      {"max", "accept", map[string]any{"coordinator": "bob"}},
	"decline":     {"max", "decline", map[string]any{"note": "It is the network's."}},
	"merge":       {"eve", "merge", map[string]any{"into": otherProblem, "note": "The same pool."}},
	"cancel":      {"max", "cancel", map[string]any{"note": "The service ends."}},
	"task":        {"bob", "task", map[string]any{"title": "Read the logs", "owner": "ida"}},
	"done":        {"ida", "task", map[string]any{"id": 1, "state": "done", "result": "It is the pool."}},
	"cause":       {"bob", "rca", map[string]any{"method": "five_whys", "cause": claim("The pool is never emptied."), "known": true}},
	"workaround":  {"bob", "workaround", map[string]any{"symptoms": "The shop hangs", "workaround": "Reload the pool.", "risk": "Ten seconds without orders", "verified_by": "ida"}},
	"publish":     {"bob", "known-error", map[string]any{}},
	"approve":     {"eve", "decide", map[string]any{"verdict": "approve"}},
	"reject":      {"eve", "decide", map[string]any{"verdict": "reject", "note": "Say how long it takes."}},
	"communicate": {"bob", "communicate", map[string]any{}},
	"risk":        {"max", "accept-risk", map[string]any{"note": "It is rare.", "expires_at": "2026-12-24T10:00:00Z"}},
	"confirm":     {"max", "confirm", map[string]any{"note": "The load test passed."}},
	"review":      {"bob", "review", map[string]any{"went_well": "Found in a day.", "went_wrong": "Nobody watched the pool."}},
	"close":       {"max", "close", map[string]any{}},
	"reopen":      {"eve", "reopen", map[string]any{"note": "It is back."}},
	"say":         {"ida", "comments", map[string]any{"text": "I have seen it too."}},
	"assign":      {"max", "assign", map[string]any{"assignee": "ida", "note": "Bob is away."}},
}

const otherProblem = "the other problem"

// problemWalks are the ways that a problem can go. Together they make every move that
// there is. Some begin as what Steward proposes.
var problemWalks = []struct {
	name, walk string
	proposed   bool
	end        itsm.ProblemState
}{
	{"fixed", "accept task say done cause workaround publish approve communicate fix works review confirm close", false, itsm.ProblemClosed},
	{"rejected-first", "accept cause workaround publish reject workaround publish approve fix breaks fix works confirm reopen cause fix breaks fix works reopen risk close", false, itsm.ProblemClosed},
	{"proposed", "accept assign cause fix breaks fix works confirm close", true, itsm.ProblemClosed},
	{"proposed-declined", "decline", true, itsm.ProblemDeclined},
	{"proposed-merged", "merge", true, itsm.ProblemMerged},
	{"declined", "decline", false, itsm.ProblemDeclined},
	{"merged", "merge", false, itsm.ProblemMerged},
	{"cancelled", "cancel", false, itsm.ProblemCancelled},
	{"merged-late", "accept merge", false, itsm.ProblemMerged},
	{"cancelled-late", "accept cancel", false, itsm.ProblemCancelled},
	{"merged-known", "accept cause merge", false, itsm.ProblemMerged},
	{"cancelled-known", "accept cause cancel", false, itsm.ProblemCancelled},
	{"merged-published", "accept cause workaround publish approve merge", false, itsm.ProblemMerged},
	{"cancelled-published", "accept cause workaround publish approve cancel", false, itsm.ProblemCancelled},
	{"risk", "accept risk reopen cause risk reopen cause workaround publish approve risk reopen risk reopen merge", false, itsm.ProblemMerged},
	{"cancelled-reopened", "accept risk reopen cancel", false, itsm.ProblemCancelled},
}

// TestEveryWalkOfAProblem walks problems every way that they can go, and then holds what
// Postgres, the audit, Slack and Temporal say of each against each other.
func TestEveryWalkOfAProblem(t *testing.T) {
	w := newWorld(t, investigators)
	other := w.problem("ana")
	unmade := map[string]bool{}
	for from, nexts := range itsm.ProblemMoves {
		for _, to := range nexts {
			unmade[string(from)+" → "+string(to)] = true
		}
	}
	for _, walk := range problemWalks {
		n := itsm.Number("")
		if walk.proposed {
			n = w.proposed(walk.name)
		} else {
			n = w.problem("ana")
		}
		for word := range strings.FieldsSeq(walk.walk) {
			w.investigates(n, word, other)
		}
		w.stands(n, walk.end)
		w.problemSettled(t, n, "problem-"+walk.name)
		timeline, err := w.owner.Timeline(t.Context(), n)
		require.NoError(t, err)
		for _, e := range timeline {
			delete(unmade, string(e.From)+" → "+string(e.To))
		}
	}
	require.Empty(t, unmade, "no walk makes these moves")
	w.chainHolds()
}

// problem raises a problem of the website.
func (w *world) problem(who itsm.PersonID, incidents ...itsm.Number) itsm.Number {
	w.t.Helper()
	a := w.call(who, http.MethodPost, "/v1/problems", map[string]any{
		"title": "The shop hangs each Monday", "service": "website", "impact": "medium", "urgency": "medium", "incidents": append([]itsm.Number{}, incidents...),
	})
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	return a.number()
}

// proposed is a problem that Steward proposes.
func (w *world) proposed(title string) itsm.Number {
	w.t.Helper()
	who := desk.Caller{Actor: itsm.Actor{
		Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Door: itsm.DoorSystem, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite},
	}}
	d := itsm.ProblemDraft{}
	d.Title, d.Service, d.Trigger, d.Trend = title, "website", itsm.TriggeredByTrend, &itsm.Trend{ID: "similar_symptom/website/" + title}
	r, err := w.desk.RaiseProblem(w.t.Context(), who, d)
	require.NoError(w.t, err)
	return r.Number
}

// investigates does what one word of a walk says. What is not ready yet is tried again.
func (w *world) investigates(n itsm.Number, word string, other itsm.Number) {
	w.t.Helper()
	switch word {
	case "fix":
		w.plansFix(n)
		return
	case "works", "breaks":
		w.carriesOut(w.fixOf(n), map[string]itsm.Outcome{"works": itsm.Successful, "breaks": itsm.Failed}[word])
		w.eventually(string(n)+" learns what became of its fix", func() bool {
			s := w.call("ada", http.MethodGet, "/v1/problems/"+string(n), nil).state()
			return s != string(itsm.ProblemFixPlanned) && s != string(itsm.ProblemFixDeployed)
		})
		return
	}
	d, known := problemDeeds[word]
	require.True(w.t, known, word)
	body := map[string]any{}
	for name, value := range d.body {
		if value == otherProblem {
			value = other
		}
		body[name] = value
	}
	var a response
	w.eventually(word+" "+string(n), func() bool {
		a = w.call(d.who, http.MethodPost, "/v1/problems/"+string(n)+"/"+d.path, body)
		return a.Status != http.StatusServiceUnavailable // who decides is being asked
	})
	require.Less(w.t, a.Status, 300, "%s %s: %v", word, n, a.Body)
}

// plansFix raises the change that is to fix a problem, from what the problem tells.
func (w *world) plansFix(n itsm.Number) {
	w.t.Helper()
	draft := w.call("bob", http.MethodGet, "/v1/problems/"+string(n)+"/fix-draft", nil)
	require.Equal(w.t, http.StatusOK, draft.Status, draft.Body)
	draft.Body["plan"], draft.Body["backout_plan"] = "Empty the pool each night.", "Leave it full."
	a := w.call("bob", http.MethodPost, "/v1/problems/"+string(n)+"/fix", map[string]any{"draft": draft.Body})
	require.Less(w.t, a.Status, 300, a.Body)
}

// fixOf is the change that a problem waits for.
func (w *world) fixOf(n itsm.Number) itsm.Number {
	w.t.Helper()
	p, err := w.owner.Problem(w.t.Context(), n)
	require.NoError(w.t, err)
	require.NotNil(w.t, p.Fix, n)
	return p.Fix.Change
}

// carriesOut has a change approved and carried out.
func (w *world) carriesOut(n itsm.Number, outcome itsm.Outcome) {
	w.t.Helper()
	w.asks("eve", "/v1/changes/"+string(n)+"/decisions", map[string]any{"verdict": "approve"})
	w.reaches(n, itsm.ChangeScheduled)
	w.asks("ida", "/v1/changes/"+string(n)+"/start", nil)
	w.asks("ida", "/v1/changes/"+string(n)+"/complete", map[string]any{"result": outcome, "note": "So it went."})
}

// stands waits until a problem comes to a state.
func (w *world) stands(n itsm.Number, s itsm.ProblemState) {
	w.t.Helper()
	w.eventually(string(n)+" becomes "+string(s), func() bool {
		return w.call("ada", http.MethodGet, "/v1/problems/"+string(n), nil).state() == string(s)
	})
}

// problemSettled holds what the four places say of a problem that is over against each
// other, and keeps its history when that is asked for.
func (w *world) problemSettled(t *testing.T, n itsm.Number, name string) {
	t.Helper()
	var r itsm.Receipt
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, w.temporal.GetWorkflow(ctx, string(n), "").Get(ctx, &r), n)
	p, err := w.owner.Problem(t.Context(), n)
	require.NoError(t, err)
	require.Equal(t, p.Receipt(), r, "Temporal and Postgres tell different ends")
	h := w.tells(n, p.Revision, itsm.State(p.State))
	if *record {
		keep(t, name, h)
	}
}
