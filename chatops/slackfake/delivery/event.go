package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// retryAfter is when Slack tries an event again after a failure, since the attempt before.
var retryAfter = []time.Duration{0, time.Minute, 5 * time.Minute}

// retry is an event that the app has not taken yet.
type retry struct {
	body   []byte
	num    int // attempts made after the first
	due    time.Time
	reason string
}

// SendEvent delivers an event in its envelope. One that fails is kept for RetryEvents.
func (c *Courier) SendEvent(ctx context.Context, envelope map[string]any) (Answer, error) {
	body, err := json.Marshal(envelope)
	if err != nil {
		return Answer{}, err
	}
	return c.try(ctx, retry{body: body})
}

// Challenge sends the url_verification handshake.
func (c *Courier) Challenge(ctx context.Context, challenge string) (Answer, error) {
	body, err := json.Marshal(map[string]any{"token": "unused", "challenge": challenge, "type": "url_verification"})
	if err != nil {
		return Answer{}, err
	}
	return c.send(ctx, c.takeTamper(), "/slack/events", "application/json", body, nil)
}

// try makes one attempt and plans the next.
func (c *Courier) try(ctx context.Context, e retry) (Answer, error) {
	t, more := c.takeTamper(), http.Header{}
	if e.num > 0 {
		more.Set("X-Slack-Retry-Num", strconv.Itoa(e.num))
		more.Set("X-Slack-Retry-Reason", e.reason)
	}
	body, err := strange(e.body, t)
	if err != nil {
		return Answer{}, err
	}
	a, err := c.send(ctx, t, "/slack/events", "application/json", body, more)
	if errors.Is(err, ErrDead) {
		if e.num > 0 { // it is due when Slack lives again
			c.keep(e)
		}
		return a, err
	}
	if err == nil || a.Header.Get("X-Slack-No-Retry") == "1" || e.num >= len(retryAfter) {
		return a, err
	}
	e.reason = "http_error"
	if a.Status == 0 {
		e.reason = "http_timeout"
	}
	e.due = c.now().Add(retryAfter[e.num])
	e.num++
	c.keep(e)
	return a, err
}

func (c *Courier) keep(e retry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = append(c.pending, e)
}

// RetryEvents delivers again the failed events that are due by now: at once, after
// one minute and after five. It returns how many it tried: none while Slack is dead.
func (c *Courier) RetryEvents(ctx context.Context) int {
	if c.alive() != nil {
		return 0
	}
	now := c.now()
	c.mu.Lock()
	var due, later []retry
	for _, e := range c.pending {
		if e.due.After(now) {
			later = append(later, e)
		} else {
			due = append(due, e)
		}
	}
	c.pending = later
	c.mu.Unlock()
	for _, e := range due {
		if _, err := c.try(ctx, e); err != nil {
			c.log.WarnContext(ctx, "the app did not take an event", "attempt", e.num, "error", err)
		}
	}
	return len(due)
}
