package workflows

import (
	"fmt"

	"github.com/steward-itsm/steward/itsm"
)

// attributes are what Temporal finds a corrective action by, besides what all records
// have.
func (c *corrective) attributes() []attribute {
	all := []attribute{word(Team, c.Team), flag(Breached, c.Missed())}
	if c.over() {
		all = append(all, word(Outcome, c.State))
	}
	return all
}

// rows are what the details say of a corrective action.
func (c *corrective) rows(e itsm.Explanation) []row {
	all := []row{
		{"Severity", string(c.Severity)},
		{"Service", string(c.Service)},
		{"Raised by", string(c.Reporter) + ", " + itsm.State(c.RaisedBy).Words()},
		{"Owner", string(c.Owner)},
		{"Team", string(c.Team)},
	}
	if c.Source != "" {
		all = append(all, row{"Comes from", string(c.Source)})
	}
	for n := range c.Clocks {
		all = append(all, clockRow(&c.Clocks[n]))
	}
	if r := c.RootCause; r != nil {
		all = append(all, causeRow(r))
	}
	if p := c.Plan; p != nil {
		all = append(all, row{"Plan", fmt.Sprintf("version %d, %d steps, by %s", p.Version, len(p.Steps), p.By)})
	}
	if len(c.Steps) > 0 {
		all = append(all, row{"Steps", fmt.Sprintf("%d, of which %d are open", len(c.Steps), c.Steps.Open())})
	}
	all = append(append(all, progressed(e.Approval)...), decisions(c.Acceptance.Decisions)...)
	if c.VerifyFrom != nil {
		all = append(all, row{"Verified", "not before " + stamp(*c.VerifyFrom)})
	}
	if v := c.Verification; v != nil {
		says := "not effective"
		if v.Effective {
			says = "effective"
		}
		all = append(all, row{"Last verification", fmt.Sprintf("%s, by %s, %s", says, v.By, stamp(v.At))})
	}
	return append(all, row{"Not effective before", fmt.Sprint(c.Ineffective)}, row{"Policy", fmt.Sprintf("version %d", c.PolicyVersion)})
}

// CorrectiveSummary is the line by which a process owner knows a corrective action in
// Temporal: who, what, and of which service.
func CorrectiveSummary(reporter itsm.PersonID, d itsm.CorrectiveDraft) string {
	return string(reporter) + " · " + string(d.Service) + " · " + d.Title
}
