package workflows

import (
	"time"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

func (p *incident) over() bool { return p.State.Final() }

func (p *incident) revise() { p.Revision++ }

func (p *incident) step(e itsm.Event, o activities.Origin) (activity, saved any) {
	p.family.moved(e)
	return a.StepIncident, activities.IncidentStepping{Step: p.Step(e), Origin: o}
}

// deeds are what people can do to an incident.
func (p *incident) deeds() []deed {
	return []deed{
		raises(itsm.ActIncidentRaise, "Report the incident.", p.checkRaise, p.request),
		comments(itsm.ActIncidentComment, a.CommentOnIncident, p.CheckComment, p.say),
		on(itsm.ActAcknowledge, "Say that you are at it.", untimed(p.CheckAcknowledge), p.Acknowledge),
		on(itsm.ActAssign, "Hand it to somebody, or to a team.", untimed(p.CheckAssign), p.Assign),
		on(itsm.ActReprioritise, "Change what its priority is made of.", untimed(p.CheckReprioritise), p.reprioritise),
		on(itsm.ActIncidentHold, "Put it on hold.", untimed(p.CheckHold), p.PutOnHold),
		on(itsm.ActIncidentResume, "Resume it.", untimed(p.CheckResume), p.resume),
		on(itsm.ActEscalate, "Call others, or those who answer for it.", untimed(p.CheckEscalate), p.escalate),
		on(itsm.ActRelate, "Link it to another record.", untimed(p.CheckRelate), p.Relate),
		on(itsm.ActApply, "Apply the workaround of a known error.", untimed(p.CheckApply), p.Apply),
		on(itsm.ActDuplicate, "End it as a duplicate of another.", untimed(p.CheckDuplicate), p.EndAsDuplicate),
		on(itsm.ActParent, "Make it follow another incident.", untimed(p.CheckParent), p.SetParent),
		on(itsm.ActResolve, "Say how it was resolved.", untimed(p.CheckResolve), p.Resolve),
		on(itsm.ActConfirm, "Say that it works again, and close it.", untimed(p.CheckConfirm), p.Close),
		on(itsm.ActReopen, "Say that it is not resolved.", untimed(p.CheckReopen), p.reopen),
		on(itsm.ActIncidentCancel, "Cancel what is no incident.", untimed(p.CheckCancel), p.cancel),
		on(itsm.ActAlerts, "Tell that its alerts came again.", untimed(p.CheckAlerts), p.alerts),
	}
}

func (p *incident) checkRaise(who itsm.Actor, d itsm.IncidentDraft, _ time.Time) error {
	if err := who.May(itsm.RaiseIncidents); err != nil {
		return err
	}
	return d.Check()
}

// say takes up a comment. One that an incident on hold waits for goes on with it.
func (p *incident) say(who itsm.Actor, r itsm.CommentRequest, t *itsm.Talk, at time.Time) (itsm.Comment, itsm.Event) {
	said := p.Say(who, r, t, at)
	e, _ := p.Answered(who.Person, at)
	return said, e
}

func (p *incident) reprioritise(who itsm.Actor, r itsm.Reprioritisation, at time.Time) itsm.Event {
	return p.Reprioritise(who, r, p.terms, at)
}

func (p *incident) resume(_ itsm.Actor, r itsm.NoteRequest, at time.Time) itsm.Event {
	return p.Resume(r, at)
}

func (p *incident) escalate(_ itsm.Actor, r itsm.EscalateRequest, at time.Time) itsm.Event {
	return p.Escalate(r, at)
}

func (p *incident) reopen(_ itsm.Actor, r itsm.NoteRequest, at time.Time) itsm.Event {
	return p.Reopen(r, p.terms, at)
}

func (p *incident) cancel(_ itsm.Actor, r itsm.Cancellation, at time.Time) itsm.Event {
	return p.Cancel(r, at)
}

// alerts makes people see how often the alerts came: that is in the record book.
func (p *incident) alerts(itsm.Actor, itsm.AlertsRequest, time.Time) itsm.Event {
	p.tellAgain()
	return itsm.Event{}
}
