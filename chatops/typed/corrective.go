package typed

import (
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// What people type after the number of a corrective action, taken apart as that of
// problems is.

// Done reads which step is done, what came of it, and what shows that: 2 the alarm rings,
// see https://graphs.example/1. Addresses and numbers of records in it are evidence.
func Done(text string) (Fields, string) {
	f, note := TaskEnd(text)
	return shownBy(f, note), note
}

// Verify reads whether something was effective, how one knows, and what shows that:
// effective: no incident since INC-7.
func Verify(text string) (Fields, string) {
	result, rest := choice(text, itsm.Effectivenesses)
	note := Note(rest)
	return shownBy(said("result", result), note), note
}

// shownBy adds what of a note is evidence, one piece on each line.
func shownBy(f Fields, note string) Fields {
	var all []string
	for w := range strings.FieldsSeq(note) {
		w = strings.Trim(w, "().,;:")
		number := Number(w, "")
		switch {
		case strings.HasPrefix(w, "https://"), strings.HasPrefix(w, "http://"):
			all = append(all, w)
		case number.Check() == nil:
			all = append(all, string(number))
		}
	}
	if len(all) > 0 {
		f["evidence"] = strings.Join(all, "\n")
	}
	return f
}

// LinkCorrective reads how a corrective action is to another record: acts on PRB-7.
func LinkCorrective(text string) (Fields, string) {
	return link(text, itsm.ActsOn, itsm.Related), ""
}
