package catalog

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// Diff says in words what changes from one catalog to another, a line for each
// thing that anybody could ask about later. Equal catalogs give none.
func Diff(from, to itsm.Catalog) []string {
	from, to = ordered(from), ordered(to)
	var d differ
	diffList(&d, "person", from.People, to.People, func(p itsm.Person) string { return string(p.ID) })
	diffList(&d, "team", from.Teams, to.Teams, func(t itsm.Team) string { return string(t.ID) })
	diffList(&d, "service", from.Services, to.Services, func(s itsm.Service) string { return string(s.ID) })
	d.fields("change policy", reflect.ValueOf(from.Change), reflect.ValueOf(to.Change))
	diffList(&d, "github", from.GitHub, to.GitHub, func(r itsm.DeploymentRule) string { return r.Repository + " " + r.Environment })
	return d
}

// differ gathers the lines.
type differ []string

func (d *differ) add(format string, args ...any) { *d = append(*d, fmt.Sprintf(format, args...)) }

func diffList[T any](d *differ, what string, from, to []T, key func(T) string) {
	before := map[string]T{}
	for _, t := range from {
		before[key(t)] = t
	}
	for _, t := range to {
		name := what + " " + key(t)
		if old, ok := before[key(t)]; ok {
			d.fields(name, reflect.ValueOf(old), reflect.ValueOf(t))
		} else {
			d.add("%s: new (%s)", name, gist(reflect.ValueOf(t)))
		}
		delete(before, key(t))
	}
	for _, t := range from {
		if _, gone := before[key(t)]; gone {
			d.add("%s %s: removed", what, key(t))
		}
	}
}

// fields compares two of a kind, field by field, under their names in the file.
func (d *differ) fields(name string, from, to reflect.Value) {
	for i, key := range keys(from.Type()) {
		a, b := from.Field(i), to.Field(i)
		switch {
		case a.Kind() == reflect.Slice:
			d.members(name+": "+key, words(a), words(b))
		case word(a) != word(b):
			d.add("%s: %s %s → %s", name, key, shown(word(a)), shown(word(b)))
		}
	}
}

// members compares two lists of words: what came and what went.
func (d *differ) members(name string, from, to []string) {
	var signs []string
	for _, w := range to {
		if !slices.Contains(from, w) {
			signs = append(signs, "+ "+w)
		}
	}
	for _, w := range from {
		if !slices.Contains(to, w) {
			signs = append(signs, "- "+w)
		}
	}
	if len(signs) > 0 {
		d.add("%s %s", name, strings.Join(signs, " "))
	}
}

// gist says the fields of a new thing that are set, but its id.
func gist(v reflect.Value) string {
	var parts []string
	for i, key := range keys(v.Type()) {
		f := v.Field(i)
		if key == "id" || f.IsZero() {
			continue
		}
		if f.Kind() == reflect.Slice {
			parts = append(parts, key+" "+strings.Join(words(f), " "))
		} else {
			parts = append(parts, key+" "+word(f))
		}
	}
	return strings.Join(parts, ", ")
}

func words(list reflect.Value) []string {
	out := make([]string, list.Len())
	for i := range out {
		out[i] = word(list.Index(i))
	}
	return out
}

func word(v reflect.Value) string {
	if t, ok := reflect.TypeAssert[encoding.TextMarshaler](v); ok {
		if text, err := t.MarshalText(); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(v.Interface())
}

func shown(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}
