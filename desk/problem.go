package desk

import (
	"context"

	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// RaiseProblem records a problem and answers once it is classified.
func (d *Desk) RaiseProblem(ctx context.Context, who Caller, draft itsm.ProblemDraft) (itsm.Receipt, error) {
	return raise(ctx, d, who, raising[itsm.ProblemDraft]{
		act: itsm.ActProblemRaise, body: draft, number: d.Store.NextProblemNumber,
		begins: func(ctx context.Context) (start, error) { return d.problemStart(ctx, who, draft) },
		opened: []itsm.EventKind{itsm.EventProblemLogged, itsm.EventProblemProposed},
	})
}

// problemStart is how a problem begins. It refuses what the process would refuse, and
// what comes of records that the caller cannot see.
func (d *Desk) problemStart(ctx context.Context, who Caller, draft itsm.ProblemDraft) (start, error) {
	if err := draft.CheckRaise(who.Actor); err != nil {
		return start{}, err
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return start{}, err
	}
	if err := catalog.CheckRaiseProblem(who.Actor, draft); err != nil {
		return start{}, err
	}
	if err := draft.CheckIncidents(func(n itsm.Number) (bool, error) { return d.sees(ctx, who, n) }); err != nil {
		return start{}, err
	}
	if draft.Follows != "" {
		before, err := d.problemFor(ctx, who, draft.Follows)
		if err != nil {
			return start{}, err
		}
		if err := draft.CheckFollows(before); err != nil {
			return start{}, err
		}
	}
	return start{
		process: workflows.ProblemType, summary: workflows.ProblemSummary(who.Person, draft), attributes: temporal.NewSearchAttributes(
			workflows.Process.ValueSet("problem"),
			workflows.State.ValueSet(string(itsm.ProblemNew)),
			workflows.Service.ValueSet(string(draft.Service)),
		),
	}, nil
}

// problemFor reads a problem that an act names; nil when there is none that the caller
// may see.
func (d *Desk) problemFor(ctx context.Context, who Caller, n itsm.Number) (*itsm.Problem, error) {
	p, err := problems.seen(ctx, d, who, n)
	if hides(err) {
		return nil, nil //nolint:nilnil // what is not there is no fault: the rule refuses it under its own code
	}
	return p, err
}

// RelayProblems does once what follows from the record book: it proposes problems for
// what was found there, and tells those whose fix is watched of incidents that show
// that it did not hold. Any number of desks may.
func (d *Desk) RelayProblems(ctx context.Context) error {
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return err
	}
	due, err := d.Store.Proposals(ctx, catalog.Problem.Proposes, relayed)
	if err != nil {
		return err
	}
	for _, p := range due {
		if _, err := d.RaiseProblem(ctx, finder(p.Key), p.Draft); err != nil {
			d.Log.WarnContext(ctx, "a problem is not proposed", "key", p.Key, "error", err)
		}
	}
	again, err := d.Store.Recurrences(ctx, relayed)
	if err != nil {
		return err
	}
	for _, r := range again {
		_, err := d.recurred(ctx, r.Problem, itsm.RecurRequest{Incident: r.Incident})
		if settledAlready(err) != nil {
			d.Log.WarnContext(ctx, "a problem is not told that it came back", "number", r.Problem, "incident", r.Incident, "error", err)
		}
	}
	return nil
}

// recurred tells a problem that it came back.
func (d *Desk) recurred(ctx context.Context, n itsm.Number, r itsm.RecurRequest) (itsm.Receipt, error) {
	who := finder("recur/" + string(n) + "/" + string(r.Incident))
	return perform(ctx, d, problems, who, n, itsm.ActRecur, r, func(p *itsm.Problem) error { return p.CheckRecur(who.Actor, r) })
}

// finder is who acts for what Steward finds itself.
func finder(key string) Caller {
	return Caller{Actor: itsm.Actor{
		Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Door: itsm.DoorSystem, Scopes: bothScopes, Credential: "finder",
	}, Key: key}
}
