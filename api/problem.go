package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/itsm"
)

const problemJSON = "application/problem+json"

// statuses says what each kind of refusal is in HTTP.
var statuses = map[itsm.Kind]int{
	itsm.Invalid:         http.StatusUnprocessableEntity,
	itsm.Unauthenticated: http.StatusUnauthorized,
	itsm.Forbidden:       http.StatusForbidden,
	itsm.NotFound:        http.StatusNotFound,
	itsm.Conflict:        http.StatusConflict,
	itsm.Limited:         http.StatusTooManyRequests,
	itsm.Unavailable:     http.StatusServiceUnavailable,
	itsm.Internal:        http.StatusInternalServerError,
}

// finer names the refusals for which HTTP has a status of its own.
var finer = map[string]int{
	"request.unparseable":       http.StatusBadRequest,
	"idempotency.key":           http.StatusBadRequest,
	"hook.headers":              http.StatusBadRequest,
	"request.if_match":          http.StatusBadRequest,
	"route.method":              http.StatusMethodNotAllowed,
	"request.slow":              http.StatusRequestTimeout,
	"record.moved_on":           http.StatusPreconditionFailed,
	"request.too_large":         http.StatusRequestEntityTooLarge,
	"request.address_too_long":  http.StatusRequestURITooLong,
	"request.media_type":        http.StatusUnsupportedMediaType,
	"record.if_match":           http.StatusPreconditionRequired,
	"request.headers_too_large": http.StatusRequestHeaderFieldsTooLarge,
}

func status(e *itsm.Error) int {
	if s, ok := finer[e.Code]; ok {
		return s
	}
	return statuses[e.Kind]
}

// refuse writes err as a problem document and ends the request. It is where an
// error stops travelling, so what is not the caller's fault is logged here.
func (d *door) refuse(c *gin.Context, err error) {
	defer c.Abort()
	e := refusal(err)
	switch e.Kind { //nolint:exhaustive // the others are answers, not faults
	case itsm.Internal:
		d.log(c).ErrorContext(c.Request.Context(), "request failed", slog.Any("error", err))
	case itsm.Unavailable:
		d.log(c).WarnContext(c.Request.Context(), "request could not be served", slog.Any("error", err))
	}
	c.Set(codeKey, e.Code)
	if c.Writer.Written() {
		return
	}
	s := status(e)
	p := Problem{
		Type: "/problems/" + e.Code, Title: http.StatusText(s), Status: s, Detail: e.Message,
		Code: e.Code, CorrelationId: c.GetString(correlationKey),
	}
	if len(e.Fields) > 0 {
		p.Errors = &e.Fields
	}
	d.writeProblem(c, e, p)
}

func (d *door) writeProblem(c *gin.Context, e *itsm.Error, p Problem) {
	h := c.Writer.Header()
	h.Set("Content-Type", problemJSON)
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="steward"`)
	}
	if p.Status == http.StatusUnsupportedMediaType && c.Request.Method == http.MethodPatch {
		h.Set("Accept-Patch", "application/merge-patch+json, application/json") // RFC 5789, 2.2
	}
	if e.RetryAfter > 0 || e.Kind == itsm.Limited || e.Kind == itsm.Unavailable {
		h.Set("Retry-After", seconds(e.RetryAfter))
	}
	body, err := json.Marshal(p)
	if err != nil { // unreachable: strings and numbers
		d.log(c).ErrorContext(c.Request.Context(), "problem not encoded", slog.Any("error", err))
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Status(p.Status)
	if _, err := c.Writer.Write(body); err != nil {
		d.log(c).DebugContext(c.Request.Context(), "caller gone", slog.Any("error", err))
	}
}

// refusal is what err is to the caller. What is ours shows one fixed sentence,
// whatever it says of itself.
func refusal(err error) *itsm.Error {
	e := itsm.AsError(err)
	if e.Kind != itsm.Internal {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return itsm.Refuse(itsm.Unavailable, "request.no_answer",
			"No answer yet; it may have counted. Repeating it with the same Idempotency-Key never counts twice.")
	}
	fixed := itsm.AsError(nil)
	fixed.Code = e.Code
	return fixed
}

// seconds writes a Retry-After: whole seconds, and never at once.
func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}

func (d *door) log(c *gin.Context) *slog.Logger {
	return d.Log.With(slog.String("correlation_id", c.GetString(correlationKey)), slog.String("route", route(c)))
}
