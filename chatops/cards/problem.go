package cards

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// problemSigns show a problem's state before its title.
var problemSigns = map[itsm.ProblemState]string{
	itsm.ProblemNew:            "📝",
	itsm.ProblemCandidate:      "💡",
	itsm.ProblemLogged:         "📥",
	itsm.ProblemInvestigating:  "🔎",
	itsm.ProblemRootCauseKnown: "🎯",
	itsm.ProblemKnownError:     "📕",
	itsm.ProblemFixPlanned:     "📅",
	itsm.ProblemFixDeployed:    "🚀",
	itsm.ProblemWatched:        "👀",
	itsm.ProblemResolved:       "✅",
	itsm.ProblemRiskAccepted:   "⚖️",
	itsm.ProblemReopened:       "🔁",
	itsm.ProblemClosed:         "🏁",
	itsm.ProblemDeclined:       "❌",
	itsm.ProblemMerged:         "🔗",
	itsm.ProblemCancelled:      "🚫",
}

// ProblemHeadline is what a problem is called: its number, its priority and its title.
func ProblemHeadline(p *itsm.Problem) string {
	if p.Priority == "" {
		return string(p.Number) + " · " + p.Title
	}
	return string(p.Number) + " · " + string(p.Priority) + " · " + p.Title
}

// problemHeader is the title, which leads to the record's page.
func problemHeader(p *itsm.Problem, links Links) slack.Block {
	return heading(problemSigns[p.State]+" "+ProblemHeadline(p), p.Number, links)
}

// problemLayout is what all messages about a problem look like.
func problemLayout(n itsm.Notice, links Links, lead string, acts []itsm.Act) []slack.Block {
	p := n.Problem
	blocks := []slack.Block{problemHeader(p, links), Section(lead, problemFields(n)...)}
	blocks = append(blocks, clockBlocks(p.Clocks, false)...)
	blocks = append(blocks, progress(n)...)
	if problemNoted(n) {
		blocks = append(blocks, Plain("Note of "+Name(n.People, n.Event.Actor)+": "+Cut(n.Event.Note, excerpt, "…")))
	}
	if parts := problemExcerpts(p); len(parts) > 0 {
		blocks = append(blocks, excerpts(parts))
	}
	blocks = append(blocks, footnotes(problemContext(n, links, foreseen))...)
	return append(blocks, problemRow(in(n), n, acts, true))
}

// problemSummed are the events whose note the summary says already, or the task.
var problemSummed = []itsm.EventKind{itsm.EventRiskAccepted, itsm.EventProblemTask}

// problemNoted tells whether what happened last has a note to show.
func problemNoted(n itsm.Notice) bool {
	return n.Event.Note != "" && !slices.Contains(problemSummed, n.Event.Kind)
}

// problemExcerpts are the texts of a problem that a card shows in part.
func problemExcerpts(p *itsm.Problem) []part {
	cause, workaround := causeOf(p.RootCause), ""
	if k := shownError(p); k != nil {
		workaround = k.Workaround
	}
	return written(part{"Description", p.Description}, part{causeLabel(p.RootCause), cause}, part{"Workaround", workaround})
}

// causeOf is what a root cause says in short.
func causeOf(c *itsm.RootCause) string {
	if c == nil || c.Cause == nil {
		return ""
	}
	return c.Cause.Text
}

func causeLabel(c *itsm.RootCause) string {
	if c != nil && !c.Known {
		return "Root cause, not proven yet"
	}
	return "Root cause"
}

// shownError is the known error that people are shown; while there is none, its draft.
func shownError(p *itsm.Problem) *itsm.KnownError {
	if k := p.Published; k != nil && k.State == itsm.KnownErrorPublished {
		return k
	}
	return p.KnownError
}

// problemFields are at most ten.
func problemFields(n itsm.Notice) []string {
	p := n.Problem
	coordinator := "nobody yet"
	if p.Coordinator != "" {
		coordinator = Escape(Name(n.People, p.Coordinator))
	}
	if p.Team != "" {
		coordinator += ", team " + Escape(string(p.Team))
	}
	out := []string{
		"*Service*\n" + Escape(cmp.Or(n.Service.Name, string(p.Service))),
		"*State*\n" + p.State.Words(),
		"*Priority*\n" + problemPriority(p),
		"*Reporter*\n" + Escape(raiser(n)),
		"*Coordinator*\n" + coordinator,
		"*Incidents*\n" + incidentCount(p),
	}
	if k := shownError(p); k != nil {
		out = append(out, "*Known error*\n"+errorStands(p, n.Use))
	}
	if f := lastFix(p); f != "" {
		out = append(out, "*Fix*\n"+f)
	}
	switch {
	case p.Watch != nil && p.Watch.Until != nil:
		out = append(out, "*Watched until*\n"+moment(*p.Watch.Until))
	case p.Risk != nil:
		out = append(out, "*Risk accepted until*\n"+moment(p.Risk.ExpiresAt)+", by "+Escape(Name(n.People, p.Risk.By)))
	}
	if p.MergedInto != "" {
		out = append(out, "*Goes on as*\n"+string(p.MergedInto))
	}
	return out
}

