package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

// waiting is what has its next thing to do come by itself, or by an act. T is all
// that decides what is to be done next but for the deadline: when it becomes
// another, the wait is over. approval is one; the other is in the tests.
type waiting[T comparable] interface {
	Next() (itsm.Deadline, bool) // what happens by itself first
	turn() T
	awaits(itsm.Deadline) string // what its timer is for, in the words of the Temporal UI
	fall(workflow.Context, itsm.Deadline)
}

// wait passes the time until what comes next is another thing than before, or
// until it comes: then it happens.
func wait[T comparable](ctx workflow.Context, w waiting[T]) error {
	before := momentOf(w)
	turned := func() bool { return momentOf(w) != before }
	next, comes := w.Next()
	if !comes {
		return workflow.Await(ctx, turned)
	}
	if over, err := until(ctx, next.At, w.awaits(next), turned); err != nil || over {
		return err
	}
	next, _ = w.Next() // of the same kind and instant, but what it is of may be another by now
	w.fall(ctx, next)
	return nil
}

// moment is a turn with what falls due in it.
type moment[T comparable] struct {
	turn  T
	falls itsm.EventKind
	at    int64
}

func momentOf[T comparable](w waiting[T]) moment[T] {
	m := moment[T]{turn: w.turn()}
	if next, comes := w.Next(); comes {
		m.falls, m.at = next.Kind, next.At.UnixNano()
	}
	return m
}

// until waits for done, or for an instant. Its one timer is cancelled when done
// wins: the SDK leaves it running otherwise, to wake a process long decided.
func until(ctx workflow.Context, at time.Time, summary string, done func() bool) (bool, error) {
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	return workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout:      at.Sub(workflow.Now(ctx)),
		TimerOptions: workflow.TimerOptions{Summary: summary},
	}, done)
}

// whilst runs an activity as long as its answer is wanted.
func whilst(ctx workflow.Context, wanted func() bool, summary string, activity, ask, answer any) error {
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	asked := do(ctx, summary, activity, ask)
	if err := workflow.Await(ctx, func() bool { return asked.IsReady() || !wanted() }); err != nil || !asked.IsReady() {
		return err
	}
	return asked.Get(ctx, answer)
}
