package chatops

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

// staffed is an office in which risk decides: what is high is assessed first, then
// two of three decide, then a manager.
func staffed(t *testing.T) *office {
	t.Helper()
	o := newOffice(t, func(c *slackfake.Config) {
		c.Users = append(c.Users, slackfake.User{ID: "U0JOE", Name: "joe"}, slackfake.User{ID: "U0MAX", Name: "max"})
		c.Channels[0].Members = append(c.Channels[0].Members, "U0JOE", "U0MAX")
	})
	o.desk.catalog.People = append(o.desk.catalog.People,
		itsm.Person{ID: "joe", Name: "Joe Park", Slack: "U0JOE", Roles: []itsm.Role{itsm.Approver}},
		itsm.Person{ID: "max", Name: "Max Ito", Slack: "U0MAX", Roles: []itsm.Role{itsm.ChangeManager}},
	)
	two := itsm.Stage{Name: "Technical", ExpireAfter: itsm.Duration(8 * time.Hour), Factors: []itsm.Factor{
		{Name: "Engineers", Who: itsm.Group{People: []itsm.PersonID{"bob", "eve", "joe"}}, Need: itsm.Need{Count: 2}, Reject: itsm.Quorum},
	}}
	last := itsm.Stage{Name: "Business", ExpireAfter: itsm.Duration(4 * time.Hour), Factors: []itsm.Factor{
		{Name: "Managers", Who: itsm.Group{Role: itsm.ChangeManager}, Need: itsm.Need{Count: 1}},
	}}
	o.desk.catalog.Change.Tiers = []itsm.Tier{
		{Risk: itsm.RiskLow, Stages: []itsm.Stage{last}},
		{Risk: itsm.RiskMedium, Stages: []itsm.Stage{two}},
		{Risk: itsm.RiskHigh, Assessment: true, Stages: []itsm.Stage{two, last}},
	}
	return o
}

// risky is a change whose five answers add up to medium.
func risky() map[string]string {
	f := filled()
	for _, d := range itsm.RiskDimensions {
		f["risk_"+string(d)] = "3"
	}
	return f
}

// medium raises CHG-1 for ana, which two engineers decide on.
func (o *office) medium() *itsm.Change {
	o.t.Helper()
	a, err := o.Submit(context.Background(), "U0ANA", o.form(), risky())
	require.NoError(o.t, err)
	require.Equal(o.t, "update", a.Action, a.Errors)
	require.NoError(o.t, o.CloseView(context.Background(), "U0ANA", o.Views("U0ANA")[0], true))
	return o.desk.changes["CHG-1"]
}

// top is the modal that somebody sees.
func (o *office) top(user string) slackfake.View {
	o.t.Helper()
	views := o.Views(user)
	require.NotEmpty(o.t, views, "%s has no form: %s", user, o.lastWords(user))
	return views[len(views)-1]
}

func (o *office) lastWords(user string) string {
	if all := o.Ephemerals(user); len(all) > 0 {
		return all[len(all)-1].Says()
	}
	return ""
}

func (o *office) submit(user string, given map[string]string) slackfake.Answer {
	o.t.Helper()
	a, err := o.Submit(context.Background(), user, o.top(user), given)
	require.NoError(o.t, err)
	return a
}

// closed shuts what somebody has open, and returns what it said.
func (o *office) closed(user string) string {
	o.t.Helper()
	v := o.top(user)
	require.NoError(o.t, o.CloseView(context.Background(), user, v, true))
	return v.Text()
}

// pick chooses a line of a message's menu.
func (o *office) pick(user string, m slackfake.Message, line string) {
	o.t.Helper()
	_, err := o.Press(context.Background(), user, m, "change.more:CHG-1", line)
	require.NoError(o.t, err)
}

func (o *office) last() itsm.Event {
	all := o.desk.timelines["CHG-1"]
	return all[len(all)-1]
}

