package typed

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestWhatIsTypedOfIncidents(t *testing.T) {
	readers := map[string]func(string) (Fields, string){
		"resolve": Resolve, "hold": Hold, "escalate": Escalate, "priority": Priority, "link": Link, "duplicate": Duplicate, "parent": Parent,
		"assign": func(text string) (Fields, string) {
			person, f, note := Assign(text)
			f["assignee"] = person
			return f, note
		},
	}
	for _, tt := range []struct {
		text string
		want Fields
		note string
	}{
		{"resolve fixed rolled back", Fields{"code": "fixed"}, "rolled back"},
		{"resolve Fixed: rolled back", Fields{"code": "fixed"}, "rolled back"},
		{"resolve not reproducible because of nothing", Fields{"code": "not_reproducible"}, "of nothing"},
		{"resolve not-reproducible", Fields{"code": "not_reproducible"}, ""},
		{"resolve no reply", Fields{"code": "no_reply"}, ""},
		{"resolve not sure", Fields{}, "not sure"},
		{"resolve ", Fields{}, ""},
		{"hold vendor they look", Fields{"reason": "awaiting_vendor"}, "they look"},
		{"hold awaiting caller: which one?", Fields{"reason": "awaiting_caller"}, "which one?"},
		{"hold reporter which one?", Fields{"reason": "awaiting_caller"}, "which one?"},
		{"hold change chg-7: until it is out", Fields{"reason": "awaiting_change", "for": "CHG-7"}, "until it is out"},
		{"hold chg-7 until it is out", Fields{}, "chg-7 until it is out"},
		{"hold AWAITING_PROBLEM PRB-1", Fields{"reason": "awaiting_problem", "for": "PRB-1"}, ""},
		{"hold because of me", Fields{}, "of me"},
		{"escalate nobody comes", Fields{"to": "next"}, "nobody comes"},
		{"escalate because nobody comes", Fields{"to": "next"}, "nobody comes"},
		{"escalate to manager nobody comes", Fields{"to": "manager"}, "nobody comes"},
		{"escalate Next: nobody comes", Fields{"to": "next"}, "nobody comes"},
		{"escalate team dba it is theirs", Fields{"to": "team", "team": "dba"}, "it is theirs"},
		{"escalate team", Fields{"to": "team", "team": ""}, ""},
		{"escalate to the moon", Fields{"to": "next"}, "to the moon"},
		{"assign @ida look", Fields{"assignee": "@ida"}, "look"},
		{"assign to ida because of that", Fields{"assignee": "ida"}, "of that"},
		{"assign team dba look", Fields{"assignee": "", "team": "dba"}, "look"},
		{"assign ida team dba look", Fields{"assignee": "ida", "team": "dba"}, "look"},
		{"assign", Fields{"assignee": ""}, ""},
		{"priority high low", Fields{"impact": "high", "urgency": "low"}, ""},
		{"priority HIGH because of that", Fields{"impact": "high"}, "of that"},
		{"priority urgency low", Fields{"urgency": "low"}, ""},
		{"priority urgency low impact high", Fields{"urgency": "low", "impact": "high"}, ""},
		{"priority impact high low now", Fields{"impact": "high", "urgency": "low"}, "now"},
		{"priority p1 because the board meets", Fields{"override": "P1"}, "the board meets"},
		{"priority P1 high medium yes", Fields{"override": "P1", "impact": "high", "urgency": "medium"}, "yes"},
		{"priority impact is nothing", Fields{}, "impact is nothing"},
		{"priority P6", Fields{}, "P6"},
		{"priority high high high", Fields{"impact": "high", "urgency": "high"}, "high"},
		{"link caused by chg-7", Fields{"kind": "caused_by", "to": "CHG-7"}, ""},
		{"link fixed_by CHG-7", Fields{"kind": "fixed_by", "to": "CHG-7"}, ""},
		{"link related to INC-2", Fields{"kind": "related_to", "to": "INC-2"}, ""},
		{"link related inc-2", Fields{"kind": "related_to", "to": "INC-2"}, ""},
		{"link follows 2", Fields{"kind": "follows", "to": "2"}, ""},
		{"link CHG-7", Fields{"to": "CHG-7"}, ""},
		{"link", Fields{}, ""},
		{"duplicate of 3 the same", Fields{"of": "INC-3"}, "the same"},
		{"duplicate inc-3", Fields{"of": "INC-3"}, ""},
		{"duplicate", Fields{}, ""},
		{"parent 3 because of it", Fields{"parent": "INC-3"}, "of it"},
		{"parent none", Fields{"parent": ""}, ""},
		{"parent", Fields{}, ""},
	} {
		verb, rest := Word(tt.text)
		f, note := readers[verb](rest)
		require.Equal(t, tt.want, f, tt.text)
		require.Equal(t, tt.note, note, tt.text)
	}
}

// FuzzIncidentWords: a note is an end of what was typed, and a choice is one that there
// is.
func FuzzIncidentWords(f *testing.F) {
	for _, seed := range []string{"", "to team", "team team team", "awaiting awaiting caller", "caused by by", "P1 impact urgency", "none\n\tnone", "because because"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, take := range []func(string) (Fields, string){Resolve, Hold, Escalate, Priority, Link, Duplicate, Parent} {
			said, note := take(text)
			if !strings.HasSuffix(strings.TrimSpace(text), strings.TrimSpace(note)) {
				t.Fatalf("%q has the note %q", text, note)
			}
			for field, value := range said {
				if field == "code" && !strings.Contains(strings.Join(words(itsm.ResolutionCodes), " "), value) {
					t.Fatalf("%q has the code %q", text, value)
				}
			}
		}
		person, _, note := Assign(text)
		if !strings.Contains(text, person) || !strings.HasSuffix(strings.TrimSpace(text), strings.TrimSpace(note)) {
			t.Fatalf("%q is for %q, with the note %q", text, person, note)
		}
	})
}

func words[T ~string](all []T) (out []string) {
	for _, a := range all {
		out = append(out, string(a))
	}
	return out
}
