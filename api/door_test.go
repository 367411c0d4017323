package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

const (
	goodToken   = "stw_good_token"
	liveSecret  = "the secret that is live"
	otherSecret = "the secret that is new"
)

var noon = time.Date(2031, 3, 1, 12, 0, 0, 0, time.UTC)

// clerk is the scripted desk: it gives the answers it was told to give, and keeps
// what it was asked.
type clerk struct {
	actor   itsm.Actor
	err     error // what every act and reading comes to
	often   error // what Allow says
	panics  any
	unready bool
	plain   bool // risk decides nothing

	mu       sync.Mutex
	calls    []string
	who      desk.Caller
	deadline bool
	ended    error // why the context had ended
	body     any   // what the act was asked with
	number   itsm.Number
	refused  []string // action and code of what the door refused by itself
	people   []itsm.Person
}

func (k *clerk) asked(ctx context.Context, call string, who desk.Caller, n itsm.Number, body any) (itsm.Receipt, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, k.deadline = ctx.Deadline()
	k.ended = ctx.Err()
	k.calls, k.who, k.number, k.body = append(k.calls, call), who, n, body
	if k.panics != nil {
		panic(k.panics)
	}
	if _, err := json.Marshal(body); err != nil {
		return itsm.Receipt{}, err // as it would on the way to the process
	}
	return itsm.Receipt{Number: "CHG-42", State: itsm.State(itsm.ChangeAwaiting), Revision: 2}, k.err
}

func (k *clerk) TokenActor(_ context.Context, token, _ string) (itsm.Actor, error) {
	if token != goodToken {
		return itsm.Actor{}, itsm.Refuse(itsm.Unauthenticated, "token.wrong", "That token is not valid.")
	}
	return k.actor, nil
}

func (k *clerk) Allow(context.Context, desk.Caller, string) error { return k.often }

func (k *clerk) Refused(_ context.Context, who desk.Caller, action string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.who, k.refused = who, append(k.refused, action+" "+itsm.AsError(err).Code)
}

func (k *clerk) RaiseChange(ctx context.Context, who desk.Caller, d itsm.ChangeDraft) (itsm.Receipt, error) {
	return k.asked(ctx, "raise", who, "", d)
}

func (k *clerk) DecideChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return k.asked(ctx, "decide", who, n, r)
}

func (k *clerk) StartChange(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error) {
	return k.asked(ctx, "start", who, n, nil)
}

func (k *clerk) CompleteChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error) {
	return k.asked(ctx, "complete", who, n, r)
}

func (k *clerk) CancelChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return k.asked(ctx, "cancel", who, n, r)
}

func (k *clerk) AssessChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assessment) (itsm.Receipt, error) {
	return k.asked(ctx, "assess", who, n, r)
}

func (k *clerk) RetractVote(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error) {
	return k.asked(ctx, "retract", who, n, nil)
}

func (k *clerk) DelegateChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DelegationRequest) (itsm.Receipt, error) {
	return k.asked(ctx, "delegate", who, n, r)
}

func (k *clerk) ReassignChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reassignment) (itsm.Receipt, error) {
	return k.asked(ctx, "reassign", who, n, r)
}

func (k *clerk) EditChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EditRequest) (itsm.Receipt, error) {
	return k.asked(ctx, "edit", who, n, r)
}

func (k *clerk) LinkChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Link) (itsm.Receipt, error) {
	return k.asked(ctx, "link", who, n, r)
}

func (k *clerk) CommentOnChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return k.asked(ctx, "comment", who, n, r)
}

func (k *clerk) HoldChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.asked(ctx, "hold", who, n, r)
}

func (k *clerk) ResumeChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.asked(ctx, "resume", who, n, r)
}

func (k *clerk) WithdrawChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.asked(ctx, "withdraw", who, n, r)
}

func (k *clerk) PreviewChange(ctx context.Context, who desk.Caller, d itsm.ChangeDraft) (itsm.Preview, error) {
	_, err := k.asked(ctx, "preview", who, "", d)
	if k.plain {
		return itsm.Preview{Stages: []itsm.Opening{{Stage: 1, Of: 1, Name: "Approval", Panels: []itsm.Panel{{Name: "Approvers", Need: 1}}}}}, err
	}
	return fullPreview(), err
}

func (k *clerk) Comments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	_, err := k.asked(ctx, "comments", who, n, nil)
	return []itsm.Comment{fullComment()}, err
}

