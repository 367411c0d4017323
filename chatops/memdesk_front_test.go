package chatops

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// recordsOf are all records that somebody may see, newest first.
func (d *memDesk) recordsOf(who desk.Caller) (all []itsm.Record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.changes {
		if c.CheckRead(who.Actor) == nil {
			all = append(all, c.Record(who.Actor, d.now()))
		}
	}
	for _, i := range d.incidents {
		if i.CheckRead(who.Actor) == nil {
			all = append(all, i.Record(who.Actor, d.now()))
		}
	}
	for _, p := range d.problems {
		if p.CheckRead(who.Actor) == nil {
			all = append(all, p.Record(who.Actor, d.now()))
		}
	}
	for _, c := range d.corrective {
		if c.CheckRead(who.Actor) == nil {
			all = append(all, c.Record(who.Actor, d.now()))
		}
	}
	all = append(all, d.suppliedFor(who)...)
	slices.SortFunc(all, func(a, b itsm.Record) int {
		return cmp.Or(b.RaisedAt.Compare(a.RaisedAt), cmp.Compare(a.Number, b.Number))
	})
	return all
}

func (d *memDesk) Waiting(ctx context.Context, who desk.Caller) ([]itsm.Record, error) {
	if err := d.trouble(ctx, "Waiting"); err != nil {
		return nil, err
	}
	changes, err := d.WaitingChanges(ctx, who)
	if err != nil {
		return nil, err
	}
	incidents, err := d.WaitingIncidents(ctx, who)
	if err != nil {
		return nil, err
	}
	problems, err := d.WaitingProblems(ctx, who)
	if err != nil {
		return nil, err
	}
	actions, err := d.WaitingCorrective(ctx, who)
	if err != nil {
		return nil, err
	}
	waits := map[itsm.Number]bool{}
	for _, r := range d.recordsOf(who) {
		if d.suppliedWaits(who, r) {
			waits[r.Number] = true
		}
	}
	for _, c := range actions {
		waits[c.Number] = true
	}
	for _, c := range changes {
		waits[c.Number] = true
	}
	for _, i := range incidents {
		waits[i.Number] = true
	}
	for _, p := range problems {
		waits[p.Number] = true
	}
	all := slices.DeleteFunc(d.recordsOf(who), func(r itsm.Record) bool { return !waits[r.Number] })
	slices.SortStableFunc(all, func(a, b itsm.Record) int {
		switch {
		case a.Due == nil || b.Due == nil:
			return boolOrder(a.Due == nil) - boolOrder(b.Due == nil)
		default:
			return a.Due.Compare(*b.Due)
		}
	})
	return all, nil
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (d *memDesk) Records(ctx context.Context, who desk.Caller, list desk.RecordList) (page desk.RecordPage, err error) {
	if err := d.trouble(ctx, "Records"); err != nil {
		return page, err
	}
	for _, r := range d.recordsOf(who) {
		switch {
		case list.Kind != "" && r.Kind != list.Kind, list.State != "" && r.State != list.State, list.Open && r.ClosedAt != nil, list.Late && !r.Late:
		case list.Mine && r.Reporter != who.Person, list.Assigned && r.Assignee != who.Person:
		default:
			page.Items = append(page.Items, r)
		}
	}
	if len(page.Items) > list.Limit {
		page.Items, page.Next = page.Items[:list.Limit], "more"
	}
	return page, nil
}

func (d *memDesk) Search(ctx context.Context, who desk.Caller, r itsm.SearchRequest, limit int) (found desk.Found, err error) {
	if err := d.trouble(ctx, "Search"); err != nil {
		return found, err
	}
	if err := r.Check(); err != nil {
		return found, err
	}
	for _, one := range d.recordsOf(who) {
		if strings.Contains(strings.ToLower(string(one.Number)+" "+one.Title), strings.ToLower(r.Words)) {
			found.Items = append(found.Items, one)
		}
	}
	if found.More = len(found.Items) > limit; found.More {
		found.Items = found.Items[:limit]
	}
	return found, nil
}

// Graph is what an incident says of others, one step far.
func (d *memDesk) Graph(ctx context.Context, who desk.Caller, n itsm.Number, depth int) (g itsm.Graph, err error) {
	if err := d.trouble(ctx, "Graph"); err != nil {
		return g, err
	}
	if depth < 0 || depth > itsm.MaxGraphDepth {
		return g, itsm.Refuse(itsm.Invalid, "graph.depth", "The depth must be from 1 to %d.", itsm.MaxGraphDepth)
	}
	all := d.recordsOf(who)
	at := slices.IndexFunc(all, func(r itsm.Record) bool { return r.Number == n })
	if at < 0 {
		return g, itsm.NoSuchRecord(n)
	}
	g = itsm.Graph{Of: n, Nodes: []itsm.Record{all[at]}}
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := d.incidents[n]; i != nil {
		for _, rel := range i.Relations {
			if to := slices.IndexFunc(all, func(r itsm.Record) bool { return r.Number == rel.To }); to >= 0 {
				g.Nodes, g.Edges = append(g.Nodes, all[to]), append(g.Edges, itsm.NewEdge(rel))
			}
		}
	}
	return g, nil
}
