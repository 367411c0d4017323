package chatops

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestACorrectiveActionGoesFromFormToClosed: pressed all the way, with each message that
// asks.
func TestACorrectiveActionGoesFromFormToClosed(t *testing.T) {
	o := strayed(t, carRaised)
	c := o.desk.corrective["CAR-1"]
	require.Equal(t, []any{itsm.RaisedByIncident, itsm.Number("INC-1"), itsm.PersonID("pat"), itsm.SeverityMajor}, []any{c.RaisedBy, c.Source, c.Owner, c.Severity})
	own := o.correctiveSent(itsm.NoticeOwn, "pat")
	require.Contains(t, own.Says(), "This corrective action is yours.")
	o.press("U0PAT", own, "Acknowledge")
	require.Contains(t, o.whispered("U0PAT"), "You acknowledged CAR-1; it is now acknowledged. Its owner looks for its root cause. `/corrective rca CAR-1` records what is found.")

	o.press("U0PAT", o.correctiveSent(itsm.NoticeCard, "C0PAY"), "Root cause…")
	require.Contains(t, o.fills("U0PAT", aCause), "`/corrective plan CAR-1` writes what takes it away.")
	require.Equal(t, "The pool is <small>", c.RootCause.Cause.Text)
	o.press("U0PAT", o.correctiveSent(itsm.NoticeCard, "C0PAY"), "Plan…")
	require.Contains(t, o.fills("U0PAT", o.aPlan()), "You proposed the plan of CAR-1; it is now plan proposed.")
	require.Equal(t, []itsm.PersonID{"rio", "pat"}, []itsm.PersonID{c.Plan.Steps[0].Owner, c.Plan.Steps[1].Owner}, "nobody named is whoever owns it")

	asked := o.correctiveSent(itsm.NoticeAccept, "qia")
	for _, want := range []string{"Is this plan carried out?", "Try a &lt;restore&gt; each quarter", "Rio Sato", "Two *restores* in a row work", "The other <services>, too", "The pool is <small>"} {
		require.Contains(t, asked.Says(), want)
	}
	o.press("U0QIA", asked, "Approve")
	require.Contains(t, o.whispered("U0QIA"), "You accepted the plan of CAR-1; it is now planned.")

	told := o.correctiveSent(itsm.NoticeTell, "rio")
	require.Contains(t, told.Says(), "1 of its steps are yours.")
	o.press("U0RIO", told, "Step done…")
	require.Contains(t, o.fills("U0RIO", map[string]string{"id": "1", "result": "It <works>", "evidence": "https://graphs.example/1 at noon\ninc-1"}), "You did a step of CAR-1")
	require.Equal(t, []itsm.Evidence{{URL: "https://graphs.example/1", Note: "at noon"}, {Record: "INC-1"}}, c.Steps[0].Evidence)
	o.car("U0PAT", "show 1")
	o.pressAbout("U0PAT", "CAR-1", "Drop a step…")
	require.Contains(t, o.fills("U0PAT", map[string]string{"id": "2", "result": "It is there"}), "None of its steps is open; `/corrective implement CAR-1` says that it is implemented.")
	o.car("U0PAT", "status 1")
	o.pressAbout("U0PAT", "CAR-1", "It is implemented")
	require.Contains(t, o.whispered("U0PAT"), "You said that it is implemented: CAR-1; it is now implemented.")
	o.desk.correctiveShows()

	judge := o.correctiveSent(itsm.NoticeVerify, "quin")
	require.Contains(t, judge.Says(), "Was it effective?")
	o.press("U0QUIN", judge, "Verify…")
	require.Contains(t, o.fills("U0QUIN", map[string]string{"result": "effective", "note": "Two worked", "evidence": "CHG-1"}), "You verified CAR-1; it is now closed.")
	require.True(t, c.Verification.Effective)
	require.Empty(t, o.correctiveSent(itsm.NoticeVerify, "qia").Blocks[0]["accessory"])
	require.Equal(t, []string{"Details"}, buttons(o.correctiveSent(itsm.NoticeVerify, "qia")), "what is over has nothing to press")
	require.Zero(t, o.desk.unanswered())
}

