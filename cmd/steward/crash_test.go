package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/itsm"
)

const (
	crashPlaces  = 2 // that are tried at a time
	crashKills   = 3
	crashChanges = 30
	crashPeers   = 2               // of three have to approve before security is asked
	crashPatient = 5 * time.Minute // on a loaded machine; a minute and a half is usual
)

// TestTheProgramDiesWhereItHurts kills the whole program, three times at each place
// where a crash would hurt most, under thirty changes at once. Whatever it
// acknowledged must be on record, once; nothing else may be.
func TestTheProgramDiesWhereItHurts(t *testing.T) {
	var places errgroup.Group
	places.SetLimit(crashPlaces)
	for _, c := range []*crash{
		{name: "after the commit and before the task is done", failpoint: failpoint{Place: "saved", Stall: 25}, least: 20, most: 110},
		{name: "after Slack accepted and before the ledger is written", failpoint: failpoint{Place: "slack-accepted"}, least: 10, most: 60},
		{name: "between reservation and start", failpoint: failpoint{Place: "reserved"}, least: 10, most: 60},
		{name: "after GitHub accepted", failpoint: failpoint{Place: "github-accepted"}, least: 5, most: 35},
	} {
		// Side by side, since much of it is waiting for what was under way to be tried
		// again; but not all, or every answer is late and is asked for anew.
		places.Go(func() error {
			t.Run(c.name, func(t *testing.T) {
				c.open(t)
				c.run(t)
				c.check(t)
			})
			return nil
		})
	}
	require.NoError(t, places.Wait())
}

// crash is a world whose program dies.
type crash struct {
	*world
	failpoint

	name        string
	least, most int // the range that Nth is drawn from
	random      *rand.Rand
	socket      *os.File // what the program listens at, whichever it is
	log         *os.File
	client      *http.Client
	engine      client.Client
	github      *hub // only where GitHub is told
	catalog     itsm.Catalog
	began       time.Time
	kills       atomic.Int32
	deaths      []string

	mu                      sync.Mutex
	acts                    map[itsm.Number][]acted
	said                    map[itsm.Number][]uttering
	refused, broken, unsure int // answers that say no, connections that died, answers that say: ask again
}

func (c *crash) open(t *testing.T, more ...terms) {
	seed := uint64(time.Now().UnixNano())
	if given, ok := os.LookupEnv("CRASH_SEED"); ok {
		_, err := fmt.Sscan(given, &seed)
		require.NoError(t, err)
	}
	t.Logf("CRASH_SEED=%d", seed)
	c.random = rand.New(rand.NewPCG(seed, 1))
	c.acts, c.said, c.client, c.began = map[itsm.Number][]acted{}, map[itsm.Number][]uttering{}, &http.Client{}, time.Now()
	decided := []terms{tiers(stageOf("Peers", people("bob", "eve", "joe"), crashPeers), stageOf("Security", people("kim"), 1)), crowd}
	c.world = layWorld(t, append(decided, more...)...)
	c.environ = append(c.environ, "STEWARD_LOG_LEVEL=warn")
	if c.Place == "github-accepted" {
		var url string
		c.github, url = newHub(t)
		c.environ = append(c.environ, "STEWARD_GITHUB_API_URL="+url)
	}
	var err error
	c.catalog, _, err = c.owner.Catalog(t.Context())
	require.NoError(t, err)
	l, ok := c.listener.(*net.TCPListener)
	require.True(t, ok)
	c.socket, err = l.File()
	require.NoError(t, err)
	require.NoError(t, c.listener.Close(), "the file keeps it open: who connects while nobody serves waits")
	c.log, err = os.Create(filepath.Join(t.TempDir(), "program.log"))
	require.NoError(t, err)
	config, err := LoadConfig(c.environ, Serve)
	require.NoError(t, err)
	c.engine, err = dialTemporal(t.Context(), config, c.at, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, prepareTemporal(t.Context(), c.engine, c.at.namespace))
	t.Cleanup(func() {
		c.engine.Close()
		_ = c.socket.Close()
		if text, _ := os.ReadFile(c.log.Name()); t.Failed() {
			t.Logf("the end of the program's log:\n%s", text[max(0, len(text)-20_000):])
		}
		_ = c.log.Close()
	})
}

// crowd is who decides, and somebody for each change, so that nobody asks too often.
func crowd(c *itsm.Catalog) {
	for _, id := range []itsm.PersonID{"joe", "kim", "liv"} {
		c.People = append(c.People, itsm.Person{
			ID: id, Name: "Approver " + string(id), Slack: slackID(id), Zone: "UTC", Roles: []itsm.Role{itsm.Approver},
		})
	}
	for i := range crashChanges {
		id := requesterOf(i)
		c.People = append(c.People, itsm.Person{
			ID: id, Name: "Person " + string(id), Slack: fmt.Sprintf("U0P%02d", i), GitHub: string(id), Zone: "UTC",
			Roles: []itsm.Role{itsm.Requester},
		})
	}
}

func requesterOf(i int) itsm.PersonID { return itsm.PersonID(fmt.Sprintf("p%02d", i)) }

// run lets people act until every change is over, while the program dies and is
// started again.
func (c *crash) run(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), crashPatient)
	t.Cleanup(cancel)
	program, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.live(program) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		t.Logf("%s: killed %d times at %s, after %v; %d acts acknowledged, %d refused; %d connections died, %d answers said to ask again; %.0f s",
			c.name, c.kills.Load(), c.Place, c.deaths, c.acknowledged(), c.refused, c.broken, c.unsure, time.Since(c.began).Seconds())
		assert.GreaterOrEqual(t, int(c.kills.Load()), crashKills)
	})
	g, people := errgroup.WithContext(ctx)
	for i := range crashChanges {
		g.Go(func() error {
			s := &story{crash: c, i: i, owner: requesterOf(i), plot: plots[i%len(plots)]}
			return s.run(people)
		})
	}
	require.NoError(t, g.Wait())
	c.closed(ctx, t)
}

// closed waits until every process has ended, and holds each to its record.
func (c *crash) closed(ctx context.Context, t *testing.T) {
	require.Len(t, c.acts, crashChanges, "each raise counted once")
	for n := range c.acts {
		var left itsm.Receipt
		require.NoError(t, c.engine.GetWorkflow(ctx, string(n), "").Get(ctx, &left), n)
		saved, err := c.owner.Change(ctx, n)
		require.NoError(t, err)
		require.Equal(t, left, saved.Receipt(), "the process and its record disagree")
		require.True(t, saved.State.Final(), "%s is %s", n, saved.State)
	}
}

func (c *crash) acknowledge(n itsm.Number, a acted) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acts[n] = append(c.acts[n], a)
}

func (c *crash) acknowledged() (n int) {
	for _, acts := range c.acts {
		n += len(acts)
	}
	for _, said := range c.said {
		n += len(said)
	}
	return n
}

func (c *crash) count(what *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*what++
}
