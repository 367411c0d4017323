package slackfake_test

import (
	"bufio"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

// get reads a path of the page without following redirects.
func (w *world) get(path string) (header http.Header, body string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+path, http.NoBody)
	require.NoError(w.t, err)
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(w.t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return resp.Header, string(raw)
}

func (w *world) act(deed string) map[string]any {
	w.t.Helper()
	return post(w.t, w.url+"/page/act", "application/json", "", deed)
}

func TestPageIsClosedToTheWorld(t *testing.T) {
	w := newWorld(t)
	header, body := w.get("/")
	require.Contains(t, body, "Slack stand-in: everything here is local")
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'")
	handler := regexp.MustCompile(`\son\w+=|javascript:|style=|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(`)
	remote := regexp.MustCompile(`(src|href|url|import)[=( "']+(https?:)?//`)
	require.NoError(t, fs.WalkDir(os.DirFS("page"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile("page/" + path)
		require.NoError(t, err)
		require.NotRegexp(t, remote, string(raw), path)
		require.NotRegexp(t, handler, string(raw), path)
		_, served := w.get("/" + strings.TrimSuffix(path, "index.html"))
		require.Equal(t, string(raw), served)
		return nil
	}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/page/act", strings.NewReader(`{"as":"U1","do":"type","channel":"C1","text":"x"}`))
	require.NoError(t, err)
	req.Header.Set("Origin", "https://evil.example")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	require.Empty(t, w.Messages("C1"))
}

func TestPageShowsWhatOnePersonSees(t *testing.T) {
	w := newWorld(t, func(c *slackfake.Config) { c.Commands = []slackfake.Command{{Name: "/change", Hint: "new"}} })
	w.say("C1", text("for all"))
	w.say("U1", text("for ana"))
	w.say("C5", text("for the board"))
	_, err := w.api.PostEphemeral("C1", "U2", text("for bob"))
	require.NoError(t, err)
	_, ana := w.get("/page/state?as=U1")
	_, bob := w.get("/page/state?as=U2")
	for words, who := range map[string][2]bool{"for all": {true, true}, "for ana": {true, false}, "for the board": {false, true}, "for bob": {false, true}} {
		require.Equal(t, who[0], strings.Contains(ana, words), words)
		require.Equal(t, who[1], strings.Contains(bob, words), words)
	}
	unread := func(as string) int {
		_, body := w.get("/page/state?as=" + as)
		var state struct {
			Channels []struct {
				Unread int `json:"unread"`
			} `json:"channels"`
		}
		require.NoError(t, json.Unmarshal([]byte(body), &state))
		return state.Channels[0].Unread
	}
	require.Equal(t, 2, unread("U2"))
	require.Equal(t, true, w.act(`{"as":"U2","do":"read","channel":"C1"}`)["ok"])
	require.Equal(t, 0, unread("U2"))
	require.Equal(t, 1, unread("U1"))
}

func TestPageActs(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, true, w.act(`{"as":"U1","do":"type","channel":"C1","text":"/change ask @bob <b> #changes"}`)["ok"])
	require.Equal(t, "ask <@U2> &lt;b&gt; <#C1|changes>", w.last().PostForm.Get("text"))
	m := w.say("C1", text("x"), button("approve", "p1", "Approve"))
	require.Equal(t, true, w.act(`{"as":"U2","do":"press","channel":"C1","ts":"` + m.TS + `","element":"acts/approve","pick":["p1"]}`)["ok"])
	require.Equal(t, "U2", w.interaction().User.ID)
	v := w.open(form("one"))
	require.Equal(t, true, w.act(`{"as":"U1","do":"submit","view":"` + v.ID + `","values":{"title":"x"}}`)["ok"])
	v = w.open(form("two"))
	require.Equal(t, true, w.act(`{"as":"U1","do":"close","view":"` + v.ID + `"}`)["ok"])
	require.Equal(t, true, w.act(`{"as":"U1","do":"home"}`)["ok"])
	w.answersWith(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) })
	require.Equal(t, "dispatch_failed", w.act(`{"as":"U1","do":"type","channel":"C1","text":"/change new"}`)["error"])
	require.Equal(t, "not_possible", w.act(`{"as":"U9","do":"type","channel":"C1","text":"x"}`)["error"])
	header, _ := w.get("/archives/C1/p" + strings.ReplaceAll(m.TS, ".", ""))
	require.Equal(t, "/?channel=C1&ts="+m.TS, header.Get("Location"))
}

func TestPageFillsAForm(t *testing.T) {
	w := newWorld(t)
	v := w.open(changeForm("one"))
	press := `{"as":"U1","do":"pressv","view":"` + v.ID + `","element":"impact/v","pick":["high"],"values":{"title/v":"Rotate keys","impact/v":"high"}}`
	require.Equal(t, true, w.act(press)["ok"])
	values := w.interaction().View.State.Values
	require.Equal(t, "Rotate keys", values["title"]["v"].Value)
	require.Equal(t, "high", values["impact"]["v"].SelectedOption.Value)
	_, ana := w.get("/page/state?as=U1")
	var state struct {
		Stack []slackfake.View `json:"stack"`
	}
	require.NoError(t, json.Unmarshal([]byte(ana), &state))
	require.Equal(t, "Rotate keys", state.Stack[0].State["title"]["v"]["value"], "a page that is loaded again shows what was entered")

	before := w.count()
	require.Equal(t, true, w.act(`{"as":"U1","do":"pressv","view":"` + v.ID + `","element":"title/v","pick":["quiet"]}`)["ok"])
	require.Equal(t, before, w.count(), "what does not dispatch is kept and not told")
	_, err := w.api.UpdateView(form("two"), "", "", v.ID)
	require.NoError(t, err)
	submit := `{"as":"U1","do":"submit","view":"` + v.ID + `","values":{"title/v":"Rotate all","impact/v":"low"}}`
	require.Equal(t, true, w.act(submit)["ok"], "the app may take an element away under the person's hands")
	require.Equal(t, "Rotate all", w.interaction().View.State.Values["title"]["v"].Value)
}

func TestPageHearsOfChanges(t *testing.T) {
	w := newWorld(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/page/changes", http.NoBody)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	lines := bufio.NewScanner(resp.Body)
	require.True(t, lines.Scan())
	require.True(t, lines.Scan())
	w.say("C1", text("x"))
	require.True(t, lines.Scan())
	require.Equal(t, "data: changed", lines.Text())
}
