package workflows_test

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

// recorded is a process of which histories are recorded.
type recorded struct {
	name    string // in Temporal
	files   string // what the names of its histories begin with
	process any
	step    string // the activity that saves what happened
	moves   map[itsm.State][]itsm.State
	steps   int
	swapped func(i, j int) any
	alike   int // from this step on their order makes no difference, counted from 0
}

var (
	change = recorded{
		workflows.ChangeType, "change", workflows.Change, "StepChange", movesOf(itsm.ChangeMoves), workflows.ChangeSteps, func(i, j int) any { return workflows.ChangeSwapped(i, j) }, workflows.ChangeSteps,
	}
	incident = recorded{
		workflows.IncidentType, "incident", workflows.Incident, "StepIncident", movesOf(itsm.IncidentMoves), workflows.IncidentSteps, func(i, j int) any { return workflows.IncidentSwapped(i, j) },
		3, // what is resolved may be reopened, so the last step can do all that the one before it does
	}
	problem = recorded{
		workflows.ProblemType, "problem", workflows.Problem, "StepProblem", movesOf(itsm.ProblemMoves), workflows.ProblemSteps, func(i, j int) any { return workflows.ProblemSwapped(i, j) },
		0, // each does nothing but in its own states: see TestAProblemWithoutAStepDoesNotReplay
	}
	correction = recorded{
		workflows.CorrectiveType, "corrective", workflows.Corrective, "StepCorrective", movesOf(itsm.CorrectiveMoves), workflows.CorrectiveSteps, func(i, j int) any { return workflows.CorrectiveSwapped(i, j) },
		1, // each does nothing but in its own states, but for the first, which waits for the request
	}
	// What suppliers and contracts do in a day is recorded; for their moves in years see
	// TestYearsOfASupplier and TestYearsOfAContract.
	supplies = recorded{
		workflows.SupplierType, "supplier", workflows.Supplier, "StepSupplier", nil, workflows.SupplierSteps, func(i, j int) any { return workflows.SupplierSwapped(i, j) }, workflows.SupplierSteps,
	}
	contracts = recorded{
		workflows.ContractType, "contract", workflows.Contract, "StepContract", nil, workflows.ContractSteps, func(i, j int) any { return workflows.ContractSwapped(i, j) },
		0, // each does nothing but in its own states, and these were raised in the task that started them
	}
	supplierReview = recorded{
		workflows.SupplierReviewType, "review", workflows.SupplierReview, "StepReview", movesOf(itsm.ReviewMoves), workflows.ReviewSteps, func(i, j int) any { return workflows.ReviewSwapped(i, j) },
		2, // each of the others does nothing but in its own state
	}
	allRecorded = []recorded{change, incident, problem, correction, supplies, contracts, supplierReview}
)

func movesOf[S ~string](moves map[S][]S) map[itsm.State][]itsm.State {
	all := map[itsm.State][]itsm.State{}
	for from, nexts := range moves {
		for _, to := range nexts {
			all[itsm.State(from)] = append(all[itsm.State(from)], itsm.State(to))
		}
	}
	return all
}

// histories are the recorded ones of a process, by name.
func (r recorded) histories(t *testing.T) map[string]*historypb.History {
	t.Helper()
	files, err := filepath.Glob("testdata/histories/" + r.files + "-*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files, "no history is there to replay; see testdata/histories/README.md")
	all := map[string]*historypb.History{}
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		h, err := client.HistoryFromJSON(f, client.HistoryJSONOptions{})
		require.NoError(t, f.Close())
		require.NoError(t, err, file)
		require.NotEmpty(t, h.GetEvents(), file)
		all[filepath.Base(file)] = h
	}
	return all
}

// replay runs a process along a history, as a production worker would on taking
// it over: with the interceptor, and with the converters of encryption, which let
// through what is in the clear.
func (r recorded) replay(t *testing.T, process any, h *historypb.History) error {
	t.Helper()
	codec, err := wire.NewCodec([]wire.Key{{ID: "test", Secret: keys[0]}})
	require.NoError(t, err)
	o := worker.WorkflowReplayerOptions{
		Interceptors: []interceptor.WorkerInterceptor{wire.Interceptor(keys)}, DisableRegistrationAliasing: true,
	}
	o.DataConverter, o.FailureConverter = codec.Converters()
	replayer, err := worker.NewWorkflowReplayerWithOptions(o)
	require.NoError(t, err)
	replayer.RegisterWorkflowWithOptions(process, workflow.RegisterOptions{Name: r.name})
	return replayer.ReplayWorkflowHistory(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), h)
}

