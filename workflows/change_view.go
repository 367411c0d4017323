package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

// show makes where the process stands visible in Temporal: one upsert a step.
func (p *change) show(ctx workflow.Context) {
	e := p.Explain()
	waiting := make([]string, 0, len(e.WaitsFor)+len(e.Roles))
	for _, w := range e.WaitsFor {
		waiting = append(waiting, string(w))
	}
	for _, r := range e.Roles {
		waiting = append(waiting, string(r))
	}
	updates := []temporal.SearchAttributeUpdate{State.ValueSet(string(p.State)), WaitingFor.ValueSet(waiting)}
	if e.Due != nil {
		updates = append(updates, Due.ValueSet(*e.Due))
	} else {
		updates = append(updates, Due.ValueUnset())
	}
	if p.Team != "" {
		updates = append(updates, Team.ValueSet(string(p.Team)))
	}
	if p.State.Final() {
		updates = append(updates, Outcome.ValueSet(p.outcome()))
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
		panic(err) // only a mistake in the lines above can cause it
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
	for _, d := range p.Decisions {
		fmt.Fprintf(&b, "| Decision | %s by %s, %s, through %s |\n", d.Verdict, d.By, stamp(d.At), d.Door)
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
		fmt.Fprintf(&b, "- %s: %s\n", stamp(f.At), f.What)
	}
	if len(e.Forecast) == 0 {
		b.WriteString("- Nothing happens by itself.\n")
	}
	workflow.SetCurrentDetails(ctx, b.String())
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
