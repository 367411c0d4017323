package cards

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

func TestCut(t *testing.T) {
	require.Equal(t, "short", Cut("short", 5, "…"))
	require.Equal(t, "ab…", Cut("abcd", 3, "…"))
	require.Equal(t, "äö…", Cut("äöüß", 3, "…"), "by rune")
	require.Equal(t, "line one line one…", Cut("line one line one\nline two", 20, "…"), "at the end of a line")
	require.Equal(t, "a …", Cut("a &amp; b", 5, "…"), "no half entity")
	require.Equal(t, "at …", Cut("at <!date^1|x> now", 10, "…"), "no half date")
	require.Equal(t, "…", Cut("abc", 1, "… and more"))
	rapid.Check(t, func(t *rapid.T) {
		text, most := rapid.String().Draw(t, "text"), rapid.IntRange(0, 50).Draw(t, "most")
		if n := utf8.RuneCountInString(Cut(text, most, "…")); n > most && n > utf8.RuneCountInString(text) {
			t.Fatalf("%d characters of %d", n, most)
		}
	})
}

func TestEscaping(t *testing.T) {
	require.Equal(t, "&lt;!channel&gt; &amp;amp; &lt;https://evil|Approve&gt;", Escape("<!channel> &amp; <https://evil|Approve>"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if Unescape(Escape(text)) != text {
			t.Fatalf("%q does not come back", text)
		}
	})
}

// huge is a notice in which everything is as long as it may be, and longer.
func huge(kind itsm.NoticeKind) itsm.Notice {
	long := strings.Repeat("<&>ä\n", 2000)
	at := time.Unix(1_700_000_000, 0)
	c := itsm.Change{
		ChangeDraft: itsm.ChangeDraft{
			Title: strings.Repeat("&", itsm.MaxTitle), Description: long, Plan: long, BackoutPlan: long, Service: itsm.ServiceID(long),
			Window: &itsm.Window{Start: at, End: at}, Deployment: &itsm.Deployment{Repository: long, Ref: long, Environment: long},
		},
		Number: "CHG-9999999999", State: itsm.ChangeAwaiting, Requester: itsm.PersonID(long), ExpireAt: &at, RemindAt: &at,
	}
	people := make(map[itsm.PersonID]itsm.Person)
	for i := range 60 {
		id := itsm.PersonID(strings.Repeat("x", i+1))
		c.Approvers = append(c.Approvers, id)
		people[id] = itsm.Person{ID: id, Name: long}
		c.Decisions = append(c.Decisions, itsm.Decision{By: id, Note: long, At: at})
	}
	return itsm.Notice{
		Key: "CHG-1/card", Kind: kind, To: "x", Change: c, Explanation: c.Explain(), Event: itsm.Event{Kind: itsm.EventApproved, Note: long},
		Service: itsm.Service{Name: long}, People: people,
	}
}

func TestNothingThatWeSendIsTooLong(t *testing.T) {
	for _, kind := range []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticeAsk, itsm.NoticeRemind, itsm.NoticeTell} {
		m := Notice(huge(kind), links)
		requireLegal(t, m)
	}
	m := Details(huge(Show), make([]itsm.Event, 100), links)
	requireLegal(t, m)
	require.Contains(t, objects(m.Blocks[2:3])[0].Text, "the record has all of it")

	changes := make([]itsm.Notice, 200)
	for i := range changes {
		changes[i] = huge(itsm.NoticeCard)
		changes[i].Change.Number = itsm.ChangeNumber(int64(1e9 + i))
		changes[i].Explanation = changes[i].Change.Explain()
		changes[i].Service = itsm.Service{ID: changes[i].Change.Service}
	}
	requireLegal(t, Listed(ListOpen, changes))
	require.LessOrEqual(t, len(fitBlocks(make50(200), maxViewBlocks)), maxViewBlocks)
}

func make50(n int) []slack.Block {
	var out []slack.Block
	for range n {
		out = append(out, Section("x"))
	}
	return out
}

// requireLegal judges by the stand-in's limits, which are Slack's and not ours.
func requireLegal(t *testing.T, m Message) {
	t.Helper()
	raw, err := json.Marshal(m.Blocks)
	require.NoError(t, err)
	blocks, reasons := blockkit.JudgeMessage(string(raw), "/blocks")
	require.Empty(t, reasons)
	require.LessOrEqual(t, utf8.RuneCountInString(blockkit.Words(blocks)), 13_200)
	require.LessOrEqual(t, utf8.RuneCountInString(m.Text), 4000)
	require.NotEmpty(t, m.Text)
	for _, mention := range []string{"<!channel", "<!here", "<!everyone"} {
		require.NotContains(t, string(raw), mention)
	}
}

func TestEveryKindOfRefusalHasItsMark(t *testing.T) {
	for _, k := range itsm.Kinds {
		m := Refusal(itsm.Refuse(k, "some.code", "A sentence with <b> & more."))
		require.NotEmpty(t, marks[k], k)
		require.Equal(t, marks[k]+" A sentence with &lt;b&gt; &amp; more.", objects(m.Blocks)[0].Text)
		requireLegal(t, m)
	}
	require.Len(t, marks, len(itsm.Kinds))
}
