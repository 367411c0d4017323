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
	blocks := []slack.Block{Section(marks[e.Kind] + " " + Escape(e.Message))}
	if len(e.Fields) > 1 { // the sentence names the first
		var lines []string
		for _, f := range e.Fields {
			lines = append(lines, "• "+strings.TrimPrefix(f.Pointer, "/")+" "+f.Message)
		}
		blocks = append(blocks, Plain(strings.Join(lines, "\n")))
	}
	blocks = append(blocks, Footnote("`"+e.Code+"`"))
	return Message{Text: Escape(e.Message), Blocks: fitBlocks(blocks, maxMessageBlocks)}
}

// Unknown repeats a command that is none and says what was probably meant, if
// anything. Three examples show how commands look.
func Unknown(e *itsm.Error, text, meant string) Message {
	sentence := "Steward does not know `" + strings.ReplaceAll(Escape(Cut(text, 200, "…")), "`", "'") + "`."
	if meant != "" {
		sentence += " Did you mean `" + meant + "`?"
	}
	const examples = "`/change new` · `/change status CHG-42` · `/change reject CHG-42 because it has no backout plan`"
	return Message{Text: sentence, Blocks: []slack.Block{
		Section(marks[e.Kind] + " " + sentence), Section("For example: " + examples), Footnote("`/change help` lists all · `" + e.Code + "`"),
	}}
}

// Help lists what can be typed.
func Help() Message {
	lines := []string{
		"*Look*",
		"`/itsm my` shows what waits for you and what you raised; `/change list` what is open",
		"`/change status CHG-42` tells where it stands, whom it waits for, and what happens if nobody acts; `show` tells all",
		"`/itsm services` lists what can be changed, `/itsm people` who is who",
		"*Raise and keep*",
		"`/change new` opens the form; `/change new Rotate the certificates` fills in the title",
		"`/change assess`, `edit`, `hold`, `resume`, `withdraw`, `cancel` and then `CHG-42 because …`",
		"`/change link CHG-42 https://…` adds a link; `/change assign CHG-42 @ida` names who carries it out",
		"*Decide*",
		"`/change approve CHG-42`, `/change reject CHG-42 because …` or `/change abstain CHG-42`; `retract` takes it back",
		"`/change delegate CHG-42 @eve` lets Eve decide for you",
		"*Talk*",
		"`/change comment CHG-42 …`, `/change ask CHG-42 …`, `/change answer CHG-42 …`",
		"*Carry out*",
		"`/change start CHG-42`, then `/change done CHG-42` or `/change fail CHG-42 what broke`",
		"What the buttons do, these do. Nobody decides on their own request, and silence never approves.",
	}
	text := strings.Join(lines, "\n")
	return Message{Text: text, Blocks: []slack.Block{Section(text), slack.NewActionBlock("help", newChange())}}
}
