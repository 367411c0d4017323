package workflows

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

// alarm rings by itself until it is thrown away: something that waits, and has no
// approval.
type alarm struct {
	away  bool
	began time.Time
	set   []itsm.Deadline
	rang  []string
}

func (p *alarm) turn() bool                  { return p.away }
func (p *alarm) awaits(itsm.Deadline) string { return "until it rings" }

func (p *alarm) Next() (itsm.Deadline, bool) {
	if len(p.set) == 0 {
		return itsm.Deadline{}, false
	}
	return p.set[0], true
}

func (p *alarm) fall(ctx workflow.Context, d itsm.Deadline) {
	p.rang = append(p.rang, d.What+" at "+workflow.Now(ctx).Sub(p.began).Round(time.Minute).String())
	p.set = p.set[1:]
}

// ring is the process of an alarm that is set for some hours after its start.
func ring(ctx workflow.Context, hours []int) ([]string, error) {
	p := &alarm{began: workflow.Now(ctx)}
	at := func(hour int, what string) itsm.Deadline {
		return itsm.Deadline{At: p.began.Add(time.Duration(hour) * time.Hour), Kind: "alarm.rang", What: what}
	}
	for _, hour := range hours {
		p.set = append(p.set, at(hour, "bell"))
	}
	if err := errors.Join(
		workflow.SetUpdateHandler(ctx, "set", func(_ workflow.Context, hour int, what string) error {
			p.set = []itsm.Deadline{at(hour, what)}
			return nil
		}),
		workflow.SetUpdateHandler(ctx, "off", func(workflow.Context) error { p.set = nil; return nil }),
		workflow.SetUpdateHandler(ctx, "throw away", func(workflow.Context) error { p.away = true; return nil }),
	); err != nil {
		return nil, err
	}
	for !p.away {
		if err := wait(ctx, p); err != nil {
			return nil, err
		}
	}
	return p.rang, nil
}

// TestAWaitEndsWithWhatComesOrWithAnother lets an alarm ring, be set to another
// time, or to another sound, and be turned off.
func TestAWaitEndsWithWhatComesOrWithAnother(t *testing.T) {
	type act struct {
		after int
		what  string
		args  []any
	}
	for name, tt := range map[string]struct {
		set    []int
		acts   []act
		want   []string
		timers int
	}{
		"what comes happens": {[]int{1, 3}, nil, []string{"bell at 1h0m0s", "bell at 3h0m0s"}, 2},
		"another time":       {[]int{3}, []act{{1, "set", []any{2, "bell"}}}, []string{"bell at 2h0m0s"}, 2},
		"none to come yet":   {nil, []act{{1, "set", []any{2, "bell"}}}, []string{"bell at 2h0m0s"}, 1},
		"none to come more":  {[]int{3}, []act{{1, "off", nil}}, nil, 1},
		"another thing of the same kind and instant": {[]int{3}, []act{{1, "set", []any{3, "gong"}}}, []string{"gong at 3h0m0s"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			timers := map[string]bool{} // whether it is still to come
			env.SetOnTimerScheduledListener(func(id string, _ time.Duration) { timers[id] = true })
			env.SetOnTimerFiredListener(func(id string) { timers[id] = false })
			env.SetOnTimerCanceledListener(func(id string) { timers[id] = false })
			for _, act := range append(tt.acts, act{4, "throw away", nil}) {
				env.RegisterDelayedCallback(func() { env.UpdateWorkflowNoRejection(act.what, act.what, t, act.args...) }, time.Duration(act.after)*time.Hour)
			}
			env.ExecuteWorkflow(ring, tt.set)
			require.NoError(t, env.GetWorkflowError())
			var rang []string
			require.NoError(t, env.GetWorkflowResult(&rang))
			require.Equal(t, tt.want, rang)
			require.Len(t, timers, tt.timers, "one timer at a time")
			require.NotContains(t, slices.Collect(maps.Values(timers)), true, "a timer is left behind")
		})
	}
}
