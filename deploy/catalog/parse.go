package catalog

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine, also in an image without them
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/steward-itsm/steward/activities/holidays"
	"github.com/steward-itsm/steward/itsm"
)

// Bounds on a catalog file.
const (
	MaxBytes = 1 << 20
	maxDepth = 16 // a catalog needs nine
)

// Parse reads a catalog. When the file cannot be relied on, the error is
// *FileError: everything that is wrong with it. name is only for the messages.
func Parse(name string, data []byte) (itsm.Catalog, error) {
	var c itsm.Catalog
	err := Read(name, "deploy/catalog.example.yaml", data, &c, func() []itsm.Field {
		return slices.Concat(zones(&c), countries(&c), c.Check())
	})
	if err != nil {
		return itsm.Catalog{}, err
	}
	return c, nil
}

// Read reads another of an operator's YAML files on the catalog's terms: into a
// pointer to a struct, by its JSON names. What can be read is then judged by check,
// which names faults by JSON pointer. When there are any, the error is *FileError.
// name is only for the messages, example for whoever has an empty file.
func Read(name, example string, data []byte, into any, check func() []itsm.Field) error {
	r := reader{lines: strings.Split(string(data), "\n"), places: map[string]place{"": {1, 1}}, example: example}
	if root := r.parse(data); root != nil {
		r.decode("", root, reflect.ValueOf(into).Elem())
		r.judge(check())
	}
	if len(r.faults) == 0 {
		return nil
	}
	f := &FileError{Name: name, List: r.faults}
	f.sort()
	return f
}

// reader turns one file into a value and remembers where each part of it stood.
type reader struct {
	example string // a file to start from
	lines   []string
	places  map[string]place // by JSON pointer
	broken  map[string]bool  // pointers that are faulty already
	faults  []Fault
}

// parse returns the file's one document, or nil when it has none that can be read.
func (r *reader) parse(data []byte) ast.Node {
	switch {
	case len(data) > MaxBytes:
		r.fault("", place{1, 1}, "the file has %d bytes; %d is the most", len(data), MaxBytes)
		return nil
	case !utf8.Valid(data):
		r.fault("", place{1, 1}, "the file is not UTF-8 text")
		return nil
	}
	file, err := r.syntax(string(data))
	var bad yaml.Error
	switch {
	case errors.As(err, &bad):
		r.fault("", at(bad.GetToken()), "%s", bad.GetMessage())
		return nil
	case err != nil:
		r.fault("", place{1, 1}, "%s", err)
		return nil
	case len(file.Docs) > 1:
		r.fault("", at(file.Docs[1].Start), "a second document begins here; the file is one")
		return nil
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		r.fault("", place{1, 1}, "the file is empty; start from %s", r.example)
		return nil
	}
	return file.Docs[0].Body
}

// syntax parses YAML. The parser descends once for each level of nesting, so
// depth is bounded before it may start.
func (r *reader) syntax(text string) (*ast.File, error) {
	tokens := lexer.Tokenize(text)
	if deep := tooDeep(tokens); deep != nil {
		r.fault("", at(deep), "this is nested more than %d deep; no such file needs that", maxDepth)
		return &ast.File{}, errTooDeep
	}
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

var errTooDeep = errors.New("too deep")

var (
	opening = []token.Type{token.SequenceStartType, token.MappingStartType}
	closing = []token.Type{token.SequenceEndType, token.MappingEndType}
	inline  = []token.Type{token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.AnchorType, token.TagType}
)

// tooDeep finds the token at which brackets, or dashes and question marks on one
// line, nest too deeply.
func tooDeep(tokens token.Tokens) *token.Token {
	brackets, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		switch {
		case slices.Contains(opening, t.Type):
			brackets++
		case slices.Contains(closing, t.Type):
			brackets--
		case slices.Contains(inline, t.Type):
			dashes++
		}
		if brackets > maxDepth || (brackets == 0 && dashes > maxDepth) {
			return t
		}
	}
	return nil
}

