package typed

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsTypedAboutProblems(t *testing.T) {
	type take = func(string) (Fields, string)
	for _, tt := range []struct {
		take take
		text string
		want Fields
		note string
	}{
		{Merge, "into PRB-3 the same pool", Fields{"into": "PRB-3"}, "the same pool"},
		{Merge, "3: because it is", Fields{"into": "PRB-3"}, "it is"},
		{Merge, "", Fields{}, ""},
		{Fix, "by chg-9", Fields{"change": "CHG-9"}, ""},
		{Fix, "9", Fields{"change": "CHG-9"}, ""},
		{Fix, "", Fields{}, ""},
		{TaskEnd, "done 2 it leaks", Fields{"state": "done", "id": "2"}, "it leaks"},
		{TaskEnd, "dropped 2: because no log", Fields{"state": "dropped", "id": "2"}, "no log"},
		{TaskEnd, "it leaks", Fields{"state": "done"}, "it leaks"},
		{TaskEnd, "", Fields{"state": "done"}, ""},
		{LinkProblem, "found in inc-7", Fields{"kind": "found_in", "to": "INC-7"}, ""},
		{LinkProblem, "related INC-7", Fields{"kind": "related_to", "to": "INC-7"}, ""},
		{LinkProblem, "INC-7", Fields{"to": "INC-7"}, ""},
		{LinkProblem, "", Fields{}, ""},
		{Apply, "prb-7.", Fields{"known_error": "PRB-7"}, ""},
		{Apply, "7", Fields{"known_error": "PRB-7"}, ""},
	} {
		said, note := tt.take(tt.text)
		require.Equal(t, tt.want, said, tt.text)
		require.Equal(t, tt.note, note, tt.text)
	}
	person, said := Task("@ida  Look at\tthe pool")
	require.Equal(t, "@ida", person)
	require.Equal(t, Fields{"title": "Look at the pool"}, said)
	person, said = Task("Look")
	require.Empty(t, person)
	require.Equal(t, Fields{"title": "Look"}, said)
}

// FuzzProblems: what is read was said, and nothing else.
func FuzzProblems(f *testing.F) {
	for _, seed := range []string{"", "into", "done", "done 2", "@", "@ida", "found in", "by", "drop 1 x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, take := range []func(string) (Fields, string){Merge, Fix, TaskEnd, LinkProblem, Apply} {
			if _, note := take(text); !strings.HasSuffix(strings.TrimSpace(text), strings.TrimSpace(note)) {
				t.Fatalf("%q has the note %q", text, note)
			}
		}
		if person, _ := Task(text); !strings.Contains(text, person) {
			t.Fatalf("%q is for %q", text, person)
		}
	})
}
