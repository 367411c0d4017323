package form

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// corrected is a corrective action of which all is known that its forms show.
func corrected() *itsm.CorrectiveAction {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	c := &itsm.CorrectiveAction{Number: "CAR-42", CorrectiveText: itsm.CorrectiveText{Title: "Backups <are> not tried", Nonconformity: "No restore", Service: "payments"}}
	c.Severity, c.Owner = itsm.SeverityMajor, "pat"
	c.RootCause = investigated().RootCause
	c.Plan = &itsm.CorrectivePlan{Version: 3, Measure: "Two *in* a row", Similar: "The <others>", VerifyAfter: &at, Steps: []itsm.PlanStep{
		{Title: "Try a restore & see", Owner: "rio", DueAt: at.Add(time.Hour)}, {Title: "Say so", Owner: "pat", DueAt: at.Add(2 * time.Hour)},
	}}
	return c
}

// inSlack are the Slack ids of people.
func inSlack(id itsm.PersonID) string { return "U0" + strings.ToUpper(string(id)) }

// TestFormsOfCorrectiveActionsComeBackAsTheyWere: whoever changes nothing changes nothing.
func TestFormsOfCorrectiveActionsComeBackAsTheyWere(t *testing.T) {
	c := corrected()
	f := fill(t, Plan(c, inSlack), nil)
	require.Equal(t, itsm.PlanRequest{Against: 3, Measure: c.Plan.Measure, Similar: c.Plan.Similar, VerifyAfter: c.Plan.VerifyAfter}, f.Plan(kept(t, f), c.Plan))
	require.Equal(t, []PlanSlot{{0, itsm.PlanStep{Title: "Try a restore & see", DueAt: c.Plan.Steps[0].DueAt}, "U0RIO"}, {1, itsm.PlanStep{Title: "Say so", DueAt: c.Plan.Steps[1].DueAt}, "U0PAT"}}, f.PlanSlots())
	cause := fill(t, RootCause(CorrectiveCause(c), ""), nil)
	require.Equal(t, CorrectiveCauseForm, cause.Callback)
	require.True(t, kept(t, cause).SawCause(c.RootCause))
	require.Equal(t, c.RootCause.Contributing, cause.RootCause(c.RootCause).Contributing)

	d := itsm.CorrectiveDraft{Severity: itsm.SeverityCritical, CorrectiveText: itsm.CorrectiveText{Title: "T", Nonconformity: "N", Correction: "C", Service: "web", RaisedBy: itsm.RaisedByReview, Source: "PRB-7"}}
	require.Equal(t, d, fill(t, Corrective(NewCorrective{Services: services, Draft: d}), nil).Corrective())
}

// TestAStepWithoutATitleIsNone: the slots that are left keep their places, so that what is
// wrong with one stands beside it.
func TestAStepWithoutATitleIsNone(t *testing.T) {
	f := fill(t, Plan(corrected(), inSlack), map[string]string{"steps_0_title": " ", "steps_3_title": "Another"})
	slots := f.PlanSlots()
	require.Len(t, slots, 2)
	require.Equal(t, []any{1, "Say so", 3, "Another", ""}, []any{slots[0].N, slots[0].Step.Title, slots[1].N, slots[1].Step.Title, slots[1].Who})
	require.True(t, slots[1].Step.DueAt.IsZero())
}

// TestFormsOfCorrectiveActionsAreLegalAtTheirLongest: what does not fit is left out, and
// kept.
func TestFormsOfCorrectiveActionsAreLegalAtTheirLongest(t *testing.T) {
	c := corrected()
	long, title := strings.Repeat("&", itsm.MaxText), strings.Repeat("t", itsm.MaxTitle)
	at := c.Plan.Steps[0].DueAt
	c.Title, c.Plan.Steps = title, nil
	for range mostSlots {
		c.Plan.Steps = append(c.Plan.Steps, itsm.PlanStep{Title: title, Owner: "rio", DueAt: at})
	}
	c.Plan.Measure, c.Plan.Similar = long[:maxTyping], long[:maxTyping]
	f := fill(t, Plan(c, inSlack), nil)
	require.Len(t, f.PlanSlots(), mostSlots)
	require.Equal(t, c.Plan.Measure, f.Plan(kept(t, f), c.Plan).Measure)
	c.Plan.Steps = append(c.Plan.Steps, c.Plan.Steps[0])
	c.Plan.Measure, c.Plan.Similar = long, long
	f = fill(t, Plan(c, inSlack), nil)
	require.Empty(t, f.PlanSlots())
	r := f.Plan(kept(t, f), c.Plan)
	require.Equal(t, c.Plan.Steps, r.Steps)
	require.Equal(t, []string{long, long}, []string{r.Measure, r.Similar})
	d := itsm.CorrectiveDraft{CorrectiveText: itsm.CorrectiveText{Title: strings.Repeat("t", 500), Nonconformity: strings.Repeat("&", 9000), Correction: strings.Repeat("&", 9000)}}
	judged(t, Plan(&itsm.CorrectiveAction{Number: "CAR-1"}, inSlack))
	judged(t, Corrective(NewCorrective{Services: services, Draft: d}))
}
