package chatops

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// onProblem judges an act on a problem, and does what its process does then. What an act
// names beside the record, check looks up, once they may see it.
func (d *memDesk) onProblem(ctx context.Context, who desk.Caller, act itsm.Act, n itsm.Number, check, rule func(*itsm.Problem) error, do func(*itsm.Problem) itsm.Event) (itsm.Receipt, error) {
	return d.asking(ctx, who, act, n, func() (itsm.Receipt, error) {
		p, err := d.seenProblem(who, n)
		if err == nil && check != nil {
			err = check(p)
		}
		if err == nil {
			err = rule(p)
		}
		if err != nil {
			return itsm.Receipt{}, err
		}
		d.recordProblem(p, do(p), who.Person)
		r := p.Receipt()
		d.problemGoesOn(p)
		return r, nil
	})
}

// seenProblem is a problem that somebody may see.
func (d *memDesk) seenProblem(who desk.Caller, n itsm.Number) (*itsm.Problem, error) {
	if err := who.May(itsm.ReadProblems); err != nil {
		return nil, err
	}
	p := d.problems[n]
	if p == nil {
		return nil, itsm.NoSuchRecord(n)
	}
	return p, p.CheckRead(who.Actor)
}

func (d *memDesk) recordProblem(p *itsm.Problem, e itsm.Event, by itsm.PersonID) {
	p.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = p.Number, p.Revision, d.now(), by, itsm.DoorSlack, itsm.State(p.State)
	d.timelines[p.Number] = append(d.timelines[p.Number], e)
}

func (d *memDesk) problemTerms() itsm.ProblemTerms { return d.catalog.ProblemTerms() }

// problemGoesOn opens the publication, reckons and settles, as the process does by
// itself.
func (d *memDesk) problemGoesOn(p *itsm.Problem) {
	for p.NextStage() > 0 {
		o, err := d.catalog.OpenPublication(d.catalog.Problem, p.Asking(), d.now())
		if err != nil {
			panic(err)
		}
		p.OpenStage(o)
		d.recordProblem(p, itsm.Event{Kind: itsm.EventKnownErrorOpened, From: itsm.State(p.State), Detail: &itsm.Detail{Opening: &o}}, itsm.System)
	}
	if e, ok := p.Settle(d.problemTerms(), d.now()); ok {
		d.recordProblem(p, e, itsm.System)
	}
	if p.Unreckoned() {
		r, err := p.Reckon(d.catalog.Problem, func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, d.now())
		if err != nil {
			panic(err)
		}
		d.recordProblem(p, p.Take(r), itsm.System)
	}
}

func (d *memDesk) RaiseProblem(ctx context.Context, who desk.Caller, draft itsm.ProblemDraft) (itsm.Receipt, error) {
	return d.asking(ctx, who, itsm.ActProblemRaise, "", func() (itsm.Receipt, error) {
		if err := draft.CheckRaise(who.Actor); err != nil {
			return itsm.Receipt{}, err
		}
		if err := d.catalog.CheckRaiseProblem(who.Actor, draft); err != nil {
			return itsm.Receipt{}, err
		}
		if err := draft.CheckIncidents(func(n itsm.Number) (bool, error) { return d.sees(who, n), nil }); err != nil {
			return itsm.Receipt{}, err
		}
		if draft.Follows != "" {
			before := d.otherProblem(who, draft.Follows)
			if err := draft.CheckFollows(before); err != nil {
				return itsm.Receipt{}, err
			}
		}
		s, _ := d.catalog.Service(draft.Service)
		p := &itsm.Problem{
			Number: itsm.ProblemNumber(int64(len(d.problems) + 1)), Reporter: who.Person, Door: who.Door, Owner: s.Owner, Restricted: s.Restricted, RaisedAt: d.now(),
			ProblemStanding: itsm.ProblemStanding{State: itsm.ProblemNew, Since: d.now(), Team: s.Team},
		}
		p.Begin(draft, &d.catalog)
		d.problems[p.Number] = p
		d.recordProblem(p, itsm.Event{Kind: itsm.EventProblemRaised}, who.Person)
		d.recordProblem(p, p.Log(d.now()), itsm.System)
		r := p.Receipt()
		d.problemGoesOn(p)
		return r, nil
	})
}

func (d *memDesk) sees(who desk.Caller, n itsm.Number) (seen bool) {
	_ = d.other(who, n, func(is bool) error { seen = is; return nil })
	return seen
}

// otherProblem is a problem that an act names; nil when there is none that they may see.
func (d *memDesk) otherProblem(who desk.Caller, n itsm.Number) *itsm.Problem {
	p, err := d.seenProblem(who, n)
	if err != nil {
		return nil
	}
	return p
}

