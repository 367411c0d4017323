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

func ratingInUTC(r itsm.Rating) itsm.Rating {
	r.Parts = listed(r.Parts)
	return r
}

func correctionInUTC(c itsm.Correction) itsm.Correction {
	c.At, c.DueAt = c.At.UTC(), utc(c.DueAt)
	return c
}

func supplierInUTC(s itsm.Supplier) itsm.Supplier {
	d := supplierDetailInUTC(itsm.Detail{Diligence: s.Diligence, Exit: s.Exit})
	s.Diligence, s.Exit = d.Diligence, d.Exit
	s.RaisedAt, s.Since, s.ClosedAt = s.RaisedAt.UTC(), s.Since.UTC(), utc(s.ClosedAt)
	s.Certificates = some(s.Certificates, func(c itsm.Certificate) itsm.Certificate {
		c.Expiry, c.EndedAt = expiryInUTC(c.Expiry), utc(c.EndedAt)
		return c
	})
	s.Ratings, s.Corrections = some(s.Ratings, ratingInUTC), some(s.Corrections, correctionInUTC)
	return s
}

func contractInUTC(c itsm.Contract) itsm.Contract {
	c.RaisedAt, c.Since, c.ClosedAt = c.RaisedAt.UTC(), c.Since.UTC(), utc(c.ClosedAt)
	for _, x := range []*itsm.Expiry{&c.Begins, &c.DecideBy, &c.NoticeBy, &c.Ends, &c.ReviewBy} {
		*x = expiryInUTC(*x)
	}
	c.Targets, c.Deciding, c.Corrections = listed(c.Targets), ballotInUTC(c.Deciding), some(c.Corrections, correctionInUTC)
	c.Proposal = supplierDetailInUTC(itsm.Detail{Proposal: c.Proposal}).Proposal
	c.Given = made(c.Given, func(g itsm.NoticeGiven) itsm.NoticeGiven {
		g.At, g.Evidence = g.At.UTC(), listed(g.Evidence)
		return g
	})
	return c
}

func reviewedInUTC(r itsm.SupplierReview) itsm.SupplierReview {
	r.StartedAt, r.Since, r.ClosedAt = r.StartedAt.UTC(), r.Since.UTC(), utc(r.ClosedAt)
	r.Weights, r.Clocks, r.Before = listed(r.Weights), each(r.Clocks, clockInUTC), some(r.Before, ratingInUTC)
	r.Readings = some(r.Readings, func(m itsm.Reading) itsm.Reading {
		m.At = utc(m.At)
		return m
	})
	r.Meeting = supplierDetailInUTC(itsm.Detail{Meeting: r.Meeting}).Meeting
	return r
}
