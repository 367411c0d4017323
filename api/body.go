package api

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/steward-itsm/steward/itsm"
)

// maxDepth is how deep JSON may be nested.
const maxDepth = 32

func unparseable(format string, args ...any) *itsm.Error {
	return itsm.Refuse(itsm.Invalid, "request.unparseable", format, args...)
}

// checkMediaType refuses what is none of the types that an operation takes, all of
// them JSON in UTF-8, sent as it is: a compressed body has no bound until it is unpacked.
func checkMediaType(h http.Header, taken openapi3.Content) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || taken[kind] == nil || (charset != "" && !strings.EqualFold(charset, "utf-8")) {
		return itsm.Refuse(itsm.Invalid, "request.media_type", "The body must be sent as Content-Type: %s, in UTF-8.", either(slices.Sorted(maps.Keys(taken))))
	}
	return checkEncoding(h)
}

func checkEncoding(h http.Header) error {
	if e := h.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return itsm.Refuse(itsm.Invalid, "request.media_type", "The body must be sent uncompressed.")
	}
	return nil
}

// checkNoBody refuses a body where none is read, since whoever sent it meant
// something by it. An empty object means nothing.
func checkNoBody(r *http.Request) error {
	raw, err := body(r)
	if err != nil {
		return err
	}
	if text := string(bytes.TrimSpace(raw)); text != "" && text != "{}" {
		return itsm.Refuse(itsm.Invalid, "request.no_body", "This request takes no body.")
	}
	restore(r, nil)
	return nil
}

// restore gives the body back to be read once more.
func restore(r *http.Request, raw []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
}

// parseQuery reads a query string that can be read in one way only.
func parseQuery(raw string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, unparseable("The query string cannot be read.")
	}
	for name, all := range values {
		for _, text := range append(all, name) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return nil, unparseable("The query string must be UTF-8 without NUL.")
			}
		}
	}
	return values, nil
}

// decode reads one JSON value more strictly than encoding/json does, which takes
// the last of two equal keys and mends what is not UTF-8: two readers of one body
// must not be able to see two requests in it.
func decode(raw []byte) (any, error) {
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, unparseable("The body is empty; it must be JSON.")
	case !utf8.Valid(raw):
		return nil, unparseable("The body is not valid UTF-8.")
	case !json.Valid(raw):
		return nil, unparseable("The body is not valid JSON.")
	}
	s := scan{Decoder: json.NewDecoder(bytes.NewReader(raw))}
	s.UseNumber()
	return s.value()
}

// scan reads a value token by token, and knows where it is.
type scan struct {
	*json.Decoder
	path  []string
	depth int
}

func (s *scan) value() (any, error) {
	t, err := s.Token()
	if err != nil {
		return nil, unparseable("The body is not valid JSON.")
	}
	switch t := t.(type) {
	case json.Delim:
		if s.depth++; s.depth > maxDepth {
			return nil, unparseable("The body is nested more than %d deep.", maxDepth)
		}
		defer func() { s.depth-- }()
		if t == '{' {
			return s.object()
		}
		return s.array()
	case string:
		return t, s.noNUL(t)
	}
	return t, nil
}

func (s *scan) object() (any, error) {
	object := map[string]any{}
	for s.More() {
		t, err := s.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, unparseable("The body is not valid JSON.")
		}
		s.path = append(s.path, key)
		if err := s.noNUL(key); err != nil {
			return nil, err
		}
		if _, twice := object[key]; twice {
			return nil, s.wrong("is given more than once")
		}
		if object[key], err = s.value(); err != nil {
			return nil, err
		}
		s.path = s.path[:len(s.path)-1]
	}
	return object, s.close()
}

func (s *scan) array() (any, error) {
	array := []any{}
	for s.More() {
		s.path = append(s.path, strconv.Itoa(len(array)))
		v, err := s.value()
		if err != nil {
			return nil, err
		}
		s.path = s.path[:len(s.path)-1]
		array = append(array, v)
	}
	return array, s.close()
}

// close reads the bracket that ends what is open.
func (s *scan) close() error {
	if _, err := s.Token(); err != nil {
		return unparseable("The body is not valid JSON.")
	}
	return nil
}

func (s *scan) noNUL(text string) error {
	if strings.ContainsRune(text, 0) {
		return s.wrong("has a NUL character")
	}
	return nil
}

func (s *scan) wrong(how string) error {
	var pointer strings.Builder
	for _, key := range s.path {
		pointer.WriteString("/" + escape(key))
	}
	return faults{{Pointer: pointer.String(), Message: how}}.refuse("request.invalid", "This request")
}
