package blockkit

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

// Where an element may stand.
const (
	inSection = 1 << iota
	inActions
	inInput
)

var (
	datePattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	timePattern = regexp.MustCompile(`^\d{2}:\d{2}$`)
)

type elementRule struct {
	places int
	fields string // besides type and action_id
	judge  func(*judge, Block, string)
}

const (
	anywhere   = inSection | inActions | inInput
	selectKeys = "placeholder confirm focus_on_load response_url_enabled max_selected_items "
)

// elementRules are the interactive elements that Slack knows, by type.
var elementRules = map[string]elementRule{
	"button":   {inSection | inActions, "text url value style confirm accessibility_label", (*judge).button},
	"overflow": {inSection | inActions, "options confirm", func(j *judge, e Block, at string) { j.options(e, at, 5) }},

	"static_select":              {anywhere, selectKeys + "options option_groups initial_option", (*judge).choice},
	"external_select":            {anywhere, selectKeys + "min_query_length initial_option", nil},
	"users_select":               {anywhere, selectKeys + "initial_user", nil},
	"conversations_select":       {anywhere, selectKeys + "initial_conversation default_to_current_conversation filter", nil},
	"channels_select":            {anywhere, selectKeys + "initial_channel", nil},
	"multi_static_select":        {anywhere, selectKeys + "options option_groups initial_options", (*judge).choice},
	"multi_external_select":      {anywhere, selectKeys + "min_query_length initial_options", nil},
	"multi_users_select":         {anywhere, selectKeys + "initial_users", nil},
	"multi_conversations_select": {anywhere, selectKeys + "initial_conversations default_to_current_conversation filter", nil},
	"multi_channels_select":      {anywhere, selectKeys + "initial_channels", nil},

	"checkboxes":     {anywhere, "options initial_options confirm focus_on_load", func(j *judge, e Block, at string) { j.options(e, at, 10) }},
	"radio_buttons":  {anywhere, "options initial_option confirm focus_on_load", func(j *judge, e Block, at string) { j.options(e, at, 10) }},
	"datepicker":     {anywhere, "initial_date placeholder confirm focus_on_load", pattern("initial_date", datePattern)},
	"timepicker":     {anywhere, "initial_time placeholder confirm focus_on_load timezone", pattern("initial_time", timePattern)},
	"datetimepicker": {inActions | inInput, "initial_date_time confirm focus_on_load", (*judge).moment},

	"plain_text_input": {inInput, "initial_value multiline min_length max_length placeholder dispatch_action_config focus_on_load", (*judge).typed},
	"email_text_input": {inInput, "initial_value placeholder dispatch_action_config focus_on_load", nil},
	"url_text_input":   {inInput, "initial_value placeholder dispatch_action_config focus_on_load", nil},
	"number_input":     {inInput, "is_decimal_allowed initial_value min_value max_value placeholder dispatch_action_config focus_on_load", nil},
}

// element judges one element in the place where it stands.
func (j *judge) element(e Block, at string, place int) {
	kind := Text(e, "type")
	if kind == "image" && place == inSection {
		j.image(e, at)
		return
	}
	rule, known := elementRules[kind]
	if !known || rule.places&place == 0 {
		j.object("unsupported type: %s [json-pointer:%s/type]", kind, at)
		return
	}
	j.only(e, at, "type action_id "+rule.fields)
	j.id(e, "action_id", at)
	j.text(e, "placeholder", at, 150, "plain_text", false)
	if c, ok := e["confirm"].(Block); ok {
		j.confirm(c, at+"/confirm")
	}
	if rule.judge != nil {
		rule.judge(j, e, at)
	}
}

func (j *judge) button(e Block, at string) {
	j.text(e, "text", at, 75, "plain_text", true)
	j.chars(e, "value", at, 2000)
	j.chars(e, "url", at, 3000)
	j.chars(e, "accessibility_label", at, 75)
	if style, ok := e["style"]; ok && style != "primary" && style != "danger" {
		j.object("must be one of: primary, danger [json-pointer:%s/style]", at)
	}
}

func (j *judge) confirm(c Block, at string) {
	j.only(c, at, "title text confirm deny style")
	j.text(c, "title", at, 100, "plain_text", true)
	j.text(c, "text", at, 300, "", true)
	j.text(c, "confirm", at, 30, "plain_text", true)
	j.text(c, "deny", at, 30, "plain_text", true)
}

// choice judges a select: options or groups of options, up to a hundred of either.
func (j *judge) choice(e Block, at string) {
	if e["option_groups"] == nil {
		j.options(e, at, 100)
		return
	}
	for i, g := range j.many(e, "option_groups", at, 100) {
		where := fmt.Sprintf("%s/option_groups/%d", at, i)
		j.only(g, where, "label options")
		j.text(g, "label", where, 75, "plain_text", true)
		j.options(g, where, 100)
	}
}

func (j *judge) options(e Block, at string, most int) {
	options := j.many(e, "options", at, most)
	kind := "plain_text"
	if t := Text(e, "type"); t == "checkboxes" || t == "radio_buttons" {
		kind = ""
	}
	for i, o := range options {
		where := fmt.Sprintf("%s/options/%d", at, i)
		j.only(o, where, "text value description url")
		j.text(o, "text", where, 75, kind, true)
		j.must(o, "value", where)
		j.chars(o, "value", where, 150)
		j.text(o, "description", where, 75, kind, false)
	}
	initial := Objects(e["initial_options"])
	if one, ok := e["initial_option"].(Block); ok {
		initial = append(initial, one)
	}
	for _, o := range initial {
		if !slices.ContainsFunc(options, func(x Block) bool { return reflect.DeepEqual(x, o) }) {
			j.object("initial option must be one of the options [json-pointer:%s]", at)
		}
	}
}

func (j *judge) typed(e Block, at string) {
	j.chars(e, "initial_value", at, 3000)
	for _, key := range []string{"min_length", "max_length"} {
		if n, ok := e[key].(float64); ok && (n < 0 || n > 3000) {
			j.object("must be between 0 and 3000 [json-pointer:%s/%s]", at, key)
		}
	}
}

func (j *judge) moment(e Block, at string) {
	if n, ok := e["initial_date_time"].(float64); ok && (n < 1e9 || n >= 1e10) {
		j.object("must be a UNIX timestamp of 10 digits [json-pointer:%s/initial_date_time]", at)
	}
}

func pattern(key string, p *regexp.Regexp) func(*judge, Block, string) {
	return func(j *judge, e Block, at string) {
		if v, ok := e[key]; ok && !p.MatchString(fmt.Sprint(v)) {
			j.object("must match %s [json-pointer:%s/%s]", p, at, key)
		}
	}
}
