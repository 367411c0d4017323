package itsm

import (
	"fmt"
	"slices"
	"time"
)

// Bounds on a problem.
const (
	MaxProblemIncidents = 100 // that a problem is raised with
	MaxProblemLinks     = 500
	MaxProblemReopens   = 20
)

// Pattern is what incidents of a problem have in common: all that it says. It is how
// a recurrence is known.
type Pattern struct {
	Service  ServiceID `json:"service,omitempty"`
	Category string    `json:"category,omitempty"`
	Symptom  string    `json:"symptom,omitempty"`
	Item     string    `json:"item,omitempty"`
}

// Check refuses a draft that cannot become a problem, naming every fault in it
// (8.6.3 c: recorded and classified).
func (d *ProblemDraft) Check() error {
	var f faults
	f.line("/title", d.Title, MaxTitle)
	f.line("/service", string(d.Service), maxWord)
	f.text("/description", d.Description, MaxText)
	f.optionalLine("/category", d.Category, maxWord)
	f.degree("/impact", d.Impact)
	f.degree("/urgency", d.Urgency)
	if d.Trigger != "" {
		oneOf(&f, "/trigger", d.Trigger, ProblemTriggers)
	}
	if (d.Trigger == TriggeredByTrend) != (d.Trend != nil && d.Trend.ID != "") {
		f.add("/trend", "is of what is proposed for a trend, and of nothing else")
	}
	if p := d.Pattern; p != nil {
		f.optionalLine("/pattern/service", string(p.Service), maxWord)
		f.optionalLine("/pattern/category", p.Category, maxWord)
		f.optionalLine("/pattern/symptom", p.Symptom, MaxTitle)
		f.optionalLine("/pattern/item", p.Item, maxName)
		if *p == (Pattern{}) {
			f.add("/pattern", "says nothing; leave it out, or say what the incidents have in common")
		}
	}
	f.atMost("/incidents", len(d.Incidents), MaxProblemIncidents)
	named := seen{}
	for n, i := range d.Incidents[:min(len(d.Incidents), MaxProblemIncidents)] {
		at := fmt.Sprintf("/incidents/%d", n)
		if !i.Of("INC") {
			f.add(at, "must be an incident's number, such as INC-42")
		} else if first, again := named.mark(string(i), at); again {
			f.add(at, "is already at %s", first)
		}
	}
	if d.Change != "" && !d.Change.Of("CHG") {
		f.add("/change", "must be a change's number, such as CHG-42")
	}
	if d.Follows != "" && !d.Follows.Of("PRB") {
		f.add("/follows", "must be a problem's number, such as PRB-42")
	}
	return f.refuse("problem.invalid", "This problem")
}

// CheckRaise refuses whoever may not raise it: what Steward finds in the record book,
// Steward alone proposes.
func (d *ProblemDraft) CheckRaise(who Actor) error {
	if err := who.May(RaiseProblems); err != nil {
		return err
	}
	if d.Trigger.Proposed() && !who.Is(Monitor) {
		return Refuse(Forbidden, "actor.permission", "Only Steward itself proposes a problem for that; raise it by hand.")
	}
	return d.Check()
}

// CheckRaiseProblem refuses a draft for a service that is not there or not the actor's
// to see.
func (c *Catalog) CheckRaiseProblem(who Actor, d ProblemDraft) error {
	var f faults
	if s, ok := c.Service(d.Service); !ok || s.hidden(who) {
		f.add("/service", "names no service that you can see")
	}
	return f.refuse("problem.invalid", "This problem")
}

// CheckIncidents refuses incidents that the actor cannot see.
func (d *ProblemDraft) CheckIncidents(sees func(Number) (bool, error)) error {
	var f faults
	for n, of := range append(slices.Clone(d.Incidents), d.Change) {
		if of == "" { // no change failed
			continue
		}
		seen, err := sees(of)
		if err != nil {
			return err
		}
		if !seen && n < len(d.Incidents) {
			f.unseen(fmt.Sprintf("/incidents/%d", n))
		} else if !seen {
			f.unseen("/change")
		}
	}
	return f.refuse("problem.invalid", "This problem")
}

// CheckFollows refuses a draft that goes on from what is not closed, or from what the
// actor cannot see: before is nil then.
func (d *ProblemDraft) CheckFollows(before *Problem) error {
	var f faults
	switch {
	case before == nil:
		f.unseen("/follows")
	case !before.State.Final():
		f.add("/follows", "must be over; %s is %s", before.Number, before.State.Words())
	}
	return f.refuse("problem.invalid", "This problem")
}

