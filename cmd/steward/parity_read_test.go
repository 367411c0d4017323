package main

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

// looks asks both doors for one thing. Unless both refuse alike, match compares
// what they show.
func (v *visitor) looks(about, path, command, text string, ruled error, match func(viaAPI response, viaSlack slackfake.Message)) {
	v.t.Helper()
	viaAPI := v.world.call(v.who, http.MethodGet, path, nil)
	viaSlack := v.slack.typed(v.who, command, text)
	refused := readSlack(viaSlack.Says())
	if viaAPI.Status != http.StatusOK || refused.Code != "" || ruled != nil {
		v.alike(about, v.api.say(viaAPI), refused, ruled)
		return
	}
	v.count(v.operation, "shown")
	match(viaAPI, viaSlack)
}

func (v *visitor) readable(s stage) error {
	return v.rule(v.shared[s.name], s, act{rule: func(*itsm.Change, itsm.Actor) error { return nil }})
}

// show compares what the API says at an address with /change show.
func (v *visitor) show(s stage, part string, match func(viaAPI map[string]any, viaSlack slackfake.Message)) {
	n := v.shared[s.name]
	v.looks("what is "+s.name, "/v1/changes/"+string(n)+part, "/change", "show "+string(n), v.readable(s),
		func(viaAPI response, viaSlack slackfake.Message) { match(viaAPI.Body, viaSlack) })
}

// reads compares the record: every field of it that says something stands in Slack.
func (v *visitor) reads(s stage) {
	v.show(s, "", func(viaAPI map[string]any, viaSlack slackfake.Message) {
		c := v.read(v.shared[s.name])
		says := html.UnescapeString(viaSlack.Says())
		head := fmt.Sprintf("%s · %s is %s. %s", viaAPI["number"], viaAPI["title"], itsm.ChangeState(viaAPI["state"].(string)).Words(), c.Explain().Summary)
		assert.Equal(v.t, head, html.UnescapeString(viaSlack.Text))
		for _, field := range []string{"description", "plan", "backout_plan"} {
			if text, given := viaAPI[field].(string); given {
				assert.Contains(v.t, says, text, field)
			}
		}
		for _, field := range []string{"requester", "implementer"} {
			if id, given := viaAPI[field].(string); given {
				assert.Contains(v.t, says, "*\n"+v.named(id), field)
			}
		}
		if window, given := viaAPI["window"].(map[string]any); given {
			assert.Contains(v.t, says, moment(v, window["start"])+" to ")
			assert.Contains(v.t, says, " to "+moment(v, window["end"]))
		}
		decisions, _ := viaAPI["decisions"].([]any)
		for _, d := range decisions {
			d := d.(map[string]any)
			assert.Contains(v.t, says, "ed by "+v.named(d["by"].(string))+" "+moment(v, d["at"]))
			if note, given := d["note"].(string); given {
				assert.Contains(v.t, says, note)
			}
		}
	})
}

// readsTimeline compares what happened, event by event.
func (v *visitor) readsTimeline(s stage) {
	v.show(s, "/timeline", func(viaAPI map[string]any, viaSlack slackfake.Message) {
		lines := []string{"*What happened*"}
		for _, item := range viaAPI["items"].([]any) {
			e := item.(map[string]any)
			what := strings.ReplaceAll(strings.TrimPrefix(e["kind"].(string), "change."), "_", " ")
			lines = append(lines, moment(v, e["at"])+" "+what+", by "+v.named(e["actor"].(string)))
		}
		assert.Contains(v.t, html.UnescapeString(viaSlack.Says()), strings.Join(lines, "\n"), s.name)
	})
}

// offered are the buttons for each act, as Slack names them.
var offered = map[string][]string{
	"change.decide": {"change.approve", "change.reject"}, "change.start": {"change.start"},
	"change.complete": {"change.done", "change.fail"}, "change.cancel": {"change.cancel"},
}

// readsWhy compares the explanation: whom it waits for, what comes by itself and
// what can be done.
func (v *visitor) readsWhy(s stage) {
	v.show(s, "/explain", func(viaAPI map[string]any, viaSlack slackfake.Message) {
		says := html.UnescapeString(viaSlack.Says())
		assert.Contains(v.t, says, viaAPI["summary"].(string))
		var waits, buttons, pressable []string
		for _, id := range viaAPI["waits_for"].([]any) {
			waits = append(waits, v.named(id.(string)))
		}
		for _, role := range viaAPI["roles"].([]any) {
			waits = append(waits, "any "+strings.ReplaceAll(role.(string), "_", " "))
		}
		if len(waits) > 0 {
			assert.Contains(v.t, says, "Waits for "+strings.Join(waits, ", "))
		}
		for _, f := range viaAPI["if_nobody_acts"].([]any) {
			f := f.(map[string]any)
			assert.Contains(v.t, says, moment(v, f["at"])+": "+f["what"].(string))
		}
		for _, a := range viaAPI["acts"].([]any) {
			buttons = append(buttons, offered[a.(string)]...)
		}
		blockkit.Elements(viaSlack.Blocks, func(_, e slackfake.Block) {
			verb, _, _ := strings.Cut(blockkit.Text(e, "action_id"), ":")
			pressable = append(pressable, verb)
		})
		assert.ElementsMatch(v.t, buttons, slices.DeleteFunc(pressable, func(verb string) bool { return verb == "" }), s.name)
	})
}

