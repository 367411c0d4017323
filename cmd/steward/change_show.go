package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// printer writes lines until one cannot be written.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, strings.TrimRight(clean(fmt.Sprintf(format, args...)), " "))
	}
}

// clean keeps what people wrote from writing over the terminal; ends of lines stay.
func clean(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = oneLine(lines[i])
	}
	return strings.Join(lines, "\n")
}

// text writes a text below its name, if there is one.
func (p *printer) text(name, text string) {
	if strings.TrimSpace(text) != "" {
		p.line("\n%s\n  %s", name, strings.ReplaceAll(text, "\n", "\n  "))
	}
}

// here is an instant on this machine's clock.
func here(t time.Time) string { return t.Local().Format("Mon 2 Jan 2006 15:04 MST") }

func ids[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

func showExplanation(out io.Writer, e itsm.Explanation) error {
	p := &printer{out: out}
	p.line("%s is %s since %s.", e.Number, e.State.Words(), here(e.Since))
	p.explanation(e)
	return p.err
}

func (p *printer) explanation(e itsm.Explanation) {
	p.line("%s", e.Summary)
	if len(e.WaitsFor)+len(e.Roles) > 0 {
		waits := ids(e.WaitsFor)
		if len(e.Roles) > 0 {
			waits = strings.TrimPrefix(waits+", or anyone who is "+strings.ReplaceAll(ids(e.Roles), "_", " "), ", or ")
		}
		p.line("\nIt waits for  %s", waits)
	}
	if e.Approval != nil {
		p.progress(*e.Approval)
	}
	if len(e.Forecast) > 0 {
		p.line("\nIf nobody acts")
		for _, f := range e.Forecast {
			p.line("  %s  %s", here(f.At), f.Says(func(id itsm.PersonID) string { return string(id) }))
		}
	}
	if len(e.Acts) > 0 {
		p.line("\nYou can: %s", strings.ReplaceAll(ids(e.Acts), "change.", ""))
	}
}

func (p *printer) progress(a itsm.Progress) {
	p.line("\n%s, stage %d of %d, round %d", a.Name, a.Stage, a.Of, max(a.Round, 1))
	for _, f := range a.Factors {
		p.line("  %s: %d of %d. %s", f.Name, len(f.Approved), f.Need, f.Rejection)
		if len(f.Waiting) > 0 {
			p.line("    may still decide: %s", ids(f.Waiting))
		}
		if len(f.Mandatory) > 0 {
			p.line("    not without: %s", ids(f.Mandatory))
		}
	}
	for _, d := range a.Deputies {
		p.line("  %s may decide for %s", d.To, d.From)
	}
	p.votes(a.Votes)
}

func (p *printer) votes(all []itsm.Decision) {
	for _, v := range all {
		who := string(v.By)
		if v.For != "" {
			who += " for " + string(v.For)
		}
		p.line("  %s  %s: %s  %s", here(v.At), who, v.Verdict, v.Note)
	}
}

// showWhole shows a change with what explains it and what was said about it.
func showWhole(ctx context.Context, out io.Writer, at asker, path string, text []byte) error {
	var c itsm.Change
	if err := read(text, &c); err != nil {
		return err
	}
	var e itsm.Explanation
	if err := further(ctx, at, path+"/explain", &e); err != nil {
		return err
	}
	var talk struct{ Items []itsm.Comment }
	if err := further(ctx, at, path+"/comments", &talk); err != nil {
		return err
	}
	p := &printer{out: out}
	p.line("%s  %s", c.Number, c.Title)
	p.line("%s, for %s, raised by %s on %s (revision %d)", c.State.Words(), c.Service, c.Requester, here(c.RaisedAt), c.Revision)
	p.explanation(e)
	p.draft(c)
	if len(talk.Items) > 0 {
		p.line("\nWhat was said")
	}
	for _, w := range talk.Items {
		p.line("  %d. %s, %s %s\n     %s", w.ID, here(w.At), w.By, sayings[w.Kind], strings.ReplaceAll(w.Text, "\n", "\n     "))
	}
	p.line("\ntext %s", c.ContentHash)
	return p.err
}

var sayings = map[itsm.CommentKind]string{itsm.Remark: "says:", itsm.Question: "asks:", itsm.Answer: "answers:", itsm.ProgressNote: "tells:"}

func further(ctx context.Context, at asker, path string, into any) error {
	text, err := at.ask(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return read(text, into)
}

func (p *printer) draft(c itsm.Change) {
	when := "as soon as it is approved"
	if c.Window != nil {
		when = here(c.Window.Start) + " to " + here(c.Window.End)
	}
	p.text("When", when)
	p.text("Description", c.Description)
	p.text("Why", c.Justification)
	p.text("Plan", c.Plan)
	p.text("Tests", c.TestPlan)
	backout := c.BackoutPlan
	if c.Backout > 0 {
		backout += fmt.Sprintf("\n(%d minutes)", c.Backout)
	}
	p.text("Backout", backout)
	p.text("Configuration items", strings.Join(c.Items, "\n"))
	var links []string
	for _, l := range c.Links {
		links = append(links, strings.TrimSpace(l.URL+" "+l.Title))
	}
	p.text("Links", strings.Join(links, "\n"))
	if c.RiskScore.Tier != "" {
		p.text("Risk: "+string(c.RiskScore.Tier), strings.Join(c.RiskScore.Reasons, "\n"))
	}
	p.assessment(c.Assessment)
}

func (p *printer) assessment(a *itsm.Assessment) {
	if a == nil {
		return
	}
	p.text("Assessment: what could go wrong", a.Risk)
	p.text("What is gained", a.Benefit)
	p.text("Feasibility", a.Feasibility)
	p.text("Cost", a.Cost)
	for _, s := range a.Effects.Sections() {
		text := s.Effect.Text
		if text == "" {
			text = "not applicable: " + s.Effect.NotApplicable
		}
		p.text("Effect on "+s.Words, text)
	}
}

// showList shows changes in columns, and how to go on where there are more.
func showList(out io.Writer, text []byte) error {
	var page struct {
		Items []itsm.Change
		Next  string
	}
	if err := read(text, &page); err != nil {
		return err
	}
	if len(page.Items) == 0 {
		_, err := fmt.Fprintln(out, "Nothing.")
		return err
	}
	rows := [][]string{}
	for _, c := range page.Items {
		rows = append(rows, []string{string(c.Number), c.State.Words(), here(c.Since), string(c.Service), oneLine(c.Title)})
	}
	if err := writeTable(out, []string{"NUMBER", "STATE", "SINCE", "SERVICE", "TITLE"}, rows); err != nil {
		return err
	}
	if page.Next != "" {
		_, err := fmt.Fprintf(out, "There are more: --cursor %s\n", oneLine(page.Next))
		return err
	}
	return nil
}
