package wire

import (
	"errors"
	"strings"

	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
)

// faultType marks an ApplicationError whose detail is an itsm.Error.
const faultType = "itsm."

// Encode turns a refusal into the one form that Temporal carries intact. The type
// is the refusal's code, so the UI, metrics and retry policies can name it.
func Encode(err error) error {
	e, ok := errors.AsType[*itsm.Error](err)
	if !ok {
		return err
	}
	options := temporal.ApplicationErrorOptions{
		NonRetryable: !e.Kind.Temporary(), Details: []any{*e}, NextRetryDelay: e.RetryAfter,
	}
	if e.Kind != itsm.Internal {
		options.Category = temporal.ApplicationErrorCategoryBenign // a refusal is no alarm
	}
	return temporal.NewApplicationErrorWithOptions(e.Message, faultType+e.Code, options)
}

// Fault recovers the refusal that Temporal carried, if err holds one.
func Fault(err error) error {
	app, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || !strings.HasPrefix(app.Type(), faultType) {
		return err
	}
	var e itsm.Error
	if app.Details(&e) != nil {
		return err
	}
	return &e
}
