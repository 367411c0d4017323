package cards

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestProblemsAreShownAsTheyWere(t *testing.T) {
	for _, state := range itsm.ProblemStates {
		o := troubleIn(t, state)
		if state != itsm.ProblemNew {
			m := Notice(o.notice(itsm.NoticeCard, "C0INC"), links)
			goldenMessage(t, "problem_card_"+string(state), m)
			require.LessOrEqual(t, len(actionIDs(t, m.Blocks)), maxPressed+1, "five buttons and their menu")
		}
		a := Around{Timeline: o.timeline, Said: o.said, Relations: o.p.Relations}
		goldenMessage(t, "problem_show_"+string(state), ProblemDetails(o.shown(Show, "pia"), a, links))
		goldenMessage(t, "problem_status_"+string(state), ProblemStanding(o.shown(Status, "ana"), nil))
	}
}

// story of one message about a problem.
type problemTale struct {
	name string
	of   func(*testing.T) *trouble
	kind itsm.NoticeKind
	to   string
}

func TestProblemManagersAreAsked(t *testing.T) {
	triggered := func(trigger itsm.ProblemTrigger) func(*testing.T) *trouble {
		return func(t *testing.T) *trouble {
			return hangs(t, func(d *itsm.ProblemDraft) { d.Trigger, d.Change = trigger, "CHG-7" })
		}
	}
	for _, tt := range []problemTale{
		{"assess_trend", proposedByTrend, itsm.NoticeAssess, "pia"},
		{"assess_incident", func(t *testing.T) *trouble { return hangs(t) }, itsm.NoticeAssess, "pia"},
		{"assess_hand", func(t *testing.T) *trouble {
			return hangs(t, func(d *itsm.ProblemDraft) { d.Incidents = nil })
		}, itsm.NoticeAssess, "pia"},
		{"assess_priority", triggered(itsm.TriggeredByPriority), itsm.NoticeAssess, "pia"},
		{"assess_change", triggered(itsm.TriggeredByChange), itsm.NoticeAssess, "pia"},
		{"assess_over", func(t *testing.T) *trouble { return hangs(t).accept() }, itsm.NoticeAssess, "pia"},
		{"publish", func(t *testing.T) *trouble { return troubleIn(t, itsm.ProblemRootCauseKnown) }, itsm.NoticePublish, "pia"},
		{"publish_over", func(t *testing.T) *trouble { return troubleIn(t, itsm.ProblemKnownError) }, itsm.NoticePublish, "zoe"},
		{"publish_rewritten", func(t *testing.T) *trouble {
			return troubleIn(t, itsm.ProblemRootCauseKnown).workaround()
		}, itsm.NoticePublish, "pia"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := Notice(tt.of(t).notice(tt.kind, tt.to), links)
			goldenMessage(t, "problem_"+tt.name, m)
			asks := strings.Contains(fmt.Sprint(actionIDs(t, m.Blocks)), "problem.accept") || strings.Contains(fmt.Sprint(actionIDs(t, m.Blocks)), "problem.approve")
			require.Equal(t, !strings.Contains(tt.name, "_over") && !strings.Contains(tt.name, "_rewritten"), asks, "what is over asks for nothing")
		})
	}
}

// TestAPublicationIsBoundToItsText: the buttons carry the hash of what is shown.
func TestAPublicationIsBoundToItsText(t *testing.T) {
	o := troubleIn(t, itsm.ProblemRootCauseKnown)
	require.Equal(t, o.p.KnownError.Hash(), problemClaim(o.notice(itsm.NoticePublish, "pia")).ContentHash)
	card := Notice(o.notice(itsm.NoticeCard, "C0INC"), links)
	require.NotContains(t, fmt.Sprint(actionIDs(t, card.Blocks)), "problem.approve", "a card shows too little to decide on")
}

