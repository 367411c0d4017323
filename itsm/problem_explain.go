package itsm

import (
	"slices"
	"time"
)

// ActsFor is what one person can do at an instant, of what Explain offers.
func (p *Problem) ActsFor(who Actor, at time.Time) []Act {
	return slices.DeleteFunc(p.Explain().Acts, func(a Act) bool { return p.try(a, who, at) != nil })
}

// anyProblem is none that there is.
const anyProblem = "PRB-9999999999"

// try asks the rules whether somebody may do a thing, were it well-formed.
func (p *Problem) try(a Act, who Actor, at time.Time) error {
	switch a { //nolint:exhaustive // those of a problem
	case ActAccept:
		return p.CheckAccept(who, Acceptance{})
	case ActDecline:
		return p.CheckDecline(who, NoteRequest{Note: "why"})
	case ActMerge:
		return p.CheckMerge(who, MergeRequest{Into: anyProblem, Note: "why"})
	case ActProblemAssign:
		return p.CheckAssign(who, Assignment{Assignee: "anybody"})
	case ActProblemRelate:
		return p.CheckRelate(who, RelateRequest{Kind: Related, To: anyProblem})
	case ActProblemComment:
		return p.CheckComment(who, CommentRequest{Text: "what"}, Talk{})
	case ActTask:
		return p.CheckTask(who, p.someTask())
	case ActRootCause:
		return p.CheckRootCause(who, RootCauseRequest{Method: FiveWhys, Cause: &Claim{Text: "what", Evidence: []Evidence{{Note: "seen"}}}})
	case ActWorkaround:
		return p.CheckWorkaround(who, WorkaroundRequest{Symptoms: "what", Workaround: "how", Risk: "none", VerifiedBy: "anybody"})
	case ActPublish:
		return p.CheckPropose(who, NoteRequest{})
	case ActProblemDecide:
		return p.Ballot().CheckTry(who)
	case ActCommunicate:
		return p.CheckCommunicate(who, NoteRequest{})
	case ActFix:
		return p.CheckFixable(who)
	}
	return p.tryEnding(a, who, at)
}

func (p *Problem) tryEnding(a Act, who Actor, at time.Time) error {
	switch a { //nolint:exhaustive // ditto
	case ActAcceptRisk:
		terms := ProblemTerms{Policy: DefaultProblemPolicy}
		return p.CheckAcceptRisk(who, RiskRequest{Note: "why", ExpiresAt: at.Add(time.Hour)}, terms, at)
	case ActProblemConfirm:
		return p.CheckConfirm(who, NoteRequest{Note: "why"})
	case ActReview:
		return p.CheckReview(who, ReviewRequest{WentWell: "what", WentWrong: "what"})
	case ActProblemClose:
		return p.CheckClose(who, NoteRequest{})
	case ActProblemReopen:
		return p.CheckReopen(who, NoteRequest{Note: "why"})
	case ActProblemCancel:
		return p.CheckCancel(who, Cancellation{Note: "why"})
	}
	return NoSuchRecord(p.Number)
}

// someTask is an act on a task that can be done: another one is given out, or else one
// that there is is dropped.
func (p *Problem) someTask() TaskRequest {
	r := TaskRequest{Title: "?", Owner: "anybody"}
	if len(p.Tasks) < MaxTasks && p.Tasks.with(r) <= MaxTaskText {
		return r
	}
	if n := slices.IndexFunc(p.Tasks, func(t Task) bool { return t.State == TaskOpen }); n >= 0 {
		r = TaskRequest{ID: p.Tasks[n].ID, State: TaskDropped}
	}
	return r
}

// acts are what whoever answers for problems can do to one as it stands, the most
// likely first.
func (p *Problem) acts() []Act {
	task := p.someTask()
	not := map[Act]bool{ //nolint:exhaustive // those that its state alone does not decide
		ActTask:          task.ID == 0 && (len(p.Tasks) >= MaxTasks || p.Tasks.with(task) > MaxTaskText),
		ActProblemRelate: len(p.Relations) >= MaxProblemLinks,
		ActProblemReopen: p.Reopens >= MaxProblemReopens,
		ActProblemClose:  p.State == ProblemResolved && p.Major && p.Review == nil,
	}
	return slices.DeleteFunc(p.actsOf(), func(a Act) bool { return not[a] })
}

// actsOf are those that its state has.
func (p *Problem) actsOf() []Act {
	always := []Act{ActTask, ActProblemAssign, ActProblemRelate, ActProblemComment}
	var here []Act
	switch p.State {
	case ProblemNew, ProblemClosed, ProblemDeclined, ProblemMerged, ProblemCancelled:
		return []Act{}
	case ProblemCandidate:
		return []Act{ActAccept, ActDecline, ActMerge, ActProblemRelate, ActProblemComment}
	case ProblemLogged:
		return []Act{ActAccept, ActDecline, ActMerge, ActProblemRelate, ActProblemComment, ActProblemCancel}
	case ProblemInvestigating, ProblemReopened:
		here = []Act{ActRootCause, ActWorkaround, ActAcceptRisk, ActMerge, ActProblemCancel}
	case ProblemRootCauseKnown:
		here = []Act{ActWorkaround, ActFix, ActRootCause, ActAcceptRisk, ActMerge, ActProblemCancel}
	case ProblemKnownError:
		here = []Act{ActFix, ActWorkaround, ActRootCause, ActAcceptRisk, ActMerge, ActProblemCancel}
	case ProblemFixPlanned:
		here = []Act{ActWorkaround, ActFix}
	case ProblemFixDeployed: // for no time at all
	case ProblemWatched:
		here = []Act{ActProblemConfirm, ActReview, ActProblemReopen}
	case ProblemResolved:
		here = []Act{ActProblemClose, ActReview, ActProblemReopen}
	case ProblemRiskAccepted:
		here = []Act{ActProblemReopen, ActProblemClose}
	}
	return append(append(p.publishing(), here...), always...)
}

