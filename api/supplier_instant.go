package api

import "github.com/steward-itsm/steward/itsm"

func expiryInUTC(x itsm.Expiry) itsm.Expiry {
	x.At = utc(x.At)
	x.Alerts = some(x.Alerts, func(a itsm.DayAlert) itsm.DayAlert {
		a.At = a.At.UTC()
		return a
	})
	return x
}

// supplierDetailInUTC is detailInUTC for what events of suppliers, their contracts and
// reviews have.
func supplierDetailInUTC(d itsm.Detail) itsm.Detail {
	d.Diligence = made(d.Diligence, func(f itsm.DueDiligence) itsm.DueDiligence {
		f.Expiry, f.Done, f.Evidence = expiryInUTC(f.Expiry), f.Done.UTC(), listed(f.Evidence)
		return f
	})
	d.Certificate = made(d.Certificate, func(c itsm.Certificate) itsm.Certificate {
		c.Expiry, c.EndedAt = expiryInUTC(c.Expiry), utc(c.EndedAt)
		return c
	})
	d.Exit = made(d.Exit, func(p itsm.ExitPlan) itsm.ExitPlan {
		p.Expiry, p.Written, p.Tested = expiryInUTC(p.Expiry), p.Written.UTC(), utc(p.Tested)
		return p
	})
	d.Proposal = made(d.Proposal, func(p itsm.ContractProposal) itsm.ContractProposal {
		p.At = p.At.UTC()
		return p
	})
	d.Reading = made(d.Reading, func(r itsm.Reading) itsm.Reading {
		r.At = utc(r.At)
		return r
	})
	d.Meeting = made(d.Meeting, func(m itsm.Meeting) itsm.Meeting {
		m.At, m.Attendees = m.At.UTC(), listed(m.Attendees)
		return m
	})
	return d
}
