package reach

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/steward-itsm/steward/itsm"
)

// KindPage is the kind of a message that says no other: somebody is paged for an
// incident.
const KindPage = "incident.page"

// maxSubject bounds a subject, in characters: a telephone shows fewer.
const maxSubject = 200

// Message is a short page to one person.
type Message struct {
	Key     string      // stable, such as INC-7/page/1.1/bob: under the same key it is the same page
	Subject string      // one line
	Text    string      // plain
	URL     string      // where to read on; empty: nowhere
	Number  itsm.Number // the record that it is about
	Kind    string      // for programs, the type of a webhook's body; empty: KindPage
}

// plain is what may stand in a header as it is.
var plain = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9/._:@-]{0,199}$`)

// check refuses (reach.message) what our own code never makes and no header could
// hold.
func (m Message) check() error {
	for field, text := range map[string]string{"key": m.Key, "number": string(m.Number), "kind": m.kind()} {
		if !plain.MatchString(text) {
			return itsm.Refuse(itsm.Internal, "reach.message", "The %s of a page must be up to 200 letters, digits and / . _ : @ -, and not %.40q.", field, text)
		}
	}
	return nil
}

func (m Message) kind() string {
	if m.Kind == "" {
		return KindPage
	}
	return m.Kind
}

// subject is the subject as one line. What nobody sees is left out, and so is what
// only looks encoded: it would be decoded into what nobody wrote.
func (m Message) subject() string {
	text := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d': // the joiners of Persian, and of families among emoji
			return r
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, strings.ToValidUTF8(m.Subject, "\uFFFD"))
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "=?", "= ?")
	if r := []rune(text); len(r) > maxSubject {
		return string(r[:maxSubject-1]) + "…"
	}
	return text
}

// body is the text as it is mailed, with the address to read on below it, and one
// kind of line break.
func (m Message) body() string {
	text := strings.TrimSpace(strings.ToValidUTF8(m.Text, "\uFFFD"))
	if m.URL != "" {
		text += "\n\n" + m.URL
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text) + "\n"
}
