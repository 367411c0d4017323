package chatops

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestAProblemGoesFromFormToClosed: pressed all the way, with each message that asks.
func TestAProblemGoesFromFormToClosed(t *testing.T) {
	o := problemOffice(t)
	o.raised()
	p := o.hangs()
	require.Equal(t, []itsm.Number{"INC-1"}, p.Incidents)
	require.Equal(t, itsm.TriggeredByIncident, p.Trigger)
	asked := o.problemSent(itsm.NoticeAssess, "pia")
	require.Contains(t, asked.Says(), "Is it a problem?")
	require.Contains(t, asked.Says(), "Ana Lima raised it from INC-1.")
	o.press("U0PIA", asked, "Accept…")
	a := o.submit("U0PIA", map[string]string{"coordinator": "U0PAT", "note": "Look <there>"})
	require.Equal(t, "update", a.Action, a.Errors)
	require.Contains(t, o.closed("U0PIA"), "You accepted PRB-1; it is now investigating.")
	require.Equal(t, itsm.PersonID("pat"), p.Coordinator)

	told := o.problemSent(itsm.NoticeTell, "pat")
	require.Contains(t, told.Says(), "you coordinate it from now on")
	o.press("U0PAT", told, "Root cause…")
	require.Equal(t, "update", o.submit("U0PAT", aCause).Action)
	require.Contains(t, o.closed("U0PAT"), "You recorded the root cause of PRB-1; it is now root cause known.")
	require.Equal(t, []itsm.Evidence{{URL: "https://graphs.example/1", Note: "at noon"}, {Record: "INC-1"}, {Note: "The log"}}, p.RootCause.Cause.Evidence)

	card := o.problemSent(itsm.NoticeCard, "C0PAY")
	o.press("U0PAT", card, "Workaround…")
	require.Equal(t, "update", o.submit("U0PAT", aWorkaround).Action)
	require.Contains(t, o.closed("U0PAT"), "`/problem known-error PRB-1` asks somebody else to publish it.")
	o.prb("U0PAT", "status 1")
	o.pressLast("U0PAT", "Have it published")
	require.Contains(t, o.whispered("U0PAT"), "Somebody else is asked to read it.")

	decide := o.problemSent(itsm.NoticePublish, "pia")
	for _, want := range []string{"Can this known error be published?", "Payments hang at *noon*", "1. Restart <it>\n2. Wait", "Payments under way fail", "Rio Sato"} {
		require.Contains(t, decide.Says(), want)
	}
	o.press("U0PIA", decide, "Approve")
	require.Contains(t, o.whispered("U0PIA"), "Its known error is published; `/problem communicate PRB-1` tells its open incidents.")
	o.prb("U0PAT", "show 1")
	o.pressLast("U0PAT", "Tell the incidents")
	require.Contains(t, o.whispered("U0PAT"), "You had told the open incidents of PRB-1")
	heard := o.sent("INC-1", itsm.NoticeTell, "ana")
	require.Contains(t, heard.Says(), "Your incident is of a known error, PRB-1, which has a workaround")
	require.Contains(t, heard.Says(), "1. Restart <it>\n2. Wait")

	o.prb("U0PAT", "fix 1 CHG-1")
	o.desk.fixed("PRB-1", itsm.Successful)
	require.Contains(t, o.problemSent(itsm.NoticeCard, "C0PAY").Says(), "Watched until")
	o.prb("U0PIA", "show 1")
	o.pressLast("U0PIA", "It holds…")
	o.submit("U0PIA", map[string]string{"note": "Quiet for a week"})
	require.Contains(t, o.closed("U0PIA"), "You confirmed the fix of PRB-1; it is now resolved.")
	o.prb("U0PIA", "status 1")
	o.pressLast("U0PIA", "Close")
	require.Contains(t, o.whispered("U0PIA"), "You closed PRB-1; it is now closed.")
	require.Equal(t, itsm.EndedFixed, p.Ending)
	require.Zero(t, o.desk.unanswered())
}

