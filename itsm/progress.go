package itsm

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Deadline is what happens by itself at an instant. The process waits for the
// first of them and does what it says; people are shown all of them. Both ask the
// same function, so what is forecast is what happens.
type Deadline struct {
	At   time.Time
	Kind EventKind
	What string // one sentence
}

// deadlines are all that is still to come if nobody acts, in order of time.
func (c *Change) deadlines() (all []Deadline) {
	add := func(at *time.Time, kind EventKind, what string) {
		if at != nil {
			all = append(all, Deadline{*at, kind, what})
		}
	}
	switch c.State {
	case ChangeAwaiting:
		if c.Approval.StoppedAt != nil || !c.stageOpen() {
			return nil
		}
		add(c.RemindAt, EventReminded, "The approvers are reminded.")
		if joining := c.joining(); len(joining) > 0 {
			add(c.BackupAt, EventBackup, "The backups may decide too: "+each(joining)+".")
		}
		add(c.ExpireAt, EventExpired, "It expires. Silence never approves a change; it can be raised again.")
	case ChangeAssessing, ChangeScheduled:
		if c.Window != nil {
			add(&c.Window.End, EventWindowEnded, "The window ends. If nobody has started it, it expires and can be raised again.")
		}
	case ChangeRaised, ChangeApproved, ChangeRejected, ChangeExpired, ChangeImplementing, ChangeClosed, ChangeCancelled:
	}
	slices.SortStableFunc(all, func(a, b Deadline) int { return a.At.Compare(b.At) })
	if i := slices.IndexFunc(all, func(d Deadline) bool { return d.Kind == EventExpired }); i >= 0 {
		all = all[:i+1] // nothing comes after the end
	}
	return all
}

// Next is the first thing that happens by itself.
func (c *Change) Next() (Deadline, bool) {
	all := c.deadlines()
	if len(all) == 0 {
		return Deadline{}, false
	}
	return all[0], true
}

// Fall does what a deadline says, once it is there.
func (c *Change) Fall(d Deadline, at time.Time) Event {
	e := Event{Kind: d.Kind, From: c.State}
	switch d.Kind { //nolint:exhaustive // deadlines have no other kinds but those of an end
	case EventReminded:
		c.RemindAt = nil
	case EventBackup:
		e.Detail = &Detail{Joined: c.joining()}
		c.join()
	default:
		c.Become(ChangeExpired, at)
	}
	c.refresh()
	return e
}

// late are the panels that backups would join: those where they could help.
func (c *Change) late() (late []*Panel) {
	o := c.Approval.Opening
	if o == nil {
		return nil
	}
	for i, t := range c.Tally().Panels {
		if p := &o.Panels[i]; p.Reach == ReachNamed && len(p.Backups) > 0 && t.useful {
			late = append(late, p)
		}
	}
	return late
}

func (c *Change) joining() (who []PersonID) {
	for _, p := range c.late() {
		who = append(who, p.Backups...)
	}
	slices.Sort(who)
	return slices.Compact(who)
}

func (c *Change) join() {
	for _, p := range c.late() {
		p.Reach = ReachBackups
	}
	c.BackupAt = nil
}

// PrincipalsOf are those whom somebody may decide for in the open stage.
func (c *Change) PrincipalsOf(id PersonID) (all []PersonID) {
	waiting := c.waiting()
	for _, d := range c.Deputies() {
		if d.To == id && slices.Contains(waiting, d.From) {
			all = append(all, d.From)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// explainApproval says for what and for whom the approval waits.
func (c *Change) explainApproval(e *Explanation) {
	e.Acts = []Act{ActDecide, ActRetract, ActDelegate, ActEdit, ActHold, ActWithdraw, ActReassign, ActComment, ActCancel}
	if !c.stageOpen() {
		e.Summary = "The next approval is being opened: Steward finds out who may decide on it."
		return
	}
	o, t := c.Approval.Opening, c.Tally()
	e.WaitsFor = append(e.WaitsFor, c.waiting()...)
	e.Approval = &Progress{Round: o.Round, Stage: o.Stage, Of: o.Of, Name: o.Name, Votes: c.Votes(), Deputies: c.Deputies()}
	for i, p := range t.Panels {
		e.Approval.Factors = append(e.Approval.Factors, FactorProgress{
			Name: p.Name, Need: p.Need, Approved: p.Approved, Waiting: p.Waiting,
			Mandatory: o.Panels[i].Mandatory, Rejection: o.Panels[i].rejection(),
		})
	}
	e.Summary = e.Approval.summary()
}

// Plain reports whether any one person decides all: then there is no progress to show.
func (p *Progress) Plain() bool {
	return p.Of == 1 && len(p.Factors) == 1 && p.Factors[0].Need == 1 && len(p.Factors[0].Mandatory) == 0
}

func (p *Progress) summary() string {
	if p.Plain() {
		return "It waits for one decision: any one of the approvers approves or rejects it."
	}
	stage := p.Name
	if p.Of > 1 {
		stage = fmt.Sprintf("%s, stage %d of %d", p.Name, p.Stage, p.Of)
	}
	var parts []string
	for _, f := range p.Factors {
		parts = append(parts, fmt.Sprintf("%s %d of %d", f.Name, len(f.Approved), f.Need))
	}
	return "It waits for approval (" + stage + "): " + strings.Join(parts, ", ") + "."
}

// rejection says what one rejection does, where it would be given.
func (p *Panel) rejection() string {
	if p.Veto {
		return "One rejection ends it."
	}
	return fmt.Sprintf("A rejection ends it only when %d approvals cannot be reached any more.", p.slots())
}

// each puts words in a row, all of them: a, b and c.
func each[T ~string](words []T) string {
	return strings.Replace(list(words), " or ", " and ", 1)
}
