package itsm

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bounds on an incident.
const (
	MaxReopens   = 20
	MaxRelations = 50
	maxWord      = 64 // a category, a symptom's name
	maxSource    = 120
	maxAlertKey  = 512
)

// Check refuses a draft that cannot become an incident, naming every fault in it
// (8.6.1 a: recorded and classified).
func (d *IncidentDraft) Check() error {
	var f faults
	f.line("/title", d.Title, MaxTitle)
	f.line("/service", string(d.Service), maxWord)
	f.text("/description", d.Description, MaxText)
	f.optionalLine("/category", d.Category, maxWord)
	f.optionalLine("/symptom", d.Symptom, MaxTitle)
	f.optionalLine("/message", d.Message, MaxURL)
	f.optionalLine("/escalation", string(d.Escalation), maxWord)
	f.degree("/impact", d.Impact)
	f.degree("/urgency", d.Urgency)
	f.atMost("/configuration_items", len(d.Items), MaxItems)
	for n, item := range d.Items[:min(len(d.Items), MaxItems)] {
		f.line(fmt.Sprintf("/configuration_items/%d", n), item, maxName)
	}
	if d.Follows != "" && !d.Follows.Of("INC") {
		f.add("/follows", "must be an incident's number, such as INC-42")
	}
	if o := d.Alert; o != nil {
		f.line("/alert/source", o.Source, maxSource)
		f.line("/alert/key", o.Key, maxAlertKey)
		f.optionalLine("/alert/url", o.URL, MaxURL)
	}
	return f.refuse("incident.invalid", "This incident")
}

func (f *faults) optionalLine(pointer, text string, most int) {
	if text != "" {
		f.line(pointer, text, most)
	}
}

// degree checks an impact or an urgency that need not be said.
func (f *faults) degree(pointer string, d Degree) {
	if d != "" && !knownDegree(d) {
		f.add(pointer, "must be high, medium or low")
	}
}

// Of reports whether the number is one of a kind of record, such as INC.
func (n Number) Of(prefix string) bool {
	return n.Check() == nil && strings.HasPrefix(string(n), prefix+"-")
}

// CheckRaiseIncident refuses a draft for a service that is not there or not the
// actor's to see. Monitoring sees those that its intake is bound to.
func (c *Catalog) CheckRaiseIncident(who Actor, d IncidentDraft) error {
	var f faults
	if s, ok := c.Service(d.Service); !ok || s.hidden(who) {
		f.add("/service", "names no service that you can see")
	}
	if _, ok := c.EscalationPolicy(d.Escalation); d.Escalation != "" && !ok {
		f.add("/escalation", "names no escalation policy of the catalog")
	}
	return f.refuse("incident.invalid", "This incident")
}

// CheckRead hides a restricted record from those it does not concern: to them it
// does not exist.
func (i *Incident) CheckRead(who Actor) error {
	if err := who.May(ReadIncidents); err != nil {
		return err
	}
	if i.Restricted && !i.concerns(who) {
		return NoSuchRecord(i.Number)
	}
	return nil
}

func (i *Incident) concerns(who Actor) bool {
	called := slices.ContainsFunc(i.Escalation.Calls, func(c Call) bool { return slices.Contains(c.People, who.Person) })
	return called || who.Is(IncidentManager) || who.Is(Auditor) || who.Is(Monitor) || who.Person == i.Reporter ||
		who.Person == i.Owner || who.Person == i.Assignee || slices.Contains(who.Teams, i.Team)
}

// worker refuses whoever may not work on incidents, and what is over.
func (i *Incident) checkWorker(who Actor) error {
	if err := who.May(WorkOnIncidents); err != nil {
		return err
	}
	return i.checkOpen()
}

// checkOpen refuses what nobody has to do anything about any more.
func (i *Incident) checkOpen() error {
	switch {
	case i.State == IncidentNew: // not recorded yet
		return NoSuchRecord(i.Number)
	case i.State.Final():
		return i.over()
	case i.State == IncidentResolved:
		return Refuse(Conflict, "incident.resolved", "%s is resolved already; reopen it, if it is not.", i.Number)
	}
	return nil
}

func (i *Incident) over() error {
	if i.State == IncidentClosed {
		return Refuse(Conflict, "incident.closed", "%s is closed, for good. Raise another that follows it.", i.Number)
	}
	return Refuse(Conflict, "incident.over", "%s is %s already.", i.Number, i.State.Words())
}

