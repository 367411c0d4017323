package api

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/steward-itsm/steward/itsm"
)

// maxFaults is how many faults of one request are told.
const maxFaults = 50

// faults collects what the document finds wrong with a request, in the words in
// which the rules would say it.
type faults []itsm.Field

// add notes a fault. One for each place is enough, and maxFaults of them: who
// mends them tries again, and who means harm makes us count no further.
func (f *faults) add(pointer, format string, args ...any) {
	if len(*f) < maxFaults && !slices.ContainsFunc(*f, func(one itsm.Field) bool { return one.Pointer == pointer }) {
		*f = append(*f, itsm.Field{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
	}
}

// parameter adds what is wrong with a query parameter.
func (f *faults) parameter(p *openapi3.Parameter, err error) {
	if err == nil {
		return
	}
	at := "/query/" + p.Name
	if _, ok := errors.AsType[*openapi3filter.ParseError](err); ok {
		f.add(at, "must be %s", kinds[first(p.Schema.Value.Type)])
		return
	}
	if errors.Is(err, openapi3filter.ErrInvalidRequired) {
		f.add(at, "is needed")
		return
	}
	if errors.Is(err, openapi3filter.ErrInvalidEmptyValue) {
		f.add(at, "is empty")
		return
	}
	if wrong, ok := errors.AsType[*openapi3filter.RequestError](err); ok {
		f.schema(at, wrong.Err)
	}
}

// schema adds what a schema found wrong, at and below a pointer.
func (f *faults) schema(at string, err error) {
	switch e := err.(type) { //nolint:errorlint // these two hold the others and are wrapped in nothing
	case nil:
	case openapi3.MultiError:
		for _, one := range e {
			f.schema(at, one)
		}
	case *openapi3.SchemaError:
		for _, key := range e.JSONPointer() {
			at += "/" + escape(key)
		}
		if name, unknown := unknownField(e); unknown {
			at += "/" + escape(name)
		}
		f.add(at, "%s", say(e))
	default:
		f.add(at, "cannot be taken")
	}
}

// refuse is nil when nothing is wrong. The first fault is in the message too.
func (f faults) refuse(code, what string) error {
	if len(f) == 0 {
		return nil
	}
	slices.SortFunc(f, func(a, b itsm.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	e := itsm.Refuse(itsm.Invalid, code, "%s cannot be taken as it is: %s %s.", what, named(f[0].Pointer), f[0].Message)
	e.Fields = f
	return e
}

func named(pointer string) string {
	if name := strings.TrimPrefix(strings.TrimPrefix(pointer, "/query"), "/"); name != "" {
		return name
	}
	return "the body"
}

// kinds says JSON's types as a person would.
var kinds = map[string]string{
	"string": "text", "integer": "a whole number", "number": "a number",
	"boolean": "true or false", "array": "a list", "object": "an object",
}

// say says one fault. Nothing of the value is repeated: it may be personal.
func say(e *openapi3.SchemaError) string {
	s := e.Schema
	switch e.SchemaField {
	case "required":
		return "is needed"
	case "properties":
		return "is not a field of this request"
	case "type", "nullable":
		return "must be " + kinds[first(s.Type)]
	case "enum":
		return "must be " + either(s.Enum)
	case "minLength":
		return "is needed"
	case "maxLength":
		text, _ := e.Value.(string)
		return fmt.Sprintf("has %d characters; %d is the most", utf8.RuneCountInString(text), *s.MaxLength)
	case "maxItems":
		list, _ := e.Value.([]any)
		return fmt.Sprintf("has %d entries; %d is the most", len(list), *s.MaxItems)
	case "minProperties", "maxProperties":
		return fmt.Sprintf("must have %v", s.Extensions["x-steward-form"])
	case "minimum", "maximum":
		return fmt.Sprintf("must be from %v to %v", *s.Min, *s.Max)
	case "format", "pattern":
		if s.Format == "date-time" {
			return "must be an instant like 2031-03-01T22:00:00Z, to the microsecond at most"
		}
		if words, ok := s.Extensions["x-steward-form"].(string); ok { // as the rules say it
			return "must be " + words
		}
		return "must be of the form " + s.Pattern
	}
	return e.Reason
}

// unknownField names the field that the schema does not know, which the error
// holds in its reason alone.
func unknownField(e *openapi3.SchemaError) (string, bool) {
	if e.SchemaField != "properties" {
		return "", false
	}
	quoted := strings.TrimSuffix(strings.TrimPrefix(e.Reason, "property "), " is unsupported")
	name, err := strconv.Unquote(quoted)
	return name, err == nil
}

func either[T any](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func first(t *openapi3.Types) string {
	if t == nil || len(*t) == 0 {
		return ""
	}
	return (*t)[0]
}

// escape makes a key a token of a JSON pointer, and bounds it: it is the caller's.
func escape(key string) string { return pointerToken.Replace(clip(key, 64)) }

var pointerToken = strings.NewReplacer("~", "~0", "/", "~1")

func (f *faults) unless(ok bool, pointer, message string) {
	if !ok {
		f.add(pointer, "%s", message)
	}
}

// short reports whether text is a line that can be kept and shown.
func short(text string) bool {
	return strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= 255 &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
