package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

// The signals between incidents. They say nothing but that there is something to
// look at in the record book: whoever can send one can make nobody do anything.
const (
	ParentMoved     = "parent.moved"
	ChildrenChanged = "children.changed"
)

// family is what an incident has to do for its parent and its children.
type family struct {
	announced itsm.Number // the parent that knows of it
	parent    itsm.Number // that it has by now
	look      bool        // at what its parent did
	children  bool        // it has, or had, some
	news      bool        // for them

	problems []itsm.Number // that have news for it
}

// looks reports whether there is anything to do.
func (f *family) looks() bool {
	return f.look || f.parent != f.announced || (f.children && f.news) || len(f.problems) > 0
}

// moved takes note of what an event means for the others.
func (f *family) moved(e itsm.Event) {
	f.news = f.news || e.From != e.To
	if e.Kind == itsm.EventIncidentParent {
		f.parent, f.look = e.Detail.Parent, e.Detail.Parent != ""
	}
}

// hear listens to the rest of the family.
func (p *incident) hear(ctx workflow.Context) {
	p.hears(ctx, ParentMoved, func() { p.family.look = p.Parent != "" })
	p.hears(ctx, ChildrenChanged, func() { p.family.children, p.family.news = true, true })
	hears(ctx, ProblemMoved, func(n itsm.Number) {
		if n.Of("PRB") && !slices.Contains(p.family.problems, n) {
			p.family.problems = append(p.family.problems, n)
		}
	})
}

func (p *incident) hears(ctx workflow.Context, signal string, heard func()) {
	workflow.Go(ctx, func(ctx workflow.Context) {
		for workflow.GetSignalChannel(ctx, signal).Receive(ctx, nil) {
			heard()
		}
	})
}

// meet does what is to be done for the family, once what it is to read is saved.
func (p *incident) meet(ctx workflow.Context) error {
	if err := workflow.Await(ctx, func() bool { return len(p.saving) == 0 }); err != nil {
		return err
	}
	f := &p.family
	switch {
	case f.parent != f.announced:
		f.announced = f.parent
		if f.parent != "" {
			signal(ctx, f.parent, ChildrenChanged)
		}
		return nil
	case f.look:
		f.look = false
		return p.followParent(ctx)
	case len(f.problems) > 0:
		n := f.problems[0]
		f.problems = f.problems[1:]
		return p.hearOf(ctx, n)
	default:
		f.news = false
		return p.tellChildren(ctx)
	}
}

// followParent does what the parent did, as it is recorded.
func (p *incident) followParent(ctx workflow.Context) error {
	var parent itsm.Incident
	if err := do(ctx, "Look at "+string(p.Parent), a.ReadIncident, p.Parent).Get(ctx, &parent); err != nil {
		return err
	}
	for { // it may have gone two steps since its child looked last
		e, follows := p.Follow(&parent, workflow.Now(ctx))
		if !follows {
			return nil
		}
		p.happened(ctx, system, e)
	}
}

func (p *incident) tellChildren(ctx workflow.Context) error {
	var children []itsm.Number
	if err := do(ctx, "Look for its children", a.IncidentChildren, p.Number).Get(ctx, &children); err != nil {
		return err
	}
	for _, child := range children {
		signal(ctx, child, ParentMoved)
	}
	return nil
}

// signal tells another process to look. One that has ended has nothing to do.
func signal(ctx workflow.Context, to itsm.Number, what string) {
	_ = workflow.SignalExternalWorkflow(ctx, string(to), "", what, nil).Get(ctx, nil)
}
