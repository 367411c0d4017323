package page

import (
	"context"
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// contractRaising is how a contract is drafted.
var contractRaising = &raising{
	act: act{
		path: "new", of: itsm.ActContractRaise, label: "Draft a contract", button: "Draft it", tone: "yes",
		intro: "What both sides agree on. Somebody else approves it before it is in force.",
		done:  "It is drafted.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			d, rows, err := readContract(a.form)
			if err != nil {
				return itsm.Receipt{}, err
			}
			r, err := at.RaiseContract(ctx, a.who, d)
			return r, inRows(err, "targets", rows)
		},
	},
	home: "/contracts", leave: "Back to the suppliers", may: itsm.ManageContracts, known: []string{"supplier"}, fields: contractFields,
}

func readContract(f form) (d itsm.ContractDraft, rows []int, err error) {
	d = itsm.ContractDraft{Title: f["title"], Supplier: typedNumber(f["supplier"]), Owner: itsm.PersonID(f["owner"])}
	for _, id := range lines(f["services"]) {
		d.Services = append(d.Services, itsm.ServiceID(id))
	}
	d.ContractTerms, rows, err = readTerms(f, "")
	return d, rows, err
}

func contractFields(b book.Book, said form) []field {
	fields := []field{
		{Name: "title", Label: "Title", Kind: "line", Required: true, Max: itsm.MaxTitle},
		{Name: "supplier", Label: "With which supplier", Hint: "Such as SUP-4.", Kind: "line", Required: true, Value: said["supplier"], Max: maxNumber},
		{Name: "owner", Label: "Who answers for it", Kind: "choice", Required: true, Options: able(b, itsm.ManageContracts, func(itsm.PersonID) bool { return true })},
		{Name: "services", Label: "Services that depend on it", Hint: "One in a line, as the catalog calls them.", Kind: "text"},
	}
	return append(fields, termsFields("", itsm.ContractTerms{}, said.rows("targets", itsm.MaxContractTargets, targetColumns))...)
}

// sheet asks for an amendment: the terms as they are, to be changed.
func (p *contract) sheet(itsm.Act) []field {
	fields := termsFields("terms/", p.Contract.ContractTerms, len(p.Contract.Targets))
	effect := effectField
	effect.Required = true
	return append(fields, noteField("Why", true), effect, gapField, changeField)
}

func amendContract(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	r := proposal(a.form)
	t, rows, err := readTerms(a.form, "terms/")
	if err != nil {
		return itsm.Receipt{}, err
	}
	r.Decision, r.Terms = itsm.AmendContract, &t
	got, err := at.ProposeForContract(ctx, a.who, a.n, r)
	return got, inRows(err, "terms/targets", rows)
}

var targetColumns = []string{"name", "unit", "full", "none", "customer"}

// termsFields ask for what both sides agree on, with room for more targets than there
// are.
func termsFields(at string, t itsm.ContractTerms, targets int) []field {
	day := func(name, label string, d itsm.Date) field {
		f := field{Name: at + name, Label: label, Kind: "day", Required: true}
		if d != 0 {
			f.Value = d.String()
		}
		return f
	}
	span := func(name, label, hint string, s itsm.DateSpan) field {
		f := field{Name: at + name, Label: label, Hint: hint, Kind: "line", Max: maxNumber}
		if !s.IsZero() {
			f.Value = s.String()
		}
		return f
	}
	fields := []field{
		textField(at+"supplies", "What is supplied", t.Supplies, true),
		textField(at+"duties", "Authorities and responsibilities of both sides", t.Duties, true),
		day("start", "First day", t.Start), day("end", "Last day", t.End),
		span("notice", "Notice period", "Such as 3mo or 90d; empty: none.", t.Notice),
		span("renewal", "For how long it goes on if nobody gives notice", "Such as 12mo; empty: it ends.", t.Renewal),
		{Name: at + "document/url", Label: "Where the document is", Kind: "line", Value: t.Document.URL, Required: true, Max: itsm.MaxURL},
		{Name: at + "document/digest", Label: "Its SHA-256", Hint: "64 digits of 0-9 a-f; sha256sum says it.", Kind: "line", Value: t.Document.Digest, Required: true, Max: 64},
	}
	for n := range roomy(targets, 3, itsm.MaxContractTargets) {
		var g itsm.ContractTarget
		there := n < len(t.Targets)
		if there {
			g = t.Targets[n]
		}
		fields = append(fields, targetFields(at, n, g, there)...)
	}
	return fields
}

