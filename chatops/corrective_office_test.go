package chatops

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// qualityOffice is an office in which qia and quin answer for corrective actions; pat owns
// them and rio does steps of them, and ana raises them.
func qualityOffice(t testing.TB) *office {
	t.Helper()
	o := dutyOffice(t, func(c *slackfake.Config) {
		for _, id := range []string{"U0QIA", "U0QUIN"} {
			c.Users = append(c.Users, slackfake.User{ID: id, Name: id})
			c.Channels[0].Members = append(c.Channels[0].Members, id)
		}
	})
	c := &o.desk.catalog
	c.People = append(c.People,
		itsm.Person{ID: "qia", Name: "Qia & Co", Slack: "U0QIA", Roles: []itsm.Role{itsm.QualityManager}},
		itsm.Person{ID: "quin", Name: "Quin <Q>", Slack: "U0QUIN", Roles: []itsm.Role{itsm.QualityManager}},
	)
	return o
}

// car types a command about corrective actions, and returns what was said, in a form or
// aside.
func (o *office) car(user, text string) string {
	o.t.Helper()
	if said := o.typed(user, "/corrective", text); said != "" {
		return said
	}
	return o.top(user).Text()
}

// fills submits the form that somebody sees, closes what comes of it, and returns that.
func (o *office) fills(user string, given map[string]string) string {
	o.t.Helper()
	a := o.submit(user, given)
	require.Equal(o.t, "update", a.Action, a.Errors)
	o.clock.pass(time.Second)
	return o.closed(user)
}

// qualityStage is how far strayed takes a corrective action.
type qualityStage int

const (
	carRaised qualityStage = iota
	carAcknowledged
	carCaused
	carProposed
	carPlanned
	carStepped
	carImplemented
	carShows
)

// aDraft is how ana fills in the form for a corrective action.
var aDraft = map[string]string{
	"title": "Backups <are> not tried", "service": "payments", "nonconformity": "No *restore* for a year", "correction": "One was tried", "severity": "major", "owner": "U0PAT", "source": "inc-1",
}

// aPlan is how pat fills in the form for a plan: two steps, rio's and his own.
func (o *office) aPlan() map[string]string {
	due := func(d time.Duration) string { return strconv.FormatInt(o.clock.now().Add(d).Unix(), 10) }
	return map[string]string{
		"steps_0_title": "Try a <restore> each quarter", "steps_0_owner": "U0RIO", "steps_0_due_at": due(48 * time.Hour),
		"steps_1_title": "Say so in the handbook", "steps_1_due_at": due(72 * time.Hour),
		"measure": "Two *restores* in a row work", "similar": "The other <services>, too",
	}
}

// strayed is an office whose CAR-1 has come so far.
func strayed(t testing.TB, far qualityStage) *office {
	t.Helper()
	o := qualityOffice(t)
	o.raised()
	o.outage()
	o.car("U0ANA", "raise")
	o.fills("U0ANA", aDraft)
	steps := []func(){
		func() { o.car("U0PAT", "acknowledge 1") },
		func() { o.car("U0PAT", "rca 1"); o.fills("U0PAT", aCause) },
		func() { o.car("U0PAT", "plan 1"); o.fills("U0PAT", o.aPlan()) },
		func() { o.car("U0QIA", "approve 1") },
		func() {
			o.car("U0RIO", "step 1 done 1 it works, see https://graphs.example/1")
			o.car("U0PAT", "step 1 dropped 2 it is there")
		},
		func() { o.car("U0PAT", "implement 1") },
		func() { o.desk.correctiveShows() },
	}
	for _, step := range steps[:far] {
		step()
		o.clock.pass(time.Second)
	}
	want := []itsm.CorrectiveState{
		itsm.CorrectiveRaised, itsm.CorrectiveAcknowledged, itsm.CorrectiveCauseKnown, itsm.CorrectivePlanProposed,
		itsm.CorrectivePlanned, itsm.CorrectivePlanned, itsm.CorrectiveImplemented, itsm.CorrectiveImplemented,
	}[far]
	require.Equal(t, want, o.desk.corrective["CAR-1"].State, "%s", o.lastWords("U0PAT"))
	return o
}

// correctiveTold is the last notice of a kind about CAR-1 to somebody, or to a channel.
func (o *office) correctiveTold(kind itsm.NoticeKind, to string) itsm.Notice {
	o.t.Helper()
	all := itsm.CorrectiveNotices(o.desk.correctiveBook(*o.desk.corrective["CAR-1"]))
	for _, one := range slices.Backward(all) {
		if one.Kind == kind && (string(one.To) == to || one.To == "" && one.Channel == to) {
			return one
		}
	}
	require.Fail(o.t, "there is no such notice", "%s to %s", kind, to)
	return itsm.Notice{}
}

// correctiveSent posts that notice, as the process's teller would.
func (o *office) correctiveSent(kind itsm.NoticeKind, to string) slackfake.Message {
	o.t.Helper()
	at, err := o.messenger.Post(context.Background(), o.correctiveTold(kind, to))
	require.NoError(o.t, err)
	return o.at(at.Channel, at.TS)
}
