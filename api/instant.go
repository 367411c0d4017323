package api

import (
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Every instant leaves in UTC, whatever zone it was read in: two answers about
// one record must be equal byte for byte on two machines.

func changeInUTC(c itsm.Change) itsm.Change {
	c.RaisedAt, c.Since = c.RaisedAt.UTC(), c.Since.UTC()
	c.RemindAt, c.BackupAt, c.ExpireAt, c.ClosedAt = utc(c.RemindAt), utc(c.BackupAt), utc(c.ExpireAt), utc(c.ClosedAt)
	c.Decisions, c.Hold = some(c.Decisions, decisionInUTC), holdInUTC(c.Hold)
	c.Approval.Opening, c.Approval.StoppedAt = openingInUTC(c.Approval.Opening), utc(c.Approval.StoppedAt)
	c.Approval.Delegations = some(c.Approval.Delegations, delegationInUTC)
	if c.Window != nil {
		c.Window = &itsm.Window{Start: c.Window.Start.UTC(), End: c.Window.End.UTC()}
	}
	return c
}

func openingInUTC(o *itsm.Opening) *itsm.Opening {
	if o == nil {
		return nil
	}
	in := *o
	in.At, in.RemindAt, in.BackupAt, in.ExpireAt = o.At.UTC(), utc(o.RemindAt), utc(o.BackupAt), o.ExpireAt.UTC()
	in.Panels, in.Deputies = each(o.Panels, panelShown), some(o.Deputies, delegationInUTC)
	return &in
}

func panelShown(p itsm.Panel) itsm.Panel {
	p.Named = listed(p.Named)
	return p
}

func holdInUTC(h *itsm.Hold) *itsm.Hold {
	if h == nil {
		return nil
	}
	return &itsm.Hold{By: h.By, At: h.At.UTC(), Note: h.Note}
}

func delegationInUTC(d itsm.Delegation) itsm.Delegation {
	d.At = d.At.UTC()
	return d
}

func decisionInUTC(d itsm.Decision) itsm.Decision {
	d.At = d.At.UTC()
	return d
}

func commentInUTC(w itsm.Comment) itsm.Comment {
	w.At = w.At.UTC()
	return w
}

func eventInUTC(e itsm.Event) itsm.Event {
	e.At = e.At.UTC()
	if e.Decision != nil {
		d := decisionInUTC(*e.Decision)
		e.Decision = &d
	}
	e.Detail = detailInUTC(e.Detail)
	return e
}

func detailInUTC(d *itsm.Detail) *itsm.Detail {
	if d == nil {
		return nil
	}
	in := *d
	in.Opening, in.Voided, in.ExpireAt = openingInUTC(d.Opening), some(d.Voided, decisionInUTC), utc(d.ExpireAt)
	if d.Withdrawn != nil {
		w := decisionInUTC(*d.Withdrawn)
		in.Withdrawn = &w
	}
	if d.Delegation != nil {
		o := delegationInUTC(*d.Delegation)
		in.Delegation = &o
	}
	in = supplierDetailInUTC(correctiveDetailInUTC(problemDetailInUTC(incidentDetailInUTC(in))))
	return &in
}

func explanationInUTC(e itsm.Explanation) itsm.Explanation {
	e.Since, e.Due, e.Hold = e.Since.UTC(), utc(e.Due), holdInUTC(e.Hold)
	e.Forecast = each(e.Forecast, func(f itsm.Forecast) itsm.Forecast {
		return itsm.Forecast{At: f.At.UTC(), What: f.What, Who: f.Who}
	})
	e.Clocks = some(e.Clocks, clockInUTC)
	if e.Approval != nil {
		p := *e.Approval
		p.Factors, p.Votes, p.Deputies = each(p.Factors, factorShown), each(p.Votes, decisionInUTC), some(p.Deputies, delegationInUTC)
		e.Approval = &p
	}
	return e
}

func factorShown(f itsm.FactorProgress) itsm.FactorProgress {
	f.Approved, f.Waiting = listed(f.Approved), listed(f.Waiting)
	return f
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// each applies f to every item; the result is never nil, so that JSON says [].
func each[T, U any](items []T, f func(T) U) []U {
	out := make([]U, len(items))
	for i, item := range items {
		out[i] = f(item)
	}
	return out
}

// some is each for a list that is left out when nothing is on it.
func some[T any](items []T, f func(T) T) []T {
	if len(items) == 0 {
		return nil
	}
	return each(items, f)
}

// listed is a list that is never nil, so that JSON says [].
func listed[T any](items []T) []T { return append([]T{}, items...) }
