package slackfake_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

func option(value string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plain(strings.ToUpper(value)), nil)
}

// changeForm is a modal with an element of each kind that tells the app of changes,
// and one that keeps quiet.
func changeForm(title string) slack.ModalViewRequest {
	req := form(title)
	loud := func(id string, e slack.BlockElement) slack.Block {
		return slack.NewInputBlock(id, plain(id), nil, e).WithDispatchAction(true).WithOptional(true)
	}
	why := slack.NewPlainTextInputBlockElement(nil, "v").WithDispatchActionConfig(&slack.DispatchActionConfig{TriggerActionsOn: []string{"on_character_entered"}})
	req.Blocks.BlockSet = append(req.Blocks.BlockSet,
		loud("why", why),
		loud("impact", slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "v", option("low"), option("high"))),
		loud("risk", slack.NewRadioButtonsBlockElement("v", option("one"), option("five"))),
		loud("when", slack.NewDateTimePickerBlockElement("v")),
		loud("checks", slack.NewCheckboxGroupsBlockElement("v", option("tested"), option("told"))),
		loud("minutes", slack.NewNumberInputBlockElement(nil, "v", false)),
		loud("sites", slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, "v", option("lisbon"), option("tokyo"))),
		slack.NewActionBlock("acts",
			slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, "owner"),
			slack.NewOverflowBlockElement("menu", option("copy"), option("drop")),
			slack.NewButtonBlockElement("preview", "now", plain("Preview"))),
	)
	return req
}

func TestChangesInAModalAreTold(t *testing.T) {
	w := newWorld(t)
	v := w.open(changeForm("one"))
	_, err := w.Change(t.Context(), "U1", v, "title", "Rotate keys")
	require.NoError(t, err)
	quiet := w.count()
	for _, tt := range []struct {
		element, value string
		acted          func(slack.BlockAction) any
		want           any
	}{
		{"why", "because", func(a slack.BlockAction) any { return a.Value }, "because"},
		{"impact", "high", func(a slack.BlockAction) any { return a.SelectedOption.Value }, "high"},
		{"risk", "FIVE", func(a slack.BlockAction) any { return a.SelectedOption.Value }, "five"},
		{"when", "1700000000", func(a slack.BlockAction) any { return a.SelectedDateTime }, int64(1_700_000_000)},
		{"checks", "tested\ntold", func(a slack.BlockAction) any { return len(a.SelectedOptions) }, 2},
		{"minutes", "90", func(a slack.BlockAction) any { return a.Value }, "90"},
		{"sites", "tokyo", func(a slack.BlockAction) any { return a.SelectedOptions[0].Value }, "tokyo"},
		{"owner", "U2", func(a slack.BlockAction) any { return a.SelectedUser }, "U2"},
		{"acts/menu", "drop", func(a slack.BlockAction) any { return a.SelectedOption.Value }, "drop"},
		{"Preview", "now", func(a slack.BlockAction) any { return a.Value }, "now"},
	} {
		a, err := w.Change(t.Context(), "U1", v, tt.element, tt.value)
		require.NoError(t, err, tt.element)
		require.Equal(t, 200, a.Status, tt.element)
		cb := w.interaction()
		require.Equal(t, slack.InteractionTypeBlockActions, cb.Type)
		require.Len(t, cb.ActionCallback.BlockActions, 1)
		require.Equal(t, tt.want, tt.acted(*cb.ActionCallback.BlockActions[0]), tt.element)
	}
	require.Equal(t, quiet+10, w.count(), "the title kept quiet")
	cb := w.interaction()
	require.Equal(t, "view", cb.Container.Type)
	require.Equal(t, v.ID, cb.Container.ViewID)
	require.Equal(t, v.ID, cb.View.ID)
	require.Equal(t, v.ID, cb.View.RootViewID)
	require.Equal(t, v.Hash, cb.View.Hash, "what a person enters is no change of the view")
	require.Equal(t, "kept", cb.View.PrivateMetadata)
	require.Equal(t, "change.new", cb.View.CallbackID)
	require.Empty(t, cb.Channel.ID)
	require.Empty(t, cb.ResponseURL)
	values := cb.View.State.Values
	require.Equal(t, "Rotate keys", values["title"]["v"].Value, "what was silent is sent along")
	require.Equal(t, "because", values["why"]["v"].Value)
	require.Equal(t, "high", values["impact"]["v"].SelectedOption.Value)
	require.Equal(t, int64(1_700_000_000), values["when"]["v"].SelectedDateTime)
	require.Equal(t, "U2", values["acts"]["owner"].SelectedUser)
	require.NotContains(t, values["acts"], "menu", "a menu of acts holds nothing")
	_, err = w.api.PushView(cb.TriggerID, form("two"))
	require.NoError(t, err, "each act brings a trigger of its own")
}

