package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/itsm"
)

// apiClient asks the API as one person.
type apiClient struct {
	http  *http.Client
	url   string
	token Secret
	wait  func(context.Context, time.Duration) error
}

const (
	// answerWait is how long one attempt may take: longer than the API does.
	answerWait = 45 * time.Second
	attempts   = 4
	maxAnswer  = 8 << 20
	maxPause   = 10 * time.Second
)

func (r *remote) client(cmd *cobra.Command) (*apiClient, error) {
	at, err := url.Parse(cmp.Or(r.url, os.Getenv("STEWARD_URL")))
	if err != nil || at.Host == "" || (at.Scheme != "https" && at.Scheme != "http") || at.User != nil {
		return nil, usageError("say where Steward is: set STEWARD_URL, such as https://steward.example.com, or use --url")
	}
	token, err := r.token(cmd.InOrStdin())
	if err != nil {
		return nil, err
	}
	return &apiClient{
		http: &http.Client{
			Timeout: answerWait,
			// The token is for the address that was given, and for no other that this may name.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		url: strings.TrimSuffix(at.String(), "/"), token: token, wait: pause,
	}, nil
}

// token reads the token where it does not end up in a list of processes.
func (r *remote) token(in io.Reader) (Secret, error) {
	text := os.Getenv("STEWARD_TOKEN")
	var raw []byte
	var err error
	switch r.tokenFile {
	case "":
	case "-":
		raw, err = io.ReadAll(io.LimitReader(in, 1024))
	default:
		raw, err = os.ReadFile(r.tokenFile)
	}
	if err != nil {
		return "", usageError("the token cannot be read: " + err.Error())
	}
	if r.tokenFile != "" {
		text = string(raw)
	}
	if text = strings.TrimSpace(text); text == "" || strings.ContainsAny(text, " \t\r\n") {
		return "", usageError("say who you are: set STEWARD_TOKEN, or use --token-file; make a token with: steward token create")
	}
	return Secret(text), nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// ask asks for one thing and returns the API's document. What got no answer is
// asked again a few times with the same key, so that it counts once.
func (c *apiClient) ask(ctx context.Context, method, path string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if body == nil {
		text = nil
	}
	key := rand.Text()
	for attempt := 1; ; attempt++ {
		answer, err := c.once(ctx, method, path, key, text)
		again, ok := errors.AsType[*unansweredError](err)
		if !ok || attempt == attempts {
			return answer, err
		}
		if c.wait(ctx, max(again.after, time.Duration(attempt)*time.Second)) != nil {
			return nil, err
		}
	}
}

// unansweredError is a request that may be asked again as it is.
type unansweredError struct {
	refusal *itsm.Error
	cause   error
	after   time.Duration
}

func (e *unansweredError) Error() string {
	if e.cause != nil {
		return e.cause.Error()
	}
	return e.refusal.Error()
}

func (e *unansweredError) Unwrap() error { return e.refusal }

func (c *apiClient) once(ctx context.Context, method, path, key string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	r.Header.Set("Accept", "application/json")
	if method != http.MethodGet {
		r.Header.Set("Idempotency-Key", key)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, c.unreachable(err)
	}
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("the answer of %s is larger than %d bytes", c.url, maxAnswer)
	}
	if resp.StatusCode/100 == 2 {
		return text, nil
	}
	return nil, c.refused(resp, text)
}

func (c *apiClient) unreachable(err error) error {
	return &unansweredError{
		refusal: itsm.Refuse(itsm.Unavailable, "api.unreachable", "%s does not answer. It may have counted; repeating it is safe.", c.url),
		cause:   err,
	}
}

// kindOf says what a status is among refusals.
var kindOf = map[int]itsm.Kind{
	http.StatusUnauthorized: itsm.Unauthenticated, http.StatusForbidden: itsm.Forbidden, http.StatusNotFound: itsm.NotFound,
	http.StatusConflict: itsm.Conflict, http.StatusPreconditionFailed: itsm.Conflict, http.StatusTooManyRequests: itsm.Limited,
	http.StatusServiceUnavailable: itsm.Unavailable, http.StatusBadGateway: itsm.Unavailable, http.StatusGatewayTimeout: itsm.Unavailable,
	http.StatusInternalServerError: itsm.Internal,
}

// refused reads a problem document (RFC 9457). What stands before Steward may
// answer with something else.
func (c *apiClient) refused(resp *http.Response, text []byte) error {
	kind, known := kindOf[resp.StatusCode]
	if !known {
		kind = itsm.Invalid
	}
	var p struct {
		Code, Detail string
		Errors       []itsm.Field
	}
	if json.Unmarshal(text, &p) != nil || p.Code == "" {
		p.Code, p.Detail = "api.status", fmt.Sprintf("%s answered %s, and not as Steward does. Is STEWARD_URL right?", c.url, resp.Status)
	}
	e := itsm.Refuse(kind, oneLine(p.Code), "%s", oneLine(p.Detail))
	if len(p.Errors) > 1 { // the first is in the sentence
		for _, f := range p.Errors {
			e.Message += "\n  " + oneLine(f.Pointer+" "+f.Message)
		}
	}
	if kind == itsm.Unavailable || p.Code == "idempotency.running" {
		return &unansweredError{refusal: e, after: retryAfter(resp.Header)}
	}
	return e
}

// oneLine keeps what came over the network from writing over the terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, text)
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxPause)
}

// read reads a document of the API. Fields that a newer one has are let be.
func read(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("the API's answer cannot be read: %w", err)
	}
	return nil
}