func TestPeopleAreToldOfProblems(t *testing.T) {
	tell, due := itsm.NoticeTell, time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	task := itsm.TaskRequest{Title: "Look at the <pool>", Owner: "rio", DueAt: &due}
	in := func(s itsm.ProblemState) func(*testing.T) *trouble {
		return func(t *testing.T) *trouble { return troubleIn(t, s) }
	}
	known := in(itsm.ProblemKnownError)
	for _, tt := range []problemTale{
		{"accepted_coordinator", func(t *testing.T) *trouble { return hangs(t).accept() }, tell, "pat"},
		{"accepted_reporter", func(t *testing.T) *trouble { return hangs(t).accept() }, tell, "ana"},
		{"assigned", func(t *testing.T) *trouble { return hangs(t).accept().assign(itsm.Assignment{Assignee: "rio"}) }, tell, "rio"},
		{"assigned_team", func(t *testing.T) *trouble { return hangs(t).accept().assign(itsm.Assignment{Team: "dba"}) }, tell, "pat"},
		{"task", func(t *testing.T) *trouble { return hangs(t).accept().task(task) }, tell, "rio"},
		{"task_done", func(t *testing.T) *trouble {
			return hangs(t).accept().task(task).task(itsm.TaskRequest{ID: 1, State: itsm.TaskDone, Result: "It <leaks>"})
		}, tell, "pat"},
		{"task_dropped", func(t *testing.T) *trouble {
			return hangs(t).accept().task(task).task(itsm.TaskRequest{ID: 1, State: itsm.TaskDropped})
		}, tell, "pat"},
		{"task_due", func(t *testing.T) *trouble { return hangs(t).accept().task(task).falls(itsm.EventTaskDue) }, tell, "rio"},
		{"cause_known", func(t *testing.T) *trouble {
			return hangs(t).accept().assign(itsm.Assignment{Assignee: "rio"}).cause(true)
		}, tell, "rio"},
		{"published", known, tell, "pat"},
		{"rejected", func(t *testing.T) *trouble { return troubleIn(t, itsm.ProblemRootCauseKnown).decide(itsm.Reject) }, tell, "pat"},
		{"expired", func(t *testing.T) *trouble {
			return troubleIn(t, itsm.ProblemRootCauseKnown).falls(itsm.EventKnownErrorExpired)
		}, tell, "pat"},
		{"review_due", func(t *testing.T) *trouble { return known(t).planFix().falls(itsm.EventKnownErrorReviewDue) }, tell, "pat"},
		{"nudged", func(t *testing.T) *trouble { return known(t).falls(itsm.EventProblemNudged) }, tell, "pat"},
		{"warned", func(t *testing.T) *trouble { return hangs(t).accept().falls(itsm.EventProblemWarned) }, tell, "pat"},
		{"missed", func(t *testing.T) *trouble { return hangs(t).accept().falls(itsm.EventProblemMissed) }, tell, "pia"},
		{"overdue", func(t *testing.T) *trouble { return hangs(t).falls(itsm.EventProblemOverdue) }, tell, "own"},
		{"escalated", func(t *testing.T) *trouble {
			o := hangs(t).accept().falls(itsm.EventProblemIdle)
			called := itsm.Called{Call: itsm.Call{Kind: itsm.Hierarchical, At: o.at, People: []itsm.PersonID{"max"}}}
			return o.did(itsm.System, nil, func() itsm.Event { return o.p.TakeCall(called, o.at) })
		}, tell, "max"},
		{"fix_deployed", in(itsm.ProblemFixDeployed), tell, "pat"},
		{"fix_failed", func(t *testing.T) *trouble { return troubleIn(t, itsm.ProblemFixPlanned).fixed(itsm.Failed) }, tell, "pat"},
		{"confirmed", in(itsm.ProblemResolved), tell, "pat"},
		{"watch_passed", func(t *testing.T) *trouble { return troubleIn(t, itsm.ProblemWatched).falls(itsm.EventWatchPassed) }, tell, "pia"},
		{"recurred", func(t *testing.T) *trouble {
			o := troubleIn(t, itsm.ProblemWatched)
			return o.did(itsm.System, nil, func() itsm.Event {
				return o.p.Recur(itsm.Actor{}, itsm.RecurRequest{Incident: "INC-9"}, o.terms(), o.at)
			})
		}, tell, "pat"},
		{"risk_accepted", in(itsm.ProblemRiskAccepted), tell, "own"},
		{"risk_expired", func(t *testing.T) *trouble {
			return troubleIn(t, itsm.ProblemRiskAccepted).falls(itsm.EventRiskExpired)
		}, tell, "pat"},
		{"reopened", in(itsm.ProblemReopened), tell, "pat"},
		{"closed", in(itsm.ProblemClosed), tell, "ana"},
		{"declined", in(itsm.ProblemDeclined), tell, "ana"},
		{"merged", in(itsm.ProblemMerged), tell, "ana"},
		{"cancelled", in(itsm.ProblemCancelled), tell, "own"},
		{"question", func(t *testing.T) *trouble {
			return hangs(t).accept().say("rio", itsm.CommentRequest{Text: "Since <when>?", Question: true})
		}, tell, "pat"},
		{"answer", func(t *testing.T) *trouble {
			return hangs(t).accept().say("rio", itsm.CommentRequest{Text: "Since when?", Question: true}).say("pat", itsm.CommentRequest{Text: "*Noon*.", ReplyTo: 1})
		}, tell, "rio"},
		{"thread", func(t *testing.T) *trouble {
			return hangs(t).say("ana", itsm.CommentRequest{Text: "A <!channel> *word*"})
		}, itsm.NoticeComment, "C0INC"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			goldenMessage(t, "problem_tell_"+tt.name, Notice(tt.of(t).notice(tt.kind, tt.to), links))
		})
	}
}