func TestChangesThatNobodyCanMake(t *testing.T) {
	w := newWorld(t)
	v := w.open(changeForm("one"))
	before := w.count()
	for element, value := range map[string]string{"impact": "none", "minutes": "1.5", "when": "soon"} {
		_, err := w.Change(t.Context(), "U1", v, element, value)
		require.ErrorContains(t, err, "slack:", element)
	}
	_, err := w.Change(t.Context(), "U1", v, "nowhere", "x")
	require.ErrorIs(t, err, slackfake.ErrNoSuchElement)
	_, err = w.Change(t.Context(), "U2", v, "why", "x")
	require.ErrorIs(t, err, slackfake.ErrNoSuchPlace)
	require.Equal(t, before, w.count())
	require.Nil(t, w.Views("U1")[0].State["impact"]["v"]["selected_option"])
}

// TestUpdateKeepsWhatWasEntered is the life of a form with a preview that the app
// redraws at each change.
func TestUpdateKeepsWhatWasEntered(t *testing.T) {
	w := newWorld(t)
	v := w.open(changeForm("one"))
	_, err := w.PressIn(t.Context(), "U1", v, "impact", map[string]string{"title": "Rotate keys", "minutes": "90"}, "high")
	require.NoError(t, err)

	next := changeForm("two")
	element := slack.NewPlainTextInputBlockElement(nil, "v")
	element.InitialValue = "the app's own words"
	fresh := slack.NewPlainTextInputBlockElement(nil, "v")
	fresh.InitialValue = "new here"
	next.Blocks.BlockSet[0] = slack.NewInputBlock("title", plain("Title"), nil, element)
	next.Blocks.BlockSet = append(next.Blocks.BlockSet, slack.NewInputBlock("plan", plain("Plan"), nil, fresh))
	updated, err := w.api.UpdateView(next, "", v.Hash, v.ID)
	require.NoError(t, err)
	require.Equal(t, "Rotate keys", updated.State.Values["title"]["v"].Value, "an initial value is for new elements")
	_, err = w.api.UpdateView(next, "", v.Hash, v.ID)
	require.EqualError(t, err, "hash_conflict")

	_, err = w.Submit(t.Context(), "U1", v, nil)
	require.NoError(t, err)
	values := w.interaction().View.State.Values
	require.Equal(t, "Rotate keys", values["title"]["v"].Value)
	require.Equal(t, "high", values["impact"]["v"].SelectedOption.Value)
	require.Equal(t, "90", values["minutes"]["v"].Value)
	require.Equal(t, "new here", values["plan"]["v"].Value)
	require.Empty(t, w.Views("U1"))
}

func TestUpdateByExternalID(t *testing.T) {
	w := newWorld(t)
	req := form("one")
	req.ExternalID = "draft-1"
	v := w.open(req)
	_, err := w.Change(t.Context(), "U1", v, "title", "typed")
	require.NoError(t, err)
	again := form("two")
	again.ExternalID = "draft-1"
	_, err = w.api.UpdateView(again, "draft-1", v.Hash, "")
	require.NoError(t, err, "a view may keep its own external_id")
	_, err = w.api.UpdateView(again, "draft-2", "", "")
	require.EqualError(t, err, "not_found")
	now := w.Expect(t).View("U1", "two")
	require.Equal(t, "typed", now.State["title"]["v"]["value"])
}

