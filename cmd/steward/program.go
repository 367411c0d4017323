package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/activities/feeds"
	"github.com/steward-itsm/steward/api"
	pages "github.com/steward-itsm/steward/api/page"
	"github.com/steward-itsm/steward/chatops"
	"github.com/steward-itsm/steward/chatops/messenger"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/audit"
	"github.com/steward-itsm/steward/db/kv"
	"github.com/steward-itsm/steward/deploy/cluster"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

const (
	drain      = 30 * time.Second // that a stop waits for what is under way
	relayEvery = 2 * time.Second
	sweepEvery = time.Hour
)

// program is Steward. Commands and tests choose which of its parts run: the
// processes need what connect opens, the doors need the rest too.
type program struct {
	config    Config
	namespace string // of Temporal
	log       *slog.Logger
	temporal  client.Client
	registry  *prometheus.Registry
	messenger *messenger.Messenger
	roster    *feeds.Feeds
	startPage http.Handler
	reached   func(place string) // see activities.Activities.Reached; nil but in tests

	store  *db.Store // of the desk; nil, as all below, where there are no doors
	limits *kv.Store
	desk   *desk.Desk
	bot    *chatops.Bot
	page   *pages.Door
}

// newProgram connects to all that Steward needs, or says what it could not reach.
func newProgram(ctx context.Context, c Config, at temporalAt, log *slog.Logger) (*program, error) {
	p, err := connect(ctx, c, at, log)
	if err != nil {
		return nil, err
	}
	if err := p.openDoors(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// connect connects to what the processes need: Temporal, and Slack to tell people.
// Their store is opened where they run.
func connect(ctx context.Context, c Config, at temporalAt, log *slog.Logger) (*program, error) {
	p := &program{config: c, namespace: at.name(), log: log, registry: prometheus.NewRegistry()}
	p.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	p.roster = feeds.New(feeds.Options{AllowLoopback: c.Env == Development, Now: time.Now})
	var err error
	if p.temporal, err = dialTemporal(ctx, c, at, p.registry, log); err != nil {
		return nil, err
	}
	p.messenger, err = messenger.New(messenger.Config{
		API: c.SlackAPIURL, Token: c.SlackBotToken.Reveal(), Log: log, Metrics: p.registry, Links: p.links,
	})
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// openDoors readies the desk and the doors to it.
func (p *program) openDoors(ctx context.Context) (err error) {
	if p.store, err = db.Open(ctx, p.config.DatabaseURL.Reveal(), db.Desk, 16); err != nil {
		return err
	}
	if p.limits, err = kv.Open(p.config.RedisURL.Reveal(), p.registry); err != nil { //nolint:contextcheck // it keeps its own time
		return err
	}
	p.desk, err = desk.New(desk.Config{
		Store: p.store, Temporal: p.temporal, Keys: p.config.wireKeys(), Limits: p.limits,
		Now: time.Now, Log: p.log, Address: p.config.recordURL, Reached: p.reachedLate, Hours: activities.Hours, Roster: p.rota,
	})
	if err != nil {
		return err
	}
	p.bot, err = chatops.New(chatops.Config{
		Desk: p.desk, Messenger: p.messenger, SigningSecrets: reveal(p.config.SlackSigningSecrets), Teams: p.config.SlackTeams,
		ResponseHosts: p.config.responseHosts(), Now: time.Now, Log: p.log, Metrics: p.registry,
	})
	if err != nil {
		return err
	}
	p.page, err = pages.New(pages.Config{
		Desk: p.desk, Keys: p.config.wireKeys(), PublicURL: p.config.PublicURL, Now: time.Now, Log: p.log,
	})
	return err
}

// rota says who is on call, as the desk tells it.
func (p *program) rota(ctx context.Context, c itsm.Catalog, id itsm.RotationID, at time.Time) (desk.Rota, error) {
	answer, err := p.roster.OnCall(ctx, c, id, at)
	r := desk.Rota{People: answer.People, Problem: answer.Problem}
	if err != nil {
		return r, err
	}
	if !answer.FetchedAt.IsZero() {
		r.ReadAt = &answer.FetchedAt
		return r, nil
	}
	rotation, _ := c.Rotation(id)
	zone, err := time.LoadLocation(rotation.Zone)
	if err != nil {
		return r, err
	}
	turns, err := rotation.Resolve(zone)
	if err != nil {
		return r, err
	}
	if next, _, comes := turns.Next(at); comes {
		r.Until = &next
	}
	return r, nil
}

// mount hangs the doors that are not the API on its engine.
func (p *program) mount(r gin.IRouter) {
	p.bot.Mount(r)
	p.page.Mount(r)
}

// reachedLate lets a test set reached after the doors are open.
func (p *program) reachedLate(place string) {
	if p.reached != nil {
		p.reached(place)
	}
}

func (p *program) close() error {
	if p.store != nil {
		p.store.Close()
	}
	if p.temporal != nil {
		p.temporal.Close()
	}
	if p.limits != nil {
		return p.limits.Close()
	}
	return nil
}

// serve answers at l until ctx ends, then finishes what it has begun.
func (p *program) serve(ctx context.Context, l net.Listener) error {
	handler, err := api.New(api.Config{ //nolint:contextcheck // a request brings its own
		Desk: p.desk, Metrics: p.registry, Registerer: p.registry, Log: p.log, Now: time.Now,
		GitHubSecrets: reveal(p.config.GitHubWebhookSecrets), TrustedProxies: p.config.TrustedProxies,
		Mount: p.mount, StartPage: p.startPage,
	})
	if err != nil {
		return err
	}
	server := api.Server(l.Addr().String(), handler)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serveUntil(ctx, server, l, drain, false) })
	g.Go(func() error { return p.bot.Relay(ctx) })
	g.Go(func() error { return p.every(ctx, relayEvery, "alerts", p.desk.RelayAlerts) })
	g.Go(func() error { return p.every(ctx, relayEvery, "problems", p.desk.RelayProblems) })
	g.Go(func() error { return p.every(ctx, relayEvery, "reviews", p.desk.RelayReviews) })
	g.Go(func() error { return p.every(ctx, schedulesEvery, "schedules of reviews", p.scheduleReviews) })
	g.Go(func() error { return p.every(ctx, relayEvery, "corrective actions", p.desk.RelayCorrections) })
	g.Go(func() error { return p.every(ctx, sweepEvery, "sweep", p.desk.Sweep) })
	return ended(ctx, g.Wait())
}

// schedulesEvery is how soon a supplier's schedule follows its tier.
const schedulesEvery = 10 * time.Second

// scheduleReviews makes the schedules of reviews agree with the suppliers that there are.
func (p *program) scheduleReviews(ctx context.Context) error {
	wanted, err := p.desk.ReviewCycles(ctx)
	if err != nil {
		return err
	}
	return cluster.Reviews(ctx, p.temporal, cluster.Begins{Workflow: workflows.ReviewsDueType, Queue: workflows.Queue}, wanted)
}

// every has the desk do a round of its own work at once and at each interval until
// ctx ends; a round that fails is said, and the next one tries again.
func (p *program) every(ctx context.Context, interval time.Duration, name string, round func(context.Context) error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := round(ctx); err != nil && ctx.Err() == nil {
			p.log.WarnContext(ctx, "a round failed; the next one tries again", "round", name, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// seal chains the audit until ctx ends. Any number of processes may: one does.
func (p *program) seal(ctx context.Context) error {
	store, err := db.Open(ctx, p.config.DatabaseURL.Reveal(), db.Sealer, 4)
	if err != nil {
		return ended(ctx, err)
	}
	defer store.Close()
	var anchorer *audit.Anchorer
	if len(p.config.AuditDirs) > 0 {
		key, err := audit.OpenKey(p.config.AuditKeyFile)
		if err != nil {
			return err
		}
		anchorer = &audit.Anchorer{Folders: p.config.AuditDirs, Key: key}
	}
	return ended(ctx, audit.NewSealer(store, anchorer, p.log, time.Now).Run(ctx))
}

// ended forgets the error by which something says that it was asked to stop.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || itsm.AsError(err).Kind == itsm.Unavailable) {
		return nil
	}
	return err
}

const defaultGitHub = "https://api.github.com/"

func reveal(secrets []Secret) []string {
	out := make([]string, len(secrets))
	for i, s := range secrets {
		out[i] = s.Reveal()
	}
	return out
}

// responseHosts are where Slack's response URLs may point: a stand-in's are its own.
func (c Config) responseHosts() []string {
	at, err := url.Parse(c.SlackAPIURL)
	if err != nil || at.Host == "slack.com" {
		return nil
	}
	return []string{at.Scheme + "://" + at.Host + "/"}
}

// recordURL is where people read about a record; empty when nobody said where
// Steward is to be reached.
func (c Config) recordURL(n itsm.Number) string {
	if c.PublicURL == "" {
		return ""
	}
	page := "/changes/"
	switch {
	case n.Of("INC"):
		page = "/incidents/"
	case n.Of("PRB"):
		page = "/problems/"
	case n.Of("CAR"):
		page = "/corrective-actions/"
	}
	return strings.TrimSuffix(c.PublicURL, "/") + page + string(n)
}

func (p *program) links(n itsm.Number) (record, workflow string) {
	if ui := p.config.TemporalUIURL; ui != "" {
		workflow = strings.TrimSuffix(ui, "/") + "/namespaces/" + p.namespace + "/workflows/" + string(n)
	}
	return p.config.recordURL(n), workflow
}

func (c Config) wireEncryptionKeys() []wire.Key {
	var keys []wire.Key
	for _, k := range c.EncryptionKeys {
		keys = append(keys, wire.Key{ID: k.ID, Secret: k.Reveal()})
	}
	return keys
}
