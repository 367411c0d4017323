package chatops

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestAReviewGoesFromMeasuresToClosed: pressed all the way by several people, with each
// message that asks.
func TestAReviewGoesFromMeasuresToClosed(t *testing.T) {
	o := contracted(t)
	n := o.desk.reviewBegins()
	r := o.desk.reviews[n]
	told := o.suppliedSent(n, itsm.NoticeTell, "col")
	require.Contains(t, told.Says(), "has begun: how did Hosting &lt;Ltd&gt; &amp; *Co* do?")
	o.press("U0COL", told, "Give a measure…")
	said := o.fills("U0COL", map[string]string{"name": "1", "value/value": "99.95", "evidence": "https://graphs.example/1 in the <graph>"})
	require.Contains(t, said, "You gave a measure of "+string(n))
	require.Contains(t, said, "Somebody else is asked to see its evidence.")
	require.Equal(t, []any{itsm.Amount(99950), itsm.PersonID("col")}, []any{*r.Readings[0].Value, r.Readings[0].By})

	asked := o.suppliedSent(n, itsm.NoticeEvidence, "cyd")
	for _, want := range []string{"Does the evidence show this?", "Availability: 99.95 percent, 100 points", "in the <graph>", "I saw its evidence"} {
		require.Contains(t, asked.Says(), want)
	}
	o.press("U0CYD", asked, "I saw its evidence")
	require.Contains(t, o.whispered("U0CYD"), "You saw the evidence of a measure of "+string(n))
	require.Equal(t, itsm.PersonID("cyd"), r.Readings[0].Second)
	require.Equal(t, "Details", labels(o.suppliedSent(n, itsm.NoticeEvidence, "sue")), "what is over has nothing to press")

	card := o.suppliedSent(n, itsm.NoticeCard, "C0SUP")
	require.Contains(t, card.Says(), "1 of 4 are known")
	o.press("U0COL", card, "Score")
	require.Contains(t, o.whispered("U0COL"), "it is now scored. It scored no_data")
	require.Equal(t, itsm.ReviewScored, r.State)
	o.press("U0PAT", o.suppliedSent(n, itsm.NoticeTell, "pat"), "Details")
	o.press("U0COL", o.suppliedSent(n, itsm.NoticeCard, "C0SUP"), "Record the meeting…")
	require.Contains(t, o.fills("U0COL", map[string]string{"attendees": "Zoe\nPat", "note": "They add a <line>"}), "it is now meeting")
	require.Equal(t, []string{"Zoe", "Pat"}, r.Meeting.Attendees)
	o.press("U0COL", o.suppliedSent(n, itsm.NoticeCard, "C0SUP"), "Agree on actions…")
	require.Contains(t, o.fills("U0COL", map[string]string{
		"actions_0_title": "Add a *line*", "actions_0_owner": "U0RIO", "actions_0_due": "2027-03-31", "actions_2_title": "Say so", "actions_2_due": "2027-04-30",
	}), "it is now actions")
	require.Equal(t, []itsm.PersonID{"rio", "pat"}, []itsm.PersonID{r.Actions[0].Owner, r.Actions[1].Owner}, "nobody named is whoever owns the relationship")
	require.Contains(t, o.suppliedSent(n, itsm.NoticeTell, "rio").Says(), "1 of the actions are yours")

	sign := o.suppliedSent(n, itsm.NoticeSignOff, "cyd")
	for _, want := range []string{"Was this review a fair one?", "Add a *line*", "They add a <line>", "Sign off"} {
		require.Contains(t, sign.Says(), want)
	}
	o.press("U0CYD", sign, "Sign off")
	require.Contains(t, o.whispered("U0CYD"), "You signed off "+string(n))
	require.Equal(t, itsm.ReviewClosed, r.State)
	require.Equal(t, "Details", labels(o.suppliedSent(n, itsm.NoticeSignOff, "sue")))
	require.Len(t, o.desk.suppliers["SUP-1"].Ratings, 1)
	require.Zero(t, o.desk.unanswered())
}

