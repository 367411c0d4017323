package main

import (
	"encoding/json"
	"fmt"
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
	shown := c.shown()
	doubled, unsure := 0, 0
	for n := range c.acts {
		change, err := c.owner.Change(t.Context(), n)
		require.NoError(t, err)
		timeline, err := c.owner.Timeline(t.Context(), n)
		require.NoError(t, err)
		comments, err := c.owner.Comments(t.Context(), n)
		require.NoError(t, err)
		c.checkRecord(t, change, timeline)
		checkVotes(t, change, timeline)
		c.checkComments(t, n, comments)
		d, u := c.checkMessages(t, change, timeline, comments, shown)
		doubled, unsure = doubled+d, unsure+u
		if c.github != nil {
			c.checkStatuses(t, change, timeline)
		}
	}
	assert.Empty(t, shown, "messages that the ledger does not know")
	assert.Zero(t, doubled, "here Slack could always tell what became of a send")
	c.checkAudit(t)
	c.checkNumbers(t)
	c.checkPlots(t)
	t.Logf("%s: %d messages stand twice, and %d sends were counted as unsure", c.name, doubled, unsure)
}

// checkRecord: each acknowledged act is there once, no other person's act is, and
// the record is what its last event left.
func (c *crash) checkRecord(t *testing.T, change itsm.Change, timeline []itsm.Event) {
	var done []acted
	for i, e := range timeline {
		assert.Equal(t, i+1, e.Revision, "%s: revisions have a gap", change.Number)
		switch {
		case e.Decision != nil:
			done = append(done, acted{e.Actor, e.Revision, string(e.Decision.Verdict)})
		case e.Actor != itsm.System:
			done = append(done, acted{e.Actor, e.Revision, string(e.Kind)})
		}
		if i > 0 {
			assert.Equal(t, timeline[i-1].To, e.From, "%s: revision %d does not go on from the one before", change.Number, e.Revision)
		}
	}
	assert.ElementsMatch(t, c.acts[change.Number], done, "%s: what was acknowledged, and what is on record", change.Number)
	last := timeline[len(timeline)-1]
	assert.Equal(t, itsm.Receipt{Number: change.Number, State: last.To, Revision: last.Revision}, change.Receipt(),
		"an older save overwrote a newer one")
}

// checkVotes counts the votes again, one event after the other: a stage passed with
// those that it needed and ended with one rejection, and those that stand are there.
func checkVotes(t *testing.T, change itsm.Change, timeline []itsm.Event) {
	var standing, here []itsm.Decision // of the round, and of the stage
	need := []int{crashPeers, 1}
	passed := 0
	for _, e := range timeline {
		if d := e.Decision; d != nil {
			assert.False(t, slices.ContainsFunc(here, func(o itsm.Decision) bool { return o.By == d.By || o.Principal() == d.Principal() }),
				"%s: revision %d is a second vote of %s", change.Number, e.Revision, d.Principal())
			assert.Equal(t, passed+1, d.Stage, "%s: revision %d", change.Number, e.Revision)
			standing, here = append(standing, *d), append(here, *d)
		}
		switch e.Kind { //nolint:exhaustive // the others decide nothing
		case itsm.EventVoteWithdrawn:
			taken := func(d itsm.Decision) bool { return d.By == e.Detail.Withdrawn.By && d.Stage == passed+1 }
			standing, here = slices.DeleteFunc(standing, taken), slices.DeleteFunc(here, taken)
		case itsm.EventStagePassed, itsm.EventApproved:
			assert.Len(t, here, need[passed], "%s: stage %d passed", change.Number, passed+1)
			passed, here = passed+1, nil
		case itsm.EventRejected:
			assert.Equal(t, itsm.Reject, e.Decision.Verdict, change.Number)
		case itsm.EventEdited:
			assert.ElementsMatch(t, votesOf(standing), votesOf(e.Detail.Voided), "%s: whose votes the edit voided", change.Number)
			standing, here, passed = nil, nil, 0
		}
	}
	assert.Equal(t, votesOf(standing), votesOf(change.Decisions), "%s: the votes that stand", change.Number)
}

