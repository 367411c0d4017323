package chatops

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestHomeShowsProblemsThatWait: for whom they are.
func TestHomeShowsProblemsThatWait(t *testing.T) {
	o := stood(t, logged)
	require.NotContains(t, o.home("U0ANA").Text(), "PRB-1", "who has no part in it is not told")
	v := o.home("U0PIA")
	require.Contains(t, v.Text(), "To assess: logged")
	_, err := o.PressIn(context.Background(), "U0PIA", v, "Accept…", nil)
	require.NoError(t, err)
	o.submit("U0PIA", map[string]string{"coordinator": "U0PAT"})
	o.closed("U0PIA")
	require.NotContains(t, o.home("U0PIA").Text(), "PRB-1")
	require.Contains(t, o.home("U0PAT").Text(), "To find its root cause: investigating")
	o.prb("U0PAT", "rca 1")
	o.submit("U0PAT", aCause)
	o.closed("U0PAT")
	o.prb("U0PAT", "workaround 1")
	o.submit("U0PAT", aWorkaround)
	o.closed("U0PAT")
	v = o.home("U0PAT")
	_, err = o.PressIn(context.Background(), "U0PAT", v, "Have it published", nil)
	require.NoError(t, err)
	v = o.home("U0PIA")
	require.Contains(t, v.Text(), "To decide: can its known error be published?")
	_, err = o.PressIn(context.Background(), "U0PIA", v, "Read and decide", nil)
	require.NoError(t, err)
	require.Contains(t, o.closed("U0PIA"), "1. Restart <it>", "what is decided on is read first")
	o.prb("U0PIA", "decide 1 yes")
	require.NotContains(t, o.home("U0PIA").Text(), "PRB-1")
	_, err = o.PressIn(context.Background(), "U0PAT", v, "Read and decide", nil)
	require.Error(t, err, "nobody presses in another's home")
}

func TestAHomeWithAllKindsIsBounded(t *testing.T) {
	o := stood(t, accepted)
	for n := range 60 {
		p, i := *o.desk.problems["PRB-1"], *o.desk.incidents["INC-1"]
		p.Number, p.Title = itsm.ProblemNumber(int64(n+1)), strings.Repeat("&", itsm.MaxTitle)
		i.Number, i.Title = itsm.IncidentNumber(int64(n+1)), strings.Repeat("&", itsm.MaxTitle)
		o.desk.problems[p.Number], o.desk.incidents[i.Number] = &p, &i
		c := itsm.ChangeNumber(int64(n + 1))
		draft := itsm.ChangeDraft{Type: itsm.Normal, Title: strings.Repeat("&", itsm.MaxTitle), Service: "payments", Plan: "p", BackoutPlan: "b"}
		o.desk.changes[c] = &itsm.Change{ChangeDraft: draft, Number: c, Requester: "pat", State: itsm.ChangeImplementing, Implementer: []itsm.PersonID{"pat", "ida"}[n%2], RaisedAt: o.clock.now(), Since: o.clock.now()}
		o.desk.comments[c] = []itsm.Comment{{ID: 1, Number: c, Kind: itsm.Question, By: "eve", Text: "Why?", At: o.clock.now()}}
	}
	v := o.home("U0PAT")
	require.LessOrEqual(t, len(v.Blocks), 100)
	said := o.typed("U0PAT", "/itsm", "my")
	for _, want := range []string{"What waits for you", "These are due first", "Questions that wait", "Changes that you raised"} {
		require.Contains(t, v.Text(), want)
		require.Contains(t, said, want)
	}
	require.NotContains(t, said, "There is more than fits here")
	o.desk.set("Problems", down, false)
	_, err := o.OpenHome(context.Background(), "U0PAT")
	require.NoError(t, err)
	require.NotZero(t, o.desk.unanswered(), "it is published once the records can be read")
}

func TestListsOfProblems(t *testing.T) {
	o := stood(t, accepted)
	for _, tt := range []struct{ user, text, want, lacks string }{
		{"U0EVE", "list", "Open problems", "There is none"},
		{"U0EVE", "list open", "waits for Pat <Pager>", "Root cause…"},
		{"U0ANA", "list mine", "PRB-1", "There is none"},
		{"U0PAT", "list mine", "There is none.", "PRB-"},
		{"U0PAT", "list coordinated", "PRB-1", "There is none"},
		{"U0PAT", "list waiting", "To find its root cause", "There is none"},
		{"U0PAT", "list my", "What waits for you", "PRB-2"},
		{"U0PAT", "list wating", "Did you mean `/problem list waiting`?", "Open problems"},
		{"U0PAT", "list everything", "Did you mean `/problem list open`?", "Open problems"},
	} {
		said := o.prb(tt.user, tt.text)
		require.Contains(t, said, tt.want, tt.text)
		require.NotContains(t, said, tt.lacks, tt.text)
	}
	o.prb("U0PAT", "list coordinated")
	all := o.Ephemerals("U0PAT")
	list := all[len(all)-1]
	o.prb("U0PIA", "accept-risk 1 rare")
	o.submit("U0PIA", map[string]string{"expires_at": later})
	o.closed("U0PIA")
	o.pressLast("U0PAT", "Root cause…")
	require.Contains(t, o.whispered("U0PAT"), "its root cause is recorded while it is investigated")
	for _, m := range o.Ephemerals("U0PAT") {
		if m.TS == list.TS {
			require.NotContains(t, buttons(m), "Root cause…", "the list is as it is now")
		}
	}
	o.desk.set("Problems", down, false)
	require.Contains(t, o.prb("U0PAT", "list"), "No answer yet")
}
