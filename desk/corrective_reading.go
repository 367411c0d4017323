package desk

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// CorrectiveList says which corrective actions to list.
type CorrectiveList struct {
	State    itsm.CorrectiveState // empty: any
	Open     bool                 // only what is not over
	Severity itsm.Severity        // empty: any
	Service  itsm.ServiceID       // empty: any
	Team     itsm.TeamID          // empty: any
	Source   itsm.Number          // that they come from; empty: any
	Mine     bool                 // only what the caller raised
	Owned    bool                 // only what the caller owns
	Waiting  bool                 // only what waits for the caller
	Limit    int                  // 1 to 200; 0: 50
	Cursor   string               // Next of the page before; empty: the newest
}

// CorrectivePage is one page of corrective actions.
type CorrectivePage = Page[itsm.CorrectiveAction]

// CorrectiveAction returns one corrective action that the caller may see.
func (d *Desk) CorrectiveAction(ctx context.Context, who Caller, n itsm.Number) (itsm.CorrectiveAction, error) {
	return about(ctx, d, correctives, who, "corrective_action.read", n,
		func(c *itsm.CorrectiveAction) (itsm.CorrectiveAction, error) { return *c, nil })
}

// CorrectiveActions lists the corrective actions that the caller may see.
func (d *Desk) CorrectiveActions(ctx context.Context, who Caller, list CorrectiveList) (CorrectivePage, error) {
	return reading(ctx, d, who, "corrective_action.list", itsm.ReadCorrective, "", func() (page CorrectivePage, err error) {
		f, err := correctiveFilter(who, list)
		if err != nil {
			return page, err
		}
		read := func(ctx context.Context, before db.Cursor, most int) ([]itsm.CorrectiveAction, error) {
			f.Before, f.Limit = before, most
			return d.Store.Correctives(ctx, f)
		}
		question := list
		question.Limit, question.Cursor = 0, ""
		asked := listing{"corrective_actions", question, list.Limit, list.Cursor}
		return paged(ctx, d, asked, read, func(c itsm.CorrectiveAction) place { return place{RaisedAt: c.RaisedAt, Number: c.Number} })
	})
}

func correctiveFilter(who Caller, list CorrectiveList) (db.CorrectiveFilter, error) {
	f := db.CorrectiveFilter{
		State: list.State, Severity: list.Severity, Service: list.Service, Team: list.Team, Source: list.Source, Open: list.Open,
		Reader: who.Actor,
	}
	switch {
	case list.State != "" && !slices.Contains(itsm.CorrectiveStates, list.State):
		return f, noState(list.State)
	case list.Severity != "" && !slices.Contains(itsm.Severities, list.Severity):
		return f, itsm.Refuse(itsm.Invalid, "list.severity", "There is no severity called %q.", list.Severity)
	}
	if list.Source != "" {
		if err := list.Source.Check(); err != nil {
			return f, err
		}
	}
	if list.Mine {
		f.Reporter = who.Person
	}
	if list.Owned {
		f.Owner = who.Person
	}
	if list.Waiting {
		f.WaitingFor = who.Actor
	}
	return f, nil
}

// WaitingCorrective lists the corrective actions that wait for the caller: to work on,
// to decide on, to verify. The newest page of them is enough for a person.
func (d *Desk) WaitingCorrective(ctx context.Context, who Caller) ([]itsm.CorrectiveAction, error) {
	return reading(ctx, d, who, "corrective_action.waiting", itsm.ReadCorrective, "", func() ([]itsm.CorrectiveAction, error) {
		return d.correctivesFor(ctx, who)
	})
}

func (d *Desk) correctivesFor(ctx context.Context, who Caller) ([]itsm.CorrectiveAction, error) {
	return d.Store.Correctives(ctx, db.CorrectiveFilter{WaitingFor: who.Actor, Reader: who.Actor, Limit: maxPage})
}

// CorrectiveTimeline returns what happened to a corrective action, oldest first.
func (d *Desk) CorrectiveTimeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return about(ctx, d, correctives, who, "corrective_action.timeline", n,
		func(*itsm.CorrectiveAction) ([]itsm.Event, error) { return d.Store.Timeline(ctx, n) })
}

// CorrectiveComments lists what was said about a corrective action, oldest first.
func (d *Desk) CorrectiveComments(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Comment, error) {
	return about(ctx, d, correctives, who, "corrective_action.comments", n,
		func(*itsm.CorrectiveAction) ([]itsm.Comment, error) { return d.Store.Comments(ctx, n) })
}

// CorrectiveRelations lists how other records are to a corrective action, as far as the
// caller may see them.
func (d *Desk) CorrectiveRelations(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Relation, error) {
	return about(ctx, d, correctives, who, "corrective_action.relations", n,
		func(*itsm.CorrectiveAction) ([]itsm.Relation, error) { return d.relations(ctx, who, n) })
}

// ExplainCorrective says why a corrective action stands where it does, and what the
// caller can do.
func (d *Desk) ExplainCorrective(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return about(ctx, d, correctives, who, "corrective_action.explain", n, func(c *itsm.CorrectiveAction) (itsm.Explanation, error) {
		e := c.Explain()
		e.Acts = c.ActsFor(who.Actor, d.Now())
		return e, nil
	})
}

// CorrectiveBook reads all that the messages about a corrective action are made of, as
// the caller may see it.
func (d *Desk) CorrectiveBook(ctx context.Context, who Caller, n itsm.Number) (itsm.CorrectiveBook, error) {
	return about(ctx, d, correctives, who, "corrective_action.book", n, func(c *itsm.CorrectiveAction) (b itsm.CorrectiveBook, err error) {
		b.Corrective = *c
		catalog, err := d.told(ctx, n, &b.Timeline, &b.Said)
		if err != nil {
			return b, err
		}
		b.Service, _ = catalog.Service(c.Service)
		b.Managers, b.Manager = catalog.Holders(itsm.QualityManager), catalog.Managers()[c.Team]
		b.People = whoIsWho(catalog, who)
		return b, nil
	})
}
