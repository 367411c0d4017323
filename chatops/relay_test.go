package chatops

import (
	"context"
	"slices"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

var down = itsm.Refuse(itsm.Unavailable, "temporal.unavailable", "The process cannot be reached.")

// relayed works off what is due a moment later.
func (o *office) relayed() int {
	o.t.Helper()
	o.clock.pass(respite)
	n, err := o.bot.relay(context.Background())
	require.NoError(o.t, err)
	return n
}

func TestWhatTakesTooLongIsFinishedByTheRelay(t *testing.T) {
	o := newOffice(t)
	o.raised()
	card := o.posted(itsm.NoticeCard, "")
	o.desk.set(string(itsm.ActDecide), nil, true)
	a, err := o.Press(context.Background(), "U0BOB", card, "Approve")
	require.NoError(t, err)
	require.Less(t, a.Took, 3*time.Second)
	require.GreaterOrEqual(t, a.Took, patience)
	require.Equal(t, 1, o.desk.unanswered())
	require.Contains(t, o.whispered("U0BOB"), "No answer yet; it may have counted.", "a press is never met with silence")

	o.desk.set(string(itsm.ActDecide), nil, false)
	require.Equal(t, 1, o.relayed())
	require.Contains(t, o.whispered("U0BOB"), "You approved CHG-1")
	require.Zero(t, o.desk.unanswered())
	require.Zero(t, o.relayed(), "once")
}

func TestWhenTheProcessCannotBeReachedTheAskingIsKept(t *testing.T) {
	o := newOffice(t)
	o.raised()
	o.desk.set(string(itsm.ActDecide), down, false)
	o.change("U0BOB", "approve CHG-1")
	require.Contains(t, o.whispered("U0BOB"), "No answer yet; it may have counted.")
	require.Equal(t, 1, o.relayed(), "still down")
	require.Zero(t, o.relayed(), "it waits before it tries again")
	o.clock.pass(relayPause)
	o.desk.set(string(itsm.ActDecide), nil, false)
	require.Equal(t, 1, o.relayed())
	require.Contains(t, o.whispered("U0BOB"), "You approved CHG-1")
	require.Equal(t, []string{"temporal.unavailable", "temporal.unavailable"}, o.desk.postponed)
}

func TestAFormThatTakesTooLongIsAnsweredByDirectMessage(t *testing.T) {
	o := newOffice(t)
	v := o.form()
	o.desk.set(string(itsm.ActRaise), down, false)
	a, err := o.Submit(context.Background(), "U0ANA", v, filled())
	require.NoError(t, err)
	require.Equal(t, "update", a.Action)
	require.Contains(t, o.Views("U0ANA")[0].Text(), "Still at it")
	o.desk.set(string(itsm.ActRaise), nil, false)
	require.Equal(t, 1, o.relayed())
	dm := o.Messages("U0ANA")
	require.Len(t, dm, 1)
	require.Contains(t, dm[0].Says(), "CHG-1 is raised")
}

func TestTheRelayGivesUpAndSaysSo(t *testing.T) {
	o := newOffice(t)
	o.raised()
	o.desk.set(string(itsm.ActDecide), down, false)
	o.change("U0BOB", "approve CHG-1")
	o.clock.pass(relayEnough + time.Second)
	require.Equal(t, 1, o.relayed())
	require.Zero(t, o.desk.unanswered())
	dm := o.Messages("U0BOB")
	require.Contains(t, dm[0].Says(), "slack.gave_up", "the response URL has had its day, so it comes as a direct message")
	require.Contains(t, dm[0].Says(), "delivery 3")
}

func TestALateFormIsNotOpened(t *testing.T) {
	o := newOffice(t)
	o.desk.set("Services", down, false)
	o.change("U0ANA", "new")
	o.desk.set("Services", nil, false)
	require.Equal(t, 1, o.relayed())
	require.Contains(t, o.whispered("U0ANA"), "slack.too_late")
	require.Empty(t, o.Views("U0ANA"))
}

func TestAnExpiredTriggerIsSaid(t *testing.T) {
	o := newOffice(t)
	o.Fail("views.open", fault.Refuse("expired_trigger_id"))
	o.change("U0ANA", "new")
	require.Contains(t, o.whispered("U0ANA"), "slack.too_late")
	o.Fail("views.open", fault.Status(503))
	o.change("U0ANA", "new")
	require.Contains(t, o.whispered("U0ANA"), "slack.too_late")
	require.Zero(t, o.desk.unanswered())
}

func TestARepeatGetsTheSameAnswerAndCountsOnce(t *testing.T) {
	o := newOffice(t)
	o.raised()
	o.change("U0BOB", "approve CHG-1")
	acts := o.desk.acts
	a, err := o.Replay(context.Background())
	require.NoError(t, err)
	require.Contains(t, string(a.Body), "You approved CHG-1", "not: it was already approved")
	require.Equal(t, acts, o.desk.acts)
}

func TestACrashAfterTheActIsRepeatedWithoutHarm(t *testing.T) {
	o := newOffice(t)
	o.raised()
	o.desk.set("AnswerDelivery", down, false) // as if we had died before the note in the inbox
	o.change("U0BOB", "approve CHG-1")
	require.Equal(t, 1, o.desk.unanswered())
	acts := o.desk.acts
	o.desk.set("AnswerDelivery", nil, false)
	require.Zero(t, o.relayed(), "its lease holds")
	o.clock.pass(lease)
	require.Equal(t, 1, o.relayed())
	require.Contains(t, o.whispered("U0BOB"), "You approved CHG-1")
	require.Equal(t, acts, o.desk.acts)
}

func TestARefusalThatSaysTryAgainDoesNotAnswerTheRepeat(t *testing.T) {
	o := newOffice(t)
	v := o.form()
	o.desk.set(string(itsm.ActRaise), itsm.Refuse(itsm.Limited, "actor.too_often", "Too often.").Later(time.Second), false)
	a, err := o.Submit(context.Background(), "U0ANA", v, filled())
	require.NoError(t, err)
	require.Equal(t, "errors", a.Action)
	require.Contains(t, a.Errors["title"], "actor.too_often")
	o.desk.set(string(itsm.ActRaise), nil, false)
	a, err = o.Submit(context.Background(), "U0ANA", v, filled())
	require.NoError(t, err)
	require.Equal(t, "update", a.Action, "the same form, sent again")
}

func TestWithoutAnInboxNothingHappensAndItIsSaid(t *testing.T) {
	o := newOffice(t)
	o.raised()
	card := o.posted(itsm.NoticeCard, "")
	v := o.form()
	o.desk.set("KeepDelivery", down, false)
	o.change("U0BOB", "approve CHG-1")
	require.Contains(t, o.whispered("U0BOB"), "Steward could not take that; nothing happened. Try again.")
	o.press("U0EVE", card, "Approve")
	require.Contains(t, o.whispered("U0EVE"), "slack.not_kept")
	a, err := o.Submit(context.Background(), "U0ANA", v, filled())
	require.NoError(t, err)
	require.Contains(t, a.Errors["title"], "slack.not_kept", "what was typed stays")
	a, err = o.OpenHome(context.Background(), "U0ANA")
	require.ErrorIs(t, err, slackfake.ErrDispatch)
	require.Equal(t, 503, a.Status, "Slack delivers an event again")
	require.False(t, o.desk.changes["CHG-1"].Decided())
	o.desk.set("KeepDelivery", nil, false)
	require.Equal(t, 1, o.RetryEvents(context.Background()), "a retry is served, not dropped")
	_, published := o.Home("U0ANA")
	require.True(t, published)
}

func TestAResponseURLThatFails(t *testing.T) {
	o := newOffice(t)
	o.raised()
	card := o.posted(itsm.NoticeCard, "")
	o.Fail("response", fault.Status(404))
	o.press("U0BOB", card, "Approve")
	require.Contains(t, o.Messages("U0BOB")[0].Says(), "You approved CHG-1", "told by direct message")

	o.Fail("response", fault.Pass(), fault.Status(500))
	o.press("U0EVE", card, "Approve")
	require.Equal(t, 1, o.desk.unanswered())
	require.Equal(t, 1, o.relayed())
	require.Contains(t, o.whispered("U0EVE"), "already approved")
}

func TestOnlySlacksResponseURLsAreAnswered(t *testing.T) {
	o := newOffice(t)
	for _, url := range []string{"", "http://169.254.169.254/latest", "https://hooks.slack.com.evil.example/x", o.bot.allowed[0], "x" + o.bot.allowed[0] + "y"} {
		require.False(t, o.bot.mayAnswerAt(url), url)
	}
	require.True(t, o.bot.mayAnswerAt(o.bot.allowed[0]+"abc"))
	require.Equal(t, []string{"https://hooks.slack.com/"}, prefixes(nil))
}

func TestStrangersAndInternalFaults(t *testing.T) {
	o := newOffice(t)
	o.raised()
	card := o.posted(itsm.NoticeCard, "")
	o.press("U0OUT", card, "Approve")
	require.Contains(t, o.whispered("U0OUT"), "slack.team")
	require.NotEmpty(t, o.desk.refused)
	o.press("U0NEW", card, "Approve")
	require.Contains(t, o.whispered("U0NEW"), "U0NEW")
	o.desk.set(string(itsm.ActDecide), context.Canceled, false)
	o.press("U0BOB", card, "Approve")
	require.Contains(t, o.whispered("U0BOB"), "Something went wrong on our side. It has been logged.")
	require.Contains(t, o.whispered("U0BOB"), "delivery 4")
	require.Contains(t, o.log.String(), "delivery_id=4")
}

func TestTheRelayEndsWithItsContext(t *testing.T) {
	o := newOffice(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- o.bot.Relay(ctx) }()
	cancel()
	require.NoError(t, <-ended)
}

func TestADeliveryThatCannotBeReadAnyMoreIsClosed(t *testing.T) {
	o := newOffice(t)
	_, _, err := o.desk.KeepDelivery(context.Background(), desk.Delivery{DedupeKey: "x", Kind: payload.KindAction, Payload: []byte("?"), ReceivedAt: o.clock.now()}, 0)
	require.NoError(t, err)
	require.Equal(t, 1, o.relayed())
	require.Zero(t, o.desk.unanswered())
}

func TestWaitsGrowToAMinute(t *testing.T) {
	require.Equal(t, 2*time.Second, wait(1, down))
	require.Equal(t, time.Minute, wait(40, down))
	require.Equal(t, 90*time.Second, wait(1, itsm.Refuse(itsm.Limited, "slack.rate_limited", "Slow down.").Later(90*time.Second)))
}

// counted is what a counter stands at, for the values of its labels in the order of
// their names.
func (o *office) counted(name string, labels ...string) float64 {
	o.t.Helper()
	families, err := o.metrics.Gather()
	require.NoError(o.t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			same := slices.EqualFunc(m.GetLabel(), labels, func(l *dto.LabelPair, v string) bool { return l.GetValue() == v })
			if f.GetName() == name && same {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

func TestWhatIsCounted(t *testing.T) {
	o := newOffice(t)
	o.raised()
	o.Fail("chat.postMessage", fault.Status(503))
	_, err := o.messenger.Post(context.Background(), o.notice(itsm.NoticeCard, ""))
	require.Error(t, err)
	o.change("U0ANA", "approve CHG-1")
	o.deliver("/slack/events", "{}", nil)
	require.InDelta(t, 1, o.counted("steward_slack_calls_total", "chat.postMessage", "slack.ambiguous"), 0)
	require.InDelta(t, 1, o.counted("steward_slack_calls_total", "views.open", "ok"), 0)
	require.InDelta(t, 1, o.counted("steward_slack_deliveries_total", payload.KindCommand, "change.own_request"), 0)
	require.InDelta(t, 1, o.counted("steward_slack_deliveries_total", payload.KindSubmission, "ok"), 0)
	require.InDelta(t, 1, o.counted("steward_slack_deliveries_total", "unknown", "slack.payload"), 0)
}

func TestABrokenResponseURLLeavesNoTraceOfItself(t *testing.T) {
	o := newOffice(t)
	o.raised()
	card := o.posted(itsm.NoticeCard, "")
	o.Fail("response", fault.Reset())
	o.press("U0BOB", card, "Approve")
	require.Contains(t, o.log.String(), "a call of slack failed") // and the office proves that no log holds an address
	require.Equal(t, 1, o.relayed())
	require.Contains(t, o.whispered("U0BOB"), "You approved CHG-1")
}

func TestWhoCannotBeReachedIsNotTriedForEver(t *testing.T) {
	o := newOffice(t)
	v := o.form()
	o.desk.set(string(itsm.ActRaise), down, false)
	_, err := o.Submit(context.Background(), "U0ANA", v, filled())
	require.NoError(t, err)
	o.desk.set(string(itsm.ActRaise), nil, false)
	o.Fail("chat.postMessage", fault.Refuse("account_inactive"))
	require.Equal(t, 1, o.relayed())
	require.Zero(t, o.desk.unanswered())
	require.Contains(t, o.log.String(), "nobody can be told")
	require.Len(t, o.desk.changes, 1)
}