// CheckRead hides a restricted record from those it does not concern.
func (p *Problem) CheckRead(who Actor) error {
	if err := who.May(ReadProblems); err != nil {
		return err
	}
	if p.Restricted && !p.concerns(who) {
		return NoSuchRecord(p.Number)
	}
	return nil
}

func (p *Problem) concerns(who Actor) bool {
	return KindProblem.SeesAll(who) || who.Person == p.Reporter || who.Person == p.Owner ||
		who.Person == p.Coordinator || slices.Contains(p.Publication.Asked, who.Person) || slices.Contains(who.Teams, p.Team)
}

// checkWorker refuses whoever may not work on problems, and what is over.
func (p *Problem) checkWorker(who Actor) error { return p.checkWith(who, WorkOnProblems) }

func (p *Problem) checkManager(who Actor) error { return p.checkWith(who, ManageProblems) }

func (p *Problem) checkWith(who Actor, need Permission) error {
	if err := who.May(need); err != nil {
		return err
	}
	switch {
	case p.State == ProblemNew: // not recorded yet
		return NoSuchRecord(p.Number)
	case p.State.Final():
		return p.over()
	}
	return nil
}

func (p *Problem) over() error {
	switch p.State { //nolint:exhaustive // those that are over
	case ProblemMerged:
		return Refuse(Conflict, "problem.merged", "%s was merged into %s; go on there.", p.Number, p.MergedInto)
	case ProblemClosed:
		return Refuse(Conflict, "problem.closed", "%s is closed, for good. Raise another that follows it.", p.Number)
	}
	return Refuse(Conflict, "problem.over", "%s is %s already.", p.Number, p.State.Words())
}

// notNow refuses what does not fit the state.
func (p *Problem) notNow(when string) error {
	return Refuse(Conflict, "problem.not_now", "%s is %s; %s.", p.Number, p.State.Words(), when)
}

// Acceptance takes a problem up: somebody coordinates it from now on.
type Acceptance struct {
	Coordinator PersonID `json:"coordinator,omitempty"` // empty: whoever accepts it
	Team        TeamID   `json:"team,omitempty"`        // empty: its service's
	Category    string   `json:"category,omitempty"`
	Impact      Degree   `json:"impact,omitempty"` // empty: as it is
	Urgency     Degree   `json:"urgency,omitempty"`
	Major       *bool    `json:"major,omitempty"` // whether it is reviewed before it is closed; nil: as it is
	Note        string   `json:"note,omitempty"`
}

// CheckAccept refuses to take up what was assessed already.
func (p *Problem) CheckAccept(who Actor, r Acceptance) error {
	var f faults
	f.optionalLine("/coordinator", string(r.Coordinator), maxName)
	f.optionalLine("/team", string(r.Team), maxName)
	f.optionalLine("/category", r.Category, maxWord)
	f.degree("/impact", r.Impact)
	f.degree("/urgency", r.Urgency)
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("acceptance.invalid", "This acceptance"); err != nil {
		return err
	}
	return p.checkAssessor(who)
}

// checkAssessor lets those who answer for problems say what is one.
func (p *Problem) checkAssessor(who Actor) error {
	if err := p.checkManager(who); err != nil {
		return err
	}
	if !p.Unassessed() {
		return Refuse(Conflict, "problem.assessed", "%s was assessed already; it is %s.", p.Number, p.State.Words())
	}
	return nil
}

// CheckDecline refuses to decline without a reason, or what was assessed.
func (p *Problem) CheckDecline(who Actor, r NoteRequest) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("decline.invalid", "This"); err != nil {
		return err
	}
	return p.checkAssessor(who)
}

// MergeRequest says into which problem this one goes.
type MergeRequest struct {
	Into Number `json:"into"`
	Note string `json:"note"`
}

// CheckMerge refuses to merge into itself, and what waits for its fix.
func (p *Problem) CheckMerge(who Actor, r MergeRequest) error {
	var f faults
	switch {
	case !r.Into.Of("PRB"):
		f.add("/into", "must be a problem's number, such as PRB-42")
	case r.Into == p.Number:
		f.add("/into", "is the problem itself")
	}
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("merge.invalid", "This merge"); err != nil {
		return err
	}
	if err := p.checkManager(who); err != nil {
		return err
	}
	if !p.State.CanBecome(ProblemMerged) {
		return p.notNow("what waits for its fix, or was fixed, is not merged")
	}
	return nil
}

