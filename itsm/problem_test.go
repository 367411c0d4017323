package itsm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// Who may do what, asked of everybody on a problem of Rita's.
func TestWhoMayDoWhatToAProblem(t *testing.T) {
	workers, managers := "joe ida mia pam pete", "pam pete"
	proposed := func(t require.TestingT) *trouble {
		return in(t, itsm.ProblemRootCauseKnown).does(itsm.ActWorkaround, pam).does(itsm.ActPublish, joe)
	}
	rows := []struct {
		act itsm.Act
		on  func(require.TestingT) *trouble
		may string
	}{
		{itsm.ActAccept, standing(itsm.ProblemCandidate), managers},
		{itsm.ActDecline, standing(itsm.ProblemLogged), managers},
		{itsm.ActMerge, standing(itsm.ProblemLogged), managers},
		{itsm.ActProblemCancel, standing(itsm.ProblemLogged), "rita " + managers},
		{itsm.ActProblemRelate, standing(itsm.ProblemLogged), workers},
		{itsm.ActProblemAssign, standing(itsm.ProblemInvestigating), workers},
		{itsm.ActTask, standing(itsm.ProblemInvestigating), workers},
		{itsm.ActRootCause, standing(itsm.ProblemInvestigating), workers},
		{itsm.ActWorkaround, standing(itsm.ProblemInvestigating), workers},
		{itsm.ActAcceptRisk, standing(itsm.ProblemInvestigating), "own " + managers},
		{itsm.ActProblemDecide, proposed, "pete"},
		{itsm.ActCommunicate, standing(itsm.ProblemKnownError), workers},
		{itsm.ActFix, standing(itsm.ProblemKnownError), workers},
		{itsm.ActProblemConfirm, standing(itsm.ProblemWatched), managers},
		{itsm.ActRecur, standing(itsm.ProblemWatched), "monitoring"},
		{itsm.ActReview, standing(itsm.ProblemWatched), workers},
		{itsm.ActProblemReopen, standing(itsm.ProblemResolved), managers},
		{itsm.ActProblemClose, standing(itsm.ProblemResolved), managers},
	}
	for _, row := range rows {
		l := row.on(t)
		var may []string
		for _, who := range inProblems {
			err, _ := l.try(row.act, who, l.usual())
			if err == nil {
				may = append(may, string(who.Person))
				continue
			}
			require.Contains(t, []itsm.Kind{itsm.Forbidden, itsm.Unauthenticated}, itsm.AsError(err).Kind, "%s by %s: %v", row.act, who.Person, err)
		}
		require.ElementsMatch(t, strings.Fields(row.may), may, row.act)
		reader := pete
		reader.Scopes = []itsm.Scope{itsm.ScopeRead}
		err, _ := l.try(row.act, reader, l.usual())
		require.Equal(t, itsm.Forbidden, itsm.AsError(err).Kind, row.act)
	}
}

func standing(s itsm.ProblemState) func(require.TestingT) *trouble {
	return func(t require.TestingT) *trouble { return in(t, s) }
}

