package feeds

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// Bounds on rules. The library that repeats goes through every day of a rule that
// nothing fits until the year 9999, lists a day's times before it gives the first, and
// goes round for ever with an hourly rule that asks for an hour which never comes.
const (
	maxRuleText = 512
	maxCount    = 10_000
	maxADay     = 24        // times
	maxSteps    = 1_000_000 // of all rules of a calendar, from their first times on
	fruitless   = 50_000    // steps; as long takes a rule that nothing fits
	maxInterval = 1_000
)

var errTooMuch = errors.New("is repeated in a calendar that repeats too much; let it say less of the past")

// period is from a time by the clock on the wall to before another.
type period struct{ from, to time.Time }

// repeated lists the starts that a rule (RFC 5545, 3.3.10) makes of a first one and
// that are in a period, in order, all by the clock on the wall of a zone. The first
// counts whether the rule fits it or not. It takes its steps from those that are left.
func repeated(text string, first time.Time, z zone, in period, left *int) ([]time.Time, error) {
	rule, err := ruleOf(text, first, z)
	if err != nil {
		return nil, err
	}
	if rule.Freq == rrule.HOURLY && rule.Count == 0 { // no need to go through years of hours
		step := time.Duration(max(rule.Interval, 1)) * time.Hour
		if ahead := in.from.Sub(first) / step; ahead > 0 {
			rule.Dtstart = first.Add(ahead * step)
		}
	}
	starts, err := occurrences(*rule, in, left)
	if err != nil {
		return nil, err
	}
	if !first.Before(in.from) && first.Before(in.to) && !slices.ContainsFunc(starts, first.Equal) {
		starts = slices.Insert(starts, 0, first)
	}
	return starts, nil
}

// ruleOf reads a rule and refuses what would take too long.
func ruleOf(text string, first time.Time, z zone) (*rrule.ROption, error) {
	if len(text) > maxRuleText {
		return nil, errors.New("has too long a rule")
	}
	upper := strings.ToUpper(text)
	rule, err := rrule.StrToROption(upper)
	if err != nil {
		return nil, fmt.Errorf("has a rule that cannot be read: %s", shown(text))
	}
	times := max(len(rule.Byhour), 1) * max(len(rule.Byminute), 1) * max(len(rule.Bysecond), 1)
	switch by := strings.Contains(upper, "BY"); {
	case rule.Freq > rrule.HOURLY, rule.Freq == rrule.HOURLY && by, len(rule.Byeaster) > 0, times > maxADay:
		return nil, fmt.Errorf("has a rule that is not understood: %s", shown(text))
	case first.Year() < 1970 && rule.Freq != rrule.YEARLY:
		return nil, errors.New("repeats since before 1970")
	case rule.Count > maxCount, rule.Interval > maxInterval, rule.Interval < 0, rule.Count < 0:
		return nil, fmt.Errorf("repeats too often or too rarely: %s", shown(text))
	}
	rule.Dtstart = first
	rule.Until = untilOf(upper, rule.Until, z)
	return rule, nil
}

// untilOf is the last time by the clock on the wall that a rule allows: it is written
// as an instant where the start has a zone, and may be a date.
func untilOf(rule string, until time.Time, z zone) time.Time {
	_, text, given := strings.Cut(rule, "UNTIL=")
	text, _, _ = strings.Cut(text, ";")
	switch {
	case !given:
		return time.Time{}
	case len(text) == len(dateText):
		return until.Add(day - time.Second)
	case strings.HasSuffix(text, "Z") && z != nil:
		return until.Add(z(until))
	}
	return until
}

// occurrences asks the library, four hundred years at a time later: the calendar is
// the same then, and the end of its days is near enough for a rule that nothing fits.
func occurrences(rule rrule.ROption, in period, left *int) (starts []time.Time, err error) {
	defer func() {
		if recover() != nil { // it takes BYDAY=53MO of a month for an index
			err = errors.New("has a rule that comes to nothing")
		}
	}()
	const cycle, last = 400, 9998
	later := (last - in.to.Year()) / cycle * cycle
	if rule.Dtstart.Year() < 1 || later < 0 || rule.Dtstart.After(in.to) {
		return nil, nil
	}
	if rule.Until.IsZero() || rule.Until.After(in.to) {
		rule.Until = in.to
	}
	rule.Dtstart, rule.Until = rule.Dtstart.AddDate(later, 0, 0), rule.Until.AddDate(later, 0, 0)
	r, err := rrule.NewRRule(rule)
	if err != nil {
		return nil, errors.New("has a rule that comes to nothing")
	}
	if *left <= 0 {
		return nil, errTooMuch
	}
	next, fruit := r.Iterator(), false
	for t, ok := next(); ok; t, ok = next() {
		fruit = true
		if t = t.AddDate(-later, 0, 0); !t.Before(in.from) && t.Before(in.to) {
			starts = append(starts, t)
		}
		if *left--; *left <= 0 {
			return nil, errTooMuch
		}
	}
	if !fruit {
		*left -= fruitless
	}
	return starts, nil
}
