package main

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// stage is a place in a change's life that the rules tell apart.
type stage struct {
	name  string
	state itsm.ChangeState           // empty: there is no such change
	bring func(*visitor) itsm.Number // a new change to this stage; nil: it takes too long
	by    []itsm.PersonID            // to whom it makes a difference; nil: everybody
	tries []string                   // the acts to which it makes a difference; nil: all
}

var stages = []stage{
	{"awaiting", itsm.ChangeAwaiting, func(v *visitor) itsm.Number { return v.raised(itsm.RiskLow) }, everybody, nil},
	{"restricted", itsm.ChangeAwaiting, func(v *visitor) itsm.Number {
		return v.world.raise("max", ranked(itsm.RiskLow), func(body map[string]any) { body["service"] = "payments" })
	}, plain, []string{"decideChange", "editChange", "commentOnChange", "cancelChange", "retractVote", "delegateChange"}},
	{"restricted stage", itsm.ChangeAwaiting, func(v *visitor) itsm.Number {
		n := v.world.raise("max", ranked(itsm.RiskHigh), func(body map[string]any) { body["service"], body["assessment"] = "payments", weighed() })
		v.must("bob", n, "delegations", map[string]any{"to": deputy})
		return n
	}, []itsm.PersonID{"ana", "ida", "eve", both, guard, deputy, substitute}, []string{"decideChange", "commentOnChange", "holdChange"}},
	{
		"assessing", itsm.ChangeAssessing, func(v *visitor) itsm.Number { return v.raised(itsm.RiskHigh) },
		[]itsm.PersonID{"ana", "eve", "max", "ida", "ada", both, guard},
		nil,
	},
	{
		"first stage", itsm.ChangeAwaiting, (*visitor).voted,
		[]itsm.PersonID{"ana", "bob", "eve", "max", "ida", engineer, guard, deputy, substitute},
		[]string{"decideChange", "retractVote", "delegateChange", "editChange", "holdChange", "withdrawChange", "assessChange", "commentOnChange"},
	},
	{"voted for", itsm.ChangeAwaiting, (*visitor).votedFor, []itsm.PersonID{"ana", "bob", "eve", deputy, substitute}, []string{"decideChange", "retractVote"}},
	{"left role", itsm.ChangeAwaiting, func(v *visitor) itsm.Number { // and so has whom the manager would decide for
		n := v.raised(itsm.RiskLow)
		v.must(leaver, n, "delegations", map[string]any{"to": "max"})
		return n
	}, []itsm.PersonID{"max", leaver}, []string{"decideChange", "retractVote"}},
	{
		"second stage", itsm.ChangeAwaiting, (*visitor).second,
		[]itsm.PersonID{"ana", "bob", "max", engineer, guard, reserve, deputy, substitute},
		[]string{"decideChange", "retractVote", "delegateChange"},
	},
	{
		"third stage", itsm.ChangeAwaiting, (*visitor).third,
		[]itsm.PersonID{"eve", "bob", "max", guard, substitute},
		[]string{"decideChange", "retractVote"},
	},
	{
		"backup joined", itsm.ChangeAwaiting, (*visitor).backed,
		[]itsm.PersonID{"ana", "max", guard, reserve},
		[]string{"decideChange", "retractVote"},
	},
	{
		"edited", itsm.ChangeAwaiting, (*visitor).edited,
		[]itsm.PersonID{"ana", "bob", engineer, deputy, substitute},
		[]string{"decideChange", "retractVote", "delegateChange", "editChange"},
	},
	{
		"on hold", itsm.ChangeAwaiting, (*visitor).held,
		[]itsm.PersonID{"ana", "bob", "max", "ida", engineer, deputy},
		[]string{"decideChange", "retractVote", "delegateChange", "holdChange", "resumeChange", "editChange", "withdrawChange", "reassignChange", "commentOnChange"},
	},
	{"scheduled", itsm.ChangeScheduled, func(v *visitor) itsm.Number { return v.approved() }, plain, nil},
	{
		"assigned", itsm.ChangeScheduled, (*visitor).assigned,
		[]itsm.PersonID{"ana", "max", "ida", "bob", both},
		[]string{"startChange", "reassignChange", "holdChange", "editChange", "completeChange"},
	},
	{"put off", itsm.ChangeScheduled, (*visitor).putOff, []itsm.PersonID{"ana", "max", "ida"}, []string{"startChange", "resumeChange", "holdChange", "withdrawChange"}},
	{"early", itsm.ChangeScheduled, func(v *visitor) itsm.Number { return v.approved(within(time.Hour, 2*time.Hour)) }, plain, []string{"startChange"}},
	{"implementing", itsm.ChangeImplementing, (*visitor).started, plain, nil},
	{"closed", itsm.ChangeClosed, func(v *visitor) itsm.Number {
		n := v.started()
		v.must("ida", n, "complete", map[string]any{"result": "failed", "note": "It did not restart."})
		return n
	}, []itsm.PersonID{"ana", "bob", "max", "ida", "ada"}, nil},
	{"rejected", itsm.ChangeRejected, func(v *visitor) itsm.Number {
		n := v.raised(itsm.RiskLow)
		v.must(both, n, "decisions", map[string]any{"verdict": "reject", "note": "No way back."})
		return n
	}, []itsm.PersonID{"ana", "bob", "max", both}, []string{"decideChange", "retractVote", "delegateChange", "startChange", "cancelChange", "commentOnChange", "resumeChange"}},
	{"cancelled", itsm.ChangeCancelled, func(v *visitor) itsm.Number {
		n := v.raised(itsm.RiskLow)
		v.must(v.asker(), n, "cancel", map[string]any{"note": "Not needed any more."})
		return n
	}, []itsm.PersonID{"ana", "bob", "max", "ida"}, []string{"decideChange", "cancelChange", "withdrawChange", "editChange", "holdChange", "assessChange"}},
	{
		"window over", itsm.ChangeExpired, func(v *visitor) itsm.Number { return v.approved(within(-time.Hour, 3*time.Second)) },
		[]itsm.PersonID{"ana", "bob", "max", "ida", both},
		[]string{"decideChange", "startChange", "cancelChange", "holdChange", "reassignChange"},
	},
	{"expired", itsm.ChangeExpired, nil, []itsm.PersonID{"ana", "bob", "max", "ida"}, []string{"decideChange", "retractVote", "delegateChange", "cancelChange", "linkChange", "startChange"}},
	{"absent", "", nil, []itsm.PersonID{"ana", "bob", "ada", former}, nil},
	{"nonsense", "", nil, []itsm.PersonID{"ana", former}, nil},
}

