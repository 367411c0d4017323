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

func TestAnActOnAnIncidentReachesTheDeskAsItWasMeant(t *testing.T) {
	for _, tc := range []struct {
		path, body, call string
		want             any
	}{
		{"", `{"title":"Payments are refused","service":"payments","description":"d","category":"c","symptom":"s","configuration_items":["db-7"],` +
			`"message":"m","follows":"INC-3","impact":"high","urgency":"low","escalation":"night"}`, "raise incident", itsm.IncidentDraft{
			IncidentText: itsm.IncidentText{
				Title: "Payments are refused", Service: "payments", Description: "d", Category: "c", Symptom: "s", Items: []string{"db-7"},
				Message: "m", Follows: "INC-3",
			},
			Impact: itsm.HighDegree, Urgency: itsm.LowDegree, Escalation: "night",
		}},
		{"/acknowledge", `{"note":"mine"}`, "acknowledge", itsm.NoteRequest{Note: "mine"}},
		{"/acknowledge", `{}`, "acknowledge", itsm.NoteRequest{}},
		{"/assign", `{"assignee":"bob","team":"payments","note":"n"}`, "assign", itsm.Assignment{Assignee: "bob", Team: "payments", Note: "n"}},
		{
			"/reprioritise", `{"impact":"low","urgency":"medium","override":"P1","note":"n"}`, "reprioritise",
			itsm.Reprioritisation{Impact: itsm.LowDegree, Urgency: itsm.MediumDegree, Override: itsm.P1, Note: "n"},
		},
		{"/hold", `{"reason":"awaiting_change","for":"CHG-42","note":"n"}`, "hold incident", itsm.HoldRequest{Reason: itsm.AwaitingChange, For: "CHG-42", Note: "n"}},
		{"/resume", `{"note":"n"}`, "resume incident", itsm.NoteRequest{Note: "n"}},
		{"/escalate", `{"note":"n"}`, "escalate", itsm.EscalateRequest{Note: "n"}},
		{"/escalate", `{"to":"team","team":"db","note":"n"}`, "escalate", itsm.EscalateRequest{To: itsm.EscalateTeam, Team: "db", Note: "n"}},
		{"/comments", `{"text":"t","update":true}`, "comment on incident", itsm.CommentRequest{Text: "t", Update: true}},
		{"/comments", `{"text":"t","reply_to":2}`, "comment on incident", itsm.CommentRequest{Text: "t", ReplyTo: 2}},
		{"/links", `{"kind":"fixed_by","to":"CHG-42"}`, "relate", itsm.RelateRequest{Kind: itsm.FixedBy, To: "CHG-42"}},
		{"/duplicate", `{"of":"INC-3","note":"n"}`, "duplicate", itsm.DuplicateRequest{Of: "INC-3", Note: "n"}},
		{"/parent", `{"parent":"INC-3","note":"n"}`, "parent", itsm.ParentRequest{Parent: "INC-3", Note: "n"}},
		{"/parent", `{"parent":null}`, "parent", itsm.ParentRequest{}},
		{"/resolve", `{"code":"workaround","note":"n"}`, "resolve", itsm.ResolveRequest{Code: itsm.ResolvedWorkaround, Note: "n"}},
		{"/confirm", `{"note":"n"}`, "confirm", itsm.NoteRequest{Note: "n"}},
		{"/reopen", `{"note":"n"}`, "reopen", itsm.NoteRequest{Note: "n"}},
		{"/cancel", `{"note":"n"}`, "cancel incident", itsm.Cancellation{Note: "n"}},
	} {
		t.Run(tc.call, func(t *testing.T) {
			b, address, number := stand(t), "/v1/incidents/INC-7"+tc.path, itsm.Number("INC-7")
			if tc.path == "" {
				address, number = "/v1/incidents", ""
			}
			w := b.do(request("POST", address, tc.body, "Idempotency-Key", "key-1"))
			if tc.path == "" {
				require.Equal(t, http.StatusCreated, w.Code, w.Body)
				require.Equal(t, "/v1/incidents/INC-7", w.Header().Get("Location"))
			} else {
				require.Equal(t, http.StatusOK, w.Code, w.Body)
			}
			require.JSONEq(t, `{"number":"INC-7","state":"triaged","revision":2}`, w.Body.String())
			require.Equal(t, `"2"`, w.Header().Get("ETag"))
			require.Equal(t, []string{tc.call}, b.calls)
			require.Equal(t, tc.want, b.body)
			require.Equal(t, number, b.number)
			require.Equal(t, desk.Caller{Actor: b.actor, Key: "key-1", Source: "192.0.2.1"}, b.who)
			require.True(t, b.deadline, "no act may take for ever")
			require.Empty(t, b.refused)
		})
	}
}

