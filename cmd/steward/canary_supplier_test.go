package main

import (
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// bought goes every way that a person's words go about suppliers, contracts and reviews,
// through acceptance and refusal.
func (w *watched) bought() {
	s := w.offered()
	w.refused(http.StatusForbidden, w.ask("ana", "moveSupplier", s, map[string]any{"to": "due_diligence"}))
	w.accepted(w.ask("max", "moveSupplier", s, map[string]any{"to": "due_diligence"}))
	w.refused(http.StatusConflict, w.ask("max", "moveSupplier", s, map[string]any{"to": "active"}))
	w.accepted(w.ask("ida", "assessSupplier", s, map[string]any{"suitable": true}))
	w.accepted(w.ask("max", "moveSupplier", s, map[string]any{"to": "onboarding"}))
	w.accepted(w.ask("max", "moveSupplier", s, map[string]any{"to": "active"}))
	w.accepted(w.ask("ida", "certifySupplier", s, map[string]any{"id": nil}))
	w.accepted(w.ask("ida", "planSupplierExit", s, nil))
	w.accepted(w.ask("ida", "commentOnSupplier", s, map[string]any{"question": true, "reply_to": nil}))
	w.refused(http.StatusConflict, w.ask("max", "editSupplier", s, map[string]any{"revision": 1, "kind": "external", "tier": "critical", "owner": "ida", "deputy": "ana", "services": []string{"website"}}))

	c := w.signed(s)
	r := w.review(s, itsm.PeriodAt(itsm.Monthly, time.Now(), time.UTC))
	w.numbers = append(w.numbers, r)
	given := map[string]any{"value": "98", "criterion": nil, "points": nil} // the word is the name of a target, too
	w.refused(http.StatusForbidden, w.ask("ana", "measureSupplierReview", r, given))
	w.refused(http.StatusUnprocessableEntity, w.ask("max", "measureSupplierReview", r, map[string]any{"value": nil, "criterion": nil, "points": nil}))
	w.accepted(w.ask("max", "measureSupplierReview", r, given))
	w.refused(http.StatusConflict, w.ask("max", "scoreSupplierReview", r, nil))
	w.refused(http.StatusForbidden, w.ask("max", "seeSupplierReading", r, nil))
	w.accepted(w.ask("eve", "seeSupplierReading", r, nil))
	w.accepted(w.ask("max", "commentOnSupplierReview", r, map[string]any{"question": true, "reply_to": nil}))
	w.accepted(w.ask("max", "scoreSupplierReview", r, nil))
	w.accepted(w.ask("max", "meetSupplier", r, nil))
	w.refused(http.StatusUnprocessableEntity, w.ask("max", "agreeSupplierActions", r, nil))
	w.accepted(w.ask("max", "agreeSupplierActions", r, map[string]any{"actions": []map[string]any{{"title": w.canary.word, "owner": "ida", "due": "2031-06-30"}}}))
	w.refused(http.StatusForbidden, w.ask("max", "signOffSupplierReview", r, nil))
	w.accepted(w.ask("bob", "signOffSupplierReview", r, nil))
	w.refused(http.StatusConflict, w.ask("max", "cancelSupplierReview", r, nil))

	w.accepted(w.ask("eve", "proposeForContract", c, map[string]any{"decision": "terminate", "terms": nil, "change": nil, "risk": nil}))
	w.decided(c)
	w.accepted(w.ask("eve", "giveNotice", c, nil))
	w.accepted(w.ask("max", "moveSupplier", s, map[string]any{"to": "exit_planned"}))
}

// offered records a supplier full of the word, which ida owns.
func (w *watched) offered() itsm.Number {
	w.t.Helper()
	a := w.ask("max", "raiseSupplier", "", map[string]any{"kind": "external", "tier": "critical", "owner": "ida", "deputy": "ana", "services": []string{"website"}})
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	w.numbers = append(w.numbers, a.number())
	return a.number()
}

// signed is a contract full of the word that is in force, and had been rejected first.
func (w *watched) signed(s itsm.Number) itsm.Number {
	w.t.Helper()
	today := itsm.DateOf(time.Now().UTC())
	given := map[string]any{
		"supplier": s, "owner": "eve", "services": []string{"website"}, "currency": "EUR", "start": today, "end": today + 365, "renewal": "12mo",
		"document": map[string]any{"url": "https://" + w.canary.word + ".example.com/" + w.canary.word, "digest": w.canary.hash},
		"targets":  []map[string]any{{"name": w.canary.word, "criterion": "service_level", "unit": w.canary.word, "full": "99.9", "none": "99"}},
	}
	w.refused(http.StatusForbidden, w.ask("ana", "raiseContract", "", given))
	a := w.ask("eve", "raiseContract", "", given)
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	n := a.number()
	w.numbers = append(w.numbers, n)
	propose := map[string]any{"decision": "approve", "terms": nil, "change": nil, "risk": nil}
	w.accepted(w.ask("eve", "proposeForContract", n, propose))
	w.refused(http.StatusForbidden, w.ask("eve", "decideContract", n, map[string]any{"verdict": "approve", "content_hash": nil}))
	w.decided(n)
	w.binds(n, itsm.ContractActive)
	w.accepted(w.ask("eve", "reviewContract", n, nil))
	w.accepted(w.ask("max", "commentOnContract", n, map[string]any{"question": true, "reply_to": nil}))
	w.refused(http.StatusConflict, w.ask("eve", "cancelContract", n, nil))
	return n
}

// decided has bob approve what eve proposed for a contract.
func (w *watched) decided(n itsm.Number) {
	w.t.Helper()
	var a response
	w.eventually("bob is asked about "+string(n), func() bool {
		a = w.ask("bob", "decideContract", n, map[string]any{"verdict": "approve", "content_hash": nil})
		return a.Status != http.StatusServiceUnavailable
	})
	w.accepted(a)
}
