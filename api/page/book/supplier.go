package book

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// tellSupplier says what an event of a supplier has to tell beyond its kind.
func (b Book) tellSupplier(l *Line, d itsm.Detail) {
	who := b.Name(l.Actor)
	switch l.Kind { //nolint:exhaustive // of the others, their kind says all
	case itsm.EventSupplierMoved:
		l.Sentence = who + " moved it on: it is " + l.To.Words() + "."
	case itsm.EventSupplierAssessed:
		l.Sentence = who + " looked into it: it is " + suitable(d.Diligence.Suitable) + "."
	case itsm.EventCertificate:
		l.Sentence = fmt.Sprintf("%s recorded the certificate %s, which expires on %s.", who, d.Certificate.Name, b.Day(d.Certificate.On).Text)
		if d.Certificate.EndedAt != nil {
			l.Sentence = fmt.Sprintf("%s said that the certificate %s is not needed any more.", who, d.Certificate.Name)
		}
	case itsm.EventSupplierRated:
		l.Sentence = who + " took up the score of " + string(d.Rating.Review) + ": " + b.scored(d)
	case itsm.EventSupplierCorrected:
		l.Sentence = who + " had " + string(d.Raised) + " raised."
	default:
		b.tellExpiry(l, d)
		b.tellMore(l, d)
	}
}

func suitable(is bool) string {
	if is {
		return "suitable"
	}
	return "not suitable"
}

// scored says a score with where it goes and what has to be done for it.
func (b Book) scored(d itsm.Detail) string {
	text := Scored(d.Rating.Score)
	if d.Course != "" {
		text += ", " + string(d.Course)
	}
	if len(d.Consequences) > 0 {
		text += ". It calls for: " + b.Row(wordsOf(d.Consequences))
	}
	return text + "."
}

// Row puts words in a row.
func (Book) Row(words []string) string { return row(words, "and") }

func wordsOf[T ~string](all []T) (words []string) {
	for _, one := range all {
		words = append(words, itsm.State(one).Words())
	}
	return words
}

// tellExpiry adds on which day what is told of ends.
func (b Book) tellExpiry(l *Line, d itsm.Detail) {
	if d.Expiry == nil || l.Kind == itsm.EventContractBegan { // it is the day before, at whose end it begins
		return
	}
	text := strings.TrimSuffix(l.Sentence, ".")
	if d.Expiry.Of != 0 {
		text += fmt.Sprintf(" (number %d)", d.Expiry.Of)
	}
	l.Sentence = text + ": " + b.Day(d.Expiry.On).Text + "."
}

// decisions says each decision on a contract as what is asked for.
var decisions = map[itsm.ContractDecision]string{
	itsm.ApproveContract: "to approve it", itsm.AmendContract: "to amend it", itsm.RenewContract: "to renew it",
	itsm.RenegotiateContract: "to renegotiate it", itsm.TerminateContract: "to terminate it",
}

// Asked says what others are asked for of a contract.
func (Book) Asked(d itsm.ContractDecision) string { return decisions[d] }

// tellContract says what an event of a contract has to tell beyond its kind.
func (b Book) tellContract(l *Line, d itsm.Detail) {
	switch l.Kind { //nolint:exhaustive // of the others, their kind says all
	case itsm.EventContractProposed:
		l.Sentence = b.Name(l.Actor) + " proposed " + decisions[d.Proposal.Decision] + "."
	case itsm.EventContractDecisionOpened:
		l.Sentence = "Steward asked " + b.Names(named(d.Opening)) + " whether that is done."
	case itsm.EventContractCorrected:
		l.Sentence = b.Name(l.Actor) + " had " + string(d.Raised) + " raised."
	default:
		b.tellExpiry(l, d)
		b.tellMore(l, d)
	}
}

// tellReview says what an event of a supplier's review has to tell beyond its kind.
func (b Book) tellReview(l *Line, d itsm.Detail) {
	who := b.Name(l.Actor)
	switch l.Kind { //nolint:exhaustive // of the others, their kind says all
	case itsm.EventReviewMeasured:
		l.Sentence = who + " gave " + d.Reading.Name + ": " + Measured(*d.Reading) + "."
	case itsm.EventReviewSeen:
		l.Sentence = who + " saw the evidence of " + d.Reading.Name + "."
	case itsm.EventReviewScored:
		l.Sentence = who + " scored it: " + b.scored(d)
	case itsm.EventReviewMet:
		l.Sentence = who + " recorded the meeting with " + b.Row(d.Meeting.Attendees) + "."
	case itsm.EventReviewAgreed:
		l.Sentence = fmt.Sprintf("%s recorded what was agreed on: %s.", who, counted(len(d.Agreed), "action"))
	case itsm.EventReviewWarned, itsm.EventReviewMissed, itsm.EventReviewOverdue:
		l.Sentence = clockTold(d.Clock)
	default:
		b.tellMore(l, d)
	}
}

// Measured says what was measured, and which points are given for it.
func Measured(r itsm.Reading) string {
	if r.Points == nil {
		return "no data"
	}
	points := counted(*r.Points, "point")
	if r.Value == nil {
		return points
	}
	return r.Value.String() + " " + r.Unit + ", " + points
}

func counted(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return itoa(n) + " " + of + "s"
}
