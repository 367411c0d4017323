package db

import (
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

func recordCorrectiveRow(c *itsm.CorrectiveAction, e itsm.Event, by Provenance, digest string) (rows.RecordCorrectiveParams, error) {
	row := rows.RecordCorrectiveParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Text: c.CorrectiveText, Standing: c.CorrectiveStanding, Reporter: c.Reporter, RaisedDoor: c.Door,
		Restricted: c.Restricted, PolicyVersion: small(c.PolicyVersion), RaisedAt: c.RaisedAt, Since: c.Since,
		DueAt: nextCorrectiveTarget(c), Missed: c.Missed(), ClosedAt: c.ClosedAt,
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(c.Explain(), c.State.Final())
	row.Relations, row.RelatedTo, row.RelatedBy, row.RelatedAt = leadsTo(c.Relations)
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(correctiveRaisedFacts(c, e, digest), map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func stepCorrectiveRow(c *itsm.CorrectiveAction, e itsm.Event, by Provenance, digest string) (rows.StepCorrectiveParams, error) {
	personal := map[string]string{"note": e.Note}
	row := rows.StepCorrectiveParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Standing: c.CorrectiveStanding, Since: c.Since, DueAt: nextCorrectiveTarget(c), Missed: c.Missed(), ClosedAt: c.ClosedAt,
		DecidedAt: e.At,
	}
	if d := e.Decision; d != nil {
		row.DecidedBy, row.DecidedFor, row.DecidedDoor = string(d.By), string(d.For), string(d.Door)
		row.Verdict, row.DecisionNote, row.DecidedHash, row.DecidedAt = string(d.Verdict), d.Note, d.ContentHash, d.At
		row.Round, row.Stage = small(max(d.Round, 1)), small(max(d.Stage, 1))
		personal["decision_note"] = d.Note
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(c.Explain(), c.State.Final())
	row.Relations, row.RelatedTo, row.RelatedBy, row.RelatedAt = leadsTo(c.Relations)
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(recordFacts(e, digest), personal)
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

// nextCorrectiveTarget is when the target of the stage that runs is missed, or was; nil
// when none runs.
func nextCorrectiveTarget(c *itsm.CorrectiveAction) *time.Time {
	if c.State.Final() {
		return nil
	}
	return c.Clocks.Due()
}

func correctiveOf[Row rows.CorrectiveRow | rows.CorrectivesRow | rows.CorrectivesOfRow](row Row) itsm.CorrectiveAction {
	r := rows.CorrectivesRow(row)
	return itsm.CorrectiveAction{
		CorrectiveText: r.Text, Number: r.Number, Reporter: r.Reporter, Door: r.Door, Restricted: r.Restricted,
		PolicyVersion: int(r.PolicyVersion), RaisedAt: r.RaisedAt, CorrectiveStanding: r.Standing,
	}
}
