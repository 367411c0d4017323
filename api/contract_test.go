package api

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func loaded(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document)
	require.NoError(t, err)
	return doc
}

// each operation of the document, with the path that it has in Gin.
func operations(doc *openapi3.T, f func(method, path, route string, item *openapi3.PathItem, op *openapi3.Operation)) {
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			f(method, path, strings.NewReplacer("{", ":", "}", "").Replace(path), item, op)
		}
	}
}

// asking is a good request for an operation.
func asking(method, path string, op *openapi3.Operation) *http.Request {
	address := strings.NewReplacer("{number}", "CHG-42", "{key}", "swi_key", "{period}", "2031-Q4").Replace(path)
	switch op.OperationID { // the only ones that need a parameter
	case "readOnCall":
		address += "?service=payments"
	case "searchRecords":
		address += "?q=cards"
	}
	return request(method, address, goodBody(op.OperationID), "If-Match", `"7"`)
}

func TestTheDocumentIsValidAndItsExamplesFit(t *testing.T) {
	require.NoError(t, loaded(t).Validate(t.Context(), openapi3.EnableExamplesValidation()))
}

func TestWhatIsDocumentedIsServedAndTheOtherWayRound(t *testing.T) {
	engine, ok := stand(t).Handler.(*gin.Engine)
	require.True(t, ok)
	served := map[string]bool{}
	for _, r := range engine.Routes() {
		served[r.Method+" "+r.Path] = true
	}
	delete(served, "GET /start") // the start page is for people
	documented := map[string]bool{}
	operations(loaded(t), func(method, _, route string, _ *openapi3.PathItem, _ *openapi3.Operation) {
		documented[method+" "+route] = true
	})
	require.Equal(t, documented, served)
}

