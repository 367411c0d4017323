package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/chatops/slackfake"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

const crashRecords = 8 // of a kind, at once

// crashStep is what somebody does to a record, and what that is on its timeline.
type crashStep struct {
	path string
	body map[string]any
	what string // the kind of its event, or the verdict; empty: it is something said
	peer bool   // somebody else does it
}

// crashWalk is the life of one kind of record.
type crashWalk struct {
	kind   string // as its path is called
	raise  map[string]any
	raised itsm.EventKind
	steps  []crashStep
}

var crashWalks = append([]crashWalk{
	{
		kind:   "incidents",
		raise:  map[string]any{"title": "The shop is down", "service": "website", "impact": "medium", "urgency": "medium"},
		raised: itsm.EventIncidentRaised,
		steps: []crashStep{
			{path: "acknowledge", what: string(itsm.EventAcknowledged)},
			{path: "comments", body: map[string]any{"text": "The disk is full.", "update": true}},
			{path: "reprioritise", body: map[string]any{"override": "P2", "note": "Sales."}, what: string(itsm.EventReprioritised)},
			{path: "hold", body: map[string]any{"reason": "awaiting_vendor", "note": "They look."}, what: string(itsm.EventIncidentHeld)},
			{path: "resume", what: string(itsm.EventIncidentResumed)},
			{path: "resolve", body: map[string]any{"code": "fixed", "note": "Restarted it."}, what: string(itsm.EventResolved)},
			{path: "confirm", what: string(itsm.EventIncidentClosed)},
		},
	},
	{
		kind:   "problems",
		raise:  map[string]any{"title": "The shop hangs each Monday", "service": "website", "impact": "medium", "urgency": "medium"},
		raised: itsm.EventProblemRaised,
		steps: []crashStep{
			{path: "accept", what: string(itsm.EventProblemAccepted)},
			{path: "task", body: map[string]any{"title": "Read the logs", "owner": "p00"}, what: string(itsm.EventProblemTask)},
			{path: "comments", body: map[string]any{"text": "It is the pool."}},
			{path: "rca", body: map[string]any{"method": "five_whys", "cause": claim("The pool is never emptied."), "known": true}, what: string(itsm.EventCauseKnown)},
			{path: "workaround", body: map[string]any{"symptoms": "It hangs", "workaround": "Reload it.", "risk": "None", "verified_by": "p01"}, what: string(itsm.EventWorkaround)},
			{path: "known-error", what: string(itsm.EventKnownErrorProposed)},
			{path: "decide", body: map[string]any{"verdict": "approve"}, what: string(itsm.Approve), peer: true},
			{path: "communicate", what: string(itsm.EventWorkaroundTold)},
			{path: "accept-risk", body: map[string]any{"note": "It is rare.", "expires_at": time.Now().AddDate(0, 1, 0).Format(time.RFC3339)}, what: string(itsm.EventRiskAccepted)},
			{path: "close", what: string(itsm.EventProblemClosed)},
		},
	},
	{
		kind: "corrective-actions",
		raise: map[string]any{
			"title": "Restores are not tried", "nonconformity": "None was for a year.", "service": "website", "severity": "minor", "owner": crashMe,
		},
		raised: itsm.EventCorrectiveRaised,
		steps: []crashStep{
			{path: "acknowledge", what: string(itsm.EventCorrectiveAcknowledged)},
			{path: "comments", body: map[string]any{"text": "I have seen it too."}},
			{path: "rca", body: map[string]any{"method": "five_whys", "cause": claim("Nobody was told to."), "known": true}, what: string(itsm.EventCorrectiveCauseKnown)},
			{path: "plan", body: map[string]any{
				"steps":   []map[string]any{{"title": "Try one", "owner": "p00", "due_at": time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339)}},
				"measure": "It works.", "similar": "Nowhere.",
			}, what: string(itsm.EventPlanProposed)},
			{path: "decide", body: map[string]any{"verdict": "approve"}, what: string(itsm.Approve), peer: true},
			{path: "step", body: map[string]any{"id": 1, "state": "done", "result": "It went well.", "evidence": []map[string]any{{"note": "Its log"}}}, what: string(itsm.EventCorrectiveStep)},
			{path: "implement", what: string(itsm.EventCorrectiveImplemented)},
			{path: "withdraw", body: map[string]any{"note": "The service ends."}, what: string(itsm.EventCorrectiveWithdrawn)},
		},
	},
}, supplierWalks...)

