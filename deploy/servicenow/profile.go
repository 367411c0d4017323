package servicenow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/activities/holidays"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// MaxProfile is the most bytes that a profile may have.
const MaxProfile = catalog.MaxBytes

// Profile says how one ServiceNow meant what it wrote, and whose records that
// becomes. It is kept in a YAML file.
type Profile struct {
	Service itsm.ServiceID `json:"service"`         // of the catalog: what all of it was about
	Team    itsm.TeamID    `json:"team"`            // whose it is while the log does not know its group
	Teams   []Group        `json:"teams,omitempty"` // groups that are teams of the catalog; others are ids as they are

	Zone     string    `json:"zone"`               // IANA time zone of all times in the log
	Calendar *Calendar `json:"calendar,omitempty"` // in whose hours targets count; nil: around the clock

	Matrix  itsm.Matrix `json:"matrix"`            // the source's
	Targets []Target    `json:"targets,omitempty"` // those left out have none

	Degrees     []Degree            `json:"degrees"`               // as impact and urgency are written
	Priorities  []Priority          `json:"priorities"`            // as priority is written
	States      []State             `json:"states"`                // as incident_state is written
	Resolution  itsm.ResolutionCode `json:"resolution"`            // of what is in none of the next
	Resolutions []Resolution        `json:"resolutions,omitempty"` // as closed_code is written
	Machines    []string            `json:"machines,omitempty"`    // users of the log that are no people
	People      []Person            `json:"people,omitempty"`      // users of the log that are people of the catalog
}

// Person is a user of the log who is a person of the catalog.
type Person struct {
	Is     string        `json:"is"`
	Person itsm.PersonID `json:"person"`
}

// Group is a group of the log that is a team of the catalog.
type Group struct {
	Is   string      `json:"is"`
	Team itsm.TeamID `json:"team"`
}

// Calendar is when time counts, in the profile's zone.
type Calendar struct {
	Hours   itsm.WeeklyHours `json:"hours,omitzero"`
	Country string           `json:"country,omitempty"`
	Closed  []itsm.Date      `json:"closed,omitempty"`
}

func (c *Calendar) in(zone string) itsm.Calendar {
	return itsm.Calendar{ID: "servicenow", Name: "ServiceNow", Zone: zone, Hours: c.Hours, Country: c.Country, Closed: c.Closed}
}

// Target is what was agreed for a priority.
type Target struct {
	Priority itsm.Priority `json:"priority"`
	Respond  itsm.Duration `json:"respond,omitempty"`
	Resolve  itsm.Duration `json:"resolve,omitempty"`
}

// Degree is how an impact or an urgency is written.
type Degree struct {
	Is     string      `json:"is"`
	Degree itsm.Degree `json:"degree"`
}

// Priority is how a priority is written.
type Priority struct {
	Is       string        `json:"is"`
	Priority itsm.Priority `json:"priority"`
}

// State is what a state of the source's is in Steward.
type State struct {
	Is     string             `json:"is"`
	State  itsm.IncidentState `json:"state"`            // or unchanged: it says nothing of the state
	Reason itsm.HoldReason    `json:"reason,omitempty"` // of on_hold
}

// Resolution is what a closed_code of the source's is in Steward.
type Resolution struct {
	Is   string              `json:"is"`
	Code itsm.ResolutionCode `json:"code"`
}

// Unchanged is the State of what says nothing of the state.
const Unchanged itsm.IncidentState = "unchanged"

// states are those that a row can show.
var states = []itsm.IncidentState{
	itsm.IncidentTriaged, itsm.IncidentInProgress, itsm.IncidentOnHold, itsm.IncidentResolved,
	itsm.IncidentClosed, itsm.IncidentCancelled, Unchanged,
}

// ParseProfile reads a profile. When it cannot be relied on, the error is
// *catalog.FileError. name is only for the messages.
func ParseProfile(name string, data []byte) (*Source, error) {
	var p Profile
	if err := catalog.Read(name, "deploy/servicenow.example.yaml", data, &p, p.faults); err != nil {
		return nil, err
	}
	return p.Ready()
}

