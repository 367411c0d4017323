package cards

import (
	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// supplierNotice writes the message of a notice about a supplier, a contract or a
// review: which one, where it stands, and what was said. Where it can be read, the record says.
func supplierNotice(n itsm.Notice) (string, []slack.Block) {
	name := ""
	switch {
	case n.Supplier != nil:
		name = n.Supplier.Name
	case n.Contract != nil:
		name = n.Contract.Title
	case n.Review != nil:
		name = n.Review.Name
	}
	says := n.Explanation.Summary
	if c := n.Comment; c != nil {
		says = Name(n.People, c.By) + " says: " + c.Text
	}
	text := Escape(string(n.Record()) + " " + name + ": " + says)
	return text, []slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, false), nil, nil)}
}
