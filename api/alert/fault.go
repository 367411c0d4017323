package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// The bounds of what one alert says of itself.
const (
	maxKey    = 512
	maxLabels = 200
)

// short is a key that fits: a longer one is known by its digest.
func short(key string) string {
	if len(key) <= maxKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// faults collects what is wrong with a delivery, field by field.
type faults []itsm.Field

func (f *faults) add(pointer, format string, args ...any) {
	*f = append(*f, itsm.Field{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

func (f *faults) unless(good bool, pointer, format string, args ...any) {
	if !good {
		f.add(pointer, format, args...)
	}
}

func (f faults) refuse() error {
	if len(f) == 0 {
		return nil
	}
	e := itsm.Refuse(itsm.Invalid, "alert.payload", "This alert cannot be taken as it is: %s %s.", strings.TrimPrefix(f[0].Pointer, "/"), f[0].Message)
	e.Fields = f
	return e
}

// unreadable refuses what is no JSON, or holds something of the wrong kind.
func unreadable(err error) error {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		var f faults
		f.add("/"+strings.ReplaceAll(kind.Field, ".", "/"), "must not be a %s", kind.Value)
		return f.refuse()
	}
	return itsm.Refuse(itsm.Invalid, "request.unparseable", "The body is no JSON that can be read.")
}
