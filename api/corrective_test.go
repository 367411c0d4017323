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

func TestAnActOnACorrectiveActionReachesTheDeskAsItWasMeant(t *testing.T) {
	due := noon
	rests := []itsm.Evidence{{Record: "INC-7", URL: "https://example.com/", Note: "n"}}
	claim := itsm.Claim{Text: "c", Evidence: rests}
	const evidence = `[{"record":"INC-7","url":"https://example.com/","note":"n"}]`
	for _, tc := range []struct {
		path, body, call string
		want             any
	}{
		{
			"", `{"title":"t","nonconformity":"n","correction":"c","service":"payments","raised_by":"problem","source":"PRB-7","severity":"critical","owner":"bob"}`,
			"raise corrective action",
			itsm.CorrectiveDraft{
				CorrectiveText: itsm.CorrectiveText{
					Title: "t", Nonconformity: "n", Correction: "c", Service: "payments", RaisedBy: itsm.RaisedByProblem, Source: "PRB-7",
				},
				Severity: itsm.SeverityCritical, Owner: "bob",
			},
		},
		{"/acknowledge", `{"note":"n"}`, "acknowledge corrective action", itsm.NoteRequest{Note: "n"}},
		{"/assign", `{"assignee":"bob","team":"db","note":"n"}`, "assign corrective action", itsm.Assignment{Assignee: "bob", Team: "db", Note: "n"}},
		{"/links", `{"kind":"acts_on","to":"INC-7"}`, "relate corrective action", itsm.RelateRequest{Kind: itsm.ActsOn, To: "INC-7"}},
		{"/comments", `{"text":"t","reply_to":2}`, "comment on corrective action", itsm.CommentRequest{Text: "t", ReplyTo: 2}},
		{
			"/rca", `{"method":"ishikawa","cause":{"text":"c","evidence":` + evidence + `},"known":true}`, "find cause of corrective action",
			itsm.RootCauseRequest{Method: itsm.Ishikawa, Cause: &claim, Known: true},
		},
		{
			"/plan", `{"against":1,"steps":[{"title":"t","owner":"bob","due_at":"2031-03-01T12:00:00Z"}],"measure":"m","similar":"s","verify_after":"2031-03-01T12:00:00Z","note":"n"}`,
			"plan corrective action",
			itsm.PlanRequest{
				Against: 1, Steps: []itsm.PlanStep{{Title: "t", Owner: "bob", DueAt: noon}}, Measure: "m", Similar: "s", VerifyAfter: &due, Note: "n",
			},
		},
		{"/decide", `{"verdict":"reject","note":"n"}`, "decide plan of corrective action", itsm.DecisionRequest{Verdict: itsm.Reject, Note: "n"}},
		{
			"/step", `{"id":1,"owner":"eve","due_at":"2031-03-01T12:00:00Z","state":"done","result":"r","evidence":` + evidence + `}`, "step of corrective action",
			itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: 1, Owner: "eve", DueAt: &due, State: itsm.TaskDone, Result: "r"}, Evidence: rests},
		},
		{"/implement", `{"note":"n"}`, "implement corrective action", itsm.NoteRequest{Note: "n"}},
		{
			"/verify", `{"result":"not_effective","note":"n","evidence":` + evidence + `}`, "verify corrective action",
			itsm.VerificationRequest{Result: itsm.NotEffective, Note: "n", Evidence: rests},
		},
		{"/withdraw", `{"note":"n"}`, "withdraw corrective action", itsm.NoteRequest{Note: "n"}},
	} {
		t.Run(tc.call, func(t *testing.T) {
			b, address, number := stand(t), "/v1/corrective-actions/CAR-3"+tc.path, itsm.Number("CAR-3")
			if tc.path == "" {
				address, number = "/v1/corrective-actions", ""
			}
			w := b.do(request("POST", address, tc.body, "Idempotency-Key", "key-1"))
			if tc.path == "" {
				require.Equal(t, http.StatusCreated, w.Code, w.Body)
				require.Equal(t, "/v1/corrective-actions/CAR-3", w.Header().Get("Location"))
			} else {
				require.Equal(t, http.StatusOK, w.Code, w.Body)
			}
			require.JSONEq(t, `{"number":"CAR-3","state":"planned","revision":4}`, w.Body.String())
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

func TestAListOfCorrectiveActionsAsksForWhatItsQuerySays(t *testing.T) {
	b := stand(t)
	w := b.do(request("GET", "/v1/corrective-actions?state=planned&open=true&severity=major&service=payments&team=db&source=PRB-7&mine=true&owned=true&waiting=true&limit=7&cursor=abc-_", ""))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, desk.CorrectiveList{
		State: itsm.CorrectivePlanned, Open: true, Severity: itsm.SeverityMajor, Service: "payments", Team: "db", Source: "PRB-7", Mine: true, Owned: true,
		Waiting: true, Limit: 7, Cursor: "abc-_",
	}, b.body)
	var page struct {
		Items []itsm.CorrectiveAction
		Next  string
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
	require.Len(t, page.Items, 1)
	require.Equal(t, "abc-_", page.Next)

	b.do(request("GET", "/v1/corrective-actions", ""))
	require.Equal(t, desk.CorrectiveList{}, b.body)
}

func TestReadingsOfCorrectiveActionsSayTheirInstantsInUTC(t *testing.T) {
	b := stand(t)
	for _, path := range []string{"", "/CAR-3", "/CAR-3/timeline", "/CAR-3/explain", "/CAR-3/comments", "/CAR-3/relations"} {
		w := b.do(request("GET", "/v1/corrective-actions"+path, ""))
		require.Equal(t, http.StatusOK, w.Code, path)
		require.Contains(t, w.Body.String(), `"2031-03-01T12:00:00Z"`)
		require.NotContains(t, w.Body.String(), "+03:00", path)
	}
}

func TestACorrectiveActionCarriesTheTagOfItsRevision(t *testing.T) {
	require.Equal(t, `"7"`, stand(t).do(request("GET", "/v1/corrective-actions/CAR-3", "")).Header().Get("ETag"))
}

func TestNoListOfACorrectiveActionIsNull(t *testing.T) {
	b := stand(t)
	b.plain = true
	w := b.do(request("GET", "/v1/corrective-actions/CAR-3", ""))
	require.Contains(t, w.Body.String(), `"clocks":[]`)
	require.NotContains(t, w.Body.String(), "null")
	for _, absent := range []string{"escalation", "acceptance", "plan", "root_cause", "steps", "relations", "verification"} {
		require.NotContains(t, w.Body.String(), `"`+absent+`"`, "what is not there is not made")
	}
	require.JSONEq(t, `{"items":[]}`, b.do(request("GET", "/v1/me/corrective-actions", "")).Body.String())
}

// The faults that the document finds are told as the rules tell them.
func TestTheDocumentRefusesCorrectiveActionsInTheWordsOfTheRules(t *testing.T) {
	who := itsm.Actor{Person: "kim", Roles: []itsm.Role{itsm.QualityManager}, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
	var c itsm.CorrectiveAction
	for _, tc := range []struct {
		path, body string
		rule       error
	}{
		{"links", `{"kind":"fixed_by","to":"CHG-3"}`, c.CheckRelate(who, itsm.RelateRequest{Kind: itsm.FixedBy, To: "CHG-3"})},
		{"rca", `{"method":"guess","cause":{"text":"t"}}`, c.CheckCause(who, itsm.RootCauseRequest{Method: "guess", Cause: &itsm.Claim{Text: "t"}})},
		{"withdraw", `{"note":""}`, c.CheckWithdraw(who, itsm.NoteRequest{})},
		{"verify", `{"result":"maybe","note":"n","evidence":[{"note":"n"}]}`, c.CheckVerify(who, itsm.VerificationRequest{Result: "maybe", Note: "n", Evidence: []itsm.Evidence{{Note: "n"}}})},
		{"implement", `{"note":"` + strings.Repeat("n", itsm.MaxNote+1) + `"}`, c.CheckImplement(who, itsm.NoteRequest{Note: strings.Repeat("n", itsm.MaxNote+1)})},
	} {
		saysAsTheRule(t, "/v1/corrective-actions/CAR-3/"+tc.path, tc.body, tc.rule)
	}
	long := itsm.CorrectiveDraft{CorrectiveText: itsm.CorrectiveText{Title: strings.Repeat("é", itsm.MaxTitle+1), Service: "payments", Source: "x"}, Severity: "huge"}
	text, err := json.Marshal(long)
	require.NoError(t, err)
	got, rule := problemOf(t, stand(t).do(request("POST", "/v1/corrective-actions", string(text)))), itsm.AsError(long.Check())
	require.Equal(t, rule.Code, got.Code)
	require.Len(t, *got.Errors, len(rule.Fields))
}

// What is wrong with a body is nothing to whoever may not send it.
func TestFaultsOfACorrectiveActionsBodyAreForThoseWhoMaySendIt(t *testing.T) {
	b := stand(t)
	b.err = itsm.NoSuchRecord("CAR-3")
	acts := []string{"acknowledge", "assign", "links", "comments", "rca", "plan", "decide", "step", "implement", "verify", "withdraw"}
	for _, act := range acts {
		w := b.do(request("POST", "/v1/corrective-actions/CAR-3/"+act, `{"note":7}`))
		require.Equal(t, "record.not_found", problemOf(t, w).Code, act)
	}
	require.Equal(t, slices.Repeat([]string{"corrective action"}, len(acts)), b.calls)
	require.Empty(t, b.refused, "the desk has noted it")
	b.actor.Roles = []itsm.Role{itsm.Auditor}
	require.Equal(t, "actor.permission", problemOf(t, b.do(request("POST", "/v1/corrective-actions", `{"title":7}`))).Code)
	require.Equal(t, []string{"raiseCorrectiveAction actor.permission"}, b.refused)
}

// The enums and bounds of the document are those of the rules.
func TestTheDocumentKnowsEveryWordOfCorrectiveActions(t *testing.T) {
	schemas := loaded(t).Components.Schemas
	enum := func(name string) []any { return schemas[name].Value.Enum }
	require.ElementsMatch(t, itsm.CorrectiveStates, words[itsm.CorrectiveState](enum("CorrectiveActionState")))
	require.ElementsMatch(t, itsm.Severities, words[itsm.Severity](enum("Severity")))
	require.ElementsMatch(t, itsm.CorrectiveOrigins, words[itsm.CorrectiveOrigin](enum("CorrectiveOrigin")))
	require.ElementsMatch(t, itsm.Effectivenesses, words[itsm.Effectiveness](enum("Effectiveness")))
	for _, at := range []struct {
		schema, property string
		most             uint64
	}{
		{"CorrectiveActionDraft", "title", itsm.MaxTitle},
		{"CorrectiveActionDraft", "nonconformity", itsm.MaxText},
		{"CorrectiveActionDraft", "correction", itsm.MaxText},
		{"PlanRequest", "measure", itsm.MaxText},
		{"PlanRequest", "similar", itsm.MaxText},
		{"PlanStep", "title", itsm.MaxTitle},
		{"StepRequest", "result", itsm.MaxNote},
		{"VerificationRequest", "note", itsm.MaxNote},
		{"CorrectiveWithdrawal", "note", itsm.MaxNote},
	} {
		require.Equal(t, at.most, *schemas[at.schema].Value.Properties[at.property].Value.MaxLength, "%s.%s", at.schema, at.property)
	}
	for _, at := range []struct {
		schema, property string
		most             uint64
	}{
		{"PlanRequest", "steps", itsm.MaxPlanSteps},
		{"StepRequest", "evidence", itsm.MaxEvidence},
		{"VerificationRequest", "evidence", itsm.MaxEvidence},
		{"CorrectiveAction", "steps", itsm.MaxTasks},
	} {
		require.Equal(t, at.most, *schemas[at.schema].Value.Properties[at.property].Value.MaxItems, "%s.%s", at.schema, at.property)
	}
}

func TestTheExampleOfACorrectiveActionIsTrue(t *testing.T) {
	var c itsm.CorrectiveAction
	example(t, "/v1/corrective-actions/{number}", &c)
	for _, clock := range c.Clocks {
		reckoned, err := clock.Reckon(itsm.AroundTheClock, c.Since)
		require.NoError(t, err)
		require.Equal(t, reckoned, clock, "the clock of its %s", clock.Kind)
	}
	require.Equal(t, itsm.State(itsm.CorrectivePlanned), c.Explain().State)
	require.Equal(t, len(c.Plan.Steps), c.Steps.Open())
}
