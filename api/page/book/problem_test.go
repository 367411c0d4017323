package book

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// Every kind of event that the rules name has its words.
func TestNoKindOfEventIsPassedOverInSilence(t *testing.T) {
	rules, err := os.ReadFile("../../../itsm/event.go")
	require.NoError(t, err)
	kinds := regexp.MustCompile(`EventKind += "([a-z_.]+)"`).FindAllSubmatch(rules, -1)
	require.NotEmpty(t, kinds)
	for _, k := range kinds {
		if kind := itsm.EventKind(k[1]); kind != "incident.alerts" {
			require.NotEmpty(t, happened[kind], "%s", kind)
		}
	}
}

func TestEveryEventOfAProblemIsTold(t *testing.T) {
	b := Book{People: []itsm.Person{{ID: "bob", Name: "Bob Okafor"}}, Zone: time.UTC, Now: noon}
	task := itsm.Task{ID: 2, Title: "Look why.", Owner: "bob", State: itsm.TaskOpen}
	over := task
	over.State = itsm.TaskDropped
	link := func(k itsm.RelationKind, to itsm.Number) *itsm.Detail {
		return &itsm.Detail{Relation: &itsm.Relation{From: "PRB-7", Kind: k, To: to}}
	}
	for want, e := range map[string]itsm.Event{
		"Steward proposes it as a problem. It is P2, of high impact and medium urgency.": {
			Kind: itsm.EventProblemProposed, Detail: &itsm.Detail{Priority: itsm.P2, Impact: itsm.HighDegree, Urgency: itsm.MediumDegree},
		},
		"Steward accepted it, as P3. Bob Okafor coordinates it.": {Kind: itsm.EventProblemAccepted, Detail: &itsm.Detail{Priority: itsm.P3, Assignee: "bob"}},
		"Steward handed it to the team money.":                   {Kind: itsm.EventProblemAssigned, Detail: &itsm.Detail{Team: "money"}},
		"Steward gave Bob Okafor task 2, Look why.":              {Kind: itsm.EventProblemTask, Detail: &itsm.Detail{Task: &task}},
		"Steward said that task 2, Look why, is dropped.":        {Kind: itsm.EventProblemTask, Detail: &itsm.Detail{Task: &over}},
		"Steward told Bob Okafor that a task is due: task 2, Look why.": {
			Kind: itsm.EventTaskDue, Detail: &itsm.Detail{Task: &task},
		},
		"The target for its root cause is missed.": {
			Kind: itsm.EventProblemMissed, Detail: &itsm.Detail{Clock: &itsm.ClockTold{Clock: itsm.RootCauseClock, Percent: itsm.PercentMissed}},
		},
		"Steward told Bob Okafor, who answer for it.": {
			Kind: itsm.EventProblemEscalated, Detail: &itsm.Detail{Call: &itsm.Call{People: []itsm.PersonID{"bob"}}},
		},
		"Steward linked it: found in INC-7.":                       {Kind: itsm.EventProblemLinked, Detail: link(itsm.FoundIn, "INC-7")},
		"Steward merged it into PRB-3.":                            {Kind: itsm.EventProblemMerged, Detail: link(itsm.DuplicateOf, "PRB-3")},
		"Steward reopened it: it came back in INC-9.":              {Kind: itsm.EventProblemRecurred, Detail: link(itsm.FoundIn, "INC-9")},
		"Steward took up PRB-8, which was merged into it.":         {Kind: itsm.EventProblemAbsorbed, Detail: &itsm.Detail{Absorbed: "PRB-8"}},
		"Steward planned its fix by CHG-7.":                        {Kind: itsm.EventFixPlanned, Detail: &itsm.Detail{Fix: &itsm.ProblemFix{Change: "CHG-7"}}},
		"CHG-7 was carried out, which is to fix it.":               {Kind: itsm.EventFixDeployed, Detail: &itsm.Detail{Fix: &itsm.ProblemFix{Change: "CHG-7"}}},
		"CHG-7 did not fix it: it is cancelled.":                   {Kind: itsm.EventFixFailed, Detail: &itsm.Detail{Fix: &itsm.ProblemFix{Change: "CHG-7", Outcome: "cancelled"}}},
		"Steward watches its fix until Mon 3 Mar 2031, 12:00 UTC.": {Kind: itsm.EventWatchBegan, Detail: &itsm.Detail{Watch: &itsm.Watch{Until: &noon}}},
		"Steward accepted its risk until Mon 3 Mar 2031, 12:00 UTC.": {
			Kind: itsm.EventRiskAccepted, Detail: &itsm.Detail{Risk: &itsm.RiskAcceptance{ExpiresAt: noon}},
		},
		"Steward asked Bob Okafor whether its known error can be published.": {
			Kind: itsm.EventKnownErrorOpened, Detail: &itsm.Detail{Opening: &itsm.Opening{Panels: []itsm.Panel{{Named: []itsm.PersonID{"bob"}}}}},
		},
		"Steward let the backups decide on its known error too. They are Bob Okafor.": {
			Kind: itsm.EventKnownErrorBackup, Detail: &itsm.Detail{Joined: []itsm.PersonID{"bob"}},
		},
		"Bob Okafor rejected its known error. It is a draft again.": {
			Kind: itsm.EventKnownErrorRejected, Decision: &itsm.Decision{By: "bob", Verdict: itsm.Reject},
		},
		"Bob Okafor abstained on its known error.": {Kind: itsm.EventKnownErrorVoted, Decision: &itsm.Decision{By: "bob", Verdict: itsm.Abstain}},
	} {
		e.Number, e.Actor = "PRB-7", itsm.System
		require.Equal(t, want, b.Tell(e).Sentence)
	}
	told := b.Tell(itsm.Event{Number: "INC-7", Kind: itsm.EventWorkaroundHeard, Actor: itsm.System, Detail: &itsm.Detail{Workaround: &itsm.Workaround{Problem: "PRB-7"}}})
	require.Equal(t, "Steward told its people of the workaround of PRB-7.", told.Sentence)
}

// How long the clock of a stage has run needs no reading.
func TestTheClockOfAStage(t *testing.T) {
	b := Book{Zone: time.UTC, Now: noon}
	g := b.Stage(itsm.Clock{Kind: itsm.RootCauseClock, Cycle: 2, Target: itsm.Length{Days: 3}, Calendar: "office", StartedAt: noon.Add(-2 * time.Hour)})
	require.Equal(t, []string{"Root cause, cycle 2", "so far 2 h"}, []string{g.Name, g.Took})
	g = b.Stage(itsm.Clock{
		Kind: itsm.ReviewClock, Cycle: 1, Calendar: "office", StartedAt: noon, StoppedAt: &noon,
		Elapsed: &itsm.Elapsed{Actual: itsm.Duration(26 * time.Hour), Business: itsm.Duration(2 * time.Hour)},
	})
	require.Equal(t, "took 26 h, of which 2 h in the hours of office", g.Took)
}
