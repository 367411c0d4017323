package chatops

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

func TestFieldErrorsStandWhereTheyAreAbout(t *testing.T) {
	f := form.Filled{Callback: "change.new", Values: map[string]map[string]json.RawMessage{"title": {}, "window_end": {}}}
	e := itsm.Refuse(itsm.Invalid, "change.invalid", "x")
	e.Fields = []itsm.Field{{Pointer: "/title", Message: "is needed"}, {Pointer: "/window/end", Message: "is past"}, {Pointer: "/type", Message: "must be normal"}}
	require.Equal(t, map[string]string{"title": "is needed; type must be normal", "window_end": "is past"}, form.Errors(f, e))
	require.Equal(t, map[string]string{"note": "Why? (x.y)"}, form.Errors(form.Filled{Callback: "change.reject"}, itsm.Refuse(itsm.Conflict, "x.y", "Why?")))
}

func TestNearest(t *testing.T) {
	o := newOffice(t)
	for typed, want := range map[string]string{
		"aprove": "/change approve", "rejekt": "/change reject", "lst": "/change list", "shwo": "/change show", "delegat": "/change delegate",
		"abstian": "/change abstain", "coment": "/change comment", "widthdraw": "/change withdraw", "xyzzy": "", strings.Repeat("a", 4000): "",
	} {
		o.change("U0ANA", typed+" CHG-1")
		if want == "" {
			require.NotContains(t, o.whispered("U0ANA"), "Did you mean")
		} else {
			require.Contains(t, o.whispered("U0ANA"), "Did you mean `"+want+"`?")
		}
		require.Contains(t, o.whispered("U0ANA"), "For example: `/change new` · `/change status CHG-42` · `/change reject CHG-42")
	}
}

func TestFormsThatAskWhyAreLegal(t *testing.T) {
	change := itsm.Change{Number: "CHG-9999999999", ChangeDraft: itsm.ChangeDraft{Title: strings.Repeat("t", itsm.MaxTitle)}}
	for name, v := range verbs {
		if v.form == nil {
			continue
		}
		require.Equal(t, "change."+name, v.form.Callback)
		require.NotNil(t, v.rule, name)
		require.NotNil(t, v.do, name)
		claim := cards.Claim{Number: change.Number, ContentHash: strings.Repeat("f", 64)}
		raw, err := json.Marshal(v.form.On(change, form.Kept{Claim: claim}))
		require.NoError(t, err)
		var view map[string]any
		require.NoError(t, json.Unmarshal(raw, &view))
		_, faults := blockkit.JudgeView(view)
		require.Empty(t, faults, name)
	}
}
