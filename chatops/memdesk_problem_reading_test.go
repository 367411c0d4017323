package chatops

import (
	"context"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func (d *memDesk) Problem(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Problem, error) {
	if err := d.trouble(ctx, "Problem"); err != nil {
		return itsm.Problem{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.seenProblem(who, n)
	if err != nil {
		return itsm.Problem{}, err
	}
	return *p, nil
}

func (d *memDesk) ProblemBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ProblemBook, error) {
	p, err := d.Problem(ctx, who, n)
	if err != nil {
		return itsm.ProblemBook{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.problemBook(p), nil
}

func (d *memDesk) problemBook(p itsm.Problem) itsm.ProblemBook {
	s, _ := d.catalog.Service(p.Service)
	return itsm.ProblemBook{
		Problem: p, Timeline: slices.Clone(d.timelines[p.Number]), Said: slices.Clone(d.comments[p.Number]), Service: s,
		Managers: d.catalog.Holders(itsm.ProblemManager), People: byID(d.catalog.People), Use: d.use(p.Number),
	}
}

// use counts the incidents that apply a known error.
func (d *memDesk) use(n itsm.Number) (u itsm.KnownErrorUse) {
	for _, i := range d.incidents {
		if slices.ContainsFunc(i.Relations, func(r itsm.Relation) bool { return r.Kind == itsm.Applies && r.To == n }) {
			u.Count, u.Last = u.Count+1, i.Number
		}
	}
	return u
}

func (d *memDesk) Problems(ctx context.Context, who desk.Caller, list desk.ProblemList) (desk.ProblemPage, error) {
	if err := d.trouble(ctx, "Problems"); err != nil {
		return desk.ProblemPage{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var page desk.ProblemPage
	for _, p := range d.problems {
		switch {
		case p.CheckRead(who.Actor) != nil, list.Open && p.State.Final(), list.Mine && p.Reporter != who.Person, list.Coordinated && p.Coordinator != who.Person:
		default:
			page.Items = append(page.Items, *p)
		}
	}
	slices.SortFunc(page.Items, func(a, b itsm.Problem) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	page.Items = page.Items[:min(len(page.Items), list.Limit)]
	return page, nil
}

func (d *memDesk) WaitingProblems(ctx context.Context, who desk.Caller) ([]itsm.Problem, error) {
	page, err := d.Problems(ctx, who, desk.ProblemList{Open: true, Limit: 200})
	return slices.DeleteFunc(page.Items, func(p itsm.Problem) bool {
		e := p.Explain()
		return !slices.Contains(e.WaitsFor, who.Person) && !slices.ContainsFunc(e.Roles, who.Is)
	}), err
}

func (d *memDesk) ProblemRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	p, err := d.Problem(ctx, who, n)
	return p.Relations, err
}

func (d *memDesk) FixDraft(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ChangeDraft, error) {
	p, err := d.Problem(ctx, who, n)
	return p.FixDraft(), err
}

func (d *memDesk) KnownErrors(ctx context.Context, who desk.Caller, words string, _ int) (found []itsm.KnownErrorFound, err error) {
	if err := d.trouble(ctx, "KnownErrors"); err != nil {
		return nil, err
	}
	if err := itsm.CheckSearch(words); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.problems {
		if k := p.Published; k != nil && k.State == itsm.KnownErrorPublished && p.CheckRead(who.Actor) == nil &&
			strings.Contains(strings.ToLower(k.Title+" "+k.Symptoms), strings.ToLower(words)) {
			found = append(found, itsm.KnownErrorFound{KnownError: *k, Problem: p.Number, Use: d.use(p.Number)})
		}
	}
	return found, nil
}

func (d *memDesk) IncidentKnownErrors(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.KnownErrorFound, error) {
	if _, err := d.Incident(ctx, who, n); err != nil {
		return nil, err
	}
	return d.KnownErrors(ctx, who, "", 3)
}
