package catalog

import (
	"encoding"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/steward-itsm/steward/itsm"
)

// decode puts a node into a value of the catalog and goes on after a fault, so
// that one reading tells them all. The catalog's own types say what may stand
// where: structs by their JSON names, lists, words and yes-or-no.
func (r *reader) decode(pointer string, n ast.Node, into reflect.Value) {
	if n == nil || n.Type() == ast.NullType {
		return // as if it were not there: the rules say what is needed
	}
	if _, ok := r.places[pointer]; !ok || pointer == "" {
		r.places[pointer] = at(n.GetToken())
	}
	switch n := n.(type) {
	case *ast.AliasNode, *ast.AnchorNode:
		r.refuse(pointer, n, "uses an alias or an anchor; write the value out, so that a reader sees it where it counts")
		return
	case *ast.TagNode:
		r.refuse(pointer, n, "has a tag (%s); remove it", n.GetToken().Value)
		return
	}
	switch {
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		r.decode(pointer, n, into.Elem())
	case into.Kind() == reflect.Struct && !scalar(into):
		r.object(pointer, n, into)
	case into.Kind() == reflect.Slice:
		r.list(pointer, n, into)
	case into.Kind() == reflect.Bool:
		r.bool(pointer, n, into)
	case into.Kind() == reflect.Int:
		r.int(pointer, n, into)
	default:
		r.word(pointer, n, into)
	}
}

func (r *reader) object(pointer string, n ast.Node, into reflect.Value) {
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.refuse(pointer, n, "must have keys and values, such as %s: …, and not be %s", keys(into.Type())[0], kind(n))
		return
	}
	met := map[string]place{}
	for _, pair := range pairs {
		r.pair(pointer, pair, into, met)
	}
}

func (r *reader) pair(pointer string, pair *ast.MappingValueNode, into reflect.Value, met map[string]place) {
	key := pair.Key.GetToken().Value
	here := at(pair.Key.GetToken())
	child := pointer + "/" + escape(key)
	field, ok := fieldNamed(into, key)
	if _, plain := pair.Key.(*ast.StringNode); !plain || !ok {
		known := keys(into.Type())
		hint := itsm.DidYouMean(key, known)
		if hint == "" {
			hint = "; one of " + strings.Join(known, ", ")
		}
		r.fault(child, here, "there is no such key%s", hint)
		return
	}
	if first, again := met[key]; again {
		r.fault(child, here, "is here a second time; the first is at line %d", first.line)
		return
	}
	met[key] = here
	r.places[child] = here
	if pair.Value != nil && pair.Value.Type() != ast.NullType && scalar(field) {
		r.places[child] = at(pair.Value.GetToken())
	}
	r.decode(child, pair.Value, field)
}

func (r *reader) list(pointer string, n ast.Node, into reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		r.refuse(pointer, n, "must be a list, such as [one, two] or a line with a dash for each, and not %s", kind(n))
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(seq.Values), len(seq.Values)))
	for i, v := range seq.Values {
		r.decode(pointer+"/"+strconv.Itoa(i), v, into.Index(i))
	}
}

func (r *reader) bool(pointer string, n ast.Node, into reflect.Value) {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.refuse(pointer, n, "must be true or false, and not %s", kind(n))
		return
	}
	into.SetBool(b.Value)
}

func (r *reader) int(pointer string, n ast.Node, into reflect.Value) {
	text := n.GetToken().Value
	v, err := strconv.Atoi(text)
	if _, ok := n.(*ast.IntegerNode); !ok || err != nil {
		r.refuse(pointer, n, "must be a whole number, such as 3, and not %s", kind(n))
		return
	}
	into.SetInt(int64(v))
}

func (r *reader) word(pointer string, n ast.Node, into reflect.Value) {
	var text string
	switch n := n.(type) {
	case *ast.StringNode:
		text = n.Value
	case *ast.LiteralNode:
		text = strings.TrimRight(n.Value.Value, "\n")
	case *ast.IntegerNode:
		if into.Type() != reflect.TypeFor[itsm.Need]() {
			r.refuse(pointer, n, "must be a word or a line of text, and not a number%s", quoteHint(n))
			return
		}
		text = n.GetToken().Value
	default:
		r.refuse(pointer, n, "must be a word or a line of text, and not %s%s", kind(n), quoteHint(n))
		return
	}
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](into.Addr()); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			r.refuse(pointer, n, "%s", sentence(err))
		}
		return
	}
	into.SetString(text)
}

// refuse tells a fault in the shape of a value, and keeps the rules from judging
// what was never read.
func (r *reader) refuse(pointer string, n ast.Node, format string, args ...any) {
	if r.broken == nil {
		r.broken = map[string]bool{}
	}
	r.broken[pointer] = true
	r.fault(pointer, at(n.GetToken()), format, args...)
}

func sentence(err error) string {
	if e, ok := errors.AsType[*itsm.Error](err); ok {
		return strings.TrimSuffix(e.Message, ".")
	}
	return err.Error()
}

func quoteHint(n ast.Node) string {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return `; if it is meant so, put it in quotes: "` + n.GetToken().Value + `"`
	default:
		return ""
	}
}

// kind says what a node is, in words.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	default:
		return "this"
	}
}

// scalar reports whether a value is written as one word, as a struct such as
// itsm.Need can be.
func scalar(v reflect.Value) bool {
	if v.Kind() == reflect.Pointer {
		return scalar(reflect.Zero(v.Type().Elem()))
	}
	return (v.Kind() != reflect.Struct && v.Kind() != reflect.Slice) ||
		reflect.PointerTo(v.Type()).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// keys lists a struct's names in JSON, in order.
func keys(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func fieldNamed(v reflect.Value, name string) (reflect.Value, bool) {
	for i, k := range keys(v.Type()) {
		if k == name {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }
