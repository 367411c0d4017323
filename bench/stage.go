package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/deploy/cluster"
	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

var silent = log.NewStructuredLogger(slog.New(slog.DiscardHandler))

// requesters are enough people that none asks more often than one person may.
const requesters = 32

// approvers are two of the example catalog's.
var approvers = []itsm.PersonID{"bob", "eve"}

const slackTeam = "T0BENCH"

// stage is what both sides run on: servers of their own, Slack's stand-in in this
// process, and three processes that are measured.
type stage struct {
	stack       *devstack.Stack
	store       *db.Store // as the owner, to look and to count
	temporal    client.Client
	slack       *slackfake.Server
	slackAt     *http.Server
	slackConfig slackfake.Config
	http        *http.Client
	url         string // of the API
	tokens      map[itsm.PersonID]string
	children    []*child
	bare        *pgxpool.Pool // as the twin of the intake writes
	hook        string        // where alerts are sent to
	sent        atomic.Int64  // alerts that were answered
}

// openStage starts everything, or ends what it had started.
func openStage(ctx context.Context, steward string) (s *stage, err error) {
	s = &stage{tokens: make(map[itsm.PersonID]string), http: &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
	}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(context.WithoutCancel(ctx)))
		}
	}()
	if s.stack, err = devstack.Start(ctx, devstack.Options{Log: slog.New(slog.DiscardHandler)}); err != nil {
		return s, err
	}
	if err := s.prepare(ctx); err != nil {
		return s, err
	}
	if steward == "" {
		steward = filepath.Join(s.stack.Dir, "steward")
		if err := build(ctx, steward); err != nil {
			return s, err
		}
	}
	if err := s.populate(ctx, steward); err != nil {
		return s, errors.Join(err, s.words())
	}
	return s, nil
}

// prepare readies the database, the catalog and the Temporal namespace.
func (s *stage) prepare(ctx context.Context) (err error) {
	if err := db.Migrate(ctx, s.stack.DatabaseURL); err != nil {
		return err
	}
	if s.store, err = db.Open(ctx, s.stack.DatabaseURL, db.Owner, 2); err != nil {
		return err
	}
	if s.bare, err = pgxpool.New(ctx, s.stack.DatabaseURL); err != nil {
		return err
	}
	c, err := people()
	if err != nil {
		return err
	}
	if _, _, err := s.store.ApplyCatalog(ctx, c, catalog.Digest(c), "bench"); err != nil {
		return err
	}
	for _, p := range c.People {
		if err := s.giveToken(ctx, p.ID); err != nil {
			return err
		}
	}
	if s.temporal, err = client.DialContext(ctx, client.Options{HostPort: s.stack.TemporalAddress, Logger: silent}); err != nil {
		return err
	}
	attributes := map[string]enumspb.IndexedValueType{}
	for _, a := range workflows.SearchAttributes {
		attributes[a.GetName()] = a.GetValueType()
	}
	if err := cluster.Prepare(ctx, s.temporal, client.DefaultNamespace, attributes, 24*time.Hour); err != nil {
		return err
	}
	return s.openSlack(ctx, c)
}

// people is the example catalog with more who raise, and the policy of the paths.
func people() (itsm.Catalog, error) {
	const file = "deploy/catalog.example.yaml"
	text, err := os.ReadFile(file)
	if err != nil {
		return itsm.Catalog{}, fmt.Errorf("bench runs in the root of the checkout: %w", err)
	}
	c, err := catalog.Parse(file, text)
	for i := range requesters {
		c.People = append(c.People, itsm.Person{
			ID: requester(i), Name: "Requester " + itoa(i), Slack: "U0R" + itoa(100+i), Zone: "UTC", Roles: []itsm.Role{itsm.Requester},
		})
	}
	c.Change, c.Delegations = policy(), nil
	c.Incident, c.AlertRules, c.Rotations, c.Escalations = calmly(), nil, nil, nil
	for i := range c.Services {
		c.Services[i].Escalation, c.Services[i].Incidents = "", ""
	}
	return c, err
}

func requester(i int) itsm.PersonID { return itsm.PersonID("requester-" + itoa(i%requesters)) }

func itoa(i int) string { return strconv.Itoa(i) }

func (s *stage) giveToken(ctx context.Context, p itsm.PersonID) error {
	made, text, err := token.New(rand.Reader)
	if err != nil {
		return err
	}
	s.tokens[p] = text
	return s.store.CreateToken(ctx, db.Token{
		ID: made.ID, Person: p, SecretSHA256: token.Hash(made.Secret), Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite},
		ExpiresAt: time.Now().Add(time.Hour),
	}, "bench")
}

// openSlack has everybody in one workspace, in this process.
func (s *stage) openSlack(ctx context.Context, c itsm.Catalog) error {
	config := slackfake.Config{SigningSecret: secret(), BotToken: "xoxb-" + secret(), TeamID: slackTeam}
	members := []string{"U0STEWARD"}
	for _, p := range c.People {
		config.Users = append(config.Users, slackfake.User{ID: p.Slack, Name: string(p.ID), RealName: p.Name, TZ: p.Zone})
		members = append(members, p.Slack)
	}
	for _, service := range c.Services {
		config.Channels = append(config.Channels, slackfake.Channel{ID: service.Channel, Name: string(service.ID), Members: members})
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	config.URL = "http://" + l.Addr().String()
	s.slack, s.slackConfig = slackfake.New(config), config
	s.slackAt = &http.Server{Handler: s.slack, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.slackAt.Serve(l) }() // ends with the Close in close
	return nil
}

func secret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// close ends the processes in order, then what they ran on.
func (s *stage) close(ctx context.Context) error {
	var errs []error
	for _, c := range s.children {
		errs = append(errs, c.stop())
	}
	if s.slackAt != nil {
		errs = append(errs, s.slackAt.Close(), s.slack.Close())
	}
	if s.temporal != nil {
		s.temporal.Close()
	}
	if s.bare != nil {
		s.bare.Close()
	}
	if s.store != nil {
		s.store.Close()
	}
	if s.stack != nil {
		errs = append(errs, s.stack.Stop(ctx))
	}
	return errors.Join(errs...)
}
