package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// The signals between a problem and other records. They say nothing but which record
// there is to look at in the record book: whoever can send one can make nobody do
// anything.
const (
	ProblemMoved  = "problem.moved"  // to an incident: of which problem
	ProblemMerged = "problem.merged" // to a problem: which other is merged into it
	ChangeAwaited = "change.awaited" // to a change: which record waits for it to end
	ChangeEnded   = "change.ended"   // to who waited: which change
)

// others is what a problem has to do with other records.
type others struct {
	Awaited itsm.Number   `json:"awaited,omitempty"` // the change that knows that it is waited for
	Look    bool          `json:"look,omitempty"`    // at what became of the change
	Await   itsm.Number   `json:"await,omitempty"`   // the change that it has to wait for
	News    bool          `json:"news,omitempty"`    // for its incidents
	Into    itsm.Number   `json:"into,omitempty"`    // the problem that is to be told that it was merged into it
	Merged  []itsm.Number `json:"merged,omitempty"`  // problems that say that they were merged into it
}

// looks reports whether there is anything to do.
func (o *others) looks() bool {
	return o.Look || o.Await != o.Awaited || o.News || o.Into != "" || len(o.Merged) > 0
}

// moved takes note of what an event means for other records.
func (o *others) moved(p *problem, e itsm.Event) {
	o.Await = ""
	if p.State == itsm.ProblemFixPlanned {
		o.Await = p.Fix.Change
	}
	switch e.Kind { //nolint:exhaustive // the others concern nobody else
	case itsm.EventWorkaroundTold, itsm.EventProblemClosed, itsm.EventProblemDeclined, itsm.EventProblemCancelled,
		itsm.EventRiskAccepted, itsm.EventWatchPassed, itsm.EventFixConfirmed, itsm.EventProblemAbsorbed:
		o.News = true
	case itsm.EventProblemLinked:
		o.News = p.Published != nil && p.Published.Told > 0
	case itsm.EventProblemMerged:
		o.Into = p.MergedInto
	}
}

// hear listens to changes that it waits for, and to problems that were merged into it.
func (p *problem) hear(ctx workflow.Context) {
	for _, s := range p.signals() {
		hears(ctx, s.name, s.heard)
	}
}

// signalled is a signal, and what it makes one do.
type signalled struct {
	name  string
	heard func(itsm.Number)
}

func (p *problem) signals() []signalled {
	return []signalled{
		{ChangeEnded, func(n itsm.Number) { p.others.Look = p.others.Look || n == p.others.Await }},
		{ProblemMerged, p.absorbs},
	}
}

func (p *problem) absorbs(n itsm.Number) {
	if n.Of("PRB") && !slices.Contains(p.others.Merged, n) && !slices.Contains(p.Absorbed, n) {
		p.others.Merged = append(p.others.Merged, n)
	}
}

// hears listens to a signal that names a record.
func hears(ctx workflow.Context, signal string, heard func(itsm.Number)) {
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var n itsm.Number
			if !workflow.GetSignalChannel(ctx, signal).Receive(ctx, &n) {
				return
			}
			heard(n)
		}
	})
}

// meet does what is to be done with other records, once what they are to read is saved.
func (p *problem) meet(ctx workflow.Context) error {
	if err := workflow.Await(ctx, func() bool { return len(p.saving) == 0 }); err != nil {
		return err
	}
	o := &p.others
	switch {
	case o.Await != o.Awaited:
		o.Awaited = o.Await
		if o.Await != "" {
			tellOf(ctx, o.Await, ChangeAwaited, p.Number)
			o.Look = true // it may have ended before
		}
		return nil
	case o.Look:
		o.Look = false
		return p.lookAtFix(ctx)
	case len(o.Merged) > 0:
		n := o.Merged[0]
		o.Merged = o.Merged[1:]
		return p.takeUp(ctx, n)
	case o.Into != "":
		into := o.Into
		o.Into = ""
		return p.goInto(ctx, into)
	default:
		o.News = false
		return p.spread(ctx)
	}
}

// lookAtFix does what follows from the change that it waits for, as that is recorded.
func (p *problem) lookAtFix(ctx workflow.Context) error {
	if p.Fix == nil {
		return nil
	}
	var change itsm.Change
	if err := do(ctx, "Look at "+string(p.Fix.Change), a.ReadFix, p.Fix.Change).Get(ctx, &change); err != nil {
		return err
	}
	if e, follows := p.FixEnded(&change, p.terms, workflow.Now(ctx)); follows {
		p.happened(ctx, system, e)
	}
	return nil
}

// takeUp takes up what another problem led to that was merged into this one.
func (p *problem) takeUp(ctx workflow.Context, n itsm.Number) error {
	if p.MergedInto != "" { // whoever took this one up takes that up
		tellOf(ctx, p.MergedInto, ProblemMerged, n)
		return nil
	}
	var other itsm.Problem
	if err := do(ctx, "Look at "+string(n), a.ReadProblem, n).Get(ctx, &other); err != nil {
		return err
	}
	if e, follows := p.Absorb(&other, workflow.Now(ctx)); follows {
		p.happened(ctx, system, e)
	}
	return nil
}

// goInto tells the problem that this one was merged into. One that was itself merged
// meanwhile cannot hear it: then it is the one which took that up.
func (p *problem) goInto(ctx workflow.Context, into itsm.Number) error {
	if tellOf(ctx, into, ProblemMerged, p.Number) {
		return nil
	}
	var other itsm.Problem
	if err := do(ctx, "Look at "+string(into), a.ReadProblem, into).Get(ctx, &other); err != nil {
		return err
	}
	if other.MergedInto != p.Number {
		p.others.Into = other.MergedInto
	}
	return nil
}

// spread tells its incidents that there is something to look at.
func (p *problem) spread(ctx workflow.Context) error {
	var incidents []itsm.Number
	if err := do(ctx, "Look for its incidents", a.ProblemIncidents, p.Number).Get(ctx, &incidents); err != nil {
		return err
	}
	for _, n := range incidents {
		tellOf(ctx, n, ProblemMoved, p.Number)
	}
	return nil
}

// finish is what is left to do for others once it is over, and saved.
func (p *problem) finish(ctx workflow.Context) error {
	for p.others.looks() {
		if err := p.meet(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tellOf tells another process of a record to look at, and reports whether it runs: one
// that has ended has nothing to do.
func tellOf(ctx workflow.Context, to itsm.Number, signal string, of itsm.Number) bool {
	return workflow.SignalExternalWorkflow(ctx, string(to), "", signal, of).Get(ctx, nil) == nil
}

// hearOf does what follows for an incident from a problem, as that is recorded.
func (p *incident) hearOf(ctx workflow.Context, problem itsm.Number) error {
	var news itsm.ProblemNews
	ask := activities.ProblemNews{Incident: p.Number, Problem: problem}
	if err := do(ctx, "Look at "+string(problem), a.ReadProblemNews, ask).Get(ctx, &news); err != nil {
		return err
	}
	for {
		e, follows := p.Hear(news, workflow.Now(ctx))
		if !follows {
			return nil
		}
		p.happened(ctx, system, e)
	}
}
