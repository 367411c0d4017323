package itsm

import (
	"slices"
	"time"
)

// RotationID names a rotation of the catalog.
type RotationID string

// Rotation says who is on call and when. One after another takes a turn; or shifts of
// the week are told apart, each with people of its own who take turns; or the
// calendar at another address says it. All times are by the clock on the wall of its
// zone: a hand-over at nine is at nine, summer and winter.
type Rotation struct {
	ID   RotationID `json:"id"`
	Name string     `json:"name"`
	Zone string     `json:"zone"` // IANA time zone that dates and times are meant in

	Every    Cadence    `json:"every,omitempty"`     // how often it is handed over
	Turn     Duration   `json:"turn,omitempty"`      // custom: how long one has it
	Day      string     `json:"day,omitempty"`       // weekly: of the hand-over, mon to sun
	HandOver TimeOfDay  `json:"hand_over,omitempty"` // custom: of the first; the others follow from turn
	Start    Date       `json:"start,omitempty"`     // whose hand-over the first turn begins at
	Members  []PersonID `json:"members,omitempty"`   // in turn; whoever takes more turns is there more than once
	Shifts   []Shift    `json:"shifts,omitempty"`    // instead of members

	Feed      string         `json:"feed,omitempty"` // https address of an iCalendar feed, instead of all that
	Overrides []DutyOverride `json:"overrides,omitempty"`
}

// Cadence is how often a rotation is handed over.
type Cadence string

// The cadences.
const (
	Daily  Cadence = "daily"
	Weekly Cadence = "weekly"
	Custom Cadence = "custom" // after as long as the rotation says
)

// Cadences is every Cadence.
var Cadences = []Cadence{Daily, Weekly, Custom}

// Shift is a part of the week with people of its own. Whose turn it is changes for
// all shifts at the rotation's hand-over.
type Shift struct {
	Name    string      `json:"name"`
	Hours   WeeklyHours `json:"hours,omitzero"` // absent: whenever no other shift is
	Members []PersonID  `json:"members"`        // in turn
}

// DutyOverride puts somebody on call in place of whoever has the turn.
type DutyOverride struct {
	Person PersonID `json:"person"`
	From   WallTime `json:"from"`
	To     WallTime `json:"to"` // when it is over
	Note   string   `json:"note,omitempty"`
}

// Duty is a time for which one person is on call.
type Duty struct {
	Person   PersonID  `json:"person,omitempty"` // empty: nobody, a gap
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Shift    string    `json:"shift,omitempty"` // its name, where the rotation has shifts
	Override bool      `json:"override,omitempty"`
	Note     string    `json:"note,omitempty"` // of the override
}

// Rotation finds a rotation by id.
func (c *Catalog) Rotation(id RotationID) (Rotation, bool) {
	i := slices.IndexFunc(c.Rotations, func(r Rotation) bool { return r.ID == id })
	if i < 0 {
		return Rotation{}, false
	}
	return c.Rotations[i], true
}

// people are all who are ever on call in it, as far as the catalog says.
func (r *Rotation) people() []PersonID {
	all := slices.Clone(r.Members)
	for _, s := range r.Shifts {
		all = append(all, s.Members...)
	}
	for _, o := range r.Overrides {
		all = append(all, o.Person)
	}
	return all
}

// Present are those of some people who are not away at an instant, by the date where
// they are. A rotation knows nothing of absences: whoever calls people decides
// whether to try somebody who is away, or to take the turn for a gap.
func (c *Catalog) Present(people []PersonID, at time.Time) []PersonID {
	return slices.DeleteFunc(slices.Clone(people), func(id PersonID) bool { return c.away(id, at) })
}

// Roster is a rotation together with the rules of its time zone. Those differ between
// machines and years, so it has no place in workflow code: what it answers is
// recorded.
//
// Who is on call depends on nothing but what the clock on the wall shows. An hour
// that the clock repeats is therefore for the same person both times, with a
// hand-over in it happening twice; a time that it skips is nobody's, and the
// hand-over in it happens at the change. A Roster may be used by many goroutines at
// once.
type Roster struct {
	zone      *time.Location
	first     int64 // when the first turn begins, in seconds as wallSeconds counts
	turn      int64 // how long one is, in seconds; 0 where there are none, as in a feed
	shifts    []rosterShift
	overrides []DutyOverride // in order
}

