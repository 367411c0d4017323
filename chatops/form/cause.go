package form

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

var methods = []Option{
	{string(itsm.FiveWhys), "Five whys"},
	{string(itsm.Ishikawa), "Ishikawa (fishbone)"},
	{string(itsm.FaultTree), "Fault tree"},
	{string(itsm.TimelineOf), "Timeline"},
	{string(itsm.KepnerTregoe), "Kepner-Tregoe"},
}

var proof = []Option{{"draft", "No, that is what is found so far"}, {"known", "Yes, the cause is known, and each claim rests on something"}}

// EvidenceHint says what evidence looks like.
const EvidenceHint = "One on each line: an address, a record's number, or what was seen."

// claims are those of a root cause that stand alone, with their fields.
var claims = []struct {
	block, label, hint string
	of                 func(*itsm.RootCause) **itsm.Claim
}{
	{"cause", "Cause", "Why it could happen.", func(c *itsm.RootCause) **itsm.Claim { return &c.Cause }},
	{"trigger", "Trigger", "What set it off.", func(c *itsm.RootCause) **itsm.Claim { return &c.Trigger }},
	{"detection_gap", "Detection gap", "Why nobody noticed sooner.", func(c *itsm.RootCause) **itsm.Claim { return &c.DetectionGap }},
}

// Caused is a record whose root cause is looked for.
type Caused struct {
	Callback string // of its form
	Number   itsm.Number
	Headline string
	Cause    *itsm.RootCause // as it is on record; nil: nothing was found yet
}

// RootCause is the form for what an investigation found, filled in with what is on
// record. It keeps which text it began with; text is a cause that was typed.
func RootCause(of Caused, text string) *slack.ModalViewRequest {
	c := itsm.RootCause{}
	if of.Cause != nil {
		c = *of.Cause
	} else if text != "" {
		c.Cause = &itsm.Claim{Text: text}
	}
	proven := "draft"
	if c.Known {
		proven = "known"
	}
	blocks := []slack.Block{cards.Plain(of.Headline), input("method", "How was it looked for?", "", selected(methods, string(c.Method)))}
	for _, one := range claims {
		said := *one.of(&c)
		if said == nil {
			said = &itsm.Claim{}
		}
		evidence := evidenceLines(said.Evidence)
		blocks = append(blocks, optional(one.block, one.label, one.hint, lines(said.Text, itsm.MaxNote)))
		blocks = appendKnown(blocks, faithful(said.Evidence), optional(one.block+"_evidence", "What shows that ("+strings.ToLower(one.label)+")", EvidenceHint, lines(evidence, maxTyping)))
	}
	blocks = appendKnown(blocks, plainClaims(c.Contributing), optional("contributing", "Contributing causes",
		"One on each line, and after a | what shows it: No alarm on the queue | INC-42", lines(claimLines(c.Contributing), maxTyping)))
	blocks = append(blocks, input("known", "Is it proven?", "", selected(proof, proven)))
	return modal(of.Callback, "Root cause "+string(of.Number), "Record", Kept{Claim: cards.Claim{Number: of.Number, ContentHash: causeHash(of.Cause)}}.Value(), blocks...)
}

// causeHash tells which text of a root cause somebody saw.
func causeHash(c *itsm.RootCause) string {
	if c == nil {
		return ""
	}
	text, err := json.Marshal([]any{c.Method, c.Trigger, c.Cause, c.Contributing, c.DetectionGap, c.Known})
	if err != nil {
		panic("form: a root cause does not encode: " + err.Error()) // made of strings
	}
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

// SawCause tells whether a form began with the root cause that is on record.
func (k Kept) SawCause(c *itsm.RootCause) bool { return k.ContentHash == causeHash(c) }

// RootCause is the root cause that was filled in; what the form could not show is as it
// was.
func (f Filled) RootCause(was *itsm.RootCause) itsm.RootCauseRequest {
	if was == nil {
		was = &itsm.RootCause{}
	}
	c := itsm.RootCause{}
	for _, one := range claims {
		before := *one.of(was)
		claim := itsm.Claim{Text: f.Text(one.block), Evidence: evidence(f.Text(one.block + "_evidence"))}
		if before != nil && !f.shows(one.block+"_evidence") && !faithful(before.Evidence) {
			claim.Evidence = before.Evidence
		}
		if strings.TrimSpace(claim.Text) != "" || len(claim.Evidence) > 0 {
			*one.of(&c) = &claim
		}
	}
	c.Contributing = contributing(f.Text("contributing"))
	if !f.shows("contributing") && !plainClaims(was.Contributing) {
		c.Contributing = was.Contributing
	}
	return itsm.RootCauseRequest{
		Method: itsm.CauseMethod(f.Text("method")), Trigger: c.Trigger, Cause: c.Cause, Contributing: c.Contributing, DetectionGap: c.DetectionGap,
		Known: f.Text("known") == "known",
	}
}

// evidence reads one piece of it from each line: an address, a record's number, or what
// was seen.
func evidence(text string) (all []itsm.Evidence) {
	for _, line := range lineByLine(text) {
		all = append(all, Evidence(line))
	}
	return all
}

// Evidence reads an address or a record's number, and what is beside it as a note.
func Evidence(line string) itsm.Evidence {
	words := strings.Fields(line)
	for i, w := range words {
		e := itsm.Evidence{Note: strings.Join(append(append([]string{}, words[:i]...), words[i+1:]...), " ")}
		number := itsm.Number(strings.ToUpper(strings.TrimRight(w, ":,.;")))
		switch {
		case strings.HasPrefix(w, "https://"), strings.HasPrefix(w, "http://"):
			e.URL = w
			return e
		case number.Check() == nil:
			e.Record = number
			return e
		}
	}
	return itsm.Evidence{Note: strings.Join(words, " ")}
}

func evidenceLines(all []itsm.Evidence) string {
	out := make([]string, len(all))
	for n, e := range all {
		out[n] = strings.TrimSpace(strings.Join(strings.Fields(string(e.Record)+" "+e.URL+" "+e.Note), " "))
	}
	return strings.Join(out, "\n")
}

// faithful tells whether lines hold all that there is of it.
func faithful(all []itsm.Evidence) bool {
	text := evidenceLines(all)
	return editable(text) && (len(all) == 0 || reflect.DeepEqual(evidence(text), all))
}

// contributing reads one claim from each line, and after a bar what shows it.
func contributing(text string) (all []itsm.Claim) {
	for _, line := range lineByLine(text) {
		parts := strings.Split(line, "|")
		c := itsm.Claim{Text: strings.TrimSpace(parts[0])}
		for _, shows := range parts[1:] {
			if shows = strings.TrimSpace(shows); shows != "" {
				c.Evidence = append(c.Evidence, Evidence(shows))
			}
		}
		all = append(all, c)
	}
	return all
}

func claimLines(all []itsm.Claim) string {
	out := make([]string, len(all))
	for n, c := range all {
		out[n] = c.Text
		for line := range strings.Lines(evidenceLines(c.Evidence)) {
			out[n] += " | " + strings.TrimSpace(line)
		}
	}
	return strings.Join(out, "\n")
}

// plainClaims tells whether lines hold all that there is of them.
func plainClaims(all []itsm.Claim) bool {
	text := claimLines(all)
	return editable(text) && (len(all) == 0 || reflect.DeepEqual(contributing(text), all))
}
