package itsm

import (
	"slices"
	"strings"
)

// Bounds on a corrective action.
const (
	MaxCorrectiveLinks = 50
	MaxIneffective     = 10 // how often it may be found not to be effective
)

// sources are what a corrective action raised by a kind of record comes from.
var sources = map[CorrectiveOrigin]string{ //nolint:exhaustive // the others come from any record, or from none
	RaisedByProblem: "PRB", RaisedByIncident: "INC", RaisedByChange: "CHG",
}

// Check refuses a draft that cannot become a corrective action, naming every fault in
// it (10.1.2 a: the nature of the nonconformity is recorded).
func (d *CorrectiveDraft) Check() error {
	var f faults
	f.line("/title", d.Title, MaxTitle)
	f.needed("/nonconformity", d.Nonconformity, MaxText)
	f.text("/correction", d.Correction, MaxText)
	f.line("/service", string(d.Service), maxWord)
	f.optionalLine("/owner", string(d.Owner), maxName)
	if d.Severity != "" {
		oneOf(&f, "/severity", d.Severity, Severities)
	}
	if d.RaisedBy != "" {
		oneOf(&f, "/raised_by", d.RaisedBy, CorrectiveOrigins)
	}
	switch kind := sources[d.RaisedBy]; {
	case d.Source != "" && d.Source.Check() != nil:
		f.add("/source", "must be a record's number, such as PRB-42")
	case kind != "" && !d.Source.Of(kind):
		f.add("/source", "must be the number of the %s that it comes from, such as %s-42", d.RaisedBy, kind)
	case d.RaisedBy == RaisedByHand && d.Source != "":
		f.add("/raised_by", "is manual, which comes from no record; leave out one of both")
	}
	return f.refuse("corrective_action.invalid", "This corrective action")
}

// origin is what it is raised by, where the draft does not say.
func (d *CorrectiveDraft) origin() CorrectiveOrigin {
	if d.RaisedBy != "" {
		return d.RaisedBy
	}
	for _, o := range CorrectiveOrigins {
		if kind := sources[o]; kind != "" && d.Source.Of(kind) {
			return o
		}
	}
	if d.Source != "" {
		return RaisedByReview
	}
	return RaisedByHand
}

// CheckRaise refuses whoever may not raise it.
func (d *CorrectiveDraft) CheckRaise(who Actor) error {
	if err := who.May(RaiseCorrective); err != nil {
		return err
	}
	return d.Check()
}

// CheckRaiseCorrective refuses a draft for a service that is not there or not the
// actor's to see.
func (c *Catalog) CheckRaiseCorrective(who Actor, d CorrectiveDraft) error {
	var f faults
	if s, ok := c.Service(d.Service); !ok || s.hidden(who) {
		f.add("/service", "names no service that you can see")
	}
	return f.refuse("corrective_action.invalid", "This corrective action")
}

// CheckSource refuses a source that the actor cannot see.
func (d *CorrectiveDraft) CheckSource(sees func(Number) (bool, error)) error {
	if d.Source == "" {
		return nil
	}
	var f faults
	seen, err := sees(d.Source)
	if err != nil {
		return err
	}
	if !seen {
		f.unseen("/source")
	}
	return f.refuse("corrective_action.invalid", "This corrective action")
}

// CheckRead hides a restricted record from those it does not concern.
func (c *CorrectiveAction) CheckRead(who Actor) error {
	if err := who.May(ReadCorrective); err != nil {
		return err
	}
	if c.Restricted && !c.concerns(who) {
		return NoSuchRecord(c.Number)
	}
	return nil
}

func (c *CorrectiveAction) concerns(who Actor) bool {
	return KindCorrective.SeesAll(who) || who.Person == c.Reporter || who.Person == c.Owner ||
		slices.Contains(c.Acceptance.Asked, who.Person) || slices.Contains(who.Teams, c.Team) ||
		slices.ContainsFunc(c.Steps, func(s Task) bool { return s.Owner == who.Person })
}

// checkWith refuses whoever has not a permission, and what is over.
func (c *CorrectiveAction) checkWith(who Actor, need Permission) error {
	if err := who.May(need); err != nil {
		return err
	}
	switch {
	case c.State == CorrectiveNew: // not recorded yet
		return NoSuchRecord(c.Number)
	case c.State.Final():
		return Refuse(Conflict, "corrective_action.over", "%s is %s already. Raise another.", c.Number, c.State.Words())
	}
	return nil
}

// checkOwner lets its owner work on it, and whoever answers for corrective actions.
func (c *CorrectiveAction) checkOwner(who Actor) error {
	if err := c.checkWith(who, WorkOnCorrective); err != nil {
		return err
	}
	if who.Person != c.Owner && !who.Is(QualityManager) {
		return Refuse(Forbidden, "corrective_action.not_owner", "%s is worked on by %s, who owns it, or by a quality manager.", c.Number, c.Owner)
	}
	return nil
}

// notNow refuses what does not fit the state.
func (c *CorrectiveAction) notNow(when string) error {
	return Refuse(Conflict, "corrective_action.not_now", "%s is %s; %s.", c.Number, c.State.Words(), when)
}

