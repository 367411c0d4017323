package workflows

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

// attribute is a search attribute as it is to be.
type attribute struct {
	says string // its name and value: whether Temporal has it so
	set  temporal.SearchAttributeUpdate
}

// word makes an attribute a word; an empty one leaves it as it is.
func word[T ~string](key temporal.SearchAttributeKeyKeyword, value T) attribute {
	if value == "" {
		return attribute{}
	}
	return attribute{key.GetName() + "=" + string(value), key.ValueSet(string(value))}
}

// words makes an attribute some words.
func words(key temporal.SearchAttributeKeyKeywordList, values []string) attribute {
	return attribute{key.GetName() + "=" + strings.Join(values, " "), key.ValueSet(values)}
}

// flag makes an attribute true or false.
func flag(key temporal.SearchAttributeKeyBool, value bool) attribute {
	return attribute{key.GetName() + "=" + strconv.FormatBool(value), key.ValueSet(value)}
}

// instant makes an attribute an instant, or none.
func instant(key temporal.SearchAttributeKeyTime, at *time.Time) attribute {
	if at == nil {
		return attribute{key.GetName() + "=", key.ValueUnset()}
	}
	return attribute{key.GetName() + "=" + strconv.FormatInt(at.UnixNano(), 10), key.ValueSet(*at)}
}

// show makes where the process stands visible in Temporal: one upsert for each
// step that makes a difference there.
func (p *process) show(ctx workflow.Context) {
	e := p.of.Explain()
	waits := make([]string, 0, len(e.WaitsFor)+len(e.Roles))
	for _, w := range e.WaitsFor {
		waits = append(waits, string(w))
	}
	for _, r := range e.Roles {
		waits = append(waits, string(r))
	}
	all := append([]attribute{word(State, e.State), words(WaitingFor, waits), instant(Due, e.Due)}, p.of.attributes()...)
	var now strings.Builder
	var updates []temporal.SearchAttributeUpdate
	for _, a := range all {
		if a.set != nil {
			now.WriteString(a.says + "\n")
			updates = append(updates, a.set)
		}
	}
	if now.String() != p.seen {
		p.seen = now.String()
		if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
			panic(err) // only a mistake in the lines above can cause it
		}
	}
	p.describe(ctx)
}

// row is one line of the details.
type row struct{ name, says string }

// describe sets the current details that the Temporal UI shows, in Markdown. What
// people wrote as a title stays out of it.
func (p *process) describe(ctx workflow.Context) {
	e := p.of.Explain()
	var b strings.Builder
	fmt.Fprintf(&b, "## %s: %s\n\n%s\n\n| | |\n|---|---|\n", e.Number, e.State.Words(), e.Summary)
	for _, r := range p.table(e) {
		fmt.Fprintf(&b, "| %s | %s |\n", r.name, r.says)
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

// table is what the details say line by line: of all records, and of this one.
func (p *process) table(e itsm.Explanation) []row {
	all := []row{{"Since", stamp(e.Since)}}
	if waits := awaited(e); waits != "" {
		all = append(all, row{"Waits for", waits})
	}
	all = append(all, p.of.rows(e)...)
	if missed := p.unreachable(); len(missed) > 0 {
		all = append(all, row{"Not reached in Slack", strings.Join(missed, ", ")})
	}
	return all
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
