package form

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// The callback ids of the forms about suppliers that have fields of their own.
const (
	SupplierForm     = "supplier.raise"
	SupplierEditForm = "supplier.edit"
	ExitForm         = "supplier.exit"
)

var tiers = []Option{
	{string(itsm.TierCritical), "Critical · or of high risk"},
	{string(itsm.TierImportant), "Important"},
	{string(itsm.TierStandard), "Standard"},
}

var supplierKinds = []Option{
	{string(itsm.ExternalSupplier), "External"},
	{string(itsm.InternalSupplier), "Internal · another part of the organisation"},
	{string(itsm.CustomerSupplier), "A customer who supplies, too"},
}

// Supplied is what the form for a supplier offers.
type Supplied struct {
	Services      []itsm.Service
	Profile       itsm.SupplierProfile // filled in already, as far as it goes
	Owner, Deputy string               // their Slack ids, where they have one
}

// Supplier is the form for a supplier. Each block bears the name of its field, so that a
// refusal's pointers lead to it.
func Supplier(s Supplied) *slack.ModalViewRequest {
	return modal(SupplierForm, "Record supplier", "Record", "", profile(s, false)...)
}

// SupplierEdit is the form for what is known of a supplier. It keeps which revision that
// was of.
func SupplierEdit(n itsm.Number, revision int, s Supplied) *slack.ModalViewRequest {
	blocks := append(profile(s, true), optional("note", "Why do you change it?", "", lines("", itsm.MaxNote)))
	return modal(SupplierEditForm, "Edit "+string(n), "Save", Kept{Claim: cards.Claim{Number: n}, Revision: revision}.Value(), blocks...)
}

func profile(s Supplied, kept bool) []slack.Block {
	p := s.Profile
	services := make([]string, len(p.Services))
	for n, id := range p.Services {
		services[n] = string(id)
	}
	as := "" // whoever has no Slack id stays
	if kept {
		as = "Left out, as it is."
	}
	blocks := []slack.Block{
		input("name", "Name", "", line(p.Name)),
		input("supplies", "What does it supply?", "And how others work with it.", lines(p.Supplies, itsm.MaxNote)),
		input("tier", "Tier", "How much depends on it. How often it is reviewed follows from that.", selected(tiers, string(p.Tier))),
		optional("kind", "Kind", "Left out, external.", selected(supplierKinds, string(p.Kind))),
		input("owner", "Owner", "Who answers for the relationship. "+as, chosen(s.Owner)).WithOptional(kept),
		input("deputy", "Deputy", "Another, who stands in. "+as, chosen(s.Deputy)).WithOptional(kept),
	}
	if len(s.Services) > 0 && !hidden(p.Services, s.Services) {
		all := make([]Option, len(s.Services))
		for n, one := range s.Services {
			all[n] = Option{string(one.ID), cards.Cut(one.Name+" · "+string(one.ID), 75, "…")}
		}
		blocks = append(blocks, optional("services", "Services", "That depend on it.", several(all, services)))
	}
	contacts, subs := contactLines(p.Contacts), subcontractorLines(p.Subcontractors)
	blocks = appendKnown(blocks, editable(contacts) && slices.Equal(readContacts(contacts), p.Contacts), input("contacts", "Contacts",
		"One on each line: who | for what | how they are reached. Zoe Ray | escalations | zoe@hosting.example, +1 555 0100", lines(contacts, maxTyping)).WithOptional(kept))
	return appendKnown(blocks, editable(subs) && slices.Equal(readSubcontractors(subs), p.Subcontractors), optional("subcontractors", "Depends itself on",
		"One on each line: who | what it supplies | how the supplier controls it. Of a critical supplier the last is needed.", lines(subs, maxTyping)))
}

// hidden tells whether a supplier has services that the form cannot offer: a form that
// does not show them must not take them away.
func hidden(has []itsm.ServiceID, offered []itsm.Service) bool {
	return len(offered) > maxOptions || slices.ContainsFunc(has, func(id itsm.ServiceID) bool {
		return !slices.ContainsFunc(offered, func(s itsm.Service) bool { return s.ID == id })
	})
}

func contactLines(all []itsm.Contact) string {
	out := make([]string, len(all))
	for n, c := range all {
		reach := strings.Join(slices.DeleteFunc([]string{c.Email, c.Phone}, func(s string) bool { return s == "" }), ", ")
		out[n] = c.Name + " | " + c.For + " | " + reach
	}
	return strings.Join(out, "\n")
}

