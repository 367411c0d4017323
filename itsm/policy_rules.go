package itsm

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// maxTerms is how much of a policy the history of every change holds, in bytes.
const maxTerms = 8 << 10

// editable is every field whose edit can be called material.
var editable = append(slices.Clone(MaterialFields), "links")

func (k *catalogCheck) checkPolicy() {
	p, at := &k.c.Change, "/change_policy"
	k.calendar(at+"/calendar", p.Calendar)
	k.faults = append(k.faults, p.Risk.faults(at+"/risk", k.services)...)
	k.material(at+"/material_fields", p.Material)
	if len(p.Tiers) == 0 {
		k.approvers(at+"/approvers", p.Approvers)
		remind := p.RemindAfter
		k.times(at, Stage{RemindAfter: &remind, ExpireAfter: p.ExpireAfter, Calendar: p.Calendar})
	} else {
		k.tiers(at, p)
	}
	k.terms(at+"/risk", p)
}

func (k *catalogCheck) approvers(at string, r Role) {
	if !oneOf(&k.faults, at, r, grants[DecideChanges]) || len(k.c.People) == 0 {
		return
	}
	switch holders := k.crowd.roles[r]; {
	case len(holders) < minDeciders:
		k.add(at, "is held by %s; give it to at least two people, for nobody decides on what they raised themselves", list(k.crowd.names(holders)))
	case len(holders) > MaxNamed:
		k.add(at, "is held by %d people; at most %d can be asked one by one", len(holders), MaxNamed)
	}
}

func (k *catalogCheck) material(at string, fields []string) {
	named := seen{}
	for i, f := range fields[:min(len(fields), maxHints)] {
		p := fmt.Sprintf("%s/%d", at, i)
		oneOf(&k.faults, p, f, editable)
		k.once(p, f, named)
	}
	k.atMost(at, len(fields), len(editable))
}

// terms keeps the part of the policy that every change's history holds small.
func (k *catalogCheck) terms(at string, p *ChangePolicy) {
	service := 0
	for _, s := range k.c.Services {
		text, _ := json.Marshal(s) //nolint:errchkjson // no value of the type is without JSON
		service = max(service, len(text))
	}
	text, err := json.Marshal(p.Terms(Service{}))
	if size := len(text) + service; err != nil || size > maxTerms {
		k.add(at, "comes to %d bytes with the service and the material fields; %d is the most, for every change keeps them for life: use fewer or shorter rules", size, maxTerms)
	}
}

func (k *catalogCheck) tiers(at string, p *ChangePolicy) {
	for _, f := range []struct {
		key   string
		given bool
	}{{"approvers", p.Approvers != ""}, {"remind_after", p.RemindAfter != 0}, {"expire_after", p.ExpireAfter != 0}} {
		if f.given {
			k.add(at+"/"+f.key, "cannot stand beside tiers, whose stages say it one by one; remove it")
		}
	}
	at += "/tiers"
	k.atMost(at, len(p.Tiers), len(RiskTiers))
	tiers := seen{}
	for i, t := range p.Tiers[:min(len(p.Tiers), len(RiskTiers))] {
		here := fmt.Sprintf("%s/%d", at, i)
		if oneOf(&k.faults, here+"/risk", t.Risk, RiskTiers) {
			k.once(here+"/risk", string(t.Risk), tiers)
		}
		k.stages(here+"/stages", p, t.Stages)
	}
	for _, r := range RiskTiers {
		if _, told := tiers[string(r)]; !told {
			k.add(at, "says nothing of changes whose risk is %s; every risk needs its tier", r)
		}
	}
}

func (k *catalogCheck) stages(at string, p *ChangePolicy, stages []Stage) {
	if len(stages) == 0 {
		k.add(at, "is needed: at least one stage, for no change is authorised by nobody")
	}
	k.atMost(at, len(stages), MaxStages)
	stages = stages[:min(len(stages), MaxStages)]
	names, faulty := seen{}, make([]bool, len(stages))
	for i, s := range stages {
		here, before := fmt.Sprintf("%s/%d", at, i), len(k.faults)
		k.line(here+"/name", s.Name, maxStageName)
		k.once(here+"/name", s.Name, names)
		k.calendar(here+"/calendar", s.Calendar)
		k.optional(here+"/channel", s.Channel, slackPlace, "a Slack channel id such as C0PAYMENTS; it is at the end of the channel's details in Slack")
		s.Calendar = p.Hours(s)
		k.times(here, s)
		k.factors(here+"/factors", s.Factors)
		faulty[i] = len(k.faults) > before
	}
	k.reach(at, stages, faulty)
}

const maxStageName = 60

func (k *catalogCheck) factors(at string, factors []Factor) {
	if len(factors) == 0 {
		k.add(at, "is needed: at least one factor, for no stage passes by itself")
	}
	k.atMost(at, len(factors), MaxFactors)
	names, mandatory := seen{}, seen{}
	for i, f := range factors[:min(len(factors), MaxFactors)] {
		here := fmt.Sprintf("%s/%d", at, i)
		k.line(here+"/name", f.Name, maxStageName)
		k.once(here+"/name", f.Name, names)
		k.group(here+"/who", f.Who)
		if !f.Backup.empty() {
			k.group(here+"/backup", f.Backup)
		}
		k.need(here+"/need", f.Need)
		if f.Reject != "" {
			oneOf(&k.faults, here+"/reject", f.Reject, []RejectRule{Veto, Quorum})
		}
		excluded := seen{}
		for j, x := range f.Exclude[:min(len(f.Exclude), maxHints)] {
			p := fmt.Sprintf("%s/exclude/%d", here, j)
			oneOf(&k.faults, p, x, Exclusions)
			k.once(p, string(x), excluded)
		}
		k.mandatory(here+"/mandatory", f, mandatory)
	}
}

