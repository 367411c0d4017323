package page

import (
	"encoding"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// parsed reads what a form holds as text, such as a date or an amount. What is empty
// stays what it was: whether it is needed is for the rules to say.
func (f form) parsed(name string, into encoding.TextUnmarshaler) error {
	text := strings.TrimSpace(f[name])
	if text == "" {
		return nil
	}
	err := into.UnmarshalText([]byte(text))
	if err == nil {
		return nil
	}
	e := itsm.AsError(err)
	e.Fields = []itsm.Field{{Pointer: "/" + name, Message: e.Message}}
	return e
}

// some is what parsed reads of what may be left out; nil: it was.
func some[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](f form, name string) (*T, error) {
	if strings.TrimSpace(f[name]) == "" {
		return nil, nil //nolint:nilnil // none is no fault
	}
	var v T
	return &v, f.parsed(name, P(&v))
}

// rows is how many rows a form has that somebody wrote something into: what is empty
// before others is a fault, and is named.
func (f form) rows(list string, most int, columns []string) (n int) {
	for k := range most {
		for _, c := range columns {
			if f[cell(list, k, c)] != "" {
				n = k + 1
			}
		}
	}
	return n
}

// listed are the rows of a list that somebody wrote something into, and which of the
// form's they are: one that was emptied is left out.
func listed[T any](f form, list string, most int, columns []string, read func(at func(string) string) T) (all []T, rows []int) {
	for n := range f.rows(list, most, columns) {
		at := func(column string) string { return f[cell(list, n, column)] }
		if slices.ContainsFunc(columns, func(c string) bool { return at(c) != "" }) {
			all, rows = append(all, read(at)), append(rows, n)
		}
	}
	return all, rows
}

// inRows has the faults of a list point at the rows of the form that it was read from.
func inRows(err error, list string, rows []int) error {
	e, ok := errors.AsType[*itsm.Error](err)
	if !ok {
		return err
	}
	moved := *e
	moved.Fields = slices.Clone(e.Fields)
	for n, f := range moved.Fields {
		rest, within := strings.CutPrefix(f.Pointer, "/"+list+"/")
		row, column, _ := strings.Cut(rest, "/")
		if k, bad := strconv.Atoi(row); within && bad == nil && k < len(rows) {
			moved.Fields[n].Pointer = "/" + cell(list, rows[k], column)
		}
	}
	return &moved
}

// cell is the name of a field in a row of a list, as the rules point at it.
func cell(list string, row int, column string) string {
	return fmt.Sprintf("%s/%d/%s", list, row, column)
}

// roomy is how many rows a form shows for so many that are there: some empty ones more.
func roomy(written, least, most int) int { return min(max(written+2, least), most) }

// chosen marks what is so now among some options.
func chosen[T ~string](options []option, now T) []option {
	for n := range options {
		options[n].Chosen = options[n].Value == string(now)
	}
	return options
}

// capital begins a heading.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