func TestEveryVerbOfProblemsCanBeTyped(t *testing.T) {
	o := problemOffice(t)
	o.raised()
	o.hangs()
	for range 3 {
		o.prb("U0ANA", "new Again")
		o.submit("U0ANA", map[string]string{"service": "payments"})
		o.closed("U0ANA")
	}
	for _, s := range []struct{ user, text, want string }{
		{"U0ANA", "help", "/problem accept PRB-7"},
		{"U0ANA", "", "/problem accept PRB-7"},
		{"U0ANA", "PRB-1", "What happened"},
		{"U0ANA", "1", "What happened"},
		{"U0ANA", "show 1:", "Payments <hang>"},
		{"U0ANA", "show 77", "There is no PRB-77 that you can see."},
		{"U0ANA", "status PRB-1", "waits for any problem manager"},
		{"U0ANA", "explain 1", "If nobody acts: <!date^"},
		{"U0ANA", "timeline 1", "with 1 incidents"},
		{"U0ANA", "accept 1", "That needs one of these roles: problem_manager."},
		{"U0PAT", "rca 1", "its root cause is recorded while it is investigated"},
		{"U0PIA", "decline 2 because it is none", "You declined PRB-2; it is now declined. It was declined: it is no problem."},
		{"U0PIA", "decline 2 again", "PRB-2 is declined already."},
		{"U0PIA", "merge 3 into PRB-1 the same pool", "It was merged into PRB-1, where it goes on."},
		{"U0PIA", "merge 4 into PRB-99 the same", "names no record that you can see"},
		{"U0PIA", "accept PRB-1 <@U0RIO|rio> have a look", "You accepted PRB-1; it is now investigating."},
		{"U0PIA", "accept PRB-1", "PRB-1 was assessed already"},
		{"U0RIO", "assign 1 @pat you know it", "You handed on PRB-1"},
		{"U0RIO", "assign 1 @eve", "eve"},
		{"U0RIO", "assign 1 team dba", "You handed on PRB-1"},
		{"U0PAT", "task 1 @rio Look at the &lt;pool&gt;", "You added a task to PRB-1"},
		{"U0PAT", "task 1 Read the log", "`/problem task PRB-1 done 1 what came of it` ends the first"},
		{"U0RIO", "task 1 done 1 it leaks", "You ended a task of PRB-1"},
		{"U0RIO", "task 1 done 1 again", "Task 1 of PRB-1 is done already."},
		{"U0RIO", "task 1 dropped 2 no log", "None of its tasks is open."},
		{"U0RIO", "done 1 9 what", "PRB-1 has no task 9."},
		{"U0RIO", "task 1 done 2x what", "No task of PRB-1 is open."},
		{"U0PAT", "link 1 found in inc-1", "PRB-1 is linked so to INC-1 already."},
		{"U0PAT", "link 1 caused by CHG-1", "On record: caused by CHG-1."},
		{"U0PAT", "link 1 related INC-9", "names no record that you can see"},
		{"U0PAT", "known-error 1", "PRB-1 has no workaround yet; write it first."},
		{"U0PAT", "communicate 1", "is not published, so nobody is told of it"},
		{"U0PAT", "fix 1 CHG-1", "a fix is planned once its root cause is known"},
		{"U0PIA", "decide 1 approve", "known_error.not_awaiting"},
		{"U0PIA", "decide 1 reject no", "known_error.not_awaiting"},
		{"U0PIA", "close 1", "it is closed once its fix has held"},
		{"U0PIA", "reopen 1 why not", "there is nothing to reopen"},
		{"U0PIA", "confirm 1 it holds", "a fix is confirmed while it is watched"},
		{"U0PAT", "review 1", "it is reviewed once it is fixed"},
		{"U0ANA", "comment 1 It &lt;hangs&gt; for &lt;!here&gt;", "You commented on PRB-1"},
		{"U0PAT", "cancel 1 no", "PRB-1 can be cancelled by ana, who raised it"},
		{"U0ANA", "cancel 1 because of me", "You cancelled PRB-1; it is now cancelled."},
		{"U0ANA", "comment 1 more", "PRB-1 is cancelled already."},
		{"U0PIA", "reject CHG-1 no", "CHG-1"},
		{"U0PIA", "rca INC-1", "INC-1 is of another kind; /incident help tells what can be done to it."},
		{"U0PIA", "xyzzy", "For example: `/problem new Payments hang at noon`"},
		{"U0PIA", "aceept 1", "Did you mean `/problem accept`?"},
		{"U0NEW", "list", "put your Slack id U0NEW into the catalog"},
	} {
		said := o.prb(s.user, s.text)
		require.Contains(t, said, s.want, "%s: %s", s.user, s.text)
		for len(o.Views(s.user)) > 0 {
			o.closed(s.user)
		}
	}
	require.Equal(t, "It <hangs> for <!here>", o.desk.comments["PRB-1"][0].Text)
	require.Equal(t, "Look at the <pool>", o.desk.problems["PRB-1"].Tasks[0].Title)
	require.Equal(t, itsm.TaskDropped, o.desk.problems["PRB-1"].Tasks[1].State)
	require.Contains(t, o.desk.problems["PRB-1"].Absorbed, itsm.Number("PRB-3"))
	require.Zero(t, o.desk.unanswered())
}

