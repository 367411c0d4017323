package page

import (
	"html/template"
	"slices"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// review is the page of one review of a supplier.
type review struct {
	*record

	Review itsm.SupplierReview
	Clocks []book.Gauge
}

// lookAtReview reads a review.
func (d *Door) lookAtReview(v visit, r *record) error {
	q, err := d.desk.Review(v.Request.Context(), v.who, r.Number)
	if err != nil {
		return err
	}
	p := &review{record: r, Review: q}
	r.of, r.template = p, "review"
	r.Title, r.Revision = q.Name, q.Revision
	if r.Book, err = d.book(v); err != nil {
		return err
	}
	for _, clock := range q.Clocks {
		p.Clocks = append(p.Clocks, r.Stage(clock))
	}
	return nil
}

// Span is from when to when its period is.
func (p *review) Span() [2]book.Day {
	return [2]book.Day{p.Day(p.Review.Period.First()), p.Day(p.Review.Period.Last())}
}

// Measured says what was measured, and which points are given for it.
func (*review) Measured(r itsm.Reading) string { return book.Measured(r) }

// Aim says what was aimed at.
func (p *review) Aim(r itsm.Reading) string { return p.Goal(*r.Goal, r.Unit) }

// comparedWith is how many scores before it one is compared with.
const comparedWith = 3

// Trend draws its score beside those that it is compared with.
func (p *review) Trend() template.HTML {
	all := slices.Clone(p.Review.Before[max(0, len(p.Review.Before)-comparedWith):])
	if p.Review.Score != nil {
		all = append(all, p.Review.Rating())
	}
	return spark(p.Review.Name, all)
}

// Before are the scores that it is compared with, the newest first.
func (p *review) Before() []itsm.Rating {
	all := slices.Clone(p.Review.Before[max(0, len(p.Review.Before)-comparedWith):])
	slices.Reverse(all)
	return all
}

// Period is the period of a review.
func (*review) Period(n itsm.Number) string {
	_, period, _ := itsm.ParseReviewNumber(n) // the rules made it
	return period.String()
}

// Due is until when an action is done.
func (p *review) Due(a itsm.ReviewAction) book.Day { return p.Day(a.Due) }

// targets are the measures that a contract has a goal for.
func (p *review) targets() []itsm.Reading {
	return slices.DeleteFunc(slices.Clone(p.Review.Readings), func(r itsm.Reading) bool { return r.Goal == nil })
}

// unseen are the measures whose evidence the reader could see, as the second.
func (p *review) unseen() []itsm.Reading {
	return slices.DeleteFunc(slices.Clone(p.Review.Readings), func(r itsm.Reading) bool { return !r.Unseen() || r.By == p.Me })
}

// suits leaves out to measure a target where a contract has none.
func (p *review) suits(a act) bool {
	switch a.path {
	case "measure":
		return len(p.targets()) > 0
	case "see":
		return len(p.unseen()) > 0
	}
	return true
}

// offered is nothing: all forms stand where those of every record do.
func (*review) offered() {}

// choose adds a field, with the measures that it may name.
func (p *review) choose(o *offer, f field) {
	name := func(all []itsm.Reading) (options []option) {
		options = []option{nobodyYet}
		for _, r := range all {
			options = append(options, option{Value: r.Name, Words: r.Name + ": " + book.Measured(r)})
		}
		return options
	}
	switch f.Kind {
	case "targets":
		f.Kind, f.Options = "choice", name(p.targets())
	case "unseen":
		f.Kind, f.Options = "choice", name(p.unseen())
	}
	o.Fields = append(o.Fields, f)
}
