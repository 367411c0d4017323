package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/api/refused"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func TestAnActReachesTheDeskAsItWasMeant(t *testing.T) {
	start := time.Date(2031, 3, 1, 22, 0, 0, 0, time.UTC)
	hash := fullChange().ContentHash
	var assessment itsm.Assessment
	require.NoError(t, json.Unmarshal([]byte(fullAssessmentJSON), &assessment))
	for _, tc := range []struct {
		address, body, call string
		number              itsm.Number
		want                any
	}{
		{"/v1/changes", draft, "raise", "", itsm.ChangeDraft{
			Type: itsm.Normal, Title: "Enlarge it", Service: "payments", Plan: "Resize.", BackoutPlan: "Fail back.",
			Window: &itsm.Window{Start: start, End: start.Add(3 * time.Hour)},
		}},
		{
			"/v1/changes/CHG-7/decisions", `{"verdict":"reject","note":"no","for":"bob","content_hash":"` + hash + `"}`, "decide", "CHG-7",
			itsm.DecisionRequest{Verdict: itsm.Reject, Note: "no", For: "bob", ContentHash: hash},
		},
		{"/v1/changes/CHG-7/start", ``, "start", "CHG-7", nil},
		{"/v1/changes/CHG-7/start", `{}`, "start", "CHG-7", nil},
		{"/v1/changes/CHG-7/complete", `{"result":"failed","note":"disk"}`, "complete", "CHG-7", itsm.Completion{Result: itsm.Failed, Note: "disk"}},
		{"/v1/changes/CHG-7/cancel", `{"note":"not wanted"}`, "cancel", "CHG-7", itsm.Cancellation{Note: "not wanted"}},
		{"/v1/changes/CHG-7/assessment", fullAssessmentJSON, "assess", "CHG-7", assessment},
		{"/v1/changes/CHG-7/retract", ``, "retract", "CHG-7", nil},
		{
			"/v1/changes/CHG-7/delegations", `{"to":"eve","from":"bob","note":"away"}`, "delegate", "CHG-7",
			itsm.DelegationRequest{To: "eve", From: "bob", Note: "away"},
		},
		{"/v1/changes/CHG-7/comments", `{"text":"Who?","question":true}`, "comment", "CHG-7", itsm.CommentRequest{Text: "Who?", Question: true}},
		{"/v1/changes/CHG-7/comments", `{"text":"Me.","reply_to":1}`, "comment", "CHG-7", itsm.CommentRequest{Text: "Me.", ReplyTo: 1}},
		{"/v1/changes/CHG-7/links", `{"url":"CHG-9","title":"before"}`, "link", "CHG-7", itsm.Link{URL: "CHG-9", Title: "before"}},
		{"/v1/changes/CHG-7/hold", `{"note":"a fault"}`, "hold", "CHG-7", itsm.NoteRequest{Note: "a fault"}},
		{"/v1/changes/CHG-7/resume", `{}`, "resume", "CHG-7", itsm.NoteRequest{}},
		{"/v1/changes/CHG-7/withdraw", `{"note":"twice"}`, "withdraw", "CHG-7", itsm.NoteRequest{Note: "twice"}},
		{"/v1/changes/CHG-7/reassign", `{"assignee":"ida","note":"hers"}`, "reassign", "CHG-7", itsm.Reassignment{Assignee: "ida", Note: "hers"}},
	} {
		t.Run(tc.call, func(t *testing.T) {
			b := stand(t)
			w := b.do(request("POST", tc.address, tc.body, "Idempotency-Key", `"key-1"`))
			if tc.call == "raise" {
				require.Equal(t, http.StatusCreated, w.Code, w.Body)
				require.Equal(t, "/v1/changes/CHG-42", w.Header().Get("Location"))
			} else {
				require.Equal(t, http.StatusOK, w.Code, w.Body)
			}
			require.JSONEq(t, `{"number":"CHG-42","state":"awaiting_approval","revision":2}`, w.Body.String())
			require.Equal(t, `"2"`, w.Header().Get("ETag"))
			require.Equal(t, []string{tc.call}, b.calls)
			require.Equal(t, tc.want, b.body)
			require.Equal(t, tc.number, b.number)
			require.Equal(t, desk.Caller{Actor: b.actor, Key: "key-1", Source: "192.0.2.1"}, b.who)
			require.True(t, b.deadline, "no act may take for ever")
			require.Empty(t, b.refused)
		})
	}
}