// Each row asks Pam, who manages problems, of a problem in a state.
func TestProblemRefusals(t *testing.T) {
	is := func(f func(*wants)) func(*wants) { return f }
	long := strings.Repeat("x", itsm.MaxNote+1)
	unproven := func(w *wants) { w.cause.Cause = &itsm.Claim{Text: "A full disk"} }
	rows := []struct {
		name  string
		state itsm.ProblemState
		act   itsm.Act
		ask   func(*wants)
		code  string
	}{
		{"an odd impact", itsm.ProblemLogged, itsm.ActAccept, is(func(w *wants) { w.accept.Impact = "huge" }), "acceptance.invalid"},
		{"twice", itsm.ProblemInvestigating, itsm.ActAccept, nil, "problem.assessed"},
		{"too late", itsm.ProblemFixPlanned, itsm.ActDecline, nil, "problem.assessed"},
		{"for no reason", itsm.ProblemLogged, itsm.ActDecline, is(func(w *wants) { w.note = " " }), "decline.invalid"},
		{"into itself", itsm.ProblemLogged, itsm.ActMerge, is(func(w *wants) { w.merge.Into = "PRB-1" }), "merge.invalid"},
		{"into a change", itsm.ProblemLogged, itsm.ActMerge, is(func(w *wants) { w.merge.Into = "CHG-1" }), "merge.invalid"},
		{"what is being fixed", itsm.ProblemFixPlanned, itsm.ActMerge, nil, "problem.not_now"},
		{"to nobody", itsm.ProblemInvestigating, itsm.ActProblemAssign, is(func(w *wants) { w.assign = itsm.Assignment{} }), "assignment.invalid"},
		{"as it is", itsm.ProblemInvestigating, itsm.ActProblemAssign, is(func(w *wants) { w.assign = itsm.Assignment{Assignee: "pam", Team: "web"} }), "problem.assigned"},
		{"what nobody accepted", itsm.ProblemLogged, itsm.ActProblemAssign, nil, "problem.not_now"},
		{"to itself", itsm.ProblemLogged, itsm.ActProblemRelate, is(func(w *wants) { w.relate = itsm.RelateRequest{Kind: itsm.Related, To: "PRB-1"} }), "link.invalid"},
		{"found in a change", itsm.ProblemLogged, itsm.ActProblemRelate, is(func(w *wants) { w.relate.To = "CHG-1" }), "link.invalid"},
		{"a link of other records", itsm.ProblemLogged, itsm.ActProblemRelate, is(func(w *wants) { w.relate.Kind = itsm.FixedBy }), "link.invalid"},
		{"a task of nobody", itsm.ProblemInvestigating, itsm.ActTask, is(func(w *wants) { w.task.Owner = "" }), "task.invalid"},
		{"a task in no time", itsm.ProblemInvestigating, itsm.ActTask, is(func(w *wants) { w.task.DueAt = new(time.Time) }), "task.invalid"},
		{"done without a result", itsm.ProblemInvestigating, itsm.ActTask, is(func(w *wants) { w.task.State = itsm.TaskDone }), "task.invalid"},
		{"nothing of a task", itsm.ProblemInvestigating, itsm.ActTask, is(func(w *wants) { w.task = itsm.TaskRequest{ID: 1} }), "task.invalid"},
		{"a task that is not", itsm.ProblemInvestigating, itsm.ActTask, is(func(w *wants) { w.task.ID = 7 }), "problem.no_task"},
		{"a task below zero", itsm.ProblemInvestigating, itsm.ActTask, is(func(w *wants) { w.task.ID = -1 }), "problem.no_task"},
		{"a task too early", itsm.ProblemLogged, itsm.ActTask, nil, "problem.not_now"},
		{"an odd method", itsm.ProblemInvestigating, itsm.ActRootCause, is(func(w *wants) { w.cause.Method = "tarot" }), "root_cause.invalid"},
		{"known without a cause", itsm.ProblemInvestigating, itsm.ActRootCause, is(func(w *wants) { w.cause.Cause = nil }), "root_cause.invalid"},
		{"known without evidence", itsm.ProblemInvestigating, itsm.ActRootCause, is(unproven), "root_cause.invalid"},
		{"written anew without evidence", itsm.ProblemRootCauseKnown, itsm.ActRootCause, is(func(w *wants) { unproven(w); w.cause.Known = false }), "root_cause.invalid"},
		{"a cause of what is fixed", itsm.ProblemResolved, itsm.ActRootCause, nil, "problem.not_now"},
		{"untried", itsm.ProblemInvestigating, itsm.ActWorkaround, is(func(w *wants) { w.work.VerifiedBy = "" }), "workaround.invalid"},
		{"without its risk", itsm.ProblemInvestigating, itsm.ActWorkaround, is(func(w *wants) { w.work.Risk = "" }), "workaround.invalid"},
		{"for what is fixed", itsm.ProblemWatched, itsm.ActWorkaround, nil, "problem.not_now"},
		{"unwritten", itsm.ProblemRootCauseKnown, itsm.ActPublish, nil, "problem.no_workaround"},
		{"published", itsm.ProblemKnownError, itsm.ActPublish, nil, "problem.published"},
		{"a long note", itsm.ProblemKnownError, itsm.ActPublish, is(func(w *wants) { w.note = long }), "publication.invalid"},
		{"nothing to decide", itsm.ProblemRootCauseKnown, itsm.ActProblemDecide, nil, "known_error.not_awaiting"},
		{"decided", itsm.ProblemKnownError, itsm.ActProblemDecide, nil, "known_error.own_request"},
		{"told of nothing", itsm.ProblemRootCauseKnown, itsm.ActCommunicate, nil, "problem.not_published"},
		{"told at length", itsm.ProblemKnownError, itsm.ActCommunicate, is(func(w *wants) { w.note = long }), "communication.invalid"},
		{"fixed by an incident", itsm.ProblemKnownError, itsm.ActFix, is(func(w *wants) { w.fix.Change = "INC-1" }), "fix.invalid"},
		{"fixed without a cause", itsm.ProblemInvestigating, itsm.ActFix, nil, "problem.not_now"},
		{"for ever", itsm.ProblemKnownError, itsm.ActAcceptRisk, is(func(w *wants) { w.risk.ExpiresAt = time.Time{} }), "risk.invalid"},
		{"for too long", itsm.ProblemKnownError, itsm.ActAcceptRisk, is(func(w *wants) { w.risk.ExpiresAt = at.AddDate(2, 0, 0) }), "risk.invalid"},
		{"for no time", itsm.ProblemKnownError, itsm.ActAcceptRisk, is(func(w *wants) { w.risk.ExpiresAt = at }), "risk.invalid"},
		{"the risk of what is being fixed", itsm.ProblemFixPlanned, itsm.ActAcceptRisk, nil, "problem.not_now"},
		{"confirmed for no reason", itsm.ProblemWatched, itsm.ActProblemConfirm, is(func(w *wants) { w.note = "" }), "confirmation.invalid"},
		{"confirmed too early", itsm.ProblemFixPlanned, itsm.ActProblemConfirm, nil, "problem.not_now"},
		{"reviewed too early", itsm.ProblemFixPlanned, itsm.ActReview, nil, "problem.not_now"},
		{"closed at length", itsm.ProblemResolved, itsm.ActProblemClose, is(func(w *wants) { w.note = long }), "closure.invalid"},
		{"closed too early", itsm.ProblemWatched, itsm.ActProblemClose, nil, "problem.not_now"},
		{"nothing to reopen", itsm.ProblemKnownError, itsm.ActProblemReopen, nil, "problem.not_now"},
		{"reopened for no reason", itsm.ProblemResolved, itsm.ActProblemReopen, is(func(w *wants) { w.note = "" }), "reopening.invalid"},
		{"cancelled for no reason", itsm.ProblemLogged, itsm.ActProblemCancel, is(func(w *wants) { w.note = "" }), "cancellation.invalid"},
		{"a candidate is declined", itsm.ProblemCandidate, itsm.ActProblemCancel, nil, "problem.not_now"},
		{"a recurrence by hand", itsm.ProblemWatched, itsm.ActRecur, nil, "actor.permission"},
	}
	for _, row := range rows {
		l := in(t, row.state)
		if row.ask == nil {
			row.ask = func(*wants) {}
		}
		require.Equal(t, row.code, l.refuses(row.act, pam, row.ask), row.name)
	}
	fixing := in(t, itsm.ProblemFixPlanned)
	require.Equal(t, "problem.fix_planned", fixing.refuses(itsm.ActFix, pam, func(w *wants) { w.fix.Change = fixing.Fix.Change }), "by the same change")
	require.Equal(t, "problem.not_now", in(t, itsm.ProblemKnownError).refuses(itsm.ActRecur, monitor))
	require.Equal(t, "problem.no_authority", in(t, itsm.ProblemKnownError).refuses(itsm.ActAcceptRisk, joe))
	require.Equal(t, "problem.not_yours", in(t, itsm.ProblemLogged).refuses(itsm.ActProblemCancel, joe))
	require.Equal(t, "review.invalid", code(in(t, itsm.ProblemWatched).CheckReview(pam, itsm.ReviewRequest{WentWell: "All"})))
}

