package chatops

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// correctiveFilling is a verb of corrective actions whose form somebody fills in.
type correctiveFilling struct {
	verb, label, typed, user string
	far                      qualityStage
	given                    map[string]string
	want                     string
	check                    func(*itsm.CorrectiveAction) bool
}

var correctiveFillings = []correctiveFilling{
	{"assign", "Assign…", "", "U0PAT", carRaised, map[string]string{"assignee": "U0RIO", "note": "You <know> it"}, "You handed on CAR-1", func(c *itsm.CorrectiveAction) bool { return c.Owner == "rio" }},
	{"assign", "Assign…", "", "U0QIA", carRaised, map[string]string{"team": "dba"}, "You handed on CAR-1", func(c *itsm.CorrectiveAction) bool { return c.Owner == "pat" && c.Team == "dba" }},
	{"comment", "Comment…", "", "U0ANA", carRaised, map[string]string{"text": "Hm"}, "You commented on CAR-1", nil},
	{"withdraw", "Withdraw…", "", "U0ANA", carRaised, map[string]string{"note": "Mine"}, "You withdrew CAR-1", nil},
	{"link", "Link…", "", "U0PAT", carRaised, map[string]string{"kind": "acts_on", "to": "chg-1"}, "On record: acts on CHG-1.", nil},
	{"link", "Link…", "CHG-1", "U0PAT", carRaised, map[string]string{"kind": "related_to"}, "On record: related to CHG-1.", nil},
	{"rca", "Root cause…", "The &lt;pool&gt;", "U0PAT", carAcknowledged, map[string]string{"method": "ishikawa"}, "It is a draft; `/corrective rca CAR-1` goes on with it", func(c *itsm.CorrectiveAction) bool {
		return c.RootCause.Cause.Text == "The <pool>" && !c.RootCause.Known
	}},
	{"rca", "Root cause…", "", "U0PAT", carAcknowledged, aCause, "it is now cause known", func(c *itsm.CorrectiveAction) bool { return c.RootCause.Known }},
	{"reject", "Reject…", "", "U0QIA", carProposed, map[string]string{"note": "No"}, "You rejected the plan of CAR-1", nil},
	{"step", "Step done…", "done 1 it works", "U0RIO", carPlanned, map[string]string{"evidence": "seen"}, "You did a step of CAR-1", func(c *itsm.CorrectiveAction) bool {
		return c.Steps[0].Result == "it works" && c.Steps[0].Evidence[0].Note == "seen"
	}},
	{"step", "Step done…", "", "U0PAT", carPlanned, map[string]string{"id": "2", "result": "It is there", "evidence": "CHG-1"}, "You did a step of CAR-1", func(c *itsm.CorrectiveAction) bool { return c.Steps[1].State == itsm.TaskDone }},
	{"drop", "Drop a step…", "", "U0QIA", carPlanned, map[string]string{"id": "1", "result": "It is there"}, "You dropped a step of CAR-1", func(c *itsm.CorrectiveAction) bool { return c.Steps[0].State == itsm.TaskDropped }},
	{"verify", "Verify…", "", "U0QUIN", carShows, map[string]string{"result": "not_effective", "note": "It came back", "evidence": "INC-1 again"}, "it is now not effective", func(c *itsm.CorrectiveAction) bool { return c.Ineffective == 1 }},
	{"verify", "Verify…", "effective it holds", "U0QIA", carShows, map[string]string{"evidence": "CHG-1"}, "it is now closed", func(c *itsm.CorrectiveAction) bool { return c.Verification.Note == "it holds" }},
}

func (o *office) fillsInCorrective(f correctiveFilling) {
	o.t.Helper()
	acts := o.desk.acts
	require.Contains(o.t, o.fills(f.user, f.given), f.want)
	require.Equal(o.t, acts+1, o.desk.acts)
	if f.check != nil {
		require.True(o.t, f.check(o.desk.corrective["CAR-1"]), f.verb)
	}
	require.Zero(o.t, o.desk.unanswered())
}

// TestWhatACorrectiveCommandLeavesOutIsAskedFor: the form holds what was typed already.
func TestWhatACorrectiveCommandLeavesOutIsAskedFor(t *testing.T) {
	for _, f := range correctiveFillings {
		t.Run(f.verb+" "+f.typed, func(t *testing.T) {
			o := strayed(t, f.far)
			o.car(f.user, f.verb+" CAR-1 "+f.typed)
			require.Contains(t, o.top(f.user).Text(), "Backups <are> not tried")
			o.fillsInCorrective(f)
		})
	}
}

