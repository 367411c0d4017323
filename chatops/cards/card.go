package cards

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// signs show a change's state before its title.
var signs = map[itsm.ChangeState]string{
	itsm.ChangeRaised:       "📝",
	itsm.ChangeAssessing:    "🔎",
	itsm.ChangeAwaiting:     "🔶",
	itsm.ChangeApproved:     "✅",
	itsm.ChangeScheduled:    "📅",
	itsm.ChangeImplementing: "🔧",
	itsm.ChangeClosed:       "🏁",
	itsm.ChangeRejected:     "❌",
	itsm.ChangeExpired:      "⌛",
	itsm.ChangeCancelled:    "🚫",
}

// excerpt is how much of a plan a card shows; a button shows all of it.
const excerpt = 300

// Links are the addresses at which a record can be looked at, in the API and in
// the Temporal UI; an empty one is left out. Nil: there are none.
type Links func(n itsm.Number) (record, workflow string)

// layout is what all messages about a change look like: a header, a section with
// fields, what is to be done, how far its approval is, a context and one row of
// buttons.
func layout(n itsm.Notice, links Links, lead string, acts []itsm.Act, more ...slack.Block) []slack.Block {
	blocks := []slack.Block{
		header(n.Change, links),
		Section(lead, fields(n)...),
	}
	blocks = append(blocks, more...)
	if parts := excerpted(n.Change); len(parts) > 0 {
		blocks = append(blocks, excerpts(parts))
	}
	blocks = append(blocks, progress(n)...)
	for _, v := range lately(n) {
		blocks = append(blocks, Plain("Note of "+voter(n, v)+": "+Cut(v.Note, excerpt, "…")))
	}
	if reported(n.Event) {
		blocks = append(blocks, Plain("Note of "+Name(n.People, n.Event.Actor)+": "+Cut(n.Event.Note, excerpt, "…")))
	}
	blocks = append(blocks, risk(n.Change)...)
	blocks = append(blocks, footnotes(context(n, links))...)
	return append(blocks, row(in(n), n, acts, true))
}

// lately are the votes whose notes a card shows: the last ones that have one, and
// that the summary does not say already.
func lately(n itsm.Notice) []itsm.Decision {
	all := slices.DeleteFunc(slices.Clone(n.Change.Decisions), func(d itsm.Decision) bool {
		return d.Note == "" || strings.Contains(n.Explanation.Summary, d.Note)
	})
	const most = 3
	return all[max(0, len(all)-most):]
}

// excerpts are what would be done, in part. What people wrote is shown as they
// wrote it: mrkdwn would eat half of the asterisks of a command.
func excerpts(parts []part) *slack.RichTextBlock {
	var words []slack.RichTextSectionElement
	for i, p := range parts {
		if i > 0 {
			words = append(words, slack.NewRichTextSectionTextElement("\n\n", nil))
		}
		words = append(words,
			slack.NewRichTextSectionTextElement(p.label, &slack.RichTextSectionTextStyle{Bold: true}),
			slack.NewRichTextSectionTextElement("\n"+Cut(p.text, excerpt, "…"), nil))
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(words...))
}

// part is one of a change's texts, under the name that the API has for it.
type part struct{ label, text string }

// excerpted are the texts of a change that a card shows, in the order in which
// they are read.
func excerpted(c itsm.Change) []part {
	return written(part{"Description", c.Description}, part{"Plan", c.Plan}, part{"Backout plan", c.BackoutPlan})
}

func written(all ...part) []part {
	return slices.DeleteFunc(all, func(p part) bool { return p.text == "" })
}

// Name is what the catalog calls a person: a Slack display name can be anybody's.
func Name(people map[itsm.PersonID]itsm.Person, id itsm.PersonID) string {
	switch p := people[id]; {
	case id == itsm.System:
		return "Steward"
	case utf8.RuneCountInString(p.Name) > 80:
		return Cut(p.Name, 80, "…")
	default:
		return cmp.Or(p.Name, Cut(string(id), 80, "…"))
	}
}

