package blockkit

import (
	"fmt"
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

// Holds tells whether e keeps a value, which buttons and menus of acts do not.
func Holds(e Block) bool {
	_, ok := stateful[Text(e, "type")]
	return ok
}

// Dispatches tells whether a change of e, or a press on it, is told to the app at
// once: in an input block only where the block asks for it.
func Dispatches(b, e Block) bool {
	return !Holds(e) || b["type"] != "input" || b["dispatch_action"] == true
}

// Fill is the state of blocks that held kept once a person has given values, keyed
// by block_id/action_id, block_id or action_id. What is not given keeps what it held
// where an element of the same ids and type is still there and can still hold it, else
// its initial value; an empty text clears. A given value that the element could not
// take is an error, as is an unknown key.
func Fill(blocks []Block, kept Values, given map[string]string) (Values, error) {
	out, used, failed := Values{}, map[string]bool{}, error(nil)
	Elements(blocks, func(b, e Block) {
		if !Holds(e) {
			return
		}
		blockID, actionID := Text(b, "block_id"), Text(e, "action_id")
		held := holding(e, kept[blockID][actionID])
		for _, key := range []string{blockID + "/" + actionID, blockID, actionID} {
			text, ok := given[key]
			if !ok {
				continue
			}
			used[key] = true
			field, value, err := Take(e, text)
			if held[field] = value; err != nil {
				failed = err
			}
			break
		}
		if out[blockID] == nil {
			out[blockID] = map[string]Block{}
		}
		out[blockID][actionID] = held
	})
	for key := range given {
		if !used[key] && failed == nil {
			failed = fmt.Errorf("slack: nothing to fill under %q", key)
		}
	}
	return out, failed
}

// holding is what e holds before the person touches it: what it held before the
// view changed, or its initial value.
func holding(e, kept Block) Block {
	is := stateful[Text(e, "type")]
	state := Block{"type": e["type"], is.field: e[is.initial]}
	if value, ok := kept[is.field]; ok && kept["type"] == e["type"] && offers(e, is.field, value) {
		state[is.field] = value
	}
	if many(is.field) && state[is.field] == nil {
		state[is.field] = []any{}
	}
	return state
}

func many(field string) bool {
	return strings.HasPrefix(field, "selected_") && strings.HasSuffix(field, "s")
}

// offers tells whether each option in value is still one of e's, which only static menus know.
func offers(e Block, field string, value any) bool {
	var picked []Block
	switch field {
	case "selected_option":
		if one, ok := value.(Block); ok {
			picked = append(picked, one)
		}
	case "selected_options":
		picked = Objects(value)
	}
	for _, o := range picked {
		if _, err := option(e, Text(o, "value")); err != nil {
			return false
		}
	}
	return true
}

// Take turns what a person entered into what the element holds, and names the field
// that holds it. Several values are lines.
func Take(e Block, text string) (field string, value any, err error) {
	field = stateful[Text(e, "type")].field
	if e["type"] == "overflow" {
		field = "selected_option"
	}
	if many(field) {
		value, err = takeMany(e, field, text)
	} else if text != "" {
		value, err = takeOne(e, field, text)
	}
	return field, value, err
}

func takeMany(e Block, field, text string) (any, error) {
	picked := []any{}
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			continue
		}
		if field != "selected_options" {
			picked = append(picked, line)
			continue
		}
		o, err := option(e, line)
		if err != nil {
			return nil, err
		}
		picked = append(picked, o)
	}
	if most, ok := e["max_selected_items"].(float64); ok && len(picked) > int(most) {
		return nil, fmt.Errorf("slack: %q takes no more than %d", Text(e, "action_id"), int(most))
	}
	return picked, nil
}

func takeOne(e Block, field, text string) (any, error) {
	fits := true
	switch {
	case field == "selected_option":
		return option(e, text)
	case field == "selected_date_time":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("slack: %q is no UNIX time for %q", text, Text(e, "action_id"))
		}
		return n, nil
	case field == "selected_date":
		fits = datePattern.MatchString(text)
	case field == "selected_time":
		fits = timePattern.MatchString(text)
	case e["type"] == "number_input":
		fits = isNumber(text, e["is_decimal_allowed"] == true)
	}
	if !fits {
		return nil, fmt.Errorf("slack: %q takes no %q", Text(e, "action_id"), text)
	}
	return text, nil
}

// option finds an option by its value or by the words on it.
func option(e Block, wanted string) (Block, error) {
	for _, o := range offered(e) {
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
		if several, ok := value.([]any); ok && len(several) == 0 {
			value = nil
		}
		if value == nil && b["optional"] != true {
			wrong[id] = "Please complete this required field."
		}
		if text, ok := value.(string); ok {
			if complaint := unfit(e, text); complaint != "" {
				wrong[id] = complaint
			}
		}
	}
	return wrong
}

// unfit is what Slack's client says about a text or number outside its bounds.
func unfit(e Block, text string) string {
	if e["type"] == "number_input" {
		n, _ := strconv.ParseFloat(text, 64) // a number since it was taken
		least, bounded := number(e, "min_value")
		if bounded && n < least {
			return fmt.Sprintf("Please enter a number no less than %v.", e["min_value"])
		}
		if most, bounded := number(e, "max_value"); bounded && n > most {
			return fmt.Sprintf("Please enter a number no more than %v.", e["max_value"])
		}
		return ""
	}
	chars := utf8.RuneCountInString(text)
	least, _ := e["min_length"].(float64)
	most, limited := e["max_length"].(float64)
	if !limited {
		most = 3000
	}
	switch {
	case chars < int(least):
		return fmt.Sprintf("Please enter at least %d characters.", int(least))
	case chars > int(most):
		return fmt.Sprintf("Please enter no more than %d characters.", int(most))
	}
	return ""
}