// TestARejectionSaysWhy: by the button, by the command, and by the form that the command
// opens when it says nothing.
func TestARejectionSaysWhy(t *testing.T) {
	for _, ask := range []func(*office){
		func(o *office) { o.press("U0PIA", o.problemSent(itsm.NoticePublish, "pia"), "Reject…") },
		func(o *office) { o.prb("U0PIA", "decide 1 reject") },
		func(o *office) { o.prb("U0PIA", "reject 1") },
	} {
		o := stood(t, proposed)
		ask(o)
		require.Equal(t, "update", o.submit("U0PIA", map[string]string{"note": "Nobody tried it"}).Action)
		require.Contains(t, o.closed("U0PIA"), "It is a draft again, and whoever wrote it reads why.")
		require.Equal(t, itsm.KnownErrorDraft, o.desk.problems["PRB-1"].KnownError.State)
		told := o.problemTold(itsm.NoticeTell, "pat")
		require.Equal(t, "Nobody tried it", told.Event.Note)
	}
	o := stood(t, proposed)
	o.prb("U0PIA", "decide 1")
	a := o.submit("U0PIA", map[string]string{"verdict": "reject"})
	require.Equal(t, "errors", a.Action)
	require.Contains(t, a.Errors["note"], "needed")
	require.Equal(t, "update", o.submit("U0PIA", map[string]string{"verdict": "approve"}).Action)
	require.Equal(t, itsm.KnownErrorPublished, o.desk.problems["PRB-1"].KnownError.State)
}

// TestADecisionIsOnTheTextThatWasRead: whoever wrote it anew voids what was asked.
func TestADecisionIsOnTheTextThatWasRead(t *testing.T) {
	o := stood(t, proposed)
	asked := o.problemSent(itsm.NoticePublish, "pia")
	o.prb("U0PAT", "workaround 1")
	o.submit("U0PAT", map[string]string{"workaround": "Format the disk"})
	o.closed("U0PAT")
	o.press("U0PIA", asked, "Approve")
	require.Contains(t, o.whispered("U0PIA"), "known_error.")
	require.NotContains(t, buttons(o.at(asked.Channel, asked.TS)), "Approve", "what is out of date has nothing to press")
	o.prb("U0PAT", "known-error 1")
	o.press("U0PIA", asked, "Approve")
	require.Contains(t, o.whispered("U0PIA"), "known_error.", "the button is of another text")
	require.Nil(t, o.desk.problems["PRB-1"].Published)
	o.prb("U0PAT", "decide 1 approve")
	require.Contains(t, o.whispered("U0PAT"), "known_error.own_request", "who wrote it decides on nothing")
	o.press("U0PIA", o.problemSent(itsm.NoticePublish, "pia"), "Approve")
	require.Equal(t, "Format the disk", o.desk.problems["PRB-1"].Published.Workaround)
	require.NotContains(t, buttons(o.problemSent(itsm.NoticePublish, "pia")), "Approve")
}

