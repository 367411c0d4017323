package main

import (
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// bettered goes every way that a person's words go about corrective actions: what is
// raised, its cause, a plan that is rejected and one that is not, its steps, and whether
// it was effective.
func (w *watched) bettered() {
	w.refused(http.StatusUnprocessableEntity, w.ask("ana", "raiseCorrectiveAction", "", map[string]any{"service": "website"}))
	n := w.amiss()
	w.refused(http.StatusForbidden, w.ask("bob", "acknowledgeCorrectiveAction", n, nil))
	w.accepted(w.ask("ida", "acknowledgeCorrectiveAction", n, nil))
	w.refused(http.StatusUnprocessableEntity, w.ask("ida", "assignCorrectiveAction", n, nil))
	w.accepted(w.ask("max", "assignCorrectiveAction", n, map[string]any{"assignee": nil, "team": "money"}))
	w.accepted(w.ask("ida", "relateCorrectiveAction", n, map[string]any{"kind": "acts_on", "to": w.numbers[0]}))
	w.accepted(w.ask("ida", "commentOnCorrectiveAction", n, map[string]any{"question": true, "reply_to": nil}))
	w.accepted(w.ask("ana", "commentOnCorrectiveAction", n, map[string]any{"reply_to": 1}))
	w.accepted(w.ask("ida", "findCorrectiveCause", n, map[string]any{"known": true}))
	w.refused(http.StatusUnprocessableEntity, w.ask("ida", "planCorrectiveAction", n, map[string]any{"verify_after": nil}))
	w.planned(n, 0)
	w.refused(http.StatusConflict, w.ask("eve", "decideCorrectivePlan", n, map[string]any{"verdict": "approve", "for": nil}))
	w.accepted(w.ask("eve", "decideCorrectivePlan", n, map[string]any{"verdict": "reject", "content_hash": nil, "for": nil}))
	w.planned(n, 1)
	w.accepted(w.ask("eve", "decideCorrectivePlan", n, approves))
	w.refused(http.StatusUnprocessableEntity, w.ask("bob", "stepOfCorrectiveAction", n, map[string]any{"id": 1, "state": "done"}))
	w.accepted(w.ask("bob", "stepOfCorrectiveAction", n, map[string]any{"id": 1, "owner": nil, "state": "done"}))
	w.accepted(w.ask("ida", "implementCorrectiveAction", n, nil))
	var a response
	w.eventually("its effect shows", func() bool {
		a = w.ask("eve", "verifyCorrectiveAction", n, map[string]any{"result": "effective"})
		return a.code() != "corrective_action.too_early"
	})
	w.accepted(a)
	w.refused(http.StatusConflict, w.ask("max", "withdrawCorrectiveAction", n, nil))
	w.accepted(w.ask("ana", "withdrawCorrectiveAction", w.amiss(), nil))
	w.typesOfCorrective(w.amiss())
}

// planned has a plan written, whose step bob does and whose effect shows at once.
func (w *watched) planned(n itsm.Number, against int) {
	w.t.Helper()
	w.accepted(w.ask("ida", "planCorrectiveAction", n, map[string]any{
		"against": against, "verify_after": ahead(time.Second), "steps": []map[string]any{{"title": w.canary.word, "owner": "bob", "due_at": ahead(time.Hour)}},
	}))
	w.eventually("somebody is asked about "+string(n), func() bool {
		c, err := w.owner.Corrective(w.t.Context(), n)
		require.NoError(w.t, err)
		return c.Acceptance.Opening != nil && c.Acceptance.Opening.Round == c.Acceptance.Round
	})
}

// amiss raises a corrective action full of the word, which ida owns.
func (w *watched) amiss() itsm.Number {
	w.t.Helper()
	a := w.ask("ana", "raiseCorrectiveAction", "", map[string]any{"service": "website", "owner": "ida"})
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	w.numbers = append(w.numbers, a.number())
	return a.number()
}

// typesOfCorrective plants the word in Slack: in what is typed, understood or not, and in
// the forms.
func (w *watched) typesOfCorrective(n itsm.Number) {
	word := w.canary.word
	for _, text := range []string{
		"acknowledge # " + word, "assign # @" + word, "step # 1 " + word, "drop # 1 " + word, "verify # effective " + word, "link # " + word, "comment # " + word,
		"decide # " + word, "reject # " + word, "plan # " + word, "rca # " + word, "list " + word, "raise " + word, "raise from " + word, word, word + " #", "withdraw # " + word,
	} {
		_, err := w.slack.Command(w.t.Context(), slackID("bob"), "C0GENERAL", "/corrective", strings.ReplaceAll(text, "#", string(n)))
		require.NoError(w.t, err)
	}
	d := slackDoor{w.world}
	for text, form := range map[string]map[string]string{
		"comment ": {"text": word}, "withdraw ": {"note": word}, "assign ": {"note": word, "assignee": slackID("ida")},
	} {
		d.fillsIn("max", "/corrective", text+string(n), form)
	}
	filled := map[string]string{"title": word, "nonconformity": word, "correction": word, "service": "website", "source": word}
	d.fillsIn("max", "/corrective", "raise", filled)
	asked := maps.Clone(filled)
	asked["source"] = ""
	d.fillsIn("max", "/corrective", "raise "+word, asked)
}
