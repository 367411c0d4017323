package typed

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func FuzzPlainly(f *testing.F) {
	for _, seed := range []string{"a <@U0EVE|eve> b", "<#C1|x>", "<!subteam^S1|@ops>", "<https://a|b>", "<mailto:a@b|a@b>", "<<@U>>", "<@", "&lt;@U0EVE&gt;", "<|>", "<!>"} {
		f.Add(seed)
	}
	people := []itsm.Person{{ID: "eve", Slack: "U0EVE"}}
	f.Fuzz(func(t *testing.T, text string) {
		out := Plainly(text, people)
		if !strings.ContainsAny(text, "<>&") && out != text {
			t.Fatalf("%q became %q", text, out)
		}
		if len(out) > len(text)+1 { // the sign before a channel's or a group's name
			t.Fatalf("%q grew to %q", text, out)
		}
	})
}

func TestPlainly(t *testing.T) {
	people := []itsm.Person{{ID: "eve", Slack: "U0EVE"}, {ID: "nul"}}
	for text, want := range map[string]string{
		"<@U0EVE|eve>: hi": "@eve: hi", "<@U0EVE>": "@eve", "<@U0NEW|new>": "@U0NEW", "<#C1|ops> <#C2>": "#ops #C2", "<!here> <!subteam^S1|@ops>": "@here @ops",
		"<https://a.example/?x=1&amp;y=2|a> &lt;b&gt;": "https://a.example/?x=1&y=2 <b>", "<mailto:a@b.example|a@b.example>": "a@b.example", "&lt;@U0EVE&gt;": "<@U0EVE>",
	} {
		require.Equal(t, want, Plainly(text, people), text)
	}
}

func TestWordsOfACommand(t *testing.T) {
	head, rest := Word("  approve \t CHG-1 looks good ")
	require.Equal(t, []string{"approve", "CHG-1 looks good"}, []string{head, rest})
	head, rest = Word(" ")
	require.Equal(t, []string{"", ""}, []string{head, rest})
	for text, want := range map[string]itsm.Number{"chg-42": "CHG-42", "CHG-42:": "CHG-42", "inc-7.": "INC-7", "42": "CHG-42", "42,": "CHG-42", "": "", "x": "X", "4 2": "4 2", ":": ""} {
		require.Equal(t, want, Number(text, "CHG"), text)
	}
	for text, want := range map[string]itsm.Number{"chg-42": "CHG-42", "inc-7": "INC-7", "7": "INC-7", "7:": "INC-7"} {
		require.Equal(t, want, Number(text, "INC"), text)
	}
	for text, want := range map[string]itsm.Number{"chg-42": "CHG-42", "inc-7:": "INC-7", "42": "42", "42,": "42", "": ""} {
		require.Equal(t, want, Number(text, ""), text)
	}
	for text, want := range map[string]string{"because of it": "of it", "— late": "late", "becauseof": "becauseof", "": ""} {
		require.Equal(t, want, Note(text), text)
	}
}