// TestAContractIsProposedAndDecidedOn: by buttons, on the text as it was read.
func TestAContractIsProposedAndDecidedOn(t *testing.T) {
	o := contracted(t)
	c := o.desk.contracts["CON-1"]
	require.Contains(t, o.suppliedSent("CON-1", itsm.NoticeTell, "col").Says(), "CON-1 is in force from today on.")
	o.sup("U0COL", "show CON-1")
	o.pressAbout("U0COL", "CON-1", "Terminate…")
	require.Contains(t, o.fills("U0COL", map[string]string{"note": "They are <late>", "effect": "Another takes over"}), "You proposed what becomes of CON-1")
	asked := o.suppliedSent("CON-1", itsm.NoticeDecide, "cyd")
	for _, want := range []string{"Is it right to terminate it?", "They are <late>", "Another takes over", "Approve", "Reject…"} {
		require.Contains(t, asked.Says(), want)
	}
	o.press("U0CYD", asked, "Reject…")
	require.Contains(t, o.fills("U0CYD", map[string]string{"note": "Not yet"}), "You rejected what was proposed for CON-1")
	require.Equal(t, itsm.ContractActive, c.State)
	require.Equal(t, "Details", labels(o.suppliedSent("CON-1", itsm.NoticeDecide, "cyd")))
	require.Contains(t, o.suppliedSent("CON-1", itsm.NoticeTell, "col").Says(), "Cyd Ode rejected the proposal for CON-1, to terminate it.")

	o.sup("U0COL", "amend CON-1 they do more")
	require.Contains(t, o.fills("U0COL", map[string]string{"terms_targets": "Availability | service_level | percent | 99.95 | 99 | critical | 99.5", "effect": "It is up more"}), "You proposed to amend CON-1")
	amended := o.suppliedSent("CON-1", itsm.NoticeDecide, "cyd")
	require.Contains(t, amended.Says(), "99.95 percent")
	require.Contains(t, amended.Says(), "Secret <machines>")
	o.press("U0CYD", amended, "Approve")
	require.Contains(t, o.whispered("U0CYD"), "You approved what was proposed for CON-1; it is now active.")
	require.Len(t, c.Targets, 1)

	require.Contains(t, o.sup("U0COL", "terminate CON-1 because they are late"), "You proposed what becomes of CON-1")
	require.Contains(t, o.sup("U0CYD", "decide CON-1 approve"), "it is now terminating")
	o.press("U0COL", o.suppliedSent("CON-1", itsm.NoticeTell, "col"), "Notice was given…")
	require.Contains(t, o.fills("U0COL", map[string]string{"evidence": "https://vault.example/2"}), "You said that notice was given of CON-1")
	require.NotNil(t, c.Given)
	require.Contains(t, o.sup("U0COL", "review CON-1 it says what we need"), "You compared with what services need: CON-1")
	require.Zero(t, o.desk.unanswered())
}

// TestEveryVerbOfSuppliersCanBeTyped: and what is refused says why.
func TestEveryVerbOfSuppliersCanBeTyped(t *testing.T) {
	o := contracted(t)
	n := string(o.desk.reviewBegins())
	o.closedAll()
	for _, s := range []struct{ user, text, want string }{
		{"U0ANA", "help", "/supplier submit SUP-4/2026-Q4"},
		{"U0ANA", "", "/supplier submit SUP-4/2026-Q4"},
		{"U0ANA", "SUP-1", "What happened"},
		{"U0ANA", "1", "Zoe &lt;Z&gt;, Escalations: zoe@hosting.example, +1 555"},
		{"U0ANA", "show 77", "There is no SUP-77 that you can see."},
		{"U0ANA", "status 1", "It supplies, and is reviewed at planned intervals."},
		{"U0ANA", "timeline 1", "due diligence: found suitable"},
		{"U0ANA", "review 1", "It waits for what was measured"},
		{"U0ANA", "review " + n, "What happened"},
		{"U0ANA", "status " + n, "It waits for what was measured"},
		{"U0ANA", "list", "Open suppliers"},
		{"U0ANA", "list critical active", "All active critical suppliers"},
		{"U0ANA", "list reviews sup-1", "Open reviews of suppliers of SUP-1"},
		{"U0ANA", "list nonsense", "does not know"},
		{"U0ANA", "due", "its data"},
		{"U0ANA", "new", "That needs one of these roles"},
		{"U0ANA", "move 1 watch no", "That needs one of these roles"},
		{"U0SUE", "move 1 offboarded they left, see https://vault.example/3", "cannot become offboarded"},
		{"U0SUE", "move 1 watch they are late", "You moved on SUP-1; it is now watch."},
		{"U0PAT", "certificate 1 ISO 27001 until 2030-03-31 https://certs.example/1", "You recorded a certificate of SUP-1"},
		{"U0PAT", "certificate 1 iso 27001 2031-03-31", "You recorded a certificate of SUP-1"},
		{"U0ANA", "certificate 1 SOC 2030-03-31", "SUP-1 is kept by pat and rio"},
		{"U0PAT", "end 1 1", "You ended a certificate of SUP-1"},
		{"U0PAT", "end 1", "SUP-1 has no certificate that is needed."},
		{"U0PAT", "end 1 9", "SUP-1 has no certificate 9."},
		{"U0ANA", "comment 1 Is it &lt;up&gt;?", "You commented on SUP-1"},
		{"U0ANA", "comment " + n + " Soon", "You commented on " + n},
		{"U0ANA", "submit " + n + " Availability 99.9 https://graphs.example/1", "That needs one of these roles"},
		{"U0COL", "submit " + n + " availability 99.9 see https://graphs.example/1", "You gave a measure of " + n},
		{"U0COL", "seen " + n + " Availability", "You gave that measure of " + n},
		{"U0COL", "score " + n, "has measures whose evidence somebody else has to see first: 1."},
		{"U0CYD", "seen 1 1", "You saw the evidence of a measure of " + n},
		{"U0CYD", "seen 1 1", "waits for nobody to see it"},
		{"U0CYD", "seen " + n + " Voices", "has no measure of that name"},
		{"U0COL", "submit " + n + " Answers 2 hours it was looked at", "You gave a measure of " + n},
		{"U0CYD", "saw " + n + " answers", "You saw the evidence"},
		{"U0COL", "action " + n + " @rio 2027-03-31 Add", "actions are agreed on in the meeting, once"},
		{"U0COL", "meet " + n + " with Zoe: fine", "a meeting is recorded once, when it is scored"},
		{"U0COL", "score " + n + " fair", "You scored " + n},
		{"U0COL", "meet " + n + " with Zoe, Pat: they add a line", "You recorded the meeting of " + n},
		{"U0COL", "action " + n + " @rio by 2027-03-31 Add a second line", "You recorded what was agreed on in " + n},
		{"U0COL", "sign-off " + n, "somebody else must sign it off"},
		{"U0PAT", "sign-off " + n, "That needs one of these roles"},
		{"U0CYD", "sign-off " + n, "You signed off " + n},
		{"U0SUE", "cancel " + n + " no", "is closed already"},
		{"U0CYD", "contract 1", "Secret <machines>"},
		{"U0CYD", "list contracts", "Hosting <contract>"},
		{"U0CYD", "approve CON-1", "contract_decision."},
		{"U0COL", "cancel CON-1 no", "is terminated instead"},
		{"U0COL", "notice CON-1 https://vault.example/2", "notice is given once it is decided to terminate it"},
		{"U0COL", "renew CON-1 they are good", "You proposed what becomes of CON-1"},
		{"U0COL", "approve CON-1", "You proposed that of CON-1, so somebody else must decide."},
		{"U0COL", "renegotiate CON-1 no", "Others are asked already"},
		{"U0CYD", "reject CON-1 because it is dear", "You rejected what was proposed for CON-1"},
		{"U0COL", "comment CON-1 a word", "You commented on CON-1"},
		{"U0SUE", "score CON-1", "CON-1 is of another kind; /supplier help tells"},
		{"U0SUE", "cancel SUP-1 no", "SUP-1 is of another kind"},
		{"U0SUE", "xyzzy", "For example: `/supplier review SUP-4`"},
		{"U0SUE", "sgn-off " + n, "Did you mean `/supplier sign-off`?"},
		{"U0NEW", "list", "put your Slack id U0NEW into the catalog"},
	} {
		require.Contains(t, o.sup(s.user, s.text), s.want, "%s: %s", s.user, s.text)
		o.closedAll()
	}
	require.Equal(t, itsm.ReviewAction{Title: "Add a second line", Owner: "rio", Due: itsm.NewDate(2027, 3, 31)}, o.desk.reviews[itsm.Number(n)].Actions[0])
	require.Contains(t, o.typed("U0ANA", "/itsm", "show "+n), "What happened")
	require.Contains(t, o.typed("U0ANA", "/itsm", "status SUP-1"), "It supplies")
	require.Contains(t, o.typed("U0ANA", "/itsm", "supplier list"), "Open suppliers")
	require.Zero(t, o.desk.unanswered())
}

