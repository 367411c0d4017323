package itsm

import "slices"

// CheckConfirm refuses to call a fix effective that is not being watched (PRB-07).
func (p *Problem) CheckConfirm(who Actor, r NoteRequest) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("confirmation.invalid", "This confirmation"); err != nil {
		return err
	}
	if err := p.checkManager(who); err != nil {
		return err
	}
	if p.State != ProblemWatched {
		return p.notNow("a fix is confirmed while it is watched")
	}
	return nil
}

// ReviewRequest records what was learnt.
type ReviewRequest struct {
	WentWell     string `json:"went_well"`
	WentWrong    string `json:"went_wrong"`
	ThirdParties string `json:"third_parties,omitempty"`
	FollowUp     string `json:"follow_up,omitempty"`
}

// CheckReview refuses a review that says nothing, and of what was not fixed (PRB-08).
func (p *Problem) CheckReview(who Actor, r ReviewRequest) error {
	var f faults
	f.needed("/went_well", r.WentWell, MaxNote)
	f.needed("/went_wrong", r.WentWrong, MaxNote)
	f.text("/third_parties", r.ThirdParties, MaxNote)
	f.text("/follow_up", r.FollowUp, MaxNote)
	if err := f.refuse("review.invalid", "This review"); err != nil {
		return err
	}
	if err := p.checkWorker(who); err != nil {
		return err
	}
	if !slices.Contains([]ProblemState{ProblemFixDeployed, ProblemWatched, ProblemResolved}, p.State) {
		return p.notNow("it is reviewed once it is fixed")
	}
	return nil
}

// CheckClose refuses to close what is not resolved, nor lived with, or was not reviewed
// as a major one is.
func (p *Problem) CheckClose(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("closure.invalid", "This closure"); err != nil {
		return err
	}
	if err := p.checkManager(who); err != nil {
		return err
	}
	switch {
	case !p.State.CanBecome(ProblemClosed):
		return p.notNow("it is closed once its fix has held, or its risk is accepted")
	case p.Major && p.Review == nil && p.State == ProblemResolved:
		return Refuse(Conflict, "problem.not_reviewed", "%s is a major problem; review it before you close it.", p.Number)
	}
	return nil
}

// CheckReopen lets those who answer for problems say that the fix did not hold, or
// that the risk is not to be lived with any longer.
func (p *Problem) CheckReopen(who Actor, r NoteRequest) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("reopening.invalid", "This reopening"); err != nil {
		return err
	}
	if err := p.checkManager(who); err != nil {
		return err
	}
	switch {
	case !p.State.CanBecome(ProblemReopened):
		return p.notNow("there is nothing to reopen")
	case p.Reopens >= MaxProblemReopens:
		return Refuse(Conflict, "problem.reopened_too_often", "%s was reopened %d times. Raise another.", p.Number, p.Reopens)
	}
	return nil
}

// RecurRequest says that it came back, with an incident.
type RecurRequest struct {
	Incident Number `json:"incident"`
}

// CheckRecur lets Steward alone say so, which finds it in the record book.
func (p *Problem) CheckRecur(who Actor, _ RecurRequest) error {
	if !who.Is(Monitor) {
		return Refuse(Forbidden, "actor.permission", "Only Steward itself tells of recurrences; reopen it, or link the incident.")
	}
	if err := p.checkWith(who, ReadProblems); err != nil {
		return err
	}
	if !p.Watching() {
		return p.notNow("there is no fix that could fail")
	}
	return nil
}

// Watching reports whether an incident of it would show that its fix did not hold.
func (p *Problem) Watching() bool { return p.State == ProblemWatched }

// CheckCancel refuses to drop what is not the actor's, or is being fixed.
func (p *Problem) CheckCancel(who Actor, r Cancellation) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("cancellation.invalid", "This cancellation"); err != nil {
		return err
	}
	if err := p.checkWith(who, RaiseProblems); err != nil {
		return err
	}
	if who.Person != p.Reporter && !who.Is(ProblemManager) {
		return Refuse(Forbidden, "problem.not_yours", "%s can be cancelled by %s, who raised it, or by a problem manager.", p.Number, p.Reporter)
	}
	if !p.State.CanBecome(ProblemCancelled) {
		return p.notNow("it is declined, closed or merged instead")
	}
	return nil
}

// CheckRelate refuses a relation that says nothing, or says it again. What fixes it and
// what it is merged into have acts of their own.
func (p *Problem) CheckRelate(who Actor, r RelateRequest) error {
	var f faults
	oneOf(&f, "/kind", r.Kind, []RelationKind{FoundIn, CausedBy, Related})
	switch {
	case r.To.Check() != nil:
		f.add("/to", "must be a record's number, such as INC-42")
	case r.To == p.Number:
		f.add("/to", "is the problem itself")
	case r.Kind == FoundIn && !r.To.Of("INC"):
		f.add("/to", "must be an incident's number, such as INC-42")
	case r.Kind == CausedBy && !r.To.Of("CHG") && !r.To.Of("SUP"):
		f.add("/to", "must be a change's or a supplier's number, such as CHG-42")
	}
	if err := f.refuse("link.invalid", "This link"); err != nil {
		return err
	}
	if err := p.checkWorker(who); err != nil {
		return err
	}
	switch {
	case p.related(r.Kind, r.To):
		return Refuse(Conflict, "problem.linked", "%s is linked so to %s already.", p.Number, r.To)
	case len(p.Relations) >= MaxProblemLinks:
		return Refuse(Conflict, "problem.too_many_links", "%s has %d links, and takes no more.", p.Number, MaxProblemLinks)
	}
	return nil
}

func (p *Problem) related(kind RelationKind, to Number) bool { return related(p.Relations, kind, to) }

// related reports whether some relations lead so to a record.
func related(all []Relation, kind RelationKind, to Number) bool {
	return slices.ContainsFunc(all, func(o Relation) bool { return o.Kind == kind && o.To == to })
}

// CheckComment refuses an empty comment, and an answer to nothing.
func (p *Problem) CheckComment(who Actor, r CommentRequest, t Talk) error {
	if err := r.check(t); err != nil {
		return err
	}
	if err := p.checkWith(who, CommentOnProblems); err != nil {
		return err
	}
	if t.Comments >= MaxComments {
		return Refuse(Conflict, "comment.too_many", "%s has %d comments, and takes no more.", p.Number, t.Comments)
	}
	return nil
}
