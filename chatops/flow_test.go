package chatops

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

func TestAChangeGoesFromFormToDone(t *testing.T) {
	o := newOffice(t)
	c := o.raised()
	require.Equal(t, itsm.PersonID("ana"), c.Requester)
	require.Equal(t, "Rotate <keys> & certs", c.Title, "what is typed into a form is not escaped")
	card := o.posted(itsm.NoticeCard, "")
	require.Contains(t, card.Says(), "CHG-1 · Rotate <keys> & certs")

	o.press("U0BOB", card, "Approve")
	require.Contains(t, o.whispered("U0BOB"), "You approved CHG-1; it is now scheduled.")
	require.NoError(t, o.messenger.Edit(context.Background(), itsm.Place{Channel: card.Channel, TS: card.TS}, o.notice(itsm.NoticeCard, "")))
	o.press("U0IDA", o.Messages("C0PAY")[0], "Start")
	require.Contains(t, o.whispered("U0IDA"), "it is now implementing")
	require.NoError(t, o.messenger.Edit(context.Background(), itsm.Place{Channel: card.Channel, TS: card.TS}, o.notice(itsm.NoticeCard, "")))
	o.press("U0IDA", o.Messages("C0PAY")[0], "Done")
	require.Equal(t, itsm.ChangeClosed, o.desk.changes["CHG-1"].State)
	require.Zero(t, o.desk.unanswered())
}

func TestRejectingAsksWhy(t *testing.T) {
	o := newOffice(t)
	o.raised()
	ask := o.posted(itsm.NoticeAsk, "bob")
	o.press("U0BOB", ask, "Reject…")
	v := o.Views("U0BOB")[0]
	require.Contains(t, v.Text(), "Reject CHG-1")
	require.Contains(t, v.Text(), "Rotate <keys> & certs")
	a, err := o.Submit(context.Background(), "U0BOB", v, map[string]string{"note": "no tests"})
	require.NoError(t, err)
	require.Equal(t, "update", a.Action)
	d, _ := o.desk.changes["CHG-1"].Decision()
	require.Equal(t, "no tests", d.Note)
	require.Equal(t, itsm.Reject, d.Verdict)
}

func TestALateClickIsAnsweredKindlyAndTheButtonsVanish(t *testing.T) {
	o := newOffice(t)
	o.raised()
	card := o.posted(itsm.NoticeCard, "")
	o.press("U0BOB", card, "Approve")
	o.press("U0EVE", card, "Approve")
	require.Contains(t, o.whispered("U0EVE"), "CHG-1 was already approved by bob; your answer changed nothing.")
	require.Contains(t, o.whispered("U0EVE"), "change.decided")
	now := o.Messages("C0PAY")[0]
	require.NotContains(t, buttons(now), "Approve")
	require.Contains(t, buttons(now), "Start")
	require.Contains(t, now.Says(), "Approved by Bob &lt;b&gt; &amp; Co")
}

func buttons(m slackfake.Message) []string {
	var out []string
	for _, b := range m.Blocks {
		elements, _ := b["elements"].([]any)
		for _, e := range elements {
			e, _ := e.(map[string]any)
			if text, ok := e["text"].(map[string]any); ok && e["type"] == "button" {
				words, _ := text["text"].(string)
				out = append(out, words)
			}
		}
	}
	return out
}

