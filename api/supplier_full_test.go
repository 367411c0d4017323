package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// fillSupplierDetail fills what events of suppliers, their contracts and reviews have.
func fillSupplierDetail(d *itsm.Detail) *itsm.Detail {
	at, day := elsewhere(noon), itsm.NewDate(2031, 6, 30)
	seen := []itsm.Evidence{{Record: "INC-1", URL: "https://example.org/report", Note: "It is in it."}}
	ends := itsm.Expiry{On: day, At: &at, Alerts: []itsm.DayAlert{{Days: 30, At: at}}, Told: []int{90}, Passed: true, Business: true}
	goal := itsm.Goal{Full: 99_900, None: 99_000}
	score := itsm.Score{
		Points: new(89), Band: itsm.BandB, Covered: 90, Missed: []string{"Availability"},
		Parts: []itsm.Part{{Criterion: itsm.ByServiceLevel, Percent: 40, Points: new(89), Of: []string{"Availability"}, Without: []string{"Answers"}}},
	}
	d.Evidence = seen
	d.Diligence = &itsm.DueDiligence{Expiry: ends, By: "sam", Done: at, Suitable: true, Note: "n", Evidence: seen}
	d.Certificate = &itsm.Certificate{Expiry: ends, ID: 1, Name: "ISO/IEC 27001", URL: "https://example.org/c", EndedAt: &at}
	d.Exit = &itsm.ExitPlan{Expiry: ends, By: "sam", Written: at, Text: "t", URL: "https://example.org/x", Tested: &at}
	d.Expiry = &itsm.ExpiryTold{On: day, Days: 30, Of: 1}
	d.Rating, d.Course, d.Consequences = &itsm.Rating{Review: "SUP-4/2026-Q4", Score: score}, itsm.Rising, []itsm.Consequence{itsm.ToWatch}
	d.Raised = "CAR-7"
	d.Proposal = &itsm.ContractProposal{
		Decision: itsm.AmendContract, By: "col", At: at, Note: "n", Effect: "e", Risk: "r", Change: "CHG-7", Open: true,
		Terms: &itsm.ContractTerms{
			Supplies: "s", Duties: "d", Start: day, End: day + 365, Notice: itsm.DateSpan{Months: 3}, Renewal: itsm.DateSpan{Months: 12},
			Targets: []itsm.ContractTarget{{
				Goal: goal, Name: "Availability", Criterion: itsm.ByServiceLevel, Unit: "percent", Critical: true, Customer: new(itsm.Amount(99_500)),
			}},
			Document: itsm.ContractDocument{URL: "https://example.org/d", Digest: "00"},
		},
	}
	d.Reading = &itsm.Reading{
		Measure: itsm.Measure{Name: "Availability", Criterion: itsm.ByServiceLevel, Points: new(89), Critical: true, Missed: true},
		Goal:    &goal, Unit: "percent", Value: new(itsm.Amount(99_800)), By: "col", At: &at, Evidence: seen, Second: "sam",
	}
	d.Meeting = &itsm.Meeting{By: "col", At: at, Attendees: []string{"Zoe"}, Note: "n"}
	d.Agreed = []itsm.ReviewAction{{Title: "t", Owner: "ida", Due: day}}
	return d
}

// The enums of the document are the constants of the rules.
func TestTheDocumentKnowsEveryWordOfSuppliers(t *testing.T) {
	schemas := loaded(t).Components.Schemas
	enum := func(name string) []any { return schemas[name].Value.Enum }
	require.ElementsMatch(t, itsm.Criteria, words[itsm.Criterion](enum("Criterion")))
	require.ElementsMatch(t, itsm.Bands, words[itsm.Band](enum("Band")))
	require.ElementsMatch(t, itsm.Courses, words[itsm.Course](enum("Course")))
	require.ElementsMatch(t, itsm.Consequences, words[itsm.Consequence](enum("Consequence")))
	require.ElementsMatch(t, itsm.ContractDecisions, words[itsm.ContractDecision](enum("ContractDecision")))
	require.Equal(t, uint64(itsm.MaxContractTargets), *schemas["ContractTerms"].Value.Properties["targets"].Value.MaxItems)
	require.Equal(t, uint64(itsm.MaxAttendees), *schemas["Meeting"].Value.Properties["attendees"].Value.MaxItems)
}
