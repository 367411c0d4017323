package db_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestTheAuditSaysWhatHappenedToAProblemButNotWhatPeopleWrote(t *testing.T) {
	b, secret := open(t), "nobody's business"
	d := itsm.ProblemDraft{Impact: itsm.HighDegree, Urgency: itsm.LowDegree}
	d.Title, d.Description, d.Service, d.Incidents, d.Change = secret, secret, "shop", []itsm.Number{"INC-2", "INC-1"}, "CHG-1"
	d.Trigger, d.Pattern = itsm.TriggeredByTrend, &itsm.Pattern{Symptom: secret}
	d.Trend = &itsm.Trend{ID: "similar_symptom/shop/" + secret, TrendCount: itsm.TrendCount{Finding: itsm.SimilarSymptom, Count: 4, Value: secret}}
	p, e := proposed("PRB-1", noon, d)
	e.Note = secret
	s := &problemStory{Problem: p, at: noon}
	act := func(who itsm.PersonID, do func(at time.Time) itsm.Event) { s.step(t, who, do) }
	s.log(t)
	act("mia", func(at time.Time) itsm.Event {
		return s.Accept(mia, itsm.Acceptance{Coordinator: "eve", Note: secret}, problemTerms(), at)
	})
	due := noon.Add(72 * time.Hour)
	act("mia", func(at time.Time) itsm.Event {
		return s.Task(mia, itsm.TaskRequest{Title: secret, Owner: "bob", DueAt: &due}, at)
	})
	act("eve", func(at time.Time) itsm.Event {
		return s.FindCause(mia, itsm.RootCauseRequest{Method: itsm.FaultTree, Known: true, Cause: &itsm.Claim{
			Text: secret, Evidence: []itsm.Evidence{{Record: "INC-1", Note: secret}, {Record: "CHG-1"}},
		}}, problemTerms(), at)
	})
	s.write(t, secret, secret, secret)
	hash := s.KnownError.Hash()
	s.publish(t)
	published := s.KnownError.Hash()
	s.plan(t, "CHG-7")
	s.end(t, itsm.Successful)
	s.settle(t)
	watch := *s.Watch
	act("mia", func(at time.Time) itsm.Event {
		return s.Reopen(mia, itsm.NoteRequest{Note: secret}, problemTerms(), at)
	})
	risk := s.at.Add(99 * time.Hour)
	act("mia", func(at time.Time) itsm.Event {
		return s.AcceptRisk(mia, itsm.RiskRequest{Note: secret, ExpiresAt: risk}, at)
	})
	act("mia", func(at time.Time) itsm.Event { return s.Close(mia, itsm.NoteRequest{Note: secret}, at) })
	b.keep(t.Context(), t, p, e, s.steps...)
	got := factsOf(t, b, "PRB-1")
	for k, want := range map[int]map[string]string{
		1: {
			"reporter": "ana", "service": "shop", "team": "web", "priority": "P3", "impact": "high", "urgency": "low",
			"trigger": "trend", "finding": "similar_symptom", "count": "4", "incidents": "INC-1,INC-2", "change": "CHG-1",
		},
		3:  {"assignee": "eve", "team": "web", "priority": "P3", "impact": "high", "urgency": "low"},
		4:  {"task": "1", "task_state": "open", "owner": "bob", "due_at": factual(due)},
		5:  {"method": "fault_tree", "known": "true", "evidence": "CHG-1,INC-1"},
		6:  {"known_error": "draft", "version": "0", "verified_by": "ivy", "content_hash": hash},
		7:  {"known_error": "proposed", "version": "0", "verified_by": "ivy", "content_hash": published},
		8:  {"round": "1", "stage": "1", "of": "1", "named": "kim,mia", "expire_at": factual(s.steps[6].Event.Detail.Opening.ExpireAt)},
		9:  {"by": "kim", "verdict": "approve", "round": "1", "stage": "1", "known_error": "published", "version": "1", "verified_by": "ivy", "content_hash": published},
		10: {"relation": "fixed_by", "related_to": "CHG-7", "fix": "CHG-7"},
		11: {"fix": "CHG-7", "fix_outcome": "successful"},
		12: {"watch_from": factual(watch.From), "watch_until": factual(*watch.Until)},
		13: {},
		14: {"risk_by": "mia", "expires_at": factual(risk)},
		15: {},
	} {
		require.Equal(t, want, got[k], "revision %d", k)
	}
	require.NotContains(t, fmt.Sprint(got), secret)
	super := conn(t, b.url)
	require.Equal(t, 5, count(t, super, "SELECT count(*) FROM audit_personal WHERE field = 'note' AND value = $1", secret))
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM audit_personal WHERE field = 'decision_note' AND value = 'It works.'"))
}

func factual(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
