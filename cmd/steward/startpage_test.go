package main

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func startPageOf(c Config, slack string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	newStartPage(c, slack).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w
}

func TestTheStartPageListsTheAddresses(t *testing.T) {
	c := Config{Env: Development, HTTPAddr: "127.0.0.1:8080", TemporalUIURL: "http://127.0.0.1:8233"}
	body := startPageOf(c, "http://127.0.0.1:8090").Body.String()
	for _, want := range []string{
		`href="http://127.0.0.1:8090/?as=U0ANA"`, `href="http://127.0.0.1:8090/?as=U0BOB"`, `href="http://127.0.0.1:8233"`,
		`href="/openapi.yaml"`, `href="/readyz"`, `href="/metrics"`, `href="/changes"`, "http://127.0.0.1:8080/v1/changes",
		"/namespaces/default/workflows?query=StewardState",
	} {
		require.Contains(t, body, want)
	}
	require.NotContains(t, body, "ZgotmplZ", "the template found every value safe")
}

func TestTheStartPageNeedsNothingFromElsewhere(t *testing.T) {
	w := startPageOf(Config{Env: Development, TemporalUIURL: "http://ui.test"}, "http://slack.test")
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	require.NotRegexp(t, `(?i)<script|<link|<img|\bsrc=|@import|url\(| style=| on[a-z]+=`, w.Body.String())

	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(w.Body.String())[1]
	digest := sha256.Sum256([]byte(style))
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "'sha256-"+base64.StdEncoding.EncodeToString(digest[:])+"'",
		"the policy lets through the very style that is served")
}

func TestAStrangerInProductionLearnsNoInnerAddress(t *testing.T) {
	c := Config{Env: Production, PublicURL: "https://steward.corp/", TemporalUIURL: "https://temporal.inner.corp"}
	body := startPageOf(c, "").Body.String()
	require.NotContains(t, body, "inner.corp")
	require.NotContains(t, body, "stand-in")
	require.Contains(t, body, "https://steward.corp/v1/changes")
}

func TestSavedFiltersAreQueries(t *testing.T) {
	require.Empty(t, savedFilters(""))
	for _, f := range savedFilters("https://ui.test/namespaces/steward/") {
		u, err := url.Parse(f.URL)
		require.NoError(t, err)
		require.Equal(t, "/namespaces/steward/workflows", u.Path)
		require.True(t, strings.HasPrefix(u.Query().Get("query"), "Steward"), f.URL)
	}
}
