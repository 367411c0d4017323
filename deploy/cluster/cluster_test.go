package cluster

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
)

const day = 24 * time.Hour

var wanted = map[string]enumspb.IndexedValueType{
	"TestProcess": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	"TestWaiting": enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST,
	"TestDue":     enumspb.INDEXED_VALUE_TYPE_DATETIME,
	"TestLate":    enumspb.INDEXED_VALUE_TYPE_BOOL,
}

func TestMain(m *testing.M) {
	os.Exit(stacktest.Main(m, devstack.Options{Temporal: true, DurabilityOff: true}))
}

func dial(t *testing.T, address, namespace string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: address, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func retentionOf(t *testing.T, c client.Client, namespace string) time.Duration {
	t.Helper()
	d, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	require.NoError(t, err)
	return d.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()
}

// startOne starts a workflow that carries every attribute, at once and without a retry.
func startOne(t *testing.T, c client.Client) {
	t.Helper()
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		TaskQueue: "nobody",
		TypedSearchAttributes: temporal.NewSearchAttributes(
			temporal.NewSearchAttributeKeyKeyword("TestProcess").ValueSet("change"),
			temporal.NewSearchAttributeKeyKeywordList("TestWaiting").ValueSet([]string{"bob", "eve"}),
			temporal.NewSearchAttributeKeyTime("TestDue").ValueSet(time.Unix(0, 0)),
			temporal.NewSearchAttributeKeyBool("TestLate").ValueSet(true),
		),
	}, "Test")
	require.NoError(t, err)
}

func TestANamespaceIsMadeAndUsableAtOnce(t *testing.T) {
	c := dial(t, stacktest.Stack(t).TemporalAddress, "made")
	for range 2 {
		require.NoError(t, Prepare(t.Context(), c, "made", wanted, 90*day))
		require.Equal(t, 90*day, retentionOf(t, c, "made"))
		startOne(t, c)
	}
}

func TestRetentionGrowsAndNeverShrinks(t *testing.T) {
	c := dial(t, stacktest.Stack(t).TemporalAddress, client.DefaultNamespace)
	require.Less(t, retentionOf(t, c, client.DefaultNamespace), 30*day, "what the dev server comes with")
	require.NoError(t, Prepare(t.Context(), c, client.DefaultNamespace, wanted, 30*day))
	require.Equal(t, 30*day, retentionOf(t, c, client.DefaultNamespace))
	require.NoError(t, Prepare(t.Context(), c, client.DefaultNamespace, wanted, 3*day))
	require.Equal(t, 30*day, retentionOf(t, c, client.DefaultNamespace))
	startOne(t, c)
}

func TestSeveralMayPrepareAtOnce(t *testing.T) {
	c := dial(t, stacktest.Stack(t).TemporalAddress, "raced")
	g, ctx := errgroup.WithContext(t.Context())
	for range 8 {
		g.Go(func() error { return Prepare(ctx, c, "raced", wanted, day) })
	}
	require.NoError(t, g.Wait())
	startOne(t, c)
}

func TestALaterVersionAddsWhatIsMissing(t *testing.T) {
	c := dial(t, stacktest.Stack(t).TemporalAddress, "grown")
	some := map[string]enumspb.IndexedValueType{"TestProcess": wanted["TestProcess"]}
	require.NoError(t, Prepare(t.Context(), c, "grown", some, day))
	require.NoError(t, Prepare(t.Context(), c, "grown", wanted, day))
	startOne(t, c)
	have, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: "grown"})
	require.NoError(t, err)
	for name, is := range wanted {
		require.Equal(t, is, have.GetCustomAttributes()[name], name)
	}
}

func TestAnAttributeOfAnotherTypeIsRefused(t *testing.T) {
	c := dial(t, stacktest.Stack(t).TemporalAddress, "typed")
	require.NoError(t, Prepare(t.Context(), c, "typed", map[string]enumspb.IndexedValueType{"TestDue": enumspb.INDEXED_VALUE_TYPE_KEYWORD}, day))
	err := Prepare(t.Context(), c, "typed", wanted, day)
	require.ErrorContains(t, err, `namespace "typed" has a search attribute TestDue of type Keyword, and Steward needs it as Datetime`)
}

func TestWhatCannotBeAskedForIsRefused(t *testing.T) {
	require.EqualError(t, Prepare(t.Context(), nil, "", wanted, day), "the Temporal namespace has no name")
	require.ErrorContains(t, Prepare(t.Context(), nil, "n", wanted, time.Minute), "from one hour to ten years")
}

func TestAServerThatWasThereBefore(t *testing.T) {
	stacktest.Stack(t) // under -short there are no servers
	dir, err := os.MkdirTemp("", "steward-test-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	for range 2 {
		s, err := devstack.Start(t.Context(), devstack.Options{Dir: dir, Temporal: true, DurabilityOff: true, Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		c := dial(t, s.TemporalAddress, client.DefaultNamespace)
		require.NoError(t, Prepare(t.Context(), c, client.DefaultNamespace, wanted, 90*day))
		startOne(t, c)
		require.NoError(t, s.Stop(context.WithoutCancel(t.Context())))
	}
}
