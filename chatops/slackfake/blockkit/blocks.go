package blockkit

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Block is a block, an element or a composition object, as JSON names it.
type Block = map[string]any

// Slack's limits, from the Block Kit reference.
const (
	maxMessageBlocks   = 50
	maxViewBlocks      = 100
	maxID              = 255
	maxPrivateMetadata = 3000
)

const viewFields = "type title submit close blocks private_metadata callback_id external_id clear_on_close notify_on_close " +
	"submit_disabled"

// judge collects what is wrong with blocks, each reason with the pointer Slack gives.
type judge struct {
	reasons  []string
	blockIDs map[string]bool
	markdown int // characters of all markdown blocks, which share one limit
	focused  int // elements with focus_on_load
}

func (j *judge) object(format string, args ...any) {
	j.reasons = append(j.reasons, fmt.Sprintf("[ERROR] "+format, args...))
}

// JudgeMessage parses the blocks of a message, gives an id to each block and
// element that has none, and returns Slack's reasons to refuse them. Blocks are nil
// when raw is no array of objects. at is the JSON pointer of the array.
func JudgeMessage(raw, at string) ([]Block, []string) {
	j := judge{blockIDs: map[string]bool{}}
	blocks := j.blocks(raw, maxMessageBlocks, at)
	return blocks, j.reasons
}

// JudgeView does the same for a modal or a Home tab, of which it judges all fields.
func JudgeView(view Block) ([]Block, []string) {
	j := judge{blockIDs: map[string]bool{}}
	j.only(view, "/view", viewFields)
	kind := Text(view, "type")
	switch kind {
	case "modal":
		j.text(view, "title", "/view", 24, "plain_text", true)
		j.text(view, "submit", "/view", 24, "plain_text", false)
		j.text(view, "close", "/view", 24, "plain_text", false)
	case "home":
	default:
		j.object("must be one of: modal, home [json-pointer:/view/type]")
	}
	j.chars(view, "private_metadata", "/view", maxPrivateMetadata)
	j.chars(view, "callback_id", "/view", maxID)
	j.chars(view, "external_id", "/view", maxID)
	j.flags(view, "/view", "clear_on_close notify_on_close")
	raw, _ := json.Marshal(view["blocks"]) // decoded by the caller a moment ago
	blocks := j.blocks(string(raw), maxViewBlocks, "/view/blocks")
	hasInput := slices.ContainsFunc(blocks, func(b Block) bool { return b["type"] == "input" })
	if kind == "modal" && hasInput && view["submit"] == nil {
		j.object("missing required field: submit, with an input block [json-pointer:/view]")
	}
	return blocks, j.reasons
}

func (j *judge) blocks(raw string, limit int, at string) []Block {
	var blocks []Block
	if err := json.Unmarshal([]byte(raw), &blocks); err != nil {
		j.object("must provide an array of objects [json-pointer:%s]", at)
		return nil
	}
	if len(blocks) > limit {
		j.object("no more than %d items allowed [json-pointer:%s]", limit, at)
	}
	for i, b := range blocks {
		j.block(b, fmt.Sprintf("%s/%d", at, i))
	}
	return blocks
}

// blockRules says per block type what else than type and block_id it may hold and how it is judged.
var blockRules map[string]struct {
	fields string
	judge  func(*judge, Block, string)
}

func init() { // the rules refer to the table through their methods
	blockRules = map[string]struct {
		fields string
		judge  func(*judge, Block, string)
	}{
		"actions":   {"elements", (*judge).actions},
		"context":   {"elements", (*judge).context},
		"divider":   {"", func(*judge, Block, string) {}},
		"header":    {"text", func(j *judge, b Block, at string) { j.text(b, "text", at, 150, "plain_text", true) }},
		"image":     {"image_url alt_text title slack_file", (*judge).image},
		"input":     {"label element dispatch_action hint optional", (*judge).input},
		"markdown":  {"text", (*judge).markdownBlock},
		"rich_text": {"elements", func(j *judge, b Block, at string) { j.many(b, "elements", at, 1000) }},
		"section":   {"text fields accessory expand", (*judge).section},
	}
}

func (j *judge) block(b Block, at string) {
	kind := Text(b, "type")
	rule, known := blockRules[kind]
	if !known {
		j.object("unsupported type: %s [json-pointer:%s/type]", kind, at)
		return
	}
	j.only(b, at, "type block_id "+rule.fields)
	id := j.id(b, "block_id", at)
	if j.blockIDs[id] {
		j.object("`block_id` already exists for block %q [json-pointer:%s/block_id]", id, at)
	}
	j.blockIDs[id] = true
	rule.judge(j, b, at)
}

func (j *judge) section(b Block, at string) {
	fields := j.many(b, "fields", at, 10)
	for i, f := range fields {
		j.words(f, fmt.Sprintf("%s/fields/%d", at, i), 2000, "")
	}
	j.text(b, "text", at, 3000, "", b["fields"] == nil)
	if accessory, ok := b["accessory"].(Block); ok {
		j.element(accessory, at+"/accessory", inSection)
	} else if b["accessory"] != nil {
		j.object("must provide an object [json-pointer:%s/accessory]", at)
	}
}

func (j *judge) context(b Block, at string) {
	for i, e := range j.many(b, "elements", at, 10) {
		where := fmt.Sprintf("%s/elements/%d", at, i)
		if Text(e, "type") == "image" {
			j.image(e, where)
		} else {
			j.words(e, where, 3000, "")
		}
	}
}

