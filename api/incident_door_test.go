package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// did is asked, for an act on an incident.
func (k *clerk) did(ctx context.Context, call string, who desk.Caller, n itsm.Number, body any) (itsm.Receipt, error) {
	r, err := k.asked(ctx, call, who, n, body)
	if err == nil {
		r = itsm.Receipt{Number: "INC-7", State: itsm.State(itsm.IncidentTriaged), Revision: 2}
	}
	return r, err
}

func (k *clerk) RaiseIncident(ctx context.Context, who desk.Caller, d itsm.IncidentDraft) (itsm.Receipt, error) {
	return k.did(ctx, "raise incident", who, "", d)
}

func (k *clerk) AcknowledgeIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.did(ctx, "acknowledge", who, n, r)
}

func (k *clerk) AssignIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return k.did(ctx, "assign", who, n, r)
}

func (k *clerk) ReprioritiseIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reprioritisation) (itsm.Receipt, error) {
	return k.did(ctx, "reprioritise", who, n, r)
}

func (k *clerk) HoldIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.HoldRequest) (itsm.Receipt, error) {
	return k.did(ctx, "hold incident", who, n, r)
}

func (k *clerk) ResumeIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.did(ctx, "resume incident", who, n, r)
}

func (k *clerk) EscalateIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EscalateRequest) (itsm.Receipt, error) {
	return k.did(ctx, "escalate", who, n, r)
}

func (k *clerk) CommentOnIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return k.did(ctx, "comment on incident", who, n, r)
}

func (k *clerk) RelateIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return k.did(ctx, "relate", who, n, r)
}

func (k *clerk) EndIncidentAsDuplicate(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DuplicateRequest) (itsm.Receipt, error) {
	return k.did(ctx, "duplicate", who, n, r)
}

func (k *clerk) SetIncidentParent(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ParentRequest) (itsm.Receipt, error) {
	return k.did(ctx, "parent", who, n, r)
}

func (k *clerk) ResolveIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ResolveRequest) (itsm.Receipt, error) {
	return k.did(ctx, "resolve", who, n, r)
}

func (k *clerk) ConfirmIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.did(ctx, "confirm", who, n, r)
}

func (k *clerk) ReopenIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.did(ctx, "reopen", who, n, r)
}

func (k *clerk) CancelIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return k.did(ctx, "cancel incident", who, n, r)
}

func (k *clerk) Incident(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Incident, error) {
	_, err := k.asked(ctx, "incident", who, n, nil)
	if k.plain {
		return itsm.Incident{}, err
	}
	return fullIncident(), err
}

func (k *clerk) Incidents(ctx context.Context, who desk.Caller, list desk.IncidentList) (desk.IncidentPage, error) {
	_, err := k.asked(ctx, "incidents", who, "", list)
	return desk.IncidentPage{Items: []itsm.Incident{fullIncident()}, Next: "abc-_"}, err
}

func (k *clerk) IncidentTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	_, err := k.asked(ctx, "incident timeline", who, n, nil)
	return []itsm.Event{fullEvent()}, err
}

func (k *clerk) IncidentComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	_, err := k.asked(ctx, "incident comments", who, n, nil)
	return []itsm.Comment{fullComment()}, err
}

func (k *clerk) IncidentClocks(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.ClockReading, error) {
	_, err := k.asked(ctx, "clocks", who, n, nil)
	return []itsm.ClockReading{fullReading()}, err
}

func (k *clerk) IncidentSuggestions(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Change, error) {
	_, err := k.asked(ctx, "suggestions", who, n, nil)
	return []itsm.Change{fullChange()}, err
}

func (k *clerk) Relations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := k.asked(ctx, "relations", who, n, nil)
	return fullIncident().Relations, err
}

func (k *clerk) ChangeRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := k.asked(ctx, "change relations", who, n, nil)
	return fullIncident().Relations, err
}

func (k *clerk) ExplainIncident(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	_, err := k.asked(ctx, "explain incident", who, n, nil)
	return fullExplanation(), err
}

func (k *clerk) WaitingIncidents(ctx context.Context, who desk.Caller) ([]itsm.Incident, error) {
	_, err := k.asked(ctx, "waiting incidents", who, "", nil)
	return nil, err
}

func (k *clerk) OnCall(ctx context.Context, who desk.Caller, service itsm.ServiceID) (desk.OnCall, error) {
	_, err := k.asked(ctx, "on call", who, "", service)
	if k.plain {
		return desk.OnCall{Levels: []desk.OnCallLevel{{Level: 1}}}, err
	}
	return fullOnCall(), err
}