// faults names what a log cannot be read by.
func (p *Profile) faults() []itsm.Field {
	c := check{}
	c.id("/service", string(p.Service), "a service of the catalog, such as payments")
	c.id("/team", string(p.Team), "a team, such as service-desk")
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "" || p.Zone == "Local" {
		c.add("/zone", "%q is not a time zone; write one as the IANA does, such as Europe/Berlin", p.Zone)
	} else if p.Calendar != nil {
		c.calendar(p.Calendar.in(p.Zone))
	}
	for i, row := range []itsm.MatrixRow{p.Matrix.High, p.Matrix.Medium, p.Matrix.Low} {
		for j, of := range []itsm.Priority{row.High, row.Medium, row.Low} {
			at := fmt.Sprintf("/matrix/%s/%s", itsm.Degrees[i], itsm.Degrees[j])
			word(&c, at, of, itsm.Priorities)
		}
	}
	for i, t := range p.Targets {
		at := fmt.Sprintf("/targets/%d", i)
		word(&c, at+"/priority", t.Priority, itsm.Priorities)
		c.once(at+"/priority", "target of "+string(t.Priority))
		c.length(at+"/respond", t.Respond)
		c.length(at+"/resolve", t.Resolve)
	}
	p.words(&c)
	return c.faults
}

// words checks what the source's words mean.
func (p *Profile) words(c *check) {
	for i, g := range p.Teams {
		at := fmt.Sprintf("/teams/%d", i)
		c.written(at, "group", g.Is)
		c.id(at+"/team", string(g.Team), "a team, such as service-desk")
	}
	for i, d := range p.Degrees {
		at := fmt.Sprintf("/degrees/%d", i)
		c.written(at, "degree", d.Is)
		word(c, at+"/degree", d.Degree, itsm.Degrees)
	}
	for i, o := range p.Priorities {
		at := fmt.Sprintf("/priorities/%d", i)
		c.written(at, "priority", o.Is)
		word(c, at+"/priority", o.Priority, itsm.Priorities)
	}
	for i, s := range p.States {
		at := fmt.Sprintf("/states/%d", i)
		c.written(at, "state", s.Is)
		word(c, at+"/state", s.State, states)
		if s.State == itsm.IncidentOnHold {
			word(c, at+"/reason", s.Reason, itsm.HoldReasons)
		} else if s.Reason != "" {
			c.add(at+"/reason", "is for on_hold; remove it")
		}
	}
	word(c, "/resolution", p.Resolution, itsm.ResolutionCodes)
	for i, r := range p.Resolutions {
		at := fmt.Sprintf("/resolutions/%d", i)
		c.written(at, "code", r.Is)
		word(c, at+"/code", r.Code, itsm.ResolutionCodes)
	}
	for i, m := range p.Machines {
		c.written(fmt.Sprintf("/machines/%d", i), "user", m)
	}
	for i, o := range p.People {
		at := fmt.Sprintf("/people/%d", i)
		c.written(at, "user", o.Is)
		c.id(at+"/person", string(o.Person), "a person of the catalog, such as ana")
	}
}

// check collects what is wrong with a profile.
type check struct {
	faults []itsm.Field
	before map[string]string
}