func TestCommands(t *testing.T) {
	o := newOffice(t)
	o.raised()
	for _, c := range []struct{ user, command, text, want string }{
		{"U0ANA", "/change", "help", "/change reject CHG-42 because"},
		{"U0ANA", "/change", "", "/change reject CHG-42 because"},
		{"U0ANA", "/itsm", "help", "/change reject CHG-42 because"},
		{"U0ANA", "/itsm", "change show chg-1", "Backout plan"},
		{"U0ANA", "/itsm", "services", "*Web &amp; &lt;shop&gt;* `web` · owner Ana Lima"},
		{"U0ANA", "/itsm", "People", "*Bob &lt;b&gt; &amp; Co* `bob` · approver"},
		{"U0ANA", "/change", "CHG-1", "It waits for one decision"},
		{"U0ANA", "/change", "show 1:", "It waits for one decision"},
		{"U0ANA", "/change", "show", "record.number"},
		{"U0ANA", "/change", "show CHG-77", "There is no CHG-77 that you can see."},
		{"U0ANA", "/change", "list", "Open changes"},
		{"U0ANA", "/change", "list mine", "CHG-1"},
		{"U0BOB", "/change", "list waiting", "CHG-1"},
		{"U0IDA", "/change", "list waiting", "There is none."},
		{"U0ANA", "/change", "list everything", "`/change list open`"},
		{"U0ANA", "/change", "aprove CHG-1", "Did you mean `/change approve`?"},
		{"U0ANA", "/change", "frobnicate <!channel> `x`", "frobnicate @channel 'x'"},
		{"U0ANA", "/change", "frobnicate &lt;!channel&gt;", "frobnicate &lt;!channel&gt;"},
		{"U0ANA", "/itsm", "incidnet new", "Did you mean `/itsm incident`?"},
		{"U0ANA", "/change", "approve CHG-1", "You raised CHG-1, so somebody else must decide on it."},
		{"U0BOB", "/change", "approve CHG-1 looks &lt;good&gt; &amp; safe", "You approved CHG-1; it is now scheduled."},
		{"U0EVE", "/change", "reject CHG-1 because of the risk", "already approved"},
		{"U0IDA", "/change", "start CHG-1", "You started CHG-1"},
		{"U0IDA", "/change", "fail CHG-1 because: the disk is full", "You reported as failed CHG-1; it is now closed."},
		{"U0ANA", "/change", "cancel CHG-1 because I can", "CHG-1 is already closed."},
		{"U0NEW", "/change", "list", "put your Slack id U0NEW into the catalog"},
	} {
		_, err := o.Command(context.Background(), c.user, "C0PAY", c.command, c.text)
		require.NoError(t, err)
		require.Contains(t, o.whispered(c.user), c.want, "%s %s", c.command, c.text)
	}
	d, _ := o.desk.changes["CHG-1"].Decision()
	require.Equal(t, "looks <good> & safe", d.Note)
	timeline := o.desk.timelines["CHG-1"]
	require.Equal(t, "the disk is full", timeline[len(timeline)-1].Note)
}

func TestNobodyFillsInAFormForNothing(t *testing.T) {
	o := newOffice(t)
	o.desk.catalog.People[0].Roles = []itsm.Role{itsm.Auditor}
	_, err := o.Command(context.Background(), "U0ANA", "C0PAY", "/change", "new")
	require.NoError(t, err)
	require.Contains(t, o.whispered("U0ANA"), "That needs one of these roles: requester, approver, change_manager, implementer or problem_manager.")
	require.Empty(t, o.Views("U0ANA"))
	require.Len(t, o.desk.refused, 1, "the audit holds refusals too")
}

func TestFaultsInAFormStandBesideTheirFields(t *testing.T) {
	o := newOffice(t)
	v := o.form()
	fields := filled()
	fields["title"], fields["window_start"], fields["window_end"] = "a\u202eb", "1700000000", "1600000000"
	a, err := o.Submit(context.Background(), "U0ANA", v, fields)
	require.NoError(t, err)
	require.Equal(t, "errors", a.Action)
	require.Equal(t, map[string]string{"title": "has a control character; remove it", "window_end": "must be after the start"}, a.Errors)

	fields["title"] = "ab"
	fields["window_start"], fields["window_end"] = "", ""
	a, err = o.Submit(context.Background(), "U0ANA", v, fields)
	require.NoError(t, err, "the mended form is another asking, although the view kept its hash")
	require.Equal(t, "update", a.Action)
	require.Len(t, o.desk.changes, 1)
}

func TestAFormSubmittedTwiceRaisesOnce(t *testing.T) {
	o := newOffice(t)
	v := o.form()
	o.Tamper(slackfake.Tamper{Twice: true})
	a, err := o.Submit(context.Background(), "U0ANA", v, filled())
	require.NoError(t, err)
	require.Equal(t, "update", a.Action, "the repeat gets the first one's answer")
	require.Len(t, o.desk.changes, 1)
}

func TestTheTypedTitleIsInTheForm(t *testing.T) {
	o := newOffice(t)
	o.change("U0ANA", "new Rotate &lt;the&gt; keys")
	require.Equal(t, "Rotate <the> keys", blockkit.Objects([]any{o.Views("U0ANA")[0].Blocks[0]["element"]})[0]["initial_value"])
}