// CheckInto refuses a target that cannot take this one up: what the actor cannot see,
// nil then, and what is over.
func (p *Problem) CheckInto(into *Problem) error {
	var f faults
	switch {
	case into == nil:
		f.unseen("/into")
	case into.State.Final():
		f.add("/into", "is %s already", into.State.Words())
	case len(into.Relations)+len(into.lacks(p)) > MaxProblemLinks:
		f.add("/into", "would have more than %d links then", MaxProblemLinks)
	}
	return f.refuse("merge.invalid", "This merge")
}

// CheckAssign refuses an assignment to nobody, or to whom it is assigned.
func (p *Problem) CheckAssign(who Actor, r Assignment) error {
	var f faults
	f.optionalLine("/assignee", string(r.Assignee), maxName)
	f.optionalLine("/team", string(r.Team), maxName)
	f.text("/note", r.Note, MaxNote)
	if r.Assignee == "" && r.Team == "" {
		f.add("/assignee", "is needed, or a team")
	}
	if err := f.refuse("assignment.invalid", "This assignment"); err != nil {
		return err
	}
	if err := p.checkWorker(who); err != nil {
		return err
	}
	switch {
	case p.Unassessed():
		return p.notNow("whoever accepts it says who coordinates it")
	case (r.Assignee == "" || r.Assignee == p.Coordinator) && (r.Team == "" || r.Team == p.Team):
		return Refuse(Conflict, "problem.assigned", "%s is assigned so already.", p.Number)
	}
	return nil
}

// FixRequest says which change is to fix it.
type FixRequest struct {
	Change Number `json:"change"`
}

// CheckFix refuses a fix of what nobody knows the cause of (PRB-04).
func (p *Problem) CheckFix(who Actor, r FixRequest) error {
	var f faults
	if !r.Change.Of("CHG") {
		f.add("/change", "must be a change's number, such as CHG-42")
	}
	if err := f.refuse("fix.invalid", "This fix"); err != nil {
		return err
	}
	if err := p.CheckFixable(who); err != nil {
		return err
	}
	if p.State == ProblemFixPlanned && p.Fix.Change == r.Change {
		return Refuse(Conflict, "problem.fix_planned", "%s waits for %s already.", p.Number, p.Fix.Change)
	}
	return nil
}

// CheckFixable refuses to plan a fix now. One that is planned gives way to another.
func (p *Problem) CheckFixable(who Actor) error {
	if err := p.checkWorker(who); err != nil {
		return err
	}
	if p.State != ProblemFixPlanned && !p.State.CanBecome(ProblemFixPlanned) {
		return p.notNow("a fix is planned once its root cause is known")
	}
	return nil
}

// CheckFixedBy refuses a change that ended and was not successful, and one that the
// actor cannot see: change is nil then.
func (r FixRequest) CheckFixedBy(change *Change) error {
	var f faults
	switch {
	case change == nil:
		f.unseen("/change")
	case change.State.Final() && change.Outcome != Successful:
		f.add("/change", "is over and fixed nothing; raise another")
	}
	return f.refuse("fix.invalid", "This fix")
}

// RiskRequest decides to live with a problem until an instant.
type RiskRequest struct {
	Note      string    `json:"note"`
	ExpiresAt time.Time `json:"expires_at"`
}

// CheckAcceptRisk refuses whoever has not the authority, and what has no end (PRB-09).
func (p *Problem) CheckAcceptRisk(who Actor, r RiskRequest, t ProblemTerms, at time.Time) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	most := at.Add(t.Policy.RiskAtMost.Time)
	switch {
	case r.ExpiresAt.IsZero():
		f.add("/expires_at", "is needed: when it is looked at again")
	case !r.ExpiresAt.After(at):
		f.add("/expires_at", "must be later than now")
	case r.ExpiresAt.After(most):
		f.add("/expires_at", "must be at most %.0f days ahead", t.Policy.RiskAtMost.Time.Hours()/24)
	}
	if err := f.refuse("risk.invalid", "This acceptance of a risk"); err != nil {
		return err
	}
	if err := p.checkAuthority(who); err != nil {
		return err
	}
	if !p.State.CanBecome(ProblemRiskAccepted) {
		return p.notNow("a risk is accepted while it is investigated or has no fix")
	}
	return nil
}

// checkAuthority lets whoever owns the service, or answers for problems, accept a risk.
func (p *Problem) checkAuthority(who Actor) error {
	if err := p.checkWith(who, AcceptRisks); err != nil {
		return err
	}
	if !who.Is(ProblemManager) && who.Person != p.Owner {
		return Refuse(Forbidden, "problem.no_authority", "The risk of %s is accepted by %s, who owns its service, or by a problem manager.", p.Number, p.Owner)
	}
	return nil
}
