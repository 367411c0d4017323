package workflows

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

func (p *change) attributes() []attribute {
	all := []attribute{word(Team, p.Team), word(Risk, p.RiskScore.Tier)}
	if p.State.Final() {
		all = append(all, word(Outcome, p.outcome()))
	}
	return all
}

// outcome is how the change ended, in one word for a filter.
func (p *change) outcome() string {
	if p.Outcome != "" {
		return string(p.Outcome)
	}
	return string(p.State)
}

// rows tell all but the title, which is the requester's text and no Markdown.
func (p *change) rows(e itsm.Explanation) []row {
	all := []row{{"Service", string(p.Service)}, {"Requester", string(p.Requester)}}
	if p.RiskScore.Tier != "" {
		all = append(all, row{"Risk", string(p.RiskScore.Tier) + ": " + strings.Join(p.RiskScore.Reasons, " ")})
	}
	if p.Assignee != "" {
		all = append(all, row{"Assigned to", string(p.Assignee)})
	}
	all = append(append(all, progressed(e.Approval)...), decisions(p.Decisions)...)
	if p.Window != nil {
		all = append(all, row{"Window", stamp(p.Window.Start) + " to " + stamp(p.Window.End)})
	}
	return append(all, row{"Policy", fmt.Sprintf("version %d", p.PolicyVersion)})
}

// ChangeSummary is the line by which a process owner knows a change in Temporal:
// who, what, and to which service.
func ChangeSummary(requester itsm.PersonID, d itsm.ChangeDraft) string {
	return string(requester) + " · " + string(d.Service) + " · " + d.Title
}
