package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func TestAnActOnAProblemReachesTheDeskAsItWasMeant(t *testing.T) {
	yes, due := true, noon
	claim := itsm.Claim{Text: "c", Evidence: []itsm.Evidence{{Record: "INC-7", URL: "https://example.com/", Note: "n"}}}
	const said = `{"text":"c","evidence":[{"record":"INC-7","url":"https://example.com/","note":"n"}]}`
	text := itsm.ProblemText{
		Title: "t", Service: "payments", Description: "d", Trigger: itsm.TriggeredByHand,
		Pattern:   &itsm.Pattern{Service: "payments", Category: "c", Symptom: "s", Item: "i"},
		Incidents: []itsm.Number{"INC-7"}, Change: "CHG-4", Follows: "PRB-3",
	}
	var change itsm.ChangeDraft
	require.NoError(t, json.Unmarshal([]byte(draft), &change))
	for _, tc := range []struct {
		path, body, call string
		want             any
	}{
		{
			"", `{"title":"t","service":"payments","description":"d","category":"c","trigger":"manual","incidents":["INC-7"],"change":"CHG-4","follows":"PRB-3",` +
				`"pattern":{"service":"payments","category":"c","symptom":"s","item":"i"},"impact":"high","urgency":"low"}`, "raise problem",
			itsm.ProblemDraft{ProblemText: text, Category: "c", Impact: itsm.HighDegree, Urgency: itsm.LowDegree},
		},
		{"/accept", `{}`, "accept problem", itsm.Acceptance{}},
		{
			"/accept", `{"coordinator":"bob","team":"db","category":"c","impact":"low","urgency":"high","major":true,"note":"n"}`, "accept problem",
			itsm.Acceptance{Coordinator: "bob", Team: "db", Category: "c", Impact: itsm.LowDegree, Urgency: itsm.HighDegree, Major: &yes, Note: "n"},
		},
		{"/decline", `{"note":"n"}`, "decline problem", itsm.NoteRequest{Note: "n"}},
		{"/merge", `{"into":"PRB-3","note":"n"}`, "merge problem", itsm.MergeRequest{Into: "PRB-3", Note: "n"}},
		{"/assign", `{"assignee":"bob","team":"db","note":"n"}`, "assign problem", itsm.Assignment{Assignee: "bob", Team: "db", Note: "n"}},
		{"/links", `{"kind":"found_in","to":"INC-7"}`, "relate problem", itsm.RelateRequest{Kind: itsm.FoundIn, To: "INC-7"}},
		{"/comments", `{"text":"t","reply_to":2}`, "comment on problem", itsm.CommentRequest{Text: "t", ReplyTo: 2}},
		{
			"/task", `{"id":1,"title":"t","owner":"bob","due_at":"2031-03-01T12:00:00Z","state":"done","result":"r"}`, "task of problem",
			itsm.TaskRequest{ID: 1, Title: "t", Owner: "bob", DueAt: &due, State: itsm.TaskDone, Result: "r"},
		},
		{
			"/rca", `{"method":"fault_tree","trigger":` + said + `,"cause":` + said + `,"contributing":[` + said + `],"detection_gap":` + said + `,"known":true}`, "find root cause",
			itsm.RootCauseRequest{Method: itsm.FaultTree, Trigger: &claim, Cause: &claim, Contributing: []itsm.Claim{claim}, DetectionGap: &claim, Known: true},
		},
		{
			"/workaround", `{"title":"t","symptoms":"s","services":["payments"],"workaround":"w","risk":"r","verified_by":"eve"}`, "write workaround",
			itsm.WorkaroundRequest{Title: "t", Symptoms: "s", Services: []itsm.ServiceID{"payments"}, Workaround: "w", Risk: "r", VerifiedBy: "eve"},
		},
		{"/known-error", `{"note":"n"}`, "publish known error", itsm.NoteRequest{Note: "n"}},
		{"/decide", `{"verdict":"reject","note":"n"}`, "decide known error", itsm.DecisionRequest{Verdict: itsm.Reject, Note: "n"}},
		{"/communicate", `{}`, "communicate workaround", itsm.NoteRequest{}},
		{"/fix", `{"change":"CHG-42"}`, "fix problem", itsm.FixRequest{Change: "CHG-42"}},
		{"/fix", `{"draft":` + draft + `}`, "raise fix", change},
		{"/accept-risk", `{"note":"n","expires_at":"2031-03-01T12:00:00Z"}`, "accept risk", itsm.RiskRequest{Note: "n", ExpiresAt: noon}},
		{"/confirm", `{"note":"n"}`, "confirm fix", itsm.NoteRequest{Note: "n"}},
		{
			"/review", `{"went_well":"a","went_wrong":"b","third_parties":"c","follow_up":"d"}`, "review problem",
			itsm.ReviewRequest{WentWell: "a", WentWrong: "b", ThirdParties: "c", FollowUp: "d"},
		},
		{"/close", `{"note":"n"}`, "close problem", itsm.NoteRequest{Note: "n"}},
		{"/reopen", `{"note":"n"}`, "reopen problem", itsm.NoteRequest{Note: "n"}},
		{"/cancel", `{"note":"n"}`, "cancel problem", itsm.Cancellation{Note: "n"}},
	} {
		t.Run(tc.call, func(t *testing.T) {
			b, address, number := stand(t), "/v1/problems/PRB-7"+tc.path, itsm.Number("PRB-7")
			if tc.path == "" {
				address, number = "/v1/problems", ""
			}
			w := b.do(request("POST", address, tc.body, "Idempotency-Key", "key-1"))
			if tc.path == "" {
				require.Equal(t, http.StatusCreated, w.Code, w.Body)
				require.Equal(t, "/v1/problems/PRB-7", w.Header().Get("Location"))
			} else {
				require.Equal(t, http.StatusOK, w.Code, w.Body)
			}
			require.JSONEq(t, `{"number":"PRB-7","state":"investigating","revision":4}`, w.Body.String())
			require.Equal(t, `"4"`, w.Header().Get("ETag"))
			require.Equal(t, []string{tc.call}, b.calls)
			require.Equal(t, tc.want, b.body)
			require.Equal(t, number, b.number)
			require.Equal(t, desk.Caller{Actor: b.actor, Key: "key-1", Source: "192.0.2.1"}, b.who)
			require.True(t, b.deadline, "no act may take for ever")
			require.Empty(t, b.refused)
		})
	}
}

