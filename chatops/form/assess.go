package form

import (
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// weighed are the four sides that an assessment weighs, each with what to write.
var weighed = []struct{ name, hint string }{
	{"risk", "What could go wrong, and how likely that is."},
	{"benefit", "What is gained, and for whom."},
	{"feasibility", "Whether it can be done with the people, tools and time there are."},
	{"cost", "What it costs in money, work and downtime."},
}

// side is where an assessment holds one of the four.
func side(a *itsm.Assessment, name string) *string {
	switch name {
	case "risk":
		return &a.Risk
	case "benefit":
		return &a.Benefit
	case "feasibility":
		return &a.Feasibility
	default:
		return &a.Cost
	}
}

// Assess is the form for an assessment, filled in with the one that there is.
func Assess(c itsm.Change, k Kept, lead string) *slack.ModalViewRequest {
	a := itsm.Assessment{}
	if c.Assessment != nil {
		a = *c.Assessment
	}
	blocks := []slack.Block{cards.Plain(cards.Headline(c))}
	if lead != "" {
		blocks = append(blocks, cards.Section(lead))
	}
	for _, w := range weighed {
		blocks = append(blocks, input("assessment_"+w.name, cards.Label(w.name), w.hint, lines(*side(&a, w.name), itsm.MaxAssessment)))
	}
	blocks = append(blocks, cards.Section("*What it does to what is around it.* Where it does nothing, begin with `n/a:` and say why, such as: `n/a: no new load`."))
	for _, s := range a.Effects.Sections() {
		blocks = append(blocks, input("assessment_effects_"+s.Name, "Effect on "+s.Words, "What it does to them, or n/a: why nothing.", lines(said(*s.Effect), itsm.MaxAssessment+len(none))))
	}
	return modal(AssessForm, "Assess "+string(c.Number), "Assess", k.Value(), blocks...)
}

// none begins what has no effect.
const none = "n/a: "

// said is an effect as people write it.
func said(e itsm.Effect) string {
	if e.NotApplicable != "" {
		return none + e.NotApplicable
	}
	return e.Text
}

// notApplicable is how people begin to say that there is none: n/a: why.
var notApplicable = regexp.MustCompile(`(?is)^(?:(?:n/a|n\.a\.?|not applicable)(?:\s*[:;,.\-–—]+\s*|\s+|$)|na(?:\s*[:;,.\-–—]+\s*|$))(.*)$`)

// Effect reads what somebody wrote about an effect. Whether their reason is one is
// for the rules to say.
func Effect(text string) itsm.Effect {
	text = strings.TrimSpace(text)
	m := notApplicable.FindStringSubmatch(text)
	switch {
	case m == nil:
		return itsm.Effect{Text: text}
	case strings.TrimSpace(m[1]) == "":
		return itsm.Effect{NotApplicable: "n/a"}
	default:
		return itsm.Effect{NotApplicable: strings.TrimSpace(m[1])}
	}
}

// Assessment is what was filled in.
func (f Filled) Assessment() itsm.Assessment {
	var a itsm.Assessment
	for _, w := range weighed {
		*side(&a, w.name) = f.Text("assessment_" + w.name)
	}
	for _, s := range a.Effects.Sections() {
		*s.Effect = Effect(f.Text("assessment_effects_" + s.Name))
	}
	return a
}
