package chatops

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

// render writes the message of a notice.
func (b *Bot) render(n itsm.Notice) message {
	m := message{key: n.Key}
	switch n.Kind {
	case itsm.NoticeCard:
		m.text, m.blocks = b.card(n)
	case itsm.NoticeAsk, itsm.NoticeRemind:
		m.text, m.blocks = b.ask(n)
	case itsm.NoticeTell:
		m.text, m.blocks = b.tell(n)
	}
	return fit(m)
}

// card is the record in its service's channel.
func (b *Bot) card(n itsm.Notice) (string, []slack.Block) {
	text := headline(n.Change) + " is " + n.Change.State.Words() + ". " + n.Explanation.Summary
	return escape(text), b.layout(n, escape(n.Explanation.Summary), n.Explanation.Acts)
}

// ask is for one who may decide: why them, and what comes if nobody acts. Once
// it is decided there is nothing left to press.
func (b *Bot) ask(n itsm.Notice) (string, []slack.Block) {
	if n.Change.Decided() {
		text := headline(n.Change) + " needs nothing from you any more: it is " + n.Change.State.Words() + "."
		return escape(text), b.layout(n, "It needs nothing from you any more. "+escape(n.Explanation.Summary), nil)
	}
	lead, text := "*Your decision is needed.* ", "Your decision is needed on "+headline(n.Change)+"."
	if n.Kind == itsm.NoticeRemind {
		lead, text = "*Still waiting for a decision.* ", "Reminder: "+headline(n.Change)+" still waits for a decision."
	}
	return escape(text), b.layout(n, lead+whyYou(n), only(n.Explanation.Acts, itsm.ActDecide))
}

func whyYou(n itsm.Notice) string {
	service := escape(cmp.Or(n.Service.Name, string(n.Service.ID)))
	if slices.Contains(n.People[n.To].Roles, itsm.Approver) {
		return "You are asked because you hold the role approver, which the change policy asks to decide on changes to *" + service + "*."
	}
	return "You are asked because you were named an approver for *" + service + "* when this approval opened."
}

// tell is for the requester: what happened, what it means, and what they can do now.
func (b *Bot) tell(n itsm.Notice) (string, []slack.Block) {
	what := happened(n)
	text := headline(n.Change) + ": " + what + " " + n.Explanation.Summary
	lead := "*" + escape(what) + "* " + escape(n.Explanation.Summary) + hint(n.Change)
	return escape(text), b.layout(n, lead, n.Explanation.Acts)
}

// happened says an event as a person would.
func happened(n itsm.Notice) string {
	who := name(n, n.Event.Actor)
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
func (b *Bot) layout(n itsm.Notice, lead string, acts []itsm.Act) []slack.Block {
	blocks := []slack.Block{
		header(n.Change),
		section(lead, fields(n)...),
		plain("Plan: " + cut(n.Change.Plan, excerpt, "…") + "\n\nBack-out plan: " + cut(n.Change.BackoutPlan, excerpt, "…")),
	}
	if d, ok := n.Change.Decision(); ok && !strings.Contains(n.Explanation.Summary, d.Note) {
		blocks = append(blocks, plain("Note of "+name(n, d.By)+": "+cut(d.Note, excerpt, "…")))
	}
	if reported(n.Event) {
		blocks = append(blocks, plain("Note of "+name(n, n.Event.Actor)+": "+cut(n.Event.Note, excerpt, "…")))
	}
	blocks = append(blocks, footnote(b.context(n)...))
	return append(blocks, row(string(n.Kind), n.Change, names(n), acts, true))
}

// name is what the catalog calls a person: a Slack display name can be anybody's.
func name(n itsm.Notice, id itsm.PersonID) string {
	switch p := n.People[id]; {
	case id == itsm.System:
		return "Steward"
	case utf8.RuneCountInString(p.Name) > 80:
		return cut(p.Name, 80, "…")
	default:
		return cmp.Or(p.Name, string(id))
	}
}

func names(n itsm.Notice) func(itsm.PersonID) string {
	return func(id itsm.PersonID) string { return name(n, id) }
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
		"*Requested by*\n" + escape(name(n, n.Change.Requester)),
		"*Window*\n" + span(n.Change.Window),
	}
	if d := n.Change.Deployment; d != nil {
		out = append(out, "*Deployment*\n"+escape(d.Repository+" "+d.Ref+" to "+d.Environment))
	}
	if n.Change.Implementer != "" {
		out = append(out, "*Carried out by*\n"+escape(name(n, n.Change.Implementer)))
	}
	return out
}

// context says whom it waits for and what comes by itself, or who decided and when.
func (b *Bot) context(n itsm.Notice) []string {
	var lines []string
	for _, d := range n.Change.Decisions {
		verdict := "✅ Approved"
		if d.Verdict == itsm.Reject {
			verdict = "❌ Rejected"
		}
		lines = append(lines, verdict+" by "+escape(name(n, d.By))+" "+moment(d.At))
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
	if l := b.linked(n.Change.Number); l != "" {
		lines = append(lines, l)
	}
	return first(lines, maxContext)
}

func waitsFor(n itsm.Notice) string {
	var who []string
	for _, p := range n.Explanation.WaitsFor {
		who = append(who, name(n, p))
	}
	for _, r := range n.Explanation.Roles {
		who = append(who, "any "+strings.ReplaceAll(string(r), "_", " "))
	}
	return strings.Join(who, ", ")
}

// linked are the addresses of the record, for whoever wants all of it.
func (b *Bot) linked(n itsm.Number) string {
	record, workflow := b.links(n)
	var out []string
	if record != "" {
		out = append(out, "<"+escape(record)+"|Record>")
	}
	if workflow != "" {
		out = append(out, "<"+escape(workflow)+"|Workflow>")
	}
	return strings.Join(out, " · ")
}

// claim is a button's value: which record, and which text of it was read. It
// grants nothing; the desk judges whoever presses.
type claim struct {
	Number      itsm.Number `json:"number"`
	ContentHash string      `json:"content_hash,omitempty"`
}

func (c claim) value() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic("chatops: a claim does not encode: " + err.Error()) // made of strings
	}
	return string(raw)
}

// row offers the acts on a change; every copy offers its details too. The block's
// id says which message it is in.
func row(place string, c itsm.Change, name func(itsm.PersonID) string, acts []itsm.Act, details bool) *slack.ActionBlock {
	var buttons []slack.BlockElement
	add := func(verb, label string, style slack.Style) *slack.ButtonBlockElement {
		id := "change." + verb + ":" + string(c.Number)
		e := slack.NewButtonBlockElement(id, claim{c.Number, c.ContentHash}.value(), plainText(label)).WithStyle(style)
		buttons = append(buttons, e)
		return e
	}
	for _, act := range acts {
		switch act {
		case itsm.ActDecide:
			add("approve", "Approve", slack.StylePrimary).WithConfirm(confirm(c, name))
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
func confirm(c itsm.Change, name func(itsm.PersonID) string) *slack.ConfirmationBlockObject {
	what := headline(c) + "\nservice " + string(c.Service) + ", raised by " + name(c.Requester)
	return slack.NewConfirmationBlockObject(plainText("Approve "+string(c.Number)+"?"), plainText(cut(what, maxConfirm, "…")),
		plainText("Approve"), plainText("Not yet"))
}

func only(acts []itsm.Act, act itsm.Act) []itsm.Act {
	if slices.Contains(acts, act) {
		return []itsm.Act{act}
	}
	return nil
}