// closedAll shuts whatever anybody has open.
func (o *office) closedAll() {
	for _, user := range []string{"U0ANA", "U0PAT", "U0RIO", "U0SUE", "U0COL", "U0CYD"} {
		for len(o.Views(user)) > 0 {
			o.closed(user)
		}
	}
}

// TestWhoeverIsLateIsToldWithWhatTheyCanDo: of a review whose data is missing, and of a
// contract for which notice can be given for some days more.
func TestWhoeverIsLateIsToldWithWhatTheyCanDo(t *testing.T) {
	o := contracted(t)
	n := o.desk.reviewBegins()
	for _, e := range []itsm.EventKind{itsm.EventReviewWarned, itsm.EventReviewMissed, itsm.EventReviewOverdue} {
		o.desk.falls(n, e)
		told := o.suppliedSent(n, itsm.NoticeTell, "sue")
		require.Contains(t, told.Says(), "data", e)
		require.Contains(t, labels(told), "Give a measure…", e)
	}
	require.NotContains(t, labels(o.suppliedSent(n, itsm.NoticeTell, "pat")), "Give a measure…", "who may not is not offered it")
	o.desk.falls("CON-1", itsm.EventNoticeNears)
	told := o.suppliedSent("CON-1", itsm.NoticeTell, "cyd")
	require.Contains(t, told.Says(), "Notice of CON-1 can be given until")
	o.press("U0CYD", told, "Terminate…")
	require.Contains(t, o.fills("U0CYD", map[string]string{"note": "They are late"}), "You proposed what becomes of CON-1")
	require.NotContains(t, labels(o.suppliedSent("CON-1", itsm.NoticeTell, "col")), "Terminate…", "others are asked already")
	o.clock.pass(240 * 24 * time.Hour)
	require.Contains(t, o.sup("U0COL", "due"), "the last day to give notice")
	require.NotContains(t, o.sup("U0PAT", "due"), "notice", "that there is a contract is not theirs to know")
	o.press("U0CYD", told, "Renew…")
	require.Contains(t, o.whispered("U0CYD"), "Others are asked already whether to terminate CON-1.")
	require.NotContains(t, labels(o.at(told.Channel, told.TS)), "Terminate…", "what is dead vanishes")
}
