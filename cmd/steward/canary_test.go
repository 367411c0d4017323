package main

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/itsm"
)

// TestWhatPeopleWriteStaysWithThem plants a word wherever the contract lets people
// write, walks changes to their ends through acceptance and refusal, and looks for
// the word where it has no business: in Temporal, logs, metrics and refusals.
func TestWhatPeopleWriteStaysWithThem(t *testing.T) {
	w := newWatched(t, "STEWARD_ENCRYPTION_KEYS=k1:3b1f0e5d7c9a8b6f4e2d1c0b9a8f7e6d5c4b3a2918070605f4e3d2c1b0a99887")
	w.walk()
	for place, found := range w.inTemporal() {
		assert.Empty(t, found, place)
	}
	w.nowhereElse()
}

// TestWithoutKeysTheWordIsFound is the control: the test above would see a leak.
func TestWithoutKeysTheWordIsFound(t *testing.T) {
	w := newWatched(t)
	w.walk()
	found := w.inTemporal()
	for _, place := range []string{"history", "history as JSON", "description", "database"} {
		require.NotEmpty(t, found[place], place)
	}
	require.Contains(t, strings.Join(found["history"], "\n"), enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED.String(), "why an attempt failed")
	w.nowhereElse()
}

// watched is a world in which a word was planted.
type watched struct {
	*world

	canary   *canary
	refusals []string // every body of one
	numbers  []itsm.Number
}

func newWatched(t *testing.T, settings ...string) *watched {
	t.Helper()
	// Eve is named in no stage, so that Bob can delegate to her.
	w := &watched{canary: newCanary(t), world: layWorld(t, tiers(stageOf("Approval", people("bob", "max"), 1)), assessed, onCall, answerable, betterers, supplied)}
	w.environ = append(append(w.environ, "STEWARD_LOG_LEVEL=debug"), settings...)
	w.run()
	w.slack.Fail("chat.postMessage", fault.Refuse(w.canary.slack))
	return w
}

// assessed asks for an assessment of all that may be.
func assessed(c *itsm.Catalog) {
	for i := range c.Change.Tiers {
		c.Change.Tiers[i].Assessment = c.Change.Tiers[i].Risk == itsm.RiskHigh
	}
}

// walk goes every way that a person's words can go, and says so.
func (w *watched) walk() {
	carried, cancelled, rejected := w.raised(nil), w.raised(nil), w.raised(nil)
	w.refusedFirst(carried)
	w.discussed(carried)
	w.accepted(w.ask("bob", "decideChange", carried, approves))
	w.reaches(carried, itsm.ChangeScheduled)
	w.accepted(w.ask("max", "reassignChange", carried, map[string]any{"assignee": "ida"}))
	w.accepted(w.ask("ida", "startChange", carried, nil))
	w.accepted(w.ask("ida", "completeChange", carried, map[string]any{"result": "failed"}))
	w.refused(http.StatusConflict, w.ask("eve", "decideChange", carried, approves))

	w.refused(http.StatusForbidden, w.ask("ida", "cancelChange", cancelled, nil))
	w.accepted(w.ask("ana", "cancelChange", cancelled, nil))
	w.refused(http.StatusConflict, w.ask("ana", "cancelChange", cancelled, nil))
	w.accepted(w.ask("bob", "decideChange", rejected, map[string]any{"verdict": "reject", "content_hash": nil, "for": nil}))
	w.assessed()
	w.spoken()

	w.deployed()
	w.handled()
	w.investigated()
	w.bettered()
	w.bought()
	w.alerted()
	w.parameters(carried)
	missing := slices.DeleteFunc(w.canary.fields(), func(f string) bool { return w.canary.planted[f] })
	require.Empty(w.t, missing, "people can write here, and no word was planted")
	for _, n := range w.numbers[:5] {
		w.eventually(string(n)+" is over, and everybody told", func() bool {
			d, err := w.temporal.DescribeWorkflowExecution(w.t.Context(), string(n), "")
			require.NoError(w.t, err)
			return d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
		})
	}
}

var approves = map[string]any{"verdict": "approve", "content_hash": nil, "for": nil}

