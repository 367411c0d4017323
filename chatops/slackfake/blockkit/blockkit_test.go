package blockkit_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

type (
	o = map[string]any
	a = []any
)

func plain(text string) o  { return o{"type": "plain_text", "text": text} }
func mrkdwn(text string) o { return o{"type": "mrkdwn", "text": text} }
func long(n int) string    { return strings.Repeat("ü", n) }

func many(n int, of func(i int) any) a {
	out := a{}
	for i := range n {
		out = append(out, of(i))
	}
	return out
}

func with(b o, key string, v any) o {
	out := maps.Clone(b)
	if out[key] = v; v == nil {
		delete(out, key)
	}
	return out
}

func options(n int) a {
	return many(n, func(i int) any { return o{"text": plain("x"), "value": fmt.Sprint(i)} })
}

// in wraps an element in the block where it may stand.
func in(e o) o {
	if t := fmt.Sprint(e["type"]); t == "button" || t == "overflow" {
		return o{"type": "actions", "elements": a{e}}
	}
	return o{"type": "input", "label": plain("l"), "element": e}
}

// TestLimits tries every documented limit of a message on the last value that
// Slack takes and the first that it refuses.
func TestLimits(t *testing.T) {
	section := func(n int) o { return o{"type": "section", "text": mrkdwn(long(n))} }
	btn := o{"type": "button", "action_id": "a", "text": plain("Go")}
	radio := o{"type": "radio_buttons", "action_id": "a"}
	sel := o{"type": "static_select", "action_id": "a", "options": options(1)}
	typed := o{"type": "plain_text_input", "action_id": "a"}
	image := o{"type": "image", "image_url": "https://example.org/x.png", "alt_text": "x"}
	ask := o{"title": plain("t"), "text": mrkdwn("t"), "confirm": plain("y"), "deny": plain("n")}
	option := func(key string, v any) a { return a{with(o{"text": plain("x"), "value": "v"}, key, v)} }
	for name, tt := range map[string]struct {
		limit  int
		block  func(n int) o
		reason string
	}{
		"section text": {3000, section, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		"fields":       {10, func(n int) o { return o{"type": "section", "fields": many(n, func(int) any { return mrkdwn("x") })} }, "no more than 10 items allowed"},
		"field":        {2000, func(n int) o { return o{"type": "section", "fields": a{mrkdwn(long(n))}} }, "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		"header":       {150, func(n int) o { return o{"type": "header", "text": plain(long(n))} }, "must be less than 151"},
		"context":      {10, func(n int) o { return o{"type": "context", "elements": many(n, func(int) any { return mrkdwn("x") })} }, "no more than 10"},
		"actions": {25, func(n int) o {
			return o{"type": "actions", "elements": many(n, func(i int) any { return with(btn, "action_id", fmt.Sprint(i)) })}
		}, "no more than 25"},
		"button text":        {75, func(n int) o { return in(with(btn, "text", plain(long(n)))) }, "must be less than 76"},
		"button value":       {2000, func(n int) o { return in(with(btn, "value", long(n))) }, "must be less than 2001"},
		"button url":         {3000, func(n int) o { return in(with(btn, "url", long(n))) }, "must be less than 3001"},
		"action_id":          {255, func(n int) o { return in(with(btn, "action_id", long(n))) }, "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"},
		"block_id":           {255, func(n int) o { return with(section(1), "block_id", long(n)) }, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
		"confirm title":      {100, func(n int) o { return in(with(btn, "confirm", with(ask, "title", plain(long(n))))) }, "less than 101"},
		"confirm text":       {300, func(n int) o { return in(with(btn, "confirm", with(ask, "text", mrkdwn(long(n))))) }, "less than 301"},
		"confirm yes":        {30, func(n int) o { return in(with(btn, "confirm", with(ask, "confirm", plain(long(n))))) }, "less than 31"},
		"confirm no":         {30, func(n int) o { return in(with(btn, "confirm", with(ask, "deny", plain(long(n))))) }, "less than 31"},
		"overflow":           {5, func(n int) o { return in(o{"type": "overflow", "options": options(n)}) }, "no more than 5"},
		"radio":              {10, func(n int) o { return in(with(radio, "options", options(n))) }, "no more than 10"},
		"checkboxes":         {10, func(n int) o { return in(o{"type": "checkboxes", "options": options(n)}) }, "no more than 10"},
		"select":             {100, func(n int) o { return in(with(sel, "options", options(n))) }, "no more than 100"},
		"option text":        {75, func(n int) o { return in(with(sel, "options", option("text", plain(long(n))))) }, "less than 76"},
		"option value":       {150, func(n int) o { return in(with(sel, "options", option("value", long(n)))) }, "less than 151"},
		"option description": {75, func(n int) o { return in(with(sel, "options", option("description", plain(long(n))))) }, "less than 76"},
		"placeholder":        {150, func(n int) o { return in(with(sel, "placeholder", plain(long(n)))) }, "less than 151"},
		"initial value":      {3000, func(n int) o { return in(with(typed, "initial_value", long(n))) }, "less than 3001"},
		"max_length":         {3000, func(n int) o { return in(with(typed, "max_length", n)) }, "between 1 and 3000"},
		"label":              {2000, func(n int) o { return with(in(typed), "label", plain(long(n))) }, "less than 2001"},
		"hint":               {2000, func(n int) o { return with(in(typed), "hint", plain(long(n))) }, "less than 2001"},
		"alt text":           {2000, func(n int) o { return with(image, "alt_text", long(n)) }, "less than 2001"},
		"markdown":           {12_000, func(n int) o { return o{"type": "markdown", "text": long(n)} }, "less than 12001"},
	} {
		t.Run(name, func(t *testing.T) {
			_, reasons := judge(t, a{tt.block(tt.limit)})
			require.Empty(t, reasons)
			_, reasons = judge(t, a{tt.block(tt.limit + 1)})
			require.Len(t, reasons, 1)
			require.Contains(t, reasons[0], tt.reason)
		})
	}
}

func judge(t *testing.T, blocks any) ([]blockkit.Block, []string) {
	t.Helper()
	raw, err := json.Marshal(blocks)
	require.NoError(t, err)
	return blockkit.JudgeMessage(string(raw), "/blocks")
}

func TestRefusedBlocks(t *testing.T) {
	btn := o{"type": "button", "action_id": "a", "text": plain("Go")}
	divider := o{"type": "divider", "block_id": "same"}
	for reason, blocks := range map[string]a{
		"no more than 50 items allowed [json-pointer:/blocks]": many(51, func(int) any { return o{"type": "divider"} }),
		"`block_id` already exists":                            {divider, divider},
		"`action_id` \"a\" already exists":                     {o{"type": "actions", "elements": a{btn, btn}}},
		"unsupported type: poem":                               {o{"type": "poem"}},
		"unsupported type: plain_text_input":                   {o{"type": "actions", "elements": a{o{"type": "plain_text_input"}}}},
		"invalid additional property: colour":                  {o{"type": "divider", "colour": "red"}},
		"invalid additional property: emoji":                   {o{"type": "section", "text": with(mrkdwn("x"), "emoji", true)}},
		"missing required field: text":                         {o{"type": "section"}},
		"missing required field: element":                      {o{"type": "input", "label": plain("x")}},
		"must be more than 0 characters":                       {o{"type": "section", "text": mrkdwn("")}},
		"must be one of: plain_text [":                         {o{"type": "header", "text": mrkdwn("x")}},
		"must be one of: primary, danger":                      {in(with(btn, "style", "loud"))},
		"no fewer than 1 items":                                {o{"type": "actions", "elements": a{}}},
		"missing required field: alt_text":                     {o{"type": "image", "image_url": "x"}},
		"initial option must be one of":                        {in(o{"type": "radio_buttons", "options": options(1), "initial_option": o{"text": plain("y"), "value": "0"}})},
		"must match":                                           {in(o{"type": "datepicker", "initial_date": "tomorrow"})},
		"/elements/0/confirm]":                                 {in(with(btn, "confirm", "sure?"))},
		"/element/initial_date_time]":                          {in(o{"type": "datetimepicker", "initial_date_time": 17})},
		"10 digits":                                            {in(o{"type": "datetimepicker", "initial_date_time": 17})},
	} {
		_, reasons := judge(t, blocks)
		require.True(t, slices.ContainsFunc(reasons, func(r string) bool { return strings.Contains(r, reason) }), "%s: %v", reason, reasons)
	}
	blocks, reasons := blockkit.JudgeMessage(`{"type":"divider"}`, "/blocks")
	require.Nil(t, blocks)
	require.Len(t, reasons, 1)
}

func TestIDsAreMadeUp(t *testing.T) {
	blocks, reasons := judge(t, a{o{"type": "divider"}, in(o{"type": "button", "text": plain("Go")})})
	require.Empty(t, reasons)
	require.NotEmpty(t, blocks[0]["block_id"])
	require.NotEqual(t, blocks[0]["block_id"], blocks[1]["block_id"])
	seen := 0
	blockkit.Elements(blocks, func(_, e blockkit.Block) {
		seen++
		require.NotEmpty(t, e["action_id"])
	})
	require.Equal(t, 1, seen)
}

func TestViewLimits(t *testing.T) {
	view := o{"type": "modal", "title": plain("t"), "submit": plain("s"), "close": plain("c"), "blocks": a{in(o{"type": "plain_text_input"})}}
	for _, tt := range []struct {
		key     string
		ok, bad any
		reason  string
	}{
		{"title", plain(long(24)), plain(long(25)), "must be less than 25 characters [json-pointer:/view/title/text]"},
		{"submit", plain(long(24)), plain(long(25)), "/view/submit/text"},
		{"close", plain(long(24)), plain(long(25)), "/view/close/text"},
		{"private_metadata", long(3000), long(3001), "less than 3001"},
		{"callback_id", long(255), long(256), "less than 256"},
		{"external_id", long(255), long(256), "less than 256"},
		{"blocks", many(100, func(int) any { return o{"type": "divider"} }), many(101, func(int) any { return o{"type": "divider"} }), "no more than 100"},
		{"title", plain("t"), nil, "missing required field: title"},
		{"submit", plain("t"), nil, "missing required field: submit"},
		{"type", "modal", "dialog", "must be one of: modal, home"},
		{"clear_on_close", true, nil, ""},
		{"colour", nil, "red", "invalid additional property"},
	} {
		_, reasons := blockkit.JudgeView(with(view, tt.key, tt.ok))
		require.Empty(t, reasons, tt.key)
		if _, reasons = blockkit.JudgeView(with(view, tt.key, tt.bad)); tt.reason != "" {
			require.Len(t, reasons, 1, tt.key)
			require.Contains(t, reasons[0], tt.reason)
		}
	}
}
