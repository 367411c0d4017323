package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

// view is what the search attributes say of a change.
type view struct {
	state, waiting, risk string
	due                  int64
}

// show makes where the process stands visible in Temporal: one upsert for each
// step that makes a difference there.
func (p *change) show(ctx workflow.Context) {
	e := p.Explain()
	waiting := make([]string, 0, len(e.WaitsFor)+len(e.Roles))
	for _, w := range e.WaitsFor {
		waiting = append(waiting, string(w))
	}
	for _, r := range e.Roles {
		waiting = append(waiting, string(r))
	}
	now := view{state: string(p.State), waiting: strings.Join(waiting, " "), risk: string(p.RiskScore.Tier)}
	updates := []temporal.SearchAttributeUpdate{State.ValueSet(now.state), WaitingFor.ValueSet(waiting)}
	if e.Due != nil {
		now.due = e.Due.UnixNano()
		updates = append(updates, Due.ValueSet(*e.Due))
	} else {
		updates = append(updates, Due.ValueUnset())
	}
	if p.Team != "" {
		updates = append(updates, Team.ValueSet(string(p.Team)))
	}
	if now.risk != "" {
		updates = append(updates, Risk.ValueSet(now.risk))
	}
	if p.State.Final() {
		updates = append(updates, Outcome.ValueSet(p.outcome()))
	}
	if now != p.seen {
		p.seen = now
		if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
			panic(err) // only a mistake in the lines above can cause it
		}
	}
	p.describe(ctx)
}

// outcome is how the change ended, in one word for a filter.
func (p *change) outcome() string {
	if p.Outcome != "" {
		return string(p.Outcome)
	}
	return string(p.State)
}

// describe sets the current details that the Temporal UI shows, in Markdown. The
// title is the requester's text, so it stays out of the Markdown.
func (p *change) describe(ctx workflow.Context) {
	e := p.Explain()
	var b strings.Builder
	fmt.Fprintf(&b, "## %s: %s\n\n%s\n\n", e.Number, e.State.Words(), e.Summary)
	fmt.Fprintf(&b, "| | |\n|---|---|\n| Since | %s |\n| Service | %s |\n| Requester | %s |\n", stamp(e.Since), p.Service, p.Requester)
	if len(e.WaitsFor)+len(e.Roles) > 0 {
		fmt.Fprintf(&b, "| Waits for | %s |\n", awaited(e))
	}
	p.describeApproval(&b, e)
	for _, d := range p.Decisions {
		fmt.Fprintf(&b, "| Decision | %s by %s, %s, through %s |\n", d.Verdict, voter(d), stamp(d.At), d.Door)
	}
	if p.Window != nil {
		fmt.Fprintf(&b, "| Window | %s to %s |\n", stamp(p.Window.Start), stamp(p.Window.End))
	}
	fmt.Fprintf(&b, "| Policy | version %d |\n", p.PolicyVersion)
	if missed := p.unreachable(); len(missed) > 0 {
		fmt.Fprintf(&b, "| Not reached in Slack | %s |\n", strings.Join(missed, ", "))
	}
	b.WriteString("\n**If nobody acts**\n\n")
	for _, f := range e.Forecast {
		fmt.Fprintf(&b, "- %s: %s\n", stamp(f.At), f.Says(func(id itsm.PersonID) string { return string(id) }))
	}
	if len(e.Forecast) == 0 {
		b.WriteString("- Nothing happens by itself.\n")
	}
	workflow.SetCurrentDetails(ctx, b.String())
}

// describeApproval tells the risk, and how far each factor has come.
func (p *change) describeApproval(b *strings.Builder, e itsm.Explanation) {
	if p.RiskScore.Tier != "" {
		fmt.Fprintf(b, "| Risk | %s: %s |\n", p.RiskScore.Tier, strings.Join(p.RiskScore.Reasons, " "))
	}
	if p.Assignee != "" {
		fmt.Fprintf(b, "| Assigned to | %s |\n", p.Assignee)
	}
	if e.Approval == nil || e.Approval.Plain() {
		return
	}
	fmt.Fprintf(b, "| Stage | %d of %d: %s |\n", e.Approval.Stage, e.Approval.Of, e.Approval.Name)
	for _, f := range e.Approval.Factors {
		fmt.Fprintf(b, "| %s | %d of %d. %s |\n", f.Name, len(f.Approved), f.Need, f.Rejection)
	}
	for _, d := range e.Approval.Deputies {
		fmt.Fprintf(b, "| Delegation | %s for %s |\n", d.To, d.From)
	}
}

// voter is who gave a vote, and for whom.
func voter(d itsm.Decision) string {
	if d.For != "" {
		return string(d.By) + " for " + string(d.For)
	}
	return string(d.By)
}

func awaited(e itsm.Explanation) string {
	var words []string
	for _, p := range e.WaitsFor {
		words = append(words, string(p))
	}
	for _, r := range e.Roles {
		words = append(words, "any "+strings.ReplaceAll(string(r), "_", " "))
	}
	return strings.Join(words, ", ")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// ChangeSummary is the line by which a process owner knows a change in Temporal:
// who, what, and to which service.
func ChangeSummary(requester itsm.PersonID, d itsm.ChangeDraft) string {
	return string(requester) + " · " + string(d.Service) + " · " + d.Title
}
