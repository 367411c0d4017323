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

func fullCorrections() []itsm.Correction {
	due := elsewhere(noon)
	return []itsm.Correction{{Why: "It scored a D.", At: elsewhere(noon), DueAt: &due, Number: "CAR-7"}}
}

// fullSupplier has something in every field, and its instants in no zone of ours.
func fullSupplier() itsm.Supplier {
	d, at := fillSupplierDetail(&itsm.Detail{}), elsewhere(noon)
	return itsm.Supplier{
		Number: "SUP-4", Reporter: "sam", Door: itsm.DoorSlack, PolicyVersion: 2, RaisedAt: at,
		SupplierStanding: itsm.SupplierStanding{
			SupplierProfile: itsm.SupplierProfile{
				Name: "Linkwell", Supplies: "The link", Kind: itsm.ExternalSupplier, Tier: itsm.TierCritical, Owner: "max", Deputy: "ida",
				Services:       []itsm.ServiceID{"payments"},
				Contacts:       []itsm.Contact{{Name: "Their desk", For: "incidents", Email: "desk@linkwell.example", Phone: "+1"}},
				Subcontractors: []itsm.Subcontractor{{Name: "Cableco", Supplies: "Cables", Control: "Audited yearly."}},
			},
			State: itsm.SupplierActive, Revision: 7, Since: at, Certificates: []itsm.Certificate{*d.Certificate}, Diligence: d.Diligence, Exit: d.Exit,
			Ratings: []itsm.Rating{*d.Rating}, Corrections: fullCorrections(), ClosedAt: &at,
		},
	}
}

func fullContract() itsm.Contract {
	d, at := fillSupplierDetail(&itsm.Detail{}), elsewhere(noon)
	ends := d.Certificate.Expiry
	return itsm.Contract{
		Number: "CON-2", Title: "The link", Supplier: "SUP-4", Tier: itsm.TierCritical, Services: []itsm.ServiceID{"payments"}, Reporter: "cai",
		Door: itsm.DoorSlack, PolicyVersion: 2, RaisedAt: at,
		ContractStanding: itsm.ContractStanding{
			ContractTerms: *d.Proposal.Terms, State: itsm.ContractActive, Revision: 7, Since: at, Owner: "cai", Proposal: d.Proposal, Deciding: fullBallot(),
			Begins: ends, DecideBy: ends, NoticeBy: ends, Ends: ends, ReviewBy: ends, Given: &itsm.NoticeGiven{By: "cai", At: at, Evidence: d.Evidence},
			Renewals: 1, Corrections: fullCorrections(), ClosedAt: &at,
		},
	}
}

func fullSupplierReview() itsm.SupplierReview {
	d, at, clock := fillSupplierDetail(&itsm.Detail{}), elsewhere(noon), fullClock()
	period, err := itsm.ParsePeriod("2026-Q4")
	if err != nil {
		panic(err)
	}
	clock.Kind = itsm.VerificationClock
	return itsm.SupplierReview{
		Number: "SUP-4/2026-Q4", Supplier: "SUP-4", Name: "Linkwell", Period: period, Tier: itsm.TierCritical, Owner: "max", PolicyVersion: 2, StartedAt: at,
		Weights: []itsm.Weight{{Criterion: itsm.ByServiceLevel, Percent: 40}}, Before: []itsm.Rating{*d.Rating},
		ReviewStanding: itsm.ReviewStanding{
			State: itsm.ReviewScored, Revision: 7, Since: at, Readings: []itsm.Reading{*d.Reading}, Score: &d.Rating.Score, Course: d.Course,
			Follows: d.Consequences, Reviewer: "sam", Meeting: d.Meeting, Actions: d.Agreed, SignedBy: "kim", Clocks: []itsm.Clock{clock}, ClosedAt: &at,
		},
	}
}

const (
	supplierProfile = `{"name":"Linkwell","supplies":"The link","tier":"critical","owner":"max","deputy":"ida"}`
	contractTerms   = `"supplies":"s","duties":"d","start":"2031-01-01","end":"2031-12-31","notice":"3mo",` +
		`"targets":[{"name":"Availability","criterion":"service_level","unit":"%","full":"99.9","none":"99"}],"document":{"url":"https://example.org/d","digest":"00"}`
)

// supplierBodies is a body that each operation on suppliers, contracts and reviews takes.
var supplierBodies = map[string]string{
	"raiseSupplier": supplierProfile, "editSupplier": supplierProfile[:len(supplierProfile)-1] + `,"against":4}`, "moveSupplier": `{"to":"due_diligence","note":"n"}`,
	"assessSupplier": `{"suitable":true,"note":"n","evidence":[{"note":"n"}]}`, "certifySupplier": `{"name":"ISO/IEC 27001","expires":"2032-06-30"}`,
	"planSupplierExit": `{"text":"t"}`, "commentOnSupplier": `{"text":"t"}`,
	"raiseContract": `{"title":"t","supplier":"SUP-4","owner":"cai",` + contractTerms + `}`, "proposeForContract": `{"decision":"renew","note":"n"}`,
	"decideContract": `{"verdict":"approve"}`, "giveNotice": `{"evidence":[{"note":"n"}]}`, "reviewContract": `{"note":"n"}`, "cancelContract": `{"note":"n"}`,
	"commentOnContract": `{"text":"t"}`, "measureSupplierReview": `{"name":"Availability","value":"99.95"}`, "seeSupplierReading": `{"name":"Availability"}`,
	"scoreSupplierReview": `{}`, "meetSupplier": `{"attendees":["Max"],"note":"n"}`, "agreeSupplierActions": `{"actions":[{"title":"t","owner":"max","due":"2031-09-30"}]}`,
	"signOffSupplierReview": `{}`, "cancelSupplierReview": `{"note":"n"}`, "commentOnSupplierReview": `{"text":"t"}`,
}

