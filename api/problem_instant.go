package api

import "github.com/steward-itsm/steward/itsm"

func problemInUTC(p itsm.Problem) itsm.Problem {
	p.RaisedAt, p.Since, p.ClosedAt = p.RaisedAt.UTC(), p.Since.UTC(), utc(p.ClosedAt)
	p.Clocks, p.Relations, p.Tasks = each(p.Clocks, clockInUTC), some(p.Relations, relationInUTC), some(p.Tasks, taskInUTC)
	p.Escalation, p.Publication, p.FailedFixes = escalationInUTC(p.Escalation), ballotInUTC(p.Publication), some(p.FailedFixes, fixInUTC)
	p.Trend, p.RootCause = made(p.Trend, trendInUTC), made(p.RootCause, rootCauseInUTC)
	p.KnownError, p.Published = made(p.KnownError, knownErrorInUTC), made(p.Published, knownErrorInUTC)
	p.Fix, p.Watch, p.Risk, p.Review = made(p.Fix, fixInUTC), made(p.Watch, watchInUTC), made(p.Risk, riskInUTC), made(p.Review, reviewInUTC)
	p.Idle = made(p.Idle, func(i itsm.Idle) itsm.Idle {
		return itsm.Idle{Since: i.Since.UTC(), NudgeAt: utc(i.NudgeAt), EscalateAt: utc(i.EscalateAt)}
	})
	return p
}

// made is what f makes of what is there.
func made[T any](of *T, f func(T) T) *T {
	if of == nil {
		return nil
	}
	return new(f(*of))
}

func ballotInUTC(b itsm.Ballot) itsm.Ballot {
	b.Opening, b.StoppedAt = openingInUTC(b.Opening), utc(b.StoppedAt)
	b.Delegations, b.Decisions = some(b.Delegations, delegationInUTC), some(b.Decisions, decisionInUTC)
	b.RemindAt, b.BackupAt, b.ExpireAt = utc(b.RemindAt), utc(b.BackupAt), utc(b.ExpireAt)
	return b
}

func trendInUTC(t itsm.Trend) itsm.Trend {
	t.Raised = t.Raised.UTC()
	return t
}

func taskInUTC(t itsm.Task) itsm.Task {
	t.DueAt, t.EndedAt = utc(t.DueAt), utc(t.EndedAt)
	return t
}

func rootCauseInUTC(c itsm.RootCause) itsm.RootCause {
	c.At = c.At.UTC()
	return c
}

func knownErrorInUTC(k itsm.KnownError) itsm.KnownError {
	k.At, k.PublishedAt, k.ReviewAt, k.RetiredAt = k.At.UTC(), utc(k.PublishedAt), utc(k.ReviewAt), utc(k.RetiredAt)
	k.Services = listed(k.Services)
	return k
}

func knownErrorFoundInUTC(k itsm.KnownErrorFound) itsm.KnownErrorFound {
	k.KnownError = knownErrorInUTC(k.KnownError)
	return k
}

func fixInUTC(f itsm.ProblemFix) itsm.ProblemFix {
	f.At, f.EndedAt = f.At.UTC(), utc(f.EndedAt)
	return f
}

func watchInUTC(w itsm.Watch) itsm.Watch {
	return itsm.Watch{From: w.From.UTC(), Until: utc(w.Until)}
}

func riskInUTC(r itsm.RiskAcceptance) itsm.RiskAcceptance {
	r.At, r.ExpiresAt = r.At.UTC(), r.ExpiresAt.UTC()
	return r
}

func reviewInUTC(r itsm.ProblemReview) itsm.ProblemReview {
	r.At = r.At.UTC()
	return r
}

// problemDetailInUTC is detailInUTC for what events of problems have.
func problemDetailInUTC(d itsm.Detail) itsm.Detail {
	d.Task, d.RootCause, d.KnownError = made(d.Task, taskInUTC), made(d.RootCause, rootCauseInUTC), made(d.KnownError, knownErrorInUTC)
	d.Fix, d.Watch, d.Risk, d.Review = made(d.Fix, fixInUTC), made(d.Watch, watchInUTC), made(d.Risk, riskInUTC), made(d.Review, reviewInUTC)
	return d
}
