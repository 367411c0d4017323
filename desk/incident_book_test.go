package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// TestABookHoldsAllThatMessagesAreMadeOf: the record, what happened and was said, the
// alerts counted, and the people, without addresses that are not the reader's.
func TestABookHoldsAllThatMessagesAreMadeOf(t *testing.T) {
	o := newOffice(t)
	at := time.Now().Add(-time.Minute).Truncate(time.Microsecond).UTC()
	for n := range 3 {
		_, err := o.owner.TakeAlert(t.Context(), db.AlertIn{
			Source: "prom", DedupKey: "k", Fingerprint: fmt.Sprint(n % 2), Firing: true, At: at, Draft: []byte(`{}`),
		})
		require.NoError(t, err)
	}
	i := itsm.Incident{
		IncidentText: itsm.IncidentText{Title: "Down", Service: "payroll", Alert: &itsm.Origin{Source: "prom", Key: "k"}}, Number: "INC-1",
		Reporter: itsm.Monitoring, Door: itsm.DoorWebhook, Owner: "max", Restricted: true, PolicyVersion: 1, RaisedAt: at, IncidentStanding: itsm.IncidentStanding{Team: "hr"},
	}
	i.State, i.Revision, i.Since = itsm.IncidentNew, 1, at
	i.Begin(itsm.IncidentDraft{IncidentText: i.IncidentText}, &itsm.IncidentPolicy{})
	e := itsm.Event{Number: i.Number, Revision: 1, Kind: itsm.EventIncidentRaised, At: at, Actor: itsm.Monitoring, Door: itsm.DoorWebhook, To: itsm.State(itsm.IncidentNew)}
	require.NoError(t, o.worker.RecordIncident(t.Context(), i, e, db.Provenance{}))

	b, err := o.IncidentBook(t.Context(), o.caller("U0ANA"), "INC-1")
	require.NoError(t, err)
	require.Equal(t, "Down", b.Incident.Title)
	require.Len(t, b.Timeline, 1)
	require.Empty(t, b.Said)
	require.Equal(t, &itsm.AlertCount{Alerts: 2, Firing: 2, Count: 3}, b.Alerts)
	require.Equal(t, itsm.PersonID("max"), b.Managers["hr"])
	require.Equal(t, "Payroll", b.Service.Name)
	require.Equal(t, "Max", b.People["max"].Name)
	require.Empty(t, b.People["max"].Email, "addresses are not for everybody")

	_, err = o.IncidentBook(t.Context(), o.caller("U0ZOE"), "INC-1")
	require.Equal(t, "record.not_found", o.code(err), "what is hidden is not there")
	_, err = o.IncidentBook(t.Context(), o.caller("U0ANA"), "INC-2")
	require.Equal(t, "record.not_found", o.code(err))
}
