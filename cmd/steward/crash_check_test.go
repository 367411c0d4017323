package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/audit"
	"github.com/steward-itsm/steward/itsm"
)

// check compares what people were told with all that was kept. It goes on after a
// fault, so that one run tells everything.
func (c *crash) check(t *testing.T) {
	said := c.said()
	doubled, unsure := 0, 0
	for n := range c.acts {
		change, err := c.owner.Change(t.Context(), n)
		require.NoError(t, err)
		timeline, err := c.owner.Timeline(t.Context(), n)
		require.NoError(t, err)
		c.checkRecord(t, change, timeline)
		d, u := c.checkMessages(t, change, timeline, said)
		doubled, unsure = doubled+d, unsure+u
		if c.github != nil {
			c.checkStatuses(t, change, timeline)
		}
	}
	assert.Empty(t, said, "messages that the ledger does not know")
	assert.Zero(t, doubled, "here Slack could always tell what became of a send")
	c.checkAudit(t)
	c.checkNumbers(t)
	t.Logf("%s: %d messages stand twice, and %d sends were counted as unsure", c.name, doubled, unsure)
}

// checkRecord: each acknowledged act is there once, no other person's act is, and
// the record is what its last event left.
func (c *crash) checkRecord(t *testing.T, change itsm.Change, timeline []itsm.Event) {
	var done []acted
	voters := make(map[itsm.PersonID]int)
	for i, e := range timeline {
		assert.Equal(t, i+1, e.Revision, "%s: revisions have a gap", change.Number)
		if e.Actor != itsm.System {
			done = append(done, acted{e.Actor, e.Revision, e.Kind})
		}
		if e.Decision != nil {
			voters[e.Decision.By]++
		}
		if i > 0 {
			assert.Equal(t, timeline[i-1].To, e.From, "%s: revision %d does not go on from the one before", change.Number, e.Revision)
		}
	}
	assert.ElementsMatch(t, c.acts[change.Number], done, "%s: what was acknowledged, and what is on record", change.Number)
	assert.LessOrEqual(t, len(voters), 1, "%s: one verdict decides", change.Number)
	assert.Len(t, change.Decisions, len(voters), change.Number)
	last := timeline[len(timeline)-1]
	assert.Equal(t, itsm.Receipt{Number: change.Number, State: last.To, Revision: last.Revision}, change.Receipt(),
		"an older save overwrote a newer one")
}

// said is every message in Slack, by the key in its metadata.
func (c *crash) said() map[string][]slackfake.Message {
	places := []string{"C0WEBSITE", "C0PAYMENTS", "U0BOB", "U0EVE"}
	for i := range crashChanges {
		places = append(places, "U0P"+strings.TrimPrefix(string(requesterOf(i)), "p"))
	}
	said := map[string][]slackfake.Message{}
	for _, place := range places {
		for _, m := range c.slack.Messages(place) {
			var meta struct {
				Payload struct{ Key string } `json:"event_payload"`
			}
			_ = json.Unmarshal(m.Metadata, &meta) // without a key it is in nobody's ledger
			said[meta.Payload.Key] = append(said[meta.Payload.Key], m)
		}
	}
	return said
}

// checkMessages: every notice that is due stands once, or once more for each doubt
// that the ledger counted, and none offers an act on what is over.
func (c *crash) checkMessages(t *testing.T, change itsm.Change, timeline []itsm.Event, said map[string][]slackfake.Message) (doubled, unsure int) {
	ledger, err := c.owner.Messages(t.Context(), change.Number)
	require.NoError(t, err)
	var kept, due []string
	for _, row := range ledger {
		kept = append(kept, row.Key)
		assert.Equal(t, db.MessagePosted, row.State, row.Key)
		copies := said[row.Key]
		assert.NotEmpty(t, copies, "%s is in the ledger and not in Slack", row.Key)
		assert.LessOrEqual(t, len(copies), 1+row.Unsure, "%s stands more often than the ledger doubts", row.Key)
		doubled, unsure = doubled+max(0, len(copies)-1), unsure+row.Unsure
		i := slices.IndexFunc(copies, func(m slackfake.Message) bool { return m.TS == row.TS })
		if assert.GreaterOrEqual(t, i, 0, "%s does not stand where the ledger says", row.Key) {
			checkOver(t, change, copies[i])
			if strings.HasSuffix(row.Key, "/card") {
				assert.Contains(t, copies[i].Says(), change.State.Words(), "the card of %s is behind", change.Number)
			}
		}
		delete(said, row.Key)
	}
	service, _ := c.catalog.Service(change.Service)
	for _, n := range itsm.Notices(change, timeline, nil, service, nil) {
		due = append(due, n.Key)
	}
	assert.ElementsMatch(t, due, kept, "%s: what people should see, and what the ledger holds", change.Number)
	return doubled, unsure
}

