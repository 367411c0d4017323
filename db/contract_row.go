package db

import (
	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

func recordContractRow(c *itsm.Contract, e itsm.Event, by Provenance, digest string) (rows.RecordContractParams, error) {
	row := rows.RecordContractParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Title: c.Title, Supplier: c.Supplier, Tier: c.Tier, Services: list(c.Services), Standing: c.ContractStanding, Reporter: c.Reporter, RaisedDoor: c.Door,
		PolicyVersion: small(c.PolicyVersion), RaisedAt: c.RaisedAt, Since: c.Since, DueAt: c.NextTarget(), ClosedAt: c.ClosedAt,
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(c.Explain(), c.State.Final())
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(contractRaisedFacts(c, e, digest), map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func stepContractRow(c *itsm.Contract, e itsm.Event, by Provenance, digest string) (rows.StepContractParams, error) {
	personal := map[string]string{"note": e.Note}
	row := rows.StepContractParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Standing: c.ContractStanding, Since: c.Since, DueAt: c.NextTarget(), ClosedAt: c.ClosedAt, DecidedAt: e.At,
	}
	if d := e.Decision; d != nil {
		row.DecidedBy, row.DecidedFor, row.DecidedDoor = string(d.By), string(d.For), string(d.Door)
		row.Verdict, row.DecisionNote, row.DecidedHash, row.DecidedAt = string(d.Verdict), d.Note, d.ContentHash, d.At
		row.Round, row.Stage = small(max(d.Round, 1)), small(max(d.Stage, 1))
		personal["decision_note"] = d.Note
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(c.Explain(), c.State.Final())
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(recordFacts(e, digest), personal)
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func contractOf[Row rows.ContractRow | rows.ContractsRow | rows.ContractsOfRow | rows.ContractsUncorrectedRow](row Row) itsm.Contract {
	r := rows.ContractsRow(row)
	return itsm.Contract{
		Number: r.Number, Title: r.Title, Supplier: r.Supplier, Tier: r.Tier, Services: r.Services, Reporter: r.Reporter, Door: r.Door, PolicyVersion: int(r.PolicyVersion), RaisedAt: r.RaisedAt,
		ContractStanding: r.Standing,
	}
}

// contractRaisedFacts is what the audit says of a contract that was raised.
func contractRaisedFacts(c *itsm.Contract, e itsm.Event, digest string) facts {
	f := recordFacts(e, digest)
	f.add("reporter", string(c.Reporter))
	f.add("owner", string(c.Owner))
	f.add("supplier", string(c.Supplier))
	f.add("tier", string(c.Tier))
	names(f, "services", c.Services)
	return f
}