func problemPriority(p *itsm.Problem) string {
	if p.Priority == "" {
		return "not known yet"
	}
	says := fmt.Sprintf("%s (impact %s, urgency %s)", p.Priority, p.Impact, p.Urgency)
	if p.Major {
		says += ", major: it is reviewed"
	}
	return says
}

func raiser(n itsm.Notice) string {
	if n.Problem.Reporter == itsm.Monitoring || n.Problem.Reporter == itsm.System {
		return "Steward"
	}
	return Name(n.People, n.Problem.Reporter)
}

// incidentCount says how many incidents a problem was found in, and names some.
func incidentCount(p *itsm.Problem) string {
	const most = 5
	var all []string
	for _, r := range p.Relations {
		if r.Kind == itsm.FoundIn {
			all = append(all, string(r.To))
		}
	}
	switch {
	case len(all) == 0:
		return "none so far"
	case len(all) > most:
		return fmt.Sprintf("%d: %s and %d more", len(all), strings.Join(all[:most], ", "), len(all)-most)
	default:
		return fmt.Sprintf("%d: %s", len(all), strings.Join(all, ", "))
	}
}

// errorStands says how a known error stands, and how often it helped.
func errorStands(p *itsm.Problem, use itsm.KnownErrorUse) string {
	k := shownError(p)
	if k.State != itsm.KnownErrorPublished {
		return map[itsm.KnownErrorState]string{ //nolint:exhaustive // it is none that is published
			itsm.KnownErrorDraft: "a draft, not published", itsm.KnownErrorProposed: "to be published, if others agree", itsm.KnownErrorRetired: "retired; it is not needed any more",
		}[k.State] + usedSo(use)
	}
	says := fmt.Sprintf("published, version %d", k.Version) + usedSo(use)
	if p.KnownError != nil && p.KnownError.State != itsm.KnownErrorPublished {
		says += "; another text of it is a draft"
	}
	return says
}

func usedSo(use itsm.KnownErrorUse) string {
	if use.Count == 0 {
		return ""
	}
	says := "; " + used(use)
	if use.Last != "" {
		says += ", last by " + string(use.Last)
	}
	return says
}

// lastFix is the change that is to fix a problem, or the last that did not.
func lastFix(p *itsm.Problem) string {
	switch {
	case p.Fix != nil && p.Fix.Outcome != "":
		return string(p.Fix.Change) + ", " + p.Fix.Outcome.Words()
	case p.Fix != nil:
		return string(p.Fix.Change) + ", awaited"
	case len(p.FailedFixes) > 0:
		return string(p.FailedFixes[len(p.FailedFixes)-1].Change) + " did not fix it"
	default:
		return ""
	}
}

// problemContext says whom it waits for, what comes by itself, at most so many things of
// it, and where there is more.
func problemContext(n itsm.Notice, links Links, most int) []string {
	p := n.Problem
	var tasks []string
	if open := p.Tasks.Open(); open > 0 {
		tasks = append(tasks, fmt.Sprintf("%d of %d tasks open", open, len(p.Tasks)))
	}
	return contextOf(n, p.Number, p.ClosedAt, tasks, links, most)
}

// contextOf is the small print of a record that is over since an instant, if it is.
func contextOf(n itsm.Notice, number itsm.Number, over *time.Time, more []string, links Links, most int) []string {
	var lines []string
	if over != nil {
		lines = append(lines, "Over since "+moment(*over))
	} else {
		since := "So since " + moment(n.Explanation.Since)
		if waits := waitsFor(n); waits != "" {
			since += " · waits for " + Escape(waits)
		}
		lines = append(lines, since)
	}
	lines = append(lines, more...)
	comes := first(forecast(n), most)
	lines = append(lines, first(comes, max(maxContext-len(lines)-1, 0))...)
	if l := linked(number, links); l != "" {
		lines = append(lines, l)
	}
	return first(lines, maxContext)
}
