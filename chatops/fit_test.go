package chatops

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
	require.Equal(t, "short", cut("short", 5, "…"))
	require.Equal(t, "ab…", cut("abcd", 3, "…"))
	require.Equal(t, "äö…", cut("äöüß", 3, "…"), "by rune")
	require.Equal(t, "line one line one…", cut("line one line one\nline two", 20, "…"), "at the end of a line")
	require.Equal(t, "a …", cut("a &amp; b", 5, "…"), "no half entity")
	require.Equal(t, "at …", cut("at <!date^1|x> now", 10, "…"), "no half date")
	require.Equal(t, "…", cut("abc", 1, "… and more"))
	rapid.Check(t, func(t *rapid.T) {
		text, most := rapid.String().Draw(t, "text"), rapid.IntRange(0, 50).Draw(t, "most")
		if n := utf8.RuneCountInString(cut(text, most, "…")); n > most && n > utf8.RuneCountInString(text) {
			t.Fatalf("%d characters of %d", n, most)
		}
	})
}

func TestEscaping(t *testing.T) {
	require.Equal(t, "&lt;!channel&gt; &amp;amp; &lt;https://evil|Approve&gt;", escape("<!channel> &amp; <https://evil|Approve>"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if typed(escape(text)) != text {
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
	b := testBot(t)
	for _, kind := range []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticeAsk, itsm.NoticeRemind, itsm.NoticeTell} {
		m := b.render(huge(kind))
		requireLegal(t, m)
	}
	m := b.details(huge(noticeShow), make([]itsm.Event, 100))
	requireLegal(t, m)
	require.Contains(t, texts(m.blocks[2:3])[0].Text, "the record has all of it")

	changes := make([]itsm.Change, 200)
	for i := range changes {
		changes[i] = huge(itsm.NoticeCard).Change
		changes[i].Number = itsm.ChangeNumber(int64(1e9 + i))
	}
	requireLegal(t, fit(message{text: "list", blocks: rows(listOpen, changes, nil, huge(itsm.NoticeCard).People)}))
	require.LessOrEqual(t, len(fitBlocks(make50(200), maxViewBlocks)), maxViewBlocks)
}

func make50(n int) []slack.Block {
	var out []slack.Block
	for range n {
		out = append(out, section("x"))
	}
	return out
}

// requireLegal judges by the stand-in's limits, which are Slack's and not ours.
func requireLegal(t *testing.T, m message) {
	t.Helper()
	raw, err := json.Marshal(m.blocks)
	require.NoError(t, err)
	blocks, reasons := blockkit.JudgeMessage(string(raw), "/blocks")
	require.Empty(t, reasons)
	require.LessOrEqual(t, utf8.RuneCountInString(blockkit.Words(blocks)), 13_200)
	require.LessOrEqual(t, utf8.RuneCountInString(m.text), 4000)
	require.NotEmpty(t, m.text)
	for _, mention := range []string{"<!channel", "<!here", "<!everyone"} {
		require.NotContains(t, string(raw), mention)
	}
}

func TestFieldErrorsStandWhereTheyAreAbout(t *testing.T) {
	f := form{Callback: "change.new", Values: map[string]map[string]json.RawMessage{"title": {}, "window_end": {}}}
	e := itsm.Refuse(itsm.Invalid, "change.invalid", "x")
	e.Fields = []itsm.Field{{Pointer: "/title", Message: "is needed"}, {Pointer: "/window/end", Message: "is past"}, {Pointer: "/type", Message: "must be normal"}}
	require.Equal(t, map[string]string{"title": "is needed; type must be normal", "window_end": "is past"}, fieldErrors(f, e))
	require.Equal(t, map[string]string{"note": "Why? (x.y)"}, fieldErrors(form{Callback: "change.reject"}, itsm.Refuse(itsm.Conflict, "x.y", "Why?")))
}

func TestEveryKindOfRefusalHasItsMark(t *testing.T) {
	for _, k := range itsm.Kinds {
		a := refuse(itsm.Refuse(k, "some.code", "A sentence with <b> & more."))
		require.NotEmpty(t, marks[k], k)
		require.Equal(t, marks[k]+" A sentence with &lt;b&gt; &amp; more.", texts(a.blocks)[0].Text)
		requireLegal(t, message{text: a.text, blocks: a.blocks})
	}
	require.Len(t, marks, len(itsm.Kinds))
}

func TestNearest(t *testing.T) {
	for typed, want := range map[string]string{
		"aprove": "/change approve", "rejekt": "/change reject", "lst": "/change list", "shwo": "/change show", "xyzzy": "", "": "",
		strings.Repeat("a", 4000): "",
	} {
		require.Equal(t, want, nearest(typed), typed)
	}
}

func TestFormsAreLegal(t *testing.T) {
	b := testBot(t)
	services := make([]itsm.Service, 250)
	for i := range services {
		services[i] = itsm.Service{ID: itsm.ServiceID(rune('a' + i%26)), Name: strings.Repeat("long ", 40)}
	}
	forms := []*slack.ModalViewRequest{
		b.changeForm(services[:1], strings.Repeat("t", 500)), b.changeForm(services, ""), b.changeForm([]itsm.Service{{ID: "nameless"}}, ""),
		lastWord("CHG-9999999999 and much more of a title", "Done."), noteModal(said("Done.")),
		noteModal(refuse(itsm.Refuse(itsm.Conflict, "x.y", "%s", strings.Repeat("long ", 1000)))),
	}
	for verb, r := range reasons {
		forms = append(forms, modal(verb, r.title+" CHG-9999999999", r.submit, claim{"CHG-9999999999", strings.Repeat("f", 64)}.value(),
			plain(strings.Repeat("t", itsm.MaxTitle)), input("note", r.label, "", lines(itsm.MaxNote))))
	}
	for _, f := range forms {
		raw, err := json.Marshal(f)
		require.NoError(t, err)
		var view map[string]any
		require.NoError(t, json.Unmarshal(raw, &view))
		_, reasons := blockkit.JudgeView(view)
		require.Empty(t, reasons, f.Title.Text)
	}
}
