package feeds

import (
	"fmt"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// onCall is who of some people is on call at an instant, and what is in the way of
// knowing it.
func (c *calendar) onCall(people []itsm.Person, home zone, at time.Time) (found []itsm.PersonID, problems []string) {
	if at.Before(c.in.from) || !at.Before(c.in.to) {
		return nil, []string{fmt.Sprintf("The feed is read for %s to %s only.", c.in.from.Format(time.DateOnly), c.in.to.Format(time.DateOnly))}
	}
	if c.unread > 0 {
		problems = append(problems, fmt.Sprintf("Events that were left out: %d. %s", c.unread, c.problem))
	}
	var who *directory
	for _, s := range c.slots {
		if at.Before(s.start.in(home)) || !at.Before(s.after(s.start, home)) {
			continue
		}
		if who == nil {
			who = directoryOf(people)
		}
		ids, problem := who.named(s.event)
		found = append(found, ids...)
		if problem != "" && len(problems) < maxProblems {
			problems = append(problems, problem)
		}
	}
	return unique(found), unique(problems)
}

const maxProblems = 5 // more of them help nobody

// unique leaves out what comes again.
func unique[T comparable](all []T) (once []T) {
	met := map[T]bool{}
	for _, one := range all {
		if !met[one] {
			met[one], once = true, append(once, one)
		}
	}
	return once
}

// directory finds people by what a calendar may call them, in small letters.
type directory struct {
	mails, ids map[string]itsm.PersonID
	names      map[string][]itsm.PersonID
}

func directoryOf(people []itsm.Person) *directory {
	d := &directory{map[string]itsm.PersonID{}, map[string]itsm.PersonID{}, map[string][]itsm.PersonID{}}
	for _, p := range people {
		d.ids[strings.ToLower(string(p.ID))] = p.ID
		if p.Email != "" {
			d.mails[strings.ToLower(p.Email)] = p.ID
		}
		name := strings.ToLower(strings.TrimSpace(p.Name))
		d.names[name] = append(d.names[name], p.ID)
	}
	return d
}

// named are those whom an event puts on call: its guests by their mail addresses; if
// none of those is of the catalog, whoever has the event's title for an id, a mail
// address or a name. A guest who declined is not on call, and nobody else is for them.
func (d *directory) named(e *event) (ids []itsm.PersonID, problem string) {
	known := false
	for _, g := range e.guests {
		id, ok := d.mails[strings.ToLower(g.mail)]
		known = known || ok
		if ok && !g.declined {
			ids = append(ids, id)
		}
	}
	switch titled := d.titled(strings.ToLower(e.summary)); {
	case len(ids) > 0:
		return ids, ""
	case known:
		return nil, fmt.Sprintf("Whoever the event %s asks has declined.", e.title())
	case len(titled) == 1:
		return titled, ""
	case len(titled) > 1:
		return nil, fmt.Sprintf("The event %s names more than one person of the catalog; give it the person's id for a title.", e.title())
	}
	return nil, fmt.Sprintf("The event %s names nobody of the catalog; invite the person by their mail address, or give it their id for a title.", e.title())
}

func (d *directory) titled(title string) []itsm.PersonID {
	for _, by := range []map[string]itsm.PersonID{d.ids, d.mails} {
		if id, ok := by[title]; ok {
			return []itsm.PersonID{id}
		}
	}
	return d.names[title]
}
