package form

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// New is what the form for a draft offers.
type New struct {
	Services []itsm.Service
	Draft    itsm.ChangeDraft // filled in already, as far as it goes
	Fixes    itsm.Number      // the problem that it is to fix
	Weighs   bool             // risk decides who decides; where it does not, nobody is asked about it
	Foreseen string           // mrkdwn: what raising it would lead to
}

// NewForm and the names of the other forms are their callback ids.
const (
	NewForm    = "change.new"
	EditForm   = "change.edit"
	AssessForm = "change.assess"
	Foresee    = "change.foresee" // the button that looks ahead again
)

// Change is the form for a draft. Each block bears the name of its field, so that
// a refusal's pointers lead to it. What everybody needs comes first and what it
// leads to stands below that; all else is optional and comes last. No window is
// proposed: whoever fills in none wants it as soon as it is approved, and one that
// came by itself would be over before anybody decides.
func Change(n New) *slack.ModalViewRequest {
	d := n.Draft
	d.Title, d.Description, d.Justification = cards.Cut(d.Title, itsm.MaxTitle, ""), cards.Cut(d.Description, maxTyping, "…"), cards.Cut(d.Justification, maxTyping, "…")
	private, title := "", itsm.ChangeDraft{Title: d.Title, Plan: d.Plan, BackoutPlan: d.BackoutPlan}
	service := input("service", "Service", "", choose(n.Services, n.Draft.Service)).WithDispatchAction(true)
	blocks := append([]slack.Block{}, texts(title, service)...)
	if n.Weighs {
		blocks = append(blocks, cards.Section("*How risky is it?* Answer all five, and you see below who decides. Leave all out, and it is taken for the riskiest."))
		blocks = append(blocks, dimensions(nil, true)...)
	}
	again := slack.NewButtonBlockElement(Foresee, "", cards.PlainText("Look again"))
	foreseen := cards.Section(n.Foreseen)
	foreseen.BlockID, foreseen.Accessory = "foreseen", slack.NewAccessory(again)
	blocks = append(blocks, foreseen, slack.NewDividerBlock(), cards.Footnote("All below is optional. Much of it makes it easier to say yes."))
	if n.Fixes != "" {
		private = Kept{Claim: cards.Claim{Number: n.Fixes}}.Value()
		blocks = append([]slack.Block{cards.Footnote("It is to fix " + string(n.Fixes) + ", which waits for it from then on.")}, blocks...)
	}
	return modal(NewForm, "New change", "Raise", private, append(blocks, extras(itsm.ChangeDraft{Description: d.Description, Justification: d.Justification}, true)...)...)
}

// texts are the fields that every change has.
func texts(d itsm.ChangeDraft, service slack.Block) []slack.Block {
	blocks := []slack.Block{input("title", "Title", "What will be different, in one line.", line(d.Title))}
	if service != nil {
		blocks = append(blocks, service)
	}
	blocks = appendText(blocks, d.Plan, input("plan", "Plan", "What is done, step by step.", lines(d.Plan, maxTyping)))
	return appendText(blocks, d.BackoutPlan, input("backout_plan", "Backout plan", "How it is undone, and how you know that you must.", lines(d.BackoutPlan, maxTyping)))
}

// appendText leaves a field out whose text is longer than Slack lets anybody edit,
// and says so: cut, it would be taken for edited.
func appendText(blocks []slack.Block, text string, in *slack.InputBlock) []slack.Block {
	if len([]rune(text)) <= maxTyping {
		return append(blocks, in)
	}
	return append(blocks, cards.Footnote("*"+in.Label.Text+"* has more than 3,000 characters, which Slack cannot edit. The API and the record's page can."))
}

// dimensions are the five questions about risk. Loud ones tell of each answer.
func dimensions(r *itsm.Risk, loud bool) (blocks []slack.Block) {
	for _, d := range itsm.RiskDimensions {
		one, five := d.Ends()
		var options []*slack.OptionBlockObject
		for v := itsm.MinRisk; v <= itsm.MaxRisk; v++ {
			words := strconv.Itoa(v)
			switch v {
			case itsm.MinRisk:
				words += " · " + one
			case itsm.MaxRisk:
				words += " · " + five
			}
			options = append(options, slack.NewOptionBlockObject(strconv.Itoa(v), cards.PlainText(words), nil))
		}
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, cards.PlainText("1 to 5; 5 is the riskiest"), "value", options...)
		if r != nil && r.Of(d) >= itsm.MinRisk && r.Of(d) <= itsm.MaxRisk {
			e.InitialOption = options[r.Of(d)-itsm.MinRisk]
		}
		blocks = append(blocks, optional("risk_"+string(d), cards.Label(string(d)), "", e).WithDispatchAction(loud))
	}
	return blocks
}

