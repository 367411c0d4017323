package api

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func TestAListOfRecordsAsksForWhatItsQuerySays(t *testing.T) {
	b := stand(t)
	w := b.do(request("GET", "/v1/records?kind=incident&state=on_hold&service=payments&mine=true&assigned=true&open=true&late=true&week=true&limit=7&cursor=abc", ""))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, desk.RecordList{
		Kind: itsm.KindIncident, State: "on_hold", Service: "payments", Mine: true, Assigned: true, Open: true, Late: true, Week: true,
		Limit: 7, Cursor: "abc",
	}, b.body)
	require.Contains(t, w.Body.String(), `"next":"abc-_"`)
	b.do(request("GET", "/v1/records", ""))
	require.Equal(t, desk.RecordList{}, b.body)
}

func TestRecordsAreLookedForByWords(t *testing.T) {
	b := stand(t)
	w := b.do(request("GET", "/v1/search?q=cards+-shop&kind=problem&open=true&limit=3", ""))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, lookedFor{itsm.SearchRequest{Words: "cards -shop", Kind: itsm.KindProblem, Open: true}, 3}, b.body)
	require.Contains(t, w.Body.String(), `"more":true`)
	for _, wrong := range []string{"", "?q=", "?q=x", "?q=" + strings.Repeat("x", 201), "?q=ab&kind=car", "?q=ab&limit=51", "?q=ab&limit=0", "?q=ab&open=perhaps", "?q=ab&x=1"} {
		w := b.do(request("GET", "/v1/search"+wrong, ""))
		require.GreaterOrEqual(t, w.Code, 400, wrong)
		require.Less(t, w.Code, 500, wrong)
	}
}

func TestReadingsOfRecordsSayTheirInstantsInUTC(t *testing.T) {
	b := stand(t)
	for _, address := range []string{
		"/v1/records", "/v1/records/INC-7", "/v1/records/INC-7/timeline", "/v1/records/INC-7/graph", "/v1/search?q=cards", "/v1/me/waiting",
	} {
		w := b.do(request("GET", address, ""))
		require.Equal(t, http.StatusOK, w.Code, address)
		require.Contains(t, w.Body.String(), `"2031-03-01T12:00:00Z"`, address)
		require.NotContains(t, w.Body.String(), "+03:00", address)
	}
	require.Equal(t, `"4"`, b.do(request("GET", "/v1/records/INC-7", "")).Header().Get("ETag"))
}

func TestAGraphIsJSONOrADrawing(t *testing.T) {
	b := stand(t)
	for _, tc := range []struct{ query, accept, kind string }{
		{"", "", "application/json"},
		{"", "*/*", "application/json"},
		{"", "application/json, image/svg+xml", "application/json"},
		{"", "image/svg+xml", "image/svg+xml"},
		{"", "text/html, Image/SVG+XML;q=0.9, */*;q=0.8", "image/svg+xml"},
		{"?format=json", "image/svg+xml", "application/json"},
		{"?format=svg", "application/json", "image/svg+xml"},
		{"?format=svg&depth=3", ";;;,,%", "image/svg+xml"},
	} {
		r := request("GET", "/v1/records/INC-7/graph"+tc.query, "")
		r.Header.Set("Accept", tc.accept)
		w := b.do(r)
		require.Equal(t, http.StatusOK, w.Code, w.Body)
		require.Equal(t, tc.kind, w.Header().Get("Content-Type"), tc)
		if tc.kind == "image/svg+xml" {
			require.NoError(t, xml.Unmarshal(w.Body.Bytes(), new(struct{ XMLName xml.Name })))
			require.Contains(t, w.Body.String(), `href="/changes/CHG-42"`)
			require.NotContains(t, w.Body.String(), "<refused>")
			require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
		}
	}
	require.Equal(t, 3, b.body)
	for _, wrong := range []string{"?depth=0", "?depth=4", "?depth=x", "?format=png", "?format="} {
		require.Equal(t, http.StatusUnprocessableEntity, b.do(request("GET", "/v1/records/INC-7/graph"+wrong, "")).Code, wrong)
	}
	require.Equal(t, http.StatusUnprocessableEntity, b.do(request("GET", "/v1/records/inc-7/graph", "")).Code)
}

func TestTheDocumentKnowsEveryWordOfRecords(t *testing.T) {
	schemas := loaded(t).Components.Schemas
	require.ElementsMatch(t, itsm.RecordKinds, words[itsm.RecordKind](schemas["RecordKind"].Value.Enum))
	require.ElementsMatch(t, itsm.Tones, words[itsm.Tone](schemas["Tone"].Value.Enum))
	require.Equal(t, uint64(itsm.MaxGraphNodes), *schemas["Graph"].Value.Properties["nodes"].Value.MaxItems)
	require.ElementsMatch(t, itsm.RecordStates, words[itsm.State](schemas["RecordState"].Value.Enum))
	search := loaded(t).Paths.Value("/v1/search").Get.Parameters.GetByInAndName("query", "q").Schema.Value
	require.Equal(t, []uint64{itsm.MinSearch, itsm.MaxSearch}, []uint64{search.MinLength, *search.MaxLength})
	depth := loaded(t).Paths.Value("/v1/records/{number}/graph").Get.Parameters.GetByInAndName("query", "depth").Schema.Value
	require.InDelta(t, itsm.MaxGraphDepth, *depth.Max, 0)
}
