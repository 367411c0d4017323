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

// examples show how the commands about a kind of record look.
var examples = map[string]string{
	"/itsm":       "`/itsm my` · `/itsm search disk full` · `/itsm status INC-42`",
	"/change":     "`/change new` · `/change status CHG-42` · `/change reject CHG-42 because it has no backout plan`",
	"/problem":    "`/problem new Payments hang at noon` · `/problem known timeout` · `/problem task PRB-7 @ida Look at the pool`",
	"/corrective": "`/corrective raise Backups are not tried` · `/corrective plan CAR-3` · `/corrective step CAR-3 done 1 see https://…`",
	"/supplier":   "`/supplier review SUP-4` · `/supplier submit SUP-4/2026-Q4 Availability 99.95 https://…` · `/supplier due`",
	"/incident":   "`/incident new Nobody can pay` · `/incident ack INC-42` · `/incident resolve INC-42 fixed restarted the gateway`",
}

// Unknown repeats a command that is none and says what was probably meant, if
// anything. Three examples show how commands look, of the kind that it is about.
func Unknown(e *itsm.Error, command, text, meant string) Message {
	sentence := "Steward does not know `" + strings.ReplaceAll(Escape(Cut(text, 200, "…")), "`", "'") + "`."
	if meant != "" {
		sentence += " Did you mean `" + meant + "`?"
	}
	about := command
	if examples[about] == "" {
		about = "/change"
	}
	return Message{Text: sentence, Blocks: []slack.Block{
		Section(marks[e.Kind] + " " + sentence), Section("For example: " + examples[about]), Footnote("`" + command + " help` lists all · `" + e.Code + "`"),
	}}
}

// Help lists what can be typed about changes.
func Help() Message { return help(changeHelp(), newChange()) }

// IncidentHelp lists what can be typed about incidents.
func IncidentHelp() Message { return help(incidentHelp(), newIncident()) }

// ProblemHelp lists what can be typed about problems.
func ProblemHelp() Message { return help(problemHelp(), newProblem()) }

// CorrectiveHelp lists what can be typed about corrective actions.
func CorrectiveHelp() Message { return help(correctiveHelp(), newCorrective()) }

// SupplierHelp lists what can be typed about suppliers, their contracts and reviews.
func SupplierHelp() Message { return help(supplierHelp(), newSupplier()) }

// HelpAll lists what can be typed about anything.
func HelpAll() Message {
	m := help(changeHelp(), newIncident(), newProblem(), newCorrective(), newChange())
	all := Section(strings.Join(frontHelp(), "\n"))
	text, blocks := all.Text.Text+"\n"+m.Text, []slack.Block{all, m.Blocks[0]}
	for _, lines := range [][]string{incidentHelp(), problemHelp(), correctiveHelp(), supplierHelp()} {
		about := strings.Join(lines, "\n")
		text, blocks = text+"\n"+about, append(blocks, Section(about))
	}
	return fit(Message{Text: text, Blocks: append(blocks, m.Blocks[1])})
}

func help(lines []string, buttons ...slack.BlockElement) Message {
	text := strings.Join(lines, "\n")
	return Message{Text: text, Blocks: []slack.Block{Section(text), slack.NewActionBlock("help", buttons...)}}
}

// frontHelp is what can be typed about records of any kind.
func frontHelp() []string {
	return []string{
		"*Anything*",
		"`/itsm my` shows what waits for you in all processes, what is due first first, with its buttons; the Home tab does too",
		"`/itsm list`, and words in any order: `mine`, `assigned`, `late`, `week`, `all`, `incidents`, `on_hold`",
		"`/itsm search disk full` finds what you may see by its words, \"in quotes\" by words that stand together",
		"`/itsm status INC-42`, `show`, `explain`, `timeline` and `link` are about any number; `/itsm INC-42` shows it",
		"`/itsm graph PRB-7` tells what hangs together with it, two steps far; `graph PRB-7 3` goes further",
		"`/itsm who payments` tells who is called now; `/itsm link` alone, as whom Steward knows you",
	}
}

