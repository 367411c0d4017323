package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// Recording is a change to be recorded, as it was raised.
type Recording struct {
	Change itsm.Change `json:"change"`
	Event  itsm.Event  `json:"event"`

	Origin
}

// Origin is what brought an act here: kept beside it, for the audit.
type Origin struct {
	Act        string `json:"act,omitempty"`        // the update's ID
	Credential string `json:"credential,omitempty"` // the token's or Slack user's id
}

// Recorded is what was found and pinned when the change was recorded.
type Recorded struct {
	PolicyVersion int            `json:"policy_version"`
	Terms         itsm.Terms     `json:"terms,omitzero"`
	RiskScore     itsm.RiskScore `json:"risk_score,omitzero"`
	Opening       *itsm.Opening  `json:"opening,omitempty"` // of the first stage; nil: it is to be assessed first
	Team          itsm.TeamID    `json:"team"`
	Owner         itsm.PersonID  `json:"owner"`
	Restricted    bool           `json:"restricted,omitempty"`

	// Histories from before there were stages hold these in place of an opening.
	Policy    itsm.ChangePolicy `json:"policy,omitzero"`
	Approvers []itsm.PersonID   `json:"approvers,omitempty"`
}

// First is the opening of the first stage; nil where the change is to be assessed
// before it.
func (r *Recorded) First(at time.Time) *itsm.Opening {
	if r.Opening != nil || len(r.Approvers) == 0 {
		return r.Opening
	}
	expire := at.Add(time.Duration(r.Policy.ExpireAfter)).UTC()
	var remind *time.Time
	if r.Policy.RemindAfter > 0 {
		remind = new(at.Add(time.Duration(r.Policy.RemindAfter)).UTC())
	}
	o := itsm.OfOne(r.Approvers, at.UTC(), remind, &expire)
	return &o
}

// RecordChange records a change under the policy in force, weighs its risk and
// opens the first stage of its approval. Run again, it answers with what the first
// run pinned, whatever became of the policy since; people are as they are now.
func (a *Activities) RecordChange(ctx context.Context, r Recording) (Recorded, error) {
	catalog, version, err := a.pinned(ctx, r.Change)
	if err != nil {
		return Recorded{}, err
	}
	service, ok := catalog.Service(r.Change.Service)
	if !ok {
		return Recorded{}, itsm.Refuse(itsm.Invalid, "change.service", "There is no service called %s.", r.Change.Service)
	}
	found := Recorded{
		PolicyVersion: version, Terms: catalog.Change.Terms(service),
		Team: service.Team, Owner: service.Owner, Restricted: service.Restricted,
	}
	found.RiskScore = found.Terms.Score(r.Change.ChangeDraft)
	c := r.Change
	c.Revision, c.PolicyVersion, c.RiskScore = r.Event.Revision, version, found.RiskScore
	c.Team, c.Owner, c.Restricted = found.Team, found.Owner, found.Restricted
	if !found.Terms.Assess(c.ChangeDraft) {
		// A person can mend what is refused here: the process waits until the catalog names somebody.
		first := c.Asking()
		first.Stage = 1
		if found.Opening, err = a.open(ctx, catalog, first); err != nil {
			return Recorded{}, err
		}
	}
	if err = a.Store.RecordChange(ctx, c, r.Event, provenance(ctx, r.Origin)); err == nil {
		a.reached("saved")
	}
	return found, err
}

// pinned is the catalog that a change was recorded under; before that, the newest.
func (a *Activities) pinned(ctx context.Context, c itsm.Change) (itsm.Catalog, int, error) {
	was, err := a.Store.Change(ctx, c.Number)
	same := was.Requester == c.Requester && was.ContentHash == c.ContentHash
	return a.pinnedTo(ctx, c.Number, was.PolicyVersion, same, err)
}

// pinnedTo is the catalog of the version that a record has, or the newest where reading
// it found that there is none yet. A record that is there and is another is refused.
func (a *Activities) pinnedTo(ctx context.Context, n itsm.Number, version int, same bool, read error) (itsm.Catalog, int, error) {
	switch {
	case read != nil && itsm.AsError(read).Kind == itsm.NotFound:
		return a.Store.Catalog(ctx)
	case read != nil:
		return itsm.Catalog{}, 0, read
	case !same:
		return itsm.Catalog{}, 0, itsm.Refuse(itsm.Conflict, "record.exists", "%s exists already.", n)
	}
	catalog, err := a.Store.CatalogVersion(ctx, version)
	return catalog, version, err
}

// Stepping is one step of a change to be saved.
type Stepping struct {
	Step itsm.ChangeStep `json:"step"`

	Origin
}

// StepChange saves one step of a change with its event and its audit entry. It is
// tried until it succeeds: a refusal here can only be a fault of ours, and the
// act behind it was acknowledged.
func (a *Activities) StepChange(ctx context.Context, s Stepping) error {
	err := a.Store.StepChange(ctx, s.Step, provenance(ctx, s.Origin))
	return a.saved(err, "%s revision %d", s.Step.Event.Number, s.Step.Event.Revision)
}

// saved is how a save ended: what was acknowledged is never refused for good.
func (a *Activities) saved(err error, what string, args ...any) error {
	if err == nil {
		a.reached("saved")
		return nil
	}
	if e := itsm.AsError(err); !e.Kind.Temporary() {
		return itsm.Refuse(itsm.Internal, e.Code, "%s cannot be saved: %s", fmt.Sprintf(what, args...), e.Message)
	}
	return err
}

// Commenting is a comment to be saved.
type Commenting struct {
	Comment itsm.Comment `json:"comment"`

	Origin
}

// CommentOnChange saves a comment with its audit entry. Like a step, it is tried
// until it succeeds.
func (a *Activities) CommentOnChange(ctx context.Context, s Commenting) error {
	err := a.Store.RecordComment(ctx, s.Comment, provenance(ctx, s.Origin))
	return a.saved(err, "comment %d of %s", s.Comment.ID, s.Comment.Number)
}

func provenance(ctx context.Context, o Origin) db.Provenance {
	w := activity.GetInfo(ctx).WorkflowExecution
	return db.Provenance{WorkflowID: w.ID, RunID: w.RunID, ActID: o.Act, Credential: o.Credential}
}

// directory is the part of the catalog that a message about a change may name.
func directory(c itsm.Catalog, change itsm.Change, timeline []itsm.Event, said []itsm.Comment) map[itsm.PersonID]itsm.Person {
	named := []itsm.PersonID{change.Requester, change.Implementer, change.Owner, change.Assignee}
	named = append(append(named, change.Approvers...), change.Approval.Asked...)
	for _, e := range timeline {
		named = append(named, e.Actor)
		if e.Decision != nil {
			named = append(named, e.Decision.Principal())
		}
	}
	for _, d := range change.Deputies() {
		named = append(named, d.From, d.To)
	}
	if o := change.Approval.Opening; o != nil {
		for _, p := range o.Panels {
			named = append(append(named, p.Backups...), p.Managers...)
		}
	}
	for _, w := range said {
		named = append(named, w.By)
	}
	slices.Sort(named)
	return peopleOf(c, slices.Compact(named))
}

func peopleOf(c itsm.Catalog, named []itsm.PersonID) map[itsm.PersonID]itsm.Person {
	people := make(map[itsm.PersonID]itsm.Person, len(named))
	for _, id := range named {
		if p, ok := c.Person(id); ok {
			people[id] = p
		}
	}
	return people
}
