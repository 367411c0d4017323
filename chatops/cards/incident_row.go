package cards

import (
	"slices"

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
	{itsm.ActRelate, "link", "Link…", slack.StyleDefault, false},
	{itsm.ActDuplicate, "duplicate", "Duplicate…", slack.StyleDefault, false},
	{itsm.ActIncidentCancel, "cancel", "Cancel…", slack.StyleDefault, false},
}

// incidentApart are what a channel's card leaves to the record's details.
var incidentApart = []string{"confirm", "reopen", "link", "duplicate", "cancel", "comment"}

// IncidentRow offers the acts on an incident; every copy offers its details too.
func IncidentRow(place string, n itsm.Notice, acts []itsm.Act, details bool) *slack.ActionBlock {
	var buttons, menu []choice
	for _, c := range incidentChoices {
		switch {
		case !slices.Contains(acts, c.act), n.Kind == itsm.NoticeCard && slices.Contains(incidentApart, c.verb):
		case c.prime:
			buttons = append(buttons, c)
		default:
			menu = append(menu, c)
		}
	}
	if over := len(menu) - maxMenu; over > 0 {
		buttons, menu = append(buttons, menu[:over]...), menu[over:]
	}
	if len(menu) == 1 {
		buttons, menu = append(buttons, menu...), nil
	}
	if details {
		buttons = append(buttons, choice{verb: "show", label: "Details"})
	}
	claim := Claim{Number: n.Incident.Number}
	var elements []slack.BlockElement
	for _, c := range buttons {
		elements = append(elements, pressIncident(c.verb, c.label, claim).WithStyle(c.style))
	}
	if len(menu) > 0 {
		var lines []*slack.OptionBlockObject
		for _, c := range menu {
			lines = append(lines, slack.NewOptionBlockObject(c.verb+" "+claim.Value(), PlainText(c.label), nil))
		}
		elements = append(elements, slack.NewOverflowBlockElement("incident.more:"+string(claim.Number), lines...))
	}
	return slack.NewActionBlock(place, elements...)
}

func pressIncident(verb, label string, c Claim) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("incident."+verb+":"+string(c.Number), c.Value(), PlainText(label))
}
