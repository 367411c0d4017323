package cards

import (
	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// supplierNotice writes the message of a notice about a supplier, a contract or a review.
func supplierNotice(n itsm.Notice, links Links) (string, []slack.Block) {
	p := paperOf(n)
	switch n.Kind { //nolint:exhaustive // the others are about records of other kinds
	case itsm.NoticeDecide:
		return decideCard(n, links)
	case itsm.NoticeEvidence:
		return seenCard(n, links)
	case itsm.NoticeSignOff:
		return signCard(n, links)
	case itsm.NoticeComment:
		return commentOf(n)
	case itsm.NoticeTell:
		if n.Comment != nil {
			return saidOf(n, p.headline, func(verb, label string, c Claim) *slack.ButtonBlockElement { return pressOn(p.kind, verb, label, c) })
		}
		what, then := supplierHappened(n)
		lead := "*" + Escape(what) + "* " + Escape(n.Explanation.Summary)
		if then != "" {
			lead += "\n" + Escape(then)
		}
		return Escape(p.headline + ": " + what + " " + n.Explanation.Summary), p.layout(n, links, lead, without(actsOf(n), itsm.ActContractDecide, itsm.ActSeen))
	default:
		return Escape(p.headline + " is " + p.state + ". " + n.Explanation.Summary), p.layout(n, links, Escape(n.Explanation.Summary), n.Explanation.Acts)
	}
}

// layout is what all messages about these kinds of record look like.
func (p paper) layout(n itsm.Notice, links Links, lead string, acts []itsm.Act) []slack.Block {
	blocks := []slack.Block{p.header(links), Section(lead, p.fields...)}
	blocks = append(blocks, clockBlocks(p.clocks, false)...)
	blocks = append(blocks, progress(n)...)
	if n.Event.Note != "" {
		blocks = append(blocks, Plain("Note of "+Name(n.People, n.Event.Actor)+": "+Cut(n.Event.Note, excerpt, "…")))
	}
	if len(p.excerpts) > 0 {
		blocks = append(blocks, excerpts(p.excerpts))
	}
	blocks = append(blocks, footnotes(p.context(n, links, foreseen))...)
	return append(blocks, paperRow(in(n), n, p, acts, true))
}

// needless says that nothing is asked any more of whom a message asked.
func (p paper) needless(n itsm.Notice, links Links) (string, []slack.Block) {
	n.Event.Note = "" // what it asked for is over, and so is why
	return Escape(p.headline + " needs nothing from you any more: it is " + p.state + "."), p.layout(n, links, "It needs nothing from you any more. "+Escape(n.Explanation.Summary), nil)
}
