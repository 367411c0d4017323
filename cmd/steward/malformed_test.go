package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var seed = flag.Uint64("seed", 20000, "of the malformed requests")

// malformed is how many requests are made, and how many at a time.
const (
	malformedRequests = 10_000
	malformedAtOnce   = 8
	senders           = 40 // people who send them, so that no one's limit answers for the program
)

// TestTenThousandMalformedRequests sends what nobody should through every door of
// the program on real servers, and then looks whether it is as whole as before.
func TestTenThousandMalformedRequests(t *testing.T) {
	logs := new(func() string)
	t.Cleanup(func() { calm(t, (*logs)()) }) // after the program has stopped
	w := newWorld(t, threeWays, withCrowd, onCall, withInvestigators, withBetterers, withDealers)
	*logs = w.logs.String
	m := newMaker(w)
	told := slices.Concat(m.numbers, m.incidents, m.problems, m.correctives, m.suppliers, m.contracts)
	t.Logf("seed %d", *seed)

	b := &book{counts: map[string]map[string]int{}, raised: map[string]bool{}}
	began := time.Now()
	b.fire(t, w.listener.Addr().String(), m)
	t.Logf("%d requests in %s", malformedRequests, time.Since(began).Round(time.Millisecond))
	b.print(t)
	for _, f := range b.faults[:min(20, len(b.faults))] {
		t.Errorf("an answer that must not be: %s", f)
	}
	reached := malformedRequests - b.turnedAway
	assert.GreaterOrEqual(t, reached, malformedRequests*6/10, "too few requests came past the doormen")
	w.serves(t)
	m.whole(t, b, told)
	w.chainHolds()
}

// threeWays is a policy in which any approver, two of them, or two stages decide
// after an assessment.
func threeWays(c *itsm.Catalog) {
	approvers := itsm.Group{Role: itsm.Approver}
	c.Change = itsm.ChangePolicy{Tiers: []itsm.Tier{
		{Risk: itsm.RiskLow, Stages: []itsm.Stage{stageOf("Peers", approvers, 1)}},
		{Risk: itsm.RiskMedium, Stages: []itsm.Stage{stageOf("Peers", approvers, 2)}},
		{Risk: itsm.RiskHigh, Assessment: true, Stages: []itsm.Stage{stageOf("Peers", people("bob", "eve"), 1), stageOf("Manager", people("max"), 1)}},
	}}
}

func newMaker(w *world) *maker {
	m := &maker{Rand: rand.New(rand.NewPCG(*seed, *seed)), world: w, seeds: fuzzSeeds(w.t), routes: slices.Concat(routes, problemRoutes, correctiveRoutes, supplierRoutes)}
	for who := range senders {
		m.people = append(m.people, fmt.Sprintf("U0F%02d", who))
	}
	m.people = append(m.people, "U0ANA", "U0BOB", "U0EVE", "U0MAX", "U0IDA", "U0ADA", "U0ROOT")
	for i := range 12 {
		each := []int{itsm.MinRisk, itsm.MinRisk, 3, itsm.MaxRisk}[i%4]
		n := w.raise("ana", weighs(each))
		m.numbers = append(m.numbers, string(n))
		switch at := "/v1/changes/" + string(n); i % 4 {
		case 0:
			w.asks("bob", at+"/decisions", map[string]any{"verdict": "approve"})
			w.reaches(n, itsm.ChangeScheduled)
			if i == 0 {
				w.asks("ida", at+"/start", nil)
			}
		case 2: // of two, one has voted, and somebody has a question
			w.asks("bob", at+"/decisions", map[string]any{"verdict": "approve"})
			w.asks("bob", at+"/comments", map[string]any{"text": "Who watches it?", "question": true})
		case 3:
			if i == 3 { // the others wait to be assessed
				w.asks("ida", at+"/assessment", weighed())
			}
		}
	}
	m.hook = deploymentEvent(w.t)
	m.keys = map[string]string{"alertmanager": w.intake("alertmanager", "website"), "events": w.intake("events", "website")}
	for _, walk := range []string{"", "acknowledge", "assign", "acknowledge hold", "acknowledge ask", "resolve", "resolve reopen", "resolve confirm", "cancel"} {
		n := w.report()
		for word := range strings.FieldsSeq(walk) {
			w.handles(n, word, "")
		}
		m.incidents = append(m.incidents, string(n))
	}
	m.investigated()
	m.bettered()
	m.dealt()
	return m
}

