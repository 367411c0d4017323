package desk

import (
	"context"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// Refused records a refusal that a door made on its own, before or beside the
// desk: a bad signature, a body that is no request. Nameless ones are counted.
func (d *Desk) Refused(ctx context.Context, who Caller, action string, err error) {
	d.trace(ctx, who, action, "", err)
}

// trace leaves a trace of what was refused, since Temporal keeps none of an
// update that it rejected. What failed on our side is not in the book of refusals,
// which is about people: the door that answers logs it.
func (d *Desk) trace(ctx context.Context, who Caller, action string, subject itsm.Number, err error) {
	if err == nil {
		return
	}
	e := itsm.AsError(err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	var lost error
	switch {
	case e.Kind == itsm.Internal || e.Kind == itsm.Unavailable:
	case who.Person == "" || e.Kind == itsm.Limited:
		lost = d.Store.CountRefusal(ctx, who.Source, e.Code, d.Now().UTC().Truncate(time.Minute))
	default:
		lost = d.Store.RecordRefusal(ctx, db.Refusal{
			Actor: who.Actor, Action: action, Subject: string(subject), Code: e.Code, Kind: e.Kind, Source: who.Source, Detail: e.Message,
		})
	}
	if lost != nil {
		d.Log.ErrorContext(ctx, "a refusal left no trace", "action", action, "subject", subject, "actor", who.Person, "code", e.Code, "error", lost)
	}
}
