package db

import (
	"slices"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

func recordProblemRow(p *itsm.Problem, e itsm.Event, by Provenance, digest string) (rows.RecordProblemParams, error) {
	row := rows.RecordProblemParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Text: p.ProblemText, Standing: p.ProblemStanding, Reporter: p.Reporter, ProblemDoor: p.Door, Owner: p.Owner,
		Restricted: p.Restricted, PolicyVersion: small(p.PolicyVersion), RaisedAt: p.RaisedAt, Since: p.Since,
		DueAt: p.NextTarget(), Missed: p.Missed(), ClosedAt: p.ClosedAt,
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(p.Explain(), p.State.Final())
	row.Relations, row.RelatedTo, row.RelatedBy, row.RelatedAt = leadsTo(p.Relations)
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(problemRaisedFacts(p, e, digest), map[string]string{"note": e.Note})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

func stepProblemRow(p *itsm.Problem, e itsm.Event, by Provenance, digest string) (rows.StepProblemParams, error) {
	personal := map[string]string{"note": e.Note}
	row := rows.StepProblemParams{
		Number: e.Number, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
		FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
		Credential: by.Credential, WorkflowID: by.WorkflowID, RunID: by.RunID, ActID: by.ActID,
		Standing: p.ProblemStanding, Since: p.Since, DueAt: p.NextTarget(), Missed: p.Missed(), ClosedAt: p.ClosedAt,
		DecidedAt: e.At,
	}
	if d := e.Decision; d != nil {
		row.DecidedBy, row.DecidedFor, row.DecidedDoor = string(d.By), string(d.For), string(d.Door)
		row.Verdict, row.DecisionNote, row.DecidedHash, row.DecidedAt = string(d.Verdict), d.Note, d.ContentHash, d.At
		row.Round, row.Stage = small(max(d.Round, 1)), small(max(d.Stage, 1))
		personal["decision_note"] = d.Note
	}
	row.WaitsFor, row.WaitsRoles = waitsForNow(p.Explain(), p.State.Final())
	row.Relations, row.RelatedTo, row.RelatedBy, row.RelatedAt = leadsTo(p.Relations)
	var kept salted
	var err error
	row.Facts, row.Personal, kept, err = audited(recordFacts(e, digest), personal)
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

// leadsTo is all that a record leads to. A save carries the whole of it: one step may
// bring what another that was merged into it led to, and steps may overtake one another.
func leadsTo(all []itsm.Relation) (kinds, to, by []string, at []time.Time) {
	kinds, to, by, at = []string{}, []string{}, []string{}, []time.Time{}
	for _, r := range all {
		kinds, to, by, at = append(kinds, string(r.Kind)), append(to, string(r.To)), append(by, string(r.By)), append(at, r.At)
	}
	return kinds, to, by, at
}

// waitsForNow is whom Explain names, each once, and the roles, anyone of which
// would do.
func waitsForNow(e itsm.Explanation, over bool) (people []itsm.PersonID, roles []itsm.Role) {
	if over {
		return []itsm.PersonID{}, []itsm.Role{}
	}
	people, roles = slices.Clone(e.WaitsFor), slices.Clone(e.Roles)
	slices.Sort(people)
	people = slices.DeleteFunc(slices.Compact(people), func(id itsm.PersonID) bool { return id == "" })
	slices.Sort(roles)
	return list(people[:min(len(people), maxWaiting)]), list(slices.Compact(roles))
}

func problemOf[Row rows.ProblemRow | rows.ProblemsRow | rows.ProblemsOfRow](row Row) itsm.Problem {
	r := rows.ProblemsRow(row)
	return itsm.Problem{
		ProblemText: r.Text, Number: r.Number, Reporter: r.Reporter, Door: r.Door, Owner: r.Owner,
		Restricted: r.Restricted, PolicyVersion: int(r.PolicyVersion), RaisedAt: r.RaisedAt, ProblemStanding: r.Standing,
	}
}
