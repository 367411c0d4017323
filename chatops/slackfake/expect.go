package slackfake

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// TB is what expectations need of a test; *testing.T is one.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

type kind string

const (
	kindMessage   kind = "message"
	kindEphemeral kind = "ephemeral"
	kindUpdate    kind = "update"
	kindDelete    kind = "delete"
)

// record is one thing that the app did where a person sees it.
type record struct {
	kind     kind
	message  Message
	expected bool
}

// note remembers what the app did. The caller holds mu.
func (s *Server) note(k kind, m Message) {
	s.journal = append(s.journal, &record{kind: k, message: m})
	s.journal = s.journal[max(0, len(s.journal)-maxJournal):]
	s.changed()
}

// Expectations consume what the app did, one act each, and fail on what nobody expected.
type Expectations struct {
	s       *Server
	t       TB
	within  time.Duration
	ignored []func(Message) bool
}

// Expect watches for t. When t ends, every message, ephemeral, update and deletion
// that no expectation consumed fails it.
func (s *Server) Expect(t TB) *Expectations {
	e := &Expectations{s: s, t: t, within: 10 * time.Second}
	t.Cleanup(e.NothingElse)
	return e
}

// Within sets how long an expectation waits; 10 s at first.
func (e *Expectations) Within(d time.Duration) *Expectations {
	e.within = d
	return e
}

// Ignore lets messages pass that is accepts, whoever expects them.
func (e *Expectations) Ignore(is func(Message) bool) *Expectations {
	e.ignored = append(e.ignored, is)
	return e
}

// Message waits for a new message in a channel (or, by user ID, in a direct
// message) whose words hold all parts, and consumes it. A reply counts only where it
// was broadcast.
func (e *Expectations) Message(channel string, parts ...string) Message {
	e.t.Helper()
	return e.wait(kindMessage, channel, parts, func(m Message) bool {
		return e.s.isIn(m, channel) && (m.ThreadTS == "" || m.Broadcast)
	})
}

// Reply waits for a message in the thread of parent.
func (e *Expectations) Reply(parent Message, parts ...string) Message {
	e.t.Helper()
	return e.wait(kindMessage, "the thread of "+parent.TS, parts, func(m Message) bool {
		return m.Channel == parent.Channel && m.ThreadTS == parent.TS
	})
}

// Ephemeral waits for a message that only user sees.
func (e *Expectations) Ephemeral(user string, parts ...string) Message {
	e.t.Helper()
	return e.wait(kindEphemeral, user, parts, func(m Message) bool { return m.EphemeralTo == user })
}

// Update waits for a change of m, by chat.update or a response URL, and consumes
// the changes of m before it too: the newest state is what people see.
func (e *Expectations) Update(m Message, parts ...string) Message {
	e.t.Helper()
	same := func(x Message) bool { return x.Channel == m.Channel && x.TS == m.TS }
	found := e.wait(kindUpdate, m.TS, parts, same)
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	for i, last := 0, e.last(found); i < last; i++ {
		if r := e.s.journal[i]; r.kind == kindUpdate && same(r.message) {
			r.expected = true
		}
	}
	return found
}

// last is where the newest consumed update of m lies in the journal.
func (e *Expectations) last(m Message) int {
	for i, r := range slices.Backward(e.s.journal) {
		if r.kind == kindUpdate && r.expected && r.message.Channel == m.Channel && r.message.TS == m.TS {
			return i
		}
	}
	return 0
}

// Deleted waits until m is gone.
func (e *Expectations) Deleted(m Message) {
	e.t.Helper()
	e.wait(kindDelete, m.TS, nil, func(x Message) bool { return x.Channel == m.Channel && x.TS == m.TS })
}

// View waits until the top modal of user holds all parts.
func (e *Expectations) View(user string, parts ...string) View {
	e.t.Helper()
	var top View
	e.until(fmt.Sprintf("a modal for %s with %q", user, parts), func() bool {
		stack := e.s.Views(user)
		if len(stack) == 0 {
			return false
		}
		top = stack[len(stack)-1]
		return holds(top.Text(), parts)
	})
	return top
}

// Home waits until the Home tab of user holds all parts.
func (e *Expectations) Home(user string, parts ...string) View {
	e.t.Helper()
	var home View
	e.until(fmt.Sprintf("a Home tab for %s with %q", user, parts), func() bool {
		v, ok := e.s.Home(user)
		home = v
		return ok && holds(v.Text(), parts)
	})
	return home
}

// NothingElse fails t on everything that happened so far and that nobody expected.
func (e *Expectations) NothingElse() {
	e.t.Helper()
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	for _, r := range e.s.journal {
		if !r.expected && !e.ignores(r.message) {
			r.expected = true // said once
			e.t.Errorf("slackfake: nobody expected %s", r)
		}
	}
}

func (e *Expectations) ignores(m Message) bool {
	for _, is := range e.ignored {
		if is(m) {
			return true
		}
	}
	return false
}

func (r *record) String() string {
	return fmt.Sprintf("%s in %s to %q: %q", r.kind, r.message.Channel, r.message.EphemeralTo, r.message.Says())
}

func (e *Expectations) wait(k kind, where string, parts []string, is func(Message) bool) Message {
	e.t.Helper()
	var found Message
	e.until(fmt.Sprintf("%s in %s with %q", k, where, parts), func() bool {
		e.s.mu.Lock()
		defer e.s.mu.Unlock()
		for _, r := range e.s.journal {
			if r.kind == k && !r.expected && is(r.message) && holds(r.message.Says(), parts) {
				r.expected, found = true, r.message
				return true
			}
		}
		return false
	})
	return found
}

// until looks again at every change, up to the patience of e.
func (e *Expectations) until(what string, is func() bool) {
	e.t.Helper()
	deadline := time.NewTimer(e.within)
	defer deadline.Stop()
	for {
		changed := e.s.Changed()
		if is() {
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			e.t.Fatalf("slackfake: waited %s for %s; not consumed so far:%s", e.within, what, e.rest())
			return
		}
	}
}

func (e *Expectations) rest() string {
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	var lines strings.Builder
	for _, r := range e.s.journal {
		if !r.expected {
			fmt.Fprintf(&lines, "\n\t%s", r)
		}
	}
	if lines.Len() == 0 {
		return " nothing"
	}
	return lines.String()
}

func holds(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}

// isIn tells whether m lies in a channel or in the direct message with a person.
// The caller holds mu.
func (s *Server) isIn(m Message, channel string) bool {
	c := s.state.channel(m.Channel)
	return m.Channel == channel || c != nil && c.DM != "" && c.DM == channel
}
