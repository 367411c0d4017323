package delivery

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// What a person sees when the app does not answer well.
var (
	ErrTimeout       = errors.New("operation_timeout") // no answer in time
	ErrDispatch      = errors.New("dispatch_failed")   // no connection, or not 2xx
	ErrNothingToSend = errors.New("slackfake: nothing was delivered yet")
	ErrDead          = errors.New("slackfake: Slack is dead") // and sends nothing
)

const maxKept = 100 // how many Deliveries lists

// Delivery is one signed request to the app, as it was sent.
type Delivery struct {
	Path   string // /slack/commands, /slack/interactions or /slack/events
	Header http.Header
	Body   []byte
}

// Answer is what the app answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Took   time.Duration // on the wall clock
	// Action is the response_action of a view_submission: errors, update, push, clear or empty.
	Action string
	// Errors are what is wrong by block_id: from the app, or from Slack's own client
	// (a required field left empty), in which case nothing was sent and Status is 0.
	Errors map[string]string
}

// Courier delivers to one app. It is safe for concurrent use.
type Courier struct {
	secret string
	now    func() time.Time
	within time.Duration
	alive  func() error
	log    *slog.Logger
	client *http.Client

	mu      sync.Mutex
	appURL  string
	tampers []Tamper
	sent    []Delivery
	pending []retry
}

// New returns a courier that signs with secret at the times that now tells, and
// gives the app at appURL within to answer. While alive fails, so does everything.
func New(secret, appURL string, now func() time.Time, within time.Duration, alive func() error, log *slog.Logger) *Courier {
	return &Courier{
		secret: secret, appURL: appURL, now: now, within: within, alive: alive, log: log,
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// SetAppURL says where the app listens.
func (c *Courier) SetAppURL(url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.appURL = url
}

// Deliveries lists what was sent, oldest first; the last hundred are kept.
func (c *Courier) Deliveries() []Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sent)
}

// Replay sends the last delivery again, byte for byte, with its old timestamp and signature.
func (c *Courier) Replay(ctx context.Context) (Answer, error) {
	all := c.Deliveries()
	if len(all) == 0 {
		return Answer{}, ErrNothingToSend
	}
	return c.Redeliver(ctx, all[len(all)-1])
}

// Redeliver sends d as it is.
func (c *Courier) Redeliver(ctx context.Context, d Delivery) (Answer, error) {
	if err := c.alive(); err != nil {
		return Answer{}, err
	}
	return c.post(ctx, d)
}

// Sign returns the value of X-Slack-Signature for a body sent at a UNIX time.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", timestamp, body) // a hash takes every byte
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// SendCommand delivers the form of a slash command.
func (c *Courier) SendCommand(ctx context.Context, fields url.Values) (Answer, error) {
	t := c.takeTamper()
	if t.ExtraFields {
		fields.Set("unheard_of", "1")
	}
	return c.send(ctx, t, "/slack/commands", "application/x-www-form-urlencoded", []byte(fields.Encode()), nil)
}

// SendInteraction delivers the payload of an interaction.
func (c *Courier) SendInteraction(ctx context.Context, payload map[string]any) (Answer, error) {
	t := c.takeTamper()
	raw, err := json.Marshal(payload)
	if err == nil {
		raw, err = strange(raw, t)
	}
	if err != nil {
		return Answer{}, err
	}
	body := []byte(url.Values{"payload": {string(raw)}}.Encode())
	return c.send(ctx, t, "/slack/interactions", "application/x-www-form-urlencoded", body, nil)
}

// send signs, applies t and posts.
func (c *Courier) send(ctx context.Context, t Tamper, path, kind string, body []byte, more http.Header) (Answer, error) {
	if err := c.alive(); err != nil {
		return Answer{}, err
	}
	d := Delivery{Path: path, Header: http.Header{"Content-Type": {kind}, "User-Agent": {"Slackbot 1.0 (+https://api.slack.com/robots)"}}, Body: body}
	maps.Copy(d.Header, more)
	if t.InQuery {
		d.Path, d.Body = path+"?"+string(body), nil
	}
	timestamp := strconv.FormatInt(c.now().Add(t.Skew).Unix(), 10)
	secret := c.secret
	if t.WrongSignature {
		secret += " but another"
	}
	d.Header.Set("X-Slack-Request-Timestamp", timestamp)
	if !t.NoSignature {
		d.Header.Set("X-Slack-Signature", Sign(secret, timestamp, d.Body))
	}
	c.mu.Lock()
	c.sent = append(c.sent, d)
	c.sent = c.sent[max(0, len(c.sent)-maxKept):]
	c.mu.Unlock()
	answer, err := c.post(ctx, d)
	if t.Twice && err == nil {
		return c.post(ctx, d)
	}
	return answer, err
}

func (c *Courier) post(ctx context.Context, d Delivery) (Answer, error) {
	c.mu.Lock()
	address := c.appURL + d.Path
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(d.Body))
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrDispatch, err)
	}
	req.Header = d.Header.Clone()
	began := time.Now()
	resp, err := c.client.Do(req)
	if err != nil {
		return Answer{Took: time.Since(began)}, undelivered(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	a := Answer{Status: resp.StatusCode, Header: resp.Header, Body: body, Took: time.Since(began)}
	switch {
	case err != nil:
		return a, undelivered(err)
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return a, fmt.Errorf("%w: the app answered %s", ErrDispatch, resp.Status)
	}
	return a, nil
}

func undelivered(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return fmt.Errorf("%w: %w", ErrDispatch, err)
}
