package cards

import (
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// ProblemNext says to whoever did something to a problem what that means, as it stands
// now, and what can be done next. It is mrkdwn.
type ProblemNext func(p *itsm.Problem) string

// Then is a ProblemNext that does not depend on the problem; %s is its number.
func Then(text string) ProblemNext {
	return func(p *itsm.Problem) string { return naming(text, p.Number) }
}

// naming puts a record's number where a text has %s.
func naming(text string, n itsm.Number) string { return strings.ReplaceAll(text, "%s", string(n)) }

// CauseRecorded says what a root cause leads to.
func CauseRecorded(p *itsm.Problem) string {
	n := string(p.Number)
	if p.RootCause == nil || !p.RootCause.Known {
		return "It is a draft; `/problem rca " + n + "` goes on with it, and says when it is proven."
	}
	return "`/problem workaround " + n + "` writes what helps for now, `/problem fix " + n + "` raises the change that removes it."
}

// WorkaroundWritten says how a draft comes to people.
func WorkaroundWritten(p *itsm.Problem) string {
	if p.RootCause == nil || !p.RootCause.Known {
		return "It can be published once its root cause is known."
	}
	return "`/problem known-error " + string(p.Number) + "` asks somebody else to publish it."
}

// Decided says what a decision on a known error came to.
func Decided(p *itsm.Problem) string {
	k := p.KnownError
	if k == nil {
		return ""
	}
	switch k.State { //nolint:exhaustive // what a decision leaves
	case itsm.KnownErrorPublished:
		return "Its known error is published; `/problem communicate " + string(p.Number) + "` tells its open incidents."
	case itsm.KnownErrorProposed:
		return "Others decide on it still."
	}
	return "It is a draft again, and whoever wrote it reads why."
}

// TaskKept says how the tasks stand.
func TaskKept(p *itsm.Problem) string {
	if open := p.Tasks.Open(); open > 0 {
		return "`/problem task " + string(p.Number) + " done 1 what came of it` ends the first; whose a task is is told."
	}
	return "None of its tasks is open."
}

// ProblemRelated says what is on record of other records.
func ProblemRelated(p *itsm.Problem) string { return lastRelated(p.Relations) }

// lastRelated says the relation that came last.
func lastRelated(all []itsm.Relation) string {
	if len(all) == 0 {
		return ""
	}
	last := all[len(all)-1]
	return "On record: " + last.Kind.Words() + " " + string(last.To) + "."
}