func (c *check) add(pointer, format string, args ...any) {
	c.faults = append(c.faults, itsm.Field{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

// calendar checks that there are such hours, and such holidays.
func (c *check) calendar(of itsm.Calendar) {
	_, err := holidays.Hours(of)
	e, ok := errors.AsType[*itsm.Error](err)
	switch {
	case err == nil:
	case ok && len(e.Fields) > 0:
		for _, f := range e.Fields {
			c.add("/calendar"+f.Pointer, "%s", f.Message)
		}
	default:
		c.add("/calendar/country", "%s", strings.TrimSuffix(itsm.AsError(err).Message, "."))
	}
}

func (c *check) id(pointer, id, what string) {
	if !plainID.MatchString(id) {
		c.add(pointer, "is needed: %s", what)
	}
}

// written checks the source's own word for something, which can mean one thing only.
func (c *check) written(at, kind, is string) {
	if strings.TrimSpace(is) == "" {
		c.add(at, "is needed: %s as the log writes it", kind)
		return
	}
	c.once(at, kind+" "+folded(is))
}

func (c *check) once(pointer, what string) {
	if c.before == nil {
		c.before = map[string]string{}
	}
	if first, again := c.before[what]; again {
		c.add(pointer, "%s is already at %s; it can be there only once", what, first)
		return
	}
	c.before[what] = pointer
}

// maxTarget is the longest target that makes sense to measure.
const maxTarget = 5 * 365 * 24 * time.Hour

func (c *check) length(pointer string, d itsm.Duration) {
	if d < 0 || time.Duration(d) > maxTarget {
		c.add(pointer, "%s is not between 1s and five years; leave it out where nothing is agreed", time.Duration(d))
	}
}

// word checks that a word is one of Steward's.
func word[T ~string](c *check, pointer string, is T, known []T) {
	if slices.Contains(known, is) {
		return
	}
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	if is == "" {
		c.add(pointer, "is needed: one of %s", strings.Join(words, ", "))
		return
	}
	c.add(pointer, "%q is none of %s%s", string(is), strings.Join(words, ", "), itsm.DidYouMean(string(is), words))
}

// Source is a profile made ready to read a log with.
type Source struct {
	Profile

	zone        *time.Location
	hours       itsm.BusinessTime
	policy      itsm.IncidentPolicy
	terms       itsm.IncidentTerms
	teams       map[string]itsm.TeamID
	degrees     map[string]itsm.Degree
	priorities  map[string]itsm.Priority
	states      map[string]State
	resolutions map[string]itsm.ResolutionCode
	machines    map[string]bool
	people      map[string]itsm.PersonID
}

// Ready prepares a profile without faults. It is refused when its calendar is no
// calendar.
func (p *Profile) Ready() (*Source, error) {
	s := &Source{Profile: *p, hours: itsm.AroundTheClock}
	var err error
	if s.zone, err = time.LoadLocation(p.Zone); err != nil {
		return nil, err
	}
	if c := p.Calendar; c != nil {
		if s.hours, err = holidays.Hours(c.in(p.Zone)); err != nil {
			return nil, err
		}
	}
	s.policy = p.policy()
	s.terms = s.policy.IncidentTerms()
	s.index()
	return s, nil
}

// policy is the source's, in Steward's terms: nobody is called for what is over.
func (p *Profile) policy() itsm.IncidentPolicy {
	policy := itsm.IncidentPolicy{Matrix: &p.Matrix}
	for _, priority := range itsm.Priorities {
		terms := itsm.PriorityTerms{Priority: priority, Quiet: true}
		if i := slices.IndexFunc(p.Targets, func(t Target) bool { return t.Priority == priority }); i >= 0 {
			terms.Respond = itsm.Length{Time: time.Duration(p.Targets[i].Respond)}
			terms.Resolve = itsm.Length{Time: time.Duration(p.Targets[i].Resolve)}
		}
		policy.Priorities = append(policy.Priorities, terms)
	}
	return policy
}

func (s *Source) index() {
	s.teams, s.degrees, s.priorities = map[string]itsm.TeamID{}, map[string]itsm.Degree{}, map[string]itsm.Priority{}
	s.states, s.resolutions, s.machines = map[string]State{}, map[string]itsm.ResolutionCode{}, map[string]bool{}
	for _, g := range s.Teams {
		s.teams[folded(g.Is)] = g.Team
	}
	for _, d := range s.Degrees {
		s.degrees[folded(d.Is)] = d.Degree
	}
	for _, p := range s.Priorities {
		s.priorities[folded(p.Is)] = p.Priority
	}
	for _, o := range s.States {
		s.states[folded(o.Is)] = o
	}
	for _, r := range s.Resolutions {
		s.resolutions[folded(r.Is)] = r.Code
	}
	s.people = map[string]itsm.PersonID{}
	for _, p := range s.People {
		s.people[folded(p.Is)] = p.Person
	}
	for _, m := range s.Machines {
		s.machines[folded(m)] = true
	}
}

// in gives the hours of the profile's one calendar.
func (s *Source) in(itsm.CalendarID) (itsm.BusinessTime, error) { return s.hours, nil }

// folded is a word of the source's as it is compared: the export pads some of them.
func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
