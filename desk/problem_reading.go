package desk

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// ProblemList says which problems to list.
type ProblemList struct {
	State       itsm.ProblemState // empty: any
	Open        bool              // only what is not over
	Priority    itsm.Priority     // empty: any
	Service     itsm.ServiceID    // empty: any
	Team        itsm.TeamID       // empty: any
	Mine        bool              // only what the caller raised
	Coordinated bool              // only what the caller coordinates
	Waiting     bool              // only what waits for the caller
	Limit       int               // 1 to 200; 0: 50
	Cursor      string            // Next of the page before; empty: the newest
}

// ProblemPage is one page of problems.
type ProblemPage = Page[itsm.Problem]

// maxKnownErrors are found at once.
const maxKnownErrors = 20

// Problem returns one problem that the caller may see.
func (d *Desk) Problem(ctx context.Context, who Caller, n itsm.Number) (itsm.Problem, error) {
	return about(ctx, d, problems, who, "problem.read", n, func(p *itsm.Problem) (itsm.Problem, error) { return *p, nil })
}

// Problems lists the problems that the caller may see.
func (d *Desk) Problems(ctx context.Context, who Caller, list ProblemList) (ProblemPage, error) {
	return reading(ctx, d, who, "problem.list", itsm.ReadProblems, "", func() (page ProblemPage, err error) {
		f, err := problemFilter(who, list)
		if err != nil {
			return page, err
		}
		read := func(ctx context.Context, before db.Cursor, most int) ([]itsm.Problem, error) {
			f.Before, f.Limit = before, most
			return d.Store.Problems(ctx, f)
		}
		question := list
		question.Limit, question.Cursor = 0, ""
		asked := listing{"problems", question, list.Limit, list.Cursor}
		return paged(ctx, d, asked, read, func(p itsm.Problem) place { return place{RaisedAt: p.RaisedAt, Number: p.Number} })
	})
}

func problemFilter(who Caller, list ProblemList) (db.ProblemFilter, error) {
	f := db.ProblemFilter{State: list.State, Priority: list.Priority, Service: list.Service, Team: list.Team, Open: list.Open, Reader: who.Actor}
	if list.State != "" && !slices.Contains(itsm.ProblemStates, list.State) {
		return f, noState(list.State)
	}
	if list.Priority != "" && !slices.Contains(itsm.Priorities, list.Priority) {
		return f, itsm.Refuse(itsm.Invalid, "list.priority", "There is no priority called %q.", list.Priority)
	}
	if list.Mine {
		f.Reporter = who.Person
	}
	if list.Coordinated {
		f.Coordinator = who.Person
	}
	if list.Waiting {
		f.WaitingFor = who.Actor
	}
	return f, nil
}

// WaitingProblems lists the problems that wait for the caller: to assess, to work on,
// to decide on. The newest page of them is enough for a person.
func (d *Desk) WaitingProblems(ctx context.Context, who Caller) ([]itsm.Problem, error) {
	return reading(ctx, d, who, "problem.waiting", itsm.ReadProblems, "", func() ([]itsm.Problem, error) { return d.problemsFor(ctx, who) })
}

func (d *Desk) problemsFor(ctx context.Context, who Caller) ([]itsm.Problem, error) {
	return d.Store.Problems(ctx, db.ProblemFilter{WaitingFor: who.Actor, Reader: who.Actor, Limit: maxPage})
}

// ProblemTimeline returns what happened to a problem, oldest first.
func (d *Desk) ProblemTimeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return about(ctx, d, problems, who, "problem.timeline", n, func(*itsm.Problem) ([]itsm.Event, error) { return d.Store.Timeline(ctx, n) })
}

// ProblemComments lists what was said about a problem, oldest first.
func (d *Desk) ProblemComments(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Comment, error) {
	return about(ctx, d, problems, who, "problem.comments", n, func(*itsm.Problem) ([]itsm.Comment, error) { return d.Store.Comments(ctx, n) })
}

// ProblemRelations lists how other records are to a problem, as far as the caller may
// see them.
func (d *Desk) ProblemRelations(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Relation, error) {
	return about(ctx, d, problems, who, "problem.relations", n, func(*itsm.Problem) ([]itsm.Relation, error) { return d.relations(ctx, who, n) })
}

// ExplainProblem says why a problem stands where it does, and what the caller can do.
func (d *Desk) ExplainProblem(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return about(ctx, d, problems, who, "problem.explain", n, func(p *itsm.Problem) (itsm.Explanation, error) {
		e := p.Explain()
		e.Acts = p.ActsFor(who.Actor, d.Now())
		return e, nil
	})
}

// ProblemBook reads all that the messages about a problem are made of, as the caller
// may see it.
func (d *Desk) ProblemBook(ctx context.Context, who Caller, n itsm.Number) (itsm.ProblemBook, error) {
	return about(ctx, d, problems, who, "problem.book", n, func(p *itsm.Problem) (b itsm.ProblemBook, err error) {
		b.Problem = *p
		if b.Timeline, err = d.Store.Timeline(ctx, n); err != nil {
			return b, err
		}
		if b.Said, err = d.Store.Comments(ctx, n); err != nil {
			return b, err
		}
		if b.Use, err = d.Store.KnownErrorUse(ctx, n); err != nil {
			return b, err
		}
		catalog, _, err := d.Store.Catalog(ctx)
		if err != nil {
			return b, err
		}
		b.Service, _ = catalog.Service(p.Service)
		b.Managers, b.Manager = catalog.Holders(itsm.ProblemManager), catalog.Managers()[p.Team]
		b.People = make(map[itsm.PersonID]itsm.Person, len(catalog.People))
		for _, one := range catalog.PeopleFor(who.Actor) {
			b.People[one.ID] = one
		}
		return b, nil
	})
}

// FixDraft is the change that would fix a problem, as far as the problem tells.
func (d *Desk) FixDraft(ctx context.Context, who Caller, n itsm.Number) (itsm.ChangeDraft, error) {
	return about(ctx, d, problems, who, "problem.fix_draft", n, func(p *itsm.Problem) (itsm.ChangeDraft, error) { return p.FixDraft(), nil })
}

// KnownErrors finds known errors that are published, by words of theirs, those that fit
// best first. Without words it lists the newest.
func (d *Desk) KnownErrors(ctx context.Context, who Caller, words string, limit int) ([]itsm.KnownErrorFound, error) {
	return reading(ctx, d, who, "known_error.list", itsm.ReadProblems, "", func() ([]itsm.KnownErrorFound, error) {
		if limit < 0 || limit > maxPage {
			return nil, itsm.Refuse(itsm.Invalid, "list.limit", "The limit must be from 1 to %d.", maxPage)
		}
		if limit == 0 {
			limit = maxKnownErrors
		}
		if err := itsm.CheckSearch(words); err != nil {
			return nil, err
		}
		return d.Store.KnownErrors(ctx, db.KnownErrorQuery{Words: words, Reader: who.Actor, Limit: limit})
	})
}

// IncidentKnownErrors lists known errors that may be what an incident is of.
func (d *Desk) IncidentKnownErrors(ctx context.Context, who Caller, n itsm.Number) ([]itsm.KnownErrorFound, error) {
	return about(ctx, d, incidents, who, "incident.known_errors", n, func(i *itsm.Incident) ([]itsm.KnownErrorFound, error) {
		return d.Store.KnownErrorsFor(ctx, *i, who.Actor)
	})
}