// plain are all who have a part in a change that one person decides on.
var plain = []itsm.PersonID{"ana", "bob", "eve", "max", "ida", "ada", "root", both, former}

// everybody is of those who can be told apart at all, before anything was decided.
var everybody = slices.Concat(plain, []itsm.PersonID{engineer, guard, reserve, deputy, substitute, gone, nobody})

// within gives a change a window.
func within(from, to time.Duration) func(map[string]any) {
	return func(body map[string]any) {
		body["window"] = map[string]any{
			"start": time.Now().Add(from).UTC().Format(time.RFC3339), "end": time.Now().Add(to).UTC().Format(time.RFC3339),
		}
	}
}

// ranked gives a change a risk of a tier.
func ranked(tier itsm.RiskTier) func(map[string]any) {
	return func(body map[string]any) {
		risk := map[string]int{}
		for dimension, mark := range risky(tier)(nil) {
			for _, d := range itsm.RiskDimensions {
				if dimension == "risk_"+string(d) {
					risk[string(d)], _ = strconv.Atoi(mark)
				}
			}
		}
		body["risk"] = risk
	}
}

func (v *visitor) raised(tier itsm.RiskTier, change ...func(map[string]any)) itsm.Number {
	v.t.Helper()
	return v.world.raise(v.asker(), append([]func(map[string]any){ranked(tier)}, change...)...)
}

