package client

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var update = flag.Bool("update", false, "write the golden files")

// childArgs in its environment makes this test binary the program.
const childArgs = "STEWARD_CLIENT_CHILD"

var theContract = sync.OnceValues(func() (Contract, error) {
	text, err := os.ReadFile("../../../api/openapi.yaml")
	if err != nil {
		return Contract{}, err
	}
	return Read(text)
})

func TestMain(m *testing.M) {
	if _, child := os.LookupEnv(childArgs); child {
		if err := root().Execute(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// root is a program of nothing but the API's commands.
func root() *cobra.Command {
	c, err := theContract()
	if err != nil {
		panic(err)
	}
	r := &cobra.Command{Use: "steward", SilenceUsage: true, SilenceErrors: true}
	r.AddCommand(c.Commands()...)
	return r
}

// steward runs one command line.
func steward(t *testing.T, args ...string) (string, error) { return stewardIn(t, "", args...) }

func stewardIn(t *testing.T, in string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	r := root()
	r.SetArgs(args)
	r.SetIn(strings.NewReader(in))
	r.SetOut(&out)
	err := r.ExecuteContext(t.Context())
	return out.String(), err
}

// apiFake answers as the API would, and keeps what it was asked.
type apiFake struct {
	url   string
	asked []string // method, address and body
	heads []http.Header
	say   http.HandlerFunc
}

func newAPIFake(t *testing.T, say http.HandlerFunc) *apiFake {
	t.Helper()
	f := &apiFake{say: say}
	var one sync.Mutex // a connection that was lost may still be served when its repeat arrives
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		one.Lock()
		defer one.Unlock()
		f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		f.heads = append(f.heads, r.Header)
		f.say(w, r)
	}))
	t.Cleanup(s.Close)
	f.url = s.URL
	t.Setenv("STEWARD_URL", s.URL+"/")
	t.Setenv("STEWARD_TOKEN", "stw_secret")
	return f
}

func (f *apiFake) sent(header string) (all []string) {
	for _, h := range f.heads {
		all = append(all, h.Get(header))
	}
	return all
}

func says(status int, body string, header ...string) http.HandlerFunc {
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

func TestEachCommandAsksTheAPIForWhatItSays(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"change", "approve", "chg-7", "--note", "Fine."}, `POST /v1/changes/CHG-7/decisions {"note":"Fine.","verdict":"approve"}`},
		{[]string{"change", "abstain", "CHG-7"}, `POST /v1/changes/CHG-7/decisions {"verdict":"abstain"}`},
		{[]string{"change", "decide", "CHG-7", "--verdict", "reject", "--for", "bob"}, `POST /v1/changes/CHG-7/decisions {"for":"bob","verdict":"reject"}`},
		{[]string{"change", "start", "CHG-7"}, `POST /v1/changes/CHG-7/start`},
		{[]string{"change", "resume", "CHG-7"}, `POST /v1/changes/CHG-7/resume {}`},
		{[]string{"change", "done", "CHG-7"}, `POST /v1/changes/CHG-7/complete {"result":"successful"}`},
		{[]string{"change", "fail", "CHG-7", "--note", "Disk."}, `POST /v1/changes/CHG-7/complete {"note":"Disk.","result":"failed"}`},
		{[]string{"change", "delegate", "CHG-7", "--to", "eve"}, `POST /v1/changes/CHG-7/delegations {"to":"eve"}`},
		{[]string{"change", "comment", "CHG-7", "--text", "Done.", "--reply-to", "3", "--question=false"}, `POST /v1/changes/CHG-7/comments {"question":false,"reply_to":3,"text":"Done."}`},
		{[]string{"change", "raise", "--title", "T", "--risk.complexity", "2", "--links", `{"url":"CHG-3"}`, "--configuration-items", "a,b", "--configuration-items", "c"}, `POST /v1/changes {"configuration_items":["a,b","c"],"links":[{"url":"CHG-3"}],"risk":{"complexity":2},"title":"T"}`},
		{[]string{"incident", "acknowledge", "inc-7"}, `POST /v1/incidents/INC-7/acknowledge {}`},
		{[]string{"incident", "parent", "INC-7", "--clear", "parent"}, `POST /v1/incidents/INC-7/parent {"parent":null}`},
		{[]string{"problem", "rca", "PRB-1", "--method", "five_whys", "--known", "--cause.text", "Full.", "--cause.evidence", `{"record":"INC-1"}`}, `POST /v1/problems/PRB-1/rca {"cause":{"evidence":[{"record":"INC-1"}],"text":"Full."},"known":true,"method":"five_whys"}`},
		{[]string{"problem", "accept-risk", "PRB-1", "--expires-at", "2031-03-01 22:00"}, `POST /v1/problems/PRB-1/accept-risk {"expires_at":"2031-03-01T22:00:00+03:00"}`},
		{[]string{"incident", "list", "--state", "on_hold", "--open", "--cursor", "a+b"}, `GET /v1/incidents?cursor=a%2Bb&open=true&state=on_hold`},
		{[]string{"known-error", "list", "--q", "refused cards"}, `GET /v1/known-errors?q=refused+cards`},
		{[]string{"oncall", "payments"}, `GET /v1/oncall?service=payments`},
		{[]string{"waiting"}, `GET /v1/me/waiting`},
		{[]string{"incident", "waiting"}, `GET /v1/me/incidents`},
		{[]string{"change", "waiting"}, `GET /v1/me/changes`},
		{[]string{"search", "disk", "full", "--kind", "incident"}, `GET /v1/search?kind=incident&q=disk+full`},
		{[]string{"record", "list", "--late"}, `GET /v1/records?late=true`},
		{[]string{"record", "graph", "inc-7", "--depth", "1"}, `GET /v1/records/INC-7/graph?depth=1`},
		{[]string{"person", "list"}, `GET /v1/people`},
	} {
		t.Run(strings.Join(tc.args, " "), func(t *testing.T) {
			zone(t)
			f := newAPIFake(t, says(http.StatusOK, receiptJSON))
			out, err := steward(t, tc.args...)
			require.NoError(t, err)
			require.Equal(t, "CHG-7 is awaiting approval (revision 3).\n", out)
			require.Equal(t, []string{tc.want}, f.asked)
			require.Equal(t, []string{"Bearer stw_secret"}, f.sent("Authorization"))
			require.Equal(t, strings.HasPrefix(tc.want, "POST"), f.heads[0].Get("Idempotency-Key") != "", "a reading needs no key")
		})
	}
}

