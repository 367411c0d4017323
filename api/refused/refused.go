package refused

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/steward-itsm/steward/itsm"
)

// CodeKey is where a request keeps the code that it was refused with, for the log
// and the metrics.
const CodeKey = "steward.code"

// Statuses says what each kind of refusal is in HTTP.
var Statuses = map[itsm.Kind]int{
	itsm.Invalid:         http.StatusUnprocessableEntity,
	itsm.Unauthenticated: http.StatusUnauthorized,
	itsm.Forbidden:       http.StatusForbidden,
	itsm.NotFound:        http.StatusNotFound,
	itsm.Conflict:        http.StatusConflict,
	itsm.Limited:         http.StatusTooManyRequests,
	itsm.Unavailable:     http.StatusServiceUnavailable,
	itsm.Internal:        http.StatusInternalServerError,
}

// As is what err is to the caller; late is it when its answer did not come in time.
// What is ours shows one fixed sentence, whatever it says of itself.
func As(err error, late *itsm.Error) *itsm.Error {
	e := itsm.AsError(err)
	if e.Kind != itsm.Internal {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return late
	}
	fixed := itsm.AsError(nil)
	fixed.Code = e.Code
	return fixed
}

// RetryAfter says when to come back, where that is worth it: in whole seconds, and
// never at once.
func RetryAfter(h http.Header, e *itsm.Error) {
	if e.RetryAfter > 0 || e.Kind == itsm.Limited || e.Kind == itsm.Unavailable {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(e.RetryAfter.Seconds())))))
	}
}
