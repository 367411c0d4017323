package cards

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// signs show a change's state before its title.
var signs = map[itsm.ChangeState]string{
	itsm.ChangeRaised:       "📝",
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

// Notice writes the message of a notice, so that Slack takes it.
func Notice(n itsm.Notice, links Links) Message {
	m := Message{Key: n.Key}
	switch n.Kind {
	case itsm.NoticeCard:
		m.Text, m.Blocks = card(n, links)
	case itsm.NoticeAsk, itsm.NoticeRemind:
		m.Text, m.Blocks = ask(n, links)
	case itsm.NoticeTell:
		m.Text, m.Blocks = tell(n, links)
	}
	return fit(m)
}

// card is the record in its service's channel.
func card(n itsm.Notice, links Links) (string, []slack.Block) {
	text := headline(n.Change) + " is " + n.Change.State.Words() + ". " + n.Explanation.Summary
	return escape(text), layout(n, links, escape(n.Explanation.Summary), n.Explanation.Acts)
}

// ask is for one who may decide: why them, and what comes if nobody acts. Once
// it is decided there is nothing left to press.
func ask(n itsm.Notice, links Links) (string, []slack.Block) {
	if n.Change.Decided() {
		text := headline(n.Change) + " needs nothing from you any more: it is " + n.Change.State.Words() + "."
		return escape(text), layout(n, links, "It needs nothing from you any more. "+escape(n.Explanation.Summary), nil)
	}
	lead, text := "*Your decision is needed.* ", "Your decision is needed on "+headline(n.Change)+"."
	if n.Kind == itsm.NoticeRemind {
		lead, text = "*Still waiting for a decision.* ", "Reminder: "+headline(n.Change)+" still waits for a decision."
	}
	return escape(text), layout(n, links, lead+whyYou(n), only(n.Explanation.Acts, itsm.ActDecide))
}

func whyYou(n itsm.Notice) string {
	service := escape(cmp.Or(n.Service.Name, string(n.Service.ID)))
	if slices.Contains(n.People[n.To].Roles, itsm.Approver) {
		return "You are asked because you hold the role approver, which the change policy asks to decide on changes to *" + service + "*."
	}
	return "You are asked because you were named an approver for *" + service + "* when this approval opened."
}

// tell is for the requester: what happened, what it means, and what they can do now.
func tell(n itsm.Notice, links Links) (string, []slack.Block) {
	what := happened(n)
	text := headline(n.Change) + ": " + what + " " + n.Explanation.Summary
	lead := "*" + escape(what) + "* " + escape(n.Explanation.Summary) + hint(n.Change)
	return escape(text), layout(n, links, lead, n.Explanation.Acts)
}

// happened says an event as a person would.
func happened(n itsm.Notice) string {
	who := name(n.People, n.Event.Actor)
	switch n.Event.Kind {
	case itsm.EventApproved:
		return who + " approved your change."
	case itsm.EventRejected:
		return who + " rejected your change."
	case itsm.EventExpired:
		return "Nobody decided on your change in time."
	case itsm.EventWindowEnded:
		return "The window of your change ended before anybody started it."
	case itsm.EventStarted:
		return who + " started your change."
	case itsm.EventCompleted:
		if n.Change.Outcome == itsm.Failed {
			return who + " reported that your change failed."
		}
		return who + " reported that your change is done."
	case itsm.EventCancelled:
		return who + " cancelled your change."
	case itsm.EventRaised, itsm.EventOpened, itsm.EventReminded, itsm.EventScheduled:
	}
	return "Your change moved on."
}

// hint is what a requester can do when the record itself offers no act any more.
func hint(c itsm.Change) string {
	switch c.State {
	case itsm.ChangeRejected:
		return "\nMend what was wrong and raise it again with `/change new`."
	case itsm.ChangeExpired:
		return "\nIf it is still wanted, raise it again with `/change new`."
	case itsm.ChangeScheduled:
		return "\nPress *Start* when you begin."
	case itsm.ChangeRaised, itsm.ChangeAwaiting, itsm.ChangeApproved, itsm.ChangeImplementing, itsm.ChangeClosed, itsm.ChangeCancelled:
	}
	return ""
}

// layout is what all messages about a change look like: a header, a section with
// fields, what is to be done, a context and one row of buttons.
func layout(n itsm.Notice, links Links, lead string, acts []itsm.Act) []slack.Block {
	blocks := []slack.Block{
		header(n.Change),
		section(lead, fields(n)...),
	}
	if parts := texts(n.Change); len(parts) > 0 {
		blocks = append(blocks, excerpts(parts))
	}
	if d, ok := n.Change.Decision(); ok && !strings.Contains(n.Explanation.Summary, d.Note) {
		blocks = append(blocks, plain("Note of "+name(n.People, d.By)+": "+Cut(d.Note, excerpt, "…")))
	}
	if reported(n.Event) {
		blocks = append(blocks, plain("Note of "+name(n.People, n.Event.Actor)+": "+Cut(n.Event.Note, excerpt, "…")))
	}
	blocks = append(blocks, Footnote(context(n, links)...))
	return append(blocks, row(string(n.Kind), n, acts, true))
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

// texts are the texts of a change that has them, in the order in which they are read.
func texts(c itsm.Change) []part {
	all := []part{{"Description", c.Description}, {"Plan", c.Plan}, {"Backout plan", c.BackoutPlan}}
	return slices.DeleteFunc(all, func(p part) bool { return p.text == "" })
}

// name is what the catalog calls a person: a Slack display name can be anybody's.
func name(people map[itsm.PersonID]itsm.Person, id itsm.PersonID) string {
	switch p := people[id]; {
	case id == itsm.System:
		return "Steward"
	case utf8.RuneCountInString(p.Name) > 80:
		return Cut(p.Name, 80, "…")
	default:
		return cmp.Or(p.Name, string(id))
	}
}

// reported tells whether an event has a note of its own; a decision's is shown with it.
func reported(e itsm.Event) bool {
	return e.Note != "" && (e.Kind == itsm.EventCompleted || e.Kind == itsm.EventCancelled)
}

func header(c itsm.Change) *slack.HeaderBlock {
	sign := signs[c.State]
	if c.State == itsm.ChangeClosed && c.Outcome == itsm.Failed {
		sign = "⚠️"
	}
	return slack.NewHeaderBlock(plainText(sign + " " + headline(c)))
}

func headline(c itsm.Change) string { return string(c.Number) + " · " + c.Title }

func fields(n itsm.Notice) []string {
	out := []string{
		"*Service*\n" + escape(cmp.Or(n.Service.Name, string(n.Change.Service))),
		"*State*\n" + n.Change.State.Words(),
		"*Requester*\n" + escape(name(n.People, n.Change.Requester)),
		"*Window*\n" + span(n.Change.Window),
	}
	if d := n.Change.Deployment; d != nil {
		out = append(out, "*Deployment*\n"+escape(d.Repository+" "+d.Ref+" to "+d.Environment))
	}
	if n.Change.Implementer != "" {
		out = append(out, "*Implementer*\n"+escape(name(n.People, n.Change.Implementer)))
	}
	return out
}

// context says whom it waits for and what comes by itself, or who decided and when.
func context(n itsm.Notice, links Links) []string {
	var lines []string
	for _, d := range n.Change.Decisions {
		verdict := "✅ Approved"
		if d.Verdict == itsm.Reject {
			verdict = "❌ Rejected"
		}
		lines = append(lines, verdict+" by "+escape(name(n.People, d.By))+" "+moment(d.At))
	}
	if n.Change.ClosedAt != nil {
		lines = append(lines, "Over since "+moment(*n.Change.ClosedAt))
	} else if waits := waitsFor(n); waits != "" {
		lines = append(lines, "Waits for "+escape(waits))
	}
	for i, f := range n.Explanation.Forecast {
		line := moment(f.At) + ": " + escape(f.What)
		if i == 0 {
			line = "If nobody acts: " + line
		}
		lines = append(lines, line)
	}
	if l := linked(n.Change.Number, links); l != "" {
		lines = append(lines, l)
	}
	return first(lines, maxContext)
}

func waitsFor(n itsm.Notice) string {
	var who []string
	for _, p := range n.Explanation.WaitsFor {
		who = append(who, name(n.People, p))
	}
	for _, r := range n.Explanation.Roles {
		who = append(who, "any "+strings.ReplaceAll(string(r), "_", " "))
	}
	return strings.Join(who, ", ")
}

// linked are the addresses of the record, for whoever wants all of it.
func linked(n itsm.Number, links Links) string {
	if links == nil {
		return ""
	}
	record, workflow := links(n)
	var out []string
	if record != "" {
		out = append(out, "<"+escape(record)+"|Record>")
	}
	if workflow != "" {
		out = append(out, "<"+escape(workflow)+"|Workflow>")
	}
	return strings.Join(out, " · ")
}

// Claim is a button's value: which record, and which text of it was read. It
// grants nothing; the desk judges whoever presses.
type Claim struct {
	Number      itsm.Number `json:"number"`
	ContentHash string      `json:"content_hash,omitempty"`
}

// Value is the claim as a button carries it.
func (c Claim) Value() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic("cards: a claim does not encode: " + err.Error()) // made of strings
	}
	return string(raw)
}

