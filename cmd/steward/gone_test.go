package main

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// part is what /readyz says of one part.
func (w *world) part(name string) map[string]any {
	checks, _ := w.call("", http.MethodGet, "/readyz", nil).Body["checks"].([]any)
	for _, c := range checks {
		if part, ok := c.(map[string]any); ok && part["name"] == name {
			return part
		}
	}
	return nil
}

// TestWithoutRedisOnlyComfortIsLost: a change goes all the way, and /readyz and a
// metric say what is missing.
func TestWithoutRedisOnlyComfortIsLost(t *testing.T) {
	w := newWorld(t, soon(time.Hour, 2*time.Hour))
	w.eventually("Redis is there", func() bool { return w.part("redis")["ok"] == true })
	require.NoError(t, stacktest.Stack(t).Kill(devstack.PartRedis))
	t.Cleanup(func() {
		require.NoError(t, stacktest.Stack(t).Restart(context.WithoutCancel(t.Context()), devstack.PartRedis))
	})

	n := w.raise("ana")
	api := apiDoor{w}
	w.does("approved", api.decide("bob", n, itsm.Approve, ""))
	w.reaches(n, itsm.ChangeScheduled)
	w.does("implementing", api.start("ida", n))
	w.does("closed", api.complete("ida", n, itsm.Successful, ""))
	w.agree(n)

	ready := w.call("", http.MethodGet, "/readyz", nil)
	require.Equal(t, http.StatusOK, ready.Status, "it still serves")
	require.Equal(t, false, w.part("redis")["ok"])
	require.NotEmpty(t, w.part("redis")["detail"])
	gathered, err := w.registry.Gather()
	require.NoError(t, err)
	for _, family := range gathered {
		if family.GetName() == "steward_redis_degraded" {
			require.InDelta(t, 1, family.GetMetric()[0].GetGauge().GetValue(), 0)
			return
		}
	}
	t.Fatal("no metric says that Redis is gone")
}

// TestWhatWasPressedWhileTemporalWasAwayCountsOnce: Slack has its answer in time,
// the person is told that it goes on, and it does.
func TestWhatWasPressedWhileTemporalWasAwayCountsOnce(t *testing.T) {
	w := newWorld(t, soon(time.Hour, 2*time.Hour))
	see := w.slack.Expect(t).Ignore(func(slackfake.Message) bool { return true })
	pressed, asked := w.raise("ana"), w.raise("ana")
	card := see.Message("U0BOB", string(pressed), "Approve")
	see.Message("U0EVE", string(asked), "Approve")

	require.NoError(t, stacktest.Stack(t).Kill(devstack.PartTemporal))
	back := sync.OnceFunc(func() {
		require.NoError(t, stacktest.Stack(t).Restart(context.WithoutCancel(t.Context()), devstack.PartTemporal))
	})
	t.Cleanup(back)
	a, err := w.slack.Press(t.Context(), "U0BOB", card, "Approve")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, a.Status)
	require.Less(t, a.Took, 3*time.Second, "Slack waits no longer")
	see.Ephemeral("U0BOB", "goes on")
	decision, key := map[string]any{"verdict": "approve"}, []string{"Idempotency-Key", "one-asking"}
	away := w.call("eve", http.MethodPost, "/v1/changes/"+string(asked)+"/decisions", decision, key...)
	require.Equal(t, http.StatusServiceUnavailable, away.Status)
	require.Equal(t, "engine.slow", away.code())
	require.NotEmpty(t, away.Header.Get("Retry-After"))
	require.Equal(t, http.StatusServiceUnavailable, w.call("", http.MethodGet, "/readyz", nil).Status)

	back()
	w.reaches(pressed, itsm.ChangeScheduled)
	w.eventually("the repeat is answered", func() bool {
		again := w.call("eve", http.MethodPost, "/v1/changes/"+string(asked)+"/decisions", decision, key...)
		return again.state() == "approved"
	})
	for _, n := range []itsm.Number{pressed, asked} {
		c, err := w.owner.Change(t.Context(), n)
		require.NoError(t, err)
		require.Len(t, c.Decisions, 1)
		w.reaches(n, itsm.ChangeScheduled)
		w.does("cancelled", apiDoor{w}.cancel("ana", n, "It was a trial."))
		w.agree(n)
	}
}