// crashMe stands for whoever raises it.
const crashMe = "ME"

// hands lets everybody of the crowd do what there is to do.
func hands(c *itsm.Catalog) {
	c.Supplier = itsm.SupplierPolicy{} // in the hours of no calendar, and without a channel
	for i := range c.People {
		if strings.HasPrefix(string(c.People[i].ID), "p") && len(c.People[i].ID) == 3 {
			c.People[i].Roles = append(c.People[i].Roles, itsm.Responder, itsm.ProblemManager, itsm.QualityManager, itsm.SupplierManager, itsm.CommercialManager)
		}
	}
}

// TestOtherRecordsOutliveTheProgram is to incidents, problems, corrective actions,
// suppliers and contracts what TestTheProgramDiesWhereItHurts is to changes.
func TestOtherRecordsOutliveTheProgram(t *testing.T) {
	var places errgroup.Group
	places.SetLimit(crashPlaces)
	for _, c := range []*crash{
		{name: "records: after the commit", failpoint: failpoint{Place: "saved", Stall: 25}, least: 12, most: 32},
		{name: "records: after Slack accepted", failpoint: failpoint{Place: "slack-accepted"}, least: 4, most: 12},
		{name: "records: between reservation and act", failpoint: failpoint{Place: "reserved"}, least: 8, most: 30},
	} {
		places.Go(func() error {
			t.Run(c.name, func(t *testing.T) {
				c.open(t, hands)
				c.supplies(t.Context(), t, crashSupplier)
				c.walk(t)
				c.checkWalks(t)
			})
			return nil
		})
	}
	require.NoError(t, places.Wait())
}

// walk has every record walked to its end while the program dies and is started again.
func (c *crash) walk(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), crashPatient)
	t.Cleanup(cancel)
	program, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.live(program) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		t.Logf("%s: killed %d times after %v; %d acts acknowledged; %d connections died, %d answers said to ask again; %.0f s",
			c.name, c.kills.Load(), c.deaths, c.acknowledged(), c.broken, c.unsure, time.Since(c.began).Seconds())
		assert.EqualValues(t, crashKills, c.kills.Load())
	})
	g, people := errgroup.WithContext(ctx)
	for n, w := range crashWalks {
		for i := range crashRecords {
			g.Go(func() error { return c.follow(people, w, (n*crashRecords+i)%crashChanges) })
		}
	}
	require.NoError(t, g.Wait())
	for n := range c.acts {
		require.NoError(t, c.engine.GetWorkflow(ctx, string(n), "").Get(ctx, nil), n)
	}
}

// follow walks one record, every act under a key of its own.
func (c *crash) follow(ctx context.Context, w crashWalk, i int) error {
	me, peer := requesterOf(i), requesterOf((i+1)%crashChanges)
	draft := maps.Clone(w.raise)
	if draft["owner"] == crashMe {
		draft["owner"] = me
	}
	a, err := c.ask(ctx, me, http.MethodPost, "/v1/"+w.kind, "raise", draft)
	if err != nil || a.Status != http.StatusCreated {
		return errors.Join(fmt.Errorf("a raise of %s: %d %v", w.kind, a.Status, a.Body), err)
	}
	n := a.number()
	c.acknowledge(n, acted{me, 1, string(w.raised)})
	for k, s := range w.steps {
		who := me
		if s.peer {
			who = peer
		}
		body := s.body
		if body == nil {
			body = map[string]any{}
		}
		a, err := c.ask(ctx, who, http.MethodPost, "/v1/"+w.kind+"/"+string(n)+"/"+s.path, fmt.Sprint(k), body)
		if err != nil || a.Status >= http.StatusMultipleChoices {
			return errors.Join(fmt.Errorf("%s of %s: %d %v", s.path, n, a.Status, a.Body), err)
		}
		if s.what != "" {
			c.acknowledge(n, acted{who, revisionOf(a), s.what})
			continue
		}
		c.mu.Lock()
		kind := itsm.Remark
		if s.body["update"] == true {
			kind = itsm.ProgressNote
		}
		c.said[n] = append(c.said[n], uttering{who, kind, fmt.Sprint(s.body["text"]), 0})
		c.mu.Unlock()
	}
	return nil
}

