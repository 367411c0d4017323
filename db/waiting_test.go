package db_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// everybody is whom the tests' changes may wait for.
var everybody = []itsm.PersonID{"ana", "bob", "eve", "ida", "ivy", "joe", "kim", "max", "sue", "tim", "zoe"}

// waits is whom Explain names, and who may decide for them.
func waits(c *itsm.Change) []itsm.PersonID {
	if c.State.Final() {
		return nil
	}
	e := c.Explain()
	all := slices.Clone(e.WaitsFor)
	if e.Approval != nil && c.Hold == nil {
		for _, d := range e.Approval.Deputies {
			if slices.Contains(e.WaitsFor, d.From) && !slices.ContainsFunc(c.Votes(), func(v itsm.Decision) bool { return v.By == d.To }) {
				all = append(all, d.To)
			}
		}
	}
	return all
}

func TestTheListOfWhatWaitsForSomebodyIsWhatExplainSays(t *testing.T) {
	b, ctx, numbered := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		numbered++
		n := itsm.ChangeNumber(numbered)
		c, s := tale(t, n)
		_, e := raised(n)
		e.At = noon.Add(time.Duration(numbered) * time.Second) // the newest comes first
		c.RaisedAt = e.At
		require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
		for _, step := range s.steps {
			require.NoError(t, b.worker.StepChange(ctx, step, from))
		}
		for _, who := range everybody {
			got, err := b.desk.Changes(ctx, db.ChangeFilter{Reader: reader("zoe"), WaitingFor: who, Limit: 1})
			require.NoError(t, err)
			listed := len(got) == 1 && got[0].Number == n
			require.Equal(t, slices.Contains(waits(&s.Change), who), listed, "%s: %s", who, s.Explain().Summary)
		}
	})
}

func TestWhatIsOnHoldWaitsForWhoRaisedIt(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	s := &story{Change: c, at: c.RaisedAt}
	waiting := func() (all []itsm.PersonID) {
		for _, step := range s.steps {
			require.NoError(t, b.worker.StepChange(ctx, step, from))
		}
		for _, who := range everybody {
			got, err := b.desk.Changes(ctx, db.ChangeFilter{Reader: reader("zoe"), WaitingFor: who})
			require.NoError(t, err)
			if len(got) > 0 {
				all = append(all, who)
			}
		}
		require.ElementsMatch(t, waits(&s.Change), all)
		return all
	}
	ana, why := acting("ana", itsm.Requester), itsm.NoteRequest{Note: "Later."}
	s.open(t)
	require.Equal(t, []itsm.PersonID{"bob", "eve"}, waiting())
	s.approve(t)
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		s.Become(itsm.ChangeScheduled, at)
		return itsm.Event{Kind: itsm.EventScheduled, From: itsm.State(itsm.ChangeApproved)}
	})
	require.Equal(t, []itsm.PersonID{"ana"}, waiting())
	s.step(t, "ana", func(time.Time) itsm.Event { return s.Reassign(itsm.Reassignment{Assignee: "ida"}) })
	require.Equal(t, []itsm.PersonID{"ida"}, waiting())
	s.step(t, "ana", func(at time.Time) itsm.Event { return s.PutOnHold(ana, why, at) })
	require.Equal(t, []itsm.PersonID{"ana"}, waiting())
	s.step(t, "ana", func(time.Time) itsm.Event { return s.Resume(why) })
	require.Equal(t, []itsm.PersonID{"ida"}, waiting())
}
