package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/uber-go/tally/v4"
	tallyprom "github.com/uber-go/tally/v4/prometheus"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	sdktally "go.temporal.io/sdk/contrib/tally"
	tlog "go.temporal.io/sdk/log"

	"github.com/steward-itsm/steward/deploy/cluster"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

// retention is how long Temporal keeps the history of a closed record: long
// enough for a quarter's audit to look at it. The record itself is in Postgres.
const retention = 95 * 24 * time.Hour

// temporalAt says where Temporal is, where the TEMPORAL_… variables do not:
// `steward dev` brings a server of its own.
type temporalAt struct{ address, namespace string }

// dialTemporal connects to Temporal, with payloads encrypted when there are keys.
func dialTemporal(ctx context.Context, c Config, at temporalAt, metrics prometheus.Registerer, log *slog.Logger) (client.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("the TEMPORAL_… settings cannot be used: %w", err)
	}
	options.HostPort = cmp.Or(at.address, options.HostPort)
	options.Namespace = at.name()
	options.Logger = tlog.NewStructuredLogger(log)
	options.MetricsHandler = temporalMetrics(metrics)
	if host, err := os.Hostname(); err == nil {
		options.Identity = fmt.Sprintf("steward@%s:%d", host, os.Getpid())
	}
	if len(c.EncryptionKeys) > 0 {
		codec, err := wire.NewCodec(c.wireEncryptionKeys())
		if err != nil {
			return nil, err
		}
		options.DataConverter, options.FailureConverter = codec.Converters()
	}
	cl, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", itsm.Refuse(itsm.Unavailable, "temporal.away",
			"Temporal does not answer at %s; TEMPORAL_ADDRESS says where it is.", options.HostPort), err)
	}
	return cl, nil
}

// name is the namespace that Steward uses.
func (at temporalAt) name() string {
	return cmp.Or(at.namespace, os.Getenv("TEMPORAL_NAMESPACE"), client.DefaultNamespace)
}

// prepareTemporal makes a cluster ready for Steward; again and again, if need be.
func prepareTemporal(ctx context.Context, cl client.Client, namespace string) error {
	attributes := map[string]enumspb.IndexedValueType{}
	for _, a := range workflows.SearchAttributes {
		attributes[a.GetName()] = a.GetValueType()
	}
	if err := cluster.Prepare(ctx, cl, namespace, attributes, retention); err != nil {
		return err
	}
	return cluster.Nightly(ctx, cl, cluster.Night{
		ID: workflows.TrendsSchedule, Workflow: workflows.TrendsType, Queue: workflows.Queue,
		Note: "Looks for incidents that are alike; Steward proposes a problem for each trend.",
	})
}

// temporalMetrics shows the SDK's own metrics beside ours.
func temporalMetrics(reg prometheus.Registerer) client.MetricsHandler {
	reporter := tallyprom.NewReporter(tallyprom.Options{Registerer: reg})
	scope, _ := tally.NewRootScope(tally.ScopeOptions{
		CachedReporter:  reporter,
		Separator:       tallyprom.DefaultSeparator,
		SanitizeOptions: &sdktally.PrometheusSanitizeOptions,
	}, time.Second)
	return sdktally.NewMetricsHandler(sdktally.NewPrometheusNamingScope(scope))
}

func (c Config) wireKeys() wire.Keys {
	var keys wire.Keys
	for _, k := range c.ActKeys {
		keys = append(keys, k.Reveal())
	}
	return keys
}
