package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

// phone is somebody's browser on the record pages.
type phone struct {
	*http.Client
	w *world
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)">`)

func (w *world) phone(who itsm.PersonID) phone {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	p := phone{&http.Client{Jar: jar}, w}
	status, _ := p.post("/signin", url.Values{"token": {w.tokens[who]}})
	require.Equal(w.t, http.StatusOK, status)
	return p
}

func (p phone) read(resp *http.Response, err error) (int, string) {
	p.w.t.Helper()
	require.NoError(p.w.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(p.w.t, err)
	return resp.StatusCode, string(text)
}

func (p phone) get(path string) (int, string) { p.w.t.Helper(); return p.read(p.Get(p.w.url + path)) }

func (p phone) post(path string, f url.Values) (int, string) {
	p.w.t.Helper()
	return p.read(p.PostForm(p.w.url+path, f))
}

// form is what the first form of a record's page carries: each does.
func (p phone) form(n itsm.Number) url.Values {
	p.w.t.Helper()
	status, text := p.get("/changes/" + string(n))
	require.Equal(p.w.t, http.StatusOK, status)
	_, acts, _ := strings.Cut(text, `action="/changes/`)
	f := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(acts, 4) {
		f.Set(m[1], m[2])
	}
	return f
}

// TestAChangeIsApprovedWithoutSlack decides on a change by page, by command and by
// API while Slack answers nobody, and finds all of it in one record.
func TestAChangeIsApprovedWithoutSlack(t *testing.T) {
	w := newWorld(t, staged)
	w.slack.Fail("*", slices.Repeat([]fault.Fault{fault.Status(http.StatusServiceUnavailable)}, 2000)...)
	n := w.raise("ana", func(d map[string]any) {
		d["risk"] = map[string]int{"complexity": 3, "business_impact": 3, "rollback": 3, "test_coverage": 3, "recent_churn": 3}
	})
	require.Equal(t, w.url+"/changes/"+string(n), w.config.recordURL(n), "what links to a record leads to its page")

	bob := w.phone("bob")
	form := bob.form(n)
	form.Set("note", "Read it twice.")
	taps := make(chan string, 2)
	for range cap(taps) {
		go func() {
			resp, err := bob.PostForm(w.url+"/changes/"+string(n)+"/approve", form)
			if err != nil {
				taps <- err.Error()
				return
			}
			defer resp.Body.Close()
			taps <- resp.Status
		}()
	}
	require.Equal(t, []string{"200 OK", "200 OK"}, []string{<-taps, <-taps}, "a double tap")

	t.Setenv("STEWARD_URL", w.url)
	t.Setenv("STEWARD_TOKEN", w.tokens["ana"])
	own := steward(t, "change", "approve", string(n))
	require.Equal(t, exitRefused, own.code)
	require.Contains(t, own.errs, "(change.own_request)")
	t.Setenv("STEWARD_TOKEN", w.tokens["eve"])
	got := steward(t, "change", "approve", string(n), "--note", "So did I.")
	require.Equal(t, exitDone, got.code, got.errs)
	w.reaches(n, itsm.ChangeScheduled)

	require.Equal(t, http.StatusOK, w.call("ana", http.MethodPost, "/v1/changes/"+string(n)+"/start", nil).Status)
	require.Equal(t, exitRefused, steward(t, "change", "done", string(n)).code, "eve carries nothing out")
	t.Setenv("STEWARD_TOKEN", w.tokens["ana"])
	require.Equal(t, exitDone, steward(t, "change", "done", string(n)).code)
	_, text := bob.get("/changes/" + string(n))
	for _, want := range []string{"It was carried out successfully.", "Bob Okafor approved it.", "Read it twice.", "So did I."} {
		require.Contains(t, text, want)
	}
	require.Equal(t, 1, strings.Count(text, "Bob Okafor approved it."))
	status, text := w.phone("ana").post("/changes/"+string(n)+"/cancel", url.Values{"csrf": {"forged"}, "note": {"x"}})
	require.Equal(t, http.StatusForbidden, status, text)
	require.Eventually(t, func() bool {
		var count int
		err := w.owner.Pool().QueryRow(t.Context(),
			`SELECT count(*) FROM audit_entries WHERE outcome = 'refused' AND code IN ('page.foreign_form', 'change.own_request') AND actor = 'ana'`).Scan(&count)
		return err == nil && count == 2
	}, 10*time.Second, 50*time.Millisecond, "refusals leave their traces")
}
