package cards

import (
	"fmt"
	"slices"

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
		what, acts := incidentHappened(n), incidentTheirs(n)
		text := IncidentHeadline(n.Incident) + ": " + what + " " + n.Explanation.Summary
		blocks := incidentLayout(n, links, "*"+Escape(what)+"* "+Escape(n.Explanation.Summary), acts)
		return Escape(text), slices.Insert(blocks, 2, workaroundTold(n)...)
	default:
		text := IncidentHeadline(n.Incident) + " is " + n.Incident.State.Words() + ". " + n.Explanation.Summary
		return Escape(text), incidentLayout(n, links, Escape(n.Explanation.Summary), n.Explanation.Acts)
	}
}

// pageCard calls somebody: why them, and what comes if nobody answers. Once it is
// over there is nothing left to press.
func pageCard(n itsm.Notice, links Links) (string, []slack.Block) {
	i := n.Incident
	if n.Over {
		text := IncidentHeadline(i) + " needs nothing from you any more: it is " + i.State.Words() + "."
		lead := "It needs nothing from you any more. "
		if i.Assignee != "" && i.Open() {
			lead = "*" + Escape(Name(n.People, i.Assignee)) + " has it.* "
		}
		return Escape(text), incidentLayout(n, links, lead+Escape(n.Explanation.Summary), nil)
	}
	acts := only(actsOf(n), itsm.ActAcknowledge, itsm.ActEscalate, itsm.ActResolve)
	lead, text := "📟 *You are called.* ", "You are called for "+IncidentHeadline(i)+"."
	if n.To == "" {
		lead, text = "📟 *Somebody is needed.* ", "Somebody is needed for "+IncidentHeadline(i)+"."
	}
	lead += Escape(whyCalled(n))
	if slices.Contains(acts, itsm.ActAcknowledge) {
		lead += " *Acknowledge* says that you are at it, and nobody else is called."
	}
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

// whyCalled says why it is them.
func whyCalled(n itsm.Notice) string {
	if n.Event.Detail == nil || n.Event.Detail.Call == nil {
		return triggers[itsm.TriggerRaised]
	}
	c := n.Event.Detail.Call
	why := triggers[c.Trigger]
	if c.Trigger == itsm.TriggerAsked && n.Event.Actor != itsm.System {
		why = Name(n.People, n.Event.Actor) + " asks for you."
	}
	switch {
	case c.Kind == itsm.Hierarchical:
		return why + " You answer for it."
	case c.Level > 0 && n.To == "":
		return why + fmt.Sprintf(" This channel is of level %d of its escalation.", c.Level)
	case c.Level > 0:
		return why + fmt.Sprintf(" You are of level %d of its escalation.", c.Level)
	default:
		return why + " You are of the team " + string(n.Incident.Team) + "."
	}
}

// confirmCard asks the reporter for an answer, or whether it works again.
func confirmCard(n itsm.Notice, links Links) (string, []slack.Block) {
	i := n.Incident
	if n.Over {
		return Escape(IncidentHeadline(i) + " is " + i.State.Words() + "."),
			incidentLayout(n, links, "Nothing is asked of you any more. "+Escape(n.Explanation.Summary), nil)
	}
	if i.Hold != nil {
		lead := "*An answer of yours is needed.* " + Escape(i.Hold.Note) + "\nIts clock stands still until you answer; what is never answered is resolved in the end."
		blocks := incidentLayout(n, links, lead, only(actsOf(n), itsm.ActEscalate))
		answer := pressIncident("comment", "Answer…", Claim{Number: i.Number}).WithStyle(slack.StylePrimary)
		if row, ok := blocks[len(blocks)-1].(*slack.ActionBlock); ok {
			row.Elements.ElementSet = slices.Insert(row.Elements.ElementSet, 0, slack.BlockElement(answer))
		}
		return Escape("An answer of yours is needed about " + IncidentHeadline(i) + ": " + i.Hold.Note), blocks
	}
	lead := "*Does it work again?* " + Escape(n.Explanation.Summary)
	if i.CloseAt != nil {
		lead += "\nIf you say nothing, it is closed " + moment(*i.CloseAt) + "."
	}
	return Escape("Does it work again? " + IncidentHeadline(i) + " is resolved."),
		incidentLayout(n, links, lead, only(actsOf(n), itsm.ActConfirm, itsm.ActReopen))
}

// incidentTheirs are the acts for one who is told.
func incidentTheirs(n itsm.Notice) []itsm.Act {
	if n.To == n.Incident.Reporter && n.To != n.Incident.Assignee {
		return only(actsOf(n), itsm.ActConfirm, itsm.ActReopen, itsm.ActEscalate, itsm.ActIncidentComment, itsm.ActIncidentCancel)
	}
	return without(usual(actsOf(n)), itsm.ActConfirm)
}

var commentSigns = map[itsm.CommentKind]string{itsm.Remark: "💬", itsm.Question: "❓", itsm.Answer: "💡", itsm.ProgressNote: "📣"}

// incidentComment is what somebody said, below the card.
func incidentComment(n itsm.Notice) (string, []slack.Block) {
	c := *n.Comment
	did := commentSigns[c.Kind] + " *" + Escape(Name(n.People, c.By)) + "* " + moment(c.At)
	return Escape(Name(n.People, c.By) + " on " + string(c.Number) + ": " + c.Text), []slack.Block{Section(did), Plain(c.Text)}
}

// incidentSaid brings to one person what somebody said. It does not change with the
// record, so that what can be pressed on it is good for as long as there is one.
func incidentSaid(n itsm.Notice) (string, []slack.Block) {
	c, who := *n.Comment, Name(n.People, n.Comment.By)
	did := map[itsm.CommentKind]string{
		itsm.ProgressNote: " tells how it goes", itsm.Question: " asks you", itsm.Answer: " answered your question", itsm.Remark: " says",
	}[c.Kind]
	answer := Claim{Number: c.Number}
	if c.Kind == itsm.Question {
		answer.ReplyTo = c.ID
	}
	buttons := []slack.BlockElement{pressIncident("comment", "Answer…", answer), pressIncident("show", "Details", Claim{Number: c.Number})}
	return Escape(who + did + ", about " + IncidentHeadline(n.Incident) + ": " + c.Text), []slack.Block{
		slack.NewHeaderBlock(PlainText(commentSigns[c.Kind] + " " + IncidentHeadline(n.Incident))),
		Section("*" + Escape(who) + "*" + did + " " + moment(c.At)), Plain(c.Text), slack.NewActionBlock(in(n), buttons...),
	}
}
