package page

import (
	"context"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// raising is the form by which an incident is reported: the way in when Slack is down.
var raising = act{
	path: "new", of: itsm.ActIncidentRaise, label: "Report an incident", button: "Report it", tone: "yes",
	intro: "Say what does not work. What you do not know, leave as it is: whoever is on call for the service finds out.",
	done:  "It is reported.",
	do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
		return at.RaiseIncident(ctx, a.who, readIncident(a.form))
	},
}

func readIncident(f form) itsm.IncidentDraft {
	d := itsm.IncidentDraft{Impact: itsm.Degree(f["impact"]), Urgency: itsm.Degree(f["urgency"])}
	d.Title, d.Description, d.Category = f["title"], f["description"], f["category"]
	d.Service, d.Follows = itsm.ServiceID(f["service"]), typedNumber(f["follows"])
	return d
}

// raiseForm shows the form. Its address may say which service it is about, and which
// closed incident it goes on from.
func (d *Door) raiseForm(v visit) {
	if err := v.who.May(itsm.RaiseIncidents); err != nil {
		d.refuse(v, string(itsm.ActIncidentRaise), err)
		return
	}
	b, err := d.book(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	d.showRaise(v, b, v.Query("service"), v.Query("follows"), nil)
}

// raise reports an incident, and leads to its page.
func (d *Door) raise(v visit) {
	if err := v.form.check(false); err != nil {
		d.refuse(v, "page.raise", err)
		return
	}
	r, err := d.perform(v, "", raising)
	if err == nil {
		d.lead(v, raising, r)
		return
	}
	b, bookErr := d.book(v)
	if e := refusal(err); e.Kind == itsm.Unauthenticated || bookErr != nil {
		d.answer(v, err)
		return
	}
	d.showRaise(v, b, v.form["service"], v.form["follows"], d.tried(v, raising, err))
}

func (d *Door) showRaise(v visit, b book.Book, service, follows string, tried *trial) {
	o := newOffer(raising, incidentPages.home+"/new", v.session)
	o.Fields = raiseFields(b, service, follows)
	o.fill(raising, tried)
	f := frame{
		Title: raising.label, Me: b.Name(b.Me), CSRF: v.session.CSRF, Zone: b.Zone.String(), Here: incidentPages.home,
		Main: "sheet", Body: sheet{Back: incidentPages.home, Form: o},
	}
	d.showSheet(v, f, o, tried)
}

func raiseFields(b book.Book, service, follows string) []field {
	fields := []field{
		{Name: "title", Label: "What does not work", Kind: "line", Required: true, Max: itsm.MaxTitle},
		{Name: "service", Label: "Which service", Kind: "choice", Required: true, Options: serviceOptions(b, service)},
		{Name: "impact", Label: "Impact: how much of the business it stops", Kind: "choice", Options: unknown(degrees(""))},
		{Name: "urgency", Label: "Urgency: how soon that hurts", Kind: "choice", Options: unknown(degrees(""))},
		textField("description", "What you see, since when, and what you tried", "", false),
		{Name: "category", Label: "Category, if you use them", Hint: "A word, such as network.", Kind: "line", Max: maxCategory},
	}
	if follows != "" {
		fields = append(fields, field{Name: "follows", Label: "Goes on from", Hint: "A closed incident.", Kind: "line", Value: follows, Max: maxNumber})
	}
	return fields
}

// maxCategory is how long a category may be, in characters.
const maxCategory = 64

func unknown(all []option) []option { return append([]option{{Words: "I do not know"}}, all...) }

func serviceOptions(b book.Book, chosen string) []option {
	all := []option{nobodyYet}
	for _, s := range b.Services {
		all = append(all, option{Value: string(s.ID), Words: s.Name, Chosen: string(s.ID) == chosen})
	}
	return all
}
