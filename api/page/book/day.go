package book

import (
	"fmt"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Day is a date as its reader sees it, and how far it is from theirs.
type Day struct {
	ISO   string
	Text  string
	Apart string // today, in 12 days, 3 days ago
	Tone  string // late, soon, met or none
	Words string // what the tone means
}

// secondsADay turns a date into an instant of it.
const secondsADay = 24 * 60 * 60

// Day is a date.
func (b Book) Day(d itsm.Date) Day {
	days := int(d - itsm.DateOf(b.Now.In(b.Zone)))
	return Day{ISO: d.String(), Text: time.Unix(int64(d)*secondsADay, 0).UTC().Format("Mon 2 Jan 2006"), Apart: daysApart(days)}
}

func daysApart(days int) string {
	switch {
	case days == 0:
		return "today"
	case days == 1:
		return "tomorrow"
	case days == -1:
		return "yesterday"
	case days > 0:
		return fmt.Sprintf("in %d days", days)
	}
	return fmt.Sprintf("%d days ago", -days)
}

// Ends is a date on which something ends, with the word for each of how it can stand:
// it is too late, people were told that it comes soon, or neither.
func (b Book) Ends(x itsm.Expiry, late, soon, fine string) Day {
	d := b.Day(x.On)
	switch {
	case x.Over(b.Now):
		d.Tone, d.Words = "late", late
	case x.Near():
		d.Tone, d.Words = "soon", soon
	default:
		d.Tone, d.Words = "met", fine
	}
	return d
}

// Goal says what is aimed at, in its unit.
func (Book) Goal(g itsm.Goal, unit string) string {
	if g.Full < g.None {
		return fmt.Sprintf("%s %s or less; no points from %s on", g.Full, unit, g.None)
	}
	return fmt.Sprintf("%s %s or more; no points down from %s", g.Full, unit, g.None)
}

// Scored says what a score is. What has no data is neither all of the points nor none.
func Scored(s itsm.Score) string {
	if s.Points == nil {
		return "no data"
	}
	return fmt.Sprintf("%s, %d points", s.Band, *s.Points)
}

// Tone is how a state of any kind of record looks.
func (Book) Tone(state any) itsm.Tone { return itsm.State(fmt.Sprint(state)).Tone() }

// Span says a length of time between two dates.
func (Book) Span(s itsm.DateSpan) string {
	if s.Months != 0 {
		return counted(s.Months, "month")
	}
	return counted(s.Days, "day")
}