// What is over takes no act, and what is not recorded is not there.
func TestWhatIsOverTakesNoAct(t *testing.T) {
	l := in(t, itsm.ProblemLogged)
	merged := l.copied().does(itsm.ActMerge, pam)
	declined := l.copied().does(itsm.ActDecline, pam)
	none := l.copied()
	none.State = itsm.ProblemNew
	for want, l := range map[string]*trouble{
		"problem.merged": merged, "problem.over": declined, "problem.closed": in(t, itsm.ProblemClosed), "record.not_found": none,
	} {
		for _, act := range problemActs {
			who := pam
			switch act { //nolint:exhaustive // the others are a manager's
			case itsm.ActProblemDecide:
				continue // there is nothing to decide, which says enough
			case itsm.ActRecur:
				who = monitor
			}
			require.Equal(t, want, l.refuses(act, who), act)
		}
		require.Equal(t, want, code(l.CheckComment(pam, itsm.CommentRequest{Text: "Well."}, l.talk)))
	}
	require.Equal(t, itsm.EndedMerged, merged.Ending)
	require.Contains(t, merged.Explain().Summary, "PRB-9")
	require.Equal(t, itsm.EndedDeclined, declined.Ending)
	late := in(t, itsm.ProblemLogged)
	late.now = late.now.Add(72 * time.Hour) // an act in front of what was to be told
	late.does(itsm.ActDecline, pam)
	require.NotNil(t, late.Clock(itsm.AssessmentClock).MissedAt)
	require.True(t, late.Missed())
}