// checkWalks compares what people were told with all that was kept.
func (c *crash) checkWalks(t *testing.T) {
	require.Len(t, c.acts, crashRecords*len(crashWalks))
	shown := c.shown()
	for n, acts := range c.acts {
		timeline, err := c.owner.Timeline(t.Context(), n)
		require.NoError(t, err)
		var done []acted
		for i, e := range timeline {
			assert.Equal(t, i+1, e.Revision, "%s: revisions have a gap", n)
			switch {
			case e.Decision != nil:
				done = append(done, acted{e.Actor, e.Revision, string(e.Decision.Verdict)})
			case e.Actor != itsm.System:
				done = append(done, acted{e.Actor, e.Revision, string(e.Kind)})
			}
		}
		assert.ElementsMatch(t, acts, done, "%s: what was acknowledged, and what is on record", n)
		said, err := c.owner.Comments(t.Context(), n)
		require.NoError(t, err)
		c.checkComments(t, n, said)
		c.checkShown(t, n, c.due(t, n, timeline, said), shown)
	}
	assert.Empty(t, shown, "messages that the ledger does not know")
	c.checkAudit(t)
}

// due are the messages that people should see about a record.
func (c *crash) due(t *testing.T, n itsm.Number, timeline []itsm.Event, said []itsm.Comment) (keys []string) {
	if n.Of("PRB") {
		p, err := c.owner.Problem(t.Context(), n)
		require.NoError(t, err)
		service, _ := c.catalog.Service(p.Service)
		for _, due := range itsm.ProblemNotices(itsm.ProblemBook{Problem: p, Timeline: timeline, Said: said, Service: service, Managers: c.catalog.Holders(itsm.ProblemManager)}) {
			keys = append(keys, due.Key)
		}
		return keys
	}
	if n.Of("CAR") {
		car, err := c.owner.Corrective(t.Context(), n)
		require.NoError(t, err)
		service, _ := c.catalog.Service(car.Service)
		for _, due := range itsm.CorrectiveNotices(itsm.CorrectiveBook{Corrective: car, Timeline: timeline, Said: said, Service: service, Managers: c.catalog.Holders(itsm.QualityManager)}) {
			keys = append(keys, due.Key)
		}
		return keys
	}
	if n.Of("SUP") || n.Of("CON") {
		return c.dueToSuppliers(t, n, timeline, said)
	}
	i, err := c.owner.Incident(t.Context(), n)
	require.NoError(t, err)
	service, _ := c.catalog.Service(i.Service)
	for _, due := range itsm.IncidentNotices(itsm.IncidentBook{Incident: i, Timeline: timeline, Said: said, Service: service, Managers: c.catalog.Managers()}) {
		if !due.Late { // else it may have been overtaken before it was said
			keys = append(keys, due.Key)
		}
	}
	return keys
}

// checkShown: every message that is due stands once, and none that the ledger does not
// know.
func (c *crash) checkShown(t *testing.T, n itsm.Number, due []string, shown map[string][]slackfake.Message) {
	ledger, err := c.owner.Messages(t.Context(), n)
	require.NoError(t, err)
	var kept []string
	for _, row := range ledger {
		kept = append(kept, row.Key)
		assert.Equal(t, db.MessagePosted, row.State, row.Key)
		assert.Len(t, shown[row.Key], 1, "%s: here Slack could always tell what became of a send", row.Key)
		assert.True(t, slices.ContainsFunc(shown[row.Key], func(m slackfake.Message) bool { return m.TS == row.TS }), row.Key)
		delete(shown, row.Key)
	}
	for _, key := range due {
		assert.Contains(t, kept, key, "people should see it")
	}
}