func (d *memDesk) works(at string, id itsm.PersonID, need itsm.Permission) error {
	if id == "" {
		return nil
	}
	return d.catalog.CheckNamed(at, id, need)
}

func (d *memDesk) AcceptProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Acceptance) (itsm.Receipt, error) {
	check := func(*itsm.Problem) error {
		if err := d.works("/coordinator", r.Coordinator, itsm.WorkOnProblems); err != nil {
			return err
		}
		return d.team(r.Team)
	}
	return d.onProblem(ctx, who, itsm.ActAccept, n, check, func(p *itsm.Problem) error { return p.CheckAccept(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Accept(who.Actor, r, d.problemTerms(), d.now()) })
}

func (d *memDesk) DeclineProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActDecline, n, nil, func(p *itsm.Problem) error { return p.CheckDecline(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Decline(who.Actor, r, d.now()) })
}

func (d *memDesk) MergeProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MergeRequest) (itsm.Receipt, error) {
	check := func(p *itsm.Problem) error {
		if !r.Into.Of("PRB") || r.Into == n {
			return nil
		}
		return p.CheckInto(d.otherProblem(who, r.Into))
	}
	return d.onProblem(ctx, who, itsm.ActMerge, n, check, func(p *itsm.Problem) error { return p.CheckMerge(who.Actor, r) }, func(p *itsm.Problem) itsm.Event {
		e := p.Merge(who.Actor, r, d.now())
		into := d.problems[r.Into]
		if took, ok := into.Absorb(p, d.now()); ok {
			d.recordProblem(into, took, itsm.System)
		}
		return e
	})
}

func (d *memDesk) AssignProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	check := func(*itsm.Problem) error {
		if err := d.works("/assignee", r.Assignee, itsm.WorkOnProblems); err != nil {
			return err
		}
		return d.team(r.Team)
	}
	return d.onProblem(ctx, who, itsm.ActProblemAssign, n, check, func(p *itsm.Problem) error { return p.CheckAssign(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Assign(who.Actor, r, d.now()) })
}

func (d *memDesk) RelateProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	check := func(*itsm.Problem) error { return d.other(who, r.To, r.CheckLinked) }
	return d.onProblem(ctx, who, itsm.ActProblemRelate, n, check, func(p *itsm.Problem) error { return p.CheckRelate(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Relate(who.Actor, r, d.now()) })
}

func (d *memDesk) CommentOnProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return d.asking(ctx, who, itsm.ActProblemComment, n, func() (itsm.Receipt, error) {
		p, err := d.seenProblem(who, n)
		if err != nil {
			return itsm.Receipt{}, err
		}
		if d.talks[n] == nil {
			d.talks[n] = &itsm.Talk{}
		}
		if err := p.CheckComment(who.Actor, r, *d.talks[n]); err != nil {
			return itsm.Receipt{}, err
		}
		d.comments[n] = append(d.comments[n], p.Say(who.Actor, r, d.talks[n], d.now()))
		return p.Receipt(), nil
	})
}

func (d *memDesk) TaskOfProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.TaskRequest) (itsm.Receipt, error) {
	check := func(*itsm.Problem) error { return d.works("/owner", r.Owner, itsm.WorkOnProblems) }
	return d.onProblem(ctx, who, itsm.ActTask, n, check, func(p *itsm.Problem) error { return p.CheckTask(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Task(who.Actor, r, d.now()) })
}

func (d *memDesk) FindRootCause(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error) {
	check := func(*itsm.Problem) error {
		return r.CheckEvidence(func(of itsm.Number) (bool, error) { return d.sees(who, of), nil })
	}
	return d.onProblem(ctx, who, itsm.ActRootCause, n, check, func(p *itsm.Problem) error { return p.CheckRootCause(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.FindCause(who.Actor, r, d.problemTerms(), d.now()) })
}

func (d *memDesk) WriteWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.WorkaroundRequest) (itsm.Receipt, error) {
	check := func(*itsm.Problem) error {
		if err := d.works("/verified_by", r.VerifiedBy, itsm.ReadProblems); err != nil {
			return err
		}
		return d.catalog.CheckServices("/services", who.Actor, r.Services)
	}
	return d.onProblem(ctx, who, itsm.ActWorkaround, n, check, func(p *itsm.Problem) error { return p.CheckWorkaround(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.WriteWorkaround(who.Actor, r, d.now()) })
}

func (d *memDesk) PublishKnownError(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActPublish, n, nil, func(p *itsm.Problem) error { return p.CheckPropose(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Propose(who.Actor, r, d.now()) })
}

func (d *memDesk) DecideKnownError(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActProblemDecide, n, nil, func(p *itsm.Problem) error { return p.CheckDecision(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Decide(who.Actor, r, d.problemTerms(), d.now()) })
}

func (d *memDesk) CommunicateWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActCommunicate, n, nil, func(p *itsm.Problem) error { return p.CheckCommunicate(who.Actor, r) }, func(p *itsm.Problem) itsm.Event {
		e := p.Communicate(who.Actor, r, d.now())
		d.tellIncidents(p)
		return e
	})
}

