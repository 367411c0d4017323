package page

import (
	"fmt"

	"github.com/steward-itsm/steward/itsm"
)

// cause is a root cause as a page's reader sees it.
type cause struct {
	Reader *record
	Cause  *itsm.RootCause
}

func (r *record) cause(c *itsm.RootCause) cause { return cause{r, c} }

// finding is a claim of a root cause, under its name.
type finding struct {
	Name string
	itsm.Claim
}

// Findings are the claims of the root cause, the cause itself first.
func (c cause) Findings() (all []finding) {
	for _, one := range []struct {
		name  string
		claim *itsm.Claim
	}{{"Root cause", c.Cause.Cause}, {"What set it off", c.Cause.Trigger}, {"Why nobody noticed", c.Cause.DetectionGap}} {
		if one.claim != nil {
			all = append(all, finding{one.name, *one.claim})
		}
	}
	for _, claim := range c.Cause.Contributing {
		all = append(all, finding{"What made it worse", claim})
	}
	return all
}

// rests is what something rests on, as a page's reader sees it.
type rests struct {
	Reader   *record
	Evidence []itsm.Evidence
}

// Rests is what something rests on.
func (r *record) Rests(on []itsm.Evidence) rests { return rests{r, on} }

// tasks are pieces of work as a page's reader sees them.
type tasks struct {
	Reader *record
	Tasks  itsm.Tasks
}

// openTasks are those that somebody still has to do, to choose from.
func openTasks(all itsm.Tasks) (open []option) {
	open = []option{nobodyYet}
	for _, t := range all {
		if t.State == itsm.TaskOpen {
			open = append(open, option{Value: fmt.Sprint(t.ID), Words: fmt.Sprintf("%d: %s", t.ID, t.Title)})
		}
	}
	return open
}

// Words says a word of the rules as a person would.
func (*record) Words(word any) string { return itsm.State(fmt.Sprint(word)).Words() }
