package chatops

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// offering is a workspace whose app has message shortcuts.
func offering(c *slackfake.Config) {
	for _, callback := range []string{"nothing_of_ours", "approve", "change_new"} {
		c.Shortcuts = append(c.Shortcuts, slackfake.Shortcut{Callback: callback, Name: callback})
	}
}

// says writes a message as a person.
func (o *office) says(user, channel, text string) slackfake.Message {
	o.t.Helper()
	m, err := o.Say(context.Background(), user, channel, "", text)
	require.NoError(o.t, err)
	return m
}

func TestAShortcutThatNobodyKnowsIsAnsweredAsAButton(t *testing.T) {
	o := newOffice(t, offering)
	said := o.says("U0BOB", "C0PAY", "checkout is down")
	for i, callback := range []string{"nothing_of_ours", "approve"} {
		a, err := o.CallShortcut(context.Background(), "U0ANA", said, callback)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, a.Status)
		require.Empty(t, a.Body)
		require.Contains(t, o.whispered("U0ANA"), "slack.button")
		require.Len(t, o.desk.kept, i+1)
	}
	require.Equal(t, payload.KindAction, o.desk.kept[0].Kind)
	require.Zero(t, o.desk.unanswered())
	require.Empty(t, o.desk.changes)
	require.Equal(t, "checkout is down", o.Messages("C0PAY")[0].Text)

	elsewhere := o.says("U0ANA", "C0OUT", "and here the app is not")
	_, err := o.CallShortcut(context.Background(), "U0ANA", elsewhere, "approve")
	require.NoError(t, err)
	require.Contains(t, o.whispered("U0ANA"), "slack.button")
	_, err = o.CallShortcut(context.Background(), "U0NEW", said, "approve")
	require.NoError(t, err)
	require.Contains(t, o.whispered("U0NEW"), "put your Slack id U0NEW into the catalog")
}

func TestAShortcutIsKeptOnce(t *testing.T) {
	o := newOffice(t, offering)
	said := o.says("U0BOB", "C0PAY", "checkout is down")
	o.Tamper(slackfake.Tamper{Twice: true, UnknownElement: true, ExtraFields: true})
	_, err := o.CallShortcut(context.Background(), "U0ANA", said, "nothing_of_ours")
	require.NoError(t, err)
	require.Len(t, o.desk.kept, 1)
	require.Len(t, o.Ephemerals("U0ANA"), 1, "the repeat says nothing new")
	for _, user := range []string{"U0ANA", "U0EVE"} { // another call, another person
		_, err = o.CallShortcut(context.Background(), user, said, "nothing_of_ours")
		require.NoError(t, err)
	}
	require.Len(t, o.desk.kept, 3)
}

func TestAMessageShortcutOpensAForm(t *testing.T) {
	o := newOffice(t, offering)
	said := o.says("U0BOB", "C0PAY", "checkout is down")
	_, err := o.CallShortcut(context.Background(), "U0ANA", said, "change_new")
	require.NoError(t, err)
	require.Len(t, o.Views("U0ANA"), 1, "its trigger is good for one")
	require.Empty(t, o.Ephemerals("U0ANA"))
}

// TestAnAttackByShortcut: what is forged or stale reaches neither the inbox nor the desk.
func TestAnAttackByShortcut(t *testing.T) {
	o := newOffice(t, offering)
	said := o.says("U0BOB", "C0PAY", "checkout is down")
	for name, tamper := range map[string]slackfake.Tamper{
		"another's signature": {WrongSignature: true}, "none": {NoSignature: true}, "in the query": {InQuery: true}, "an hour old": {Skew: -time.Hour},
	} {
		o.Tamper(tamper)
		_, err := o.CallShortcut(context.Background(), "U0ANA", said, "change_new")
		require.ErrorIs(t, err, slackfake.ErrDispatch, name)
	}
	require.Empty(t, o.desk.kept)
	require.Empty(t, o.Views("U0ANA"))
	for _, err := range o.desk.refused {
		require.Contains(t, []string{"slack.signature", "slack.query"}, itsm.AsError(err).Code)
	}
}