// What monitoring alone may say of an incident does not come in by the door of people.
func TestNobodySaysThatAnAlertRaisedIt(t *testing.T) {
	b := stand(t)
	p := problemOf(t, b.do(request("POST", "/v1/incidents", incidentDraft[:len(incidentDraft)-1]+`,"alert":{"source":"prometheus","key":"k"}}`)))
	require.Equal(t, "incident.invalid", p.Code)
	require.Empty(t, b.calls)
}

func TestAListOfIncidentsAsksForWhatItsQuerySays(t *testing.T) {
	b := stand(t)
	w := b.do(request("GET", "/v1/incidents?state=on_hold&open=true&priority=P1&service=payments&team=db&mine=true&assigned=true&waiting=true&limit=7&cursor=abc-_", ""))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, desk.IncidentList{
		State: itsm.IncidentOnHold, Open: true, Priority: itsm.P1, Service: "payments", Team: "db", Mine: true, Assigned: true, Waiting: true,
		Limit: 7, Cursor: "abc-_",
	}, b.body)
	var page struct {
		Items []itsm.Incident
		Next  string
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
	require.Len(t, page.Items, 1)
	require.Equal(t, "abc-_", page.Next)

	b.do(request("GET", "/v1/incidents", ""))
	require.Equal(t, desk.IncidentList{}, b.body)
}

func TestReadingsOfIncidentsSayTheirInstantsInUTC(t *testing.T) {
	b := stand(t)
	for _, address := range []string{
		"/v1/incidents", "/v1/incidents/INC-7", "/v1/incidents/INC-7/timeline", "/v1/incidents/INC-7/explain", "/v1/incidents/INC-7/comments",
		"/v1/incidents/INC-7/clocks", "/v1/incidents/INC-7/suggestions", "/v1/incidents/INC-7/relations", "/v1/changes/CHG-42/relations",
		"/v1/oncall?service=payments",
	} {
		w := b.do(request("GET", address, ""))
		require.Equal(t, http.StatusOK, w.Code, address)
		require.Contains(t, w.Body.String(), `"2031-03-01T12:00:00Z"`)
		require.NotContains(t, w.Body.String(), "+03:00", address)
	}
}

func TestAnIncidentCarriesTheTagOfItsRevision(t *testing.T) {
	require.Equal(t, `"7"`, stand(t).do(request("GET", "/v1/incidents/INC-7", "")).Header().Get("ETag"))
}

func TestNoListOfAnIncidentIsNull(t *testing.T) {
	b := stand(t)
	b.plain = true
	w := b.do(request("GET", "/v1/incidents/INC-7", ""))
	require.Contains(t, w.Body.String(), `"clocks":[]`)
	require.NotContains(t, w.Body.String(), "null")
	for _, absent := range []string{"escalation", "hold", "relations", "resolution", "acknowledged", "override", "alert"} {
		require.NotContains(t, w.Body.String(), `"`+absent+`"`, "what is not there is not made")
	}
	w = b.do(request("GET", "/v1/oncall?service=payments", ""))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Contains(t, w.Body.String(), `"people":[],"targets":[]`)
	w = b.do(request("GET", "/v1/me/incidents", ""))
	require.JSONEq(t, `{"items":[]}`, w.Body.String())
}