func TestBoundsOfAProblem(t *testing.T) {
	l := in(t, itsm.ProblemInvestigating)
	for n := range itsm.MaxTasks {
		l.does(itsm.ActTask, joe, func(w *wants) { w.task.DueAt = nil })
		l.does(itsm.ActTask, joe, func(w *wants) { w.task = itsm.TaskRequest{ID: n + 1, State: itsm.TaskDropped} })
	}
	require.Equal(t, "problem.too_many_tasks", l.refuses(itsm.ActTask, joe))
	require.Equal(t, "problem.task_over", l.refuses(itsm.ActTask, joe, func(w *wants) { w.task.ID = 1 }))
	l.offers(t, "tasks")

	l = in(t, itsm.ProblemInvestigating)
	for n := 1; code(first(l.try(itsm.ActTask, joe, l.usual()))) == ""; n++ {
		l.does(itsm.ActTask, joe, func(w *wants) { w.task.DueAt = nil })
		if l.refuses(itsm.ActTask, joe, resultOf(n)) != "" {
			break
		}
		l.does(itsm.ActTask, joe, resultOf(n))
	}
	require.Equal(t, "problem.tasks_too_long", l.refuses(itsm.ActTask, joe, resultOf(len(l.Tasks))))
	require.Less(t, len(asJSON(t, l.Tasks)), 6*itsm.MaxTaskText)

	l = in(t, itsm.ProblemInvestigating)
	for n := range itsm.MaxProblemLinks {
		l.Relations = append(l.Relations, itsm.Relation{From: l.Number, Kind: itsm.FoundIn, To: itsm.Number(fmt.Sprintf("INC-%d", n+1))})
	}
	require.Equal(t, "problem.linked", l.refuses(itsm.ActProblemRelate, joe, func(w *wants) { w.relate.To = "INC-3" }))
	require.Equal(t, "problem.too_many_links", l.refuses(itsm.ActProblemRelate, joe, func(w *wants) { w.relate.To = "INC-9999" }))
	require.NotContains(t, l.Explain().Acts, itsm.ActProblemRelate)

	l = in(t, itsm.ProblemResolved)
	l.Reopens = itsm.MaxProblemReopens
	require.Equal(t, "problem.reopened_too_often", l.refuses(itsm.ActProblemReopen, pam))
	require.NotContains(t, l.Explain().Acts, itsm.ActProblemReopen)
	require.Equal(t, "comment.too_many", code(l.CheckComment(pam, itsm.CommentRequest{Text: "Well."}, itsm.Talk{Comments: itsm.MaxComments})))
}

func resultOf(id int) func(*wants) {
	return func(w *wants) {
		w.task = itsm.TaskRequest{ID: id, State: itsm.TaskDone, Result: strings.Repeat("<", itsm.MaxNote)}
	}
}

