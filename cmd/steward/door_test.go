package main

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// outcome is what a door answered, in the terms that both doors share: the state
// that the act left, or the refusal's code and sentence.
type outcome struct {
	State    string
	Code     string
	Sentence string
	Faults   string // in a form or a body, a line each; a form shows these instead of code and sentence
}

// door is one way in. Its methods are what people do; who is a person's id.
type door interface {
	raise(who itsm.PersonID, draft map[string]string) (itsm.Number, outcome)
	decide(who itsm.PersonID, n itsm.Number, verdict itsm.Verdict, note string) outcome
	start(who itsm.PersonID, n itsm.Number) outcome
	complete(who itsm.PersonID, n itsm.Number, result itsm.Outcome, note string) outcome
	cancel(who itsm.PersonID, n itsm.Number, note string) outcome

	assess(who itsm.PersonID, n itsm.Number, a itsm.Assessment) outcome
	retract(who itsm.PersonID, n itsm.Number) outcome
	delegate(who itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome
	edit(who itsm.PersonID, n itsm.Number, field, text string) outcome
	hold(who itsm.PersonID, n itsm.Number, note string) outcome
	resume(who itsm.PersonID, n itsm.Number) outcome
	withdraw(who itsm.PersonID, n itsm.Number) outcome
	reassign(who itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome
	comment(who itsm.PersonID, n itsm.Number, text string) outcome
	ask(who itsm.PersonID, n itsm.Number, text string) outcome
	link(who itsm.PersonID, n itsm.Number, url string) outcome

	// Slack finds out for whom somebody decides; whoever asks the API may name them.
	decideFor(who, principal itsm.PersonID, n itsm.Number, verdict itsm.Verdict) outcome
	delegateFor(who, from itsm.PersonID, n itsm.Number, to itsm.PersonID) outcome
	// amend edits the assessment that there is, or adds one that nobody waits for.
	amend(who itsm.PersonID, n itsm.Number, a itsm.Assessment) outcome
	// answer answers the first question.
	answer(who itsm.PersonID, n itsm.Number, text string) outcome
}

func (w *world) doors() map[string]door {
	return map[string]door{"api": apiDoor{w}, "slack": slackDoor{w}}
}

var goodDraft = map[string]string{
	"title": "Rotate the certificates", "service": "website", "description": "They end in May.",
	"plan": "Rotate them one by one.", "backout_plan": "Put the old ones back.",
}

type apiDoor struct{ *world }

func (d apiDoor) say(r response) outcome {
	o := outcome{State: r.state(), Code: r.code(), Sentence: r.detail()}
	errs, _ := r.Body["errors"].([]any)
	var faults []string
	for _, e := range errs {
		f, _ := e.(map[string]any)
		faults = append(faults, block(fmt.Sprint(f["pointer"]))+" "+fmt.Sprint(f["detail"]))
	}
	slices.Sort(faults)
	o.Faults = strings.Join(faults, "\n")
	if r.Status < 300 {
		o.Code, o.Sentence = "", ""
	}
	return o
}

// block is the field of a form that a pointer leads to. What a change does not
// affect is written into the field of the effect.
func block(pointer string) string {
	name := strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", "_")
	return strings.TrimSuffix(name, "_not_applicable")
}

func (d apiDoor) act(who itsm.PersonID, n itsm.Number, verb string, body map[string]any) outcome {
	var sent any
	if body != nil {
		sent = body
	}
	return d.say(d.call(who, http.MethodPost, "/v1/changes/"+string(n)+"/"+verb, sent))
}

func (d apiDoor) raise(who itsm.PersonID, draft map[string]string) (itsm.Number, outcome) {
	body := map[string]any{"type": "normal"}
	risk := map[string]any{}
	for k, v := range draft {
		if dimension, of := strings.CutPrefix(k, "risk_"); of {
			risk[dimension], _ = strconv.Atoi(v)
			body["risk"] = risk
			continue
		}
		body[k] = v
	}
	if _, ok := draft["window_end"]; ok {
		body["window"] = map[string]any{"start": draft["window_start"], "end": draft["window_end"]}
		delete(body, "window_start")
		delete(body, "window_end")
	}
	r := d.call(who, http.MethodPost, "/v1/changes", body)
	return r.number(), d.say(r)
}

func (d apiDoor) decide(who itsm.PersonID, n itsm.Number, verdict itsm.Verdict, note string) outcome {
	return d.act(who, n, "decisions", map[string]any{"verdict": verdict, "note": note})
}

func (d apiDoor) start(who itsm.PersonID, n itsm.Number) outcome { return d.act(who, n, "start", nil) }

func (d apiDoor) complete(who itsm.PersonID, n itsm.Number, result itsm.Outcome, note string) outcome {
	return d.act(who, n, "complete", map[string]any{"result": result, "note": note})
}

func (d apiDoor) cancel(who itsm.PersonID, n itsm.Number, note string) outcome {
	return d.act(who, n, "cancel", map[string]any{"note": note})
}

type slackDoor struct{ *world }

// slackID is the Slack user of a person of the example catalog.
func slackID(who itsm.PersonID) string { return "U0" + strings.ToUpper(string(who)) }

var (
	footnote = regexp.MustCompile("`([a-z_]+\\.[a-z_]+)`")
	inForm   = regexp.MustCompile(`^(.*) \(([a-z_]+\.[a-z_]+)\)$`)
	became   = regexp.MustCompile(`it is now ([a-z ]+)\.`)
	raisedAs = regexp.MustCompile(`(CHG-\d+) is raised(?: and is ([a-z ]+)\.|\. A change of its risk is assessed)`)
)

// command types a command and reads the answer that only they see. A form that
// asks for what was left out is sent as empty as it came.
func (d slackDoor) command(who itsm.PersonID, text string) outcome {
	d.t.Helper()
	return d.fills(who, text, nil)
}

// typed is the last that somebody is told about a command: the answer that it
// goes on is none.
func (d slackDoor) typed(who itsm.PersonID, command, text string) slackfake.Message {
	d.t.Helper()
	before := d.types(who, command, text)
	return d.answered(who, before, command+" "+text)
}

// types types a command, and says how much they had been told before.
func (d slackDoor) types(who itsm.PersonID, command, text string) (before int) {
	d.t.Helper()
	before = len(d.slack.Ephemerals(slackID(who)))
	_, err := d.slack.Command(d.t.Context(), slackID(who), "C0GENERAL", command, text)
	require.NoError(d.t, err)
	return before
}

func (d slackDoor) answered(who itsm.PersonID, before int, about string) slackfake.Message {
	d.t.Helper()
	var said []slackfake.Message
	d.eventually("an answer to "+about, func() bool {
		said = d.slack.Ephemerals(slackID(who))
		return len(said) > before && readSlack(said[len(said)-1].Says()).Code != "slack.going_on"
	})
	return said[len(said)-1]
}

// readSlack finds in words what the API says in fields.
func readSlack(text string) outcome {
	if m := became.FindStringSubmatch(text); m != nil {
		return outcome{State: strings.ReplaceAll(m[1], " ", "_")}
	}
	o := outcome{Sentence: html.UnescapeString(strings.Split(text, "\n")[0])}
	if m := inForm.FindStringSubmatch(o.Sentence); m != nil {
		return outcome{Code: m[2], Sentence: m[1]}
	}
	if m := footnote.FindStringSubmatch(text); m != nil {
		o.Code = m[1]
	}
	return o
}

// readForm reads what a form says beside its fields: a refusal, or what is wrong
// with each.
func readForm(errs map[string]string) outcome {
	var faults []string
	for block, text := range errs {
		if o := readSlack(text); o.Code != "" {
			return o
		}
		faults = append(faults, strings.TrimPrefix(block, inAssessment)+" "+text)
	}
	slices.Sort(faults)
	return outcome{Faults: strings.Join(faults, "\n")}
}

func (d slackDoor) raise(who itsm.PersonID, draft map[string]string) (itsm.Number, outcome) {
	d.t.Helper()
	user := slackID(who)
	before, words := len(d.slack.Ephemerals(user)), len(d.slack.Messages(user))
	_, err := d.slack.Command(d.t.Context(), user, "C0GENERAL", "/change", "new")
	require.NoError(d.t, err)
	views := d.slack.Views(user)
	if len(views) == 0 {
		said := d.slack.Ephemerals(user)
		require.Greater(d.t, len(said), before, "neither a form nor a word")
		return "", readSlack(said[len(said)-1].Says())
	}
	form := map[string]string{"window_start": "", "window_end": ""}
	for k, v := range draft {
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			v = strconv.FormatInt(at.Unix(), 10) // as Slack's picker says it
		}
		form[k] = v
	}
	a, err := d.slack.Submit(d.t.Context(), user, views[len(views)-1], form)
	require.NoError(d.t, err)
	defer func() {
		for _, v := range d.slack.Views(user) {
			_ = d.slack.CloseView(d.t.Context(), user, v, true)
		}
	}()
	if len(a.Errors) > 0 {
		return "", readForm(a.Errors)
	}
	var m []string
	d.eventually("a word about what was raised", func() bool {
		for _, v := range d.slack.Views(user) {
			if m = raisedAs.FindStringSubmatch(v.Text()); m != nil {
				return true
			}
		}
		for _, told := range d.slack.Messages(user)[words:] { // when it took longer
			if m = raisedAs.FindStringSubmatch(told.Text); m != nil {
				return true
			}
		}
		return false
	})
	return itsm.Number(m[1]), outcome{State: strings.ReplaceAll(cmp.Or(m[2], "awaiting assessment"), " ", "_")}
}

func (d slackDoor) decide(who itsm.PersonID, n itsm.Number, verdict itsm.Verdict, note string) outcome {
	return d.command(who, string(verdict)+" "+string(n)+" "+note)
}

func (d slackDoor) start(who itsm.PersonID, n itsm.Number) outcome {
	return d.command(who, "start "+string(n))
}

func (d slackDoor) complete(who itsm.PersonID, n itsm.Number, result itsm.Outcome, note string) outcome {
	verb := "done"
	if result == itsm.Failed {
		verb = "fail"
	}
	return d.command(who, verb+" "+string(n)+" "+note)
}

func (d slackDoor) cancel(who itsm.PersonID, n itsm.Number, note string) outcome {
	return d.command(who, "cancel "+string(n)+" "+note)
}
