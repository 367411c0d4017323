package fault

import (
	"maps"
	"slices"
	"time"
)

// maxSeconds bounds the busy seconds that are remembered; the oldest go first.
const maxSeconds = 20_000

// Second is what an app asked for in one second of the clock.
type Second struct {
	At      time.Time      // when it began
	Asked   map[string]int // calls by method, "response" for response URLs, whatever came of them; nil: none
	Dead    int            // of them, those that an outage swallowed
	Limited int            // of them, those that a rate limit turned away
	Posted  int            // messages that chat.postMessage left behind, told of or not
}

// Load counts what an app asks for. The zero value is ready; it is not safe for
// concurrent use.
type Load struct{ busy []Second } // in the order of time

// Asked counts a call of a method.
func (l *Load) Asked(now time.Time, method string, dead bool) {
	s := l.second(now)
	if s.Asked == nil {
		s.Asked = map[string]int{}
	}
	s.Asked[method]++
	if dead {
		s.Dead++
	}
}

// Limited counts a call that a rate limit turned away.
func (l *Load) Limited(now time.Time) { l.second(now).Limited++ }

// Posted counts a message.
func (l *Load) Posted(now time.Time) { l.second(now).Posted++ }

// second is the one that holds an instant. A clock that is set back stands still here.
func (l *Load) second(now time.Time) *Second {
	at := now.Truncate(time.Second)
	if n := len(l.busy); n == 0 || at.After(l.busy[n-1].At) {
		l.busy = append(l.busy, Second{At: at})
		l.busy = l.busy[max(0, len(l.busy)-maxSeconds):]
	}
	return &l.busy[len(l.busy)-1]
}

func (l *Load) find(at time.Time) (int, bool) {
	return slices.BinarySearchFunc(l.busy, at, func(s Second, at time.Time) int { return s.At.Compare(at) })
}

// Since lists the seconds from since to now, both of them and the quiet ones between
// included. Before the first that is remembered there is none.
func (l *Load) Since(since, now time.Time) []Second {
	var out []Second
	from, last := since.Truncate(time.Second), now.Truncate(time.Second)
	if len(l.busy) == 0 {
		return out
	}
	if first := l.busy[0].At; from.Before(first) {
		from = first
	}
	for at := from; !at.After(last); at = at.Add(time.Second) {
		s := Second{At: at}
		if i, found := l.find(at); found {
			s = l.busy[i]
			s.Asked = maps.Clone(s.Asked)
		}
		out = append(out, s)
	}
	return out
}
