package itsm

// SupplierBook is all that the messages about a supplier are made of.
type SupplierBook struct {
	Supplier Supplier
	Timeline []Event
	Said     []Comment
	Channel  string     // of suppliers; empty: there is no card
	Managers []PersonID // who hold the supplier manager's role now
	People   map[PersonID]Person
}

// SupplierNotices lists every message that should exist about a supplier. Doing what it
// says twice changes nothing.
func SupplierNotices(b SupplierBook) []Notice {
	s := &b.Supplier
	if len(b.Timeline) == 0 || s.State == SupplierNew {
		return nil
	}
	n := board{number: s.Number, base: Notice{
		Supplier: s, Explanation: s.Explain(), Event: b.Timeline[len(b.Timeline)-1], People: b.People,
	}}
	n.card(b.Channel)
	for _, e := range b.Timeline {
		n.tell(e, b.concerned(e)...)
	}
	short := Supplier{Number: s.Number, Reporter: s.Reporter, RaisedAt: s.RaisedAt}
	short.Name, short.Revision = s.Name, s.Revision
	for _, c := range b.Said {
		to := addressees(c, b.Said, s.Owner, s.Deputy)
		n.said(c, Notice{Supplier: &short, People: only(b.People, append(to, c.By)...)}, b.Channel, to...)
	}
	return n.all
}

// concerned are whom an event is told to.
func (b *SupplierBook) concerned(e Event) []PersonID {
	s := &b.Supplier
	ours := []PersonID{s.Owner, s.Deputy}
	switch e.Kind { //nolint:exhaustive // the others are of other records, or the card says enough
	case EventSupplierProposed, EventDiligenceOverdue, EventExitTestOverdue, EventCertificateExpired:
		return append(ours, b.Managers...)
	case EventSupplierEdited:
		for _, d := range e.Detail.Edits {
			if d.Field == "owner" || d.Field == "deputy" {
				ours = append(ours, PersonID(d.Before), PersonID(d.After))
			}
		}
		return ours
	case EventSupplierMoved, EventDiligenceEnds, EventCertificateEnds, EventExitTestNears:
		return ours
	case EventSupplierRated:
		if len(e.Detail.Consequences) > 0 {
			return append(ours, b.Managers...)
		}
	}
	return nil
}

// Named are all whom the messages about a supplier may name.
func (b *SupplierBook) Named() []PersonID {
	s := &b.Supplier
	ids := append([]PersonID{s.Reporter, s.Owner, s.Deputy}, b.Managers...)
	for _, e := range b.Timeline {
		ids = append(ids, b.concerned(e)...)
	}
	return people(append(ids, namedIn(b.Timeline, b.Said)...))
}
