package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// TestARecordThatIsSavedAgainIsTheSame: a worker dies once its save is committed, and the
// save is tried again. A process's clock counts nanoseconds, which the database does not
// keep: that makes it no other record.
func TestARecordThatIsSavedAgainIsTheSame(t *testing.T) {
	b := newBench(t)
	at := raisedAt.Add(123_456_789 * time.Nanosecond)
	incident := activities.IncidentRecording{
		Incident: itsm.Incident{Number: "INC-1", Reporter: "ana", Door: itsm.DoorAPI, RaisedAt: at, IncidentStanding: itsm.IncidentStanding{State: itsm.IncidentNew, Since: at}},
		Draft:    itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "Down", Service: "website"}},
		Event:    itsm.Event{Number: "INC-1", Revision: 1, Kind: itsm.EventIncidentRaised, At: at, Actor: "ana", Door: itsm.DoorAPI, To: itsm.State(itsm.IncidentNew)},
	}
	problem := activities.ProblemRecording{
		Problem: itsm.Problem{Number: "PRB-1", Reporter: "ana", Door: itsm.DoorAPI, RaisedAt: at, ProblemStanding: itsm.ProblemStanding{State: itsm.ProblemNew, Since: at}},
		Draft:   itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: "Down again", Service: "website"}},
		Event:   itsm.Event{Number: "PRB-1", Revision: 1, Kind: itsm.EventProblemRaised, At: at, Actor: "ana", Door: itsm.DoorAPI, To: itsm.State(itsm.ProblemNew)},
	}
	for range 2 {
		value, err := b.ExecuteActivity(a.RecordIncident, incident)
		require.NoError(t, wire.Fault(err))
		var i activities.IncidentRecorded
		require.NoError(t, value.Get(&i))
		require.True(t, i.Incident.RaisedAt.Equal(at))
		value, err = b.ExecuteActivity(a.RecordProblem, problem)
		require.NoError(t, wire.Fault(err))
		var p activities.ProblemRecorded
		require.NoError(t, value.Get(&p))
		require.True(t, p.Problem.RaisedAt.Equal(at))
	}
	incident.Incident.RaisedAt, problem.Problem.RaisedAt = at.Add(time.Second), at.Add(time.Second)
	_, err := b.ExecuteActivity(a.RecordIncident, incident)
	require.Equal(t, "record.exists", itsm.AsError(wire.Fault(err)).Code)
	_, err = b.ExecuteActivity(a.RecordProblem, problem)
	require.Equal(t, "record.exists", itsm.AsError(wire.Fault(err)).Code)
}
