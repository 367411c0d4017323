package wire_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// crossed is an error as the other side sees it: as a failure, and back.
func crossed(t *testing.T, f converter.FailureConverter, err error) error {
	t.Helper()
	return f.FailureToError(f.ErrorToFailure(err))
}

func converters(t *testing.T) map[string]converter.FailureConverter {
	t.Helper()
	codec, err := wire.NewCodec([]wire.Key{{ID: "a", Secret: newK}})
	require.NoError(t, err)
	_, sealed := codec.Converters()
	return map[string]converter.FailureConverter{"in the clear": temporal.GetDefaultFailureConverter(), "encrypted": sealed}
}

func TestEveryKindOfRefusalCrossesWhole(t *testing.T) {
	for name, f := range converters(t) {
		for _, kind := range itsm.Kinds {
			t.Run(name+"/"+string(kind), func(t *testing.T) {
				said := itsm.Refuse(kind, "change.own_request", "%s", "Wörter, \"quoted\" & <marked>").Later(90 * time.Second)
				said.Fields = []itsm.Field{{Pointer: "/title", Message: "is too long"}}
				got := wire.Fault(crossed(t, f, wire.Encode(said)))
				require.Equal(t, said, got)
			})
		}
	}
}

// TestTemporalIsToldWhetherToTryAgain also wraps the refusal, since only the
// outermost error counts for Temporal.
func TestTemporalIsToldWhetherToTryAgain(t *testing.T) {
	for _, kind := range itsm.Kinds {
		refusal := itsm.Refuse(kind, "some.code", "A sentence.").Later(7 * time.Second)
		for name, err := range map[string]error{
			"plain": refusal, "wrapped": fmt.Errorf("saving CHG-1: %w", refusal),
			"wrapped twice": fmt.Errorf("step: %w", fmt.Errorf("saving: %w", refusal)), "joined": errors.Join(errors.New("also this"), refusal),
		} {
			t.Run(string(kind)+"/"+name, func(t *testing.T) {
				app, ok := errors.AsType[*temporal.ApplicationError](crossed(t, temporal.GetDefaultFailureConverter(), wire.Encode(err)))
				require.True(t, ok)
				require.Equal(t, !kind.Temporary(), app.NonRetryable())
				require.Equal(t, 7*time.Second, app.NextRetryDelay())
				require.Equal(t, "itsm.some.code", app.Type())
				require.Equal(t, kind != itsm.Internal, app.Category() == temporal.ApplicationErrorCategoryBenign, "only what is our fault is an alarm")
			})
		}
	}
}

func TestARefusalIsFoundWithinAnActivitysFailure(t *testing.T) {
	said := itsm.Refuse(itsm.Conflict, "record.exists", "CHG-1 exists already.")
	f := temporal.GetDefaultFailureConverter()
	failed := f.FailureToError(&failurepb.Failure{
		FailureInfo: &failurepb.Failure_ActivityFailureInfo{ActivityFailureInfo: &failurepb.ActivityFailureInfo{ActivityId: "1"}},
		Cause:       f.ErrorToFailure(wire.Encode(said)),
	})
	require.ErrorAs(t, failed, new(*temporal.ActivityError))
	require.Equal(t, said, wire.Fault(failed))
}

func TestWhatIsNoRefusalStaysAsItIs(t *testing.T) {
	require.NoError(t, wire.Encode(nil))
	require.NoError(t, wire.Fault(nil))
	other := errors.New("disk on fire")
	require.Same(t, other, wire.Encode(other))
	for name, err := range map[string]error{
		"another program's":     temporal.NewApplicationError("no", "their.code"),
		"ours without a detail": temporal.NewApplicationError("no", "itsm.some.code"),
		"ours with odd details": temporal.NewApplicationError("no", "itsm.some.code", []int{1}),
		"a plain one":           other,
	} {
		t.Run(name, func(t *testing.T) {
			arrived := crossed(t, temporal.GetDefaultFailureConverter(), err)
			require.Same(t, arrived, wire.Fault(arrived))
		})
	}
}