func TestEveryVerbCanBeTyped(t *testing.T) {
	o := staffed(t)
	c := o.medium()
	for _, s := range []struct{ user, text, want string }{
		{"U0BOB", "status CHG-1", "waiting for Bob &lt;b&gt; &amp; Co, Eve Adams, Joe Park"},
		{"U0BOB", "explain 1", "If nobody acts: <!date^"},
		{"U0BOB", "abstain CHG-1", "You abstained from CHG-1; it is now awaiting approval. It waits for approval (Technical): Engineers 0 of 2. An abstention never counts as a yes. Until this stage is decided, `/change retract CHG-1` takes your vote back."},
		{"U0BOB", "retract CHG-1", "You took back your vote on CHG-1; it is now awaiting approval."},
		{"U0BOB", "ask CHG-1 <@U0ANA|ana> did you &lt;test&gt; it?", "The requester of CHG-1 is asked, and you are told the answer. The clock goes on."},
		{"U0ANA", "answer CHG-1 1: yes, see <https://example.com/run?a=1&amp;b=2|example.com>", "Your answer stands below the card of CHG-1, and whoever asked is told."},
		{"U0ANA", "answer CHG-1 twice, even", "Your answer stands below"},
		{"U0IDA", "comment CHG-1 I can do it in <#C0PAY|payments>", "Your comment stands below the card of CHG-1."},
		{"U0ANA", "hold CHG-1 because the vendor is late", "You put on hold CHG-1; it is now awaiting approval. It is on hold: the vendor is late"},
		{"U0EVE", "approve CHG-1", "CHG-1 is on hold, so nobody can decide on it until it is resumed: the vendor is late"},
		{"U0MAX", "resume CHG-1", "You resumed CHG-1"},
		{"U0BOB", "delegate CHG-1 <@U0MAX|max> because I am away", "You let max decide on CHG-1; it is now awaiting approval."},
		{"U0MAX", "approve CHG-1 fine", "You approved CHG-1; it is now awaiting approval. It waits for approval (Technical): Engineers 1 of 2."},
		{"U0EVE", "delegate CHG-1 <@U0ANA|ana>", "change"},
		{"U0EVE", "delegate CHG-1 <@U0NEW|newcomer>", "nobody in the catalog has the Slack id U0NEW"},
		{"U0EVE", "delegate CHG-1 maxx", "Nobody in the catalog is called maxx; did you mean max? /itsm people lists who is who."},
		{"U0MAX", "delegate CHG-1 max for @eve", "You let max decide on CHG-1"},
		{"U0MAX", "delegate CHG-1 eve for eve", "You took back the delegation of CHG-1"},
		{"U0ANA", "assign CHG-1 @ida please", "You assigned ida to carry out CHG-1"},
		{"U0ANA", "assign CHG-1 nobody", "Nobody in the catalog is called nobody"},
		{"U0ANA", "link CHG-1 <https://example.com/42> the ticket", "You linked that to CHG-1"},
		{"U0ANA", "link CHG-1 nowhere", "must be an address that begins with https://"},
		{"U0EVE", "retract CHG-1", "You have no vote on CHG-1 to take back."},
		{"U0EVE", "approve CHG-1", "it is now scheduled"},
		{"U0EVE", "retract CHG-1", "what was decided stays"},
		{"U0IDA", "start CHG-1", "`/change done CHG-1` or `/change fail CHG-1 what broke` reports it."},
	} {
		o.change(s.user, s.text)
		require.Contains(t, o.whispered(s.user), s.want, "%s: %s", s.user, s.text)
		o.clock.pass(time.Second)
	}
	said := o.desk.comments["CHG-1"]
	require.Equal(t, "@ana did you <test> it?", said[0].Text)
	require.Equal(t, "yes, see https://example.com/run?a=1&b=2", said[1].Text)
	require.Equal(t, 1, said[2].ReplyTo, "no number means the question that was asked last")
	require.Equal(t, "twice, even", said[2].Text)
	require.Equal(t, "I can do it in #payments", said[3].Text)
	require.Equal(t, itsm.PersonID("bob"), c.Decisions[0].For)
	require.Equal(t, []itsm.Link{{URL: "https://example.com/42", Title: "the ticket"}}, c.Links)
	require.Equal(t, itsm.PersonID("ida"), c.Assignee)
	require.Zero(t, o.desk.unanswered())
}