// TestEveryVerbOfCorrectiveActionsHasAButton: what can be typed can be pressed, at the
// latest among the details.
func TestEveryVerbOfCorrectiveActionsHasAButton(t *testing.T) {
	for _, f := range correctiveFillings {
		if f.typed != "" {
			continue
		}
		t.Run(f.verb, func(t *testing.T) {
			o := strayed(t, f.far)
			o.car(f.user, "show 1")
			o.pressAbout(f.user, "CAR-1", f.label)
			o.fillsInCorrective(f)
		})
	}
	o := strayed(t, carProposed)
	o.car("U0QUIN", "show 1")
	o.pressAbout("U0QUIN", "CAR-1", "Abstain")
	require.Contains(t, o.whispered("U0QUIN"), "Others decide on it still.")
	o.car("U0QIA", "show 1")
	o.pressAbout("U0QIA", "CAR-1", "Approve")
	require.Equal(t, itsm.CorrectivePlanned, o.desk.corrective["CAR-1"].State)
}

// TestFaultsOfCorrectiveActionsStandBesideTheirFields: those of a step beside the slot that
// it was filled in, whichever slots were left out before it.
func TestFaultsOfCorrectiveActionsStandBesideTheirFields(t *testing.T) {
	past := "1000000000"
	for _, tt := range []struct {
		verb, user string
		far        qualityStage
		given      map[string]string
		want       map[string]string
	}{
		{"plan", "U0PAT", carCaused, map[string]string{"steps_0_title": "One", "measure": "x", "similar": "y"}, map[string]string{"steps_0_due_at": "is needed"}},
		{"plan", "U0PAT", carCaused, map[string]string{"steps_0_title": " ", "steps_2_title": "One", "steps_2_due_at": past, "measure": "x", "similar": "y"}, map[string]string{"steps_2_due_at": "must be later than now"}},
		{"plan", "U0PAT", carCaused, map[string]string{"steps_0_title": "One", "steps_0_due_at": later, "steps_1_title": "Two", "steps_1_due_at": later, "steps_1_owner": "U0NEW", "measure": "x", "similar": "y"}, map[string]string{"steps_1_owner": "nobody in the catalog"}},
		{"plan", "U0PAT", carCaused, map[string]string{"steps_0_title": " ", "measure": "x", "similar": "y"}, map[string]string{"note": "steps is needed"}},
		{"plan", "U0PAT", carCaused, map[string]string{"steps_0_title": "One", "steps_0_due_at": later, "measure": " ", "similar": " "}, map[string]string{"measure": "needed", "similar": "needed"}},
		{"plan", "U0PAT", carCaused, map[string]string{"steps_0_title": "One", "steps_0_due_at": later, "measure": "x", "similar": "y", "verify_after": past}, map[string]string{"verify_after": "must be later than now"}},
		{"step", "U0RIO", carPlanned, map[string]string{"id": "1", "result": " ", "evidence": "x"}, map[string]string{"result": "needed"}},
		{"step", "U0RIO", carPlanned, map[string]string{"id": "1", "result": "x", "evidence": "INC-99"}, map[string]string{"evidence": "names no record that you can see"}},
		{"drop", "U0RIO", carPlanned, map[string]string{"id": "1", "result": " "}, map[string]string{"result": "why it is dropped"}},
		{"verify", "U0QIA", carShows, map[string]string{"result": "effective", "note": "x", "evidence": "seen\nINC-99"}, map[string]string{"evidence": "names no record that you can see"}},
		{"rca", "U0PAT", carAcknowledged, map[string]string{"method": "five_whys", "cause": "x", "known": "known"}, map[string]string{"cause_evidence": "is needed: one record"}},
		{"withdraw", "U0QIA", carRaised, map[string]string{"note": " "}, map[string]string{"note": "needed"}},
		{"link", "U0PAT", carRaised, map[string]string{"kind": "acts_on", "to": "CAR-1"}, map[string]string{"to": "is the corrective action itself"}},
	} {
		o := strayed(t, tt.far)
		o.car(tt.user, tt.verb+" 1")
		a := o.submit(tt.user, tt.given)
		require.Equal(t, "errors", a.Action, "%s %v", tt.verb, tt.given)
		for field, text := range tt.want {
			require.Contains(t, a.Errors[field], text, "%s: %v", tt.verb, a.Errors)
		}
		require.NotEmpty(t, o.Views(tt.user), "what they wrote stays")
	}
}