// tellIncidents tells those of a problem its news, as their processes would hear it.
func (d *memDesk) tellIncidents(p *itsm.Problem) {
	for _, i := range d.incidents {
		linked := slices.ContainsFunc(p.Relations, func(r itsm.Relation) bool { return r.To == i.Number })
		if e, ok := i.Hear(p.News(linked), d.now()); ok {
			d.recordIncident(i, e, itsm.System)
		}
	}
}

func (d *memDesk) FixProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.FixRequest) (itsm.Receipt, error) {
	check := func(*itsm.Problem) error {
		if !r.Change.Of("CHG") {
			return nil
		}
		return r.CheckFixedBy(d.changes[r.Change])
	}
	return d.onProblem(ctx, who, itsm.ActFix, n, check, func(p *itsm.Problem) error { return p.CheckFix(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.PlanFix(who.Actor, r, d.now()) })
}

func (d *memDesk) RaiseFix(ctx context.Context, who desk.Caller, n itsm.Number, draft itsm.ChangeDraft) (itsm.Receipt, error) {
	p, err := d.Problem(ctx, who, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	if err := p.CheckFixable(who.Actor); err != nil && (p.Fix == nil || who.Key == "") {
		return itsm.Receipt{}, err
	}
	raised, err := d.RaiseChange(ctx, who, draft)
	if err == nil {
		_, err = d.FixProblem(ctx, who, n, itsm.FixRequest{Change: raised.Number})
	}
	return raised, err
}

// fixed is what becomes of a problem once its change is over.
func (d *memDesk) fixed(n itsm.Number, outcome itsm.Outcome) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.problems[n]
	c := *d.changes[p.Fix.Change]
	c.State, c.Outcome = itsm.ChangeClosed, outcome
	if e, ok := p.FixEnded(&c, d.problemTerms(), d.now()); ok {
		d.recordProblem(p, e, itsm.System)
		d.problemGoesOn(p)
	}
}

func (d *memDesk) AcceptRisk(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RiskRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActAcceptRisk, n, nil, func(p *itsm.Problem) error { return p.CheckAcceptRisk(who.Actor, r, d.problemTerms(), d.now()) },
		func(p *itsm.Problem) itsm.Event { return p.AcceptRisk(who.Actor, r, d.now()) })
}

func (d *memDesk) ConfirmFix(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActProblemConfirm, n, nil, func(p *itsm.Problem) error { return p.CheckConfirm(who.Actor, r) }, func(p *itsm.Problem) itsm.Event {
		e := p.Confirm(who.Actor, r, d.now())
		d.tellIncidents(p)
		return e
	})
}

func (d *memDesk) ReviewProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ReviewRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActReview, n, nil, func(p *itsm.Problem) error { return p.CheckReview(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Learn(who.Actor, r, d.now()) })
}

func (d *memDesk) CloseProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActProblemClose, n, nil, func(p *itsm.Problem) error { return p.CheckClose(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Close(who.Actor, r, d.now()) })
}

func (d *memDesk) ReopenProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActProblemReopen, n, nil, func(p *itsm.Problem) error { return p.CheckReopen(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Reopen(who.Actor, r, d.problemTerms(), d.now()) })
}

func (d *memDesk) CancelProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return d.onProblem(ctx, who, itsm.ActProblemCancel, n, nil, func(p *itsm.Problem) error { return p.CheckCancel(who.Actor, r) },
		func(p *itsm.Problem) itsm.Event { return p.Cancel(who.Actor, r, d.now()) })
}

func (d *memDesk) ApplyWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ApplyRequest) (itsm.Receipt, error) {
	check := func(*itsm.Incident) error {
		if !r.KnownError.Of("PRB") {
			return nil
		}
		return r.CheckKnown(d.otherProblem(who, r.KnownError))
	}
	return d.onIncident(ctx, who, itsm.ActApply, n, check, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckApply(who.Actor, r); err == nil {
			e = i.Apply(who.Actor, r, d.now())
		}
		return e, err
	})
}
