package workflows

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// proposal is a record that is no change and only is decided on, by a process that
// has no more than the approval and what every process has.
type proposal struct {
	process
	vote     itsm.Ballot
	state    itsm.State
	hold     *itsm.Hold
	marked   bool
	revision int
}

// decideProposal is the whole of the other process.
func decideProposal(ctx workflow.Context) (itsm.Receipt, error) {
	p := &proposal{state: "proposed", vote: itsm.Ballot{Approval: itsm.Approval{Round: 1}}}
	p.of = p
	return p.run(ctx, p.receive, p.authorise)
}

func (p *proposal) receive(ctx workflow.Context) error {
	_, err := p.arrives(ctx)
	p.revise()
	p.answerRaise()
	return err
}

func (p *proposal) authorise(ctx workflow.Context) error {
	for !p.over() {
		if err := (approval{p}).proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *proposal) deeds() []deed {
	return []deed{
		raises("proposal.raise", "Propose it.", untimed(func(itsm.Actor, struct{}) error { return nil }), p.propose),
		comments("proposal.comment", "KeepComment", func(itsm.Actor, itsm.CommentRequest, itsm.Talk) error { return nil }, p.say),
		on("proposal.decide", "Decide on it.", untimed(p.checkDecision), p.decide),
		on("proposal.hold", "Let it wait.", bare(func(itsm.Actor) error { return nil }), p.stand),
		on("proposal.resume", "Go on with it.", bare(func(itsm.Actor) error { return nil }), p.resume),
		on("proposal.mark", "Mark it.", bare(func(itsm.Actor) error { return nil }), p.mark),
	}
}

func (p *proposal) propose(itsm.Actor, struct{}, time.Time) itsm.Event {
	return itsm.Event{Kind: "proposal.raised"}
}

func (p *proposal) checkDecision(who itsm.Actor, d itsm.DecisionRequest) error {
	return p.Ballot().CheckDecision(who, d)
}

func (p *proposal) decide(who itsm.Actor, d itsm.DecisionRequest, at time.Time) itsm.Event {
	b, from := p.Ballot(), p.state
	u := b.Decide(who, d, at)
	if u.Result == itsm.ResultApproved {
		p.state = "accepted"
	}
	return itsm.Event{Kind: b.Event(u.Result), From: from}
}

// stand, resume and mark change the record without an event. The last of them is
// nothing that a wait would end with.
func (p *proposal) stand(who itsm.Actor, _ struct{}, at time.Time) itsm.Event {
	p.hold = &itsm.Hold{By: who.Person, At: at, Note: "Wait."}
	p.Ballot().Stop(at)
	return itsm.Event{}
}

func (p *proposal) resume(itsm.Actor, struct{}, time.Time) itsm.Event {
	p.hold = nil
	return itsm.Event{}
}

func (p *proposal) mark(itsm.Actor, struct{}, time.Time) itsm.Event {
	p.marked = true
	return itsm.Event{}
}

// say goes on with what is on hold: what was said made something happen.
func (p *proposal) say(who itsm.Actor, r itsm.CommentRequest, _ *itsm.Talk, at time.Time) (itsm.Comment, itsm.Event) {
	said := itsm.Comment{ID: 1, Number: "PRO-1", Kind: r.Kind(), By: who.Person, At: at, Text: r.Text}
	if p.hold == nil {
		return said, itsm.Event{}
	}
	p.hold = nil
	return said, itsm.Event{Kind: "proposal.resumed", From: p.state}
}

func (p *proposal) Receipt() itsm.Receipt {
	return itsm.Receipt{Number: "PRO-1", State: p.state, Revision: p.revision}
}

func (p *proposal) Explain() itsm.Explanation {
	return itsm.Explanation{Number: "PRO-1", State: p.state, Summary: "It is " + p.state.Words() + ".", WaitsFor: p.Ballot().Waiting()}
}

func (p *proposal) over() bool { return p.state != "proposed" }
func (p *proposal) revise()    { p.revision++ }

func (p *proposal) step(e itsm.Event, _ activities.Origin) (activity, saved any) {
	return "KeepProposal", e
}

func (p *proposal) attributes() []attribute {
	return []attribute{word(Team, itsm.TeamID("")), flag(Breached, p.marked)}
}

func (p *proposal) rows(itsm.Explanation) []row { return []row{{"About", "lunch"}} }

// council is where the proposal is decided on, and all that it saved and showed.
type council struct {
	*testsuite.TestWorkflowEnvironment

	t        *testing.T
	mu       sync.Mutex
	events   []itsm.Event
	said     []string
	began    time.Time
	marked   []string       // when it was shown to be marked
	receipts []itsm.Receipt // what the acts answered
}

func newCouncil(t *testing.T) *council {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	c := &council{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t}
	c.began = c.Now()
	c.SetTestTimeout(20 * time.Second)
	c.RegisterActivity(&activities.Activities{})
	for name, of := range map[string]any{
		"NameDeciders": func(_ context.Context, stage int) (itsm.Opening, error) {
			o := itsm.OfOne([]itsm.PersonID{"bob", "eve"}[stage-1:stage], c.Now(), new(c.Now().Add(4*time.Hour)), new(c.Now().Add(8*time.Hour)))
			o.Stage, o.Of = stage, 2
			return o, nil
		},
		"KeepProposal": func(_ context.Context, e itsm.Event) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.events = append(c.events, e)
			return nil
		},
		"KeepComment": func(_ context.Context, s activities.Commenting) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.said = append(c.said, s.Comment.Text)
			return nil
		},
	} {
		c.RegisterActivityWithOptions(of, activity.RegisterOptions{Name: name})
	}
	c.OnActivity(a.MoveDeadlines, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.Stopped) (itsm.Deadlines, error) {
		require.Equal(t, 7, s.PolicyVersion)
		return s.Deadlines.Moved(itsm.AroundTheClock, s.From, s.To)
	}).Maybe()
	c.OnUpsertTypedSearchAttributes(mock.Anything).Return(nil).Run(func(args mock.Arguments) {
		shown, _ := args.Get(0).(temporal.SearchAttributes)
		if marked, _ := shown.GetBool(Breached); marked {
			c.marked = append(c.marked, c.Now().Sub(c.began).Round(time.Minute).String())
		}
	})
	return c
}