// discussed goes through all that people do and say while a change waits.
func (w *watched) discussed(n itsm.Number) {
	w.accepted(w.ask("bob", "commentOnChange", n, map[string]any{"question": true}))
	w.accepted(w.ask("ana", "commentOnChange", n, map[string]any{"reply_to": 1}))
	w.accepted(w.ask("ida", "commentOnChange", n, nil))
	w.accepted(w.ask("ana", "linkChange", n, nil))
	w.accepted(w.ask("ana", "holdChange", n, nil))
	w.accepted(w.ask("max", "resumeChange", n, nil))
	w.accepted(w.ask("bob", "delegateChange", n, map[string]any{"to": "eve", "from": nil}))
	w.accepted(w.ask("bob", "delegateChange", n, map[string]any{"to": "bob", "from": nil}))
	for i := range 2 { // so that each effect is told and denied
		read := w.call("ana", http.MethodGet, "/v1/changes/"+string(n), nil)
		w.accepted(w.ask("ana", "editChange", n, map[string]any{"window": nil, "backout_minutes": i + 1}, "If-Match", read.Header.Get("ETag")))
		w.eventually("its stage is open", func() bool { return w.knows(n).Approval.Opening.Round == w.knows(n).Approval.Round })
	}
}

// assessed weighs a change twice, so that each effect is told and denied, and
// withdraws it.
func (w *watched) assessed() {
	n := w.raised(map[string]any{"assessment": nil})
	w.accepted(w.ask("ida", "assessChange", n, nil))
	w.refused(http.StatusConflict, w.ask("ida", "assessChange", n, nil))
	for range 2 {
		w.accepted(w.ask("ana", "previewChange", "", map[string]any{"type": "normal", "service": "website", "window": nil}))
	}
	w.accepted(w.ask("ana", "withdrawChange", n, nil))
}

// spoken plants the word in Slack: in what is typed, understood or not, and in forms.
func (w *watched) spoken() {
	n, word, bob := w.raised(nil), w.canary.word, slackID("bob")
	for _, text := range []string{
		"comment # " + word, "ask # " + word, "delegate # @" + word, "link # https://" + word + ".example.com", "abstain # " + word, "retract #", "hold # " + word,
		"assign # " + word, "resume # " + word, "reject #", "approve " + word, word, word + " #", "list " + word, "explain " + word, "new " + word,
	} {
		_, err := w.slack.Command(w.t.Context(), bob, "C0GENERAL", "/change", strings.ReplaceAll(text, "#", string(n)))
		require.NoError(w.t, err)
	}
	for _, text := range []string{word, "search " + word, "list " + word, "graph # " + word, "timeline " + word, "link # https://" + word + ".example.com"} {
		_, err := w.slack.Command(w.t.Context(), bob, "C0GENERAL", "/itsm", strings.ReplaceAll(text, "#", string(n)))
		require.NoError(w.t, err)
	}
	d := slackDoor{w.world}
	for _, act := range []struct{ what, block string }{{"edit", "plan"}, {"edit", "links"}, {"hold", "note"}, {"cancel", "note"}} {
		d.fills("ana", act.what+" "+string(n), map[string]string{act.block: word})
	}
}

func (w *watched) raised(given map[string]any) itsm.Number {
	all := map[string]any{"type": "normal", "service": "website", "window": nil}
	maps.Copy(all, given)
	a := w.ask("ana", "raiseChange", "", all)
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	w.numbers = append(w.numbers, a.number())
	return a.number()
}