// row offers the acts on a change; every copy offers its details too. The block's
// id says which message it is in.
func row(place string, n itsm.Notice, acts []itsm.Act, details bool) *slack.ActionBlock {
	c := n.Change
	var buttons []slack.BlockElement
	add := func(verb, label string, style slack.Style) *slack.ButtonBlockElement {
		id := "change." + verb + ":" + string(c.Number)
		e := slack.NewButtonBlockElement(id, Claim{c.Number, c.ContentHash}.Value(), plainText(label)).WithStyle(style)
		buttons = append(buttons, e)
		return e
	}
	for _, act := range acts {
		switch act {
		case itsm.ActDecide:
			add("approve", "Approve", slack.StylePrimary).WithConfirm(confirm(n))
			add("reject", "Reject…", slack.StyleDanger)
		case itsm.ActStart:
			add("start", "Start", slack.StylePrimary)
		case itsm.ActComplete:
			add("done", "Done", slack.StylePrimary)
			add("fail", "Failed…", slack.StyleDanger)
		case itsm.ActCancel:
			add("cancel", "Cancel…", slack.StyleDefault)
		case itsm.ActRaise:
		}
	}
	if details {
		add("show", "Details", slack.StyleDefault)
	}
	return slack.NewActionBlock(place+"/"+string(c.Number), buttons...)
}

// confirm names what is approved: a thumb on a phone lands anywhere.
func confirm(n itsm.Notice) *slack.ConfirmationBlockObject {
	c := n.Change
	what := headline(c) + "\nservice " + string(c.Service) + ", raised by " + name(n.People, c.Requester)
	return slack.NewConfirmationBlockObject(plainText("Approve "+string(c.Number)+"?"), plainText(Cut(what, maxConfirm, "…")),
		plainText("Approve"), plainText("Not yet"))
}

func only(acts []itsm.Act, act itsm.Act) []itsm.Act {
	if slices.Contains(acts, act) {
		return []itsm.Act{act}
	}
	return nil
}
