package book

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Gauge is a service level as its reader sees it.
type Gauge struct {
	Name   string
	Words  string // in time, missed, …
	Tone   string // late, soon, met, still or none
	Target string // empty: none is agreed
	Due    *When
	Ended  *When
	Took   string
}

// standing says how a clock stands, in words and by a tone.
func (b Book) standing(c *itsm.Clock) (tone, words string) {
	switch {
	case c.MissedAt != nil:
		return "late", "missed"
	case c.Paused():
		return "still", "stands still while its reporter is awaited"
	case c.Target.IsZero():
		return "", "only measures: no target is agreed"
	case c.DueAt == nil:
		return "", "is being reckoned"
	case c.StoppedAt != nil:
		return "met", "in time"
	case !b.Now.Before(*c.DueAt): // and nobody has told so yet
		return "late", "missed"
	case !b.Now.Before(soon(c)):
		return "soon", "due soon"
	default:
		return "", "running"
	}
}

// soon is from when on there is little left of a clock's time: three quarters of it are
// gone, or four fifths where that is told. What is past already is not among what the
// clock still has to tell.
func soon(c *itsm.Clock) time.Time {
	i := slices.IndexFunc(c.Marks, func(m itsm.Mark) bool { return m.Percent == 75 || m.Percent == 80 })
	if i < 0 {
		return c.StartedAt
	}
	return c.Marks[i].At
}

// Gauge is a clock with what it has measured so far.
func (b Book) Gauge(c itsm.ClockReading) Gauge {
	g := b.gauge(&c.Clock, c.SoFar.Actual)
	if c.Calendar != "" {
		g.Took += ", of which " + lasting(time.Duration(c.SoFar.Business)) + " in the hours of " + string(c.Calendar)
	}
	if n := len(c.Pauses); n > 0 {
		g.Took += ", pauses left out"
	}
	return g
}

// Stage is the clock of a stage of a problem, which never pauses: how long it has run
// needs no reading.
func (b Book) Stage(c itsm.Clock) Gauge {
	if c.Elapsed != nil {
		return b.Gauge(itsm.ClockReading{Clock: c, SoFar: *c.Elapsed})
	}
	return b.gauge(&c, itsm.Duration(b.Now.Sub(c.StartedAt)))
}

func (b Book) gauge(c *itsm.Clock, took itsm.Duration) Gauge {
	name := itsm.State(c.Kind).Words()
	g := Gauge{Name: strings.ToUpper(name[:1]) + name[1:]}
	if c.For != "" {
		g.Name += " " + string(c.For)
	}
	if c.Cycle > 1 {
		g.Name += ", cycle " + itoa(c.Cycle)
	}
	g.Tone, g.Words = b.standing(c)
	if !c.Target.IsZero() {
		g.Target = target(c.Target)
	}
	if c.DueAt != nil {
		g.Due = new(b.At(*c.DueAt))
	}
	g.Took = "so far "
	if c.StoppedAt != nil {
		g.Ended, g.Took = new(b.At(*c.StoppedAt)), "took "
	}
	g.Took += lasting(time.Duration(took))
	return g
}

// target says how long something may take.
func target(l itsm.Length) string {
	switch {
	case l.Days == 1:
		return "1 business day"
	case l.Days > 1:
		return itoa(l.Days) + " business days"
	default:
		return lasting(l.Time)
	}
}

// lasting is how long something took: to the second while that matters.
func lasting(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d/time.Second))
	}
	return length(d)
}

// Countdown is the next thing that the time of an incident runs towards. The board's
// script counts it on, by the same words.
type Countdown struct {
	What string // response, resolution, closes
	ISO  string // when; empty: there is nothing to count
	Soon string // from when on there is little left
	Over string // what is said once it is past
	Text string
	Tone string

	At time.Time // the same as ISO
}

// Countdown is what to look at first: of the clocks that run, the one that is due
// first; of what is resolved, when it is closed.
func (b Book) Countdown(i *itsm.Incident) Countdown {
	if i.CloseAt != nil {
		return b.count(Countdown{What: "closes", Over: "now"}, *i.CloseAt, *i.CloseAt)
	}
	var next *itsm.Clock
	for _, kind := range itsm.ClockKinds {
		c := i.Clock(kind)
		if c == nil || !c.Running() || c.DueAt == nil {
			continue
		}
		if next == nil || c.DueAt.Before(*next.DueAt) {
			next = c
		}
	}
	switch c := i.Clock(itsm.ResolutionClock); {
	case next != nil:
		return b.count(Countdown{What: string(next.Kind), Over: "missed"}, *next.DueAt, soon(next))
	case c != nil && c.Paused():
		return Countdown{Text: "stands still", Tone: "still"}
	case c != nil && c.Running() && !c.Target.IsZero():
		return Countdown{Text: "is being reckoned"}
	default:
		return Countdown{Text: "no target"}
	}
}

func (b Book) count(c Countdown, due, soon time.Time) Countdown {
	c.At, c.ISO, c.Soon = due, due.UTC().Format(time.RFC3339), soon.UTC().Format(time.RFC3339)
	left := due.Sub(b.Now)
	switch {
	case left <= 0 && c.Over == "now":
		c.Text = c.What + " now"
	case left <= 0:
		c.Tone, c.Text = "late", c.What+" "+c.Over+" "+lasting(-left)+" ago"
	case !b.Now.Before(soon):
		c.Tone, c.Text = "soon", c.What+" in only "+lasting(left)
	default:
		c.Text = c.What + " in " + lasting(left)
	}
	return c
}