// extras are the fields that a change need not have.
func extras(d itsm.ChangeDraft, loud bool) (blocks []slack.Block) {
	for _, t := range []struct{ block, label, hint, text string }{
		{"description", "Description", "Why it is needed, and whom it touches.", d.Description},
		{"test_plan", "Test plan", "How it was tried, and how you will see that it worked.", d.TestPlan},
		{"justification", "Justification", "What is lost when it is not done.", d.Justification},
	} {
		blocks = appendText(blocks, t.text, optional(t.block, t.label, t.hint, lines(t.text, maxTyping)))
	}
	blocks = append(blocks, optional("backout_minutes", "Backout minutes", "How long it takes to undo it.", number(d.Backout, itsm.MaxBackout)))
	items, links := strings.Join(d.Items, "\n"), linkLines(d.Links)
	blocks = appendText(blocks, items, optional("configuration_items", "Configuration items", "What it touches, one on each line.", lines(items, maxTyping)))
	blocks = appendText(blocks, links, optional("links", "Links", "One on each line: an address or a record's number, then what it is.", lines(links, maxTyping)))
	var start, end time.Time
	if d.Window != nil {
		start, end = d.Window.Start, d.Window.End
	}
	return append(blocks,
		optional("window_start", "Window start", "Leave both empty for: as soon as it is approved.", instant(start)).WithDispatchAction(loud),
		optional("window_end", "Window end", "", instant(end)).WithDispatchAction(loud),
	)
}

func linkLines(links []itsm.Link) string {
	var out []string
	for _, l := range links {
		out = append(out, strings.TrimSpace(l.URL+" "+l.Title))
	}
	return strings.Join(out, "\n")
}

// Unforeseen is shown before there is anything to look ahead on.
const Unforeseen = "*What comes of it* Choose a service, and you see here who decides."

// Ahead says what raising a draft would lead to: its risk, and who would decide,
// stage after stage. It is mrkdwn.
func Ahead(p itsm.Preview, people map[itsm.PersonID]itsm.Person) string {
	var out []string
	if p.RiskScore.Tier != "" {
		out = append(out, "*Risk: "+string(p.RiskScore.Tier)+"* "+cards.Escape(strings.Join(p.RiskScore.Reasons, " ")))
	}
	if p.Assessment {
		out = append(out, "It has to be assessed before anybody decides: that form comes next.")
	}
	for i, s := range p.Stages {
		lead := "*Who decides* "
		if len(p.Stages) > 1 {
			lead = fmt.Sprintf("*%d. %s* ", i+1, cards.Escape(s.Name))
		}
		var panels []string
		for _, panel := range s.Panels {
			panels = append(panels, seats(panel, len(s.Panels) > 1, people))
		}
		out = append(out, lead+strings.Join(panels, "; "))
	}
	return strings.Join(out, "\n")
}

// seats says how many of whom a factor needs.
func seats(p itsm.Panel, named bool, people map[itsm.PersonID]itsm.Person) string {
	const most = 8
	var who []string
	for i, id := range p.Named {
		if i == most {
			who = append(who, fmt.Sprintf("%d more", len(p.Named)-i))
			break
		}
		who = append(who, cards.Escape(cards.Name(people, id)))
	}
	text := "any one of " + strings.Join(who, ", ")
	switch {
	case len(p.Named) == 0:
		text = "nobody is there to decide"
	case len(p.Named) == 1:
		text = who[0]
	case p.Need >= len(p.Named):
		text = "all of " + strings.Join(who, ", ")
	case p.Need > 1:
		text = fmt.Sprintf("%d of %s", p.Need, strings.Join(who, ", "))
	}
	for _, id := range p.Mandatory[:min(len(p.Mandatory), most)] {
		text += ", " + cards.Escape(cards.Name(people, id)) + " among them"
	}
	if named {
		text = cards.Escape(p.Name) + ": " + text
	}
	return text
}
