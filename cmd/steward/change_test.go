package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// apiFake answers as the API would, and keeps what it was asked.
type apiFake struct {
	t      *testing.T
	url    string
	asked  []string // method, address and body
	keys   []string
	tokens []string
	say    func(w http.ResponseWriter, r *http.Request)
}

func newAPIFake(t *testing.T, say func(w http.ResponseWriter, r *http.Request)) *apiFake {
	t.Helper()
	f := &apiFake{t: t, say: say}
	var one sync.Mutex // a connection that was lost may still be served when its repeat arrives
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		one.Lock()
		defer one.Unlock()
		f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		f.keys, f.tokens = append(f.keys, r.Header.Get("Idempotency-Key")), append(f.tokens, r.Header.Get("Authorization"))
		f.say(w, r)
	}))
	t.Cleanup(s.Close)
	f.url = s.URL
	t.Setenv("STEWARD_URL", s.URL+"/")
	t.Setenv("STEWARD_TOKEN", "stw_secret")
	return f
}

func says(status int, body string, header ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const (
	receiptJSON = `{"number":"CHG-7","state":"awaiting_approval","revision":3}`
	ownRequest  = `{"type":"/problems/change.own_request","title":"Forbidden","status":403,"code":"change.own_request",` +
		`"detail":"You raised CHG-7, so somebody else must decide on it.","correlation_id":"4ZK7Q2M9XW5D"}`
)

func TestEachWordAsksTheAPIForWhatItSays(t *testing.T) {
	for _, tc := range []struct{ args, want string }{
		{"approve chg-7 --note Fine.", `POST /v1/changes/CHG-7/decisions {"verdict":"approve","note":"Fine."}`},
		{"approve CHG-7 --for bob --content-hash abc", `POST /v1/changes/CHG-7/decisions {"verdict":"approve","for":"bob","content_hash":"abc"}`},
		{"reject CHG-7 --note No.", `POST /v1/changes/CHG-7/decisions {"verdict":"reject","note":"No."}`},
		{"abstain CHG-7", `POST /v1/changes/CHG-7/decisions {"verdict":"abstain"}`},
		{"retract CHG-7", `POST /v1/changes/CHG-7/retract`},
		{"delegate CHG-7 --to eve --from bob --note Train.", `POST /v1/changes/CHG-7/delegations {"to":"eve","from":"bob","note":"Train."}`},
		{"comment CHG-7 --note Done. --reply-to 3", `POST /v1/changes/CHG-7/comments {"text":"Done.","reply_to":3}`},
		{"ask CHG-7 --note Who?", `POST /v1/changes/CHG-7/comments {"text":"Who?","question":true}`},
		{"hold CHG-7 --note Wait.", `POST /v1/changes/CHG-7/hold {"note":"Wait."}`},
		{"resume CHG-7", `POST /v1/changes/CHG-7/resume {}`},
		{"withdraw CHG-7", `POST /v1/changes/CHG-7/withdraw {}`},
		{"cancel CHG-7 --note Gone.", `POST /v1/changes/CHG-7/cancel {"note":"Gone."}`},
		{"assign CHG-7 --to ida", `POST /v1/changes/CHG-7/reassign {"assignee":"ida"}`},
		{"start CHG-7", `POST /v1/changes/CHG-7/start`},
		{"done CHG-7", `POST /v1/changes/CHG-7/complete {"result":"successful"}`},
		{"fail CHG-7 --note Disk.", `POST /v1/changes/CHG-7/complete {"result":"failed","note":"Disk."}`},
	} {
		f := newAPIFake(t, says(http.StatusOK, receiptJSON))
		got := steward(t, append([]string{"change"}, strings.Fields(tc.args)...)...)
		require.Equal(t, answer{exitDone, "CHG-7 is awaiting approval (revision 3).\n", ""}, got, tc.args)
		require.Equal(t, []string{tc.want}, f.asked)
		require.Equal(t, []string{"Bearer stw_secret"}, f.tokens)
		require.Len(t, f.keys[0], 26)
	}
}

func TestARefusalIsSaidWithItsCode(t *testing.T) {
	newAPIFake(t, says(http.StatusForbidden, ownRequest))
	got := steward(t, "change", "approve", "CHG-7")
	require.Equal(t, answer{exitRefused, "", "steward: You raised CHG-7, so somebody else must decide on it. (change.own_request)\n"}, got)

	newAPIFake(t, says(http.StatusUnprocessableEntity, `{"code":"x.invalid","detail":"It cannot be taken.","errors":[{"pointer":"/a","detail":"is needed"},{"pointer":"/b","detail":"is \u001b[2Jlong"}]}`))
	got = steward(t, "change", "approve", "CHG-7")
	require.Equal(t, exitRefused, got.code)
	require.Contains(t, got.errs, "\n  /a is needed\n  /b is  [2Jlong (x.invalid)")

	newAPIFake(t, says(http.StatusMovedPermanently, "", "Location", "https://evil.example/"))
	got = steward(t, "change", "show", "CHG-7")
	require.Equal(t, exitRefused, got.code)
	require.Contains(t, got.errs, "Is STEWARD_URL right? (api.status)")
	require.NotContains(t, got.errs, "stw_secret")
}

func TestWhatWasNotMeantIsUsage(t *testing.T) {
	t.Setenv("STEWARD_URL", "")
	t.Setenv("STEWARD_TOKEN", "")
	for want, args := range map[string][]string{
		"set STEWARD_URL":               {"change", "list"},
		"set STEWARD_TOKEN":             {"change", "list", "--url", "http://127.0.0.1:1"},
		"should look like CHG-42":       {"change", "show", "seven"},
		"it takes one NUMBER":           {"change", "start"},
		"the token cannot be read":      {"change", "list", "--url", "http://127.0.0.1:1", "--token-file", "/nowhere"},
		`unknown command "aprove" for`:  {"change", "aprove", "CHG-7"},
		"such as https://steward.examp": {"change", "list", "--url", "ftp://a:b@c"},
	} {
		got := steward(t, args...)
		require.Equal(t, exitUsage, got.code, args)
		require.Contains(t, got.errs, want)
	}
}

func TestATokenComesFromAFile(t *testing.T) {
	f := newAPIFake(t, says(http.StatusOK, `{"items":[]}`))
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte("stw_file\n"), 0o600))
	require.Equal(t, answer{exitDone, "Nothing.\n", ""}, steward(t, "change", "list", "--token-file", file))
	require.Equal(t, exitDone, stewardIn(t, "stw_typed\n", "change", "list", "--token-file", "-").code)
	require.Equal(t, []string{"Bearer stw_file", "Bearer stw_typed"}, f.tokens)
	require.Equal(t, []string{"GET /v1/me/changes", "GET /v1/me/waiting"}, f.asked)
	require.Equal(t, []string{"", ""}, f.keys, "a reading needs no key")
}

