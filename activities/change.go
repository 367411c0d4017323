package activities

import (
	"context"
	"slices"

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
	PolicyVersion int               `json:"policy_version"`
	Policy        itsm.ChangePolicy `json:"policy"`
	Approvers     []itsm.PersonID   `json:"approvers"`
	Team          itsm.TeamID       `json:"team"`
	Owner         itsm.PersonID     `json:"owner"`
	Restricted    bool              `json:"restricted,omitempty"`
}

// RecordChange records a change under the policy in force and names who may
// decide on it. Run again, it answers with what the first run pinned, whatever
// became of the catalog since.
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
		PolicyVersion: version, Policy: catalog.Change, Approvers: catalog.Approvers(r.Change.Requester),
		Team: service.Team, Owner: service.Owner, Restricted: service.Restricted,
	}
	if len(found.Approvers) == 0 {
		// A person can mend that: the process waits here until the catalog names somebody.
		return Recorded{}, itsm.Refuse(itsm.Unavailable, "change.nobody_decides",
			"Nobody but the requester may decide on %s. Name another %s in the catalog.", r.Change.Number, catalog.Change.Approvers)
	}
	c := r.Change
	c.Revision, c.PolicyVersion = r.Event.Revision, version
	c.Team, c.Owner, c.Restricted = found.Team, found.Owner, found.Restricted
	if err = a.Store.RecordChange(ctx, c, r.Event, provenance(ctx, r.Origin)); err == nil {
		a.reached("saved")
	}
	return found, err
}

// pinned is the catalog that a change was recorded under; before that, the newest.
func (a *Activities) pinned(ctx context.Context, c itsm.Change) (itsm.Catalog, int, error) {
	recorded, err := a.Store.Change(ctx, c.Number)
	switch {
	case err != nil && itsm.AsError(err).Kind == itsm.NotFound:
		return a.Store.Catalog(ctx)
	case err != nil:
		return itsm.Catalog{}, 0, err
	case recorded.Requester != c.Requester || recorded.ContentHash != c.ContentHash:
		return itsm.Catalog{}, 0, itsm.Refuse(itsm.Conflict, "record.exists", "%s exists already.", c.Number)
	}
	catalog, err := a.Store.CatalogVersion(ctx, recorded.PolicyVersion)
	return catalog, recorded.PolicyVersion, err
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
	if err == nil {
		a.reached("saved")
	}
	if e := itsm.AsError(err); err != nil && !e.Kind.Temporary() {
		return itsm.Refuse(itsm.Internal, e.Code, "%s revision %d cannot be saved: %s", s.Step.Event.Number, s.Step.Event.Revision, e.Message)
	}
	return err
}

func provenance(ctx context.Context, o Origin) db.Provenance {
	w := activity.GetInfo(ctx).WorkflowExecution
	return db.Provenance{WorkflowID: w.ID, RunID: w.RunID, ActID: o.Act, Credential: o.Credential}
}

// directory is the part of the catalog that a message about a change may name.
func directory(c itsm.Catalog, change itsm.Change, timeline []itsm.Event) map[itsm.PersonID]itsm.Person {
	named := append([]itsm.PersonID{change.Requester, change.Implementer, change.Owner}, change.Approvers...)
	for _, e := range timeline {
		named = append(named, e.Actor)
	}
	slices.Sort(named)
	people := make(map[itsm.PersonID]itsm.Person, len(named))
	for _, id := range slices.Compact(named) {
		if p, ok := c.Person(id); ok {
			people[id] = p
		}
	}
	return people
}
