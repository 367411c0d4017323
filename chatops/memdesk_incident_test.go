package chatops

import (
	"context"
	"fmt"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// asking runs an act once: its repeat gets the first one's answer. It holds mu.
func (d *memDesk) asking(ctx context.Context, who desk.Caller, act itsm.Act, n itsm.Number, ask func() (itsm.Receipt, error)) (itsm.Receipt, error) {
	if err := d.trouble(ctx, string(act)); err != nil {
		return itsm.Receipt{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := fmt.Sprint(who.Person, act, n, who.Key)
	if o, ok := d.stored[key]; ok {
		return o.receipt, o.err
	}
	d.acts++
	var o memOutcome
	o.receipt, o.err = ask()
	d.stored[key] = o
	return o.receipt, o.err
}

// onIncident judges an act on an incident, and does what its process does then. What
// an act names beside the record, check looks up, once they may see it.
func (d *memDesk) onIncident(ctx context.Context, who desk.Caller, act itsm.Act, n itsm.Number, check func(*itsm.Incident) error, judge func(*itsm.Incident) (itsm.Event, error)) (itsm.Receipt, error) {
	return d.asking(ctx, who, act, n, func() (itsm.Receipt, error) {
		i, err := d.seen(who, n)
		if err == nil && check != nil {
			err = check(i)
		}
		if err != nil {
			return itsm.Receipt{}, err
		}
		e, err := judge(i)
		if err != nil {
			return itsm.Receipt{}, err
		}
		d.recordIncident(i, e, who.Person)
		r := i.Receipt()
		d.goesOn(i)
		return r, nil
	})
}

// seen is an incident that somebody may see.
func (d *memDesk) seen(who desk.Caller, n itsm.Number) (*itsm.Incident, error) {
	if err := who.May(itsm.ReadIncidents); err != nil {
		return nil, err
	}
	i := d.incidents[n]
	if i == nil {
		return nil, itsm.NoSuchRecord(n)
	}
	if err := i.CheckRead(who.Actor); err != nil {
		return nil, err
	}
	return i, nil
}

func (d *memDesk) recordIncident(i *itsm.Incident, e itsm.Event, by itsm.PersonID) {
	i.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = i.Number, i.Revision, d.now(), by, itsm.DoorSlack, itsm.State(i.State)
	d.timelines[i.Number] = append(d.timelines[i.Number], e)
}

// goesOn reckons and calls, as the process does by itself.
func (d *memDesk) goesOn(i *itsm.Incident) {
	if i.Unreckoned() {
		r, err := i.Reckon(&d.catalog.Incident, func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, d.now())
		if err != nil {
			panic(err)
		}
		i.Take(r)
	}
	for i.Escalation.Pending != nil {
		policy, _ := d.catalog.EscalationPolicy(i.Escalation.Policy)
		called, err := d.catalog.CallLevel(itsm.Summons{Calling: *i.Escalation.Pending, Policy: policy, Team: i.Team, Owner: i.Owner, At: d.now()}, d.onCall)
		if err != nil {
			panic(err)
		}
		d.recordIncident(i, i.TakeCall(called, d.now()), itsm.System)
	}
}

func (d *memDesk) onCall(id itsm.RotationID) ([]itsm.PersonID, error) {
	if id == "broken" {
		return nil, itsm.Refuse(itsm.NotFound, "rotation.broken", "Its feed cannot be read.")
	}
	return []itsm.PersonID{"pat"}, nil
}

func (d *memDesk) RaiseIncident(ctx context.Context, who desk.Caller, draft itsm.IncidentDraft) (itsm.Receipt, error) {
	return d.asking(ctx, who, itsm.ActIncidentRaise, "", func() (itsm.Receipt, error) {
		if err := who.May(itsm.RaiseIncidents); err != nil {
			return itsm.Receipt{}, err
		}
		if err := draft.Check(); err != nil {
			return itsm.Receipt{}, err
		}
		if err := d.catalog.CheckRaiseIncident(who.Actor, draft); err != nil {
			return itsm.Receipt{}, err
		}
		if draft.Follows != "" {
			before, _ := d.seen(who, draft.Follows)
			if err := draft.CheckFollows(before); err != nil {
				return itsm.Receipt{}, err
			}
		}
		s, _ := d.catalog.Service(draft.Service)
		i := &itsm.Incident{
			Number: itsm.IncidentNumber(int64(len(d.incidents) + 1)), Reporter: who.Person, Door: who.Door, Owner: s.Owner, Restricted: s.Restricted, RaisedAt: d.now(),
			IncidentStanding: itsm.IncidentStanding{State: itsm.IncidentNew, Since: d.now(), Team: s.Team, Escalation: d.catalog.Escalation(draft.Escalation, s)},
		}
		i.Begin(draft, &d.catalog.Incident)
		d.incidents[i.Number] = i
		d.recordIncident(i, itsm.Event{Kind: itsm.EventIncidentRaised}, who.Person)
		d.recordIncident(i, i.Triage(d.catalog.Incident.IncidentTerms(), d.now()), itsm.System)
		r := i.Receipt()
		d.goesOn(i)
		return r, nil
	})
}

func (d *memDesk) AcknowledgeIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onIncident(ctx, who, itsm.ActAcknowledge, n, nil, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckAcknowledge(who.Actor, r); err == nil {
			e = i.Acknowledge(who.Actor, r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) AssignIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	check := func(*itsm.Incident) error {
		if r.Assignee != "" {
			if err := d.catalog.CheckNamed("/assignee", r.Assignee, itsm.WorkOnIncidents); err != nil {
				return err
			}
		}
		return d.team(r.Team)
	}
	return d.onIncident(ctx, who, itsm.ActAssign, n, check, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckAssign(who.Actor, r); err == nil {
			e = i.Assign(who.Actor, r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) team(id itsm.TeamID) error {
	if id == "" {
		return nil
	}
	return d.catalog.CheckTeam("/team", id)
}

func (d *memDesk) ReprioritiseIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reprioritisation) (itsm.Receipt, error) {
	return d.onIncident(ctx, who, itsm.ActReprioritise, n, nil, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckReprioritise(who.Actor, r); err == nil {
			e = i.Reprioritise(who.Actor, r, d.catalog.Incident.IncidentTerms(), d.now())
		}
		return e, err
	})
}

// other judges another record that an act names. What is no number, the rule refuses.
func (d *memDesk) other(who desk.Caller, n itsm.Number, check func(seen bool) error) error {
	switch {
	case n.Of("CHG"):
		return check(d.changes[n] != nil)
	case n.Of("INC"):
		_, err := d.seen(who, n)
		return check(err == nil)
	case n.Of("PRB"):
		_, err := d.seenProblem(who, n)
		return check(err == nil)
	case n.Of("CAR"):
		_, err := d.seenCorrective(who, n)
		return check(err == nil)
	case n.Check() == nil:
		return check(false)
	default:
		return nil
	}
}

func (d *memDesk) HoldIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.HoldRequest) (itsm.Receipt, error) {
	check := func(*itsm.Incident) error { return d.other(who, r.For, r.CheckAwaited) }
	return d.onIncident(ctx, who, itsm.ActIncidentHold, n, check, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckHold(who.Actor, r); err == nil {
			e = i.PutOnHold(who.Actor, r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) ResumeIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onIncident(ctx, who, itsm.ActIncidentResume, n, nil, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckResume(who.Actor, r); err == nil {
			e = i.Resume(r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) EscalateIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EscalateRequest) (itsm.Receipt, error) {
	return d.onIncident(ctx, who, itsm.ActEscalate, n, func(*itsm.Incident) error { return d.team(r.Team) }, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckEscalate(who.Actor, r); err == nil {
			e = i.Escalate(r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) CommentOnIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return d.asking(ctx, who, itsm.ActIncidentComment, n, func() (itsm.Receipt, error) {
		i, err := d.seen(who, n)
		if err != nil {
			return itsm.Receipt{}, err
		}
		if d.talks[n] == nil {
			d.talks[n] = &itsm.Talk{}
		}
		if err := i.CheckComment(who.Actor, r, *d.talks[n]); err != nil {
			return itsm.Receipt{}, err
		}
		d.comments[n] = append(d.comments[n], i.Say(who.Actor, r, d.talks[n], d.now()))
		if e, answers := i.Answered(who.Person, d.now()); answers {
			d.recordIncident(i, e, who.Person)
			d.goesOn(i)
		}
		return i.Receipt(), nil
	})
}

func (d *memDesk) RelateIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	check := func(*itsm.Incident) error { return d.other(who, r.To, r.CheckLinked) }
	return d.onIncident(ctx, who, itsm.ActRelate, n, check, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckRelate(who.Actor, r); err == nil {
			e = i.Relate(who.Actor, r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) EndIncidentAsDuplicate(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DuplicateRequest) (itsm.Receipt, error) {
	check := func(i *itsm.Incident) error {
		if !r.Of.Of("INC") || r.Of == n {
			return nil
		}
		of, _ := d.seen(who, r.Of)
		return i.CheckOriginal(of)
	}
	return d.onIncident(ctx, who, itsm.ActDuplicate, n, check, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckDuplicate(who.Actor, r); err == nil {
			e = i.EndAsDuplicate(who.Actor, r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) SetIncidentParent(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ParentRequest) (itsm.Receipt, error) {
	check := func(i *itsm.Incident) error {
		if !r.Parent.Of("INC") || r.Parent == n {
			return nil
		}
		parent, _ := d.seen(who, r.Parent)
		return i.CheckUnder(parent, 0)
	}
	return d.onIncident(ctx, who, itsm.ActParent, n, check, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckParent(who.Actor, r); err == nil {
			e = i.SetParent(who.Actor, r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) ResolveIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ResolveRequest) (itsm.Receipt, error) {
	return d.onIncident(ctx, who, itsm.ActResolve, n, nil, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckResolve(who.Actor, r); err == nil {
			e = i.Resolve(who.Actor, r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) ConfirmIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onIncident(ctx, who, itsm.ActConfirm, n, nil, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckConfirm(who.Actor, r); err == nil {
			e = i.Close(who.Actor, r, d.now())
		}
		return e, err
	})
}

func (d *memDesk) ReopenIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onIncident(ctx, who, itsm.ActReopen, n, nil, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckReopen(who.Actor, r); err == nil {
			e = i.Reopen(r, d.catalog.Incident.IncidentTerms(), d.now())
		}
		return e, err
	})
}

func (d *memDesk) CancelIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return d.onIncident(ctx, who, itsm.ActIncidentCancel, n, nil, func(i *itsm.Incident) (e itsm.Event, err error) {
		if err = i.CheckCancel(who.Actor, r); err == nil {
			e = i.Cancel(r, d.now())
		}
		return e, err
	})
}
