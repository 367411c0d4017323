package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// Whatever is sent, the door answers what it understood or a problem, and never
// that the fault was ours.
func sane(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	require.GreaterOrEqual(t, w.Code, 200)
	require.Less(t, w.Code, 500, w.Body)
	if w.Code >= 400 {
		problemOf(t, w)
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		draft, `{}`, `[]`, `null`, `"x"`, `{"verdict":"approve"}`, `{"verdict":"abstain","for":"bob"}`, `{"result":"failed","note":"n"}`, `{"note":"n"}`,
		fullAssessmentJSON, `{"window":null,"links":null,"note":"n"}`, `{"window":{"end":null}}`, `{"risk":{"complexity":1e0}}`, `{"backout_minutes":-1}`,
		`{"text":"t","reply_to":1}`, `{"text":"t","question":true}`, `{"to":"eve","from":"bob"}`, `{"url":"https://a@b/"}`, `{"assignee":"ida"}`,
		`{"service":"payments","configuration_items":[""]}`, `{"no_window":true,"revision":1}`, `{"Title":"x"}`, `{"assessment":{"effects":{"security":{}}}}`,
		incidentDraft, `{"parent":null}`, `{"parent":"INC-0"}`, `{"kind":"child_of","to":"CHG-1"}`, `{"code":"fixed","note":"n"}`, `{"override":"P0"}`,
		`{"reason":"awaiting_caller","note":"n","for":"inc-1"}`, `{"text":"t","update":true}`, `{"of":"INC-99999999999"}`,
		problemDraft, goodCause + `}`, `{"into":"PRB-1","note":"n"}`, `{"draft":` + draft + `}`, `{"change":"CHG-1","draft":{}}`, `{"pattern":{}}`,
		`{"note":"n","expires_at":"2031-06-30T12:00:00+14:00"}`, `{"symptoms":"s","workaround":"w","risk":"r","verified_by":""}`, `{"known_error":"PRB-1"}`,
		"", "{", `{"a":1,"a":2}`,
		`{"title":"\ud800"}`, `{"window":{"start":"9999-99-99T99:99:99Z"}}`,
		strings.Replace(draft, "2031-03-02T01:00:00Z", "9999-12-31T23:59:59-00:01", 1), "{\"title\":\"\xff\"}", `{"a":1e999}`, `-0`, "\ufeff{}",
		strings.Repeat("[", 40), `{"":{"/":{"~":1}}}`, `{"service":"` + strings.Repeat("s", 65) + `"}`,
	} {
		f.Add(seed)
	}
	b, addresses := stand(f, quiet), []string(nil)
	operations(loaded(f), func(method, path, _ string, _ *openapi3.PathItem, op *openapi3.Operation) {
		if method == http.MethodPost && op.Security == nil { // what people send, and no hook
			addresses = append(addresses, strings.NewReplacer("{number}", "CHG-1", "{period}", "2031-Q4").Replace(path))
		}
	})
	f.Fuzz(func(t *testing.T, body string) {
		for _, address := range addresses {
			sane(t, b.do(request("POST", address, body, "Content-Type", "application/json")))
		}
		sane(t, b.do(patch(body, "Content-Type", "application/json")))
	})
}

// What decode reads is what encoding/json reads, or nothing.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{draft, `[1,"a",{"b":[null,true]}]`, `{"a":{"a":{}}}`, ` 7 `, `""`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := decode(raw)
		if err != nil {
			return
		}
		var want any
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		require.NoError(t, d.Decode(&want))
		require.True(t, reflect.DeepEqual(want, got), "%q", raw)
	})
}

func FuzzAddress(f *testing.F) {
	for _, seed := range [][2]string{
		{"/v1/changes", "limit=1"},
		{"/v1/changes/CHG-1/start", ""},
		{"/v1/changes/preview", ""},
		{"/v1/changes/preview/start", ""},
		{"/v1/changes/CHG-1%2fstart", "a=b;c=d"},
		{"//v1//changes", "%"},
		{"/v1/changes/%00", "state=%00"},
		{"/../v1/changes", "cursor=%ff"},
		{"*", "&&=&="},
		{"", "mine=maybe"},
		{"/v1/incidents", "open=1&priority=P0&team="},
		{"/v1/incidents/INC-1/links/", ""},
		{"/v1/oncall", "service="},
		{"/v1/oncall", "service=%00&service=payments"},
		{"/v1/search", "q=%00&q=ab"},
		{"/v1/records/INC-1/graph", "depth=4&format=png"},
	} {
		f.Add(seed[0], seed[1])
	}
	b := stand(f, quiet)
	f.Fuzz(func(t *testing.T, path, query string) {
		for _, m := range []string{"GET", "POST", "PUT", "PATCH", "OPTIONS"} {
			r := request(m, "/", "")
			r.URL = &url.URL{Path: path, RawQuery: query}
			if u, err := url.ParseRequestURI(path); err == nil {
				r.URL.Path, r.URL.RawPath = u.Path, u.RawPath
			}
			sane(t, b.do(r))
		}
	})
}

func FuzzHeaders(f *testing.F) {
	for name, value := range map[string]string{
		"Authorization": "Bearer x", "Idempotency-Key": `"\"`, "Content-Type": "application/json; charset=", "X-Correlation-Id": "\r\n",
		"X-Forwarded-For": "::,::", "X-Forwarded-Proto": "https", "Content-Encoding": "gzip", "Accept": "text/html", "Range": "bytes=0-",
		"If-Match": `W/"7", *`, "If-None-Match": `"7"`,
	} {
		f.Add(name, value)
	}
	b := stand(f, quiet, func(c *Config) { c.TrustedProxies = []string{"192.0.2.0/24"} })
	f.Fuzz(func(t *testing.T, name, value string) {
		r := request("POST", "/v1/changes", draft)
		r.Header[http.CanonicalHeaderKey(name)] = []string{value}
		w := b.do(r)
		sane(t, w)
		edit := patch(`{"title":"x"}`)
		edit.Header[http.CanonicalHeaderKey(name)] = []string{value}
		sane(t, b.do(edit))
		require.Regexp(t, correlation, w.Header().Get("X-Correlation-Id"))
	})
}

func FuzzHook(f *testing.F) {
	f.Add("application/json", "deployment", deploymentJSON)
	f.Add("application/x-www-form-urlencoded", "deployment", "payload=%7B%7D")
	f.Add("application/json", "deployment", `{"action":"created","deployment":{"id":"x","payload":[]},"repository":null,"sender":{"login":7}}`)
	f.Add("application/json", "deployment", `{"action":{},"Action":"created"}`)
	f.Add("application/json", "ping", "{}")
	f.Add("text/plain", "\x00", "\x00")
	b := stand(f, quiet)
	f.Fuzz(func(t *testing.T, kind, event, body string) {
		sane(t, b.do(hook(body, liveSecret, "Content-Type", kind, "X-GitHub-Event", event)))
		require.Equal(t, http.StatusUnauthorized, b.do(hook(body, "not one of the secrets", "Content-Type", kind)).Code)
	})
}
