package cards

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// Show is the kind of a message with all that a record holds. It is no notice of a
// process: it answers somebody who asks.
const Show itsm.NoticeKind = "show"

// Details is all that a record holds: its texts, the notes and what happened.
func Details(n itsm.Notice, timeline []itsm.Event, links Links) Message {
	c := n.Change
	blocks := []slack.Block{header(c), section(escape(n.Explanation.Summary), fields(n)...)}
	for _, p := range texts(c) {
		blocks = append(blocks, plain(p.label+"\n"+p.text))
	}
	for _, d := range c.Decisions {
		if !strings.Contains(n.Explanation.Summary, d.Note) {
			blocks = append(blocks, plain("Note of "+name(n.People, d.By)+"\n"+d.Note))
		}
	}
	if reported(n.Event) {
		blocks = append(blocks, plain("Note of "+name(n.People, n.Event.Actor)+"\n"+n.Event.Note))
	}
	if len(timeline) > 0 {
		blocks = append(blocks, section(told(n, timeline)))
	}
	blocks = append(blocks, Footnote(context(n, links)...))
	if len(n.Explanation.Acts) > 0 {
		blocks = append(blocks, row(string(Show), n, n.Explanation.Acts, false))
	}
	return fit(Message{Text: escape(headline(c) + " is " + c.State.Words() + ". " + n.Explanation.Summary), Blocks: blocks})
}

// maxTold events are shown of a timeline; the record has all.
const maxTold = 15

// told is what happened to a change, a line each, oldest first.
func told(n itsm.Notice, timeline []itsm.Event) string {
	lines := []string{"*What happened*"}
	for _, e := range timeline[max(0, len(timeline)-maxTold):] {
		what := strings.ReplaceAll(strings.TrimPrefix(string(e.Kind), "change."), "_", " ")
		lines = append(lines, moment(e.At)+" "+what+", by "+escape(name(n.People, e.Actor)))
	}
	return strings.Join(lines, "\n")
}
