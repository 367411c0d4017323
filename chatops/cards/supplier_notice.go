package cards

import (
	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// supplierNotice writes the message of a notice about a supplier or a contract: which
// one, where it stands, and what was said. Where it can be read, the record says.
func supplierNotice(n itsm.Notice) (string, []slack.Block) {
	of, name := n.Explanation.Number, ""
	switch {
	case n.Supplier != nil:
		of, name = n.Supplier.Number, n.Supplier.Name
	case n.Contract != nil:
		of, name = n.Contract.Number, n.Contract.Title
	}
	says := n.Explanation.Summary
	if c := n.Comment; c != nil {
		says = Name(n.People, c.By) + " says: " + c.Text
	}
	text := Escape(string(of) + " " + name + ": " + says)
	return text, []slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, false), nil, nil)}
}
