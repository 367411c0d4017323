package main

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// staged is a policy that can be walked in seconds: low is decided by any one; high
// is assessed, and passes two of three engineers, a veto with a backup, and the owner.
func staged(c *itsm.Catalog) {
	for _, more := range [][2]string{{"joe", "Joe Marek"}, {"kim", "Kim Nakamura"}, {"liv", "Liv Haddad"}} {
		id := itsm.PersonID(more[0])
		c.People = append(c.People, itsm.Person{
			ID: id, Name: more[1], Slack: slackID(id), Email: string(id) + "@example.com", Zone: "UTC", Roles: []itsm.Role{itsm.Approver},
		})
	}
	within := func(seconds int) *itsm.Duration { return new(itsm.Duration(time.Duration(seconds) * time.Second)) }
	one := itsm.Stage{Name: "Peers", ExpireAfter: *within(3600), RemindAfter: within(0), Factors: []itsm.Factor{
		{Name: "Approvers", Who: itsm.Group{Role: itsm.Approver}, Need: itsm.Need{Count: 1}},
	}}
	c.Change = itsm.ChangePolicy{Tiers: []itsm.Tier{
		{Risk: itsm.RiskLow, Stages: []itsm.Stage{one}},
		{Risk: itsm.RiskMedium, Stages: []itsm.Stage{{
			Name: "Peers", ExpireAfter: *within(3600), RemindAfter: within(0), BackupAfter: within(0), Factors: []itsm.Factor{
				{Name: "Approvers", Who: itsm.Group{People: []itsm.PersonID{"bob", "eve"}}, Need: itsm.Need{All: true}},
			},
		}}},
		{Risk: itsm.RiskHigh, Assessment: true, Stages: []itsm.Stage{
			{Name: "Technical", ExpireAfter: *within(3600), RemindAfter: within(0), Factors: []itsm.Factor{{
				Name: "Engineers", Who: itsm.Group{People: []itsm.PersonID{"bob", "eve", "joe"}}, Need: itsm.Need{Count: 2}, Reject: itsm.Quorum,
			}}},
			{Name: "Security", ExpireAfter: *within(3600), RemindAfter: within(1), BackupAfter: within(2), Factors: []itsm.Factor{{
				Name: "Security", Who: itsm.Group{People: []itsm.PersonID{"kim"}}, Need: itsm.Need{All: true}, Reject: itsm.Veto,
				Backup: itsm.Group{People: []itsm.PersonID{"liv"}},
			}}},
			{Name: "Owner", ExpireAfter: *within(15), RemindAfter: within(0), Factors: []itsm.Factor{
				{Name: "Owner", Who: itsm.Group{Owner: true}, Need: itsm.Need{Count: 1}},
			}},
		}},
	}}
}

// risky is a draft of a tier.
func risky(tier itsm.RiskTier) func(*world) map[string]string {
	return func(*world) map[string]string {
		d := maps.Clone(goodDraft)
		for _, dimension := range itsm.RiskDimensions {
			d["risk_"+string(dimension)] = map[itsm.RiskTier]string{itsm.RiskLow: "1", itsm.RiskMedium: "3", itsm.RiskHigh: "5"}[tier]
		}
		return d
	}
}

// riskyWindow is a high risk whose window is over in a few seconds.
func riskyWindow(w *world) map[string]string {
	d := risky(itsm.RiskHigh)(w)
	for _, at := range []string{"window_start", "window_end"} {
		d[at] = windowDraft(w)[at]
	}
	return d
}

func weighed() itsm.Assessment {
	a := itsm.Assessment{Risk: "It may take longer.", Benefit: "Checkout stays fast.", Feasibility: "Done before.", Cost: "One evening."}
	for _, s := range a.Effects.Sections() {
		*s.Effect = itsm.Effect{NotApplicable: "It touches nothing but the certificates."}
	}
	a.Effects.Services = itsm.Effect{Text: "A minute of downtime at night."}
	return a
}

// stage waits until a stage of an approval waits for somebody.
func (w *world) stage(n itsm.Number, round, stage int, waits itsm.PersonID) {
	w.t.Helper()
	w.eventually(string(n)+" waits for "+string(waits), func() bool {
		c, err := w.owner.Change(w.t.Context(), n)
		require.NoError(w.t, err)
		e := c.Explain()
		if e.Approval == nil || e.Approval.Round != round || e.Approval.Stage != stage {
			return false
		}
		return slices.Contains(c.Approvers, waits)
	})
}

