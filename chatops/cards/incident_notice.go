package cards

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// incidentNotice writes the message of a notice about an incident.
func incidentNotice(n itsm.Notice, links Links) (string, []slack.Block) {
	switch n.Kind { //nolint:exhaustive // the others are about changes
	case itsm.NoticePage:
		return pageCard(n, links)
	case itsm.NoticeConfirm:
		return confirmCard(n, links)
	case itsm.NoticeComment:
		return incidentComment(n)
	case itsm.NoticeTell:
		if n.Comment != nil {
			return incidentSaid(n)
		}
		what := IncidentHappened(n)
		text := IncidentHeadline(n.Incident) + ": " + what + " " + n.Explanation.Summary
		return Escape(text), incidentLayout(n, links, "*"+Escape(what)+"* "+Escape(n.Explanation.Summary), incidentTheirs(n))
	default:
		text := IncidentHeadline(n.Incident) + " is " + n.Incident.State.Words() + ". " + n.Explanation.Summary
		return Escape(text), incidentLayout(n, links, Escape(n.Explanation.Summary), n.Explanation.Acts)
	}
}

// pageCard calls somebody: why them, and what comes if nobody answers. Once it is
// over there is nothing left to press.
func pageCard(n itsm.Notice, links Links) (string, []slack.Block) {
	if n.Over {
		text := IncidentHeadline(n.Incident) + " needs nothing from you any more: it is " + n.Incident.State.Words() + "."
		lead := "It needs nothing from you any more. " + Escape(n.Explanation.Summary)
		if by := n.Incident.Escalation.By; by != "" && n.Incident.Open() {
			lead = "*" + Escape(Name(n.People, by)) + " acknowledged it.* " + Escape(n.Explanation.Summary)
		}
		return Escape(text), incidentLayout(n, links, lead, nil)
	}
	lead := "📟 *You are called.* " + whyCalled(n)
	text := "You are called for " + IncidentHeadline(n.Incident) + "."
	if n.To == "" {
		lead, text = "📟 *Somebody is needed.* "+whyCalled(n), "Somebody is needed for "+IncidentHeadline(n.Incident)+"."
	}
	acts := only(n.Explanation.Acts, itsm.ActAcknowledge, itsm.ActEscalate, itsm.ActResolve)
	return Escape(text), incidentLayout(n, links, lead, acts)
}

var triggers = map[itsm.CallTrigger]string{
	itsm.TriggerRaised:    "It was just reported.",
	itsm.TriggerNoAnswer:  "Nobody has answered so far.",
	itsm.TriggerUnreached: "Those who were called before cannot be reached.",
	itsm.TriggerStale:     "It was acknowledged, and nothing was done since.",
	itsm.TriggerReopened:  "It was reopened.",
	itsm.TriggerAsked:     "Somebody asks for you.",
}

// whyCalled says why it is them, and what an answer does.
func whyCalled(n itsm.Notice) string {
	c := n.Event.Detail.Call
	why := triggers[c.Trigger]
	if c.Kind == itsm.Hierarchical {
		why += " You answer for it."
	} else if c.Level > 0 {
		why += fmt.Sprintf(" You are of level %d of its escalation.", c.Level)
	}
	return Escape(why) + " *Acknowledge* says that you are at it, and nobody else is called."
}

// confirmCard asks the reporter for an answer, or whether it works again.
func confirmCard(n itsm.Notice, links Links) (string, []slack.Block) {
	i := n.Incident
	if n.Over {
		return Escape(IncidentHeadline(i) + " is " + i.State.Words() + "."),
			incidentLayout(n, links, "Nothing is asked of you any more. "+Escape(n.Explanation.Summary), nil)
	}
	if i.State == itsm.IncidentOnHold {
		lead := "*An answer of yours is needed.* " + Escape(i.Hold.Note) + "\nIts clock stands still until you answer; what is never answered is resolved in the end."
		return Escape("An answer of yours is needed about " + IncidentHeadline(i) + ": " + i.Hold.Note),
			incidentLayout(n, links, lead, only(n.Explanation.Acts, itsm.ActIncidentComment, itsm.ActEscalate))
	}
	lead := "*Does it work again?* " + Escape(n.Explanation.Summary)
	if i.CloseAt != nil {
		lead += "\nIf you say nothing, it is closed " + moment(*i.CloseAt) + "."
	}
	return Escape("Does it work again? " + IncidentHeadline(i) + " is resolved."),
		incidentLayout(n, links, lead, only(n.Explanation.Acts, itsm.ActConfirm, itsm.ActReopen))
}

