package activities_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	yaml "github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// chat is Slack as an activity sees it: what stands there, and how the next
// attempts end.
type chat struct {
	stands map[itsm.Place]itsm.Notice
	posts  int
	edits  int
	fail   []error // by attempt, posts and edits alike; nil: it works
	taken  bool    // a failed post stands there all the same
}

func (c *chat) next() error {
	if len(c.fail) == 0 {
		return nil
	}
	err := c.fail[0]
	c.fail = c.fail[1:]
	return err
}

func (c *chat) Post(_ context.Context, n itsm.Notice) (itsm.Place, error) {
	c.posts++
	at := itsm.Place{Channel: "C0" + string(n.To), TS: n.Key}
	err := c.next()
	if err == nil || c.taken {
		c.stands[at] = n
	}
	return at, err
}

func (c *chat) Edit(_ context.Context, at itsm.Place, n itsm.Notice) error {
	c.edits++
	err := c.next()
	if err == nil {
		c.stands[at] = n
	}
	return err
}

func (c *chat) Find(_ context.Context, n itsm.Notice, _ time.Time) (itsm.Place, bool, error) {
	for at, stands := range c.stands {
		if stands.Key == n.Key {
			return at, true, nil
		}
	}
	return itsm.Place{}, false, nil
}

// bench is the activities on a database of their own.
type bench struct {
	*testsuite.TestActivityEnvironment

	t     *testing.T
	owner *db.Store
	chat  *chat
}

var a *activities.Activities

func newBench(t *testing.T) *bench {
	t.Helper()
	url := dbtest.New(t)
	b := &bench{t: t, owner: dbtest.Open(t, url, db.Owner), chat: &chat{stands: map[itsm.Place]itsm.Notice{}}}
	b.apply(catalog("bob", "eve"))
	var suite testsuite.WorkflowTestSuite
	b.TestActivityEnvironment = suite.NewTestActivityEnvironment()
	b.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{wire.Interceptor(nil)}})
	b.RegisterActivity(&activities.Activities{
		Store: dbtest.Open(t, url, db.Worker), Messenger: b.chat, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return raisedAt },
	})
	return b
}

func (b *bench) apply(c itsm.Catalog) {
	b.t.Helper()
	_, _, err := b.owner.ApplyCatalog(b.t.Context(), c, yaml.Digest(c), "test")
	require.NoError(b.t, err)
}

func catalog(approvers ...itsm.PersonID) itsm.Catalog {
	c := itsm.Catalog{
		People:   []itsm.Person{{ID: "ana", Name: "Ana", Roles: []itsm.Role{itsm.Requester}}},
		Services: []itsm.Service{{ID: "website", Name: "Website", Owner: "ana", Team: "web", Channel: "C0WEB"}},
		Change:   itsm.ChangePolicy{Approvers: itsm.Approver, RemindAfter: itsm.Duration(time.Hour), ExpireAfter: itsm.Duration(2 * time.Hour)},
	}
	for _, id := range approvers {
		c.People = append(c.People, itsm.Person{ID: id, Name: string(id), Roles: []itsm.Role{itsm.Approver}})
	}
	return c
}

var raisedAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func recording() activities.Recording {
	d := itsm.ChangeDraft{Type: itsm.Normal, Title: "Rotate", Service: "website", Plan: "Rotate.", BackoutPlan: "Rotate back."}
	return activities.Recording{
		Change: itsm.Change{
			ChangeDraft: d, Number: "CHG-1", Requester: "ana", State: itsm.ChangeRaised,
			ContentHash: d.Hash(), RaisedAt: raisedAt, Since: raisedAt,
		},
		Event: itsm.Event{
			Number: "CHG-1", Revision: 1, Kind: itsm.EventRaised, At: raisedAt, Actor: "ana", Door: itsm.DoorAPI, To: itsm.State(itsm.ChangeRaised),
		},
	}
}

func (b *bench) record() (activities.Recorded, error) {
	value, err := b.ExecuteActivity(a.RecordChange, recording())
	var r activities.Recorded
	if err == nil {
		require.NoError(b.t, value.Get(&r))
	}
	return r, wire.Fault(err)
}

