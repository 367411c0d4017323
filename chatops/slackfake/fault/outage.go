package fault

import (
	"net/http"
	"time"
)

// Outage is a time in which nothing works. The zero value is none; it is not safe for
// concurrent use.
type Outage struct {
	how   Fault
	until time.Time // zero: until it is ended
	on    bool
}

// Begin begins an outage in which every call fails as how does and none has an effect;
// what lets calls through becomes 503. It ends at an instant, or with End where that
// is zero. The last one that was begun is the one there is.
func (o *Outage) Begin(how Fault, until time.Time) {
	if !how.hang && !how.reset && how.status == 0 {
		how = Status(http.StatusServiceUnavailable)
	}
	how.after, how.passing = false, false
	*o = Outage{how: how, until: until, on: true}
}

// End ends it.
func (o *Outage) End() { *o = Outage{} }

// At tells whether nothing works now, and how it fails.
func (o *Outage) At(now time.Time) (how Fault, on bool) {
	if !o.on || !o.until.IsZero() && !now.Before(o.until) {
		return Fault{}, false
	}
	return o.how, true
}
