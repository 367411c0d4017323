package itsm

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"time"
)

// Bounds on what a catalog says of incidents.
const (
	MaxEscalations = 500
	MaxAlertRules  = 1_000
	MaxLevels      = 10
	MaxRepeat      = 5
	MaxWithin      = 24 * time.Hour

	maxTargets   = 20 // of a level
	maxReminders = 10 // while a caller is awaited
	maxMatches   = 20 // of an alert rule
	maxPattern   = 200
)

func (k *catalogCheck) checkIncidents() {
	k.incidentPolicy("/incident_policy", &k.c.Incident)
	k.atMost("/escalation_policies", len(k.c.Escalations), MaxEscalations)
	ids := seen{}
	for i, p := range k.c.Escalations[:min(len(k.c.Escalations), MaxEscalations)] {
		at := fmt.Sprintf("/escalation_policies/%d", i)
		k.id(at, string(p.ID), ids)
		k.line(at+"/name", p.Name, maxName)
		k.escalationPolicy(at, p)
	}
	k.atMost("/alert_rules", len(k.c.AlertRules), MaxAlertRules)
	for i, r := range k.c.AlertRules[:min(len(k.c.AlertRules), MaxAlertRules)] {
		k.alertRule(fmt.Sprintf("/alert_rules/%d", i), r)
	}
	for i, s := range k.c.Services {
		at := fmt.Sprintf("/services/%d", i)
		k.escalation(at+"/escalation", s.Escalation)
		k.optional(at+"/incident_channel", s.Incidents, slackPlace, "a Slack channel id such as C0PAYMENTS; it is at the end of the channel's details in Slack")
	}
}

// escalation checks a name of an escalation policy that need not be given.
func (k *catalogCheck) escalation(at string, id EscalationID) {
	if id != "" {
		k.known(at, "escalation policy", string(id), k.escalations)
	}
}

func (k *catalogCheck) incidentPolicy(at string, p *IncidentPolicy) {
	k.matrix(at+"/matrix", p.Matrix)
	k.degree(at+"/impact", p.Impact)
	k.degree(at+"/urgency", p.Urgency)
	k.escalation(at+"/escalation", p.Escalation)
	k.atMost(at+"/priorities", len(p.Priorities), len(Priorities))
	told := seen{}
	for i, t := range p.Priorities[:min(len(p.Priorities), len(Priorities))] {
		here := fmt.Sprintf("%s/priorities/%d", at, i)
		if oneOf(&k.faults, here+"/priority", t.Priority, Priorities) {
			k.once(here+"/priority", string(t.Priority), told)
		}
		k.calendar(here+"/calendar", t.Calendar)
		k.length(here+"/respond", t.Respond, t.Calendar)
		k.length(here+"/resolve", t.Resolve, t.Calendar)
	}
	k.holdTerms(at+"/hold", p)
	k.closureTerms(at+"/closure", p)
}

// matrix checks that every impact and urgency has its priority.
func (k *catalogCheck) matrix(at string, m *Matrix) {
	if m == nil {
		return
	}
	for _, impact := range Degrees {
		for _, urgency := range Degrees {
			oneOf(&k.faults, fmt.Sprintf("%s/%s/%s", at, impact, urgency), m.Priority(impact, urgency), Priorities)
		}
	}
}

// length checks a length that need not be given, counted in the hours of a calendar.
func (k *catalogCheck) length(at string, l Length, in CalendarID) {
	if l.IsZero() {
		return
	}
	if fault := l.Fault(); fault != "" {
		k.add(at, "%s", fault)
		return
	}
	if open, known := k.openYear(in); known && l.Time > open {
		k.add(at, "is more than calendar %s is open in a year (%s), so the end may never come", in, open)
	}
}

// before checks that one length is over before another is, where both are given in
// the same measure: how long a day is, only a calendar knows.
func (k *catalogCheck) before(at string, l Length, what string, limit Length) {
	if l.Fault() != "" || limit.Fault() != "" || (l.Days > 0) != (limit.Days > 0) {
		return
	}
	if l.Days >= limit.Days && l.Time >= limit.Time {
		k.add(at, "must be shorter than %s (%s), or nobody is reminded in time", what, limit)
	}
}

func (k *catalogCheck) holdTerms(at string, p *IncidentPolicy) {
	h := p.Hold
	k.calendar(at+"/calendar", h.Calendar)
	k.length(at+"/caller", h.Caller, h.Calendar)
	k.length(at+"/others", h.Others, h.Calendar)
	k.atMost(at+"/remind", len(h.Remind), maxReminders)
	given := seen{}
	for i, l := range h.Remind[:min(len(h.Remind), maxReminders)] {
		here := fmt.Sprintf("%s/remind/%d", at, i)
		if fault := l.Fault(); fault != "" {
			k.add(here, "%s", fault)
			continue
		}
		k.once(here, l.String(), given)
		k.before(here, l, "caller", p.HoldTerms().Caller)
	}
}

func (k *catalogCheck) closureTerms(at string, p *IncidentPolicy) {
	c := p.Closure
	k.calendar(at+"/calendar", c.Calendar)
	k.length(at+"/remind", c.Remind, c.Calendar)
	k.length(at+"/after", c.After, c.Calendar)
	if !c.Remind.IsZero() {
		k.before(at+"/remind", c.Remind, "after", p.ClosureTerms().After)
	}
}