func TestAWorkaroundIsAppliedToAnIncident(t *testing.T) {
	b := stand(t)
	w := b.do(request("POST", "/v1/incidents/INC-7/apply", `{"known_error":"PRB-7"}`, "Idempotency-Key", "key-1"))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, []string{"apply workaround"}, b.calls)
	require.Equal(t, itsm.ApplyRequest{KnownError: "PRB-7"}, b.body)
	require.Equal(t, itsm.Number("INC-7"), b.number)
}

func TestAListOfProblemsAsksForWhatItsQuerySays(t *testing.T) {
	b := stand(t)
	w := b.do(request("GET", "/v1/problems?state=known_error&open=true&priority=P1&service=payments&team=db&mine=true&coordinated=true&waiting=true&limit=7&cursor=abc-_", ""))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, desk.ProblemList{
		State: itsm.ProblemKnownError, Open: true, Priority: itsm.P1, Service: "payments", Team: "db", Mine: true, Coordinated: true, Waiting: true,
		Limit: 7, Cursor: "abc-_",
	}, b.body)
	var page struct {
		Items []itsm.Problem
		Next  string
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
	require.Len(t, page.Items, 1)
	require.Equal(t, "abc-_", page.Next)

	b.do(request("GET", "/v1/problems", ""))
	require.Equal(t, desk.ProblemList{}, b.body)
}

