package client

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// short is how long a text may be to stand beside its name.
const short = 100

// record shows one object: what it is called, what it is in a word each, and then its
// texts and what is within it.
func (p *printer) record(o object, s *openapi3.Schema) {
	head := strings.TrimSpace(oneLine(o.text("number") + "  " + o.text("title")))
	if head != "" {
		p.line("%s", p.bold(head))
	}
	p.fields(slices.DeleteFunc(slices.Clone(o), func(f field) bool {
		return head != "" && (f.name == "number" || f.name == "title")
	}), s, "")
}

// fields shows what is short beside its name, and the rest below.
func (p *printer) fields(o object, s *openapi3.Schema, indent string) {
	var pairs [][]string
	var rest []field
	for _, f := range ordered(o) {
		if !shown(f) {
			continue
		}
		if f.name == "acts" { // they are verbs of one kind
			f.value = verbs(f.value)
		}
		if text := inline(f.value, property(s, f.name)); brief(f.value) && len([]rune(text)) <= short {
			pairs = append(pairs, []string{title(f.name), p.toned(o, f.name, text)})
		} else {
			rest = append(rest, f)
		}
	}
	if len(pairs) > 0 {
		width := len(slices.MaxFunc(pairs, func(a, b []string) int { return len(a[0]) - len(b[0]) })[0])
		for _, pair := range pairs {
			p.line("%s%s  %s", indent, p.dim(pair[0]+strings.Repeat(" ", width-len(pair[0]))), pair[1])
		}
	}
	for _, f := range rest {
		if indent == "" {
			p.line("")
		}
		p.line("%s%s", indent, p.bold(title(f.name)))
		p.below(f.value, property(s, f.name), indent+"  ")
	}
}

// verbs are acts as one would ask for them: change.put_off is put off.
func verbs(v any) any {
	var all []string
	list, _ := v.([]any)
	for _, one := range list {
		act := fmt.Sprint(one)
		all = append(all, stateWords(act[strings.LastIndex(act, ".")+1:]))
	}
	return strings.Join(all, ", ")
}

// below shows what is too long to stand beside its name.
func (p *printer) below(v any, s *openapi3.Schema, indent string) {
	switch v := v.(type) {
	case object:
		p.fields(v, s, indent)
	case []any:
		for _, one := range v {
			o, ok := one.(object)
			if !ok {
				p.line("%s%s", indent, inline(one, items(s)))
				continue
			}
			p.item(o, items(s), indent)
		}
	default:
		p.line("%s%s", indent, strings.ReplaceAll(Clean(fmt.Sprint(v)), "\n", "\n"+indent))
	}
}

// item shows one of a list: what is short on one line, what is within it below.
func (p *printer) item(o object, s *openapi3.Schema, indent string) {
	var words []string
	var rest object
	for _, f := range ordered(o) {
		switch {
		case !shown(f):
		case brief(f.value):
			words = append(words, named(f, inline(f.value, property(s, f.name))))
		default:
			rest = append(rest, f)
		}
	}
	line := strings.Join(words, "  ")
	if len([]rune(line)) > 2*short { // too much to be read at a glance
		p.line("%s%s", indent, p.bold(oneLine(cmp.Or(o.text("name"), o.text("title")))))
		p.fields(slices.DeleteFunc(slices.Clone(o), func(f field) bool { return f.name == "name" || f.name == "title" }), s, indent+"  ")
		return
	}
	if line != "" {
		p.line("%s%s", indent, line)
		indent += "  "
	}
	p.fields(rest, s, indent)
}

// speaks are the fields whose value needs no name beside it.
var speaks = []string{
	"at", "number", "id", "from", "to", "kind", "name", "title", "what", "text", "note", "state", "by", "url", "person", "team", "verdict", "summary", "priority", "type",
}

func named(f field, text string) string {
	if slices.Contains(speaks, f.name) {
		return text
	}
	return label(f.name) + " " + text
}

// ordered has the fields that matter most first, and the rest as the API wrote them.
func ordered(o object) object {
	rank := func(f field) int {
		if i := slices.Index(first, f.name); i >= 0 {
			return i
		}
		return len(first)
	}
	out := slices.Clone(o)
	slices.SortStableFunc(out, func(a, b field) int { return rank(a) - rank(b) })
	return out
}

// brief tells what can stand on one line.
func brief(v any) bool {
	switch v := v.(type) {
	case object:
		return false
	case []any:
		return !slices.ContainsFunc(v, func(one any) bool { return !brief(one) })
	case string:
		return !strings.Contains(v, "\n")
	}
	return true
}

// inline is a value in words, on one line.
func inline(v any, s *openapi3.Schema) string {
	s = plain(s)
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case string:
		return word(v, s)
	case []any:
		all := make([]string, len(v))
		for i, one := range v {
			all[i] = inline(one, items(s))
		}
		return strings.Join(all, ", ")
	case object:
		var all []string
		for _, f := range v {
			if shown(f) {
				all = append(all, named(f, inline(f.value, property(s, f.name))))
			}
		}
		return strings.Join(all, " ")
	}
	return oneLine(fmt.Sprint(v))
}

// word is a text as it is, an instant on the reader's clock, and a word of the contract
// as people say it.
func word(text string, s *openapi3.Schema) string {
	switch {
	case s == nil:
	case s.Format == "date-time":
		return here(text)
	case len(s.Enum) > 0, spokenWord(s):
		return stateWords(text)
	}
	return oneLine(text)
}

// title is a field's name at the head of a line.
func title(name string) string {
	words := label(name)
	if words == "" {
		return name
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// spokenWord tells a state of any kind, which the contract lists elsewhere.
func spokenWord(s *openapi3.Schema) bool { return s.Extensions["x-go-type"] == "itsm.State" }
