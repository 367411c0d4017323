package cards

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestCorrectiveActionsAreShownAsTheyWere(t *testing.T) {
	for _, state := range itsm.CorrectiveStates {
		o := correctiveIn(t, state)
		if state != itsm.CorrectiveNew {
			m := Notice(o.notice(itsm.NoticeCard, "C0INC"), links)
			goldenMessage(t, "corrective_card_"+string(state), m)
			require.LessOrEqual(t, len(actionIDs(t, m.Blocks)), maxPressed+1, "five buttons and their menu")
		}
		a := Around{Timeline: o.timeline, Said: o.said, Relations: o.c.Relations}
		goldenMessage(t, "corrective_show_"+string(state), CorrectiveDetails(o.shown(Show, "qia"), a, links))
		goldenMessage(t, "corrective_status_"+string(state), CorrectiveStanding(o.shown(Status, "pat"), nil))
	}
}

// correctiveTale is the story of one message about a corrective action.
type correctiveTale struct {
	name string
	of   func(*testing.T) *nonconformity
	kind itsm.NoticeKind
	to   string
	asks string // the button that asks; empty: it asks for nothing any more
}

func correctiveAt(s itsm.CorrectiveState) func(*testing.T) *nonconformity {
	return func(t *testing.T) *nonconformity { t.Helper(); return correctiveIn(t, s) }
}

// TestPeopleAreAskedAboutCorrectiveActions: the owner to acknowledge, quality managers to
// decide on the plan, and those of them who had no hand in it whether it was effective.
func TestPeopleAreAskedAboutCorrectiveActions(t *testing.T) {
	for _, tt := range []correctiveTale{
		{"own", correctiveAt(itsm.CorrectiveRaised), itsm.NoticeOwn, "pat", "corrective.acknowledge"},
		{"own_review", func(t *testing.T) *nonconformity {
			return untried(t, func(d *itsm.CorrectiveDraft) { d.Source, d.RaisedBy = "", itsm.RaisedByReview })
		}, itsm.NoticeOwn, "pat", "corrective.acknowledge"},
		{"own_over", correctiveAt(itsm.CorrectiveAcknowledged), itsm.NoticeOwn, "pat", ""},
		{"own_handed", func(t *testing.T) *nonconformity { return untried(t).assign(itsm.Assignment{Assignee: "rio"}) }, itsm.NoticeOwn, "pat", ""},
		{"accept", correctiveAt(itsm.CorrectivePlanProposed), itsm.NoticeAccept, "qia", "corrective.approve"},
		{"accept_over", correctiveAt(itsm.CorrectivePlanned), itsm.NoticeAccept, "zoe", ""},
		{"verify", correctiveAt(itsm.CorrectiveImplemented), itsm.NoticeVerify, "zoe", "corrective.verify"},
		{"verify_over", correctiveAt(itsm.CorrectiveClosed), itsm.NoticeVerify, "qia", ""},
		{"verify_again", correctiveAt(itsm.CorrectiveNotEffective), itsm.NoticeVerify, "qia", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := Notice(tt.of(t).notice(tt.kind, tt.to), links)
			goldenMessage(t, "corrective_"+tt.name, m)
			ids := fmt.Sprint(actionIDs(t, m.Blocks))
			if tt.asks == "" {
				require.Equal(t, "[corrective.show:CAR-42]", ids, "what is over has nothing to press")
				return
			}
			require.Contains(t, ids, tt.asks)
		})
	}
}

// TestAPlanIsDecidedOnAsItWasRead: the buttons carry the hash of what is shown, and a plan
// that was written anew voids the message that showed the one before.
func TestAPlanIsDecidedOnAsItWasRead(t *testing.T) {
	o := correctiveIn(t, itsm.CorrectivePlanProposed)
	asked := o.notice(itsm.NoticeAccept, "qia")
	require.Equal(t, o.c.Plan.Hash(), correctiveClaim(asked).ContentHash)
	card := Notice(o.notice(itsm.NoticeCard, "C0INC"), links)
	require.NotContains(t, fmt.Sprint(actionIDs(t, card.Blocks)), "corrective.approve", "a card shows too little to decide on")
	o.plan(func(r *itsm.PlanRequest) { r.Measure = "Another" })
	for _, n := range o.notices() {
		if n.Key == asked.Key {
			require.NotContains(t, fmt.Sprint(actionIDs(t, Notice(n, links).Blocks)), "corrective.approve")
		}
	}
}

