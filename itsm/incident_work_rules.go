package itsm

// CheckAcknowledge refuses whoever could not be at it, and where somebody is already.
func (i *Incident) CheckAcknowledge(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("acknowledgement.invalid", "This acknowledgement"); err != nil {
		return err
	}
	if who.Is(Monitor) {
		return i.checkOpen()
	}
	if err := i.checkWorker(who); err != nil {
		return err
	}
	switch {
	case i.answerable():
		return nil
	case i.Assignee == who.Person:
		return Refuse(Conflict, "incident.acknowledged", "You have acknowledged %s already.", i.Number)
	default:
		return Refuse(Conflict, "incident.acknowledged", "%s is at %s already; have it assigned to you, if you take it over.", i.Assignee, i.Number)
	}
}

// answerable reports whether an acknowledgement says anything: that somebody takes it
// on, answers a call, or still is at it.
func (i *Incident) answerable() bool {
	return !i.attended() || i.Escalation.StaleAt != nil || i.Escalation.unanswered()
}

// Assignment hands an incident to a person, to a team, or to a person of a team.
type Assignment struct {
	Assignee PersonID `json:"assignee,omitempty"`
	Team     TeamID   `json:"team,omitempty"` // empty: it stays with its team
	Note     string   `json:"note,omitempty"`
}

// CheckAssign refuses an assignment to nobody, or to whom it is assigned.
func (i *Incident) CheckAssign(who Actor, r Assignment) error {
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
	if err := i.checkWorker(who); err != nil {
		return err
	}
	if r.Assignee == i.Assignee && (r.Team == "" || r.Team == i.Team) {
		return Refuse(Conflict, "incident.assigned", "%s is assigned so already.", i.Number)
	}
	return nil
}

// Reprioritisation changes what a priority is made of, or sets one against the
// matrix.
type Reprioritisation struct {
	Impact   Degree   `json:"impact,omitempty"`   // empty: as it is
	Urgency  Degree   `json:"urgency,omitempty"`  // ditto
	Override Priority `json:"override,omitempty"` // empty: the matrix decides
	Note     string   `json:"note,omitempty"`
}

// CheckReprioritise refuses a priority that comes from nowhere: it follows from
// impact and urgency, and whoever sets it against them says why.
func (i *Incident) CheckReprioritise(who Actor, r Reprioritisation) error {
	var f faults
	f.degree("/impact", r.Impact)
	f.degree("/urgency", r.Urgency)
	f.text("/note", r.Note, MaxNote)
	if r.Override != "" {
		oneOf(&f, "/override", r.Override, Priorities)
		f.needed("/note", r.Note, MaxNote)
	}
	if r.Impact == "" && r.Urgency == "" && r.Override == "" && i.Override == nil {
		f.add("/impact", "is needed, or an urgency, or an override with its reason")
	}
	if err := f.refuse("reprioritisation.invalid", "This priority"); err != nil {
		return err
	}
	if err := i.checkWorker(who); err != nil {
		return err
	}
	overridden := Priority("")
	if i.Override != nil {
		overridden = i.Override.Priority
	}
	if (r.Impact == "" || r.Impact == i.Impact) && (r.Urgency == "" || r.Urgency == i.Urgency) && r.Override == overridden {
		return Refuse(Conflict, "incident.same_priority", "%s has that impact and urgency already; it is %s.", i.Number, i.Priority)
	}
	return nil
}

// HoldRequest puts an incident on hold.
type HoldRequest struct {
	Reason HoldReason `json:"reason"`
	For    Number     `json:"for,omitempty"` // the record that it waits for
	Note   string     `json:"note"`          // what is asked of the caller, or why it waits
}

// CheckHold refuses a hold without a reason, and of what nobody is at.
func (i *Incident) CheckHold(who Actor, r HoldRequest) error {
	var f faults
	oneOf(&f, "/reason", r.Reason, HoldReasons)
	f.needed("/note", r.Note, MaxNote)
	if r.For != "" && r.For.Check() != nil {
		f.add("/for", "must be a record's number, such as CHG-42")
	}
	if r.For.Of("SUP") && r.Reason != AwaitingVendor {
		f.add("/for", "is a supplier, which is waited for as a vendor: give the reason %s", AwaitingVendor)
	}
	if err := f.refuse("hold.invalid", "This hold"); err != nil {
		return err
	}
	if err := i.checkWorker(who); err != nil {
		return err
	}
	switch {
	case i.State == IncidentOnHold:
		return Refuse(Conflict, "incident.on_hold", "%s is on hold already: %s", i.Number, i.Hold.Note)
	case r.Reason == AwaitingCaller && i.Reporter == Monitoring:
		return Refuse(Conflict, "incident.no_caller", "%s was reported by monitoring, which answers nothing; say what else it waits for.", i.Number)
	case !i.State.CanBecome(IncidentOnHold):
		return Refuse(Conflict, "incident.nobody_at_it", "%s is %s; acknowledge or assign it before it waits.", i.Number, i.State.Words())
	}
	return nil
}

// CheckResume refuses to resume what is not on hold. The caller's answer resumes too.
func (i *Incident) CheckResume(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("hold.invalid", "This resumption"); err != nil {
		return err
	}
	if err := i.checkWorker(who); err != nil {
		return err
	}
	if i.State != IncidentOnHold {
		return Refuse(Conflict, "incident.not_on_hold", "%s is not on hold.", i.Number)
	}
	return nil
}

// EscalateTo is whither an incident is escalated.
type EscalateTo string

// The directions.
const (
	EscalateNext    EscalateTo = "next"    // the next level of its policy
	EscalateTeam    EscalateTo = "team"    // another team, which has it from now on
	EscalateManager EscalateTo = "manager" // whoever answers for the team, then the service's owner
)

// EscalateTos is every EscalateTo.
var EscalateTos = []EscalateTo{EscalateNext, EscalateTeam, EscalateManager}

// EscalateRequest asks for others, or for those who answer for it (INC-03).
type EscalateRequest struct {
	To   EscalateTo `json:"to,omitempty"` // empty: next
	Team TeamID     `json:"team,omitempty"`
	Note string     `json:"note"`
}

// CheckEscalate refuses an escalation to nowhere.
func (i *Incident) CheckEscalate(who Actor, r EscalateRequest) error {
	var f faults
	if r.To != "" {
		oneOf(&f, "/to", r.To, EscalateTos)
	}
	if (r.To == EscalateTeam) != (r.Team != "") {
		f.add("/team", "is needed to escalate to a team, and to nothing else")
	}
	f.optionalLine("/team", string(r.Team), maxName)
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("escalation.invalid", "This escalation"); err != nil {
		return err
	}
	if err := who.May(RaiseIncidents); err != nil {
		return err
	}
	if who.May(WorkOnIncidents) != nil && who.Person != i.Reporter {
		return Refuse(Forbidden, "incident.not_yours", "%s can be escalated by %s, who reported it, and by responders.", i.Number, i.Reporter)
	}
	if err := i.checkOpen(); err != nil {
		return err
	}
	switch {
	case (r.To == "" || r.To == EscalateNext) && i.Escalation.Policy == "":
		return Refuse(Conflict, "incident.no_policy", "%s has no escalation policy; escalate it to a team or a manager.", i.Number)
	case r.To == EscalateTeam && r.Team == i.Team:
		return Refuse(Conflict, "incident.assigned", "%s is with %s already.", i.Number, r.Team)
	case i.Escalation.Pending != nil:
		return Refuse(Conflict, "incident.calling", "%s is being escalated just now.", i.Number)
	}
	return nil
}