func TestKnownErrorsAreLookedForByWords(t *testing.T) {
	b := stand(t)
	w := b.do(request("GET", "/v1/known-errors?q=card%20refused&limit=5", ""))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, searched{"card refused", 5}, b.body)
	require.Contains(t, w.Body.String(), `"problem":"PRB-7","use":{"count":3,"last":"INC-9"}`)
	b.do(request("GET", "/v1/known-errors", ""))
	require.Equal(t, searched{}, b.body)
}

func TestReadingsOfProblemsSayTheirInstantsInUTC(t *testing.T) {
	b := stand(t)
	for _, address := range []string{
		"/v1/problems", "/v1/problems/PRB-7", "/v1/problems/PRB-7/timeline", "/v1/problems/PRB-7/explain", "/v1/problems/PRB-7/comments",
		"/v1/problems/PRB-7/relations", "/v1/known-errors", "/v1/incidents/INC-7/known-errors",
	} {
		w := b.do(request("GET", address, ""))
		require.Equal(t, http.StatusOK, w.Code, address)
		require.Contains(t, w.Body.String(), `"2031-03-01T12:00:00Z"`)
		require.NotContains(t, w.Body.String(), "+03:00", address)
	}
}

func TestAProblemCarriesTheTagOfItsRevision(t *testing.T) {
	require.Equal(t, `"7"`, stand(t).do(request("GET", "/v1/problems/PRB-7", "")).Header().Get("ETag"))
}

func TestNoListOfAProblemIsNull(t *testing.T) {
	b := stand(t)
	b.plain = true
	w := b.do(request("GET", "/v1/problems/PRB-7", ""))
	require.Contains(t, w.Body.String(), `"clocks":[]`)
	require.NotContains(t, w.Body.String(), "null")
	for _, absent := range []string{"escalation", "publication", "known_error", "root_cause", "fix", "relations", "idle", "watch", "trend"} {
		require.NotContains(t, w.Body.String(), `"`+absent+`"`, "what is not there is not made")
	}
	require.JSONEq(t, `{"items":[]}`, b.do(request("GET", "/v1/me/problems", "")).Body.String())
}

// The faults that the document finds are told as the rules tell them.
func TestTheDocumentRefusesProblemsInTheWordsOfTheRules(t *testing.T) {
	who := itsm.Actor{Person: "pia", Roles: []itsm.Role{itsm.ProblemManager}, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
	long := itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: strings.Repeat("é", itsm.MaxTitle+1), Service: "payments", Change: "x"}, Impact: "huge"}
	long.Trigger = "boredom"
	var p itsm.Problem
	for _, tc := range []struct {
		address, body string
		rule          error
	}{
		{"/v1/problems/PRB-7/decline", `{"note":""}`, p.CheckDecline(who, itsm.NoteRequest{})},
		{"/v1/problems/PRB-7/merge", `{"into":"INC-3","note":"n"}`, p.CheckMerge(who, itsm.MergeRequest{Into: "INC-3", Note: "n"})},
		{"/v1/problems/PRB-7/links", `{"kind":"fixed_by","to":"CHG-3"}`, p.CheckRelate(who, itsm.RelateRequest{Kind: itsm.FixedBy, To: "CHG-3"})},
		{"/v1/problems/PRB-7/task", `{"title":"t","owner":"bob","state":"lost"}`, p.CheckTask(who, itsm.TaskRequest{Title: "t", Owner: "bob", State: "lost"})},
		{"/v1/problems/PRB-7/rca", `{"method":"guess","cause":{"text":"t"}}`, p.CheckRootCause(who, itsm.RootCauseRequest{Method: "guess", Cause: &itsm.Claim{Text: "t"}})},
		{"/v1/problems/PRB-7/rca", `{"method":"timeline","cause":{"text":""}}`, p.CheckRootCause(who, itsm.RootCauseRequest{Method: itsm.TimelineOf, Cause: &itsm.Claim{}})},
		{"/v1/problems/PRB-7/workaround", `{"symptoms":"s","workaround":"","risk":"r","verified_by":"eve"}`, p.CheckWorkaround(who, itsm.WorkaroundRequest{Symptoms: "s", Risk: "r", VerifiedBy: "eve"})},
		{"/v1/problems/PRB-7/accept", `{"urgency":"now"}`, p.CheckAccept(who, itsm.Acceptance{Urgency: "now"})},
		{"/v1/problems/PRB-7/review", `{"went_well":"","went_wrong":""}`, p.CheckReview(who, itsm.ReviewRequest{})},
		{"/v1/problems/PRB-7/confirm", `{"note":""}`, p.CheckConfirm(who, itsm.NoteRequest{})},
		{"/v1/problems/PRB-7/reopen", `{"note":""}`, p.CheckReopen(who, itsm.NoteRequest{})},
		{"/v1/problems/PRB-7/cancel", `{"note":""}`, p.CheckCancel(who, itsm.Cancellation{})},
		{"/v1/problems/PRB-7/close", `{"note":"` + strings.Repeat("n", itsm.MaxNote+1) + `"}`, p.CheckClose(who, itsm.NoteRequest{Note: strings.Repeat("n", itsm.MaxNote+1)})},
		{"/v1/incidents/INC-7/apply", `{"known_error":"INC-3"}`, new(itsm.Incident).CheckApply(who, itsm.ApplyRequest{KnownError: "INC-3"})},
	} {
		saysAsTheRule(t, tc.address, tc.body, tc.rule)
	}
	text, err := json.Marshal(long)
	require.NoError(t, err)
	got, rule := problemOf(t, stand(t).do(request("POST", "/v1/problems", string(text)))), itsm.AsError(long.Check())
	require.Equal(t, rule.Code, got.Code)
	require.Len(t, *got.Errors, len(rule.Fields))
}

