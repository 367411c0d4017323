package register_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/register"
	"github.com/steward-itsm/steward/itsm"
)

var when = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

var known = register.Known{
	People: []itsm.Person{
		{ID: "ida", Roles: []itsm.Role{itsm.Implementer}},
		{ID: "bob", Roles: []itsm.Role{itsm.Approver}},
		{ID: "max", Roles: []itsm.Role{itsm.CommercialManager}},
		{ID: "ada", Roles: []itsm.Role{itsm.Auditor}},
	},
	Services: []itsm.Service{{ID: "payments"}},
}

func example(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../suppliers.example.yaml")
	require.NoError(t, err)
	return string(text)
}

func TestTheExampleIsARegister(t *testing.T) {
	f, err := register.Parse("suppliers.yaml", []byte(example(t)), known)
	require.NoError(t, err)
	require.Len(t, f.Suppliers, 2)
	require.Len(t, f.Contracts, 1)
	require.Equal(t, itsm.ExternalSupplier, f.Suppliers[1].Profile().Kind)
	require.Equal(t, itsm.Amount(99_900), f.Contracts[0].Targets[0].Full)
	require.True(t, strings.HasSuffix(f.Suppliers[0].Exit.Text, "no data is theirs."))
}

// Each row changes one line of the example into a fault, and says where it is.
func TestFaultsSayWhere(t *testing.T) {
	for _, row := range []struct{ old, bad, want string }{
		{"id: linkwell ", "id: Linkwell ", "suppliers[0].id: must be of a-z"},
		{"id: receipts", "id: linkwell", "suppliers[1].id: is already at /suppliers/0/id"},
		{"name: Papershop", "name: LINKWELL", "suppliers[1].name: is already at /suppliers/0/name"},
		{"# number: SUP-4 ", "number: CON-4 ", "suppliers[0].number: must be a number such as SUP-4"},
		{"name: Papershop", "names: Papershop", "suppliers[1].names: there is no such key; did you mean name?"},
		{"name: Papershop", "name: Papershop\n    name: Papershop", "suppliers[1].name: is here a second time"},
		{"owner: bob", "owner: bobb", "suppliers[1].owner: nobody in the catalog is called bobb; did you mean bob?"},
		{"owner: bob", "owner: ada", "suppliers[1].owner: is ada, who has no role for that"},
		{"deputy: ida", "deputy: bob", "suppliers[1].deputy: is the owner"},
		{"tier: standard", "tier: golden", "suppliers[1].tier: "},
		{"expires: 2031-01-31", "expires: 2031-02-31", "suppliers[0].certificates[1].expires: "},
		{"name: Insurance", "name: ISO/IEC 27001", "suppliers[0].certificates[1].name: is already at"},
		{"suitable: true", "suitable: false", "suppliers[0].due_diligence: is needed, and has to have found it suitable"},
		{"suitable: true", "suitable: often", "suppliers[0].due_diligence.suitable: must be true or false"},
		{"note: Audited, insured, and two references are content.", `note: ""`, "suppliers[0].due_diligence.note: is needed"},
		{"control: Linkwell audits it each year and shows us the report.", `control: ""`, "suppliers[0].subcontractors[0].control: is needed for a critical supplier"},
		{"email: desk@linkwell.example", "email: desk", "suppliers[0].contacts[0].email: must be an e-mail address"},
		{"state: active", "state: watch", "suppliers[0].state: must be proposed"},
		{"services: [payments]       # that", "services: [payment]       # that", "suppliers[0].services[0]: names no service that you can see; did you mean payments?"},
		{"supplier: linkwell", "supplier: linkwel", "contracts[0].supplier: is no id of a supplier of this file"},
		{"owner: max", "owner: ida", "contracts[0].owner: is ida, who has no role for that"},
		{"end: 2031-12-31", "end: 2025-12-31", "contracts[0].end: must be later than its start"},
		{"notice: 3mo", "notice: a while", "contracts[0].notice: "},
		{`full: "99.9"`, "full: 99.9", "contracts[0].targets[0].full: must be a word or a line of text, and not a number; if it is meant so, put it in quotes"},
		{`none: "99"`, `none: "99.9"`, "contracts[0].targets[0].none: must be another than full"},
		{`customer: "99.9"`, `customer: "99.95"`, "contracts[0].approval.risk: is needed: customers were promised more than Uptime says"},
		{"effect: The shop reaches its bank by it.", `effect: ""`, "contracts[0].approval.effect: is needed"},
		{`digest: "9f`, `digest: "9`, "contracts[0].document.digest: must be the SHA-256"},
		{"suppliers:\n", "suppliers: &all\n", "uses an alias or an anchor"},
	} {
		require.Contains(t, example(t), row.old)
		_, err := register.Parse("suppliers.yaml", []byte(strings.Replace(example(t), row.old, row.bad, 1)), known)
		require.ErrorContains(t, err, row.want, row.bad)
		require.Regexp(t, `^suppliers\.yaml:\d+:\d+: `, err.Error())
	}
}

func TestARegisterIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("suppliers:\n")
	for n := range register.MaxSuppliers + 1 {
		fmt.Fprintf(&b, "  - {id: s%d}\n", n)
	}
	_, err := register.Parse("s.yaml", []byte(b.String()), known)
	require.ErrorContains(t, err, "suppliers: has 501; 500 is the most")
	_, err = register.Parse("s.yaml", []byte(strings.Repeat("#", register.MaxBytes+1)), known)
	require.ErrorContains(t, err, "1048576 is the most")
	_, err = register.Parse("s.yaml", nil, known)
	require.ErrorContains(t, err, "start from deploy/suppliers.example.yaml")
}

func FuzzARegister(f *testing.F) {
	f.Add(example(f))
	f.Add("suppliers: [{id: a, contacts: [{}], certificates: [{}], due_diligence: {}, exit_plan: {}}]\ncontracts: [{approval: {}, targets: [{}]}]")
	f.Fuzz(func(_ *testing.T, text string) {
		if r, err := register.Parse("f.yaml", []byte(text), known); err == nil {
			for n := range r.Suppliers {
				_, _ = r.Suppliers[n].Next(&itsm.Supplier{})
			}
		}
	})
}

func parsed(t testing.TB) *register.File {
	t.Helper()
	f, err := register.Parse("suppliers.yaml", []byte(example(t)), known)
	require.NoError(t, err)
	return f
}

func TestWhatIsAsTheFileSaysStaysAsItIs(t *testing.T) {
	s := parsed(t).Suppliers[0]
	is := itsm.Supplier{Number: "SUP-4"}
	s.Raise().Foresee(&is, when)
	var did []string
	for range 20 {
		step, more := s.Next(&is)
		if !more {
			break
		}
		did = append(did, step.Did)
		again, _ := s.Next(&is)
		require.Equal(t, step, again, "the same asking has the same key")
		step.Foresee(&is, when)
	}
	require.Equal(t, []string{
		"certificate ISO/IEC 27001 kept", "certificate Insurance kept", "exit plan written", "moved on to due diligence", "due diligence recorded",
		"moved on to onboarding", "moved on to active",
	}, did)
	s.Certificates[1].Expires += 365
	step, more := s.Next(&is)
	require.True(t, more)
	require.Equal(t, itsm.CertificateRequest{ID: 2, Expires: s.Certificates[1].Expires}, step.Body)
	s.Certificates[1].Expires -= 365
	is.Become(itsm.SupplierWatched, when)
	_, more = s.Next(&is)
	require.False(t, more, "what a review did is not undone")
	s.Supplies = "Another link"
	step, more = s.Next(&is)
	require.True(t, more)
	require.Equal(t, "/edit", step.Path)
	step.Foresee(&is, when)
	require.Equal(t, "Another link", is.Supplies)
	is.State = itsm.SupplierOffboarded
	_, more = s.Next(&is)
	require.False(t, more)
}

func TestAContractIsAmendedAsAnyOtherIs(t *testing.T) {
	c := parsed(t).Contracts[0]
	is := itsm.Contract{Number: "CON-2"}
	is.State = itsm.ContractDrafted
	is.Begin(c.Draft("SUP-4"), itsm.TierCritical)
	asks := func() itsm.ContractDecision {
		step, more, stays := c.Next(&is)
		if !more {
			return itsm.ContractDecision(stays)
		}
		r, ok := step.Body.(itsm.ProposalRequest)
		require.True(t, ok)
		return r.Decision
	}
	require.Equal(t, itsm.ApproveContract, asks())
	is.Proposal = &itsm.ContractProposal{Decision: itsm.ApproveContract, Open: true}
	is.State = itsm.ContractUnderReview
	require.Empty(t, asks(), "it waits for others")
	is.Proposal.Open, is.State = false, itsm.ContractDrafted
	require.Contains(t, asks(), "was not approved", "whoever said no is not asked again by a file")

	is.State = itsm.ContractActive
	require.Empty(t, asks())
	is.End, is.Renewals = is.Renewal.After(is.End), 1
	require.Empty(t, asks(), "it went on by itself")
	c.Duties = "They run it."
	require.Equal(t, itsm.AmendContract, asks())
	terms := c.Terms()
	is.Proposal = &itsm.ContractProposal{Decision: itsm.AmendContract, Terms: &terms, Open: true}
	require.Empty(t, asks(), "others are asked already")
	is.Proposal.Open = false
	require.Contains(t, asks(), "were not approved")
	is.Proposal = &itsm.ContractProposal{Decision: itsm.RenewContract, Open: true}
	require.Contains(t, asks(), "others are asked whether to renew it")
	is.Proposal, c.Approval = nil, nil
	require.Contains(t, asks(), "say in approval why")
	is.State = itsm.ContractDrafted
	require.Contains(t, asks(), "cancel it, then import it again")
	is.State = itsm.ContractExpired
	require.Contains(t, asks(), "it is expired already")
	c.Title, is.State, is.ContractTerms = "Another", itsm.ContractActive, c.Terms()
	require.Contains(t, asks(), "for life")
}
