package itsm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Bounds on a catalog.
const (
	MaxPeople      = 20_000
	MaxTeams       = 5_000
	MaxServices    = 5_000
	MaxDeployments = 5_000
	MaxDelegations = 1_000
	MaxExpiry      = 90 * 24 * time.Hour
	MinExpiry      = time.Second

	maxName        = 120
	maxEmail       = 254 // RFC 5321, 4.5.3.1.3
	maxEnvironment = 255 // GitHub's own
	maxAway        = 50
	maxHints       = 100 // to look for a likeness among all people takes a while
	minDeciders    = 2   // one of them may be the requester, who never decides
)

// Criticalities is every Criticality.
var Criticalities = []Criticality{Low, Medium, High, Critical}

var (
	catalogID  = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,31}$`)
	email      = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$`)
	zone       = regexp.MustCompile(`^(UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+){1,2})$`)
	slackUser  = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)
	slackPlace = regexp.MustCompile(`^[CG][A-Z0-9]{2,20}$`)
	login      = regexp.MustCompile(`^[A-Za-z0-9]([-_]?[A-Za-z0-9]){0,38}$`)
	repository = regexp.MustCompile(`^[A-Za-z0-9]([-_]?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}$`)
)

// Check names everything in the catalog that people and processes could not
// rely on. An empty answer means that it may be applied.
func (c *Catalog) Check() []Field {
	k := catalogCheck{
		c:        c,
		people:   sortedIDs(c.People, func(p Person) PersonID { return p.ID }),
		teams:    sortedIDs(c.Teams, func(t Team) TeamID { return t.ID }),
		services: sortedIDs(c.Services, func(s Service) ServiceID { return s.ID }),
		crowd:    newCrowd(c),

		escalations: sortedIDs(c.Escalations, func(p EscalationPolicy) EscalationID { return p.ID }),
		rotations:   sortedIDs(c.Rotations, func(r Rotation) RotationID { return r.ID }),
	}
	k.bounds()
	k.checkPeople()
	k.checkTeams()
	k.checkServices()
	k.checkCalendars()
	k.checkDelegations()
	k.checkRotations()
	k.checkPolicy()
	k.checkDeployments()
	k.checkIncidents()
	k.checkProblems()
	k.checkSuppliers()
	k.checkCorrective()
	return k.faults
}

// catalogCheck gathers faults against who and what the catalog knows.
type catalogCheck struct {
	faults
	c        *Catalog
	people   []string
	teams    []string
	services []string
	crowd    *crowd

	escalations []string
	rotations   []string
}

func (k *catalogCheck) bounds() {
	if len(k.c.People) == 0 {
		k.add("/people", "names nobody; a catalog needs its people")
	}
	k.atMost("/people", len(k.c.People), MaxPeople)
	k.atMost("/teams", len(k.c.Teams), MaxTeams)
	k.atMost("/services", len(k.c.Services), MaxServices)
	k.atMost("/github", len(k.c.GitHub), MaxDeployments)
	k.atMost("/calendars", len(k.c.Calendars), MaxCalendars)
	k.atMost("/delegations", len(k.c.Delegations), MaxDelegations)
	k.atMost("/rotations", len(k.c.Rotations), MaxRotations)
}

func (k *catalogCheck) checkPeople() {
	ids, mails, slacks, logins := seen{}, seen{}, seen{}, seen{}
	for i, p := range k.c.People {
		at := fmt.Sprintf("/people/%d", i)
		k.id(at, string(p.ID), ids)
		switch p.ID {
		case System:
			k.add(at+"/id", "is Steward's own name for what timers do; choose another")
		case Monitoring:
			k.add(at+"/id", "is Steward's own name for what alerts do; choose another")
		}
		k.line(at+"/name", p.Name, maxName)
		k.shaped(at+"/email", p.Email, email, "an e-mail address such as ana@example.com")
		if len(p.Email) > maxEmail {
			k.add(at+"/email", "has %d characters; %d is the most", len(p.Email), maxEmail)
		}
		k.once(at+"/email", strings.ToLower(p.Email), mails)
		k.optional(at+"/slack", p.Slack, slackUser, "a Slack user id such as U0ANA; copy it from the person's profile in Slack")
		k.once(at+"/slack", p.Slack, slacks)
		k.optional(at+"/github", p.GitHub, login, "a GitHub login such as octocat")
		k.once(at+"/github", strings.ToLower(p.GitHub), logins)
		k.shaped(at+"/zone", p.Zone, zone, "an IANA time zone such as Europe/Berlin")
		k.roles(at+"/roles", p.Roles)
		k.atMost(at+"/away", len(p.Away), maxAway)
		for j, a := range p.Away[:min(len(p.Away), maxAway)] {
			k.days(fmt.Sprintf("%s/away/%d", at, j), a.First, a.Last)
		}
		k.ways(at, p)
	}
}

// days checks a first and a last day.
func (k *catalogCheck) days(at string, first, last Date) bool {
	switch {
	case first == 0:
		k.add(at+"/first", "is needed: a date such as 2026-12-24")
	case last == 0:
		k.add(at+"/last", "is needed: a date such as 2026-12-24; the same as first for one day")
	case last < first:
		k.add(at+"/last", "is before first (%s)", first)
	default:
		return true
	}
	return false
}

func (k *catalogCheck) roles(at string, roles []Role) {
	held := seen{}
	for i, r := range roles {
		p := fmt.Sprintf("%s/%d", at, i)
		oneOf(&k.faults, p, r, Roles)
		k.once(p, string(r), held)
	}
}

