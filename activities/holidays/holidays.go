package holidays

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"

	"github.com/steward-itsm/steward/itsm"
)

// The years that holidays are known for. Rules of days long past and far off are
// guesses, and an equinox is computed no further.
const (
	firstYear = 1970
	lastYear  = 2100
)

// The library makes its days in a zone of its own choosing, by default the
// machine's: where that zone skips a midnight, a holiday would be a day off.
func init() { cal.DefaultLoc = time.UTC }

// Known reports whether the holidays of a country or region are known, by its ISO
// 3166 code: DE, DE-BY.
func Known(country string) bool {
	_, ok := countries[country]
	return ok
}

// Names lists every country and region that is Known, in order.
func Names() []string { return slices.Sorted(maps.Keys(countries)) }

// Check refuses a country that is neither empty nor Known (calendar.country), and
// says which ones are: of a country that has regions, those, else all countries.
func Check(country string) error {
	if country == "" || Known(country) {
		return nil
	}
	state, _, _ := strings.Cut(country, "-")
	var near, all []string
	for _, name := range Names() {
		if name == state || strings.HasPrefix(name, state+"-") {
			near = append(near, name)
		}
		if !strings.Contains(name, "-") {
			all = append(all, name)
		}
	}
	if near == nil {
		near = all
	}
	return itsm.Refuse(itsm.Invalid, "calendar.country",
		"No holidays are known for %.8q; there are those of %s. Without a country, list them as closed dates.", country, strings.Join(near, ", "))
}

// In lists the public holidays of a country in a year, in order and each once; none
// for a country that is not Known, or a year before 1970 or after 2100. Where a
// holiday is observed on another day, as when it falls on a Sunday, it is that day:
// an office that is shut on Monday instead counts Monday out, and who works on
// weekends works on that one. A year has the days observed in it, also those of a
// holiday of the year before or after.
func In(country string, year int) []itsm.Date { return slices.Clone(known(country, year)) }

type countryYear struct {
	country string
	year    int
}

// years remembers what was asked for; what can be asked for is bounded.
var years = struct {
	sync.Mutex
	known map[countryYear][]itsm.Date
}{known: map[countryYear][]itsm.Date{}}

func known(country string, year int) []itsm.Date {
	if !Known(country) || year < firstYear || year > lastYear {
		return nil
	}
	years.Lock()
	defer years.Unlock()
	key := countryYear{country, year}
	dates, ok := years.known[key]
	if !ok {
		dates = observed(append(slices.Clone(countries[country]), amendments[country]...), year)
		years.known[key] = dates
	}
	return dates
}

func observed(list []*cal.Holiday, year int) []itsm.Date {
	var dates []itsm.Date
	for _, holiday := range list {
		for y := year - 1; y <= year+1; y++ {
			if _, day := holiday.Calc(y); day.Year() == year {
				dates = append(dates, itsm.DateOf(day))
			}
		}
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}
