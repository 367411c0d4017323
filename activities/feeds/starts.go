package feeds

import (
	"slices"
	"time"
)

// starts is a set of stamps that can be asked whether one of them means a start of an
// event: the same instant, or the same on the wall where one of the two has no zone,
// or the date where it has no time.
type starts struct {
	instants, walls, floating, dates map[int64]bool // seconds
}

func setOf(all ...stamp) *starts {
	s := &starts{map[int64]bool{}, map[int64]bool{}, map[int64]bool{}, map[int64]bool{}}
	for _, x := range all {
		s.add(x)
	}
	return s
}

func (s *starts) add(x stamp) {
	wall := x.wall.Unix()
	s.walls[wall] = true
	switch {
	case x.date:
		s.dates[wall] = true
	case x.zone == nil:
		s.floating[wall] = true
	default:
		s.instants[x.in(nil).Unix()] = true
	}
}

func (s *starts) has(start stamp) bool {
	wall := start.wall.Unix()
	if s.floating[wall] || s.dates[start.wall.Truncate(day).Unix()] {
		return true
	}
	if start.zone == nil {
		return s.walls[wall]
	}
	return s.instants[start.in(nil).Unix()]
}

// starts lists when an event begins within a period, and those before it that may last
// until then. A rule takes its steps from those that are left.
func (e *event) starts(in period, left *int) (all []stamp, err error) {
	in.from = in.from.Add(-e.length.wall - e.length.exact - day)
	in.to = in.to.Add(day)
	walls := []time.Time{e.start.wall}
	if e.rule != "" {
		if walls, err = repeated(e.rule, e.start.wall, e.start.zone, in, left); err != nil {
			return nil, err
		}
	}
	met := setOf()
	for _, wall := range walls {
		s := e.start
		s.wall = wall
		all = append(all, s)
		met.add(s)
	}
	for _, s := range e.more {
		if !met.has(s) {
			all = append(all, s)
			met.add(s)
		}
	}
	out := setOf(e.less...)
	return slices.DeleteFunc(all, func(s stamp) bool {
		return s.wall.Before(in.from) || !s.wall.Before(in.to) || out.has(s)
	}), nil
}

// newest leaves out what a later edit of the same start replaced.
func newest(all []*event) []*event {
	latest := map[int64]int{}
	key := func(e *event) int64 {
		if e.instead == nil {
			return 0
		}
		return e.instead.in(utc).Unix()
	}
	for _, e := range all {
		latest[key(e)] = max(latest[key(e)], edits(e.sequence))
	}
	return slices.DeleteFunc(slices.Clone(all), func(e *event) bool { return edits(e.sequence) < latest[key(e)] })
}
