package page

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/api/refused"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// finer names the refusals for which HTTP has a status of its own.
var finer = map[string]int{
	"request.unparseable": http.StatusBadRequest,
	"request.too_large":   http.StatusRequestEntityTooLarge,
	"request.media_type":  http.StatusUnsupportedMediaType,
}

func statusOf(e *itsm.Error) int {
	if s, ok := finer[e.Code]; ok {
		return s
	}
	return refused.Statuses[e.Kind]
}

// alert is a refusal as people see it.
type alert struct {
	Message     string
	Code        string
	Faults      []string // of fields that the page does not show
	Correlation string   // by which the log is searched; for what is our fault
	Form        string   // where on the page the form is that was refused
	Typed       string   // what had been written, where no form is left to keep it
}

func alertOf(c *gin.Context, e *itsm.Error) *alert {
	a := &alert{Message: e.Message, Code: e.Code}
	if e.Kind == itsm.Internal {
		a.Correlation = c.Writer.Header().Get("X-Correlation-Id")
	}
	return a
}

// refusal is what err is to people.
func refusal(err error) *itsm.Error {
	return refused.As(err, itsm.Refuse(itsm.Unavailable, "request.no_answer", "No answer yet; it may have counted. Repeating it never counts twice."))
}

// mark tells the HTTP door the code of a refusal, for its log and its metrics.
func mark(c *gin.Context, e *itsm.Error) {
	c.Set(refused.CodeKey, e.Code)
	refused.RetryAfter(c.Writer.Header(), e)
}

// note keeps a trace of what the door refused by itself; what is our fault goes
// into the log, where an error stops travelling.
func (d *Door) note(c *gin.Context, who desk.Caller, action string, err error) {
	ctx := c.Request.Context()
	switch e := refusal(err); e.Kind { //nolint:exhaustive // the others are about people
	case itsm.Internal:
		d.Log.ErrorContext(ctx, "request failed", "action", action, "error", err)
	case itsm.Unavailable:
		d.Log.WarnContext(ctx, "request could not be served", "action", action, "error", err)
	default:
		d.desk.Refused(ctx, who, action, err)
	}
}

// refuse shows a refusal that the door made by itself.
func (d *Door) refuse(v visit, action string, err error) {
	d.note(v.Context, v.who, action, err)
	d.showRefusal(v, err)
}

// answer shows a refusal of the desk, which has kept its own trace.
func (d *Door) answer(v visit, err error) {
	if e := refusal(err); e.Kind == itsm.Internal || e.Kind == itsm.Unavailable {
		d.note(v.Context, v.who, "page", err)
	}
	d.showRefusal(v, err)
}

func (d *Door) showRefusal(v visit, err error) {
	e := refusal(err)
	mark(v.Context, e)
	a := alertOf(v.Context, e)
	a.Typed = v.form.typed()
	d.show(v.Context, statusOf(e), frame{
		Title: "Not done", Me: string(v.who.Person), CSRF: v.session.CSRF, Alert: a, Main: "nothing",
	})
}

// until waits, unless ctx ends first.
func until(ctx context.Context, t time.Duration) error {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// spread sorts the faults of a refusal to the fields of a form; what belongs to
// none is told above it.
func spread(e *itsm.Error, fields []field) (left []string) {
	for _, fault := range e.Fields {
		if !place(fault, fields) {
			left = append(left, fmt.Sprintf("%s %s", strings.ReplaceAll(strings.TrimPrefix(fault.Pointer, "/"), "_", " "), fault.Message))
		}
	}
	return left
}

func place(fault itsm.Field, fields []field) bool {
	for i := range fields {
		at := "/" + fields[i].Name
		if fields[i].Kind != "hidden" && (fault.Pointer == at || strings.HasPrefix(fault.Pointer, at+"/") || strings.HasPrefix(at, fault.Pointer+"/")) {
			if fields[i].Fault == "" {
				fields[i].Fault = fault.Message
			}
			return true
		}
	}
	return false
}