func TestPeopleAreToldOfCorrectiveActions(t *testing.T) {
	tell, planned := itsm.NoticeTell, correctiveAt(itsm.CorrectivePlanned)
	for _, tt := range []correctiveTale{
		{"acknowledged", correctiveAt(itsm.CorrectiveAcknowledged), tell, "ana", ""},
		{"assigned", func(t *testing.T) *nonconformity {
			return untried(t).acknowledge().assign(itsm.Assignment{Assignee: "rio", Note: "You <know> it"})
		}, tell, "rio", ""},
		{"assigned_before", func(t *testing.T) *nonconformity {
			return untried(t).acknowledge().assign(itsm.Assignment{Assignee: "rio"})
		}, tell, "pat", ""},
		{"assigned_team", func(t *testing.T) *nonconformity {
			return untried(t).acknowledge().assign(itsm.Assignment{Team: "dba"})
		}, tell, "pat", ""},
		{"accepted", planned, tell, "rio", ""},
		{"rejected", func(t *testing.T) *nonconformity {
			return correctiveIn(t, itsm.CorrectivePlanProposed).decide(itsm.Reject)
		}, tell, "pat", ""},
		{"expired", func(t *testing.T) *nonconformity {
			return correctiveIn(t, itsm.CorrectivePlanProposed).falls(itsm.EventPlanExpired)
		}, tell, "pat", ""},
		{"step_done", func(t *testing.T) *nonconformity {
			return planned(t).step("rio", itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: 1, State: itsm.TaskDone, Result: "It <works>"}, Evidence: []itsm.Evidence{{Note: "seen"}}})
		}, tell, "pat", ""},
		{"step_given", func(t *testing.T) *nonconformity {
			return planned(t).step("pat", itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: 2, Owner: "rio"}})
		}, tell, "rio", ""},
		{"step_due", func(t *testing.T) *nonconformity { return planned(t).falls(itsm.EventCorrectiveStepDue) }, tell, "rio", ""},
		{"step_due_owner", func(t *testing.T) *nonconformity { return planned(t).falls(itsm.EventCorrectiveStepDue) }, tell, "pat", ""},
		{"implemented", correctiveAt(itsm.CorrectiveImplemented), tell, "ana", ""},
		{"verified", correctiveAt(itsm.CorrectiveClosed), tell, "pat", ""},
		{"not_effective", correctiveAt(itsm.CorrectiveNotEffective), tell, "pat", ""},
		{"withdrawn", correctiveAt(itsm.CorrectiveWithdrawn), tell, "ana", ""},
		{"warned", func(t *testing.T) *nonconformity { return untried(t).falls(itsm.EventCorrectiveWarned) }, tell, "pat", ""},
		{"missed", func(t *testing.T) *nonconformity { return untried(t).falls(itsm.EventCorrectiveMissed) }, tell, "qia", ""},
		{"overdue", func(t *testing.T) *nonconformity { return untried(t).falls(itsm.EventCorrectiveOverdue) }, tell, "zoe", ""},
		{"escalated", func(t *testing.T) *nonconformity {
			o := untried(t).falls(itsm.EventCorrectiveMissed)
			called := itsm.Called{Call: itsm.Call{Kind: itsm.Hierarchical, At: o.at, People: []itsm.PersonID{"max"}}}
			return o.did(itsm.System, nil, func() itsm.Event { return o.c.TakeCall(called, o.at) })
		}, tell, "max", ""},
		{"question", func(t *testing.T) *nonconformity {
			return untried(t).say("rio", itsm.CommentRequest{Text: "Since <when>?", Question: true})
		}, tell, "pat", ""},
		{"answer", func(t *testing.T) *nonconformity {
			return untried(t).say("rio", itsm.CommentRequest{Text: "Since when?", Question: true}).say("pat", itsm.CommentRequest{Text: "*Noon*.", ReplyTo: 1})
		}, tell, "rio", ""},
		{"thread", func(t *testing.T) *nonconformity {
			return untried(t).say("ana", itsm.CommentRequest{Text: "A <!channel> *word*"})
		}, itsm.NoticeComment, "C0INC", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			goldenMessage(t, "corrective_tell_"+tt.name, Notice(tt.of(t).notice(tt.kind, tt.to), links))
		})
	}
}

