package itsm

import (
	"fmt"
	"slices"
	"strings"
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
	f.address("/message", d.Message)
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
		f.address("/alert/url", o.URL)
	}
	return f.refuse("incident.invalid", "This incident")
}

func (f *faults) optionalLine(pointer, text string, most int) {
	if text != "" {
		f.line(pointer, text, most)
	}
}

// address checks an address that need not be given.
func (f *faults) address(pointer, text string) {
	f.optionalLine(pointer, text, MaxURL)
	if text != "" && !webAddress(text) {
		f.add(pointer, "must be an address that begins with https:// or http://")
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
	return n.Check() == nil && strings.HasPrefix(string(n), prefix+"-") && !strings.Contains(string(n), "/")
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
	return called || KindIncident.SeesAll(who) || who.Person == i.Reporter ||
		who.Person == i.Owner || who.Person == i.Assignee || slices.Contains(who.Teams, i.Team)
}

// checkWorker refuses whoever may not work on incidents, and what is over.
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