func checkOver(t *testing.T, change itsm.Change, m slackfake.Message) {
	for _, b := range m.Blocks {
		for _, e := range blockkit.Objects(b["elements"]) {
			if id, ok := e["action_id"].(string); ok && b["type"] == "actions" {
				assert.Equal(t, "change.show:"+string(change.Number), id, "%s is %s and still offers an act", change.Number, change.State)
			}
		}
	}
}

// checkStatuses: GitHub was told each thing once, in order.
func (c *crash) checkStatuses(t *testing.T, change itsm.Change, timeline []itsm.Event) {
	want := []string{"pending"}
	for _, e := range timeline {
		switch e.Kind {
		case itsm.EventScheduled:
			want = append(want, "queued")
		case itsm.EventStarted:
			want = append(want, "in_progress")
		case itsm.EventCompleted:
			want = append(want, map[itsm.Outcome]string{itsm.Successful: "success", itsm.Failed: "failure"}[change.Outcome])
		case itsm.EventRejected, itsm.EventCancelled:
			want = append(want, "error")
		case itsm.EventRaised, itsm.EventOpened, itsm.EventReminded, itsm.EventApproved, itsm.EventExpired, itsm.EventWindowEnded:
		}
	}
	assert.Equal(t, want, c.github.states(change.Deployment.ID), change.Number)
}

// checkAudit: one entry for each revision, and a chain that verifies.
func (c *crash) checkAudit(t *testing.T) {
	require.Eventually(t, func() bool {
		r, err := audit.Verify(t.Context(), audit.Live{Store: c.owner}, audit.Anchors{}, time.Now())
		return err == nil && r.OK && r.Unsealed == 0
	}, time.Minute, 200*time.Millisecond, "the audit does not verify")
	var events, entries, twice int
	err := c.owner.Pool().QueryRow(t.Context(), `SELECT (SELECT count(*) FROM events),
		(SELECT count(*) FROM audit_entries a JOIN events e ON (e.number, e.revision) = (a.subject, a.revision)
		 WHERE a.outcome = 'done' AND a.actor = e.actor AND a.action = e.kind AND a.act_id = e.act_id),
		(SELECT count(*) FROM (SELECT FROM audit_entries WHERE revision > 0 GROUP BY subject, revision HAVING count(*) > 1) d)`,
	).Scan(&events, &entries, &twice)
	require.NoError(t, err)
	assert.Equal(t, events, entries, "each event is audited, as what it was")
	assert.Zero(t, twice, "audited twice")
	var acts, done int
	err = c.owner.Pool().QueryRow(t.Context(), `SELECT count(DISTINCT act_id), count(*) FROM audit_entries WHERE act_id <> ''`).Scan(&acts, &done)
	require.NoError(t, err)
	assert.Equal(t, acts, done, "one act is audited as two")
	assert.Equal(t, c.acknowledged(), acts)
}

// checkNumbers: no change is on record, and no process in Temporal, that nobody
// was told of.
func (c *crash) checkNumbers(t *testing.T) {
	var changes int
	require.NoError(t, c.owner.Pool().QueryRow(t.Context(), "SELECT count(*) FROM changes").Scan(&changes))
	assert.Equal(t, crashChanges, changes)
	list, err := c.engine.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000})
	require.NoError(t, err)
	for _, e := range list.GetExecutions() {
		assert.Contains(t, c.acts, itsm.Number(e.GetExecution().GetWorkflowId()), "a process that nobody was told of")
	}
	assert.GreaterOrEqual(t, len(list.GetExecutions()), crashChanges)
}
