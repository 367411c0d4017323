package main

import (
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// withVendors is who sees to suppliers, of those who send what nobody should.
func withVendors(c *itsm.Catalog) {
	supplied(c)
	for i := range c.People {
		p := &c.People[i]
		if slices.Contains([]itsm.PersonID{"f00", "f02"}, p.ID) {
			p.Roles = append(p.Roles, itsm.SupplierManager)
		}
		if slices.Contains([]itsm.PersonID{"f01", "f03"}, p.ID) {
			p.Roles = append(p.Roles, itsm.CommercialManager)
		}
	}
}

// vended are a supplier, a contract that is drafted and a review that collects.
func (m *maker) vended() {
	m.t.Helper()
	n := m.supplier()
	m.supplies(n)
	r, err := m.desk.RaiseContract(m.t.Context(), m.called("eve"), contractOf(n))
	require.NoError(m.t, err)
	review := itsm.ReviewNumber(n, itsm.PeriodAt(itsm.Monthly, time.Now(), time.UTC).Before())
	_, err = m.temporal.ExecuteWorkflow(m.t.Context(), client.StartWorkflowOptions{ID: string(review), TaskQueue: workflows.Queue}, workflows.SupplierReviewType, review, time.Now().UTC())
	require.NoError(m.t, err)
	m.eventually("a review collects", func() bool { _, err := m.owner.Review(m.t.Context(), review); return err == nil })
	m.vendors = []string{string(n), string(r.Number), string(review), string(review)}
}

// supplierForms are the forms about suppliers, contracts and reviews, but for those that
// decide: a decision on a contract is not among what this test counts.
var supplierForms = []string{
	"supplier.raise", "supplier.raise", "supplier.edit", "supplier.exit", "supplier.move", "supplier.assess", "supplier.certificate", "supplier.end-certificate", "supplier.comment",
	"contract.raise", "contract.amend", "contract.propose", "contract.renew", "contract.notice", "contract.compare", "contract.comment", "contract.cancel",
	"supplier_review.measure", "supplier_review.measure", "supplier_review.seen", "supplier_review.meet", "supplier_review.action", "supplier_review.comment", "supplier_review.cancel",
}

// asSupplier is a form about one of them that was filled in, or not.
func (m *maker) asSupplier() map[string]any {
	values := m.asCorrective()
	for block, good := range map[string]string{
		"name": "Hosting", "supplies": "Machines", "contacts": "Zoe | all | 1", "subcontractors": "Cables | cables | audits", "text": "Another has room.", "url": "https://plans.example/1",
		"terms_supplies": "Machines", "terms_notice": "3mo", "terms_targets": "Up | quality | percent | 99 | 9", "targets": "Up | quality | percent | 99 | 9", "notice": "3mo", "effect": "None", "supplier": "SUP-1",
		"value": "99.9", "points": "80", "other": "Invoices", "attendees": "Zoe\nIda", "actions_0_title": "Add a line", "actions_5_title": "Say so",
	} {
		values[block] = typed(pick(m, []string{good, good, good, "", "\x00", "|||", strings.Repeat("n", 4500), strings.Repeat("a|b\n", 200)}))
	}
	for block, all := range map[string][]string{
		"tier": {"critical", "standard", "", "x"}, "to": {"watch", "exit_planned", "", "x"}, "suitable": {"yes", "no", ""}, "decision": {"approve", "renew", "amend", "x"}, "criterion": {"commerce", "", "x"}, "id": {"1", "-1", "x"},
	} {
		values[block] = map[string]any{"value": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": pick(m, all)}}}
	}
	for _, block := range []string{"owner", "deputy", "actions_0_owner"} {
		values[block] = map[string]any{"value": map[string]any{"type": "users_select", "selected_user": m.slackUser()}}
	}
	for _, block := range []string{"start", "end", "terms_start", "terms_end", "expires", "actions_0_due", "actions_5_due"} {
		values[block] = map[string]any{"value": map[string]any{"type": "datepicker", "selected_date": pick(m, []string{"2027-01-01", "2028-12-31", "2027-02-31", "", "9999-12-31", "tomorrow"})}}
	}
	values["services"] = map[string]any{"value": map[string]any{"type": "multi_static_select", "selected_options": pick(m, []any{[]any{}, nil, "x", []any{map[string]any{"value": "website"}, map[string]any{"value": "nothing"}, map[string]any{}}})}}
	return values
}