// TestNobodyIsOfferedAProblemsActsThatTheyMayNot: on what one person gets, no button
// refuses them.
func TestNobodyIsOfferedAProblemsActsThatTheyMayNot(t *testing.T) {
	for _, state := range itsm.ProblemStates[1:] {
		o := troubleIn(t, state)
		for _, n := range o.notices() {
			if n.To == "" || n.Comment != nil {
				continue
			}
			allowed := o.p.ActsFor(o.who(n.To), o.at)
			for _, id := range actionIDs(t, Notice(n, links).Blocks) {
				verb, _, _ := strings.Cut(strings.TrimPrefix(id, "problem."), ":")
				for act, choices := range problemChoices {
					for _, c := range choices {
						if c.verb == verb {
							require.Contains(t, allowed, act, "%s: %s", n.Key, verb)
						}
					}
				}
			}
		}
	}
}

// TestEveryEventOfProblemsIsTold: in words, and none breaks a message when its detail is
// not there.
func TestEveryEventOfProblemsIsTold(t *testing.T) {
	o := troubleIn(t, itsm.ProblemKnownError)
	for _, e := range []itsm.EventKind{
		itsm.EventProblemRaised, itsm.EventProblemProposed, itsm.EventProblemLogged, itsm.EventProblemAccepted, itsm.EventProblemDeclined, itsm.EventProblemMerged,
		itsm.EventProblemAbsorbed, itsm.EventProblemAssigned, itsm.EventProblemLinked, itsm.EventProblemTask, itsm.EventTaskDue, itsm.EventCauseNoted, itsm.EventCauseKnown,
		itsm.EventWorkaround, itsm.EventWorkaroundTold, itsm.EventFixPlanned, itsm.EventFixDeployed, itsm.EventFixFailed, itsm.EventFixConfirmed, itsm.EventWatchBegan,
		itsm.EventWatchPassed, itsm.EventProblemRecurred, itsm.EventProblemReviewed, itsm.EventRiskAccepted, itsm.EventRiskExpired, itsm.EventProblemReopened,
		itsm.EventProblemClosed, itsm.EventProblemCancelled, itsm.EventProblemDeadlines, itsm.EventProblemWarned, itsm.EventProblemMissed, itsm.EventProblemOverdue,
		itsm.EventProblemNudged, itsm.EventProblemIdle, itsm.EventProblemEscalated, itsm.EventProblemUnroutable, itsm.EventKnownErrorProposed, itsm.EventKnownErrorOpened,
		itsm.EventKnownErrorVoted, itsm.EventKnownErrorPublished, itsm.EventKnownErrorRejected, itsm.EventKnownErrorReminded, itsm.EventKnownErrorBackup,
		itsm.EventKnownErrorExpired, itsm.EventKnownErrorReviewDue,
	} {
		for _, kind := range []itsm.NoticeKind{itsm.NoticeTell, itsm.NoticeAssess, itsm.NoticePublish, itsm.NoticeCard} {
			n := o.shown(kind, "pat")
			n.Event = itsm.Event{Kind: e, Actor: "rio", Note: "<b>"}
			requireLegal(t, Notice(n, links))
		}
		requireLegal(t, Timeline(o.shown(Show, "pat"), []itsm.Event{{Kind: e, Actor: "rio"}}, links))
	}
	o = troubleIn(t, itsm.ProblemKnownError).task(itsm.TaskRequest{Title: "Look", Owner: "rio"}).planFix().fixed(itsm.Failed).planFix().watched()
	o.reopen().risk().falls(itsm.EventRiskExpired)
	goldenMessage(t, "problem_timeline", Timeline(o.shown(Show, "pat"), o.timeline, links))
}