func (k *catalogCheck) escalationPolicy(at string, p EscalationPolicy) {
	if len(p.Levels) == 0 {
		k.add(at+"/levels", "is needed: at least one level, for nobody is called by none")
	}
	k.atMost(at+"/levels", len(p.Levels), MaxLevels)
	for i, l := range p.Levels[:min(len(p.Levels), MaxLevels)] {
		here := fmt.Sprintf("%s/levels/%d", at, i)
		if within := time.Duration(l.Within); within < time.Second || within > MaxWithin {
			k.add(here+"/within", "must be between 1s and %.0fh: how long they have to acknowledge, before the next level is called", MaxWithin.Hours())
		}
		if len(l.Targets) == 0 {
			k.add(here+"/targets", "is needed: at least one person, rotation, team or channel")
		}
		k.atMost(here+"/targets", len(l.Targets), maxTargets)
		called := seen{}
		for j, t := range l.Targets[:min(len(l.Targets), maxTargets)] {
			k.callTarget(fmt.Sprintf("%s/targets/%d", here, j), t, called)
		}
	}
	if p.Repeat < 0 || p.Repeat > MaxRepeat {
		k.add(at+"/repeat", "must be from 0 to %d", MaxRepeat)
	}
	if stale := time.Duration(p.StaleAfter); stale != 0 && (stale < time.Second || stale > MaxExpiry) {
		k.add(at+"/stale_after", "must be 0s for never, or between 1s and %.0fh (90 days)", MaxExpiry.Hours())
	}
}

// callTarget checks that a target is one thing, and that somebody of it can take an
// incident on.
func (k *catalogCheck) callTarget(at string, t CallTarget, called seen) {
	given := 0
	for _, key := range []string{string(t.Person), string(t.Rotation), string(t.Team), t.Channel} {
		if key != "" {
			given++
		}
	}
	if given != 1 {
		k.add(at, "must be one of person, rotation, team and channel, and only one")
		return
	}
	if first, again := called.mark(fmt.Sprint(t), at); again {
		k.add(at, "is already at %s; whoever is called is called once", first)
	}
	switch {
	case t.Person != "":
		k.person(at+"/person", t.Person)
		k.responds(at+"/person", t.Person)
	case t.Rotation != "":
		k.known(at+"/rotation", "rotation", string(t.Rotation), k.rotations)
		if id := k.crowd.idle[t.Rotation]; id != "" {
			k.add(at+"/rotation", "calls %s, who may not work on incidents, which takes the role %s", cut(string(id)), list(grants[WorkOnIncidents]))
		}
	case t.Team != "":
		k.known(at+"/team", "team", string(t.Team), k.teams)
		if works, known := k.crowd.staffed[t.Team]; known && !works {
			k.add(at+"/team", "has no member who may work on incidents, which takes the role %s", list(grants[WorkOnIncidents]))
		}
	default:
		k.optional(at+"/channel", t.Channel, slackPlace, "a Slack channel id such as C0PAYMENTS; it is at the end of the channel's details in Slack")
	}
}

// responds says when somebody who is known could not take on what they are called for.
func (k *catalogCheck) responds(at string, id PersonID) {
	if _, known := slices.BinarySearch(k.people, string(id)); known && !k.crowd.works[id] {
		k.add(at, "%s may not work on incidents, which takes the role %s", cut(string(id)), list(grants[WorkOnIncidents]))
	}
}

func (k *catalogCheck) alertRule(at string, r AlertRule) {
	k.atMost(at+"/match", len(r.Match), maxMatches)
	for i, m := range r.Match[:min(len(r.Match), maxMatches)] {
		k.labelMatch(fmt.Sprintf("%s/match/%d", at, i), m)
	}
	if r.Service != "" {
		k.known(at+"/service", "service", string(r.Service), k.services)
	}
	k.degree(at+"/impact", r.Impact)
	k.degree(at+"/urgency", r.Urgency)
	k.escalation(at+"/escalation", r.Escalation)
	if r.By != "" {
		oneOf(&k.faults, at+"/by", r.By, []AlertGrouping{ByGroup, ByAlert})
	}
}

func (k *catalogCheck) labelMatch(at string, m LabelMatch) {
	k.line(at+"/label", m.Label, maxName)
	switch {
	case (m.Is == "") == (m.Matches == ""):
		k.add(at, "must have one of is and matches, and only one")
	case m.Is != "":
		k.line(at+"/is", m.Is, MaxURL)
	case len(m.Matches) > maxPattern:
		k.add(at+"/matches", "has %d bytes; %d is the most", len(m.Matches), maxPattern)
	default:
		k.pattern(at+"/matches", m.Matches)
	}
}

// pattern checks a regular expression by itself, so that none is whole only within
// what Route puts around it.
func (k *catalogCheck) pattern(at, text string) {
	_, err := syntax.Parse(text, syntax.Perl)
	if err == nil {
		_, err = compileMatch(text)
	}
	if err != nil {
		k.add(at, "%q is not a regular expression (RE2): %s", cut(text), err)
	}
}