func TestEachOperationNamesItsPermissionAndItsRefusals(t *testing.T) {
	everybody := itsm.Actor{Person: "p", Roles: itsm.Roles, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
	operations(loaded(t), func(method, path, _ string, _ *openapi3.PathItem, op *openapi3.Operation) {
		at := method + " " + path
		require.NotEmpty(t, op.OperationID, at)
		require.NotEmpty(t, op.Summary, at)
		if op.Security != nil { // none is needed
			require.Empty(t, *op.Security, at)
			return
		}
		name, _ := op.Extensions["x-steward-permission"].(string)
		require.NoError(t, everybody.May(itsm.Permission(name)), "%s: %q is a permission that nobody has", at, name)
		for _, code := range []string{"401", "403", "429", "503"} {
			require.NotNil(t, op.Responses.Value(code), "%s: %s", at, code)
		}
		if method == http.MethodPost || method == http.MethodPatch {
			require.NotNil(t, op.Parameters.GetByInAndName("header", "Idempotency-Key"), at)
		}
	})
}

func TestEverySchemaIsBounded(t *testing.T) {
	for name, ref := range loaded(t).Components.Schemas {
		bounded(t, name, ref.Value)
	}
	operations(loaded(t), func(_, _, _ string, _ *openapi3.PathItem, op *openapi3.Operation) {
		for _, p := range op.Parameters {
			bounded(t, op.OperationID+"."+p.Value.Name, p.Value.Schema.Value)
		}
	})
}

func bounded(t *testing.T, at string, s *openapi3.Schema) {
	t.Helper()
	switch {
	case s.Type.Is("string"):
		require.True(t, s.MaxLength != nil || len(s.Enum) > 0, "%s: a string without end", at)
	case s.Type.Is("array"):
		require.NotNil(t, s.MaxItems, "%s: a list without end", at)
		bounded(t, at+"[]", s.Items.Value)
	case s.Type.Is("integer"):
		require.NotNil(t, s.Min, "%s: a number without bound", at)
	case s.Type.Is("object"):
		require.True(t, s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has, "%s takes fields that it does not name", at)
		for name, p := range s.Properties {
			bounded(t, at+"."+name, p.Value)
		}
	}
}

// The enums of the document are the constants of the rules.
func TestTheDocumentKnowsEveryWordOfTheRules(t *testing.T) {
	schemas := loaded(t).Components.Schemas
	require.ElementsMatch(t, itsm.ChangeStates, words[itsm.ChangeState](schemas["ChangeState"].Value.Enum))
	require.ElementsMatch(t, itsm.Roles, words[itsm.Role](schemas["Role"].Value.Enum))
	require.ElementsMatch(t, itsm.Verdicts, words[itsm.Verdict](schemas["Verdict"].Value.Enum))
	require.ElementsMatch(t, itsm.RiskTiers, words[itsm.RiskTier](schemas["RiskTier"].Value.Enum))
	for _, dimension := range itsm.RiskDimensions {
		scale := schemas["Risk"].Value.Properties[string(dimension)].Value
		require.Equal(t, []float64{itsm.MinRisk, itsm.MaxRisk}, []float64{*scale.Min, *scale.Max}, dimension)
	}
	for _, text := range []string{"risk", "benefit", "feasibility", "cost"} {
		require.Equal(t, uint64(itsm.MaxAssessment), *schemas["Assessment"].Value.Properties[text].Value.MaxLength, text)
	}
	for _, s := range new(itsm.Effects).Sections() {
		require.NotNil(t, schemas["Effects"].Value.Properties[s.Name], s.Name)
	}
	for _, of := range []string{"ChangeDraft", "ChangeEdit", "PreviewRequest"} {
		properties := schemas[of].Value.Properties
		for name, most := range map[string]uint64{
			"title": itsm.MaxTitle, "description": itsm.MaxText, "plan": itsm.MaxText, "backout_plan": itsm.MaxText,
			"justification": itsm.MaxText, "test_plan": itsm.MaxText,
		} {
			require.Equal(t, most, *properties[name].Value.MaxLength, "%s.%s", of, name)
		}
		require.Equal(t, uint64(itsm.MaxItems), *properties["configuration_items"].Value.MaxItems, of)
		require.Equal(t, uint64(itsm.MaxLinks), *properties["links"].Value.MaxItems, of)
		require.InDelta(t, itsm.MaxBackout, *properties["backout_minutes"].Value.Max, 0, of)
	}
	require.Equal(t, uint64(itsm.MaxURL), *schemas["Link"].Value.Properties["url"].Value.MaxLength)
	require.Equal(t, uint64(itsm.MaxNote), *schemas["CommentRequest"].Value.Properties["text"].Value.MaxLength)
	for _, name := range []string{
		"DecisionRequest", "Completion", "Cancellation", "HoldRequest", "Resumption", "Withdrawal", "Reassignment", "DelegationRequest", "ChangeEdit",
	} {
		require.Equal(t, uint64(itsm.MaxNote), *schemas[name].Value.Properties["note"].Value.MaxLength, name)
	}
}

func words[T ~string](values []any) []T {
	var out []T
	for _, v := range values {
		out = append(out, T(fmt.Sprint(v)))
	}
	return out
}

// example reads what the document shows that is read at a path.
func example(t *testing.T, path string, into any) {
	t.Helper()
	text, err := json.Marshal(loaded(t).Paths.Value(path).Get.Responses.Value("200").Value.Content.Get("application/json").Example)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

func TestTheExamplesAreTrue(t *testing.T) {
	var c itsm.Change
	var e itsm.Explanation
	example(t, "/v1/changes/{number}", &c)
	example(t, "/v1/changes/{number}/explain", &e)
	require.Equal(t, c.Hash(), c.ContentHash)
	require.Equal(t, itsm.RiskPolicy{}.Score(itsm.RiskFacts{Risk: c.Risk}), c.RiskScore)
	want := c.Explain()
	asks := itsm.Actor{Person: c.Requester, Roles: []itsm.Role{itsm.Requester}, Scopes: []itsm.Scope{itsm.ScopeWrite}}
	want.Acts = c.ActsFor(asks, c.Since)
	require.Equal(t, explanationInUTC(want), explanationInUTC(e))
}

func TestEveryAnswerIsWhatTheDocumentSays(t *testing.T) {
	for at, answer := range map[string]any{
		"change": fullChange(), "event": fullEvent(), "explanation": fullExplanation(), "preview": fullPreview(), "comment": fullComment(),
		"incident": fullIncident(), "reading": fullReading(), "on call": fullOnCall(),
		"problem": fullProblem(), "found": fullFound(), "corrective action": fullCorrective(), "supplier": fullSupplier(), "contract": fullContract(), "review": fullSupplierReview(), "record": fullRecord(), "graph": fullGraph(),
	} {
		full(t, reflect.ValueOf(answer), at)
	}
	doc := loaded(t)
	operations(doc, func(method, path, _ string, item *openapi3.PathItem, op *openapi3.Operation) {
		t.Run(op.OperationID, func(t *testing.T) {
			b := stand(t)
			b.people = []itsm.Person{{ID: "ana", Name: "Ana", Email: "ana@example.org", Zone: "UTC", Roles: itsm.Roles}}
			r := asking(method, path, op)
			if op.OperationID == "receiveGitHubHook" {
				r = hook(deploymentJSON, liveSecret)
			}
			w := b.do(r)
			require.Less(t, w.Code, 300, w.Body)
			require.NoError(t, fits(t, doc, path, method, item, op, r, w.Code, w.Header(), w.Body.Bytes()))
		})
	})
}

// fits holds an answer against the document.
func fits(t *testing.T, doc *openapi3.T, path, method string, item *openapi3.PathItem, op *openapi3.Operation, r *http.Request, code int, h http.Header, body []byte) error {
	t.Helper()
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.FileBodyDecoder)
	return openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: r, Route: &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op},
		},
		Status: code, Header: h, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
}

