package db

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

func recordRow(c itsm.Change, e itsm.Event, p Provenance, digest string) (rows.RecordChangeParams, error) {
	facts, personal, kept, err := audited(changeFacts(e, digest, map[string]string{
		"requester": string(c.Requester), "service": string(c.Service), "content_hash": c.ContentHash,
	}), map[string]string{"note": e.Note})
	row := rows.RecordChangeParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Digest: digest,
		Credential: p.Credential, WorkflowID: p.WorkflowID, RunID: p.RunID, ActID: p.ActID,
		Type: c.Type, Title: c.Title, Description: c.Description, Service: c.Service,
		Plan: c.Plan, BackoutPlan: c.BackoutPlan, Deployment: c.Deployment,
		Requester: c.Requester, Team: c.Team, Owner: c.Owner, Restricted: c.Restricted,
		Outcome: c.Outcome, PolicyVersion: small(c.PolicyVersion), ContentHash: c.ContentHash,
		Approvers: people(c.Approvers), Implementer: c.Implementer, RaisedAt: c.RaisedAt,
		RemindAt: c.RemindAt, ExpireAt: c.ExpireAt, ClosedAt: c.ClosedAt,
		Facts: facts, Personal: personal, Fields: kept.fields, Salts: kept.salts, Contents: kept.contents,
	}
	if c.Window != nil {
		row.WindowStart, row.WindowEnd = &c.Window.Start, &c.Window.End
	}
	return row, err
}

func stepRow(step itsm.ChangeStep, p Provenance, digest string) (rows.StepChangeParams, error) {
	e, more, personal := step.Event, map[string]string{}, map[string]string{"note": step.Event.Note}
	row := rows.StepChangeParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Digest: digest,
		Credential: p.Credential, WorkflowID: p.WorkflowID, RunID: p.RunID, ActID: p.ActID,
		Outcome: step.Outcome, Approvers: people(step.Approvers), Implementer: step.Implementer,
		RemindAt: step.RemindAt, ExpireAt: step.ExpireAt, ClosedAt: step.ClosedAt,
	}
	if d := e.Decision; d != nil {
		row.DecidedBy, row.DecidedDoor, row.Verdict = string(d.By), string(d.Door), string(d.Verdict)
		row.DecisionNote, row.DecidedHash, row.DecidedAt = d.Note, d.ContentHash, d.At
		more["by"], more["verdict"], more["content_hash"] = string(d.By), string(d.Verdict), d.ContentHash
		personal["decision_note"] = d.Note
	}
	if step.Outcome != "" {
		more["result"] = string(step.Outcome)
	}
	facts, hashed, kept, err := audited(changeFacts(e, digest, more), personal)
	row.Facts, row.Personal = facts, hashed
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

// changeFacts is what the audit says of an event, beside who and when: the digest
// binds the whole step, so nothing else of it need be repeated.
func changeFacts(e itsm.Event, digest string, more map[string]string) map[string]string {
	more["from"], more["to"], more["digest"] = string(e.From), string(e.To), digest
	more["occurred_at"] = e.At.UTC().Format(time.RFC3339Nano)
	return more
}

func audited(facts, personal map[string]string) (factsJSON, personalJSON []byte, kept salted, err error) {
	kept = salt(personal)
	if factsJSON, err = json.Marshal(facts); err != nil {
		return nil, nil, kept, fmt.Errorf("audit facts: %w", err)
	}
	if personalJSON, err = json.Marshal(kept.hashes); err != nil {
		return nil, nil, kept, fmt.Errorf("audit hashes: %w", err)
	}
	return factsJSON, personalJSON, kept, nil
}

func changeOf(r rows.Change, since time.Time) itsm.Change {
	c := itsm.Change{
		ChangeDraft: itsm.ChangeDraft{
			Type: r.Type, Title: r.Title, Description: r.Description, Service: r.Service,
			Plan: r.Plan, BackoutPlan: r.BackoutPlan, Deployment: r.Deployment,
		},
		Number: r.Number, Requester: r.Requester, Team: r.Team, Owner: r.Owner, Restricted: r.Restricted,
		State: r.State, Outcome: r.Outcome, Revision: int(r.Revision), PolicyVersion: int(r.PolicyVersion),
		ContentHash: r.ContentHash, Implementer: r.Implementer, RaisedAt: r.RaisedAt, Since: since,
		RemindAt: r.RemindAt, ExpireAt: r.ExpireAt, ClosedAt: r.ClosedAt,
	}
	if len(r.Approvers) > 0 {
		c.Approvers = r.Approvers
	}
	if r.WindowStart != nil && r.WindowEnd != nil {
		c.Window = &itsm.Window{Start: *r.WindowStart, End: *r.WindowEnd}
	}
	return c
}

func decisionOf(d rows.Decision) itsm.Decision {
	return itsm.Decision{By: d.Person, Door: d.Door, Verdict: d.Verdict, Note: d.Note, ContentHash: d.ContentHash, At: d.At}
}

// people makes an empty list of none: the column is never NULL.
func people(ids []itsm.PersonID) []itsm.PersonID {
	if ids == nil {
		return []itsm.PersonID{}
	}
	return ids
}
