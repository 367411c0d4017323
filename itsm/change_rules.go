package itsm

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Bounds on a window: how long one change may take to carry out, and how far
// ahead it may be planned.
const (
	MaxWindow = 30 * 24 * time.Hour
	MaxAhead  = 366 * 24 * time.Hour
)

// Check refuses a draft that cannot become a change, naming every fault in it
// (8.5.1.2: a request is recorded and classified; 8.5.1.3: its reversal is planned).
func (d *ChangeDraft) Check() error {
	var f faults
	if d.Type != Normal {
		f.add("/type", "must be normal")
	}
	f.line("/title", d.Title, MaxTitle)
	f.line("/service", string(d.Service), 64)
	f.text("/description", d.Description, MaxText)
	f.needed("/plan", d.Plan, MaxText)
	f.needed("/backout_plan", d.BackoutPlan, MaxText)
	f.window(d.Window)
	d.checkDetails(&f)
	return f.refuse("change.invalid", "This change")
}

// The bounds of a draft's lists.
const (
	MaxItems   = 50
	MaxLinks   = 20
	MaxURL     = 2000
	MaxBackout = 30 * 24 * 60 // minutes
)

func (d *ChangeDraft) checkDetails(f *faults) {
	f.text("/justification", d.Justification, MaxText)
	f.text("/test_plan", d.TestPlan, MaxText)
	if d.Backout < 0 || d.Backout > MaxBackout {
		f.add("/backout_minutes", "must be from 0 to %d", MaxBackout)
	}
	f.atMost("/configuration_items", len(d.Items), MaxItems)
	for i, item := range d.Items[:min(len(d.Items), MaxItems)] {
		f.line(fmt.Sprintf("/configuration_items/%d", i), item, maxName)
	}
	f.atMost("/links", len(d.Links), MaxLinks)
	for i, l := range d.Links[:min(len(d.Links), MaxLinks)] {
		l.check(f, fmt.Sprintf("/links/%d", i))
	}
	*f = append(*f, d.Risk.faults("/risk")...)
	*f = append(*f, d.Assessment.faults("/assessment")...)
}

func (l Link) check(f *faults, at string) {
	f.line(at+"/url", l.URL, MaxURL)
	if !webAddress(l.URL) && Number(l.URL).Check() != nil {
		f.add(at+"/url", "must be an address that begins with https:// or http://, or a record's number")
	}
	if l.Title != "" {
		f.line(at+"/title", l.Title, MaxTitle)
	}
}

// webAddress reports whether a text can be followed in a browser, and leads to where it
// seems to.
func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

func (f *faults) window(w *Window) {
	switch {
	case w == nil:
	case w.Start.IsZero():
		f.add("/window/start", "is needed")
	case w.End.IsZero():
		f.add("/window/end", "is needed")
	case !w.End.After(w.Start):
		f.add("/window/end", "must be after the start")
	case w.End.Sub(w.Start) > MaxWindow:
		f.add("/window/end", "must be within 30 days of the start")
	case w.Start.Nanosecond()%1000 != 0 || w.End.Nanosecond()%1000 != 0:
		f.add("/window/start", "must not be finer than a microsecond")
	}
}

// CheckRaise refuses a draft whose window is already over at an instant.
func (d *ChangeDraft) CheckRaise(at time.Time) error {
	if err := d.Check(); err != nil {
		return err
	}
	var f faults
	switch w := d.Window; {
	case w == nil:
	case !w.End.After(at):
		f.add("/window/end", "is already past")
	case w.Start.Sub(at) > MaxAhead:
		f.add("/window/start", "is more than a year ahead")
	}
	return f.refuse("change.invalid", "This change")
}

// CheckStart refuses to begin what was not approved, at a time that was not
// approved, or by the one person who approved it (CHG-14).
func (c *Change) CheckStart(who Actor, at time.Time) error {
	if err := c.checkImplementer(who); err != nil {
		return err
	}
	switch {
	case c.State == ChangeImplementing:
		return Refuse(Conflict, "change.started", "%s was already started by %s.", c.Number, c.Implementer)
	case c.State != ChangeScheduled:
		return Refuse(Conflict, "change.not_scheduled", "%s is %s; only a scheduled change can be started.", c.Number, c.State.Words())
	case c.Hold != nil:
		return Refuse(Conflict, "change.on_hold", "%s is on hold, so nobody can start it until it is resumed: %s", c.Number, c.Hold.Note)
	case c.Assignee != "" && c.Assignee != who.Person && !who.Is(ChangeManager):
		return Refuse(Forbidden, "change.assigned", "%s is assigned to %s. They or a change manager can assign it to you.", c.Number, c.Assignee)
	case c.soleApprover(who.Person):
		return Refuse(Forbidden, "change.own_approval", "You alone approved %s, so somebody else must carry it out.", c.Number)
	case c.approvedAsOther(who.Person):
		return Refuse(Forbidden, "change.own_approval", "You approved %s where whoever carries it out may not, so somebody else must.", c.Number)
	case c.Window != nil && at.Before(c.Window.Start):
		return Refuse(Conflict, "change.too_early", "The window of %s opens at %s.", c.Number, instant(c.Window.Start))
	case c.Window != nil && !at.Before(c.Window.End):
		return Refuse(Conflict, "change.window_over", "The window of %s ended at %s.", c.Number, instant(c.Window.End))
	}
	return nil
}

