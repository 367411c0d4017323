package slackfake

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
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// What a person sees when the app does not answer well.
var (
	ErrTimeout       = errors.New("operation_timeout")        // no answer within three seconds
	ErrDispatch      = errors.New("dispatch_failed")          // no connection, or not 2xx
	ErrCommandAnswer = errors.New("invalid_command_response") // a command's answer that Slack cannot show
	ErrViewAnswer    = errors.New("invalid_view_response")    // "We had some trouble connecting"
	ErrNoSuchElement = errors.New("slackfake: no such element")
	ErrNoSuchPerson  = errors.New("slackfake: no such person")
	ErrNoSuchPlace   = errors.New("slackfake: the person does not see that channel, message or view")
	ErrNothingToSend = errors.New("slackfake: nothing was delivered yet")
)

const maxKeptDeliveries = 100 // how many Deliveries lists

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

// Tamper changes one delivery, to try the app's patience.
type Tamper struct {
	Skew           time.Duration // added to the timestamp, which is then signed
	WrongSignature bool          // signed with another secret
	NoSignature    bool
	InQuery        bool // the payload travels in the URL, which the signature does not cover
	ExtraFields    bool // fields that no documentation names
	UnknownElement bool // the payload's first block grows an element of an unknown type
	Twice          bool // delivered again at once, byte for byte
}

// Tamper queues changes for the next deliveries, one each.
func (s *Server) Tamper(t ...Tamper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tampers = append(s.tampers, t...)
}

func (s *Server) takeTamper() Tamper {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tampers) == 0 {
		return Tamper{}
	}
	t := s.tampers[0]
	s.tampers = s.tampers[1:]
	return t
}

// Deliveries lists what was sent, oldest first; the last hundred are kept.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Delivery(nil), s.sent...)
}

// Replay sends the last delivery again, byte for byte, with its old timestamp and signature.
func (s *Server) Replay(ctx context.Context) (Answer, error) {
	all := s.Deliveries()
	if len(all) == 0 {
		return Answer{}, ErrNothingToSend
	}
	return s.Redeliver(ctx, all[len(all)-1])
}

// Redeliver sends d as it is.
func (s *Server) Redeliver(ctx context.Context, d Delivery) (Answer, error) {
	return s.post(ctx, d)
}

// Sign returns the value of X-Slack-Signature for a body sent at a UNIX time.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", timestamp, body) // a hash takes every byte
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// form delivers a command.
func (s *Server) form(ctx context.Context, path string, fields url.Values) (Answer, error) {
	t := s.takeTamper()
	if t.ExtraFields {
		fields.Set("unheard_of", "1")
	}
	return s.send(ctx, t, path, "application/x-www-form-urlencoded", []byte(fields.Encode()), nil)
}

// payload delivers an interaction.
func (s *Server) payload(ctx context.Context, p reply) (Answer, error) {
	t := s.takeTamper()
	raw, err := json.Marshal(p)
	if err != nil {
		return Answer{}, err
	}
	if t.ExtraFields || t.UnknownElement {
		if raw, err = strangeness(raw, t); err != nil {
			return Answer{}, err
		}
	}
	body := []byte(url.Values{"payload": {string(raw)}}.Encode())
	return s.send(ctx, t, "/slack/interactions", "application/x-www-form-urlencoded", body, nil)
}

// strangeness adds to a payload what a later Slack might.
func strangeness(raw []byte, t Tamper) ([]byte, error) {
	var p Block
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, err
	}
	if t.ExtraFields {
		p["unheard_of"] = Block{"deep": []any{1, "two", nil}}
	}
	for _, holder := range []string{"message", "view"} {
		if h, ok := p[holder].(Block); ok && t.UnknownElement {
			strange := Block{"type": "actions", "block_id": "strange", "elements": []any{Block{"type": "hologram", "action_id": "wave"}}}
			blocks, _ := h["blocks"].([]any)
			h["blocks"] = append([]any{strange}, blocks...)
		}
	}
	return json.Marshal(p)
}

// send signs, applies t and posts.
func (s *Server) send(ctx context.Context, t Tamper, path, kind string, body []byte, more http.Header) (Answer, error) {
	d := Delivery{Path: path, Header: http.Header{"Content-Type": {kind}, "User-Agent": {"Slackbot 1.0 (+https://api.slack.com/robots)"}}, Body: body}
	maps.Copy(d.Header, more)
	if t.InQuery {
		d.Path, d.Body = path+"?"+string(body), nil
	}
	timestamp := strconv.FormatInt(s.cfg.Now().Add(t.Skew).Unix(), 10)
	secret := s.cfg.SigningSecret
	if t.WrongSignature {
		secret += " but another"
	}
	d.Header.Set("X-Slack-Request-Timestamp", timestamp)
	if !t.NoSignature {
		d.Header.Set("X-Slack-Signature", Sign(secret, timestamp, d.Body))
	}
	s.mu.Lock()
	s.sent = append(s.sent, d)
	s.sent = s.sent[max(0, len(s.sent)-maxKeptDeliveries):]
	s.mu.Unlock()
	answer, err := s.post(ctx, d)
	if t.Twice && err == nil {
		return s.post(ctx, d)
	}
	return answer, err
}

func (s *Server) post(ctx context.Context, d Delivery) (Answer, error) {
	s.mu.Lock()
	address := s.cfg.AppURL + d.Path
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AnswerWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(d.Body))
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrDispatch, err)
	}
	req.Header = d.Header.Clone()
	began := time.Now()
	resp, err := s.client.Do(req)
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
