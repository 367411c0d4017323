package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// stage is a place in a change's life that the rules tell apart.
type stage struct {
	name  string
	state itsm.ChangeState           // empty: there is no such change
	bring func(*visitor) itsm.Number // a new change to this stage; nil: it takes too long
}

var stages = []stage{
	{"awaiting", itsm.ChangeAwaiting, func(v *visitor) itsm.Number { return v.world.raise("ana") }},
	{"restricted", itsm.ChangeAwaiting, func(v *visitor) itsm.Number {
		return v.world.raise("max", func(body map[string]any) { body["service"] = "payments" })
	}},
	{"scheduled", itsm.ChangeScheduled, func(v *visitor) itsm.Number { return v.approved() }},
	{"early", itsm.ChangeScheduled, func(v *visitor) itsm.Number { return v.approved(within(time.Hour, 2*time.Hour)) }},
	{"implementing", itsm.ChangeImplementing, (*visitor).started},
	{"closed", itsm.ChangeClosed, func(v *visitor) itsm.Number {
		n := v.started()
		v.must("ida", n, "complete", map[string]any{"result": "failed", "note": "It did not restart."})
		return n
	}},
	{"rejected", itsm.ChangeRejected, func(v *visitor) itsm.Number {
		n := v.world.raise("ana")
		v.must(both, n, "decisions", map[string]any{"verdict": "reject", "note": "No way back."})
		return n
	}},
	{"cancelled", itsm.ChangeCancelled, func(v *visitor) itsm.Number {
		n := v.world.raise("ana")
		v.must("ana", n, "cancel", map[string]any{"note": "Not needed any more."})
		return n
	}},
	{"window over", itsm.ChangeExpired, func(v *visitor) itsm.Number { return v.approved(within(-time.Hour, 3*time.Second)) }},
	{"expired", itsm.ChangeExpired, nil},
	{"absent", "", nil},
	{"nonsense", "", nil},
}

// within gives a change a window.
func within(from, to time.Duration) func(map[string]any) {
	return func(body map[string]any) {
		body["window"] = map[string]any{
			"start": time.Now().Add(from).UTC().Format(time.RFC3339), "end": time.Now().Add(to).UTC().Format(time.RFC3339),
		}
	}
}

func (v *visitor) must(who itsm.PersonID, n itsm.Number, act string, body any) {
	v.t.Helper()
	a := v.world.call(who, http.MethodPost, "/v1/changes/"+string(n)+"/"+act, body)
	require.Equal(v.t, http.StatusOK, a.Status, a.Body)
}

func (v *visitor) approved(change ...func(map[string]any)) itsm.Number {
	v.t.Helper()
	n := v.world.raise("ana", change...)
	v.must(both, n, "decisions", map[string]any{"verdict": "approve"})
	if len(change) == 0 || v.read(n).Window.Start.After(time.Now()) { // a short window may be over before we look
		v.comes(n, itsm.ChangeScheduled)
	}
	return n
}

func (v *visitor) started() itsm.Number {
	v.t.Helper()
	n := v.approved()
	v.must("ida", n, "start", nil)
	return n
}

// comes waits without spending what anybody may ask for in a minute.
func (v *visitor) comes(n itsm.Number, s itsm.ChangeState) {
	v.t.Helper()
	v.world.eventually(string(n)+" becomes "+string(s), func() bool { return v.read(n).State == s })
}

func (v *visitor) read(n itsm.Number) itsm.Change {
	v.t.Helper()
	c, err := v.world.owner.Change(v.t.Context(), n)
	require.NoError(v.t, err)
	return c
}

// act is one way to ask for an operation on a change, and the rule that judges it.
type act struct {
	name string
	do   func(door, itsm.PersonID, itsm.Number) outcome
	rule func(*itsm.Change, itsm.Actor) error
}

func deciding(name string, verdict itsm.Verdict, note string) act {
	return act{name, func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.decide(who, n, verdict, note)
	}, func(c *itsm.Change, who itsm.Actor) error {
		return c.CheckDecision(who, itsm.DecisionRequest{Verdict: verdict, Note: note})
	}}
}

func completing(name string, result itsm.Outcome, note string) act {
	return act{name, func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.complete(who, n, result, note)
	}, func(c *itsm.Change, who itsm.Actor) error {
		return c.CheckCompletion(who, itsm.Completion{Result: result, Note: note})
	}}
}

func cancelling(name, note string) act {
	return act{name, func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.cancel(who, n, note)
	}, func(c *itsm.Change, who itsm.Actor) error {
		return c.CheckCancel(who, itsm.Cancellation{Note: note})
	}}
}

