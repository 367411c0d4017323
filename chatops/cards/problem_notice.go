package cards

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// problemNotice writes the message of a notice about a problem.
func problemNotice(n itsm.Notice, links Links) (string, []slack.Block) {
	switch n.Kind { //nolint:exhaustive // the others are about changes and incidents
	case itsm.NoticeAssess:
		return assessCard(n, links)
	case itsm.NoticePublish:
		return publishCard(n, links)
	case itsm.NoticeComment:
		return commentOf(n)
	case itsm.NoticeTell:
		if n.Comment != nil {
			return saidOf(n, ProblemHeadline(n.Problem), pressProblem)
		}
		what, then := problemHappened(n)
		text := ProblemHeadline(n.Problem) + ": " + what + " " + n.Explanation.Summary
		lead := "*" + Escape(what) + "* " + Escape(n.Explanation.Summary)
		if then != "" {
			lead += "\n" + Escape(then)
		}
		return Escape(text), problemLayout(n, links, lead, problemTheirs(n))
	default:
		text := ProblemHeadline(n.Problem) + " is " + n.Problem.State.Words() + ". " + n.Explanation.Summary
		return Escape(text), problemLayout(n, links, Escape(n.Explanation.Summary), n.Explanation.Acts)
	}
}

// assessCard asks one who manages problems whether it is one: why it was proposed, and
// how much there is of it. Once somebody said so there is nothing left to press.
func assessCard(n itsm.Notice, links Links) (string, []slack.Block) {
	p := n.Problem
	if n.Over {
		return Escape(ProblemHeadline(p) + " needs nothing from you any more: it is " + p.State.Words() + "."),
			problemLayout(n, links, "It needs nothing from you any more. "+Escape(n.Explanation.Summary), nil)
	}
	lead := "*Is it a problem?* You manage problems: *Accept* has its root cause looked for, *Decline* says that it is none."
	if p.Trend != nil {
		lead += "\n" + Escape(p.Trend.Reason) + trendCounts(p.Trend)
	} else {
		lead += "\n" + Escape(whyRaised(n))
	}
	return Escape("Is it a problem? " + ProblemHeadline(p)),
		problemLayout(n, links, lead, only(actsOf(n), itsm.ActAccept, itsm.ActDecline, itsm.ActMerge, itsm.ActProblemComment))
}

// trendCounts says how many incidents there were, against how many there used to be.
func trendCounts(t *itsm.Trend) string {
	weeks := make([]string, len(t.Before))
	for n, count := range t.Before {
		weeks[len(weeks)-1-n] = fmt.Sprint(count)
	}
	return fmt.Sprintf("\n%d now; in the eight weeks before, from the oldest: %s (%.1f a week)", t.Count, strings.Join(weeks, ", "), t.Mean)
}

// whyRaised says what a problem was raised for.
func whyRaised(n itsm.Notice) string {
	p := n.Problem
	switch p.Trigger {
	case itsm.TriggeredByPriority:
		return "Steward proposes it, since an incident of the highest priority came: what caused it is to be found."
	case itsm.TriggeredByChange:
		return "Steward proposes it, since " + string(p.Change) + " failed: why is to be found."
	case itsm.TriggeredByTrend:
		return "Steward proposes it, since incidents are alike."
	case itsm.TriggeredByIncident:
		return Name(n.People, p.Reporter) + " raised it from " + strings.Join(numbers(p.Incidents, 5), ", ") + "."
	case itsm.TriggeredByHand:
	}
	return Name(n.People, p.Reporter) + " raised it."
}

// numbers are the first of some, and how many more there are.
func numbers(all []itsm.Number, most int) (out []string) {
	for _, n := range first(all, most) {
		out = append(out, string(n))
	}
	if over := len(all) - most; over > 0 {
		out = append(out, fmt.Sprintf("%d more", over))
	}
	return out
}

// publishCard asks a second person whether a known error can be published, and shows
// all of what is decided on. Once it is decided there is nothing left to press.
func publishCard(n itsm.Notice, links Links) (string, []slack.Block) {
	p, k := n.Problem, n.Problem.KnownError
	if n.Over || k == nil {
		lead := "No decision of yours is needed any more. "
		if k != nil && k.State == itsm.KnownErrorPublished {
			lead = "*Its known error is published*, by " + Escape(Name(n.People, k.PublishedBy)) + ". "
		}
		return Escape(ProblemHeadline(p) + " needs no decision of yours any more."), problemLayout(n, links, lead+Escape(n.Explanation.Summary), nil)
	}
	lead := "*Can this known error be published?* " + Escape(Name(n.People, k.By)) + " asks. You are asked because somebody else than who wrote it has to read it: " +
		"people are shown it from then on, and apply what it says."
	lead += askedAgain(n.Event)
	acts := only(actsOf(n), itsm.ActProblemDecide, itsm.ActProblemComment)
	fields := []string{"*Service*\n" + Escape(Cut(cmp.Or(n.Service.Name, string(p.Service)), 40, "…")), "*Incidents*\n" + incidentCount(p), "*State*\n" + p.State.Words()}
	blocks := append([]slack.Block{problemHeader(p, links), Section(lead, fields...)}, errorBlocks(n, k)...)
	blocks = append(blocks, footnotes(first(forecast(n), 1))...) // no more: what is decided on stands here in full
	return Escape("Can the known error of " + ProblemHeadline(p) + " be published?"), append(blocks, problemRow(in(n), n, acts, true))
}

