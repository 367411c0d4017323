package itsm

import (
	"slices"
	"time"
)

// Begin is the problem as it was recorded and classified, with the clock of its
// assessment started.
func (p *Problem) Begin(d ProblemDraft, c *Catalog) {
	d.Impact, d.Urgency = c.Incident.usual(d.Impact, d.Urgency)
	if d.Trigger == "" {
		d.Trigger = TriggeredByHand
		if len(d.Incidents) > 0 {
			d.Trigger = TriggeredByIncident
		}
	}
	p.ProblemText, p.Category, p.Impact, p.Urgency = d.ProblemText, d.Category, d.Impact, d.Urgency
	p.Priority = c.Incident.Weigh(p.Impact, p.Urgency)
	p.Major = p.Priority == P1 || d.Trigger == TriggeredByPriority
	for _, i := range d.Incidents {
		p.relate(FoundIn, i, p.Reporter, p.RaisedAt)
	}
	if d.Change != "" {
		p.relate(CausedBy, d.Change, p.Reporter, p.RaisedAt)
	}
	if d.Follows != "" {
		p.relate(Follows, d.Follows, p.Reporter, p.RaisedAt)
	}
	policy := c.Problem.Filled()
	p.begin(AssessmentClock, p.RaisedAt)
	p.aim(&policy)
}

// usual fills in what nobody said.
func (p *IncidentPolicy) usual(impact, urgency Degree) (Degree, Degree) {
	d := p.classified(IncidentDraft{Impact: impact, Urgency: urgency})
	return d.Impact, d.Urgency
}

func (p *Problem) relate(kind RelationKind, to Number, by PersonID, at time.Time) *Relation {
	r := Relation{From: p.Number, Kind: kind, To: to, By: by, At: at}
	if !p.related(kind, to) {
		p.Relations = append(slices.Clone(p.Relations), r)
	}
	return &r
}

// begin starts the clock of a stage.
func (p *Problem) begin(k ClockKind, at time.Time) { p.Clocks.begin(k, p.Priority, at) }

// stop ends the clock of a stage.
func (p *Problem) stop(k ClockKind, at time.Time) { p.Clocks.stop(k, at) }

// aim gives the clocks that run their targets.
func (p *Problem) aim(policy *ProblemPolicy) {
	p.Clocks.aim(policy.Calendar, func(k ClockKind) Length { return policy.target(k, p) })
}

// touch is for every act of somebody who is at it: what nobody works on is noticed
// from here on.
func (p *Problem) touch(at time.Time) { p.Idle = &Idle{Since: at} }

// Log takes up a problem that was recorded.
func (p *Problem) Log(at time.Time) Event {
	e := Event{Kind: EventProblemLogged, From: State(p.State)}
	next := ProblemLogged
	if p.Trigger.Proposed() {
		e.Kind, next = EventProblemProposed, ProblemCandidate
	}
	e.Detail = &Detail{Priority: p.Priority, Impact: p.Impact, Urgency: p.Urgency, Clocks: slices.Clone(p.Clocks), Incidents: p.Incidents}
	p.Become(next, at)
	return e
}

// Accept takes it up: somebody looks for its root cause.
func (p *Problem) Accept(who Actor, r Acceptance, t ProblemTerms, at time.Time) Event {
	e := Event{Kind: EventProblemAccepted, From: State(p.State), Note: r.Note}
	p.Coordinator = who.Person
	if r.Coordinator != "" {
		p.Coordinator = r.Coordinator
	}
	if r.Team != "" {
		p.Team = r.Team
	}
	if r.Category != "" {
		p.Category = r.Category
	}
	if r.Impact != "" {
		p.Impact = r.Impact
	}
	if r.Urgency != "" {
		p.Urgency = r.Urgency
	}
	p.Priority = t.Matrix.Priority(p.Impact, p.Urgency)
	p.Major = p.Major || p.Priority == P1
	if r.Major != nil {
		p.Major = *r.Major
	}
	e.Detail = &Detail{Assignee: p.Coordinator, Team: p.Team, Priority: p.Priority, Impact: p.Impact, Urgency: p.Urgency}
	p.stop(AssessmentClock, at)
	p.begin(RootCauseClock, at)
	p.aim(&t.Policy)
	p.touch(at)
	p.Become(ProblemInvestigating, at)
	return e
}

// Decline says that it is none, and why.
func (p *Problem) Decline(_ Actor, r NoteRequest, at time.Time) Event {
	return p.endAs(ProblemDeclined, EndedDeclined, Event{Kind: EventProblemDeclined, Note: r.Note}, at)
}

func (p *Problem) endAs(next ProblemState, how ProblemEnding, e Event, at time.Time) Event {
	e.From, p.Ending = State(p.State), how
	p.Become(next, at)
	return e
}

