package reach

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

const (
	secretA = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=" // 32 times A
	secretB = "whsec_QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
	secretC = "whsec_Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M="
)

// receiver is a person's webhook: a real server, and what it was sent.
type receiver struct {
	*httptest.Server

	connections atomic.Int32
	requests    chan request
}

type request struct {
	header http.Header
	path   string
	body   []byte
}

// receive opens a receiver that answers by an answer of its own, else with 204.
func receive(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{requests: make(chan request, 9)}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil || q.Method != http.MethodPost {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		r.requests <- request{q.Header, q.URL.String(), body}
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, q)
	}))
	r.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			r.connections.Add(1)
		}
	}
	r.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) address() string { return r.URL + "/" + token }

// hook makes a Hook that trusts a receiver.
func (r *receiver) hook(t *testing.T, secrets string, options ...HookOption) *Hook {
	t.Helper()
	h, err := NewHook(secrets, options...)
	require.NoError(t, err)
	own, ok := r.Client().Transport.(*http.Transport)
	require.True(t, ok)
	ours, ok := h.client.Transport.(*http.Transport)
	require.True(t, ok)
	ours.TLSClientConfig = &tls.Config{RootCAs: own.TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS12}
	return h
}

func verified(t *testing.T, secret string, q request) error {
	t.Helper()
	w, err := webhooks.NewWebhook(secret)
	require.NoError(t, err)
	return w.Verify(q.body, q.header)
}

func TestARequestIsWhatStandardWebhooksSays(t *testing.T) {
	r := receive(t, nil)
	require.NoError(t, r.hook(t, secretA, AllowLoopback()).Send(t.Context(), r.address(), pageBob()))
	q := <-r.requests
	require.NoError(t, verified(t, secretA, q))
	require.Error(t, verified(t, secretB, q))
	require.Equal(t, "/"+token, q.path)
	require.Equal(t, "application/json", q.header.Get("Content-Type"))
	require.Equal(t, "INC-7/page/1.1/bob", q.header.Get("webhook-id"))
	require.JSONEq(t, `{"type":"incident.page","number":"INC-7","subject":"INC-7: payments are down — größer",
		"text":"Bob, you are on call.\nPayments fail since 03:12.","url":"https://steward.example.com/INC-7","key":"INC-7/page/1.1/bob"}`, string(q.body))

	q.body[len(q.body)-2] = 'x'
	require.Error(t, verified(t, secretA, q), "a change shows")
}

func TestASecretIsReplacedWithoutABreak(t *testing.T) {
	r := receive(t, nil)
	require.NoError(t, r.hook(t, " "+secretB+"\n"+secretA+" ", AllowLoopback()).Send(t.Context(), r.address(), pageBob()))
	q := <-r.requests
	require.NoError(t, verified(t, secretA, q))
	require.NoError(t, verified(t, secretB, q))
	require.Error(t, verified(t, secretC, q))
	require.Len(t, strings.Fields(q.header.Get("webhook-signature")), 2)
}

func TestARepeatIsTheSamePage(t *testing.T) {
	failing := true
	r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		if failing {
			failing = false
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	h := r.hook(t, secretA, AllowLoopback())
	p := pageBob()
	p.Kind = "incident.escalated"
	refused(t, h.Send(t.Context(), r.address(), p), itsm.Unavailable, "hook.unavailable", "HTTP 502")
	require.NoError(t, h.Send(t.Context(), r.address(), p))
	first, again := <-r.requests, <-r.requests
	require.Equal(t, first.header.Get("webhook-id"), again.header.Get("webhook-id"))
	require.Equal(t, first.body, again.body)
	var body map[string]string
	require.NoError(t, json.Unmarshal(again.body, &body))
	require.Equal(t, "incident.escalated", body["type"])
}

func TestWhatAnAnswerMeans(t *testing.T) {
	rows := []struct {
		status int
		after  string
		kind   itsm.Kind // empty: it was taken
		code   string
		wait   time.Duration
	}{
		{200, "", "", "", 0},
		{202, "60", "", "", 0},
		{299, "", "", "", 0},
		{304, "", itsm.Conflict, "hook.refused", 0},
		{400, "", itsm.Conflict, "hook.refused", 0},
		{401, "", itsm.Conflict, "hook.refused", 0},
		{404, "60", itsm.Conflict, "hook.refused", 0},
		{408, "", itsm.Unavailable, "hook.unavailable", 0},
		{410, "", itsm.Conflict, "hook.refused", 0},
		{425, "", itsm.Unavailable, "hook.unavailable", 0},
		{429, "", itsm.Limited, "hook.rate_limited", pause},
		{429, "soon", itsm.Limited, "hook.rate_limited", pause},
		{429, "7", itsm.Limited, "hook.rate_limited", 7 * time.Second},
		{429, "0", itsm.Limited, "hook.rate_limited", time.Second},
		{429, "-7", itsm.Limited, "hook.rate_limited", pause},
		{429, "86400", itsm.Limited, "hook.rate_limited", maxPause},
		{429, "99999999999999999999", itsm.Limited, "hook.rate_limited", pause},
		{429, "Mon, 02 Mar 2026 09:00:07 GMT", itsm.Limited, "hook.rate_limited", 7 * time.Second},
		{429, "Mon, 02 Mar 2026 08:00:00 GMT", itsm.Limited, "hook.rate_limited", time.Second},
		{429, "Tue, 02 Mar 2027 09:00:00 GMT", itsm.Limited, "hook.rate_limited", maxPause},
		{500, "", itsm.Unavailable, "hook.unavailable", 0},
		{503, "7", itsm.Unavailable, "hook.unavailable", 7 * time.Second},
		{599, "", itsm.Unavailable, "hook.unavailable", 0},
	}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, row := range rows {
		err := judge(&http.Response{StatusCode: row.status, Header: http.Header{"Retry-After": {row.after}}}, now)
		if row.kind == "" {
			require.NoError(t, err)
			continue
		}
		refused(t, err, row.kind, row.code, "")
		require.Equal(t, row.wait, itsm.AsError(err).RetryAfter, "%d %s", row.status, row.after)
	}
}

func TestAnswersOverTheWire(t *testing.T) {
	for status, code := range map[int]string{204: "", 301: "hook.refused", 307: "hook.refused", 410: "hook.refused", 429: "hook.rate_limited", 503: "hook.unavailable"} {
		r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere/"+token)
			w.Header().Set("Retry-After", "9")
			w.WriteHeader(status)
		})
		err := r.hook(t, secretA, AllowLoopback()).Send(t.Context(), r.address(), pageBob())
		if code == "" {
			require.NoError(t, err)
		} else {
			e := itsm.AsError(err)
			require.Equal(t, code, e.Code)
			require.Equal(t, e.Kind.Temporary(), e.RetryAfter == 9*time.Second)
			require.NotContains(t, err.Error(), token)
		}
		require.Len(t, r.requests, 1, "no redirect is followed")
	}
}

