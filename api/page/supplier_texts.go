package page

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// supplierRaising is how a supplier is proposed.
var supplierRaising = &raising{
	act: act{
		path: "new", of: itsm.ActSupplierRaise, label: "Propose a supplier", button: "Propose it", tone: "yes",
		intro: "Somebody answers for it, and another stands in. It is looked into before anything depends on it.",
		done:  "It is proposed.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			p, rows := readProfile(a.form)
			return rows.place(at.RaiseSupplier(ctx, a.who, p))
		},
	},
	home: "/suppliers", leave: "Back to the suppliers", may: itsm.ManageSuppliers,
	fields: func(b book.Book, said form) []field {
		return profileFields(b, itsm.SupplierProfile{}, said.rows("contacts", itsm.MaxContacts, contactColumns),
			said.rows("subcontractors", itsm.MaxSubcontractors, subColumns))
	},
}

// sheet is what the long form asks for: the profile as it stands. Who answers for it,
// and its tier, is not for everybody to say who may edit it.
func (p *supplier) sheet(itsm.Act) []field {
	s := p.Supplier.SupplierProfile
	fields := profileFields(p.Book, s, len(s.Contacts), len(s.Subcontractors))
	for n, f := range fields {
		if !p.who.Is(itsm.SupplierManager) && (f.Name == "tier" || f.Name == "owner" || f.Name == "deputy") {
			fields[n] = field{Name: f.Name, Kind: "hidden", Value: map[string]string{
				"tier": string(s.Tier), "owner": string(s.Owner), "deputy": string(s.Deputy),
			}[f.Name]}
		}
	}
	against := field{Name: "against", Kind: "hidden", Value: strconv.Itoa(p.Supplier.Revision)}
	return append([]field{against}, append(fields, noteField("Why, if you like", false))...)
}

// The columns of the lists in a profile.
var (
	contactColumns = []string{"name", "for", "email", "phone"}
	subColumns     = []string{"name", "supplies", "control"}
)

// profileFields ask for a profile, with room for more contacts and sub-contractors than
// there are.
func profileFields(b book.Book, p itsm.SupplierProfile, contacts, subs int) []field {
	services := make([]string, len(p.Services))
	for n, s := range p.Services {
		services[n] = string(s)
	}
	keepers := func() []option { return able(b, itsm.KeepSuppliers, func(itsm.PersonID) bool { return true }) }
	supplies := textField("supplies", "What it supplies, and how others work with it", p.Supplies, true)
	supplies.Max = itsm.MaxNote
	fields := []field{
		{Name: "name", Label: "Name", Kind: "line", Value: p.Name, Required: true, Max: itsm.MaxTitle},
		supplies,
		{Name: "kind", Label: "Whose it is", Kind: "choice", Options: chosen(words(itsm.SupplierKinds)[1:], p.Kind)},
		{Name: "tier", Label: "How much depends on it", Kind: "choice", Required: true, Options: chosen(words(itsm.SupplierTiers), p.Tier)},
		{Name: "owner", Label: "Who answers for it", Kind: "choice", Required: true, Options: chosen(keepers(), p.Owner)},
		{Name: "deputy", Label: "Who stands in", Kind: "choice", Required: true, Options: chosen(keepers(), p.Deputy)},
		{Name: "services", Label: "Services that depend on it", Hint: "One in a line, as the catalog calls them.", Kind: "text", Value: strings.Join(services, "\n")},
	}
	for n := range roomy(contacts, 2, itsm.MaxContacts) {
		var c itsm.Contact
		if n < len(p.Contacts) {
			c = p.Contacts[n]
		}
		fields = append(fields, contactFields(n, c)...)
	}
	for n := range roomy(subs, 2, itsm.MaxSubcontractors) {
		var s itsm.Subcontractor
		if n < len(p.Subcontractors) {
			s = p.Subcontractors[n]
		}
		fields = append(fields, subFields(n, s)...)
	}
	return fields
}

func contactFields(n int, c itsm.Contact) []field {
	at := func(column string) string { return cell("contacts", n, column) }
	return []field{
		{Name: at("name"), Label: fmt.Sprintf("Contact %d: name", n+1), Kind: "line", Value: c.Name, Max: itsm.MaxTitle},
		{Name: at("for"), Label: "for what, such as escalations", Kind: "line", Value: c.For, Max: itsm.MaxTitle},
		{Name: at("email"), Label: "e-mail", Kind: "line", Value: c.Email, Max: itsm.MaxTitle},
		{Name: at("phone"), Label: "phone", Kind: "line", Value: c.Phone, Max: itsm.MaxTitle},
	}
}

const subcontractors = "On whom it depends itself"

func subFields(n int, s itsm.Subcontractor) []field {
	at := func(column string) string { return cell("subcontractors", n, column) }
	control := textField(at("control"), "how it shows that it controls it", s.Control, false)
	control.Max, control.Part = itsm.MaxNote, subcontractors
	return []field{
		{Name: at("name"), Label: fmt.Sprintf("Sub-contractor %d: name", n+1), Kind: "line", Value: s.Name, Max: itsm.MaxTitle, Part: subcontractors},
		{Name: at("supplies"), Label: "what it supplies", Kind: "line", Value: s.Supplies, Max: itsm.MaxTitle, Part: subcontractors},
		control,
	}
}

// readProfile reads what profileFields ask for.
func readProfile(f form) (p itsm.SupplierProfile, r profileRows) {
	p = itsm.SupplierProfile{
		Name: f["name"], Supplies: f["supplies"], Kind: itsm.SupplierKind(f["kind"]), Tier: itsm.SupplierTier(f["tier"]),
		Owner: itsm.PersonID(f["owner"]), Deputy: itsm.PersonID(f["deputy"]),
	}
	for _, id := range lines(f["services"]) {
		p.Services = append(p.Services, itsm.ServiceID(id))
	}
	p.Contacts, r.contacts = listed(f, "contacts", itsm.MaxContacts, contactColumns, func(at func(string) string) itsm.Contact {
		return itsm.Contact{Name: at("name"), For: at("for"), Email: at("email"), Phone: at("phone")}
	})
	p.Subcontractors, r.subs = listed(f, "subcontractors", itsm.MaxSubcontractors, subColumns, func(at func(string) string) itsm.Subcontractor {
		return itsm.Subcontractor{Name: at("name"), Supplies: at("supplies"), Control: at("control")}
	})
	return p, r
}

// profileRows are the rows of the form that the lists of a profile were read from.
type profileRows struct{ contacts, subs []int }

// place has the faults of a profile point at the form.
func (r profileRows) place(got itsm.Receipt, err error) (itsm.Receipt, error) {
	return got, inRows(inRows(err, "contacts", r.contacts), "subcontractors", r.subs)
}

func editSupplier(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	against, err := number(a.form["against"], "/against")
	if err != nil {
		return itsm.Receipt{}, err
	}
	p, rows := readProfile(a.form)
	return rows.place(at.EditSupplier(ctx, a.who, a.n, itsm.ProfileRequest{SupplierProfile: p, Revision: against, Note: a.form["note"]}))
}
