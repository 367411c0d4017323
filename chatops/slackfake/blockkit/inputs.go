package blockkit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// triggers are when a text input with dispatch_action tells the app; on_enter_pressed
// is what one does that names none.
var triggers = []string{"on_enter_pressed", "on_character_entered"}

// flags refuses what is present under keys, a list of words, and no boolean.
func (j *judge) flags(b Block, at, keys string) {
	for key := range strings.FieldsSeq(keys) {
		if _, ok := b[key].(bool); !ok && b[key] != nil {
			j.object("must provide a boolean [json-pointer:%s/%s]", at, key)
		}
	}
}

// dispatch judges when a text input tells the app.
func (j *judge) dispatch(e Block, at string) {
	raw, present := e["dispatch_action_config"]
	if !present {
		return
	}
	where := at + "/dispatch_action_config"
	config, ok := raw.(Block)
	if !ok {
		j.object("must provide an object [json-pointer:%s]", where)
		return
	}
	j.only(config, where, "trigger_actions_on")
	on, _ := config["trigger_actions_on"].([]any)
	if _, present := config["trigger_actions_on"]; present && (len(on) == 0 || len(on) > len(triggers)) {
		j.object("must hold one or two items [json-pointer:%s/trigger_actions_on]", where)
	}
	for i, t := range on {
		if !slices.Contains(triggers, fmt.Sprint(t)) {
			j.object("must be one of: %s [json-pointer:%s/trigger_actions_on/%d]", strings.Join(triggers, ", "), where, i)
		}
	}
}

func (j *judge) typed(e Block, at string) {
	j.dispatch(e, at)
	j.chars(e, "initial_value", at, 3000)
	for key, least := range map[string]float64{"min_length": 0, "max_length": 1} {
		if n, ok := e[key].(float64); ok && (n < least || n > 3000) {
			j.object("must be between %v and 3000 [json-pointer:%s/%s]", least, at, key)
		}
	}
}

// number judges a number input, whose numbers are texts.
func (j *judge) number(e Block, at string) {
	j.dispatch(e, at)
	if e["is_decimal_allowed"] == nil {
		j.object("missing required field: is_decimal_allowed [json-pointer:%s]", at)
	}
	for _, key := range []string{"min_value", "max_value", "initial_value"} {
		if v, present := e[key]; present {
			if text, ok := v.(string); !ok || !isNumber(text, e["is_decimal_allowed"] == true) {
				j.object("must provide a number as a string [json-pointer:%s/%s]", at, key)
				return
			}
		}
	}
	least, hasLeast := number(e, "min_value")
	most, hasMost := number(e, "max_value")
	first, hasFirst := number(e, "initial_value")
	if hasLeast && hasMost && least > most {
		j.object("min_value cannot be greater than max_value [json-pointer:%s/min_value]", at)
	}
	if hasFirst && (hasLeast && first < least || hasMost && first > most) {
		j.object("must lie between min_value and max_value [json-pointer:%s/initial_value]", at)
	}
}

// isNumber accepts what Slack's number input does: whole numbers, and decimals where allowed.
func isNumber(text string, decimals bool) bool {
	if strings.Trim(text, "+-.0123456789") != "" { // no exponents, infinities and hexadecimals
		return false
	}
	if decimals {
		_, err := strconv.ParseFloat(text, 64)
		return err == nil
	}
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}

// number is the number under key, if one is there.
func number(e Block, key string) (float64, bool) {
	n, err := strconv.ParseFloat(Text(e, key), 64)
	return n, err == nil
}
