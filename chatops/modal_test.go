package chatops

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

func TestFieldErrorsStandWhereTheyAreAbout(t *testing.T) {
	f := form{Callback: "change.new", Values: map[string]map[string]json.RawMessage{"title": {}, "window_end": {}}}
	e := itsm.Refuse(itsm.Invalid, "change.invalid", "x")
	e.Fields = []itsm.Field{{Pointer: "/title", Message: "is needed"}, {Pointer: "/window/end", Message: "is past"}, {Pointer: "/type", Message: "must be normal"}}
	require.Equal(t, map[string]string{"title": "is needed; type must be normal", "window_end": "is past"}, fieldErrors(f, e))
	require.Equal(t, map[string]string{"note": "Why? (x.y)"}, fieldErrors(form{Callback: "change.reject"}, itsm.Refuse(itsm.Conflict, "x.y", "Why?")))
}

func TestNearest(t *testing.T) {
	for typed, want := range map[string]string{
		"aprove": "/change approve", "rejekt": "/change reject", "lst": "/change list", "shwo": "/change show", "xyzzy": "", "": "",
		strings.Repeat("a", 4000): "",
	} {
		require.Equal(t, want, nearest(typed), typed)
	}
}

func TestFormsThatAskWhyAreLegal(t *testing.T) {
	change := itsm.Change{Number: "CHG-9999999999", ChangeDraft: itsm.ChangeDraft{Title: strings.Repeat("t", itsm.MaxTitle)}}
	for callback, r := range reasons {
		require.Equal(t, callback, r.form.Callback)
		raw, err := json.Marshal(r.form.On(change, cards.Claim{Number: change.Number, ContentHash: strings.Repeat("f", 64)}))
		require.NoError(t, err)
		var view map[string]any
		require.NoError(t, json.Unmarshal(raw, &view))
		_, faults := blockkit.JudgeView(view)
		require.Empty(t, faults, callback)
	}
}
