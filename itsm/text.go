package itsm

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what people write, in characters.
const (
	MaxTitle = 120
	MaxText  = 4000
	MaxNote  = 2000
)

// faults collects what is wrong with a request, field by field.
type faults []Field

func (f *faults) add(pointer, format string, args ...any) {
	*f = append(*f, Field{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

// line checks a single line of text: present, bounded, printable.
func (f *faults) line(pointer, text string, most int) {
	if strings.TrimSpace(text) == "" {
		f.add(pointer, "is needed")
	} else if strings.ContainsAny(text, "\n\r\t") {
		f.add(pointer, "must be one line")
	}
	f.text(pointer, text, most)
}

// needed checks a text that must not be empty.
func (f *faults) needed(pointer, text string, most int) {
	if strings.TrimSpace(text) == "" {
		f.add(pointer, "is needed")
	}
	f.text(pointer, text, most)
}

// text checks that a text can be stored and shown: Postgres takes no NUL, and a
// control or direction mark in a title can make a card say what nobody wrote.
func (f *faults) text(pointer, text string, most int) {
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text):
		f.add(pointer, "is not valid UTF-8")
	case n > most:
		f.add(pointer, "has %d characters; %d is the most", n, most)
	case strings.ContainsFunc(text, unprintable):
		f.add(pointer, "has a control character; remove it")
	}
}

// refuse is nil when nothing is wrong. The first fault is in the message, so
// that a reader of one line knows what to mend.
func (f faults) refuse(code, what string) error {
	if len(f) == 0 {
		return nil
	}
	e := Refuse(Invalid, code, "%s cannot be taken as it is: %s %s.", what, strings.TrimPrefix(f[0].Pointer, "/"), f[0].Message)
	e.Fields = f
	return e
}

// unprintable finds what nobody sees and a screen may obey. The two joiners stay:
// Persian and the emoji of families cannot do without them.
func unprintable(r rune) bool {
	switch r {
	case '\n', '\r', '\t', '\u200c', '\u200d':
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// head is as much of a text as may be, in characters; what is cut ends in an ellipsis.
func head(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
