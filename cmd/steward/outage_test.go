package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

// TestWithoutSlackPeopleAreCalledByTheirOtherWays: Slack is dead from before the
// alert until the incident is well under way. Each level is reached by another way,
// and when Slack comes back, people see how things stand, and not what they missed.
func TestWithoutSlackPeopleAreCalledByTheirOtherWays(t *testing.T) {
	hook, mail := newPager(t), newMailbox(t)
	w := layWorld(t, onCall, func(c *itsm.Catalog) {
		for i := range c.People {
			switch p := &c.People[i]; p.ID { //nolint:exhaustive // of everybody
			case "bob":
				p.Reach, p.Webhook = []itsm.Way{itsm.WaySlack, itsm.WayWebhook}, hook.at
			case "ida":
				p.Reach, p.Email = []itsm.Way{itsm.WaySlack, itsm.WayEmail}, "ida@example.com"
			}
		}
		c.Escalations[0].Levels[0].Within = itsm.Duration(3 * time.Second)
	})
	w.environ = append(w.environ, "STEWARD_WEBHOOK_SECRETS="+pagerSecret, "STEWARD_SMTP_URL=smtp://"+mail.at+"?tls=none", "STEWARD_MAIL_FROM=steward@example.com")
	w.run()
	everything := w.slack.Expect(t).Within(time.Minute)
	w.slack.Die(fault.Status(http.StatusServiceUnavailable), 0)

	w.monitors()("trigger")
	n := w.incidents()[0]["number"].(string) //nolint:errcheck,forcetypeassert // it fails loudly
	at := "/v1/incidents/" + n
	does := func(who itsm.PersonID, act string, body map[string]any) {
		t.Helper()
		a := w.call(who, http.MethodPost, at+"/"+act, body)
		require.Equal(t, http.StatusOK, a.Status, a.Body)
	}
	w.eventually("bob's pager rings", func() bool { return len(hook.heard()) == 1 })
	require.Contains(t, hook.heard()[0], n)
	w.eventually("bob does not answer, and ida has a mail", func() bool { return len(mail.heard()) == 1 })
	require.Contains(t, mail.heard()[0], n)

	does("ida", "acknowledge", map[string]any{})
	for range 5 {
		does("ida", "hold", map[string]any{"reason": "awaiting_vendor", "note": "They look."})
		does("ida", "resume", map[string]any{})
	}
	revived := time.Now()
	w.slack.Revive()
	everything.Message("C0WEBSITE", n, "Cards are refused", "Ida Castillo")
	w.eventually("nothing is left to tell", func() bool {
		var behind int
		require.NoError(t, w.owner.Pool().QueryRow(t.Context(), "SELECT count(*) FROM messages WHERE state NOT IN ('posted', 'gone')").Scan(&behind))
		return behind == 0
	})
	posted := map[string]int{}
	for _, second := range w.slack.Load(revived) {
		posted["all"] += second.Posted
		require.LessOrEqual(t, second.Posted, 5, "no burst")
	}
	var messages int
	require.NoError(t, w.owner.Pool().QueryRow(t.Context(), "SELECT count(*) FROM messages WHERE state = 'posted'").Scan(&messages))
	require.Equal(t, messages, posted["all"], "each message once, as things stand")
	require.Equal(t, 1, messages, "the card; who was called by other ways is not told of it once it is over")
	require.Len(t, hook.heard(), 1, "nobody is called twice")
	require.Len(t, mail.heard(), 1)
}

const pagerSecret = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="

// heard is what arrived somewhere.
type heard struct {
	at string // where that is

	mu   sync.Mutex
	text []string
}

func (h *heard) hear(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, string(text))
}

func (h *heard) heard() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.text)
}

// newPager takes what is signed as Standard Webhooks says.
func newPager(t *testing.T) *heard {
	t.Helper()
	secret, err := webhooks.NewWebhook(pagerSecret)
	require.NoError(t, err)
	h := &heard{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil || secret.Verify(text, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		h.hear(text)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(s.Close)
	h.at = s.URL
	return h
}

// newMailbox is a mail server that takes everything.
func newMailbox(t *testing.T) *heard {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	h := &heard{at: l.Addr().String()}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &postman{h}, nil }))
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return h
}

type postman struct{ *heard }

func (*postman) Reset()                               {}
func (*postman) Logout() error                        { return nil }
func (*postman) Mail(string, *smtp.MailOptions) error { return nil }
func (*postman) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (p *postman) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err == nil {
		p.hear(text)
	}
	return err
}
