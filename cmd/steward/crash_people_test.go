package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/itsm"
)

// acted is one act that the program acknowledged.
type acted struct {
	who      itsm.PersonID
	revision int
	kind     itsm.EventKind
}

// plot is what people mean to do with a change.
type plot struct {
	verdict     itsm.Verdict
	result      itsm.Outcome
	cancelEarly bool // while it awaits approval
	cancelLate  bool // once it is scheduled
}

var plots = []plot{
	{verdict: itsm.Approve, result: itsm.Successful},
	{verdict: itsm.Approve, result: itsm.Failed},
	{verdict: itsm.Reject},
	{verdict: itsm.Approve, result: itsm.Successful},
	{verdict: itsm.Approve, cancelEarly: true, result: itsm.Successful},
	{verdict: itsm.Approve, cancelLate: true},
}

// story is one change and the people around it, who go on whatever happens: each
// repeats an asking under its key until the answer is definite.
type story struct {
	*crash

	i      int
	owner  itsm.PersonID
	plot   plot
	number itsm.Number
}

func (s *story) run(ctx context.Context) error {
	if err := s.raise(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, approver := range []itsm.PersonID{"bob", "eve"} { // one vote counts
		g.Go(func() error { return s.decide(ctx, approver) })
	}
	g.Go(func() error { return s.carryOut(ctx) })
	return g.Wait()
}

func (s *story) raise(ctx context.Context) error {
	var a response
	var err error
	if s.github != nil {
		a, err = s.deliver(ctx)
	} else {
		a, err = s.ask(ctx, s.owner, http.MethodPost, "/v1/changes", "raise", map[string]any{
			"type": "normal", "title": fmt.Sprintf("Change %d", s.i), "service": "website", "plan": "Do it.", "backout_plan": "Undo it.",
		})
	}
	if err != nil {
		return err
	}
	if a.Status >= http.StatusBadRequest {
		return fmt.Errorf("a raise was refused: %d %v", a.Status, a.Body)
	}
	s.number = a.number()
	s.acknowledge(s.number, acted{s.owner, 1, itsm.EventRaised})
	return nil
}

func (s *story) decide(ctx context.Context, who itsm.PersonID) error {
	kind := itsm.EventApproved
	if s.plot.verdict == itsm.Reject {
		kind = itsm.EventRejected
	}
	_, err := s.act(ctx, who, "decisions", string(who), kind, map[string]any{"verdict": s.plot.verdict, "note": "Said by " + who})
	return err
}

// carryOut does what the requester sees is to be done, and does not wait for what
// others are told. What somebody saw or did they always see again, or what came
// after it.
func (s *story) carryOut(ctx context.Context) error {
	newest := 0
	for try := 0; ; try++ {
		seen, err := s.ask(ctx, s.owner, http.MethodGet, "/v1/changes/"+string(s.number), "", nil)
		if err != nil {
			return err
		}
		if seen.Status != http.StatusOK || revisionOf(seen) < newest {
			return fmt.Errorf("%s, once seen at revision %d, is now read as: %d %v", s.number, newest, seen.Status, seen.Body)
		}
		newest = revisionOf(seen)
		key := fmt.Sprintf("try-%d", try)
		switch state := itsm.ChangeState(seen.state()); {
		case state.Final():
			return nil
		case state == itsm.ChangeAwaiting && s.plot.cancelEarly, state == itsm.ChangeScheduled && s.plot.cancelLate:
			newest, err = s.act(ctx, s.owner, "cancel", key, itsm.EventCancelled, map[string]any{"note": "Not wanted."})
		case state == itsm.ChangeScheduled:
			newest, err = s.act(ctx, s.owner, "start", key, itsm.EventStarted, nil)
		case state == itsm.ChangeImplementing:
			newest, err = s.act(ctx, s.owner, "complete", key, itsm.EventCompleted, map[string]any{"result": s.plot.result, "note": "So it went."})
		default:
			err = wait(ctx, 300*time.Millisecond)
		}
		if err != nil {
			return err
		}
	}
}

// act asks for an act until it is acknowledged or refused for good, and returns
// the revision that it made.
func (s *story) act(ctx context.Context, who itsm.PersonID, path, key string, kind itsm.EventKind, body any) (int, error) {
	a, err := s.ask(ctx, who, http.MethodPost, "/v1/changes/"+string(s.number)+"/"+path, key, body)
	if err != nil {
		return 0, err
	}
	if a.Status == http.StatusOK {
		s.acknowledge(s.number, acted{who, revisionOf(a), kind})
		return revisionOf(a), nil
	}
	if a.Status != http.StatusConflict { // somebody else was first
		return 0, fmt.Errorf("%s of %s by %s: %d %v", path, s.number, who, a.Status, a.Body)
	}
	s.count(&s.refused)
	return 0, nil
}

func revisionOf(a response) int {
	revision, _ := a.Body["revision"].(float64)
	return int(revision)
}

// ask repeats a request, always the same one, until the answer is definite: dead
// connections, 429, 503 and an asking that is still under way are not.
func (c *crash) ask(ctx context.Context, who itsm.PersonID, method, path, key string, body any) (response, error) {
	var text []byte
	if body != nil {
		text, _ = json.Marshal(body) // maps of strings
	}
	header := map[string]string{"Authorization": "Bearer " + c.tokens[who], "Content-Type": "application/json"}
	if key != "" {
		header["Idempotency-Key"] = key
	}
	return c.insist(ctx, method, path, text, header)
}

func (c *crash) insist(ctx context.Context, method, path string, body []byte, header map[string]string) (response, error) {
	for {
		a, err := c.once(ctx, method, path, body, header)
		pause := 300 * time.Millisecond
		switch {
		case ctx.Err() != nil:
			return a, fmt.Errorf("%s %s was never answered for good; the last was %d %v %w", method, path, a.Status, a.Body, errors.Join(err, ctx.Err()))
		case err != nil:
			c.count(&c.broken)
		case a.Status == http.StatusServiceUnavailable, a.Status == http.StatusTooManyRequests, a.code() == "idempotency.running":
			c.count(&c.unsure)
			if seconds, err := strconv.Atoi(a.Header.Get("Retry-After")); err == nil {
				pause = min(time.Duration(seconds)*time.Second, 3*time.Second)
			}
		case a.Status >= http.StatusInternalServerError:
			return a, fmt.Errorf("%s %s: %d %v", method, path, a.Status, a.Body)
		default:
			return a, nil
		}
		if err := wait(ctx, pause); err != nil {
			return a, err
		}
	}
}

func (c *crash) once(ctx context.Context, method, path string, body []byte, header map[string]string) (a response, err error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return a, err
	}
	a = response{Status: resp.StatusCode, Header: resp.Header, Body: map[string]any{}}
	return a, json.Unmarshal(text, &a.Body)
}

// wait is how long somebody waits before asking again.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
