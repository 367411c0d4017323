package slackfake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

func plain(words string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", words, false, false)
}

// form is a modal with one required input block called "title".
func form(title string) slack.ModalViewRequest {
	input := slack.NewInputBlock("title", plain("Title"), nil, slack.NewPlainTextInputBlockElement(nil, "v"))
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(title), Submit: plain("Submit"), PrivateMetadata: "kept", CallbackID: "change.new",
		Blocks: slack.Blocks{BlockSet: []slack.Block{input}},
	}
}

func TestTriggers(t *testing.T) {
	w := newWorld(t)
	trigger, _ := w.trigger("U1")
	w.clock.pass(3 * time.Second)
	_, err := w.api.OpenView(trigger, form("one"))
	require.NoError(t, err, "three seconds are in time")
	_, err = w.api.OpenView(trigger, form("two"))
	require.EqualError(t, err, "exchanged_trigger_id")
	late, _ := w.trigger("U1")
	w.clock.pass(3*time.Second + time.Millisecond)
	_, err = w.api.OpenView(late, form("two"))
	require.EqualError(t, err, "expired_trigger_id")
	_, err = w.api.OpenView("made.up", form("two"))
	require.EqualError(t, err, "invalid_trigger_id")
	require.Len(t, w.Views("U1"), 1)
}

func TestViewUpdates(t *testing.T) {
	w := newWorld(t)
	trigger, _ := w.trigger("U1")
	req := form("one")
	req.ExternalID = "ours"
	v, err := w.api.OpenView(trigger, req)
	require.NoError(t, err)
	again, err := w.api.UpdateView(form("two"), "", v.Hash, v.ID)
	require.NoError(t, err)
	require.NotEqual(t, v.Hash, again.Hash)
	_, err = w.api.UpdateView(form("three"), "", v.Hash, v.ID)
	require.EqualError(t, err, "hash_conflict")
	_, err = w.api.UpdateView(form("three"), "", "", "V0")
	require.EqualError(t, err, "not_found")
	bad := form(strings.Repeat("x", 25))
	_, err = w.api.UpdateView(bad, "", "", v.ID)
	require.ErrorContains(t, err, "invalid_arguments")
	require.Equal(t, "two", w.Views("U1")[0].Title["text"])

	second, _ := w.trigger("U2")
	_, err = w.api.OpenView(second, req)
	require.NoError(t, err, "the update gave the external_id up")
	third, _ := w.trigger("U1")
	_, err = w.api.OpenView(third, req)
	require.EqualError(t, err, "duplicate_external_id")
	large := form("x")
	for i := range 90 {
		s := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", strings.Repeat("x", 2990), false, false), nil, nil, slack.SectionBlockOptionBlockID(fmt.Sprint(i)))
		large.Blocks.BlockSet = append(large.Blocks.BlockSet, s)
	}
	_, err = w.api.OpenView(third, large)
	require.EqualError(t, err, "view_too_large")
}

func TestHome(t *testing.T) {
	w := newWorld(t)
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(plain("Waiting for you"))}}}
	v, err := w.api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: "U1", View: home})
	require.NoError(t, err)
	stale := "1.x"
	_, err = w.api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: "U1", View: home, Hash: &stale})
	require.EqualError(t, err, "hash_conflict")
	again, err := w.api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: "U1", View: home, Hash: &v.Hash})
	require.NoError(t, err)
	require.Equal(t, v.ID, again.ID)
	_, err = w.api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: "U3", View: home})
	require.EqualError(t, err, "user_not_found")
	_, err = w.OpenHome(t.Context(), "U1")
	require.NoError(t, err)
	require.Contains(t, w.last().Form.Get("raw"), `"app_home_opened"`)
	require.Contains(t, w.Expect(t).Home("U1", "Waiting").Text(), "for you")
}

// open shows form to U1 and returns it.
func (w *world) open(req slack.ModalViewRequest) slackfake.View {
	w.t.Helper()
	trigger, _ := w.trigger("U1")
	_, err := w.api.OpenView(trigger, req)
	require.NoError(w.t, err)
	all := w.Views("U1")
	return all[len(all)-1]
}

func TestSubmitClosesAndCarriesWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	v := w.open(form("one"))
	a, err := w.Submit(t.Context(), "U1", v, nil)
	require.NoError(t, err)
	require.Contains(t, a.Errors["title"], "required")
	require.Zero(t, a.Status, "Slack's own client stops an empty required field")
	_, err = w.Submit(t.Context(), "U1", v, map[string]string{"title": "Rotate <certs> 100%"})
	require.NoError(t, err)
	cb := w.interaction()
	require.Equal(t, slack.InteractionTypeViewSubmission, cb.Type)
	require.Equal(t, "Rotate <certs> 100%", cb.View.State.Values["title"]["v"].Value)
	require.Equal(t, "kept", cb.View.PrivateMetadata)
	require.Equal(t, v.Hash, cb.View.Hash)
	require.Empty(t, w.Views("U1"))
}

func TestSubmitAnswers(t *testing.T) {
	w := newWorld(t)
	given := map[string]string{"title": "x"}
	v := w.open(form("one"))
	w.answers(slack.NewErrorsViewSubmissionResponse(map[string]string{"title": "Taken."}))
	a, err := w.Submit(t.Context(), "U1", v, given)
	require.NoError(t, err)
	require.Equal(t, "Taken.", a.Errors["title"])
	require.Equal(t, "Taken.", w.Views("U1")[0].Errors["title"])
	w.answers(slack.NewErrorsViewSubmissionResponse(map[string]string{"elsewhere": "Taken."}))
	_, err = w.Submit(t.Context(), "U1", v, given)
	require.ErrorIs(t, err, slackfake.ErrViewAnswer, "errors must name input blocks")

	next := form("two")
	w.answers(slack.NewUpdateViewSubmissionResponse(&next))
	_, err = w.Submit(t.Context(), "U1", v, given)
	require.NoError(t, err)
	require.Equal(t, "two", w.Views("U1")[0].Title["text"])
	w.answers(slack.NewPushViewSubmissionResponse(&next))
	for range 2 {
		all := w.Views("U1")
		_, err = w.Submit(t.Context(), "U1", all[len(all)-1], given)
		require.NoError(t, err)
	}
	all := w.Views("U1")
	require.Len(t, all, 3)
	require.Equal(t, all[1].ID, all[2].Previous)
	_, err = w.Submit(t.Context(), "U1", all[2], given)
	require.ErrorContains(t, err, "push_limit_reached")
	w.answers(slack.NewClearViewSubmissionResponse())
	_, err = w.Submit(t.Context(), "U1", all[2], given)
	require.NoError(t, err)
	require.Empty(t, w.Views("U1"))
	_, err = w.Submit(t.Context(), "U1", all[2], given)
	require.ErrorIs(t, err, slackfake.ErrNoSuchPlace)
}

func TestPushByTheApp(t *testing.T) {
	w := newWorld(t)
	req := form("one")
	req.NotifyOnClose = true
	req.Blocks.BlockSet = append(req.Blocks.BlockSet, slack.NewActionBlock("more", slack.NewButtonBlockElement("more", "", plain("More"))))
	v := w.open(req)
	w.answersWith(func(http.ResponseWriter, *http.Request) {})
	for i := range 3 {
		all := w.Views("U1")
		_, err := w.PressIn(t.Context(), "U1", all[len(all)-1], "More", map[string]string{"title": "typed so far"})
		require.NoError(t, err)
		cb := w.interaction()
		require.Equal(t, "typed so far", cb.View.State.Values["title"]["v"].Value)
		_, err = w.api.PushView(cb.TriggerID, req)
		if i == 2 {
			require.EqualError(t, err, "push_limit_reached")
			continue
		}
		require.NoError(t, err)
	}
	_, err := w.PressIn(t.Context(), "U1", v, "More", nil)
	require.ErrorIs(t, err, slackfake.ErrNoSuchPlace, "nobody presses what is covered")
	before := w.count()
	require.NoError(t, w.CloseView(t.Context(), "U1", v, true))
	require.Empty(t, w.Views("U1"))
	require.Equal(t, before+3, w.count(), "each view asked to be told")
	require.Equal(t, slack.InteractionTypeViewClosed, w.interaction().Type)
	require.True(t, w.interaction().IsCleared)
	_, err = w.api.UpdateView(req, "", "", v.ID)
	require.EqualError(t, err, "not_found", "what the person closed cannot be updated")
}
