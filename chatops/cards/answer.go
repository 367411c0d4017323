package cards

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// marks tell at a glance why something was refused.
var marks = map[itsm.Kind]string{
	itsm.Invalid:         ":pencil2:",
	itsm.Unauthenticated: ":bust_in_silhouette:",
	itsm.Forbidden:       ":no_entry:",
	itsm.NotFound:        ":mag:",
	itsm.Conflict:        ":lock:",
	itsm.Limited:         ":hourglass:",
	itsm.Unavailable:     ":hourglass_flowing_sand:",
	itsm.Internal:        ":warning:",
}

// Refusal says a refusal in the words that the HTTP door uses, with its code as a footnote.
func Refusal(e *itsm.Error) Message {
	blocks := []slack.Block{section(marks[e.Kind] + " " + escape(e.Message))}
	if len(e.Fields) > 1 { // the sentence names the first
		var lines []string
		for _, f := range e.Fields {
			lines = append(lines, "• "+strings.TrimPrefix(f.Pointer, "/")+" "+f.Message)
		}
		blocks = append(blocks, plain(strings.Join(lines, "\n")))
	}
	blocks = append(blocks, Footnote("`"+e.Code+"`"))
	return Message{Text: escape(e.Message), Blocks: fitBlocks(blocks, maxMessageBlocks)}
}

// examples follow an unknown sub-command.
const examples = "`/change new` · `/change show CHG-42` · `/change reject CHG-42 because it has no backout plan`"

// Unknown repeats a command that is none and says what was probably meant, if anything.
func Unknown(e *itsm.Error, text, meant string) Message {
	sentence := "Steward does not know `" + strings.ReplaceAll(escape(Cut(text, 200, "…")), "`", "'") + "`."
	if meant != "" {
		sentence += " Did you mean `" + meant + "`?"
	}
	return Message{Text: sentence, Blocks: []slack.Block{
		section(marks[e.Kind] + " " + sentence), section("For example: " + examples), Footnote("`/change help` lists all · `" + e.Code + "`"),
	}}
}

// Help lists what can be typed.
func Help() Message {
	lines := []string{
		"*Changes, from here to closed*",
		"`/change new` opens the form; `/change new Rotate the certificates` fills in the title",
		"`/change list` shows what is open; `list mine` what you raised; `list waiting` what waits for you",
		"`/change show CHG-42` tells all about one change, and what happens if nobody acts",
		"`/change approve CHG-42` or `/change reject CHG-42 because …` decides",
		"`/change start CHG-42`, then `/change done CHG-42` or `/change fail CHG-42 what broke` carries it out",
		"`/change cancel CHG-42 because …` drops it",
		"`/itsm services` lists what can be changed, `/itsm people` who is who",
		"What the buttons do, these do. Nobody decides on their own request, and silence never approves.",
	}
	text := strings.Join(lines, "\n")
	return Message{Text: text, Blocks: []slack.Block{section(text), slack.NewActionBlock("help", newChange())}}
}