// zone makes the reader's clock one that is the same everywhere.
func zone(t *testing.T) {
	was := time.Local
	time.Local = time.FixedZone("HERE", 3*3600)
	t.Cleanup(func() { time.Local = was })
}

func TestTheWholeMayComeFromAFile(t *testing.T) {
	f := newAPIFake(t, says(http.StatusOK, receiptJSON))
	file := filepath.Join(t.TempDir(), "change.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"title":"Old","risk":{"rollback":2},"plan":"P"}`), 0o600))
	_, err := steward(t, "change", "raise", "--from-file", file, "--title", "New", "--risk.complexity", "1", "--idempotency-key", "k1")
	require.NoError(t, err)
	_, err = stewardIn(t, `{"note":"From a pipe."}`, "change", "cancel", "CHG-7", "--from-file", "-")
	require.NoError(t, err)
	require.Equal(t, []string{
		`POST /v1/changes {"plan":"P","risk":{"complexity":1,"rollback":2},"title":"New"}`,
		`POST /v1/changes/CHG-7/cancel {"note":"From a pipe."}`,
	}, f.asked)
	require.Equal(t, "k1", f.heads[0].Get("Idempotency-Key"))
}

func TestAnEditIsForTheRevisionThatIsThere(t *testing.T) {
	f := newAPIFake(t, says(http.StatusOK, receiptJSON, "ETag", `"7"`))
	_, err := steward(t, "change", "edit", "CHG-7", "--title", "New", "--clear", "window")
	require.NoError(t, err)
	_, err = steward(t, "change", "edit", "CHG-7", "--title", "New", "--revision", "5")
	require.NoError(t, err)
	const patch = `PATCH /v1/changes/CHG-7 {"title":"New"`
	require.Equal(t, []string{"GET /v1/changes/CHG-7", patch + `,"window":null}`, patch + `}`}, f.asked)
	require.Equal(t, []string{"", `"7"`, `"5"`}, f.sent("If-Match"))
}

func TestARefusalNamesTheFlag(t *testing.T) {
	newAPIFake(t, says(http.StatusForbidden, ownRequest))
	_, err := steward(t, "change", "approve", "CHG-7")
	require.EqualError(t, err, "change.own_request: You raised CHG-7, so somebody else must decide on it.")

	newAPIFake(t, says(http.StatusUnprocessableEntity, `{"code":"change.invalid","detail":"It cannot be taken.","errors":[`+
		`{"pointer":"/backout_plan","detail":"is needed"},{"pointer":"/risk/complexity","detail":"is \u001b[2Jlarge"},{"pointer":"/links/0/url","detail":"is none"},{"pointer":"/x","detail":"is unknown"}]}`))
	_, err = steward(t, "change", "raise", "--title", "T")
	require.EqualError(t, err, "change.invalid: It cannot be taken.\n  --backout-plan is needed\n  --risk.complexity is  [2Jlarge\n  --links is none\n  /x is unknown")

	newAPIFake(t, says(http.StatusUnprocessableEntity, `{"code":"request.invalid","detail":"No.","errors":[{"pointer":"/query/limit","detail":"is too much"}]}`))
	_, err = steward(t, "change", "list", "--limit", "999")
	require.EqualError(t, err, "request.invalid: No.\n  --limit is too much")

	newAPIFake(t, says(http.StatusMovedPermanently, "", "Location", "https://evil.example/"))
	_, err = steward(t, "change", "show", "CHG-7")
	require.ErrorContains(t, err, "api.status")
	require.ErrorContains(t, err, "Is STEWARD_URL right?")
	require.NotContains(t, err.Error(), "stw_secret")
}

func TestWhatWasNotMeantIsUsage(t *testing.T) {
	t.Setenv("STEWARD_URL", "")
	t.Setenv("STEWARD_TOKEN", "")
	for want, args := range map[string][]string{
		"set STEWARD_URL":                       {"change", "list"},
		"set STEWARD_TOKEN":                     {"change", "list", "--server", "http://127.0.0.1:1"},
		"should look like CHG-42":               {"change", "show", "seven"},
		"it takes one NUMBER":                   {"change", "start"},
		"it takes one SERVICE":                  {"oncall"},
		`it takes no argument, not "x"`:         {"change", "list", "x"},
		"the token cannot be read":              {"change", "list", "--server", "http://127.0.0.1:1", "--token-file", "/nowhere"},
		"the file cannot be read":               {"change", "raise", "--from-file", "/nowhere"},
		"such as https://steward.examp":         {"change", "list", "--server", "ftp://a:b@c"},
		"":                                      {"change", "list", "--nonsense"},
		`"soon" is no time`:                     {"change", "raise", "--window.start", "soon"},
		`"many" is no number`:                   {"change", "raise", "--backout-minutes", "many"},
		`it takes JSON, such as {"title": …, "`: {"change", "raise", "--links", "CHG-3"},
	} {
		_, err := steward(t, args...)
		require.ErrorContains(t, err, want, args)
		if _, ours := errors.AsType[UsageError](err); !ours {
			require.ErrorContains(t, err, "flag", "what cobra refuses is usage before the command starts")
		}
	}
}

func TestATokenComesFromAFile(t *testing.T) {
	f := newAPIFake(t, says(http.StatusOK, `{"items":[]}`))
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte("stw_file\n"), 0o600))
	out, err := steward(t, "change", "list", "--token-file", file)
	require.NoError(t, err)
	require.Equal(t, "Nothing.\n", out)
	_, err = stewardIn(t, "stw_typed\n", "change", "list", "--token-file", "-")
	require.NoError(t, err)
	require.Equal(t, []string{"Bearer stw_file", "Bearer stw_typed"}, f.sent("Authorization"))
}

