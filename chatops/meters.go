package chatops

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// meters count what a person on call asks about the Slack door.
type meters struct {
	deliveries *prometheus.CounterVec
	age        prometheus.Histogram
}

func newMeters(r prometheus.Registerer) (meters, error) {
	m := meters{
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "steward_slack_deliveries_total", Help: "Deliveries from Slack, by kind and by what came of them.",
		}, []string{"kind", "outcome"}),
		age: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "steward_slack_relay_age_seconds", Help: "Age of a delivery when the relay took it up.",
			Buckets: []float64{1, 2, 5, 10, 30, 60, 300, 900, 1800},
		}),
	}
	if r == nil {
		return m, nil
	}
	return m, errors.Join(r.Register(m.deliveries), r.Register(m.age))
}

func (m meters) delivered(kind, outcome string) { m.deliveries.WithLabelValues(kind, outcome).Inc() }

func (m meters) relayed(age time.Duration) { m.age.Observe(age.Seconds()) }
