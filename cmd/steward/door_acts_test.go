package main

import (
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

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

func (d apiDoor) edit(who itsm.PersonID, n itsm.Number, field, text string) outcome {
	read := d.call(who, http.MethodGet, "/v1/changes/"+string(n), nil)
	tag := read.Header.Get("ETag")
	if tag == "" {
		tag = `"1"` // there is none of what they cannot see
	}
	return d.say(d.call(who, http.MethodPatch, "/v1/changes/"+string(n), map[string]any{field: text}, "If-Match", tag))
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

func (d apiDoor) link(who itsm.PersonID, n itsm.Number, url string) outcome {
	return d.act(who, n, "links", map[string]any{"url": url})
}

// fills opens a form by a command and submits it, with some fields filled in anew.
func (d slackDoor) fills(who itsm.PersonID, text string, given map[string]string) outcome {
	d.t.Helper()
	user := slackID(who)
	before := len(d.slack.Ephemerals(user))
	_, err := d.slack.Command(d.t.Context(), user, "C0GENERAL", "/change", text)
	require.NoError(d.t, err)
	views := d.slack.Views(user)
	if len(views) == 0 {
		said := d.slack.Ephemerals(user)
		require.Greater(d.t, len(said), before, "neither a form nor a word")
		return readSlack(said[len(said)-1].Says())
	}
	defer func() {
		for _, v := range d.slack.Views(user) {
			_ = d.slack.CloseView(d.t.Context(), user, v, true)
		}
	}()
	a, err := d.slack.Submit(d.t.Context(), user, views[len(views)-1], given)
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

func (d slackDoor) assess(who itsm.PersonID, n itsm.Number, a itsm.Assessment) outcome {
	given := map[string]string{
		"assessment_risk": a.Risk, "assessment_benefit": a.Benefit, "assessment_feasibility": a.Feasibility, "assessment_cost": a.Cost,
	}
	for _, s := range a.Effects.Sections() {
		given["assessment_effects_"+s.Name] = s.Effect.Text
		if s.Effect.NotApplicable != "" {
			given["assessment_effects_"+s.Name] = "n/a: " + s.Effect.NotApplicable
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