// Merge ends it in favour of another, which takes up all that it leads to.
func (p *Problem) Merge(who Actor, r MergeRequest, at time.Time) Event {
	p.MergedInto = r.Into
	e := Event{Kind: EventProblemMerged, Note: r.Note, Detail: &Detail{Relation: p.relate(DuplicateOf, r.Into, who.Person, at)}}
	return p.endAs(ProblemMerged, EndedMerged, e, at)
}

// Absorb takes up what another led to that was merged into this one, or into what was,
// and what had been merged into that; not ok when it did already, or when the other
// was not. Nothing is left behind, however much it is: the other is over.
func (p *Problem) Absorb(other *Problem, at time.Time) (e Event, ok bool) {
	merged := other.MergedInto == p.Number || slices.Contains(p.Absorbed, other.MergedInto)
	if !merged || other.Number == p.Number || slices.Contains(p.Absorbed, other.Number) || p.State.Final() {
		return e, false
	}
	p.Absorbed = slices.Clone(p.Absorbed)
	for _, n := range append([]Number{other.Number}, other.Absorbed...) {
		if n != p.Number && !slices.Contains(p.Absorbed, n) {
			p.Absorbed = append(p.Absorbed, n)
		}
	}
	e = Event{Kind: EventProblemAbsorbed, From: State(p.State), Detail: &Detail{Absorbed: other.Number}}
	for _, r := range p.lacks(other) {
		p.relate(r.Kind, r.To, r.By, r.At)
		e.Detail.Incidents = append(e.Detail.Incidents, r.To)
	}
	if k := other.KnownError; k != nil && p.KnownError == nil { // somebody is to say that it helps here, too
		p.KnownError = &KnownError{
			Title: k.Title, Symptoms: k.Symptoms, Services: k.Services, RootCause: k.RootCause, Workaround: k.Workaround,
			Risk: k.Risk, VerifiedBy: k.VerifiedBy, State: KnownErrorDraft, By: k.By, At: at,
		}
		e.Detail.KnownError = p.KnownError
	}
	return e, true
}

// lacks are what another leads to and this one does not.
func (p *Problem) lacks(other *Problem) []Relation {
	return slices.DeleteFunc(slices.Clone(other.Relations), func(r Relation) bool {
		return r.Kind == DuplicateOf || r.To == p.Number || p.related(r.Kind, r.To)
	})
}

// Assign hands it to another coordinator, or to another team.
func (p *Problem) Assign(_ Actor, r Assignment, at time.Time) Event {
	if r.Assignee != "" {
		p.Coordinator = r.Assignee
	}
	if r.Team != "" {
		p.Team = r.Team
	}
	p.touch(at)
	return Event{Kind: EventProblemAssigned, From: State(p.State), Note: r.Note, Detail: &Detail{Assignee: r.Assignee, Team: r.Team}}
}

// Relate leads to another record.
func (p *Problem) Relate(who Actor, r RelateRequest, at time.Time) Event {
	p.touch(at)
	return Event{Kind: EventProblemLinked, From: State(p.State), Detail: &Detail{Relation: p.relate(r.Kind, r.To, who.Person, at)}}
}

// PlanFix has it wait for a change: for another than before, where it waited already.
func (p *Problem) PlanFix(who Actor, r FixRequest, at time.Time) Event {
	e := Event{Kind: EventFixPlanned, From: State(p.State)}
	if p.Fix != nil {
		before := *p.Fix
		before.EndedAt, before.Outcome = &at, "replaced"
		p.FailedFixes = append(slices.Clone(p.FailedFixes), before)
	}
	p.Fix = &ProblemFix{Change: r.Change, By: who.Person, At: at}
	e.Detail = &Detail{Relation: p.relate(FixedBy, r.Change, who.Person, at), Fix: p.Fix}
	p.touch(at)
	if p.State != ProblemFixPlanned {
		p.Become(ProblemFixPlanned, at)
	}
	return e
}

// FixEnded is what became of the change that it waits for; not ok while that is under
// way, or when it waits for none.
func (p *Problem) FixEnded(c *Change, t ProblemTerms, at time.Time) (e Event, ok bool) {
	if p.State != ProblemFixPlanned || p.Fix.Change != c.Number || !c.State.Final() {
		return e, false
	}
	fix := *p.Fix
	fix.EndedAt, fix.Outcome = &at, State(c.State)
	if c.Outcome != "" {
		fix.Outcome = State(c.Outcome)
	}
	e = Event{From: State(p.State), Detail: &Detail{Fix: &fix}}
	p.Fix = &fix
	if c.Outcome == Successful {
		e.Kind = EventFixDeployed
		p.stop(WorkaroundClock, at)
		p.Watch = &Watch{From: at}
		if p.Major && p.Review == nil {
			p.begin(ReviewClock, at)
			p.aim(&t.Policy)
		}
		p.Become(ProblemFixDeployed, at)
		return e, true
	}
	e.Kind, p.Fix = EventFixFailed, nil
	p.FailedFixes = append(slices.Clone(p.FailedFixes), fix)
	p.touch(at)
	p.Become(p.unfixed(), at)
	return e, true
}

