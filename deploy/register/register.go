// Package register reads a register of suppliers and contracts from a YAML file, names
// every fault in it by its place, and says what is to be done so that what is on record
// is what the file says. It asks nobody and writes nothing.
package register

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// Bounds on a register.
const (
	MaxBytes     = catalog.MaxBytes
	MaxSuppliers = 500
	MaxContracts = 1000
	maxID        = 64
)

// Example is a file to start from.
const Example = "deploy/suppliers.example.yaml"

// File is a register of suppliers and of the contracts with them (ISO/IEC 20000-1:2018,
// 8.3.4).
type File struct {
	Suppliers []Supplier `json:"suppliers"`
	Contracts []Contract `json:"contracts"`
}

// Supplier is one supplier of a file.
type Supplier struct {
	ID     string      `json:"id"`     // the file's own; it stays the same
	Number itsm.Number `json:"number"` // of the one on record, when its name is another

	Name           string               `json:"name"`
	Supplies       string               `json:"supplies"`
	Kind           itsm.SupplierKind    `json:"kind"`
	Tier           itsm.SupplierTier    `json:"tier"`
	Owner          itsm.PersonID        `json:"owner"`
	Deputy         itsm.PersonID        `json:"deputy"`
	Services       []itsm.ServiceID     `json:"services"`
	Contacts       []itsm.Contact       `json:"contacts"`
	Subcontractors []itsm.Subcontractor `json:"subcontractors"`

	Certificates []Certificate      `json:"certificates"`
	Diligence    *Diligence         `json:"due_diligence"`
	Exit         *ExitPlan          `json:"exit_plan"`
	State        itsm.SupplierState `json:"state"` // how far it is moved on; empty: it is proposed
}

// Certificate is what a supplier has to show.
type Certificate struct {
	Name    string    `json:"name"`
	Expires itsm.Date `json:"expires"`
	URL     string    `json:"url"`
}

// Diligence is what was found when a supplier was looked into.
type Diligence struct {
	Suitable bool       `json:"suitable"`
	Note     string     `json:"note"`
	Evidence []Evidence `json:"evidence"`
}

// Evidence is what something rests on.
type Evidence struct {
	Record itsm.Number `json:"record"`
	URL    string      `json:"url"`
	Note   string      `json:"note"`
}

// ExitPlan is how its services go on without a supplier.
type ExitPlan struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Contract is one contract of a file.
type Contract struct {
	ID       string           `json:"id"`
	Number   itsm.Number      `json:"number"`
	Supplier string           `json:"supplier"` // an id of this file, or a number
	Title    string           `json:"title"`
	Owner    itsm.PersonID    `json:"owner"`
	Services []itsm.ServiceID `json:"services"`
	Supplies string           `json:"supplies"`
	Duties   string           `json:"duties"`
	Start    itsm.Date        `json:"start"`
	End      itsm.Date        `json:"end"`
	Notice   itsm.DateSpan    `json:"notice"`
	Renewal  itsm.DateSpan    `json:"renewal"`
	Targets  []Target         `json:"targets"`
	Document Document         `json:"document"`
	Approval *Approval        `json:"approval"` // nil: nobody is asked to approve it
}

// Target is one thing that a supplier has to reach.
type Target struct {
	Name      string         `json:"name"`
	Criterion itsm.Criterion `json:"criterion"`
	Unit      string         `json:"unit"`
	Full      itsm.Amount    `json:"full"`
	None      itsm.Amount    `json:"none"`
	Customer  *itsm.Amount   `json:"customer"`
	Critical  bool           `json:"critical"`
}

// Document is the text that was signed.
type Document struct {
	URL    string `json:"url"`
	Digest string `json:"digest"`
}

// Approval is why others are asked for a contract, or for what is changed in it.
type Approval struct {
	Note   string `json:"note"`
	Effect string `json:"effect"`
	Risk   string `json:"risk"`
}

// Known is whom and what the file may name: the people and services of the catalog, as
// whoever imports it sees them.
type Known struct {
	People   []itsm.Person
	Services []itsm.Service
}

// Parse reads a register. When the file cannot be relied on, the error is
// *catalog.FileError: everything that is wrong with it. name is only for the messages.
func Parse(name string, data []byte, known Known) (*File, error) {
	f := &File{}
	if err := catalog.Read(name, Example, data, f, func() []itsm.Field { return f.faults(known) }); err != nil {
		return nil, err
	}
	return f, nil
}

