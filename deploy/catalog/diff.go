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
	d.fields("incident policy", reflect.ValueOf(from.Incident), reflect.ValueOf(to.Incident))
	d.fields("problem policy", reflect.ValueOf(from.Problem), reflect.ValueOf(to.Problem))
	d.fields("supplier policy", reflect.ValueOf(from.Supplier), reflect.ValueOf(to.Supplier))
	diffList(&d, "escalation policy", from.Escalations, to.Escalations, func(p itsm.EscalationPolicy) string { return string(p.ID) })
	d.rules("alert rules:", texts(reflect.ValueOf(from.AlertRules)), texts(reflect.ValueOf(to.AlertRules)))
	diffList(&d, "github", from.GitHub, to.GitHub, func(r itsm.DeploymentRule) string { return r.Repository + " " + r.Environment })
	diffList(&d, "calendar", from.Calendars, to.Calendars, func(c itsm.Calendar) string { return string(c.ID) })
	diffList(&d, "rotation", from.Rotations, to.Rotations, func(r itsm.Rotation) string { return string(r.ID) })
	d.members("delegations:", texts(reflect.ValueOf(from.Delegations)), texts(reflect.ValueOf(to.Delegations)))
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
		switch a.Interface().(type) {
		case []itsm.Tier:
			diffNamed(d, name+": tier", a, b, func(t itsm.Tier) string { return string(t.Risk) })
		case []itsm.Stage:
			before, after := lists[itsm.Stage](a, b)
			diffSteps(d, name, "stage", before, after, func(s itsm.Stage) string { return s.Name })
		case []itsm.Factor:
			before, after := lists[itsm.Factor](a, b)
			diffSteps(d, name, "factor", before, after, func(f itsm.Factor) string { return f.Name })
		case []itsm.Shift:
			diffNamed(d, name+": shift", a, b, func(s itsm.Shift) string { return s.Name })
		case []itsm.PriorityTerms:
			diffNamed(d, name, a, b, func(t itsm.PriorityTerms) string { return string(t.Priority) })
		case []itsm.ProblemTarget:
			diffNamed(d, name+": "+key, a, b, func(t itsm.ProblemTarget) string { return string(t.Priority) })
		case []itsm.TierTerms:
			diffNamed(d, name+": "+key, a, b, func(t itsm.TierTerms) string { return string(t.Tier) })
		case []itsm.Weight:
			diffNamed(d, name+": "+key, a, b, func(w itsm.Weight) string { return string(w.Criterion) })
		case []itsm.CallLevel:
			d.levels(name, a, b)
		case *itsm.Matrix:
			d.matrix(name+": "+key, a, b)
		case itsm.RiskPolicy, itsm.HoldTerms, itsm.ClosureTerms, itsm.TrendPolicy:
			d.fields(name+": "+key, a, b)
		case []itsm.Way: // their order is what they say
			d.said(name, key, a, b)
		case []itsm.PersonID:
			if inTurn(from) {
				d.said(name, key, a, b)
			} else {
				d.field(name, key, a, b)
			}
		default:
			d.field(name, key, a, b)
		}
	}
}

// diffNamed is diffList for the values of a field.
func diffNamed[T any](d *differ, what string, from, to reflect.Value, key func(T) string) {
	before, after := lists[T](from, to)
	diffList(d, what, before, after, key)
}

// levels compares what has no name but its place.
func (d *differ) levels(name string, from, to reflect.Value) {
	for n := range max(from.Len(), to.Len()) {
		level := fmt.Sprintf("%s: level %d", name, n+1)
		switch {
		case n >= from.Len():
			d.add("%s: new (%s)", level, gist(to.Index(n)))
		case n >= to.Len():
			d.add("%s: removed", level)
		default:
			d.fields(level, from.Index(n), to.Index(n))
		}
	}
}

// matrix compares the priorities cell by cell, where both catalogs say them.
func (d *differ) matrix(name string, from, to reflect.Value) {
	if from.IsNil() || to.IsNil() {
		d.said(strings.TrimSuffix(name, ": matrix"), "matrix", from, to)
		return
	}
	for i, impact := range keys(from.Elem().Type()) {
		d.fields(name+": "+impact+" impact, urgency", from.Elem().Field(i), to.Elem().Field(i))
	}
}

// rules compares rules whose order counts.
func (d *differ) rules(name string, from, to []string) {
	before := len(*d)
	d.members(name, from, to)
	if len(*d) == before && !slices.Equal(from, to) {
		d.add("%s another order", name)
	}
}

func (d *differ) field(name, key string, a, b reflect.Value) {
	if a.Kind() == reflect.Slice {
		d.members(name+": "+key, texts(a), texts(b))
	} else {
		d.said(name, key, a, b)
	}
}

func (d *differ) said(name, key string, a, b reflect.Value) {
	if word(a) != word(b) {
		d.add("%s: %s %s → %s", name, key, shown(word(a)), shown(word(b)))
	}
}

// inTurn reports whether the people of a thing take turns, in the order in which they
// are listed.
func inTurn(v reflect.Value) bool {
	return v.Type() == reflect.TypeFor[itsm.Rotation]() || v.Type() == reflect.TypeFor[itsm.Shift]()
}

func lists[T any](a, b reflect.Value) (before, after []T) {
	before, _ = reflect.TypeAssert[[]T](a)
	after, _ = reflect.TypeAssert[[]T](b)
	return before, after
}

// diffSteps compares lists whose order counts.
func diffSteps[T any](d *differ, name, what string, from, to []T, key func(T) string) {
	diffList(d, name+": "+what, from, to, key)
	before, after := names(from, to, key), names(to, from, key)
	if !slices.Equal(before, after) {
		d.add("%s: %s order %s → %s", name, what, strings.Join(before, ", "), strings.Join(after, ", "))
	}
}

// names are those of a list that another has, too.
func names[T any](list, other []T, key func(T) string) (both []string) {
	for _, t := range list {
		if slices.ContainsFunc(other, func(o T) bool { return key(o) == key(t) }) {
			both = append(both, key(t))
		}
	}
	return both
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

// gist says the fields of a thing that are set, but its id.
func gist(v reflect.Value) string {
	var parts []string
	for i, key := range keys(v.Type()) {
		f := v.Field(i)
		if key == "id" || f.IsZero() {
			continue
		}
		if text := word(f); text != "" {
			parts = append(parts, key+" "+text)
		}
	}
	return strings.Join(parts, ", ")
}

func texts(list reflect.Value) []string {
	out := make([]string, list.Len())
	for i := range out {
		out[i] = word(list.Index(i))
	}
	return out
}

// word says a value in a word, or in a row of them.
func word(v reflect.Value) string {
	switch text := v.Interface().(type) {
	case itsm.WeeklyHours:
		return text.String()
	case encoding.TextMarshaler:
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return ""
		}
		if text, err := text.MarshalText(); err == nil {
			return string(text)
		}
	}
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return ""
	case v.Kind() == reflect.Pointer:
		return word(v.Elem())
	case v.Kind() == reflect.Slice:
		return strings.Join(texts(v), " ")
	case v.Kind() == reflect.Struct && v.IsZero():
		return ""
	case v.Kind() == reflect.Struct:
		return "(" + gist(v) + ")"
	}
	return fmt.Sprint(v.Interface())
}

func shown(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}