// Completion is how carrying out a change ended.
type Completion struct {
	Result Outcome `json:"result"`
	Note   string  `json:"note,omitempty"`
}

// CheckCompletion refuses a result that is none, or of what was never begun.
func (c *Change) CheckCompletion(who Actor, d Completion) error {
	var f faults
	if d.Result != Successful && d.Result != Failed {
		f.add("/result", "must be successful or failed")
	}
	if d.Result == Failed && strings.TrimSpace(d.Note) == "" {
		f.add("/note", "is needed: say what failed and what state the service is in")
	}
	f.text("/note", d.Note, MaxNote)
	if err := f.refuse("completion.invalid", "This result"); err != nil {
		return err
	}
	if err := c.checkImplementer(who); err != nil {
		return err
	}
	switch {
	case c.State == ChangeClosed:
		return Refuse(Conflict, "change.closed", "%s is already closed as %s.", c.Number, c.Outcome)
	case c.State != ChangeImplementing:
		return Refuse(Conflict, "change.not_started", "%s is %s; start it before you report a result.", c.Number, c.State.Words())
	}
	return nil
}

// Cancellation is why a change is not wanted any more.
type Cancellation struct {
	Note string `json:"note"`
}

// CheckCancel refuses to drop what is not the actor's, or what is under way.
func (c *Change) CheckCancel(who Actor, d Cancellation) error {
	var f faults
	f.needed("/note", d.Note, MaxNote)
	if err := f.refuse("cancellation.invalid", "This cancellation"); err != nil {
		return err
	}
	if err := who.May(CancelChanges); err != nil {
		return err
	}
	switch {
	case who.Person != c.Requester && !who.Is(ChangeManager):
		return Refuse(Forbidden, "change.not_yours", "%s can be cancelled by %s, who raised it, or by a change manager.", c.Number, c.Requester)
	case c.State.Final():
		return Refuse(Conflict, "change.over", "%s is already %s.", c.Number, c.State.Words())
	case !c.State.CanBecome(ChangeCancelled):
		return Refuse(Conflict, "change.under_way", "%s is %s; report its result instead of cancelling it.", c.Number, c.State.Words())
	}
	return nil
}

// CheckRead hides a restricted record from those it does not concern: to them it
// does not exist.
func (c *Change) CheckRead(who Actor) error {
	if err := who.May(ReadChanges); err != nil {
		return err
	}
	if c.Restricted && !c.concerns(who) {
		return NoSuchRecord(c.Number)
	}
	return nil
}

// NoSuchRecord is the one answer for a record that is not there and for one that
// is not the reader's to see.
func NoSuchRecord(n Number) *Error {
	return Refuse(NotFound, "record.not_found", "There is no %s that you can see.", n)
}

func (c *Change) concerns(who Actor) bool {
	return KindChange.SeesAll(who) || who.Person == c.Requester || who.Person == c.Owner ||
		slices.Contains(c.Approvers, who.Person) || slices.Contains(c.Approval.Asked, who.Person) || c.Assignee == who.Person || slices.Contains(who.Teams, c.Team)
}

// soleApprover reports whether all approvals are of one person.
func (c *Change) soleApprover(id PersonID) bool {
	others := slices.ContainsFunc(c.Decisions, func(d Decision) bool { return d.Verdict == Approve && d.By != id })
	return !others && slices.ContainsFunc(c.Decisions, func(d Decision) bool { return d.Verdict == Approve && d.By == id })
}

func (c *Change) checkImplementer(who Actor) error {
	if err := who.May(ImplementChanges); err != nil {
		return err
	}
	if who.Person != c.Requester && who.Person != c.Assignee && !who.Is(Implementer) && !who.Is(ChangeManager) {
		return Refuse(Forbidden, "change.not_implementer", "%s can be carried out by %s, who raised it, an implementer or a change manager.", c.Number, c.Requester)
	}
	return nil
}

// instant writes a time where its reader's zone is not known.
func instant(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04 MST") }

// CheckRaise refuses a draft for a service that is not there or not the actor's
// to see, and one that too few could decide on.
func (c *Catalog) CheckRaise(who Actor, d ChangeDraft, at time.Time) error {
	if err := c.CheckSeen(who, d.Service); err != nil {
		return err
	}
	for _, stage := range c.Preview(who.Person, d, at).Stages {
		if lacking := stage.lacks(Subject{Requester: who.Person}); lacking != nil {
			return Refuse(Conflict, "change.nobody_decides",
				"Too few people but you may decide on it (%s, %s). Ask an administrator to name more of them in the catalog.", stage.Name, lacking.Name)
		}
	}
	return nil
}

// CheckSeen refuses a service that is not there or not the actor's to see.
func (c *Catalog) CheckSeen(who Actor, id ServiceID) error {
	var f faults
	if s, ok := c.Service(id); !ok || s.hidden(who) {
		f.add("/service", "names no service that you can see")
	}
	return f.refuse("change.invalid", "This change")
}

// CheckNamed refuses a person who is not there, or who may not do what they are
// named for.
func (c *Catalog) CheckNamed(pointer string, id PersonID, p Permission) error {
	var f faults
	switch person, ok := c.Person(id); {
	case !ok:
		f.add(pointer, "names nobody in the catalog")
	case !slices.ContainsFunc(grants[p], func(r Role) bool { return slices.Contains(person.Roles, r) }):
		f.add(pointer, "names %s, who holds none of these roles: %s", cut(string(id)), list(grants[p]))
	}
	return f.refuse("person.invalid", "This request")
}