func TestAFormOffersThousandsOfServices(t *testing.T) {
	o := newOffice(t)
	for range 250 {
		o.desk.catalog.Services = append(o.desk.catalog.Services, itsm.Service{ID: "s", Name: "A service with a name that is far longer than the seventy-five characters of an option"})
	}
	v := o.form()
	require.Len(t, blockkit.Objects([]any{v.Blocks[1]["element"]})[0]["option_groups"], 3)
	o.desk.catalog.Services = nil
	o.change("U0BOB", "new")
	require.Contains(t, o.whispered("U0BOB"), "slack.no_services")
}

func TestAForbiddenRaiseKeepsWhatWasTyped(t *testing.T) {
	o := newOffice(t)
	v := o.form()
	o.desk.catalog.People[0].Roles = []itsm.Role{itsm.Auditor}
	a, err := o.Submit(context.Background(), "U0ANA", v, filled())
	require.NoError(t, err)
	require.Equal(t, "errors", a.Action)
	require.Contains(t, a.Errors["title"], "actor.permission")
}

func TestHome(t *testing.T) {
	o := newOffice(t)
	o.raised()
	home := func(user string) slackfake.View {
		_, err := o.OpenHome(context.Background(), user)
		require.NoError(t, err)
		v, ok := o.Home(user)
		require.True(t, ok)
		return v
	}
	require.Contains(t, home("U0ANA").Text(), "Changes that you raised")
	require.Contains(t, home("U0NEW").Text(), "U0NEW")
	v := home("U0BOB")
	require.Contains(t, v.Text(), "CHG-1")
	_, err := o.PressIn(context.Background(), "U0BOB", v, "Approve", nil)
	require.NoError(t, err)
	require.Equal(t, itsm.ChangeScheduled, o.desk.changes["CHG-1"].State)
	now, _ := o.Home("U0BOB")
	require.NotContains(t, now.Text(), "CHG-1", "the page is published anew")
	_, err = o.PressIn(context.Background(), "U0ANA", home("U0ANA"), "Start", nil)
	require.NoError(t, err)
	_, err = o.PressIn(context.Background(), "U0BOB", now, "New change", nil)
	require.NoError(t, err)
}

func TestARefusalInHomeIsSeen(t *testing.T) {
	o := newOffice(t)
	o.raised()
	_, err := o.OpenHome(context.Background(), "U0BOB")
	require.NoError(t, err)
	v, _ := o.Home("U0BOB")
	o.change("U0EVE", "approve CHG-1")
	_, err = o.PressIn(context.Background(), "U0BOB", v, "Approve", nil)
	require.NoError(t, err)
	require.Contains(t, o.Views("U0BOB")[0].Text(), "already approved by eve")
}

func TestAListFreshensItself(t *testing.T) {
	o := newOffice(t)
	o.raised()
	o.change("U0BOB", "list waiting")
	list := o.Ephemerals("U0BOB")[0]
	o.clock.pass(time.Second)
	o.press("U0BOB", list, "Approve")
	for _, m := range o.Ephemerals("U0BOB") {
		require.NotContains(t, buttons(m), "Approve")
	}
}

func TestTheShortcutOpensTheForm(t *testing.T) {
	o := newOffice(t)
	status := o.deliver("/slack/interactions", `payload={"type":"shortcut","callback_id":"change_new","trigger_id":"1.2.3","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA","team_id":"T0STEWARD"}}`, nil)
	require.Equal(t, 200, status)
	require.Contains(t, o.Messages("U0ANA")[0].Says(), "slack.too_late", "a trigger of nobody's: it is said, by direct message")
}