func (k *clerk) IntakeOf(ctx context.Context, kind, key, source string) (desk.Intake, error) {
	_, err := k.asked(ctx, "intake "+kind, desk.Caller{Source: source}, "", key)
	return desk.Intake{ID: "K1", Name: "prometheus", Services: []itsm.ServiceID{"payments"}}, err
}

func (k *clerk) TakeAlerts(ctx context.Context, in desk.Intake, alerts []itsm.Alert) (desk.Taken, error) {
	_, err := k.asked(ctx, "alerts of "+in.Name, desk.Caller{}, "", alerts)
	return desk.Taken{Raised: len(alerts), Numbers: []itsm.Number{"INC-7"}}, err
}

func (k *clerk) RaiseForDeployment(ctx context.Context, in itsm.Deployment, sender, source string) (itsm.Receipt, error) {
	return k.asked(ctx, "deployment "+sender, desk.Caller{Source: source}, "", in)
}

func (k *clerk) Change(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Change, error) {
	_, err := k.asked(ctx, "change", who, n, nil)
	return fullChange(), err
}

func (k *clerk) Changes(ctx context.Context, who desk.Caller, list desk.ChangeList) (desk.ChangePage, error) {
	_, err := k.asked(ctx, "changes", who, "", list)
	return desk.ChangePage{Items: []itsm.Change{fullChange()}, Next: "abc-_"}, err
}

func (k *clerk) Timeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	_, err := k.asked(ctx, "timeline", who, n, nil)
	return []itsm.Event{fullEvent()}, err
}

func (k *clerk) ExplainChange(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	_, err := k.asked(ctx, "explain", who, n, nil)
	return fullExplanation(), err
}

func (k *clerk) WaitingChanges(ctx context.Context, who desk.Caller) ([]itsm.Change, error) {
	_, err := k.asked(ctx, "waiting", who, "", nil)
	return nil, err
}

func (k *clerk) Services(ctx context.Context, who desk.Caller) ([]itsm.Service, error) {
	_, err := k.asked(ctx, "services", who, "", nil)
	return []itsm.Service{{
		ID: "payments", Name: "Payments", Owner: "max", Team: "payments", Channel: "C0PAYMENTS",
		Criticality: itsm.High, Restricted: true,
	}}, err
}

func (k *clerk) People(ctx context.Context, who desk.Caller) ([]itsm.Person, error) {
	_, err := k.asked(ctx, "people", who, "", nil)
	return k.people, err
}

func (k *clerk) Ready(context.Context) ([]desk.Check, bool) {
	return []desk.Check{{Name: "redis", Detail: "It is gone."}}, !k.unready
}

// bench is a door with a clerk behind it and its log and metrics at hand.
type bench struct {
	http.Handler
	*clerk
	log *bytes.Buffer
}

func stand(t testing.TB, set ...func(*Config)) *bench {
	t.Helper()
	registry, log := prometheus.NewRegistry(), &bytes.Buffer{}
	cfg := Config{
		Metrics: registry, Registerer: registry, Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:           func() time.Time { return noon },
		GitHubSecrets: []string{liveSecret, otherSecret},
		StartPage:     http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "welcome") }),
	}
	for _, f := range set {
		f(&cfg)
	}
	scopes := []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}
	k := &clerk{actor: itsm.Actor{Person: "ana", Roles: []itsm.Role{itsm.Requester}, Scopes: scopes, Door: itsm.DoorAPI}}
	h, err := open(cfg, k)
	require.NoError(t, err)
	return &bench{h, k, log}
}

// quiet keeps no log, for those who ask a great many times.
func quiet(c *Config) { c.Log = slog.New(slog.DiscardHandler) }

// request builds a good request to m address, with what the pairs of headers add.
// An empty value takes a header away.
func request(m, address, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(m, address, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+goodToken)
	r.Header.Set("X-Correlation-Id", "test-correlation")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Del(headers[i]); headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	return r
}

func (b *bench) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

func problemOf(t testing.TB, w *httptest.ResponseRecorder) Refusal {
	t.Helper()
	var p Refusal
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), w.Body.String())
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.Equal(t, w.Code, p.Status)
	require.Equal(t, "/problems/"+p.Code, p.Type)
	return p
}

const draft = `{"type":"normal","title":"Enlarge it","service":"payments","plan":"Resize.","backout_plan":"Fail back.",` +
	`"window":{"start":"2031-03-01T22:00:00Z","end":"2031-03-02T01:00:00Z"}}`