func (k *catalogCheck) group(at string, g Group) {
	given := 0
	for _, is := range []bool{g.Role != "", g.Team != "", len(g.People) > 0, g.Owner} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		k.add(at, "must be one of role, team, people and service_owner, and only one")
	case g.Role != "":
		oneOf(&k.faults, at+"/role", g.Role, Roles)
	case g.Team != "":
		k.known(at+"/team", "team", string(g.Team), k.teams)
	}
	k.atMost(at+"/people", len(g.People), MaxNamed)
	named := seen{}
	for i, id := range g.People[:min(len(g.People), MaxNamed)] {
		p := fmt.Sprintf("%s/people/%d", at, i)
		k.person(p, id)
		k.once(p, string(id), named)
	}
	if n := len(k.crowd.members(g)); given == 1 && n > MaxNamed {
		k.add(at, "is %d people who may decide; at most %d can be asked one by one", n, MaxNamed)
	}
}

func (k *catalogCheck) need(at string, n Need) {
	ways := 0
	for _, is := range []bool{n.All, n.Count != 0, n.Percent != 0} {
		if is {
			ways++
		}
	}
	switch {
	case ways == 0:
		k.add(at, "is needed: all, a count such as 2, or a percentage such as 60%%")
	case ways > 1 || n.Count < 0 || n.Count > MaxNamed || n.Percent < 0 || n.Percent > 100:
		k.add(at, "must be all, a count from 1 to %d, or a percentage from 1%% to 100%%", MaxNamed)
	}
}

// mandatory checks who must be among those that approve, against all who must in
// the stage.
func (k *catalogCheck) mandatory(at string, f Factor, stage seen) {
	if f.Who.Owner && len(f.Mandatory) > 0 {
		k.add(at, "has no meaning beside service_owner, who is one person; remove it")
		return
	}
	k.atMost(at, len(f.Mandatory), MaxNamed)
	members := k.crowd.members(f.Who)
	for i, id := range f.Mandatory[:min(len(f.Mandatory), MaxNamed)] {
		p := fmt.Sprintf("%s/%d", at, i)
		k.person(p, id)
		if first, again := stage.mark(string(id), p); again {
			k.add(p, "%s is already at %s; one person fills one factor of a stage", cut(string(id)), first)
		}
		switch _, known := slices.BinarySearch(k.people, string(id)); {
		case !known:
		case !k.crowd.decides(id):
			k.add(p, "%s may not decide on changes, which takes the role %s", id, list(grants[DecideChanges]))
		case !slices.Contains(members, k.crowd.index[id]):
			k.add(p, "%s is not of the group that this factor asks", id)
		}
	}
}

// times checks how long a stage, whose calendar is the one that counts for it,
// waits for what.
func (k *catalogCheck) times(at string, s Stage) {
	expire := time.Duration(s.ExpireAfter)
	if expire < MinExpiry || expire > MaxExpiry {
		k.add(at+"/expire_after", "must be between 1s and 2160h (90 days)")
		return
	}
	if open, known := k.openYear(s.Calendar); known && expire > open {
		k.add(at+"/expire_after", "is more than calendar %s is open in a year (%s), so the end may never come", s.Calendar, open)
	}
	for _, d := range []struct {
		key, none, late string
		after           *Duration
	}{
		{"remind_after", "no reminder", "nobody is reminded in time", s.RemindAfter},
		{"backup_after", "no backup", "the backup comes too late", s.BackupAfter},
	} {
		switch {
		case d.after == nil || *d.after == 0:
		case time.Duration(*d.after) < time.Second:
			k.add(at+"/"+d.key, "must be 0s for %s, or at least 1s", d.none)
		case time.Duration(*d.after) >= expire:
			k.add(at+"/"+d.key, "must be shorter than expire_after (%s), or %s", expire, d.late)
		}
	}
}

func (k *catalogCheck) calendar(at string, id CalendarID) {
	if id == "" {
		return
	}
	k.known(at, "calendar", string(id), sortedIDs(k.c.Calendars, func(c Calendar) CalendarID { return c.ID }))
}

// openYear is for how long a calendar is open in 52 weeks without a holiday. Add
// looks ten years ahead, so that is within its reach for any dates that are closed.
func (k *catalogCheck) openYear(id CalendarID) (time.Duration, bool) {
	i := slices.IndexFunc(k.c.Calendars, func(c Calendar) bool { return c.ID == id })
	if i < 0 || !k.c.Calendars[i].Hours.given() {
		return 0, false
	}
	minutes := 0
	for _, spans := range k.c.Calendars[i].Hours.byDay() {
		for _, s := range spans {
			if from, to, ok := s.minutes(); ok {
				minutes += to - from
			}
		}
	}
	return 52 * time.Duration(minutes) * time.Minute, minutes > 0
}
