package db

import (
	"strconv"

	"github.com/steward-itsm/steward/itsm"
)

// raisedFacts is what the audit says of an incident that was raised.
func raisedFacts(i *itsm.Incident, e itsm.Event, digest string) facts {
	f := eventFacts(e, digest)
	f.add("reporter", string(i.Reporter))
	f.add("service", string(i.Service))
	f.add("team", string(i.Team))
	f.add("priority", string(i.Priority))
	f.add("impact", string(i.Impact))
	f.add("urgency", string(i.Urgency))
	f.add("follows", string(i.Follows))
	if i.Alert != nil {
		f.add("alert_source", i.Alert.Source)
	}
	return f
}

// ofIncident is what the audit says of what happened to an incident. Reasons are
// notes, and stand beside.
func (f facts) ofIncident(d *itsm.Detail) {
	f.add("priority", string(d.Priority))
	f.add("was", string(d.Was))
	f.add("impact", string(d.Impact))
	f.add("urgency", string(d.Urgency))
	if d.Override != nil {
		f.add("override", string(d.Override.Priority))
	}
	f.clocks(d)
	if d.Call != nil {
		f.call(d.Call)
	}
	f.add("escalate_to", string(d.EscalateTo))
	f.add("team", string(d.Team))
	if h := d.Hold; h != nil {
		f.add("hold", string(h.Reason))
		f.add("hold_for", string(h.For))
	}
	if r := d.Relation; r != nil {
		f.add("relation", string(r.Kind))
		f.add("related_to", string(r.To))
	}
	f.add("parent", string(d.Parent))
	if d.Resolution != nil {
		f.add("resolution", string(d.Resolution.Code))
	}
	f.add("closing", string(d.Closing))
}

// clocks says when the newest clock of each kind falls due, and what was told of one.
func (f facts) clocks(d *itsm.Detail) {
	for _, c := range d.Clocks {
		delete(f, string(c.Kind)+"_due_at")
		if c.DueAt != nil {
			f.add(string(c.Kind)+"_due_at", factual(*c.DueAt))
		}
	}
	if t := d.Clock; t != nil {
		f.add("clock", string(t.Clock))
		f.add("percent", strconv.Itoa(t.Percent))
		if t.DueAt != nil {
			f.add("due_at", factual(*t.DueAt))
		}
	}
}

func (f facts) call(c *itsm.Call) {
	f.add("round", strconv.Itoa(c.Round))
	f.add("level", strconv.Itoa(c.Level))
	f.add("call", string(c.Kind))
	f.add("trigger", string(c.Trigger))
	names(f, "called", c.People)
	names(f, "channels", c.Channels)
	var skipped []string
	for _, s := range c.Skipped {
		skipped = append(skipped, strconv.Itoa(s.Level))
	}
	names(f, "skipped", skipped)
}