func TestWithdrawnAndCancelledByCommand(t *testing.T) {
	o := staffed(t)
	o.medium()
	o.change("U0EVE", "withdraw CHG-1")
	require.Contains(t, o.whispered("U0EVE"), "That needs one of these roles")
	o.change("U0ANA", "withdraw CHG-1")
	require.Contains(t, o.whispered("U0ANA"), "You withdrew CHG-1; it is now cancelled.")
	o.change("U0ANA", "cancel CHG-1 because of that")
	require.Contains(t, o.whispered("U0ANA"), "CHG-1 is already cancelled.")
}

func TestWhatACommandLeavesOutIsAskedFor(t *testing.T) {
	for text, tt := range map[string]struct {
		user, field, said, want string
		check                   func(*office) bool
	}{
		"reject CHG-1":   {"U0BOB", "note", "No tests.", "You rejected CHG-1", func(o *office) bool { return o.last().Decision.Note == "No tests." }},
		"hold CHG-1":     {"U0ANA", "note", "Wait.", "You put on hold CHG-1", func(o *office) bool { return o.desk.changes["CHG-1"].Hold.Note == "Wait." }},
		"cancel CHG-1":   {"U0ANA", "note", "No.", "You cancelled CHG-1", func(o *office) bool { return o.last().Note == "No." }},
		"comment CHG-1":  {"U0IDA", "text", "Hm.", "Your comment stands", func(o *office) bool { return o.desk.comments["CHG-1"][0].Text == "Hm." }},
		"ask CHG-1":      {"U0BOB", "text", "Why?", "is asked", func(o *office) bool { return o.desk.comments["CHG-1"][0].Kind == itsm.Question }},
		"delegate CHG-1": {"U0BOB", "to", "U0MAX", "You let max decide on CHG-1", func(o *office) bool { return o.last().Detail.Delegation.To == "max" }},
		"assign CHG-1":   {"U0ANA", "assignee", "U0IDA", "You assigned ida to carry out CHG-1", func(o *office) bool { return o.last().Detail.Assignee == "ida" }},
	} {
		t.Run(text, func(t *testing.T) {
			o := staffed(t)
			o.medium()
			o.change(tt.user, text)
			a := o.submit(tt.user, map[string]string{tt.field: tt.said})
			require.Equal(t, "update", a.Action, a.Errors)
			require.Contains(t, o.closed(tt.user), tt.want)
			require.True(t, tt.check(o))
		})
	}
}

func TestTheMenuOfADirectMessage(t *testing.T) {
	o := staffed(t)
	o.medium()
	ask := o.posted(itsm.NoticeAsk, "bob")
	require.Contains(t, ask.Says(), "You are asked for *Engineers* because the change policy names you.")
	require.Equal(t, []string{"Approve", "Reject…", "Details"}, buttons(ask))
	o.pick("U0BOB", ask, "Abstain")
	require.Contains(t, o.whispered("U0BOB"), "You abstained from CHG-1")
	o.press("U0BOB", o.posted(itsm.NoticeAsk, "bob"), "Take back")
	require.Contains(t, o.whispered("U0BOB"), "You can decide anew.")
	o.pick("U0BOB", ask, "Ask a question…")
	o.submit("U0BOB", map[string]string{"text": "Why now?"})
	o.closed("U0BOB")
	o.pick("U0BOB", ask, "Delegate…")
	a := o.submit("U0BOB", map[string]string{"to": "U0NEW"})
	require.Contains(t, a.Errors["to"], "nobody in the catalog has the Slack id U0NEW", "a stranger is refused kindly, beside the field")
	a = o.submit("U0BOB", map[string]string{"to": "U0ANA"})
	require.Contains(t, a.Errors["to"], "ana", "nor can the requester decide")
	a = o.submit("U0BOB", map[string]string{"to": "U0MAX", "note": "I am away"})
	require.Equal(t, "update", a.Action)

	answered := o.posted(itsm.NoticeQuestion, "ana")
	o.press("U0ANA", answered, "Answer…")
	o.submit("U0ANA", map[string]string{"text": "They expire on Friday."})
	require.Contains(t, o.closed("U0ANA"), "Your answer stands below the card of CHG-1")
	told := o.notice(itsm.NoticeTell, "bob")
	told.People["bob"], _ = o.desk.catalog.Person("bob")
	at, err := o.messenger.Post(context.Background(), told)
	require.NoError(t, err)
	dm := o.Messages(at.Channel)
	require.Contains(t, dm[len(dm)-1].Says(), "They expire on Friday.")
	require.NotContains(t, buttons(o.posted(itsm.NoticeQuestion, "ana")), "Answer…", "it needs no answer any more")
}