// TestEveryVerbOfCorrectiveActionsCanBeTyped: the whole life once more, by words alone.
func TestEveryVerbOfCorrectiveActionsCanBeTyped(t *testing.T) {
	o := strayed(t, carRaised)
	for range 2 {
		o.car("U0ANA", "new Again")
		o.fills("U0ANA", map[string]string{"service": "payments", "nonconformity": "x"})
	}
	for _, s := range []struct{ user, text, want string }{
		{"U0ANA", "help", "/corrective raise from PRB-7"},
		{"U0ANA", "", "/corrective raise from PRB-7"},
		{"U0ANA", "CAR-1", "What happened"},
		{"U0ANA", "1", "What happened"},
		{"U0ANA", "show 77", "There is no CAR-77 that you can see."},
		{"U0ANA", "status 1", "It waits for its owner to acknowledge it."},
		{"U0ANA", "explain CAR-1", "If nobody acts: <!date^"},
		{"U0ANA", "timeline 1", "logged as major; Pat &lt;Pager&gt; owns it, raised from INC-1"},
		{"U0QIA", "acknowledge 1", "CAR-1 waits for pat, who owns it, to acknowledge it."},
		{"U0PAT", "rca 1", "its root cause is recorded once it is acknowledged"},
		{"U0PAT", "plan 1", "a plan is written once its cause is known"},
		{"U0PAT", "ack 1 on it", "You acknowledged CAR-1"},
		{"U0PAT", "acknowledge 1", "CAR-1 was acknowledged already."},
		{"U0RIO", "rca 1", "CAR-1 is worked on by pat, who owns it, or by a quality manager."},
		{"U0QIA", "assign 1 @rio you know it", "You handed on CAR-1"},
		{"U0RIO", "assign 1 <@U0PAT|pat>", "Whoever owns it now is told."},
		{"U0PAT", "assign 1 team dba", "You handed on CAR-1"},
		{"U0QIA", "approve 1", "corrective_plan.not_awaiting"},
		{"U0PAT", "step 1", "No step of CAR-1 is open."},
		{"U0PAT", "implement 1", "it is implemented once its plan is accepted"},
		{"U0QIA", "verify 1 effective yes INC-1", "whether it was effective is said once it is implemented"},
		{"U0PAT", "link 1 acts on chg-1", "On record: acts on CHG-1."},
		{"U0PAT", "link 1 related INC-9", "names no record that you can see"},
		{"U0ANA", "comment 1 It &lt;is&gt; for &lt;!here&gt;", "You commented on CAR-1"},
		{"U0ANA", "withdraw 1 no", "CAR-1 is withdrawn by a quality manager, or by ana, who raised it, before it is acknowledged."},
		{"U0ANA", "withdraw 2 because it is none", "You withdrew CAR-2; it is now withdrawn."},
		{"U0ANA", "comment 2 more", "CAR-2 is withdrawn already."},
		{"U0QIA", "cancel 3 because it is none", "You withdrew CAR-3"},
		{"U0QIA", "rca INC-1", "CAR-1"},
		{"U0QIA", "apply CAR-1", "Did you mean"},
		{"U0QIA", "xyzzy", "For example: `/corrective raise Backups are not tried`"},
		{"U0QIA", "aknowledge 1", "Did you mean `/corrective acknowledge`?"},
		{"U0NEW", "list", "put your Slack id U0NEW into the catalog"},
	} {
		said := o.car(s.user, s.text)
		if s.text == "rca INC-1" {
			s.want = "INC-1 is of another kind; /incident help tells what can be done to it."
		}
		if s.text == "apply CAR-1" {
			s.want = "does not know"
		}
		require.Contains(t, said, s.want, "%s: %s", s.user, s.text)
		for len(o.Views(s.user)) > 0 {
			o.closed(s.user)
		}
	}
	require.Equal(t, "It <is> for <!here>", o.desk.comments["CAR-1"][0].Text)
	o = strayed(t, carProposed)
	for _, s := range []struct{ user, text, want string }{
		{"U0PAT", "approve 1", "corrective_plan.own_request"},
		{"U0ANA", "approve 1", "corrective_plan.not_approver"},
		{"U0QUIN", "abstain 1", "Others decide on it still."},
		{"U0QIA", "decide 1 yes", "Whoever has a step of it is told."},
		{"U0QIA", "reject 1 no", "corrective_plan."},
		{"U0ANA", "step 1 done 1 it works INC-1", "Step 1 of CAR-1 is for rio to do"},
		{"U0RIO", "step 1 done 9 it works INC-1", "CAR-1 has no step 9."},
		{"U0RIO", "step 1 done 1 it works, see (INC-1) and https://graphs.example/1.", "You did a step of CAR-1"},
		{"U0RIO", "step 1 done 1 again INC-1", "Step 1 of CAR-1 is done already."},
		{"U0PAT", "implement 1", "CAR-1 has 1 steps that are open."},
		{"U0PAT", "step 1 dropped 2 because it is there", "You dropped a step of CAR-1"},
		{"U0PAT", "implement 1 all of it", "it is now implemented"},
		{"U0QIA", "verify 1 effective: it holds INC-1", "The effect of CAR-1 does not show yet."},
	} {
		require.Contains(t, o.car(s.user, s.text), s.want, "%s: %s", s.user, s.text)
	}
	c := o.desk.corrective["CAR-1"]
	require.Equal(t, []itsm.Evidence{{Record: "INC-1"}, {URL: "https://graphs.example/1"}}, c.Steps[0].Evidence)
	o.desk.correctiveShows()
	require.Contains(t, o.car("U0PAT", "verify 1 effective it holds INC-1"), "That needs one of these roles")
	require.Contains(t, o.car("U0QUIN", "verify 1 not effective: it came back with INC-1"), "You verified CAR-1; it is now not effective.")
	require.Equal(t, 1, c.Ineffective)
	require.Equal(t, []itsm.Evidence{{Record: "INC-1"}}, c.Verification.Evidence)
	require.Zero(t, o.desk.unanswered())
}

