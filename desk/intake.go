package desk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/kv"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

// Intake is what sends alerts, known by its key.
type Intake struct {
	ID       string
	Name     string
	Services []itsm.ServiceID // that its alerts may be of
	Source   string           // the address that the request came from
}

// Taken is what became of some alerts. All of them are on record; what was to be
// done about them and could not be is done by the relay.
type Taken struct {
	Raised   int           `json:"raised"`
	Counted  int           `json:"counted"`
	Reopened int           `json:"reopened"`
	Ended    int           `json:"ended"`
	Numbers  []itsm.Number `json:"numbers"` // of the incidents that they are of
}

// IntakeOf tells whose key it is, for a kind of sender. Guessing is limited by
// source, and each intake to its own rate.
func (d *Desk) IntakeOf(ctx context.Context, kind, key, source string) (Intake, error) {
	in, err := d.intakeOf(ctx, kind, key)
	in.Source = source
	if err != nil {
		if itsm.AsError(err).Kind == itsm.Unauthenticated {
			if ok, later, limitErr := d.Limits.Allow(ctx, "guess/"+source, kv.PerMinute(guessedPerMinute)); limitErr == nil && !ok {
				return in, itsm.Refuse(itsm.Limited, "token.guessing", "Too many keys from this address were wrong. Wait, then try again.").Later(later)
			}
		}
		return in, err
	}
	return in, nil
}

func (d *Desk) intakeOf(ctx context.Context, kind, key string) (Intake, error) {
	wrong := itsm.Refuse(itsm.Unauthenticated, "intake.key", "That key is not valid for this address. Make one with: steward intake create")
	id, secret, err := token.ParseIntake(key)
	if err != nil {
		return Intake{}, wrong
	}
	k, err := d.Store.IntakeKey(ctx, id)
	switch {
	case err != nil && itsm.AsError(err).Kind == itsm.NotFound:
		return Intake{}, wrong
	case err != nil:
		return Intake{}, err
	case !token.Matches(secret, k.SecretSHA256) && (k.OldSecretSHA256 == nil || !token.Matches(secret, k.OldSecretSHA256)):
		return Intake{}, wrong
	case k.RevokedAt != nil:
		return Intake{}, itsm.Refuse(itsm.Unauthenticated, "intake.revoked", "That key was revoked. Make another with: steward intake create")
	case k.Kind != "" && k.Kind != kind:
		return Intake{}, wrong
	}
	in := Intake{ID: k.ID, Name: k.Name, Services: k.Services}
	if ok, later, err := d.Limits.Allow(ctx, "intake/"+k.ID, kv.PerMinute(k.RatePerMinute)); err == nil && !ok {
		return in, itsm.Refuse(itsm.Limited, "intake.too_often", "That is more than %d deliveries in a minute, which is what this key may send.", k.RatePerMinute).Later(later)
	}
	return in, nil
}

// TakeAlerts puts alerts on record, each before anything is done about it, and then
// does what is due: an incident is raised, reopened or resolved, or the alert only
// counted. What fails in the doing is left to the relay, and is no error: an error
// means that an alert is not on record, and that all may be sent again.
func (d *Desk) TakeAlerts(ctx context.Context, in Intake, alerts []itsm.Alert) (t Taken, err error) {
	t.Numbers = []itsm.Number{}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return t, err
	}
	for _, a := range alerts {
		n, err := d.takeAlert(ctx, catalog, in, a, &t)
		if err != nil {
			return t, err
		}
		if n != "" && (len(t.Numbers) == 0 || t.Numbers[len(t.Numbers)-1] != n) {
			t.Numbers = append(t.Numbers, n)
		}
	}
	return t, nil
}

func (d *Desk) takeAlert(ctx context.Context, catalog itsm.Catalog, in Intake, a itsm.Alert, t *Taken) (itsm.Number, error) {
	rule := catalog.RouteAlert(in.Services, a.Labels)
	key := rule.Key(a)
	if a.Action == itsm.AlertAcknowledged {
		return d.acknowledgedElsewhere(ctx, in, key)
	}
	alert := kept{Draft: itsm.AlertDraft(in.Name, a, rule), KeepOpen: rule.KeepOpen}
	draft, err := json.Marshal(alert)
	if err != nil {
		return "", err
	}
	out, err := d.Store.TakeAlert(ctx, db.AlertIn{
		Source: in.ID, DedupKey: key, Fingerprint: a.Fingerprint, Firing: a.Action == itsm.AlertFires, At: a.At, Draft: draft,
	})
	if err != nil {
		return "", err
	}
	if d.Reached != nil {
		d.Reached("alert-taken")
	}
	work := db.AlertIncident{Source: in.ID, DedupKey: key, Number: out.Number, Draft: out.Draft, Count: out.Count, Was: out.Was}
	switch {
	case out.Fresh:
		t.Raised++
		work.Work = db.AlertRaise
	case out.Reopen:
		t.Reopened++
		work.Work = db.AlertReopen
	case out.Ended:
		t.Ended++
		work.Work, work.Draft = db.AlertEnd, draft
	default:
		t.Counted++
		return out.Number, nil
	}
	if err := d.workOn(ctx, work); err != nil {
		d.Log.WarnContext(ctx, "an alert waits for the relay", "number", out.Number, "work", work.Work, "error", err)
	}
	return out.Number, nil
}