// deploymentEvent is GitHub's, for a service of the example; its id is to be filled in.
func deploymentEvent(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../api/testdata/github/deployment.json")
	require.NoError(t, err)
	var event map[string]map[string]any
	_ = json.Unmarshal(text, &event) // the action is no object, and filled in below
	event["repository"]["full_name"], event["deployment"]["id"] = "example/website", "@@id@@"
	text, err = json.Marshal(map[string]any{
		"action": "created", "deployment": event["deployment"], "repository": event["repository"], "sender": event["sender"],
	})
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), `"@@id@@"`, "@@id@@")
}

// shoot makes the next request; how often each kind comes is in the cases.
func (m *maker) shoot() shot {
	switch n := m.IntN(100); {
	case n < 26:
		return m.badBody()
	case n < 36:
		return m.badPath()
	case n < 46:
		return m.badQuery()
	case n < 57:
		return m.badHeader()
	case n < 61:
		return m.badHook()
	case n < 66:
		return m.badAlert()
	case n < 76:
		return m.badCommand()
	case n < 86:
		return m.badInteraction()
	case n < 90:
		return m.badEvent()
	case n < 95:
		return m.badSignature()
	default:
		return m.replayed()
	}
}

// book is what came of the requests.
type book struct {
	mu         sync.Mutex
	counts     map[string]map[string]int // by family and answer
	raised     map[string]bool           // numbers that somebody was told
	faults     []string
	turnedAway int
}

func (b *book) fire(t *testing.T, address string, m *maker) {
	shots := make(chan shot)
	var all sync.WaitGroup
	for range malformedAtOnce {
		all.Go(func() {
			for s := range shots {
				status, body, err := send(address, s)
				b.note(s, status, body, err)
			}
		})
	}
	for range malformedRequests {
		select {
		case shots <- m.shoot():
		case <-t.Context().Done():
		}
	}
	close(shots)
	all.Wait()
}

// send writes a request as it is and reads the answer.
func send(address string, s shot) (status int, body string, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(40 * time.Second)); err != nil {
		return 0, "", err
	}
	go func() {
		_, _ = c.Write(s.wire()) // an early answer may close the line
		if half, ok := c.(*net.TCPConn); ok && s.half {
			_ = half.CloseWrite()
		}
	}()
	lines := bufio.NewReader(c)
	for {
		r, err := http.ReadResponse(lines, &http.Request{Method: s.method})
		if err != nil {
			return 0, "", err
		}
		if r.StatusCode < 200 {
			_ = r.Body.Close() // it has none
			continue
		}
		text, err := io.ReadAll(r.Body)
		_ = r.Body.Close() // the line is closed with it
		if len(text) > 0 && s.method == http.MethodHead {
			err = fmt.Errorf("a body for HEAD")
		}
		return r.StatusCode, string(text), err
	}
}

var (
	inProblem = regexp.MustCompile(`"code":"([a-z_.]+)"`)
	inBlocks  = regexp.MustCompile("`([a-z_]+\\.[a-z_]+)`")
	inErrors  = regexp.MustCompile(`\(([a-z_]+\.[a-z_]+)\)`)
	inRecord  = regexp.MustCompile(`"((?:CHG|INC|PRB|CAR|SUP|CON)-\d+)",(?:"revision":[12],)?"state":"`) // it may have been logged meanwhile
	inWords   = regexp.MustCompile(`You (?:raised|reported|recorded) ([A-Z]+-\d+)|([A-Z]+-\d+) is raised`)
)

