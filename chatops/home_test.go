package chatops

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestMyAndHome(t *testing.T) {
	o := staffed(t)
	o.medium()
	o.change("U0BOB", "ask CHG-1 Why now?")
	_, err := o.Command(context.Background(), "U0ANA", "C0PAY", "/itsm", "my")
	require.NoError(t, err)
	for _, want := range []string{"Questions that wait for your answer", "Why now?", "Changes that you raised", "awaiting approval (Technical: 0 of 2)"} {
		require.Contains(t, o.whispered("U0ANA"), want)
	}
	_, err = o.Command(context.Background(), "U0BOB", "C0PAY", "/itsm", "my")
	require.NoError(t, err)
	require.Contains(t, o.whispered("U0BOB"), "To decide: awaiting approval")

	_, err = o.OpenHome(context.Background(), "U0ANA")
	require.NoError(t, err)
	v, _ := o.Home("U0ANA")
	require.Contains(t, v.Text(), "Why now?")
	_, err = o.PressIn(context.Background(), "U0ANA", v, "Answer…", nil)
	require.NoError(t, err)
	o.submit("U0ANA", map[string]string{"text": "They expire."})
	o.closed("U0ANA")
	_, err = o.OpenHome(context.Background(), "U0ANA")
	require.NoError(t, err)
	v, _ = o.Home("U0ANA")
	require.NotContains(t, v.Text(), "Why now?")
	_, err = o.PressIn(context.Background(), "U0ANA", v, "change.more:CHG-1", nil, "Hold…")
	require.NoError(t, err)
	require.Contains(t, o.closed("U0ANA"), "Hold CHG-1")
}

func TestHomeIsBounded(t *testing.T) {
	o := staffed(t)
	for i := range 40 {
		n := itsm.ChangeNumber(int64(i + 1))
		draft := itsm.ChangeDraft{Type: itsm.Normal, Title: strings.Repeat("t", itsm.MaxTitle), Service: "payments", Plan: "p", BackoutPlan: "b"}
		o.desk.changes[n] = &itsm.Change{ChangeDraft: draft, Number: n, Requester: "ana", State: itsm.ChangeImplementing, Implementer: "ana", RaisedAt: o.clock.now(), Since: o.clock.now()}
		if i%2 == 0 {
			o.desk.changes[n].Implementer = "ida"
		}
		o.desk.comments[n] = []itsm.Comment{{ID: 1, Number: n, Kind: itsm.Question, By: "bob", Text: strings.Repeat("q", itsm.MaxNote)}, {ID: 2, Number: n, Kind: itsm.Question, By: "bob", Text: "And?"}}
	}
	_, err := o.OpenHome(context.Background(), "U0ANA")
	require.NoError(t, err)
	v, ok := o.Home("U0ANA")
	require.True(t, ok, "the stand-in takes it, so Slack does: %s", o.log.String())
	require.LessOrEqual(t, len(v.Blocks), 100)
}
