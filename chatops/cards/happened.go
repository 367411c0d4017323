package cards

import (
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

// happened says an event to one person as another would.
func happened(n itsm.Notice) string {
	who, it := Name(n.People, n.Event.Actor), "your change"
	if n.To != n.Change.Requester {
		it = string(n.Change.Number)
	}
	switch n.Event.Kind { //nolint:exhaustive // the others are of incidents
	case itsm.EventApproved:
		return voter(n, ended(n)) + " approved " + it + "."
	case itsm.EventRejected:
		return rejected(n, it)
	case itsm.EventExpired:
		return "Nobody decided on " + it + " in time."
	case itsm.EventWindowEnded:
		return "The window of " + it + " ended before anybody started it."
	case itsm.EventStarted:
		return who + " started " + it + "."
	case itsm.EventCompleted:
		if n.Change.Outcome == itsm.Failed {
			return who + " reported that " + it + " failed."
		}
		return who + " reported that " + it + " is done."
	case itsm.EventCancelled:
		return who + " cancelled " + it + "."
	case itsm.EventWithdrawn:
		return who + " withdrew " + it + "."
	case itsm.EventAssessing:
		return "Before anybody decides on " + it + ", it has to be assessed."
	case itsm.EventAssessed:
		return who + " assessed " + it + "."
	case itsm.EventHeld:
		return who + " put " + it + " on hold."
	case itsm.EventResumed:
		return who + " resumed " + it + "."
	case itsm.EventEdited:
		return who + " edited " + it + yours(n)
	case itsm.EventReassigned, itsm.EventDelegated:
		return handed(n, who, it)
	case itsm.EventRaised, itsm.EventOpened, itsm.EventReminded, itsm.EventScheduled, itsm.EventVoted,
		itsm.EventVoteWithdrawn, itsm.EventStagePassed, itsm.EventBackup, itsm.EventRescheduled:
	}
	return sentence(it) + " moved on."
}

// rejected says whose rejection ended it; an abstention only left too few.
func rejected(n itsm.Notice, it string) string {
	d := ended(n)
	if d.Verdict == itsm.Abstain {
		return "The approvals that " + it + " needs cannot be reached any more."
	}
	return voter(n, d) + " rejected " + it + "."
}

// ended is the vote that ended an approval.
func ended(n itsm.Notice) itsm.Decision {
	if n.Event.Decision != nil {
		return *n.Event.Decision
	}
	return itsm.Decision{By: n.Event.Actor}
}

// yours says what an edit did to the vote of whom it is told.
func yours(n itsm.Notice) string {
	if n.Event.Detail == nil {
		return "."
	}
	i := slices.IndexFunc(n.Event.Detail.Voided, func(d itsm.Decision) bool { return d.By == n.To || d.Principal() == n.To })
	if i < 0 {
		return "."
	}
	vote := map[itsm.Verdict]string{itsm.Approve: "approval", itsm.Reject: "rejection", itsm.Abstain: "abstention"}[n.Event.Detail.Voided[i].Verdict]
	return " after you decided, so your " + vote + " counts no more."
}

// handed says to whom somebody handed a change, or the say in it.
func handed(n itsm.Notice, who, it string) string {
	d := n.Event.Detail
	switch {
	case d == nil:
		return sentence(it) + " moved on."
	case d.Delegation != nil && d.Delegation.To == d.Delegation.From:
		return who + " gave you back what you decide on " + it + "."
	case d.Delegation != nil:
		return who + " delegated what you decide on " + it + " to " + Name(n.People, d.Delegation.To) + "."
	case d.Assignee == n.To:
		return who + " assigned " + it + " to you."
	default:
		return who + " assigned " + it + " to " + Name(n.People, d.Assignee) + "."
	}
}

// sentence begins with a capital letter.
func sentence(text string) string { return Label(text) }

// hint is what somebody can do when the record itself does not say it.
func hint(n itsm.Notice) string {
	if n.Event.Kind == itsm.EventEdited {
		return "\nWho decides is asked again, in a message of its own."
	}
	if n.To != n.Change.Requester {
		return ""
	}
	switch n.Change.State {
	case itsm.ChangeRejected:
		return "\nMend what was wrong and raise it again with `/change new`."
	case itsm.ChangeExpired:
		return "\nIf it is still wanted, raise it again with `/change new`."
	case itsm.ChangeScheduled:
		if n.Change.Hold == nil {
			return "\nPress *Start* when you begin."
		}
	case itsm.ChangeAssessing:
		return "\nPress *Assess…*: twelve short answers, and nobody waits for you any more."
	case itsm.ChangeRaised, itsm.ChangeAwaiting, itsm.ChangeApproved, itsm.ChangeImplementing, itsm.ChangeClosed, itsm.ChangeCancelled:
	}
	return ""
}
