package page

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// changeTexts are the acts whose forms are long enough for a page of their own.
var changeTexts = []act{
	{
		path: "assess", of: itsm.ActAssess, label: "Assess", button: "Hand in the assessment", tone: "yes",
		intro: "What approvers weigh before they decide. Where it does nothing to something, say why: that is what an auditor wants to read.",
		long:  true,
		done:  "It is assessed.", do: assess,
	},
	{
		path: "edit", of: itsm.ActEdit, label: "Edit", button: "Save it",
		intro: "Votes were given on the text as it stands. If you change what they were given on, they count no more and whoever decides is asked again.",
		long:  true,
		done:  "It is edited.", do: edit,
	},
}

// sheet is what the long forms ask for.
func (r *change) sheet(of itsm.Act) []field {
	if of == itsm.ActEdit {
		return r.editFields()
	}
	return assessmentFields(r.Change.Assessment, true)
}

func textField(name, label, value string, required bool) field {
	return field{Name: name, Label: label, Kind: "text", Value: newlines.Replace(value), Required: required, Max: itsm.MaxText}
}

// editFields are the fields of a change as it stands.
func (r *change) editFields() []field {
	c := r.Change
	start, end := r.windowText()
	fields := []field{
		{Name: "title", Label: "Title", Kind: "line", Value: c.Title, Required: true, Max: itsm.MaxTitle},
		textField("description", "Description", c.Description, false),
		textField("justification", "Why: what is lost when it is not done", c.Justification, false),
		textField("plan", "Plan", c.Plan, true),
		textField("test_plan", "How it was or will be tested", c.TestPlan, false),
		textField("backout_plan", "Backout plan", c.BackoutPlan, true),
		{Name: "backout_minutes", Label: "How long the backout takes, in minutes", Kind: "number", Value: minutesText(c.Backout)},
		{Name: "window/start", Label: "Window: from", Hint: "Your time (" + r.Zone.String() + "). Leave both empty for: as soon as it is approved.", Kind: "instant", Value: start},
		{Name: "window/end", Label: "Window: until", Kind: "instant", Value: end},
		{Name: "configuration_items", Label: "Configuration items", Hint: "One in a line.", Kind: "text", Value: strings.Join(c.Items, "\n")},
		{Name: "links", Label: "Links", Hint: "One in a line: the address, then what is there.", Kind: "text", Value: linksText(c.Links)},
	}
	for _, dim := range itsm.RiskDimensions {
		fields = append(fields, riskField(c.Risk, dim))
	}
	for _, f := range assessmentFields(c.Assessment, false) {
		f.Part = "Assessment"
		fields = append(fields, f)
	}
	return append(fields, field{Name: "note", Label: "Why you edit it, if you like", Kind: "text", Max: itsm.MaxNote})
}

func riskField(r *itsm.Risk, d itsm.RiskDimension) field {
	one, five := d.Ends()
	f := field{Name: "risk/" + string(d), Label: "Risk: " + d.Words(), Hint: "1: " + one + ". 5: " + five + ".", Kind: "choice"}
	f.Options = []option{{Words: "not judged"}}
	for mark := itsm.MinRisk; mark <= itsm.MaxRisk; mark++ {
		text := strconv.Itoa(mark)
		f.Options = append(f.Options, option{Value: text, Words: text, Chosen: r != nil && r.Of(d) == mark})
	}
	return f
}

// assessmentFields are the fields of an assessment, perhaps of one to be written.
func assessmentFields(a *itsm.Assessment, required bool) []field {
	held := itsm.Assessment{}
	if a != nil {
		held = *a
	}
	fields := []field{
		weighed("risk", "Assessment: what could go wrong, and how likely that is", held.Risk, required),
		weighed("benefit", "Assessment: what is gained, and for whom", held.Benefit, required),
		weighed("feasibility", "Assessment: can it be done with the people, tools and time there are", held.Feasibility, required),
		weighed("cost", "Assessment: what it costs in money, work and downtime", held.Cost, required),
	}
	for _, s := range held.Effects.Sections() {
		fields = append(fields,
			weighed("effects/"+s.Name+"/text", "What it does to "+s.Words, s.Effect.Text, false),
			weighed("effects/"+s.Name+"/not_applicable", "… or why it does nothing to "+s.Words, s.Effect.NotApplicable, false))
	}
	return fields
}

func weighed(name, label, value string, required bool) field {
	f := textField("assessment/"+name, label, value, required)
	f.Max = itsm.MaxAssessment
	return f
}

// readAssessment is the assessment that a form holds; nil when all of it is empty.
func readAssessment(f form) *itsm.Assessment {
	a := itsm.Assessment{
		Risk: f["assessment/risk"], Benefit: f["assessment/benefit"], Feasibility: f["assessment/feasibility"], Cost: f["assessment/cost"],
	}
	for _, s := range a.Effects.Sections() {
		s.Effect.Text, s.Effect.NotApplicable = f["assessment/effects/"+s.Name+"/text"], f["assessment/effects/"+s.Name+"/not_applicable"]
	}
	if a == (itsm.Assessment{}) {
		return nil
	}
	return &a
}

func assess(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	given := readAssessment(a.form)
	if given == nil {
		given = &itsm.Assessment{} // refused, with a word on each thing that it lacks
	}
	return at.AssessChange(ctx, a.who, a.n, *given)
}

func minutesText(minutes int) string {
	if minutes == 0 {
		return ""
	}
	return strconv.Itoa(minutes)
}

func linksText(links []itsm.Link) string {
	lines := make([]string, len(links))
	for i, l := range links {
		lines[i] = strings.TrimSpace(l.URL + " " + l.Title)
	}
	return strings.Join(lines, "\n")
}

const instantLayout = "2006-01-02T15:04"

func (r *change) windowText() (start, end string) {
	if r.Change.Window == nil {
		return "", ""
	}
	return instantText(r.Change.Window.Start, r.Zone), instantText(r.Change.Window.End, r.Zone)
}

func instantText(t time.Time, zone *time.Location) string { return t.In(zone).Format(instantLayout) }

// instantOf reads an instant from a form, which shows minutes: where it was left as
// it is, its seconds stay too.
func instantOf(text, pointer string, held time.Time, zone *time.Location) (time.Time, error) {
	if !held.IsZero() && text == instantText(held, zone) {
		return held, nil
	}
	t, err := time.ParseInLocation(instantLayout, cmp.Or(text, "-"), zone)
	if err != nil {
		e := itsm.Refuse(itsm.Invalid, "page.instant", "An instant is written like 2031-03-01T22:00.")
		e.Fields = []itsm.Field{{Pointer: pointer, Message: "must be an instant like 2031-03-01T22:00, in your time"}}
		return t, e
	}
	return t, nil
}