// asker raises what is brought to a stage: ana what she and all others look at, and
// else somebody of whom nobody wants anything, or ana would ask too often.
func (v *visitor) asker() itsm.PersonID {
	if v.who == "ana" {
		return v.who
	}
	return other
}

func (v *visitor) must(who itsm.PersonID, n itsm.Number, act string, body any) {
	v.t.Helper()
	a := v.world.call(who, http.MethodPost, "/v1/changes/"+string(n)+"/"+act, body)
	require.Equal(v.t, http.StatusOK, a.Status, a.Body)
}

func (v *visitor) votes(n itsm.Number, ids ...itsm.PersonID) {
	v.t.Helper()
	for _, id := range ids {
		v.must(id, n, "decisions", map[string]any{"verdict": "approve", "note": "Seen by " + string(id) + "."})
	}
}

func (v *visitor) approved(change ...func(map[string]any)) itsm.Number {
	v.t.Helper()
	n := v.raised(itsm.RiskLow, change...)
	v.votes(n, both)
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

func (v *visitor) assigned() itsm.Number {
	v.t.Helper()
	n := v.raised(itsm.RiskLow)
	v.votes(n, "bob")
	v.comes(n, itsm.ChangeScheduled)
	v.must("max", n, "reassign", map[string]any{"assignee": "ida"})
	return n
}

func (v *visitor) putOff() itsm.Number {
	v.t.Helper()
	n := v.approved()
	v.must("max", n, "hold", map[string]any{"note": "The vendor is down."})
	return n
}

// voted has one of the two votes of its first stage, and bob has delegated his.
func (v *visitor) voted() itsm.Number {
	v.t.Helper()
	n := v.raised(itsm.RiskHigh, func(body map[string]any) { body["assessment"] = weighed() })
	v.must("bob", n, "delegations", map[string]any{"to": deputy})
	v.votes(n, engineer)
	return n
}

// votedFor has the deputy's vote for bob.
func (v *visitor) votedFor() itsm.Number {
	v.t.Helper()
	n := v.raised(itsm.RiskHigh, func(body map[string]any) { body["assessment"] = weighed() })
	v.must("bob", n, "delegations", map[string]any{"to": deputy})
	v.votes(n, deputy)
	return n
}

func (v *visitor) held() itsm.Number {
	v.t.Helper()
	n := v.voted()
	v.must(v.asker(), n, "hold", map[string]any{"note": "The vendor is down."})
	return n
}

func (v *visitor) edited() itsm.Number {
	v.t.Helper()
	n := v.voted()
	o := v.api.edit(v.asker(), n, "plan", "Rotate them one by one, while Ida watches.")
	require.Equal(v.t, outcome{State: "awaiting_approval"}, o)
	v.opens(n, 2, 1, engineer)
	return n
}

func (v *visitor) second() itsm.Number {
	v.t.Helper()
	n := v.raised(itsm.RiskHigh, func(body map[string]any) { body["assessment"] = weighed() })
	v.must("bob", n, "decisions", map[string]any{"verdict": "abstain", "note": "Not mine to say."})
	v.votes(n, "eve", engineer)
	v.opens(n, 1, 2, guard)
	return n
}

func (v *visitor) third() itsm.Number {
	v.t.Helper()
	n := v.second()
	v.votes(n, guard)
	v.opens(n, 1, 3, "eve")
	return n
}

func (v *visitor) backed() itsm.Number {
	v.t.Helper()
	n := v.raised(itsm.RiskMedium)
	v.opens(n, 1, 1, reserve)
	return n
}

// opens waits until a stage waits for somebody.
func (v *visitor) opens(n itsm.Number, round, stage int, waits itsm.PersonID) {
	v.t.Helper()
	v.world.eventually(string(n)+" waits for "+string(waits), func() bool {
		c := v.read(n)
		o := c.Approval.Opening
		return o != nil && o.Round == round && o.Stage == stage && slices.Contains(c.Approvers, waits)
	})
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
