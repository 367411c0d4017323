package cards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// maxKnown known errors are offered for an incident.
const maxKnown = 3

// helpful are the messages about an incident that say what may help with it.
var helpful = []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticePage, Show}

// helps says what may help with an incident: known errors that it may be of, each with
// its workaround to apply by whoever may.
func helps(n itsm.Notice) (blocks []slack.Block) {
	if !n.Incident.Open() || n.Over || !slices.Contains(helpful, n.Kind) {
		return nil
	}
	for _, k := range n.Known {
		if applied(n.Incident, k.Problem) {
			continue
		}
		if len(blocks) == 0 {
			blocks = append(blocks, Section("*May be a known error*"))
		}
		if len(blocks) > maxKnown {
			break
		}
		blocks = append(blocks, applicable(n, k.Problem, knownLine(k)+"\n"+Cut(k.Workaround, excerpt, "…")))
	}
	return blocks
}

// knownLine is what a known error is called, and how often it helped.
func knownLine(k itsm.KnownErrorFound) string {
	return string(k.Problem) + " · " + k.Title + " · " + used(k.Use)
}

func used(u itsm.KnownErrorUse) string {
	switch u.Count {
	case 0:
		return "not used yet"
	case 1:
		return "used once"
	default:
		return fmt.Sprintf("used %d times", u.Count)
	}
}

// applicable is a workaround with the button that applies it, for whoever may.
func applicable(n itsm.Notice, problem itsm.Number, text string) *slack.SectionBlock {
	s := Plain(text)
	if slices.Contains(actsOf(n), itsm.ActApply) && !applied(n.Incident, problem) {
		b := pressIncident("apply", "Apply", Claim{Number: n.Incident.Number, Other: problem})
		b.ActionID += "." + string(problem)
		s.BlockID, s.Accessory = in(n)+"/known/"+string(problem), slack.NewAccessory(b)
	}
	return s
}

func applied(i *itsm.Incident, problem itsm.Number) bool {
	return slices.ContainsFunc(i.Relations, func(r itsm.Relation) bool { return r.Kind == itsm.Applies && r.To == problem })
}

// workaroundTold is the workaround that an incident was told of, in full.
func workaroundTold(n itsm.Notice) []slack.Block {
	w := detailOf(n.Event).Workaround
	if n.Event.Kind != itsm.EventWorkaroundHeard || w == nil || w.Text == "" {
		return nil
	}
	parts := chunks("Workaround of " + string(w.Problem) + "\n" + w.Text)
	blocks := []slack.Block{applicable(n, w.Problem, parts[0])}
	for _, p := range parts[1:] {
		blocks = append(blocks, Plain(p))
	}
	return blocks
}

// chunks takes a text apart that does not fit into one section, at the ends of lines
// where there are any.
func chunks(text string) (parts []string) {
	for r := []rune(text); len(r) > 0; r = []rune(text) {
		if len(r) <= maxSection {
			return append(parts, text)
		}
		head := string(r[:maxSection])
		if i := strings.LastIndexByte(head, '\n'); i > len(head)/2 {
			head = head[:i+1]
		}
		parts, text = append(parts, head), text[len(head):]
	}
	return parts
}

// KnownErrors are known errors that were found, those that fit best first.
func KnownErrors(words string, found []itsm.KnownErrorFound) Message {
	title := "Known errors"
	if words != "" {
		title += " like: " + Cut(words, excerpt, "…")
	}
	blocks := []slack.Block{Plain(title)}
	if len(found) == 0 {
		blocks = append(blocks, Footnote("There is none. `/problem known` without words lists the newest."))
	}
	for _, k := range first(found, MaxListed) {
		text := "📕 " + knownLine(k) + "\n" + Cut(k.Symptoms, excerpt, "…") + "\n→ " + Cut(k.Workaround, excerpt, "…")
		row := slack.NewActionBlock("known/"+string(k.Problem), pressProblem("show", "Details", Claim{Number: k.Problem}))
		blocks = append(blocks, Plain(text), row)
	}
	if len(found) > MaxListed {
		blocks = append(blocks, Footnote("There are more. Other words find others; the API lists all."))
	}
	return fit(Message{Text: Escape(title), Blocks: blocks})
}
