package page

import (
	"fmt"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// problem is the page of one problem.
type problem struct {
	*record

	Problem itsm.Problem
	Use     itsm.KnownErrorUse // of its known error
	Clocks  []book.Gauge
}

// lookAtProblem reads a problem, and how often its known error helped.
func (d *Door) lookAtProblem(v visit, r *record) error {
	b, err := d.desk.ProblemBook(v.Request.Context(), v.who, r.Number)
	if err != nil {
		return err
	}
	p := &problem{record: r, Problem: b.Problem, Use: b.Use}
	r.of, r.template = p, "problem"
	r.Title, r.Revision, r.service = b.Problem.Title, b.Problem.Revision, b.Problem.Service
	if k := b.Problem.KnownError; k != nil {
		r.ContentHash = k.Hash()
	}
	if r.Book, err = d.book(v); err != nil {
		return err
	}
	for _, c := range b.Problem.Clocks {
		p.Clocks = append(p.Clocks, r.Stage(c))
	}
	return nil
}

// Cause is its root cause as this page's reader sees it.
func (p *problem) Cause() cause { return p.cause(p.Problem.RootCause) }

// Tasks are its tasks as this page's reader sees them.
func (p *problem) Tasks() tasks { return tasks{p.record, p.Problem.Tasks} }

// known is a version of a known error as the page shows it.
type known struct {
	itsm.KnownError

	Name  string
	Shown bool // to people who look for it
}

// Known are the known error as people are shown it, or were, and as it was written
// since.
func (p *problem) Known() (all []known) {
	public, last := p.Problem.Published, p.Problem.KnownError
	if public != nil {
		all = append(all, known{*public, "Known error, version " + fmt.Sprint(public.Version), public.State == itsm.KnownErrorPublished})
	}
	if last != nil && (public == nil || last.State == itsm.KnownErrorDraft || last.State == itsm.KnownErrorProposed) {
		all = append(all, known{*last, "Known error, " + itsm.State(last.State).Words(), false})
	}
	return all
}

// open are the tasks that somebody still has to do.
func (p *problem) open() []option { return openTasks(p.Problem.Tasks) }

// suits leaves out what came of a task where there is none to be done.
func (p *problem) suits(a act) bool { return a.path != "result" || len(p.open()) > 1 }

// offered is nothing: all forms of a problem stand where those of every record do.
func (*problem) offered() {}

// choose adds a field, with what is so now and with whom it may name.
func (p *problem) choose(o *offer, f field) {
	is := &p.Problem
	switch f.Kind {
	case "coordinators":
		f.Kind, f.Options = "choice", able(p.Book, itsm.WorkOnProblems, func(id itsm.PersonID) bool { return id != is.Coordinator })
	case "doers":
		f.Kind, f.Options = "choice", able(p.Book, itsm.WorkOnProblems, func(itsm.PersonID) bool { return true })
	case "teams":
		f.Kind, f.Options = "choice", p.otherTeams(is.Team)
	case "impact":
		f.Kind, f.Options = "choice", degrees(is.Impact)
	case "urgency":
		f.Kind, f.Options = "choice", degrees(is.Urgency)
	case "tasks":
		f.Kind, f.Options = "choice", p.open()
	}
	o.Fields = append(o.Fields, f)
}