// TestAPlanThatWasRejectedIsWrittenAnew: by the button, by the command, and by the form
// that the command opens when it says nothing.
func TestAPlanThatWasRejectedIsWrittenAnew(t *testing.T) {
	for _, ask := range []func(*office){
		func(o *office) { o.press("U0QIA", o.correctiveSent(itsm.NoticeAccept, "qia"), "Reject…") },
		func(o *office) { o.car("U0QIA", "decide 1 reject") },
		func(o *office) { o.car("U0QIA", "reject 1") },
	} {
		o := strayed(t, carProposed)
		ask(o)
		require.Contains(t, o.fills("U0QIA", map[string]string{"note": "It does not <reach> it"}), "Whoever wrote it reads why, and writes another.")
		told := o.correctiveSent(itsm.NoticeTell, "pat")
		require.Contains(t, told.Says(), "rejected the plan of CAR-1.")
		require.Contains(t, told.Says(), "It does not <reach> it")
		o.press("U0PAT", told, "Plan…")
		require.Equal(t, "Try a <restore> each quarter", o.initiallyFor("U0PAT", "steps_0_title"))
		require.Equal(t, "U0RIO", o.initiallyFor("U0PAT", "steps_0_owner"))
		o.fills("U0PAT", map[string]string{"measure": "Three in a row"})
		c := o.desk.corrective["CAR-1"]
		require.Equal(t, []any{2, "Three in a row", 2}, []any{c.Plan.Version, c.Plan.Measure, len(c.Plan.Steps)})
	}
	o := strayed(t, carProposed)
	o.car("U0QIA", "decide 1")
	a := o.submit("U0QIA", map[string]string{"verdict": "reject"})
	require.Contains(t, a.Errors["note"], "needed")
	o.fills("U0QIA", map[string]string{"verdict": "approve"})
	require.Equal(t, itsm.CorrectivePlanned, o.desk.corrective["CAR-1"].State)
}