// The largest root cause that is taken fits into a save twice: in the record, and in
// its event.
func TestARootCauseThatIsTooLongIsRefused(t *testing.T) {
	claim := func(evidence int) itsm.Claim {
		c := itsm.Claim{Text: strings.Repeat("<", itsm.MaxNote)}
		for range evidence {
			c.Evidence = append(c.Evidence, itsm.Evidence{Note: strings.Repeat("<", itsm.MaxNote)})
		}
		return c
	}
	l := in(t, itsm.ProblemInvestigating)
	fits := claim(9)
	most := func(w *wants) { w.cause.Cause, w.cause.Contributing = &fits, []itsm.Claim{claim(9)} }
	require.Empty(t, l.refuses(itsm.ActRootCause, joe, most))
	err, _ := l.try(itsm.ActRootCause, joe, func() wants {
		w := l.usual()
		most(&w)
		w.cause.Trigger = &itsm.Claim{Text: "x", Evidence: []itsm.Evidence{{Record: "INC-1"}}}
		return w
	}())
	require.Equal(t, "root_cause.invalid", code(err))
	require.ErrorContains(t, err, "40000 is the most")
	l.does(itsm.ActRootCause, joe, most)
	step := l.Step(l.events[len(l.events)-2])
	require.NotNil(t, step.Event.Detail.RootCause)
	require.Less(t, len(asJSON(t, step)), 1<<20)

	over := make([]itsm.Claim, itsm.MaxContributing+1)
	for n := range over {
		over[n] = itsm.Claim{Text: "x", Evidence: make([]itsm.Evidence, itsm.MaxEvidence+1)}
	}
	w := l.usual()
	w.cause.Contributing = over
	e := itsm.AsError(first(l.try(itsm.ActRootCause, joe, w)))
	require.Equal(t, "root_cause.invalid", e.Code)
}

func TestEvidenceIsARecordAnAddressOrWhatWasSeen(t *testing.T) {
	l := in(t, itsm.ProblemInvestigating)
	for _, row := range []struct {
		e       itsm.Evidence
		pointer string
	}{
		{itsm.Evidence{Record: "INC-3"}, ""},
		{itsm.Evidence{URL: "https://example.com/graph"}, ""},
		{itsm.Evidence{Note: "The disk was full at nine."}, ""},
		{itsm.Evidence{Note: " "}, "/cause/evidence/0"},
		{itsm.Evidence{Record: "three"}, "/cause/evidence/0/record"},
		{itsm.Evidence{URL: "javascript:alert(1)"}, "/cause/evidence/0/url"},
		{itsm.Evidence{Note: "\x00"}, "/cause/evidence/0/note"},
	} {
		w := l.usual()
		w.cause.Cause.Evidence = []itsm.Evidence{row.e}
		err, _ := l.try(itsm.ActRootCause, joe, w)
		if row.pointer == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, row.pointer, itsm.AsError(err).Fields[0].Pointer)
	}
	r := l.usual().cause
	r.Trigger = &itsm.Claim{Text: "A deploy", Evidence: []itsm.Evidence{{Record: "CHG-1"}, {Record: "INC-3"}}}
	r.Contributing = []itsm.Claim{{Text: "No alarm", Evidence: []itsm.Evidence{{Record: "INC-3"}}}}
	require.Equal(t, []itsm.Number{"CHG-1", "INC-3"}, r.Records())
	require.NoError(t, r.CheckEvidence(func(itsm.Number) (bool, error) { return true, nil }))
	require.Equal(t, "root_cause.invalid", code(r.CheckEvidence(func(n itsm.Number) (bool, error) { return n != "CHG-1", nil })))
	lost := fmt.Errorf("no store")
	require.ErrorIs(t, r.CheckEvidence(func(itsm.Number) (bool, error) { return false, lost }), lost)
}

// A restricted problem is not there for whom it does not concern.
func TestWhoReadsARestrictedProblem(t *testing.T) {
	l := in(t, itsm.ProblemRootCauseKnown, func(l *trouble) { l.Restricted = true })
	l.does(itsm.ActProblemAssign, pam, func(w *wants) { w.assign.Assignee = "ida" })
	team := person("ned", itsm.Responder)
	team.Teams = []itsm.TeamID{"web"}
	for who, want := range map[string]struct {
		actor itsm.Actor
		code  string
	}{
		"reporter": {rita, ""}, "coordinator": {ida, ""}, "manager": {pam, ""}, "owner": {olga, ""}, "auditor": {ada, ""}, "team": {team, ""},
		"Steward": {monitor, ""}, "another": {joe, "record.not_found"}, "admin": {person("root", itsm.Admin), "record.not_found"},
		"nobody": {person("nobody"), "actor.permission"},
	} {
		require.Equal(t, want.code, code(l.CheckRead(want.actor)), who)
	}
	l.Restricted = false
	require.NoError(t, l.CheckRead(joe))
	l.Restricted, l.Publication.Asked = true, []itsm.PersonID{"mia"}
	l.does(itsm.ActWorkaround, pam).does(itsm.ActPublish, pam)
	require.NoError(t, l.CheckRead(mia), "whoever was asked once may go on reading it")
}

