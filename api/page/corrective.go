package page

import (
	"slices"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// corrective is the page of one corrective action.
type corrective struct {
	*record

	Corrective itsm.CorrectiveAction
	Clocks     []book.Gauge
}

// lookAtCorrective reads a corrective action.
func (d *Door) lookAtCorrective(v visit, r *record) error {
	c, err := d.desk.CorrectiveAction(v.Request.Context(), v.who, r.Number)
	if err != nil {
		return err
	}
	p := &corrective{record: r, Corrective: c}
	r.of, r.template = p, "corrective"
	r.Title, r.Revision = c.Title, c.Revision
	if c.Plan != nil {
		r.ContentHash = c.Plan.Hash()
	}
	if r.Book, err = d.book(v); err != nil {
		return err
	}
	for _, clock := range c.Clocks {
		p.Clocks = append(p.Clocks, r.Stage(clock))
	}
	return nil
}

// Cause is its root cause as this page's reader sees it.
func (p *corrective) Cause() cause { return p.cause(p.Corrective.RootCause) }

// Tasks are the steps of its plans as this page's reader sees them.
func (p *corrective) Tasks() tasks { return tasks{p.record, p.Corrective.Steps} }

// open are the steps that somebody still has to do.
func (p *corrective) open() []option { return openTasks(p.Corrective.Steps) }

// suits leaves out what came of a step where there is none to be done.
func (p *corrective) suits(a act) bool { return a.of != itsm.ActStep || len(p.open()) > 1 }

// offered is nothing: all forms stand where those of every record do.
func (*corrective) offered() {}

// choose adds a field, with what is so now and with whom it may name.
func (p *corrective) choose(o *offer, f field) {
	is := &p.Corrective
	switch f.Kind {
	case "owners":
		f.Kind, f.Options = "choice", able(p.Book, itsm.WorkOnCorrective, func(id itsm.PersonID) bool { return id != is.Owner })
	case "doers":
		f.Kind, f.Options = "choice", able(p.Book, itsm.WorkOnCorrective, func(itsm.PersonID) bool { return true })
	case "teams":
		f.Kind, f.Options = "choice", p.otherTeams(is.Team)
	case "tasks":
		f.Kind, f.Options = "choice", p.open()
	}
	o.Fields = append(o.Fields, f)
}

// Judged says whether it was effective.
func (p *corrective) Judged() string {
	if p.Corrective.Verification.Effective {
		return "effective"
	}
	return "not effective"
}

// steps are those of the plan as it was written last, and as many empty ones as a form
// has room for.
func (p *corrective) steps() []itsm.PlanStep {
	var written []itsm.PlanStep
	if p.Corrective.Plan != nil {
		written = slices.Clone(p.Corrective.Plan.Steps)
	}
	room := min(max(len(written)+roomForSteps, leastSteps), itsm.MaxPlanSteps)
	return append(written, make([]itsm.PlanStep, room-len(written))...)
}

// How many steps a plan's form has room for beyond those that were written, and at
// least.
const (
	roomForSteps = 3
	leastSteps   = 8
)
