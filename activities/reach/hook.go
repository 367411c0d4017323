package reach

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/steward-itsm/steward/itsm"
)

// patience is how long the other end may take: for one request, and for each stretch
// of handing over a mail.
const patience = 10 * time.Second

// How long to wait after a 429: unless it says so, and no longer than. Who is on call
// is not helped by a page of tomorrow.
const (
	pause    = 30 * time.Second
	maxPause = 10 * time.Minute
)

// The length of a signing secret, in bytes (Standard Webhooks, signature scheme).
const (
	minSecret = 24
	maxSecret = 64
)

// Hook posts messages to webhooks, signed as Standard Webhooks 1.0 says. The secrets
// are only within its signers, which are functions, so that no way of printing a Hook
// shows them.
type Hook struct {
	signers  []func(id string, at time.Time, body []byte) (string, error)
	client   *http.Client
	loopback bool
}

// HookOption changes what a Hook does.
type HookOption func(*Hook)

// AllowLoopback lets webhooks stand on the machine itself, also without TLS: for
// development and tests.
func AllowLoopback() HookOption { return func(h *Hook) { h.loopback = true } }

// NewHook makes a Hook that signs with secrets: one or several, with spaces between,
// each whsec_ and 24 to 64 bytes in base64. A request has a signature by each, so
// that receivers can go over from an old secret to a new one. Other secrets are
// refused (hook.settings).
func NewHook(secrets string, options ...HookOption) (*Hook, error) {
	h := &Hook{}
	for _, o := range options {
		o(h)
	}
	for i, secret := range strings.Fields(secrets) {
		text, marked := strings.CutPrefix(secret, "whsec_")
		key, err := base64.StdEncoding.DecodeString(text)
		if !marked || err != nil || len(key) < minSecret || len(key) > maxSecret {
			return nil, itsm.Refuse(itsm.Invalid, "hook.settings",
				"Signing secret %d is not whsec_ and %d to %d bytes in base64; make one with: echo whsec_$(openssl rand -base64 32)", i+1, minSecret, maxSecret)
		}
		signer, err := webhooks.NewWebhookRaw(key)
		if err != nil {
			return nil, err
		}
		h.signers = append(h.signers, signer.Sign)
	}
	if len(h.signers) == 0 {
		return nil, itsm.Refuse(itsm.Invalid, "hook.settings", "Webhooks need a signing secret; make one with: echo whsec_$(openssl rand -base64 32)")
	}
	h.client = &http.Client{Timeout: patience, Transport: transport(newGuard(h.loopback)), CheckRedirect: stay}
	return h, nil
}

// stay keeps to the address that the catalog has: where it redirects to was agreed
// with nobody.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// transport connects to what the guard lets through, and never by a proxy: that
// would connect to what the guard has not seen. Pages are too rare to keep
// connections for.
func transport(g guard) *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Control: g.control}).DialContext,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// page is the body of a request.
type page struct {
	Type    string      `json:"type"`
	Number  itsm.Number `json:"number"`
	Subject string      `json:"subject"`
	Text    string      `json:"text"`
	URL     string      `json:"url"`
	Key     string      `json:"key"`
}

// Send posts a message to the webhook at an address, within ten seconds. Only an
// answer of 2xx is success; its refusals are in the package's comment. A nil Hook
// reaches nobody.
func (h *Hook) Send(ctx context.Context, address string, m Message) error {
	if h == nil {
		return unreachable(itsm.WayWebhook, "no signing secret is set, so nobody can be")
	}
	if address == "" {
		return unreachable(itsm.WayWebhook, "the catalog has none for them")
	}
	u, fault := itsm.ParseWebhook(address)
	if fault != "" {
		return unreachable(itsm.WayWebhook, "what the catalog has for them "+fault)
	}
	if u.Scheme != "https" && !h.loopback {
		return unreachable(itsm.WayWebhook, "what the catalog has for them must begin with https://, so that nobody reads along")
	}
	request, err := h.request(ctx, address, m, time.Now())
	if err != nil {
		return err
	}
	answer, err := h.client.Do(request)
	if err != nil {
		return lost(err)
	}
	defer answer.Body.Close()
	return judge(answer, time.Now())
}

// request is a message as it is posted: signed at an instant, with each secret.
func (h *Hook) request(ctx context.Context, address string, m Message, at time.Time) (*http.Request, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(page{Type: m.kind(), Number: m.Number, Subject: m.Subject, Text: m.Text, URL: m.URL, Key: m.Key})
	if err != nil {
		return nil, err
	}
	signatures := make([]string, len(h.signers))
	for i, sign := range h.signers {
		if signatures[i], err = sign(m.Key, at, body); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, unreachable(itsm.WayWebhook, "what the catalog has for them cannot be posted to")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Steward")
	request.Header.Set(webhooks.HeaderWebhookID, m.Key)
	request.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(webhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return request, nil
}

// lost is a request without an answer. It may have arrived, so it is worth a repeat,
// unless it was never let out.
func lost(err error) error {
	if errors.Is(err, ssrf.ErrProhibitedIP) {
		return itsm.Refuse(itsm.Conflict, "hook.refused", "The webhook leads into a private network or to the machine itself, where Steward does not post; give one with a public address.")
	}
	return itsm.Refuse(itsm.Unavailable, "hook.unavailable", "The webhook did not take the page: it %s.", broken(err))
}

// judge says what an answer means for the message.
func judge(answer *http.Response, now time.Time) error {
	code := answer.StatusCode
	wait := retryAfter(answer.Header.Get("Retry-After"), now)
	switch {
	case code >= 200 && code <= 299:
		return nil
	case code == http.StatusTooManyRequests:
		if wait == 0 {
			wait = pause
		}
		return itsm.Refuse(itsm.Limited, "hook.rate_limited", "The webhook asks to wait.").Later(wait)
	case code >= 500, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		return itsm.Refuse(itsm.Unavailable, "hook.unavailable", "The webhook answered with HTTP %d.", code).Later(wait)
	case code == http.StatusGone:
		return itsm.Refuse(itsm.Conflict, "hook.refused", "The webhook is gone for good (HTTP 410); take it out of the catalog, or give another.")
	case code >= 300 && code <= 399:
		return itsm.Refuse(itsm.Conflict, "hook.refused", "The webhook redirects (HTTP %d), which is not followed; put the address that it leads to into the catalog.", code)
	}
	return itsm.Refuse(itsm.Conflict, "hook.refused", "The webhook refuses the page (HTTP %d).", code)
}

// retryAfter reads how long to wait, in seconds or until a date (RFC 9110, 10.2.3):
// from a second to ten minutes. It is 0 when nothing is said that can be read.
func retryAfter(text string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(text); err == nil {
		wait = date.Sub(now)
	} else {
		return 0
	}
	return min(max(wait, time.Second), maxPause)
}
