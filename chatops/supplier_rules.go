package chatops

import (
	"slices"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// The rules that are asked before somebody fills in a form about a supplier, a contract or
// a review for nothing.

// looked is evidence with nothing wrong in it: what refuses it is not about it.
var looked = []itsm.Evidence{{Note: "seen"}}

// mayMove asks about the first state that the rules let it become.
func mayMove(s *itsm.Supplier, who itsm.Actor, _ cards.Claim) error {
	err := s.CheckMove(who, itsm.MoveRequest{To: s.State, Note: "why", Evidence: looked})
	for _, to := range itsm.SupplierMoves[s.State] {
		if err = s.CheckMove(who, itsm.MoveRequest{To: to, Note: "why", Evidence: looked}); err == nil {
			return nil
		}
	}
	return err
}

func mayAssess(s *itsm.Supplier, who itsm.Actor, _ cards.Claim) error {
	return s.CheckDiligence(who, itsm.DiligenceRequest{Note: "what", Evidence: looked})
}

// someDay is a date with nothing wrong in it.
var someDay = itsm.NewDate(2100, 1, 1)

// mayCertify asks about one more certificate, or about one that there is.
func mayCertify(s *itsm.Supplier, who itsm.Actor, _ cards.Claim) error {
	err := s.CheckCertificate(who, itsm.CertificateRequest{Name: "?", Expires: someDay})
	if err != nil && mayEndCertificate(s, who, cards.Claim{}) == nil {
		return nil
	}
	return err
}

func mayEndCertificate(s *itsm.Supplier, who itsm.Actor, _ cards.Claim) error {
	r := itsm.CertificateRequest{ID: itsm.MaxCertificates + 1, End: true}
	if n := slices.IndexFunc(s.Certificates, func(c itsm.Certificate) bool { return c.EndedAt == nil }); n >= 0 {
		r.ID = s.Certificates[n].ID
	}
	err := s.CheckCertificate(who, r)
	if r.ID > itsm.MaxCertificates && itsm.AsError(err).Code == "supplier.no_certificate" {
		return itsm.Refuse(itsm.Conflict, "supplier.no_open_certificate", "%s has no certificate that is needed.", s.Number)
	}
	return err
}

func mayCommentOnSupplier(s *itsm.Supplier, who itsm.Actor, _ cards.Claim) error {
	return s.CheckComment(who, itsm.CommentRequest{Text: "what"}, itsm.Talk{})
}

func mayDecideContract(c *itsm.Contract, who itsm.Actor, seen cards.Claim) error {
	return c.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "why", ContentHash: seen.ContentHash})
}

func mayGiveNotice(c *itsm.Contract, who itsm.Actor, _ cards.Claim) error {
	return c.CheckGiveNotice(who, itsm.GiveNoticeRequest{Evidence: looked})
}

func mayCompare(c *itsm.Contract, who itsm.Actor, _ cards.Claim) error {
	return c.CheckReview(who, itsm.ContractReview{Note: "what"})
}

func mayCancelContract(c *itsm.Contract, who itsm.Actor, _ cards.Claim) error {
	return c.CheckCancel(who, itsm.Cancellation{Note: "why"})
}

func mayCommentOnContract(c *itsm.Contract, who itsm.Actor, _ cards.Claim) error {
	return c.CheckComment(who, itsm.CommentRequest{Text: "what"}, itsm.Talk{})
}

// mayMeasure asks about the first of the measures that there are, or else about another.
func mayMeasure(r *itsm.SupplierReview, who itsm.Actor, _ cards.Claim) error {
	q := itsm.ReadingRequest{Name: "?", Points: new(0), Criterion: itsm.ByQuality, Evidence: looked}
	if len(r.Readings) > 0 {
		if q.Name = r.Readings[0].Name; r.Readings[0].Goal != nil {
			q = itsm.ReadingRequest{Name: q.Name, Value: new(itsm.Amount), Evidence: looked}
		}
	}
	return r.CheckMeasure(who, q)
}

// maySee asks about one that waits for somebody else, or about any.
func maySee(r *itsm.SupplierReview, who itsm.Actor, _ cards.Claim) error {
	none := itsm.Refuse(itsm.Conflict, "supplier_review.seen", "No measure of %s waits for anybody to see it.", r.Number)
	for _, mine := range []bool{false, true} {
		n := slices.IndexFunc(r.Readings, func(o itsm.Reading) bool { return o.Unseen() && (mine || o.By != who.Person) })
		if n >= 0 {
			return r.CheckSeen(who, itsm.SeenRequest{Name: r.Readings[n].Name})
		}
	}
	if err := r.CheckSeen(who, itsm.SeenRequest{}); itsm.AsError(err).Code != "supplier_review.no_measure" {
		return err
	}
	return none
}

func mayMeet(r *itsm.SupplierReview, who itsm.Actor, _ cards.Claim) error {
	return r.CheckMeet(who, itsm.MeetingRequest{Attendees: []string{"?"}, Note: "what"})
}

func mayAgree(r *itsm.SupplierReview, who itsm.Actor) error {
	return r.CheckAgree(who, itsm.AgreeRequest{Actions: []itsm.ReviewAction{{Title: "?", Owner: "anybody", Due: someDay}}})
}

func mayCancelReview(r *itsm.SupplierReview, who itsm.Actor, _ cards.Claim) error {
	return r.CheckCancel(who, itsm.Cancellation{Note: "why"})
}

func mayCommentOnReview(r *itsm.SupplierReview, who itsm.Actor, _ cards.Claim) error {
	return r.CheckComment(who, itsm.CommentRequest{Text: "what"}, itsm.Talk{})
}
