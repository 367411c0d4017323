package blockkit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

// TestRefusedElements tries each rule of the elements that a form is made of, beside
// the nearest thing that Slack takes.
func TestRefusedElements(t *testing.T) {
	typed := o{"type": "plain_text_input", "action_id": "a"}
	number := o{"type": "number_input", "action_id": "a", "is_decimal_allowed": false}
	pick := o{"type": "static_select", "action_id": "a", "options": options(2)}
	several := o{"type": "multi_static_select", "action_id": "a", "options": options(2)}
	people := o{"type": "multi_users_select", "action_id": "a"}
	group := a{o{"label": plain("g"), "options": options(2)}}
	on := func(triggers ...any) o { return o{"trigger_actions_on": triggers} }
	first := o{"text": plain("x"), "value": "0"}
	stray := o{"text": plain("x"), "value": "9"}
	actions := func(e o) o { return o{"type": "actions", "elements": a{e}} }
	for reason, tt := range map[string]struct{ taken, refused o }{
		"must provide a boolean [json-pointer:/blocks/0/dispatch_action]": {
			with(in(typed), "dispatch_action", true), with(in(typed), "dispatch_action", "true"),
		},
		"must provide a boolean [json-pointer:/blocks/0/optional]": {
			with(in(typed), "optional", true), with(in(typed), "optional", 1),
		},
		"must provide a boolean [json-pointer:/blocks/0/element/multiline]": {
			in(with(typed, "multiline", true)), in(with(typed, "multiline", "yes")),
		},
		"must provide an object [json-pointer:/blocks/0/element/dispatch_action_config]": {
			in(with(typed, "dispatch_action_config", on("on_enter_pressed"))), in(with(typed, "dispatch_action_config", "on_enter_pressed")),
		},
		"must be one of: on_enter_pressed, on_character_entered": {
			in(with(number, "dispatch_action_config", on("on_character_entered"))), in(with(number, "dispatch_action_config", on("on_blur"))),
		},
		"must hold one or two items": {
			in(with(typed, "dispatch_action_config", on("on_enter_pressed", "on_character_entered"))), in(with(typed, "dispatch_action_config", on())),
		},
		"invalid additional property: when": {
			in(with(typed, "dispatch_action_config", o{})), in(with(typed, "dispatch_action_config", o{"when": a{}})),
		},
		"must be between 1 and 3000 [json-pointer:/blocks/0/element/max_length]": {
			in(with(typed, "max_length", 1)), in(with(typed, "max_length", 0)),
		},
		"must be between 0 and 3000 [json-pointer:/blocks/0/element/min_length]": {
			in(with(typed, "min_length", 0)), in(with(typed, "min_length", -1)),
		},
		"missing required field: is_decimal_allowed": {in(number), in(with(number, "is_decimal_allowed", nil))},
		"must provide a number as a string [json-pointer:/blocks/0/element/min_value]": {
			in(with(number, "min_value", "1")), in(with(number, "min_value", 1)),
		},
		"must provide a number as a string [json-pointer:/blocks/0/element/max_value]": {
			in(with(with(number, "max_value", "1.5"), "is_decimal_allowed", true)), in(with(number, "max_value", "1.5")),
		},
		"min_value cannot be greater than max_value": {
			in(with(with(number, "min_value", "2"), "max_value", "2")), in(with(with(number, "min_value", "3"), "max_value", "2")),
		},
		"must lie between min_value and max_value": {
			in(with(with(number, "min_value", "-2"), "initial_value", "-2")), in(with(with(number, "min_value", "-2"), "initial_value", "-3")),
		},
		"unsupported type: number_input": {in(number), actions(number)},
		"invalid additional property: max_selected_items": {
			in(with(several, "max_selected_items", 1)), in(with(pick, "max_selected_items", 1)),
		},
		"must be a whole number of at least 1": {
			in(with(people, "max_selected_items", 1)), in(with(people, "max_selected_items", 0)),
		},
		"only one of options and option_groups": {
			actions(with(with(pick, "options", nil), "option_groups", group)), actions(with(pick, "option_groups", group)),
		},
		"initial option must be one of the options [json-pointer:/blocks/0/element]": {
			in(with(with(with(pick, "options", nil), "option_groups", group), "initial_option", first)),
			in(with(with(with(pick, "options", nil), "option_groups", group), "initial_option", stray)),
		},
		"initial option must be one of the options [json-pointer:/blocks/0/elements/0]": {
			actions(with(several, "initial_options", a{first})), actions(with(several, "initial_options", a{first, stray})),
		},
		"invalid additional property: url": {
			actions(o{"type": "overflow", "options": a{with(first, "url", "https://example.org")}}),
			actions(o{"type": "radio_buttons", "options": a{with(first, "url", "https://example.org")}}),
		},
		"must be less than 3001 characters [json-pointer:/blocks/0/elements/0/options/0/url]": {
			actions(o{"type": "overflow", "options": a{with(first, "url", long(3000))}}),
			actions(o{"type": "overflow", "options": a{with(first, "url", long(3001))}}),
		},
		"must be one of: plain_text [json-pointer:/blocks/0/elements/0/options/0/text/type]": {
			actions(o{"type": "checkboxes", "options": a{with(first, "text", mrkdwn("*x*"))}}),
			actions(o{"type": "overflow", "options": a{with(first, "text", mrkdwn("*x*"))}}),
		},
	} {
		t.Run(reason, func(t *testing.T) {
			_, reasons := judge(t, a{tt.taken})
			require.Empty(t, reasons)
			_, reasons = judge(t, a{tt.refused})
			require.Len(t, reasons, 1)
			require.Contains(t, reasons[0], reason)
		})
	}
}

func TestOneElementHasTheFocus(t *testing.T) {
	keen := in(o{"type": "plain_text_input", "focus_on_load": true})
	view := o{"type": "modal", "title": plain("t"), "submit": plain("s"), "blocks": a{keen}}
	_, reasons := blockkit.JudgeView(view)
	require.Empty(t, reasons)
	_, reasons = blockkit.JudgeView(with(view, "blocks", a{keen, in(o{"type": "plain_text_input", "focus_on_load": true})}))
	require.Len(t, reasons, 1)
	require.Contains(t, reasons[0], "only one element may have focus_on_load [json-pointer:/view/blocks/1/element/focus_on_load]")
}
