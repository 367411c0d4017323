package itsm

import (
	"slices"
	"time"
)

// ActsFor is what one person can do at an instant, of what Explain offers.
func (i *Incident) ActsFor(who Actor, at time.Time) []Act {
	return slices.DeleteFunc(i.Explain().Acts, func(a Act) bool { return i.try(a, who, at) != nil })
}

// try asks the rules whether somebody may do a thing, were it well-formed.
func (i *Incident) try(a Act, who Actor, _ time.Time) error {
	switch a { //nolint:exhaustive // those of an incident
	case ActAcknowledge:
		return i.CheckAcknowledge(who, NoteRequest{})
	case ActAssign:
		return i.CheckAssign(who, Assignment{Assignee: "anybody"})
	case ActReprioritise, ActDuplicate, ActParent:
		return i.checkWorker(who)
	case ActIncidentHold:
		return i.CheckHold(who, HoldRequest{Reason: AwaitingVendor, Note: "why"})
	case ActIncidentResume:
		return i.CheckResume(who, NoteRequest{})
	case ActEscalate:
		return i.CheckEscalate(who, EscalateRequest{To: EscalateManager, Note: "why"})
	case ActIncidentComment:
		return i.CheckComment(who, CommentRequest{Text: "why"}, Talk{})
	case ActRelate:
		return i.CheckRelate(who, RelateRequest{Kind: Related, To: "CHG-9999999999"})
	case ActResolve:
		return i.CheckResolve(who, ResolveRequest{Code: ResolvedFixed, Note: "how"})
	case ActConfirm:
		return i.CheckConfirm(who, NoteRequest{})
	case ActReopen:
		return i.CheckReopen(who, NoteRequest{Note: "why"})
	case ActIncidentCancel:
		return i.CheckCancel(who, Cancellation{Note: "why"})
	}
	return NoSuchRecord(i.Number)
}

// working are the acts on an incident that is not resolved.
var working = []Act{
	ActAcknowledge, ActResolve, ActEscalate, ActAssign, ActReprioritise, ActIncidentHold, ActIncidentComment,
	ActRelate, ActParent, ActDuplicate, ActIncidentCancel,
}

// Explain explains an incident as it stands.
func (i *Incident) Explain() Explanation {
	e := Explanation{
		Number: i.Number, State: State(i.State), Since: i.Since, Clocks: i.Clocks,
		WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: []Act{},
	}
	switch i.State {
	case IncidentNew:
		e.Summary = "It is being recorded and classified."
	case IncidentTriaged, IncidentReopened:
		i.explainWaiting(&e)
	case IncidentAssigned:
		e.Summary = "It is assigned, and waits for its assignee to begin."
		e.WaitsFor, e.Acts = []PersonID{i.Assignee}, slices.Clone(working)
	case IncidentInProgress:
		i.explainProgress(&e)
	case IncidentOnHold:
		i.explainHold(&e)
	case IncidentResolved:
		e.Summary = "It is resolved (" + State(i.Resolution.Code).Words() + "): " + i.Resolution.Note
		e.WaitsFor = []PersonID{i.Reporter}
		if i.Reporter == Monitoring {
			e.WaitsFor, e.Roles = []PersonID{}, []Role{Responder}
		}
		e.Acts = []Act{ActConfirm, ActReopen, ActIncidentComment, ActRelate}
	case IncidentClosed, IncidentCancelled, IncidentDuplicate:
		e.Summary = i.ending()
	}
	for _, d := range i.deadlines() {
		e.Forecast = append(e.Forecast, Forecast{At: d.At, What: d.What, Who: d.Who})
	}
	if len(e.Forecast) > 0 {
		e.Due = &e.Forecast[0].At
	}
	return e
}

// explainWaiting says for whom an incident waits that nobody has taken on.
func (i *Incident) explainWaiting(e *Explanation) {
	e.Acts = slices.Clone(working)
	esc := &i.Escalation
	switch {
	case esc.Acknowledged():
		e.Summary, e.Roles = "It was acknowledged, and waits for somebody to take it on.", []Role{Responder}
	case esc.Policy == "" || (esc.Level == 0 && esc.Pending == nil && !esc.Over):
		e.Summary, e.Roles = "It waits for any responder; nobody is called for it.", []Role{Responder}
	case esc.Pending != nil:
		e.Summary = "It waits for an answer, and Steward finds out who is called next."
	case esc.Over:
		e.Summary, e.WaitsFor, e.Roles = "Nobody answered or could be called. It waits for any responder; the service's owner is told.", []PersonID{i.Owner}, []Role{Responder}
	default:
		e.Summary = "It waits for somebody to acknowledge it."
	}
	if len(esc.Calls) > 0 && !esc.Acknowledged() && !esc.Over {
		e.WaitsFor = append(e.WaitsFor, esc.Calls[len(esc.Calls)-1].People...)
	}
	if i.State == IncidentReopened {
		e.Summary = "It was reopened. " + e.Summary
	}
}

func (i *Incident) explainProgress(e *Explanation) {
	e.Summary, e.Acts = "Somebody is at it.", slices.Clone(working)
	if i.Assignee != "" {
		e.WaitsFor = []PersonID{i.Assignee}
		e.Summary = "Its assignee is at it."
	}
	if i.Escalation.StaleAt == nil { // there is nothing to renew
		e.Acts = slices.DeleteFunc(e.Acts, func(a Act) bool { return a == ActAcknowledge && i.Assignee != "" && i.Escalation.Acknowledged() })
	}
}

func (i *Incident) explainHold(e *Explanation) {
	h := i.Hold
	e.Hold = &Hold{By: h.By, At: h.At, Note: h.Note}
	e.Summary = "It is on hold, " + h.Reason.Words() + ": " + h.Note
	e.WaitsFor = []PersonID{i.Reporter}
	if h.Reason == AwaitingCaller {
		e.Summary += " The clock of its resolution stands still."
	} else {
		e.Summary += " Its clocks go on."
		if i.Assignee != "" {
			e.WaitsFor = []PersonID{i.Assignee}
		}
	}
	e.Acts = append([]Act{ActIncidentResume}, slices.DeleteFunc(slices.Clone(working), func(a Act) bool { return a == ActIncidentHold })...)
}

func (i *Incident) ending() string {
	switch {
	case i.State == IncidentDuplicate:
		return "It is a duplicate of " + string(i.DuplicateOf) + "."
	case i.State == IncidentCancelled:
		return "It was cancelled: it was no incident."
	case i.Closing == ClosedConfirmed:
		return "It was resolved, and its reporter said that it works again."
	case i.Closing == ClosedByTime:
		return "It was resolved, and nobody said otherwise in time."
	default:
		return "It was resolved and closed."
	}
}
