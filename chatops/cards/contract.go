package cards

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// contractSigns show a contract's state before its title.
var contractSigns = map[itsm.ContractState]string{
	itsm.ContractNew:           "📝",
	itsm.ContractDrafted:       "📄",
	itsm.ContractUnderReview:   "🔶",
	itsm.ContractApproved:      "📅",
	itsm.ContractActive:        "✅",
	itsm.ContractNoticeWindow:  "⏳",
	itsm.ContractRenewing:      "🔁",
	itsm.ContractRenegotiating: "💬",
	itsm.ContractTerminating:   "🚪",
	itsm.ContractExpired:       "⌛",
	itsm.ContractTerminated:    "🏁",
	itsm.ContractCancelled:     "🚫",
}

// ContractHeadline is what a contract is called: its number and its title.
func ContractHeadline(c *itsm.Contract) string { return string(c.Number) + " · " + c.Title }

// proposes says what is proposed for a contract, as one asks for it.
var proposes = map[itsm.ContractDecision]string{
	itsm.ApproveContract: "to approve it", itsm.AmendContract: "to amend it", itsm.RenewContract: "to renew it",
	itsm.RenegotiateContract: "to renegotiate it", itsm.TerminateContract: "to terminate it",
}

func contractPaper(n itsm.Notice) paper {
	c := n.Contract
	p := paper{
		kind: "contract", sign: contractSigns[c.State], number: c.Number, headline: ContractHeadline(c), state: c.State.Words(),
		fields: contractFields(n), excerpts: written(part{"Supplies", c.Supplies}), dues: c.Dues(), over: c.ClosedAt, claim: Claim{Number: c.Number},
	}
	p.texts = written(part{"Supplies", c.Supplies}, part{"Duties of both sides", c.Duties})
	if o := c.Proposal; o != nil {
		p.claim.ContentHash = o.Hash(&c.ContractTerms)
		asked := "Asked for last"
		if o.Open {
			asked = "Asked for"
		}
		p.excerpts = append(p.excerpts, part{asked + ": " + proposes[o.Decision], o.Note})
		p.texts = append(p.texts, part{asked + ": " + proposes[o.Decision] + ", by " + Name(n.People, o.By), o.Note})
		p.texts = append(p.texts, proposalTexts(o)...)
	}
	p.lines = []heap{{"Targets", targetLines(c.Targets)}, {"Corrective actions", correctionLines(c.Corrections)}}
	if g := c.Given; g != nil {
		p.lines = append(p.lines, heap{"Notice was given", []string{"By " + Escape(Name(n.People, g.By)) + " " + moment(g.At) + "\n" + Escape(strings.Join(evidenceLines(g.Evidence), "\n"))}})
	}
	it := string(c.Number)
	p.sure = map[string]*slack.ConfirmationBlockObject{"approve": sure(p.headline, "Approve "+it+"?", decided(c), "Approve")}
	return p
}

// decided says what comes of it when what was proposed is approved.
func decided(c *itsm.Contract) string {
	if c.Proposal == nil {
		return "What was proposed is done then."
	}
	return map[itsm.ContractDecision]string{
		itsm.ApproveContract: "It binds both sides from its first day on.", itsm.AmendContract: "What both sides agreed on is as proposed from then on.", itsm.RenewContract: "It is to be renewed.",
		itsm.RenegotiateContract: "It is to be renegotiated.", itsm.TerminateContract: "It is to end, and notice is to be given.",
	}[c.Proposal.Decision]
}

// contractFields are at most ten.
func contractFields(n itsm.Notice) []string {
	c := n.Contract
	out := []string{
		"*Supplier*\n" + string(c.Supplier) + ", " + Words(c.Tier),
		"*State*\n" + c.State.Words(),
		"*Owner*\n" + Escape(Name(n.People, c.Owner)),
		"*In force*\n" + c.Start.String() + " to " + c.End.String(),
		"*Notice*\n" + noticeSays(&c.ContractTerms),
		"*Targets*\n" + targetsSay(&c.ContractTerms),
	}
	if len(c.Services) > 0 {
		out = append(out, "*Services*\n"+Escape(serviceNames(c.Services)))
	}
	if c.Renewals > 0 {
		out = append(out, fmt.Sprintf("*Renewed*\n%d times", c.Renewals))
	}
	out = append(out, "*Document*\n"+Escape(Cut(c.Document.URL, excerpt, "…")))
	if due := c.Dues(); len(due) > 0 {
		out = append(out, "*Due first*\n"+dueSays(due[0]))
	}
	return out
}