// CheckAcknowledge refuses whoever could not be at it, or is already.
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
	if i.Assignee == who.Person && i.State == IncidentInProgress && i.Escalation.By == who.Person && i.Escalation.StaleAt == nil {
		return Refuse(Conflict, "incident.acknowledged", "You have acknowledged %s already.", i.Number)
	}
	return nil
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
	if err := f.refuse("hold.invalid", "This hold"); err != nil {
		return err
	}
	if err := i.checkWorker(who); err != nil {
		return err
	}
	switch {
	case i.State == IncidentOnHold:
		return Refuse(Conflict, "incident.on_hold", "%s is on hold already: %s", i.Number, i.Hold.Note)
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

// ResolveRequest says how an incident was resolved, and what was done (INC-04).
type ResolveRequest struct {
	Code ResolutionCode `json:"code"`
	Note string         `json:"note"`
}

// CheckResolve refuses a resolution that says nothing.
func (i *Incident) CheckResolve(who Actor, r ResolveRequest) error {
	var f faults
	oneOf(&f, "/code", r.Code, ResolutionCodes)
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("resolution.invalid", "This resolution"); err != nil {
		return err
	}
	if who.Is(Monitor) {
		return i.checkOpen()
	}
	return i.checkWorker(who)
}

// CheckConfirm refuses to close what is not resolved, or not one's own.
func (i *Incident) CheckConfirm(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("confirmation.invalid", "This confirmation"); err != nil {
		return err
	}
	if err := i.checkAnswerer(who, "confirmed"); err != nil {
		return err
	}
	return i.checkResolved()
}

// CheckReopen refuses to reopen what is not resolved, or is closed for good.
func (i *Incident) CheckReopen(who Actor, r NoteRequest) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("reopening.invalid", "This reopening"); err != nil {
		return err
	}
	if who.May(WorkOnIncidents) != nil && !who.Is(Monitor) {
		if err := i.checkAnswerer(who, "reopened"); err != nil {
			return err
		}
	}
	if err := i.checkResolved(); err != nil {
		return err
	}
	if i.Reopens >= MaxReopens {
		return Refuse(Conflict, "incident.reopened_too_often", "%s was reopened %d times. Raise another that follows it.", i.Number, i.Reopens)
	}
	return nil
}

func (i *Incident) checkResolved() error {
	switch {
	case i.State == IncidentNew:
		return NoSuchRecord(i.Number)
	case i.State.Final():
		return i.over()
	case i.State != IncidentResolved:
		return Refuse(Conflict, "incident.not_resolved", "%s is %s; it is not resolved yet.", i.Number, i.State.Words())
	}
	return nil
}

// checkAnswerer lets the reporter say whether it works again; where monitoring
// reported it, whoever works on incidents; and incident managers for anybody.
func (i *Incident) checkAnswerer(who Actor, done string) error {
	if err := who.May(RaiseIncidents); err != nil {
		return err
	}
	machine := i.Reporter == Monitoring && who.May(WorkOnIncidents) == nil
	if who.Person != i.Reporter && !who.Is(IncidentManager) && !machine {
		return Refuse(Forbidden, "incident.not_yours", "%s can be %s by %s, who reported it, or by an incident manager.", i.Number, done, i.Reporter)
	}
	return nil
}

// CheckCancel refuses to drop what is not the actor's, or what somebody is at.
func (i *Incident) CheckCancel(who Actor, r Cancellation) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("cancellation.invalid", "This cancellation"); err != nil {
		return err
	}
	if err := who.May(RaiseIncidents); err != nil {
		return err
	}
	if who.Person != i.Reporter && !who.Is(IncidentManager) {
		return Refuse(Forbidden, "incident.not_yours", "%s can be cancelled by %s, who reported it, or by an incident manager.", i.Number, i.Reporter)
	}
	return i.checkOpen()
}

// RelateRequest says how an incident is to another record.
type RelateRequest struct {
	Kind RelationKind `json:"kind"`
	To   Number       `json:"to"`
}

