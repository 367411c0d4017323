package api

import (
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Every instant leaves in UTC, whatever zone it was read in: two answers about
// one change must be equal byte for byte on two machines.

func changeInUTC(c itsm.Change) itsm.Change {
	c.RaisedAt, c.Since = c.RaisedAt.UTC(), c.Since.UTC()
	c.RemindAt, c.ExpireAt, c.ClosedAt = utc(c.RemindAt), utc(c.ExpireAt), utc(c.ClosedAt)
	c.Decisions = each(c.Decisions, decisionInUTC)
	if c.Window != nil {
		c.Window = &itsm.Window{Start: c.Window.Start.UTC(), End: c.Window.End.UTC()}
	}
	return c
}

func decisionInUTC(d itsm.Decision) itsm.Decision {
	d.At = d.At.UTC()
	return d
}

func eventInUTC(e itsm.Event) itsm.Event {
	e.At = e.At.UTC()
	if e.Decision != nil {
		d := decisionInUTC(*e.Decision)
		e.Decision = &d
	}
	return e
}

func explanationInUTC(e itsm.Explanation) itsm.Explanation {
	e.Since, e.Due = e.Since.UTC(), utc(e.Due)
	e.Forecast = each(e.Forecast, func(f itsm.Forecast) itsm.Forecast {
		return itsm.Forecast{At: f.At.UTC(), What: f.What}
	})
	return e
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