// TestTwoSteps hands what the first form held to the second by private_metadata, by
// each of the two answers that show a second form.
func TestTwoSteps(t *testing.T) {
	for action, left := range map[string]int{"update": 0, "push": 1} {
		t.Run(action, func(t *testing.T) {
			w := newWorld(t)
			first := w.open(form("Change"))
			second := form("Assessment")
			second.PrivateMetadata, second.CallbackID = `{"title":"Rotate keys"}`, "change.assess"
			second.Blocks.BlockSet = []slack.Block{slack.NewInputBlock("benefit", plain("Benefit"), nil, slack.NewPlainTextInputBlockElement(nil, "v"))}
			answer := slack.NewUpdateViewSubmissionResponse(&second)
			if action == "push" {
				answer = slack.NewPushViewSubmissionResponse(&second)
			}
			w.answers(answer)
			a, err := w.Submit(t.Context(), "U1", first, map[string]string{"title": "Rotate keys"})
			require.NoError(t, err)
			require.Equal(t, action, a.Action)
			top := w.Expect(t).View("U1", "Assessment", "Benefit")
			require.Equal(t, action == "update", top.ID == first.ID)
			require.Equal(t, first.ID, top.Root)
			require.NotContains(t, top.State, "title", "the second form asks other things")

			w.answersWith(nil)
			_, err = w.Submit(t.Context(), "U1", top, map[string]string{"benefit": "safer"})
			require.NoError(t, err)
			cb := w.interaction()
			require.Equal(t, "change.assess", cb.View.CallbackID)
			require.JSONEq(t, `{"title":"Rotate keys"}`, cb.View.PrivateMetadata)
			require.Equal(t, first.ID, cb.View.RootViewID)
			require.Equal(t, "safer", cb.View.State.Values["benefit"]["v"].Value)
			require.Len(t, w.Views("U1"), left, "an empty answer closes the form on top")
		})
	}
}

func TestErrorsKeepTheFormAsItWas(t *testing.T) {
	w := newWorld(t)
	v := w.open(changeForm("one"))
	w.answers(slack.NewErrorsViewSubmissionResponse(map[string]string{"minutes": "Too long."}))
	_, err := w.Submit(t.Context(), "U1", v, map[string]string{"title": "Rotate keys", "minutes": "900"})
	require.NoError(t, err)
	w.answersWith(nil)
	_, err = w.Submit(t.Context(), "U1", v, map[string]string{"minutes": "90"})
	require.NoError(t, err)
	values := w.interaction().View.State.Values
	require.Equal(t, "Rotate keys", values["title"]["v"].Value)
	require.Equal(t, "90", values["minutes"]["v"].Value)
}

func TestHomeKeepsWhatWasPicked(t *testing.T) {
	w := newWorld(t)
	filter := slack.NewActionBlock("filter", slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "of", option("mine"), option("all")))
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{filter}}}
	publish := func() {
		_, err := w.api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: "U1", View: home})
		require.NoError(t, err)
	}
	publish()
	v, _ := w.Home("U1")
	_, err := w.Change(t.Context(), "U1", v, "of", "all")
	require.NoError(t, err)
	require.Equal(t, "all", w.interaction().View.State.Values["filter"]["of"].SelectedOption.Value)
	publish()
	v, _ = w.Home("U1")
	require.Subset(t, v.State["filter"]["of"]["selected_option"], slackfake.Block{"value": "all"})
}

// TestPickInAMessage carries the choice in the state too, as Slack does since the
// state of messages is sent.
func TestPickInAMessage(t *testing.T) {
	w := newWorld(t)
	menu := slack.NewActionBlock("acts", slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "vote", option("yes"), option("no")))
	m := w.say("C1", slack.MsgOptionBlocks(menu))
	_, err := w.Press(t.Context(), "U2", m, "vote", "no")
	require.NoError(t, err)
	cb := w.interaction()
	require.Equal(t, "no", cb.ActionCallback.BlockActions[0].SelectedOption.Value)
	require.Equal(t, "no", cb.BlockActionState.Values["acts"]["vote"].SelectedOption.Value)
}

func TestARestartKeepsWhatWasEntered(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slack.json")
	var cfg slackfake.Config
	w := newWorld(t, func(c *slackfake.Config) {
		c.StateFile = file
		cfg = *c
	})
	v := w.open(changeForm("one"))
	for element, value := range map[string]string{"when": "1700000000", "impact": "high", "checks": "tested"} {
		_, err := w.Change(t.Context(), "U1", v, element, value)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	again := slackfake.New(cfg)
	kept, err := json.Marshal(again.Views("U1")[0].State)
	require.NoError(t, err)
	before, err := json.Marshal(w.Views("U1")[0].State)
	require.NoError(t, err)
	require.JSONEq(t, string(before), string(kept))
	require.NoError(t, again.Close())
}