func TestAReceiverThatFails(t *testing.T) {
	t.Run("hangs", func(t *testing.T) {
		closing := make(chan struct{})
		r := receive(t, func(http.ResponseWriter, *http.Request) { <-closing })
		t.Cleanup(func() { close(closing) }) // before the receiver waits for it
		h := r.hook(t, secretA, AllowLoopback())
		h.client.Timeout = brief
		refused(t, h.Send(t.Context(), r.address(), pageBob()), itsm.Unavailable, "hook.unavailable", "did not answer in time")
	})
	t.Run("is waited for no more", func(t *testing.T) {
		closing := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		r := receive(t, func(http.ResponseWriter, *http.Request) { cancel(); <-closing })
		t.Cleanup(func() { close(closing) })
		refused(t, r.hook(t, secretA, AllowLoopback()).Send(ctx, r.address(), pageBob()), itsm.Unavailable, "hook.unavailable", "broke off")
	})
	t.Run("answers without end", func(t *testing.T) {
		closing := make(chan struct{})
		r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush() //nolint:errcheck,forcetypeassert // every server's is one
			<-closing
		})
		t.Cleanup(func() { close(closing) })
		require.NoError(t, r.hook(t, secretA, AllowLoopback()).Send(t.Context(), r.address(), pageBob()), "what it says beside 200 is not waited for")
	})
	t.Run("drops the line", func(t *testing.T) {
		r := receive(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		refused(t, r.hook(t, secretA, AllowLoopback()).Send(t.Context(), r.address(), pageBob()), itsm.Unavailable, "hook.unavailable", "broke off")
	})
	t.Run("is not there", func(t *testing.T) {
		r := receive(t, nil)
		h, address := r.hook(t, secretA, AllowLoopback()), r.address()
		r.Close()
		refused(t, h.Send(t.Context(), address, pageBob()), itsm.Unavailable, "hook.unavailable", "takes no connections")
		refused(t, h.Send(t.Context(), "https://pager.invalid/"+token, pageBob()), itsm.Unavailable, "hook.unavailable", "The webhook ")
	})
	t.Run("is another", func(t *testing.T) {
		r := receive(t, nil)
		h, err := NewHook(secretA, AllowLoopback())
		require.NoError(t, err)
		refused(t, h.Send(t.Context(), r.address(), pageBob()), itsm.Unavailable, "hook.unavailable", "certificate that is not trusted")
		require.Empty(t, r.requests)
	})
	t.Run("speaks no TLS", func(t *testing.T) {
		s := httptest.NewServer(http.NotFoundHandler())
		defer s.Close()
		h, err := NewHook(secretA, AllowLoopback())
		require.NoError(t, err)
		address := strings.Replace(s.URL, "http:", "https:", 1) + "/" + token
		refused(t, h.Send(t.Context(), address, pageBob()), itsm.Unavailable, "hook.unavailable", "")
	})
}

