package blockkit_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

func TestFill(t *testing.T) {
	input := func(id string, e o) o {
		return o{"type": "input", "block_id": id, "label": plain("l"), "element": with(e, "action_id", "v")}
	}
	blocks, reasons := judge(t, a{
		input("title", o{"type": "plain_text_input", "initial_value": "before", "min_length": 3}),
		input("service", o{"type": "static_select", "options": a{o{"text": plain("Payments"), "value": "pay"}}}),
		input("tick", o{"type": "checkboxes", "options": options(3)}),
		input("when", o{"type": "datetimepicker"}),
		input("who", o{"type": "users_select", "initial_user": "U1"}),
		with(input("note", o{"type": "plain_text_input"}), "optional", true),
	})
	require.Empty(t, reasons)
	got, err := blockkit.Fill(blocks, nil, map[string]string{"service": "Payments", "tick": "0\n2", "when": "1700000000", "who": "U2"})
	require.NoError(t, err)
	require.Equal(t, "before", got["title"]["v"]["value"])
	require.Subset(t, got["service"]["v"]["selected_option"], o{"value": "pay"})
	require.Len(t, got["tick"]["v"]["selected_options"], 2)
	require.Equal(t, int64(1_700_000_000), got["when"]["v"]["selected_date_time"])
	require.Equal(t, "U2", got["who"]["v"]["selected_user"])
	require.Contains(t, got["note"]["v"], "value", "an empty element is sent as null")
	require.Empty(t, blockkit.Complete(blocks, got))

	got, err = blockkit.Fill(blocks, nil, map[string]string{"title": "ab"})
	require.NoError(t, err)
	wrong := blockkit.Complete(blocks, got)
	require.Contains(t, wrong["title"], "at least 3")
	require.Contains(t, wrong["service"], "required")
	require.Contains(t, wrong["tick"], "required")
	require.NotContains(t, wrong, "note")

	for _, given := range []map[string]string{{"service": "none"}, {"when": "soon"}, {"nowhere": "x"}} {
		_, err = blockkit.Fill(blocks, nil, given)
		require.Error(t, err, given)
	}
}

func TestFillTakesWhatTheElementTakes(t *testing.T) {
	blocks, reasons := judge(t, a{
		in(o{"type": "number_input", "action_id": "minutes", "is_decimal_allowed": false, "min_value": "5", "max_value": "60"}),
		in(o{"type": "number_input", "action_id": "cost", "is_decimal_allowed": true}),
		in(o{"type": "multi_users_select", "action_id": "voters", "max_selected_items": 2}),
		in(o{"type": "multi_static_select", "action_id": "sites", "options": options(3), "max_selected_items": 2}),
		in(o{"type": "datepicker", "action_id": "day"}), in(o{"type": "timepicker", "action_id": "hour"}),
	})
	require.Empty(t, reasons)
	good := map[string]string{"minutes": "30", "cost": "-1.5", "voters": "U1\nU2", "sites": "0\n2", "day": "2026-03-29", "hour": "02:30"}
	got, err := blockkit.Fill(blocks, nil, good)
	require.NoError(t, err)
	require.Empty(t, blockkit.Complete(blocks, got))
	for key, bad := range map[string]string{"minutes": "1.5", "cost": "1e9", "voters": "U1\nU2\nU3", "sites": "0\n1\n2", "day": "tomorrow", "hour": "noon"} {
		_, err := blockkit.Fill(blocks, nil, map[string]string{key: bad})
		require.ErrorContains(t, err, key)
	}
	for words, minutes := range map[string]string{"no less than 5": "4", "no more than 60": "61"} {
		low, err := blockkit.Fill(blocks, got, map[string]string{"minutes": minutes})
		require.NoError(t, err)
		require.Contains(t, blockkit.Complete(blocks, low)[blockkit.Text(blocks[0], "block_id")], words)
	}
	none, err := blockkit.Fill(blocks, got, map[string]string{"voters": "", "sites": ""})
	require.NoError(t, err)
	require.Len(t, blockkit.Complete(blocks, none), 2, "nobody picked is nothing given")
}

// TestFillKeeps tries what becomes of what was entered when the blocks change.
func TestFillKeeps(t *testing.T) {
	form := func(block, action, kind string, more o) []blockkit.Block {
		e := o{"type": kind, "action_id": action}
		maps.Copy(e, more)
		blocks, reasons := judge(t, a{o{"type": "input", "block_id": block, "label": plain("l"), "element": e}})
		require.Empty(t, reasons)
		return blocks
	}
	text := o{"initial_value": "first"}
	kept, err := blockkit.Fill(form("b", "a", "plain_text_input", text), nil, map[string]string{"b/a": "typed"})
	require.NoError(t, err)
	cleared, err := blockkit.Fill(form("b", "a", "plain_text_input", text), nil, map[string]string{"b/a": ""})
	require.NoError(t, err)
	chosen, err := blockkit.Fill(form("b", "a", "static_select", o{"options": options(3)}), nil, map[string]string{"b/a": "2"})
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		kept blockkit.Values
		now  []blockkit.Block
		want any
	}{
		"the same ids keep what was typed":      {kept, form("b", "a", "plain_text_input", o{"initial_value": "second"}), "typed"},
		"what was cleared stays empty":          {cleared, form("b", "a", "plain_text_input", o{"initial_value": "second"}), nil},
		"another action_id begins anew":         {kept, form("b", "x", "plain_text_input", o{"initial_value": "second"}), "second"},
		"another block_id begins anew":          {kept, form("x", "a", "plain_text_input", o{"initial_value": "second"}), "second"},
		"another type begins anew":              {kept, form("b", "a", "email_text_input", o{"initial_value": "second"}), "second"},
		"an option still offered stays chosen":  {chosen, form("b", "a", "static_select", o{"options": options(4)}), "2"},
		"an option no longer offered is no one": {chosen, form("b", "a", "static_select", o{"options": options(2)}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := blockkit.Fill(tt.now, tt.kept, nil)
			require.NoError(t, err)
			blockkit.Elements(tt.now, func(b, e blockkit.Block) {
				is := got[blockkit.Text(b, "block_id")][blockkit.Text(e, "action_id")]
				value := is["value"]
				if o, ok := is["selected_option"].(blockkit.Block); ok {
					value = o["value"]
				}
				require.Equal(t, tt.want, value)
			})
		})
	}
}

func TestDispatches(t *testing.T) {
	typed := o{"type": "plain_text_input", "action_id": "a"}
	silent, loud := in(typed), with(in(typed), "dispatch_action", true)
	pick := o{"type": "static_select", "action_id": "a", "options": options(1)}
	require.False(t, blockkit.Dispatches(silent, typed))
	require.True(t, blockkit.Dispatches(loud, typed))
	require.False(t, blockkit.Dispatches(in(pick), pick))
	require.True(t, blockkit.Dispatches(o{"type": "actions"}, pick))
	require.True(t, blockkit.Dispatches(o{"type": "section"}, pick))
}
