package db_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestTheAuditSaysWhatHappenedToAnIncidentButNotWhy(t *testing.T) {
	b, secret := open(t), "nobody's business"
	i, e := reported("INC-1")
	i.Title, i.Description, i.Symptom, e.Note = secret, secret, secret, secret
	s := &incidentStory{Incident: i, at: noon}
	bob, why := acting("bob", itsm.Responder), itsm.NoteRequest{Note: secret}
	act := func(who itsm.PersonID, do func(at time.Time) itsm.Event) { s.step(t, who, do) }
	s.triage(t)
	s.call(t, "eve", "bob")
	act("bob", func(at time.Time) itsm.Event { return s.Acknowledge(bob, why, at) })
	act("bob", func(at time.Time) itsm.Event {
		return s.Reprioritise(bob, itsm.Reprioritisation{Urgency: itsm.LowDegree, Override: itsm.P1, Note: secret}, incidentTerms(), at)
	})
	act(itsm.System, func(time.Time) itsm.Event { return s.reckon() })
	act("bob", func(at time.Time) itsm.Event {
		return s.PutOnHold(bob, itsm.HoldRequest{Reason: itsm.AwaitingChange, For: "CHG-7", Note: secret}, at)
	})
	act("bob", func(at time.Time) itsm.Event { return s.Resume(why, at) })
	act("ana", func(at time.Time) itsm.Event {
		return s.Escalate(itsm.EscalateRequest{To: itsm.EscalateTeam, Team: "net", Note: secret}, at)
	})
	act("bob", func(at time.Time) itsm.Event {
		return s.Assign(bob, itsm.Assignment{Assignee: "kim", Note: secret}, at)
	})
	act("bob", func(at time.Time) itsm.Event {
		return s.SetParent(bob, itsm.ParentRequest{Parent: "INC-2", Note: secret}, at)
	})
	act(itsm.System, func(at time.Time) itsm.Event { d, _ := s.Next(); e, _ := s.Fall(d, at); return e })
	act("bob", func(at time.Time) itsm.Event {
		return s.Resolve(bob, itsm.ResolveRequest{Code: itsm.ResolvedWorkaround, Note: secret}, at)
	})
	act("ana", func(at time.Time) itsm.Event { return s.Close(acting("ana"), why, at) })
	b.save(t.Context(), t, i, e, s.steps...)
	got := factsOf(t, b, "INC-1")
	after := func(d time.Duration) string { return noon.Add(d).Format(time.RFC3339Nano) }
	require.Equal(t, map[int]map[string]string{
		1: {
			"reporter": "ana", "service": "shop", "team": "web", "priority": "P2", "impact": "high", "urgency": "medium",
			"follows": "INC-9999", "alert_source": "prom",
		},
		2: {
			"priority": "P2", "impact": "high", "urgency": "medium",
			"response_due_at": after(30 * time.Minute), "resolution_due_at": after(8 * time.Hour),
		},
		3: {
			"round": "1", "level": "1", "call": "functional", "trigger": "raised", "called": "bob,eve", "channels": "C1", "skipped": "1",
		},
		4:  {"assignee": "bob"},
		5:  {"was": "P2", "priority": "P1", "impact": "high", "urgency": "low", "override": "P1"},
		6:  {"response_due_at": after(30 * time.Minute), "resolution_due_at": after(4 * time.Hour)},
		7:  {"hold": "awaiting_change", "hold_for": "CHG-7"},
		8:  {},
		9:  {"escalate_to": "team", "team": "net"},
		10: {"assignee": "kim"},
		11: {"parent": "INC-2", "relation": "child_of", "related_to": "INC-2"},
		12: {"clock": "resolution", "percent": "50", "due_at": after(4 * time.Hour)},
		13: {"resolution": "workaround"},
		14: {"closing": "confirmed"},
	}, got)
	require.NotContains(t, fmt.Sprint(got), secret)
	super := conn(t, b.url)
	require.Equal(t, 10, count(t, super, "SELECT count(*) FROM audit_personal WHERE field = 'note' AND value = $1", secret))
}

func TestWhatIsSaidOfAnIncidentIsAuditedAsSuch(t *testing.T) {
	b, ctx := open(t), t.Context()
	i, e := reported("INC-1")
	b.save(ctx, t, i, e)
	update := remark(2)
	update.Number, update.Kind = "INC-1", itsm.ProgressNote
	plain := remark(1)
	plain.Number = "INC-1"
	for _, said := range []itsm.Comment{update, plain, update} {
		require.NoError(t, b.worker.RecordComment(ctx, said, from))
	}
	got, err := b.desk.Comments(ctx, "INC-1")
	require.NoError(t, err)
	require.Equal(t, []itsm.Comment{plain, update}, got)
	super := conn(t, b.url)
	for _, action := range []string{"incident.commented", "incident.updated"} {
		require.Equal(t, 1, count(t, super, "SELECT count(*) FROM audit_entries WHERE subject = 'INC-1' AND action = $1", action))
	}
}