// opened and rejected are the steps after the first.
func opened() activities.Stepping {
	expire := raisedAt.Add(2 * time.Hour)
	return activities.Stepping{Step: itsm.ChangeStep{
		Event: itsm.Event{
			Number: "CHG-1", Revision: 2, Kind: itsm.EventOpened, At: raisedAt, Actor: itsm.System, Door: itsm.DoorSystem,
			From: itsm.State(itsm.ChangeRaised), To: itsm.State(itsm.ChangeAwaiting),
		},
		Approvers: []itsm.PersonID{"bob", "eve"}, ExpireAt: &expire,
	}}
}

func rejected() activities.Stepping {
	at, expire := raisedAt.Add(time.Minute), raisedAt.Add(2*time.Hour)
	return activities.Stepping{Step: itsm.ChangeStep{
		Event: itsm.Event{
			Number: "CHG-1", Revision: 3, Kind: itsm.EventRejected, At: at, Actor: "bob", Door: itsm.DoorSlack, Note: "No.",
			From: itsm.State(itsm.ChangeAwaiting), To: itsm.State(itsm.ChangeRejected),
			Decision: &itsm.Decision{By: "bob", Door: itsm.DoorSlack, Verdict: itsm.Reject, Note: "No.", ContentHash: recording().Change.ContentHash, At: at},
		},
		Approvers: []itsm.PersonID{"bob", "eve"}, ExpireAt: &expire, ClosedAt: &at,
	}}
}

func (b *bench) step(s activities.Stepping) error {
	_, err := b.ExecuteActivity(a.StepChange, s)
	return wire.Fault(err)
}

func (b *bench) show(revision int) (activities.Shown, error) {
	value, err := b.ExecuteActivity(a.ShowChange, activities.Target{Number: "CHG-1", Revision: revision})
	var s activities.Shown
	if err == nil {
		require.NoError(b.t, value.Get(&s))
	}
	return s, wire.Fault(err)
}

func TestARecordingThatRunsAgainPinsTheSamePolicy(t *testing.T) {
	b := newBench(t)
	first, err := b.record()
	require.NoError(t, err)
	require.Equal(t, []itsm.PersonID{"bob", "eve"}, first.Opening.Panels[0].Named)
	later := catalog("zoe")
	later.Change.ExpireAfter = itsm.Duration(9 * time.Hour)
	b.apply(later)
	again, err := b.record()
	require.NoError(t, err)
	require.Equal(t, first.PolicyVersion, again.PolicyVersion)
	require.Equal(t, raisedAt.Add(2*time.Hour), again.Opening.ExpireAt, "the policy has changed since; the record's has not")
	require.Equal(t, []itsm.PersonID{"zoe"}, again.Opening.Panels[0].Named, "people are as they are now")
}

func TestANumberThatIsTakenIsNotTakenAgain(t *testing.T) {
	b := newBench(t)
	_, err := b.record()
	require.NoError(t, err)
	other := recording()
	other.Change.Requester = "bob"
	_, err = b.ExecuteActivity(a.RecordChange, other)
	require.Equal(t, "record.exists", itsm.AsError(wire.Fault(err)).Code)
}

func TestARecordingWaitsUntilSomebodyMayDecide(t *testing.T) {
	b := newBench(t)
	b.apply(catalog())
	_, err := b.record()
	e := itsm.AsError(err)
	require.Equal(t, "change.nobody_decides", e.Code)
	require.True(t, e.Kind.Temporary(), "a catalog can be mended, so it is tried again")
	b.apply(catalog("bob"))
	r, err := b.record()
	require.NoError(t, err)
	require.Equal(t, []itsm.PersonID{"bob"}, r.Opening.Panels[0].Named)
}

