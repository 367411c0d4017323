package api

import (
	"context"
	"crypto/rand"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/api/alert"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// The kinds of senders of alerts, as their keys name them.
const (
	fromAlertmanager = "alertmanager"
	fromEvents       = "events"
)

// alertmanager handles POST /v1/hooks/alertmanager/{key}.
func (d *door) alertmanager(c *gin.Context) {
	in, raw, err := d.alerted(c, fromAlertmanager)
	if err != nil {
		d.refuseHere(c, err)
		return
	}
	alerts, err := alert.FromAlertmanager(raw)
	if err != nil {
		d.refuseHere(c, err)
		return
	}
	taken, err := d.desk.TakeAlerts(c.Request.Context(), in, alerts)
	if err != nil {
		d.refuse(c, err)
		return
	}
	c.JSON(http.StatusAccepted, taken)
}

// eventAnswer is how PagerDuty's Events API answers, so that its clients understand.
type eventAnswer struct {
	Status  string        `json:"status"`
	Message string        `json:"message"`
	Key     string        `json:"dedup_key,omitempty"`
	Errors  []string      `json:"errors,omitempty"`
	Numbers []itsm.Number `json:"numbers,omitempty"`
}

// events handles POST /v1/hooks/events/{key}.
func (d *door) events(c *gin.Context) {
	in, raw, err := d.alerted(c, fromEvents)
	if err != nil {
		d.refuseHere(c, err)
		return
	}
	a, err := alert.FromEvent(raw, rand.Text)
	if err != nil {
		d.invalidEvent(c, err)
		return
	}
	taken, err := d.desk.TakeAlerts(c.Request.Context(), in, []itsm.Alert{a})
	if err != nil {
		d.refuse(c, err)
		return
	}
	c.JSON(http.StatusAccepted, eventAnswer{Status: "success", Message: "Event processed", Key: a.Group, Numbers: taken.Numbers})
}

// invalidEvent refuses as the sender's own API does.
func (d *door) invalidEvent(c *gin.Context, err error) {
	e := itsm.AsError(err)
	d.desk.Refused(c.Request.Context(), caller(c.Request.Context()), "hook.events", err)
	answer := eventAnswer{Status: "invalid event", Message: e.Message}
	for _, f := range e.Fields {
		answer.Errors = append(answer.Errors, f.Pointer+" "+f.Message)
	}
	c.JSON(http.StatusBadRequest, answer)
}

// alerted finds out who sends, and reads what they send: nothing of it is read before
// the key was found good.
func (d *door) alerted(c *gin.Context, kind string) (desk.Intake, []byte, error) {
	who := desk.Caller{Actor: itsm.Actor{Door: itsm.DoorWebhook}, Source: c.ClientIP()}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), callerKey{}, who))
	in, err := d.desk.IntakeOf(c.Request.Context(), kind, c.Param("key"), who.Source)
	if err != nil {
		return in, nil, err
	}
	if err := checkEncoding(c.Request.Header); err != nil {
		return in, nil, err
	}
	raw, err := body(c.Request)
	if err == nil && len(raw) == 0 {
		err = unparseable("The body is empty.")
	}
	return in, raw, err
}
