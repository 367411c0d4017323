package itsm

import (
	"slices"
	"time"
)

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
	case r.Kind == CausedBy && !r.To.Of("CHG") && !r.To.Of("PRB") && !r.To.Of("SUP"):
		f.add("/to", "must be a change's, a problem's or a supplier's number, such as CHG-42")
	case r.Kind == FixedBy && !r.To.Of("CHG"):
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
