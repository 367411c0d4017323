package workflows

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// proposal is a record that is no change and only is decided on, by a process that
// has no more than the approval.
type proposal struct {
	vote     itsm.Ballot
	state    string
	hold     *itsm.Hold
	timeline []string // what happened, and how long after the start
	began    time.Time
}

func (p *proposal) Ballot() *itsm.Ballot {
	p.vote.Subject = itsm.Subject{
		Kind: "proposal", Number: "PRO-1", Requester: "ana", State: p.state, Awaiting: p.state == "proposed", Hold: p.hold,
		Permission: itsm.DecideChanges, Manager: itsm.ChangeManager,
	}
	return &p.vote
}

func (p *proposal) NextStage() int              { return p.Ballot().NextStage() }
func (p *proposal) Next() (itsm.Deadline, bool) { return p.Ballot().Next() }

func (p *proposal) asking() (activity, ask any) { return "NameDeciders", p.NextStage() }
func (p *proposal) policy() int                 { return 7 }
func (p *proposal) awaits(itsm.Deadline) string { return "" }
func (p *proposal) show(workflow.Context)       {}

func (p *proposal) open(ctx workflow.Context, o itsm.Opening) {
	p.Ballot().OpenStage(o)
	p.note(ctx, "proposal.opened")
}

func (p *proposal) reschedule(ctx workflow.Context, d itsm.Deadlines) {
	p.Ballot().Reschedule(d)
	p.note(ctx, "proposal.rescheduled")
}

func (p *proposal) fall(ctx workflow.Context, d itsm.Deadline) {
	b := p.Ballot()
	if b.Fall(d); !b.Awaiting {
		p.state = "expired"
	}
	p.note(ctx, d.Kind)
}

func (p *proposal) note(ctx workflow.Context, what itsm.EventKind) {
	p.timeline = append(p.timeline, workflow.Now(ctx).Sub(p.began).Round(time.Minute).String()+" "+string(what))
}

func (p *proposal) decide(ctx workflow.Context, who itsm.PersonID) error {
	actor, yes := itsm.Actor{Person: who, Roles: []itsm.Role{itsm.Approver}, Scopes: []itsm.Scope{itsm.ScopeWrite}}, itsm.DecisionRequest{Verdict: itsm.Approve}
	b := p.Ballot()
	if err := b.CheckDecision(actor, yes); err != nil {
		return err
	}
	u := b.Decide(actor, yes, workflow.Now(ctx))
	if u.Result == itsm.ResultApproved {
		p.state = "accepted"
	}
	p.note(ctx, b.Event(u.Result))
	return nil
}

func (p *proposal) stand(ctx workflow.Context) error {
	p.hold = &itsm.Hold{By: "ana", At: workflow.Now(ctx), Note: "Wait."}
	p.Ballot().Stop(workflow.Now(ctx))
	return nil
}

// decideProposal is the whole of the other process.
func decideProposal(ctx workflow.Context) ([]string, error) {
	p := &proposal{state: "proposed", vote: itsm.Ballot{Approval: itsm.Approval{Round: 1}}, began: workflow.Now(ctx)}
	if err := errors.Join(
		workflow.SetUpdateHandler(ctx, "decide", p.decide),
		workflow.SetUpdateHandler(ctx, "hold", p.stand),
		workflow.SetUpdateHandler(ctx, "resume", func(workflow.Context) error { p.hold = nil; return nil }),
	); err != nil {
		return nil, err
	}
	for p.state == "proposed" {
		if err := (approval{p}).proceed(ctx); err != nil {
			return nil, err
		}
	}
	return p.timeline, workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// proposalAct is what somebody does to the proposal after a while.
type proposalAct struct {
	after time.Duration
	what  string
	args  []any
}

func (p proposalAct) later(env *testsuite.TestWorkflowEnvironment, t *testing.T) {
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(p.what, p.after.String(), &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { t.Error(err) },
			OnComplete: func(_ any, err error) {
				if err != nil {
					t.Error(err)
				}
			},
		}, p.args...)
	}, p.after)
}

// TestAProcessThatIsNoChangeIsCarriedThroughByTheSameBlock opens two stages of
// another kind of record, reminds, holds, resumes and expires.
func TestAProcessThatIsNoChangeIsCarriedThroughByTheSameBlock(t *testing.T) {
	for name, tt := range map[string]struct {
		acts []proposalAct
		want []string
	}{
		"decided, stage after stage": {
			[]proposalAct{{time.Hour, "decide", []any{"bob"}}, {7 * time.Hour, "decide", []any{"eve"}}},
			[]string{"0s proposal.opened", "1h0m0s proposal.stage_passed", "1h0m0s proposal.opened", "5h0m0s proposal.reminded", "7h0m0s proposal.approved"},
		},
		"held for two hours, then left alone": {
			[]proposalAct{{time.Hour, "hold", nil}, {3 * time.Hour, "resume", nil}},
			[]string{"0s proposal.opened", "3h0m0s proposal.rescheduled", "6h0m0s proposal.reminded", "10h0m0s proposal.expired"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			env.SetTestTimeout(20 * time.Second)
			env.RegisterActivity(&activities.Activities{})
			env.RegisterActivityWithOptions(func(_ context.Context, stage int) (itsm.Opening, error) {
				o := itsm.OfOne([]itsm.PersonID{"bob", "eve"}[stage-1:stage], env.Now(), new(env.Now().Add(4*time.Hour)), new(env.Now().Add(8*time.Hour)))
				o.Stage, o.Of = stage, 2
				return o, nil
			}, activity.RegisterOptions{Name: "NameDeciders"})
			env.OnActivity(a.MoveDeadlines, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.Stopped) (itsm.Deadlines, error) {
				require.Equal(t, 7, s.PolicyVersion)
				return s.Deadlines.Moved(itsm.AroundTheClock, s.From, s.To)
			}).Maybe()
			for _, act := range tt.acts {
				act.later(env, t)
			}
			env.ExecuteWorkflow(decideProposal)
			require.NoError(t, env.GetWorkflowError())
			var timeline []string
			require.NoError(t, env.GetWorkflowResult(&timeline))
			require.Equal(t, tt.want, timeline)
		})
	}
}
