package book

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var noon = time.Date(2031, 3, 3, 12, 0, 0, 0, time.UTC)

// TestEveryEventOfAnIncidentIsTold sees that no kind of event is passed over in silence.
func TestEveryEventOfAnIncidentIsTold(t *testing.T) {
	b := Book{People: []itsm.Person{{ID: "bob", Name: "Bob Okafor"}}, Zone: time.UTC, Now: noon}
	due := noon.Add(time.Hour)
	for want, e := range map[string]itsm.Event{
		"Steward could call nobody: no level of its escalation has anybody. The service's owner is told. Level 1 was passed over: away.": {
			Kind: itsm.EventUnroutable, Detail: &itsm.Detail{Call: &itsm.Call{Skipped: []itsm.Skipped{{Level: 1, Why: "away."}}}},
		},
		"Nothing was done after Bob Okafor acknowledged it, so people are called again.": {Kind: itsm.EventAckStale, Detail: &itsm.Detail{Assignee: "bob"}},
		"Steward handed it to the team money.":                                           {Kind: itsm.EventAssigned, Detail: &itsm.Detail{Team: "money"}},
		"Steward assigned it to Bob Okafor, of the team money.":                          {Kind: itsm.EventAssigned, Detail: &itsm.Detail{Team: "money", Assignee: "bob"}},
		"Steward escalated it to the next level.":                                        {Kind: itsm.EventEscalationAsked, Detail: &itsm.Detail{}},
		"Steward escalated it to the team money.":                                        {Kind: itsm.EventEscalationAsked, Detail: &itsm.Detail{EscalateTo: itsm.EscalateTeam, Team: "money"}},
		"Steward weighed it anew: it stays P2, of high impact and medium urgency.": {
			Kind: itsm.EventReprioritised, Detail: &itsm.Detail{Was: itsm.P2, Priority: itsm.P2, Impact: itsm.HighDegree, Urgency: itsm.MediumDegree},
		},
		"Steward put it on hold, awaiting change: CHG-3.": {
			Kind: itsm.EventIncidentHeld, Detail: &itsm.Detail{Hold: &itsm.IncidentHold{Reason: itsm.AwaitingChange, For: "CHG-3"}},
		},
		"Steward went on with it as with INC-3, which it follows.":                  {Kind: itsm.EventFollowed, Detail: &itsm.Detail{Parent: "INC-3"}},
		"75 % of the time for its response is used up.":                             {Kind: itsm.EventTargetWarned, Detail: &itsm.Detail{Clock: &itsm.ClockTold{Clock: itsm.ResponseClock, Percent: 75}}},
		"The target for its resolution is missed.":                                  {Kind: itsm.EventTargetMissed, Detail: &itsm.Detail{Clock: &itsm.ClockTold{Clock: itsm.ResolutionClock, Percent: 100}}},
		"The target for its resolution is missed by as much time again as it had.":  {Kind: itsm.EventTargetOverdue, Detail: &itsm.Detail{Clock: &itsm.ClockTold{Clock: itsm.ResolutionClock, Percent: 200}}},
		"Steward reckoned its clocks.":                                              {Kind: itsm.EventDeadlinesSet, Detail: &itsm.Detail{Clocks: []itsm.Clock{{DueAt: &due, StoppedAt: &due}}}},
		"Steward resolved it: no reply.":                                            {Kind: itsm.EventResolved, Detail: &itsm.Detail{Resolution: &itsm.Resolution{Code: itsm.ResolvedNoReply}}},
		"Steward closed it: nobody said otherwise in time.":                         {Kind: itsm.EventIncidentClosed, Detail: &itsm.Detail{Closing: itsm.ClosedByTime}},
		"Steward asked its reporter once more whether it works again.":              {Kind: itsm.EventConfirmReminded},
		"Steward called the channel C1, another team, since somebody asked for it.": {Kind: itsm.EventEscalated, Detail: &itsm.Detail{Call: &itsm.Call{Trigger: itsm.TriggerAsked, Channels: []string{"C1"}}}},
		"Steward called Bob Okafor, level 1, round 2, since nobody had answered.":   {Kind: itsm.EventEscalated, Detail: &itsm.Detail{Call: &itsm.Call{Trigger: itsm.TriggerNoAnswer, Round: 2, Level: 1, People: []itsm.PersonID{"bob"}}}},
	} {
		e.Number, e.Actor = "INC-7", itsm.System
		require.Equal(t, want, b.Tell(e).Sentence)
	}
	b.Me = "joe"
	held := b.Tell(itsm.Event{Number: "INC-7", Kind: itsm.EventIncidentHeld, Actor: itsm.System, Detail: &itsm.Detail{Hold: &itsm.IncidentHold{Reason: itsm.AwaitingVendor, Note: "As INC-3."}}})
	require.Equal(t, "As INC-3.", held.Note)
	require.Equal(t, "Monitoring", b.Name(itsm.Monitoring))
}

