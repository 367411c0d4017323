package client

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/spf13/cobra"
)

// option is one field of a body, or one parameter of a query, as a flag.
type option struct {
	path   []string // within the body: cause, text is --cause.text
	schema *openapi3.Schema
	needed bool
	set    bool
	value  any
}

func (f *option) name() string { return strings.ReplaceAll(strings.Join(f.path, "."), "_", "-") }

// is tells what kind of value the flag takes.
func (f *option) is(kind string) bool { return f.schema.Type.Is(kind) }

// String is the value before anything is said: the contract's defaults are the API's.
func (f *option) String() string { return "" }

// Type is what help calls the value.
func (f *option) Type() string {
	switch {
	case f.is("boolean"):
		return "bool" // by this name pflag knows that it needs no value
	case f.is("integer"), f.is("number"):
		return "number"
	case f.is("object"), f.is("array") && !items(f.schema).Type.Is("string"):
		return "json"
	case f.schema.Format == "date-time":
		return "time"
	case len(f.schema.Enum) > 0:
		return "word"
	}
	return "text"
}

// Set takes one value. A list takes one with each time that it is given.
func (f *option) Set(text string) error {
	if !f.is("array") {
		value, err := f.read(f.schema, text)
		f.value, f.set = value, err == nil
		return err
	}
	value, err := f.read(items(f.schema), text)
	if err != nil {
		return err
	}
	list, _ := f.value.([]any)
	list = append(list, value)
	f.value, f.set = list, true
	return nil
}

func (f *option) read(s *openapi3.Schema, text string) (any, error) {
	switch {
	case s.Type.Is("boolean"):
		return strconv.ParseBool(text)
	case s.Type.Is("integer"), s.Type.Is("number"):
		var n json.Number
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			return nil, fmt.Errorf("%q is no number", text)
		}
		return n, nil
	case s.Type.Is("string"):
		if s.Format == "date-time" {
			return instant(text)
		}
		return text, nil
	}
	if !json.Valid([]byte(text)) {
		return nil, fmt.Errorf("it takes JSON, such as %s", shape(s))
	}
	return json.RawMessage(text), nil
}

// instant takes an instant as the API does, and one on the reader's own clock.
func instant(text string) (string, error) {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t.Format(time.RFC3339), nil
		}
	}
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		return "", fmt.Errorf(`%q is no time; write it as "2031-03-01 22:00", by the clock here, or as 2031-03-01T22:00:00Z`, text)
	}
	return text, nil
}

// shape shows an object by its fields.
func shape(s *openapi3.Schema) string {
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		fields = append(fields, strconv.Quote(name)+": …")
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// says is what help tells of the flag.
func (f *option) says() string {
	var parts []string
	if text := strings.TrimSpace(f.schema.Description); text != "" {
		parts = append(parts, oneLine(strings.ReplaceAll(text, "`", "'")))
	}
	s := f.schema
	if f.is("array") {
		s = items(s)
		parts = append(parts, "Can be given again.")
	}
	switch {
	case len(s.Enum) > 0:
		parts = append(parts, "One of "+strings.Join(words(s), ", ")+".")
	case s.Type.Is("object"):
		parts = append(parts, shape(s)+".")
	case s.Format == "date-time":
		parts = append(parts, "Such as \"2031-03-01 22:00\".")
	case f.is("integer") && s.Max != nil && s.Min != nil:
		parts = append(parts, fmt.Sprintf("%v to %v.", *s.Min, *s.Max))
	case f.is("string") && s.MaxLength != nil && *s.MaxLength >= 100:
		parts = append(parts, fmt.Sprintf("Up to %d characters.", *s.MaxLength))
	}
	if f.needed {
		parts = append(parts, "(needed)")
	}
	return strings.Join(parts, " ")
}

func words(s *openapi3.Schema) (all []string) {
	for _, w := range s.Enum {
		all = append(all, fmt.Sprint(w))
	}
	return all
}

// fieldsOf are the flags of a body: an object within is flags of its own, with a dot.
func fieldsOf(s *openapi3.Schema, above []string, fixed map[string]any) (all []*option) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if _, said := fixed[name]; said {
			continue
		}
		p := plain(s.Properties[name].Value)
		path := append(slices.Clone(above), name)
		if p.Type.Is("object") && len(p.Properties) > 0 && len(path) < 4 {
			all = append(all, fieldsOf(p, path, nil)...)
			continue
		}
		all = append(all, &option{path: path, schema: p, needed: len(above) == 0 && slices.Contains(s.Required, name)})
	}
	return all
}

// into puts what was said into a body.
func (f *option) into(body map[string]any) error {
	for _, name := range f.path[:len(f.path)-1] {
		below, ok := body[name].(map[string]any)
		if !ok && body[name] != nil {
			return UsageError("--" + f.name() + " says otherwise than the rest: " + name + " is no object there")
		}
		if !ok {
			below = map[string]any{}
			body[name] = below
		}
		body = below
	}
	body[f.path[len(f.path)-1]] = f.value
	return nil
}

// add gives a command the flag, and its shell the words that it takes.
func (f *option) add(cmd *cobra.Command) {
	cmd.Flags().Var(f, f.name(), f.says())
	if f.is("boolean") {
		cmd.Flags().Lookup(f.name()).NoOptDefVal = "true"
	}
	s := f.schema
	if f.is("array") {
		s = items(s)
	}
	if _, fixed := cmd.GetFlagCompletionFunc(f.name()); !fixed {
		_ = cmd.RegisterFlagCompletionFunc(f.name(), cobra.FixedCompletions(words(s), cobra.ShellCompDirectiveNoFileComp))
	}
}
