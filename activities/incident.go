package activities

import (
	"context"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// IncidentRecording is an incident to be recorded, as it was raised.
type IncidentRecording struct {
	Incident itsm.Incident      `json:"incident"`
	Draft    itsm.IncidentDraft `json:"draft"`
	Event    itsm.Event         `json:"event"`

	Origin
}

// IncidentRecorded is what was found and pinned when an incident was recorded.
type IncidentRecorded struct {
	Incident itsm.Incident      `json:"incident"` // classified, its clocks reckoned
	Terms    itsm.IncidentTerms `json:"terms"`
}

// RecordIncident records and classifies an incident under the policy in force. Run
// again, it answers with what the first run pinned, whatever became of the policy
// since.
func (a *Activities) RecordIncident(ctx context.Context, r IncidentRecording) (IncidentRecorded, error) {
	catalog, version, err := a.pinnedIncident(ctx, r)
	if err != nil {
		return IncidentRecorded{}, err
	}
	service, ok := catalog.Service(r.Draft.Service)
	if !ok {
		return IncidentRecorded{}, itsm.Refuse(itsm.Invalid, "incident.service", "There is no service called %s.", r.Draft.Service)
	}
	i := r.Incident
	i.PolicyVersion, i.Revision = version, r.Event.Revision
	i.Team, i.Owner, i.Restricted = service.Team, service.Owner, service.Restricted
	i.Escalation = catalog.Escalation(r.Draft.Escalation, service)
	i.Begin(r.Draft, &catalog.Incident)
	reckoned, err := i.Reckon(&catalog.Incident, hoursOf(catalog), i.RaisedAt)
	if err != nil {
		return IncidentRecorded{}, err
	}
	i.Clocks = reckoned.Clocks
	if err = a.Store.RecordIncident(ctx, i, r.Event, provenance(ctx, r.Origin)); err == nil {
		a.reached("saved")
	}
	return IncidentRecorded{Incident: i, Terms: catalog.Incident.IncidentTerms()}, err
}

// pinnedIncident is the catalog that an incident was recorded under; before that,
// the newest.
func (a *Activities) pinnedIncident(ctx context.Context, r IncidentRecording) (itsm.Catalog, int, error) {
	was, err := a.Store.Incident(ctx, r.Incident.Number)
	same := was.Reporter == r.Incident.Reporter && was.Title == r.Draft.Title && sameInstant(was.RaisedAt, r.Incident.RaisedAt)
	return a.pinnedTo(ctx, r.Incident.Number, was.PolicyVersion, same, err)
}

// sameInstant reports whether a recorded instant is the one that a process has: the
// database keeps microseconds, and a process's clock counts finer.
func sameInstant(recorded, has time.Time) bool {
	return recorded.Equal(has.Truncate(time.Microsecond))
}

func hoursOf(c itsm.Catalog) func(itsm.CalendarID) (itsm.BusinessTime, error) {
	return func(id itsm.CalendarID) (itsm.BusinessTime, error) { return Hours(c, id) }
}

// IncidentStepping is one step of an incident to be saved.
type IncidentStepping struct {
	Step itsm.IncidentStep `json:"step"`

	Origin
}

// StepIncident saves one step of an incident with its event and its audit entry. It
// is tried until it succeeds.
func (a *Activities) StepIncident(ctx context.Context, s IncidentStepping) error {
	n := s.Step.Event.Number
	err := a.Store.StepIncident(ctx, n, s.Step, provenance(ctx, s.Origin))
	return a.saved(err, "%s revision %d", n, s.Step.Event.Revision)
}

// CommentOnIncident saves a comment with its audit entry.
func (a *Activities) CommentOnIncident(ctx context.Context, s Commenting) error {
	return a.CommentOnChange(ctx, s)
}

// Reckoning is an incident whose instants are to be found out, under the policy that
// it is pinned to.
type Reckoning struct {
	Incident itsm.Incident `json:"incident"`
}

// ReckonIncident finds out what follows from the calendars of an incident's policy.
func (a *Activities) ReckonIncident(ctx context.Context, r Reckoning) (itsm.Reckoning, error) {
	pinned, err := a.Store.CatalogVersion(ctx, r.Incident.PolicyVersion)
	if err != nil {
		return itsm.Reckoning{}, err
	}
	return r.Incident.Reckon(&pinned.Incident, hoursOf(pinned), a.Now())
}

// CallingLevel is a level to be called, of the policy that the incident is pinned to.
type CallingLevel struct {
	Number        itsm.Number       `json:"number"`
	PolicyVersion int               `json:"policy_version"`
	Policy        itsm.EscalationID `json:"policy,omitempty"`
	Calling       itsm.Calling      `json:"calling"`
	Team          itsm.TeamID       `json:"team"`
	Owner         itsm.PersonID     `json:"owner"`
	Role          itsm.Role         `json:"role,omitempty"`
}

// CallLevel finds out who is called: the policy is the one that the incident began
// with; people, teams and rotations are as they are now.
func (a *Activities) CallLevel(ctx context.Context, c CallingLevel) (itsm.Called, error) {
	pinned, err := a.Store.CatalogVersion(ctx, c.PolicyVersion)
	if err != nil {
		return itsm.Called{}, err
	}
	live, _, err := a.Store.Catalog(ctx)
	if err != nil {
		return itsm.Called{}, err
	}
	policy, _ := pinned.EscalationPolicy(c.Policy)
	now := a.Now()
	onCall := func(id itsm.RotationID) ([]itsm.PersonID, error) { return a.onCall(ctx, live, id, now) }
	return live.CallLevel(itsm.Summons{Calling: c.Calling, Policy: policy, Team: c.Team, Owner: c.Owner, Role: c.Role, At: now}, onCall)
}

func (a *Activities) onCall(ctx context.Context, c itsm.Catalog, id itsm.RotationID, at time.Time) ([]itsm.PersonID, error) {
	answer, err := a.Roster.OnCall(ctx, c, id, at)
	if err == nil && answer.Problem != "" {
		a.Log.WarnContext(ctx, "a rota is not fresh", "rotation", id, "problem", answer.Problem)
	}
	return answer.People, err
}

// ReadIncident reads an incident as it is recorded: what its children follow.
func (a *Activities) ReadIncident(ctx context.Context, n itsm.Number) (itsm.Incident, error) {
	return a.Store.Incident(ctx, n)
}

// IncidentChildren are the incidents that follow one and are not over.
func (a *Activities) IncidentChildren(ctx context.Context, n itsm.Number) ([]itsm.Number, error) {
	return a.Store.IncidentChildren(ctx, n)
}

// ShowIncident makes what people see in Slack agree with the record, as ShowChange does.
func (a *Activities) ShowIncident(ctx context.Context, t Target) (Shown, error) {
	book, err := a.book(ctx, t)
	if err != nil {
		return Shown{}, err
	}
	return a.showAll(ctx, itsm.IncidentNotices(book))
}

// book reads all that the messages about an incident are made of.
func (a *Activities) book(ctx context.Context, t Target) (b itsm.IncidentBook, err error) {
	if b.Incident, err = a.Store.Incident(ctx, t.Number); err != nil {
		return b, err
	}
	leaves, err := a.leaves(ctx, t, b.Incident.Revision)
	if err != nil {
		return b, err
	}
	b.Timeline, b.Said = leaves.timeline, leaves.said
	if b.Incident.Alert != nil {
		if b.Alerts, err = a.alerts(ctx, t.Number); err != nil {
			return b, err
		}
	}
	if b.Incident.Open() {
		// What stands in a channel is read by whoever is in it: nobody in particular.
		if b.Known, err = a.Store.KnownErrorsFor(ctx, b.Incident, itsm.Actor{Roles: []itsm.Role{itsm.Responder}, Scopes: []itsm.Scope{itsm.ScopeRead}, Person: itsm.System}); err != nil {
			return b, err
		}
	}
	b.Service, _ = leaves.catalog.Service(b.Incident.Service)
	b.Managers = leaves.catalog.Managers()
	b.People = peopleOf(leaves.catalog, b.Named())
	return b, nil
}

func (a *Activities) alerts(ctx context.Context, n itsm.Number) (*itsm.AlertCount, error) {
	all, err := a.Store.AlertsOf(ctx, n)
	count := db.CountAlerts(all)
	return &count, err
}
