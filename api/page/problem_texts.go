package page

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// problemTexts are the acts whose forms are long enough for a page of their own.
var problemTexts = []act{
	{
		path: "rca", of: itsm.ActRootCause, label: "Root cause", button: "Record it",
		intro: causeIntro,
		long:  true, done: "It is recorded.", do: findCause,
	},
	{
		path: "workaround", of: itsm.ActWorkaround, label: "Workaround", button: "Save it as a draft",
		intro: "What helps today. People are shown it once somebody else has read it and it is published.",
		long:  true, done: "It is written.", do: writeWorkaround,
	},
}

const causeIntro = "What is proven rests on evidence, one at least for each claim. What was found before stays."

// sheet is what the long forms ask for.
func (p *problem) sheet(of itsm.Act) []field {
	if of == itsm.ActRootCause {
		return causeFields(p.Problem.RootCause)
	}
	return p.workaroundFields()
}

// claims are the parts of a root cause that the form asks for. What made it worse it
// leaves as it is: there may be many of those.
var claims = []struct{ name, label string }{
	{"cause", "Root cause: why it could happen"},
	{"trigger", "What set it off"},
	{"detection_gap", "Why nobody noticed"},
}

// claimOf is where a root cause has a claim.
func claimOf(c *itsm.RootCauseRequest, name string) **itsm.Claim {
	switch name {
	case "trigger":
		return &c.Trigger
	case "detection_gap":
		return &c.DetectionGap
	default:
		return &c.Cause
	}
}

// recorded is a root cause as it would be asked for to be recorded as it is.
func recorded(c *itsm.RootCause) (r itsm.RootCauseRequest) {
	if c != nil {
		r = itsm.RootCauseRequest{
			Method: c.Method, Trigger: c.Trigger, Cause: c.Cause, Contributing: c.Contributing, DetectionGap: c.DetectionGap, Known: c.Known,
		}
	}
	return r
}

func causeFields(found *itsm.RootCause) []field {
	r := recorded(found)
	method := field{Name: "method", Label: "How it was looked for", Kind: "choice", Required: true, Options: words(itsm.CauseMethods)}
	proven := field{Name: "known", Label: "How sure that is", Kind: "choice", Options: []option{
		{Words: "It is what was found so far"}, {Value: "true", Words: "It is proven: the root cause is known", Chosen: r.Known},
	}}
	for n := range method.Options {
		method.Options[n].Chosen = found != nil && method.Options[n].Value == string(r.Method)
	}
	fields := []field{method}
	for n, c := range claims {
		text := field{Name: c.name + "/text", Label: c.label, Kind: "text", Max: itsm.MaxNote}
		rests := field{
			Name: c.name + "/evidence", Label: "One thing that this rests on", Kind: "line", Max: itsm.MaxNote,
			Hint: "A record such as INC-42, an address, or what was seen. What it rested on before stays.",
		}
		if held := *claimOf(&r, c.name); held != nil {
			text.Value = newlines.Replace(held.Text)
		}
		if n > 0 {
			text.Part, rests.Part = "What else was found", "What else was found"
		}
		fields = append(fields, text, rests)
	}
	return append(fields, proven)
}

// evidenceOf is what a line says that something rests on: a record, an address, or
// what was seen.
func evidenceOf(line string) itsm.Evidence {
	line = strings.TrimSpace(line)
	if n := typedNumber(line); n.Check() == nil {
		return itsm.Evidence{Record: n}
	}
	if u, err := url.Parse(line); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		return itsm.Evidence{URL: line}
	}
	return itsm.Evidence{Note: line}
}

func findCause(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	p, err := at.Problem(ctx, a.who, a.n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return at.FindRootCause(ctx, a.who, a.n, causeSaid(p.RootCause, a.form))
}

// causeSaid is what the form says, and what was found before that it does not ask for:
// a root cause is recorded whole.
func causeSaid(found *itsm.RootCause, f form) itsm.RootCauseRequest {
	r := recorded(found)
	r.Method, r.Known = itsm.CauseMethod(f["method"]), f["known"] == "true"
	for _, c := range claims {
		claim := claimOf(&r, c.name)
		*claim = said(*claim, f[c.name+"/text"], f[c.name+"/evidence"])
	}
	return r
}

// said is a claim as somebody said it anew, with one thing more that it rests on; nil
// when nothing was said.
func said(held *itsm.Claim, text, rests string) *itsm.Claim {
	c := itsm.Claim{Text: text}
	if held != nil && text != "" {
		c.Evidence = slices.Clone(held.Evidence)
	}
	if one := evidenceOf(rests); one != (itsm.Evidence{}) && !slices.Contains(c.Evidence, one) {
		c.Evidence = append(c.Evidence, one)
	}
	if c.Text == "" && c.Evidence == nil {
		return nil
	}
	return &c
}

func (p *problem) workaroundFields() []field {
	k, services := itsm.KnownError{Title: p.Problem.Title, Services: []itsm.ServiceID{p.Problem.Service}}, []string(nil)
	if held := p.Problem.KnownError; held != nil {
		k = *held
	}
	for _, s := range k.Services {
		services = append(services, string(s))
	}
	tried := field{Name: "verified_by", Label: "Who tried it", Kind: "choice", Required: true}
	tried.Options = able(p.Book, itsm.CommentOnProblems, func(itsm.PersonID) bool { return true })
	for n := range tried.Options {
		tried.Options[n].Chosen = tried.Options[n].Value == string(k.VerifiedBy)
	}
	risk := textField("risk", "What the workaround itself risks", k.Risk, true)
	risk.Max = itsm.MaxNote
	return []field{
		{Name: "title", Label: "Title", Kind: "line", Value: k.Title, Required: true, Max: itsm.MaxTitle},
		textField("symptoms", "Symptoms, as people who meet it would describe them", k.Symptoms, true),
		textField("workaround", "Workaround, step by step", k.Workaround, true),
		risk, tried,
		{Name: "services", Label: "Services that it affects", Hint: "One in a line.", Kind: "text", Value: strings.Join(services, "\n")},
	}
}

func writeWorkaround(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	r := itsm.WorkaroundRequest{
		Title: a.form["title"], Symptoms: a.form["symptoms"], Workaround: a.form["workaround"], Risk: a.form["risk"],
		VerifiedBy: itsm.PersonID(a.form["verified_by"]),
	}
	for line := range strings.Lines(a.form["services"]) {
		if id := strings.TrimSpace(line); id != "" {
			r.Services = append(r.Services, itsm.ServiceID(id))
		}
	}
	return at.WriteWorkaround(ctx, a.who, a.n, r)
}
