package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// github stands in for GitHub's deployment statuses: it keeps what is posted, and
// can lose an answer after it has.
type github struct {
	mu       sync.Mutex
	statuses []map[string]any
	path     string
	lose     int  // answers to lose
	down     bool // it answers nobody
}

func (g *github) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.path = r.URL.Path
	if g.down {
		http.Error(w, "down", http.StatusBadGateway)
		return
	}
	if r.Method == http.MethodGet {
		_ = json.NewEncoder(w).Encode(g.statuses)
		return
	}
	var status map[string]any
	if err := json.NewDecoder(r.Body).Decode(&status); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	status["id"] = len(g.statuses) + 1
	g.statuses = append(g.statuses, status)
	if g.lose > 0 {
		g.lose--
		panic(http.ErrAbortHandler) // posted, and nobody hears of it
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(status)
}

func (g *github) states() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var states []string
	for _, s := range g.statuses {
		states = append(states, fmt.Sprint(s["state"]))
	}
	return states
}

// deliver posts a deployment to the hook as GitHub does.
func (w *world) deliver(delivery string, payload []byte) response {
	w.t.Helper()
	mac := hmac.New(sha256.New, []byte(testGitHubSecret))
	mac.Write(payload)
	return w.call("", http.MethodPost, "/v1/hooks/github", payload,
		"X-GitHub-Event", "deployment", "X-GitHub-Delivery", delivery, "X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
}

func (g *github) set(down bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = down
}

// deployed is a world that GitHub deploys a repository in.
func deployed(t *testing.T, g *github, repository string, change ...terms) *world {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	w := layWorld(t, append([]terms{soon(time.Hour, 2*time.Hour), func(c *itsm.Catalog) {
		c.GitHub = []itsm.DeploymentRule{{Repository: repository, Environment: "production", Service: "website"}}
	}}, change...)...)
	w.environ = append(w.environ, "STEWARD_GITHUB_API_URL="+server.URL+"/", "STEWARD_GITHUB_TOKEN=ghp_0123456789abcdefghij")
	w.run()
	return w
}

// deploys walks the change that one deployment event raises to its end, and holds
// what GitHub was told against it.
func deploys(t *testing.T, repository string, payload []byte) {
	t.Helper()
	g := &github{lose: 2}
	w := deployed(t, g, repository)

	const delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
	raised := w.deliver(delivery, payload)
	require.Equal(t, http.StatusAccepted, raised.Status, raised.Body)
	n := raised.number()
	again := w.deliver(delivery, payload)
	require.Equal(t, n, again.number(), "one delivery raises one change")
	other := w.deliver("0b989ba4-242f-11e5-81e1-c7b6966d2516", payload)
	require.Equal(t, n, other.number(), "one deployment raises one change, however many hooks tell of it")

	c := w.call("ada", http.MethodGet, "/v1/changes/"+string(n), nil)
	require.Equal(t, "eve", c.Body["requester"], "a stranger's deployment is the service owner's change")
	api := apiDoor{w}
	w.does("approved", api.decide("bob", n, itsm.Approve, ""))
	w.reaches(n, itsm.ChangeScheduled)
	w.does("implementing", api.start("ida", n))
	w.does("closed", api.complete("ida", n, itsm.Successful, "Deployed."))
	w.agree(n)
	require.Equal(t, []string{"pending", "queued", "in_progress", "success"}, g.states(), "in order, and nothing twice")
	require.Contains(t, g.path, "/repos/"+repository+"/deployments/")
}

// deployment is an event as GitHub sends it, cut down to what matters.
var deployment = []byte(`{"action": "created",
	"deployment": {"id": 42, "sha": "0123456789abcdef0123456789abcdef01234567", "ref": "main", "environment": "production"},
	"repository": {"full_name": "example/website"}, "sender": {"login": "somebody"}}`)

func TestADeploymentRaisesAChangeAndHearsOfIt(t *testing.T) {
	deploys(t, "example/website", deployment)
}

// TestADeploymentThatNobodyWeighedIsAssessedFirst: what GitHub tells holds no answer
// about risk, so it counts as the riskiest; GitHub hears that it is pending once.
func TestADeploymentThatNobodyWeighedIsAssessedFirst(t *testing.T) {
	g := &github{}
	w := deployed(t, g, "example/website", tiers(stageOf("Peers", people("bob", "max"), 1), stageOf("Owner", itsm.Group{Role: itsm.ChangeManager}, 1)), assessed)
	const delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
	raised := w.deliver(delivery, deployment)
	require.Equal(t, http.StatusAccepted, raised.Status, raised.Body)
	require.Equal(t, "awaiting_assessment", raised.state())
	n, api := raised.number(), apiDoor{w}
	w.does("awaiting_assessment", api.assess("ida", n, weighed()))
	w.stage(n, 1, 1, "bob")
	again := w.deliver(delivery, deployment)
	require.Equal(t, raised.Body, again.Body, "a delivery that comes again has the answer of the first")
	w.does("awaiting_approval", api.decide("bob", n, itsm.Approve, ""))
	w.stage(n, 1, 2, "max")
	w.does("approved", api.decide("max", n, itsm.Approve, ""))
	w.reaches(n, itsm.ChangeScheduled)
	w.does("implementing", api.start("ida", n))
	w.does("closed", api.complete("ida", n, itsm.Successful, "Deployed."))
	w.agree(n)
	require.Equal(t, []string{"pending", "queued", "in_progress", "success"}, g.states())
}

// TestGitHubBeingDownKeepsNobodyElseWaiting: people are shown what happens, and
// GitHub hears of all of it, in order, once it is back.
func TestGitHubBeingDownKeepsNobodyElseWaiting(t *testing.T) {
	g := &github{down: true}
	w := deployed(t, g, "example/website")
	see := w.slack.Expect(t).Ignore(func(m slackfake.Message) bool { return m.Channel != "C0WEBSITE" })
	n := w.deliver("72d3162e-cc78-11e3-81ab-4c9367dc0958", deployment).number()
	card := see.Message("C0WEBSITE", string(n), "Approve")
	w.does("approved", apiDoor{w}.decide("bob", n, itsm.Approve, ""))
	card = see.Update(card, "Start")
	w.does("implementing", apiDoor{w}.start("ida", n))
	see.Update(card, "Done")
	require.Empty(t, g.states())
	g.set(false)
	w.does("closed", apiDoor{w}.complete("ida", n, itsm.Failed, "It was put back."))
	see.Update(card, "failed")
	w.agree(n)
	require.Equal(t, []string{"pending", "queued", "in_progress", "failure"}, g.states())
}
