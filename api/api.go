package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// Config is what the door is built from.
type Config struct {
	Desk       *desk.Desk
	Metrics    prometheus.Gatherer   // what /metrics shows
	Registerer prometheus.Registerer // where the door's own metrics go
	Log        *slog.Logger
	Now        func() time.Time // for durations

	// GitHubSecrets are the secrets that GitHub may sign with now, of 16
	// characters or more: two while one is being replaced. None: no hooks.
	GitHubSecrets []string
	// TrustedProxies are the addresses or prefixes whose X-Forwarded-For and
	// X-Forwarded-Proto are believed. None: nobody's.
	TrustedProxies []string

	// Mount hangs other doors on the same engine, behind the same bounds. May be nil.
	Mount func(gin.IRouter)
	// StartPage is shown at /start. It may set a Content-Security-Policy of its own. May be nil.
	StartPage http.Handler
}

type door struct {
	Config
	desk     counter
	contract *contract
	meters   *meters
	proxies  []netip.Prefix
}

// New builds the door. It fails on a configuration that could not be meant, such
// as a short secret.
func New(cfg Config) (http.Handler, error) {
	if cfg.Desk == nil {
		return nil, errors.New("api: no desk to call")
	}
	return open(cfg, cfg.Desk)
}

func open(cfg Config, at counter) (http.Handler, error) {
	for i, s := range cfg.GitHubSecrets {
		if len(s) < 16 {
			return nil, fmt.Errorf("api: GitHub secret %d has fewer than 16 characters", i+1)
		}
	}
	d := &door{Config: cfg, desk: at}
	var err error
	if d.contract, err = readContract(); err != nil {
		return nil, err
	}
	if d.proxies, err = prefixes(cfg.TrustedProxies); err != nil {
		return nil, err
	}
	if d.meters, err = newMeters(cfg.Registerer); err != nil {
		return nil, err
	}
	return d.engine()
}

func (d *door) engine() (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	// A path is matched as it was sent: with %2F taken for a slash, CHG-1%2Fstart
	// would be another route here than for a proxy in front of us.
	e.UseEscapedPath, e.UnescapePathValues = true, true
	e.RedirectTrailingSlash, e.RedirectFixedPath = false, false
	e.HandleMethodNotAllowed = true
	e.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := e.SetTrustedProxies(d.TrustedProxies); err != nil {
		return nil, fmt.Errorf("api: trusted proxies: %w", err)
	}
	e.Use(d.correlate, d.record, d.protect, d.catch, d.bound)
	e.NoRoute(func(c *gin.Context) {
		d.refuse(c, itsm.Refuse(itsm.NotFound, "route.not_found", "There is nothing at this address; /openapi.yaml lists what there is."))
	})
	e.NoMethod(func(c *gin.Context) {
		d.refuse(c, itsm.Refuse(itsm.Invalid, "route.method", "This address does not take %s.", clip(c.Request.Method, 16)))
	})
	d.routes(e)
	return e, nil
}

func (d *door) routes(e *gin.Engine) {
	RegisterHandlersWithOptions(e.Group("", d.authenticate, d.check), NewStrictHandlerWithOptions(d, nil, StrictGinServerOptions{
		RequestErrorHandlerFunc:  d.unbound,
		HandlerErrorFunc:         d.refuse,
		ResponseErrorHandlerFunc: d.refuse,
	}), GinServerOptions{ErrorHandler: func(c *gin.Context, err error, _ int) { d.unbound(c, err) }})
	e.POST("/v1/hooks/github", d.gitHub)
	e.POST("/v1/hooks/alertmanager/:key", d.alertmanager)
	e.POST("/v1/hooks/events/:key", d.events)
	e.GET("/livez", d.livez)
	e.GET("/readyz", d.readyz)
	e.GET("/metrics", d.metrics())
	e.GET("/openapi.yaml", d.document)
	if d.StartPage != nil {
		e.GET("/start", gin.WrapH(d.StartPage))
	}
	if d.Mount != nil {
		d.Mount(e)
	}
}

// Server is an HTTP server whose every wait is bounded, so that a client that
// trickles its bytes holds a connection for seconds, not for ever.
func Server(addr string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      answerWithin + 15*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    4 * maxHeader, // beyond maxHeader we answer with a problem, beyond this net/http does
	}
}
