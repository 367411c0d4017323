package page

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// register is the page of all suppliers that its reader may see, of the contracts with
// them, and of what expires.
type register struct {
	book.Book

	Tiers        []tier
	Show         []option
	More         bool // there are more suppliers than the page shows
	Commercial   bool // its reader may see contracts
	Contracts    []deadline
	Certificates []expiring
	Raise        string // where one is proposed; empty: the reader cannot
	Draft        string // ditto, a contract
}

// tier are the suppliers that as much depends on.
type tier struct {
	Name      string
	Suppliers []supplierRow
}

// supplierRow is one supplier in the register.
type supplierRow struct {
	itsm.Supplier

	Path  string
	Spark template.HTML
	Rated *itsm.Rating // nil: it has no score yet
	Next  *comingReview
}

// expiring is a certificate that expires soon, or has.
type expiring struct {
	Path     string
	Supplier string
	Name     string
	Until    book.Day
	on       itsm.Date
}

// The register is read in so many pages of so many suppliers at most.
const (
	registerPage  = 200
	registerPages = 5
)

// registerViews are which suppliers it can show.
var registerViews = []view[desk.SupplierList]{
	{"open", "all that are not over", desk.SupplierList{Open: true}},
	{"owned", "what I answer for", desk.SupplierList{Open: true, Owned: true}},
	{"all", "all there are", desk.SupplierList{}},
}

func (d *Door) register(v visit) {
	g, err := d.readRegister(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	d.show(v.Context, http.StatusOK, frame{
		Title: "Suppliers", Me: g.Name(g.Me), CSRF: v.session.CSRF, Zone: g.Zone.String(), Here: supplierPages.home,
		Flash: d.said(v.Context), Main: "register", Body: g,
	})
}

func (d *Door) readRegister(v visit) (*register, error) {
	g := &register{}
	var err error
	if g.Book, err = d.book(v); err != nil {
		return nil, err
	}
	at := max(0, slices.IndexFunc(registerViews, func(w view[desk.SupplierList]) bool { return w.show == v.Query("show") }))
	for n, w := range registerViews {
		g.Show = append(g.Show, option{Value: w.show, Words: w.words, Chosen: n == at})
	}
	all, more, err := d.suppliers(v, registerViews[at].list)
	if err != nil {
		return nil, err
	}
	g.More = more
	if err := g.sort(v, d.desk, all); err != nil {
		return nil, err
	}
	if v.who.May(itsm.ManageSuppliers) == nil {
		g.Raise = supplierRaising.address()
	}
	return g, g.bind(v, d.desk, all)
}

// suppliers reads page by page, as many as one page of ours shows.
func (d *Door) suppliers(v visit, list desk.SupplierList) (all []itsm.Supplier, more bool, err error) {
	list.Limit = registerPage
	for range registerPages {
		page, err := d.desk.Suppliers(v.Request.Context(), v.who, list)
		if err != nil {
			return nil, false, err
		}
		all = append(all, page.Items...)
		if list.Cursor = page.Next; page.Next == "" {
			return all, false, nil
		}
	}
	return all, true, nil
}

// sort puts suppliers into their tiers, by name, and finds what expires.
func (g *register) sort(v visit, at counter, all []itsm.Supplier) error {
	cycles, err := coming(v.Request.Context(), at, g.Book)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b itsm.Supplier) int { return cmp.Compare(a.Name, b.Name) })
	for _, name := range itsm.SupplierTiers {
		t := tier{Name: capital(itsm.State(name).Words())}
		for _, s := range all {
			if s.Tier == name {
				t.Suppliers = append(t.Suppliers, supplierRow{s, pathOf(s.Number), spark(s.Name, s.Ratings), lastRating(s.Ratings), cycles[s.Number]})
			}
		}
		if t.Suppliers != nil {
			g.Tiers = append(g.Tiers, t)
		}
	}
	for _, s := range all {
		g.expire(s)
	}
	slices.SortStableFunc(g.Certificates, func(a, b expiring) int { return cmp.Compare(a.on, b.on) })
	return nil
}

// expire adds the certificates of a supplier that people were told of.
func (g *register) expire(s itsm.Supplier) {
	for _, c := range s.Certificates {
		if c.EndedAt == nil && !s.State.Final() && (c.Near() || c.Over(g.Now)) {
			g.Certificates = append(g.Certificates, expiring{pathOf(s.Number), s.Name, c.Name, valid(g.Book, c), c.On})
		}
	}
}

// bind reads the contracts by their deadlines, for whoever may.
func (g *register) bind(v visit, at counter, all []itsm.Supplier) error {
	if g.Commercial = v.who.May(itsm.ReadContracts) == nil; !g.Commercial {
		return nil
	}
	if v.who.May(itsm.ManageContracts) == nil {
		g.Draft = contractRaising.address()
	}
	names := map[itsm.Number]string{}
	for _, s := range all {
		names[s.Number] = s.Name
	}
	list := desk.ContractList{Open: true, Limit: registerPage}
	for range registerPages {
		page, err := at.Contracts(v.Request.Context(), v.who, list)
		if err != nil {
			return err
		}
		for _, c := range page.Items {
			g.Contracts = append(g.Contracts, deadlineOf(g.Book, c, cmp.Or(names[c.Supplier], string(c.Supplier))))
		}
		if list.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	slices.SortStableFunc(g.Contracts, deadline.compare)
	return nil
}