// TestAFixIsRaisedFromTheProblem: the form of a change is filled in, and the problem
// waits for what it raises.
func TestAFixIsRaisedFromTheProblem(t *testing.T) {
	o := stood(t, caused)
	o.desk.catalog.People[5].Roles = append(o.desk.catalog.People[5].Roles, itsm.Implementer)
	o.prb("U0PAT", "fix 1")
	require.Contains(t, o.top("U0PAT").Text(), "It is to fix PRB-1, which waits for it from then on.")
	require.Equal(t, "Fix PRB-1: Payments <hang>", o.initiallyFor("U0PAT", "title"))
	require.Contains(t, o.initiallyFor("U0PAT", "description"), "Root cause: The pool is <small>")
	require.Equal(t, "payments", o.initiallyFor("U0PAT", "service"))
	a := o.submit("U0PAT", map[string]string{"plan": "Widen it", "backout_plan": "Narrow it"})
	require.Equal(t, "update", a.Action, a.Errors)
	require.Contains(t, o.closed("U0PAT"), "CHG-2 is raised and is awaiting approval. PRB-1 waits for it.")
	p := o.desk.problems["PRB-1"]
	require.Equal(t, itsm.Number("CHG-2"), p.Fix.Change)
	o.prb("U0PAT", "fix 1 CHG-2")
	require.Contains(t, o.whispered("U0PAT"), "PRB-1 waits for CHG-2 already.")
	require.Empty(t, o.Views("U0PAT"))
	require.NoError(t, o.forged("U0PAT", "change.new", "", values{"title": written("x"), "service": chosen("payments"), "plan": written("x"), "backout_plan": written("x")}))
	err := o.forged("U0PAT", "change.new", `{"number":"CHG-1"}`, values{"title": written("x"), "service": chosen("payments"), "plan": written("x"), "backout_plan": written("x")})
	require.Equal(t, "slack.form", itsm.AsError(err).Code)
	err = o.forged("U0ANA", "change.new", `{"number":"PRB-1"}`, values{"title": written("x"), "service": chosen("payments"), "plan": written("x"), "backout_plan": written("x")})
	require.Equal(t, "actor.permission", itsm.AsError(err).Code)
}

// TestWhatIsDueIsPickedInOnesOwnZone: Slack's picker knows it, and gives an instant.
func TestWhatIsDueIsPickedInOnesOwnZone(t *testing.T) {
	o := stood(t, accepted)
	p, due := o.desk.problems["PRB-1"], o.clock.now().Add(48*time.Hour).UTC()
	o.prb("U0PAT", "task 1 @rio")
	a := o.submit("U0PAT", map[string]string{"owner": "U0RIO", "title": "Look <there>", "due_at": strconv.FormatInt(due.Unix(), 10)})
	require.Equal(t, "update", a.Action, a.Errors)
	o.closed("U0PAT")
	require.Equal(t, due, *p.Tasks[0].DueAt)
	require.Equal(t, itsm.PersonID("rio"), p.Tasks[0].Owner)
	told := o.problemSent(itsm.NoticeTell, "rio")
	require.Contains(t, told.Says(), "gave you task 1 (Look &lt;there&gt;) of PRB-1.")
	o.press("U0RIO", told, "End a task…")
	require.Equal(t, "1", o.initiallyFor("U0RIO", "id"))
	require.Equal(t, "update", o.submit("U0RIO", map[string]string{"result": "It leaks"}).Action)
	o.closed("U0RIO")
	require.Equal(t, "It leaks", p.Tasks[0].Result)

	o.prb("U0PIA", "accept-risk 1 because it is rare")
	require.Equal(t, "it is rare", o.initiallyFor("U0PIA", "note"))
	a = o.submit("U0PIA", map[string]string{"expires_at": strconv.FormatInt(o.clock.now().Unix()-60, 10)})
	require.Contains(t, a.Errors["expires_at"], "must be later than now")
	require.Equal(t, "update", o.submit("U0PIA", map[string]string{"expires_at": strconv.FormatInt(due.Unix(), 10)}).Action)
	require.Contains(t, o.closed("U0PIA"), "You accepted the risk of PRB-1; it is now risk accepted.")
	require.Equal(t, due, p.Risk.ExpiresAt)
}