func (j *judge) actions(b Block, at string) {
	seen := map[string]bool{}
	for i, e := range j.many(b, "elements", at, 25) {
		where := fmt.Sprintf("%s/elements/%d", at, i)
		j.element(e, where, inActions)
		if id := Text(e, "action_id"); seen[id] {
			j.object("`action_id` %q already exists for block_id %q [json-pointer:%s/action_id]", id, Text(b, "block_id"), where)
		} else {
			seen[id] = true
		}
	}
}

func (j *judge) input(b Block, at string) {
	j.text(b, "label", at, 2000, "plain_text", true)
	j.text(b, "hint", at, 2000, "plain_text", false)
	j.flags(b, at, "dispatch_action optional")
	if e, ok := b["element"].(Block); ok {
		j.element(e, at+"/element", inInput)
	} else {
		j.object("missing required field: element [json-pointer:%s]", at)
	}
}

func (j *judge) image(b Block, at string) {
	j.chars(b, "image_url", at, 3000)
	if b["image_url"] == nil && b["slack_file"] == nil {
		j.object("missing required field: image_url [json-pointer:%s]", at)
	}
	j.must(b, "alt_text", at)
	j.chars(b, "alt_text", at, 2000)
	j.text(b, "title", at, 2000, "plain_text", false)
}

func (j *judge) markdownBlock(b Block, at string) {
	j.must(b, "text", at)
	if j.markdown += utf8.RuneCountInString(Text(b, "text")); j.markdown > 12_000 {
		j.object("must be less than 12001 characters in all markdown blocks [json-pointer:%s/text]", at)
	}
}

// text judges the text object under key.
func (j *judge) text(b Block, key, at string, limit int, kind string, required bool) {
	switch t := b[key].(type) {
	case nil:
		if required {
			j.object("missing required field: %s [json-pointer:%s]", key, at)
		}
	case Block:
		j.words(t, at+"/"+key, limit, kind)
	default:
		j.object("must provide an object [json-pointer:%s/%s]", at, key)
	}
}

// words judges one text object; kind is the only type allowed, or empty for both.
func (j *judge) words(t Block, at string, limit int, kind string) {
	switch is := Text(t, "type"); {
	case is != "plain_text" && is != "mrkdwn", kind != "" && is != kind:
		j.object("must be one of: %s [json-pointer:%s/type]", orBoth(kind), at)
	case is == "mrkdwn":
		j.only(t, at, "type text verbatim")
	default:
		j.only(t, at, "type text emoji")
	}
	j.must(t, "text", at)
	j.chars(t, "text", at, limit)
}

func orBoth(kind string) string {
	if kind == "" {
		return "plain_text, mrkdwn"
	}
	return kind
}

// must refuses a missing or empty string.
func (j *judge) must(b Block, key, at string) {
	switch v := b[key].(type) {
	case nil:
		j.object("missing required field: %s [json-pointer:%s]", key, at)
	case string:
		if v == "" {
			j.object("must be more than 0 characters [json-pointer:%s/%s]", at, key)
		}
	default:
		j.object("must provide a string [json-pointer:%s/%s]", at, key)
	}
}

// chars refuses a string of more characters than limit; a missing one passes.
func (j *judge) chars(b Block, key, at string, limit int) {
	if v, ok := b[key].(string); ok && utf8.RuneCountInString(v) > limit {
		j.object("must be less than %d characters [json-pointer:%s/%s]", limit+1, at, key)
	}
}

// id judges block_id or action_id and, as Slack does, makes one up where none is.
func (j *judge) id(b Block, key, at string) string {
	j.chars(b, key, at, maxID)
	if Text(b, key) == "" {
		b[key] = rand.Text()[:5]
	}
	return Text(b, key)
}

// many judges a list of objects by its length; only fields may be missing.
func (j *judge) many(b Block, key, at string, most int) []Block {
	raw, present := b[key]
	if !present || raw == nil {
		if key != "fields" {
			j.object("missing required field: %s [json-pointer:%s]", key, at)
		}
		return nil
	}
	all, ok := raw.([]any)
	if !ok {
		j.object("must provide an array [json-pointer:%s/%s]", at, key)
		return nil
	}
	if len(all) == 0 {
		j.object("no fewer than 1 items allowed [json-pointer:%s/%s]", at, key)
	}
	if len(all) > most {
		j.object("no more than %d items allowed [json-pointer:%s/%s]", most, at, key)
	}
	objects := Objects(raw)
	if len(objects) != len(all) {
		j.object("must provide an array of objects [json-pointer:%s/%s]", at, key)
	}
	return objects
}

// only refuses fields that are not among allowed, a list of words.
func (j *judge) only(b Block, at, allowed string) {
	names := strings.Fields(allowed)
	for key := range b {
		if !slices.Contains(names, key) {
			j.object("invalid additional property: %s [json-pointer:%s]", key, at)
		}
	}
}

// Words are all texts of blocks, a line each, in the order in which a person reads them.
func Words(blocks []Block) string {
	var lines []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case Block:
			if t, ok := v["text"].(string); ok {
				lines = append(lines, t)
			}
			for _, key := range []string{"label", "text", "fields", "accessory", "elements", "element", "options", "hint", "alt_text"} {
				walk(v[key])
			}
		}
	}
	for _, b := range blocks {
		walk(b)
	}
	return strings.Join(lines, "\n")
}

// Text is the string under key, or empty.
func Text(b Block, key string) string {
	v, _ := b[key].(string)
	return v
}

// Objects is every object of a JSON array.
func Objects(v any) []Block {
	all, _ := v.([]any)
	var out []Block
	for _, x := range all {
		if b, ok := x.(Block); ok {
			out = append(out, b)
		}
	}
	return out
}
