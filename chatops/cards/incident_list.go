package cards

import (
	"cmp"
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// ListAssigned are the incidents that are assigned to whoever asks.
const ListAssigned List = "assigned"

var incidentTitles = map[List]string{ //nolint:exhaustive // what is both kinds has a title of its own
	ListOpen: "Open incidents", ListMine: "Incidents that you reported", ListWaiting: "Incidents that wait for you", ListAssigned: "Incidents that are assigned to you",
}

// IncidentLists are the lists of incidents that there are.
var IncidentLists = []List{ListOpen, ListMine, ListAssigned, ListWaiting}

// ListedIncidents is one list of incidents, of which each notice holds one, newest
// first.
func ListedIncidents(l List, incidents []itsm.Notice) Message {
	return fit(Message{Text: incidentTitles[l], Blocks: incidentRows(l, l, incidents, MaxListed)})
}

// incidentRows are two blocks for each of so many incidents: what it is, and what can
// be done.
func incidentRows(place, l List, incidents []itsm.Notice, most int) []slack.Block {
	return listOf(incidentTitles[l], incidents, most, func(n itsm.Notice) []slack.Block {
		return []slack.Block{incidentLine(l, n), incidentRow("list."+string(place)+"/"+string(n.Incident.Number), n, usual(n.Explanation.Acts), true)}
	})
}

// incidentLine is what an incident is, what it asks of its reader, and by when.
func incidentLine(l List, n itsm.Notice) *slack.RichTextBlock {
	i := n.Incident
	says := incidentTodo(l, n) + " · " + Cut(cmp.Or(n.Service.Name, string(i.Service)), 80, "…")
	if waits := waitsFor(n); waits != "" && l != ListWaiting {
		says += " · waits for " + waits
	}
	var current itsm.Clocks // the newest of each kind
	for _, kind := range itsm.ClockKinds {
		if c := i.Clock(kind); c != nil {
			current = append(current, *c)
		}
	}
	return lineOf(incidentSigns[i.State]+" "+IncidentHeadline(i), says, running(current))
}

// byWhen says until when a target is kept, or since when it is missed, in its reader's
// zone.
func byWhen(c *itsm.Clock) []slack.RichTextSectionElement {
	when := " · " + Words(c.Kind) + " by "
	if c.MissedAt != nil {
		when = " · 🔴 " + Words(c.Kind) + " was due "
	}
	return []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(when, nil), dated(*c.DueAt, nil)}
}

// incidentTodo says an incident's state, and to whom it waits for what that asks of
// them.
func incidentTodo(l List, n itsm.Notice) string {
	i := n.Incident
	state := i.State.Words()
	if l != ListWaiting {
		return state
	}
	acts := n.Explanation.Acts
	switch {
	case i.State == itsm.IncidentResolved:
		return "To confirm: does it work again?"
	case i.Hold != nil && i.Hold.Reason == itsm.AwaitingCaller && n.To == i.Reporter:
		return "To answer: " + Cut(i.Hold.Note, excerpt/2, "…")
	case i.Assignee != n.To && slices.Contains(acts, itsm.ActAcknowledge):
		return "To acknowledge: " + state
	case i.State == itsm.IncidentAssigned:
		return "To begin: " + state
	case i.Assignee == n.To:
		return "To resolve: " + state
	default:
		return state
	}
}
