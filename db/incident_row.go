package db

import (
	"slices"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// maxWaiting is how many people an incident's row names at most; the incident has all.
const maxWaiting = 500

func recordIncidentRow(i *itsm.Incident, e itsm.Event, p Provenance, digest string) (rows.RecordIncidentParams, error) {
	row := rows.RecordIncidentParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: p.Credential, WorkflowID: p.WorkflowID, RunID: p.RunID, ActID: p.ActID,
		Text: i.IncidentText, Standing: i.IncidentStanding, Reporter: i.Reporter, IncidentDoor: i.Door, Owner: i.Owner,
		Restricted: i.Restricted, PolicyVersion: small(i.PolicyVersion), RaisedAt: i.RaisedAt, Since: i.Since,
		WaitsFor: waitsFor(i), DueAt: i.NextTarget(), Missed: i.Missed(), ClosedAt: i.ClosedAt, Follows: string(i.Follows),
	}
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(raisedFacts(i, e, digest), map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func stepIncidentRow(i *itsm.Incident, e itsm.Event, p Provenance, digest string) (rows.StepIncidentParams, error) {
	row := rows.StepIncidentParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: p.Credential, WorkflowID: p.WorkflowID, RunID: p.RunID, ActID: p.ActID,
		Standing: i.IncidentStanding, Since: i.Since,
		WaitsFor: waitsFor(i), DueAt: i.NextTarget(), Missed: i.Missed(), ClosedAt: i.ClosedAt,
		RelatedAt: e.At,
	}
	alerts, at := settled(i)
	row.Alerts, row.SettledAt = string(alerts), at
	row.ByMonitoring = i.Resolution != nil && i.Resolution.By == itsm.Monitoring
	if e.Detail != nil && e.Detail.Relation != nil {
		r := e.Detail.Relation
		row.Relation, row.RelatedTo, row.RelatedBy, row.RelatedAt = string(r.Kind), string(r.To), string(r.By), r.At
	}
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(eventFacts(e, digest), map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

// settled is how the intake of alerts has an incident that stands as it does, and
// since when there was nothing more to do about it: what was resolved counts from
// then, also once it is closed.
func settled(i *itsm.Incident) (state AlertState, at *time.Time) {
	switch {
	case i.Open():
		return AlertsOpen, nil
	case i.State.Final():
		state, at = AlertsOver, i.ClosedAt
	default:
		state = AlertsResolved
	}
	if i.Resolution != nil {
		at = &i.Resolution.At
	}
	return state, at
}

// waitsFor is whom Explain names, each once.
func waitsFor(i *itsm.Incident) []itsm.PersonID {
	if i.State.Final() {
		return []itsm.PersonID{}
	}
	all := slices.Clone(i.Explain().WaitsFor)
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(p itsm.PersonID) bool { return p == "" })
	return list(all[:min(len(all), maxWaiting)])
}

func incidentOf[Row rows.IncidentRow | rows.IncidentsRow | rows.IncidentsOfRow](row Row) itsm.Incident {
	r := rows.IncidentsRow(row)
	return itsm.Incident{
		IncidentText: r.Text, Number: r.Number, Reporter: r.Reporter, Door: r.Door, Owner: r.Owner,
		Restricted: r.Restricted, PolicyVersion: int(r.PolicyVersion), RaisedAt: r.RaisedAt, IncidentStanding: r.Standing,
	}
}
