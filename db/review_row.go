package db

import (
	"strconv"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

func recordReviewRow(r *itsm.SupplierReview, e itsm.Event, by Provenance, digest string) (rows.RecordReviewParams, error) {
	row := rows.RecordReviewParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Supplier: r.Supplier, Name: r.Name, Tier: r.Tier, Owner: r.Owner, Weights: orNone(r.Weights), Earlier: orNone(r.Before),
		Standing: r.ReviewStanding, PolicyVersion: small(r.PolicyVersion), RaisedAt: r.StartedAt, Since: r.Since,
		DueAt: r.NextTarget(), Missed: r.Late(), Corrects: r.Corrects() != "", ClosedAt: r.ClosedAt,
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(r.Explain(), r.State.Final())
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(reviewStartedFacts(r, e, digest), map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func stepReviewRow(r *itsm.SupplierReview, e itsm.Event, by Provenance, digest string) (rows.StepReviewParams, error) {
	row := rows.StepReviewParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Standing: r.ReviewStanding, Since: r.Since, DueAt: r.NextTarget(), Missed: r.Late(), Corrects: r.Corrects() != "", ClosedAt: r.ClosedAt,
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(r.Explain(), r.State.Final())
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(recordFacts(e, digest), map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

// orNone is some things, or none of them, which is not the same as null.
func orNone[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func reviewOf[Row rows.ReviewRow | rows.ReviewsRow | rows.ReviewsOfRow | rows.ReviewsToCorrectRow](row Row) itsm.SupplierReview {
	r := rows.ReviewsRow(row)
	_, period, _ := itsm.ParseReviewNumber(r.Number) // the database has no other
	review := itsm.SupplierReview{
		Number: r.Number, Supplier: r.Supplier, Name: r.Name, Period: period, Tier: r.Tier, Owner: r.Owner,
		PolicyVersion: int(r.PolicyVersion), StartedAt: r.RaisedAt, Weights: r.Weights, ReviewStanding: r.Standing,
	}
	if len(r.Earlier) > 0 {
		review.Before = r.Earlier
	}
	return review
}

// reviewStartedFacts is what the audit says of a review that was begun.
func reviewStartedFacts(r *itsm.SupplierReview, e itsm.Event, digest string) facts {
	f := recordFacts(e, digest)
	f.add("supplier", string(r.Supplier))
	f.add("period", r.Period.String())
	f.add("tier", string(r.Tier))
	f.add("owner", string(r.Owner))
	f.add("measures", strconv.Itoa(len(r.Readings)))
	return f
}

// ofReview is what the audit says of what happened to a review. What was said and agreed
// on stands in the record, which the digest binds.
func (f facts) ofReview(d *itsm.Detail) {
	if o := d.Reading; o != nil {
		f.add("criterion", string(o.Criterion))
		f.add("measured_by", string(o.By))
		f.add("seen_by", string(o.Second))
		if o.Points != nil {
			f.add("points", strconv.Itoa(*o.Points))
		}
		names(f, "evidence", itsm.RecordsOf(o.Evidence))
	}
	if m := d.Meeting; m != nil {
		f.add("attendees", strconv.Itoa(len(m.Attendees)))
	}
	if len(d.Agreed) > 0 {
		f.add("actions", strconv.Itoa(len(d.Agreed)))
	}
}