func TestClocksAreSaidInWords(t *testing.T) {
	b := Book{Zone: time.UTC, Now: noon}
	four := itsm.Length{Time: 4 * time.Hour}
	at := func(d time.Duration) *time.Time { return new(noon.Add(d)) }
	ahead := []itsm.Mark{{Percent: 75, At: noon.Add(time.Hour)}}
	for want, c := range map[string]itsm.Clock{
		"late missed":                         {Target: four, DueAt: at(-time.Minute)},
		"late missed ":                        {Target: four, DueAt: at(time.Hour), MissedAt: at(-time.Hour), Marks: ahead},
		"soon due soon":                       {Target: four, DueAt: at(time.Hour)},
		" running":                            {Target: four, DueAt: at(2 * time.Hour), Marks: ahead},
		"met in time":                         {Target: four, DueAt: at(time.Hour), StoppedAt: at(0)},
		" is being reckoned":                  {Target: four},
		" only measures: no target is agreed": {},
		"still stands still while its reporter is awaited": {Target: four, Pauses: []itsm.Pause{{From: noon}}},
	} {
		tone, words := b.standing(&c)
		require.Equal(t, strings.TrimSuffix(want, " "), tone+" "+words)
	}
	read := itsm.ClockReading{Clock: itsm.Clock{Kind: itsm.ResolutionClock, Cycle: 2, Target: itsm.Length{Days: 3}, Calendar: "lisbon", StoppedAt: at(0), DueAt: at(1)}}
	read.SoFar = itsm.Elapsed{Actual: itsm.Duration(26 * time.Hour), Business: itsm.Duration(90*time.Minute + 5*time.Second)}
	g := b.Gauge(read)
	require.Equal(t, "Resolution, cycle 2", g.Name)
	require.Equal(t, "3 business days", g.Target)
	require.Equal(t, "took 26 h, of which 1 h 30 min in the hours of lisbon", g.Took)
	require.Equal(t, "1 business day", target(itsm.Length{Days: 1}))

	for want, i := range map[string]itsm.Incident{
		"response in 10 min": {IncidentStanding: itsm.IncidentStanding{Clocks: []itsm.Clock{
			{Kind: itsm.ResponseClock, Target: four, DueAt: at(10 * time.Minute), Marks: ahead},
			{Kind: itsm.ResolutionClock, Target: four, DueAt: at(time.Hour), Marks: ahead},
		}}},
		"resolution in only 40 s": {IncidentStanding: itsm.IncidentStanding{Clocks: []itsm.Clock{{Kind: itsm.ResolutionClock, Target: four, DueAt: at(40 * time.Second)}}}},
		"is being reckoned":       {IncidentStanding: itsm.IncidentStanding{Clocks: []itsm.Clock{{Kind: itsm.ResolutionClock, Target: four}}}},
		"closes now":              {IncidentStanding: itsm.IncidentStanding{CloseAt: at(-1)}},
		"no target":               {},
	} {
		require.Equal(t, want, b.Countdown(&i).Text)
	}
}
