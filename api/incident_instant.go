package api

import (
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func incidentInUTC(i itsm.Incident) itsm.Incident {
	i.RaisedAt, i.Since = i.RaisedAt.UTC(), i.Since.UTC()
	i.RemindAt, i.CloseAt, i.ClosedAt = utc(i.RemindAt), utc(i.CloseAt), utc(i.ClosedAt)
	i.Clocks, i.Relations = each(i.Clocks, clockInUTC), some(i.Relations, relationInUTC)
	i.Escalation, i.Hold, i.Resolution = escalationInUTC(i.Escalation), incidentHoldInUTC(i.Hold), resolutionInUTC(i.Resolution)
	if i.Acknowledged != nil {
		i.Acknowledged = &itsm.Acknowledgement{By: i.Acknowledged.By, At: i.Acknowledged.At.UTC()}
	}
	return i
}

func clockInUTC(c itsm.Clock) itsm.Clock {
	c.StartedAt, c.StoppedAt, c.DueAt, c.MissedAt = c.StartedAt.UTC(), utc(c.StoppedAt), utc(c.DueAt), utc(c.MissedAt)
	c.Pauses = some(c.Pauses, func(p itsm.Pause) itsm.Pause {
		return itsm.Pause{From: p.From.UTC(), To: utc(p.To), Reason: p.Reason}
	})
	c.Marks = some(c.Marks, func(m itsm.Mark) itsm.Mark { return itsm.Mark{Percent: m.Percent, At: m.At.UTC()} })
	return c
}

func readingInUTC(r itsm.ClockReading) itsm.ClockReading {
	r.Clock = clockInUTC(r.Clock)
	return r
}

func relationInUTC(r itsm.Relation) itsm.Relation {
	r.At = r.At.UTC()
	return r
}

func escalationInUTC(e itsm.Escalation) itsm.Escalation {
	e.NextAt, e.At, e.StaleAt, e.Calls = utc(e.NextAt), utc(e.At), utc(e.StaleAt), some(e.Calls, callInUTC)
	return e
}

func callInUTC(c itsm.Call) itsm.Call {
	c.At, c.AnswerAt = c.At.UTC(), utc(c.AnswerAt)
	return c
}

func incidentHoldInUTC(h *itsm.IncidentHold) *itsm.IncidentHold {
	if h == nil {
		return nil
	}
	in := *h
	in.At, in.RemindAt, in.LimitAt = h.At.UTC(), some(h.RemindAt, time.Time.UTC), utc(h.LimitAt)
	return &in
}

func resolutionInUTC(r *itsm.Resolution) *itsm.Resolution {
	if r == nil {
		return nil
	}
	in := *r
	in.At = r.At.UTC()
	return &in
}

// incidentDetailInUTC is detailInUTC for what events of incidents have.
func incidentDetailInUTC(d itsm.Detail) itsm.Detail {
	d.Clocks, d.Hold, d.Resolution = some(d.Clocks, clockInUTC), incidentHoldInUTC(d.Hold), resolutionInUTC(d.Resolution)
	if d.Clock != nil {
		d.Clock = &itsm.ClockTold{Clock: d.Clock.Clock, Percent: d.Clock.Percent, DueAt: utc(d.Clock.DueAt)}
	}
	if d.Call != nil {
		c := callInUTC(*d.Call)
		d.Call = &c
	}
	if d.Relation != nil {
		r := relationInUTC(*d.Relation)
		d.Relation = &r
	}
	return d
}

func onCallInUTC(o desk.OnCall) desk.OnCall {
	o.At, o.HandoverAt = o.At.UTC(), utc(o.HandoverAt)
	o.Levels = each(o.Levels, func(l desk.OnCallLevel) desk.OnCallLevel {
		l.Targets = each(l.Targets, func(t desk.OnCallTarget) desk.OnCallTarget {
			t.Until, t.ReadAt = utc(t.Until), utc(t.ReadAt)
			return t
		})
		l.People = listed(l.People)
		return l
	})
	return o
}