// TestEveryRecordedHistoryReplays is what lets the process be edited while records
// are under way: what it did once, it does again.
func TestEveryRecordedHistoryReplays(t *testing.T) {
	for _, r := range allRecorded {
		for name, h := range r.histories(t) {
			t.Run(name, func(t *testing.T) {
				require.NoError(t, r.replay(t, r.process, h))
			})
		}
	}
}

// TestEveryMoveIsInARecordedHistory keeps the histories worth replaying: a move
// that none of them makes, an edit could break unseen.
func TestEveryMoveIsInARecordedHistory(t *testing.T) {
	for _, r := range allRecorded {
		missing := map[string]bool{}
		for from, nexts := range r.moves {
			for _, to := range nexts {
				missing[string(from)+" → "+string(to)] = true
			}
		}
		for name, h := range r.histories(t) {
			for _, e := range r.events(t, name, h) {
				delete(missing, string(e.From)+" → "+string(e.To))
			}
		}
		require.Empty(t, slices.Sorted(maps.Keys(missing)), "record a "+r.files+" that moves so; see testdata/histories/README.md")
	}
}

// events are what a history says to have happened to its record.
func (r recorded) events(t *testing.T, name string, h *historypb.History) (out []itsm.Event) {
	t.Helper()
	for _, e := range h.GetEvents() {
		scheduled := e.GetActivityTaskScheduledEventAttributes()
		if scheduled.GetActivityType().GetName() != r.step {
			continue
		}
		var saved struct {
			Step struct{ Event itsm.Event }
		}
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(scheduled.GetInput(), &saved), "%s is encrypted", name)
		require.NotEmpty(t, saved.Step.Event.To, name)
		out = append(out, saved.Step.Event)
	}
	return out
}

// TestTwoStepsSwappedDoNotReplay proves that the check bites: whichever two steps
// change places, a history tells. Some swaps the moves table stops first.
func TestTwoStepsSwappedDoNotReplay(t *testing.T) {
	for _, r := range allRecorded {
		all := r.histories(t)
		for i := range r.steps {
			for j := i + 1; j < r.steps; j++ {
				if i >= r.alike {
					continue
				}
				told := 0
				for _, h := range all {
					if r.replay(t, r.swapped(i, j), h) != nil {
						told++
					}
				}
				require.Positive(t, told, "no history tells that steps %d and %d of the %s changed places", i+1, j+1, r.files)
			}
		}
		for name, h := range all {
			require.NoError(t, r.replay(t, r.swapped(0, 0), h), "%s: the control swaps nothing", name)
		}
	}
}

// TestASwapThatTheRulesAllowIsFoundByReplayAlone puts the wait for the start before
// the scheduling: no rule is against it, and only history knows better.
func TestASwapThatTheRulesAllowIsFoundByReplayAlone(t *testing.T) {
	for name, h := range change.histories(t) {
		moved := slices.ContainsFunc(change.events(t, name, h), func(e itsm.Event) bool {
			return e.From == itsm.State(itsm.ChangeScheduled) && e.To != itsm.State(itsm.ChangeCancelled)
		})
		err := change.replay(t, workflows.ChangeSwapped(4, 5), h)
		if !moved { // it never came so far, or did nothing there that takes its turn
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, "[TMPRL1100]", name)
	}
}

// TestAProblemWithoutAStepDoesNotReplay: its steps may change places, since each waits
// for its own states; what it cannot do without are the first two.
func TestAProblemWithoutAStepDoesNotReplay(t *testing.T) {
	for step := range 2 {
		for name, h := range problem.histories(t) {
			require.Error(t, problem.replay(t, workflows.ProblemWithout(step), h), "%s without step %d", name, step+1)
		}
	}
}