var tooLong = strings.Repeat("ö", itsm.MaxNote+1)

// asked are the ways to ask for each operation on a change. The first are well
// formed; those after them are tried on what is awaiting approval.
var asked = map[string]struct{ good, bad []act }{
	"decideChange": {
		[]act{deciding("approve", itsm.Approve, "Go."), deciding("reject", itsm.Reject, "No way back from step two.")},
		[]act{deciding("reject without a word", itsm.Reject, ""), deciding("approve at length", itsm.Approve, tooLong), deciding("approve unseen", itsm.Approve, "a\u202eb")},
	},
	"startChange": {[]act{{"start", door.start, func(c *itsm.Change, who itsm.Actor) error {
		return c.CheckStart(who, time.Now())
	}}}, nil},
	"completeChange": {
		[]act{completing("done", itsm.Successful, "All green."), completing("failed", itsm.Failed, "It did not restart.")},
		[]act{completing("failed without a word", itsm.Failed, ""), completing("done at length", itsm.Successful, tooLong)},
	},
	"cancelChange": {
		[]act{cancelling("cancel", "Not needed any more.")},
		[]act{cancelling("cancel without a word", ""), cancelling("cancel at length", tooLong)},
	},
}

// acts asks for an operation on a change in a stage. What the rules refuse is
// asked of the change that all share; what they allow gets one for each door.
func acts(operation string) func(*visitor, stage) {
	return func(v *visitor, s stage) {
		all := asked[operation].good
		if s.state == itsm.ChangeAwaiting && v.actor.Person != "" {
			all = append(slices.Clip(all), asked[operation].bad...)
		}
		for _, a := range all {
			n := v.shared[s.name]
			ruled := v.rule(n, s, a)
			viaAPI, viaSlack := n, n
			if ruled == nil && v.actor.Person != "" {
				require.NotNil(v.t, s.bring, "%s may %s what is %s", v.who, a.name, s.name)
				viaAPI, viaSlack = s.bring(v), s.bring(v)
			}
			v.alike(a.name+" what is "+s.name, a.do(v.api, v.who, viaAPI), a.do(v.slack, v.who, viaSlack), ruled)
		}
	}
}

// rule is what the rules say of an act on a change.
func (v *visitor) rule(n itsm.Number, s stage, a act) error {
	if err := n.Check(); err != nil {
		return err
	}
	if err := v.actor.May(itsm.ReadChanges); err != nil {
		return err
	}
	if s.state == "" {
		return itsm.NoSuchRecord(n)
	}
	c := v.read(n)
	if err := c.CheckRead(v.actor); err != nil {
		return err
	}
	return a.rule(&c, v.actor)
}

// raises tries a good draft as everybody, and one with each fault.
func (v *visitor) raises() {
	draft := goodDraft
	_, viaAPI := v.api.raise(v.who, draft)
	_, viaSlack := v.slack.raise(v.who, draft)
	v.alike("a good draft", viaAPI, viaSlack, v.mayRaise())
	if v.mayRaise() != nil {
		return
	}
	at := func(d time.Duration) string {
		return time.Now().Add(d).UTC().Truncate(time.Minute).Format(time.RFC3339)
	}
	for what, change := range map[string]map[string]string{
		"no title":                            {"title": " "},
		"a title that misleads":               {"title": "Harmless\u202e"},
		"no plan and no way back":             {"plan": " ", "backout_plan": "\n"},
		"a window that ends before it starts": {"window_start": at(2 * time.Hour), "window_end": at(time.Hour)},
		"a window that is over":               {"window_start": at(-2 * time.Hour), "window_end": at(-time.Hour)},
		"a window that is too long":           {"window_start": at(time.Hour), "window_end": at(31 * 24 * time.Hour)},
		"a window that is too far away":       {"window_start": at(400 * 24 * time.Hour), "window_end": at(401 * 24 * time.Hour)},
	} {
		bad := maps.Clone(draft)
		maps.Copy(bad, change)
		_, viaAPI := v.api.raise(v.who, bad)
		_, viaSlack := v.slack.raise(v.who, bad)
		require.Equal(v.t, "change.invalid", viaAPI.Code, what)
		v.alike(what, viaAPI, viaSlack, itsm.Refuse(itsm.Invalid, viaAPI.Code, "%s", viaAPI.Sentence))
	}
}

func (v *visitor) mayRaise() error {
	if err := v.actor.May(itsm.RaiseChanges); err != nil {
		return err
	}
	return v.catalog.CheckRaise(v.actor, itsm.ChangeDraft{Service: itsm.ServiceID(goodDraft["service"])}, time.Now())
}
