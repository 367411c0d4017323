package cards

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// supplierTold is what happened to a supplier, a contract or a review, a line each, oldest
// first. When its deadlines were reckoned is for the record alone.
func supplierTold(n itsm.Notice, timeline []itsm.Event) (lines []string) {
	but := itsm.EventSupplierDeadlines
	switch {
	case n.Contract != nil:
		but = itsm.EventContractDeadlines
	case n.Review != nil:
		but = itsm.EventReviewDeadlines
	}
	return toldOf(n, timeline, but, supplierEvent)
}

// supplierEvent says one event without who did it. What it lacks of its detail, its name
// has to do for.
func supplierEvent(_ itsm.Notice, e itsm.Event) string {
	words, d := supplierWords(e.Kind), detailOf(e)
	switch {
	case e.Kind == itsm.EventSupplierMoved:
		return "moved on: " + e.From.Words() + " to " + e.To.Words()
	case len(d.Edits) > 0:
		changed := make([]string, len(d.Edits))
		for i, one := range d.Edits {
			changed[i] = one.Field
		}
		return "edited: " + strings.Join(changed, ", ")
	case d.Clock != nil:
		return strings.TrimSuffix(clockTold(&d, "its %s"), ".")
	case d.Diligence != nil:
		return "due diligence: found " + map[bool]string{true: "suitable", false: "not suitable"}[d.Diligence.Suitable]
	case d.Certificate != nil:
		if d.Certificate.EndedAt != nil {
			return "certificate " + d.Certificate.Name + ": not needed any more"
		}
		return "certificate " + d.Certificate.Name + ", until " + d.Certificate.On.String()
	case d.Reading != nil:
		return words + ": " + d.Reading.Name
	case d.Rating != nil:
		return words + ": " + scored(&d.Rating.Score)
	case d.Meeting != nil:
		return "the meeting took place"
	case d.Agreed != nil:
		return fmt.Sprintf("%d actions were agreed on", len(d.Agreed))
	case d.Raised != "":
		return "the corrective action that was due was raised: " + string(d.Raised)
	case d.Expiry != nil:
		return words + ", " + d.Expiry.On.String()
	case d.Proposal != nil:
		return words + ": " + proposes[d.Proposal.Decision]
	}
	return words
}

// supplierWords are what an event is called, without the kind of record.
func supplierWords(k itsm.EventKind) string {
	first, what, _ := strings.Cut(string(k), ".")
	if first == "contract_decision" {
		return "decision, " + Words(what)
	}
	return Words(what)
}
