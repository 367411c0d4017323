package main

import (
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

const (
	someProfile = `"name":"Linkwell","supplies":"The link","tier":"critical","owner":"ida","deputy":"ana","services":["website"],"contacts":[{"name":"Desk","for":"incidents","email":"desk@linkwell.example"}],"subcontractors":[{"name":"Cable","supplies":"Cables","control":"A visit a year"}]`
	someTerms   = `"supplies":"The link","duties":"They keep it up.","start":"2031-01-01","end":"2031-12-31","notice":"3mo","renewal":"12mo","targets":[{"name":"Uptime","criterion":"service_level","unit":"%","full":"99.9","none":"99"}],"document":{"url":"https://example.org/l.pdf","digest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}`
)

// supplierRoutes are those of suppliers, contracts and reviews: § stands for a supplier,
// ¶ for a contract and ° for the path of a review.
var supplierRoutes = []route{
	{"POST", "/v1/suppliers", `{` + someProfile + `}`},
	{"GET", "/v1/suppliers", ""},
	{"GET", "/v1/suppliers?state=active&tier=critical&owned=true", ""},
	{"GET", "/v1/suppliers/§", ""},
	{"GET", "/v1/suppliers/§/timeline", ""},
	{"GET", "/v1/suppliers/§/explain", ""},
	{"GET", "/v1/suppliers/§/relations", ""},
	{"GET", "/v1/suppliers/§/comments", ""},
	{"POST", "/v1/suppliers/§/comments", `{"text":"Is it the cable?","question":true}`},
	{"POST", "/v1/suppliers/§/edit", `{` + someProfile + `,"revision":6,"note":"Ida moved."}`},
	{"POST", "/v1/suppliers/§/move", `{"to":"onboarding","note":"It is time.","evidence":[{"note":"Seen"}]}`},
	{"POST", "/v1/suppliers/§/move", `{"to":"exit_planned","note":"It is dear.","evidence":[{"record":"@"}]}`},
	{"POST", "/v1/suppliers/§/assess", `{"suitable":true,"note":"It is sound.","evidence":[{"url":"https://example.org/audit.pdf"}]}`},
	{"POST", "/v1/suppliers/§/certificates", `{"name":"ISO 27001","expires":"2031-06-30"}`},
	{"POST", "/v1/suppliers/§/exit", `{"text":"Another has room for us.","tested":true}`},
	{"POST", "/v1/contracts", `{"title":"The link","supplier":"§","owner":"eve","services":["website"],` + someTerms + `}`},
	{"GET", "/v1/contracts", ""},
	{"GET", "/v1/contracts?state=active&supplier=§", ""},
	{"GET", "/v1/contracts/¶", ""},
	{"GET", "/v1/contracts/¶/timeline", ""},
	{"GET", "/v1/contracts/¶/explain", ""},
	{"GET", "/v1/contracts/¶/relations", ""},
	{"GET", "/v1/contracts/¶/comments", ""},
	{"POST", "/v1/contracts/¶/comments", `{"text":"It is dear."}`},
	{"POST", "/v1/contracts/¶/propose", `{"decision":"approve","note":"It is time.","effect":"The website runs there."}`},
	{"POST", "/v1/contracts/¶/propose", `{"decision":"amend","note":"A year more.","effect":"None.","change":"#","terms":{` + someTerms + `}}`},
	{"POST", "/v1/contracts/¶/propose", `{"decision":"terminate","note":"It is dear.","effect":"Another is needed."}`},
	{"POST", "/v1/contracts/¶/decide", `{"verdict":"approve","note":"Read.","content_hash":"` + strings.Repeat("ab", 32) + `"}`},
	{"POST", "/v1/contracts/¶/decide", `{"verdict":"reject","note":"It is dear."}`},
	{"POST", "/v1/contracts/¶/notice", `{"evidence":[{"note":"A letter"}]}`},
	{"POST", "/v1/contracts/¶/review", `{"note":"It fits.","evidence":[{"note":"Read"}]}`},
	{"POST", "/v1/contracts/¶/cancel", `{"note":"Another is cheaper."}`},
	{"GET", "/v1/supplier-reviews", ""},
	{"GET", "/v1/supplier-reviews?band=D&supplier=§", ""},
	{"GET", "/v1/suppliers/°", ""},
	{"GET", "/v1/suppliers/°/timeline", ""},
	{"GET", "/v1/suppliers/°/explain", ""},
	{"GET", "/v1/suppliers/°/comments", ""},
	{"POST", "/v1/suppliers/°/comments", `{"text":"Zoe called."}`},
	{"POST", "/v1/suppliers/°/measure", `{"name":"Availability","value":"99.95","evidence":[{"url":"https://example.org/report"}]}`},
	{"POST", "/v1/suppliers/°/measure", `{"name":"Help in need","criterion":"quality","points":70,"evidence":[{"record":"@","note":"Seen"}]}`},
	{"POST", "/v1/suppliers/°/see", `{"name":"Availability"}`},
	{"POST", "/v1/suppliers/°/score", `{"note":"As measured."}`},
	{"POST", "/v1/suppliers/°/meet", `{"attendees":["Zoe","Max"],"note":"They know why."}`},
	{"POST", "/v1/suppliers/°/agree", `{"actions":[{"title":"A second line","owner":"ida","due":"2031-03-31"}],"note":"Agreed."}`},
	{"POST", "/v1/suppliers/°/sign-off", `{"note":"Fair."}`},
	{"POST", "/v1/suppliers/°/cancel", `{"note":"It is left."}`},
	{"GET", "/v1/me/suppliers", ""},
	{"GET", "/v1/me/contracts", ""},
	{"GET", "/v1/me/supplier-reviews", ""},
}

// dealt are suppliers, contracts and reviews in stages that a malformed request may meet.
func (m *maker) dealt() {
	proposed, bound := m.supplier(), m.bound()
	m.suppliers = []string{string(proposed), string(bound)}
	for _, decision := range []itsm.ContractDecision{"", itsm.ApproveContract} {
		c, err := m.desk.RaiseContract(m.t.Context(), m.called("eve"), contractOf(bound))
		require.NoError(m.t, err)
		if decision != "" {
			_, err = m.desk.ProposeForContract(m.t.Context(), m.called("eve"), c.Number, itsm.ProposalRequest{Decision: decision, Note: "It is time.", Effect: "None."})
			require.NoError(m.t, err)
		}
		m.contracts = append(m.contracts, string(c.Number))
	}
	m.contracts = append(m.contracts, "CON-1") // in force
	p := itsm.PeriodAt(itsm.Monthly, time.Now(), time.UTC)
	for _, walk := range []string{"", "", "bad", "bad see score", "bad see score meet", "bad see score meet agree", "bad see score meet agree sign", "cancel"} {
		p = p.Before()
		n := m.review(bound, p)
		for word := range strings.FieldsSeq(walk) {
			m.reviews(n, word)
		}
		m.audits = append(m.audits, strings.Replace(string(n), "/", "/reviews/", 1))
		m.vendors = append(m.vendors, string(n))
	}
	m.vendors = slices.Concat(m.vendors, m.suppliers, m.contracts)
}

// withDealers has some of the crowd see to suppliers and contracts.
func withDealers(c *itsm.Catalog) {
	supplied(c)
	for i := range c.People {
		if p := &c.People[i]; slices.Contains([]itsm.PersonID{"f00", "f01", "f02", "f03", "f04", "f05"}, p.ID) {
			p.Roles = append(p.Roles, itsm.SupplierManager, itsm.CommercialManager)
		}
	}
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
