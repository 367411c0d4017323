package typed

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsTypedAboutCorrectiveActions(t *testing.T) {
	for _, tt := range []struct {
		take func(string) (Fields, string)
		text string
		want Fields
		note string
	}{
		{Done, "done 2 it rings, see https://x.example/1.", Fields{"state": "done", "id": "2", "evidence": "https://x.example/1"}, "it rings, see https://x.example/1."},
		{Done, "2: since (inc-7) none", Fields{"state": "done", "id": "2", "evidence": "INC-7"}, "since (inc-7) none"},
		{Done, "it rings", Fields{"state": "done"}, "it rings"},
		{Done, "", Fields{"state": "done"}, ""},
		{Verify, "effective: none since INC-7 and CHG-9", Fields{"result": "effective", "evidence": "INC-7\nCHG-9"}, "none since INC-7 and CHG-9"},
		{Verify, "not effective because it came back", Fields{"result": "not_effective"}, "it came back"},
		{Verify, "not-effective http://x.example", Fields{"result": "not_effective", "evidence": "http://x.example"}, "http://x.example"},
		{Verify, "perhaps", Fields{}, "perhaps"},
		{Verify, "", Fields{}, ""},
		{LinkCorrective, "acts on prb-7", Fields{"kind": "acts_on", "to": "PRB-7"}, ""},
		{LinkCorrective, "related to INC-7", Fields{"kind": "related_to", "to": "INC-7"}, ""},
		{LinkCorrective, "related INC-7", Fields{"kind": "related_to", "to": "INC-7"}, ""},
		{LinkCorrective, "INC-7", Fields{"to": "INC-7"}, ""},
		{LinkCorrective, "", Fields{}, ""},
	} {
		said, note := tt.take(tt.text)
		require.Equal(t, tt.want, said, tt.text)
		require.Equal(t, tt.note, note, tt.text)
	}
	for text, drops := range map[string]bool{"dropped 2 x": true, "Drop: 2": true, "done 2": false, "": false} {
		require.Equal(t, drops, Drops(text), text)
	}
}

// FuzzCorrective: what is read was said, and nothing else.
func FuzzCorrective(f *testing.F) {
	for _, seed := range []string{"", "done", "effective", "not effective INC-7", "acts on", "https://", "(INC-1),", "because because"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, take := range []func(string) (Fields, string){Done, Verify, LinkCorrective} {
			said, note := take(text)
			if !strings.HasSuffix(strings.TrimSpace(text), strings.TrimSpace(note)) {
				t.Fatalf("%q has the note %q", text, note)
			}
			for line := range strings.Lines(said["evidence"]) {
				if !strings.Contains(strings.ToUpper(text), strings.ToUpper(strings.TrimSpace(line))) {
					t.Fatalf("%q shows %q", text, line)
				}
			}
		}
	})
}