// judge tells what the rules found in what could be read: one fault for one value,
// and none that only follows from a fault that is told already.
func (r *reader) judge(found []itsm.Field) {
	told := map[string]bool{}
	for _, f := range found {
		if !told[f.Pointer] && !r.isBroken(f.Pointer) {
			r.fault(f.Pointer, r.find(f.Pointer), "%s", f.Message)
		}
		told[f.Pointer] = true
	}
}

func (r *reader) isBroken(pointer string) bool {
	for p := range r.broken {
		if who.MatchString(pointer) && (strings.HasPrefix(p, "/people") || strings.HasPrefix(p, "/teams")) {
			return true // who decides is not known while people cannot be read
		}
		if p == "" || p == pointer || strings.HasPrefix(p, pointer+"/") || strings.HasPrefix(pointer, p+"/") {
			return true
		}
	}
	return false
}

// who finds what is judged by who the people are.
var who = regexp.MustCompile(`^/change_policy/(approvers|tiers/\d+/stages/\d+/factors(/\d+/(need|exclude|who|backup|mandatory/\d+))?)$|^/delegations/\d+/to$`)

// find gives the place of a value, or of the nearest that contains it.
func (r *reader) find(pointer string) place {
	for {
		if at, ok := r.places[pointer]; ok {
			return at
		}
		pointer = pointer[:max(strings.LastIndexByte(pointer, '/'), 0)]
	}
}

func (r *reader) fault(pointer string, at place, format string, args ...any) {
	r.faults = append(r.faults, Fault{
		Line: at.line, Column: at.column, Path: printable(path(pointer)),
		Message: printable(fmt.Sprintf(format, args...)), Excerpt: excerpt(r.lines, at),
	})
}

// zones checks what itsm may not: whether a time zone exists.
func zones(c *itsm.Catalog) (unknown []itsm.Field) {
	check := func(pointer, zone string) {
		if _, err := time.LoadLocation(zone); zone != "" && (err != nil || zone == "Local") {
			unknown = append(unknown, itsm.Field{Pointer: pointer, Message: fmt.Sprintf("%q is not a time zone%s", zone, zoneLike(zone))})
		}
	}
	for i, p := range c.People {
		check(fmt.Sprintf("/people/%d/zone", i), p.Zone)
	}
	for i, d := range c.Calendars {
		check(fmt.Sprintf("/calendars/%d/zone", i), d.Zone)
	}
	for i, r := range c.Rotations {
		check(fmt.Sprintf("/rotations/%d/zone", i), r.Zone)
	}
	return unknown
}

// countries checks which countries' public holidays are known.
func countries(c *itsm.Catalog) (unknown []itsm.Field) {
	for i, d := range c.Calendars {
		err := holidays.Check(d.Country)
		if err == nil {
			continue
		}
		message := sentence(err)
		if code := strings.ToUpper(d.Country); holidays.Known(code) {
			message = fmt.Sprintf("%q is not a country; did you mean %s?", d.Country, code)
		}
		unknown = append(unknown, itsm.Field{Pointer: fmt.Sprintf("/calendars/%d/country", i), Message: message})
	}
	return unknown
}

// zoneLike finds the zone that a city's name alone, or one in small letters, means.
func zoneLike(zone string) string {
	city := zone[strings.LastIndexByte(zone, '/')+1:]
	words := strings.FieldsFunc(city, func(r rune) bool { return r == '_' || r == ' ' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + strings.ToLower(w[1:])
	}
	for _, area := range []string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian"} {
		name := area + "/" + strings.Join(words, "_")
		if _, err := time.LoadLocation(name); err == nil && len(words) > 0 {
			return "; did you mean " + name + "?"
		}
	}
	return "; write one as the IANA does, such as Europe/Berlin"
}

func at(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{t.Position.Line, t.Position.Column}
}
