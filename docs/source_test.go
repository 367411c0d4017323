package docs_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/cmd/steward/client"
)

// source is what the repository's Go files say, as far as the documents speak of it.
type source struct {
	names    map[string]bool // audit.Verify, itsm.Change.Decide, itsm.ChangePolicy.RemindAfter
	literals map[string]bool // every string in the product, its stand-ins and tests left out
	verbs    map[string]bool // the words of the command line
	refusals []refusal
	subjects []string  // the kinds of record that are decided on
	blocks   []refusal // what refuses on a record of each of those kinds, by the rest of the code
}

// refusal is one place at which something is refused under a code.
type refusal struct{ pkg, file, code, kind, sentence string }

const root = ".."

// read parses the repository once for all tests.
var read = sync.OnceValues(func() (*source, error) {
	s := &source{names: map[string]bool{}, literals: map[string]bool{}, verbs: map[string]bool{}}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch name := e.Name(); {
		case err != nil:
			return err
		case e.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "tools" || name == "testdata"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".go"):
			return s.add(path)
		}
		return nil
	})
	s.unblock()
	return s, errors.Join(err, s.contract())
})

// unblock gives the refusals of a building block the codes that they have on each
// kind of record.
func (s *source) unblock() {
	for _, kind := range s.subjects {
		for _, r := range s.blocks {
			r.code = kind + "." + r.code
			s.literals[r.code] = true
			s.refusals = append(s.refusals, r)
		}
	}
	slices.SortStableFunc(s.refusals, func(a, b refusal) int { return strings.Compare(a.file, b.file) })
}

func code(t *testing.T) *source {
	t.Helper()
	s, err := read()
	require.NoError(t, err)
	require.NotEmpty(t, s.refusals)
	return s
}

func (s *source) add(path string) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	pkg := filepath.Base(filepath.Dir(path))
	for _, d := range f.Decls {
		s.declare(pkg, d)
	}
	if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "slackfake") {
		return nil
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if text, ok := literal(n); ok {
			s.literals[text] = true
		}
		if pair, ok := n.(*ast.KeyValueExpr); ok && pkg == "steward" && last(pair.Key) == "Use" {
			use, _ := literal(pair.Value)
			verb, _, _ := strings.Cut(use, " ")
			s.verbs[verb] = true
		}
		file := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if r, ok := refused(n); ok {
			r.pkg, r.file = pkg, file
			s.refusals = append(s.refusals, r)
		}
		if r, ok := blocked(n); ok {
			r.pkg, r.file = pkg, file
			s.blocks = append(s.blocks, r)
		}
		if kind, ok := subject(n); ok {
			s.subjects = append(s.subjects, kind)
		}
		return true
	})
	return nil
}

// contract adds the commands that are made out of the contract.
func (s *source) contract() error {
	text, err := os.ReadFile(filepath.Join(root, "api", "openapi.yaml"))
	if err != nil {
		return err
	}
	c, err := client.Read(text)
	if err != nil {
		return err
	}
	for _, kind := range c.Commands() {
		s.verbs[kind.Name()] = true
		for _, verb := range kind.Commands() {
			s.verbs[verb.Name()] = true
		}
	}
	return nil
}

func (s *source) declare(pkg string, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			s.names[pkg+"."+d.Name.Name] = true
		} else {
			s.names[pkg+"."+receiver(d.Recv.List[0].Type)+"."+d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.declareType(pkg+"."+spec.Name.Name, spec.Type)
			case *ast.ValueSpec:
				for _, n := range spec.Names {
					s.names[pkg+"."+n.Name] = true
				}
			}
		}
	}
}

func (s *source) declareType(name string, t ast.Expr) {
	s.names[name] = true
	if record, ok := t.(*ast.StructType); ok {
		for _, f := range record.Fields.List {
			for _, n := range f.Names {
				s.names[name+"."+n.Name] = true
			}
		}
	}
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	default:
		return ""
	}
}

// refused reads a refusal: Refuse(kind, "code", "sentence"), a collection of
// faults that refuses as "code", or a row of a table {kind, "code", "sentence"}.
func refused(n ast.Node) (r refusal, ok bool) {
	switch n := n.(type) {
	case *ast.CallExpr:
		if called(n) == "Refuse" && len(n.Args) >= 3 {
			return asRefusal(n.Args)
		}
		if called(n) == "refuse" && len(n.Args) == 2 {
			code, coded := literal(n.Args[0])
			what, said := begun(n.Args[1])
			return refusal{code: code, kind: "Invalid", sentence: what + " cannot be taken as it is: …"}, coded && said
		}
	case *ast.CompositeLit:
		if len(n.Elts) == 3 {
			return asRefusal(n.Elts)
		}
	}
	return r, false
}

// blocked reads a refusal of a building block: refuse(kind, "rest of the code",
// "sentence"), where what the code begins with is the kind of record.
func blocked(n ast.Node) (r refusal, ok bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || called(call) != "refuse" || len(call.Args) < 3 {
		return r, false
	}
	r.kind = last(call.Args[0])
	r.code, ok = literal(call.Args[1])
	r.sentence, _ = literal(call.Args[2])
	return r, ok && kinds[r.kind] != ""
}

// subject reads what kind of record an approval is of.
func subject(n ast.Node) (string, bool) {
	list, ok := n.(*ast.CompositeLit)
	if !ok || last(list.Type) != "Subject" {
		return "", false
	}
	for _, e := range list.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok && last(pair.Key) == "Kind" {
			return literal(pair.Value)
		}
	}
	return "", false
}

// begun is a text, or what one begins with that ends in a value.
func begun(e ast.Expr) (string, bool) {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		text, said := literal(sum.X)
		return text + "…", said
	}
	return literal(e)
}

func asRefusal(args []ast.Expr) (r refusal, ok bool) {
	r.kind = last(args[0])
	code, ok := literal(args[1])
	r.code = code
	r.sentence, _ = literal(args[2])
	return r, ok && kinds[r.kind] != "" && strings.Contains(r.code, ".") || r.code == "internal"
}

func called(c *ast.CallExpr) string { return last(c.Fun) }

func last(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	default:
		return ""
	}
}

func literal(n ast.Node) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// documents are the pages of this folder by their path in it.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	require.NoError(t, filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		pages[filepath.ToSlash(path)] = string(text)
		return err
	}))
	return pages
}
