package page

import (
	"context"
	"net/url"
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
	Known       []remedy
	Raise       string // where a problem of it is recorded; empty: the reader cannot
}

// remedy is a known error that may be what an incident is of, with the form to apply
// its workaround; nil: the reader cannot.
type remedy struct {
	itsm.KnownErrorFound

	Applied bool
	Apply   *offer
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
	r.Title, r.Revision, r.service = i.Incident.Title, i.Incident.Revision, i.Incident.Service
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
	if v.who.May(problemRaising.may) == nil {
		asked := url.Values{"incidents": {string(r.Number)}, "service": {string(i.Incident.Service)}}
		i.Raise = problemRaising.address() + "?" + asked.Encode()
	}
	if err := i.suggest(ctx, d.desk, v); err != nil {
		return err
	}
	return i.remember(ctx, d.desk, v)
}

// remember reads which known errors the incident may be of.
func (i *incident) remember(ctx context.Context, at counter, v visit) error {
	if i.Incident.State.Final() {
		return nil
	}
	found, err := at.IncidentKnownErrors(ctx, v.who, i.Number)
	for _, k := range found {
		i.Known = append(i.Known, remedy{KnownErrorFound: k, Applied: i.relates(itsm.Applies, k.Problem)})
	}
	return err
}

// Told reports whether the people of the incident were told of a workaround.
func (i *incident) Told(problem itsm.Number) bool {
	return slices.ContainsFunc(i.Incident.Workarounds, func(w itsm.Workaround) bool { return w.Problem == problem })
}

// suggest reads which changes may have caused the incident. Of what is over, nobody
// looks for the cause here any more.
func (i *incident) suggest(ctx context.Context, at counter, v visit) error {
	if i.Incident.State.Final() {
		return nil
	}
	changes, err := at.IncidentSuggestions(ctx, v.who, i.Number)
	for _, c := range changes {
		if !i.relates(itsm.CausedBy, c.Number) {
			i.Suggestions = append(i.Suggestions, suggestion{Change: c})
		}
	}
	return err
}

func (i *incident) relates(kind itsm.RelationKind, n itsm.Number) bool {
	return slices.ContainsFunc(i.Incident.Relations, func(r itsm.Relation) bool { return r.Kind == kind && r.To == n })
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

// offered adds to the suggestions and the known errors the forms that the reader is
// offered.
func (i *incident) offered() {
	link, _ := incidentPages.act("link")
	for n := range i.Suggestions {
		to := string(i.Suggestions[n].Number)
		i.Suggestions[n].Link = i.press(link, "It was caused by this", to,
			field{Name: "kind", Kind: "hidden", Value: string(itsm.CausedBy)}, field{Name: "to", Kind: "hidden", Value: to})
	}
	apply, _ := incidentPages.act("apply")
	for n := range i.Known {
		if k := &i.Known[n]; !k.Applied {
			of := string(k.Problem)
			k.Apply = i.press(apply, "Apply it", of, field{Name: "known_error", Kind: "hidden", Value: of})
		}
	}
}

// press is an act as one button that says all by itself; nil: the reader is not
// offered it.
func (i *incident) press(a act, label, on string, fields ...field) *offer {
	if !i.can(a) {
		return nil
	}
	a.quick, a.label = true, label
	o := newOffer(a, pathOf(i.Number)+"/"+a.path, i.session)
	o.ID += "-" + on
	o.Fields = fields
	return &o
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
		f.Kind, f.Options = "choice", i.otherTeams(i.Incident.Team)
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
