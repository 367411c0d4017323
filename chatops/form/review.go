package form

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// ActionsForm is the callback id of the form for the actions that a review agrees on.
const ActionsForm = "supplier_review.action"

// actionSlots are how many actions the form has room for.
const actionSlots = 6

// Agreed is the form for the actions that were agreed on. Each is a slot of three fields;
// one without a title is none.
func Agreed(r *itsm.SupplierReview, typed ReviewSlot) *slack.ModalViewRequest {
	lead := "They are recorded once, all of them. An action without a title is none."
	if len(r.Follows) > 0 {
		lead += " It scored " + string(r.Score.Band) + ", so somebody has to do something."
	}
	blocks := []slack.Block{cards.Plain(cards.ReviewHeadline(r)), cards.Footnote(lead)}
	for n := range actionSlots {
		var s ReviewSlot
		if n == 0 {
			s = typed
		}
		at := actionSlot(n)
		blocks = append(blocks,
			optional(at+"title", fmt.Sprintf("Action %d", n+1), "", line(cards.Cut(s.Action.Title, itsm.MaxTitle, "…"))),
			optional(at+"owner", "Who sees to it?", "On our side. Left out, whoever owns the relationship.", chosen(s.Who)),
			optional(at+"due", "By when?", "", day(dateOf(s.Action.Due))),
		)
	}
	blocks = append(blocks, optional("note", "What else was said?", "", lines("", itsm.MaxNote)))
	return modal(ActionsForm, "Actions "+string(r.Number), "Record", Kept{Claim: cards.Claim{Number: r.Number}}.Value(), blocks...)
}

func actionSlot(n int) string { return fmt.Sprintf("actions_%d_", n) }

// ReviewSlot is an action that was filled in, and whom its form names as its owner by
// their Slack id; empty: nobody.
type ReviewSlot struct {
	N      int // of the slot, from 0
	Action itsm.ReviewAction
	Who    string
}

// Actions are the actions that were filled in: those that have a title.
func (f Filled) Actions() (all []ReviewSlot) {
	for n := range actionSlots {
		at := actionSlot(n)
		s := ReviewSlot{N: n, Who: f.Text(at + "owner")}
		if s.Action.Title = strings.TrimSpace(f.Text(at + "title")); s.Action.Title == "" {
			continue
		}
		if s.Action.Due.UnmarshalText([]byte(f.Text(at+"due"))) != nil {
			s.Action.Due = 0 // the rules ask for it
		}
		all = append(all, s)
	}
	return all
}

// Criteria are what a supplier is scored by, to choose from.
func Criteria() []Option {
	return []Option{
		{string(itsm.ByServiceLevel), "Service level · which part of the targets was kept"},
		{string(itsm.ByQuality), "Quality · incidents and failed changes that it caused"},
		{string(itsm.ByResponsiveness), "Responsiveness · how long others waited for it"},
		{string(itsm.BySecurity), "Security and compliance"},
		{string(itsm.ByCommerce), "Commerce · invoices, price, what was promised"},
	}
}
