package db

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

func recordRow(c itsm.Change, e itsm.Event, p Provenance, digest string) (rows.RecordChangeParams, error) {
	row := rows.RecordChangeParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: p.Credential, WorkflowID: p.WorkflowID, RunID: p.RunID, ActID: p.ActID,
		Type: c.Type, Title: c.Title, Description: c.Description, Service: c.Service,
		Plan: c.Plan, BackoutPlan: c.BackoutPlan, Deployment: c.Deployment,
		Justification: c.Justification, TestPlan: c.TestPlan, BackoutMinutes: small(c.Backout),
		ConfigurationItems: list(c.Items), Links: list(c.Links), Risk: c.Risk, Assessment: c.Assessment,
		Requester: c.Requester, Team: c.Team, Owner: c.Owner, Restricted: c.Restricted,
		Outcome: c.Outcome, PolicyVersion: small(c.PolicyVersion), ContentHash: c.ContentHash,
		RiskScore: c.RiskScore, Approval: c.Approval, Approvers: list(c.Approvers),
		Hold: c.Hold, Assignee: c.Assignee, Implementer: c.Implementer, RaisedAt: c.RaisedAt,
		RemindAt: c.RemindAt, BackupAt: c.BackupAt, ExpireAt: c.ExpireAt, ClosedAt: c.ClosedAt,
	}
	if c.Window != nil {
		row.WindowStart, row.WindowEnd = &c.Window.Start, &c.Window.End
	}
	var err error
	if row.Edit, err = written(whole(c.ChangeDraft), c.ContentHash); err != nil {
		return row, err
	}
	facts := eventFacts(e, digest)
	facts["requester"], facts["service"], facts["content_hash"] = string(c.Requester), string(c.Service), c.ContentHash
	facts.add("risk_tier", string(c.RiskScore.Tier))
	var kept salted
	row.Facts, row.Personal, kept, err = audited(facts, map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func stepRow(step itsm.ChangeStep, p Provenance, digest string) (rows.StepChangeParams, error) {
	e, personal := step.Event, map[string]string{"note": step.Event.Note}
	row := rows.StepChangeParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: p.Credential, WorkflowID: p.WorkflowID, RunID: p.RunID, ActID: p.ActID,
		Outcome: string(step.Outcome), Approvers: texts(step.Approvers),
		Assignee: string(step.Assignee), Implementer: string(step.Implementer),
		RemindAt: step.RemindAt, BackupAt: step.BackupAt, ExpireAt: step.ExpireAt, ClosedAt: step.ClosedAt,
	}
	if d := e.Decision; d != nil {
		row.DecidedBy, row.DecidedFor, row.DecidedDoor = string(d.By), string(d.For), string(d.Door)
		row.Verdict, row.DecisionNote, row.DecidedHash, row.DecidedAt = string(d.Verdict), d.Note, d.ContentHash, d.At
		row.Round, row.Stage = small(max(d.Round, 1)), small(max(d.Stage, 1)) // there was one of each before there were more
		personal["decision_note"] = d.Note
	}
	if err := stepJSON(step, &row); err != nil {
		return row, err
	}
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(stepFacts(step, digest), personal)
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

// stepJSON fills in what is kept as JSON.
func stepJSON(step itsm.ChangeStep, row *rows.StepChangeParams) (err error) {
	if row.RiskScore, err = json.Marshal(step.RiskScore); err != nil {
		return fmt.Errorf("risk score: %w", err)
	}
	if row.Approval, err = json.Marshal(step.Approval); err != nil {
		return fmt.Errorf("approval: %w", err)
	}
	if step.Hold != nil {
		if row.Hold, err = json.Marshal(step.Hold); err != nil {
			return fmt.Errorf("hold: %w", err)
		}
	}
	row.Edit = []byte("{}")
	if step.Edit != nil {
		row.Edit, err = written(*step.Edit, step.ContentHash)
	}
	return err
}

func changeOf(r rows.Change, since time.Time) itsm.Change {
	c := itsm.Change{
		ChangeDraft: itsm.ChangeDraft{
			Type: r.Type, Title: r.Title, Description: r.Description, Service: r.Service,
			Plan: r.Plan, BackoutPlan: r.BackoutPlan, Deployment: r.Deployment,
			Justification: r.Justification, TestPlan: r.TestPlan, Backout: int(r.BackoutMinutes),
			Items: some(r.ConfigurationItems), Links: some(r.Links), Risk: r.Risk, Assessment: r.Assessment,
		},
		Number: r.Number, Requester: r.Requester, Team: r.Team, Owner: r.Owner, Restricted: r.Restricted,
		State: r.State, Outcome: r.Outcome, Revision: int(r.Revision), PolicyVersion: int(r.PolicyVersion),
		ContentHash: r.ContentHash, RiskScore: r.RiskScore, Approval: r.Approval, Approvers: some(r.Approvers),
		Hold: r.Hold, Assignee: r.Assignee, Implementer: r.Implementer, RaisedAt: r.RaisedAt, Since: since,
		RemindAt: r.RemindAt, BackupAt: r.BackupAt, ExpireAt: r.ExpireAt, ClosedAt: r.ClosedAt,
	}
	if r.WindowStart != nil && r.WindowEnd != nil {
		c.Window = &itsm.Window{Start: *r.WindowStart, End: *r.WindowEnd}
	}
	if c.Approval.Round == 0 && c.Approval.Opening == nil && len(c.Approvers) > 0 {
		c.Approval = fromBeforeStages(&c)
	}
	if string(r.Edited) != "{}" {
		// Of edits that overtook one another, a reader has the hash of what they
		// read: a decision on half an edit is then refused as change.edited.
		c.ContentHash = c.Hash()
	}
	return c
}

// fromBeforeStages is the approval of a record that was last saved by a version
// that knew no stages: any one of those who were asked decided.
func fromBeforeStages(c *itsm.Change) itsm.Approval {
	opening := itsm.OfOne(c.Approvers, c.Since, c.RemindAt, c.ExpireAt)
	return itsm.Approval{Round: 1, Opening: &opening, Asked: c.Approvers}
}

func decisionOf(d rows.DecisionsRow) itsm.Decision {
	return itsm.Decision{
		By: d.Person, For: d.Principal, Door: d.Door, Verdict: d.Verdict, Note: d.Note, ContentHash: d.ContentHash,
		Round: int(d.Round), Stage: int(d.Stage), At: d.At,
	}
}

// list makes an empty list of none: its column is never NULL.
func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// some makes none of an empty list, as list made it.
func some[T any](all []T) []T {
	if len(all) == 0 {
		return nil
	}
	return all
}

func texts[T ~string](all []T) []string {
	out := make([]string, 0, len(all))
	for _, t := range all {
		out = append(out, string(t))
	}
	return out
}
