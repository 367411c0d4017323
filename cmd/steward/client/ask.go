package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/itsm"
)

// UsageError is a command line that cannot be meant.
type UsageError string

func (e UsageError) Error() string { return string(e) }

// remote is where the API is and who asks it, for one command.
type remote struct {
	url       string
	tokenFile string
	asJSON    bool
}

func (r *remote) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVar(&r.url, "server", "", "where Steward is (STEWARD_URL)")
	f.StringVar(&r.tokenFile, "token-file", "", "a file with your token, or - for standard input (STEWARD_TOKEN)")
	f.BoolVar(&r.asJSON, "json", false, "answer with the API's own document")
}

// asker asks the API as one person.
type asker struct {
	http  *http.Client
	url   string
	token string // never in an error, nor in a text
	wait  func(context.Context, time.Duration) error
}

const (
	// answerWait is how long one attempt may take: longer than the API does.
	answerWait = 45 * time.Second
	attempts   = 4
	maxAnswer  = 8 << 20
	// maxPause is for how long it is waited until one may ask again. Whoever is told
	// to wait longer is told so instead.
	maxPause = 30 * time.Second
)

func (r *remote) asker(cmd *cobra.Command) (*asker, error) {
	at, err := url.Parse(cmp.Or(r.url, os.Getenv("STEWARD_URL")))
	if err != nil || at.Host == "" || (at.Scheme != "https" && at.Scheme != "http") || at.User != nil {
		return nil, UsageError("say where Steward is: set STEWARD_URL, such as https://steward.example.com, or use --server")
	}
	token, err := r.token(cmd.InOrStdin())
	if err != nil {
		return nil, err
	}
	return &asker{
		http: &http.Client{
			Timeout: answerWait,
			// The token is for the address that was given, and for no other that this may name.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		url: strings.TrimSuffix(at.String(), "/"), token: token, wait: pause,
	}, nil
}

// token reads the token where it does not end up in a list of processes.
func (r *remote) token(in io.Reader) (string, error) {
	text := os.Getenv("STEWARD_TOKEN")
	if r.tokenFile != "" {
		raw, err := readFile(r.tokenFile, in, 1024)
		if err != nil {
			return "", UsageError("the token cannot be read: " + err.Error())
		}
		text = string(raw)
	}
	if text = strings.TrimSpace(text); text == "" || strings.ContainsAny(text, " \t\r\n") {
		return "", UsageError("say who you are: set STEWARD_TOKEN, or use --token-file; make a token with: steward token create")
	}
	return text, nil
}

// readFile reads a file, or what comes in for -, of so many bytes at most.
func readFile(name string, in io.Reader, most int64) ([]byte, error) {
	if name != "-" {
		f, err := os.Open(name) //nolint:gosec // whoever works the command line names it
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("it is larger than %d bytes", most)
	}
	return text, err
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

// request is one thing that is asked for.
type request struct {
	method, path string
	key          string // under which it counts once, however often it is sent
	revision     string // that it is meant for, as an ETag; empty: whatever there is
	body         []byte // nil: none
}

// answer is what the API says to it.
type answer struct {
	body []byte
	etag string
	raw  bool // it is no JSON: a drawing
}

// ask asks for one thing and returns the API's document. What got no answer is
// asked again a few times with the same key, so that it counts once.
func (c *asker) ask(ctx context.Context, q request) (answer, error) {
	for attempt := 1; ; attempt++ {
		a, err := c.once(ctx, q)
		again, ok := errors.AsType[*unansweredError](err)
		if !ok || attempt == attempts || again.after > maxPause {
			return a, err
		}
		if c.wait(ctx, max(again.after, time.Duration(attempt)*time.Second)) != nil {
			return answer{}, err
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

func (c *asker) once(ctx context.Context, q request) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, c.url+q.path, bytes.NewReader(q.body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept", "application/json")
	for name, value := range map[string]string{"Idempotency-Key": q.key, "If-Match": q.revision} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if q.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return answer{}, c.unreachable(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return answer{}, c.unreachable(err)
	}
	if len(text) > maxAnswer {
		return answer{}, fmt.Errorf("the answer of %s is larger than %d bytes", c.url, maxAnswer)
	}
	if resp.StatusCode/100 == 2 {
		kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		return answer{body: text, etag: resp.Header.Get("ETag"), raw: strings.HasPrefix(kind, "image/")}, nil
	}
	return answer{}, c.refused(resp, text)
}

func (c *asker) unreachable(err error) error {
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
func (c *asker) refused(resp *http.Response, text []byte) error {
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
	e := itsm.Refuse(kind, oneLine(p.Code), "%s", oneLine(p.Detail)).Later(retryAfter(resp.Header))
	for _, f := range p.Errors {
		e.Fields = append(e.Fields, itsm.Field{Pointer: oneLine(f.Pointer), Message: oneLine(f.Message)})
	}
	if kind == itsm.Unavailable || kind == itsm.Limited || p.Code == "idempotency.running" {
		return &unansweredError{refusal: e, after: e.RetryAfter}
	}
	return e
}

// oneLine keeps what came over the network from writing over the terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, text)
}

// retryAfter is what a Retry-After says, in seconds (RFC 9110, 10.2.3); Steward
// writes no dates there.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 1<<20)) * time.Second
}
