package page

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// raising is the form by which records of a kind begin: the way in when Slack is down.
type raising struct {
	act    act
	home   string          // where the list of its kind is
	leave  string          // what the link there says
	may    itsm.Permission // what it takes
	known  []string        // what the form's address may say of it beforehand
	fields func(b book.Book, said form) []field
}

// address is where the form is.
func (k *raising) address() string { return k.home + "/" + k.act.path }

// mount hangs the form on an engine.
func (k *raising) mount(r gin.IRouter, d *Door) {
	r.GET(k.address(), d.signedIn(string(k.act.of), func(v visit) { d.raiseForm(v, k) }))
	r.POST(k.address(), d.signedIn("page.raise", func(v visit) { d.raise(v, k) }))
}

// raiseForm shows the form.
func (d *Door) raiseForm(v visit, k *raising) {
	if err := v.who.May(k.may); err != nil {
		d.refuse(v, string(k.act.of), err)
		return
	}
	b, err := d.book(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	said := form{}
	for _, name := range k.known {
		said[name] = v.Query(name)
	}
	d.showRaise(v, k, b, said, nil)
}

// raise puts a record on file, and leads to its page.
func (d *Door) raise(v visit, k *raising) {
	if err := v.form.check(false); err != nil {
		d.refuse(v, "page.raise", err)
		return
	}
	r, err := d.perform(v, "", k.act)
	if err == nil {
		d.lead(v, k.act, r)
		return
	}
	b, bookErr := d.book(v)
	if e := refusal(err); e.Kind == itsm.Unauthenticated || bookErr != nil {
		d.answer(v, err)
		return
	}
	d.showRaise(v, k, b, v.form, d.tried(v, k.act, err))
}

func (d *Door) showRaise(v visit, k *raising, b book.Book, said form, tried *trial) {
	o := newOffer(k.act, k.address(), v.session)
	o.Fields = k.fields(b, said)
	o.fill(k.act, tried)
	f := frame{
		Title: k.act.label, Me: b.Name(b.Me), CSRF: v.session.CSRF, Zone: b.Zone.String(), Here: k.home,
		Main: "sheet", Body: sheet{Back: k.home, Leave: k.leave, Form: o},
	}
	d.showSheet(v, f, o, tried)
}

// incidentRaising is how an incident is reported.
var incidentRaising = &raising{
	act: act{
		path: "new", of: itsm.ActIncidentRaise, label: "Report an incident", button: "Report it", tone: "yes",
		intro: "Say what does not work. What you do not know, leave as it is: whoever is on call for the service finds out.",
		done:  "It is reported.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.RaiseIncident(ctx, a.who, readIncident(a.form))
		},
	},
	home: "/incidents", leave: "Back to the incidents", may: itsm.RaiseIncidents, known: []string{"service", "follows"}, fields: incidentFields,
}

func readIncident(f form) itsm.IncidentDraft {
	d := itsm.IncidentDraft{Impact: itsm.Degree(f["impact"]), Urgency: itsm.Degree(f["urgency"])}
	d.Title, d.Description, d.Category = f["title"], f["description"], f["category"]
	d.Service, d.Follows = itsm.ServiceID(f["service"]), typedNumber(f["follows"])
	return d
}

func incidentFields(b book.Book, said form) []field {
	fields := []field{
		{Name: "title", Label: "What does not work", Kind: "line", Required: true, Max: itsm.MaxTitle},
		{Name: "service", Label: "Which service", Kind: "choice", Required: true, Options: serviceOptions(b, said["service"])},
		{Name: "impact", Label: "Impact: how much of the business it stops", Kind: "choice", Options: unknown(degrees(""))},
		{Name: "urgency", Label: "Urgency: how soon that hurts", Kind: "choice", Options: unknown(degrees(""))},
		textField("description", "What you see, since when, and what you tried", "", false),
		{Name: "category", Label: "Category, if you use them", Hint: "A word, such as network.", Kind: "line", Max: maxCategory},
	}
	return goesOn(fields, said, "A closed incident.")
}

// goesOn adds the record that a new one follows, where the form's address says one.
func goesOn(fields []field, said form, hint string) []field {
	if said["follows"] != "" {
		fields = append(fields, field{Name: "follows", Label: "Goes on from", Hint: hint, Kind: "line", Value: said["follows"], Max: maxNumber})
	}
	return fields
}

// problemRaising is how a problem is recorded.
var problemRaising = &raising{
	act: act{
		path: "new", of: itsm.ActProblemRaise, label: "Record a problem", button: "Record it", tone: "yes",
		intro: "Say what keeps going wrong. A problem manager looks at it, and somebody looks for its root cause.",
		done:  "It is recorded.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.RaiseProblem(ctx, a.who, readProblem(a.form))
		},
	},
	home: "/problems", leave: "Back to the problems", may: itsm.RaiseProblems, known: []string{"service", "incidents", "follows"}, fields: problemFields,
}

