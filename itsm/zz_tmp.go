package itsm

import "slices"

type Matter = Publication

func (b Ballot) own() *Ballot {
	b.Decisions = slices.Clone(b.Decisions)
	if b.Opening != nil { // a vote changes who of it may decide
		own := *b.Opening
		own.Panels = slices.Clone(own.Panels)
		b.Opening = &own
	}
	return &b
}