// TestNobodyIsOfferedACorrectiveActionsActsThatTheyMayNot: on what one person gets, no
// button refuses them.
func TestNobodyIsOfferedACorrectiveActionsActsThatTheyMayNot(t *testing.T) {
	pressed := 0
	for _, state := range itsm.CorrectiveStates[1:] {
		o := correctiveIn(t, state)
		for _, n := range o.notices() {
			if n.To == "" || n.Comment != nil {
				continue
			}
			allowed := o.c.ActsFor(o.who(n.To), o.at)
			for _, id := range actionIDs(t, Notice(n, links).Blocks) {
				verb, _, _ := strings.Cut(strings.TrimPrefix(id, "corrective."), ":")
				for act, choices := range correctiveChoices {
					for _, c := range choices {
						if c.verb == verb {
							require.Contains(t, allowed, act, "%s: %s", n.Key, verb)
							pressed++
						}
					}
				}
			}
		}
	}
	require.Greater(t, pressed, 20)
}

// TestEveryEventOfCorrectiveActionsIsTold: in words, and none breaks a message when its
// detail is not there.
func TestEveryEventOfCorrectiveActionsIsTold(t *testing.T) {
	o := correctiveIn(t, itsm.CorrectivePlanned)
	for _, e := range []itsm.EventKind{
		itsm.EventCorrectiveRaised, itsm.EventCorrectiveLogged, itsm.EventCorrectiveAcknowledged, itsm.EventCorrectiveAssigned, itsm.EventCorrectiveLinked,
		itsm.EventCorrectiveCauseNoted, itsm.EventCorrectiveCauseKnown, itsm.EventCorrectiveStep, itsm.EventCorrectiveStepDue, itsm.EventCorrectiveImplemented,
		itsm.EventVerificationDue, itsm.EventCorrectiveVerified, itsm.EventCorrectiveNotEffective, itsm.EventCorrectiveWithdrawn, itsm.EventCorrectiveDeadlines,
		itsm.EventCorrectiveWarned, itsm.EventCorrectiveMissed, itsm.EventCorrectiveOverdue, itsm.EventCorrectiveEscalated, itsm.EventCorrectiveUnroutable,
		itsm.EventPlanProposed, itsm.EventPlanOpened, itsm.EventPlanVoted, itsm.EventPlanAccepted, itsm.EventPlanRejected, itsm.EventPlanReminded, itsm.EventPlanBackup, itsm.EventPlanExpired,
	} {
		for _, kind := range []itsm.NoticeKind{itsm.NoticeTell, itsm.NoticeOwn, itsm.NoticeAccept, itsm.NoticeVerify, itsm.NoticeCard} {
			n := o.shown(kind, "pat")
			n.Event = itsm.Event{Kind: e, Actor: "rio", Note: "<b>"}
			requireLegal(t, Notice(n, links))
		}
		m := CorrectiveTimeline(o.shown(Show, "pat"), []itsm.Event{{Kind: e, Actor: "rio"}}, links)
		requireLegal(t, m)
		require.Equal(t, e != itsm.EventCorrectiveDeadlines, strings.Contains(words(m), ", by Rio Sato"), e)
	}
	o = correctiveIn(t, itsm.CorrectiveNotEffective)
	r := itsm.RelateRequest{Kind: itsm.ActsOn, To: "INC-3"}
	o.did("pat", o.c.CheckRelate(o.who("pat"), r), func() itsm.Event { return o.c.Relate(o.who("pat"), r, o.at) })
	o.assign(itsm.Assignment{Assignee: "rio"}).falls(itsm.EventCorrectiveOverdue).withdraw()
	goldenMessage(t, "corrective_timeline", CorrectiveTimeline(o.shown(Show, "pat"), o.timeline, links))
}

