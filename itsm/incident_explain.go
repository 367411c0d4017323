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
	case ActApply:
		return i.CheckApply(who, ApplyRequest{KnownError: anyProblem})
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
	ActIncidentResume, ActAcknowledge, ActResolve, ActEscalate, ActAssign, ActReprioritise, ActIncidentHold, ActIncidentComment,
	ActRelate, ActApply, ActParent, ActDuplicate, ActIncidentCancel,
}

// acts are what whoever answers for incidents can do to one as it stands.
func (i *Incident) acts() []Act {
	can := map[Act]bool{ //nolint:exhaustive // the others can always be done while it is open
		ActAcknowledge:    i.answerable(),
		ActEscalate:       i.Escalation.Pending == nil,
		ActIncidentHold:   i.State.CanBecome(IncidentOnHold),
		ActIncidentResume: i.State == IncidentOnHold,
		ActRelate:         len(i.Relations) < MaxRelations,
		ActApply:          len(i.Relations) < MaxRelations,
		ActReopen:         i.Reopens < MaxReopens,
	}
	all := working
	switch {
	case i.State == IncidentResolved:
		all = []Act{ActConfirm, ActReopen, ActIncidentComment, ActRelate}
	case !i.Open() || i.State == IncidentNew:
		all = nil
	}
	return slices.DeleteFunc(append([]Act{}, all...), func(a Act) bool {
		may, conditional := can[a]
		return conditional && !may
	})
}

// Explain explains an incident as it stands.
func (i *Incident) Explain() Explanation {
	e := Explanation{
		Number: i.Number, State: State(i.State), Since: i.Since, Clocks: i.Clocks,
		WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: i.acts(),
	}
	switch i.State {
	case IncidentNew:
		e.Summary = "It is being recorded and classified."
	case IncidentTriaged, IncidentReopened:
		i.explainWaiting(&e)
	case IncidentAssigned, IncidentInProgress:
		i.explainProgress(&e)
	case IncidentOnHold:
		i.explainHold(&e)
	case IncidentResolved:
		i.explainResolved(&e)
	case IncidentClosed, IncidentCancelled, IncidentDuplicate:
		e.Summary = i.ending()
	}
	e.forecast(i.deadlines())
	return e
}

// explainWaiting says for whom an incident waits that nobody has taken on.
func (i *Incident) explainWaiting(e *Explanation) {
	esc := &i.Escalation
	e.Roles, e.WaitsFor = []Role{Responder}, esc.called(i.Owner)
	switch {
	case esc.Acknowledged():
		e.Summary = "It was acknowledged, and waits for somebody to take it on."
	case esc.Over:
		e.Summary = "Nobody answered or could be called. It waits for any responder; the service's owner is told."
	case !esc.Ringing():
		e.Summary = "It waits for any responder; nobody is called for it."
	case esc.NextAt == nil:
		e.Summary = "It waits for somebody to acknowledge it, and Steward finds out who is called next."
	default:
		e.Summary, e.Roles = "It waits for somebody to acknowledge it.", []Role{}
	}
	if i.State == IncidentReopened {
		e.Summary = "It was reopened. " + e.Summary
	}
}

// called are those who are called to take it on and have not answered: the owner of
// the service, once nobody has.
func (e *Escalation) called(owner PersonID) []PersonID {
	switch {
	case e.Over:
		return []PersonID{owner}
	case e.Ringing() && len(e.Calls) > 0:
		return append([]PersonID{}, e.Calls[len(e.Calls)-1].People...)
	}
	return []PersonID{}
}

// explainProgress says who is at it, and who is called besides: whoever was at it has
// not been heard of, or somebody asked for more.
func (i *Incident) explainProgress(e *Explanation) {
	esc := &i.Escalation
	switch {
	case i.Assignee == "" && i.Parent != "":
		e.Summary = "It goes on with " + string(i.Parent) + ", which it belongs to."
	case i.Assignee == "":
		e.Summary, e.Roles = "It goes on, and is nobody's; any responder can take it on.", []Role{Responder}
	case i.State == IncidentAssigned:
		e.Summary, e.WaitsFor = "It is assigned, and waits for its assignee to begin.", []PersonID{i.Assignee}
	default:
		e.Summary, e.WaitsFor = "Its assignee is at it.", []PersonID{i.Assignee}
	}
	switch {
	case esc.Over:
		e.Summary += " People were called to take it on, and nobody answered; the service's owner is told."
	case esc.Ringing():
		e.Summary += " People are called to take it on."
	}
	for _, id := range esc.called(i.Owner) {
		if !slices.Contains(e.WaitsFor, id) {
			e.WaitsFor = append(e.WaitsFor, id)
		}
	}
}

func (i *Incident) explainHold(e *Explanation) {
	h := i.Hold
	e.Hold = &Hold{By: h.By, At: h.At, Note: h.Note}
	e.Summary = "It is on hold, " + h.Reason.Words() + ": " + h.Note
	switch {
	case h.Reason == AwaitingCaller:
		e.Summary += " The clock of its resolution stands still."
		e.WaitsFor = []PersonID{i.Reporter}
		return
	case i.Assignee == "":
		e.Roles = []Role{Responder}
	default:
		e.WaitsFor = []PersonID{i.Assignee}
	}
	e.Summary += " Its clocks go on."
}

func (i *Incident) explainResolved(e *Explanation) {
	e.Summary = "It is resolved (" + State(i.Resolution.Code).Words() + "): " + i.Resolution.Note
	if i.Reporter == Monitoring {
		e.Roles = []Role{Responder}
		return
	}
	e.WaitsFor = []PersonID{i.Reporter}
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