// proposalAct is what somebody does to the proposal after a while.
type proposalAct struct {
	after time.Duration
	who   itsm.PersonID
	verb  itsm.Act
	body  any
}

var yes = itsm.DecisionRequest{Verdict: itsm.Approve}

// decides raises the proposal, does what people do to it, and runs it to its end.
func (c *council) decides(acts ...proposalAct) (end itsm.Receipt) {
	c.t.Helper()
	c.act(proposalAct{0, "ana", "proposal.raise", struct{}{}})
	for _, act := range acts {
		c.act(act)
	}
	c.ExecuteWorkflow(decideProposal)
	require.NoError(c.t, c.GetWorkflowError())
	require.NoError(c.t, c.GetWorkflowResult(&end))
	require.Len(c.t, c.receipts, len(acts)+1)
	return end
}

func (c *council) act(act proposalAct) {
	actor := itsm.Actor{Person: act.who, Roles: []itsm.Role{itsm.Approver}, Scopes: []itsm.Scope{itsm.ScopeWrite}}
	c.RegisterDelayedCallback(func() {
		signed, err := wire.Sign(wire.Keys{make([]byte, 32)}, wire.Bound{}, actor, act.body, c.Now())
		require.NoError(c.t, err)
		c.UpdateWorkflow(string(act.verb), string(act.verb)+act.after.String(), &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { c.t.Error(err) },
			OnComplete: func(r any, err error) {
				require.NoError(c.t, err)
				receipt, _ := r.(itsm.Receipt)
				c.receipts = append(c.receipts, receipt)
			},
		}, signed)
	}, act.after)
}

// timeline is what happened, and how long after the start.
func (c *council) timeline() (all []string) {
	slices.SortFunc(c.events, func(x, y itsm.Event) int { return x.Revision - y.Revision })
	for i, e := range c.events {
		require.Equal(c.t, i+2, e.Revision)
		all = append(all, e.At.Sub(c.events[0].At).Round(time.Minute).String()+" "+string(e.Kind))
	}
	return all
}

// What was said may make something happen: then the comment answers after both saves,
// with the record as that left it.
func TestACommentMayMakeSomethingHappen(t *testing.T) {
	c := newCouncil(t)
	end := c.decides(
		proposalAct{time.Hour, "bob", "proposal.comment", itsm.CommentRequest{Text: "Where?"}},
		proposalAct{2 * time.Hour, "ana", "proposal.hold", struct{}{}},
		proposalAct{3 * time.Hour, "ana", "proposal.comment", itsm.CommentRequest{Text: "In town."}},
	)
	require.Equal(t, []string{"Where?", "In town."}, c.said)
	require.Equal(t, []string{"0s proposal.opened", "3h0m0s proposal.resumed", "3h0m0s proposal.rescheduled", "5h0m0s proposal.reminded", "9h0m0s proposal.expired"}, c.timeline())
	require.Equal(t, []int{1, 2, 2, 3}, revisions(c.receipts))
	require.Equal(t, itsm.Receipt{Number: "PRO-1", State: "expired", Revision: 6}, end)
}

func revisions(receipts []itsm.Receipt) (all []int) {
	for _, r := range receipts {
		all = append(all, r.Revision)
	}
	return all
}

// What no event tells of is not saved, and shown all the same.
func TestWhatMakesNoEventIsShown(t *testing.T) {
	c := newCouncil(t)
	c.decides(proposalAct{time.Hour, "ana", "proposal.mark", struct{}{}})
	require.Equal(t, "1h0m0s", c.marked[0])
	require.Equal(t, []string{"0s proposal.opened", "4h0m0s proposal.reminded", "8h0m0s proposal.expired"}, c.timeline())
	require.Equal(t, []int{1, 2}, revisions(c.receipts))
}

// The details say of any record where it stands, and what it alone has to say.
func TestTheDetailsAreOfAnyRecord(t *testing.T) {
	c := newCouncil(t)
	var details string
	c.RegisterDelayedCallback(func() {
		value, err := c.QueryWorkflow("__temporal_workflow_metadata")
		require.NoError(t, err)
		var m sdkpb.WorkflowMetadata
		require.NoError(t, value.Get(&m))
		details = m.GetCurrentDetails()
	}, time.Hour)
	c.decides()
	require.Contains(t, details, "## PRO-1: proposed\n\nIt is proposed.\n\n| | |\n|---|---|\n| Since |")
	require.Contains(t, details, "| Waits for | bob |\n| About | lunch |\n\n**If nobody acts**\n\n- Nothing happens by itself.\n")
}

// A record is raised once, whatever it is of.
func TestARecordIsRaisedOnce(t *testing.T) {
	p := &proposal{state: "proposed"}
	p.of, p.raised = p, itsm.Event{Kind: "proposal.raised"}
	signed, err := wire.Sign(wire.Keys{make([]byte, 32)}, wire.Bound{}, itsm.Actor{}, struct{}{}, time.Time{})
	require.NoError(t, err)
	require.Equal(t, "record.exists", itsm.AsError(p.deeds()[0].check(nil, &p.process, signed)).Code)
}