func TestStepsMayComeTwiceAndOutOfOrder(t *testing.T) {
	b := newBench(t)
	_, err := b.record()
	require.NoError(t, err)
	for _, s := range []activities.Stepping{rejected(), opened(), rejected(), opened()} {
		require.NoError(t, b.step(s))
	}
	c, err := b.owner.Change(t.Context(), "CHG-1")
	require.NoError(t, err)
	require.Equal(t, itsm.Receipt{Number: "CHG-1", State: itsm.State(itsm.ChangeRejected), Revision: 3}, c.Receipt())
	timeline, err := b.owner.Timeline(t.Context(), "CHG-1")
	require.NoError(t, err)
	require.Len(t, timeline, 3)
	require.Len(t, c.Decisions, 1)
}

func TestAStepThatDivergesIsAnAlarmThatIsTriedAgain(t *testing.T) {
	b := newBench(t)
	_, err := b.record()
	require.NoError(t, err)
	require.NoError(t, b.step(opened()))
	other := opened()
	other.Step.Approvers = []itsm.PersonID{"mallory"}
	e := itsm.AsError(b.step(other))
	require.Equal(t, itsm.Internal, e.Kind)
	require.Equal(t, "record.diverged", e.Code)
	require.True(t, e.Kind.Temporary())
}

func TestShowingPeopleTwiceSaysNothingTwice(t *testing.T) {
	b := newBench(t)
	_, err := b.record()
	require.NoError(t, err)
	_, err = b.show(2)
	require.Equal(t, "record.behind", itsm.AsError(err).Code, "what is not saved is not shown")
	require.NoError(t, b.step(opened()))
	shown, err := b.show(2)
	require.NoError(t, err)
	require.Equal(t, 3, shown.Messages, "a card, and a word to each of two approvers")
	_, err = b.show(2)
	require.NoError(t, err)
	require.Equal(t, []int{3, 0}, []int{b.chat.posts, b.chat.edits})

	require.NoError(t, b.step(rejected()))
	_, err = b.show(3)
	require.NoError(t, err)
	_, err = b.show(2) // late, and out of order
	require.NoError(t, err)
	require.Equal(t, []int{4, 3}, []int{b.chat.posts, b.chat.edits}, "one more for the requester, three that change")
	for _, n := range b.chat.stands {
		require.Equal(t, itsm.ChangeRejected, n.Change.State)
	}
}

func TestAPostOfWhichNobodyKnowsIsLookedForFirst(t *testing.T) {
	for name, taken := range map[string]bool{"it was taken": true, "it was not": false} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			_, err := b.record()
			require.NoError(t, err)
			require.NoError(t, b.step(opened()))
			b.chat.taken = taken
			b.chat.fail = []error{itsm.Refuse(itsm.Unavailable, "slack.ambiguous", "Who knows?")}
			_, err = b.show(2)
			require.Equal(t, "slack.ambiguous", itsm.AsError(err).Code)
			_, err = b.show(2)
			require.NoError(t, err)
			require.Len(t, b.chat.stands, 3)
			posts := 4
			if taken {
				posts = 3
			}
			require.Equal(t, posts, b.chat.posts)
		})
	}
}

func TestOneWhoCannotBeReachedKeepsNobodyElseWaiting(t *testing.T) {
	b := newBench(t)
	_, err := b.record()
	require.NoError(t, err)
	require.NoError(t, b.step(opened()))
	b.chat.fail = []error{itsm.Refuse(itsm.Conflict, "slack.unreachable", "Invite the bot.")}
	shown, err := b.show(2)
	require.NoError(t, err)
	require.Equal(t, activities.Shown{Messages: 2, Unreachable: []string{"C0WEB"}}, shown)
}

func TestAMessageThatSomebodyDeletedIsNotForcedOnThemAgain(t *testing.T) {
	b := newBench(t)
	_, err := b.record()
	require.NoError(t, err)
	require.NoError(t, b.step(opened()))
	_, err = b.show(2)
	require.NoError(t, err)
	require.NoError(t, b.step(rejected()))
	b.chat.fail = []error{itsm.Refuse(itsm.NotFound, "slack.message_gone", "Gone.")}
	_, err = b.show(3)
	require.NoError(t, err)
	posts := b.chat.posts
	_, err = b.show(3)
	require.NoError(t, err)
	require.Equal(t, posts, b.chat.posts)
}
