package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func patch(body string, headers ...string) *http.Request {
	return request("PATCH", "/v1/changes/CHG-7", body, append([]string{"If-Match", `"7"`}, headers...)...)
}

func TestAnEditSaysWhatBecomesOfWhat(t *testing.T) {
	start := time.Date(2031, 3, 1, 22, 0, 0, 0, time.UTC)
	var assessment itsm.Assessment
	require.NoError(t, json.Unmarshal([]byte(fullAssessmentJSON), &assessment))
	none := ""
	for body, want := range map[string]itsm.Edit{
		`{}`:                                {},
		`{"title":"Twice"}`:                 {Title: new("Twice")},
		`{"plan":"p","backout_plan":"b"}`:   {Plan: new("p"), BackoutPlan: new("b")},
		`{"description":"","test_plan":""}`: {Description: &none, TestPlan: &none},
		`{"window":{"start":"2031-03-01T22:00:00Z","end":"2031-03-01T23:00:00Z"}}`: {Window: &itsm.Window{Start: start, End: start.Add(time.Hour)}},
		`{"configuration_items":[],"links":[]}`:                                    {Items: &[]string{}, Links: &[]itsm.Link{}},
		`{"configuration_items":["db-7"],"links":[{"url":"CHG-1"}]}`:               {Items: &[]string{"db-7"}, Links: &[]itsm.Link{{URL: "CHG-1"}}},
		`{"backout_minutes":30,"justification":"Sales."}`:                          {Backout: new(30), Justification: new("Sales.")},
		`{"risk":{"complexity":1,"business_impact":2,"rollback":3,"test_coverage":4,"recent_churn":5}}`: {
			Risk: &itsm.Risk{Complexity: 1, BusinessImpact: 2, Rollback: 3, TestCoverage: 4, RecentChurn: 5},
		},
		`{"assessment":` + fullAssessmentJSON + `}`: {Assessment: &assessment},
		`{"window":null,"description":null,"justification":null,"test_plan":null,"backout_minutes":null,"configuration_items":null,"links":null}`: {
			NoWindow: true, Description: &none, Justification: &none, TestPlan: &none, Backout: new(int), Items: &[]string{}, Links: &[]itsm.Link{},
		},
	} {
		for _, kind := range []string{"application/json", "application/merge-patch+json", "application/merge-patch+json; charset=utf-8"} {
			b := stand(t)
			w := b.do(patch(body, "Content-Type", kind, "Idempotency-Key", "key-1"))
			require.Equal(t, http.StatusOK, w.Code, "%s: %s", body, w.Body)
			require.Equal(t, []string{"edit"}, b.calls)
			require.Equal(t, itsm.EditRequest{Revision: 7, Edit: want}, b.body, body)
			require.Equal(t, itsm.Number("CHG-7"), b.number)
			require.Equal(t, desk.Caller{Actor: b.actor, Key: "key-1", Source: "192.0.2.1"}, b.who)
			require.Equal(t, `"2"`, w.Header().Get("ETag"))
		}
	}
	b := stand(t)
	require.Equal(t, http.StatusOK, b.do(patch(`{"window":null,"note":"Any time will do."}`)).Code)
	require.Equal(t, itsm.EditRequest{Revision: 7, Note: "Any time will do.", Edit: itsm.Edit{NoWindow: true}}, b.body)
}

// What the document lets be null must be taken away by it, and survive the way to
// the process, which knows no null.
func TestWhateverMayBeNullIsTakenAwayByIt(t *testing.T) {
	nullable := 0
	for name, p := range loaded(t).Components.Schemas["ChangeEdit"].Value.Properties {
		if !p.Value.Nullable {
			w := stand(t).do(patch(`{"` + name + `":null}`))
			require.Equal(t, http.StatusUnprocessableEntity, w.Code, name)
			continue
		}
		nullable++
		b := stand(t)
		require.Equal(t, http.StatusOK, b.do(patch(`{"`+name+`":null}`)).Code, name)
		asked, ok := b.body.(itsm.EditRequest)
		require.True(t, ok)
		require.NotEqual(t, itsm.Edit{}, asked.Edit, name)
		text, err := json.Marshal(asked)
		require.NoError(t, err)
		var arrived itsm.EditRequest
		require.NoError(t, json.Unmarshal(text, &arrived))
		require.Equal(t, asked, arrived, name)
	}
	require.Equal(t, 7, nullable)
}

func TestARevisionIsReadFromOneStrongTag(t *testing.T) {
	for sent, want := range map[string]int{`"0"`: 0, `"7"`: 7, `"999999999"`: 999_999_999} {
		revision, err := ifMatch(http.Header{"If-Match": {sent}})
		require.NoError(t, err)
		require.Equal(t, want, revision)
		require.Equal(t, sent, etag(want))
	}
	for _, tc := range []struct {
		sent []string
		code string
	}{
		{nil, "record.if_match"},
		{[]string{"*"}, "record.if_match"},
		{[]string{""}, "request.if_match"},
		{[]string{`7`}, "request.if_match"},
		{[]string{`W/"7"`}, "request.if_match"},
		{[]string{`w/"7"`}, "request.if_match"},
		{[]string{`"7", "8"`}, "request.if_match"},
		{[]string{`"7"`, `"8"`}, "request.if_match"},
		{[]string{`"7"`, "*"}, "request.if_match"},
		{[]string{`"07"`}, "request.if_match"},
		{[]string{`"-7"`}, "request.if_match"},
		{[]string{`"٧"`}, "request.if_match"},
		{[]string{`"9999999999"`}, "request.if_match"},
		{[]string{"\"7\"\n"}, "request.if_match"},
	} {
		h := http.Header{}
		if tc.sent != nil {
			h["If-Match"] = tc.sent
		}
		_, err := ifMatch(h)
		require.Equal(t, tc.code, itsm.AsError(err).Code, "%q", tc.sent)
	}
}

// That a record has moved on is for its process to find; how that is said in HTTP
// is the door's.
func TestAnEditOfAnotherRevisionIsAFailedPrecondition(t *testing.T) {
	b := stand(t)
	b.err = itsm.Refuse(itsm.Conflict, "record.moved_on", "CHG-7 is at revision 8 by now.")
	w := b.do(patch(`{"title":"Twice"}`))
	require.Equal(t, http.StatusPreconditionFailed, w.Code)
	p := problemOf(t, w)
	require.Equal(t, []string{"record.moved_on", "Precondition Failed", "CHG-7 is at revision 8 by now."}, []string{p.Code, p.Title, p.Detail})
	require.Empty(t, b.refused, "the desk has noted it")
}

func TestAnEditThatIsBoundToNothingIsNoted(t *testing.T) {
	for _, sent := range []string{"", "*", "7"} {
		b := stand(t)
		w := b.do(patch(`{"title":"Twice"}`, "If-Match", sent))
		code := problemOf(t, w).Code
		require.Equal(t, []string{"editChange " + code}, b.refused)
		require.Equal(t, itsm.PersonID("ana"), b.who.Person)
		require.Empty(t, b.calls)
	}
}

func TestAReadingCarriesTheTagOfItsRevision(t *testing.T) {
	require.Equal(t, `"7"`, stand(t).do(request("GET", "/v1/changes/CHG-42", "")).Header().Get("ETag"))
}

func TestWhoPatchesInAnotherWayIsToldWhichThereAre(t *testing.T) {
	w := stand(t).do(patch(`[]`, "Content-Type", "application/json-patch+json"))
	require.Equal(t, http.StatusUnsupportedMediaType, w.Code)
	require.Equal(t, "application/merge-patch+json, application/json", w.Header().Get("Accept-Patch"))
}
