package form

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// Why is a form that asks for a word, for somebody, or for more, before something is
// done to a record.
type Why struct {
	Callback string
	Title    string // has room for a number: together 24 characters
	Means    string // what it does, in a sentence or two
	Person   string // the field that names somebody; empty: none
	Whom     string // its label
	Nobody   bool   // nobody need be named
	Fields   []Field
	Some     bool   // though each of them may be left out, all of them may not
	Block    string // the field of the word; empty: none
	Label    string
	Submit   string
	Optional bool // the word need not be there
}

// Field is one more thing that a form asks for: a choice, a line, several, or an
// instant.
type Field struct {
	Block    string
	Label    string
	Hint     string
	Optional bool
	Options  []Option // to choose from
	Offered  bool     // the options are those of the record
	Teams    bool     // the teams are the options
	Long     bool     // a text of several lines
	When     bool     // an instant, which each picks in their own zone
	Day      bool     // a date, which is the same in all zones
}

// Option is one of several, by its value and in words.
type Option struct{ Value, Words string }

// Given is what is known when a form is opened.
type Given struct {
	Headline string            // of the record
	Said     map[string]string // what was said already, by field
	Who      string            // the Slack id of whom it names already
	Teams    []itsm.TeamID
	Offers   map[string][]Option // what the record has to choose from, by field
	Notes    []string            // in mrkdwn, such as what could be meant
}

// On is the form about one record; what was pressed is kept in it.
func (w Why) On(g Given, k Kept) *slack.ModalViewRequest {
	blocks := []slack.Block{cards.Plain(g.Headline)}
	if w.Means != "" {
		blocks = append(blocks, cards.Footnote(w.Means))
	}
	if w.Person != "" {
		blocks = append(blocks, input(w.Person, w.Whom, "", chosen(g.Who)).WithOptional(w.Nobody))
	}
	for _, f := range w.Fields {
		blocks = append(blocks, input(f.Block, f.Label, f.Hint, f.element(g)).WithOptional(f.Optional))
	}
	if w.Block != "" {
		blocks = append(blocks, input(w.Block, w.Label, "", lines(cards.Cut(g.Said[w.Block], itsm.MaxNote, ""), itsm.MaxNote)).WithOptional(w.Optional))
	}
	for _, note := range g.Notes {
		blocks = append(blocks, cards.Footnote(note))
	}
	return modal(w.Callback, w.Title+" "+string(k.Number), w.Submit, k.Value(), blocks...)
}

// maxLine is the most characters of a field that holds a number or a name.
const maxLine = 120

func (f Field) element(g Given) slack.BlockElement {
	said := g.Said[f.Block]
	options := f.Options
	switch {
	case f.When:
		return instant(At(said))
	case f.Day:
		return day(said)
	case f.Long:
		return lines(cards.Cut(said, itsm.MaxNote, ""), itsm.MaxNote)
	case f.Offered:
		options = g.Offers[f.Block]
	case f.Teams:
		options = nil
		for _, t := range g.Teams {
			options = append(options, Option{string(t), string(t)})
		}
	}
	if len(options) == 0 {
		e := slack.NewPlainTextInputBlockElement(nil, "value").WithMaxLength(maxLine)
		if said != "" {
			e.WithInitialValue(cards.Cut(said, maxLine, ""))
		}
		return e
	}
	return selected(options, said)
}

// AsksForTeams tells whether the form offers teams.
func (w Why) AsksForTeams() bool {
	return slices.ContainsFunc(w.Fields, func(f Field) bool { return f.Teams })
}

// Said is what was filled in, by field: nothing where nothing was. An instant is in
// seconds since 1970.
func (f Filled) Said(w Why) map[string]string {
	said := make(map[string]string, len(w.Fields))
	for _, field := range w.Fields {
		if at := f.Instant(field.Block); field.When && !at.IsZero() {
			said[field.Block] = strconv.FormatInt(at.Unix(), 10)
			continue
		}
		said[field.Block] = strings.TrimSpace(f.Text(field.Block))
	}
	return said
}

// At is an instant as Said has it; zero where none was said.
func At(said string) time.Time {
	s, err := strconv.ParseInt(said, 10, 64)
	if err != nil || s <= 0 || s >= 1<<40 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
