package db

import (
	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

func recordSupplierRow(r *itsm.Supplier, e itsm.Event, by Provenance, digest string) (rows.RecordSupplierParams, error) {
	row := rows.RecordSupplierParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Standing: r.SupplierStanding, Reporter: r.Reporter, RaisedDoor: r.Door,
		PolicyVersion: small(r.PolicyVersion), RaisedAt: r.RaisedAt, Since: r.Since, DueAt: r.NextTarget(), ClosedAt: r.ClosedAt,
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(r.Explain(), r.State.Final())
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(supplierRaisedFacts(r, e, digest), map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func stepSupplierRow(r *itsm.Supplier, e itsm.Event, by Provenance, digest string) (rows.StepSupplierParams, error) {
	personal := map[string]string{"note": e.Note}
	row := rows.StepSupplierParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Standing: r.SupplierStanding, Since: r.Since, DueAt: r.NextTarget(), ClosedAt: r.ClosedAt,
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(r.Explain(), r.State.Final())
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(recordFacts(e, digest), personal)
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func supplierOf[Row rows.SupplierRow | rows.SuppliersRow | rows.SuppliersOfRow | rows.SuppliersUncorrectedRow](row Row) itsm.Supplier {
	r := rows.SuppliersRow(row)
	return itsm.Supplier{
		Number: r.Number, Reporter: r.Reporter, Door: r.Door, PolicyVersion: int(r.PolicyVersion), RaisedAt: r.RaisedAt,
		SupplierStanding: r.Standing,
	}
}

// supplierRaisedFacts is what the audit says of a supplier that was raised.
func supplierRaisedFacts(r *itsm.Supplier, e itsm.Event, digest string) facts {
	f := recordFacts(e, digest)
	f.add("reporter", string(r.Reporter))
	f.add("owner", string(r.Owner))
	f.add("deputy", string(r.Deputy))
	f.add("tier", string(r.Tier))
	names(f, "services", r.Services)
	return f
}
