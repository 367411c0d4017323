package feeds

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"
)

// zone is how far a clock on the wall is ahead of UTC at an instant.
type zone func(at time.Time) time.Duration

func utc(time.Time) time.Duration { return 0 }

func inLocation(where *time.Location) zone {
	return func(at time.Time) time.Duration {
		_, offset := at.In(where).Zone()
		return time.Duration(offset) * time.Second
	}
}

// instant is when the clock on the wall showed a time, which stands in UTC here: the
// first time, where it showed it twice, and by the clock as it was before, where it
// skipped it (RFC 5545, 3.3.5).
func (z zone) instant(wall time.Time) time.Time {
	const furthest = 16 * time.Hour // from UTC, that any zone is
	before, after := z(wall.Add(-furthest)), z(wall.Add(furthest))
	first, second := wall.Add(-before), wall.Add(-after)
	if z(first) != before && z(second) == after {
		return second
	}
	return first
}

// ianaZone is the shape of a name that the IANA may have given.
var ianaZone = regexp.MustCompile(`^([A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}|UTC|GMT)$`)

// zones are those that a calendar may mean by a name.
type zones struct {
	defined map[string]*ics.VTimezone
	known   map[string]answered // of those asked for so far
	left    int                 // observances that may yet be read
	steps   *int                // of rules that may yet be taken
	until   time.Time           // by the wall; how far a zone's changes are of interest
}

// answered is what came of a zone's name: a zone or why there is none.
type answered struct {
	zone
	err error
}

const maxObservances = 200 // a calendar with a few zones has two for each

func zonesOf(all []ics.Component, until time.Time, steps *int) *zones {
	z := &zones{defined: map[string]*ics.VTimezone{}, known: map[string]answered{}, left: maxObservances, steps: steps, until: until}
	for _, c := range all {
		if t, ok := c.(*ics.VTimezone); ok {
			z.defined[valueOf(&t.ComponentBase, ics.ComponentPropertyTzid)] = t
		}
	}
	return z
}

// named finds a zone: the IANA's of that name, whose rules are kept, else the
// calendar's own definition.
func (z *zones) named(name string) (zone, error) {
	known, ok := z.known[name]
	if !ok {
		known.zone, known.err = z.look(name)
		z.known[name] = known
	}
	return known.zone, known.err
}

func (z *zones) look(name string) (zone, error) {
	if ianaZone.MatchString(name) {
		if where, err := time.LoadLocation(name); err == nil {
			return inLocation(where), nil
		}
	}
	own, ok := z.defined[name]
	if !ok {
		return nil, fmt.Errorf("is in the zone %s, which neither the IANA nor the calendar knows", shown(name))
	}
	return z.observed(own)
}

// change is when the clocks of a zone are set, and to what.
type change struct {
	at       time.Time
	from, to time.Duration
}

// observed makes a zone of its definition: of all changes that it lists and repeats.
func (z *zones) observed(own *ics.VTimezone) (zone, error) {
	var changes []change
	for _, c := range own.Components {
		base := observance(c)
		if base == nil {
			continue
		}
		if z.left--; z.left < 0 {
			return nil, errors.New("is in one of more zones than one calendar may define")
		}
		more, err := z.changes(base)
		if err != nil {
			return nil, fmt.Errorf("is in a zone of the calendar's own, which %w", err)
		}
		changes = append(changes, more...)
	}
	if len(changes) == 0 {
		return nil, errors.New("is in a zone of the calendar's own, which is empty")
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.to, b.to)) })
	return func(at time.Time) time.Duration {
		i, exact := slices.BinarySearchFunc(changes, at, func(c change, at time.Time) int { return c.at.Compare(at) })
		switch {
		case exact:
			return changes[i].to
		case i == 0:
			return changes[0].from
		}
		return changes[i-1].to
	}, nil
}

func observance(c ics.Component) *ics.ComponentBase {
	switch c := c.(type) {
	case *ics.Standard:
		return &c.ComponentBase
	case *ics.Daylight:
		return &c.ComponentBase
	}
	return nil
}

// changes lists when an observance begins, up to the end of interest.
func (z *zones) changes(c *ics.ComponentBase) ([]change, error) {
	from, err := offsetOf(valueOf(c, ics.ComponentProperty(ics.PropertyTzoffsetfrom)))
	if err != nil {
		return nil, err
	}
	to, err := offsetOf(valueOf(c, ics.ComponentProperty(ics.PropertyTzoffsetto)))
	if err != nil {
		return nil, err
	}
	before := zone(func(time.Time) time.Duration { return from })
	begin, err := wallOf(valueOf(c, ics.ComponentPropertyDtStart))
	if err != nil {
		return nil, err
	}
	starts := []time.Time{begin}
	if rule := valueOf(c, ics.ComponentPropertyRrule); rule != "" {
		if starts, err = repeated(rule, begin, before, period{begin, z.until}, z.steps); err != nil {
			return nil, err
		}
	}
	for _, more := range valuesOf(c, ics.ComponentPropertyRdate) {
		wall, err := wallOf(more)
		if err != nil {
			return nil, err
		}
		starts = append(starts, wall)
	}
	var all []change
	for _, wall := range starts {
		all = append(all, change{before.instant(wall), from, to})
	}
	return all, nil
}

var offset = regexp.MustCompile(`^([+-])([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?$`)

// offsetOf reads +0100 or +010030.
func offsetOf(text string) (time.Duration, error) {
	m := offset.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("has the offset %s, which is none", shown(text))
	}
	part := func(i int, of time.Duration) time.Duration {
		n, _ := strconv.Atoi(m[i]) // two digits, or none
		return time.Duration(n) * of
	}
	d := part(2, time.Hour) + part(3, time.Minute) + part(4, time.Second)
	if m[1] == "-" {
		d = -d
	}
	return d, nil
}