// refusedFirst tries what each guard turns away: the contract, the desk, and the
// process itself.
func (w *watched) refusedFirst(n itsm.Number) {
	w.refused(http.StatusUnprocessableEntity, w.ask("ana", "raiseChange", "", map[string]any{"type": "normal", "window": nil}))
	w.refused(http.StatusUnprocessableEntity, w.ask("ana", "raiseChange", "", map[string]any{
		"type": "normal", "service": "website", "window": nil, "title": strings.Repeat(w.canary.word, 10),
	}))
	w.refused(http.StatusUnprocessableEntity, w.ask("ana", "raiseChange", "", map[string]any{
		"type": "normal", "service": "website", "window": map[string]any{"start": w.canary.word, "end": w.canary.word},
	}))
	w.refused(http.StatusUnprocessableEntity, w.ask("bob", "decideChange", n, map[string]any{"verdict": w.canary.word}))
	w.refused(http.StatusConflict, w.ask("bob", "decideChange", n, map[string]any{"verdict": "approve"}))
	w.refused(http.StatusForbidden, w.ask("ana", "decideChange", n, map[string]any{"verdict": "reject", "content_hash": nil}))
	w.refused(http.StatusConflict, w.ask("ida", "completeChange", n, map[string]any{"result": "failed"}))
	w.refused(http.StatusUnprocessableEntity, w.ask("bob", "delegateChange", n, nil))
	w.refused(http.StatusForbidden, w.ask("bob", "delegateChange", n, map[string]any{"to": "eve"}))
	w.refused(http.StatusUnprocessableEntity, w.ask("max", "reassignChange", n, nil))
	w.refused(http.StatusPreconditionFailed, w.ask("ana", "editChange", n, map[string]any{"window": nil}, "If-Match", `"1"`))
	w.refused(http.StatusPreconditionRequired, w.ask("ana", "editChange", n, map[string]any{"window": nil}))
	w.refused(http.StatusUnprocessableEntity, w.ask("ana", "linkChange", n, map[string]any{"url": w.canary.word}))
	w.refused(http.StatusConflict, w.ask("ana", "resumeChange", n, nil))
	w.refused(http.StatusForbidden, w.ask("bob", "withdrawChange", n, nil))
	for _, broken := range []string{`{"title": "` + w.canary.word + `"`, `{"plan": ` + w.canary.word + `}`} {
		w.refused(http.StatusBadRequest, w.heard(w.call("ana", http.MethodPost, "/v1/changes", []byte(broken), "Content-Type", "application/json")))
	}
	w.refused(http.StatusUnauthorized, w.heard(w.call("", http.MethodGet, "/v1/changes", nil, "Authorization", "Bearer "+w.canary.word)))
}

// deployed raises a change by GitHub's hook, whose words are people's too.
func (w *watched) deployed() {
	text, err := json.Marshal(map[string]any{
		"action": "created",
		"deployment": map[string]any{
			"id": 7, "sha": w.canary.hash[:40], "ref": w.canary.word, "environment": "production",
			"description": w.canary.word, "payload": map[string]any{"said": w.canary.word},
		},
		"repository": map[string]any{"full_name": "example/website"}, "sender": map[string]any{"login": w.canary.word},
	})
	require.NoError(w.t, err)
	a := w.deliver(w.canary.parameter(githubHook, "X-GitHub-Delivery"), text)
	require.Equal(w.t, http.StatusAccepted, a.Status, a.Body)
	w.numbers = append(w.numbers, a.number())
	w.heard(w.call("", http.MethodPost, "/v1/hooks/github", text, "Content-Type", "application/json",
		"X-GitHub-Event", w.canary.parameter(githubHook, "X-GitHub-Event"), "X-GitHub-Delivery", w.canary.word,
		"X-Hub-Signature-256", w.canary.parameter(githubHook, "X-Hub-Signature-256")))
}

// ask performs an operation with every field filled, and remembers a refusal.
func (w *watched) ask(who itsm.PersonID, operation string, n itsm.Number, given map[string]any, header ...string) response {
	w.t.Helper()
	method, path, o := w.canary.find(operation)
	var body any
	if o.RequestBody != nil {
		body = w.canary.body(operation, given)
	}
	of, period, _ := strings.Cut(string(n), "/")
	return w.heard(w.call(who, method, strings.NewReplacer("{number}", of, "{period}", cmp.Or(period, "2031-Q4")).Replace(path), body, header...))
}

func (w *watched) heard(a response) response {
	w.t.Helper()
	if a.Status >= http.StatusBadRequest {
		text, err := json.Marshal(a.Body)
		require.NoError(w.t, err)
		w.refusals = append(w.refusals, string(text))
	}
	return a
}

func (w *watched) accepted(a response) {
	w.t.Helper()
	require.Equal(w.t, http.StatusOK, a.Status, a.Body)
}

