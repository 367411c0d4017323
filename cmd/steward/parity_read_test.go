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
	viaSlack, known := v.shown[text]
	if !known {
		viaSlack = v.slack.typed(v.who, command, text)
	}
	if strings.Contains(text, "CHG-") { // no act that is allowed is done to what all share
		v.shown[text] = viaSlack
	}
	refused := readSlack(viaSlack.Says())
	if viaAPI.Status != http.StatusOK || refused.Code != "" || ruled != nil {
		v.alike(about, v.api.say(viaAPI), refused, ruled)
		return
	}
	v.count(v.operation, "shown")
	match(viaAPI, viaSlack)
}

func (v *visitor) readable(s stage) error {
	return v.rule(v.shared[s.name], s, act{rule: func(*visitor, *itsm.Change) error { return nil }})
}

// show compares what the API says at an address with what a command shows.
func show[T any](v *visitor, s stage, part, verb string, match func(viaAPI T, viaSlack slackfake.Message)) {
	v.t.Helper()
	if s.by != nil && !slices.Contains(s.by, v.who) {
		return
	}
	n := v.shared[s.name]
	v.looks("what is "+s.name, "/v1/changes/"+string(n)+part, "/change", verb+" "+string(n), v.readable(s),
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
	show(v, s, "", "show", func(c itsm.Change, viaSlack slackfake.Message) {
		says := html.UnescapeString(viaSlack.Says())
		head := fmt.Sprintf("%s · %s is %s. %s", c.Number, c.Title, c.State.Words(), c.Explain().Summary)
		assert.Equal(v.t, head, html.UnescapeString(viaSlack.Text))
		parts := []string{c.Description, c.Plan, c.BackoutPlan, "*\n" + v.named(c.Requester)}
		switch {
		case c.Implementer != "":
			parts = append(parts, "*Implementer*\n"+v.named(c.Implementer))
		case c.Assignee != "":
			parts = append(parts, "*Assignee*\n"+v.named(c.Assignee))
		}
		if c.Window != nil {
			parts = append(parts, moment(c.Window.Start)+" to "+moment(c.Window.End))
		}
		if c.RiskScore.Tier != "" {
			parts = append(parts, "Risk is *"+string(c.RiskScore.Tier)+"*: "+strings.Join(c.RiskScore.Reasons, " "))
		}
		if a := c.Assessment; a != nil {
			parts = append(parts, "Risk: "+a.Risk, "Benefit: "+a.Benefit, "Feasibility: "+a.Feasibility, "Cost: "+a.Cost)
			for _, s := range a.Effects.Sections() {
				parts = append(parts, s.Effect.Text, s.Effect.NotApplicable)
			}
		}
		if c.Hold != nil {
			parts = append(parts, "On hold since "+moment(c.Hold.At)+", by "+v.named(c.Hold.By))
		}
		for _, d := range c.Decisions {
			parts = append(parts, d.Note)
			assert.Regexp(v.t, ``+regexp.QuoteMeta(v.voter(d))+`( ✓| rejected| abstained)? `+regexp.QuoteMeta(moment(d.At)), says)
		}
		for _, part := range parts {
			assert.Contains(v.t, says, part, s.name)
		}
		v.offers(c.Number, c.ActsFor(v.actor, time.Now()), viaSlack)
	})
}

// voter is who gave a vote, and for whom.
func (v *visitor) voter(d itsm.Decision) string {
	if d.For != "" {
		return v.named(d.By) + " for " + v.named(d.For)
	}
	return v.named(d.By)
}

var verdicts = map[itsm.Verdict]string{itsm.Approve: "approved", itsm.Reject: "rejected", itsm.Abstain: "abstained from"}

// readsTimeline compares what happened, event by event.
func (v *visitor) readsTimeline(s stage) {
	show(v, s, "/timeline", "show", func(timeline items[itsm.Event], viaSlack slackfake.Message) {
		lines := []string{"*What happened*"}
		for _, e := range timeline.Items {
			what, by := strings.ReplaceAll(strings.TrimPrefix(string(e.Kind), "change."), "_", " "), v.named(e.Actor)
			if e.Decision != nil {
				what, by = verdicts[e.Decision.Verdict], v.voter(*e.Decision)
			}
			lines = append(lines, moment(e.At)+" "+what+", by "+by)
		}
		assert.Contains(v.t, html.UnescapeString(viaSlack.Says()), strings.Join(lines, "\n"), s.name)
	})
}

// offered are the verbs for each act, as Slack names them on its buttons and in
// its menu.
var offered = map[itsm.Act][]string{ //nolint:exhaustive // those of a change
	itsm.ActDecide: {"approve", "reject", "abstain", "ask"}, itsm.ActRetract: {"retract"}, itsm.ActDelegate: {"delegate"},
	itsm.ActAssess: {"assess"}, itsm.ActEdit: {"edit"}, itsm.ActLink: {"link"}, itsm.ActHold: {"hold"}, itsm.ActResume: {"resume"},
	itsm.ActWithdraw: {"withdraw"}, itsm.ActReassign: {"assign"}, itsm.ActComment: {"comment"},
	itsm.ActStart: {"start"}, itsm.ActComplete: {"done", "fail"}, itsm.ActCancel: {"cancel"},
	itsm.ActRaise: nil,
}

// offers holds the acts that somebody can do against what they can press: a button
// or a line of the menu for each, about this change, and no other. From one that failed a
// corrective action can be raised, too.
func (v *visitor) offers(n itsm.Number, acts []itsm.Act, viaSlack slackfake.Message, more ...string) {
	v.t.Helper()
	wanted, pressable := more, []string{}
	for _, a := range acts {
		require.NotEmpty(v.t, offered[a], "nothing stands for %s", a)
		wanted = append(wanted, offered[a]...)
	}
	c, err := v.world.owner.Change(v.t.Context(), n)
	require.NoError(v.t, err)
	if c.Outcome == itsm.Failed && v.actor.May(itsm.RaiseCorrective) == nil {
		wanted = append(wanted, "corrective")
	}
	can := func(verb, claim string) {
		assert.Contains(v.t, claim, `"number":"`+string(n)+`"`, verb)
		pressable = append(pressable, strings.TrimPrefix(verb, "change."))
	}
	blockkit.Elements(viaSlack.Blocks, func(_, e slackfake.Block) {
		switch verb, _, _ := strings.Cut(blockkit.Text(e, "action_id"), ":"); verb {
		case "":
		case "change.more":
			for _, line := range blockkit.Objects(e["options"]) {
				verb, claim, _ := strings.Cut(blockkit.Text(line, "value"), " ")
				can(verb, claim)
			}
		default:
			can(verb, blockkit.Text(e, "value"))
		}
	})
	assert.ElementsMatch(v.t, wanted, pressable, "%s by %s on %s", v.operation, v.who, n)
}

// readsWhy compares the explanation: whom it waits for, how far its approval is,
// what comes by itself and what can be done.
func (v *visitor) readsWhy(s stage) {
	show(v, s, "/explain", "status", func(e itsm.Explanation, viaSlack slackfake.Message) {
		says := html.UnescapeString(viaSlack.Says())
		parts := []string{e.Summary, "In this state since " + moment(e.Since)}
		p := e.Approval
		if waits := v.waits(e, e.WaitsFor); len(waits)+len(e.Roles) > 0 && (p == nil || p.Plain() || e.Hold != nil) {
			for _, role := range e.Roles {
				waits = append(waits, "any "+strings.ReplaceAll(string(role), "_", " "))
			}
			parts = append(parts, "Waits for "+strings.Join(waits, ", "))
		}
		if p != nil && !p.Plain() {
			parts = append(parts, v.progress(e)...)
		}
		for _, f := range e.Forecast {
			parts = append(parts, moment(f.At)+": "+f.Says(v.named))
		}
		for _, part := range parts {
			assert.Contains(v.t, says, part, s.name)
		}
		v.offers(e.Number, e.Acts, viaSlack, "show")
	})
}

// waits names people, each with who may decide for them.
func (v *visitor) waits(e itsm.Explanation, ids []itsm.PersonID) (names []string) {
	for i, id := range ids {
		if i == 8 { // a message has an end
			return append(names, fmt.Sprintf("and %d more", len(ids)-i))
		}
		name := v.named(id)
		if e.Approval != nil {
			for _, d := range e.Approval.Deputies {
				if d.From == id {
					name += " or " + v.named(d.To) + " for " + v.named(id)
				}
			}
		}
		names = append(names, name)
	}
	return names
}

// progress is how far the open stage has come, in words.
func (v *visitor) progress(e itsm.Explanation) (parts []string) {
	p := e.Approval
	if p.Of > 1 {
		parts = append(parts, fmt.Sprintf("%s, stage %d of %d", p.Name, p.Stage, p.Of))
	}
	if p.Round > 1 {
		parts = append(parts, fmt.Sprintf("round %d", p.Round))
	}
	for _, f := range p.Factors {
		parts = append(parts, fmt.Sprintf("*%s* %d of %d", f.Name, len(f.Approved), f.Need), f.Rejection)
		if len(f.Waiting) > 0 {
			parts = append(parts, "waiting for "+strings.Join(v.waits(e, f.Waiting), ", "))
		}
	}
	for _, d := range p.Votes {
		did := map[itsm.Verdict]string{itsm.Approve: " ✓ ", itsm.Reject: " rejected ", itsm.Abstain: " abstained "}[d.Verdict]
		parts = append(parts, v.voter(d)+did+moment(d.At))
	}
	return parts
}

// lists compares the open changes and one's own: the same ones, in the same order.
func (v *visitor) lists() {
	v.looks("my own", "/v1/changes?mine=true&limit=10", "/change", "list mine", v.actor.May(itsm.ReadChanges), v.sameRows)
	v.looks("what is open", "/v1/changes?state=raised", "/change", "list open", v.actor.May(itsm.ReadChanges),
		func(_ response, viaSlack slackfake.Message) {
			var open []itsm.Change
			for _, state := range []string{"raised", "awaiting_assessment", "awaiting_approval", "approved", "scheduled", "implementing"} {
				page := v.world.call(v.who, http.MethodGet, "/v1/changes?limit=11&state="+state, nil)
				open = append(open, as[items[itsm.Change]](v, page).Items...)
			}
			slices.SortStableFunc(open, func(a, b itsm.Change) int { return b.RaisedAt.Compare(a.RaisedAt) })
			v.sameNumbers(open, viaSlack)
		})
}

func (v *visitor) listsWaiting() {
	v.looks("what waits", "/v1/me/changes", "/change", "list waiting", v.actor.May(itsm.ReadChanges), v.sameRows)
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
