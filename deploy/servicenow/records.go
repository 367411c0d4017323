package servicenow

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds on a file.
const (
	MaxBytes   = 512 << 20
	maxRecord  = 64 << 10 // bytes of one row
	maxField   = 4 << 10  // bytes of one field
	maxColumns = 512
	maxLines   = 200 // of one row: a quoted field may hold some
	maxRows    = 500_000
)

// records cuts a CSV file into rows. It holds no more than one row in memory and
// begins anew after each row that cannot be read.
type records struct {
	in      *bufio.Reader
	read    int64  // bytes
	line    int    // of the next line
	pending []held // lines that were taken for part of a quoted field and are not
}

// fault is why a row, or a whole file, cannot be read.
type fault struct {
	line         int
	column       string
	code, reason string
	text         []byte // of the row, as far as it goes
}

func (f *fault) Error() string { return f.reason }

func newRecords(in io.Reader) *records {
	r := &records{in: bufio.NewReaderSize(in, maxRecord), line: 1}
	if start, _ := r.in.Peek(3); bytes.Equal(start, []byte("\xef\xbb\xbf")) {
		_, _ = r.in.Discard(3) // what was peeked at is there
	}
	return r
}

// next gives the fields of the next row and the line that it begins at. The error
// is io.EOF at the end, *fault for a row that was left out, and anything else for a
// file that cannot be read any further.
func (r *records) next() (fields []string, line int, err error) {
	for {
		text, line, err := r.record()
		if err != nil {
			return nil, line, err
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		fields, err := split(text, line)
		return fields, line, err
	}
}

// record takes lines until their quotes are even: a line may end within a field.
func (r *records) record() (text []byte, line int, err error) {
	line = r.line
	text, err = r.nextLine()
	if err != nil {
		return nil, line, err
	}
	var more []held
	for open := odd(text); open; {
		next, err := r.nextLine()
		var broken *fault
		if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &broken) {
			return nil, line, err
		}
		if !errors.Is(err, io.EOF) {
			more = append(more, held{next, err})
		}
		if err != nil || len(text)+len(next) > maxRecord || len(more) > maxLines {
			r.pending, r.line = append(more, r.pending...), line+1
			return nil, line, &fault{line: line, text: text, code: "csv.quote", reason: "a quote opens here and does not close; write a quote within a field as two"}
		}
		text = append(text, next...)
		open = open != odd(next)
	}
	return text, line, nil
}

func odd(text []byte) bool { return bytes.Count(text, []byte{'"'})%2 == 1 }

// held is a line, or why there is none, that is to be read once more.
type held struct {
	text []byte
	err  error
}

// nextLine gives a line with its end.
func (r *records) nextLine() ([]byte, error) {
	r.line++
	if len(r.pending) > 0 {
		next := r.pending[0]
		r.pending = r.pending[1:]
		return next.text, next.err
	}
	text, err := r.in.ReadSlice('\n')
	r.read += int64(len(text))
	text = bytes.Clone(text)
	tooLong := errors.Is(err, bufio.ErrBufferFull)
	for errors.Is(err, bufio.ErrBufferFull) && r.read <= MaxBytes {
		var rest []byte
		rest, err = r.in.ReadSlice('\n')
		r.read += int64(len(rest))
	}
	switch {
	case r.read > MaxBytes:
		return nil, &FileError{Refusal{Line: r.line - 1, Code: "csv.too_big", Message: fmt.Sprintf(
			"The file has more than %d MiB; split it, each incident whole in one part.", MaxBytes>>20)}}
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case tooLong:
		return nil, &fault{line: r.line - 1, text: text, code: "csv.too_long", reason: fmt.Sprintf("the line has more than %d bytes; no row needs that", maxRecord)}
	case len(text) == 0:
		return nil, io.EOF
	}
	return text, nil
}

// split takes a row apart.
func split(text []byte, line int) ([]string, error) {
	bad := func(code, format string, args ...any) error {
		return &fault{line: line, code: code, reason: fmt.Sprintf(format, args...), text: text}
	}
	switch {
	case bytes.IndexByte(text, 0) >= 0:
		return nil, bad("csv.nul", "the row holds a NUL byte; export it again as CSV in UTF-8")
	case !utf8.Valid(text):
		return nil, bad("csv.encoding", "the row is not UTF-8 text; export it again as CSV in UTF-8")
	}
	c := csv.NewReader(bytes.NewReader(text))
	c.FieldsPerRecord = -1
	fields, err := c.Read()
	var astray *csv.ParseError
	switch {
	case errors.As(err, &astray):
		return nil, bad("csv.quote", "a quote stands astray at character %d; put the field in quotes and write a quote within it as two", astray.Column)
	case err != nil:
		return nil, bad("csv.broken", "the row is no CSV; export it again")
	case len(fields) > maxColumns:
		return nil, bad("csv.too_many_fields", "the row has %d fields; %d is the most", len(fields), maxColumns)
	}
	for i, f := range fields {
		if len(f) > maxField {
			return nil, bad("csv.too_long", "field %d has %d bytes; %d is the most", i+1, len(f), maxField)
		}
	}
	return fields, nil
}

// number guesses of which incident a row is that cannot be taken apart.
func (f *fault) number(at int) string {
	fields := strings.SplitN(string(f.text[:min(len(f.text), maxField)]), ",", at+2)
	if at >= len(fields) {
		return ""
	}
	number := strings.Trim(fields[at], " \t\r\n\"")
	if !sourceNumber.MatchString(number) {
		return ""
	}
	return number
}
