package api

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/api/refused"
	"github.com/steward-itsm/steward/itsm"
)

const problemJSON = "application/problem+json"

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
	return refused.Statuses[e.Kind]
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
	c.Set(refused.CodeKey, e.Code)
	if c.Writer.Written() {
		return
	}
	s := status(e)
	p := Refusal{
		Type: "/problems/" + e.Code, Title: http.StatusText(s), Status: s, Detail: e.Message,
		Code: e.Code, CorrelationId: c.GetString(correlationKey),
	}
	if len(e.Fields) > 0 {
		p.Errors = &e.Fields
	}
	d.writeProblem(c, e, p)
}

func (d *door) writeProblem(c *gin.Context, e *itsm.Error, p Refusal) {
	h := c.Writer.Header()
	h.Set("Content-Type", problemJSON)
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="steward"`)
	}
	if p.Status == http.StatusUnsupportedMediaType && c.Request.Method == http.MethodPatch {
		h.Set("Accept-Patch", "application/merge-patch+json, application/json") // RFC 5789, 2.2
	}
	refused.RetryAfter(h, e)
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

// refusal is what err is to a caller of the API.
func refusal(err error) *itsm.Error {
	return refused.As(err, itsm.Refuse(itsm.Unavailable, "request.no_answer",
		"No answer yet; it may have counted. Repeating it with the same Idempotency-Key never counts twice."))
}

func (d *door) log(c *gin.Context) *slog.Logger {
	return d.Log.With(slog.String("correlation_id", c.GetString(correlationKey)), slog.String("route", route(c)))
}