// Profile is what the file says of a supplier.
func (s *Supplier) Profile() itsm.SupplierProfile {
	p := itsm.SupplierProfile{
		Name: s.Name, Supplies: s.Supplies, Kind: s.Kind, Tier: s.Tier, Owner: s.Owner, Deputy: s.Deputy,
		Services: s.Services, Contacts: s.Contacts, Subcontractors: s.Subcontractors,
	}
	if p.Kind == "" {
		p.Kind = itsm.ExternalSupplier
	}
	return p
}

func (d *Diligence) request() itsm.DiligenceRequest {
	r := itsm.DiligenceRequest{Suitable: d.Suitable, Note: d.Note, Evidence: []itsm.Evidence{}}
	for _, e := range d.Evidence {
		r.Evidence = append(r.Evidence, itsm.Evidence(e))
	}
	return r
}

// Terms are what both sides agreed on.
func (c *Contract) Terms() itsm.ContractTerms {
	t := itsm.ContractTerms{
		Supplies: c.Supplies, Duties: c.Duties, Start: c.Start, End: c.End, Notice: c.Notice, Renewal: c.Renewal,
		Targets: []itsm.ContractTarget{}, Document: itsm.ContractDocument(c.Document),
	}
	for _, g := range c.Targets {
		t.Targets = append(t.Targets, itsm.ContractTarget{
			Goal: itsm.Goal{Full: g.Full, None: g.None}, Name: g.Name, Criterion: g.Criterion, Unit: g.Unit, Critical: g.Critical, Customer: g.Customer,
		})
	}
	return t
}

// Draft is the contract as it is drafted with a supplier.
func (c *Contract) Draft(with itsm.Number) itsm.ContractDraft {
	return itsm.ContractDraft{ContractTerms: c.Terms(), Title: c.Title, Supplier: with, Owner: c.Owner, Services: c.Services}
}

var id = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// check collects faults by their place.
type check struct {
	known  Known
	faults []itsm.Field
}

func (k *check) add(at, format string, args ...any) {
	k.faults = append(k.faults, itsm.Field{Pointer: at, Message: fmt.Sprintf(format, args...)})
}

// take adds the faults that the rules find in a part of the file.
func (k *check) take(at string, err error) {
	if err == nil {
		return
	}
	for _, f := range itsm.AsError(err).Fields {
		k.add(at+f.Pointer, "%s", f.Message)
	}
}

// faults names all that is wrong, by the rules and by the catalog.
func (f *File) faults(known Known) []itsm.Field {
	k := &check{known: known}
	if n := len(f.Suppliers); n > MaxSuppliers {
		k.add("/suppliers", "has %d; %d is the most", n, MaxSuppliers)
	}
	if n := len(f.Contracts); n > MaxContracts {
		k.add("/contracts", "has %d; %d is the most", n, MaxContracts)
	}
	if len(k.faults) > 0 {
		return k.faults
	}
	ids, names := map[string]string{}, map[string]string{}
	for n := range f.Suppliers {
		at, s := fmt.Sprintf("/suppliers/%d", n), &f.Suppliers[n]
		k.id(at, s.ID, s.Number, "SUP", ids)
		k.once(at+"/name", strings.ToLower(s.Name), names)
		k.supplier(at, s)
	}
	own, titles := map[string]string{}, map[string]string{}
	for n := range f.Contracts {
		at, c := fmt.Sprintf("/contracts/%d", n), &f.Contracts[n]
		k.id(at, c.ID, c.Number, "CON", own)
		k.once(at+"/title", c.Supplier+" "+c.Title, titles)
		if _, here := ids[c.Supplier]; !here && !itsm.Number(c.Supplier).Of("SUP") {
			k.add(at+"/supplier", "is no id of a supplier of this file, and no number such as SUP-4")
		}
		k.contract(at, c)
	}
	return k.faults
}

// id checks what an entry is called in the file, and on record.
func (k *check) id(at, name string, number itsm.Number, prefix string, met map[string]string) {
	switch {
	case name == "":
		k.add(at+"/id", "is needed: what this entry is called in the file, for good, such as linkwell")
	case len(name) > maxID || !id.MatchString(name):
		k.add(at+"/id", "must be of a-z, 0-9, dot, dash and underscore, up to %d, and begin with a letter or a digit", maxID)
	default:
		k.once(at+"/id", name, met)
	}
	if number != "" && !number.Of(prefix) {
		k.add(at+"/number", "must be a number such as %s-4", prefix)
	}
}

func (k *check) once(at, name string, met map[string]string) {
	if first, again := met[name]; again && name != "" {
		k.add(at, "is already at %s", first)
	} else {
		met[name] = at
	}
}