func (w *watched) refused(status int, a response) {
	w.t.Helper()
	require.Equal(w.t, status, a.Status, a.Body)
}

// shows reports whether a text holds the word, as it is or encoded.
func (c *canary) shows(text string, more ...string) bool {
	for _, word := range append(more, c.word, c.hash) {
		if strings.Contains(text, word) || strings.Contains(text, hex.EncodeToString([]byte(word))) {
			return true
		}
		for shift := range 3 { // base64 looks different at each place in a group of three
			part := []byte(word)[shift:]
			if strings.Contains(text, base64.StdEncoding.EncodeToString(part[:len(part)/3*3])) {
				return true
			}
		}
	}
	return false
}

// inTemporal lists where in Temporal the word is found, by place.
func (w *watched) inTemporal() map[string][]string {
	ctx, found := w.t.Context(), map[string][]string{}
	see := func(place, what, text string) {
		found[place] = slices.Clip(found[place])
		if w.canary.shows(text, w.canary.slack) {
			found[place] = append(found[place], what)
		}
	}
	look := func(place, what string, m proto.Message) {
		raw, err := proto.Marshal(m)
		require.NoError(w.t, err)
		see(place, what, string(raw))
		see(place+" as JSON", what, protojson.Format(m))
	}
	events := 0
	for _, n := range w.numbers {
		history := w.temporal.GetWorkflowHistory(ctx, string(n), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for ; history.HasNext(); events++ {
			e, err := history.Next()
			require.NoError(w.t, err)
			look("history", string(n)+" "+e.GetEventType().String(), e)
		}
		d, err := w.temporal.DescribeWorkflowExecution(ctx, string(n), "")
		require.NoError(w.t, err)
		require.NotEmpty(w.t, d.GetWorkflowExecutionInfo().GetSearchAttributes().GetIndexedFields())
		require.NotNil(w.t, d.GetExecutionConfig().GetUserMetadata().GetSummary(), "the summary is there, to be looked at")
		look("description", string(n), d)
	}
	list, err := w.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 100})
	require.NoError(w.t, err)
	look("list", "", list)
	for name, text := range w.files("temporal*.db*") {
		see("database", name, text)
	}
	w.t.Logf("looked through %d events of %d histories", events, len(w.numbers))
	return found
}

// files are the server's own, by name.
func (w *watched) files(pattern string) map[string]string {
	all, err := filepath.Glob(filepath.Join(stacktest.Stack(w.t).Dir, "temporal", pattern))
	require.NoError(w.t, err)
	require.NotEmpty(w.t, all)
	out := map[string]string{}
	for _, name := range all {
		text, err := os.ReadFile(name)
		if !os.IsNotExist(err) { // a journal comes and goes
			require.NoError(w.t, err)
		}
		out[name] = string(text)
	}
	return out
}

// nowhereElse looks where the word must not be found, keys or no keys.
func (w *watched) nowhereElse() {
	logs := map[string]string{"the program": w.logs.String()}
	for _, part := range []devstack.Part{devstack.PartTemporal, devstack.PartPostgres, devstack.PartRedis} {
		text, err := os.ReadFile(stacktest.Stack(w.t).Log(part))
		require.NoError(w.t, err)
		logs[string(part)] = string(text)
	}
	require.Contains(w.t, logs["the program"], `"msg":"request"`, "the log is there, to be looked at")
	for _, name := range slices.Sorted(maps.Keys(logs)) {
		for line := range strings.Lines(logs[name]) {
			assert.False(w.t, w.canary.shows(line), "the log of %s: %s", name, line)
		}
	}
	metrics := w.metrics()
	require.Contains(w.t, metrics, "steward_")
	for line := range strings.Lines(metrics) {
		assert.False(w.t, w.canary.shows(line), "metrics: %s", line)
	}
	require.NotEmpty(w.t, w.refusals)
	for _, text := range w.refusals {
		assert.False(w.t, w.canary.shows(text), "a refusal: %s", text)
	}
}

func (w *watched) metrics() string {
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+"/metrics", nil)
	require.NoError(w.t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return string(text)
}