// TestWhileThePostgresIsAwayNothingIsPromised: what cannot be kept is not taken,
// and what was under way goes on when it is back.
func TestWhileThePostgresIsAwayNothingIsPromised(t *testing.T) {
	w := newWorld(t, soon(2*time.Second, time.Hour))
	n := w.raise("ana")
	require.NoError(t, stacktest.Stack(t).Kill(devstack.PartPostgres))
	back := sync.OnceFunc(func() {
		require.NoError(t, stacktest.Stack(t).Restart(context.WithoutCancel(t.Context()), devstack.PartPostgres))
	})
	t.Cleanup(back)
	for path, body := range map[string]any{
		"/v1/changes/" + string(n) + "/decisions": map[string]any{"verdict": "approve"},
		"/v1/changes": goodDraft,
	} {
		refused := w.call("bob", http.MethodPost, path, body)
		require.Equal(t, http.StatusServiceUnavailable, refused.Status, refused.Body)
		require.Equal(t, "database.away", refused.code())
	}
	answer, err := w.slack.Command(t.Context(), "U0BOB", "C0GENERAL", "/change", "approve "+string(n))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	require.Contains(t, string(answer.Body), "slack.not_kept", "they are told that nothing happened")

	back()
	w.eventually("the reminder that came due meanwhile is on record", func() bool {
		timeline, err := w.owner.Timeline(t.Context(), n)
		return err == nil && slices.ContainsFunc(timeline, func(e itsm.Event) bool { return e.Kind == itsm.EventReminded })
	})
	c, err := w.owner.Change(t.Context(), n)
	require.NoError(t, err)
	require.Empty(t, c.Decisions)
	w.does("rejected", apiDoor{w}.decide("bob", n, itsm.Reject, "It was a trial."))
	w.agree(n)
}

// TestWhoeverReachesTemporalCannotActAsSomebody: not without a signature, and not
// with one that was made for another act.
func TestWhoeverReachesTemporalCannotActAsSomebody(t *testing.T) {
	w := newWorld(t, soon(time.Hour, 2*time.Hour))
	n := w.raise("ana")
	bob := itsm.Actor{Person: "bob", Roles: []itsm.Role{itsm.Approver}, Scopes: []itsm.Scope{itsm.ScopeWrite}}
	approve := itsm.DecisionRequest{Verdict: itsm.Approve}
	sign := func(keys wire.Keys, number itsm.Number, at time.Time) wire.Act {
		bound := wire.Bound{WorkflowID: string(number), Update: string(itsm.ActDecide), UpdateID: "forged"}
		act, err := wire.Sign(keys, bound, bob, approve, at)
		require.NoError(t, err)
		return act
	}
	unsigned := sign(w.config.wireKeys(), n, time.Now())
	unsigned.MAC = nil
	hold, err := wire.Sign(w.config.wireKeys(), wire.Bound{WorkflowID: string(n), Update: string(itsm.ActHold), UpdateID: "forged"}, bob, approve, time.Now())
	require.NoError(t, err)
	for name, forged := range map[string]struct {
		act  any
		code string
	}{
		"no act at all":            {map[string]any{"verdict": "approve"}, "actor.unsigned"},
		"no signature":             {unsigned, "actor.unsigned"},
		"a key of one's own":       {sign(wire.Keys{make([]byte, 32)}, n, time.Now()), "actor.unsigned"},
		"made for another act":     {hold, "actor.unsigned"},
		"made for another record":  {sign(w.config.wireKeys(), "CHG-77", time.Now()), "actor.unsigned"},
		"made a while ago":         {sign(w.config.wireKeys(), n, time.Now().Add(-time.Hour)), "actor.stale"},
		"good for longer than due": {sign(w.config.wireKeys(), n, time.Now().Add(time.Hour)), "actor.stale"},
	} {
		h, err := w.temporal.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
			WorkflowID: string(n), UpdateName: string(itsm.ActDecide), UpdateID: "forged", Args: []any{forged.act},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err == nil {
			err = h.Get(t.Context(), nil)
		}
		require.Error(t, err, name)
		require.Equal(t, forged.code, itsm.AsError(wire.Fault(err)).Code, name)
	}
	for _, act := range []itsm.Act{
		itsm.ActRetract, itsm.ActDelegate, itsm.ActAssess, itsm.ActEdit, itsm.ActLink, itsm.ActComment, itsm.ActHold, itsm.ActResume,
		itsm.ActReassign, itsm.ActWithdraw, itsm.ActStart, itsm.ActComplete, itsm.ActCancel,
	} {
		h, err := w.temporal.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
			WorkflowID: string(n), UpdateName: string(act), UpdateID: "forged", Args: []any{unsigned}, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err == nil {
			err = h.Get(t.Context(), nil)
		}
		require.Error(t, err, act)
		require.Equal(t, "actor.unsigned", itsm.AsError(wire.Fault(err)).Code, act)
	}
	require.Equal(t, "awaiting_approval", w.call("ada", http.MethodGet, "/v1/changes/"+string(n), nil).state())
	require.Empty(t, w.call("ada", http.MethodGet, "/v1/changes/"+string(n), nil).Body["decisions"])
}

