package itsm

import (
	"slices"
	"strings"
	"time"
)

// TeamID names a team of the catalog.
type TeamID string

// ServiceID names a service of the catalog.
type ServiceID string

// Duration is a length of time written as Go writes it: 90s, 4h, 36h30m.
type Duration time.Duration

// MarshalText writes d as Go does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration reads.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return Refuse(Invalid, "catalog.duration", "%q is not a duration; write it like 90s, 4h or 36h30m.", text)
	}
	*d = Duration(v)
	return nil
}

// Catalog is who is who and what is what: it is live, except for the policy,
// whose version a record keeps for life.
type Catalog struct {
	People   []Person         `json:"people"`
	Teams    []Team           `json:"teams"`
	Services []Service        `json:"services"`
	Change   ChangePolicy     `json:"change_policy"`
	GitHub   []DeploymentRule `json:"github,omitempty"`

	Calendars   []Calendar   `json:"calendars,omitempty"`
	Delegations []Substitute `json:"delegations,omitempty"`

	Incident    IncidentPolicy     `json:"incident_policy,omitzero"`
	Problem     ProblemPolicy      `json:"problem_policy,omitzero"`
	Supplier    SupplierPolicy     `json:"supplier_policy,omitzero"`
	Corrective  CorrectivePolicy   `json:"corrective_policy,omitzero"`
	Rotations   []Rotation         `json:"rotations,omitempty"`
	Escalations []EscalationPolicy `json:"escalation_policies,omitempty"`
	AlertRules  []AlertRule        `json:"alert_rules,omitempty"`
}

// Absence is when somebody is away: from the first day to the last, in their zone.
type Absence struct {
	First Date `json:"first"`
	Last  Date `json:"last"`
}

// Substitute lets one person decide for another for some days: from the first to
// the last, in the zone of the one who is stood in for.
type Substitute struct {
	From     PersonID    `json:"from"`
	To       PersonID    `json:"to"`
	First    Date        `json:"first"`
	Last     Date        `json:"last"`
	Services []ServiceID `json:"services,omitempty"` // empty: all
}

// Person is somebody who may act. Name, e-mail and webhook are personal and stay in
// the catalog; records hold the id.
type Person struct {
	ID     PersonID `json:"id"`
	Name   string   `json:"name"`
	Email  string   `json:"email,omitempty"`
	Slack  string   `json:"slack,omitempty"`  // Slack user id, U… or W…
	GitHub string   `json:"github,omitempty"` // GitHub login
	Zone   string   `json:"zone"`             // IANA time zone
	Roles  []Role   `json:"roles"`

	Away []Absence `json:"away,omitempty"`

	Reach   []Way  `json:"reach,omitempty"`   // how to reach them, in that order; empty: by Slack, then by e-mail
	Webhook string `json:"webhook,omitempty"` // https address; personal, and often a secret
}

// Team is a group of people with somebody who answers for it.
type Team struct {
	ID      TeamID     `json:"id"`
	Name    string     `json:"name"`
	Manager PersonID   `json:"manager"`
	Members []PersonID `json:"members,omitempty"`
}

// Criticality is how much it matters when a service stops.
type Criticality string

// The criticalities.
const (
	Low      Criticality = "low"
	Medium   Criticality = "medium"
	High     Criticality = "high"
	Critical Criticality = "critical"
)

// Service is what changes are made to (ISO/IEC 20000-1:2018, 8.2.4).
type Service struct {
	ID          ServiceID   `json:"id"`
	Name        string      `json:"name"`
	Owner       PersonID    `json:"owner"`
	Team        TeamID      `json:"team"`
	Channel     string      `json:"approval_channel"` // Slack channel id that approvals are asked in
	Criticality Criticality `json:"criticality"`
	Restricted  bool        `json:"restricted,omitempty"` // its records are for those concerned only

	Escalation EscalationID `json:"escalation,omitempty"`       // who is called; empty: the incident policy's
	Incidents  string       `json:"incident_channel,omitempty"` // Slack channel of its incidents; empty: approval_channel
}

// DeploymentRule maps what GitHub deploys to a service.
type DeploymentRule struct {
	Repository  string    `json:"repository"`  // owner/name
	Environment string    `json:"environment"` // as GitHub names it; * for any
	Service     ServiceID `json:"service"`
	Risk        *Risk     `json:"risk,omitempty"` // of what is deployed so; nil: not assessed
}

// Service finds a service by id.
func (c *Catalog) Service(id ServiceID) (Service, bool) {
	for _, s := range c.Services {
		if s.ID == id {
			return s, true
		}
	}
	return Service{}, false
}

// Person finds a person by id.
func (c *Catalog) Person(id PersonID) (Person, bool) {
	for _, p := range c.People {
		if p.ID == id {
			return p, true
		}
	}
	return Person{}, false
}

// TeamsOf lists the teams that a person belongs to or answers for.
func (c *Catalog) TeamsOf(id PersonID) []TeamID {
	var teams []TeamID
	for _, t := range c.Teams {
		in := t.Manager == id
		for _, m := range t.Members {
			in = in || m == id
		}
		if in {
			teams = append(teams, t.ID)
		}
	}
	return teams
}

// RuleFor finds the rule for a deployment: that of the very environment first,
// then the repository's for any.
func (c *Catalog) RuleFor(repository, environment string) (DeploymentRule, bool) {
	for _, want := range []string{environment, "*"} {
		for _, r := range c.GitHub {
			if strings.EqualFold(r.Repository, repository) && r.Environment == want {
				return r, true
			}
		}
	}
	return DeploymentRule{}, false
}

// ServicesFor lists the services that an actor may see.
func (c *Catalog) ServicesFor(who Actor) []Service {
	return slices.DeleteFunc(slices.Clone(c.Services), func(s Service) bool { return s.hidden(who) })
}

// hidden reports whether a service is none of an actor's business.
func (s Service) hidden(who Actor) bool {
	return s.Restricted && !who.Is(ChangeManager) && !who.Is(IncidentManager) && !who.Is(Auditor) && !who.Is(Monitor) && s.Owner != who.Person && !slices.Contains(who.Teams, s.Team)
}

// PeopleFor lists people as an actor may see them: addresses are for those who
// keep the catalog or audit it, and for their owner.
func (c *Catalog) PeopleFor(who Actor) []Person {
	people := slices.Clone(c.People)
	for i := range people {
		if people[i].ID != who.Person && !who.Is(Admin) && !who.Is(Auditor) && !who.Is(ChangeManager) {
			people[i].Email, people[i].Webhook = "", ""
		}
	}
	return people
}

// Deployer is the person who a GitHub login belongs to; for a stranger, the owner
// of the service that is deployed.
func (c *Catalog) Deployer(login string, s Service) Person {
	for _, p := range c.People {
		if p.GitHub != "" && strings.EqualFold(p.GitHub, login) {
			return p
		}
	}
	owner, _ := c.Person(s.Owner)
	return owner
}

// Holders are who hold a role, in the catalog's order.
func (c *Catalog) Holders(r Role) (ids []PersonID) {
	for _, p := range c.People {
		if slices.Contains(p.Roles, r) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}
