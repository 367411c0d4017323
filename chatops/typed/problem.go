package typed

import (
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// What people type after the number of a problem, taken apart as that of incidents is.

// Merge reads into which other problem, and why: into PRB-3 the same pool.
func Merge(text string) (Fields, string) {
	word, rest := Word(text)
	if plain(word) == "into" {
		word, rest = Word(rest)
	}
	return said("into", string(Number(word, "PRB"))), Note(rest)
}

// Fix reads which change: by CHG-9.
func Fix(text string) (Fields, string) {
	word, rest := Word(text)
	if plain(word) == "by" || plain(word) == "with" {
		word, rest = Word(rest)
	}
	return said("change", string(Number(word, "CHG"))), Note(rest)
}

// Task reads whose a new task is, and what it is: @ida Look at the logs. Without a
// person it is nobody's yet.
func Task(text string) (person string, f Fields) {
	if word, rest := Word(text); strings.HasPrefix(word, "@") {
		person, text = word, rest
	}
	return person, said("title", strings.Join(strings.Fields(text), " "))
}

// ended are the ends of a task as people say them.
var ended = map[string]itsm.TaskState{"done": itsm.TaskDone, "dropped": itsm.TaskDropped, "drop": itsm.TaskDropped}

// EndsTask tells whether a word says that a task is over.
func EndsTask(word string) bool { return ended[plain(word)] != "" }

// Drops tells whether a text begins with a word that says that a task is dropped.
func Drops(text string) bool {
	word, _ := Word(text)
	return ended[plain(word)] == itsm.TaskDropped
}

// TaskEnd reads how a task ended, which, and what came of it: done 2 the pool leaks.
// Where nothing says how, it is done.
func TaskEnd(text string) (Fields, string) {
	f := Fields{"state": string(itsm.TaskDone)}
	if word, rest := Word(text); EndsTask(word) {
		f["state"], text = string(ended[plain(word)]), rest
	}
	word, rest := Word(text)
	if _, err := strconv.Atoi(plain(word)); err == nil {
		f["id"], text = plain(word), rest
	}
	return f, Note(text)
}

// LinkProblem reads how a problem is to another record: found in INC-7.
func LinkProblem(text string) (Fields, string) {
	return link(text, itsm.FoundIn, itsm.CausedBy, itsm.Related), ""
}

// link reads which of some relations leads to which record.
func link(text string, kinds ...itsm.RelationKind) Fields {
	kind, rest := choice(text, kinds)
	if word, after := Word(text); kind == "" && plain(word) == "related" {
		kind, rest = string(itsm.Related), after
	}
	f := said("kind", kind)
	if word, _ := Word(rest); word != "" {
		f["to"] = string(Number(word, ""))
	}
	return f
}

// Apply reads whose workaround is applied: PRB-7.
func Apply(text string) (Fields, string) {
	word, _ := Word(text)
	return said("known_error", string(Number(word, "PRB"))), ""
}