func (b *book) note(s shot, status int, body string, err error) {
	code := ""
	for _, form := range []*regexp.Regexp{inProblem, inBlocks, inErrors} {
		if m := form.FindStringSubmatch(body); m != nil && code == "" && (form != inProblem || status >= 400) {
			code = " " + m[1]
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.counts[s.family] == nil {
		b.counts[s.family] = map[string]int{}
	}
	answer := fmt.Sprint(status) + code
	switch {
	case status == 0:
		answer = "none"
	case strings.Contains(body, `"response_action":"errors"`) && code == "":
		answer += " (faults by field)"
	case strings.Contains(body, `"response_action":"update"`):
		answer += " (done)"
	case strings.Contains(body, `"response_type"`) && code == "":
		answer += " (said)"
	}
	b.counts[s.family][answer]++
	if status == http.StatusUnauthorized || status == http.StatusTooManyRequests {
		b.turnedAway++
	}
	if faulty(status, body, err) {
		b.faults = append(b.faults, fmt.Sprintf("%s: %d %v %.300s\n%.1500q", s.family, status, err, body, s.wire()))
	}
	if s.family == "slack signature" && status < 300 {
		b.faults = append(b.faults, fmt.Sprintf("it was taken for Slack's: %.1500q", s.wire()))
	}
	fixes := status == http.StatusOK && strings.HasSuffix(s.target, "/fix") && strings.Contains(body, `"CHG-`) // with a change of its own
	if said := inRecord.FindStringSubmatch(body); said != nil && (fixes || status == http.StatusCreated || status == http.StatusAccepted) {
		b.raised[said[1]] = true
	}
	b.hears(body)
}

// hears notes what a text to a person says that he raised.
func (b *book) hears(text string) {
	for _, said := range inWords.FindAllStringSubmatch(text, -1) {
		b.raised[said[1]+said[2]] = true
	}
}

// faulty tells an answer that must not be. Two 5xx are right, and the HTTP library's
// own: for a transfer coding and for a version of HTTP that it does not speak.
func faulty(status int, body string, err error) bool {
	switch {
	case status == http.StatusNotImplemented && body == "Unsupported transfer encoding",
		status == http.StatusHTTPVersionNotSupported && strings.HasPrefix(body, "505 HTTP Version Not Supported"):
		return false
	case errors.Is(err, syscall.ECONNRESET): // it was closed before all of it was sent, and perhaps before the answer was read
		return status >= 500
	}
	return status >= 500 || err != nil
}

func (b *book) print(t *testing.T) {
	for _, family := range slices.Sorted(maps.Keys(b.counts)) {
		var row []string
		sum := 0
		for _, answer := range slices.Sorted(maps.Keys(b.counts[family])) {
			row, sum = append(row, fmt.Sprintf("%s ×%d", answer, b.counts[family][answer])), sum+b.counts[family][answer]
		}
		t.Logf("%-17s %5d: %s", family, sum, strings.Join(row, ", "))
	}
	t.Logf("%d raised a record, %d were turned away with 401 or 429", len(b.raised), b.turnedAway)
}

// serves asks for something good, and expects it at once.
func (w *world) serves(t *testing.T) {
	began := time.Now()
	a := w.call("ada", http.MethodGet, "/v1/changes?limit=5", nil)
	assert.Equal(t, http.StatusOK, a.Status, a.Body)
	assert.Less(t, time.Since(began), time.Second)
	assert.Equal(t, http.StatusOK, w.call("", http.MethodGet, "/readyz", nil).Status)
}

// whole looks for what was begun and not ended.
func (m *maker) whole(t *testing.T, b *book, told []string) {
	t.Helper()
	none := func(what, query string) {
		t.Helper()
		var n int
		m.eventually(what, func() bool {
			require.NoError(t, m.owner.Pool().QueryRow(t.Context(), "SELECT count(*) FROM "+query).Scan(&n))
			return n == 0
		})
	}
	none("deliveries of Slack that nobody answered", "slack_inbox WHERE answered_at IS NULL")
	none("askings without an answer", "idempotency WHERE status = 0")
	none("changes that were raised and not opened", "changes WHERE state = 'raised'")
	none("incidents that were reported and not prioritised", "incidents WHERE state = 'new'")
	none("problems that were raised and not logged", "problems WHERE state = 'new'")
	none("corrective actions that were raised and not logged", "corrective_actions WHERE state = 'new'")
	for _, kind := range []string{"suppliers", "contracts", "supplier_reviews"} {
		none(kind+" that were recorded and not taken up", kind+" WHERE state = 'new'")
	}
	none("alerts that nothing was done about", "alert_incidents WHERE state = 'raising'")
	for _, kind := range []string{"changes", "incidents", "problems", "corrective_actions", "suppliers", "contracts", "supplier_reviews"} {
		none(kind+" whose events have a gap", kind+` c WHERE revision <> (SELECT count(*) FROM events e WHERE e.number = c.number)
			OR revision <> (SELECT max(revision) FROM events e WHERE e.number = c.number)`)
		none(kind+" that are not where their last event left them", kind+` c JOIN events e USING (number, revision) WHERE c.state <> e.to_state`)
	}
	none("decisions without an event, or the other way round", `(SELECT number, revision FROM decisions) d
		FULL JOIN (SELECT number, revision FROM events WHERE kind IN ('change.voted', 'change.stage_passed', 'change.approved', 'change.rejected',
			'known_error.voted', 'known_error.approved', 'known_error.rejected',
			'corrective_plan.voted', 'corrective_plan.approved', 'corrective_plan.rejected',
			'contract_decision.voted', 'contract_decision.approved', 'contract_decision.rejected')) e USING (number, revision)
		WHERE d.number IS NULL OR e.number IS NULL`)
	none("events that are not audited once, as what they were", `events e WHERE 1 <> (SELECT count(*) FROM audit_entries a WHERE (a.subject, a.revision) = (e.number, e.revision)
		AND a.outcome = 'done' AND a.actor = e.actor AND a.action = e.kind AND a.act_id = e.act_id)`)
	none("comments that are not audited once, as what they were", `comments c WHERE 1 <> (SELECT count(*) FROM audit_entries a WHERE a.subject = c.number
		AND a.facts->>'comment' = c.id::text AND a.outcome = 'done' AND a.actor = c.by_person AND a.act_id = c.act_id)`)
	none("comments with a gap", `(SELECT number FROM comments GROUP BY number HAVING count(*) <> max(id)) gaps`)
	none("votes taken back that nobody gave", `events e WHERE kind = 'change.vote_withdrawn'
		AND NOT EXISTS (SELECT FROM decisions d WHERE d.number = e.number AND d.person = e.actor AND d.revision < e.revision)`)
	none("changes that wait for a decision with no stage open", `changes WHERE state = 'awaiting_approval' AND (approval->'opening'->>'round') IS DISTINCT FROM (approval->>'round')`)
	none("audit entries of no event", `audit_entries a WHERE outcome = 'done' AND revision > 0 AND NOT EXISTS (SELECT FROM events e WHERE (e.number, e.revision) = (a.subject, a.revision))`)

	var happened string
	require.NoError(t, m.owner.Pool().QueryRow(t.Context(), `SELECT string_agg(kind || ' ×' || n, ', ' ORDER BY kind) FROM (
		SELECT kind, count(*) AS n FROM events GROUP BY kind UNION ALL SELECT 'a ' || kind, count(*) FROM comments GROUP BY kind) k`).Scan(&happened))
	t.Logf("on record: %s", happened)

	found, err := m.owner.Pool().Query(t.Context(), "SELECT number FROM changes UNION ALL SELECT number FROM incidents WHERE reporter <> 'monitoring' UNION ALL SELECT number FROM problems WHERE reporter <> 'monitoring' UNION ALL SELECT number FROM corrective_actions WHERE reporter <> 'monitoring' UNION ALL SELECT number FROM suppliers UNION ALL SELECT number FROM contracts")
	require.NoError(t, err)
	defer found.Close()
	var kept []string
	for found.Next() {
		var n string
		require.NoError(t, found.Scan(&n))
		kept = append(kept, n)
	}
	for _, n := range told { // of a corrective action "is raised" also tells where it stands
		b.raised[n] = true
	}
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		for _, who := range m.people {
			for _, said := range m.slack.Messages(who) {
				b.hears(said.Text)
			}
		}
		assert.ElementsMatch(c, slices.Collect(maps.Keys(b.raised)), kept, "what somebody was told is raised, late as it may be, and what is on record")
	}, 30*time.Second, 50*time.Millisecond)
}

// known are errors that the log should hold: an event that Slack signed, and a
// person whom Slack does not know.
var known = []string{"slack took something away from the app", "nobody can be told what came of a delivery of slack"}

// calm reads the program's log: it panicked nowhere, and nothing failed on our side.
func calm(t *testing.T, logs string) {
	for line := range strings.Lines(logs) {
		expected := slices.ContainsFunc(known, func(message string) bool { return strings.Contains(line, message) })
		if strings.Contains(line, "panic") || strings.Contains(line, `"level":"ERROR"`) && !expected {
			t.Errorf("the program's log: %.2000s", line)
		}
	}
}
