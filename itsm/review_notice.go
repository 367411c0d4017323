package itsm

import "slices"

// ReviewBook is all that the messages about the review of a supplier are made of.
type ReviewBook struct {
	Review    SupplierReview
	Timeline  []Event
	Said      []Comment
	Channel   string     // of suppliers; empty: there is no card
	Reviewers []PersonID // who may review suppliers, and sign reviews off
	Managers  []PersonID // who hold the supplier manager's role now
	People    map[PersonID]Person
}

// Addressed finds in the catalog who is told, and where.
func (b *ReviewBook) Addressed(c *Catalog) {
	b.Channel, b.Managers = c.Supplier.Channel, c.Holders(SupplierManager)
	for _, r := range grants[SignOffReviews] {
		b.Reviewers = append(b.Reviewers, c.Holders(r)...)
	}
	b.Reviewers = people(b.Reviewers)
}

// ReviewNotices lists every message that should exist about a review. Doing what it says
// twice changes nothing.
func ReviewNotices(b ReviewBook) []Notice {
	r := &b.Review
	if len(b.Timeline) == 0 || r.State == ReviewNew {
		return nil
	}
	n := board{number: r.Number, base: Notice{
		Review: r, Explanation: r.Explain(), Event: b.Timeline[len(b.Timeline)-1], People: b.People,
	}}
	n.card(b.Channel)
	for _, e := range b.Timeline {
		b.event(&n, e)
	}
	short := SupplierReview{Number: r.Number, Supplier: r.Supplier, Name: r.Name, Period: r.Period, StartedAt: r.StartedAt}
	short.Revision = r.Revision
	for _, c := range b.Said {
		to := addressees(c, b.Said, r.Owner)
		n.said(c, Notice{Review: &short, People: only(b.People, append(to, c.By)...)}, b.Channel, to...)
	}
	return n.all
}

// event adds whatever an event has to tell, to whom.
func (b *ReviewBook) event(n *board, e Event) {
	r := &b.Review
	switch e.Kind { //nolint:exhaustive // the others are of other records, or the card says enough
	case EventReviewOpened, EventReviewWarned:
		n.tell(e, append([]PersonID{r.Owner}, b.Reviewers...)...)
	case EventReviewMeasured:
		o := e.Detail.Reading
		if !o.Unseen() {
			return
		}
		now := r.reading(o.Name)
		over := r.State != ReviewCollecting || !r.Readings[now].Unseen() || !r.Readings[now].At.Equal(*o.At)
		n.ask(e, NoticeEvidence, over, slices.DeleteFunc(slices.Clone(b.Reviewers), func(id PersonID) bool { return id == o.By })...)
	case EventReviewScored, EventReviewClosed, EventReviewCancelled:
		n.tell(e, r.Owner)
	case EventReviewAgreed:
		to := []PersonID{r.Owner}
		for _, a := range e.Detail.Agreed {
			to = append(to, a.Owner)
		}
		n.tell(e, to...)
		n.ask(e, NoticeSignOff, r.State != ReviewActions, b.signers()...)
	case EventReviewMissed, EventReviewOverdue:
		n.tell(e, append([]PersonID{r.Owner}, b.Managers...)...)
	}
}

// signers are who may sign it off.
func (b *ReviewBook) signers() []PersonID {
	r := &b.Review
	return slices.DeleteFunc(slices.Clone(b.Reviewers), func(id PersonID) bool {
		return r.Tier == TierCritical && (id == r.Owner || id == r.Reviewer)
	})
}

// Named are all whom the messages about a review may name.
func (b *ReviewBook) Named() []PersonID {
	r := &b.Review
	ids := append(append([]PersonID{r.Owner, r.Reviewer, r.SignedBy}, b.Reviewers...), b.Managers...)
	for _, o := range r.Readings {
		ids = append(ids, o.By, o.Second)
	}
	for _, a := range r.Actions {
		ids = append(ids, a.Owner)
	}
	return people(append(ids, namedIn(b.Timeline, b.Said)...))
}
