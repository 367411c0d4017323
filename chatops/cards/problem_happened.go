package cards

import (
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// problemHappened says an event to one person as another would, and then what they can
// do about it; nothing where nothing is asked of them. Its note is shown beside it.
func problemHappened(n itsm.Notice) (what, then string) {
	p, e := n.Problem, n.Event
	who, it := Name(n.People, e.Actor), string(p.Number)
	number := string(p.Number)
	switch e.Kind { //nolint:exhaustive // those that people are told of
	case itsm.EventProblemAccepted, itsm.EventProblemAssigned:
		return problemHanded(n, who)
	case itsm.EventProblemTask, itsm.EventTaskDue:
		return taskHappened(n, who)
	case itsm.EventKnownErrorPublished:
		return "The known error of " + it + " is published: people are shown its workaround from now on.",
			"Press Tell the incidents, and every open incident of it is told."
	case itsm.EventKnownErrorRejected:
		return who + " rejected the known error of " + it + ", so it is a draft again and nobody is shown it.", "Mend what was wrong with Workaround…, then have it published again."
	case itsm.EventKnownErrorExpired:
		return "Nobody decided in time whether the known error of " + it + " can be published, so it is a draft again.", "Have it published again with `/problem known-error " + number + "`."
	case itsm.EventKnownErrorReviewDue:
		return "The known error of " + it + " is due for another look: people are still shown its workaround.", "If it is no longer true, write it anew with Workaround…"
	case itsm.EventCauseKnown:
		return "The root cause of " + it + " is known.", "Write what helps for now with Workaround…, and raise the change that removes it with Raise a fix…"
	case itsm.EventFixDeployed:
		return fixOf(e) + ", the fix of " + it + ", was carried out; it is watched for incidents from now on.", ""
	case itsm.EventFixFailed:
		return fixOf(e) + " did not fix " + it + ", so it waits for another fix.", "Raise another change with Raise a fix…"
	case itsm.EventFixConfirmed, itsm.EventWatchPassed:
		return "The fix of " + it + " has held: incidents that waited for it are resolved.", closing(p)
	case itsm.EventProblemRecurred:
		return it + " came back: " + relatedTo(e) + " is an incident of it, so the fix did not hold.", "Its root cause is looked for anew; say what is found with Root cause…"
	default:
		return problemEnded(n, who, it)
	}
}

// problemEnded says what a problem came to, or what was decided on it.
func problemEnded(n itsm.Notice, who, it string) (what, then string) {
	p, e := n.Problem, n.Event
	switch e.Kind { //nolint:exhaustive // ditto
	case itsm.EventRiskAccepted:
		return who + " accepted the risk of " + it + ": it is lived with for a while, and comes back then.", ""
	case itsm.EventRiskExpired:
		return "The risk of " + it + " was accepted until now; its root cause is looked for again.", "Fix it, or accept the risk anew with Accept the risk…"
	case itsm.EventProblemReopened:
		return who + " reopened " + it + ": its root cause is looked for anew.", ""
	case itsm.EventProblemClosed:
		return who + " closed " + it + ", for good.", "If it comes back, raise another that follows it."
	case itsm.EventProblemDeclined:
		return who + " declined " + it + ": it is no problem. Its incidents go on as they are.", ""
	case itsm.EventProblemMerged:
		return who + " merged " + it + " into " + string(p.MergedInto) + ", which goes on for both.", ""
	case itsm.EventProblemCancelled:
		return who + " cancelled " + it + ".", ""
	default:
		return problemWaits(n, it)
	}
}

// problemWaits says that nobody is at a problem, or that it is late.
func problemWaits(n itsm.Notice, it string) (what, then string) {
	e, d := n.Event, detailOf(n.Event)
	mine := "Go on with it, or hand it to somebody with Assign…"
	switch e.Kind { //nolint:exhaustive // ditto
	case itsm.EventProblemNudged:
		return "Nobody has done anything on " + it + " for a while, and it waits for you.", mine
	case itsm.EventProblemEscalated:
		return "Nobody has done anything on " + it + " for long. You are told because you answer for it.", "Ask its coordinator, or hand it to somebody with Assign…"
	case itsm.EventProblemUnroutable:
		return "Nobody has done anything on " + it + " for long, and there is nobody to tell but you, who own its service.", mine
	case itsm.EventProblemWarned:
		return clockTold(clockFor(d), "the %s of "+it), mine
	case itsm.EventProblemMissed, itsm.EventProblemOverdue:
		return clockTold(clockFor(d), "the %s of "+it), "See to it that somebody is at it; Details tells who has it."
	default:
		return it + " moved on: " + problemWords(e.Kind) + ".", ""
	}
}

// clockFor is what was told of a clock; where nothing is, the root cause was late.
func clockFor(d itsm.Detail) *itsm.Detail {
	if d.Clock == nil {
		d.Clock = &itsm.ClockTold{Clock: itsm.RootCauseClock, Percent: itsm.PercentMissed}
	}
	told := *d.Clock
	told.Clock = itsm.ClockKind(Words(told.Clock))
	return &itsm.Detail{Clock: &told}
}

func problemHanded(n itsm.Notice, who string) (what, then string) {
	p, d := n.Problem, detailOf(n.Event)
	it := string(p.Number)
	did := " accepted " + it
	if n.Event.Kind == itsm.EventProblemAssigned {
		did = " handed " + it + " on"
	}
	switch {
	case d.Assignee == n.To:
		return who + did + ": you coordinate it from now on.", "Find its root cause, and say what is found with Root cause…; share out the work with Add a task…"
	case d.Assignee != "":
		return who + did + ": " + Name(n.People, d.Assignee) + " coordinates it from now on.", ""
	default:
		return who + did + ": the team " + string(d.Team) + " has it from now on.", ""
	}
}

func taskHappened(n itsm.Notice, who string) (what, then string) {
	it, t := string(n.Problem.Number), detailOf(n.Event).Task
	if t == nil {
		return "A task of " + it + " moved on.", ""
	}
	name := "task " + taskName(*t) + " of " + it
	switch {
	case n.Event.Kind == itsm.EventTaskDue:
		return sentence(name) + " is due, and it is yours.", "Say what came of it with End a task…"
	case t.State == itsm.TaskOpen && t.Owner == n.To:
		return who + " gave you " + name + ".", "Say what came of it with End a task…"
	case t.State == itsm.TaskOpen:
		return sentence(name) + " is " + Name(n.People, t.Owner) + "'s now.", ""
	default:
		return taskEnded(who, name, t), ""
	}
}

// taskEnded says how a task ended, and what came of it.
func taskEnded(who, name string, t *itsm.Task) string {
	says := who + " says that " + name + " is " + string(t.State)
	if t.Result != "" {
		return says + ": " + Cut(t.Result, excerpt, "…")
	}
	return says + "."
}

func closing(p *itsm.Problem) string {
	if p.Major && p.Review == nil {
		return "It is a major problem: review it with Review…, then it can be closed."
	}
	return "A problem manager closes it."
}

// fixOf is the change that an event is about.
func fixOf(e itsm.Event) string {
	if f := detailOf(e).Fix; f != nil {
		return string(f.Change)
	}
	return "A change"
}

func relatedTo(e itsm.Event) string {
	if r := detailOf(e).Relation; r != nil {
		return string(r.To)
	}
	return "another record"
}

// problemWords are what an event is called, without the kind of record.
func problemWords(k itsm.EventKind) string {
	first, what, _ := strings.Cut(string(k), ".")
	if first == "known_error" {
		return "known error, " + Words(what)
	}
	return Words(what)
}
