package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// NextIncidentNumber draws the number of an incident that is about to be raised.
func (s *Store) NextIncidentNumber(ctx context.Context) (itsm.Number, error) {
	n, err := s.rows.NextIncidentNumber(ctx)
	if err != nil {
		return "", refusal("next incident number", err)
	}
	return itsm.IncidentNumber(n), nil
}

// RecordIncident saves an incident for the first time, at revision 1, with its first
// event. The same incident again changes nothing; another one under the same number
// is record.diverged.
func (s *Store) RecordIncident(ctx context.Context, i itsm.Incident, e itsm.Event, p Provenance) error {
	return saving[rows.RecordIncidentParams]{
		what: "record incident", event: e, amiss: errors.Join(begins(i.Number, e), agreedIncident(&i, e)),
		whole: struct {
			Incident itsm.Incident
			Event    itsm.Event
		}{i, e},
		row:  func(digest string) (rows.RecordIncidentParams, error) { return recordIncidentRow(&i, e, p, digest) },
		save: s.rows.RecordIncident,
	}.into(ctx, s)
}

// StepIncident saves what one event left of an incident. Steps may arrive twice, late
// or out of order: the row keeps the newest, events, relations and audit end complete.
// The same step again changes nothing; another one of the same revision is
// record.diverged. A step that arrives before its incident is refused as
// record.not_recorded_yet.
//
// What the intake of alerts knows of the incident goes with it: whether it is open,
// resolved or over, and whether an alert fires that whoever settled it had not seen.
func (s *Store) StepIncident(ctx context.Context, n itsm.Number, step itsm.IncidentStep, p Provenance) error {
	parties, err := parties(ctx, "step incident", n, step.Event, s.rows.IncidentParties)
	if err != nil {
		return err
	}
	i := itsm.Incident{Number: n, Reporter: parties.Reporter, Owner: parties.Owner, IncidentStanding: step.Standing}
	return saving[rows.StepIncidentParams]{
		what: "step incident", event: step.Event, amiss: agreedIncident(&i, step.Event), whole: step,
		row: func(digest string) (rows.StepIncidentParams, error) {
			return stepIncidentRow(&i, step.Event, p, digest)
		},
		save: s.rows.StepIncident,
	}.into(ctx, s)
}

// agreedIncident refuses an event that did not leave the incident as it stands.
func agreedIncident(i *itsm.Incident, e itsm.Event) error {
	switch err := agreed(i.Receipt(), e); {
	case err != nil:
		return err
	case i.State == itsm.IncidentOnHold && i.Hold == nil:
		return fmt.Errorf("%s:%d is on hold without a hold", i.Number, i.Revision)
	case i.State == itsm.IncidentResolved && i.Resolution == nil:
		return fmt.Errorf("%s:%d is resolved without a resolution", i.Number, i.Revision)
	}
	return nil
}

// Incident reads an incident.
func (s *Store) Incident(ctx context.Context, n itsm.Number) (itsm.Incident, error) {
	row, err := s.rows.Incident(ctx, n)
	return read("incident", n, row, err, incidentOf)
}

// IncidentFilter narrows a list of incidents; what is empty does not narrow.
type IncidentFilter struct {
	State      itsm.IncidentState
	States     []itsm.IncidentState // any of them
	Priority   itsm.Priority
	Service    itsm.ServiceID
	Team       itsm.TeamID
	Reporter   itsm.PersonID
	Assignee   itsm.PersonID
	WaitingFor itsm.PersonID // whom Explain names
	Parent     itsm.Number   // the children of it, those that are over too
	Reader     itsm.Actor    // what Incident.CheckRead hides from them is not listed
	Before     Cursor        // zero: from the newest
	Limit      int           // zero: DefaultPage; at most MaxPage
}

// Incidents lists incidents, newest first. Pages by Before neither repeat nor lose a
// row while incidents are being raised.
func (s *Store) Incidents(ctx context.Context, f IncidentFilter) ([]itsm.Incident, error) {
	if err := f.Reader.May(itsm.ReadIncidents); err != nil {
		return nil, err
	}
	if err := checkPage(f.Limit); err != nil {
		return nil, err
	}
	found, err := s.rows.Incidents(ctx, f.params())
	return readAll("incidents", found, err, incidentOf)
}

func (f *IncidentFilter) params() rows.IncidentsParams {
	p := rows.IncidentsParams{
		State: string(f.State), States: texts(f.States), Priority: string(f.Priority), Service: string(f.Service),
		Team: string(f.Team), Reporter: string(f.Reporter), Assignee: string(f.Assignee),
		Parent: string(f.Parent), WaitingFor: string(f.WaitingFor),
		SeesAll: itsm.KindIncident.SeesAll(f.Reader),
		Reader:  string(f.Reader.Person), Teams: texts(f.Reader.Teams), Most: page(f.Limit),
	}
	p.BeforeAt, p.BeforeOrdinal = f.Before.bounds()
	return p
}

// IncidentsOf reads the incidents of some numbers, in no order. What is not there is
// left out.
func (s *Store) IncidentsOf(ctx context.Context, numbers []itsm.Number) ([]itsm.Incident, error) {
	found, err := s.rows.IncidentsOf(ctx, texts(numbers))
	return readAll("incidents of", found, err, incidentOf)
}

// IncidentChildren lists the incidents that follow another and are not over, oldest
// first.
func (s *Store) IncidentChildren(ctx context.Context, n itsm.Number) ([]itsm.Number, error) {
	children, err := s.rows.IncidentChildren(ctx, n)
	return children, refusal("incident children", err)
}