func TestForgedAndForgottenButtons(t *testing.T) {
	o := newOffice(t)
	o.raised()
	for value, want := range map[string]string{
		`{\"number\":\"CHG-1\",\"content_hash\":\"another text\"}`: "change.edited",
		`{\"number\":\"CHG-9\"}`:                                   "record.not_found",
		`{\"number\":\"'; DROP\"}`:                                 "record.number",
		`{\"number\":7}`:                                           "slack.button",
		``:                                                         "slack.button",
	} {
		o.deliver("/slack/interactions", pressOf("change.approve:CHG-1", value), nil)
		dm := o.Messages("U0BOB")
		require.Contains(t, dm[len(dm)-1].Says(), want, value)
	}
	o.deliver("/slack/interactions", pressOf("change.explode", "{}"), nil)
	dm := o.Messages("U0BOB")
	require.Contains(t, dm[len(dm)-1].Says(), "Steward no longer knows that button.")
	require.Equal(t, itsm.ChangeAwaiting, o.desk.changes["CHG-1"].State)
}

var pressCount atomic.Int64

// pressOf is a press of bob's in a message that is not there, with any value.
func pressOf(action, value string) string {
	ts := strconv.FormatInt(pressCount.Add(1), 10) + ".5"
	return url.Values{"payload": {`{"type":"block_actions","team":{"id":"T0STEWARD"},"user":{"id":"U0BOB"},"channel":{"id":"C0PAY"},` +
		`"container":{"message_ts":"1.1"},"actions":[{"action_id":"` + action + `","block_id":"card/CHG-1","value":"` + value + `","action_ts":"` + ts + `"}]}`}}.Encode()
}

func TestDoneByCommandTakesANote(t *testing.T) {
	o := newOffice(t)
	o.raised()
	o.change("U0BOB", "approve 1")
	o.change("U0ANA", "start 1")
	o.change("U0ANA", "done 1: all green")
	require.Contains(t, o.whispered("U0ANA"), "You finished CHG-1; it is now closed.")
	o.change("U0ANA", "show 1")
	require.Contains(t, o.whispered("U0ANA"), "all green")
	require.Contains(t, o.whispered("U0ANA"), "What happened")
}

func TestDetailsFromHomeOpenInAModal(t *testing.T) {
	o := newOffice(t)
	o.raised()
	_, err := o.OpenHome(context.Background(), "U0BOB")
	require.NoError(t, err)
	v, _ := o.Home("U0BOB")
	_, err = o.PressIn(context.Background(), "U0BOB", v, "Details", nil)
	require.NoError(t, err)
	require.Contains(t, o.Views("U0BOB")[0].Text(), "Backout plan")
}

func TestAFailedPublishingDoesNotUndoAnAct(t *testing.T) {
	o := newOffice(t)
	o.raised()
	_, err := o.OpenHome(context.Background(), "U0BOB")
	require.NoError(t, err)
	v, _ := o.Home("U0BOB")
	o.Fail("views.publish", fault.Status(500))
	_, err = o.PressIn(context.Background(), "U0BOB", v, "Approve", nil)
	require.NoError(t, err)
	require.Contains(t, o.Views("U0BOB")[0].Text(), "You approved CHG-1")
}

// TestWhatOnlyOnePersonSeesOffersOnlyWhatTheyMayDo: no button is there to refuse
// whoever presses it.
func TestWhatOnlyOnePersonSeesOffersOnlyWhatTheyMayDo(t *testing.T) {
	o := newOffice(t)
	o.raised()
	for user, offered := range map[string]string{"U0ANA": "Cancel…", "U0BOB": "Approve Reject…", "U0IDA": ""} {
		for _, text := range []string{"list", "show CHG-1"} {
			o.change(user, text)
			var buttons []string
			for _, button := range []string{"Approve", "Reject…", "Start", "Cancel…"} {
				if strings.Contains(o.whispered(user), "\n"+button) {
					buttons = append(buttons, button)
				}
			}
			require.Equal(t, offered, strings.Join(buttons, " "), "%s: %s", user, text)
		}
	}
}

// TestWhenSlackDoesNotSayWhoseTheTokenIs: the signature and the catalog have to do.
func TestWhenSlackDoesNotSayWhoseTheTokenIs(t *testing.T) {
	o := newOffice(t)
	o.Fail("auth.test", slices.Repeat([]fault.Fault{fault.Status(500)}, 20)...)
	o.raised()
	o.change("U0ANA", "list")
	require.Contains(t, o.whispered("U0ANA"), "CHG-1")
	o.change("U0NEW", "list")
	require.Contains(t, o.whispered("U0NEW"), "slack.unknown_person")
	require.Contains(t, o.log.String(), "STEWARD_SLACK_TEAMS")
}
