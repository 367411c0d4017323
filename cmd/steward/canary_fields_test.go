package main

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// canary is a word that nobody else writes, in each form that a string of the
// contract may demand.
type canary struct {
	word  string // lower-case letters
	hash  string // 64 hexadecimal digits
	slack string // what Slack says for an answer: a failure may quote anything

	t        *testing.T
	contract *openapi3.T
	planted  map[string]bool // by operation and field
}

func newCanary(t *testing.T) *canary {
	t.Helper()
	contract, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	require.NoError(t, err)
	return &canary{
		word: "canary" + drawn("abcdefghijklmnopqrstuvwxyz", 20), hash: drawn("0123456789abcdef", 64),
		slack: "canary_" + drawn("abcdefghijklmnopqrstuvwxyz", 20),
		t:     t, contract: contract, planted: map[string]bool{},
	}
}

func drawn(letters string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[rand.IntN(len(letters))]
	}
	return string(out)
}

// free reports whether people can put words of their own into a string: neither a
// choice from a list, nor an instant, a record's number or a revision leaves room
// for any.
func free(s *openapi3.Schema) bool {
	return s.Type.Is("string") && len(s.Enum) == 0 && s.Format != "date-time" && figures(s) == "" &&
		!strings.HasPrefix(s.Pattern, "^[0-9]{4}-") && !numbers(s) && !strings.Contains(s.Pattern, `(0|[1-9][0-9]`)
}

// figures is something that a string takes which is made of figures alone: a day, a
// decimal, a span of dates, a period; empty where it is none of these.
func figures(s *openapi3.Schema) string {
	for of, figure := range map[string]string{`^-?[0-9]`: "99.95", `^[0-9]{1,4}(mo`: "3mo", `^[0-9]{4}(-(0`: "2031-Q4"} {
		if strings.HasPrefix(s.Pattern, of) {
			return figure
		}
	}
	if s.Format == "date" {
		return "2031-06-30"
	}
	return ""
}

// numbers reports whether a string is a record's number.
func numbers(s *openapi3.Schema) bool {
	return strings.HasPrefix(s.Pattern, "^([A-Z]{3}-") || strings.HasPrefix(s.Pattern, "^[A-Z]{3}-") || strings.HasPrefix(s.Pattern, "^PRB-")
}

// plant is the word, in the form that a field takes.
func (c *canary) plant(name string, s *openapi3.Schema) string {
	c.t.Helper()
	forms := []string{c.word, c.hash, "sha256=" + c.hash, "swi_" + c.word}
	if strings.HasSuffix(name, ".url") || strings.HasSuffix(name, ".message") { // whose form is told in words alone
		forms = []string{"https://" + c.word + ".example.com/" + c.word + "?said=" + c.word}
	}
	if strings.HasSuffix(name, ".email") {
		forms = []string{c.word + "@example.com"}
	}
	pattern := regexp.MustCompile(s.Pattern)
	for _, form := range forms {
		if pattern.MatchString(form) && (s.MaxLength == nil || len(form) <= int(*s.MaxLength)) {
			c.planted[name] = true
			return form
		}
	}
	c.t.Fatalf("no word can be planted in %s: %s", name, s.Pattern)
	return ""
}

// body fills every field that an operation takes: with what is given, or with the
// word. nil leaves a field out, and so does a record that nobody names.
func (c *canary) body(operation string, given map[string]any) map[string]any {
	c.t.Helper()
	return c.object(operation, c.operation(operation).RequestBody.Value.Content.Get("application/json").Schema.Value, given)
}

