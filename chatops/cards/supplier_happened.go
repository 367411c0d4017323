package cards

import (
	"fmt"

	"github.com/steward-itsm/steward/itsm"
)

// supplierHappened says an event of a supplier, a contract or a review to one person, and
// then what they can do about it; nothing where nothing is asked of them.
func supplierHappened(n itsm.Notice) (what, then string) {
	it, who := string(n.Record()), Name(n.People, n.Event.Actor)
	switch {
	case n.Contract != nil:
		return contractHappened(n, it, who)
	case n.Review != nil:
		return reviewHappened(n, it, who)
	}
	d := detailOf(n.Event)
	switch n.Event.Kind { //nolint:exhaustive // those that people are told of
	case itsm.EventSupplierProposed:
		return Name(n.People, n.Supplier.Reporter) + " recorded " + it + ".", "A supplier manager has it looked into with Move on…"
	case itsm.EventSupplierEdited:
		return who + " changed what is known of " + it + ".", ""
	case itsm.EventSupplierMoved:
		return who + " moved " + it + " on: it is " + n.Event.To.Words() + ".", ""
	case itsm.EventSupplierRated:
		if d.Rating == nil {
			break
		}
		return string(d.Rating.Review) + " scored " + scored(&d.Rating.Score) + ".", ""
	case itsm.EventDiligenceEnds, itsm.EventDiligenceOverdue:
		return expires("The due diligence of "+it, d, "is to be done anew"), "Say what it found with Due diligence…"
	case itsm.EventCertificateEnds, itsm.EventCertificateExpired:
		return expires(certificateOf(n.Supplier, d)+" of "+it, d, "expires"), "Ask for another, and record it with Certificate…"
	case itsm.EventExitTestNears, itsm.EventExitTestOverdue:
		return expires("The exit plan of "+it, d, "is to be tested"), "Say that it was, with Exit plan…"
	}
	return it + " moved on: " + supplierWords(n.Event.Kind) + ".", ""
}

// expires says that something ends on a date, in how many days, or that it has.
func expires(what string, d itsm.Detail, does string) string {
	if d.Expiry == nil {
		return what + " " + does + "."
	}
	if d.Expiry.Days == 0 {
		return what + " is overdue: it was due on " + d.Expiry.On.String() + "."
	}
	return fmt.Sprintf("%s %s on %s.", what, does, d.Expiry.On)
}

func certificateOf(s *itsm.Supplier, d itsm.Detail) string {
	for _, c := range s.Certificates {
		if d.Expiry != nil && c.ID == d.Expiry.Of {
			return "The certificate " + c.Name
		}
	}
	return "A certificate"
}

func contractHappened(n itsm.Notice, it, who string) (what, then string) {
	d := detailOf(n.Event)
	asked := "what was proposed for " + it
	if o := n.Contract.Proposal; o != nil {
		asked = "the proposal for " + it + ", " + proposes[o.Decision]
	}
	switch n.Event.Kind { //nolint:exhaustive // those that people are told of
	case itsm.EventContractDecisionApproved:
		return who + " approved " + asked + ".", contractNext(n.Contract)
	case itsm.EventContractDecisionRejected:
		return who + " rejected " + asked + ".", "Propose it anew, or something else."
	case itsm.EventContractDecisionExpired:
		return "Nobody decided in time on " + asked + ".", "Propose it anew."
	case itsm.EventContractBegan:
		return it + " is in force from today on.", ""
	case itsm.EventNoticeNears:
		return "Notice of " + it + " can be given until " + n.Contract.LastNotice().String() + ".", "Say what becomes of it with Renew…, Renegotiate… or Terminate…"
	case itsm.EventDecisionOverdue:
		return "Somebody should have decided by now what becomes of " + it + ".", "Say so with Renew…, Renegotiate… or Terminate…"
	case itsm.EventNoticeMissed:
		return "The last day to give notice of " + it + " passed: it goes on by itself.", "A corrective action is due."
	case itsm.EventNoticePassed:
		return "Notice of " + it + " cannot be given any more.", ""
	case itsm.EventNoticeGiven:
		return who + " gave notice of " + it + ".", ""
	case itsm.EventContractRenewed:
		return it + " was renewed, and ends on " + n.Contract.End.String() + ".", ""
	case itsm.EventContractReviewNears, itsm.EventContractReviewOverdue:
		return expires("What "+it+" says", d, "is to be compared with what services need"), "Say what that showed with Compare with needs…"
	case itsm.EventContractEnded:
		return it + " has ended.", ""
	case itsm.EventContractCancelled:
		return who + " cancelled " + it + ".", ""
	}
	return it + " moved on: " + supplierWords(n.Event.Kind) + ".", ""
}

// contractNext is what an approved decision asks of whoever owns the contract.
func contractNext(c *itsm.Contract) string {
	switch c.State { //nolint:exhaustive // those in which something is to be done
	case itsm.ContractTerminating:
		if c.Given == nil {
			return "Give notice, and show that it was received with Notice was given…"
		}
	case itsm.ContractRenegotiating:
		return "Propose what both sides agree on with Amend…"
	case itsm.ContractRenewing:
		if c.Renewal.IsZero() {
			return "Say until when with Amend…"
		}
	}
	return ""
}

func reviewHappened(n itsm.Notice, it, who string) (what, then string) {
	r := n.Review
	switch n.Event.Kind { //nolint:exhaustive // those that people are told of
	case itsm.EventReviewOpened:
		return it + " has begun: how did " + r.Name + " do?", "Give what was measured, and what shows it, with Give a measure…"
	case itsm.EventReviewWarned, itsm.EventReviewMissed, itsm.EventReviewOverdue:
		return clockTold(clockFor(detailOf(n.Event)), "the %s of "+it), reviewNext(r)
	case itsm.EventReviewScored:
		if r.Score == nil {
			break
		}
		return who + " scored " + it + ": " + scored(r.Score) + ".", "Meet the supplier, and say what came of it with Record the meeting…"
	case itsm.EventReviewAgreed:
		mine := 0
		for _, a := range r.Actions {
			if a.Owner == n.To {
				mine++
			}
		}
		if mine > 0 {
			return who + " recorded what was agreed on in " + it + ".", fmt.Sprintf("%d of the actions are yours; Details tells which.", mine)
		}
		return who + " recorded what was agreed on in " + it + ".", ""
	case itsm.EventReviewClosed:
		return it + " is closed; " + Name(n.People, r.SignedBy) + " signed it off.", ""
	case itsm.EventReviewCancelled:
		return who + " cancelled " + it + ".", ""
	}
	return it + " moved on: " + supplierWords(n.Event.Kind) + ".", ""
}

// reviewNext is what a review that is late asks for.
func reviewNext(r *itsm.SupplierReview) string {
	switch r.State { //nolint:exhaustive // in the others nothing is late
	case itsm.ReviewCollecting:
		return "Give what is missing with Give a measure…, and then score it."
	case itsm.ReviewScored:
		return "Meet the supplier, and say what came of it with Record the meeting…"
	case itsm.ReviewMeeting:
		return "Record what was agreed on with Agree on actions…"
	case itsm.ReviewActions:
		return "Somebody who may has to sign it off."
	}
	return ""
}
