package slackfake_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
)

// TestADeadSlackDoesNothingForAnybody: neither for the app nor for people, in whatever
// way it is dead, and afterwards all is as it was.
func TestADeadSlackDoesNothingForAnybody(t *testing.T) {
	for name, how := range map[string]fault.Fault{
		"resets": fault.Reset(), "503": fault.Status(http.StatusServiceUnavailable), "an effect": fault.Status(500).AfterEffect(), "none": fault.Pass(), "zero": {},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shortcuts)
			card := w.say("C1", text("CHG-1"), button("approve", "p1", "Approve"))
			view := w.open(form("one"))
			trigger, link := w.trigger("U1")
			w.Fail("auth.test", fault.Refuse("fatal_error"))
			heard := w.count()
			w.Die(how, 0)
			_, err := w.api.AuthTest()
			require.Error(t, err)
			require.NotEqual(t, "fatal_error", err.Error(), "a scripted fault waits")
			_, _, err = w.api.PostMessage("C1", text("x"))
			require.Error(t, err)
			_, err = w.api.OpenView(trigger, form("two"))
			require.Error(t, err)
			require.Error(t, slack.PostWebhookContext(t.Context(), link, &slack.WebhookMessage{Text: "x"}))
			for act, err := range w.deeds(card, view) {
				require.ErrorIs(t, err, slackfake.ErrDead, act)
			}
			require.Len(t, w.Messages("C1"), 1)
			require.Empty(t, w.Ephemerals("U1"))
			require.Equal(t, heard, w.count(), "the app hears nothing")

			w.Revive()
			_, err = w.api.AuthTest()
			require.EqualError(t, err, "fatal_error")
			require.NoError(t, slack.PostWebhookContext(t.Context(), link, &slack.WebhookMessage{Text: "x"}), "it was not used up")
			for act, err := range w.deeds(card, view) {
				require.NoError(t, err, act)
			}
		})
	}
}

// deeds does everything that a person can do, and tells what came of it.
func (w *world) deeds(m slackfake.Message, v slackfake.View) map[string]error {
	out := map[string]error{}
	_, out["command"] = w.Command(w.t.Context(), "U1", "C1", "/change", "new")
	_, out["press"] = w.Press(w.t.Context(), "U1", m, "approve")
	_, out["shortcut"] = w.CallShortcut(w.t.Context(), "U1", m, "incident_new")
	_, out["say"] = w.Say(w.t.Context(), "U1", "C1", "", "x")
	_, out["home"] = w.OpenHome(w.t.Context(), "U1")
	_, out["change"] = w.Change(w.t.Context(), "U1", v, "title", "x")
	_, out["submit"] = w.Submit(w.t.Context(), "U1", v, map[string]string{"title": "x"})
	_, out["event"] = w.Event(w.t.Context(), map[string]any{"type": "tokens_revoked"})
	_, out["challenge"] = w.Challenge(w.t.Context(), "x")
	_, out["replay"] = w.Replay(w.t.Context())
	return out
}

func TestAnOutageEndsByTheClock(t *testing.T) {
	w := newWorld(t)
	w.Die(fault.Reset(), 30*time.Minute)
	w.clock.pass(30*time.Minute - time.Second)
	require.ErrorIs(t, w.Alive(), slackfake.ErrDead)
	_, _, err := w.api.PostMessage("C1", text("x"))
	require.Error(t, err)
	w.clock.pass(time.Second)
	require.NoError(t, w.Alive())
	w.say("C1", text("x"))
}

func TestEventsWaitForTheEndOfAnOutage(t *testing.T) {
	w := newWorld(t)
	w.answersWith(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) })
	_, err := w.OpenHome(t.Context(), "U1")
	require.ErrorIs(t, err, slackfake.ErrDispatch)
	w.answersWith(nil)
	w.Die(fault.Status(http.StatusServiceUnavailable), 0)
	require.Zero(t, w.RetryEvents(t.Context()))
	w.Revive()
	require.Equal(t, 1, w.RetryEvents(t.Context()))
	require.Equal(t, "1", w.last().Header.Get("X-Slack-Retry-Num"), "no attempt was lost to it")
	require.Zero(t, w.RetryEvents(t.Context()))
}

// TestABurstShows: an app that tries once a minute while Slack is dead, and then says
// all at once what it has to say.
func TestABurstShows(t *testing.T) {
	w := newWorld(t, func(c *slackfake.Config) { c.RateLimits = true })
	w.say("C1", text("before"))
	w.clock.pass(time.Second)
	died := w.clock.now()
	w.Die(fault.Reset(), 30*time.Minute)
	for range 30 {
		_, _, err := w.api.PostMessage("C1", text("x"))
		require.Error(t, err)
		w.clock.pass(time.Minute)
	}
	back := w.clock.now()
	for i := range 7 {
		_, _, err := w.api.PostMessage("C1", text(fmt.Sprint(i)))
		require.Equal(t, i >= 5, err != nil)
	}
	w.Fail("chat.postMessage", fault.Reset().AfterEffect())
	w.clock.pass(2 * time.Second)
	_, _, err := w.api.PostMessage("C1", text("the answer is lost"))
	require.Error(t, err)
	_, err = w.api.AuthTest()
	require.NoError(t, err)

	asked, dead := 0, 0
	outage := w.Load(died)
	require.Equal(t, 30*60+3, len(outage)) //nolint:testifylint // its failure would list them all
	for _, s := range outage[:30*60] {
		require.Zero(t, s.Posted)
		asked, dead = asked+s.Asked["chat.postMessage"], dead+s.Dead
	}
	require.Equal(t, []int{30, 30}, []int{asked, dead})
	require.Equal(t, []fault.Second{
		{At: back, Asked: map[string]int{"chat.postMessage": 7}, Limited: 2, Posted: 5},
		{At: back.Add(time.Second)},
		{At: back.Add(2 * time.Second), Asked: map[string]int{"chat.postMessage": 1, "auth.test": 1}, Posted: 1},
	}, w.Load(back))
	require.Equal(t, died.Add(-time.Second), w.Load(time.Time{})[0].At, "from the first second that was counted")
	require.Empty(t, w.Load(back.Add(time.Hour)))
}

func TestTheLoadIsBounded(t *testing.T) {
	var l fault.Load
	at := time.Unix(1_700_000_000, 0)
	require.Empty(t, l.Since(at, at))
	for i := range 20_010 {
		l.Posted(at.Add(time.Duration(i) * time.Second))
	}
	last := at.Add(20_009 * time.Second)
	l.Asked(at, "auth.test", true) // by a clock that was set back
	all := l.Since(time.Time{}, last)
	require.Equal(t, 20_000, len(all)) //nolint:testifylint // its failure would list them all
	require.Equal(t, at.Add(10*time.Second), all[0].At)
	all[len(all)-1].Asked["auth.test"] = 7
	require.Equal(t, []fault.Second{{At: last, Asked: map[string]int{"auth.test": 1}, Dead: 1, Posted: 1}}, l.Since(last, last))
}