// apply changes the catalog of a world that runs.
func (w *world) apply(change terms) {
	w.t.Helper()
	c, _, err := w.owner.Catalog(w.t.Context())
	require.NoError(w.t, err)
	c.People = slices.Clone(c.People)
	change(&c)
	_, _, err = w.owner.ApplyCatalog(w.t.Context(), c, catalog.Digest(c), "test")
	require.NoError(w.t, err)
}

func holds(who itsm.PersonID, roles ...itsm.Role) terms {
	return func(c *itsm.Catalog) {
		c.People[slices.IndexFunc(c.People, func(p itsm.Person) bool { return p.ID == who })].Roles = roles
	}
}

// TestWhoLeftTheRoleDecidesNothing: Bob was named when the stage opened, and what
// counts is what he holds when the vote comes, his own or his deputy's.
func TestWhoLeftTheRoleDecidesNothing(t *testing.T) {
	w := newWorld(t, tiers(stageOf("Peers", people("bob", "eve"), 2)))
	n := w.raise("ana")
	at, approve := "/v1/changes/"+string(n), map[string]any{"verdict": "approve"}
	w.asks("bob", at+"/delegations", map[string]any{"to": "max"})
	for _, roles := range [][]itsm.Role{nil, {itsm.Requester, itsm.Implementer}} {
		w.apply(holds("bob", roles...))
		own := w.call("bob", http.MethodPost, at+"/decisions", approve)
		require.Equal(t, "actor.permission", own.code(), own.Body)
		deputy := w.call("max", http.MethodPost, at+"/decisions", map[string]any{"verdict": "approve", "for": "bob"})
		require.Equal(t, "change.left_role", deputy.code(), deputy.Body)
	}
	w.apply(holds("max"))
	gone := w.call("max", http.MethodPost, at+"/decisions", map[string]any{"verdict": "approve", "for": "bob"})
	require.Equal(t, "actor.permission", gone.code(), gone.Body)
	require.Empty(t, w.knows(n).Decisions)

	w.apply(holds("max", itsm.ChangeManager))
	w.apply(holds("bob", itsm.Approver))
	w.asks("eve", at+"/decisions", approve)
	w.asks("max", at+"/decisions", map[string]any{"verdict": "approve", "for": "bob"})
	w.reaches(n, itsm.ChangeScheduled)
	require.Equal(t, itsm.PersonID("bob"), w.knows(n).Decisions[1].For)
	w.does("cancelled", apiDoor{w}.cancel("ana", n, "It was a trial."))
	w.agree(n)
}

