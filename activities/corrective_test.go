package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// nonconformity is a corrective action to be recorded, which comes from a record.
func nonconformity(n, source itsm.Number, at time.Time) activities.CorrectiveRecording {
	return activities.CorrectiveRecording{
		Corrective: itsm.CorrectiveAction{
			Number: n, Reporter: "ana", Door: itsm.DoorAPI, RaisedAt: at, CorrectiveStanding: itsm.CorrectiveStanding{State: itsm.CorrectiveNew, Since: at},
		},
		Draft: itsm.CorrectiveDraft{CorrectiveText: itsm.CorrectiveText{Title: "Not tried", Nonconformity: "None was.", Service: "website", Source: source}},
		Event: itsm.Event{Number: n, Revision: 1, Kind: itsm.EventCorrectiveRaised, At: at, Actor: "ana", Door: itsm.DoorAPI, To: itsm.State(itsm.CorrectiveNew)},
	}
}

func (b *bench) records(r activities.CorrectiveRecording) (recorded activities.CorrectiveRecorded, err error) {
	b.t.Helper()
	value, err := b.ExecuteActivity(a.RecordCorrective, r)
	if err == nil {
		require.NoError(b.t, value.Get(&recorded))
	}
	return recorded, wire.Fault(err)
}

// A worker dies once its save is committed, and the save is tried again: what was pinned
// stays, whatever became of the policy. Another record under the number is refused.
func TestACorrectiveActionThatIsRecordedAgainIsTheSame(t *testing.T) {
	b, at := newBench(t), raisedAt.Add(123_456_789*time.Nanosecond)
	first, err := b.records(nonconformity("CAR-1", "", at))
	require.NoError(t, err)
	require.Equal(t, itsm.DefaultCorrectivePolicy, first.Policy)
	require.Equal(t, itsm.PersonID("ana"), first.Corrective.Owner, "who owns the service")
	other := catalog("bob", "eve")
	other.Corrective.VerifyAfter = itsm.Length{Time: time.Hour}
	b.apply(other)
	again, err := b.records(nonconformity("CAR-1", "", at))
	require.NoError(t, err)
	require.Equal(t, first.Policy, again.Policy)
	require.Equal(t, first.Corrective.PolicyVersion, again.Corrective.PolicyVersion)
	_, err = b.records(nonconformity("CAR-1", "", at.Add(time.Second)))
	require.Equal(t, "record.exists", itsm.AsError(err).Code)
	lost := nonconformity("CAR-2", "", at)
	lost.Draft.Service = "nothing"
	_, err = b.records(lost)
	require.Equal(t, "corrective_action.service", itsm.AsError(err).Code)
}

// What comes from a restricted record is restricted as that is, and so on: whoever may
// not see the one learns nothing of it from the other.
func TestACorrectiveActionIsRestrictedAsItsSourceIs(t *testing.T) {
	b := newBench(t)
	secret := catalog("bob", "eve")
	secret.Services = append(secret.Services, itsm.Service{ID: "payroll", Name: "Payroll", Owner: "ana", Team: "web", Channel: "C0PAY", Restricted: true})
	b.apply(secret)
	problem := activities.ProblemRecording{
		Problem: itsm.Problem{Number: "PRB-1", Reporter: "ana", Door: itsm.DoorAPI, RaisedAt: raisedAt, ProblemStanding: itsm.ProblemStanding{State: itsm.ProblemNew, Since: raisedAt}},
		Draft:   itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: "Down again", Service: "payroll"}},
		Event:   itsm.Event{Number: "PRB-1", Revision: 1, Kind: itsm.EventProblemRaised, At: raisedAt, Actor: "ana", Door: itsm.DoorAPI, To: itsm.State(itsm.ProblemNew)},
	}
	_, err := b.ExecuteActivity(a.RecordProblem, problem)
	require.NoError(t, wire.Fault(err))
	for _, one := range []struct {
		number, source itsm.Number
		restricted     bool
	}{{"CAR-1", "PRB-1", true}, {"CAR-2", "CAR-1", true}, {"CAR-3", "", false}, {"CAR-4", "CAR-3", false}} {
		r, err := b.records(nonconformity(one.number, one.source, raisedAt))
		require.NoError(t, err)
		require.Equal(t, one.restricted, r.Corrective.Restricted, "%s from %q", one.number, one.source)
	}
	own := nonconformity("CAR-5", "", raisedAt)
	own.Draft.Service = "payroll"
	r, err := b.records(own)
	require.NoError(t, err)
	require.True(t, r.Corrective.Restricted)
}