// forward are the states that a supplier can be moved on to from a file, in their order.
var forward = []itsm.SupplierState{itsm.SupplierProposed, itsm.SupplierDueDiligence, itsm.SupplierOnboarding, itsm.SupplierActive}

func (k *check) supplier(at string, s *Supplier) {
	p := s.Profile()
	k.take(at, p.Check())
	k.person(at+"/owner", s.Owner, itsm.KeepSuppliers)
	k.person(at+"/deputy", s.Deputy, itsm.KeepSuppliers)
	k.services(at, s.Services)
	if s.State != "" && !slices.Contains(forward, s.State) {
		k.add(at+"/state", "must be proposed, due_diligence, onboarding or active")
	}
	// What the rules say of a part they say on a supplier that takes it.
	on := itsm.Supplier{SupplierStanding: itsm.SupplierStanding{State: itsm.SupplierDueDiligence}}
	names := map[string]string{}
	if n := len(s.Certificates); n > itsm.MaxCertificates {
		k.add(at+"/certificates", "has %d; %d is the most", n, itsm.MaxCertificates)
	}
	for n, c := range s.Certificates[:min(len(s.Certificates), itsm.MaxCertificates)] {
		here := fmt.Sprintf("%s/certificates/%d", at, n)
		k.take(here, on.CheckCertificate(manager, itsm.CertificateRequest{Name: c.Name, Expires: c.Expires, URL: c.URL}))
		k.once(here+"/name", c.Name, names)
	}
	if s.Diligence != nil {
		k.take(at+"/due_diligence", on.CheckDiligence(manager, s.Diligence.request()))
	}
	if s.Exit != nil {
		k.take(at+"/exit_plan", on.CheckExit(manager, itsm.ExitRequest{Text: s.Exit.Text, URL: s.Exit.URL}))
	}
	further := slices.Index(forward, s.State) > slices.Index(forward, itsm.SupplierDueDiligence)
	if further && (s.Diligence == nil || !s.Diligence.Suitable) {
		k.add(at+"/due_diligence", "is needed, and has to have found it suitable: else it is not moved on to %s", s.State.Words())
	}
	if s.State == itsm.SupplierActive && len(s.Contacts) == 0 {
		k.add(at+"/contacts", "are needed: else it is not moved on to active")
	}
}

func (k *check) contract(at string, c *Contract) {
	d := c.Draft("SUP-1") // whichever it is
	k.take(at, d.Check())
	k.person(at+"/owner", c.Owner, itsm.ManageContracts)
	k.services(at, c.Services)
	if a := c.Approval; a != nil {
		// On its first day: whether there is time to give notice is for Steward to say.
		on := itsm.Contract{ContractStanding: itsm.ContractStanding{State: itsm.ContractDrafted, ContractTerms: d.ContractTerms}}
		k.take(at+"/approval", on.CheckPropose(manager, itsm.ProposalRequest{
			Decision: itsm.ApproveContract, Note: a.Note, Effect: a.Effect, Risk: a.Risk,
		}, time.Unix(int64(c.Start)*secondsADay, 0).UTC()))
	}
}

const secondsADay = 24 * 60 * 60

// manager may do all that a register asks for: what the file says is judged by the
// rules, whoever imports it.
var manager = itsm.Actor{
	Person: "somebody", Roles: []itsm.Role{itsm.SupplierManager, itsm.CommercialManager}, Scopes: []itsm.Scope{itsm.ScopeWrite},
}

// person checks that the catalog has somebody who may.
func (k *check) person(at string, who itsm.PersonID, may itsm.Permission) {
	if who == "" {
		return // the rules say that somebody is needed
	}
	ids := make([]string, len(k.known.People))
	for n, p := range k.known.People {
		ids[n] = string(p.ID)
		if p.ID != who {
			continue
		}
		as := itsm.Actor{Person: p.ID, Roles: p.Roles, Scopes: []itsm.Scope{itsm.ScopeWrite}}
		if as.May(may) != nil {
			k.add(at, "is %s, who has no role for that", who)
		}
		return
	}
	k.add(at, "nobody in the catalog is called %s%s", who, itsm.DidYouMean(string(who), ids))
}

func (k *check) services(at string, named []itsm.ServiceID) {
	ids := make([]string, len(k.known.Services))
	for n, s := range k.known.Services {
		ids[n] = string(s.ID)
	}
	for n, s := range named[:min(len(named), itsm.MaxSupplied)] {
		if s != "" && !slices.Contains(ids, string(s)) {
			k.add(fmt.Sprintf("%s/services/%d", at, n), "names no service that you can see%s", itsm.DidYouMean(string(s), ids))
		}
	}
}