// reported tells whether an event has a note of its own; a decision's is shown
// with it, and a hold's is in the summary.
func reported(e itsm.Event) bool {
	return e.Note != "" && slices.Contains(noted, e.Kind)
}

var noted = []itsm.EventKind{
	itsm.EventCompleted, itsm.EventCancelled, itsm.EventWithdrawn, itsm.EventEdited, itsm.EventReassigned, itsm.EventDelegated, itsm.EventResumed,
}

// header is the title, which leads to the record's page.
func header(c itsm.Change, links Links) slack.Block {
	return heading(sign(c)+" "+Headline(c), c.Number, links)
}

// heading is a title that leads to the record's page, where there is one. Slack's own
// headers hold no links.
func heading(title string, n itsm.Number, links Links) slack.Block {
	if record, _ := addresses(n, links); record != "" {
		bold := &slack.RichTextSectionTextStyle{Bold: true}
		return slack.NewRichTextBlock("", slack.NewRichTextSection(slack.NewRichTextSectionLinkElement(record, title, bold)))
	}
	return slack.NewHeaderBlock(PlainText(title))
}

func addresses(n itsm.Number, links Links) (record, workflow string) {
	if links == nil {
		return "", ""
	}
	return links(n)
}

func sign(c itsm.Change) string {
	switch {
	case c.Hold != nil:
		return "⏸️"
	case c.State == itsm.ChangeClosed && c.Outcome == itsm.Failed:
		return "⚠️"
	default:
		return signs[c.State]
	}
}

// Headline is what a change is called: its number and its title.
func Headline(c itsm.Change) string { return string(c.Number) + " · " + c.Title }

func fields(n itsm.Notice) []string {
	state := n.Change.State.Words()
	if n.Change.Hold != nil {
		state += ", on hold"
	}
	out := []string{
		"*Service*\n" + Escape(cmp.Or(n.Service.Name, string(n.Change.Service))),
		"*State*\n" + state,
		"*Requester*\n" + Escape(Name(n.People, n.Change.Requester)),
		"*Window*\n" + span(n.Change.Window),
	}
	if d := n.Change.Deployment; d != nil {
		out = append(out, "*Deployment*\n"+Escape(d.Repository+" "+d.Ref+" to "+d.Environment))
	}
	switch {
	case n.Change.Implementer != "":
		out = append(out, "*Implementer*\n"+Escape(Name(n.People, n.Change.Implementer)))
	case n.Change.Assignee != "":
		out = append(out, "*Assignee*\n"+Escape(Name(n.People, n.Change.Assignee)))
	}
	return out
}

// context says whom it waits for and what comes by itself, or who decided and when.
func context(n itsm.Notice, links Links) []string {
	lines := votes(n)
	if n.Change.ClosedAt != nil {
		lines = append(lines, "Over since "+moment(*n.Change.ClosedAt))
	} else if waits := waitsFor(n); waits != "" && (len(progress(n)) == 0 || n.Change.Hold != nil) {
		lines = append(lines, "Waits for "+Escape(waits)+alone(n))
	}
	lines = append(lines, forecast(n)...)
	if l := linked(n.Change.Number, links); l != "" {
		lines = append(lines, l)
	}
	return first(lines, maxContext)
}

// alone says what one rejection does where any one person decides all.
func alone(n itsm.Notice) string {
	if p := n.Explanation.Approval; p != nil && p.Plain() && n.Change.Hold == nil {
		return " · " + Escape(p.Factors[0].Rejection)
	}
	return ""
}

// linked is the record as a process, in the Temporal UI.
func linked(n itsm.Number, links Links) string {
	if _, workflow := addresses(n, links); workflow != "" {
		return "<" + Escape(workflow) + "|Workflow>"
	}
	return ""
}
