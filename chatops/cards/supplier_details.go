package cards

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// SupplierStanding says where a supplier, a contract or a review stands: whom it waits
// for, what happens if nobody acts, and what its reader can do.
func SupplierStanding(n itsm.Notice, links Links) Message {
	p := paperOf(n)
	blocks := []slack.Block{p.header(links), Section(Escape(n.Explanation.Summary), p.fields...)}
	blocks = append(blocks, clockBlocks(p.clocks, true)...)
	blocks = append(blocks, progress(n)...)
	blocks = append(blocks, footnotes(p.context(n, links, maxContext))...)
	return fit(Message{
		Text:   Escape(p.headline + " is " + p.state + ". " + n.Explanation.Summary),
		Blocks: append(blocks, paperRow(string(Status)+"/"+string(p.number), n, p, n.Explanation.Acts, true)),
	})
}

// SupplierDetails is all that there is of a supplier, a contract or a review: its texts,
// what it is made of, what it is to other records, what was said and what happened.
func SupplierDetails(n itsm.Notice, a Around, links Links) Message {
	p := paperOf(n)
	blocks := []slack.Block{p.header(links), Section(Escape(n.Explanation.Summary), p.fields...)}
	blocks = append(blocks, clockBlocks(p.clocks, true)...)
	blocks = append(blocks, progress(n)...)
	for _, t := range p.texts {
		for _, some := range chunks(t.label + "\n" + t.text) {
			blocks = append(blocks, Plain(some))
		}
	}
	for _, h := range p.lines {
		blocks = append(blocks, sections("*"+h.title+"*", h.lines, maxDone)...)
	}
	if lines := relations(p.number, a.Relations); len(lines) > 0 {
		blocks = append(blocks, Section("*Goes with*\n"+strings.Join(lines, "\n")))
	}
	for _, s := range a.Said[max(0, len(a.Said)-maxSaid):] {
		blocks = append(blocks, Plain(commentSigns[s.Kind]+" "+Name(n.People, s.By)+": "+Cut(s.Text, excerpt, "…")))
	}
	if lines := supplierTold(n, a.Timeline); len(lines) > 0 {
		blocks = append(blocks, Section("*What happened*\n"+strings.Join(lines[max(0, len(lines)-maxTold):], "\n")))
	}
	blocks = append(blocks, footnotes(p.context(n, links, foreseen))...)
	if row := paperRow(string(Show)+"/"+string(p.number), n, p, n.Explanation.Acts, false); len(row.Elements.ElementSet) > 0 {
		blocks = append(blocks[:min(len(blocks), maxMessageBlocks-1)], row)
	}
	return fit(Message{Text: Escape(p.headline + " is " + p.state + ". " + n.Explanation.Summary), Blocks: blocks})
}

// SupplierTimeline is what happened to a supplier, a contract or a review, oldest first,
// and no more of it than the newest that fit.
func SupplierTimeline(n itsm.Notice, timeline []itsm.Event, links Links) Message {
	p := paperOf(n)
	return timelineOf(p.header(links), p.headline, supplierTold(n, timeline), p.number, pressOn(p.kind, "show", "Details", Claim{Number: p.number}))
}
