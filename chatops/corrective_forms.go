package chatops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// newCorrective opens the form for a corrective action, filled in with the title that was
// typed, or from another record: raise from PRB-7.
func (b *Bot) newCorrective(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	if word, after := typed.Word(rest); strings.EqualFold(word, "from") {
		if first, _ := typed.Word(after); typed.Number(first, "").Check() == nil {
			return b.correctiveFrom(ctx, who, r, wish{Claim: cards.Claim{Number: typed.Number(first, "")}})
		}
	}
	d := itsm.CorrectiveDraft{}
	d.Title = inOneLine(typed.Note(rest))
	return b.offerCorrective(ctx, who, r, d)
}

// correctiveFrom opens the form for a corrective action, filled in from another record.
func (b *Bot) correctiveFrom(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	d := itsm.CorrectiveDraft{}
	d.Source = w.Number
	var err error
	switch n := w.Number; {
	case n.Of(ofIncidents):
		var i itsm.Incident
		i, err = b.desk.Incident(ctx, who, n)
		d.Title, d.Nonconformity, d.Service = i.Title, i.Description, i.Service
	case n.Of(ofProblems):
		var p itsm.Problem
		p, err = b.desk.Problem(ctx, who, n)
		d.Title, d.Nonconformity, d.Service = p.Title, p.Description, p.Service
	case n.Of(ofCorrectives):
		var c itsm.CorrectiveAction
		c, err = b.desk.CorrectiveAction(ctx, who, n)
		d.Title, d.Nonconformity, d.Service, d.Severity = c.Title, c.Nonconformity, c.Service, c.Severity
	default:
		var c itsm.Change
		c, err = b.desk.Change(ctx, who, n)
		d.Title, d.Nonconformity, d.Service = c.Title, c.Description, c.Service
	}
	if err != nil {
		return answer{}, err
	}
	return b.offerCorrective(ctx, who, r, d)
}

func (b *Bot) offerCorrective(ctx context.Context, who desk.Caller, r request, d itsm.CorrectiveDraft) (answer, error) {
	if err := who.May(itsm.RaiseCorrective); err != nil { // before they fill in a form for nothing
		b.desk.Refused(ctx, who, string(itsm.ActCorrectiveRaise), err)
		return answer{}, err
	}
	services, err := b.services(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.Corrective(form.NewCorrective{Services: services, Draft: d}))
}

// raiseCorrective takes the form for a corrective action.
func (b *Bot) raiseCorrective(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	d := f.Corrective()
	if named := f.Text("owner"); named != "" {
		var err error
		if d.Owner, err = b.person(ctx, who, named); err != nil {
			return answer{}, form.Beside("/owner", err)
		}
	}
	var r itsm.Receipt
	raise := func(b *Bot, ctx context.Context, who desk.Caller, _ wish) (_ itsm.Receipt, err error) {
		r, err = b.desk.RaiseCorrective(ctx, who, d)
		return r, err
	}
	a, err := correctiveDeed("You raised", raise, cards.CorrectiveThen("You are told what comes of it."))(b, ctx, who, wish{})
	if err != nil {
		return answer{}, err
	}
	a.modal = form.LastWord(string(r.Number), a.text+"\n`/corrective status "+string(r.Number)+"` tells where it stands.")
	return a, nil
}

func (b *Bot) openCorrectiveCause(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	c, err := opened(ctx, b, who, w.Number, itsm.ActCorrectiveCause, (*Bot).corrective, func(c *itsm.CorrectiveAction) error { return c.CheckCause(who.Actor, sureCause()) })
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.RootCause(form.CorrectiveCause(c), w.note))
}

func (b *Bot) saveCorrectiveCause(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	c, err := b.corrective(ctx, who, k.Number)
	if err != nil {
		return answer{}, err
	}
	req, err := causeOf(f, k, c.RootCause)
	if err != nil {
		return answer{}, err
	}
	ask := func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.FindCorrectiveCause(ctx, who, w.Number, req)
	}
	return b.saved(ctx, who, k, correctiveDeed("You recorded the root cause of", ask, cards.CorrectiveCauseRecorded))
}

func (b *Bot) openPlan(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	c, err := opened(ctx, b, who, w.Number, itsm.ActPlan, (*Bot).corrective, func(c *itsm.CorrectiveAction) error { return c.CheckPlannable(who.Actor) })
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.Plan(c, func(id itsm.PersonID) string { return b.slackOf(ctx, who, id) }))
}

func (b *Bot) savePlan(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	c, err := b.corrective(ctx, who, k.Number)
	if err != nil {
		return answer{}, err
	}
	req, slots := f.Plan(k, c.Plan), f.PlanSlots()
	for _, s := range slots {
		s.Step.Owner = c.Owner
		if s.Who != "" {
			if s.Step.Owner, err = b.person(ctx, who, s.Who); err != nil {
				return answer{}, form.Beside(fmt.Sprintf("/steps/%d/owner", s.N), err)
			}
		}
		req.Steps = append(slices.Clone(req.Steps), s.Step)
	}
	ask := func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.PlanCorrective(ctx, who, w.Number, req)
	}
	a, err := b.saved(ctx, who, k, correctiveDeed("You proposed the plan of", ask, cards.CorrectiveThen("Others are asked whether it is carried out.")))
	return a, inSlots(err, "/steps", len(slots), func(n int) int { return slots[n].N })
}

// inSlots puts what is wrong with one of several, below a pointer, beside the slot that it
// was filled in: slot says which that is.
func inSlots(err error, at string, most int, slot func(int) int) error {
	if err == nil || len(itsm.AsError(err).Fields) == 0 {
		return err
	}
	told := *itsm.AsError(err)
	told.Fields = slices.Clone(told.Fields)
	for n, f := range told.Fields {
		for one := range most {
			if field, ours := strings.CutPrefix(f.Pointer, fmt.Sprintf("%s/%d/", at, one)); ours {
				told.Fields[n].Pointer = fmt.Sprintf("%s/%d/%s", at, slot(one), field)
				break
			}
		}
	}
	return &told
}
