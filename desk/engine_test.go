package desk

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"github.com/steward-itsm/steward/itsm"
)

// What Temporal says when it cannot serve is told as such, with when to ask again:
// a fault of ours would be a 500, and an alarm.
func TestWhatTemporalCannotServeNowCanBeAskedAgain(t *testing.T) {
	for code, err := range map[string]error{
		"engine.behind": serviceerror.NewWorkflowNotReady("Unable to perform workflow execution update due to Workflow Task in failed state."),
		"engine.slow":   serviceerror.NewUnavailable("shard is moving"),
	} {
		e := itsm.AsError(refusal(err))
		require.Equal(t, code, e.Code)
		require.Equal(t, itsm.Unavailable, e.Kind)
		require.Positive(t, e.RetryAfter)
	}
	require.Equal(t, "engine.slow", itsm.AsError(refusal(context.DeadlineExceeded)).Code)
	require.ErrorIs(t, refusal(serviceerror.NewNotFound("gone")), errClosed)
}
