package itsm

import (
	"errors"
	"fmt"
	"time"
)

// Kind says why a request cannot be honoured. The set is closed: each door
// (HTTP, Slack) and the Temporal boundary maps every Kind exactly once.
type Kind string

// The kinds, in the order a request meets them.
const (
	Invalid         Kind = "invalid"         // the request itself is malformed
	Unauthenticated Kind = "unauthenticated" // we do not know who is asking
	Forbidden       Kind = "forbidden"       // we know, and they may not
	NotFound        Kind = "not_found"       // no such record, or not for their eyes
	Conflict        Kind = "conflict"        // the record's state does not allow it
	Limited         Kind = "limited"         // too many requests; try later
	Unavailable     Kind = "unavailable"     // a dependency is down; try later
	Internal        Kind = "internal"        // our fault
)

// Kinds is every Kind, for the tests that prove each door maps them all.
var Kinds = []Kind{Invalid, Unauthenticated, Forbidden, NotFound, Conflict, Limited, Unavailable, Internal}

// Temporary reports whether the same request may succeed if tried again.
func (k Kind) Temporary() bool { return k == Limited || k == Unavailable || k == Internal }

// Error is a refusal that a person can act on. Message is shown to them verbatim;
// Code is stable, so programs, dashboards and tests may rely on it.
type Error struct {
	Kind       Kind          `json:"kind"`
	Code       string        `json:"code"`
	Message    string        `json:"message"`
	Fields     []Field       `json:"fields,omitempty"`
	RetryAfter time.Duration `json:"retry_after,omitempty"` // nanoseconds; with Limited and Unavailable
}

// Field is one fault in the request, by JSON pointer (RFC 6901).
type Field struct {
	Pointer string `json:"pointer"`
	Message string `json:"detail"`
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Refuse builds an Error.
func Refuse(k Kind, code, format string, args ...any) *Error {
	return &Error{Kind: k, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Later says after how long the same request may be tried again.
func (e *Error) Later(d time.Duration) *Error {
	e.RetryAfter = d
	return e
}

// AsError returns the Error in err's chain, or an Internal one that hides err.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Refuse(Internal, "internal", "Something went wrong on our side. It has been logged.")
}