// supplierRefusals are refusals that the door makes by itself of what is asked about
// suppliers, contracts and reviews.
var supplierRefusals = []met{
	{"a supplier of no number", get("/v1/suppliers/SUP-0"), 422, "record.number"},
	{"no such tier", get("/v1/suppliers?tier=golden"), 422, "request.invalid"},
	{"a supplier of nothing by whoever may record none", post("/v1/suppliers", `{}`), 403, "actor.permission"},
	{"a profile of wrong types", post("/v1/suppliers/SUP-4/edit", `{"name":1,"contacts":"all","tier":3}`), 422, "supplier.invalid"},
	{"a move to nowhere", post("/v1/suppliers/SUP-4/move", `{"to":"nowhere","note":"n"}`), 422, "move.invalid"},
	{"a certificate until a day that is none", post("/v1/suppliers/SUP-4/certificates", `{"name":"n","expires":"2031-02-30"}`), 422, "request.invalid"},
	{"a contract of nothing by whoever may draft none", post("/v1/contracts", `{}`), 403, "actor.permission"},
	{"a proposal of what cannot be", post("/v1/contracts/CON-2/propose", `{"decision":"burn","note":"n"}`), 422, "proposal.invalid"},
	{"notice without evidence", post("/v1/contracts/CON-2/notice", `{}`), 422, "notice.invalid"},
	{"a review of a period that is none", get("/v1/suppliers/SUP-4/reviews/2031-Q5"), 422, "request.invalid"},
	{"a measure without a name", post("/v1/suppliers/SUP-4/reviews/2031-Q4/measure", `{}`), 422, "reading.invalid"},
	{"actions of nobody", post("/v1/suppliers/SUP-4/reviews/2031-Q4/agree", `{"actions":[{"title":"t"}]}`), 422, "actions.invalid"},
}

func TestAReviewIsNamedByItsSupplierAndItsPeriod(t *testing.T) {
	b := stand(t)
	w := b.do(request("POST", "/v1/suppliers/SUP-4/reviews/2031-Q4/sign-off", `{"note":"n"}`, "Idempotency-Key", "key-1"))
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, itsm.Number("SUP-4/2031-Q4"), b.number)
	require.Equal(t, itsm.NoteRequest{Note: "n"}, b.body)
	w = b.do(request("GET", "/v1/suppliers/SUP-4/reviews/2031-Q4", ""))
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, `"7"`, w.Header().Get("ETag"))
	require.NotContains(t, w.Body.String(), "+03:00")
}

func TestReadingsOfSuppliersSayTheirInstantsInUTC(t *testing.T) {
	b := stand(t)
	for _, path := range []string{
		"/v1/suppliers", "/v1/suppliers/SUP-4", "/v1/suppliers/SUP-4/timeline", "/v1/suppliers/SUP-4/relations", "/v1/contracts", "/v1/contracts/CON-2",
		"/v1/contracts/CON-2/comments", "/v1/supplier-reviews", "/v1/suppliers/SUP-4/reviews/2031-Q4/explain",
	} {
		w := b.do(request("GET", path, ""))
		require.Equal(t, 200, w.Code, path)
		require.Contains(t, w.Body.String(), `"2031-03-01T12:00:00Z"`, path)
		require.NotContains(t, w.Body.String(), "+03:00", path)
	}
}

// The enums of the document are the constants of the rules.
func TestTheDocumentKnowsEveryWordOfSuppliers(t *testing.T) {
	schemas := loaded(t).Components.Schemas
	enum := func(name string) []any { return schemas[name].Value.Enum }
	require.ElementsMatch(t, itsm.SupplierStates, words[itsm.SupplierState](enum("SupplierState")))
	require.ElementsMatch(t, itsm.SupplierTiers, words[itsm.SupplierTier](enum("SupplierTier")))
	require.ElementsMatch(t, itsm.SupplierKinds, words[itsm.SupplierKind](enum("SupplierKind")))
	require.ElementsMatch(t, itsm.ContractStates, words[itsm.ContractState](enum("ContractState")))
	require.ElementsMatch(t, itsm.ReviewStates, words[itsm.ReviewState](enum("ReviewState")))
	require.ElementsMatch(t, itsm.Criteria, words[itsm.Criterion](enum("Criterion")))
	require.ElementsMatch(t, itsm.Bands, words[itsm.Band](enum("Band")))
	require.ElementsMatch(t, itsm.Courses, words[itsm.Course](enum("Course")))
	require.ElementsMatch(t, itsm.Consequences, words[itsm.Consequence](enum("Consequence")))
	require.ElementsMatch(t, itsm.ContractDecisions, words[itsm.ContractDecision](enum("ContractDecision")))
	require.Equal(t, uint64(itsm.MaxContractTargets), *schemas["ContractTerms"].Value.Properties["targets"].Value.MaxItems)
	require.Equal(t, uint64(itsm.MaxAttendees), *schemas["Meeting"].Value.Properties["attendees"].Value.MaxItems)
}