func TestWhoIsOnCallIsAskedForAService(t *testing.T) {
	b := stand(t)
	require.Equal(t, http.StatusOK, b.do(request("GET", "/v1/oncall?service=payments", "")).Code)
	require.Equal(t, itsm.ServiceID("payments"), b.body)
}

// The faults that the document finds are told as the rules tell them.
func TestTheDocumentRefusesIncidentsInTheWordsOfTheRules(t *testing.T) {
	worker := itsm.Actor{Person: "bob", Roles: []itsm.Role{itsm.Responder}, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
	long := itsm.IncidentDraft{
		IncidentText: itsm.IncidentText{Title: strings.Repeat("é", itsm.MaxTitle+1), Service: "payments", Category: strings.Repeat("c", 65)},
		Impact:       "huge",
	}
	text, err := json.Marshal(long)
	require.NoError(t, err)
	var i itsm.Incident
	for _, tc := range []struct {
		address, body string
		rule          error
	}{
		{"/v1/incidents", string(text), long.Check()},
		{"/v1/incidents/INC-7/resolve", `{"code":"lost","note":"n"}`, i.CheckResolve(worker, itsm.ResolveRequest{Code: "lost", Note: "n"})},
		{"/v1/incidents/INC-7/hold", `{"reason":"tired","note":"n"}`, i.CheckHold(worker, itsm.HoldRequest{Reason: "tired", Note: "n"})},
		{"/v1/incidents/INC-7/escalate", `{"to":"god","note":"n"}`, i.CheckEscalate(worker, itsm.EscalateRequest{To: "god", Note: "n"})},
		{"/v1/incidents/INC-7/links", `{"kind":"child_of","to":"INC-3"}`, i.CheckRelate(worker, itsm.RelateRequest{Kind: itsm.ChildOf, To: "INC-3"})},
		{"/v1/incidents/INC-7/reprioritise", `{"urgency":"now","note":"n"}`, i.CheckReprioritise(worker, itsm.Reprioritisation{Urgency: "now", Note: "n"})},
		{"/v1/incidents/INC-7/reopen", `{"note":""}`, i.CheckReopen(worker, itsm.NoteRequest{})},
		{"/v1/incidents/INC-7/cancel", `{"note":""}`, i.CheckCancel(worker, itsm.Cancellation{})},
	} {
		var rule *itsm.Error
		require.ErrorAs(t, tc.rule, &rule)
		p := problemOf(t, stand(t).do(request("POST", tc.address, tc.body)))
		slices.SortFunc(rule.Fields, func(a, b itsm.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
		require.Equal(t, rule.Code, p.Code, tc.address)
		require.Len(t, *p.Errors, len(rule.Fields), tc.address)
		for n, field := range rule.Fields {
			require.Equal(t, field.Pointer, (*p.Errors)[n].Pointer, tc.address)
			if !strings.HasPrefix(field.Message, `"`) { // what people wrote is not repeated here: it may be personal
				require.Equal(t, field.Message, (*p.Errors)[n].Message, tc.address)
			}
		}
		if len(rule.Fields) == 1 && !strings.HasPrefix(rule.Fields[0].Message, `"`) { // of several, the first stands in the sentence, and each has its own order
			require.Equal(t, rule.Message, p.Detail, tc.address)
		}
	}
}

// What is wrong with a body is nothing to whoever may not send it.
func TestFaultsOfAnIncidentsBodyAreForThoseWhoMaySendIt(t *testing.T) {
	b := stand(t)
	b.err = itsm.NoSuchRecord("INC-7")
	acts := []string{
		"acknowledge", "assign", "reprioritise", "hold", "resume", "escalate", "comments", "links", "duplicate", "parent", "resolve", "confirm", "reopen", "cancel",
	}
	for _, act := range acts {
		w := b.do(request("POST", "/v1/incidents/INC-7/"+act, `{"note":7}`))
		require.Equal(t, "record.not_found", problemOf(t, w).Code, act)
	}
	require.Equal(t, slices.Repeat([]string{"incident"}, len(acts)), b.calls)
	require.Empty(t, b.refused, "the desk has noted it")
	b.actor.Roles = []itsm.Role{itsm.Auditor}
	require.Equal(t, "actor.permission", problemOf(t, b.do(request("POST", "/v1/incidents", `{"title":7}`))).Code)
	require.Equal(t, []string{"raiseIncident actor.permission"}, b.refused)
}

// The enums and bounds of the document are those of the rules.
func TestTheDocumentKnowsEveryWordOfIncidents(t *testing.T) {
	schemas := loaded(t).Components.Schemas
	enum := func(name string) []any { return schemas[name].Value.Enum }
	require.ElementsMatch(t, itsm.IncidentStates, words[itsm.IncidentState](enum("IncidentState")))
	require.ElementsMatch(t, itsm.Degrees, words[itsm.Degree](enum("Degree")))
	require.ElementsMatch(t, itsm.Priorities, words[itsm.Priority](enum("Priority")))
	require.ElementsMatch(t, itsm.HoldReasons, words[itsm.HoldReason](enum("HoldReason")))
	require.ElementsMatch(t, itsm.ResolutionCodes, words[itsm.ResolutionCode](enum("ResolutionCode")))
	require.ElementsMatch(t, itsm.RelationKinds, words[itsm.RelationKind](enum("RelationKind")))
	require.ElementsMatch(t, slices.Concat([]itsm.ClockKind{itsm.SupplierClock}, itsm.ClockKinds, itsm.ProblemClockKinds, itsm.CorrectiveClockKinds, itsm.ReviewClockKinds), words[itsm.ClockKind](enum("ClockKind")))
	require.ElementsMatch(t, itsm.EscalateTos, words[itsm.EscalateTo](enum("EscalateTo")))
	for _, of := range []string{"IncidentDraft", "Incident"} {
		properties := schemas[of].Value.Properties
		require.Equal(t, uint64(itsm.MaxTitle), *properties["title"].Value.MaxLength, of)
		require.Equal(t, uint64(itsm.MaxText), *properties["description"].Value.MaxLength, of)
		require.Equal(t, uint64(itsm.MaxURL), *properties["message"].Value.MaxLength, of)
		require.Equal(t, uint64(itsm.MaxItems), *properties["configuration_items"].Value.MaxItems, of)
	}
	for _, name := range []string{
		"Acknowledgement", "Assignment", "Reprioritisation", "IncidentHoldRequest", "EscalateRequest", "DuplicateRequest", "ParentRequest",
		"ResolveRequest", "Confirmation", "Reopening",
	} {
		require.Equal(t, uint64(itsm.MaxNote), *schemas[name].Value.Properties["note"].Value.MaxLength, name)
	}
	require.Equal(t, uint64(itsm.MaxNote), *schemas["IncidentCommentRequest"].Value.Properties["text"].Value.MaxLength)
}

func TestTheExamplesOfIncidentsAreTrue(t *testing.T) {
	var i itsm.Incident
	var e itsm.Explanation
	example(t, "/v1/incidents/{number}", &i)
	example(t, "/v1/incidents/{number}/explain", &e)
	require.Equal(t, i.Priority, new(itsm.IncidentPolicy).Weigh(i.Impact, i.Urgency))
	for _, c := range i.Clocks {
		reckoned, err := c.Reckon(itsm.AroundTheClock, i.Since)
		require.NoError(t, err)
		require.Equal(t, reckoned, c, "the clock of its %s", c.Kind)
	}
	want := i.Explain()
	asks := itsm.Actor{Person: i.Reporter, Roles: []itsm.Role{itsm.Requester}, Scopes: []itsm.Scope{itsm.ScopeWrite}}
	want.Acts = i.ActsFor(asks, i.Since)
	require.Equal(t, explanationInUTC(want), explanationInUTC(e))
}