// TestADecisionIsOnThePlanThatWasRead: whoever wrote it anew voids what was asked, and who
// presses what is out of date is told so.
func TestADecisionIsOnThePlanThatWasRead(t *testing.T) {
	o := strayed(t, carProposed)
	asked := o.correctiveSent(itsm.NoticeAccept, "qia")
	o.car("U0PAT", "plan 1")
	o.fills("U0PAT", map[string]string{"measure": "Nothing at all"})
	o.press("U0QIA", asked, "Approve")
	require.Contains(t, o.whispered("U0QIA"), "corrective_plan.")
	require.NotContains(t, buttons(o.at(asked.Channel, asked.TS)), "Approve", "what is out of date has nothing to press")
	require.Equal(t, itsm.CorrectivePlanProposed, o.desk.corrective["CAR-1"].State)
	again := o.correctiveSent(itsm.NoticeAccept, "qia")
	require.Contains(t, again.Says(), "Nothing at all")
	o.press("U0QIA", again, "Approve")
	require.Equal(t, itsm.CorrectivePlanned, o.desk.corrective["CAR-1"].State)

	own := o.correctiveTold(itsm.NoticeOwn, "pat")
	require.True(t, own.Over)
	card := o.correctiveSent(itsm.NoticeCard, "C0PAY")
	o.car("U0QIA", "withdraw 1 it is none")
	o.press("U0PAT", card, "Plan…")
	require.Contains(t, o.whispered("U0PAT"), "CAR-1 is withdrawn already. Raise another.")
	require.Equal(t, []string{"Details"}, buttons(o.at(card.Channel, card.TS)), "the card is as it is now")
}

// TestACorrectiveActionIsRaisedFromARecord: by its card's menu, by its details once it is
// over, by its command, and by words.
func TestACorrectiveActionIsRaisedFromARecord(t *testing.T) {
	o := qualityOffice(t)
	o.raised()
	o.hangs()
	const label = "Raise a corrective action…"
	for _, tt := range []struct {
		ask             func()
		source, title   string
		nonconformities string
	}{
		{func() { o.choose("U0PAT", o.sent("INC-1", itsm.NoticeCard, "C0PAY"), label) }, "INC-1", "Nobody can <pay>", ""},
		{func() { o.inc("U0PAT", "corrective 1") }, "INC-1", "Nobody can <pay>", ""},
		{func() { o.prb("U0PAT", "show 1"); o.pressAbout("U0PAT", "PRB-1", label) }, "PRB-1", "Payments <hang>", ""},
		{func() { o.prb("U0PAT", "corrective 1") }, "PRB-1", "Payments <hang>", ""},
		{func() { o.car("U0PAT", "raise from inc-1") }, "INC-1", "Nobody can <pay>", ""},
		{func() { o.car("U0PAT", "raise from chg-1") }, "CHG-1", "Rotate <keys> & certs", ""},
		{func() { o.typed("U0PAT", "/change", "corrective 1") }, "CHG-1", "Rotate <keys> & certs", ""},
	} {
		tt.ask()
		require.Equal(t, []string{tt.title, "payments", tt.source}, []string{o.initiallyFor("U0PAT", "title"), o.initiallyFor("U0PAT", "service"), o.initiallyFor("U0PAT", "source")})
		o.closed("U0PAT")
	}
	c := o.desk.changes["CHG-1"]
	c.State, c.Outcome = itsm.ChangeClosed, itsm.Failed
	o.typed("U0ANA", "/change", "show 1")
	o.pressAbout("U0ANA", "CHG-1", label)
	require.Contains(t, o.fills("U0ANA", map[string]string{"nonconformity": "It was not tried first"}), "You raised CAR-1; it is now raised.")
	raised := o.desk.corrective["CAR-1"]
	require.Equal(t, []any{itsm.RaisedByChange, itsm.PersonID("ana"), itsm.SeverityMinor}, []any{raised.RaisedBy, raised.Owner, raised.Severity})

	o.car("U0PAT", "raise from the start")
	require.Equal(t, "from the start", o.initiallyFor("U0PAT", "title"))
	a := o.submit("U0PAT", map[string]string{"service": "payments", "nonconformity": "x", "source": "INC-77", "owner": "U0NEW"})
	require.Contains(t, a.Errors["owner"], "nobody in the catalog has the Slack id U0NEW")
	a = o.submit("U0PAT", map[string]string{"owner": "U0PAT"})
	require.Contains(t, a.Errors["source"], "names no record that you can see")
	require.Contains(t, o.fills("U0PAT", map[string]string{"source": "CAR-1", "raised_by": "review"}), "You raised CAR-2")
	require.Contains(t, o.car("U0PAT", "raise from INC-9"), "There is no INC-9 that you can see.")
}

