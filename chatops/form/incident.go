package form

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/itsm"
)

// IncidentForm is the callback id of the form for an incident.
const IncidentForm = "incident.new"

// NewIncident is what the form for an incident offers.
type NewIncident struct {
	Services    []itsm.Service
	Title       string // filled in already
	Description string // ditto
	Message     string // address of the message that it is raised from
}

// What impact and urgency mean, the most first. Whoever does not know leaves it to the
// policy.
var (
	impacts = []Option{
		{string(itsm.HighDegree), "High · everybody, or a service that others need"},
		{string(itsm.MediumDegree), "Medium · a group of people, or a part of it"},
		{string(itsm.LowDegree), "Low · one person, or a nuisance"},
	}
	urgencies = []Option{
		{string(itsm.HighDegree), "High · work stands still now"},
		{string(itsm.MediumDegree), "Medium · there is a way around it, for a while"},
		{string(itsm.LowDegree), "Low · it can wait"},
	}
)

// Impacts and Urgencies offer a degree of each, with what it means.
func Impacts() []Option { return impacts }

// Urgencies are those of Impacts.
func Urgencies() []Option { return urgencies }

// Incident is the form for an incident. Each block bears the name of its field, so
// that a refusal's pointers lead to it.
func Incident(n NewIncident) *slack.ModalViewRequest {
	private := ""
	if n.Message != "" {
		private = Kept{Message: n.Message}.Value()
	}
	blocks := []slack.Block{
		input("title", "Title", "What does not work, in one line.", line(cards.Cut(n.Title, itsm.MaxTitle, "…"))),
		input("service", "Service", "", choose(n.Services, "")),
		optional("impact", "Impact", "How much of it is hit, and how many people.", selected(impacts, "")),
		optional("urgency", "Urgency", "How long it can wait. Priority follows from both, and who is called from that.", selected(urgencies, "")),
		optional("description", "Description", "What you saw, since when, and what you tried.", lines(cards.Cut(n.Description, maxTyping, "…"), maxTyping)),
		slack.NewDividerBlock(),
		optional("category", "Category", "Such as: outage, slowness, access.", short()),
		optional("configuration_items", "Configuration items", "What it is about, one on each line.", lines("", maxTyping)),
		optional("follows", "Goes on from", "The number of a closed incident that has come back, such as INC-42.", short()),
	}
	if n.Message != "" {
		blocks = append(blocks, cards.Footnote("The incident leads back to the message that you raise it from."))
	}
	return modal(IncidentForm, "Report an incident", "Report", private, blocks...)
}

func short() slack.BlockElement {
	return slack.NewPlainTextInputBlockElement(nil, "value").WithMaxLength(maxLine)
}

// Incident is the incident that was filled in.
func (f Filled) Incident(message string) itsm.IncidentDraft {
	return itsm.IncidentDraft{
		IncidentText: itsm.IncidentText{
			Title: f.Text("title"), Description: f.Text("description"), Service: itsm.ServiceID(f.Text("service")),
			Category: f.Text("category"), Items: lineByLine(f.Text("configuration_items")), Message: message,
			Follows: typed.Number(strings.TrimSpace(f.Text("follows")), "INC"),
		},
		Impact: itsm.Degree(f.Text("impact")), Urgency: itsm.Degree(f.Text("urgency")),
	}
}