// CheckRelate refuses a relation that says nothing, or says it again. What makes an
// incident a child or a duplicate has acts of its own.
func (i *Incident) CheckRelate(who Actor, r RelateRequest) error {
	var f faults
	open := []RelationKind{CausedBy, FixedBy, Follows, Related}
	oneOf(&f, "/kind", r.Kind, open)
	switch {
	case r.To.Check() != nil:
		f.add("/to", "must be a record's number, such as CHG-42")
	case r.To == i.Number:
		f.add("/to", "is the incident itself")
	case (r.Kind == CausedBy || r.Kind == FixedBy) && !r.To.Of("CHG"):
		f.add("/to", "must be a change's number, such as CHG-42")
	case r.Kind == Follows && !r.To.Of("INC"):
		f.add("/to", "must be an incident's number, such as INC-42")
	}
	if err := f.refuse("link.invalid", "This link"); err != nil {
		return err
	}
	if err := who.May(WorkOnIncidents); err != nil {
		return err
	}
	switch {
	case i.State == IncidentNew:
		return NoSuchRecord(i.Number)
	case i.State.Final():
		return i.over()
	case slices.ContainsFunc(i.Relations, func(o Relation) bool { return o.Kind == r.Kind && o.To == r.To }):
		return Refuse(Conflict, "incident.linked", "%s is linked so to %s already.", i.Number, r.To)
	case len(i.Relations) >= MaxRelations:
		return Refuse(Conflict, "incident.too_many_links", "%s has %d links, and takes no more.", i.Number, MaxRelations)
	}
	return nil
}

// DuplicateRequest says which incident this one is a duplicate of.
type DuplicateRequest struct {
	Of   Number `json:"of"`
	Note string `json:"note,omitempty"`
}

// CheckDuplicate refuses to end an incident as a duplicate of itself or of nothing.
func (i *Incident) CheckDuplicate(who Actor, r DuplicateRequest) error {
	var f faults
	f.other("/of", r.Of, i.Number)
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("duplicate.invalid", "This duplicate"); err != nil {
		return err
	}
	return i.checkWorker(who)
}

// ParentRequest makes an incident the child of another, whose progress and
// resolution it follows; empty: of none.
type ParentRequest struct {
	Parent Number `json:"parent,omitempty"`
	Note   string `json:"note,omitempty"`
}

// CheckParent refuses a parent that is the incident itself, or the one that it has.
func (i *Incident) CheckParent(who Actor, r ParentRequest) error {
	var f faults
	if r.Parent != "" {
		f.other("/parent", r.Parent, i.Number)
	}
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("parent.invalid", "This parent"); err != nil {
		return err
	}
	if err := i.checkWorker(who); err != nil {
		return err
	}
	if r.Parent == i.Parent {
		return Refuse(Conflict, "incident.same_parent", "%s has that parent already, or none.", i.Number)
	}
	return nil
}

func (f *faults) other(pointer string, n, self Number) {
	switch {
	case !n.Of("INC"):
		f.add(pointer, "must be an incident's number, such as INC-42")
	case n == self:
		f.add(pointer, "is the incident itself")
	}
}

// CheckComment refuses an empty comment, and an answer to nothing.
func (i *Incident) CheckComment(who Actor, r CommentRequest, t Talk) error {
	if err := r.check(t); err != nil {
		return err
	}
	if err := who.May(CommentOnIncidents); err != nil {
		return err
	}
	if r.Update && who.May(WorkOnIncidents) != nil {
		return Refuse(Forbidden, "incident.not_responder", "Progress on %s is told by those who work on it. Comment on it instead.", i.Number)
	}
	switch {
	case i.State == IncidentNew:
		return NoSuchRecord(i.Number)
	case i.State.Final():
		return i.over()
	case t.Comments >= MaxComments:
		return Refuse(Conflict, "comment.too_many", "%s has %d comments, and takes no more.", i.Number, t.Comments)
	}
	return nil
}

// answersCaller reports whether a comment is what an incident on hold waits for.
func (i *Incident) answersCaller(by PersonID) bool {
	return i.Hold != nil && i.Hold.Reason == AwaitingCaller && by == i.Reporter
}

// AlertsRequest tells the process that alerts of its incident came again. How many
// is in the record book, not here.
type AlertsRequest struct {
	Count int       `json:"count"`
	Last  time.Time `json:"last"`
}

// CheckAlerts lets monitoring alone say so.
func (i *Incident) CheckAlerts(who Actor, _ AlertsRequest) error {
	if !who.Is(Monitor) {
		return Refuse(Forbidden, "actor.permission", "Only monitoring tells of alerts.")
	}
	if i.State.Final() {
		return i.over()
	}
	return nil
}
