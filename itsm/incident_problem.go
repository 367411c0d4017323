package itsm

import (
	"slices"
	"time"
)

// Workaround is what helps for now with what an incident is of: the known error of a
// problem, in one of its versions.
type Workaround struct {
	Problem Number `json:"problem"`
	Version int    `json:"version"`
	Text    string `json:"text,omitempty"`
}

// ProblemNews is what an incident has to know of a problem, as that is recorded.
type ProblemNews struct {
	Problem    Number        `json:"problem"`
	Covers     []Number      `json:"covers,omitempty"` // problems that were merged into it
	Linked     bool          `json:"linked,omitempty"` // the incident is one of it
	Ending     ProblemEnding `json:"ending,omitempty"` // empty: it goes on
	Workaround *Workaround   `json:"workaround,omitempty"`
}

// News is what the problem has to tell an incident, that is one of it or is not.
func (p *Problem) News(linked bool) ProblemNews {
	n := ProblemNews{Problem: p.Number, Covers: p.Absorbed, Linked: linked, Ending: p.Ending}
	if p.State == ProblemRiskAccepted {
		n.Ending = EndedRiskAccepted
	}
	if k := p.Published; k != nil && k.State == KnownErrorPublished && k.Told == k.Version {
		n.Workaround = &Workaround{Problem: p.Number, Version: k.Version, Text: k.Workaround}
	}
	return n
}

// Hear does what follows from the news of a problem: what waits for it goes on or is
// resolved, once it ended; and whoever is at it is told of the workaround, once for
// each version, so that nobody else is called. It is not ok when nothing follows.
func (i *Incident) Hear(n ProblemNews, at time.Time) (e Event, ok bool) {
	if w := n.Workaround; w != nil && n.Linked && i.Open() && i.heard(w.Problem) < w.Version {
		i.Workarounds = slices.DeleteFunc(slices.Clone(i.Workarounds), func(o Workaround) bool { return o.Problem == w.Problem })
		i.Workarounds = append(i.Workarounds, Workaround{Problem: w.Problem, Version: w.Version})
		i.Escalation.quiet()
		return Event{Kind: EventWorkaroundHeard, From: State(i.State), Detail: &Detail{Workaround: w}}, true
	}
	h := i.Hold
	if h == nil || h.Reason != AwaitingProblem || n.Ending == "" || (h.For != n.Problem && !slices.Contains(n.Covers, h.For)) {
		return e, false
	}
	switch n.Ending {
	case EndedMerged: // it waits for what that was merged into
		return e, false
	case EndedFixed:
		e = i.Resolve(Actor{Person: System}, ResolveRequest{Code: ResolvedFixed, Note: "The fix of " + string(n.Problem) + ", which it waited for, has held."}, at)
	case EndedRiskAccepted, EndedDeclined, EndedCancelled:
		e = i.Resume(NoteRequest{Note: "It waited for " + string(n.Problem) + ", which is " + State(n.Ending).Words() + "."}, at)
	}
	if e.Detail == nil {
		e.Detail = &Detail{}
	}
	e.Detail.Problem = n.Problem
	return e, true
}

// heard is the version of a problem's workaround that it was told of; 0: of none.
func (i *Incident) heard(problem Number) int {
	w, _ := find(i.Workarounds, func(o Workaround) bool { return o.Problem == problem })
	return w.Version
}

// ApplyRequest says whose workaround is applied.
type ApplyRequest struct {
	KnownError Number `json:"known_error"` // the number of its problem
}

// CheckApply refuses a workaround of nothing, and one that is applied already.
func (i *Incident) CheckApply(who Actor, r ApplyRequest) error {
	var f faults
	if !r.KnownError.Of("PRB") {
		f.add("/known_error", "must be the number of a known error's problem, such as PRB-42")
	}
	if err := f.refuse("known_error.invalid", "This known error"); err != nil {
		return err
	}
	if err := i.checkWorker(who); err != nil {
		return err
	}
	switch {
	case slices.ContainsFunc(i.Relations, func(o Relation) bool { return o.Kind == Applies && o.To == r.KnownError }):
		return Refuse(Conflict, "incident.applied", "%s applies the workaround of %s already.", i.Number, r.KnownError)
	case len(i.Relations) >= MaxRelations:
		return Refuse(Conflict, "incident.too_many_links", "%s has %d links, and takes no more.", i.Number, MaxRelations)
	}
	return nil
}

// CheckKnown refuses a known error that is not published, or that the actor cannot see:
// p is nil then.
func (r ApplyRequest) CheckKnown(p *Problem) error {
	var f faults
	switch {
	case p == nil:
		f.unseen("/known_error")
	case p.Published == nil || p.Published.State != KnownErrorPublished:
		f.add("/known_error", "has no workaround that is published")
	}
	return f.refuse("known_error.invalid", "This known error")
}

// Apply takes note that a workaround is applied: it belongs to that problem, and the
// known error is counted.
func (i *Incident) Apply(who Actor, r ApplyRequest, at time.Time) Event {
	e := Event{Kind: EventWorkaroundApplied, From: State(i.State)}
	i.answered(who.Person, at)
	e.Detail = &Detail{Relation: i.relate(Applies, r.KnownError, who, at), Workaround: &Workaround{Problem: r.KnownError}}
	return e
}
