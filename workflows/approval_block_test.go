package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

func (p *proposal) Ballot() *itsm.Ballot {
	p.vote.Subject = itsm.Subject{
		Kind: "proposal", Number: "PRO-1", Requester: "ana", State: p.state.Words(), Awaiting: p.state == "proposed", Hold: p.hold,
		Permission: itsm.DecideChanges, Manager: itsm.ChangeManager,
	}
	return &p.vote
}

func (p *proposal) NextStage() int              { return p.Ballot().NextStage() }
func (p *proposal) Next() (itsm.Deadline, bool) { return p.Ballot().Next() }

func (p *proposal) asking() (activity, ask any) { return "NameDeciders", p.NextStage() }
func (p *proposal) policy() int                 { return 7 }
func (p *proposal) awaits(itsm.Deadline) string { return "" }

func (p *proposal) open(ctx workflow.Context, o itsm.Opening) {
	p.Ballot().OpenStage(o)
	p.happened(ctx, system, itsm.Event{Kind: "proposal.opened"})
}

func (p *proposal) reschedule(ctx workflow.Context, d itsm.Deadlines) {
	p.Ballot().Reschedule(d)
	p.happened(ctx, system, itsm.Event{Kind: "proposal.rescheduled"})
}

func (p *proposal) fall(ctx workflow.Context, d itsm.Deadline) {
	b := p.Ballot()
	if b.Fall(d); !b.Awaiting {
		p.state = "expired"
	}
	p.happened(ctx, system, itsm.Event{Kind: d.Kind})
}

// TestAProcessThatIsNoChangeIsCarriedThroughByTheSameBlock opens two stages of
// another kind of record, reminds, holds, resumes and expires.
func TestAProcessThatIsNoChangeIsCarriedThroughByTheSameBlock(t *testing.T) {
	for name, tt := range map[string]struct {
		acts []proposalAct
		want []string
	}{
		"decided, stage after stage": {
			[]proposalAct{{time.Hour, "bob", "proposal.decide", yes}, {7 * time.Hour, "eve", "proposal.decide", yes}},
			[]string{"0s proposal.opened", "1h0m0s proposal.stage_passed", "1h0m0s proposal.opened", "5h0m0s proposal.reminded", "7h0m0s proposal.approved"},
		},
		"held for two hours, then left alone": {
			[]proposalAct{{time.Hour, "ana", "proposal.hold", struct{}{}}, {3 * time.Hour, "ana", "proposal.resume", struct{}{}}},
			[]string{"0s proposal.opened", "3h0m0s proposal.rescheduled", "6h0m0s proposal.reminded", "10h0m0s proposal.expired"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCouncil(t)
			c.decides(tt.acts...)
			require.Equal(t, tt.want, c.timeline())
		})
	}
}
