package chatops

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
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
	var teams []itsm.TeamID
	for n := range 150 {
		teams = append(teams, itsm.TeamID(fmt.Sprintf("team-%d-%s", n, strings.Repeat("x", 64))))
	}
	for _, k := range kinds() {
		for name, v := range k.verbs {
			if v.form == nil {
				continue
			}
			require.Equal(t, k.name+"."+name, v.form.Callback)
			require.NotNil(t, v.rule, name)
			require.NotNil(t, v.do, name)
			require.NotEmpty(t, v.act, name)
			said := map[string]string{v.form.Block: strings.Repeat("ä", 9000)}
			for _, f := range v.form.Fields {
				said[f.Block] = strings.Repeat("x", 9000)
			}
			for _, given := range []form.Given{{Headline: change.Title}, {Headline: change.Title, Said: said, Teams: teams, Notes: []string{"x"}}} {
				claim := cards.Claim{Number: itsm.Number(k.prefix + "-9999999999"), ContentHash: strings.Repeat("f", 64)}
				raw, err := json.Marshal(v.form.On(given, form.Kept{Claim: claim}))
				require.NoError(t, err)
				var view map[string]any
				require.NoError(t, json.Unmarshal(raw, &view))
				_, faults := blockkit.JudgeView(view)
				require.Empty(t, faults, name)
			}
		}
		for other, name := range k.also {
			require.Contains(t, k.verbs, name, other)
			require.NotContains(t, k.verbs, other)
			require.NotContains(t, k.others, other)
		}
	}
}

// TestARefusalHasAPlaceInEveryForm: what is about no field stands beside one that the
// form has, or Slack says nothing of it.
func TestARefusalHasAPlaceInEveryForm(t *testing.T) {
	for _, k := range kinds() {
		for name, v := range k.verbs {
			if v.form == nil {
				continue
			}
			m := v.form.On(form.Given{Headline: "x"}, form.Kept{})
			var inputs []string
			for _, b := range m.Blocks.BlockSet {
				if in, ok := b.(*slack.InputBlock); ok {
					inputs = append(inputs, in.BlockID)
				}
			}
			for place := range form.Errors(form.Filled{Callback: m.CallbackID}, itsm.Refuse(itsm.Conflict, "x.y", "No.")) {
				require.Contains(t, inputs, place, name)
			}
		}
	}
}