// CheckAcknowledge lets its owner alone take it on.
func (c *CorrectiveAction) CheckAcknowledge(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("acknowledgement.invalid", "This acknowledgement"); err != nil {
		return err
	}
	if err := c.checkWith(who, WorkOnCorrective); err != nil {
		return err
	}
	switch {
	case c.State != CorrectiveRaised:
		return Refuse(Conflict, "corrective_action.acknowledged", "%s was acknowledged already.", c.Number)
	case who.Person != c.Owner:
		return Refuse(Forbidden, "corrective_action.not_owner", "%s waits for %s, who owns it, to acknowledge it. A quality manager can assign it to another.", c.Number, c.Owner)
	}
	return nil
}

// CheckAssign refuses an assignment to nobody, or to whom it is assigned, and to whom
// the decision on its plan needs. What is implemented stays whose it is: else its owner
// could hand it on, and then say that it was effective.
func (c *CorrectiveAction) CheckAssign(who Actor, r Assignment) error {
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
	if err := c.checkOwner(who); err != nil {
		return err
	}
	switch {
	case c.State == CorrectiveImplemented:
		return c.notNow("whoever owned it then owns it until it is verified")
	case (r.Assignee == "" || r.Assignee == c.Owner) && (r.Team == "" || r.Team == c.Team):
		return Refuse(Conflict, "corrective_action.assigned", "%s is assigned so already.", c.Number)
	case r.Assignee != "" && c.Ballot().Blocks(r.Assignee):
		return Refuse(Conflict, "corrective_action.no_approver_left", "%s is needed to decide on the plan of %s, and whoever owns it never does. Assign it to another.", r.Assignee, c.Number)
	}
	return nil
}

// CheckCause refuses a root cause that rests on nothing (10.1.1 b 2).
func (c *CorrectiveAction) CheckCause(who Actor, r RootCauseRequest) error {
	r.Known = r.Known || c.State == CorrectiveCauseKnown // what was proven stays so when it is written anew
	if err := r.check(); err != nil {
		return err
	}
	if err := c.checkOwner(who); err != nil {
		return err
	}
	if !slices.Contains([]CorrectiveState{CorrectiveAcknowledged, CorrectiveCauseKnown, CorrectiveNotEffective}, c.State) {
		return c.notNow("its root cause is recorded once it is acknowledged, and before its plan")
	}
	return nil
}

// StepRequest says what became of a step of the plan.
type StepRequest struct {
	TaskRequest
	Evidence []Evidence `json:"evidence,omitempty"` // that it was done
}

var correctiveSteps = taskRefusals{
	full:   taskRefusal{Conflict, "corrective_action.too_many_steps", "%s would have more than %d steps in all. Raise another."},
	absent: taskRefusal{NotFound, "corrective_action.no_step", "%s has no step %d."},
	over:   taskRefusal{Conflict, "corrective_action.step_over", "Step %d of %s is %s already."},
	long:   taskRefusal{Conflict, "corrective_action.steps_too_long", "The steps of %s would have more than %d characters in all. Comment on it, or link what is longer."},
}

// CheckStep refuses a step that is not there or is over, and one that was done and
// shows nothing for it (10.1.2 b).
func (c *CorrectiveAction) CheckStep(who Actor, r StepRequest) error {
	f := r.faults()
	switch {
	case r.ID == 0:
		f.add("/id", "is needed: which step of the plan")
	case r.Title != "":
		f.add("/title", "is as the plan has it; write another plan instead")
	case r.State == TaskDropped && strings.TrimSpace(r.Result) == "":
		f.add("/result", "is needed: why it is dropped")
	case r.State != TaskDone && len(r.Evidence) > 0:
		f.add("/evidence", "is for a step that is done")
	}
	f.evidence("/evidence", r.Evidence, r.State == TaskDone)
	if err := f.refuse("step.invalid", "This step"); err != nil {
		return err
	}
	if err := c.checkWith(who, WorkOnCorrective); err != nil {
		return err
	}
	if err := c.Steps.refuse(correctiveSteps, c.Number, r.TaskRequest, sizeOf(r.Evidence)); err != nil {
		return err
	}
	owner := c.Steps[c.Steps.at(r.ID)].Owner
	if who.Person != owner && who.Person != c.Owner && !who.Is(QualityManager) {
		return Refuse(Forbidden, "corrective_action.not_yours", "Step %d of %s is for %s to do; its owner and quality managers can say what came of it, too.", r.ID, c.Number, owner)
	}
	return nil
}

// CheckEvidence refuses records as evidence that the actor cannot see.
func (r *StepRequest) CheckEvidence(sees func(Number) (bool, error)) error {
	return unseenEvidence(RecordsOf(r.Evidence), sees, "step.invalid", "This step")
}

// CheckImplement refuses to call carried out what is not, or of which nothing was done.
func (c *CorrectiveAction) CheckImplement(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("implementation.invalid", "This"); err != nil {
		return err
	}
	if err := c.checkOwner(who); err != nil {
		return err
	}
	if c.State != CorrectivePlanned {
		return c.notNow("it is implemented once its plan is accepted")
	}
	return c.checkSteps()
}