// kept is what is kept of an alert: what its incident is raised with, and whether its
// end resolves it.
type kept struct {
	Draft    itsm.IncidentDraft `json:"draft"`
	KeepOpen bool               `json:"keep_open,omitempty"`
}

// monitor is who acts for an intake.
func monitor(intake, key string) Caller {
	return Caller{Actor: itsm.Actor{
		Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Door: itsm.DoorWebhook, Scopes: bothScopes, Credential: "intake:" + intake,
	}, Key: key}
}

// workOn does what is due about the incident of some alerts.
func (d *Desk) workOn(ctx context.Context, w db.AlertIncident) error {
	var alert kept
	if len(w.Draft) > 0 {
		if err := json.Unmarshal(w.Draft, &alert); err != nil {
			return err
		}
	}
	switch w.Work {
	case db.AlertRaise:
		return d.raiseAlert(ctx, w, alert.Draft)
	case db.AlertReopen:
		return d.reopenAlert(ctx, w)
	case db.AlertEnd:
		if alert.KeepOpen {
			return d.noteAlerts(ctx, w)
		}
		_, err := d.ResolveIncident(ctx, monitor(w.Source, ""), w.Number, itsm.ResolveRequest{
			Code: itsm.ResolvedRecovered, Note: "No alert of it fires any more.",
		})
		return settledAlready(err)
	case db.AlertNote:
		return d.noteAlerts(ctx, w)
	case db.AlertNone:
	}
	return nil
}

// raiseAlert raises an incident under the number that its alerts were given. What is
// refused for good is given up, and on record as a refusal.
func (d *Desk) raiseAlert(ctx context.Context, w db.AlertIncident, draft itsm.IncidentDraft) error {
	if before, err := d.Store.Incident(ctx, w.Was); err == nil && draft.CheckFollows(&before) == nil {
		draft.Follows = w.Was
	}
	given := func(context.Context) (itsm.Number, error) { return w.Number, nil }
	_, err := d.raiseIncident(ctx, monitor(w.Source, "alert/"+string(w.Number)), given, draft)
	if err != nil && !itsm.AsError(err).Kind.Temporary() {
		return errors.Join(err, d.Store.RefusedAlert(ctx, w.Number))
	}
	if err != nil {
		return err
	}
	return d.Store.RaisedAlert(ctx, w.Number)
}

// reopenAlert reopens what is resolved and fires again; where that is refused for
// good, another incident is raised.
func (d *Desk) reopenAlert(ctx context.Context, w db.AlertIncident) error {
	_, err := d.ReopenIncident(ctx, monitor(w.Source, ""), w.Number, itsm.NoteRequest{Note: "An alert of it fires again."})
	if err == nil || itsm.AsError(err).Kind.Temporary() || itsm.AsError(err).Code == "incident.not_resolved" {
		return settledAlready(err)
	}
	return d.raiseAnew(ctx, w)
}

// raiseAnew raises another incident for alerts whose own cannot take them any more.
func (d *Desk) raiseAnew(ctx context.Context, w db.AlertIncident) error {
	next, err := d.Store.RaiseAnew(ctx, w.Source, w.DedupKey, w.Number, 0)
	if err != nil || !next.Fresh {
		return err
	}
	return d.workOn(ctx, db.AlertIncident{Source: w.Source, DedupKey: w.DedupKey, Number: next.Number, Draft: next.Draft, Was: next.Was, Work: db.AlertRaise})
}

// settledAlready forgets a refusal that says that somebody was quicker.
func settledAlready(err error) error {
	if err != nil && itsm.AsError(err).Kind == itsm.Conflict {
		return nil
	}
	return err
}

// acknowledgedElsewhere tells the process that somebody, or something, saw it there.
func (d *Desk) acknowledgedElsewhere(ctx context.Context, in Intake, key string) (itsm.Number, error) {
	i, found, err := d.Store.AlertIncident(ctx, in.ID, key)
	if err != nil || !found {
		return "", err
	}
	_, err = d.AcknowledgeIncident(ctx, monitor(in.ID, rand.Text()), i.Number, itsm.NoteRequest{Note: "Acknowledged in " + in.Name + "."})
	return i.Number, settledAlready(err)
}
