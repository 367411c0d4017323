package cards

import (
	"github.com/steward-itsm/steward/itsm"
)

// CorrectiveNext says to whoever did something to a corrective action what that means, as
// it stands now, and what can be done next. It is mrkdwn.
type CorrectiveNext func(c *itsm.CorrectiveAction) string

// CorrectiveThen is a CorrectiveNext that does not depend on the record; %s is its number.
func CorrectiveThen(text string) CorrectiveNext {
	return func(c *itsm.CorrectiveAction) string { return naming(text, c.Number) }
}

// CorrectiveCauseRecorded says what a root cause leads to.
func CorrectiveCauseRecorded(c *itsm.CorrectiveAction) string {
	if c.RootCause == nil || !c.RootCause.Known {
		return naming("It is a draft; `/corrective rca %s` goes on with it, and says when it is proven.", c.Number)
	}
	return naming("`/corrective plan %s` writes what takes it away.", c.Number)
}

// PlanDecided says what a decision on a plan came to.
func PlanDecided(c *itsm.CorrectiveAction) string {
	switch c.State { //nolint:exhaustive // what a decision leaves
	case itsm.CorrectivePlanned:
		return "Whoever has a step of it is told."
	case itsm.CorrectivePlanProposed:
		return "Others decide on it still."
	}
	return "Whoever wrote it reads why, and writes another."
}

// StepKept says how the steps stand.
func StepKept(c *itsm.CorrectiveAction) string {
	if c.Steps.Open() > 0 {
		return "Whoever owns it is told."
	}
	return naming("None of its steps is open; `/corrective implement %s` says that it is implemented.", c.Number)
}

// CorrectiveRelated says what is on record of other records.
func CorrectiveRelated(c *itsm.CorrectiveAction) string { return lastRelated(c.Relations) }