// Nothing of ours is reached by a webhook: no connection is made, whatever name
// leads there.
func TestAWebhookLeadsOutOfTheHouse(t *testing.T) {
	r := receive(t, nil)
	h := r.hook(t, secretA)
	_, port, err := net.SplitHostPort(r.Listener.Addr().String())
	require.NoError(t, err)
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1", "169.254.169.254", "[fd00:ec2::254]"} {
		refused(t, h.Send(t.Context(), "https://"+host+":"+port+"/"+token, pageBob()), itsm.Conflict, "hook.refused", "private network")
	}
	require.Zero(t, r.connections.Load())
	for _, address := range []string{"http://127.0.0.1:" + port + "/" + token, "http://localhost:" + port + "/" + token} {
		refused(t, h.Send(t.Context(), address, pageBob()), itsm.Conflict, "reach.unreachable", "must begin with https://")
	}
	require.Zero(t, r.connections.Load())

	// The proxy of the environment would connect to what nobody has checked.
	t.Setenv("HTTPS_PROXY", r.URL)
	refused(t, h.Send(t.Context(), "https://10.0.0.1/"+token, pageBob()), itsm.Conflict, "hook.refused", "private network")
	require.Zero(t, r.connections.Load())
}

func TestTheMachineItselfIsForDevelopment(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer s.Close()
	h, err := NewHook(secretA, AllowLoopback())
	require.NoError(t, err)
	require.NoError(t, h.Send(t.Context(), s.URL, pageBob()), "also without TLS")
	refused(t, h.Send(t.Context(), "https://10.0.0.1/", pageBob()), itsm.Conflict, "hook.refused", "private network")
}

func TestWhatTheGuardLetsThrough(t *testing.T) {
	const public, ours, own = "public", "ours", "own"
	for address, is := range map[string]string{
		"93.184.216.34:443": public, "8.8.8.8:8443": public, "[2606:4700:4700::1111]:443": public, "[64:ff9b::808:808]:443": public,
		"10.1.2.3:443": ours, "172.16.0.1:443": ours, "172.31.255.255:443": ours, "192.168.1.1:443": ours, "100.64.0.1:443": ours,
		"100.100.100.200:80": ours, "169.254.169.254:80": ours, "169.254.170.2:80": ours, "192.0.0.192:80": ours, "168.63.129.16:80": ours,
		"0.0.0.0:443": ours, "0.1.2.3:443": ours, "224.0.0.1:443": ours, "240.0.0.1:443": ours, "255.255.255.255:443": ours, "198.18.0.1:443": ours,
		"[::]:443": ours, "[fe80::1%eth0]:443": ours, "[fd00:ec2::254]:80": ours, "[fc00::1]:443": ours, "[ff02::1]:443": ours, "[fec0::1]:443": ours,
		"[::ffff:10.0.0.1]:443": ours, "[::ffff:169.254.169.254]:80": ours, "[::10.0.0.1]:443": ours, "[2002:a00:1::1]:443": ours,
		"[64:ff9b::a9fe:a9fe]:80": ours, "[64:ff9b::a00:1]:443": ours, "[64:ff9b:1::a00:1]:443": ours, "[2001::1]:443": ours,
		"127.0.0.1:443": own, "127.8.9.10:443": own, "[::1]:443": own,
	} {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		strict, lax := newGuard(false).control(network, address, nil), newGuard(true).control(network, address, nil)
		require.Equal(t, is == public, strict == nil, address)
		require.Equal(t, is != ours, lax == nil, address)
	}
	require.Error(t, newGuard(true).control("udp4", "8.8.8.8:53", nil))
	require.Error(t, newGuard(true).control("tcp4", "nonsense", nil))
}

func TestWhoHasNoWebhookIsNotReached(t *testing.T) {
	h, err := NewHook(secretA)
	require.NoError(t, err)
	refused(t, h.Send(t.Context(), "", pageBob()), itsm.Conflict, "reach.unreachable", "the catalog has none")
	for _, address := range []string{"pager.example.com/" + token, "ftp://pager.example.com/" + token, "http://pager.example.com/" + token, "https://u:" + token + "@pager.example.com/"} {
		refused(t, h.Send(t.Context(), address, pageBob()), itsm.Conflict, "reach.unreachable", "what the catalog has for them ")
	}
	refused(t, (*Hook)(nil).Send(t.Context(), "https://pager.example.com/", pageBob()), itsm.Conflict, "reach.unreachable", "no signing secret is set")
	p := pageBob()
	p.Key = "INC-7\r\nX-Evil: yes"
	require.Equal(t, "reach.message", itsm.AsError(h.Send(t.Context(), "https://pager.example.com/", p)).Code)
}

func TestSettingsOfWebhooks(t *testing.T) {
	for _, secrets := range []string{
		"", " \n", token, "whsec_", "whsec_" + token, secretA[6:], "whsec_QUFB", // three bytes
		secretA + "," + secretB, secretA + " " + token, "whsec_" + strings.Repeat("QUFB", 22), // 66 bytes
	} {
		_, err := NewHook(secrets)
		refused(t, err, itsm.Invalid, "hook.settings", "whsec_$(openssl rand -base64 32)")
		require.NotContains(t, err.Error(), "QUFB")
	}
	_, err := NewHook(secretA + " " + token)
	require.ErrorContains(t, err, "Signing secret 2 ")
}
