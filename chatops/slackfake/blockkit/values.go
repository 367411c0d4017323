package blockkit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Values is what stateful elements hold, by block_id and action_id, as payloads show it.
type Values map[string]map[string]Block

// stateful says per element type which field holds its value and which its initial one.
var stateful = map[string]struct{ field, initial string }{
	"plain_text_input":           {"value", "initial_value"},
	"email_text_input":           {"value", "initial_value"},
	"url_text_input":             {"value", "initial_value"},
	"number_input":               {"value", "initial_value"},
	"static_select":              {"selected_option", "initial_option"},
	"external_select":            {"selected_option", "initial_option"},
	"radio_buttons":              {"selected_option", "initial_option"},
	"checkboxes":                 {"selected_options", "initial_options"},
	"multi_static_select":        {"selected_options", "initial_options"},
	"multi_external_select":      {"selected_options", "initial_options"},
	"users_select":               {"selected_user", "initial_user"},
	"multi_users_select":         {"selected_users", "initial_users"},
	"conversations_select":       {"selected_conversation", "initial_conversation"},
	"multi_conversations_select": {"selected_conversations", "initial_conversations"},
	"channels_select":            {"selected_channel", "initial_channel"},
	"multi_channels_select":      {"selected_channels", "initial_channels"},
	"datepicker":                 {"selected_date", "initial_date"},
	"timepicker":                 {"selected_time", "initial_time"},
	"datetimepicker":             {"selected_date_time", "initial_date_time"},
}

// Elements calls with every interactive element and the block it stands in.
func Elements(blocks []Block, with func(block, element Block)) {
	for _, b := range blocks {
		for _, key := range []string{"accessory", "element"} {
			if e, ok := b[key].(Block); ok && Text(e, "action_id") != "" {
				with(b, e)
			}
		}
		for _, e := range Objects(b["elements"]) {
			if Text(e, "action_id") != "" {
				with(b, e)
			}
		}
	}
}

// Fill is the state of blocks once a person has given values, keyed by block_id or
// action_id; what is not given keeps its initial value, and an empty text clears.
// A given value that the element could not take is an error, as is an unknown key.
func Fill(blocks []Block, given map[string]string) (Values, error) {
	out, used, failed := Values{}, map[string]bool{}, error(nil)
	Elements(blocks, func(b, e Block) {
		kind, ok := stateful[Text(e, "type")]
		if !ok {
			return
		}
		blockID, actionID := Text(b, "block_id"), Text(e, "action_id")
		state := Block{"type": e["type"], kind.field: e[kind.initial]}
		if strings.HasPrefix(kind.field, "selected_") && strings.HasSuffix(kind.field, "s") && state[kind.field] == nil {
			state[kind.field] = []any{}
		}
		key := blockID
		if _, ok := given[key]; !ok {
			key = actionID
		}
		if text, ok := given[key]; ok {
			used[key] = true
			_, value, err := Take(e, text)
			if err != nil {
				failed = err
			}
			state[kind.field] = value
		}
		if out[blockID] == nil {
			out[blockID] = map[string]Block{}
		}
		out[blockID][actionID] = state
	})
	for key := range given {
		if !used[key] && failed == nil {
			failed = fmt.Errorf("slack: nothing to fill under %q", key)
		}
	}
	return out, failed
}

// Take turns what a person entered into what the element holds, and names the field
// that holds it. Several values are lines.
func Take(e Block, text string) (field string, value any, err error) {
	field = stateful[Text(e, "type")].field
	if e["type"] == "overflow" {
		field = "selected_option"
	}
	value, err = taken(e, field, text)
	return field, value, err
}

func taken(e Block, field, text string) (any, error) {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return l == "" })
	switch field {
	case "selected_option":
		if text == "" {
			return nil, nil
		}
		return option(e, text)
	case "selected_options":
		picked := []any{}
		for _, line := range lines {
			o, err := option(e, line)
			if err != nil {
				return nil, err
			}
			picked = append(picked, o)
		}
		return picked, nil
	case "selected_date_time":
		if text == "" {
			return nil, nil
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("slack: %q is no UNIX time for %q", text, Text(e, "action_id"))
		}
		return n, nil
	case "selected_users", "selected_conversations", "selected_channels":
		return lines, nil
	}
	if text == "" {
		return nil, nil
	}
	return text, nil
}

// option finds an option by its value or by the words on it.
func option(e Block, wanted string) (Block, error) {
	all := Objects(e["options"])
	for _, g := range Objects(e["option_groups"]) {
		all = append(all, Objects(g["options"])...)
	}
	for _, o := range all {
		text, _ := o["text"].(Block)
		if Text(o, "value") == wanted || Text(text, "text") == wanted {
			return o, nil
		}
	}
	return nil, fmt.Errorf("slack: %q is no option of %q", wanted, Text(e, "action_id"))
}

// Complete says which input blocks Slack's own client would not let go, by block_id.
func Complete(blocks []Block, typed Values) map[string]string {
	wrong := map[string]string{}
	for _, b := range blocks {
		e, ok := b["element"].(Block)
		if b["type"] != "input" || !ok {
			continue
		}
		id := Text(b, "block_id")
		value := typed[id][Text(e, "action_id")][stateful[Text(e, "type")].field]
		if many, ok := value.([]any); ok && len(many) == 0 {
			value = nil
		}
		text, isText := value.(string)
		chars := utf8.RuneCountInString(text)
		least, _ := e["min_length"].(float64)
		most, limited := e["max_length"].(float64)
		if !limited {
			most = 3000
		}
		switch {
		case value == nil && b["optional"] != true:
			wrong[id] = "Please complete this required field."
		case isText && chars < int(least):
			wrong[id] = fmt.Sprintf("Please enter at least %d characters.", int(least))
		case isText && chars > int(most):
			wrong[id] = fmt.Sprintf("Please enter no more than %d characters.", int(most))
		}
	}
	return wrong
}
