package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

// world is the whole program on real servers, with a database and a Temporal
// namespace of its own, and people who use it.
type world struct {
	*program

	t        *testing.T
	slack    *slackfake.Server
	url      string
	listener net.Listener
	at       temporalAt
	environ  []string // the settings
	owner    *db.Store
	tokens   map[itsm.PersonID]string
	logs     *journal
}

var worlds atomic.Int64

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// terms changes the catalog of a world for one test.
type terms func(*itsm.Catalog)

// simple is the example's catalog with its first people, whom the tests know by
// name, and without tiers: any one approver decides. Nobody is called for an incident
// there, and time counts around the clock.
func simple(c *itsm.Catalog) {
	c.People, c.Teams = c.People[:7], c.Teams[:2]
	c.Calendars, c.Delegations = nil, nil
	c.Rotations, c.Escalations, c.AlertRules, c.Incident = nil, nil, nil, itsm.IncidentPolicy{}
	c.Problem = itsm.ProblemPolicy{Without: []itsm.ProblemTrigger{itsm.TriggeredByTrend, itsm.TriggeredByPriority, itsm.TriggeredByChange}}
	c.Corrective = itsm.CorrectivePolicy{}
	for i := range c.Services {
		c.Services[i].Escalation, c.Services[i].Incidents = "", ""
	}
	c.Change = itsm.ChangePolicy{
		Approvers: itsm.Approver, RemindAfter: itsm.Duration(4 * time.Hour), ExpireAfter: itsm.Duration(24 * time.Hour),
	}
}

// soon makes a policy whose reminder and expiry can be waited for.
func soon(remind, expire time.Duration) terms {
	return func(c *itsm.Catalog) {
		c.Change.RemindAfter, c.Change.ExpireAfter = itsm.Duration(remind), itsm.Duration(expire)
	}
}

func newWorld(t *testing.T, change ...terms) *world {
	t.Helper()
	w := layWorld(t, change...)
	w.run()
	return w
}

// layWorld readies all that a program needs, and leaves it to others to run one.
func layWorld(t *testing.T, change ...terms) *world {
	t.Helper()
	n := worlds.Add(1)
	w := &world{t: t, tokens: make(map[itsm.PersonID]string), logs: &journal{}}
	stack := stacktest.Stack(t)
	database := dbtest.New(t)
	c := exampleCatalog(t)
	simple(&c)
	for _, f := range change {
		f(&c)
	}
	w.open(database, c)
	var err error
	w.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w.url = "http://" + w.listener.Addr().String()
	w.slack = slackfake.New(slackfake.Config{
		SigningSecret: testSigningSecret, BotToken: testBotToken, TeamID: standInTeam, AppURL: w.url,
		Users: slackUsers(c), Channels: slackChannels(c),
	})
	slackURL := w.slack.Listen(t)
	w.at = temporalAt{address: stack.TemporalAddress, namespace: fmt.Sprintf("world-%d", n)}
	w.environ = []string{
		"STEWARD_ENV=development", "STEWARD_DATABASE_URL=" + database,
		fmt.Sprintf("STEWARD_REDIS_URL=%s?db=%d", stack.RedisURL, n%16), // limits of its own
		"STEWARD_HTTP_ADDR=" + w.listener.Addr().String(), "STEWARD_PUBLIC_URL=" + w.url,
		"STEWARD_SLACK_API_URL=" + slackURL + "/api/", "STEWARD_SLACK_BOT_TOKEN=" + testBotToken,
		"STEWARD_SLACK_SIGNING_SECRET=" + testSigningSecret, // the team is learnt from the token
		"STEWARD_ACT_KEYS=9f1c2b7a64d05e83b1aa47c90de36f5828c1f7743b0e92d6a5580c31f9e47b6d",
		"STEWARD_AUDIT_DIRS=" + filepath.Join(t.TempDir(), "anchors"), "STEWARD_AUDIT_KEY_FILE=" + filepath.Join(t.TempDir(), "anchor.key"),
		"STEWARD_GITHUB_WEBHOOK_SECRET=" + testGitHubSecret,
	}
	return w
}

// run runs the program in this process, until the test ends.
func (w *world) run() {
	w.t.Helper()
	config, err := LoadConfig(w.environ, Serve)
	require.NoError(w.t, err)
	w.program, err = newProgram(w.t.Context(), config, w.at, slog.New(slog.NewJSONHandler(w.logs, &slog.HandlerOptions{Level: config.LogLevel})))
	require.NoError(w.t, err)
	require.NoError(w.t, prepareTemporal(w.t.Context(), w.temporal, w.namespace))
	w.begin(w.listener)
}