// checkSteps refuses steps that are open, and a plan of which nothing was done.
func (c *CorrectiveAction) checkSteps() error {
	now := c.stepsNow()
	switch {
	case now.Open() > 0:
		return Refuse(Conflict, "corrective_action.steps_open", "%s has %d steps that are open. Each is done or dropped, with a reason, before it is implemented.", c.Number, now.Open())
	case !slices.ContainsFunc(now, func(s Task) bool { return s.State == TaskDone }):
		return Refuse(Conflict, "corrective_action.nothing_done", "Every step of %s was dropped. Write another plan, or withdraw it.", c.Number)
	}
	return nil
}

// Effectiveness is whether something took its cause away.
type Effectiveness string

// The answers.
const (
	Effective    Effectiveness = "effective"
	NotEffective Effectiveness = "not_effective"
)

// Effectivenesses is every Effectiveness.
var Effectivenesses = []Effectiveness{Effective, NotEffective}

// VerificationRequest says whether what was done took the cause away.
type VerificationRequest struct {
	Result   Effectiveness `json:"result"`
	Note     string        `json:"note"`
	Evidence []Evidence    `json:"evidence"`
}

// CheckEvidence refuses records as evidence that the actor cannot see.
func (r *VerificationRequest) CheckEvidence(sees func(Number) (bool, error)) error {
	return unseenEvidence(RecordsOf(r.Evidence), sees, "verification.invalid", "This verification")
}

// CheckVerify refuses whoever had a hand in it, and to judge before the effect shows
// (10.1.1 d).
func (c *CorrectiveAction) CheckVerify(who Actor, r VerificationRequest) error {
	var f faults
	oneOf(&f, "/result", r.Result, Effectivenesses)
	f.needed("/note", r.Note, MaxNote)
	f.evidence("/evidence", r.Evidence, true)
	if err := f.refuse("verification.invalid", "This verification"); err != nil {
		return err
	}
	if err := c.checkWith(who, VerifyCorrective); err != nil {
		return err
	}
	switch {
	case c.State != CorrectiveImplemented:
		return c.notNow("whether it was effective is said once it is implemented")
	case c.Involved(who.Person):
		return Refuse(Forbidden, "corrective_action.own_work", "You own %s, planned it or did a step of it, so somebody else must say whether it was effective.", c.Number)
	case !c.Verifiable():
		return Refuse(Conflict, "corrective_action.too_early", "The effect of %s does not show yet. Verify it once its time has come.", c.Number)
	case r.Result == NotEffective && c.Ineffective >= MaxIneffective:
		return Refuse(Conflict, "corrective_action.too_often", "%s was not effective %d times. Withdraw it, and raise another.", c.Number, c.Ineffective)
	}
	return nil
}

// CheckRelate refuses a relation that says nothing, or says it again.
func (c *CorrectiveAction) CheckRelate(who Actor, r RelateRequest) error {
	var f faults
	oneOf(&f, "/kind", r.Kind, []RelationKind{ActsOn, Related})
	switch {
	case r.To.Check() != nil:
		f.add("/to", "must be a record's number, such as PRB-42")
	case r.To == c.Number:
		f.add("/to", "is the corrective action itself")
	}
	if err := f.refuse("link.invalid", "This link"); err != nil {
		return err
	}
	if err := c.checkWith(who, WorkOnCorrective); err != nil {
		return err
	}
	switch {
	case related(c.Relations, r.Kind, r.To):
		return Refuse(Conflict, "corrective_action.linked", "%s is linked so to %s already.", c.Number, r.To)
	case len(c.Relations) >= MaxCorrectiveLinks:
		return Refuse(Conflict, "corrective_action.too_many_links", "%s has %d links, and takes no more.", c.Number, MaxCorrectiveLinks)
	}
	return nil
}

// CheckWithdraw lets those who answer for corrective actions drop it, with the reason;
// whoever raised it, too, while nobody has acknowledged it.
func (c *CorrectiveAction) CheckWithdraw(who Actor, r NoteRequest) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("withdrawal.invalid", "This withdrawal"); err != nil {
		return err
	}
	if err := c.checkWith(who, RaiseCorrective); err != nil {
		return err
	}
	if !who.Is(QualityManager) && (who.Person != c.Reporter || c.State != CorrectiveRaised) {
		return Refuse(Forbidden, "corrective_action.not_withdrawn_by_you", "%s is withdrawn by a quality manager, or by %s, who raised it, before it is acknowledged.", c.Number, c.Reporter)
	}
	return nil
}

// CheckComment refuses an empty comment, and an answer to nothing.
func (c *CorrectiveAction) CheckComment(who Actor, r CommentRequest, t Talk) error {
	if err := r.check(t); err != nil {
		return err
	}
	if err := c.checkWith(who, CommentOnCorrective); err != nil {
		return err
	}
	if t.Comments >= MaxComments {
		return Refuse(Conflict, "comment.too_many", "%s has %d comments, and takes no more.", c.Number, t.Comments)
	}
	return nil
}
