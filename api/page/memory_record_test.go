package page

import (
	"context"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// records are those of all kinds that somebody may see, in the order of their numbers.
func (m *memory) records(who desk.Caller) (all []itsm.Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.changes {
		if c.CheckRead(who.Actor) == nil {
			all = append(all, c.Record(who.Actor, m.now))
		}
	}
	for _, i := range m.incidents {
		if i.CheckRead(who.Actor) == nil {
			all = append(all, i.Record(who.Actor, m.now))
		}
	}
	for _, p := range m.problems {
		if p.CheckRead(who.Actor) == nil {
			all = append(all, p.Record(who.Actor, m.now))
		}
	}
	for _, s := range m.suppliers {
		if s.CheckRead(who.Actor) == nil {
			all = append(all, s.Record(who.Actor, m.now))
		}
	}
	for _, c := range m.contracts {
		if c.CheckRead(who.Actor) == nil {
			all = append(all, c.Record(who.Actor, m.now))
		}
	}
	for _, r := range m.reviews {
		if r.CheckRead(who.Actor) == nil {
			all = append(all, r.Record(who.Actor, m.now))
		}
	}
	slices.SortFunc(all, func(a, b itsm.Record) int { return strings.Compare(string(a.Number), string(b.Number)) })
	return all
}

func (m *memory) Waiting(_ context.Context, who desk.Caller) ([]itsm.Record, error) {
	return slices.DeleteFunc(m.records(who), func(r itsm.Record) bool {
		return r.ClosedAt != nil || !slices.Contains(r.WaitsFor, who.Person) && !slices.ContainsFunc(r.Roles, who.Is)
	}), m.fail
}

func (m *memory) Records(_ context.Context, who desk.Caller, list desk.RecordList) (page desk.RecordPage, err error) {
	m.listed++
	page.Items = slices.DeleteFunc(m.records(who), func(r itsm.Record) bool {
		soon := func() bool {
			ends := m.now.AddDate(0, 0, 7)
			return r.StartsAt != nil && r.StartsAt.After(m.now) && r.StartsAt.Before(ends) || r.Due != nil && r.Due.After(m.now) && r.Due.Before(ends)
		}
		return list.Late && !r.Late || list.Week && (r.ClosedAt != nil || !soon())
	})
	if len(page.Items) > list.Limit {
		page.Items, page.Next = page.Items[:list.Limit], "more"
	}
	return page, m.fail
}

func (m *memory) Search(_ context.Context, who desk.Caller, r itsm.SearchRequest, _ int) (found desk.Found, err error) {
	if err := r.Check(); err != nil {
		return found, err
	}
	found.Items = slices.DeleteFunc(m.records(who), func(o itsm.Record) bool {
		fits := strings.Contains(strings.ToLower(string(o.Number)+" "+o.Title), strings.ToLower(r.Words))
		return !fits || r.Kind != "" && r.Kind != o.Kind || r.Open && o.ClosedAt != nil
	})
	return found, m.fail
}

func (m *memory) Graph(_ context.Context, who desk.Caller, n itsm.Number, _ int) (g itsm.Graph, err error) {
	all := m.records(who)
	g.Of = n
	add := func(number itsm.Number) {
		at := slices.IndexFunc(all, func(r itsm.Record) bool { return r.Number == number })
		if at >= 0 && !slices.ContainsFunc(g.Nodes, func(r itsm.Record) bool { return r.Number == number }) {
			g.Nodes = append(g.Nodes, all[at])
		}
	}
	add(n)
	for _, r := range m.related(n) {
		add(r.From)
		add(r.To)
		g.Edges = append(g.Edges, itsm.NewEdge(r))
	}
	return g, m.fail
}