// noticeSays is how a contract is ended, and what happens when nobody does.
func noticeSays(t *itsm.ContractTerms) string {
	says := "until " + t.LastNotice().String()
	if t.Notice.IsZero() {
		says = "none is needed"
	}
	if t.Renewal.IsZero() {
		return says + "; it ends then"
	}
	return says + "; else it goes on for " + t.Renewal.String()
}

func targetsSay(t *itsm.ContractTerms) string {
	if wrong := t.Misaligned(); len(wrong) > 0 {
		return fmt.Sprintf("%d, of which %d do not suffice for what customers were promised", len(t.Targets), len(wrong))
	}
	return fmt.Sprint(len(t.Targets))
}

// targetLines are what a supplier has to reach, and how that is scored.
func targetLines(all []itsm.ContractTarget) (lines []string) {
	for n := range all {
		t := &all[n]
		line := fmt.Sprintf("• %s: %s %s, no points at %s · %s", Escape(t.Name), t.Full, Escape(t.Unit), t.None, Words(t.Criterion))
		if t.Critical {
			line += " · critical"
		}
		if t.Customer != nil {
			line += " · customers were promised " + t.Customer.String()
			if !t.Aligned() {
				line = "🔴" + strings.TrimPrefix(line, "•") + ", which it does not suffice for"
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// proposalTexts are what is said of a proposal beside its reason.
func proposalTexts(o *itsm.ContractProposal) []part {
	return written(part{"Effect", o.Effect}, part{"Risk", o.Risk}, part{"Carried out by", string(o.Change)})
}

// decideCard asks one who may whether what was proposed for a contract is done, and shows
// all of what is decided on. Once it is decided there is nothing left to press.
func decideCard(n itsm.Notice, links Links) (string, []slack.Block) {
	c, p := n.Contract, paperOf(n)
	if n.Over || c.Proposal == nil || !c.Proposal.Open {
		return p.needless(n, links)
	}
	o := c.Proposal
	lead := "*Is it right " + proposes[o.Decision] + "?* " + Escape(Name(n.People, o.By)) + " proposes it, and has no say. You are asked because you answer for contracts or suppliers."
	lead += askedAgain(n.Event)
	terms := &c.ContractTerms
	if o.Terms != nil {
		terms = o.Terms
	}
	fields := []string{
		"*Supplier*\n" + string(c.Supplier), "*State*\n" + c.State.Words(), "*In force*\n" + terms.Start.String() + " to " + terms.End.String(), "*Notice*\n" + noticeSays(terms),
		"*Targets*\n" + targetsSay(terms), "*Document*\n" + Escape(Cut(terms.Document.URL, excerpt, "…")) + "\nSHA-256 " + terms.Document.Digest,
	}
	blocks := []slack.Block{p.header(links), Section(lead, fields...)}
	texts := append([]part{{"Why", o.Note}}, proposalTexts(o)...)
	if o.Decision == itsm.ApproveContract || o.Decision == itsm.AmendContract {
		texts = append(texts, part{"Supplies", terms.Supplies}, part{"Duties of both sides", terms.Duties})
	}
	for _, t := range texts {
		for _, some := range chunks(t.label + "\n" + t.text) {
			blocks = append(blocks, Plain(some))
		}
	}
	blocks = append(blocks, sections("*Targets*", targetLines(terms.Targets), maxPlan)...)
	blocks = append(append(blocks, progress(n)...), footnotes(first(forecast(n), 1))...)
	acts := only(actsOf(n), itsm.ActContractDecide)
	return Escape("Is it right " + proposes[o.Decision] + "? " + p.headline), append(blocks, paperRow(in(n), n, p, acts, true))
}