func TestTheMenuOfACard(t *testing.T) {
	o := staffed(t)
	o.medium()
	card := o.posted(itsm.NoticeCard, "")
	require.Contains(t, card.Says(), "*Engineers* 0 of 2 · waiting for Bob")
	require.Contains(t, card.Says(), "A rejection ends it only when 2 approvals cannot be reached any more.")
	for line, fields := range map[string]map[string]string{
		"Ask a question…": {"text": "Why?"}, "Comment…": {"text": "Hm."}, "Hold…": {"note": "Wait."},
	} {
		o.pick("U0ANA", card, line)
		a := o.submit("U0ANA", fields)
		require.Equal(t, "update", a.Action, "%s: %v", line, a.Errors)
		o.closed("U0ANA")
	}
	held := o.posted(itsm.NoticeCard, "")
	require.Contains(t, held.Says(), "It is on hold: Wait.")
	o.press("U0BOB", held, "Resume")
	require.Contains(t, o.whispered("U0BOB"), "no_entry")
	o.press("U0ANA", held, "Resume")
	require.Contains(t, o.whispered("U0ANA"), "You resumed CHG-1")
	o.pick("U0ANA", card, "Cancel…")
	o.submit("U0ANA", map[string]string{"note": "Enough."})
	require.Equal(t, itsm.ChangeCancelled, o.desk.changes["CHG-1"].State)
}

// TestNobodyIsAskedWhyForNothing: who may not is told before they fill in a form,
// and it is on record.
func TestNobodyIsAskedWhyForNothing(t *testing.T) {
	o := staffed(t)
	o.medium()
	card := o.posted(itsm.NoticeCard, "")
	for user, want := range map[string]string{"U0ANA": "You raised CHG-1", "U0IDA": "CHG-1 waits for a decision by"} {
		before := len(o.desk.refused)
		o.press(user, card, "Reject…")
		require.Contains(t, o.whispered(user), want)
		require.Empty(t, o.Views(user))
		require.Len(t, o.desk.refused, before+1)
	}
	o.pick("U0BOB", card, "Edit…")
	require.Contains(t, o.whispered("U0BOB"), "no_entry")
	o.change("U0BOB", "delegate CHG-1 max")
	o.press("U0MAX", card, "Reject…")
	require.Contains(t, o.top("U0MAX").Text(), "Reject CHG-1", "a deputy may")
}

// TestAButtonOfAnOlderText: the refusal brings the card up to date.
func TestAButtonOfAnOlderText(t *testing.T) {
	o := staffed(t)
	o.medium()
	card := o.posted(itsm.NoticeCard, "")
	o.change("U0ANA", "edit CHG-1")
	o.submit("U0ANA", map[string]string{"title": "Rotate one key"})
	for i, button := range []string{"Approve", "Reject…"} {
		o.press("U0BOB", card, button)
		require.Contains(t, o.whispered("U0BOB"), "CHG-1 was edited after you read it. Read it again before you decide.")
		require.Contains(t, o.Messages("C0PAY")[0].Says(), "Rotate one key", "%d", i)
	}
	require.Empty(t, o.desk.changes["CHG-1"].Decisions)
	o.press("U0BOB", o.Messages("C0PAY")[0], "Approve")
	require.Contains(t, o.whispered("U0BOB"), "You approved CHG-1")
}

// TestAnOldMessageIsBroughtUpToDateAsWhatItIs: of a stage that is over, the ask says
// so, though another stage is open.
func TestAnOldMessageIsBroughtUpToDateAsWhatItIs(t *testing.T) {
	o := staffed(t)
	o.medium()
	ask := o.posted(itsm.NoticeAsk, "joe")
	o.change("U0BOB", "approve CHG-1")
	o.change("U0EVE", "approve CHG-1")
	o.press("U0JOE", ask, "Approve")
	require.Contains(t, o.whispered("U0JOE"), "already approved")
	dm := o.Messages(ask.Channel)
	require.Contains(t, dm[0].Says(), "It needs nothing from you any more.")
	require.Equal(t, []string{"Details"}, buttons(dm[0]))
}