// asking is a client that notes how long it would have waited.
func asking(url string) (*apiClient, *[]time.Duration) {
	waited := &[]time.Duration{}
	return &apiClient{http: &http.Client{}, url: url, token: "stw_secret", wait: func(_ context.Context, d time.Duration) error {
		*waited = append(*waited, d)
		return nil
	}}, waited
}

func TestWhatGetsNoAnswerIsAskedAgainWithTheSameKey(t *testing.T) {
	times := 0
	f := newAPIFake(t, nil)
	f.say = func(w http.ResponseWriter, r *http.Request) {
		switch times++; times {
		case 1:
			says(http.StatusServiceUnavailable, `{"code":"engine.slow","detail":"No answer yet."}`, "Retry-After", "7")(w, r)
		case 2:
			panic(http.ErrAbortHandler) // the connection is lost
		case 3:
			says(http.StatusConflict, `{"code":"idempotency.running","detail":"That is still going on."}`, "Retry-After", "2")(w, r)
		default:
			says(http.StatusOK, receiptJSON)(w, r)
		}
	}
	c, waited := asking(f.url)
	text, err := c.ask(t.Context(), http.MethodPost, "/v1/changes/CHG-7/start", nil)
	require.NoError(t, err)
	require.JSONEq(t, receiptJSON, string(text))
	require.Equal(t, []time.Duration{7 * time.Second, 2 * time.Second}, *waited, "net/http repeats a lost connection with a key by itself, at once")
	require.Len(t, f.keys, 4)
	for _, key := range f.keys {
		require.Equal(t, f.keys[0], key)
	}
}

func TestWhoNeverAnswersIsUnreachable(t *testing.T) {
	f := newAPIFake(t, says(http.StatusServiceUnavailable, `{"code":"engine.slow","detail":"No answer yet."}`, "Retry-After", "99999"))
	c, waited := asking(f.url)
	_, err := c.ask(t.Context(), http.MethodPost, "/v1/changes/CHG-7/start", nil)
	require.Equal(t, exitAway, exitCode(err))
	require.Equal(t, "engine.slow", itsm.AsError(err).Code)
	require.Len(t, f.asked, attempts, "it is not asked for ever")
	require.Equal(t, maxPause, (*waited)[0])

	c, _ = asking("http://127.0.0.1:1")
	_, err = c.ask(t.Context(), http.MethodGet, "/v1/me/changes", nil)
	require.Equal(t, exitAway, exitCode(err))
	require.Equal(t, "api.unreachable", itsm.AsError(err).Code)
	require.NotContains(t, err.Error(), "stw_secret")

	refused := newAPIFake(t, says(http.StatusForbidden, ownRequest))
	c, _ = asking(refused.url)
	_, err = c.ask(t.Context(), http.MethodPost, "/v1/changes/CHG-7/start", nil)
	require.Equal(t, exitRefused, exitCode(err))
	require.Len(t, refused.asked, 1, "what was refused is not asked again")
}

