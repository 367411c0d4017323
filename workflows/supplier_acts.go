package workflows

import (
	"fmt"
	"time"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

func (s *supplier) over() bool { return s.State.Final() }

func (s *supplier) revise() { s.Revision++ }

func (s *supplier) step(e itsm.Event, o activities.Origin) (activity, saved any) {
	return a.StepSupplier, activities.SupplierStepping{Step: s.Step(e), Origin: o}
}

// deeds are what people can do to a supplier.
func (s *supplier) deeds() []deed {
	return []deed{
		raises(itsm.ActSupplierRaise, "Propose the supplier.", s.checkRaise, s.request),
		comments(itsm.ActSupplierComment, a.CommentOnSupplier, s.CheckComment, s.say),
		on(itsm.ActSupplierEdit, "Write anew what is known of it, and who answers for it.", untimed(s.CheckEdit), s.Edit),
		on(itsm.ActSupplierMove, "Move it on.", untimed(s.CheckMove), s.Move),
		on(itsm.ActDiligence, "Record what its due diligence found.", untimed(s.CheckDiligence), s.assess),
		on(itsm.ActCertificate, "Record a certificate, or what became of one.", untimed(s.CheckCertificate), s.Certify),
		on(itsm.ActExitPlan, "Write its exit plan, or say that it was tested.", untimed(s.CheckExit), s.planExit),
		on(itsm.ActSupplierCorrect, "Tell that a corrective action that was due was raised.", untimed(s.CheckCorrected), s.corrected),
	}
}

func (s *supplier) checkRaise(who itsm.Actor, p itsm.SupplierProfile, _ time.Time) error {
	return p.CheckRaise(who)
}

func (s *supplier) say(who itsm.Actor, r itsm.CommentRequest, t *itsm.Talk, at time.Time) (itsm.Comment, itsm.Event) {
	return s.Say(who, r, t, at), itsm.Event{}
}

func (s *supplier) assess(who itsm.Actor, r itsm.DiligenceRequest, at time.Time) itsm.Event {
	return s.Assess(who, r, s.terms, at)
}

func (s *supplier) planExit(who itsm.Actor, r itsm.ExitRequest, at time.Time) itsm.Event {
	return s.PlanExit(who, r, s.terms, at)
}

// corrected takes note of a corrective action, once.
func (s *supplier) corrected(_ itsm.Actor, r itsm.CorrectedRequest, _ time.Time) itsm.Event {
	e, _ := s.Corrected(r.Raised)
	return e
}

// attributes are what Temporal finds a supplier by, besides what all records have.
func (s *supplier) attributes() []attribute {
	if s.over() {
		return []attribute{word(Outcome, s.State)}
	}
	return nil
}

// rows are what the details say of a supplier.
func (s *supplier) rows(itsm.Explanation) []row {
	all := []row{
		{"Kind", string(s.Kind)},
		{"Tier", string(s.Tier)},
		{"Owner", string(s.Owner) + ", or " + string(s.Deputy)},
		{"Services", fmt.Sprint(len(s.Services))},
		{"Contacts", fmt.Sprint(len(s.Contacts))},
	}
	if d := s.Diligence; d != nil {
		all = append(all, row{"Due diligence", "by " + string(d.By) + ", " + stamp(d.Done) + "; anew on " + d.On.String()})
	}
	for _, c := range s.Certificates {
		if c.EndedAt == nil {
			all = append(all, row{fmt.Sprintf("Certificate %d", c.ID), "until " + c.On.String()})
		}
	}
	if x := s.Exit; x != nil {
		all = append(all, row{"Exit plan", "by " + string(x.By) + ", " + stamp(x.Written)})
	}
	if n := len(s.Ratings); n > 0 {
		all = append(all, row{"Last review", string(s.Ratings[n-1].Review) + ": " + string(s.Ratings[n-1].Band)})
	}
	return append(append(all, corrections(s.Corrections)...), row{"Policy", fmt.Sprintf("version %d", s.PolicyVersion)})
}

// corrections are rows of the corrective actions that were called for.
func corrections(all []itsm.Correction) (rows []row) {
	for _, c := range all {
		says := "is due"
		if c.Number != "" {
			says = string(c.Number)
		}
		rows = append(rows, row{"Corrective action", says})
	}
	return rows
}

// SupplierSummary is the line by which a process owner knows a supplier in Temporal:
// who proposed it, of which tier, and its name.
func SupplierSummary(reporter itsm.PersonID, p itsm.SupplierProfile) string {
	return string(reporter) + " · " + string(p.Tier) + " · " + p.Name
}
