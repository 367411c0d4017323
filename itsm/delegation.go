package itsm

import (
	"slices"
	"strings"
	"time"
)

// DelegationRequest hands a say to somebody else, for one record. To oneself, it
// takes it back.
type DelegationRequest struct {
	To   PersonID `json:"to"`
	From PersonID `json:"from,omitempty"` // empty: whoever asks; a change manager may name another
	Note string   `json:"note,omitempty"`
}

func (r DelegationRequest) from(who Actor) PersonID {
	if r.From == "" {
		return who.Person
	}
	return r.From
}

func (r DelegationRequest) check() error {
	var f faults
	f.line("/to", string(r.To), maxName)
	f.text("/from", string(r.From), maxName)
	f.text("/note", r.Note, MaxNote)
	return f.refuse("delegation.invalid", "This delegation")
}

// CheckDelegate refuses a delegation that would give nobody a say, or the wrong one.
func (b *Ballot) CheckDelegate(who Actor, r DelegationRequest) error {
	if err := r.check(); err != nil {
		return err
	}
	from := r.from(who)
	switch {
	case !b.Awaiting:
		return b.refuse(Conflict, "not_awaiting", "%s is %s, so there is nothing to decide.", b.Number, b.State)
	case from != who.Person && !who.Is(b.Manager):
		return b.refuse(Forbidden, "not_yours_to_delegate", "Only whose say it is, or a %s, can delegate it.", strings.ReplaceAll(string(b.Manager), "_", " "))
	case r.To == b.Requester:
		return b.refuse(Forbidden, "delegate_requester", "%s raised %s, so it cannot be delegated to them.", r.To, b.Number)
	case !slices.Contains(b.Asked, from):
		return b.refuse(Forbidden, "not_approver", "%s waits for a decision by %s.", b.Number, list(b.Approvers))
	case r.To == from && b.delegateOf(from) == "":
		return b.refuse(Conflict, "not_delegated", "%s has delegated nothing of %s.", from, b.Number)
	case r.To != from && len(b.panelsOf(r.To)) > 0:
		return b.refuse(Conflict, "delegate_named", "%s decides on %s anyway, and counts once. Name somebody else.", r.To, b.Number)
	case r.To != from && b.circle(from, r.To):
		return b.refuse(Conflict, "delegate_circle", "%s has delegated %s already: it cannot be handed round in a circle.", r.To, b.Number)
	}
	return who.May(b.Permission)
}

// Delegate records a delegation that CheckDelegate has allowed. A later one takes
// an earlier one's place.
func (b *Ballot) Delegate(who Actor, r DelegationRequest, at time.Time) Delegation {
	d := Delegation{From: r.from(who), To: r.To, By: who.Person, At: at}
	b.Delegations = slices.DeleteFunc(b.Delegations, func(o Delegation) bool { return o.From == d.From })
	if d.To != d.From {
		b.Delegations = append(b.Delegations, d)
	}
	b.Refresh()
	return d
}

// Deputies are the delegations in force on this record: its own, and the standing
// ones of whoever has none of their own.
func (b *Ballot) Deputies() []Delegation {
	all := slices.Clone(b.Delegations)
	if o := b.Opening; o != nil {
		for _, d := range o.Deputies {
			if b.delegateOf(d.From) == "" {
				all = append(all, d)
			}
		}
	}
	return slices.DeleteFunc(all, func(d Delegation) bool { return !b.standsIn(d) })
}

// PrincipalsOf are those whom somebody may decide for in the open stage.
func (b *Ballot) PrincipalsOf(id PersonID) (all []PersonID) {
	waiting := b.Waiting()
	for _, d := range b.Deputies() {
		if d.To == id && slices.Contains(waiting, d.From) {
			all = append(all, d.From)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// standsIn reports whether a delegation gives its deputy a say: not to the
// requester, nor to whoever has one of their own, nor where they are kept out.
func (b *Ballot) standsIn(d Delegation) bool {
	panels := b.panelsOf(d.From)
	return d.To != b.Requester && len(b.panelsOf(d.To)) == 0 &&
		(len(panels) == 0 || slices.ContainsFunc(panels, func(p *Panel) bool { return !b.keepsOut(p, d.To) }))
}

// circle reports whether what from hands to somebody would come back.
func (b *Ballot) circle(from, to PersonID) bool {
	for range b.Delegations {
		if to = b.delegateOf(to); to == from || to == "" {
			break
		}
	}
	return to == from
}

// delegateOf is to whom somebody delegated this record.
func (b *Ballot) delegateOf(id PersonID) PersonID {
	for _, d := range b.Delegations {
		if d.From == id {
			return d.To
		}
	}
	return ""
}
