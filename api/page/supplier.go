package page

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/desk/picture"
	"github.com/steward-itsm/steward/itsm"
)

// supplier is the page of one supplier.
type supplier struct {
	*record

	Supplier   itsm.Supplier
	Reviews    []itsm.SupplierReview // the newest first
	Older      bool                  // there are more of them
	Commercial bool                  // its reader may see contracts
	Contracts  []deadline
	Draft      string // where a contract with it is drafted; empty: the reader cannot
	Next       *comingReview
}

// comingReview is the review that begins when the period that runs is over.
type comingReview struct {
	Period string
	From   book.When
}

// Of a supplier's reviews and contracts, its page shows so many.
const (
	reviewsShown   = 12
	contractsShown = 50
)

// lookAtSupplier reads a supplier.
func (d *Door) lookAtSupplier(v visit, r *record) error {
	ctx := v.Request.Context()
	s, err := d.desk.Supplier(ctx, v.who, r.Number)
	if err != nil {
		return err
	}
	p := &supplier{record: r, Supplier: s}
	r.of, r.template = p, "supplier"
	r.Title, r.Revision = s.Name, s.Revision
	if len(s.Services) > 0 {
		r.service = s.Services[0]
	}
	if r.Book, err = d.book(v); err != nil {
		return err
	}
	reviews, err := d.desk.Reviews(ctx, v.who, desk.ReviewList{Supplier: r.Number, Limit: reviewsShown})
	if err != nil {
		return err
	}
	p.Reviews, p.Older = reviews.Items, reviews.Next != ""
	cycles, err := coming(ctx, d.desk, r.Book)
	if err != nil {
		return err
	}
	p.Next = cycles[r.Number]
	return p.bind(v, d.desk)
}

// bind reads the contracts, for whoever may.
func (p *supplier) bind(v visit, at counter) error {
	if p.Commercial = v.who.May(itsm.ReadContracts) == nil; !p.Commercial {
		return nil
	}
	page, err := at.Contracts(v.Request.Context(), v.who, desk.ContractList{Supplier: p.Number, Limit: contractsShown})
	for _, c := range page.Items {
		p.Contracts = append(p.Contracts, deadlineOf(p.Book, c, p.Supplier.Name))
	}
	slices.SortStableFunc(p.Contracts, deadline.compare)
	if v.who.May(itsm.ManageContracts) == nil && !p.Supplier.State.Final() {
		p.Draft = contractRaising.address() + "?supplier=" + string(p.Number)
	}
	return err
}

// coming is when the next review of each supplier begins, of those that supply.
func coming(ctx context.Context, at counter, b book.Book) (map[itsm.Number]*comingReview, error) {
	cycles, err := at.ReviewCycles(ctx)
	all := map[itsm.Number]*comingReview{}
	for _, c := range cycles {
		if zone, err := time.LoadLocation(c.Zone); err == nil { // the catalog was checked
			period, ends := c.Running(b.Now, zone)
			all[c.Supplier] = &comingReview{period.String(), b.At(ends)}
		}
	}
	return all, err
}

// spark draws ratings, the newest last.
func spark(name string, ratings []itsm.Rating) template.HTML {
	points := make([]picture.Point, len(ratings))
	for n, r := range ratings {
		_, period, err := itsm.ParseReviewNumber(r.Review)
		points[n] = picture.Point{Name: period.String(), Words: book.Scored(r.Score), Value: r.Points}
		if err != nil { // what cannot be a review's number is shown as it is
			points[n].Name = string(r.Review)
		}
	}
	return template.HTML(picture.Spark("Scores of "+name, points)) //nolint:gosec // it escapes what people wrote
}

// Spark draws its last scores.
func (p *supplier) Spark() template.HTML { return spark(p.Supplier.Name, p.Supplier.Ratings) }

// Rated is the last score; nil: there is none yet.
func (p *supplier) Rated() *itsm.Rating { return lastRating(p.Supplier.Ratings) }

func lastRating(all []itsm.Rating) *itsm.Rating {
	if len(all) == 0 {
		return nil
	}
	return &all[len(all)-1]
}

// Valid is until when a certificate is valid.
func (p *supplier) Valid(c itsm.Certificate) book.Day { return valid(p.Book, c) }

func valid(b book.Book, c itsm.Certificate) book.Day {
	return b.Ends(c.Expiry, "expired", "expires soon", "valid")
}

// Again is when something is done anew.
func (p *supplier) Again(x itsm.Expiry) book.Day { return p.Ends(x, "overdue", "due soon", "in time") }

// Live are the certificates that are needed.
func (p *supplier) Live() (all []itsm.Certificate) {
	return slices.DeleteFunc(slices.Clone(p.Supplier.Certificates), func(c itsm.Certificate) bool { return c.EndedAt != nil })
}

// Corrections are the corrective actions that were due of it.
func (p *supplier) Corrections() []itsm.Correction { return p.Supplier.Corrections }

// suits leaves out what becomes of a certificate where there is none.
func (p *supplier) suits(a act) bool {
	switch a.path {
	case "certificate":
		return len(p.Supplier.Certificates) < itsm.MaxCertificates
	case "renew-certificate", "end-certificate":
		return len(p.Live()) > 0
	}
	return true
}

// offered is nothing: all forms stand where those of every record do.
func (*supplier) offered() {}

// choose adds a field, with what is so now and what it may name.
func (p *supplier) choose(o *offer, f field) {
	switch f.Kind {
	case "moves":
		f.Kind, f.Options = "choice", words(itsm.SupplierMoves[p.Supplier.State])
	case "certificates":
		f.Kind, f.Options = "choice", []option{nobodyYet}
		for _, c := range p.Live() {
			f.Options = append(f.Options, option{Value: fmt.Sprint(c.ID), Words: fmt.Sprintf("%d: %s, until %s", c.ID, c.Name, c.On)})
		}
	case "exit":
		f.Kind = "text"
		if x := p.Supplier.Exit; x != nil {
			f.Value = newlines.Replace(x.Text)
		}
	case "exit-url":
		f.Kind = "line"
		if x := p.Supplier.Exit; x != nil {
			f.Value = x.URL
		}
	}
	o.Fields = append(o.Fields, f)
}

// forecast is what comes by itself: the first of it, and the rest for whoever wants it.
type forecast struct {
	Soon, Later []itsm.Forecast
}

// comesFirst is how much of it a page shows at once.
const comesFirst = 3

// Coming is what comes of a record by itself; nil when nothing does.
func (r *record) Coming() *forecast {
	all := r.Explanation.Forecast
	if len(all) == 0 {
		return nil
	}
	n := min(len(all), comesFirst)
	return &forecast{all[:n], all[n:]}
}

// comes is one thing that comes by itself, for a reader.
type comes struct {
	At   book.When
	Says string
}

// Comes is one thing that comes as this page's reader sees it.
func (r *record) Comes(f itsm.Forecast) comes { return comes{r.At(f.At), r.Says(f)} }
