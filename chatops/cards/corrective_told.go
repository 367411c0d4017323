package cards

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// correctiveTold is what happened to a corrective action, a line each, oldest first. When
// its deadlines were reckoned is for the record alone.
func correctiveTold(n itsm.Notice, timeline []itsm.Event) (lines []string) {
	return toldOf(n, timeline, itsm.EventCorrectiveDeadlines, correctiveEvent)
}

// correctiveEvent says one event without who did it. What it lacks of its detail, its name
// has to do for.
func correctiveEvent(n itsm.Notice, e itsm.Event) string {
	d := detailOf(e)
	switch e.Kind { //nolint:exhaustive // those whose name says too little
	case itsm.EventCorrectiveLogged:
		says := fmt.Sprintf("logged as %s; %s owns it", Words(d.Severity), Name(n.People, d.Assignee))
		if d.Source != "" {
			says += ", raised from " + string(d.Source)
		}
		return says
	case itsm.EventCorrectiveAssigned:
		return handedTo(n, d)
	case itsm.EventCorrectiveEscalated, itsm.EventCorrectiveUnroutable:
		if e.Kind == itsm.EventCorrectiveUnroutable || d.Call == nil {
			return "nobody could be told that it is late"
		}
		return "told that it is late: " + callees(n, *d.Call)
	case itsm.EventCorrectiveWarned, itsm.EventCorrectiveMissed, itsm.EventCorrectiveOverdue:
		return strings.TrimSuffix(clockTold(clockFor(d), "its %s"), ".")
	case itsm.EventVerificationDue:
		return "its effect shows; quality managers are asked whether it was effective"
	case itsm.EventCorrectiveVerified:
		return "found to be effective, and closed"
	case itsm.EventCorrectiveNotEffective:
		return "found not to be effective; its cause is looked for anew"
	}
	words := correctiveWords(e.Kind)
	switch {
	case d.Task != nil:
		return "step " + taskName(*d.Task) + " " + map[bool]string{true: "is due", false: "is " + string(d.Task.State) + ", " + Name(n.People, d.Task.Owner) + "'s"}[e.Kind == itsm.EventCorrectiveStepDue]
	case d.Plan != nil:
		return fmt.Sprintf("%s, version %d with %d steps", words, d.Plan.Version, len(d.Plan.Steps))
	case d.Relation != nil:
		return words + ": " + d.Relation.Kind.Words() + " " + string(d.Relation.To)
	case d.VerifyFrom != nil:
		return words + "; verified from " + d.VerifyFrom.UTC().Format("2 Jan 2006") + " on"
	default:
		return words
	}
}

// correctiveWords are what an event is called, without the kind of record.
func correctiveWords(k itsm.EventKind) string {
	first, what, _ := strings.Cut(string(k), ".")
	if first == "corrective_plan" {
		return "plan, " + Words(what)
	}
	return Words(what)
}