// cells takes a line apart at its bars, into so many parts at most.
func cells(text string, most int) []string {
	out := make([]string, most)
	for n, cell := range strings.SplitN(text, "|", most) {
		out[n] = strings.TrimSpace(cell)
	}
	return out
}

func readContacts(text string) (all []itsm.Contact) {
	for _, one := range lineByLine(text) {
		c := cells(one, 3)
		contact := itsm.Contact{Name: c[0], For: c[1]}
		for reach := range strings.SplitSeq(c[2], ",") {
			reach = strings.TrimSpace(reach)
			switch {
			case strings.Contains(reach, "@"):
				contact.Email = reach
			case reach != "" && contact.Phone == "":
				contact.Phone = reach
			case reach != "":
				contact.Phone += ", " + reach
			}
		}
		all = append(all, contact)
	}
	return all
}

func subcontractorLines(all []itsm.Subcontractor) string {
	out := make([]string, len(all))
	for n, s := range all {
		out[n] = strings.TrimRight(s.Name+" | "+s.Supplies+" | "+s.Control, " |")
	}
	return strings.Join(out, "\n")
}

func readSubcontractors(text string) (all []itsm.Subcontractor) {
	for _, one := range lineByLine(text) {
		c := cells(one, 3)
		all = append(all, itsm.Subcontractor{Name: c[0], Supplies: c[1], Control: c[2]})
	}
	return all
}

// Profile is what was filled in of a supplier; what the form could not show is as it was.
// Who answers for it, its caller finds out.
func (f Filled) Profile(was itsm.SupplierProfile) itsm.SupplierProfile {
	p := was
	p.Name, p.Supplies = f.Text("name"), f.Text("supplies")
	p.Tier, p.Kind = itsm.SupplierTier(f.Text("tier")), itsm.SupplierKind(f.Text("kind"))
	if f.shows("services") {
		p.Services = nil
		for _, id := range f.Texts("services") {
			p.Services = append(p.Services, itsm.ServiceID(id))
		}
	}
	if f.shows("contacts") {
		p.Contacts = readContacts(f.Text("contacts"))
	}
	if f.shows("subcontractors") {
		p.Subcontractors = readSubcontractors(f.Text("subcontractors"))
	}
	return p
}

// Exit is the form for the exit plan of a supplier, filled in with the one that there is.
func Exit(s *itsm.Supplier) *slack.ModalViewRequest {
	x := itsm.ExitPlan{}
	if s.Exit != nil {
		x = *s.Exit
	}
	blocks := []slack.Block{cards.Plain(cards.SupplierHeadline(s)), cards.Footnote("How the services that depend on it go on without it. Nobody leaves a supplier without one.")}
	blocks = appendKnown(blocks, editable(x.Text), input("text", "Exit plan", "Step by step: where data goes, who takes over, how long that takes.", lines(x.Text, maxTyping)))
	blocks = append(blocks,
		optional("url", "Where is more?", "An address.", linkLine(x.URL)),
		optional("tested", "Was it tested?", "Left out, it was not.", selected([]Option{{"yes", "Yes, just now"}}, "")),
	)
	return modal(ExitForm, "Exit plan "+string(s.Number), "Save", Kept{Claim: cards.Claim{Number: s.Number}, Was: map[string]string{"text": digest(x.Text)}}.Value(), blocks...)
}

// linkLine is one line that holds an address.
func linkLine(value string) slack.BlockElement {
	return slack.NewPlainTextInputBlockElement(nil, "value").WithInitialValue(value).WithMaxLength(itsm.MaxURL)
}

// Exit is the exit plan that was filled in; what the form could not show is as it was.
func (f Filled) Exit(was *itsm.ExitPlan) itsm.ExitRequest {
	r := itsm.ExitRequest{Text: f.Text("text"), URL: strings.TrimSpace(f.Text("url")), Tested: f.Text("tested") == "yes"}
	if !f.shows("text") && was != nil && !editable(was.Text) {
		r.Text = was.Text
	}
	return r
}

// Outdated tells whether the exit plan is another by now than the form began with, lest
// one takes back unseen what another wrote.
func (k Kept) Outdated(was *itsm.ExitPlan) bool {
	text := ""
	if was != nil {
		text = was.Text
	}
	return k.Was["text"] != digest(text)
}