func TestListsOfCorrectiveActionsAreAsTheyWere(t *testing.T) {
	var all []itsm.Notice
	for n, state := range itsm.CorrectiveStates {
		o := correctiveIn(t, state)
		o.c.Number = itsm.CorrectiveNumber(int64(n + 1))
		all = append(all, o.shown("", "qia"))
	}
	for _, l := range CorrectiveLists {
		goldenMessage(t, "corrective_list_"+string(l), ListedCorrective(l, all))
	}
	goldenMessage(t, "corrective_list_none", ListedCorrective(ListWaiting, nil))
	golden(t, "corrective_home", Home(Mine{Waiting: entriesOf(all[1:3]...)}))
	golden(t, "corrective_help", CorrectiveHelp())
	requireLegal(t, CorrectiveHelp())
	requireLegal(t, HelpAll())
}

// TestACorrectiveActionIsRaisedFromOtherRecords: their cards and details offer it, to
// whoever may; a change does once it failed.
func TestACorrectiveActionIsRaisedFromOtherRecords(t *testing.T) {
	offers := func(m Message) bool {
		raw, err := json.Marshal(m.Blocks)
		require.NoError(t, err)
		return strings.Contains(string(raw), raisesCorrective.label)
	}
	failed := tellOf(itsm.NoticeCard, "", itsm.ChangeClosed)
	require.True(t, offers(Notice(failed, links)))
	failed.Change.Outcome = itsm.Successful
	require.False(t, offers(Notice(failed, links)), "it did not fail")
	i, p := broken(t), troubleIn(t, itsm.ProblemInvestigating)
	require.True(t, offers(Notice(i.notice(itsm.NoticeCard, "C0INC"), links)))
	require.True(t, offers(Notice(p.notice(itsm.NoticeCard, "C0INC"), links)))
	closed := troubleIn(t, itsm.ProblemClosed)
	require.True(t, offers(ProblemDetails(closed.shown(Show, "pat"), Around{}, links)), "what comes of it may come late")
	auditor := closed.shown(Show, "pat")
	auditor.People = byID([]itsm.Person{{ID: "pat", Roles: []itsm.Role{itsm.Auditor}}})
	require.False(t, offers(ProblemDetails(auditor, Around{}, links)), "who may not is not offered it")
	tell := tellOf(itsm.NoticeTell, "ana", itsm.ChangeClosed)
	require.False(t, offers(Notice(tell, links)))
}

