package api

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/steward-itsm/steward/api/refused"
)

// meters count what goes through the door. No label is the caller's to choose:
// a route is a pattern, a code is one of ours.
type meters struct {
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

func newMeters(r prometheus.Registerer) (*meters, error) {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "steward_http_requests_total",
			Help: "Requests answered, by route, method, status and the code of the refusal (empty: none).",
		}, []string{"route", "method", "status", "code"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "steward_http_request_seconds",
			Help:    "Time from the request's headers to the end of its answer.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "method"}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.took} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("api: metrics: %w", err)
		}
	}
	return m, nil
}

func (m *meters) observe(c *gin.Context, status int, took time.Duration) {
	m.requests.WithLabelValues(route(c), method(c), strconv.Itoa(status), c.GetString(refused.CodeKey)).Inc()
	m.took.WithLabelValues(route(c), method(c)).Observe(took.Seconds())
}