// incidentTheirs are the acts for one who is told.
func incidentTheirs(n itsm.Notice) []itsm.Act {
	if n.To == n.Incident.Reporter && n.To != n.Incident.Assignee {
		return only(n.Explanation.Acts, itsm.ActConfirm, itsm.ActReopen, itsm.ActEscalate, itsm.ActIncidentComment, itsm.ActIncidentCancel)
	}
	return without(n.Explanation.Acts, itsm.ActConfirm, itsm.ActIncidentCancel)
}

// incidentComment is what somebody said, below the card.
func incidentComment(n itsm.Notice) (string, []slack.Block) {
	c := *n.Comment
	sign := map[itsm.CommentKind]string{itsm.Question: "❓", itsm.Answer: "💡", itsm.ProgressNote: "📣"}[c.Kind]
	if sign == "" {
		sign = "💬"
	}
	did := sign + " *" + Escape(Name(n.People, c.By)) + "* " + moment(c.At)
	return Escape(Name(n.People, c.By) + " on " + string(c.Number) + ": " + c.Text), []slack.Block{Section(did), Plain(c.Text)}
}

// incidentSaid brings to one person what somebody said.
func incidentSaid(n itsm.Notice) (string, []slack.Block) {
	c, who := *n.Comment, Name(n.People, n.Comment.By)
	did := map[itsm.CommentKind]string{
		itsm.ProgressNote: " tells how it goes", itsm.Question: " asks you", itsm.Answer: " answered your question", itsm.Remark: " says",
	}[c.Kind]
	buttons := []slack.BlockElement{pressIncident("comment", "Answer…", Claim{Number: c.Number}), pressIncident("show", "Details", Claim{Number: c.Number})}
	return Escape(who + did + ", about " + IncidentHeadline(n.Incident) + ": " + c.Text), []slack.Block{
		slack.NewHeaderBlock(PlainText("📣 " + IncidentHeadline(n.Incident))),
		Section("*" + Escape(who) + "*" + did + " " + moment(c.At)), Plain(c.Text), slack.NewActionBlock(in(n), buttons...),
	}
}

// IncidentHappened says an event to one person as another would.
func IncidentHappened(n itsm.Notice) string {
	i, e := n.Incident, n.Event
	who, it := Name(n.People, e.Actor), "your incident"
	if n.To != i.Reporter {
		it = string(i.Number)
	}
	switch e.Kind { //nolint:exhaustive // those that people are told of
	case itsm.EventAssigned:
		return who + " " + assignedTo(n, it)
	case itsm.EventReprioritised:
		return fmt.Sprintf("%s changed the priority of %s from %s to %s.", who, it, e.Detail.Was, e.Detail.Priority)
	case itsm.EventIncidentParent:
		if e.Detail.Parent == "" {
			return who + " let " + it + " follow no other any more."
		}
		return who + " made " + it + " follow " + string(e.Detail.Parent) + "."
	case itsm.EventFollowed:
		return sentence(it) + " goes on as " + string(e.Detail.Parent) + ", which it follows."
	case itsm.EventIncidentResumed:
		return sentence(it) + " goes on. " + e.Note
	case itsm.EventReopened:
		return who + " reopened " + it + ": " + e.Note
	case itsm.EventIncidentCancelled:
		return who + " cancelled " + it + ": " + e.Note
	case itsm.EventIncidentDuplicate:
		return who + " ended " + it + " as a duplicate of " + string(i.DuplicateOf) + "."
	case itsm.EventIncidentClosed:
		return sentence(it) + " is closed."
	case itsm.EventUnroutable:
		return "Nobody can be called for " + it + ": no level of its escalation has anybody."
	case itsm.EventUnanswered:
		return "Nobody who was called for " + it + " has answered."
	case itsm.EventAckStale:
		return "You acknowledged " + it + ", and nothing was done since. Others are called again."
	case itsm.EventTargetWarned, itsm.EventTargetMissed, itsm.EventTargetOverdue:
		return clockTold(e.Detail.Clock, it)
	default:
		return sentence(it) + " moved on: " + strings.ReplaceAll(strings.TrimPrefix(string(e.Kind), "incident."), "_", " ") + "."
	}
}

func assignedTo(n itsm.Notice, it string) string {
	d := n.Event.Detail
	switch {
	case d.Assignee == n.To:
		return "assigned " + it + " to you."
	case d.Assignee != "":
		return "assigned " + it + " to " + Name(n.People, d.Assignee) + "."
	default:
		return "handed " + it + " to the team " + string(d.Team) + "."
	}
}

func clockTold(c *itsm.ClockTold, it string) string {
	switch {
	case c.Percent >= itsm.PercentOverdue:
		return fmt.Sprintf("The %s of %s is late by as much time again as it had.", c.Clock, it)
	case c.Percent >= itsm.PercentMissed:
		return fmt.Sprintf("The target for the %s of %s is missed.", c.Clock, it)
	default:
		return fmt.Sprintf("%d %% of the time for the %s of %s is used up.", c.Percent, c.Clock, it)
	}
}
