package itsm

import (
	"cmp"
	"slices"
	"time"
)

// Begin is the corrective action as it was recorded, with the clock of its
// acknowledgement started. Its owner is the service's where nobody else is named.
func (c *CorrectiveAction) Begin(d CorrectiveDraft, s Service, p CorrectivePolicy) {
	d.RaisedBy = d.origin()
	c.CorrectiveText, c.Severity = d.CorrectiveText, cmp.Or(d.Severity, SeverityMinor)
	c.Owner, c.Team = cmp.Or(d.Owner, s.Owner), s.Team
	if d.Source != "" {
		c.relate(ActsOn, d.Source, c.Reporter, c.RaisedAt)
	}
	c.begin(AcknowledgementClock, p, c.RaisedAt)
}

// begin starts the clock of a stage, with its target.
func (c *CorrectiveAction) begin(k ClockKind, p CorrectivePolicy, at time.Time) {
	c.Clocks.begin(k, "", at)
	c.Clocks.aim(p.Calendar, func(k ClockKind) Length { return p.target(k, c.Severity) })
}

func (c *CorrectiveAction) relate(kind RelationKind, to Number, by PersonID, at time.Time) *Relation {
	r := Relation{From: c.Number, Kind: kind, To: to, By: by, At: at}
	c.Relations = append(slices.Clone(c.Relations), r)
	return &r
}

// Log takes up what was recorded.
func (c *CorrectiveAction) Log(at time.Time) Event {
	e := Event{Kind: EventCorrectiveLogged, From: State(c.State), Detail: &Detail{
		Severity: c.Severity, Assignee: c.Owner, Clocks: slices.Clone(c.Clocks), Source: c.Source,
	}}
	c.Become(CorrectiveRaised, at)
	return e
}

// Acknowledge takes it on: its owner looks for the cause from now on.
func (c *CorrectiveAction) Acknowledge(_ Actor, r NoteRequest, p CorrectivePolicy, at time.Time) Event {
	e := Event{Kind: EventCorrectiveAcknowledged, From: State(c.State), Note: r.Note}
	c.Clocks.stop(AcknowledgementClock, at)
	c.begin(CauseClock, p, at)
	c.Become(CorrectiveAcknowledged, at)
	return e
}

// Assign hands it to another owner, or to another team.
func (c *CorrectiveAction) Assign(_ Actor, r Assignment, _ time.Time) Event {
	e := Event{Kind: EventCorrectiveAssigned, From: State(c.State), Note: r.Note, Detail: &Detail{Assignee: r.Assignee, Team: r.Team}}
	c.Owner, c.Team = cmp.Or(r.Assignee, c.Owner), cmp.Or(r.Team, c.Team)
	b := c.Ballot()
	b.Refresh()
	c.take(b)
	return e
}

// FindCause records what was found. A root cause that is proven moves it on.
func (c *CorrectiveAction) FindCause(who Actor, r RootCauseRequest, p CorrectivePolicy, at time.Time) Event {
	e := Event{Kind: EventCorrectiveCauseNoted, From: State(c.State)}
	c.RootCause = r.found(who, r.Known || c.State == CorrectiveCauseKnown, at)
	e.Detail = &Detail{RootCause: c.RootCause}
	if r.Known && c.State.CanBecome(CorrectiveCauseKnown) {
		e.Kind = EventCorrectiveCauseKnown
		c.Clocks.stop(CauseClock, at)
		c.begin(PlanClock, p, at)
		c.Become(CorrectiveCauseKnown, at)
	}
	return e
}

// Progress takes note of what became of a step.
func (c *CorrectiveAction) Progress(_ Actor, r StepRequest, at time.Time) Event {
	kept := c.Steps.note(r.TaskRequest, at)
	if len(r.Evidence) > 0 {
		kept.Evidence = r.Evidence
		c.Steps[c.Steps.at(r.ID)] = kept // its own since it was noted
	}
	return Event{Kind: EventCorrectiveStep, From: State(c.State), Note: r.Result, Detail: &Detail{Task: &kept}}
}

// Implement says that its plan was carried out. Whether that helped shows later: when
// the plan says so, or as long after as the policy does.
func (c *CorrectiveAction) Implement(_ Actor, r NoteRequest, p CorrectivePolicy, at time.Time) Event {
	e := Event{Kind: EventCorrectiveImplemented, From: State(c.State), Note: r.Note}
	c.Clocks.stop(ImplementationClock, at)
	c.ImplementedAt = &at
	if c.VerifyFrom = c.Plan.VerifyAfter; c.VerifyFrom == nil {
		c.VerifyFrom = utc(at.Add(p.VerifyAfter.Time))
	}
	e.Detail = &Detail{VerifyFrom: c.VerifyFrom}
	c.Become(CorrectiveImplemented, at)
	if !c.VerifyFrom.After(at) {
		c.begin(VerificationClock, p, at)
	}
	return e
}

// Verify records whether it was effective: it is closed then, or its cause is looked
// for anew.
func (c *CorrectiveAction) Verify(who Actor, r VerificationRequest, p CorrectivePolicy, at time.Time) Event {
	c.Verification = &Verification{By: who.Person, At: at, Effective: r.Result == Effective, Note: r.Note, Evidence: r.Evidence}
	e := Event{Kind: EventCorrectiveVerified, From: State(c.State), Note: r.Note, Detail: &Detail{Verification: c.Verification}}
	c.Clocks.stop(VerificationClock, at)
	if r.Result == Effective {
		c.Become(CorrectiveClosed, at)
		return e
	}
	e.Kind = EventCorrectiveNotEffective
	c.Ineffective++
	c.VerifyFrom, c.ImplementedAt = nil, nil
	c.begin(CauseClock, p, at)
	c.Become(CorrectiveNotEffective, at)
	return e
}

// Relate leads to another record.
func (c *CorrectiveAction) Relate(who Actor, r RelateRequest, at time.Time) Event {
	return Event{Kind: EventCorrectiveLinked, From: State(c.State), Detail: &Detail{Relation: c.relate(r.Kind, r.To, who.Person, at)}}
}

// Withdraw drops it.
func (c *CorrectiveAction) Withdraw(_ Actor, r NoteRequest, at time.Time) Event {
	e := Event{Kind: EventCorrectiveWithdrawn, From: State(c.State), Note: r.Note}
	c.Become(CorrectiveWithdrawn, at)
	return e
}

// Say takes up a comment that CheckComment has allowed.
func (c *CorrectiveAction) Say(who Actor, r CommentRequest, t *Talk, at time.Time) Comment {
	return t.say(c.Number, who, r, at)
}