// lists compares the open changes and one's own: the same ones, in the same order.
func (v *visitor) lists() {
	v.looks("my own", "/v1/changes?mine=true&limit=10", "/change", "list mine", v.actor.May(itsm.ReadChanges), v.sameRows)
	v.looks("what is open", "/v1/changes?state=raised", "/change", "list open", v.actor.May(itsm.ReadChanges),
		func(_ response, viaSlack slackfake.Message) {
			var open []any
			for _, state := range []string{"raised", "awaiting_approval", "approved", "scheduled", "implementing"} {
				open = append(open, v.world.call(v.who, http.MethodGet, "/v1/changes?limit=11&state="+state, nil).Body["items"].([]any)...)
			}
			slices.SortStableFunc(open, func(a, b any) int {
				return cmp.Compare(b.(map[string]any)["raised_at"].(string), a.(map[string]any)["raised_at"].(string))
			})
			v.sameRows(response{Body: map[string]any{"items": open}}, viaSlack)
		})
}

func (v *visitor) listsWaiting() {
	v.looks("what waits", "/v1/me/waiting", "/change", "list waiting", v.actor.May(itsm.ReadChanges), v.sameRows)
}

var listed = regexp.MustCompile(`^list\.[a-z]+/(CHG-\d+)$`)

// sameRows finds the first ten changes of a list in a message, in their order.
func (v *visitor) sameRows(viaAPI response, viaSlack slackfake.Message) {
	v.t.Helper()
	numbers, shown := []string{}, []string{}
	for _, item := range viaAPI.Body["items"].([]any) {
		numbers = append(numbers, item.(map[string]any)["number"].(string))
	}
	for _, b := range viaSlack.Blocks {
		if m := listed.FindStringSubmatch(blockkit.Text(b, "block_id")); m != nil {
			shown = append(shown, m[1])
		}
	}
	assert.Equal(v.t, numbers[:min(10, len(numbers))], shown, "%s by %s", v.operation, v.who)
}

func (v *visitor) listsServices() {
	v.looks("services", "/v1/services", "/itsm", "services", v.actor.May(itsm.ReadCatalog), func(viaAPI response, viaSlack slackfake.Message) {
		var lines []string
		for _, item := range viaAPI.Body["items"].([]any) {
			s := item.(map[string]any)
			line := fmt.Sprintf("*%s* `%s` · owner %s · team %s · %s · asks in <#%s>", s["name"], s["id"], v.named(s["owner"].(string)),
				s["team"], s["criticality"], s["approval_channel"])
			if s["restricted"] == true {
				line += " · restricted"
			}
			lines = append(lines, line)
		}
		assert.Equal(v.t, "Services\n*Services*\n"+strings.Join(lines, "\n"), html.UnescapeString(viaSlack.Says()), v.who)
	})
}

func (v *visitor) listsPeople() {
	v.looks("people", "/v1/people", "/itsm", "people", v.actor.May(itsm.ReadCatalog), func(viaAPI response, viaSlack slackfake.Message) {
		var lines []string
		for _, item := range viaAPI.Body["items"].([]any) {
			p := item.(map[string]any)
			var roles []string
			for _, r := range p["roles"].([]any) {
				roles = append(roles, strings.ReplaceAll(r.(string), "_", " "))
			}
			line := fmt.Sprintf("*%s* `%s` · %s · %s", p["name"], p["id"], cmp.Or(strings.Join(roles, ", "), "no role"), p["zone"])
			if email, given := p["email"]; given {
				line += fmt.Sprintf(" · %s", email)
			}
			lines = append(lines, line)
		}
		assert.Equal(v.t, "People\n*People*\n"+strings.Join(lines, "\n"), html.UnescapeString(viaSlack.Says()), v.who)
	})
}

// named is what the catalog calls a person.
func (v *visitor) named(id string) string {
	if id == string(itsm.System) {
		return "Steward"
	}
	p, _ := v.catalog.Person(itsm.PersonID(id))
	return cmp.Or(p.Name, id)
}

// moment is an instant of the API as Slack is told it.
func moment(v *visitor, at any) string {
	t, err := time.Parse(time.RFC3339, fmt.Sprint(at))
	assert.NoError(v.t, err)
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), t.UTC().Format("2 Jan 2006 15:04 UTC"))
}