// publishing are the acts on the known error, as it stands.
func (p *Problem) publishing() (all []Act) {
	if b := p.Ballot(); b.Awaiting {
		all = append(all, ActProblemDecide)
	}
	if k := p.Published; k != nil && k.State == KnownErrorPublished && k.Told < k.Version {
		all = append(all, ActCommunicate)
	}
	known := p.RootCause != nil && p.RootCause.Known && (p.Worked() || p.State == ProblemFixPlanned)
	if k := p.KnownError; known && k != nil && k.State == KnownErrorDraft {
		all = append(all, ActPublish)
	}
	return all
}

// Explain explains a problem as it stands.
func (p *Problem) Explain() Explanation {
	e := Explanation{
		Number: p.Number, State: State(p.State), Since: p.Since, Clocks: p.Clocks,
		WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: p.acts(),
	}
	p.explain(&e)
	if b := p.Ballot(); b.Awaiting && !p.State.Final() {
		summary, waits, progress := b.Explain()
		e.Summary += " Its known error is to be published: " + lowered(summary)
		e.Approval = progress
		for _, id := range waits {
			if !slices.Contains(e.WaitsFor, id) {
				e.WaitsFor = append(e.WaitsFor, id)
			}
		}
	}
	e.forecast(p.deadlines())
	return e
}

// lowered begins a sentence as the rest of another one.
func lowered(s string) string {
	if s == "" || s[0] < 'A' || s[0] > 'Z' {
		return s
	}
	return string(s[0]+'a'-'A') + s[1:]
}

// explain says where it stands, and for whom it waits.
func (p *Problem) explain(e *Explanation) {
	switch p.State {
	case ProblemNew:
		e.Summary = "It is being recorded and classified."
	case ProblemCandidate:
		e.Summary, e.Roles = "Steward proposes it ("+p.Trigger.because()+"). It waits for a problem manager to accept it, decline it or merge it.", []Role{ProblemManager}
	case ProblemLogged:
		e.Summary, e.Roles = "It waits for a problem manager to accept it, decline it or merge it.", []Role{ProblemManager}
	case ProblemInvestigating:
		e.Summary = "Its coordinator looks for its root cause."
		p.awaitsCoordinator(e)
	case ProblemReopened:
		e.Summary = "It was reopened; its coordinator looks for its root cause anew."
		p.awaitsCoordinator(e)
	case ProblemRootCauseKnown:
		e.Summary = "Its root cause is known. It waits for a workaround to be published, or for a fix to be planned."
		p.awaitsCoordinator(e)
	case ProblemKnownError:
		e.Summary = "It is a known error with a published workaround. It waits for a fix to be planned."
		p.awaitsCoordinator(e)
	case ProblemFixPlanned:
		e.Summary = "It waits for " + string(p.Fix.Change) + ", which is to fix it, to be carried out."
	case ProblemFixDeployed:
		e.Summary = "Its fix was carried out, and is going to be watched."
	case ProblemWatched:
		e.Summary = "Its fix was carried out, and is watched: an incident of it reopens it."
	case ProblemResolved:
		e.Summary, e.Roles = "Its fix has held. It waits for a problem manager to close it.", []Role{ProblemManager}
		if p.Major && p.Review == nil {
			e.Summary = "Its fix has held. It is a major problem, and waits to be reviewed before it is closed."
			p.awaitsCoordinator(e)
		}
	case ProblemRiskAccepted:
		e.Summary = "Its risk is accepted for a while: " + p.Risk.Reason
	case ProblemClosed, ProblemDeclined, ProblemMerged, ProblemCancelled:
		e.Summary = p.ended()
	}
}

func (p *Problem) awaitsCoordinator(e *Explanation) {
	if e.WaitsFor = []PersonID{p.Coordinator}; p.Coordinator == "" {
		e.WaitsFor, e.Roles = []PersonID{}, []Role{ProblemManager}
	}
}

func (t ProblemTrigger) because() string {
	switch t { //nolint:exhaustive // those that Steward proposes for
	case TriggeredByPriority:
		return "an incident of the highest priority"
	case TriggeredByChange:
		return "a change that failed"
	default:
		return "incidents that are alike"
	}
}

func (p *Problem) ended() string {
	switch {
	case p.State == ProblemDeclined:
		return "It was declined: it is no problem."
	case p.State == ProblemMerged:
		return "It was merged into " + string(p.MergedInto) + ", where it goes on."
	case p.State == ProblemCancelled:
		return "It was cancelled."
	case p.Ending == EndedRiskAccepted:
		return "It was closed with its risk accepted."
	default:
		return "It was fixed, the fix has held, and it is closed."
	}
}
