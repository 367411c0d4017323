package blockkit

import (
	"fmt"
	"math"
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
	anywhere  = inSection | inActions | inInput
	oneKeys   = "placeholder confirm focus_on_load "
	manyKeys  = oneKeys + "max_selected_items "
	placeKeys = oneKeys + "response_url_enabled default_to_current_conversation filter "
	textKeys  = "initial_value placeholder dispatch_action_config focus_on_load "
)

// elementRules are the interactive elements that Slack knows, by type.
var elementRules = map[string]elementRule{
	"button":   {inSection | inActions, "text url value style confirm accessibility_label", (*judge).button},
	"overflow": {inSection | inActions, "options confirm", func(j *judge, e Block, at string) { j.options(e, at, 5) }},

	"static_select":        {anywhere, oneKeys + "options option_groups initial_option", (*judge).choice},
	"external_select":      {anywhere, oneKeys + "min_query_length initial_option", nil},
	"users_select":         {anywhere, oneKeys + "initial_user", nil},
	"conversations_select": {anywhere, placeKeys + "initial_conversation", nil},
	"channels_select":      {anywhere, oneKeys + "initial_channel response_url_enabled", nil},

	"multi_static_select":        {anywhere, manyKeys + "options option_groups initial_options", (*judge).choices},
	"multi_external_select":      {anywhere, manyKeys + "min_query_length initial_options", (*judge).several},
	"multi_users_select":         {anywhere, manyKeys + "initial_users", (*judge).several},
	"multi_conversations_select": {anywhere, manyKeys + "initial_conversations default_to_current_conversation filter", (*judge).several},
	"multi_channels_select":      {anywhere, manyKeys + "initial_channels", (*judge).several},

	"checkboxes":     {anywhere, "options initial_options confirm focus_on_load", func(j *judge, e Block, at string) { j.options(e, at, 10) }},
	"radio_buttons":  {anywhere, "options initial_option confirm focus_on_load", func(j *judge, e Block, at string) { j.options(e, at, 10) }},
	"datepicker":     {anywhere, "initial_date placeholder confirm focus_on_load", pattern("initial_date", datePattern)},
	"timepicker":     {anywhere, "initial_time placeholder confirm focus_on_load timezone", pattern("initial_time", timePattern)},
	"datetimepicker": {inActions | inInput, "initial_date_time confirm focus_on_load", (*judge).moment},

	"plain_text_input": {inInput, textKeys + "multiline min_length max_length", (*judge).typed},
	"email_text_input": {inInput, textKeys, (*judge).dispatch},
	"url_text_input":   {inInput, textKeys, (*judge).dispatch},
	"number_input":     {inInput, textKeys + "is_decimal_allowed min_value max_value", (*judge).number},
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
	} else if e["confirm"] != nil {
		j.object("must provide an object [json-pointer:%s/confirm]", at)
	}
	j.flags(e, at, "focus_on_load multiline is_decimal_allowed default_to_current_conversation response_url_enabled")
	if e["focus_on_load"] == true {
		if j.focused++; j.focused > 1 {
			j.object("only one element may have focus_on_load [json-pointer:%s/focus_on_load]", at)
		}
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
	if e["options"] != nil {
		j.object("only one of options and option_groups may be given [json-pointer:%s]", at)
	}
	for i, g := range j.many(e, "option_groups", at, 100) {
		where := fmt.Sprintf("%s/option_groups/%d", at, i)
		j.only(g, where, "label options")
		j.text(g, "label", where, 75, "plain_text", true)
		j.options(g, where, 100)
	}
	j.initial(e, at)
}

func (j *judge) choices(e Block, at string) {
	j.choice(e, at)
	j.several(e, at)
}

// several judges how many a multi-select lets a person pick.
func (j *judge) several(e Block, at string) {
	if most, given := e["max_selected_items"]; given {
		if n, ok := most.(float64); !ok || n < 1 || n != math.Trunc(n) {
			j.object("must be a whole number of at least 1 [json-pointer:%s/max_selected_items]", at)
		}
	}
}

func (j *judge) options(e Block, at string, most int) {
	fields, kind := "text value description", "plain_text"
	switch Text(e, "type") {
	case "checkboxes", "radio_buttons":
		kind = ""
	case "overflow":
		fields += " url"
	}
	for i, o := range j.many(e, "options", at, most) {
		where := fmt.Sprintf("%s/options/%d", at, i)
		j.only(o, where, fields)
		j.text(o, "text", where, 75, kind, true)
		j.must(o, "value", where)
		j.chars(o, "value", where, 150)
		j.chars(o, "url", where, 3000)
		j.text(o, "description", where, 75, kind, false)
	}
	j.initial(e, at)
}

// initial refuses what is chosen at first and is none of the options.
func (j *judge) initial(e Block, at string) {
	initial := Objects(e["initial_options"])
	if one, ok := e["initial_option"].(Block); ok {
		initial = append(initial, one)
	}
	all := offered(e)
	for _, o := range initial {
		if !slices.ContainsFunc(all, func(x Block) bool { return reflect.DeepEqual(x, o) }) {
			j.object("initial option must be one of the options [json-pointer:%s]", at)
		}
	}
}

// offered is every option of e, in groups or not.
func offered(e Block) []Block {
	all := Objects(e["options"])
	for _, g := range Objects(e["option_groups"]) {
		all = append(all, Objects(g["options"])...)
	}
	return all
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