// rosterShift is a shift ready to be looked up.
type rosterShift struct {
	name    string
	members []PersonID
	week    [7][]opening // as time.Weekday counts, each in order
	rest    bool         // whenever no other is
}

// Resolve joins a rotation with its time zone. A rotation with a fault is refused
// (rotation.faulty); whether its people exist is the catalog's to judge. Of one that
// has a feed, the roster knows the overrides.
func (r *Rotation) Resolve(zone *time.Location) (*Roster, error) {
	if err := faults(r.faults("")).refuse("rotation.faulty", "Rotation "+string(r.ID)); err != nil {
		return nil, err
	}
	o := &Roster{zone: zone, overrides: slices.Clone(r.Overrides)}
	slices.SortFunc(o.overrides, func(a, b DutyOverride) int { return int(a.From - b.From) })
	if r.Feed != "" {
		return o, nil
	}
	o.turn = r.turnSeconds()
	o.first = int64(r.Start)*secondsADay + int64(r.HandOver.minutes())*60
	for _, s := range r.Shifts {
		o.shifts = append(o.shifts, rosterShift{s.Name, s.Members, s.Hours.openings(), !s.Hours.given()})
	}
	if len(r.Members) > 0 {
		o.shifts = []rosterShift{{members: r.Members, rest: true}}
	}
	return o, nil
}

func (r *Rotation) turnSeconds() int64 {
	switch r.Every {
	case Daily:
		return secondsADay
	case Weekly:
		return 7 * secondsADay
	case Custom:
		return int64(time.Duration(r.Turn) / time.Second)
	}
	return 0
}

// OnCall is who is on call at an instant; nobody in a gap.
func (r *Roster) OnCall(at time.Time) []PersonID { return alone(r.at(wallSeconds(r.zone, at)).Person) }

// Override is who is on call at an instant by an override, whatever the turn or the
// feed says.
func (r *Roster) Override(at time.Time) (DutyOverride, bool) {
	return r.override(wallSeconds(r.zone, at))
}

func alone(id PersonID) []PersonID {
	if id == "" {
		return nil
	}
	return []PersonID{id}
}

// at is the duty at a second by the clock on the wall, without its times.
func (r *Roster) at(wall int64) Duty {
	if o, ok := r.override(wall); ok {
		return Duty{Person: o.Person, Override: true, Note: o.Note}
	}
	if wall < r.first || r.turn == 0 {
		return Duty{}
	}
	s := r.shift(wall)
	if s == nil {
		return Duty{}
	}
	nth := (wall - r.first) / r.turn
	return Duty{Person: s.members[nth%int64(len(s.members))], Shift: s.name}
}

func (r *Roster) override(wall int64) (DutyOverride, bool) {
	i, exact := slices.BinarySearchFunc(r.overrides, wall, func(o DutyOverride, wall int64) int { return int(o.From.seconds() - wall) })
	if !exact {
		i-- // the last that began before
	}
	if i < 0 || wall >= r.overrides[i].To.seconds() {
		return DutyOverride{}, false
	}
	return r.overrides[i], true
}

func (r *Roster) shift(wall int64) (rest *rosterShift) {
	date, clock := Date(floorDiv(wall, secondsADay)), time.Duration(wall-floorDiv(wall, secondsADay)*secondsADay)*time.Second
	for i := range r.shifts {
		s := &r.shifts[i]
		if s.rest {
			rest = s
		} else if slices.ContainsFunc(s.week[date.Weekday()], func(o opening) bool { return o.from <= clock && clock < o.to }) {
			return s
		}
	}
	return rest
}

// wallSeconds is what the clock on the wall of a zone shows at an instant, in seconds
// since it showed 1970-01-01T00:00.
func wallSeconds(zone *time.Location, at time.Time) int64 {
	_, offset := at.In(zone).Zone()
	return at.Unix() + int64(offset)
}

// floorDiv divides and rounds down.
func floorDiv(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}