func TestListsOfProblemsAreAsTheyWere(t *testing.T) {
	var all []itsm.Notice
	for n, state := range itsm.ProblemStates {
		o := troubleIn(t, state)
		o.p.Number = itsm.ProblemNumber(int64(n + 1))
		all = append(all, o.shown("", "pia"))
	}
	for _, l := range ProblemLists {
		goldenMessage(t, "problem_list_"+string(l), ListedProblems(l, all))
	}
	goldenMessage(t, "problem_list_none", ListedProblems(ListWaiting, nil))
	golden(t, "problem_home", Home(Mine{Waiting: entriesOf(all[:2]...)}))
	golden(t, "problem_help", ProblemHelp())
	requireLegal(t, ProblemHelp())
	found := []itsm.KnownErrorFound{{KnownError: *troubleIn(t, itsm.ProblemKnownError).p.Published, Problem: "PRB-42", Use: itsm.KnownErrorUse{Count: 3}}}
	goldenMessage(t, "problem_known", KnownErrors("<noon>", found))
	goldenMessage(t, "problem_known_none", KnownErrors("", nil))
}

// TestWhatMayHelpStandsOnAnIncident: on its card and its pages while it is open, with a
// button for whoever may apply it, and no more of them than three.
func TestWhatMayHelpStandsOnAnIncident(t *testing.T) {
	var found []itsm.KnownErrorFound
	for n := range 5 {
		k := *troubleIn(t, itsm.ProblemKnownError).p.Published
		found = append(found, itsm.KnownErrorFound{KnownError: k, Problem: itsm.ProblemNumber(int64(n + 1)), Use: itsm.KnownErrorUse{Count: n}})
	}
	o := broken(t)
	o.known = found
	for _, n := range []itsm.Notice{o.notice(itsm.NoticeCard, "C0INC"), o.notice(itsm.NoticePage, "pat")} {
		m := Notice(n, links)
		goldenMessage(t, "incident_known_"+string(n.Kind), m)
		require.Equal(t, maxKnown, strings.Count(words(m), "Restart <it>"))
	}
	r := itsm.ApplyRequest{KnownError: "PRB-1"}
	o.ack("pat").did("pat", o.i.CheckApply(o.who("pat"), r), func() itsm.Event { return o.i.Apply(o.who("pat"), r, o.at) })
	require.NotContains(t, words(Notice(o.notice(itsm.NoticeCard, "C0INC"), links)), "PRB-1 ·", "it is applied")
	goldenMessage(t, "incident_tell_applied", Notice(o.notice(itsm.NoticeTell, "ana"), links))
	news := itsm.ProblemNews{Problem: "PRB-2", Linked: true, Workaround: &itsm.Workaround{Problem: "PRB-2", Version: 1, Text: "1. Restart <it>\n" + strings.Repeat("long ", 790)}}
	e, ok := o.i.Hear(news, o.at)
	require.True(t, ok)
	o.record(e, itsm.System)
	goldenMessage(t, "incident_tell_heard", Notice(o.notice(itsm.NoticeTell, "pat"), links))
	require.NotContains(t, words(Notice(o.resolve("pat").notice(itsm.NoticeCard, "C0INC"), links)), "May be a known error")
}

func TestAnIncidentSaysWhatAProblemDidToIt(t *testing.T) {
	for name, ending := range map[string]itsm.ProblemEnding{"resolved": itsm.EndedFixed, "resumed": itsm.EndedDeclined} {
		o := broken(t).ack("pat")
		r := itsm.HoldRequest{Reason: itsm.AwaitingProblem, For: "PRB-7", Note: "The pool"}
		o.did("pat", o.i.CheckHold(o.who("pat"), r), func() itsm.Event { return o.i.PutOnHold(o.who("pat"), r, o.at) })
		e, ok := o.i.Hear(itsm.ProblemNews{Problem: "PRB-7", Ending: ending}, o.at)
		require.True(t, ok)
		o.record(e, itsm.System)
		kind, to := itsm.NoticeTell, "pat"
		if ending == itsm.EndedFixed {
			kind, to = itsm.NoticeConfirm, "ana"
		}
		goldenMessage(t, "incident_problem_"+name, Notice(o.notice(kind, to), links))
		goldenMessage(t, "incident_problem_"+name+"_timeline", Timeline(o.shown(Show, "pat"), o.timeline, links))
	}
}
