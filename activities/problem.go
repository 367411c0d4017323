package activities

import (
	"context"
	"slices"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// ProblemRecording is a problem to be recorded, as it was raised.
type ProblemRecording struct {
	Problem itsm.Problem      `json:"problem"`
	Draft   itsm.ProblemDraft `json:"draft"`
	Event   itsm.Event        `json:"event"`

	Origin
}

// ProblemRecorded is what was found and pinned when a problem was recorded.
type ProblemRecorded struct {
	Problem itsm.Problem      `json:"problem"`
	Terms   itsm.ProblemTerms `json:"terms"`
}

// RecordProblem records and classifies a problem under the policy in force. Run again,
// it answers with what the first run pinned, whatever became of the policy since.
func (a *Activities) RecordProblem(ctx context.Context, r ProblemRecording) (ProblemRecorded, error) {
	catalog, version, err := a.pinnedProblem(ctx, r)
	if err != nil {
		return ProblemRecorded{}, err
	}
	service, ok := catalog.Service(r.Draft.Service)
	if !ok {
		return ProblemRecorded{}, itsm.Refuse(itsm.Invalid, "problem.service", "There is no service called %s.", r.Draft.Service)
	}
	p := r.Problem
	p.PolicyVersion, p.Revision = version, r.Event.Revision
	p.Team, p.Owner, p.Restricted = service.Team, service.Owner, service.Restricted
	p.Begin(r.Draft, &catalog)
	reckoned, err := p.Reckon(catalog.Problem, hoursOf(catalog), p.RaisedAt)
	if err != nil {
		return ProblemRecorded{}, err
	}
	p.Clocks = reckoned.Clocks
	if err = a.Store.RecordProblem(ctx, p, r.Event, provenance(ctx, r.Origin)); err == nil {
		a.reached("saved")
	}
	return ProblemRecorded{Problem: p, Terms: catalog.ProblemTerms()}, err
}

// pinnedProblem is the catalog that a problem was recorded under; before that, the
// newest.
func (a *Activities) pinnedProblem(ctx context.Context, r ProblemRecording) (itsm.Catalog, int, error) {
	was, err := a.Store.Problem(ctx, r.Problem.Number)
	same := was.Reporter == r.Problem.Reporter && was.Title == r.Draft.Title && sameInstant(was.RaisedAt, r.Problem.RaisedAt)
	return a.pinnedTo(ctx, r.Problem.Number, was.PolicyVersion, same, err)
}

// ProblemStepping is one step of a problem to be saved.
type ProblemStepping struct {
	Step itsm.ProblemStep `json:"step"`

	Origin
}

// StepProblem saves one step of a problem with its event and its audit entry. It is
// tried until it succeeds.
func (a *Activities) StepProblem(ctx context.Context, s ProblemStepping) error {
	n := s.Step.Event.Number
	err := a.Store.StepProblem(ctx, n, s.Step, provenance(ctx, s.Origin))
	return a.saved(err, "%s revision %d", n, s.Step.Event.Revision)
}

// CommentOnProblem saves a comment with its audit entry.
func (a *Activities) CommentOnProblem(ctx context.Context, s Commenting) error {
	return a.CommentOnChange(ctx, s)
}

// ProblemReckoning is a problem whose instants are to be found out, under the policy
// that it is pinned to.
type ProblemReckoning struct {
	Number        itsm.Number  `json:"number"`
	PolicyVersion int          `json:"policy_version"`
	Clocks        []itsm.Clock `json:"clocks"`
	Idle          *itsm.Idle   `json:"idle,omitempty"`
}

// ReckonProblem finds out what follows from the calendar of a problem's policy.
func (a *Activities) ReckonProblem(ctx context.Context, r ProblemReckoning) (itsm.ProblemReckoning, error) {
	pinned, err := a.Store.CatalogVersion(ctx, r.PolicyVersion)
	if err != nil {
		return itsm.ProblemReckoning{}, err
	}
	p := itsm.Problem{Number: r.Number}
	p.Clocks, p.Idle = r.Clocks, r.Idle
	return p.Reckon(pinned.Problem, hoursOf(pinned), a.Now())
}

// Matter is what is to be decided on, under the policy that its record is pinned to.
type Matter struct {
	Asking        itsm.Matter `json:"asking"`
	PolicyVersion int         `json:"policy_version"`
}

// OpenPublication names who may say that a known error can be published, and until
// when. The policy is the one that the problem began with; people are as they are now.
func (a *Activities) OpenPublication(ctx context.Context, m Matter) (itsm.Opening, error) {
	pinned, live, err := a.catalogs(ctx, m.PolicyVersion)
	if err != nil {
		return itsm.Opening{}, err
	}
	return live.OpenPublication(pinned.Problem, m.Asking, a.Now())
}

// catalogs are the one that a record is pinned to, and the one that is now.
func (a *Activities) catalogs(ctx context.Context, version int) (pinned, live itsm.Catalog, err error) {
	if pinned, err = a.Store.CatalogVersion(ctx, version); err == nil {
		live, _, err = a.Store.Catalog(ctx)
	}
	return pinned, live, err
}

// ReadFix reads the change that a problem waits for.
func (a *Activities) ReadFix(ctx context.Context, n itsm.Number) (itsm.Change, error) {
	c, err := a.Store.Change(ctx, n)
	short := itsm.Change{Number: c.Number, State: c.State, Outcome: c.Outcome, Revision: c.Revision}
	return short, err // what it is about would only make the history longer
}

// ReadProblem reads a problem as it is recorded.
func (a *Activities) ReadProblem(ctx context.Context, n itsm.Number) (itsm.Problem, error) {
	return a.Store.Problem(ctx, n)
}

// ProblemIncidents are the incidents of a problem that are not over, and those that
// wait for it.
func (a *Activities) ProblemIncidents(ctx context.Context, n itsm.Number) ([]itsm.Number, error) {
	return a.Store.ProblemIncidents(ctx, n)
}

// ProblemNews asks what a problem has to tell an incident.
type ProblemNews struct {
	Incident itsm.Number `json:"incident"`
	Problem  itsm.Number `json:"problem"`
}

// ReadProblemNews reads what a problem has to tell an incident, as it is recorded.
func (a *Activities) ReadProblemNews(ctx context.Context, n ProblemNews) (itsm.ProblemNews, error) {
	p, err := a.Store.Problem(ctx, n.Problem)
	if err != nil {
		return itsm.ProblemNews{}, err
	}
	incidents, err := a.Store.ProblemIncidents(ctx, n.Problem)
	if err != nil {
		return itsm.ProblemNews{}, err
	}
	return p.News(slices.Contains(incidents, n.Incident)), nil
}

// FindTrends looks for incidents that are alike, and keeps what was found.
func (a *Activities) FindTrends(ctx context.Context, at time.Time) ([]itsm.Trend, error) {
	catalog, _, err := a.Store.Catalog(ctx)
	if err != nil {
		return nil, err
	}
	policy := catalog.Problem.Filled().Trend
	found, err := a.Store.Trends(ctx, policy, at)
	if err != nil {
		return nil, err
	}
	found = policy.Foremost(found)
	return found, a.Store.KeepTrends(ctx, at, found)
}

// ShowProblem makes what people see in Slack agree with the record, as ShowChange does.
func (a *Activities) ShowProblem(ctx context.Context, t Target) (Shown, error) {
	book, err := a.problemBook(ctx, t)
	if err != nil {
		return Shown{}, err
	}
	return a.showAll(ctx, itsm.ProblemNotices(book))
}

// problemBook reads all that the messages about a problem are made of.
func (a *Activities) problemBook(ctx context.Context, t Target) (b itsm.ProblemBook, err error) {
	if b.Problem, err = a.Store.Problem(ctx, t.Number); err != nil {
		return b, err
	}
	leaves, err := a.leaves(ctx, t, b.Problem.Revision)
	if err != nil {
		return b, err
	}
	b.Timeline, b.Said = leaves.timeline, leaves.said
	if b.Use, err = a.Store.KnownErrorUse(ctx, t.Number); err != nil {
		return b, err
	}
	b.Service, _ = leaves.catalog.Service(b.Problem.Service)
	b.Managers, b.Manager = leaves.catalog.Holders(itsm.ProblemManager), leaves.catalog.Managers()[b.Problem.Team]
	b.People = peopleOf(leaves.catalog, b.Named())
	return b, nil
}