func TestDraftsOfProblems(t *testing.T) {
	d := anyProblem()
	require.NoError(t, d.Check())
	for pointer, spoil := range map[string]func(*itsm.ProblemDraft){
		"/title":           func(d *itsm.ProblemDraft) { d.Title = "a\nb" },
		"/service":         func(d *itsm.ProblemDraft) { d.Service = "" },
		"/description":     func(d *itsm.ProblemDraft) { d.Description = strings.Repeat("x", itsm.MaxText+1) },
		"/category":        func(d *itsm.ProblemDraft) { d.Category = "\x00" },
		"/impact":          func(d *itsm.ProblemDraft) { d.Impact = "huge" },
		"/urgency":         func(d *itsm.ProblemDraft) { d.Urgency = "now" },
		"/trigger":         func(d *itsm.ProblemDraft) { d.Trigger = "hunch" },
		"/trend":           func(d *itsm.ProblemDraft) { d.Trend = &itsm.Trend{ID: "similar_item/db-1"} },
		"/pattern":         func(d *itsm.ProblemDraft) { d.Pattern = &itsm.Pattern{} },
		"/pattern/symptom": func(d *itsm.ProblemDraft) { d.Pattern = &itsm.Pattern{Symptom: "\u202e"} },
		"/incidents":       func(d *itsm.ProblemDraft) { d.Incidents = incidentNumbers(itsm.MaxProblemIncidents + 1) },
		"/incidents/1":     func(d *itsm.ProblemDraft) { d.Incidents = []itsm.Number{"INC-1", "INC-1"} },
		"/incidents/0":     func(d *itsm.ProblemDraft) { d.Incidents = []itsm.Number{"CHG-1"} },
		"/change":          func(d *itsm.ProblemDraft) { d.Change = "INC-1" },
		"/follows":         func(d *itsm.ProblemDraft) { d.Follows = "INC-1" },
	} {
		d := anyProblem()
		spoil(&d)
		e := itsm.AsError(d.Check())
		require.Equal(t, "problem.invalid", e.Code, pointer)
		require.Equal(t, pointer, e.Fields[0].Pointer)
	}
	require.NoError(t, d.CheckRaise(rita))
	require.Equal(t, "actor.permission", code(d.CheckRaise(ada)))
	d.Trigger, d.Trend = itsm.TriggeredByTrend, &itsm.Trend{ID: "similar_item/db-1"}
	require.Equal(t, "actor.permission", code(d.CheckRaise(pam)), "what is found, Steward proposes")
	require.NoError(t, d.CheckRaise(monitor))
	c := problemCatalog()
	require.NoError(t, c.CheckRaiseProblem(rita, d))
	d.Service = "nowhere"
	require.Equal(t, "problem.invalid", code(c.CheckRaiseProblem(rita, d)))
	d.Incidents, d.Change = []itsm.Number{"INC-1", "INC-2"}, "CHG-1"
	e := itsm.AsError(d.CheckIncidents(func(n itsm.Number) (bool, error) { return n == "INC-1", nil }))
	require.Equal(t, []string{"/incidents/1", "/change"}, []string{e.Fields[0].Pointer, e.Fields[1].Pointer})
	require.Equal(t, "problem.invalid", code(d.CheckFollows(nil)))
	require.Equal(t, "problem.invalid", code(d.CheckFollows(&in(t, itsm.ProblemLogged).Problem)))
	require.NoError(t, d.CheckFollows(&in(t, itsm.ProblemClosed).Problem))
}

func incidentNumbers(n int) (all []itsm.Number) {
	for i := range n {
		all = append(all, itsm.Number(fmt.Sprintf("INC-%d", i+1)))
	}
	return all
}
