package typed

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// What people type after the number of a supplier, of a contract or of a review, taken
// apart as that of corrective actions is.

var (
	day     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?%?$`)
)

// Move reads to which state, why, and what shows that: due diligence because we need it.
func Move(text string) (Fields, string) {
	to, rest := choice(text, itsm.SupplierStates)
	note := Note(rest)
	return shownBy(said("to", to), note), note
}

// Assess reads whether a supplier was found suitable, how one knows, and what shows that:
// not suitable: see https://audits.example/1.
func Assess(text string) (Fields, string) {
	f := Fields{}
	word, rest := Word(text)
	no := plain(word) == "not"
	if no {
		word, rest = Word(rest)
	}
	switch plain(word) {
	case "suitable", "yes":
		f["suitable"], text = "yes", rest
	case "unsuitable", "no":
		f["suitable"], text = "no", rest
	}
	if no && f["suitable"] == "yes" {
		f["suitable"] = "no"
	}
	note := Note(text)
	return shownBy(f, note), note
}

// Certificate reads what a certificate is called, until when it is valid, and where it
// is: ISO 27001 until 2027-03-31 https://certs.example/1.
func Certificate(text string) (Fields, string) {
	f := Fields{}
	var name []string
	for w := range strings.FieldsSeq(text) {
		bare := strings.TrimRight(w, ",;")
		switch {
		case day.MatchString(bare):
			f["expires"] = bare
		case strings.Contains(w, "://"):
			f["url"] = w
		case plain(w) == "until" && len(name) > 0:
		default:
			name = append(name, w)
		}
	}
	if len(name) > 0 {
		f["name"] = strings.TrimRight(strings.Join(name, " "), ",;")
	}
	return f, ""
}

// Which reads a number that tells one of several, and a note.
func Which(text string) (Fields, string) {
	word, rest := Word(text)
	if plain(word) == "" || strings.Trim(plain(word), "0123456789") != "" {
		return Fields{}, Note(text)
	}
	return said("id", plain(word)), Note(rest)
}

// Propose reads what others are asked for, and why: renew because it serves us well.
func Propose(text string) (Fields, string) {
	decision, rest := choice(text, itsm.ContractDecisions)
	return said("decision", decision), Note(rest)
}

// Evidence takes all of a text for what shows something: addresses, numbers of records,
// or else what was seen.
func Evidence(text string) (Fields, string) {
	f := shownBy(Fields{}, text)
	if f["evidence"] == "" && strings.TrimSpace(text) != "" {
		f["evidence"] = text
	}
	return f, ""
}

// Compared reads what a comparison showed, and what shows that.
func Compared(text string) (Fields, string) {
	note := Note(text)
	return shownBy(Fields{}, note), note
}

// Measure reads a measure of those that there are, what was measured, and what shows it:
// Availability 99.95 https://graphs.example/1; or its number instead of its name.
func Measure(text string, r *itsm.SupplierReview) Fields {
	at, rest := Reading(text, r)
	f := Fields{}
	if at < 0 {
		return f
	}
	o := &r.Readings[at]
	f["name"] = o.Name
	word, after := Word(strings.TrimPrefix(strings.TrimSpace(rest), ":"))
	if number := strings.TrimSuffix(strings.TrimRight(word, ",;"), "%"); decimal.MatchString(number) {
		if f["value"] = number; o.Goal == nil {
			f = Fields{"name": o.Name, "criterion": string(o.Criterion), "points": number}
		}
		if word, rest := Word(after); plain(word) == "points" {
			after = rest
		}
		rest = after
	}
	shows, _ := Evidence(strings.TrimSpace(Note(rest)))
	maps.Copy(f, shows)
	return f
}

// Reading finds which measure of a review a text begins with, by its name or its number;
// less than 0: none.
func Reading(text string, r *itsm.SupplierReview) (at int, rest string) {
	text = strings.TrimSpace(text)
	best := -1
	for n, o := range r.Readings {
		if len(text) < len(o.Name) || !strings.EqualFold(text[:len(o.Name)], o.Name) {
			continue
		}
		if after := text[len(o.Name):]; strings.Trim(after, " \t\n:,") != "" && !strings.ContainsAny(after[:1], " \t\n:,") {
			continue // a longer name that begins alike
		}
		if best < 0 || len(o.Name) > len(r.Readings[best].Name) {
			best = n
		}
	}
	if best >= 0 {
		return best, strings.TrimLeft(text[len(r.Readings[best].Name):], " \t\n:,")
	}
	word, rest := Word(text)
	for n := range r.Readings {
		if plain(word) == strconv.Itoa(n+1) {
			return n, rest
		}
	}
	return -1, text
}

// Meet reads who was there, and what was said: with Zoe, Ida: they add a second line.
func Meet(text string) (Fields, string) {
	word, rest := Word(text)
	if plain(word) != "with" {
		return Fields{}, Note(text)
	}
	who, what, found := strings.Cut(rest, ":")
	if !found {
		return Fields{}, Note(rest)
	}
	var names []string
	for name := range strings.SplitSeq(who, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return said("attendees", strings.Join(names, "\n")), strings.TrimSpace(what)
}

// Action reads whose an action is, until when, and what: @ida 2027-03-31 Add a second
// line. A person or a date that is not there is empty.
func Action(text string) (person, due, title string) {
	var words []string
	for w := range strings.FieldsSeq(text) {
		switch bare := strings.TrimRight(w, ",;:"); {
		case strings.HasPrefix(w, "@") && person == "":
			person = bare
		case day.MatchString(bare) && due == "":
			due = bare
		default:
			words = append(words, w)
		}
	}
	for len(words) > 0 && slices.Contains([]string{"by", "until"}, plain(words[0])) { // @ida by 2027-03-31 …
		words = words[1:]
	}
	return person, due, strings.Join(words, " ")
}
