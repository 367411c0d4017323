package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// serveMetrics answers /metrics and /livez where a process has no door of its
// own to show them at. With no address it shows them nowhere.
func (p *program) serveMetrics(ctx context.Context) error {
	if p.config.MetricsAddr == "" {
		return nil
	}
	l, err := listen(ctx, p.config.MetricsAddr, "STEWARD_METRICS_ADDR")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, IdleTimeout: time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	return serveUntil(ctx, server, l, time.Second, true)
}