// votesOf is what matters of votes.
func votesOf(all []itsm.Decision) (votes []string) {
	for _, d := range all {
		votes = append(votes, fmt.Sprintf("%s by %s for %s in %d.%d on %s", d.Verdict, d.By, d.Principal(), d.Round, d.Stage, d.ContentHash))
	}
	return votes
}

// checkComments: what was said is there once, and nothing that nobody said.
func (c *crash) checkComments(t *testing.T, n itsm.Number, comments []itsm.Comment) {
	var kept []uttering
	for i, w := range comments {
		assert.Equal(t, i+1, w.ID, n)
		kept = append(kept, uttering{w.By, w.Kind, w.Text, w.ReplyTo})
	}
	assert.ElementsMatch(t, c.said[n], kept, "%s: what was said, and what is on record", n)
}

// checkPlots: people did all that they could mean to, or the rest says little.
func (c *crash) checkPlots(t *testing.T) {
	did := map[string]int{}
	for n, acts := range c.acts {
		for _, a := range acts {
			did[a.what]++
		}
		for _, u := range c.said[n] {
			did[string(u.kind)]++
		}
	}
	t.Logf("%s: people did %v", c.name, did)
	for _, kind := range []itsm.EventKind{
		itsm.EventVoteWithdrawn, itsm.EventDelegated, itsm.EventEdited, itsm.EventHeld, itsm.EventResumed, itsm.EventCancelled, itsm.EventCompleted,
	} {
		assert.NotZero(t, did[string(kind)], kind)
	}
	for _, kind := range []itsm.CommentKind{itsm.Question, itsm.Answer, itsm.Remark} {
		assert.NotZero(t, did[string(kind)], kind)
	}
}

// shown is every message in Slack, by the key in its metadata.
func (c *crash) shown() map[string][]slackfake.Message {
	places := []string{"C0WEBSITE", "C0PAYMENTS"}
	for _, p := range c.catalog.People {
		places = append(places, p.Slack)
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
func (c *crash) checkMessages(t *testing.T, change itsm.Change, timeline []itsm.Event, comments []itsm.Comment, said map[string][]slackfake.Message) (doubled, unsure int) {
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
	for _, n := range itsm.Notices(change, timeline, comments, service, nil) {
		due = append(due, n.Key)
	}
	assert.ElementsMatch(t, due, kept, "%s: what people should see, and what the ledger holds", change.Number)
	return doubled, unsure
}

func checkOver(t *testing.T, change itsm.Change, m slackfake.Message) {
	for _, b := range m.Blocks {
		for _, e := range blockkit.Objects(b["elements"]) {
			if id, ok := e["action_id"].(string); ok && b["type"] == "actions" {
				if change.Outcome == itsm.Failed && id == "change.corrective:"+string(change.Number) {
					continue // what comes of a failed change may come late
				}
				assert.Equal(t, "change.show:"+string(change.Number), id, "%s is %s and still offers an act", change.Number, change.State)
			}
		}
	}
}

// checkStatuses: GitHub was told each thing once, in order.
func (c *crash) checkStatuses(t *testing.T, change itsm.Change, timeline []itsm.Event) {
	want := []string{"pending"}
	for _, e := range timeline {
		switch e.Kind { //nolint:exhaustive // GitHub hears of nothing else
		case itsm.EventScheduled:
			want = append(want, "queued")
		case itsm.EventStarted:
			want = append(want, "in_progress")
		case itsm.EventCompleted:
			want = append(want, map[itsm.Outcome]string{itsm.Successful: "success", itsm.Failed: "failure"}[change.Outcome])
		case itsm.EventRejected, itsm.EventCancelled:
			want = append(want, "error")
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