func (c *canary) object(at string, s *openapi3.Schema, given map[string]any) map[string]any {
	c.t.Helper()
	if denied := s.Properties["not_applicable"]; denied != nil { // an effect, or why there is none: each in its turn
		if told := at + ".text"; !c.planted[told] {
			return map[string]any{"text": c.value(told, s.Properties["text"].Value)}
		}
		return map[string]any{"not_applicable": c.value(at+".not_applicable", denied.Value)}
	}
	out := map[string]any{}
	for name, property := range s.Properties {
		value, said := given[name]
		switch {
		case said && value == nil, !said && names(property.Value):
		case said:
			out[name] = value
		default:
			out[name] = c.value(at+"."+name, property.Value)
		}
	}
	return out
}

// names reports whether a field names a record, several of them, or an instant.
func names(s *openapi3.Schema) bool {
	if s.Type.Is("array") {
		s = s.Items.Value
	}
	return numbers(s) || s.Format == "date-time"
}

// value is something with the word in it, wherever that has room.
func (c *canary) value(at string, s *openapi3.Schema) any {
	c.t.Helper()
	switch {
	case s.Type.Is("object"):
		return c.object(at, s, nil)
	case s.Type.Is("array"):
		return []any{c.value(at, s.Items.Value)}
	case s.Type.Is("integer"):
		if s.Max != nil && s.Min != nil && *s.Min > 0 {
			return *s.Max // the riskiest
		}
		return 0
	case s.Type.Is("boolean"):
		return false
	case len(s.Enum) > 0:
		return s.Enum[0]
	case figures(s) != "":
		return figures(s)
	case free(s):
		return c.plant(at, s)
	}
	c.t.Fatalf("nobody says what to put in %s", at)
	return nil
}

func (c *canary) operation(id string) *openapi3.Operation {
	c.t.Helper()
	_, _, o := c.find(id)
	return o
}

// find is where an operation is asked for.
func (c *canary) find(id string) (method, path string, o *openapi3.Operation) {
	c.t.Helper()
	for path, item := range c.contract.Paths.Map() {
		for method, o := range item.Operations() {
			if o.OperationID == id {
				return method, path, o
			}
		}
	}
	c.t.Fatalf("the contract has no %s", id)
	return "", "", nil
}

// acts are the operations that people repeat under a key.
func (c *canary) acts() (ids []string) {
	for _, item := range c.contract.Paths.Map() {
		for _, o := range item.Operations() {
			if o.Parameters.GetByInAndName(openapi3.ParameterInHeader, "Idempotency-Key") != nil {
				ids = append(ids, o.OperationID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// parameter is the word for a header or a query parameter.
func (c *canary) parameter(operation, name string) string {
	c.t.Helper()
	for _, p := range c.operation(operation).Parameters {
		if p.Value.Name == name {
			return c.plant(operation+"?"+name, p.Value.Schema.Value)
		}
	}
	c.t.Fatalf("%s takes no %s", operation, name)
	return ""
}

// fields is every place of the contract where people can put words of their own.
func (c *canary) fields() []string {
	var all []string
	for _, item := range c.contract.Paths.Map() {
		for _, o := range item.Operations() {
			for _, p := range o.Parameters {
				if free(p.Value.Schema.Value) {
					all = append(all, o.OperationID+"?"+p.Value.Name)
				}
			}
			if o.RequestBody != nil && !slices.Contains(hooks, o.OperationID) { // whose bodies are their senders'
				all = append(all, stringsOf(o.OperationID, o.RequestBody.Value.Content.Get("application/json").Schema.Value)...)
			}
		}
	}
	return all
}

const (
	githubHook       = "receiveGitHubHook"
	alertmanagerHook = "receiveAlertmanagerHook"
	eventHook        = "receiveEventHook"
)

var hooks = []string{githubHook, alertmanagerHook, eventHook}

// stringsOf is every place in a value where people can put words of their own.
func stringsOf(at string, s *openapi3.Schema) (all []string) {
	switch {
	case s.Type.Is("array"):
		return stringsOf(at, s.Items.Value)
	case free(s):
		return []string{at}
	}
	for name, property := range s.Properties {
		all = append(all, stringsOf(at+"."+name, property.Value)...)
	}
	return all
}
