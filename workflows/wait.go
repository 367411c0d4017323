package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
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
func whilst(ctx workflow.Context, wanted func() bool, summary string, activity, question, answer any) error {
	return whilstWithin(ctx, 0, wanted, summary, activity, question, answer)
}

// whilstWithin is whilst for a time, after which it gives up: gaveUp tells that error
// from others. No timer is set for it, so that it costs no event. 0: it never does.
func whilstWithin(ctx workflow.Context, limit time.Duration, wanted func() bool, summary string, activity, question, answer any) error {
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	terms := workflow.ActivityOptions{StartToCloseTimeout: 15 * time.Second, ScheduleToCloseTimeout: limit}
	asked := ask(ctx, terms, summary, activity, question)
	if err := workflow.Await(ctx, func() bool { return asked.IsReady() || !wanted() }); err != nil || !asked.IsReady() {
		return err
	}
	return asked.Get(ctx, answer)
}

// gaveUp reports whether an activity was not tried any more because its time was over:
// what may be tried again ends in no other way. The error is that of the last try.
func gaveUp(err error) bool {
	if _, is := errors.AsType[*temporal.ActivityError](err); !is || temporal.IsCanceledError(err) {
		return false
	}
	refused, is := errors.AsType[*temporal.ApplicationError](err)
	return !is || !refused.NonRetryable()
}