// manyCorrective are corrective actions in which all is as long as it may be.
func manyCorrective(most int) (all []itsm.Notice) {
	at := time.Unix(1_700_000_000, 0).UTC()
	text, note, title := strings.Repeat("<&>ä\n", itsm.MaxText/5), strings.Repeat("<", itsm.MaxNote), strings.Repeat("&", itsm.MaxTitle)
	people := byID([]itsm.Person{{ID: "r", Name: strings.Repeat("&", 200), Roles: []itsm.Role{itsm.QualityManager}}})
	claim := itsm.Claim{Text: note}
	for range itsm.MaxEvidence {
		claim.Evidence = append(claim.Evidence, itsm.Evidence{Record: "INC-9999999999", URL: "https://x.example/" + strings.Repeat("&", 1900), Note: note})
	}
	plan := itsm.CorrectivePlan{Version: 30, Measure: text, Similar: text, VerifyAfter: &at, By: "r", At: at, AcceptedBy: "r", AcceptedAt: &at}
	for range itsm.MaxPlanSteps {
		plan.Steps = append(plan.Steps, itsm.PlanStep{Title: title, Owner: "r", DueAt: at})
	}
	for n := range most {
		c := itsm.CorrectiveAction{
			CorrectiveText: itsm.CorrectiveText{Title: title, Nonconformity: text, Correction: text, Service: "s", RaisedBy: itsm.RaisedByIncident, Source: "INC-9999999999"},
			Number:         itsm.CorrectiveNumber(int64(1e9 + n)), Reporter: "r", RaisedAt: at, CorrectiveStanding: itsm.CorrectiveStanding{
				State: itsm.CorrectivePlanned, Severity: itsm.SeverityCritical, Owner: "r", Team: itsm.TeamID(strings.Repeat("t", 64)), RootCause: &itsm.RootCause{Method: itsm.KepnerTregoe, Cause: &claim, Trigger: &claim},
				Plan: &plan, VerifyFrom: &at, Verification: &itsm.Verification{By: "r", At: at, Note: note, Evidence: claim.Evidence}, Ineffective: itsm.MaxIneffective,
			},
		}
		for i := range itsm.MaxTasks {
			c.Steps = append(c.Steps, itsm.Task{ID: i + 1, Title: title, Owner: "r", DueAt: &at, State: itsm.TaskStates[i%3], Result: note, Evidence: claim.Evidence})
		}
		for i := range itsm.MaxCorrectiveLinks {
			c.Relations = append(c.Relations, itsm.Relation{From: c.Number, Kind: itsm.ActsOn, To: itsm.IncidentNumber(int64(1e9 + i))})
		}
		for cycle := range itsm.MaxIneffective {
			for _, k := range itsm.CorrectiveClockKinds {
				c.Clocks = append(c.Clocks, itsm.Clock{Kind: k, Cycle: cycle + 1, Target: itsm.Length{Days: 1}, StartedAt: at, DueAt: &at, MissedAt: &at})
			}
		}
		all = append(all, itsm.Notice{
			Key: string(c.Number) + "/accept/1/" + strings.Repeat("x", 64), Corrective: &c, To: "r", Explanation: c.Explain(), Service: itsm.Service{ID: "s", Name: strings.Repeat("&", 200)}, People: people,
			Event:   itsm.Event{Kind: itsm.EventCorrectiveStep, Actor: "r", Note: note, At: at, Detail: &itsm.Detail{Task: &c.Steps[0]}},
			Comment: &itsm.Comment{ID: 200, Number: c.Number, Kind: itsm.Question, By: "r", Text: note, At: at},
		})
	}
	return all
}

func TestACrowdOfCorrectiveActionsFits(t *testing.T) {
	n := manyCorrective(1)[0]
	said := n.Comment
	for _, over := range []bool{false, true} {
		for _, kind := range []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticeOwn, itsm.NoticeAccept, itsm.NoticeVerify, itsm.NoticeComment, itsm.NoticeTell} {
			n.Kind, n.Over, n.Comment = kind, over, said
			m := Notice(n, links)
			requireLegal(t, m)
			actionIDs(t, m.Blocks)
			if n.Comment = nil; kind != itsm.NoticeComment {
				m := Notice(n, links)
				requireLegal(t, m)
				require.NotEmpty(t, actionIDs(t, m.Blocks), "however much there is, it can be acted on")
			}
		}
	}
	a := Around{}
	for range 300 {
		a.Timeline, a.Said = append(a.Timeline, n.Event), append(a.Said, *said)
	}
	a.Relations = n.Corrective.Relations
	n.Kind = Show
	m := CorrectiveDetails(n, a, links)
	requireLegal(t, m)
	require.NotEmpty(t, actionIDs(t, m.Blocks))
	requireLegal(t, CorrectiveStanding(n, links))
	requireLegal(t, CorrectiveTimeline(n, a.Timeline, links))
	for _, l := range CorrectiveLists {
		requireLegal(t, ListedCorrective(l, manyCorrective(60)))
	}
	all := Mine{Waiting: entriesOf(slices.Concat(manyIncidents(60), manyProblems(60), manyCorrective(60))...)}
	requireLegal(t, Message{Text: "x", Blocks: My(all).Blocks})
}