// errorBlocks are a known error in full.
func errorBlocks(n itsm.Notice, k *itsm.KnownError) (blocks []slack.Block) {
	services := make([]string, len(k.Services))
	for i, s := range k.Services {
		services[i] = string(s)
	}
	verified := ""
	if k.VerifiedBy != "" {
		verified = Name(n.People, k.VerifiedBy)
	}
	for _, p := range written(
		part{"Known error", k.Title}, part{"Symptoms", k.Symptoms}, part{"Workaround", k.Workaround}, part{"Risk of the workaround", k.Risk},
		part{"Tried by", verified}, part{"Root cause", Cut(k.RootCause, excerpt/2, "…")}, part{"Services", Cut(strings.Join(services, ", "), excerpt/2, "…")},
	) {
		for _, c := range chunks(p.label + "\n" + p.text) {
			blocks = append(blocks, Plain(c))
		}
	}
	return blocks
}

// problemTheirs are the acts for one who is told.
func problemTheirs(n itsm.Notice) []itsm.Act {
	acts := without(actsOf(n), itsm.ActProblemDecide)
	if theirTask(n) > 0 {
		acts = append(only(acts, itsm.ActTask), without(acts, itsm.ActTask)...)
	}
	return acts
}

// commentOf is what somebody said, below the card.
func commentOf(n itsm.Notice) (string, []slack.Block) {
	c := *n.Comment
	did := commentSigns[c.Kind] + " *" + Escape(Name(n.People, c.By)) + "* " + moment(c.At)
	return Escape(Name(n.People, c.By) + " on " + string(c.Number) + ": " + c.Text), []slack.Block{Section(did), Plain(c.Text)}
}

// saidOf brings to one person what somebody said about a record. It does not change with
// the record, so that what can be pressed on it is good for as long as there is one.
func saidOf(n itsm.Notice, headline string, press func(verb, label string, c Claim) *slack.ButtonBlockElement) (string, []slack.Block) {
	c, who := *n.Comment, Name(n.People, n.Comment.By)
	did := map[itsm.CommentKind]string{
		itsm.ProgressNote: " tells how it goes", itsm.Question: " asks you", itsm.Answer: " answered your question", itsm.Remark: " says",
	}[c.Kind]
	answer := Claim{Number: c.Number}
	if c.Kind == itsm.Question {
		answer.ReplyTo = c.ID
	}
	buttons := []slack.BlockElement{press("comment", "Answer…", answer), press("show", "Details", Claim{Number: c.Number})}
	return Escape(who + did + ", about " + headline + ": " + c.Text), []slack.Block{
		slack.NewHeaderBlock(PlainText(commentSigns[c.Kind] + " " + headline)),
		Section("*" + Escape(who) + "*" + did + " " + moment(c.At)), Plain(c.Text), slack.NewActionBlock(in(n), buttons...),
	}
}

// taskLines are the tasks of a record, those that are open first, each with what came of
// it and what shows that.
func taskLines(n itsm.Notice, tasks itsm.Tasks) (lines []string) {
	tasks = slices.Clone(tasks)
	slices.SortStableFunc(tasks, func(a, b itsm.Task) int {
		return boolOrder(a.State != itsm.TaskOpen) - boolOrder(b.State != itsm.TaskOpen)
	})
	for _, t := range tasks {
		sign := map[itsm.TaskState]string{itsm.TaskOpen: "⬜", itsm.TaskDone: "☑️", itsm.TaskDropped: "✖️"}[t.State]
		line := fmt.Sprintf("%s %d. %s · %s", sign, t.ID, Escape(t.Title), Escape(Name(n.People, t.Owner)))
		if t.DueAt != nil && t.State == itsm.TaskOpen {
			line += " · by " + moment(*t.DueAt)
		}
		if t.Result != "" {
			line += " · " + Escape(Cut(t.Result, excerpt/3, "…"))
		}
		if len(t.Evidence) > 0 {
			line += "\n" + Escape(Cut(strings.Join(evidenceLines(t.Evidence), "\n"), excerpt, "…"))
		}
		lines = append(lines, line)
	}
	return lines
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}
