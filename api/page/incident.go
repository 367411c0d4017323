package page

import (
	"context"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// incident is the page of one incident.
type incident struct {
	*record

	Incident    itsm.Incident
	Clocks      []book.Gauge
	Calls       []itsm.Call // the newest first
	Suggestions []suggestion
}

// suggestion is a change that may have caused an incident, with the form to say so;
// nil: the reader cannot.
type suggestion struct {
	itsm.Change

	Link *offer
}

// lookAtIncident reads an incident, and what its clocks have measured.
func (d *Door) lookAtIncident(v visit, r *record) (err error) {
	i, ctx := &incident{record: r}, v.Request.Context()
	if i.Incident, err = d.desk.Incident(ctx, v.who, r.Number); err != nil {
		return err
	}
	r.of, r.template = i, "incident"
	r.Title, r.Revision = i.Incident.Title, i.Incident.Revision
	if r.Book, err = d.book(v); err != nil {
		return err
	}
	clocks, err := d.desk.IncidentClocks(ctx, v.who, r.Number)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		i.Clocks = append(i.Clocks, r.Gauge(c))
	}
	i.Calls = slices.Clone(i.Incident.Escalation.Calls)
	slices.Reverse(i.Calls)
	return i.suggest(ctx, d.desk, v)
}

// suggest reads which changes may have caused the incident. Of what is over, nobody
// looks for the cause here any more.
func (i *incident) suggest(ctx context.Context, at counter, v visit) error {
	if i.Incident.State.Final() {
		return nil
	}
	changes, err := at.IncidentSuggestions(ctx, v.who, i.Number)
	for _, c := range changes {
		if !i.causedBy(c.Number) {
			i.Suggestions = append(i.Suggestions, suggestion{Change: c})
		}
	}
	return err
}

func (i *incident) causedBy(n itsm.Number) bool {
	return slices.ContainsFunc(i.Incident.Relations, func(r itsm.Relation) bool { return r.Kind == itsm.CausedBy && r.To == n })
}

// suits leaves progress to those who work on incidents, and the answer that one waits
// for to its reporter.
func (i *incident) suits(a act) bool {
	switch a.path {
	case "update":
		return i.who.May(itsm.WorkOnIncidents) == nil
	case "reply":
		h := i.Incident.Hold
		return h != nil && h.Reason == itsm.AwaitingCaller && i.Me == i.Incident.Reporter
	}
	return true
}

// offered adds to the suggestions the forms that the reader is offered.
func (i *incident) offered() {
	link, _ := incidentPages.act("link")
	if !i.can(link) {
		return
	}
	for n := range i.Suggestions {
		to := i.Suggestions[n].Number
		a := link
		a.quick, a.label = true, "It was caused by this"
		o := newOffer(a, pathOf(i.Number)+"/link", i.session)
		o.ID += "-" + string(to)
		o.Fields = []field{
			{Name: "kind", Kind: "hidden", Value: string(itsm.CausedBy)}, {Name: "to", Kind: "hidden", Value: string(to)},
		}
		i.Suggestions[n].Link = &o
	}
}

// sheet is nothing: no form of an incident has a page of its own.
func (*incident) sheet(itsm.Act) []field { return nil }

// choose adds a field, with what is so now and with whom and what it may name.
func (i *incident) choose(o *offer, f field) {
	is := &i.Incident
	switch f.Kind {
	case "doers":
		f.Kind, f.Options = "choice", able(i.Book, itsm.WorkOnIncidents, func(id itsm.PersonID) bool { return id != is.Assignee })
		f.Options[0].Words = "Nobody yet"
	case "teams":
		f.Kind, f.Options = "choice", i.otherTeams()
	case "directions":
		f.Kind, f.Options = "choice", directions(is.Escalation.Policy != "")
	case "impact":
		f.Kind, f.Options = "choice", degrees(is.Impact)
	case "urgency":
		f.Kind, f.Options = "choice", degrees(is.Urgency)
	case "override":
		f.Kind, f.Options = "choice", overrides(is)
	case "parent":
		f.Kind, f.Value = "line", string(is.Parent)
	}
	o.Fields = append(o.Fields, f)
}

// otherTeams are those that it could be handed to. The desk tells of teams only which
// of them have a service.
func (i *incident) otherTeams() []option {
	all := []option{{Words: "It stays with " + string(i.Incident.Team)}}
	for _, t := range i.Teams() {
		if t != i.Incident.Team {
			all = append(all, option{Value: string(t), Words: string(t)})
		}
	}
	return all
}

// directions are whither it can be escalated; to the next level where there are levels.
func directions(levels bool) []option {
	all := []option{
		nobodyYet,
		{Value: string(itsm.EscalateNext), Words: "the next level on call"},
		{Value: string(itsm.EscalateTeam), Words: "another team, which has it from now on"},
		{Value: string(itsm.EscalateManager), Words: "those who answer for it"},
	}
	if !levels {
		all = slices.Delete(all, 1, 2)
	}
	return all
}

func degrees(now itsm.Degree) (all []option) {
	for _, d := range itsm.Degrees {
		o := option{Value: string(d), Words: string(d), Chosen: d == now}
		if o.Chosen {
			o.Words += " (now)"
		}
		all = append(all, o)
	}
	return all
}

func overrides(i *itsm.Incident) []option {
	all := []option{{Words: "as impact and urgency make it"}}
	for _, p := range itsm.Priorities {
		all = append(all, option{Value: string(p), Words: string(p) + ", whatever they are", Chosen: i.Override != nil && i.Override.Priority == p})
	}
	return all
}

// maxNumber is how long a record's number may be.
const maxNumber = 14

// typedNumber is a record's number as people type it.
func typedNumber(text string) itsm.Number {
	return itsm.Number(strings.ToUpper(strings.TrimSpace(text)))
}
