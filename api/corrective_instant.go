package api

import "github.com/steward-itsm/steward/itsm"

func correctiveInUTC(c itsm.CorrectiveAction) itsm.CorrectiveAction {
	c.RaisedAt, c.Since, c.ClosedAt = c.RaisedAt.UTC(), c.Since.UTC(), utc(c.ClosedAt)
	c.ImplementedAt, c.VerifyFrom = utc(c.ImplementedAt), utc(c.VerifyFrom)
	c.Clocks, c.Relations, c.Steps = each(c.Clocks, clockInUTC), some(c.Relations, relationInUTC), some(c.Steps, taskInUTC)
	c.Escalation, c.Acceptance = escalationInUTC(c.Escalation), ballotInUTC(c.Acceptance)
	c.RootCause, c.Plan, c.Verification = made(c.RootCause, rootCauseInUTC), made(c.Plan, planInUTC), made(c.Verification, verificationInUTC)
	return c
}

func planInUTC(p itsm.CorrectivePlan) itsm.CorrectivePlan {
	p.At, p.AcceptedAt, p.VerifyAfter = p.At.UTC(), utc(p.AcceptedAt), utc(p.VerifyAfter)
	p.Steps = each(p.Steps, func(s itsm.PlanStep) itsm.PlanStep {
		s.DueAt = s.DueAt.UTC()
		return s
	})
	return p
}

func verificationInUTC(v itsm.Verification) itsm.Verification {
	v.At, v.Evidence = v.At.UTC(), listed(v.Evidence)
	return v
}

// correctiveDetailInUTC is detailInUTC for what events of corrective actions have.
func correctiveDetailInUTC(d itsm.Detail) itsm.Detail {
	d.Plan, d.Verification, d.VerifyFrom = made(d.Plan, planInUTC), made(d.Verification, verificationInUTC), utc(d.VerifyFrom)
	return d
}
