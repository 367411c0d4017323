package itsm

import "slices"

// seating is who fills which panel, so that as much is filled as can be.
type seating struct {
	filled [][]PersonID
	full   bool   // every panel has what it needs
	short  []bool // lacks an approval, or could give one up to a panel that does
	useful []bool // one more person in it would fill more
}

// slot is one approval that a panel needs, and whose could be it.
type slot struct {
	panel int
	who   []PersonID
	own   bool // a mandatory member's: nobody else's will do
}

func (o *Opening) slots(b *Ballot, counts func(PersonID) bool) (slots []slot) {
	for i := range o.Panels {
		p := &o.Panels[i]
		seats := slices.DeleteFunc(p.seats(b), func(id PersonID) bool { return !counts(id) || !p.counts(id) })
		for k := range p.slots() {
			s := slot{panel: i, who: seats}
			if k < len(p.Mandatory) {
				s.own = true
				s.who = slices.DeleteFunc(slices.Clone(seats), func(id PersonID) bool { return id != p.Mandatory[k] })
			}
			slots = append(slots, s)
		}
	}
	return slots
}

// seat seats those who count, each in one panel: a person of two groups must not
// be used up where another would do (Kuhn's augmenting paths).
func (o *Opening) seat(b *Ballot, counts func(PersonID) bool) seating {
	slots, held := o.slots(b, counts), make(map[PersonID]int)
	holders := make([]PersonID, len(slots)) // by slot; nobody's where it stays free
	var place func(s int, tried map[PersonID]bool) bool
	place = func(s int, tried map[PersonID]bool) bool {
		for _, id := range slots[s].who {
			if tried[id] {
				continue
			}
			tried[id] = true
			if by, taken := held[id]; !taken || place(by, tried) {
				held[id], holders[s] = s, id
				return true
			}
		}
		return false
	}
	var free []int
	for s := range slots {
		if !place(s, make(map[PersonID]bool)) {
			free = append(free, s)
		}
	}
	out := seating{
		filled: make([][]PersonID, len(o.Panels)), full: len(free) == 0,
		short: make([]bool, len(o.Panels)), useful: make([]bool, len(o.Panels)),
	}
	for s, id := range holders {
		if id != "" {
			out.filled[slots[s].panel] = append(out.filled[slots[s].panel], id)
		}
	}
	for i := range out.filled {
		slices.Sort(out.filled[i])
	}
	out.lacking(slots, held, free)
	return out
}

// lacking finds where more approvals would help, from the slots that stayed free:
// theirs, and those whose holders could move there.
func (s *seating) lacking(slots []slot, held map[PersonID]int, free []int) {
	met := map[int]bool{}
	for _, k := range free {
		met[k] = true
		if len(slots[k].who) == 0 { // else whose place it is sits where others could
			s.short[slots[k].panel] = true
		}
	}
	for len(free) > 0 {
		at := slots[free[0]]
		free = free[1:]
		if !at.own {
			s.short[at.panel], s.useful[at.panel] = true, true
		}
		for _, id := range at.who {
			if by := held[id]; !met[by] {
				met[by], free = true, append(free, by)
			}
		}
	}
}