// full fails on a field without a value: what is not there is not held against
// the document.
func full(t *testing.T, v reflect.Value, at string) {
	t.Helper()
	require.False(t, v.IsZero(), "%s has no value, so that nobody sees whether the document has it", at)
	switch {
	case v.Kind() == reflect.Pointer:
		full(t, v.Elem(), at)
	case v.Kind() == reflect.Slice:
		full(t, v.Index(0), at)
	case v.Kind() == reflect.Struct && !v.Type().Implements(reflect.TypeFor[encoding.TextMarshaler]()): // which is one text
		for i := range v.NumField() {
			full(t, v.Field(i), at+"."+v.Type().Field(i).Name)
		}
	}
}

func TestThePagesOfTheOperation(t *testing.T) {
	b := stand(t)
	for address, want := range map[string]string{
		"/livez": `"ready":true`, "/readyz": "It is gone.", "/metrics": "steward_http_requests_total",
		"/openapi.yaml": "openapi: 3.0.3", "/start": "welcome",
	} {
		w := b.do(request("GET", address, "", "Authorization", ""))
		require.Equal(t, http.StatusOK, w.Code, address)
		b.do(request("GET", "/livez", ""))
		if address == "/metrics" { // the first request is counted when it is answered
			w = b.do(request("GET", address, ""))
		}
		require.Contains(t, w.Body.String(), want)
	}
	b.unready = true
	w := b.do(request("GET", "/readyz", ""))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.JSONEq(t, `{"ready":false,"checks":[{"name":"redis","ok":false,"detail":"It is gone."}]}`, w.Body.String())
	require.Equal(t, http.StatusOK, b.do(request("GET", "/livez", "")).Code)
}

// Whatever an answer's lists hold, they are lists: a program that reads them need
// not ask first whether they are there.
func TestNoListOfAnAnswerIsNull(t *testing.T) {
	b := stand(t)
	b.plain = true
	w := b.do(request("POST", "/v1/changes/preview", `{"service":"payments"}`))
	require.JSONEq(t, `{"assessment":false,"stages":[{"stage":1,"of":1,"name":"Approval",
		"factors":[{"name":"Approvers","who":{},"need":1,"named":[]}]}]}`, w.Body.String())

	bare := itsm.Change{State: itsm.ChangeAwaiting, Approval: itsm.Approval{Round: 1, Opening: &itsm.Opening{
		Round: 1, Stage: 1, Of: 1, Panels: []itsm.Panel{{Name: "Peers", Need: 1, Named: []itsm.PersonID{"bob"}, Backups: []itsm.PersonID{"ben"}}},
	}}}
	for _, answer := range []any{
		changeInUTC(bare), explanationInUTC(bare.Explain()), eventInUTC(itsm.Event{Detail: &itsm.Detail{Opening: &itsm.Opening{}}}),
	} {
		text, err := json.Marshal(answer)
		require.NoError(t, err)
		require.NotContains(t, string(text), "null")
	}
	text, err := json.Marshal(changeInUTC(itsm.Change{}))
	require.NoError(t, err)
	require.NotContains(t, string(text), "approval", "what is not there is not made")
}
