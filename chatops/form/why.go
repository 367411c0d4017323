package form

import (
	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// Why is a form that asks for a word, or for somebody, before something is done to
// a change.
type Why struct {
	Callback string
	Title    string // has room for a number: together 24 characters
	Means    string // what it does, in a sentence or two
	Person   string // the field that names somebody; empty: none
	Whom     string // its label
	Block    string // the field of the word
	Label    string
	Submit   string
	Optional bool // the word need not be there
}

// On is the form about one change; what was pressed is kept in it.
func (w Why) On(c itsm.Change, k Kept) *slack.ModalViewRequest {
	blocks := []slack.Block{cards.Plain(cards.Headline(c))}
	if w.Means != "" {
		blocks = append(blocks, cards.Footnote(w.Means))
	}
	if w.Person != "" {
		blocks = append(blocks, input(w.Person, w.Whom, "", person("Choose somebody")))
	}
	word := input(w.Block, w.Label, "", lines("", itsm.MaxNote)).WithOptional(w.Optional)
	return modal(w.Callback, w.Title+" "+string(k.Number), w.Submit, k.Value(), append(blocks, word)...)
}
