package main

import (
	"maps"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

func (d apiDoor) assess(who itsm.PersonID, n itsm.Number, a itsm.Assessment) outcome {
	return d.say(d.call(who, http.MethodPost, "/v1/changes/"+string(n)+"/assessment", a))
}

func (d apiDoor) retract(who itsm.PersonID, n itsm.Number) outcome {
	return d.act(who, n, "retract", nil)
}

func (d apiDoor) delegate(who itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome {
	return d.act(who, n, "delegations", map[string]any{"to": to})
}

func (d apiDoor) delegateFor(who, from itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome {
	return d.act(who, n, "delegations", map[string]any{"to": to, "from": from})
}

func (d apiDoor) decideFor(who, principal itsm.PersonID, n itsm.Number, verdict itsm.Verdict) outcome {
	return d.act(who, n, "decisions", map[string]any{"verdict": verdict, "for": principal})
}

func (d apiDoor) edit(who itsm.PersonID, n itsm.Number, field, text string) outcome {
	return d.patch(who, n, map[string]any{field: text})
}

func (d apiDoor) amend(who itsm.PersonID, n itsm.Number, a itsm.Assessment) outcome {
	return d.patch(who, n, map[string]any{"assessment": a})
}

// patch edits a record as it stands.
func (d apiDoor) patch(who itsm.PersonID, n itsm.Number, body map[string]any) outcome {
	read := d.call(who, http.MethodGet, "/v1/changes/"+string(n), nil)
	tag := read.Header.Get("ETag")
	if tag == "" {
		tag = `"1"` // there is none of what they cannot see
	}
	return d.say(d.call(who, http.MethodPatch, "/v1/changes/"+string(n), body, "If-Match", tag))
}

func (d apiDoor) hold(who itsm.PersonID, n itsm.Number, note string) outcome {
	return d.act(who, n, "hold", map[string]any{"note": note})
}

func (d apiDoor) resume(who itsm.PersonID, n itsm.Number) outcome {
	return d.act(who, n, "resume", map[string]any{})
}

func (d apiDoor) withdraw(who itsm.PersonID, n itsm.Number) outcome {
	return d.act(who, n, "withdraw", map[string]any{})
}

func (d apiDoor) reassign(who itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome {
	return d.act(who, n, "reassign", map[string]any{"assignee": to})
}

func (d apiDoor) comment(who itsm.PersonID, n itsm.Number, text string) outcome {
	return uttered(d.act(who, n, "comments", map[string]any{"text": text}))
}

func (d apiDoor) ask(who itsm.PersonID, n itsm.Number, text string) outcome {
	return uttered(d.act(who, n, "comments", map[string]any{"text": text, "question": true}))
}

func (d apiDoor) answer(who itsm.PersonID, n itsm.Number, text string) outcome {
	return uttered(d.act(who, n, "comments", map[string]any{"text": text, "reply_to": 1}))
}

func (d apiDoor) link(who itsm.PersonID, n itsm.Number, url string) outcome {
	return d.act(who, n, "links", map[string]any{"url": url})
}

// fills types a command and submits the form that it opens, if it opens one, with
// some fields filled in anew. What must not be empty and is not given holds a space.
func (d slackDoor) fills(who itsm.PersonID, text string, given map[string]string) outcome {
	d.t.Helper()
	return d.fillsIn(who, "/change", text, given)
}

// fillsIn does so with the form that a command opens.
func (d slackDoor) fillsIn(who itsm.PersonID, command, text string, given map[string]string) outcome {
	d.t.Helper()
	user := slackID(who)
	before := d.types(who, command, text)
	views := d.slack.Views(user)
	if len(views) == 0 {
		o := readSlack(d.answered(who, before, text).Says())
		if o.Code == "slack.too_late" { // a busy machine; nothing was done
			return d.fillsIn(who, command, text, given)
		}
		return o
	}
	defer func() {
		for _, v := range d.slack.Views(user) {
			_ = d.slack.CloseView(d.t.Context(), user, v, true)
		}
	}()
	form := views[len(views)-1]
	a, err := d.slack.Submit(d.t.Context(), user, form, filled(form, given))
	require.NoError(d.t, err)
	if len(a.Errors) > 0 {
		return readForm(a.Errors)
	}
	var o outcome
	d.eventually("a word about "+text, func() bool {
		for _, v := range d.slack.Views(user) {
			if o = readSlack(v.Text()); o.State != "" || o.Code != "" {
				return true
			}
		}
		return false
	})
	return o
}

// presses presses a button and reads what they are told.
func (d slackDoor) presses(who itsm.PersonID, m slackfake.Message, button string) outcome {
	d.t.Helper()
	before := len(d.slack.Ephemerals(slackID(who)))
	_, err := d.slack.Press(d.t.Context(), slackID(who), m, button)
	require.NoError(d.t, err)
	return readSlack(d.answered(who, before, button).Says())
}

// inAssessment begins the names of an assessment's fields in Slack.
const inAssessment = "assessment_"

// filled is what somebody enters who leaves nothing out that a form asks for.
func filled(form slackfake.View, given map[string]string) map[string]string {
	out := maps.Clone(given)
	if out == nil {
		out = map[string]string{}
	}
	blockkit.Elements(form.Blocks, func(b, e slackfake.Block) {
		id := blockkit.Text(b, "block_id")
		if short, in := strings.CutPrefix(id, inAssessment); in {
			if text, is := out[short]; is {
				out[id] = text
				delete(out, short)
			}
		}
		if _, is := out[id]; !is && b["type"] == "input" && b["optional"] != true && e["type"] == "plain_text_input" && blockkit.Text(e, "initial_value") == "" {
			out[id] = " "
		}
	})
	return out
}

func (d slackDoor) assess(who itsm.PersonID, n itsm.Number, a itsm.Assessment) outcome {
	given := map[string]string{
		"risk": a.Risk, "benefit": a.Benefit, "feasibility": a.Feasibility, "cost": a.Cost,
	}
	for _, s := range a.Effects.Sections() {
		given["effects_"+s.Name] = s.Effect.Text
		if s.Effect.NotApplicable != "" {
			given["effects_"+s.Name] = "n/a: " + s.Effect.NotApplicable
		}
	}
	return d.fills(who, "assess "+string(n), given)
}

func (d slackDoor) retract(who itsm.PersonID, n itsm.Number) outcome {
	return d.command(who, "retract "+string(n))
}

func (d slackDoor) delegate(who itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome {
	return d.command(who, "delegate "+string(n)+" "+mention(to))
}

func (d slackDoor) delegateFor(who, from itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome {
	return d.command(who, "delegate "+string(n)+" "+mention(to)+" for "+mention(from))
}

func (d slackDoor) decideFor(who, _ itsm.PersonID, n itsm.Number, verdict itsm.Verdict) outcome {
	return d.command(who, string(verdict)+" "+string(n))
}

func (d slackDoor) edit(who itsm.PersonID, n itsm.Number, field, text string) outcome {
	return d.fills(who, "edit "+string(n), map[string]string{field: text})
}

func (d slackDoor) hold(who itsm.PersonID, n itsm.Number, note string) outcome {
	return d.command(who, "hold "+string(n)+" "+note)
}

func (d slackDoor) resume(who itsm.PersonID, n itsm.Number) outcome {
	return d.command(who, "resume "+string(n))
}

func (d slackDoor) withdraw(who itsm.PersonID, n itsm.Number) outcome {
	return d.command(who, "withdraw "+string(n))
}

func (d slackDoor) reassign(who itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome {
	return d.command(who, "assign "+string(n)+" "+mention(to))
}

func (d slackDoor) comment(who itsm.PersonID, n itsm.Number, text string) outcome {
	return uttered(d.command(who, "comment "+string(n)+" "+text))
}

func (d slackDoor) ask(who itsm.PersonID, n itsm.Number, text string) outcome {
	return uttered(d.command(who, "ask "+string(n)+" "+text))
}

func (d slackDoor) answer(who itsm.PersonID, n itsm.Number, text string) outcome {
	return uttered(d.command(who, "answer "+string(n)+" 1 "+text))
}

func (d slackDoor) amend(who itsm.PersonID, n itsm.Number, a itsm.Assessment) outcome {
	return d.assess(who, n, a)
}

func (d slackDoor) link(who itsm.PersonID, n itsm.Number, url string) outcome {
	return d.command(who, "link "+string(n)+" "+url)
}

// mention is a person as Slack sends who was named with an @.
func mention(who itsm.PersonID) string {
	return "<@" + slackID(who) + "|" + strings.ToLower(string(who)) + ">"
}

// uttered is what came of a comment: it moves nothing, so no state is told of.
func uttered(o outcome) outcome {
	if o.State = ""; o.Code == "" && o.Faults == "" {
		o.Sentence = ""
	}
	return o
}
