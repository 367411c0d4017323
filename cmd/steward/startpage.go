package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

var (
	//go:embed startpage.html
	startHTML string
	//go:embed startpage.css
	startCSS string

	startTemplate = template.Must(template.New("start").Parse(startHTML))
)

// place is an address worth knowing.
type place struct{ Name, What, URL string }

// startPage is what the page at /start shows. In production it tells a stranger no
// more than the contract does: neither Temporal's address nor the stand-in's.
type startPage struct {
	API      string
	Slack    string // the stand-in's address; empty: there is none
	Temporal string // the UI's address; empty: unknown, or not for strangers
	Places   []place
	Filters  []place
	Style    template.CSS
}

// SlackAs is the stand-in's page for one of its users.
func (s startPage) SlackAs(user string) string { return s.Slack + "/?as=" + url.QueryEscape(user) }

// newStartPage is the page at /start. slack is the address of the Slack stand-in, if
// there is one.
func newStartPage(c Config, slack string) http.Handler {
	page := startPage{API: c.apiAddress(), Slack: strings.TrimSuffix(slack, "/"), Style: template.CSS(startCSS)} //nolint:gosec // our own file
	if c.Env != Production {
		page.Temporal = strings.TrimSuffix(c.TemporalUIURL, "/")
		page.Filters = savedFilters(page.Temporal)
	}
	page.Places = page.places()
	var body bytes.Buffer
	if err := startTemplate.Execute(&body, page); err != nil {
		panic(fmt.Errorf("start page: %w", err)) // the template and its data are this file's
	}
	digest := sha256.Sum256([]byte(startCSS))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(body.Bytes()) // whoever hung up needs no page
	})
}

func (s startPage) places() []place {
	var places []place
	if s.Slack != "" {
		places = append(places, place{"Slack stand-in", "type commands and press buttons as anybody", s.Slack + "/"})
	}
	if s.Temporal != "" {
		places = append(places, place{"Temporal UI", "every change as a process: who is awaited, and why", s.Temporal})
	}
	return append(places,
		place{"API contract", "OpenAPI, what the API is generated from", "/openapi.yaml"},
		place{"What waits for you", "what is late, and what comes; sign in with a token", "/"},
		place{"Search", "records of all kinds", "/search"},
		place{"Changes", "what waits for you and what you raised", "/changes"},
		place{"Incidents", "the board: what is open, how pressing it is, and what waits for you", "/incidents"},
		place{"Suppliers", "by tier, how they are rated, and what ends when", "/suppliers"},
		place{"Readiness", "what answers and what does not", "/readyz"},
		place{"Metrics", "for Prometheus", "/metrics"},
	)
}

// apiAddress is where people reach the API.
func (c Config) apiAddress() string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	return "http://" + c.HTTPAddr
}

// savedFilters are searches of the Temporal UI that a process owner starts from.
// The UI's address may name a namespace; without one it is the default.
func savedFilters(ui string) []place {
	if ui == "" {
		return nil
	}
	ui = strings.TrimSuffix(ui, "/")
	if !strings.Contains(ui, "/namespaces/") {
		ui += "/namespaces/default"
	}
	filters := []place{
		{Name: "Awaiting approval", URL: "StewardState = 'awaiting_approval'"},
		{Name: "Waiting for Bob", URL: "StewardWaitingFor = 'bob'"},
		{Name: "Being carried out", URL: "StewardState = 'implementing'"},
		{Name: "Failed changes", URL: "StewardOutcome = 'failed'"},
		{Name: "Urgent incidents", URL: "StewardPriority = 'P1' AND ExecutionStatus = 'Running'"},
		{Name: "Missed targets", URL: "StewardBreached = true AND ExecutionStatus = 'Running'"},
		{Name: "Broken processes", URL: "StewardProcess IN ('change', 'incident', 'problem', 'corrective_action', 'supplier', 'contract', 'supplier_review') AND ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut')"},
	}
	for i, f := range filters {
		filters[i].URL = ui + "/workflows?query=" + url.QueryEscape(f.URL)
	}
	return filters
}
