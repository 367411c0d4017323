package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
func show[T any](v *visitor, s stage, part string, match func(viaAPI T, viaSlack slackfake.Message)) {
	v.t.Helper()
	n := v.shared[s.name]
	v.looks("what is "+s.name, "/v1/changes/"+string(n)+part, "/change", "show "+string(n), v.readable(s),
		func(viaAPI response, viaSlack slackfake.Message) { match(as[T](v, viaAPI), viaSlack) })
}

// as reads an answer of the API.
func as[T any](v *visitor, a response) (out T) {
	v.t.Helper()
	text, err := json.Marshal(a.Body)
	require.NoError(v.t, err)
	require.NoError(v.t, json.Unmarshal(text, &out))
	return out
}

type items[T any] struct{ Items []T }

// reads compares the record: every field of it that says something stands in Slack.
func (v *visitor) reads(s stage) {
	show(v, s, "", func(c itsm.Change, viaSlack slackfake.Message) {
		says := html.UnescapeString(viaSlack.Says())
		head := fmt.Sprintf("%s · %s is %s. %s", c.Number, c.Title, c.State.Words(), c.Explain().Summary)
		assert.Equal(v.t, head, html.UnescapeString(viaSlack.Text))
		for _, part := range []string{
			c.Description, c.Plan, c.BackoutPlan, "*\n" + v.named(c.Requester),
		} {
			assert.Contains(v.t, says, part)
		}
		if c.Implementer != "" {
			assert.Contains(v.t, says, "*\n"+v.named(c.Implementer))
		}
		if c.Window != nil {
			assert.Contains(v.t, says, moment(c.Window.Start)+" to "+moment(c.Window.End))
		}
		for _, d := range c.Decisions {
			assert.Contains(v.t, says, "ed by "+v.named(d.By)+" "+moment(d.At))
			assert.Contains(v.t, says, d.Note)
		}
	})
}

// readsTimeline compares what happened, event by event.
func (v *visitor) readsTimeline(s stage) {
	show(v, s, "/timeline", func(timeline items[itsm.Event], viaSlack slackfake.Message) {
		lines := []string{"*What happened*"}
		for _, e := range timeline.Items {
			what := strings.ReplaceAll(strings.TrimPrefix(string(e.Kind), "change."), "_", " ")
			lines = append(lines, moment(e.At)+" "+what+", by "+v.named(e.Actor))
		}
		assert.Contains(v.t, html.UnescapeString(viaSlack.Says()), strings.Join(lines, "\n"), s.name)
	})
}

// offered are the buttons for each act, as Slack names them.
var offered = map[itsm.Act][]string{
	itsm.ActRaise: nil, itsm.ActDecide: {"change.approve", "change.reject"}, itsm.ActStart: {"change.start"},
	itsm.ActComplete: {"change.done", "change.fail"}, itsm.ActCancel: {"change.cancel"},
}

// readsWhy compares the explanation: whom it waits for, what comes by itself and
// what can be done.
func (v *visitor) readsWhy(s stage) {
	show(v, s, "/explain", func(e itsm.Explanation, viaSlack slackfake.Message) {
		says := html.UnescapeString(viaSlack.Says())
		assert.Contains(v.t, says, e.Summary)
		var waits, buttons, pressable []string
		for _, id := range e.WaitsFor {
			waits = append(waits, v.named(id))
		}
		for _, role := range e.Roles {
			waits = append(waits, "any "+strings.ReplaceAll(string(role), "_", " "))
		}
		if len(waits) > 0 {
			assert.Contains(v.t, says, "Waits for "+strings.Join(waits, ", "))
		}
		for _, f := range e.Forecast {
			assert.Contains(v.t, says, moment(f.At)+": "+f.What)
		}
		for _, a := range e.Acts {
			buttons = append(buttons, offered[a]...)
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
			var open []itsm.Change
			for _, state := range []string{"raised", "awaiting_approval", "approved", "scheduled", "implementing"} {
				page := v.world.call(v.who, http.MethodGet, "/v1/changes?limit=11&state="+state, nil)
				open = append(open, as[items[itsm.Change]](v, page).Items...)
			}
			slices.SortStableFunc(open, func(a, b itsm.Change) int { return b.RaisedAt.Compare(a.RaisedAt) })
			v.sameNumbers(open, viaSlack)
		})
}

func (v *visitor) listsWaiting() {
	v.looks("what waits", "/v1/me/waiting", "/change", "list waiting", v.actor.May(itsm.ReadChanges), v.sameRows)
}

func (v *visitor) sameRows(viaAPI response, viaSlack slackfake.Message) {
	v.t.Helper()
	v.sameNumbers(as[items[itsm.Change]](v, viaAPI).Items, viaSlack)
}

var listed = regexp.MustCompile(`^list\.[a-z]+/(CHG-\d+)$`)

// sameNumbers finds the first ten changes of a list in a message, in their order.
func (v *visitor) sameNumbers(changes []itsm.Change, viaSlack slackfake.Message) {
	v.t.Helper()
	numbers, shown := []string{}, []string{}
	for _, c := range changes[:min(10, len(changes))] {
		numbers = append(numbers, string(c.Number))
	}
	for _, b := range viaSlack.Blocks {
		if m := listed.FindStringSubmatch(blockkit.Text(b, "block_id")); m != nil {
			shown = append(shown, m[1])
		}
	}
	assert.Equal(v.t, numbers, shown, "%s by %s", v.operation, v.who)
}

func (v *visitor) listsServices() {
	v.looks("services", "/v1/services", "/itsm", "services", v.actor.May(itsm.ReadCatalog), func(viaAPI response, viaSlack slackfake.Message) {
		lines := []string{"Services", "*Services*"}
		for _, s := range as[items[itsm.Service]](v, viaAPI).Items {
			line := fmt.Sprintf("*%s* `%s` · owner %s · team %s · %s · asks in <#%s>", s.Name, s.ID, v.named(s.Owner), s.Team, s.Criticality, s.Channel)
			if s.Restricted {
				line += " · restricted"
			}
			lines = append(lines, line)
		}
		assert.Equal(v.t, strings.Join(lines, "\n"), html.UnescapeString(viaSlack.Says()), v.who)
	})
}

func (v *visitor) listsPeople() {
	v.looks("people", "/v1/people", "/itsm", "people", v.actor.May(itsm.ReadCatalog), func(viaAPI response, viaSlack slackfake.Message) {
		lines := []string{"People", "*People*"}
		for _, p := range as[items[itsm.Person]](v, viaAPI).Items {
			var roles []string
			for _, r := range p.Roles {
				roles = append(roles, strings.ReplaceAll(string(r), "_", " "))
			}
			line := fmt.Sprintf("*%s* `%s` · %s · %s", p.Name, p.ID, cmp.Or(strings.Join(roles, ", "), "no role"), p.Zone)
			if p.Email != "" {
				line += " · " + p.Email
			}
			lines = append(lines, line)
		}
		assert.Equal(v.t, strings.Join(lines, "\n"), html.UnescapeString(viaSlack.Says()), v.who)
	})
}

// named is what the catalog calls a person.
func (v *visitor) named(id itsm.PersonID) string {
	if id == itsm.System {
		return "Steward"
	}
	p, _ := v.catalog.Person(id)
	return cmp.Or(p.Name, string(id))
}

// moment is an instant as Slack is told it.
func moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), t.UTC().Format("2 Jan 2006 15:04 UTC"))
}
