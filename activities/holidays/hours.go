package holidays

import (
	"encoding/json"
	"sync"
	"time"
	_ "time/tzdata" // the same zones on every machine, also in an image without them

	"github.com/steward-itsm/steward/itsm"
)

// maxResolved bounds what is remembered: an organisation has a few calendars, and
// each new version of one is another.
const maxResolved = 256

// resolved remembers calendars by what they say, so that no version is confused
// with another and nobody has to tell it that a catalog was applied.
var resolved = struct {
	sync.Mutex
	hours map[string]*itsm.Hours
}{hours: map[string]*itsm.Hours{}}

// Hours makes a calendar ready to count with: its zone loaded, its country's
// holidays at hand. It is refused when there is no such zone (calendar.zone) or
// country (calendar.country), or when the calendar has another fault
// (calendar.faulty). What it gives may be shared and kept.
func Hours(c itsm.Calendar) (*itsm.Hours, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	resolved.Lock()
	defer resolved.Unlock()
	if h, ok := resolved.hours[string(text)]; ok {
		return h, nil
	}
	h, err := resolve(c)
	if err != nil {
		return nil, err
	}
	if len(resolved.hours) >= maxResolved {
		clear(resolved.hours)
	}
	resolved.hours[string(text)] = h
	return h, nil
}

func resolve(c itsm.Calendar) (*itsm.Hours, error) {
	if err := Check(c.Country); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, itsm.Refuse(itsm.Invalid, "calendar.zone", "%q is not a time zone; write one as the IANA does, such as Europe/Berlin.", c.Zone)
	}
	if c.Country == "" {
		return c.Resolve(zone, nil)
	}
	return c.Resolve(zone, func(year int) []itsm.Date { return known(c.Country, year) })
}
