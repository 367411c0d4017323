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
	what     string // the kind of its event; of a vote the verdict, for what that led to depends on the others
}

// plot is what people mean to do with a change.
type plot struct {
	verdict     itsm.Verdict
	result      itsm.Outcome
	cancelEarly bool // while it awaits approval
	cancelLate  bool // once it is scheduled
	hold        bool // and resume it
	edit        bool // what was voted on: another round
	retract     bool // Bob's first vote
	delegate    bool // Joe's say, to Liv
	talk        bool
}

var plots = []plot{
	{verdict: itsm.Approve, result: itsm.Successful, talk: true},
	{verdict: itsm.Approve, result: itsm.Failed, retract: true},
	{verdict: itsm.Reject, delegate: true},
	{verdict: itsm.Approve, result: itsm.Successful, edit: true},
	{verdict: itsm.Approve, cancelEarly: true, result: itsm.Successful, talk: true},
	{verdict: itsm.Approve, cancelLate: true, hold: true, delegate: true},
}

// story is one change and the people around it, who go on whatever happens: each
// repeats an asking under its key until the answer is definite.
type story struct {
	*crash

	i      int
	owner  itsm.PersonID
	plot   plot
	number itsm.Number
	asked  map[string]bool // who was asked to decide, in which round and stage

	held, edited, talked bool // by the requester
}

func (s *story) run(ctx context.Context) error {
	if err := s.raise(ctx); err != nil {
		return err
	}
	s.asked = map[string]bool{}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.carryOut(ctx, g) })
	if s.plot.talk {
		g.Go(func() error {
			_, err := s.says(ctx, uttering{"ida", itsm.Remark, "Good luck.", 0}, map[string]any{"text": "Good luck."})
			return err
		})
	}
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
	s.acknowledge(s.number, acted{s.owner, 1, string(itsm.EventRaised)})
	return nil
}

// carryOut does what the requester sees is to be done, and does not wait for what
// others are told, who decide meanwhile. What somebody saw or did they always see
// again, or what came after it.
func (s *story) carryOut(ctx context.Context, others *errgroup.Group) error {
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
		state := itsm.ChangeState(seen.state())
		if state.Final() {
			return nil
		}
		if state == itsm.ChangeAwaiting {
			s.letDecide(ctx, others, seen)
		}
		made, err := s.next(ctx, state, seen, fmt.Sprintf("try-%d", try))
		if err != nil {
			return err
		}
		if newest = max(newest, made); made == 0 {
			if err := wait(ctx, 300*time.Millisecond); err != nil {
				return err
			}
		}
	}
}

// next does the one thing that the requester means to do now, and returns the
// revision that it made: 0 if there was nothing, or somebody was first.
func (s *story) next(ctx context.Context, state itsm.ChangeState, seen response, key string) (int, error) {
	switch {
	case s.plot.talk && !s.talked:
		s.talked = true
		return 0, s.talk(ctx)
	case state == itsm.ChangeAwaiting && s.plot.cancelEarly, state == itsm.ChangeScheduled && s.plot.cancelLate:
		return s.act(ctx, s.owner, "cancel", key, string(itsm.EventCancelled), map[string]any{"note": "Not wanted."})
	case state == itsm.ChangeAwaiting && s.plot.hold && !s.held:
		return s.pause(ctx, key)
	case state == itsm.ChangeAwaiting && s.plot.edit && !s.edited && seen.Body["decisions"] != nil:
		made, err := s.act(ctx, s.owner, "", key, string(itsm.EventEdited), map[string]any{"plan": "Do it twice."}, "If-Match", seen.Header.Get("ETag"))
		s.edited = made > 0
		return made, err
	case state == itsm.ChangeScheduled:
		return s.act(ctx, s.owner, "start", key, string(itsm.EventStarted), nil)
	case state == itsm.ChangeImplementing:
		return s.act(ctx, s.owner, "complete", key, string(itsm.EventCompleted), map[string]any{"result": s.plot.result, "note": "So it went."})
	}
	return 0, nil
}

// act asks for an act until it is acknowledged or refused for good, and returns
// the revision that it made.
func (s *story) act(ctx context.Context, who itsm.PersonID, path, key, what string, body any, header ...string) (int, error) {
	a, err := s.try(ctx, who, path, key, body, header...)
	if err != nil {
		return 0, err
	}
	switch a.Status {
	case http.StatusOK:
		s.acknowledge(s.number, acted{who, revisionOf(a), what})
		return revisionOf(a), nil
	case http.StatusConflict, http.StatusPreconditionFailed: // somebody else was first
		s.count(&s.refused)
		return 0, nil
	}
	return 0, fmt.Errorf("%s of %s by %s: %d %v", path, s.number, who, a.Status, a.Body)
}

// try asks for an act on the story's change; without a path, for an edit of it.
func (s *story) try(ctx context.Context, who itsm.PersonID, path, key string, body any, header ...string) (response, error) {
	method, at := http.MethodPost, "/v1/changes/"+string(s.number)+"/"+path
	if path == "" {
		method, at = http.MethodPatch, "/v1/changes/"+string(s.number)
	}
	return s.ask(ctx, who, method, at, key, body, header...)
}

func revisionOf(a response) int {
	revision, _ := a.Body["revision"].(float64)
	return int(revision)
}

// ask repeats a request, always the same one, until the answer is definite: dead
// connections, 429, 503 and an asking that is still under way are not.
func (c *crash) ask(ctx context.Context, who itsm.PersonID, method, path, key string, body any, more ...string) (response, error) {
	var text []byte
	if body != nil {
		text, _ = json.Marshal(body) // maps of strings
	}
	header := map[string]string{"Authorization": "Bearer " + c.tokens[who], "Content-Type": "application/json"}
	if key != "" {
		header["Idempotency-Key"] = key
	}
	for i := 0; i+1 < len(more); i += 2 {
		header[more[i]] = more[i+1]
	}
	return c.insist(ctx, method, path, text, header)
}

func (c *crash) insist(ctx context.Context, method, path string, body []byte, header map[string]string) (response, error) {
	for grown := time.Duration(0); ; grown = min(2*grown+time.Second/2, crashPause) {
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
		if err := wait(ctx, max(pause, grown)); err != nil {
			return a, err
		}
	}
}

// crashPause is the longest that somebody waits before they ask again: people who all
// ask again at once make late what is late.
const crashPause = 6 * time.Second

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