func TestAKeyArrivesAsItWasWritten(t *testing.T) {
	b := stand(t)
	for _, key := range []string{"a,b", "%zz", "a=b;c", "[1]", "{}", "true", "007", `\`} {
		w := b.do(request("POST", "/v1/changes/CHG-1/start", "", "Idempotency-Key", key))
		require.Equal(t, http.StatusOK, w.Code, w.Body)
		require.Equal(t, key, b.who.Key)
	}
}

func TestAListAsksForWhatItsQuerySays(t *testing.T) {
	b := stand(t)
	w := b.do(request("GET", "/v1/changes?state=closed&service=payments&mine=true&limit=7&cursor=abc-_", ""))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, desk.ChangeList{State: itsm.ChangeClosed, Service: "payments", Mine: true, Limit: 7, Cursor: "abc-_"}, b.body)

	var page struct {
		Items []itsm.Change
		Next  string
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
	require.Len(t, page.Items, 1)
	require.Equal(t, "abc-_", page.Next)

	b.do(request("GET", "/v1/changes", ""))
	require.Equal(t, desk.ChangeList{}, b.body)
}

func TestReadingsSayTheirInstantsInUTC(t *testing.T) {
	b := stand(t)
	for _, address := range []string{"/v1/changes", "/v1/changes/CHG-42", "/v1/changes/CHG-42/timeline", "/v1/changes/CHG-42/explain", "/v1/changes/CHG-42/comments"} {
		w := b.do(request("GET", address, ""))
		require.Equal(t, http.StatusOK, w.Code, address)
		require.Contains(t, w.Body.String(), `"2031-03-01T12:00:00Z"`)
		require.NotContains(t, w.Body.String(), "+03:00", address)
	}
}

func TestNothingToListIsAnEmptyList(t *testing.T) {
	w := stand(t).do(request("GET", "/v1/me/changes", ""))
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"items":[]}`, w.Body.String())
}

func TestPeopleAreShownWithoutWhatIsForStewardAlone(t *testing.T) {
	b := stand(t)
	b.people = []itsm.Person{
		{ID: "ana", Name: "Ana", Email: "ana@example.org", Slack: "U0ANA", GitHub: "ana-gh", Zone: "Europe/Lisbon", Roles: []itsm.Role{itsm.Requester}},
		{ID: "bob", Name: "Bob", Slack: "U0BOB", Zone: "Europe/London"},
	}
	w := b.do(request("GET", "/v1/people", ""))
	require.JSONEq(t, `{"items":[
		{"id":"ana","name":"Ana","email":"ana@example.org","zone":"Europe/Lisbon","roles":["requester"]},
		{"id":"bob","name":"Bob","zone":"Europe/London","roles":[]}]}`, w.Body.String())
}

func TestWhatTheDeskRefusesIsPassedOnAsItIs(t *testing.T) {
	b, doc := stand(t), loaded(t)
	for _, kind := range itsm.Kinds {
		b.err = itsm.Refuse(kind, "change.some_code", "A sentence of the rules.")
		operations(doc, func(method, path, _ string, _ *openapi3.PathItem, op *openapi3.Operation) {
			if op.Security != nil && op.OperationID != "receiveGitHubHook" { // a page that asks the desk for nothing
				return
			}
			r := asking(method, path, op)
			if op.OperationID == "receiveGitHubHook" {
				r = hook(deploymentJSON, liveSecret)
			}
			w := b.do(r)
			p := problemOf(t, w)
			require.Equal(t, refused.Statuses[kind], w.Code)
			require.Equal(t, "change.some_code", p.Code)
			if kind == itsm.Internal {
				require.Equal(t, itsm.AsError(nil).Message, p.Detail)
			} else {
				require.Equal(t, "A sentence of the rules.", p.Detail)
			}
		})
	}
	require.Empty(t, b.refused, "the desk records its own refusals")
}

func hook(body, secret string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/hooks/github", nil)
	return withHook(r, body, secret, headers...)
}
