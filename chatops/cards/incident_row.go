package cards

import (
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// incidentChoices are what people can do to an incident, in the order in which they
// are shown.
var incidentChoices = []choice{
	{itsm.ActAcknowledge, "ack", "Acknowledge", slack.StylePrimary, true},
	{itsm.ActConfirm, "confirm", "It works again", slack.StylePrimary, true},
	{itsm.ActReopen, "reopen", "It does not…", slack.StyleDanger, true},
	{itsm.ActIncidentResume, "resume", "Resume", slack.StylePrimary, true},
	{itsm.ActResolve, "resolve", "Resolve…", slack.StyleDefault, true},
	{itsm.ActEscalate, "escalate", "Escalate…", slack.StyleDanger, true},
	{itsm.ActAssign, "assign", "Assign…", slack.StyleDefault, false},
	{itsm.ActReprioritise, "priority", "Priority…", slack.StyleDefault, false},
	{itsm.ActIncidentHold, "hold", "Hold…", slack.StyleDefault, false},
	{itsm.ActIncidentComment, "update", "Tell progress…", slack.StyleDefault, false},
	{itsm.ActIncidentComment, "comment", "Comment…", slack.StyleDefault, false},
	{itsm.ActRelate, "problem", "Raise problem…", slack.StyleDefault, false},
	{itsm.ActRelate, raisesCorrective.verb, raisesCorrective.label, slack.StyleDefault, false},
	{itsm.ActRelate, "link", "Link…", slack.StyleDefault, false},
	{itsm.ActParent, "parent", "Parent…", slack.StyleDefault, false},
	{itsm.ActDuplicate, "duplicate", "Duplicate…", slack.StyleDefault, false},
	{itsm.ActIncidentCancel, "cancel", "Cancel…", slack.StyleDefault, false},
}

// incidentApart are what a channel's card leaves to the record's details.
var incidentApart = []string{"confirm", "reopen", "link", "parent", "duplicate", "cancel", "comment"}

// incidentOffered divides what can be done into buttons and the lines of the menu.
// What does not fit into the menu becomes a button.
func incidentOffered(n itsm.Notice, acts []itsm.Act) (buttons, menu []choice) {
	works := len(only(acts, itsm.ActRelate, itsm.ActResolve)) > 0 // who does tells how it goes; all others comment
	for _, c := range incidentChoices {
		switch {
		case !slices.Contains(acts, c.act), n.Kind == itsm.NoticeCard && slices.Contains(incidentApart, c.verb), c.verb == "update" && !works, c.verb == raisesCorrective.verb && !offersCorrective(n):
		case c.prime:
			buttons = append(buttons, c)
		default:
			menu = append(menu, c)
		}
	}
	if n.Kind == Show && !slices.Contains(acts, itsm.ActRelate) && offersCorrective(n) {
		menu = append(menu, raisesCorrective)
	}
	if over := len(menu) - maxMenu; over > 0 {
		buttons, menu = append(buttons, menu[:over]...), menu[over:]
	}
	if len(menu) == 1 {
		return append(buttons, menu...), nil
	}
	return buttons, menu
}

// incidentRow offers the acts on an incident; every copy offers its details too.
func incidentRow(place string, n itsm.Notice, acts []itsm.Act, details bool) *slack.ActionBlock {
	buttons, menu := incidentOffered(n, acts)
	if details {
		buttons = append(buttons, choice{verb: "show", label: "Details"})
	}
	claim := Claim{Number: n.Incident.Number}
	return rowOf("incident", place, claim, buttons, menu, map[string]*slack.ConfirmationBlockObject{"confirm": forGood(n)})
}

// menuOf is the menu of what is not at hand; none where it would be empty.
func menuOf(kind string, claim Claim, menu []choice) []slack.BlockElement {
	if len(menu) == 0 {
		return nil
	}
	var lines []*slack.OptionBlockObject
	for _, c := range menu {
		lines = append(lines, slack.NewOptionBlockObject(c.verb+" "+claim.Value(), PlainText(c.label), nil))
	}
	return []slack.BlockElement{slack.NewOverflowBlockElement(kind+".more:"+string(claim.Number), lines...)}
}

// forGood says what cannot be taken back: what is closed is not reopened.
func forGood(n itsm.Notice) *slack.ConfirmationBlockObject {
	what := IncidentHeadline(n.Incident) + "\nIt is closed for good. What comes after that is raised anew."
	return slack.NewConfirmationBlockObject(PlainText("Does "+string(n.Incident.Number)+" work again?"), PlainText(Cut(what, maxConfirm, "…")),
		PlainText("It works again"), PlainText("Not yet"))
}

func pressIncident(verb, label string, c Claim) *slack.ButtonBlockElement {
	return pressOn("incident", verb, label, c)
}

// usual are the acts that are at hand: all others are among the record's details.
func usual(acts []itsm.Act) []itsm.Act {
	return without(acts, itsm.ActRelate, itsm.ActParent, itsm.ActDuplicate, itsm.ActIncidentCancel)
}

// actsOf are what whoever a message is for can do; in a channel, what anybody can.
// By the roles that the catalog gives them: what they may in the end, the desk says.
func actsOf(n itsm.Notice) []itsm.Act {
	p, known := n.People[n.To]
	if n.To == "" || !known {
		return n.Explanation.Acts
	}
	who := itsm.Actor{Person: n.To, Roles: p.Roles, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
	switch {
	case n.Problem != nil:
		return n.Problem.ActsFor(who, time.Time{})
	case n.Corrective != nil:
		return n.Corrective.ActsFor(who, time.Time{})
	case n.Supplier != nil:
		return n.Supplier.ActsFor(who)
	case n.Contract != nil:
		return n.Contract.ActsFor(who)
	case n.Review != nil:
		return n.Review.ActsFor(who)
	}
	return n.Incident.ActsFor(who, time.Time{})
}