// unfixed is where it stands while nothing fixes it.
func (p *Problem) unfixed() ProblemState {
	if k := p.Published; k != nil && k.State == KnownErrorPublished {
		return ProblemKnownError
	}
	return ProblemRootCauseKnown
}

// Confirm says that the fix has held, before the watch is over.
func (p *Problem) Confirm(_ Actor, r NoteRequest, at time.Time) Event {
	e := p.hold(at)
	e.Kind, e.Note = EventFixConfirmed, r.Note
	return e
}

// hold takes note that the fix has held: nobody needs the workaround any more.
func (p *Problem) hold(at time.Time) Event {
	e := Event{Kind: EventWatchPassed, From: State(p.State)}
	p.Ending = EndedFixed
	p.retire(at)
	p.touch(at)
	p.Become(ProblemResolved, at)
	return e
}

// Learn records the review of a major problem.
func (p *Problem) Learn(who Actor, r ReviewRequest, at time.Time) Event {
	p.Review = &ProblemReview{
		By: who.Person, At: at, WentWell: r.WentWell, WentWrong: r.WentWrong, ThirdParties: r.ThirdParties, FollowUp: r.FollowUp,
	}
	p.stop(ReviewClock, at)
	p.touch(at)
	return Event{Kind: EventProblemReviewed, From: State(p.State), Detail: &Detail{Review: p.Review}}
}

// AcceptRisk decides to live with it, until it is looked at again.
func (p *Problem) AcceptRisk(who Actor, r RiskRequest, at time.Time) Event {
	e := Event{Kind: EventRiskAccepted, From: State(p.State), Note: r.Note}
	p.Risk = &RiskAcceptance{By: who.Person, At: at, Reason: r.Note, ExpiresAt: r.ExpiresAt.UTC()}
	e.Detail = &Detail{Risk: p.Risk}
	p.stop(RootCauseClock, at)
	p.stop(WorkaroundClock, at)
	p.Idle = nil
	p.Become(ProblemRiskAccepted, at)
	return e
}

// Close closes what is resolved, or lived with for good.
func (p *Problem) Close(_ Actor, r NoteRequest, at time.Time) Event {
	how := EndedFixed
	if p.State == ProblemRiskAccepted {
		how = EndedRiskAccepted
	}
	return p.endAs(ProblemClosed, how, Event{Kind: EventProblemClosed, Note: r.Note}, at)
}

// Reopen begins the search for its root cause anew.
func (p *Problem) Reopen(_ Actor, r NoteRequest, t ProblemTerms, at time.Time) Event {
	return p.restart(Event{Kind: EventProblemReopened, Note: r.Note}, t, at)
}

// Recur says that an incident of it came back though it was fixed.
func (p *Problem) Recur(_ Actor, r RecurRequest, t ProblemTerms, at time.Time) Event {
	e := Event{Kind: EventProblemRecurred, Detail: &Detail{Relation: p.relate(FoundIn, r.Incident, System, at)}}
	return p.restart(e, t, at)
}

// restart goes on with what was thought to be over. What was found before stays to be
// read; it did not suffice.
func (p *Problem) restart(e Event, t ProblemTerms, at time.Time) Event {
	e.From = State(p.State)
	if p.Fix != nil {
		p.FailedFixes = append(slices.Clone(p.FailedFixes), *p.Fix)
	}
	p.Reopens++
	p.Fix, p.Watch, p.Risk, p.Ending = nil, nil, nil, ""
	if c := p.Clock(ReviewClock); c != nil && c.StoppedAt == nil {
		p.stop(ReviewClock, at)
	}
	p.revive(t, at)
	p.stop(RootCauseClock, at)
	p.begin(RootCauseClock, at)
	p.aim(&t.Policy)
	p.touch(at)
	p.Become(ProblemReopened, at)
	return e
}

// Cancel drops it.
func (p *Problem) Cancel(_ Actor, r Cancellation, at time.Time) Event {
	return p.endAs(ProblemCancelled, EndedCancelled, Event{Kind: EventProblemCancelled, Note: r.Note}, at)
}

// Say takes up a comment that CheckComment has allowed.
func (p *Problem) Say(who Actor, r CommentRequest, t *Talk, at time.Time) Comment {
	return t.say(p.Number, who, r, at)
}

// FixDraft is the change that would fix it, as far as it tells: its plan is for whoever
// carries it out to write.
func (p *Problem) FixDraft() ChangeDraft {
	d := ChangeDraft{Type: Normal, Service: p.Service}
	d.Title = head("Fix "+string(p.Number)+": "+p.Title, MaxTitle)
	if c := p.RootCause; c != nil && c.Cause != nil {
		d.Description = head("Root cause: "+c.Cause.Text, MaxText)
	}
	d.Justification = head("It ends "+string(p.Number)+" for good. "+p.Description, MaxText)
	return d
}
