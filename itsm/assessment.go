package itsm

import (
	"slices"
	"strings"
)

// MaxAssessment bounds each text of an assessment, in characters.
const MaxAssessment = 2000

// Assessment is what approvers weigh before they decide on a change, and what it
// does to everything around it (ISO/IEC 20000-1:2018, 8.5.1.3; CHG-04, CHG-05).
type Assessment struct {
	Risk        string  `json:"risk"`
	Benefit     string  `json:"benefit"`
	Feasibility string  `json:"feasibility"`
	Cost        string  `json:"cost"`
	Effects     Effects `json:"effects"`
}

// Effect is what a change does to one thing, or why it does nothing to it: exactly
// one of the two.
type Effect struct {
	Text          string `json:"text,omitempty"`
	NotApplicable string `json:"not_applicable,omitempty"` // the reason why
}

// Effects is all that 8.5.1.3 wants looked at.
type Effects struct {
	Services     Effect `json:"services"`
	Customers    Effect `json:"customers"`
	Plans        Effect `json:"plans"`
	Capacity     Effect `json:"capacity"`
	Availability Effect `json:"availability"`
	Continuity   Effect `json:"continuity"`
	Security     Effect `json:"security"`
	OtherChanges Effect `json:"other_changes"`
}

// EffectSection is one of the Effects as doors show and read it.
type EffectSection struct {
	Name   string  // the field's name in JSON
	Words  string  // what it is called among people
	Effect *Effect // to read, or to fill in
}

// Sections lists the effects in the order of the standard. Each points into e.
func (e *Effects) Sections() []EffectSection {
	return []EffectSection{
		{"services", "services", &e.Services},
		{"customers", "customers and users", &e.Customers},
		{"plans", "plans and policies", &e.Plans},
		{"capacity", "capacity", &e.Capacity},
		{"availability", "availability", &e.Availability},
		{"continuity", "continuity", &e.Continuity},
		{"security", "security", &e.Security},
		{"other_changes", "other changes and releases", &e.OtherChanges},
	}
}

// Check refuses an assessment that leaves anything open, naming every fault in it.
func (a *Assessment) Check() error {
	f := faults(a.faults(""))
	if a == nil {
		f.add("/assessment", "is needed")
	}
	return f.refuse("assessment.invalid", "This assessment")
}

// faults names what an assessment leaves open. Whether there must be one at all is
// for the policy to say.
func (a *Assessment) faults(at string) []Field {
	if a == nil {
		return nil
	}
	var f faults
	f.weighed(at+"/risk", a.Risk, "say what could go wrong, and how likely that is")
	f.weighed(at+"/benefit", a.Benefit, "say what is gained, and for whom")
	f.weighed(at+"/feasibility", a.Feasibility, "say whether it can be done with the people, tools and time there are")
	f.weighed(at+"/cost", a.Cost, "say what it costs in money, work and downtime")
	for _, s := range a.Effects.Sections() {
		f.effect(at+"/effects/"+s.Name, s)
	}
	return f
}

func (f *faults) weighed(pointer, text, hint string) {
	if blank(text) {
		f.add(pointer, "is needed: %s", hint)
	}
	f.text(pointer, text, MaxAssessment)
}

func (f *faults) effect(pointer string, s EffectSection) {
	text, reason := s.Effect.Text, s.Effect.NotApplicable
	switch {
	case blank(text) && blank(reason):
		f.add(pointer, "is needed: say what it does to %s, or why that is not applicable", s.Words)
	case !blank(text) && !blank(reason):
		f.add(pointer, "is both described and called not applicable; keep one of the two")
	case blank(text) && restates(reason):
		f.add(pointer+"/not_applicable", "is no reason: say why it does nothing to %s", s.Words)
	}
	f.text(pointer+"/text", text, MaxAssessment)
	f.text(pointer+"/not_applicable", reason, MaxAssessment)
}

// restates finds the answers that say once more that it is not applicable, where
// the standard's auditor wants to read why.
func restates(reason string) bool {
	said := strings.ToLower(strings.Trim(reason, " \n\r\t.-–—/"))
	return slices.Contains([]string{"", "n/a", "na", "n.a", "no", "none", "nothing", "not applicable", "no effect", "no impact"}, said)
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// fields is all of its text in a fixed order, for the content hash: an assessment
// that changes is another text to decide on.
func (a *Assessment) fields() []string {
	if a == nil {
		return nil
	}
	fields := []string{a.Risk, a.Benefit, a.Feasibility, a.Cost}
	for _, s := range a.Effects.Sections() {
		fields = append(fields, s.Effect.Text, s.Effect.NotApplicable)
	}
	return fields
}