// targetFields ask for one target. What is beyond the first is there when it is wanted.
func targetFields(at string, n int, g itsm.ContractTarget, there bool) []field {
	name := func(column string) string { return at + cell("targets", n, column) }
	amount := func(column, label string, v *itsm.Amount) field {
		f := field{Name: name(column), Label: label, Kind: "line", Required: n == 0 && column != "customer", Max: maxNumber}
		if v != nil && there {
			f.Value = v.String()
		}
		return f
	}
	critical := []option{{Words: "no"}, {Value: "true", Words: "yes, it is critical", Chosen: g.Critical}}
	fields := []field{
		{Name: name("name"), Label: fmt.Sprintf("Target %d: what is reached", n+1), Kind: "line", Value: g.Name, Required: n == 0, Max: itsm.MaxTitle},
		{Name: name("criterion"), Label: "what it counts for in a score", Kind: "choice", Options: chosen(words(itsm.Criteria), g.Criterion)},
		{Name: name("unit"), Label: "unit, such as percent", Kind: "line", Value: g.Unit, Required: n == 0, Max: itsm.MaxTitle},
		amount("full", "all points from", &g.Full), amount("none", "no points from", &g.None),
		amount("customer", "what customers were promised that depends on it", g.Customer),
		{Name: name("critical"), Label: "whether it is critical", Kind: "choice", Options: critical},
	}
	if n > 0 && !there {
		for k := range fields {
			fields[k].Part = "More targets"
		}
	}
	return fields
}

// readTerms reads what termsFields ask for, and which rows its targets are of: one that
// was emptied is left out.
func readTerms(f form, at string) (t itsm.ContractTerms, rows []int, err error) {
	t = itsm.ContractTerms{
		Supplies: f[at+"supplies"], Duties: f[at+"duties"], Targets: []itsm.ContractTarget{},
		Document: itsm.ContractDocument{URL: f[at+"document/url"], Digest: strings.ToLower(strings.TrimSpace(f[at+"document/digest"]))},
	}
	for _, err := range []error{
		f.parsed(at+"start", &t.Start), f.parsed(at+"end", &t.End), f.parsed(at+"notice", &t.Notice), f.parsed(at+"renewal", &t.Renewal),
	} {
		if err != nil {
			return t, nil, err
		}
	}
	for n := range f.rows(at+"targets", itsm.MaxContractTargets, targetColumns) {
		g, err := readTarget(f, func(column string) string { return at + cell("targets", n, column) })
		if err != nil {
			return t, nil, err
		}
		if g != (itsm.ContractTarget{Criterion: g.Criterion, Critical: g.Critical}) {
			t.Targets, rows = append(t.Targets, g), append(rows, n)
		}
	}
	return t, rows, nil
}

func readTarget(f form, name func(string) string) (g itsm.ContractTarget, err error) {
	g = itsm.ContractTarget{
		Name: f[name("name")], Criterion: itsm.Criterion(f[name("criterion")]), Unit: f[name("unit")], Critical: f[name("critical")] == "true",
	}
	if err = f.parsed(name("full"), &g.Full); err != nil {
		return g, err
	}
	if err = f.parsed(name("none"), &g.None); err != nil {
		return g, err
	}
	g.Customer, err = some[itsm.Amount](f, name("customer"))
	return g, err
}
