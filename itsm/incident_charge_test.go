package itsm

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What was told to whoever had it then is kept current for them, whoever has it now,
// and is not told anew to somebody who took it later.
func TestWhatWasToldStaysWithWhomItWasToldTo(t *testing.T) {
	at := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	happened := func(revision int, kind EventKind, d *Detail) Event {
		return Event{Kind: kind, Revision: revision, At: at.Add(time.Duration(revision) * time.Minute), Actor: "rio", Detail: d}
	}
	timeline := []Event{
		happened(1, EventTriaged, &Detail{}),
		happened(2, EventAssigned, &Detail{Assignee: "pat"}),
		happened(3, EventReprioritised, &Detail{}),
		happened(4, EventAssigned, &Detail{Team: "dba"}),
		happened(5, EventTargetMissed, &Detail{Clock: &ClockTold{Clock: ResponseClock, Percent: 100}}),
		happened(6, EventAcknowledged, &Detail{Assignee: "kim"}),
		happened(7, EventAssigned, &Detail{Team: "web", Assignee: "lee"}),
	}
	asked := Comment{ID: 1, Kind: Question, By: "ana", At: timeline[2].At.Add(time.Second)}
	b := IncidentBook{
		Incident: Incident{Number: "INC-7", Reporter: "ana", Owner: "own", IncidentStanding: IncidentStanding{State: IncidentAssigned, Team: "web", Assignee: "lee"}},
		Timeline: timeline, Said: []Comment{asked}, Service: Service{Team: "web"}, Managers: map[TeamID]PersonID{"web": "max", "dba": "dan"},
	}
	var told []string
	for _, n := range IncidentNotices(b) {
		if n.Kind == NoticeTell {
			told = append(told, n.Key)
		}
	}
	slices.Sort(told)
	require.Equal(t, []string{
		"INC-7/said/1/pat",
		"INC-7/tell/2/ana", "INC-7/tell/2/pat", "INC-7/tell/3/pat", "INC-7/tell/4/ana", "INC-7/tell/4/dan", "INC-7/tell/5/dan",
		"INC-7/tell/7/ana", "INC-7/tell/7/lee",
	}, told)
	require.Equal(t, []PersonID{"ana", "dan", "kim", "lee", "max", "own", "pat", "rio"}, b.Named())
}