// TestAKnownErrorHelpsAnIncident: it is found, offered where it fits, applied with one
// press, and counted.
func TestAKnownErrorHelpsAnIncident(t *testing.T) {
	o := stood(t, published)
	o.outage()
	for text, want := range map[string]string{"known": "PRB-1 · Payments <hang> · not used yet", "known NOON": "Restart <it>", "known zebra": "There is none."} {
		require.Contains(t, o.prb("U0ANA", text), want, text)
	}
	require.Contains(t, o.prb("U0ANA", "known "+strings.Repeat("x", 300)), "search.invalid")
	book, err := o.desk.IncidentKnownErrors(t.Context(), callerOf("pat", itsm.Responder), "INC-2")
	require.NoError(t, err)
	n := o.told("INC-2", itsm.NoticePage, "pat")
	n.Known = book
	at, err := o.messenger.Post(t.Context(), n)
	require.NoError(t, err)
	page := o.at(at.Channel, at.TS)
	require.Contains(t, page.Says(), "May be a known error")
	o.press("U0PAT", page, "Apply")
	require.Contains(t, o.whispered("U0PAT"), "You applied a workaround to INC-2")
	require.Equal(t, 1, o.desk.use("PRB-1").Count)
	o.press("U0PAT", page, "Apply")
	require.Contains(t, o.whispered("U0PAT"), "INC-2 applies the workaround of PRB-1 already.")
	require.NotContains(t, o.at(at.Channel, at.TS).Says(), "May be a known error", "what was pressed too late is as it is now")
	require.Contains(t, o.sent("INC-2", itsm.NoticeTell, "ana").Says(), "applied the workaround of a known error, PRB-1, to your incident.")
	require.Contains(t, o.prb("U0ANA", "known"), "used once")
	require.Contains(t, o.inc("U0PAT", "timeline 2"), "the workaround of PRB-1 was applied")

	require.Contains(t, o.inc("U0RIO", "apply 1 PRB-9"), "names no record that you can see")
	require.Contains(t, o.inc("U0ANA", "apply 1 PRB-1"), "That needs one of these roles")
	o.inc("U0RIO", "apply 1")
	require.Equal(t, "update", o.submit("U0RIO", map[string]string{"known_error": "prb-1"}).Action)
	o.closed("U0RIO")
	require.Equal(t, 2, o.desk.use("PRB-1").Count)
	o.desk.set("KnownErrors", down, false)
	require.Contains(t, o.inc("U0PAT", "show 1"), "Nobody can <pay>", "nobody waits for what may help")
}

// TestAProblemIsRaisedFromAnIncident: by its card's menu, by its command, and by words.
func TestAProblemIsRaisedFromAnIncident(t *testing.T) {
	o := problemOffice(t)
	o.outage()
	card := o.sent("INC-1", itsm.NoticeCard, "C0PAY")
	for _, ask := range []func(){
		func() { o.choose("U0PAT", card, "Raise problem…") },
		func() { o.inc("U0PAT", "problem 1") },
		func() { o.typed("U0PAT", "/problem", "new from inc-1") },
	} {
		ask()
		require.Equal(t, []string{"Nobody can <pay>", "payments", "INC-1", "high"}, []string{
			o.initiallyFor("U0PAT", "title"), o.initiallyFor("U0PAT", "service"), o.initiallyFor("U0PAT", "incidents"), o.initiallyFor("U0PAT", "impact"),
		})
		o.closed("U0PAT")
	}
	o.typed("U0PAT", "/problem", "new from the start")
	require.Equal(t, "from the start", o.initiallyFor("U0PAT", "title"))
	a := o.submit("U0PAT", map[string]string{"service": "payments", "incidents": "1, INC-7"})
	require.Contains(t, a.Errors["incidents"], "line 2 names no record that you can see")
	require.Equal(t, "update", o.submit("U0PAT", map[string]string{"incidents": "INC-1"}).Action)
	require.Contains(t, o.closed("U0PAT"), "You raised PRB-1; it is now logged.")
	require.Contains(t, o.typed("U0PAT", "/problem", "new from INC-9"), "There is no INC-9 that you can see.")
}
