package workflows

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// attributes are what Temporal finds a problem by, besides what all records have.
func (p *problem) attributes() []attribute {
	all := []attribute{word(Team, p.Team), word(Priority, p.Priority), flag(Breached, p.Missed())}
	if p.over() {
		all = append(all, word(Outcome, p.Ending))
	}
	return all
}

// rows are what the details say of a problem.
func (p *problem) rows(e itsm.Explanation) []row {
	all := []row{
		{"Priority", fmt.Sprintf("%s: impact %s, urgency %s", p.Priority, p.Impact, p.Urgency)},
		{"Service", string(p.Service)},
		{"Raised by", string(p.Reporter) + ", " + itsm.State(p.Trigger).Words()},
		{"Team", string(p.Team)},
	}
	if p.Major {
		all = append(all, row{"Major", "it is reviewed before it is closed"})
	}
	if p.Coordinator != "" {
		all = append(all, row{"Coordinator", string(p.Coordinator)})
	}
	for n := range p.Clocks {
		all = append(all, clockRow(&p.Clocks[n]))
	}
	if len(p.Tasks) > 0 {
		all = append(all, row{"Tasks", fmt.Sprintf("%d, of which %d are open", len(p.Tasks), p.Tasks.Open())})
	}
	if c := p.RootCause; c != nil {
		all = append(all, causeRow(c))
	}
	if k := p.KnownError; k != nil {
		all = append(all, row{"Known error", fmt.Sprintf("%s, version %d", itsm.State(k.State).Words(), k.Version)})
	}
	all = append(append(all, progressed(e.Approval)...), decisions(p.Publication.Decisions)...)
	return append(append(all, p.fixRows()...), row{"Policy", fmt.Sprintf("version %d", p.PolicyVersion)})
}

// causeRow is how far the search for a cause has come, and by which method.
func causeRow(c *itsm.RootCause) row {
	says := "in draft"
	if c.Known {
		says = "known"
	}
	return row{"Root cause", says + ", by " + itsm.State(c.Method).Words()}
}

// fixRows are what the details say of how it ends.
func (p *problem) fixRows() (all []row) {
	if f := p.Fix; f != nil {
		all = append(all, row{"Fix", string(f.Change)})
	}
	for _, f := range p.FailedFixes {
		all = append(all, row{"Fix that did not hold", string(f.Change) + ", " + f.Outcome.Words()})
	}
	if w := p.Watch; w != nil && w.Until != nil {
		all = append(all, row{"Watched", "until " + stamp(*w.Until)})
	}
	if r := p.Risk; r != nil {
		all = append(all, row{"Risk accepted", "by " + string(r.By) + ", until " + stamp(r.ExpiresAt)})
	}
	if p.MergedInto != "" {
		all = append(all, row{"Merged into", string(p.MergedInto)})
	}
	if len(p.Absorbed) > 0 {
		words := make([]string, len(p.Absorbed))
		for n, a := range p.Absorbed {
			words[n] = string(a)
		}
		all = append(all, row{"Merged into it", strings.Join(words, ", ")})
	}
	if p.runs > 0 {
		all = append(all, row{"Runs before this one", fmt.Sprint(p.runs)})
	}
	return all
}

// ProblemSummary is the line by which a process owner knows a problem in Temporal: who,
// what, and of which service.
func ProblemSummary(reporter itsm.PersonID, d itsm.ProblemDraft) string {
	return string(reporter) + " · " + string(d.Service) + " · " + d.Title
}
