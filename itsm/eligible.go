package itsm

import "slices"

// panelsOf are the panels of the open stage that a person may decide in.
func (b *Ballot) panelsOf(id PersonID) (panels []*Panel) {
	o := b.Opening
	if o == nil {
		return nil
	}
	for i := range o.Panels {
		if slices.Contains(o.Panels[i].seats(b), id) {
			panels = append(panels, &o.Panels[i])
		}
	}
	return panels
}

// admits reports whether somebody who was named still holds what they were named for.
func (b *Ballot) admits(p *Panel, who Principal) bool {
	as := p.Who
	switch {
	case slices.Contains(p.Named, who.Person):
	case slices.Contains(p.Managers, who.Person):
		as = Group{Role: b.Manager}
	default:
		as = p.Backup
	}
	return who.may(b.Permission) && as.holds(who)
}

// holds reports whether somebody is of the group. Those whom it names are, as
// long as they may decide at all.
func (g Group) holds(who Principal) bool {
	switch {
	case g.Role != "":
		return slices.Contains(who.Roles, g.Role)
	case g.Team != "":
		return slices.Contains(who.Teams, g.Team)
	default:
		return true
	}
}

// hears reports whether a vote counts in a panel: whoever gives it for another must
// not be one whom the panel keeps out.
func (b *Ballot) hears(p *Panel, who Actor) bool {
	return b.admits(p, who.principal()) && (who.For == nil || !b.keepsOut(p, who.Person))
}

// keepsOut reports whether a panel's exclusions keep somebody out.
func (b *Ballot) keepsOut(p *Panel, id PersonID) bool {
	return id == b.Requester || (p.NotDoer && id == b.Assignee) || (p.NotTwice && b.approvedEarlier(id))
}

func (b *Ballot) approvedEarlier(id PersonID) bool {
	return slices.ContainsFunc(b.Decisions, func(d Decision) bool {
		return d.Verdict == Approve && d.Stage < b.Opening.Stage && (d.By == id || d.Principal() == id)
	})
}

// bar keeps a vote out of the panels that it does not count in: one who was named
// in two and has left one of them decides in the other, and one who only comes to
// a panel later has not decided in it, or time would approve.
func (b *Ballot) bar(who Actor) {
	o, id := b.Opening, who.principal().Person
	for i := range o.Panels {
		p := &o.Panels[i]
		if !slices.Contains(slices.Concat(p.Named, p.Backups, p.Managers), id) {
			continue
		}
		if !slices.Contains(p.seats(b), id) || !b.hears(p, who) {
			p.Barred = append(slices.Clone(p.Barred), id)
		}
	}
}

// unbar is for when that vote is taken back.
func (o *Opening) unbar(id PersonID) {
	for i := range o.Panels {
		p := &o.Panels[i]
		p.Barred = slices.DeleteFunc(slices.Clone(p.Barred), func(b PersonID) bool { return b == id })
	}
}

// notDoers are those whose approval stands where whoever carries the record out has
// no say.
func (b *Ballot) notDoers() []PersonID {
	ids := slices.Clone(b.NotDoers)
	for _, d := range b.Votes() {
		if d.Verdict == Approve && slices.ContainsFunc(b.panelsOf(d.Principal()), func(p *Panel) bool { return p.NotDoer && p.counts(d.Principal()) }) {
			ids = append(ids, d.By, d.Principal())
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// seated are all who have a say in the stage so far.
func (o *Opening) seated() (ids []PersonID) {
	for _, p := range o.Panels {
		ids = append(ids, p.Named...)
		if p.Reach != ReachNamed {
			ids = append(ids, p.Backups...)
		}
		if p.Reach == ReachManagers {
			ids = append(ids, p.Managers...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
