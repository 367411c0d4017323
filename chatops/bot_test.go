package chatops

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/messenger"
	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

const (
	testSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	testToken  = "xoxb-1-secret-token"
)

// clock is time that only a test moves. It starts at the wall's: HTTP deadlines are real.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// office is a workspace of Slack, a desk and the door between them, over real HTTP.
type office struct {
	*slackfake.Server
	t         testing.TB
	desk      *memDesk
	bot       *Bot
	messenger *messenger.Messenger
	clock     *clock
	log       *safeBuffer
	metrics   *prometheus.Registry
	app       string
	forgeries int
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newOffice(t testing.TB, change ...func(*slackfake.Config)) *office {
	t.Helper()
	gin.SetMode(gin.TestMode)
	o := &office{t: t, clock: &clock{at: time.Now().Truncate(time.Second)}, log: &safeBuffer{}}
	users := []slackfake.User{
		{ID: "U0ANA", Name: "ana"},
		{ID: "U0BOB", Name: "bob"},
		{ID: "U0EVE", Name: "eve"},
		{ID: "U0IDA", Name: "ida"},
		{ID: "U0NEW", Name: "newcomer"},
		{ID: "U0OUT", Name: "outsider", Stranger: true},
	}
	everybody := []string{"U0ANA", "U0BOB", "U0EVE", "U0IDA", "U0NEW", "U0OUT", "U0STEWARD"}
	config := slackfake.Config{
		SigningSecret: testSecret, BotToken: testToken, Users: users, Now: o.clock.now,
		Channels: []slackfake.Channel{
			{ID: "C0PAY", Name: "payments", Members: everybody},
			{ID: "C0OUT", Name: "without-us", Members: []string{"U0ANA"}},
			{ID: "C0OLD", Name: "old", Archived: true, Members: everybody},
		},
	}
	for _, f := range change {
		f(&config)
	}
	o.Server = slackfake.New(config)
	url := o.Listen(t)
	o.desk = newMemDesk(o.clock.now)
	log := slog.New(slog.NewTextHandler(o.log, nil))
	o.metrics = prometheus.NewPedanticRegistry()
	var err error
	o.messenger, err = messenger.New(messenger.Config{
		API: url + "/api/", Token: testToken, Log: log, Metrics: o.metrics,
		Links: func(n itsm.Number) (string, string) { return "https://steward.example/v1/changes/" + string(n), "" },
	})
	require.NoError(t, err)
	bot, err := open(Config{
		Messenger: o.messenger, SigningSecrets: []string{"the next one", testSecret}, ResponseHosts: []string{url + "/response/"},
		Now: o.clock.now, Log: log, Metrics: o.metrics,
	}, o.desk)
	require.NoError(t, err)
	o.bot = bot
	engine := gin.New()
	bot.Mount(engine)
	app := httptest.NewServer(engine)
	t.Cleanup(app.Close)
	o.SetAppURL(app.URL)
	o.app = app.URL
	t.Cleanup(func() {
		for _, secret := range []string{testToken, testSecret, "/response/", "v0="} {
			require.NotContains(t, o.log.String(), secret, "a secret is in the log")
		}
	})
	return o
}

// change types a command in the payments channel.
func (o *office) change(user, text string) slackfake.Answer {
	o.t.Helper()
	a, err := o.Command(context.Background(), user, "C0PAY", "/change", text)
	require.NoError(o.t, err)
	return a
}

// form opens the form for a change before ana.
func (o *office) form() slackfake.View {
	o.t.Helper()
	o.change("U0ANA", "new")
	views := o.Views("U0ANA")
	require.Len(o.t, views, 1)
	return views[0]
}

func filled() map[string]string {
	return map[string]string{"title": "Rotate <keys> & certs", "service": "payments", "plan": "Do it.", "backout_plan": "Undo it."}
}

// raised raises CHG-1 for ana through the form.
func (o *office) raised() itsm.Change {
	o.t.Helper()
	a, err := o.Submit(context.Background(), "U0ANA", o.form(), filled())
	require.NoError(o.t, err)
	require.Equal(o.t, "update", a.Action)
	require.NoError(o.t, o.CloseView(context.Background(), "U0ANA", o.Views("U0ANA")[0], true))
	return *o.desk.changes["CHG-1"]
}

// posted posts the card of CHG-1, as the process's teller would.
func (o *office) posted(kind itsm.NoticeKind, to itsm.PersonID) slackfake.Message {
	o.t.Helper()
	place, err := o.messenger.Post(context.Background(), o.notice(kind, to))
	require.NoError(o.t, err)
	for _, m := range o.Messages(place.Channel) {
		if m.TS == place.TS {
			return m
		}
	}
	o.t.Fatal("the message is not there")
	return slackfake.Message{}
}

// notice is the last of a kind that should exist about CHG-1, as the process's
// teller would have it.
func (o *office) notice(kind itsm.NoticeKind, to itsm.PersonID) itsm.Notice {
	o.t.Helper()
	people := make(map[itsm.PersonID]itsm.Person)
	for _, p := range o.desk.catalog.People {
		people[p.ID] = p
	}
	c := *o.desk.changes["CHG-1"]
	service, _ := o.desk.catalog.Service(c.Service)
	for _, n := range slices.Backward(itsm.Notices(c, o.desk.timelines["CHG-1"], o.desk.comments["CHG-1"], service, people)) {
		if n.Kind == kind && n.To == to {
			return n
		}
	}
	o.t.Fatalf("there is no %s to %q", kind, to)
	return itsm.Notice{}
}

// whispered is the last thing that only user saw.
func (o *office) whispered(user string) string {
	o.t.Helper()
	all := o.Ephemerals(user)
	require.NotEmpty(o.t, all, "nobody answered %s", user)
	return all[len(all)-1].Says()
}

func (o *office) press(user string, m slackfake.Message, button string) {
	o.t.Helper()
	_, err := o.Press(context.Background(), user, m, button)
	require.NoError(o.t, err)
}
