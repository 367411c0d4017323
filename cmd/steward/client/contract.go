// Package client is the API from the command line. Its commands are not written: they
// are made out of the contract, api/openapi.yaml, so that what the API can do can be
// done here under the same names, with the same help, on the day that it can.
package client

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// operation is one thing that the API does, and what it is called here.
type operation struct {
	kind         string // of record; or the command itself, where there is no verb
	verb         string
	method, path string
	spec         *openapi3.Operation
	params       openapi3.Parameters
	fixed        map[string]any   // of the body, where the verb itself says it
	why          *openapi3.Schema // of what explains such a record, where it is shown and can be explained
	sample       string           // a number of its kind, for examples
}

// The extensions of the contract that are about names.
const (
	commandName = "x-steward-command" // of an operation: its verb, where its path does not make a good one
	valueNames  = "x-steward-words"   // of a schema of words: the verbs that say them, by verb
)

// operations are what people can ask for: what systems send and what machines watch is
// left out.
func (c Contract) operations() []operation {
	doc := c.doc
	var all []operation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		for method, spec := range item.Operations() {
			o := operation{method: method, path: path, spec: spec}
			if !o.named() {
				continue
			}
			o.params = append(append(openapi3.Parameters{}, item.Parameters...), spec.Parameters...)
			if why := doc.Paths.Value(path + "/explain"); o.verb == "show" && why != nil && why.Get != nil {
				o.why = operation{spec: why.Get}.answer()
			}
			all = append(append(all, o), o.spoken()...)
		}
	}
	numbers := map[string]string{}
	for _, o := range all {
		if n := o.numberShown(); n != "" && numbers[o.kind] == "" {
			numbers[o.kind] = n
		}
	}
	for i := range all {
		all[i].sample = cmp.Or(numbers[all[i].kind], "CHG-42")
	}
	slices.SortFunc(all, func(a, b operation) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.verb, b.verb))
	})
	return all
}

// named finds kind and verb in the path: /v1/changes/{number}/hold is change hold.
func (o *operation) named() bool {
	rest, ours := strings.CutPrefix(o.path, "/v1/")
	words := strings.Split(rest, "/")
	if !ours || words[0] == "hooks" {
		return false
	}
	one := false // it is about one record, and not about all of a kind
	of, literal := words[0], []string{}
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "{") {
			one = one || len(literal) == 0
			continue
		}
		literal = append(literal, w)
	}
	switch {
	case of == "me" && len(literal) > 0: // what waits for whoever asks
		if o.kind, o.verb = singular(literal[0]), "waiting"; o.kind == "waiting" {
			o.verb = ""
		}
		return true
	case len(literal) > 0:
		o.verb = strings.Join(literal, "-")
		if o.method == http.MethodPost { // a collection is added to by one: comments, comment
			o.verb = singular(o.verb)
		}
	case one:
		o.verb = map[string]string{http.MethodGet: "show", http.MethodPatch: "edit", http.MethodPut: "set", http.MethodDelete: "remove"}[o.method]
	case o.method == http.MethodPost:
		o.verb = "raise"
	case singular(of) != of:
		o.verb = "list"
	}
	o.kind = singular(of)
	if name, ok := o.spec.Extensions[commandName].(string); ok {
		o.verb = name
	}
	return true
}

// spoken are the operations that say one word of the body by their own name: to
// approve is to decide with the verdict approve.
func (o operation) spoken() (all []operation) {
	body := o.body()
	if body == nil {
		return nil
	}
	for _, name := range body.Required {
		words, _ := body.Properties[name].Value.Extensions[valueNames].(map[string]any)
		for verb, word := range words {
			said := o
			said.verb, said.fixed = verb, map[string]any{name: word}
			all = append(all, said)
		}
	}
	return all
}

// summary says what an operation is for.
func (o operation) summary() string {
	text := strings.TrimSuffix(o.spec.Summary, ".")
	for _, word := range o.fixed { // there is one
		return fmt.Sprintf("%s: %v", text, word)
	}
	return text
}

// singular is the name of one of many: changes, change.
func singular(word string) string {
	switch {
	case word == "people":
		return "person"
	case strings.HasSuffix(word, "ies"):
		return strings.TrimSuffix(word, "ies") + "y"
	case strings.HasSuffix(word, "ss"), strings.HasSuffix(word, "us"), strings.HasSuffix(word, "is"):
		return word
	}
	return strings.TrimSuffix(word, "s")
}

// body is the schema of what is sent; nil when nothing is.
func (o operation) body() *openapi3.Schema {
	if o.spec.RequestBody == nil {
		return nil
	}
	return schemaOf(o.spec.RequestBody.Value.Content)
}

// answer is the schema of what comes back; nil when the contract does not say.
func (o operation) answer() *openapi3.Schema {
	for _, status := range []string{"200", "201", "202"} {
		if r := o.spec.Responses.Value(status); r != nil {
			return schemaOf(r.Value.Content)
		}
	}
	return nil
}

func schemaOf(content openapi3.Content) *openapi3.Schema {
	if media := content.Get("application/json"); media != nil && media.Schema != nil {
		return media.Schema.Value
	}
	return nil
}

// numberShown is the number of the record in the example of an answer; empty when
// there is none.
func (o operation) numberShown() string {
	for _, status := range []string{"200", "201"} {
		r := o.spec.Responses.Value(status)
		if r == nil || r.Value.Content.Get("application/json") == nil {
			continue
		}
		shown, _ := r.Value.Content.Get("application/json").Example.(map[string]any)
		if n, ok := shown["number"].(string); ok && r.Ref == "" { // one that is shared is of any kind
			return n
		}
	}
	return ""
}

// takes is the parameter of that name, in such a place; nil when there is none.
func (o operation) takes(in, name string) *openapi3.Parameter {
	return o.params.GetByInAndName(in, name)
}

// property is the schema of one field, wherever it is declared; nil when it is not.
func property(s *openapi3.Schema, name string) *openapi3.Schema {
	if s == nil {
		return nil
	}
	if p := s.Properties[name]; p != nil {
		return p.Value
	}
	for _, of := range s.AllOf {
		if p := property(of.Value, name); p != nil {
			return p
		}
	}
	return nil
}

// plain is a schema without the wrapping that only gives a reference a description of
// its own.
func plain(s *openapi3.Schema) *openapi3.Schema {
	for s != nil && len(s.AllOf) == 1 && len(s.Properties) == 0 {
		s = s.AllOf[0].Value
	}
	return s
}

func items(s *openapi3.Schema) *openapi3.Schema {
	if s = plain(s); s == nil || s.Items == nil {
		return nil
	}
	return s.Items.Value
}

// Contract is what the API can do.
type Contract struct{ doc *openapi3.T }

// Read reads a contract. It takes a while, and the same can be used again.
func Read(document []byte) (Contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return Contract{}, fmt.Errorf("the contract cannot be read: %w", err)
	}
	return Contract{doc}, nil
}
