package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// crashSupplier is there before the program is, and has the contracts of the walks.
const crashSupplier = itsm.Number("SUP-404")

func moveTo(s itsm.SupplierState) crashStep {
	body := map[string]any{"to": s, "note": "It is time.", "evidence": []map[string]any{{"note": "Seen"}}}
	return crashStep{path: "move", body: body, what: string(itsm.EventSupplierMoved)}
}

// supplierWalks are a supplier from its proposal until it is left, and a contract that
// somebody else does not approve.
var supplierWalks = []crashWalk{
	{
		kind:   "suppliers",
		raise:  drafted(`{"name":"Linkwell","supplies":"The link","tier":"critical","owner":"` + crashMe + `","deputy":"eve","services":["website"],"contacts":[{"name":"Desk","for":"incidents","phone":"1"}]}`),
		raised: itsm.EventSupplierRaised,
		steps: []crashStep{
			moveTo(itsm.SupplierDueDiligence),
			{path: "assess", body: drafted(`{"suitable":true,"note":"It is sound.","evidence":[{"note":"A visit"}]}`), what: string(itsm.EventSupplierAssessed)},
			{path: "comments", body: map[string]any{"text": "They are kind."}},
			moveTo(itsm.SupplierOnboarding),
			moveTo(itsm.SupplierActive),
			{path: "certificates", body: drafted(`{"name":"ISO 27001","expires":"2031-06-30"}`), what: string(itsm.EventCertificate)},
			{path: "exit", body: map[string]any{"text": "Another has room for us."}, what: string(itsm.EventExitPlan)},
			moveTo(itsm.SupplierExitPlanned),
			moveTo(itsm.SupplierExiting),
			moveTo(itsm.SupplierOffboarded),
		},
	},
	{
		kind:   "contracts",
		raise:  drafted(`{"title":"The link","supplier":"` + string(crashSupplier) + `","owner":"` + crashMe + `","services":["website"],` + someTerms + `}`),
		raised: itsm.EventContractRaised,
		steps: []crashStep{
			{path: "propose", body: map[string]any{"decision": "approve", "note": "It is time.", "effect": "The website runs there."}, what: string(itsm.EventContractProposed)},
			{path: "decide", body: map[string]any{"verdict": "reject", "note": "It is dear."}, what: string(itsm.Reject), peer: true},
			{path: "comments", body: map[string]any{"text": "Another is cheaper."}},
			{path: "cancel", body: map[string]any{"note": "Another is cheaper."}, what: string(itsm.EventContractCancelled)},
		},
	},
}

// drafted is a body as people write it.
func drafted(text string) (body map[string]any) {
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		panic(err)
	}
	return body
}

// dueToSuppliers are the messages that people should see about a supplier or a contract.
func (c *crash) dueToSuppliers(t *testing.T, n itsm.Number, timeline []itsm.Event, said []itsm.Comment) (keys []string) {
	t.Helper()
	managers, commercial := c.catalog.Holders(itsm.SupplierManager), c.catalog.Holders(itsm.CommercialManager)
	var all []itsm.Notice
	if n.Of("SUP") {
		s, err := c.owner.Supplier(t.Context(), n)
		require.NoError(t, err)
		all = itsm.SupplierNotices(itsm.SupplierBook{Supplier: s, Timeline: timeline, Said: said, Channel: c.catalog.Supplier.Channel, Managers: managers})
	} else {
		contract, err := c.owner.Contract(t.Context(), n)
		require.NoError(t, err)
		all = itsm.ContractNotices(itsm.ContractBook{Contract: contract, Timeline: timeline, Managers: managers, Commercial: commercial})
	}
	for _, due := range all {
		keys = append(keys, due.Key)
	}
	return keys
}