// TestWhatIsOverAnswersForItself: the process of a change has ended, and every act
// on it is refused by the same rule as while it ran, and traced.
func TestWhatIsOverAnswersForItself(t *testing.T) {
	w := newWorld(t, tiers(stageOf("Peers", people("bob", "eve"), 2)))
	n := w.raise("ana")
	at, approve := "/v1/changes/"+string(n), map[string]any{"verdict": "approve"}
	w.asks("bob", at+"/comments", map[string]any{"text": "Who watches it?", "question": true})
	w.asks("bob", at+"/decisions", approve)
	w.asks("eve", at+"/decisions", approve)
	w.reaches(n, itsm.ChangeScheduled)
	w.asks("ida", at+"/start", nil)
	w.asks("ida", at+"/complete", map[string]any{"result": "successful"})
	require.NoError(t, w.temporal.GetWorkflow(t.Context(), string(n), "").Get(t.Context(), nil))
	history := w.history(n)

	note := map[string]any{"note": "Why not."}
	rows := []struct {
		who  itsm.PersonID
		path string
		body any
		code string
	}{
		{"eve", "/decisions", approve, "change.decided"},
		{"max", "/decisions", map[string]any{"verdict": "approve", "for": "bob"}, "change.decided"},
		{"bob", "/retract", nil, "change.decided_on"},
		{"bob", "/delegations", map[string]any{"to": "max"}, "change.not_awaiting"},
		{"ana", "/assessment", weighed(), "change.not_assessing"},
		{"ana", "", map[string]any{"plan": "Otherwise."}, "change.not_editable"},
		{"ana", "/links", map[string]any{"url": "CHG-1"}, "change.not_editable"},
		{"ana", "/hold", note, "change.not_waiting"},
		{"max", "/resume", note, "change.not_on_hold"},
		{"ana", "/withdraw", note, "change.decided_on"},
		{"max", "/reassign", map[string]any{"assignee": "ida"}, "change.under_way"},
		{"bob", "/comments", map[string]any{"text": "Well done."}, "change.over"},
		{"ana", "/comments", map[string]any{"text": "I did.", "reply_to": 1}, "change.over"},
		{"ida", "/start", nil, "change.not_scheduled"},
		{"ida", "/complete", map[string]any{"result": "successful"}, "change.closed"},
		{"ana", "/cancel", note, "change.over"},
	}
	for _, row := range rows {
		method, header := http.MethodPost, []string{}
		if row.path == "" {
			method, header = http.MethodPatch, []string{"If-Match", strconv.Quote(strconv.Itoa(w.knows(n).Revision))}
		}
		a := w.call(row.who, method, at+row.path, row.body, header...)
		assert.Equal(t, row.code, a.code(), "%s: %v", row.path, a.Body)
	}
	w.eventually("every refusal is traced", func() bool {
		var traced int
		require.NoError(t, w.owner.Pool().QueryRow(t.Context(),
			`SELECT count(*) FROM audit_entries WHERE outcome = 'refused' AND subject = $1`, string(n)).Scan(&traced))
		return traced == len(rows)
	})
	require.Len(t, w.history(n).Events, len(history.Events))
	w.agree(n)
}

// tiers is a policy of the same stages whatever the risk.
func tiers(stages ...itsm.Stage) terms {
	return func(c *itsm.Catalog) {
		c.Change = itsm.ChangePolicy{}
		for _, risk := range itsm.RiskTiers {
			c.Change.Tiers = append(c.Change.Tiers, itsm.Tier{Risk: risk, Stages: stages})
		}
	}
}

// stageOf is a stage of one factor, which reminds and expires in hours.
func stageOf(name string, who itsm.Group, need int) itsm.Stage {
	never := itsm.Duration(0)
	return itsm.Stage{Name: name, ExpireAfter: itsm.Duration(24 * time.Hour), BackupAfter: &never, Factors: []itsm.Factor{
		{Name: name, Who: who, Need: itsm.Need{Count: need}},
	}}
}

func people(ids ...itsm.PersonID) itsm.Group { return itsm.Group{People: ids} }

// weighs answers all questions about the risk of a change that is raised alike.
func weighs(each int) func(map[string]any) {
	return func(body map[string]any) {
		risk := map[string]int{}
		for _, d := range itsm.RiskDimensions {
			risk[string(d)] = each
		}
		body["risk"] = risk
	}
}
