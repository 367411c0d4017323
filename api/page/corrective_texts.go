package page

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// correctiveTexts are the acts whose forms are long enough for a page of their own.
var correctiveTexts = []act{
	{
		path: "rca", of: itsm.ActCorrectiveCause, label: "Root cause", button: "Record it", intro: causeIntro,
		long: true, done: "It is recorded.", do: findCorrectiveCause,
	},
	{
		path: "plan", of: itsm.ActPlan, label: "Plan", button: "Ask for it to be accepted",
		intro: "Who does what until when, and how its effect is judged. Somebody else decides whether it is carried out; it replaces the plan that there is.",
		long:  true, done: "The plan is written.", do: writePlan,
	},
}

// sheet is what the long forms ask for.
func (p *corrective) sheet(of itsm.Act) []field {
	if of == itsm.ActCorrectiveCause {
		return causeFields(p.Corrective.RootCause)
	}
	return p.planFields()
}

func findCorrectiveCause(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	c, err := at.CorrectiveAction(ctx, a.who, a.n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return at.FindCorrectiveCause(ctx, a.who, a.n, causeSaid(c.RootCause, a.form))
}

func (p *corrective) planFields() []field {
	plan := itsm.CorrectivePlan{}
	if p.Corrective.Plan != nil {
		plan = *p.Corrective.Plan
	}
	fields := []field{{Name: "against", Kind: "hidden", Value: strconv.Itoa(plan.Version)}}
	for n, s := range p.steps() {
		fields = append(fields, p.stepFields(n, s)...)
	}
	measure := textField("measure", "How its effect is judged", plan.Measure, true)
	similar := textField("similar", "Whether it is, or could be, so elsewhere", plan.Similar, true)
	later := field{Name: "verify_after", Label: "Not judged before", Hint: "In your time; empty: as the policy has it, once it is carried out.", Kind: "instant"}
	if plan.VerifyAfter != nil {
		later.Value = instantText(*plan.VerifyAfter, p.Zone)
	}
	return append(fields, measure, similar, later, field{Name: "note", Label: "A word with it, if you like", Kind: "text", Max: itsm.MaxNote})
}

// stepFields ask for one step of a plan. What is beyond the first few is there when it
// is wanted.
func (p *corrective) stepFields(n int, s itsm.PlanStep) []field {
	at := fmt.Sprintf("steps/%d/", n)
	title := field{Name: at + "title", Label: fmt.Sprintf("Step %d: what is done", n+1), Kind: "line", Value: s.Title, Required: n == 0, Max: itsm.MaxTitle}
	owner := field{Name: at + "owner", Label: "by whom", Kind: "choice", Required: n == 0}
	owner.Options = able(p.Book, itsm.WorkOnCorrective, func(itsm.PersonID) bool { return true })
	for k := range owner.Options {
		owner.Options[k].Chosen = owner.Options[k].Value == string(s.Owner)
	}
	due := field{Name: at + "due_at", Label: "until when, in your time", Kind: "instant", Required: n == 0}
	if !s.DueAt.IsZero() {
		due.Value = instantText(s.DueAt, p.Zone)
	}
	fields := []field{title, owner, due}
	if n >= firstSteps && s.Title == "" {
		for k := range fields {
			fields[k].Part = "More steps"
		}
	}
	return fields
}

// firstSteps is how many steps a form asks for before somebody wants more.
const firstSteps = 3

func writePlan(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	against, err := number(a.form["against"], "/against")
	if err != nil {
		return itsm.Receipt{}, err
	}
	later, err := someInstant(a, "verify_after")
	if err != nil {
		return itsm.Receipt{}, err
	}
	r := itsm.PlanRequest{Against: against, Measure: a.form["measure"], Similar: a.form["similar"], VerifyAfter: later, Note: a.form["note"]}
	last := -1
	for n := range itsm.MaxPlanSteps {
		if step := fmt.Sprintf("steps/%d/", n); a.form[step+"title"]+a.form[step+"owner"]+a.form[step+"due_at"] != "" {
			last = n
		}
	}
	for n := range last + 1 { // one that is empty before others is a fault, and is named
		name := fmt.Sprintf("steps/%d/", n)
		s := itsm.PlanStep{Title: a.form[name+"title"], Owner: itsm.PersonID(a.form[name+"owner"])}
		if text := a.form[name+"due_at"]; text != "" {
			if s.DueAt, err = instantOf(text, "/"+name+"due_at", time.Time{}, a.zone); err != nil {
				return itsm.Receipt{}, err
			}
		}
		r.Steps = append(r.Steps, s)
	}
	return at.PlanCorrective(ctx, a.who, a.n, r)
}