// saysAsTheRule sends a body at fault, and holds the answer against what the rule says.
func saysAsTheRule(t *testing.T, address, body string, refused error) {
	t.Helper()
	var rule *itsm.Error
	require.ErrorAs(t, refused, &rule)
	p := problemOf(t, stand(t).do(request("POST", address, body)))
	require.Equal(t, rule.Code, p.Code, address)
	slices.SortFunc(rule.Fields, func(a, b itsm.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	require.Len(t, *p.Errors, len(rule.Fields), address)
	for n, field := range rule.Fields {
		require.Equal(t, field.Pointer, (*p.Errors)[n].Pointer, address)
		if !strings.HasPrefix(field.Message, `"`) { // what people wrote is not repeated here: it may be personal
			require.Equal(t, field.Message, (*p.Errors)[n].Message, address)
		}
	}
}

// What is wrong with a body is nothing to whoever may not send it.
func TestFaultsOfAProblemsBodyAreForThoseWhoMaySendIt(t *testing.T) {
	b := stand(t)
	b.err = itsm.NoSuchRecord("PRB-7")
	acts := []string{
		"accept", "decline", "merge", "assign", "links", "comments", "task", "rca", "workaround", "known-error", "decide", "communicate", "fix",
		"accept-risk", "confirm", "review", "close", "reopen", "cancel",
	}
	for _, act := range acts {
		w := b.do(request("POST", "/v1/problems/PRB-7/"+act, `{"note":7}`))
		require.Equal(t, "record.not_found", problemOf(t, w).Code, act)
	}
	require.Equal(t, slices.Repeat([]string{"problem"}, len(acts)), b.calls)
	require.Empty(t, b.refused, "the desk has noted it")
	b.actor.Roles = []itsm.Role{itsm.Auditor}
	require.Equal(t, "actor.permission", problemOf(t, b.do(request("POST", "/v1/problems", `{"title":7}`))).Code)
	require.Equal(t, []string{"raiseProblem actor.permission"}, b.refused)
}

// The enums and bounds of the document are those of the rules.
func TestTheDocumentKnowsEveryWordOfProblems(t *testing.T) {
	schemas := loaded(t).Components.Schemas
	enum := func(name string) []any { return schemas[name].Value.Enum }
	require.ElementsMatch(t, itsm.ProblemStates, words[itsm.ProblemState](enum("ProblemState")))
	require.ElementsMatch(t, itsm.ProblemTriggers, words[itsm.ProblemTrigger](enum("ProblemTrigger")))
	require.ElementsMatch(t, itsm.ProblemEndings, words[itsm.ProblemEnding](enum("ProblemEnding")))
	require.ElementsMatch(t, itsm.KnownErrorStates, words[itsm.KnownErrorState](enum("KnownErrorState")))
	require.ElementsMatch(t, itsm.TaskStates, words[itsm.TaskState](enum("TaskState")))
	require.ElementsMatch(t, itsm.CauseMethods, words[itsm.CauseMethod](enum("CauseMethod")))
	require.ElementsMatch(t, itsm.Findings, words[itsm.Finding](enum("Finding")))
	for _, at := range []struct {
		schema, property string
		most             uint64
	}{
		{"ProblemDraft", "title", itsm.MaxTitle},
		{"ProblemDraft", "description", itsm.MaxText},
		{"Claim", "text", itsm.MaxNote},
		{"Evidence", "url", itsm.MaxURL},
		{"WorkaroundRequest", "symptoms", itsm.MaxText},
		{"WorkaroundRequest", "workaround", itsm.MaxText},
		{"WorkaroundRequest", "risk", itsm.MaxNote},
		{"TaskRequest", "result", itsm.MaxNote},
		{"RiskRequest", "note", itsm.MaxNote},
		{"ReviewRequest", "went_well", itsm.MaxNote},
		{"MergeRequest", "note", itsm.MaxNote},
		{"Acceptance", "note", itsm.MaxNote},
		{"Declination", "note", itsm.MaxNote},
		{"Publication", "note", itsm.MaxNote},
		{"Communication", "note", itsm.MaxNote},
		{"FixConfirmation", "note", itsm.MaxNote},
		{"Closure", "note", itsm.MaxNote},
	} {
		require.Equal(t, at.most, *schemas[at.schema].Value.Properties[at.property].Value.MaxLength, "%s.%s", at.schema, at.property)
	}
	for _, at := range []struct {
		schema, property string
		most             uint64
	}{
		{"ProblemDraft", "incidents", itsm.MaxProblemIncidents},
		{"RootCauseRequest", "contributing", itsm.MaxContributing},
		{"Claim", "evidence", itsm.MaxEvidence},
		{"WorkaroundRequest", "services", itsm.MaxKnownErrorServices},
		{"Problem", "tasks", itsm.MaxTasks},
	} {
		require.Equal(t, at.most, *schemas[at.schema].Value.Properties[at.property].Value.MaxItems, "%s.%s", at.schema, at.property)
	}
}

func TestTheExamplesOfProblemsAreTrue(t *testing.T) {
	var p itsm.Problem
	var e itsm.Explanation
	var fix itsm.ChangeDraft
	example(t, "/v1/problems/{number}", &p)
	example(t, "/v1/problems/{number}/explain", &e)
	example(t, "/v1/problems/{number}/fix-draft", &fix)
	require.Equal(t, p.Priority, new(itsm.IncidentPolicy).Weigh(p.Impact, p.Urgency))
	for _, c := range p.Clocks {
		reckoned, err := c.Reckon(itsm.AroundTheClock, p.Since)
		require.NoError(t, err)
		require.Equal(t, reckoned, c, "the clock of its %s", c.Kind)
	}
	want := p.Explain()
	asks := itsm.Actor{Person: p.Reporter, Roles: []itsm.Role{itsm.Requester}, Scopes: []itsm.Scope{itsm.ScopeWrite}}
	want.Acts = p.ActsFor(asks, p.Since)
	require.Equal(t, explanationInUTC(want), explanationInUTC(e))
	require.Equal(t, p.FixDraft(), fix)
}