const (
	testSigningSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	testBotToken      = "xoxb-1234567890-abcdefghijkl"
	testGitHubSecret  = "It's a Secret to Everybody"
)

func exampleCatalog(t *testing.T) itsm.Catalog {
	t.Helper()
	text, err := os.ReadFile("../../deploy/catalog.example.yaml")
	require.NoError(t, err)
	c, err := catalog.Parse("catalog.example.yaml", text)
	require.NoError(t, err)
	return c
}

// open readies the database: a catalog, and a token for everybody in it.
func (w *world) open(database string, c itsm.Catalog) {
	w.t.Helper()
	var err error
	w.owner, err = db.Open(w.t.Context(), database, db.Owner, 4)
	require.NoError(w.t, err)
	w.t.Cleanup(w.owner.Close)
	_, _, err = w.owner.ApplyCatalog(w.t.Context(), c, catalog.Digest(c), "test")
	require.NoError(w.t, err)
	for _, p := range c.People {
		w.tokens[p.ID] = w.token(p.ID, itsm.ScopeRead, itsm.ScopeWrite)
	}
}

func (w *world) token(p itsm.PersonID, scopes ...itsm.Scope) string {
	w.t.Helper()
	made, text, err := token.New(rand.Reader)
	require.NoError(w.t, err)
	err = w.owner.CreateToken(w.t.Context(), db.Token{
		ID: made.ID, Person: p, SecretSHA256: token.Hash(made.Secret), Scopes: scopes, ExpiresAt: time.Now().Add(time.Hour),
	}, "test")
	require.NoError(w.t, err)
	return text
}

// begin runs every part until the test ends.
func (w *world) begin(l net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return w.runWorker(ctx) })
	g.Go(func() error { return w.seal(ctx) })
	g.Go(func() error { return w.serve(ctx, l) })
	w.t.Cleanup(func() {
		cancel()
		if err := g.Wait(); err != nil {
			w.t.Errorf("the program ended badly: %v", err)
		}
		_ = w.close()
		if w.t.Failed() {
			w.t.Logf("the program's log:\n%s", w.logs)
		}
	})
}

// response is what the API said.
type response struct {
	Status int
	Header http.Header
	Body   map[string]any
}

func (a response) code() string { c, _ := a.Body["code"].(string); return c }

func (a response) detail() string { d, _ := a.Body["detail"].(string); return d }

func (a response) state() string { s, _ := a.Body["state"].(string); return s }

func (a response) number() itsm.Number { n, _ := a.Body["number"].(string); return itsm.Number(n) }

// call asks the API as a person.
func (w *world) call(who itsm.PersonID, method, path string, body any, header ...string) response {
	w.t.Helper()
	var reader io.Reader
	if raw, as := body.([]byte); as {
		reader = bytes.NewReader(raw)
	} else if body != nil {
		text, err := json.Marshal(body)
		require.NoError(w.t, err)
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, reader)
	require.NoError(w.t, err)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if t, ok := w.tokens[who]; ok {
		r.Header.Set("Authorization", "Bearer "+t)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	a := response{Status: resp.StatusCode, Header: resp.Header, Body: map[string]any{}}
	text, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	if len(text) > 0 {
		require.NoError(w.t, json.Unmarshal(text, &a.Body), string(text))
	}
	return a
}

// raise raises a change through the API.
func (w *world) raise(who itsm.PersonID, change ...func(map[string]any)) itsm.Number {
	w.t.Helper()
	body := map[string]any{
		"type": "normal", "title": "Rotate the certificates", "service": "website",
		"plan": "Rotate them one by one.", "backout_plan": "Put the old ones back.",
	}
	for _, f := range change {
		f(body)
	}
	a := w.call(who, http.MethodPost, "/v1/changes", body)
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	return a.number()
}

// eventually waits for what the program does by itself.
func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	require.Eventually(w.t, is, 30*time.Second, 50*time.Millisecond, what)
}

// reaches waits until a change comes to a state.
func (w *world) reaches(n itsm.Number, s itsm.ChangeState) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("%s becomes %s", n, s), func() bool {
		return w.call("ada", http.MethodGet, "/v1/changes/"+string(n), nil).state() == string(s)
	})
}