func changeHelp() []string {
	return []string{
		"*Look*",
		"`/itsm my` shows what waits for you and what you raised; `/change list` what is open",
		"`/change status CHG-42` tells where it stands, whom it waits for, and what happens if nobody acts; `show` tells all, `timeline` what happened",
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
}

func incidentHelp() []string {
	return []string{
		"*Incidents*",
		"`/incident new Nobody can pay` opens the form; on a message, the shortcut *Report an incident* does",
		"`/incident status INC-42` tells where it stands and what comes of it; `show` tells all, `timeline` what happened",
		"`/incident list`, `list mine`, `list assigned` or `list waiting`; `/who payments` tells who is called now",
		"*Take on*",
		"`/incident ack INC-42` says that you are at it, and nobody else is called",
		"`/incident assign INC-42 @ida` or `team platform`; `/incident escalate INC-42 next`, `manager` or `team platform`, and why",
		"`/incident priority INC-42 high low` weighs impact and urgency anew; `P1 because …` sets it against them",
		"*Work on*",
		"`/incident update INC-42 …` tells its reporter how it goes; `comment` is for all",
		"`/incident hold INC-42 caller Which browser?` asks its reporter, and the clock stands still; also `vendor`, `change CHG-7`, `problem PRB-7`; `resume` goes on",
		"`/incident link INC-42 caused by CHG-7`; `/incident parent INC-42 INC-40` or `none`; `/incident duplicate INC-42 INC-40`",
		"*End*",
		"`/incident resolve INC-42 fixed restarted the gateway`; its reporter says `confirm` or `reopen … because …`",
		"`/incident cancel INC-42 because …` drops what is none",
	}
}

func problemHelp() []string {
	return []string{
		"*Problems*",
		"`/problem new Payments hang at noon` opens the form; `/problem new from INC-7` fills it in from the incident",
		"`/problem known timeout gateway` finds known errors and their workarounds; `/incident apply INC-7 PRB-3` applies one",
		"`/problem status PRB-7` tells where it stands; `show` tells all, `timeline` what happened",
		"`/problem list`, `list mine`, `list coordinated` or `list waiting`",
		"*Assess*",
		"`/problem accept PRB-7 @ida` has its root cause looked for; `decline PRB-7 because …`, `merge PRB-7 into PRB-3 because …`",
		"*Find and remove*",
		"`/problem rca PRB-7` records what was found, and that it is proven; `/problem workaround PRB-7` what helps for now",
		"`/problem task PRB-7 @ida Look at the pool`, then `task PRB-7 done 1 it leaks`; `assign PRB-7 @ida`",
		"`/problem known-error PRB-7` asks somebody else to publish it: `decide PRB-7 approve` or `reject` and why; `communicate PRB-7` tells its incidents",
		"`/problem fix PRB-7` raises the change that removes it, `fix PRB-7 CHG-9` waits for one that there is",
		"`/problem accept-risk PRB-7 because …` lives with it until a date",
		"*End*",
		"`/problem confirm PRB-7 …` says that the fix holds; `review`, `close`, `reopen … because …`, `cancel … because …`",
		"`/problem link PRB-7 found in INC-7`; `/problem comment PRB-7 …`",
	}
}

func correctiveHelp() []string {
	return []string{
		"*Corrective actions*",
		"`/corrective raise Backups are not tried` opens the form; `/corrective raise from PRB-7` fills it in from a problem, an incident or a failed change",
		"`/corrective status CAR-3` tells where it stands; `show` tells all, `timeline` what happened",
		"`/corrective list`, `list mine`, `list owned` or `list waiting`",
		"*Find the cause and plan*",
		"`/corrective acknowledge CAR-3` takes it on; `assign CAR-3 @ida` hands it on",
		"`/corrective rca CAR-3` records what was found, and that it is proven; `/corrective plan CAR-3` writes the plan, step by step",
		"Others decide on the plan: `/corrective approve CAR-3`, or `reject CAR-3 because …`",
		"*Carry out and verify*",
		"`/corrective step CAR-3 done 1 it rings, see https://…`, or `step CAR-3 dropped 2 because …`; then `implement CAR-3`",
		"`/corrective verify CAR-3 effective none since INC-42`, or `not effective …`: by somebody who had no hand in it",
		"*Beside that*",
		"`/corrective link CAR-3 acts on PRB-7`; `comment CAR-3 …`; `withdraw CAR-3 because …`",
	}
}

func supplierHelp() []string {
	return []string{
		"*Suppliers, contracts and reviews*",
		"`/supplier list`, and words in any order: `owned`, `waiting`, `all`, `critical`, `watch`, `contracts`, `reviews`, `SUP-4`; `/supplier due` what is due soon or late",
		"`/supplier show SUP-4`, `CON-2` or `SUP-4/2026-Q4` tells all, `status` where it stands, `timeline` what happened; `/supplier review SUP-4` shows its newest review",
		"*Suppliers*",
		"`/supplier new` records one; `move SUP-4 active because …`, `assess SUP-4 suitable …`, `certificate SUP-4 ISO 27001 2027-03-31`, `exit SUP-4`, `edit SUP-4`",
		"*Reviews*",
		"`/supplier submit SUP-4/2026-Q4 Availability 99.95 https://…` gives a measure and what shows it; somebody else says `seen SUP-4/2026-Q4 Availability`",
		"`/supplier score SUP-4/2026-Q4`; `meet SUP-4/2026-Q4 with Zoe, Ida: …`; `action SUP-4/2026-Q4 @ida 2027-03-31 Add a second line`; `sign-off SUP-4/2026-Q4`",
		"*Contracts*",
		"`/supplier contract CON-2` shows one; `contract new SUP-4` drafts one; `propose CON-2`, `renew`, `renegotiate`, `terminate` or `amend` asks others, who say `approve CON-2` or `reject CON-2 because …`",
		"`/supplier notice CON-2 https://…` says that notice was given; `compare CON-2 …` with what services need; `comment`, `cancel` and then a number and why",
	}
}