// shownChange is a change in the midst of its approval, as the API shows it.
func shownChange(t *testing.T) (c itsm.Change, record, explanation string) {
	t.Helper()
	at := time.Date(2031, 3, 3, 12, 0, 0, 0, time.UTC)
	expire := at.Add(8 * time.Hour)
	c = itsm.Change{
		ChangeDraft: itsm.ChangeDraft{
			Type: itsm.Normal, Title: "Enlarge it\x1b[2J", Service: "payments", Plan: "Resize.\nFail over.", BackoutPlan: "Fail back.", Backout: 20,
			Window: &itsm.Window{Start: at.Add(24 * time.Hour), End: at.Add(25 * time.Hour)}, Links: []itsm.Link{{URL: "CHG-3"}},
		},
		Number: "CHG-7", Requester: "ana", State: itsm.ChangeAwaiting, Revision: 3, RaisedAt: at, Since: at, ExpireAt: &expire,
		RiskScore: itsm.RiskScore{Tier: itsm.RiskHigh, Reasons: []string{"It was not assessed."}},
	}
	c.Approval = itsm.Approval{Round: 1, Opening: &itsm.Opening{
		Round: 1, Stage: 1, Of: 2, Name: "Technical", At: at, ExpireAt: expire,
		Panels: []itsm.Panel{{Name: "Engineers", Need: 2, Named: []itsm.PersonID{"bob", "eve", "joe"}}},
	}}
	c.Decisions = []itsm.Decision{{By: "bob", Verdict: itsm.Approve, Note: "Fine.", Round: 1, Stage: 1, At: at}}
	c.ContentHash = c.Hash()
	text, err := json.Marshal(c)
	require.NoError(t, err)
	why, err := json.Marshal(c.Explain())
	require.NoError(t, err)
	return c, string(text), string(why)
}

func TestAChangeIsShownToAPersonAndToAProgram(t *testing.T) {
	c, record, explanation := shownChange(t)
	was := time.Local
	time.Local = time.FixedZone("HERE", 3*3600)
	t.Cleanup(func() { time.Local = was })
	newAPIFake(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/explain"):
			says(http.StatusOK, explanation)(w, r)
		case strings.HasSuffix(r.URL.Path, "/comments"):
			says(http.StatusOK, `{"items":[{"id":1,"kind":"question","by":"bob","at":"2031-03-03T12:05:00Z","text":"Who fails it back?"}]}`)(w, r)
		case r.URL.Path == "/v1/changes":
			says(http.StatusOK, `{"items":[`+record+`],"next":"abc"}`)(w, r)
		default:
			says(http.StatusOK, record)(w, r)
		}
	})
	got := steward(t, "change", "explain", "CHG-7")
	require.Equal(t, exitDone, got.code, got.errs)
	for _, want := range []string{
		"CHG-7 is awaiting approval since Mon 3 Mar 2031 15:00 HERE.\n", "It waits for  eve, joe", "Technical, stage 1 of 2, round 1",
		"Engineers: 1 of 2. A rejection ends it only when", "bob: approve  Fine.", "Mon 3 Mar 2031 23:00 HERE  It expires.", "You can: decide,",
	} {
		require.Contains(t, got.out, want)
	}
	got = steward(t, "change", "show", "CHG-7")
	require.Equal(t, exitDone, got.code, got.errs)
	for _, want := range []string{
		"CHG-7  Enlarge it [2J\n", "Plan\n  Resize.\n  Fail over.\n", "When\n  Tue 4 Mar 2031 15:00 HERE to", "(20 minutes)", "Risk: high\n  It was not assessed.",
		"1. Mon 3 Mar 2031 15:05 HERE, bob asks:\n     Who fails it back?", "text " + c.ContentHash,
	} {
		require.Contains(t, got.out, want)
	}
	require.NotContains(t, got.out, "\x1b")
	got = steward(t, "change", "show", "CHG-7", "--json")
	require.Equal(t, answer{exitDone, record + "\n", ""}, got)
	got = steward(t, "change", "list", "--mine", "--limit", "1")
	require.Contains(t, got.out, "CHG-7   awaiting approval  Mon 3 Mar 2031 15:00 HERE  payments  Enlarge it [2J\n")
	require.Contains(t, got.out, "There are more: --cursor abc\n")
}

func TestAListAsksForWhatItsFlagsSay(t *testing.T) {
	f := newAPIFake(t, says(http.StatusOK, `{"items":[]}`))
	steward(t, "change", "list", "--all", "--state", "scheduled", "--service", "payments", "--cursor", "a+b")
	steward(t, "change", "list", "--mine")
	require.Equal(t, []string{"GET /v1/changes?cursor=a%2Bb&limit=50&service=payments&state=scheduled", "GET /v1/changes?limit=50&mine=true"}, f.asked)
}
