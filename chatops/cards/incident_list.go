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
	blocks := []slack.Block{Section("*" + incidentTitles[l] + "*")}
	if len(incidents) == 0 {
		return append(blocks, Footnote("There is none."))
	}
	for _, n := range first(incidents, most) {
		blocks = append(blocks, incidentLine(l, n), incidentRow("list."+string(place)+"/"+string(n.Incident.Number), n, usual(n.Explanation.Acts), true))
	}
	if len(incidents) > most {
		blocks = append(blocks, Footnote("There are more. These are the newest; the API lists all."))
	}
	return blocks
}

// incidentLine is what an incident is, what it asks of its reader, and by when. What
// people wrote stands in it as they wrote it, and instants in the reader's zone.
func incidentLine(l List, n itsm.Notice) *slack.RichTextBlock {
	i := n.Incident
	text := func(s string) slack.RichTextSectionElement { return slack.NewRichTextSectionTextElement(s, nil) }
	says := incidentTodo(l, n) + " · " + Cut(cmp.Or(n.Service.Name, string(i.Service)), 80, "…")
	if waits := waitsFor(n); waits != "" && l != ListWaiting {
		says += " · waits for " + waits
	}
	words := []slack.RichTextSectionElement{text(incidentSigns[i.State] + " " + Cut(IncidentHeadline(i), excerpt, "…") + "\n" + Cut(says, excerpt, "…"))}
	for _, kind := range itsm.ClockKinds {
		c := i.Clock(kind)
		if c == nil || c.StoppedAt != nil || c.DueAt == nil {
			continue
		}
		return slack.NewRichTextBlock("", slack.NewRichTextSection(append(words, byWhen(c)...)...))
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(words...))
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
