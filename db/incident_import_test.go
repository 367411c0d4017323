package db_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

const origin = "servicenow:INC0000045"

// history is an incident that another tool handled, as it is imported.
func history(t *testing.T) (itsm.Incident, []itsm.Event, []itsm.Comment) {
	t.Helper()
	i, e := reported("")
	s := &incidentStory{Incident: i, at: noon}
	s.triage(t)
	s.acknowledge(t, "bob")
	someone := acting("bob", itsm.Responder)
	s.step(t, "bob", func(at time.Time) itsm.Event {
		return s.Relate(someone, itsm.RelateRequest{Kind: itsm.CausedBy, To: "CHG-7"}, at)
	})
	s.resolve(t, "bob")
	s.close(t)
	events := []itsm.Event{e}
	for _, step := range s.steps {
		events = append(events, step.Event)
	}
	for k := range events {
		events[k].Door = itsm.DoorCLI
	}
	s.Door, s.PolicyVersion = itsm.DoorCLI, 0
	said := remark(1)
	said.Number, said.Door = "", itsm.DoorCLI
	return s.Incident, events, []itsm.Comment{said}
}

func TestAnImportedIncidentIsHistory(t *testing.T) {
	b, ctx := open(t), t.Context()
	_, found, err := b.owner.Imported(ctx, origin)
	require.NoError(t, err)
	require.False(t, found)
	i, events, comments := history(t)
	n, fresh, err := b.owner.ImportIncident(ctx, origin, i, events, comments)
	require.NoError(t, err)
	require.True(t, fresh)
	require.Equal(t, itsm.Number("INC-1"), n)

	got, err := b.desk.Incident(ctx, n)
	require.NoError(t, err)
	i.Number = n
	for k := range i.Relations {
		i.Relations[k].From = n
	}
	require.Empty(t, cmp.Diff(i, got))
	timeline, err := b.desk.Timeline(ctx, n)
	require.NoError(t, err)
	require.Len(t, timeline, len(events))
	for k := range events {
		events[k].Number = n
		require.Empty(t, cmp.Diff(events[k], timeline[k]))
	}
	said, err := b.desk.Comments(ctx, n)
	require.NoError(t, err)
	require.Len(t, said, 1)
	relations := b.related(ctx, t, "CHG-7")
	require.Len(t, relations, 1)
	super := conn(t, b.url)
	require.Equal(t, len(events)+1, count(t, super, `SELECT count(*) FROM audit_entries
		WHERE subject = 'INC-1' AND door = 'cli' AND workflow_id = '' AND actor <> ''`))

	i.Title = "Another export says otherwise"
	n, fresh, err = b.owner.ImportIncident(ctx, origin, i, events, comments)
	require.NoError(t, err)
	require.False(t, fresh)
	require.Equal(t, itsm.Number("INC-1"), n)
	require.Equal(t, len(events)+1, count(t, super, "SELECT count(*) FROM audit_entries"))
	n, found, err = b.desk.Imported(ctx, origin)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, itsm.Number("INC-1"), n)
}

func TestAnOriginIsImportedOnceByMany(t *testing.T) {
	b := open(t)
	var first atomic.Int32
	var group sync.WaitGroup
	i, events, comments := history(t)
	for range 8 {
		group.Go(func() {
			n, fresh, err := b.owner.ImportIncident(context.Background(), origin, i, events, comments)
			if err != nil || n == "" {
				t.Error(n, err)
			}
			if fresh {
				first.Add(1)
			}
		})
	}
	group.Wait()
	require.EqualValues(t, 1, first.Load())
	super := conn(t, b.url)
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM incidents"))
	require.Equal(t, len(events), count(t, super, "SELECT count(*) FROM events"))
}

func TestWhatIsNoHistoryIsNotImported(t *testing.T) {
	b, ctx := open(t), t.Context()
	i, events, comments := history(t)
	_, _, err := b.owner.ImportIncident(ctx, origin, i, events[1:], comments)
	refused(t, err, itsm.Invalid, "import.invalid")
	open := i
	open.State = itsm.IncidentResolved
	_, _, err = b.owner.ImportIncident(ctx, origin, open, events, comments)
	refused(t, err, itsm.Invalid, "import.invalid")
	events[2].Revision = 9
	_, _, err = b.owner.ImportIncident(ctx, origin, i, events, comments)
	refused(t, err, itsm.Invalid, "import.invalid")
	events[2].Revision = 3
	comments[0].Text = ""
	_, _, err = b.owner.ImportIncident(ctx, origin, i, events, comments)
	refused(t, err, itsm.Internal, "record.invariant")
	require.Zero(t, count(t, conn(t, b.url), "SELECT count(*) FROM incidents"), "all of it or nothing")
	comments[0].Text = "Ok."
	_, _, err = b.owner.ImportIncident(ctx, "", i, events, comments)
	refused(t, err, itsm.Invalid, "import.origin")
	_, _, err = b.desk.ImportIncident(ctx, origin, i, events, comments)
	require.Error(t, err)
	_, _, err = b.worker.ImportIncident(ctx, origin, i, events, comments)
	require.Error(t, err)
}