// approvals are the ways that an approval can go, each by what people do on it.
var approvals = []struct {
	name  string
	draft func(*world) map[string]string
	first string // the state that the raise answers with
	walk  func(*world, door, itsm.Number)
	end   itsm.ChangeState
}{
	{"three-stages", risky(itsm.RiskHigh), "awaiting_assessment", func(w *world, d door, n itsm.Number) {
		w.does("awaiting_assessment", d.assess("ida", n, weighed()))
		w.stage(n, 1, 1, "bob")
		w.does("awaiting_approval", d.delegate("bob", n, "kim"))
		w.does("awaiting_approval", d.decide("kim", n, itsm.Approve, "For Bob, who flies.")) // eve for bob, as it were
		w.does("awaiting_approval", d.decide("joe", n, itsm.Approve, ""))
		w.stage(n, 1, 2, "kim")
		w.does("", d.ask("kim", n, "Who watches it?"))
		w.does("awaiting_approval", d.edit("ana", n, "plan", "Rotate them one by one, while Ida watches."))
		w.stage(n, 2, 1, "joe")
		w.does("awaiting_approval", d.decide("eve", n, itsm.Abstain, ""))
		w.does("awaiting_approval", d.decide("joe", n, itsm.Approve, ""))
		w.does("awaiting_approval", d.retract("joe", n))
		w.does("awaiting_approval", d.decide("joe", n, itsm.Approve, "Seen."))
		w.does("awaiting_approval", d.decide("bob", n, itsm.Approve, "Landed."))
		w.stage(n, 2, 2, "liv") // Kim is silent: the backup joins
		w.does("awaiting_approval", d.decide("liv", n, itsm.Approve, ""))
		w.stage(n, 2, 3, "eve")
		w.does("approved", d.decide("eve", n, itsm.Approve, ""))
		w.reaches(n, itsm.ChangeScheduled)
		w.does("implementing", d.start("ida", n))
		w.does("closed", d.complete("ida", n, itsm.Successful, "All green."))
	}, itsm.ChangeClosed},
	{"vetoed", risky(itsm.RiskHigh), "awaiting_assessment", func(w *world, d door, n itsm.Number) {
		w.does("awaiting_assessment", d.assess("ana", n, weighed()))
		w.stage(n, 1, 1, "bob")
		w.does("awaiting_approval", d.decide("eve", n, itsm.Reject, "Not on a Friday.")) // two of three can still be reached
		w.does("awaiting_approval", d.decide("bob", n, itsm.Approve, ""))
		w.does("awaiting_approval", d.decide("joe", n, itsm.Approve, ""))
		w.stage(n, 1, 2, "kim")
		w.does("rejected", d.decide("kim", n, itsm.Reject, "The keys are not ours."))
	}, itsm.ChangeRejected},
	{"stage-expired", risky(itsm.RiskHigh), "awaiting_assessment", func(w *world, d door, n itsm.Number) {
		w.does("awaiting_assessment", d.assess("ana", n, weighed()))
		w.stage(n, 1, 1, "bob")
		w.does("awaiting_approval", d.decide("bob", n, itsm.Approve, ""))
		w.does("awaiting_approval", d.decide("joe", n, itsm.Approve, ""))
		w.stage(n, 1, 2, "kim")
		w.does("awaiting_approval", d.decide("kim", n, itsm.Approve, ""))
	}, itsm.ChangeExpired},
	{"edited-scheduled", risky(itsm.RiskLow), "awaiting_approval", func(w *world, d door, n itsm.Number) {
		w.does("awaiting_approval", d.hold("ana", n, "The vendor is down."))
		w.does("awaiting_approval", d.resume("max", n))
		w.eventually("its deadlines are moved", func() bool { return w.knows(n).Approval.StoppedAt == nil })
		w.does("approved", d.decide("bob", n, itsm.Approve, ""))
		w.reaches(n, itsm.ChangeScheduled)
		w.does("scheduled", d.reassign("max", n, "ida"))
		w.does("scheduled", d.link("ana", n, "https://tracker.example.com/PAY-7"))
		w.does("awaiting_approval", d.edit("ana", n, "plan", "Rotate them all at once."))
		w.stage(n, 2, 1, "bob")
		w.does("approved", d.decide("eve", n, itsm.Approve, ""))
		w.reaches(n, itsm.ChangeScheduled)
		w.does("implementing", d.start("ida", n))
		w.does("", d.comment("ida", n, "Halfway."))
		w.does("closed", d.complete("ida", n, itsm.Successful, ""))
	}, itsm.ChangeClosed},
	{"withdrawn", risky(itsm.RiskMedium), "awaiting_approval", func(w *world, d door, n itsm.Number) {
		w.does("awaiting_approval", d.decide("bob", n, itsm.Approve, ""))
		w.does("cancelled", d.withdraw("ana", n))
	}, itsm.ChangeCancelled},
	{"cancelled-assessing", risky(itsm.RiskHigh), "awaiting_assessment", func(w *world, d door, n itsm.Number) {
		w.does("cancelled", d.cancel("max", n, "The freeze begins."))
	}, itsm.ChangeCancelled},
	{"window-ended-assessing", riskyWindow, "awaiting_assessment", func(*world, door, itsm.Number) {}, itsm.ChangeExpired},
}

func (w *world) knows(n itsm.Number) itsm.Change {
	w.t.Helper()
	c, err := w.owner.Change(w.t.Context(), n)
	require.NoError(w.t, err)
	return c
}

// TestEveryApprovalThroughBothDoors walks approvals every way they can go, through
// the API and through Slack, and then holds what Postgres, the audit, Slack and
// Temporal say of each against one another.
func TestEveryApprovalThroughBothDoors(t *testing.T) {
	w := newWorld(t, staged)
	doors := w.doors()
	for _, name := range slices.Sorted(maps.Keys(doors)) {
		d := doors[name]
		for _, walk := range approvals {
			n, o := d.raise("ana", walk.draft(w))
			require.Equal(t, outcome{State: walk.first}, o, name+" "+walk.name)
			walk.walk(w, d, n)
			w.reaches(n, walk.end)
			history := w.agree(n)
			if *record && name == "api" {
				keep(t, "change-"+walk.name, history)
			}
		}
	}
	w.chainHolds()
}