func TestWhatWasVotedIsToldToWhoeverAnEditVoids(t *testing.T) {
	o := staffed(t)
	o.medium()
	o.change("U0EVE", "approve CHG-1")
	o.change("U0ANA", "edit CHG-1")
	a := o.submit("U0ANA", map[string]string{"plan": "Do <it> twice.", "note": "Once was not enough"})
	require.Equal(t, "update", a.Action, a.Errors)
	require.Contains(t, o.closed("U0ANA"), "You edited CHG-1")
	told := o.posted(itsm.NoticeTell, "eve")
	for _, want := range []string{"so your approval counts no more", "Do it.", "Do <it> twice.", "Once was not enough"} {
		require.Contains(t, told.Says(), want)
	}
	require.Contains(t, o.posted(itsm.NoticeCard, "").Says(), "round 2, because it was edited")
}

func TestCommentsStandInTheThreadOfTheCard(t *testing.T) {
	o := staffed(t)
	o.medium()
	card := o.posted(itsm.NoticeCard, "")
	o.change("U0BOB", "comment CHG-1 Looks <!channel> fine")
	n := o.notice(itsm.NoticeComment, "")
	require.Equal(t, "CHG-1/card", n.Thread)
	n.Parent = itsm.Place{Channel: card.Channel, TS: card.TS}
	since := o.clock.now().Add(-time.Minute)
	_, found, err := o.messenger.Find(context.Background(), n, since)
	require.NoError(t, err)
	require.False(t, found)
	o.Fail("chat.postMessage", fault.Reset().AfterEffect())
	_, err = o.messenger.Post(context.Background(), n)
	require.Equal(t, "slack.ambiguous", itsm.AsError(err).Code)
	at, found, err := o.messenger.Find(context.Background(), n, since)
	require.NoError(t, err)
	require.True(t, found, "what stands in a thread is looked for there")
	require.NoError(t, o.messenger.Edit(context.Background(), at, n))
	replies := o.Replies(card.Channel, card.TS)
	require.Len(t, replies, 1)
	require.Contains(t, replies[0].Says(), "Looks @channel fine")
	o.Fail("conversations.replies", fault.Empty())
	_, _, err = o.messenger.Find(context.Background(), n, since)
	require.Equal(t, "slack.ambiguous", itsm.AsError(err).Code, "an empty answer is no empty thread")

	n.Parent.TS = "1500000000.000001"
	lone, err := o.messenger.Post(context.Background(), n)
	require.NoError(t, err, "the card was deleted: it is said all the same")
	require.True(t, slices.ContainsFunc(o.Messages(card.Channel), func(m slackfake.Message) bool { return m.TS == lone.TS && m.ThreadTS == "" }))
}

func TestItsmStatusOfAnything(t *testing.T) {
	o := staffed(t)
	o.medium()
	for text, want := range map[string]string{
		"status CHG-1": "It waits for approval (Technical): Engineers 0 of 2.", "explain chg-1": "Risk is *medium*: The five dimensions add up to 15 of 25",
		"CHG-1": "What happened", "status INC-7": "There is no INC-7 that you can see.", "status": "record.number", "help": "/itsm my", "staus CHG-1": "Did you mean `/itsm status`?",
		"change delegate CHG-1 max": "CHG-1", "": "/itsm my", "change show 1": "What happened",
		"show 42": "42 may be a change, an incident, a problem, a corrective action, a supplier or a contract; write CHG-42, INC-42, PRB-42, CAR-42, SUP-42 or CON-42.", "42:": "write CHG-42, INC-42, PRB-42, CAR-42, SUP-42 or CON-42", "status 1": "slack.number",
		"show 0": "record.number", "show 12345678901": "record.number", "7even": "slack.command", "00": "slack.command", "change 1": "What happened",
	} {
		_, err := o.Command(context.Background(), "U0EVE", "C0PAY", "/itsm", text)
		require.NoError(t, err)
		require.Contains(t, o.whispered("U0EVE"), want, text)
	}
}