func readProblem(f form) itsm.ProblemDraft {
	d := itsm.ProblemDraft{Impact: itsm.Degree(f["impact"]), Urgency: itsm.Degree(f["urgency"])}
	d.Title, d.Description, d.Category = f["title"], f["description"], f["category"]
	d.Service, d.Follows = itsm.ServiceID(f["service"]), typedNumber(f["follows"])
	for _, n := range strings.FieldsFunc(f["incidents"], func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' }) {
		d.Incidents = append(d.Incidents, typedNumber(n))
	}
	if f["pattern/symptom"] != "" {
		d.Pattern = &itsm.Pattern{Service: d.Service, Symptom: f["pattern/symptom"]}
	}
	return d
}

func problemFields(b book.Book, said form) []field {
	fields := []field{
		{Name: "title", Label: "What keeps going wrong", Kind: "line", Required: true, Max: itsm.MaxTitle},
		{Name: "service", Label: "Of which service", Kind: "choice", Required: true, Options: serviceOptions(b, said["service"])},
		{Name: "incidents", Label: "In which incidents", Hint: "Their numbers, such as INC-42, INC-57.", Kind: "line", Value: said["incidents"], Max: maxIncidents},
		{Name: "impact", Label: "Impact: how much of the business it stops", Kind: "choice", Options: unknown(degrees(""))},
		{Name: "urgency", Label: "Urgency: how soon that hurts", Kind: "choice", Options: unknown(degrees(""))},
		textField("description", "What is known of it", "", false),
		{Name: "category", Label: "Category, if you use them", Hint: "A word, such as network.", Kind: "line", Max: maxCategory},
		{Name: "pattern/symptom", Label: "The symptom of its incidents, if they share one", Hint: "By it Steward knows that it came back.", Kind: "line", Max: itsm.MaxTitle},
	}
	return goesOn(fields, said, "A problem that is over.")
}

// correctiveRaising is how a nonconformity is recorded.
var correctiveRaising = &raising{
	act: act{
		path: "new", of: itsm.ActCorrectiveRaise, label: "Raise a corrective action", button: "Raise it", tone: "yes",
		intro: "Say what is not as it has to be. Its owner finds out why, plans what takes the cause away, and somebody else says whether that helped.",
		done:  "It is raised.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.RaiseCorrective(ctx, a.who, readCorrective(a.form))
		},
	},
	home: "/corrective-actions", leave: "Back to the corrective actions", may: itsm.RaiseCorrective, known: []string{"service", "source"}, fields: correctiveFields,
}

func readCorrective(f form) itsm.CorrectiveDraft {
	d := itsm.CorrectiveDraft{Severity: itsm.Severity(f["severity"]), Owner: itsm.PersonID(f["owner"])}
	d.Title, d.Nonconformity, d.Correction = f["title"], f["nonconformity"], f["correction"]
	d.Service, d.Source = itsm.ServiceID(f["service"]), typedNumber(f["source"])
	return d
}

func correctiveFields(b book.Book, said form) []field {
	severities := words(itsm.Severities)
	for n := range severities {
		severities[n].Chosen = severities[n].Value == string(itsm.SeverityMinor)
	}
	owners := able(b, itsm.WorkOnCorrective, func(itsm.PersonID) bool { return true })
	owners[0].Words = "Whoever owns the service"
	return []field{
		{Name: "title", Label: "What is not as it has to be", Kind: "line", Required: true, Max: itsm.MaxTitle},
		{Name: "service", Label: "Of which service", Kind: "choice", Required: true, Options: serviceOptions(b, said["service"])},
		textField("nonconformity", "Which requirement is not fulfilled, and how that shows", "", true),
		textField("correction", "What was done at once", "", false),
		{Name: "severity", Label: "How much it matters", Kind: "choice", Required: true, Options: severities},
		{Name: "owner", Label: "Who is to act on it", Kind: "choice", Options: owners},
		{Name: "source", Label: "The record that it comes from", Hint: "Such as PRB-42; empty: none.", Kind: "line", Value: said["source"], Max: maxNumber},
	}
}

// maxCategory is how long a category may be, in characters; maxIncidents is how long
// the numbers of as many incidents as a problem is raised with are, with blanks.
const (
	maxCategory  = 64
	maxIncidents = itsm.MaxProblemIncidents * (maxNumber + 2)
)

func unknown(all []option) []option { return append([]option{{Words: "I do not know"}}, all...) }

func serviceOptions(b book.Book, chosen string) []option {
	all := []option{nobodyYet}
	for _, s := range b.Services {
		all = append(all, option{Value: string(s.ID), Words: s.Name, Chosen: string(s.ID) == chosen})
	}
	return all
}
