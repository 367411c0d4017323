package itsm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestACallSaysWhoAskedForIt: whom it wakes reads who asks for them, and why; nobody
// is named where it was time that called.
func TestACallSaysWhoAskedForIt(t *testing.T) {
	call := func(revision int, why CallTrigger) Event {
		return Event{Kind: EventEscalated, Revision: revision, Actor: System, Detail: &Detail{Call: &Call{Trigger: why, People: []PersonID{"pat"}}}}
	}
	timeline := []Event{
		{Kind: EventTriaged, Revision: 1},
		call(2, TriggerRaised),
		{Kind: EventEscalationAsked, Revision: 3, Actor: "ana", Note: "Nobody comes."},
		call(4, TriggerAsked),
		{Kind: EventAssigned, Revision: 5, Actor: "rio", Note: "Yours.", Detail: &Detail{Team: "dba"}},
		call(6, TriggerAsked),
		{Kind: EventReopened, Revision: 7, Actor: "eve", Note: "It is back."},
		call(8, TriggerReopened),
		call(9, TriggerNoAnswer),
		{Kind: EventEscalationAsked, Revision: 10, Actor: "max", Note: "Later."},
	}
	i := Incident{Number: "INC-7", IncidentStanding: IncidentStanding{State: IncidentTriaged}}
	said := map[int]string{}
	for _, n := range IncidentNotices(IncidentBook{Incident: i, Timeline: timeline}) {
		if n.Kind == NoticePage {
			said[n.Event.Revision] = string(n.Event.Actor) + ": " + n.Event.Note
		}
	}
	require.Equal(t, map[int]string{2: "system: ", 4: "ana: Nobody comes.", 6: "rio: Yours.", 8: "eve: It is back.", 9: "system: "}, said)
	require.Equal(t, System, timeline[3].Actor, "what happened is not touched")
	require.Equal(t, call(3, TriggerAsked), (&incidentNotices{}).because(call(3, TriggerAsked)), "where nobody is on record")
}