// asking is a client that notes how long it would have waited.
func asking(url string) (*asker, *[]time.Duration) {
	waited := &[]time.Duration{}
	return &asker{http: &http.Client{}, url: url, token: "stw_secret", wait: func(_ context.Context, d time.Duration) error {
		*waited = append(*waited, d)
		return nil
	}}, waited
}

var start = request{method: http.MethodPost, path: "/v1/changes/CHG-7/start", key: "one"}

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
			says(http.StatusTooManyRequests, `{"code":"limit.person","detail":"Too much at once."}`, "Retry-After", "2")(w, r)
		default:
			says(http.StatusOK, receiptJSON)(w, r)
		}
	}
	c, waited := asking(f.url)
	a, err := c.ask(t.Context(), start)
	require.NoError(t, err)
	require.JSONEq(t, receiptJSON, string(a.body))
	require.Equal(t, []time.Duration{7 * time.Second, 2 * time.Second}, *waited, "net/http repeats a lost connection with a key by itself, at once")
	require.Equal(t, []string{"one", "one", "one", "one"}, f.sent("Idempotency-Key"))
}

func TestWhoNeverAnswersIsUnreachable(t *testing.T) {
	f := newAPIFake(t, says(http.StatusServiceUnavailable, `{"code":"engine.slow","detail":"No answer yet."}`, "Retry-After", "1"))
	c, _ := asking(f.url)
	_, err := c.ask(t.Context(), start)
	require.Equal(t, "engine.slow", itsm.AsError(err).Code)
	require.Len(t, f.asked, attempts, "it is not asked for ever")

	long := newAPIFake(t, says(http.StatusTooManyRequests, `{"code":"limit.person","detail":"Too much."}`, "Retry-After", "99999"))
	c, waited := asking(long.url)
	_, err = c.ask(t.Context(), start)
	require.True(t, itsm.AsError(err).Kind.Temporary())
	require.Len(t, long.asked, 1, "nobody is kept waiting for a day")
	require.Empty(t, *waited)

	c, _ = asking("http://127.0.0.1:1")
	_, err = c.ask(t.Context(), start)
	require.Equal(t, "api.unreachable", itsm.AsError(err).Code)
	require.NotContains(t, err.Error(), "stw_secret")

	refused := newAPIFake(t, says(http.StatusForbidden, ownRequest))
	c, _ = asking(refused.url)
	_, err = c.ask(t.Context(), start)
	require.Equal(t, "change.own_request", itsm.AsError(err).Code)
	require.Len(t, refused.asked, 1, "what was refused is not asked again")
}
