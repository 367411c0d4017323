package page

import (
	"errors"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/steward-itsm/steward/itsm"
)

// The bounds of a form, in bytes: a note takes 24 KB when every character of it
// is written as twelve; the texts of a whole record take more.
const (
	smallForm = 32 << 10
	largeForm = 512 << 10
)

// formBound is that of a form by the last word of its address.
func formBound(address string) int64 {
	switch path.Base(address) {
	case "edit", "assess", "new", "rca", "workaround", "review", "plan", "verify", "step", "exit", "move", "amend", "notice", "measure", "judge", "meet", "agree":
		return largeForm
	}
	return smallForm
}

// form is what somebody filled in, each field once.
type form map[string]string

// readForm reads a form that can be read in one way only.
func readForm(w http.ResponseWriter, r *http.Request, most int64) (form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, itsm.Refuse(itsm.Invalid, "request.media_type", "A form is sent as application/x-www-form-urlencoded.")
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, itsm.Refuse(itsm.Invalid, "request.too_large", "That is more than this form takes. Shorten it.")
		}
		return nil, unreadable()
	}
	f := form{}
	for name, values := range r.PostForm {
		if len(values) != 1 || !utf8.ValidString(values[0]) || strings.ContainsRune(values[0], 0) {
			return nil, unreadable()
		}
		f[name] = newlines.Replace(values[0])
	}
	return f, nil
}

func unreadable() error {
	return itsm.Refuse(itsm.Invalid, "request.unparseable", "That form cannot be read.")
}

// newlines undoes what browsers make of the end of a line.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// check refuses a form that lacks what every one of ours carries; hashed: also those
// on a text that is decided on.
func (f form) check(hashed bool) error {
	if len(f["key"]) != keyLength || (hashed && f["content_hash"] == "") {
		return unreadable()
	}
	return nil
}

// keyLength is that of rand.Text.
const keyLength = 26

// typed is what somebody wrote that they would not want to write again.
func (f form) typed() string {
	if f["text"] != "" {
		return f["text"]
	}
	return f["note"]
}
