package cards

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// manyProblems are problems in which all is as long as it may be.
func manyProblems(most int) (all []itsm.Notice) {
	at := time.Unix(1_700_000_000, 0).UTC()
	text, note, title := strings.Repeat("<&>ä\n", itsm.MaxText/5), strings.Repeat("<", itsm.MaxNote), strings.Repeat("&", itsm.MaxTitle)
	people := byID([]itsm.Person{{ID: "r", Name: strings.Repeat("&", 200), Roles: []itsm.Role{itsm.ProblemManager}}})
	claim := itsm.Claim{Text: note}
	for range itsm.MaxEvidence {
		claim.Evidence = append(claim.Evidence, itsm.Evidence{Record: "INC-9999999999", URL: "https://x.example/" + strings.Repeat("&", 1900), Note: note})
	}
	known := itsm.KnownError{
		Title: title, Symptoms: text, Workaround: text, Risk: note, RootCause: note, VerifiedBy: "r", By: "r", State: itsm.KnownErrorProposed, Version: 1e9,
	}
	cause := itsm.RootCause{Method: itsm.KepnerTregoe, Trigger: &claim, Cause: &claim, DetectionGap: &claim, By: "r", Known: true}
	for range itsm.MaxContributing {
		cause.Contributing = append(cause.Contributing, claim)
	}
	for range itsm.MaxKnownErrorServices {
		known.Services = append(known.Services, itsm.ServiceID(strings.Repeat("s", 64)))
	}
	for n := range most {
		p := itsm.Problem{
			ProblemText: itsm.ProblemText{
				Title: title, Description: text, Service: "s", Trigger: itsm.TriggeredByTrend,
				Trend: &itsm.Trend{Reason: note, TrendCount: itsm.TrendCount{Count: 1e9, Before: [itsm.Weeks]int{1e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9}}, Mean: 1e9},
			},
			Number: itsm.ProblemNumber(int64(1e9 + n)), Reporter: "r", Owner: "r", RaisedAt: at, ProblemStanding: itsm.ProblemStanding{
				State: itsm.ProblemKnownError, Category: strings.Repeat("<", 64), Impact: itsm.HighDegree, Urgency: itsm.HighDegree, Priority: itsm.P1, Major: true, Team: itsm.TeamID(strings.Repeat("t", 64)), Coordinator: "r",
				RootCause: &cause, KnownError: &known, Risk: &itsm.RiskAcceptance{By: "r", Reason: note, ExpiresAt: at}, MergedInto: "PRB-9999999999",
				Review: &itsm.ProblemReview{WentWell: note, WentWrong: note, ThirdParties: note, FollowUp: note}, FailedFixes: []itsm.ProblemFix{{Change: "CHG-9999999999"}},
			},
		}
		for i := range itsm.MaxProblemIncidents {
			p.Relations = append(p.Relations, itsm.Relation{From: p.Number, Kind: itsm.FoundIn, To: itsm.IncidentNumber(int64(1e9 + i))})
			p.Tasks = append(p.Tasks, itsm.Task{ID: i + 1, Title: title, Owner: "r", DueAt: &at, State: itsm.TaskStates[i%3], Result: note})
		}
		for cycle := range itsm.MaxProblemReopens {
			for _, k := range itsm.ProblemClockKinds {
				p.Clocks = append(p.Clocks, itsm.Clock{Kind: k, Cycle: cycle + 1, Target: itsm.Length{Days: 1}, StartedAt: at, DueAt: &at, MissedAt: &at})
			}
		}
		all = append(all, itsm.Notice{
			Key: string(p.Number) + "/publish/1/" + strings.Repeat("x", 64), Problem: &p, To: "r", Explanation: p.Explain(), Service: itsm.Service{ID: "s", Name: strings.Repeat("&", 200)}, People: people,
			Event:   itsm.Event{Kind: itsm.EventProblemTask, Actor: "r", Note: note, At: at, Detail: &itsm.Detail{Task: &p.Tasks[0]}},
			Comment: &itsm.Comment{ID: 200, Number: p.Number, Kind: itsm.Question, By: "r", Text: note, At: at}, Use: itsm.KnownErrorUse{Count: 1e9, Last: "INC-9999999999"},
		})
	}
	return all
}

func TestACrowdOfProblemsFits(t *testing.T) {
	n := manyProblems(1)[0]
	said := n.Comment
	for _, over := range []bool{false, true} {
		for _, kind := range []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticeAssess, itsm.NoticePublish, itsm.NoticeComment, itsm.NoticeTell} {
			n.Kind, n.Over, n.Comment = kind, over, said
			m := Notice(n, links)
			requireLegal(t, m)
			actionIDs(t, m.Blocks)
			if n.Comment = nil; kind != itsm.NoticeComment {
				requireLegal(t, Notice(n, links))
			}
		}
	}
	a := Around{}
	for range 300 {
		a.Timeline, a.Said = append(a.Timeline, n.Event), append(a.Said, *said)
	}
	a.Relations = n.Problem.Relations
	n.Kind = Show
	m := ProblemDetails(n, a, links)
	requireLegal(t, m)
	require.NotEmpty(t, actionIDs(t, m.Blocks), "however much there is, it can be acted on")
	requireLegal(t, ProblemStanding(n, links))
	requireLegal(t, Timeline(n, a.Timeline, links))
	for _, l := range ProblemLists {
		requireLegal(t, ListedProblems(l, manyProblems(60)))
	}
	requireLegal(t, Message{Text: "x", Blocks: My(Mine{Waiting: entriesOf(append(manyIncidents(5), manyProblems(60)...)...)}).Blocks})
	var found []itsm.KnownErrorFound
	for range 60 {
		found = append(found, itsm.KnownErrorFound{KnownError: *n.Problem.KnownError, Problem: n.Problem.Number, Use: n.Use})
	}
	requireLegal(t, KnownErrors(strings.Repeat("<", itsm.MaxSearch), found[:1]))
	i := manyIncidents(1)[0]
	i.Known, i.Kind, i.Comment = found[:1], itsm.NoticeCard, nil
	requireLegal(t, Notice(i, links))
}

// TestWhatIsDecidedOnStandsThereInFull: the longest known error that the rules allow.
func TestWhatIsDecidedOnStandsThereInFull(t *testing.T) {
	n := manyProblems(1)[0]
	k := *n.Problem.KnownError
	numbered := func(most int) string {
		var b strings.Builder
		for i := 0; b.Len() < most-12; i++ {
			fmt.Fprintf(&b, "line %d\n", i)
		}
		return b.String()
	}
	k.Symptoms, k.Workaround, k.Risk = "S"+numbered(itsm.MaxText), "W"+numbered(itsm.MaxText), "R"+numbered(itsm.MaxNote)
	n.Problem.KnownError = &k
	n.Kind, n.Comment = itsm.NoticePublish, nil
	m := Notice(n, links)
	requireLegal(t, m)
	var shown strings.Builder
	for _, o := range objects(m.Blocks) {
		shown.WriteString(o.Text)
	}
	for _, text := range []string{k.Symptoms, k.Workaround, k.Risk} {
		require.Contains(t, shown.String(), text)
	}
}
