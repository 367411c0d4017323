package api

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/api/refused"
	"github.com/steward-itsm/steward/itsm"
)

var update = flag.Bool("update", false, "rewrite the golden problem documents")

func TestEveryKindHasItsStatus(t *testing.T) {
	require.Len(t, refused.Statuses, len(itsm.Kinds))
	for _, k := range itsm.Kinds {
		require.GreaterOrEqual(t, refused.Statuses[k], 400, k)
	}
}

// met is a refusal that the door makes by itself, with a request that meets it.
type met struct {
	name    string
	request func() *http.Request
	status  int
	code    string
}

// refusals is every one of them, but for those of incidents and problems.
var refusals = []met{
	{"no route", get("/v2/changes"), 404, "route.not_found"},
	{"a slash too many", get("/v1/changes/"), 404, "route.not_found"},
	{"a number that ends in a slash", get("/v1/changes/CHG-1%2Fstart"), 422, "record.number"},
	{"no method", send("DELETE", "/v1/changes/CHG-1", ""), 405, "route.method"},
	{"an invented method", send("BREW", "/v1/changes", ""), 405, "route.method"},
	{"no token", get("/v1/changes", "Authorization", ""), 401, "token.missing"},
	{"another scheme", get("/v1/changes", "Authorization", "Basic YW5hOng="), 401, "token.missing"},
	{"a wrong token", get("/v1/changes", "Authorization", "Bearer stw_wrong"), 401, "token.wrong"},
	{"a token in the address", get("/v1/changes?access_token=stw_x", "Authorization", ""), 401, "token.missing"},
	{"a key with a blank", post("/v1/changes", draft, "Idempotency-Key", "a b"), 400, "idempotency.key"},
	{"no number", get("/v1/changes/chg-1"), 422, "record.number"},
	{"an unknown parameter", get("/v1/changes?staate=closed"), 422, "request.invalid"},
	{"a parameter twice", get("/v1/changes?limit=1&limit=2"), 422, "request.invalid"},
	{"no such state", get("/v1/changes?state=lost"), 422, "request.invalid"},
	{"a limit too high", get("/v1/changes?limit=201"), 422, "request.invalid"},
	{"a limit that is no number", get("/v1/changes?limit=many"), 422, "request.invalid"},
	{"a limit beyond numbers", get("/v1/changes?limit=99999999999999999999"), 422, "request.invalid"},
	{"an empty cursor", get("/v1/changes?cursor="), 422, "request.invalid"},
	{"a query that is none", get("/v1/changes?state=%zz"), 400, "request.unparseable"},
	{"a query that is not UTF-8", get("/v1/changes?cursor=%ff"), 400, "request.unparseable"},
	{"form instead of JSON", post("/v1/changes", "title=x", "Content-Type", "application/x-www-form-urlencoded"), 415, "request.media_type"},
	{"no content type", post("/v1/changes", draft, "Content-Type", ""), 415, "request.media_type"},
	{"Latin-1", post("/v1/changes", draft, "Content-Type", "application/json; charset=iso-8859-1"), 415, "request.media_type"},
	{"compressed", post("/v1/changes", draft, "Content-Encoding", "gzip"), 415, "request.media_type"},
	{"too large", post("/v1/changes", `"`+strings.Repeat("x", maxBody)+`"`), 413, "request.too_large"},
	{"too large, unannounced", chunked("/v1/changes", `"`+strings.Repeat("x", maxBody)+`"`), 413, "request.too_large"},
	{"no body", post("/v1/changes", " ", "Content-Type", "application/json"), 400, "request.unparseable"},
	{"no JSON", post("/v1/changes", `{"type":`), 400, "request.unparseable"},
	{"two values", post("/v1/changes", `{} {}`), 400, "request.unparseable"},
	{"not UTF-8", post("/v1/changes", "{\"title\":\"\xff\"}"), 400, "request.unparseable"},
	{"too deep", post("/v1/changes", strings.Repeat("[", 33)+strings.Repeat("]", 33)), 400, "request.unparseable"},
	{"a key twice", post("/v1/changes", `{"title":"a","title":"b"}`), 422, "request.invalid"},
	{"a NUL in a name", post("/v1/changes", `{"ti\u0000tle":"a"}`), 422, "request.invalid"},
	{"a NUL", post("/v1/changes", `{"title":"a\u0000b"}`), 422, "request.invalid"},
	{"null", post("/v1/changes", `null`), 422, "change.invalid"},
	{"a list", post("/v1/changes", `[]`), 422, "change.invalid"},
	{"everything missing", post("/v1/changes", `{}`), 422, "change.invalid"},
	{"wrong types", post("/v1/changes", `{"type":1,"title":[],"service":{},"plan":null,"backout_plan":true,"window":"now"}`), 422, "change.invalid"},
	{"an unknown field", post("/v1/changes", draft[:len(draft)-1]+`,"deployment":{"id":1}}`), 422, "change.invalid"},
	{"another case", post("/v1/changes", strings.Replace(draft, `"title"`, `"Title"`, 1)), 422, "change.invalid"},
	{"a title too long", post("/v1/changes", strings.Replace(draft, "Enlarge it", strings.Repeat("é", 121), 1)), 422, "change.invalid"},
	{"no such day", post("/v1/changes", strings.Replace(draft, "2031-03-01", "2031-02-30", 1)), 422, "change.invalid"},
	{"a year too late", post("/v1/changes", strings.Replace(draft, "2031-03-02T01:00:00Z", "9999-12-31T23:59:59-14:00", 1)), 422, "change.invalid"},
	{"a year too soon", post("/v1/changes", strings.Replace(draft, "2031-03-01T22:00:00Z", "0000-01-01T00:00:00+14:00", 1)), 422, "change.invalid"},
	{"a nanosecond", post("/v1/changes", strings.Replace(draft, "22:00:00Z", "22:00:00.000000001Z", 1)), 422, "change.invalid"},
	{"a service of no form", post("/v1/changes", strings.Replace(draft, `"payments"`, `"../payments"`, 1)), 422, "change.invalid"},
	{"no such verdict", post("/v1/changes/CHG-1/decisions", `{"verdict":"maybe"}`), 422, "decision.invalid"},
	{"a hash that is none", post("/v1/changes/CHG-1/decisions", `{"verdict":"approve","content_hash":"x"}`), 422, "decision.invalid"},
	{"no such result", post("/v1/changes/CHG-1/complete", `{"result":"ok"}`), 422, "completion.invalid"},
	{"a note that is empty", post("/v1/changes/CHG-1/cancel", `{"note":""}`), 422, "cancellation.invalid"},
	{"an edit of no revision", send("PATCH", "/v1/changes/CHG-1", `{"title":"x"}`), 428, "record.if_match"},
	{"an edit of any revision", send("PATCH", "/v1/changes/CHG-1", `{"title":"x"}`, "If-Match", "*"), 428, "record.if_match"},
	{"an edit of a weak tag", send("PATCH", "/v1/changes/CHG-1", `{"title":"x"}`, "If-Match", `W/"7"`), 400, "request.if_match"},
	{"an edit of two revisions", send("PATCH", "/v1/changes/CHG-1", `{"title":"x"}`, "If-Match", `"7", "8"`), 400, "request.if_match"},
	{"an edit of no such type", edited(`{"title":"x"}`, "Content-Type", "application/json-patch+json"), 415, "request.media_type"},
	{"an edit of what is for life", edited(`{"service":"website"}`), 422, "change.invalid"},
	{"an edit that names its revision", edited(`{"revision":7,"no_window":true}`), 422, "change.invalid"},
	{"an edit that takes the plan away", edited(`{"plan":null}`), 422, "change.invalid"},
	{"an edit of half a window", edited(`{"window":{"end":"2031-03-01T22:00:00Z"}}`), 422, "change.invalid"},
	{"an edit of half a risk", edited(`{"risk":{"complexity":5}}`), 422, "change.invalid"},
	{"a merge patch for a draft", post("/v1/changes", draft, "Content-Type", "application/merge-patch+json"), 415, "request.media_type"},
	{"a risk off its scale", post("/v1/changes", draft[:len(draft)-1]+`,"risk":{"complexity":0,"business_impact":6,"rollback":2.5,"test_coverage":3}}`), 422, "change.invalid"},
	{"too many links", post("/v1/changes", draft[:len(draft)-1]+`,"links":[`+strings.Repeat(`{"url":"CHG-1"},`, itsm.MaxLinks)+`{"url":"CHG-1"}]}`), 422, "change.invalid"},
	{"a preview of no service", post("/v1/changes/preview", `{"title":"x"}`), 422, "change.invalid"},
	{"an empty assessment", post("/v1/changes/CHG-1/assessment", `{"effects":{}}`), 422, "assessment.invalid"},
	{"a delegation to nobody", post("/v1/changes/CHG-1/delegations", `{"from":"bob"}`), 422, "delegation.invalid"},
	{"an empty comment", post("/v1/changes/CHG-1/comments", `{"text":"","reply_to":-1}`), 422, "comment.invalid"},
	{"a link to nowhere", post("/v1/changes/CHG-1/links", `{"title":"x"}`), 422, "change.invalid"},
	{"a hold without a reason", post("/v1/changes/CHG-1/hold", `{}`), 422, "hold.invalid"},
	{"a resumption in another shape", post("/v1/changes/CHG-1/resume", `{"note":7}`), 422, "hold.invalid"},
	{"a withdrawal in another shape", post("/v1/changes/CHG-1/withdraw", `[]`), 422, "withdrawal.invalid"},
	{"an assignment to nobody", post("/v1/changes/CHG-1/reassign", `{}`), 422, "reassignment.invalid"},
	{"a vote taken back with a body", post("/v1/changes/CHG-1/retract", `{"for":"bob"}`), 422, "request.no_body"},
	{"a body where none is read", post("/v1/changes/CHG-1/start", `{"force":true}`), 422, "request.no_body"},
	{"an address too long", get("/v1/changes?cursor=" + strings.Repeat("a", maxAddress)), 414, "request.address_too_long"},
	{"headers too large", get("/v1/changes", "X-Large", strings.Repeat("a", maxHeader)), 431, "request.headers_too_large"},
	{"a hook without its delivery", hooked(deploymentJSON, "X-GitHub-Delivery", ""), 400, "hook.headers"},
	{"a hook with an odd delivery", hooked(deploymentJSON, "X-GitHub-Delivery", "../../etc/passwd"), 400, "hook.headers"},
	{"a hook without its event", hooked(deploymentJSON, "X-GitHub-Event", ""), 400, "hook.headers"},
	{"a hook of another signature", hooked(deploymentJSON, "X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64)), 401, "hook.signature"},
	{"a hook of another type", hooked(deploymentJSON, "Content-Type", "text/plain"), 415, "request.media_type"},
	{"a hook that is no JSON", hooked("{"), 400, "request.unparseable"},
	{"a hook that is a list", hooked("[]"), 400, "request.unparseable"},
	{"a hook with two forms", hooked("payload=%7B%7D&payload=%7B%7D", "Content-Type", "application/x-www-form-urlencoded"), 400, "request.unparseable"},
	{"a hook of wrong types", hooked(`{"action":"created","deployment":7}`), 422, "hook.payload"},
	{"a hook of nothing", hooked(`{"action":"created"}`), 422, "hook.payload"},
	{"a hook too large", hooked(`"` + strings.Repeat("x", maxBody) + `"`), 413, "request.too_large"},
}

func send(m, address, body string, headers ...string) func() *http.Request {
	return func() *http.Request { return request(m, address, body, headers...) }
}

func get(address string, headers ...string) func() *http.Request {
	return send(http.MethodGet, address, "", headers...)
}

func post(address, body string, headers ...string) func() *http.Request {
	return send(http.MethodPost, address, body, headers...)
}

func edited(body string, headers ...string) func() *http.Request {
	return func() *http.Request { return patch(body, headers...) }
}

func hooked(body string, headers ...string) func() *http.Request {
	return func() *http.Request { return hook(body, liveSecret, headers...) }
}

func chunked(address, body string) func() *http.Request {
	return func() *http.Request {
		r := request(http.MethodPost, address, body)
		r.ContentLength = -1
		return r
	}
}

func TestEveryRefusalBeforeTheDesk(t *testing.T) {
	schema := loaded(t).Components.Schemas["Refusal"].Value
	for _, tc := range slices.Concat(refusals, incidentRefusals, problemRefusals, correctiveRefusals, supplierRefusals) {
		t.Run(tc.name, func(t *testing.T) {
			b := stand(t)
			w := b.do(tc.request())
			p := problemOf(t, w)
			require.Equal(t, tc.status, w.Code, w.Body)
			require.Equal(t, tc.code, p.Code, w.Body)
			require.Equal(t, "test-correlation", p.CorrelationId)
			require.Empty(t, slices.DeleteFunc(b.calls, func(call string) bool {
				return slices.Contains([]string{"change", "incident", "problem", "corrective action", "supplier", "contract"}, call)
			}), "it came to the desk")
			require.Equal(t, tc.status == 401, w.Header().Get("WWW-Authenticate") != "")
			require.Equal(t, tc.status == 405, w.Header().Get("Allow") != "")
			value, err := decode(w.Body.Bytes())
			require.NoError(t, err)
			require.NoError(t, schema.VisitJSON(value))
			golden(t, tc.name, w)
		})
	}
}

func golden(t *testing.T, name string, w *httptest.ResponseRecorder) {
	t.Helper()
	path := filepath.Join("testdata", "refusals", strings.NewReplacer(" ", "_", ",", "").Replace(name)+".json")
	if *update {
		require.NoError(t, os.WriteFile(path, append(w.Body.Bytes(), '\n'), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(string(want)), w.Body.String())
}

func TestNoGoldenIsLeftOver(t *testing.T) {
	files, err := filepath.Glob("testdata/refusals/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(refusals)+len(incidentRefusals)+len(problemRefusals)+len(correctiveRefusals)+len(supplierRefusals))
}

// The faults that the document finds are told as the rules tell them.
func TestTheDocumentRefusesInTheWordsOfTheRules(t *testing.T) {
	long := itsm.ChangeDraft{Type: itsm.Normal, Title: strings.Repeat("é", 121), Service: "payments", Plan: "p", BackoutPlan: "b"}
	var rule *itsm.Error
	require.ErrorAs(t, long.Check(), &rule)

	body := fmt.Sprintf(`{"type":"normal","title":%q,"service":"payments","plan":"p","backout_plan":"b"}`, long.Title)
	p := problemOf(t, stand(t).do(request("POST", "/v1/changes", body)))
	require.Equal(t, rule.Code, p.Code)
	require.Equal(t, rule.Message, p.Detail)
	require.Equal(t, rule.Fields, *p.Errors)

	var c itsm.Change
	require.ErrorAs(t, c.CheckCompletion(itsm.Actor{}, itsm.Completion{Result: "ok"}), &rule)
	p = problemOf(t, stand(t).do(request("POST", "/v1/changes/CHG-1/complete", `{"result":"ok"}`)))
	require.Equal(t, []any{rule.Code, rule.Message, rule.Fields}, []any{p.Code, p.Detail, *p.Errors})
}

// Whoever may not send a body is told that, and not what is wrong with it: what
// Slack, which has no document, tells them.
func TestFaultsOfABodyAreForThoseWhoMaySendIt(t *testing.T) {
	b := stand(t)
	b.err = itsm.NoSuchRecord("CHG-1")
	acts := []string{"decisions", "complete", "cancel", "assessment", "delegations", "comments", "links", "hold", "resume", "withdraw", "reassign"}
	for _, act := range acts {
		w := b.do(request("POST", "/v1/changes/CHG-1/"+act, `{"note":7}`))
		require.Equal(t, "record.not_found", problemOf(t, w).Code, act)
	}
	require.Equal(t, "record.not_found", problemOf(t, b.do(patch(`{"title":7}`))).Code)
	require.Equal(t, slices.Repeat([]string{"change"}, len(acts)+1), b.calls)
	require.Empty(t, b.refused, "the desk has noted it")
	b.actor.Roles = []itsm.Role{itsm.Auditor}
	require.Equal(t, "actor.permission", problemOf(t, b.do(request("POST", "/v1/changes", `{"title":7}`))).Code)
	require.Equal(t, "actor.permission", problemOf(t, b.do(request("POST", "/v1/changes/preview", `{"title":7}`))).Code)
	require.Equal(t, []string{"raiseChange actor.permission", "previewChange actor.permission"}, b.refused)
}

func TestWhatACallerMadeUpIsClipped(t *testing.T) {
	name, many := strings.Repeat("n", 500_000), &strings.Builder{}
	for i := range 1000 {
		fmt.Fprintf(many, `,"field_%d":1`, i)
	}
	for _, r := range []*http.Request{
		request("POST", "/v1/changes", `{"`+name+`":1}`),
		request("POST", "/v1/changes", draft[:len(draft)-1]+many.String()+`}`),
		request("GET", "/v1/changes?"+name[:4000]+"=1", ""),
	} {
		w := stand(t).do(r)
		p := problemOf(t, w)
		require.Equal(t, http.StatusUnprocessableEntity, p.Status)
		require.Less(t, w.Body.Len(), 8000)
		require.LessOrEqual(t, len(*p.Errors), maxFaults)
	}
}

// What is counted of faults has a bound: with a hundred thousand of them, comparing
// each with each would keep us busy for minutes.
func TestABodyOfNothingButFaultsIsAnswered(t *testing.T) {
	b, many, deep := stand(t), &strings.Builder{}, strings.Repeat(`{"`+strings.Repeat("k", 64)+`":`, 31)
	many.WriteString(`{"f":1`)
	for i := 0; many.Len() < maxBody-20; i++ {
		fmt.Fprintf(many, `,"%d":1`, i)
	}
	for _, body := range []string{many.String() + "}", deep + "[" + strings.Repeat("1,", 500_000) + "1]" + strings.Repeat("}", 31)} {
		p := problemOf(t, b.do(request("POST", "/v1/changes", body)))
		require.Equal(t, http.StatusUnprocessableEntity, p.Status)
		require.LessOrEqual(t, len(*p.Errors), maxFaults)
	}
}

func TestWhatIsOursIsLoggedOnceAndNotShown(t *testing.T) {
	b := stand(t)
	b.err = errors.New("pq: password authentication failed for user steward")
	p := problemOf(t, b.do(request("GET", "/v1/changes/CHG-1", "")))
	require.Equal(t, http.StatusInternalServerError, p.Status)
	require.Equal(t, "internal", p.Code)
	require.Equal(t, itsm.AsError(nil).Message, p.Detail)
	require.Equal(t, 1, strings.Count(b.log.String(), "password authentication failed"))
	require.Contains(t, b.log.String(), `"correlation_id":"test-correlation"`)
}

func TestWhenToComeBackIsSaid(t *testing.T) {
	b := stand(t)
	for _, tc := range []struct {
		err    error
		status int
		after  string
		code   string
	}{
		{itsm.Refuse(itsm.Limited, "actor.too_often", "Slow down.").Later(1500 * time.Millisecond), 429, "2", "actor.too_often"},
		{itsm.Refuse(itsm.Limited, "actor.too_often", "Slow down."), 429, "1", "actor.too_often"},
		{itsm.Refuse(itsm.Unavailable, "database.away", "Later."), 503, "1", "database.away"},
		{itsm.Refuse(itsm.Conflict, "idempotency.running", "Going on.").Later(2 * time.Second), 409, "2", "idempotency.running"},
		{itsm.Refuse(itsm.Conflict, "change.decided", "Done."), 409, "", "change.decided"},
		{fmt.Errorf("asking: %w", context.DeadlineExceeded), 503, "1", "request.no_answer"},
	} {
		b.err = tc.err
		w := b.do(request("POST", "/v1/changes/CHG-1/start", ""))
		require.Equal(t, tc.status, w.Code)
		require.Equal(t, tc.after, w.Header().Get("Retry-After"))
		require.Equal(t, tc.code, problemOf(t, w).Code)
	}
}
