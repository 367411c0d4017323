package cards

import (
	"cmp"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// correctiveNotice writes the message of a notice about a corrective action.
func correctiveNotice(n itsm.Notice, links Links) (string, []slack.Block) {
	switch n.Kind { //nolint:exhaustive // the others are about records of other kinds
	case itsm.NoticeOwn:
		return ownCard(n, links)
	case itsm.NoticeAccept:
		return acceptCard(n, links)
	case itsm.NoticeVerify:
		return verifyCard(n, links)
	case itsm.NoticeComment:
		return commentOf(n)
	case itsm.NoticeTell:
		if n.Comment != nil {
			return saidOf(n, CorrectiveHeadline(n.Corrective), pressCorrective)
		}
		what, then := correctiveHappened(n)
		text := CorrectiveHeadline(n.Corrective) + ": " + what + " " + n.Explanation.Summary
		lead := "*" + Escape(what) + "* " + Escape(n.Explanation.Summary)
		if then != "" {
			lead += "\n" + Escape(then)
		}
		return Escape(text), correctiveLayout(n, links, lead, without(actsOf(n), itsm.ActPlanDecide))
	default:
		text := CorrectiveHeadline(n.Corrective) + " is " + n.Corrective.State.Words() + ". " + n.Explanation.Summary
		return Escape(text), correctiveLayout(n, links, Escape(n.Explanation.Summary), n.Explanation.Acts)
	}
}

// needless says that nothing is asked any more of whom a message asked.
func needless(n itsm.Notice, links Links) (string, []slack.Block) {
	text := CorrectiveHeadline(n.Corrective) + " needs nothing from you any more: it is " + n.Corrective.State.Words() + "."
	return Escape(text), correctiveLayout(n, links, "It needs nothing from you any more. "+Escape(n.Explanation.Summary), nil)
}

// ownCard asks the owner to take it on.
func ownCard(n itsm.Notice, links Links) (string, []slack.Block) {
	if n.Over {
		return needless(n, links)
	}
	c := n.Corrective
	lead := "*This corrective action is yours.* " + Escape(Name(n.People, c.Reporter)) + " raised it" + Escape(cameFrom(c)) +
		". You find its cause, plan what takes that away, and have it done; others decide on the plan, and judge whether it helped. *Acknowledge* says that you are at it."
	return Escape("Yours to acknowledge: " + CorrectiveHeadline(c)),
		correctiveLayout(n, links, lead, only(actsOf(n), itsm.ActCorrectiveAcknowledge, itsm.ActCorrectiveAssign, itsm.ActCorrectiveComment))
}

// acceptCard asks one who may whether a plan is carried out, and shows all of what is
// decided on. Once it is decided there is nothing left to press.
func acceptCard(n itsm.Notice, links Links) (string, []slack.Block) {
	c := n.Corrective
	if n.Over || c.Plan == nil {
		return needless(n, links)
	}
	lead := "*Is this plan carried out?* " + Escape(Name(n.People, c.Plan.By)) + " proposes it. You are asked because you answer for corrective actions: does it take the cause away, and will people see that it did?"
	lead += askedAgain(n.Event)
	fields := []string{"*Service*\n" + Escape(Cut(cmp.Or(n.Service.Name, string(c.Service)), 40, "…")), "*Owner*\n" + Escape(Name(n.People, c.Owner)), "*Severity*\n" + Words(c.Severity)}
	blocks := []slack.Block{correctiveHeader(c, links), Section(lead, fields...)}
	if cause := causeOf(c.RootCause); cause != "" {
		blocks = append(blocks, Plain("Root cause\n"+Cut(cause, excerpt, "…")))
	}
	blocks = append(append(blocks, planBlocks(n, c.Plan)...), footnotes(first(forecast(n), 1))...)
	acts := only(actsOf(n), itsm.ActPlanDecide, itsm.ActCorrectiveComment)
	return Escape("Is the plan of " + CorrectiveHeadline(c) + " carried out?"), append(blocks, correctiveRow(in(n), n, acts, true))
}

// verifyCard asks one who had no hand in it whether it was effective: what it is judged
// by, and what was done.
func verifyCard(n itsm.Notice, links Links) (string, []slack.Block) {
	c := n.Corrective
	if n.Over || c.Plan == nil {
		return needless(n, links)
	}
	lead := "*Was it effective?* You are asked because you had no hand in it. Say how you know, and what shows that: *Effective* closes it, *not effective* has its cause looked for anew."
	blocks := []slack.Block{correctiveHeader(c, links), Section(lead, correctiveFields(n)...)}
	for _, p := range written(part{"Nonconformity", Cut(c.Nonconformity, excerpt, "…")}, part{causeLabel(c.RootCause), Cut(causeOf(c.RootCause), excerpt, "…")}, part{"Measure", c.Plan.Measure}) {
		blocks = append(blocks, Plain(p.label+"\n"+p.text))
	}
	blocks = append(blocks, sections("*What was done*", taskLines(n, c.Steps), maxDone)...)
	blocks = append(blocks, footnotes(correctiveContext(n, links, 1))...)
	acts := only(actsOf(n), itsm.ActVerify, itsm.ActCorrectiveComment)
	return Escape("Was " + CorrectiveHeadline(c) + " effective?"), append(blocks, correctiveRow(in(n), n, acts, true))
}

// planBlocks are a plan in full.
func planBlocks(n itsm.Notice, p *itsm.CorrectivePlan) (blocks []slack.Block) {
	lines := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		lines[i] = fmt.Sprintf("%d. %s · %s · by %s", i+1, Escape(s.Title), Escape(Name(n.People, s.Owner)), moment(s.DueAt))
	}
	blocks = sections(fmt.Sprintf("*Plan*, version %d", p.Version), lines, maxPlan)
	for _, p := range written(part{"Measure", p.Measure}, part{"Elsewhere", p.Similar}) {
		for _, c := range chunks(p.label + "\n" + p.text) {
			blocks = append(blocks, Plain(c))
		}
	}
	if p.VerifyAfter != nil {
		blocks = append(blocks, Footnote("Its effect shows from "+moment(*p.VerifyAfter)+" on."))
	}
	return blocks
}

// sections are lines under a title, in at most so many sections, and how many lines more
// there are.
func sections(title string, lines []string, most int) (blocks []slack.Block) {
	if len(lines) == 0 {
		return nil
	}
	text := title
	for n, line := range lines {
		if utf8.RuneCountInString(text)+1+utf8.RuneCountInString(line) <= maxSection {
			text += "\n" + line
			continue
		}
		blocks = append(blocks, Section(text))
		if len(blocks) == most {
			return append(blocks, Footnote(fmt.Sprintf("*%d more* do not fit here; the record has all of them.", len(lines)-n)))
		}
		text = line
	}
	return append(blocks, Section(text))
}

// Of a plan so many sections are shown where it is decided on, and of what was done.
const (
	maxPlan = 3
	maxDone = 2
)