// TestHomeShowsCorrectiveActionsThatWait: for whom they are, with what is asked of them.
func TestHomeShowsCorrectiveActionsThatWait(t *testing.T) {
	o := strayed(t, carRaised)
	require.NotContains(t, o.home("U0QIA").Text(), "CAR-1", "who has no part in them is not told")
	v := o.home("U0PAT")
	require.Contains(t, v.Text(), "To acknowledge: raised")
	_, err := o.PressIn(context.Background(), "U0PAT", v, "corrective.acknowledge:CAR-1", nil)
	require.NoError(t, err)
	require.Contains(t, o.home("U0PAT").Text(), "To find its root cause: acknowledged")
	o.car("U0PAT", "rca 1")
	o.fills("U0PAT", aCause)
	require.Contains(t, o.home("U0PAT").Text(), "To plan: cause known")
	o.car("U0PAT", "plan 1")
	o.fills("U0PAT", o.aPlan())
	v = o.home("U0QIA")
	require.Contains(t, v.Text(), "To decide: is its plan carried out?")
	_, err = o.PressIn(context.Background(), "U0QIA", v, "Read and decide", nil)
	require.NoError(t, err)
	require.Contains(t, o.closed("U0QIA"), "Two *restores* in a row work", "what is decided on is read first")
	o.car("U0QIA", "approve 1")
	require.Contains(t, o.home("U0RIO").Text(), "To do its steps: planned")
	o.car("U0RIO", "step 1 done 1 it works INC-1")
	o.car("U0PAT", "step 1 dropped 2 it is there")
	require.Contains(t, o.home("U0PAT").Text(), "To call implemented: every step is over")
	o.car("U0PAT", "implement 1")
	o.desk.correctiveShows()
	require.Contains(t, o.home("U0QUIN").Text(), "To verify: was it effective?")
	require.Contains(t, o.typed("U0QUIN", "/itsm", "my"), "To verify: was it effective?")
	_, err = o.PressIn(context.Background(), "U0PAT", o.home("U0PAT"), "Raise a corrective action", nil)
	require.NoError(t, err)
	require.Equal(t, "corrective.raise", o.top("U0PAT").CallbackID)
}

func TestListsOfCorrectiveActions(t *testing.T) {
	o := strayed(t, carAcknowledged)
	for _, tt := range []struct{ user, text, want, lacks string }{
		{"U0EVE", "list", "Open corrective actions", "There is none"},
		{"U0EVE", "list open", "waits for Pat <Pager>", "Root cause…"},
		{"U0ANA", "list mine", "CAR-1", "There is none"},
		{"U0PAT", "list mine", "There is none.", "CAR-"},
		{"U0PAT", "list owned", "CAR-1", "There is none"},
		{"U0PAT", "list waiting", "To find its root cause", "There is none"},
		{"U0PAT", "my", "To find its root cause: acknowledged", "CAR-2"},
		{"U0PAT", "list wating", "Did you mean `/corrective list waiting`?", "Open corrective actions"},
	} {
		said := o.car(tt.user, tt.text)
		require.Contains(t, said, tt.want, tt.text)
		require.NotContains(t, said, tt.lacks, tt.text)
	}
	o.car("U0PAT", "list owned")
	all := o.Ephemerals("U0PAT")
	list := all[len(all)-1]
	o.car("U0QIA", "withdraw 1 because it is none")
	o.pressAbout("U0PAT", "CAR-1", "Root cause…")
	require.Contains(t, o.whispered("U0PAT"), "CAR-1 is withdrawn already.")
	for _, m := range o.Ephemerals("U0PAT") {
		if m.TS == list.TS {
			require.NotContains(t, buttons(m), "Root cause…", "the list is as it is now")
		}
	}
	o.desk.set("CorrectiveActions", down, false)
	require.Contains(t, o.car("U0PAT", "list"), "No answer yet")
}
