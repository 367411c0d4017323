package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/gowebpki/jcs"

	"github.com/steward-itsm/steward/itsm"
)

// Digest is the SHA-256, in hex, of what a catalog says, over canonical JSON (RFC
// 8785). The order in which it says it, comments and layout do not count.
func Digest(c itsm.Catalog) string {
	text, err := json.Marshal(ordered(c))
	if err == nil {
		text, err = jcs.Transform(text)
	}
	if err != nil {
		panic(fmt.Errorf("catalog: digest: %w", err)) // no value of the type is without JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Format writes a catalog as YAML that Parse reads back.
func Format(c itsm.Catalog) ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("catalog: format: %w", err)
	}
	out, err := yaml.JSONToYAML(text)
	if err != nil {
		return nil, fmt.Errorf("catalog: format: %w", err)
	}
	return count.ReplaceAll(out, []byte("$1$2")), nil
}

// count is an itsm.Need that is a number, which JSON has as text.
var count = regexp.MustCompile(`(?m)^( +(?:- )?need: )"(\d+)"$`)

// ordered is the catalog with every list whose order says nothing in one order,
// and none missing. Stages, factors, levels, who is on call and the ways to reach
// somebody stay: people are asked and called in theirs. So do alert rules, of which
// the first that matches counts.
func ordered(c itsm.Catalog) itsm.Catalog {
	c.People = sorted(c.People, func(p itsm.Person) string { return string(p.ID) })
	for i := range c.People {
		p := &c.People[i]
		p.Roles = append([]itsm.Role{}, words(p.Roles)...)
		p.Away = sorted(p.Away, func(a itsm.Absence) string { return a.First.String() + a.Last.String() })
	}
	c.Teams = sorted(c.Teams, func(t itsm.Team) string { return string(t.ID) })
	for i := range c.Teams {
		c.Teams[i].Members = words(c.Teams[i].Members)
	}
	c.Services = sorted(c.Services, func(s itsm.Service) string { return string(s.ID) })
	c.GitHub = sorted(c.GitHub, func(r itsm.DeploymentRule) string { return r.Repository + "\n" + r.Environment })
	c.Calendars = sorted(c.Calendars, func(d itsm.Calendar) string { return string(d.ID) })
	for i := range c.Calendars {
		d := &c.Calendars[i]
		d.Closed = sorted(d.Closed, itsm.Date.String)
		d.Hours = week(d.Hours)
	}
	c.Delegations = sorted(c.Delegations, func(d itsm.Substitute) string {
		return string(d.From) + "\n" + d.First.String() + string(d.To) + "\n" + d.Last.String()
	})
	for i := range c.Delegations {
		c.Delegations[i].Services = words(c.Delegations[i].Services)
	}
	c.Rotations = sorted(c.Rotations, func(r itsm.Rotation) string { return string(r.ID) })
	for i := range c.Rotations {
		rotation(&c.Rotations[i])
	}
	c.Escalations = sorted(c.Escalations, func(p itsm.EscalationPolicy) string { return string(p.ID) })
	c.Change = policy(c.Change)
	if c.Incident.Priorities != nil { // or what says nothing of incidents would say something
		c.Incident.Priorities = sorted(c.Incident.Priorities, func(t itsm.PriorityTerms) string { return string(t.Priority) })
	}
	if c.Problem.RootCause != nil {
		c.Problem.RootCause = sorted(c.Problem.RootCause, func(t itsm.ProblemTarget) string { return string(t.Priority) })
	}
	c.Supplier = suppliers(c.Supplier)
	return c
}

// suppliers leaves what is not said unsaid.
func suppliers(p itsm.SupplierPolicy) itsm.SupplierPolicy {
	if p.Tiers != nil {
		p.Tiers = sorted(p.Tiers, func(t itsm.TierTerms) string { return string(t.Tier) })
	}
	if p.Weights != nil {
		p.Weights = sorted(p.Weights, func(w itsm.Weight) string { return string(w.Criterion) })
	}
	for _, days := range []*[]int{&p.Notice, &p.Certificate, &p.Refresh} {
		if *days != nil {
			*days = slices.Sorted(slices.Values(*days))
		}
	}
	return p
}

// rotation leaves people as they are: they take turns in their order.
func rotation(r *itsm.Rotation) {
	r.Overrides = sorted(r.Overrides, func(o itsm.DutyOverride) string { return o.From.String() })
	r.Shifts = sorted(r.Shifts, func(s itsm.Shift) string { return s.Name })
	for i := range r.Shifts {
		r.Shifts[i].Hours = week(r.Shifts[i].Hours)
	}
}

func week(w itsm.WeeklyHours) itsm.WeeklyHours {
	for _, day := range []*[]itsm.Span{&w.Mon, &w.Tue, &w.Wed, &w.Thu, &w.Fri, &w.Sat, &w.Sun} {
		*day = words(*day)
	}
	return w
}

func policy(p itsm.ChangePolicy) itsm.ChangePolicy {
	p.Material = words(p.Material)
	p.Risk.Rules = slices.Clone(p.Risk.Rules)
	for i := range p.Risk.Rules {
		when := &p.Risk.Rules[i].When
		when.Services, when.Criticality = words(when.Services), words(when.Criticality)
	}
	p.Tiers = sorted(p.Tiers, func(t itsm.Tier) string { return string(t.Risk) })
	for i := range p.Tiers {
		p.Tiers[i].Stages = slices.Clone(p.Tiers[i].Stages)
		for j := range p.Tiers[i].Stages {
			s := &p.Tiers[i].Stages[j]
			s.Factors = slices.Clone(s.Factors)
			for k := range s.Factors {
				f := &s.Factors[k]
				f.Mandatory, f.Exclude = words(f.Mandatory), words(f.Exclude)
				f.Who.People, f.Backup.People = words(f.Who.People), words(f.Backup.People)
			}
		}
	}
	return p
}

// words are in order; none at all are nil, so that JSON leaves them out.
func words[T ~string](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Sorted(slices.Values(list))
}

func sorted[T any](list []T, key func(T) string) []T {
	list = append([]T{}, list...)
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return list
}
