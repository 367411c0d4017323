package db_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// factsOf reads what the audit says of each revision, but for what every entry has.
func factsOf(t *testing.T, b book, n itsm.Number) map[int]map[string]string {
	t.Helper()
	found, err := b.owner.Pool().Query(t.Context(), `SELECT revision, facts - ARRAY['digest', 'occurred_at', 'from', 'to']
		FROM audit_entries WHERE subject = $1 AND revision > 0`, n)
	require.NoError(t, err)
	defer found.Close()
	all := map[int]map[string]string{}
	for found.Next() {
		var revision int
		var facts []byte
		require.NoError(t, found.Scan(&revision, &facts))
		of := map[string]string{}
		require.NoError(t, json.Unmarshal(facts, &of))
		all[revision] = of
	}
	require.NoError(t, found.Err())
	return all
}

func TestTheAuditSaysWhoDecidedForWhomAndWhatWasEdited(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	s, secret := &story{Change: c, at: c.RaisedAt}, "nobody's business"
	ana, bob, why := acting("ana", itsm.Requester), acting("bob", itsm.Approver), itsm.NoteRequest{Note: secret}
	s.open(t)
	s.step(t, "bob", func(at time.Time) itsm.Event {
		return s.Delegate(bob, itsm.DelegationRequest{To: "sue", Note: secret}, at)
	})
	s.vote(t, "sue", itsm.DecisionRequest{Verdict: itsm.Approve, For: "bob", Note: secret})
	hash := s.ContentHash
	s.step(t, "sue", func(time.Time) itsm.Event { return s.Retract(acting("sue", itsm.Approver)) })
	s.vote(t, "eve", itsm.DecisionRequest{Verdict: itsm.Abstain})
	s.step(t, "ana", func(at time.Time) itsm.Event { return s.PutOnHold(ana, why, at) })
	s.step(t, "ana", func(time.Time) itsm.Event { return s.Resume(why) })
	until := noon.Add(72 * time.Hour)
	s.step(t, itsm.System, func(time.Time) itsm.Event { return s.Reschedule(itsm.Deadlines{ExpireAt: until}) })
	s.edit(t, itsm.EditRequest{Note: secret, Edit: itsm.Edit{Plan: &secret, Title: &secret}})
	s.step(t, "ana", func(time.Time) itsm.Event {
		return s.Reassign(itsm.Reassignment{Assignee: "ida", Note: secret})
	})
	for _, step := range s.steps {
		require.NoError(t, b.worker.StepChange(ctx, step, from))
	}
	opened := s.steps[0].Event.Detail.Opening.ExpireAt.Format(time.RFC3339Nano)
	got := factsOf(t, b, "CHG-1")
	require.Equal(t, map[int]map[string]string{
		1:  {"requester": "ana", "service": "shop", "content_hash": hash, "risk_tier": "low"},
		2:  {"round": "1", "stage": "1", "of": "2", "named": "bob,eve", "expire_at": opened},
		3:  {"delegation_from": "bob", "delegation_to": "sue"},
		4:  {"by": "sue", "for": "bob", "verdict": "approve", "round": "1", "stage": "1", "content_hash": hash},
		5:  {"by": "sue", "for": "bob", "verdict": "approve", "round": "1", "stage": "1"},
		6:  {"by": "eve", "verdict": "abstain", "round": "1", "stage": "1", "content_hash": hash, "joined": "max"},
		7:  {},
		8:  {},
		9:  {"expire_at": until.Format(time.RFC3339Nano)},
		10: {"fields": "plan,title", "voided": "eve", "content_hash": s.ContentHash},
		11: {"assignee": "ida"},
	}, got)
	require.NotContains(t, fmt.Sprint(got), secret)
}

func TestAnEntryOfManyPeopleStaysWithinItsBounds(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	s := &story{Change: c, at: c.RaisedAt}
	s.open(t)
	detail := &itsm.Detail{Voided: make([]itsm.Decision, 0, 200)}
	for i := range 200 {
		detail.Voided = append(detail.Voided, itsm.Decision{
			By: itsm.PersonID(fmt.Sprint(i, strings.Repeat("é", 96))), Note: strings.Repeat("x", 2000), ContentHash: s.ContentHash,
		})
		detail.Joined = append(detail.Joined, detail.Voided[i].By)
	}
	s.step(t, "ana", func(time.Time) itsm.Event {
		return itsm.Event{Kind: itsm.EventEdited, From: itsm.State(s.State), Detail: detail}
	})
	for _, step := range s.steps {
		require.NoError(t, b.worker.StepChange(ctx, step, from))
	}
	events, err := b.desk.Timeline(ctx, "CHG-1")
	require.NoError(t, err)
	require.Len(t, events[2].Detail.Voided, 200, "the record has all of them")
}
