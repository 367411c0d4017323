package main

import (
	"maps"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// investigated goes every way that a person's words go about problems: what is raised,
// the search for its cause, its known error, its fix, and each of its ends.
func (w *watched) investigated() {
	incident := w.reported()
	n := w.suspected(map[string]any{"incidents": []itsm.Number{incident}})
	w.refused(http.StatusUnprocessableEntity, w.ask("ana", "raiseProblem", "", map[string]any{"trigger": nil}))
	w.refused(http.StatusForbidden, w.ask("bob", "acceptProblem", n, map[string]any{"coordinator": "bob", "team": nil}))
	w.refused(http.StatusUnprocessableEntity, w.ask("max", "acceptProblem", n, nil))
	w.accepted(w.ask("max", "acceptProblem", n, map[string]any{"coordinator": "bob", "team": nil, "major": true}))
	w.refused(http.StatusUnprocessableEntity, w.ask("bob", "assignProblem", n, nil))
	w.accepted(w.ask("max", "assignProblem", n, map[string]any{"assignee": "ida", "team": nil}))
	w.refused(http.StatusUnprocessableEntity, w.ask("bob", "taskOfProblem", n, map[string]any{"state": nil}))
	w.accepted(w.ask("bob", "taskOfProblem", n, map[string]any{"owner": "ida", "state": nil}))
	w.accepted(w.ask("ida", "taskOfProblem", n, map[string]any{"id": 1, "owner": nil, "state": "done"}))
	w.accepted(w.ask("ida", "relateProblem", n, map[string]any{"kind": "related_to", "to": w.numbers[0]}))
	w.accepted(w.ask("ida", "commentOnProblem", n, map[string]any{"question": true, "reply_to": nil}))
	w.accepted(w.ask("ana", "commentOnProblem", n, map[string]any{"reply_to": 1}))
	w.accepted(w.ask("ida", "findRootCause", n, map[string]any{"known": true}))
	w.publishes(n)
	w.accepted(w.ask("ida", "applyWorkaround", incident, map[string]any{"known_error": n}))
	w.fixes(n)

	lived, into := w.suspected(nil), w.suspected(nil)
	w.accepted(w.ask("max", "acceptProblem", lived, map[string]any{"coordinator": "bob", "team": nil, "major": false}))
	w.accepted(w.ask("max", "acceptRisk", lived, map[string]any{"expires_at": "2026-12-24T10:00:00Z"}))
	w.accepted(w.ask("max", "reopenProblem", lived, nil))
	w.accepted(w.ask("eve", "mergeProblem", lived, map[string]any{"into": into}))
	w.accepted(w.ask("max", "declineProblem", into, nil))
	w.accepted(w.ask("ana", "cancelProblem", w.suspected(nil), nil))

	w.typesOfProblems(w.suspected(nil))
}

// publishes has a known error written, turned down, written anew, published and told.
func (w *watched) publishes(n itsm.Number) {
	w.t.Helper()
	w.refused(http.StatusUnprocessableEntity, w.ask("ida", "writeWorkaround", n, nil))
	write := func() {
		w.accepted(w.ask("ida", "writeWorkaround", n, map[string]any{"services": nil, "verified_by": "bob"}))
		w.accepted(w.ask("ida", "publishKnownError", n, nil))
		w.eventually("somebody is asked about "+string(n), func() bool {
			p, err := w.owner.Problem(w.t.Context(), n)
			require.NoError(w.t, err)
			return p.Publication.Opening != nil && p.Publication.Opening.Round == p.Publication.Round
		})
	}
	write()
	w.refused(http.StatusConflict, w.ask("eve", "decideKnownError", n, map[string]any{"verdict": "approve"}))
	w.accepted(w.ask("eve", "decideKnownError", n, map[string]any{"verdict": "reject", "content_hash": nil, "for": nil}))
	write()
	w.accepted(w.ask("eve", "decideKnownError", n, approves))
	w.accepted(w.ask("ida", "communicateWorkaround", n, nil))
	a := w.call("ana", http.MethodGet, "/v1/known-errors?q="+w.canary.word, nil)
	w.accepted(a)
	require.NotEmpty(w.t, a.Body["items"], "what is published is found by its words")
}

// fixes plans a change, and another in its place so that each effect is told and denied;
// the second is carried out, and the problem is closed.
func (w *watched) fixes(n itsm.Number) {
	w.t.Helper()
	schema := w.canary.operation("fixProblem").RequestBody.Value.Content.Get("application/json").Schema.Value.Properties["draft"].Value
	for range 2 {
		draft := w.canary.object("fixProblem.draft", schema, map[string]any{"type": "normal", "service": "website", "window": nil})
		w.accepted(w.ask("bob", "fixProblem", n, map[string]any{"draft": draft}))
		w.numbers = append(w.numbers, w.fixOf(n))
	}
	bad := w.canary.object("fixProblem.draft", schema, map[string]any{"type": "normal", "window": nil})
	w.refused(http.StatusUnprocessableEntity, w.ask("bob", "fixProblem", n, map[string]any{"draft": bad}))
	fix := w.fixOf(n)
	w.eventually("its stage is open", func() bool { a := w.knows(fix).Approval; return a.Opening != nil && a.Opening.Round == a.Round })
	w.accepted(w.ask("max", "decideChange", fix, approves))
	w.reaches(fix, itsm.ChangeScheduled)
	w.accepted(w.ask("ida", "startChange", fix, nil))
	w.accepted(w.ask("ida", "completeChange", fix, map[string]any{"result": "successful"}))
	w.stands(n, itsm.ProblemWatched)
	w.accepted(w.ask("ida", "reviewProblem", n, nil))
	w.accepted(w.ask("max", "confirmFix", n, nil))
	w.accepted(w.ask("max", "closeProblem", n, nil))
	w.refused(http.StatusConflict, w.ask("max", "reopenProblem", n, nil))
}

// suspected raises a problem full of the word.
func (w *watched) suspected(given map[string]any) itsm.Number {
	w.t.Helper()
	all := map[string]any{"service": "website", "trigger": nil}
	maps.Copy(all, given)
	a := w.ask("ana", "raiseProblem", "", all)
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	w.numbers = append(w.numbers, a.number())
	return a.number()
}

// typesOfProblems plants the word in Slack: in what is typed, understood or not, and in
// the forms.
func (w *watched) typesOfProblems(n itsm.Number) {
	word := w.canary.word
	for _, text := range []string{
		"accept # @" + word, "decline # " + word, "task # @ida " + word, "done # 1 " + word, "merge # into " + word, "link # " + word, "comment # " + word, "approve # " + word,
		"decide # " + word, "reject # " + word, "fix # " + word, "confirm # " + word, "known " + word, "list " + word, "new " + word, word, word + " #", "rca # " + word, "workaround # " + word,
	} {
		_, err := w.slack.Command(w.t.Context(), slackID("bob"), "C0GENERAL", "/problem", strings.ReplaceAll(text, "#", string(n)))
		require.NoError(w.t, err)
	}
	d := slackDoor{w.world}
	d.fillsIn("max", "/problem", "accept "+string(n), map[string]string{"note": word, "category": word})
	for text, form := range map[string]map[string]string{
		"task ": {"title": word}, "accept-risk ": {"note": word}, "cancel ": {"note": word},
		"rca ":        {"method": "five_whys", "cause": word, "cause_evidence": word, "contributing": word + " | " + word, "known": "draft"},
		"workaround ": {"symptoms": word, "workaround": word, "risk": word, "services": word, "verified_by": slackID("ida")},
	} {
		d.fillsIn("max", "/problem", text+string(n), form)
	}
}

// answerable are who answers for problems.
func answerable(c *itsm.Catalog) {
	for i := range c.People {
		if p := &c.People[i]; p.ID == "max" || p.ID == "eve" {
			p.Roles = append(p.Roles, itsm.ProblemManager)
		}
	}
}
