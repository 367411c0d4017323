package typed

import (
	"slices"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// What people type after the number of an incident, taken apart: by the field of the
// form that asks for it, and the note. A field that nothing was said of is not there,
// so that the form can ask for it.

// Fields is what was said, by field.
type Fields map[string]string

// Resolve reads a code and what was done: fixed restarted the gateway.
func Resolve(text string) (Fields, string) {
	code, rest := choice(text, itsm.ResolutionCodes)
	return said("code", code), Note(rest)
}

// short are the reasons of a hold as people say them.
var short = map[string]itsm.HoldReason{
	"caller": itsm.AwaitingCaller, "reporter": itsm.AwaitingCaller, "change": itsm.AwaitingChange, "problem": itsm.AwaitingProblem, "vendor": itsm.AwaitingVendor,
}

// Hold reads a reason, perhaps the record that it waits for, and a note: change CHG-7
// until it is rolled out.
func Hold(text string) (Fields, string) {
	reason, rest := choice(text, itsm.HoldReasons)
	if reason == "" {
		if word, after := Word(text); short[plain(word)] != "" {
			reason, rest = string(short[plain(word)]), after
		}
	}
	f := said("reason", reason)
	if word, after := Word(rest); reason != "" && Number(word, "").Check() == nil {
		f["for"], rest = string(Number(word, "")), after
	}
	return f, Note(rest)
}

// Escalate reads whither, and why: manager because nobody answers; team platform they
// know it. Where none is said it is the next level.
func Escalate(text string) (Fields, string) {
	word, rest := Word(text)
	if plain(word) == "to" {
		word, rest = Word(rest)
	}
	f := Fields{"to": string(itsm.EscalateNext)}
	switch plain(word) {
	case string(itsm.EscalateNext), string(itsm.EscalateManager):
		f["to"] = plain(word)
	case string(itsm.EscalateTeam):
		f["to"] = string(itsm.EscalateTeam)
		f["team"], rest = Word(rest)
	default:
		rest = text
	}
	return f, Note(rest)
}

// Assign reads to whom, to which team, and a note: @ida look at the logs; team
// platform; @ida team platform.
func Assign(text string) (person string, f Fields, note string) {
	f = Fields{}
	word, rest := Word(text)
	if plain(word) == "to" {
		word, rest = Word(rest)
	}
	if plain(word) != "team" {
		person, text = word, rest
		word, rest = Word(rest)
	}
	if plain(word) == "team" {
		f["team"], text = Word(rest)
	}
	return person, f, Note(text)
}

// Priority reads an impact and an urgency, or a priority that is set against them, and
// why: high low; impact high; P1 because the board meets.
func Priority(text string) (Fields, string) {
	f := Fields{}
	for field := "impact"; ; {
		word, rest := Word(text)
		switch low := plain(word); {
		case low == "impact" || low == "urgency":
			if after, _ := Word(rest); !slices.Contains(itsm.Degrees, itsm.Degree(plain(after))) {
				return f, Note(text)
			}
			field = low
		case slices.Contains(itsm.Priorities, itsm.Priority(strings.ToUpper(low))) && f["override"] == "":
			f["override"] = strings.ToUpper(low)
		case slices.Contains(itsm.Degrees, itsm.Degree(low)) && f[field] == "":
			f[field], field = low, "urgency"
		default:
			return f, Note(text)
		}
		text = rest
	}
}

// Link reads how it is to another record: caused by CHG-7.
func Link(text string) (Fields, string) {
	kind, rest := choice(text, []itsm.RelationKind{itsm.CausedBy, itsm.FixedBy, itsm.Follows, itsm.Related})
	if word, after := Word(text); kind == "" && plain(word) == "related" {
		kind, rest = string(itsm.Related), after
	}
	f := said("kind", kind)
	if word, _ := Word(rest); word != "" {
		f["to"] = string(Number(word, ""))
	}
	return f, ""
}

// Duplicate reads of which other incident it is one, and a note: of INC-3 the same alert.
func Duplicate(text string) (Fields, string) {
	word, rest := Word(text)
	if plain(word) == "of" {
		word, rest = Word(rest)
	}
	return said("of", string(Number(word, "INC"))), Note(rest)
}

// Parent reads to which other incident it belongs, and a note. None means to no other.
func Parent(text string) (Fields, string) {
	word, rest := Word(text)
	if plain(word) == "none" {
		return Fields{"parent": ""}, Note(rest)
	}
	return said("parent", string(Number(word, "INC"))), Note(rest)
}

// said is one field, if anything was said of it.
func said(field, value string) Fields {
	if value == "" {
		return Fields{}
	}
	return Fields{field: value}
}

// plain is a word as a name of ours is written.
func plain(word string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimRight(word, ":,.")), "-", "_")
}

// choice takes one of several names off a text, written as one word or as several.
func choice[T ~string](text string, all []T) (chosen, rest string) {
	name := ""
	rest = text
	for range 3 { // as many words as the longest has
		word, after := Word(rest)
		if word == "" {
			break
		}
		name, rest = strings.TrimPrefix(name+"_"+plain(word), "_"), after
		if slices.Contains(all, T(name)) {
			return name, rest
		}
	}
	return "", text
}
