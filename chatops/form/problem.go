package form

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/itsm"
)

// The callback ids of the forms about problems that have fields of their own.
const (
	ProblemForm    = "problem.new"
	RootCauseForm  = "problem.rca"
	WorkaroundForm = "problem.workaround"
)

// NewProblem is what the form for a problem offers.
type NewProblem struct {
	Services []itsm.Service
	Draft    itsm.ProblemDraft // filled in already, as far as it goes
}

// Problem is the form for a problem. Each block bears the name of its field, so that a
// refusal's pointers lead to it.
func Problem(n NewProblem) *slack.ModalViewRequest {
	d := n.Draft
	numbers := make([]string, len(d.Incidents))
	for i, incident := range d.Incidents {
		numbers[i] = string(incident)
	}
	return modal(ProblemForm, "Raise a problem", "Raise", "",
		input("title", "Title", "What happens again and again, or may, in one line.", line(cards.Cut(d.Title, itsm.MaxTitle, "…"))),
		input("service", "Service", "", choose(n.Services, d.Service)),
		optional("description", "Description", "What is known, and what was ruled out.", lines(cards.Cut(d.Description, maxTyping, "…"), maxTyping)),
		optional("incidents", "Incidents", "Those that it is the cause of: their numbers, such as INC-42, one on each line.", lines(strings.Join(numbers, "\n"), maxTyping)),
		optional("impact", "Impact", "How much of it is hit, and how many people.", selected(impacts, string(d.Impact))),
		optional("urgency", "Urgency", "How long it can wait. Priority follows from both, and by when its cause is to be known from that.", selected(urgencies, string(d.Urgency))),
		optional("category", "Category", "Such as: outage, slowness, access.", line(cards.Cut(d.Category, maxLine, ""))),
		optional("follows", "Goes on from", "The number of a closed problem that has come back, such as PRB-42.", line(string(d.Follows))),
	)
}

// Problem is the problem that was filled in.
func (f Filled) Problem() itsm.ProblemDraft {
	d := itsm.ProblemDraft{Impact: itsm.Degree(f.Text("impact")), Urgency: itsm.Degree(f.Text("urgency"))}
	d.Title, d.Description, d.Service = f.Text("title"), f.Text("description"), itsm.ServiceID(f.Text("service"))
	d.Category, d.Follows = f.Text("category"), typed.Number(strings.TrimSpace(f.Text("follows")), "PRB")
	for _, word := range strings.FieldsFunc(f.Text("incidents"), func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n", r) }) {
		d.Incidents = append(d.Incidents, typed.Number(word, "INC"))
	}
	return d
}

// ProblemCause is a problem, as the form for its root cause takes it.
func ProblemCause(p *itsm.Problem) Caused {
	return Caused{RootCauseForm, p.Number, cards.ProblemHeadline(p), p.RootCause}
}

// appendKnown is appendText for a text that need not be given: what Slack cannot edit is
// kept as it is on record.
func appendKnown(blocks []slack.Block, editable bool, in *slack.InputBlock) []slack.Block {
	if editable {
		return append(blocks, in)
	}
	return append(blocks, cards.Footnote("*"+in.Label.Text+"* is longer or otherwise made than Slack can edit. It stays as it is; the API can change it."))
}

func editable(text string) bool { return len([]rune(text)) <= maxTyping }

// Workaround is the form for the workaround of a problem. It keeps which text it began
// with; who names who verified it, by their Slack id.
func Workaround(p *itsm.Problem, who, typed string) *slack.ModalViewRequest {
	k, kept := itsm.KnownError{Workaround: typed}, Kept{Claim: cards.Claim{Number: p.Number}}
	if p.KnownError != nil {
		k, kept.ContentHash = *p.KnownError, p.KnownError.Hash()
	}
	blocks := []slack.Block{
		cards.Plain(cards.ProblemHeadline(p)), cards.Footnote("It is a draft until somebody else says that it can be published; who decides on it now is asked anew then."),
		optional("title", "Title", "Left out, it is the problem's.", line(k.Title)),
	}
	blocks = appendKnown(blocks, editable(k.Symptoms), input("symptoms", "Symptoms", "As people who meet it would describe it.", lines(k.Symptoms, maxTyping)))
	blocks = appendKnown(blocks, editable(k.Workaround), input("workaround", "Workaround", "What helps for now, step by step.", lines(k.Workaround, maxTyping)))
	blocks = append(blocks,
		input("risk", "Risk of the workaround", "What it may break, or what to watch while it is used.", lines(k.Risk, itsm.MaxNote)),
		input("verified_by", "Who tried it?", "", chosen(who)),
	)
	services := serviceLines(k.Services)
	blocks = appendKnown(blocks, editable(services), optional("services", "Services", "All that it affects, by their ids, one on each line. Left out, the problem's.", lines(services, maxTyping)))
	return modal(WorkaroundForm, "Workaround "+string(p.Number), "Save the draft", kept.Value(), blocks...)
}

func serviceLines(all []itsm.ServiceID) string {
	ids := make([]string, len(all))
	for n, id := range all {
		ids[n] = string(id)
	}
	return strings.Join(ids, "\n")
}

// Workaround is the workaround that was filled in; what the form could not show is as
// it was. Who tried it, its caller finds out.
func (f Filled) Workaround(was *itsm.KnownError) itsm.WorkaroundRequest {
	r := itsm.WorkaroundRequest{Title: f.Text("title"), Symptoms: f.Text("symptoms"), Workaround: f.Text("workaround"), Risk: f.Text("risk")}
	for _, id := range lineByLine(f.Text("services")) {
		r.Services = append(r.Services, itsm.ServiceID(id))
	}
	if was == nil {
		return r
	}
	if !f.shows("symptoms") && !editable(was.Symptoms) {
		r.Symptoms = was.Symptoms
	}
	if !f.shows("workaround") && !editable(was.Workaround) {
		r.Workaround = was.Workaround
	}
	if !f.shows("services") && !editable(serviceLines(was.Services)) {
		r.Services = was.Services
	}
	return r
}