func (k *catalogCheck) checkTeams() {
	ids := seen{}
	for i, t := range k.c.Teams {
		at := fmt.Sprintf("/teams/%d", i)
		k.id(at, string(t.ID), ids)
		k.line(at+"/name", t.Name, maxName)
		k.person(at+"/manager", t.Manager)
		members := seen{}
		for j, m := range t.Members {
			p := fmt.Sprintf("%s/members/%d", at, j)
			k.person(p, m)
			k.once(p, string(m), members)
		}
	}
}

func (k *catalogCheck) checkServices() {
	ids := seen{}
	for i, s := range k.c.Services {
		at := fmt.Sprintf("/services/%d", i)
		k.id(at, string(s.ID), ids)
		k.line(at+"/name", s.Name, maxName)
		k.person(at+"/owner", s.Owner)
		k.known(at+"/team", "team", string(s.Team), k.teams)
		k.shaped(at+"/approval_channel", s.Channel, slackPlace, "a Slack channel id such as C0PAYMENTS; it is at the end of the channel's details in Slack")
		oneOf(&k.faults, at+"/criticality", s.Criticality, Criticalities)
	}
}

func (k *catalogCheck) checkDeployments() {
	rules := seen{}
	for i, r := range k.c.GitHub {
		at := fmt.Sprintf("/github/%d", i)
		k.shaped(at+"/repository", r.Repository, repository, "a repository such as example/website")
		k.line(at+"/environment", r.Environment, maxEnvironment)
		k.known(at+"/service", "service", string(r.Service), k.services)
		k.faults = append(k.faults, r.Risk.faults(at+"/risk")...)
		if first, dup := rules.mark(strings.ToLower(r.Repository)+"\n"+r.Environment, at); dup {
			k.add(at, "repeats %s: one repository and environment belong to one service", first)
		}
	}
}

func (k *catalogCheck) checkCalendars() {
	ids := seen{}
	for i, c := range k.c.Calendars {
		at := fmt.Sprintf("/calendars/%d", i)
		k.id(at, string(c.ID), ids)
		k.faults = append(k.faults, c.faults(at)...)
	}
}

func (k *catalogCheck) id(at, id string, ids seen) {
	k.shaped(at+"/id", id, catalogID, "an id: a small letter, then up to 31 of a-z 0-9 . _ -")
	k.once(at+"/id", id, ids)
}

func (k *catalogCheck) person(at string, id PersonID) {
	k.known(at, "person", string(id), k.people)
}

// known says when a name leads nowhere, and where it was probably meant to lead.
func (k *catalogCheck) known(at, what, id string, ids []string) {
	if id == "" {
		k.add(at, "is needed: the id of a %s", what)
		return
	}
	if _, found := slices.BinarySearch(ids, id); found {
		return
	}
	lost := "no " + what + " here is called"
	if what == "person" {
		lost = "nobody here is called"
	}
	hint := ""
	if len(k.faults) < maxHints {
		hint = DidYouMean(id, ids)
	}
	k.add(at, "%s %s%s", lost, cut(id), hint)
}

func (k *catalogCheck) shaped(at, text string, shape *regexp.Regexp, what string) {
	if text == "" {
		k.add(at, "is needed: %s", what)
		return
	}
	k.optional(at, text, shape, what)
}

func (k *catalogCheck) optional(at, text string, shape *regexp.Regexp, what string) {
	if text != "" && !shape.MatchString(text) {
		k.add(at, "%q is not %s", cut(text), what)
	}
}

func (k *catalogCheck) once(at, text string, before seen) {
	if first, dup := before.mark(text, at); dup && text != "" {
		k.add(at, "%s is already at %s; it can be there only once", cut(text), first)
	}
}

func (f *faults) atMost(at string, n, most int) {
	if n > most {
		f.add(at, "has %d entries; %d is the most", n, most)
	}
}

// oneOf checks that a word is one of a closed set.
func oneOf[T ~string](f *faults, at string, word T, set []T) bool {
	if slices.Contains(set, word) {
		return true
	}
	if word == "" {
		f.add(at, "is needed: %s", list(set))
		return false
	}
	words := make([]string, len(set))
	for i, w := range set {
		words[i] = string(w)
	}
	f.add(at, "%q is not %s%s", cut(string(word)), list(set), DidYouMean(string(word), words))
	return false
}

// seen remembers where a value was first met.
type seen map[string]string

func (s seen) mark(value, at string) (first string, again bool) {
	if first, again = s[value]; !again {
		s[value] = at
	}
	return first, again
}

// sortedIDs lists the ids of things, for a binary search.
func sortedIDs[T any, ID ~string](things []T, id func(T) ID) []string {
	ids := make([]string, len(things))
	for i, t := range things {
		ids[i] = string(id(t))
	}
	slices.Sort(ids)
	return ids
}

// cut keeps a stranger's text from filling a message.
func cut(text string) string {
	const most = 64
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// DidYouMean ends a sentence about an unknown word with the known one that it
// resembles most, and is empty when it resembles none.
func DidYouMean(word string, known []string) string {
	if best := Nearest(word, known); best != "" {
		return "; did you mean " + best + "?"
	}
	return ""
}

// Nearest is the known word that an unknown one resembles most; empty when it
// resembles none.
func Nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	best, least := "", 1+min(2, len(word)/2)
	for _, k := range known {
		if d := Distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	return best
}

// Distance counts the letters to change, add or drop to make a into b (Levenshtein).
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