// TestWhoPlansAtTheSameTimeLosesNothing: nobody takes back unseen what another wrote, of a
// plan or of a cause.
func TestWhoPlansAtTheSameTimeLosesNothing(t *testing.T) {
	o := strayed(t, carAcknowledged)
	o.car("U0QIA", "rca 1")
	o.car("U0PAT", "rca 1")
	o.fills("U0PAT", aCause)
	a := o.submit("U0QIA", map[string]string{"method": "ishikawa", "cause": "Another", "known": "draft"})
	require.Contains(t, a.Errors["cause"], "Somebody wrote that of CAR-1 anew after you opened this form")
	o.closed("U0QIA")
	o.car("U0QIA", "plan 1")
	o.car("U0PAT", "plan 1")
	o.fills("U0PAT", o.aPlan())
	a = o.submit("U0QIA", o.aPlan())
	require.Contains(t, a.Errors["note"], "The plan of CAR-1 is at version 1, and you wrote against version 0. Read it again.")
	require.NotEmpty(t, o.Views("U0QIA"), "what they wrote stays")
	require.Equal(t, itsm.PersonID("pat"), o.desk.corrective["CAR-1"].Plan.By)
}

// TestAPlanThatSlackCannotEditStaysAsItIs: texts longer than a form takes, and more steps
// than it has room for.
func TestAPlanThatSlackCannotEditStaysAsItIs(t *testing.T) {
	o := strayed(t, carProposed)
	c := o.desk.corrective["CAR-1"]
	long, p := strings.Repeat("x", itsm.MaxText), *c.Plan
	p.Measure, p.Similar, p.Steps = long, long, nil
	for range 30 {
		p.Steps = append(p.Steps, itsm.PlanStep{Title: "Step", Owner: "rio", DueAt: o.clock.now().Add(time.Hour)})
	}
	c.Plan = &p
	o.car("U0PAT", "plan 1")
	for _, want := range []string{"*Its 30 steps* are more than Slack can edit.", "*Measure* is longer", "*Elsewhere* is longer"} {
		require.Contains(t, o.top("U0PAT").Text(), want)
	}
	require.Contains(t, o.fills("U0PAT", map[string]string{"note": "Again"}), "You proposed the plan of CAR-1")
	require.Equal(t, []any{30, long, long, 2}, []any{len(c.Plan.Steps), c.Plan.Measure, c.Plan.Similar, c.Plan.Version})
}

func TestACorrectiveActionIsRaisedOnce(t *testing.T) {
	o := qualityOffice(t)
	o.car("U0ANA", "raise Backups are not tried")
	require.Equal(t, "Backups are not tried", o.initiallyFor("U0ANA", "title"))
	o.Tamper(slackfake.Tamper{Twice: true})
	o.fills("U0ANA", map[string]string{"service": "payments", "nonconformity": "x", "owner": "U0PAT"})
	require.Len(t, o.desk.corrective, 1)
	o.car("U0PAT", "ack 1")
	o.car("U0PAT", "rca 1")
	o.fills("U0PAT", aCauseSeen)
	o.car("U0PAT", "plan 1")
	acts := o.desk.acts
	o.Tamper(slackfake.Tamper{Twice: true})
	o.fills("U0PAT", o.aPlan())
	require.Equal(t, []any{acts + 1, 1}, []any{o.desk.acts, o.desk.corrective["CAR-1"].Plan.Version})
	o.car("U0PAT", "plan 1")
	o.desk.set(string(itsm.ActPlan), down, false)
	o.submit("U0PAT", map[string]string{"measure": "Three in a row"})
	require.Contains(t, o.closed("U0PAT"), "No answer yet")
	o.desk.set(string(itsm.ActPlan), nil, false)
	require.Equal(t, 1, o.relayed())
	require.Equal(t, []any{"Three in a row", 2}, []any{o.desk.corrective["CAR-1"].Plan.Measure, o.desk.corrective["CAR-1"].Plan.Version})
	require.Zero(t, o.desk.unanswered())
}

// aCauseSeen is a cause that rests on what was seen alone.
var aCauseSeen = map[string]string{"method": "five_whys", "cause": "Nobody was told to", "cause_evidence": "The handbook", "known": "known"}

func TestNobodyIsAskedAboutCorrectiveActionsForNothing(t *testing.T) {
	o := strayed(t, carPlanned)
	for text, want := range map[string]string{
		"rca 1": "is worked on by pat", "plan 1": "is worked on by pat", "assign 1": "is worked on by pat", "step 1": "is for rio to do", "drop 1": "is for rio to do",
		"reject 1": "was already approved by qia", "withdraw 1": "is withdrawn by a quality manager", "verify 1": "That needs one of these roles",
	} {
		before := len(o.desk.refused)
		require.Contains(t, o.typed("U0EVE", "/corrective", text), want, text)
		require.Empty(t, o.Views("U0EVE"), text)
		require.Len(t, o.desk.refused, before+1, "it is on record: %s", text)
	}
	o.desk.catalog.People[0].Roles = []itsm.Role{itsm.Auditor}
	require.Contains(t, o.typed("U0ANA", "/corrective", "raise"), "That needs one of these roles")
	require.Empty(t, o.Views("U0ANA"))
}
