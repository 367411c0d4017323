package feeds

import (
	"strconv"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// valueOf is the value of a property; empty where there is none.
func valueOf(c *ics.ComponentBase, property ics.ComponentProperty) string {
	if p := c.GetProperty(property); p != nil {
		return p.Value
	}
	return ""
}

// valuesOf is every value of a property that may stand more than once.
func valuesOf(c *ics.ComponentBase, property ics.ComponentProperty) (all []string) {
	for _, p := range c.GetProperties(property) {
		all = append(all, strings.Split(p.Value, ",")...)
	}
	return all
}

func param(p *ics.IANAProperty, name string) string {
	if v := p.ICalParameters[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// edits reads a SEQUENCE; none at all are none.
func edits(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// guestsOf are those whom an event names by their mail addresses.
func guestsOf(c *ics.ComponentBase) (all []guest) {
	for _, p := range c.GetProperties(ics.ComponentPropertyAttendee) {
		mail := p.Value
		if own := param(p, "EMAIL"); own != "" { // RFC 7986, 6.2
			mail = own
		}
		if len(mail) >= len("mailto:") && strings.EqualFold(mail[:len("mailto:")], "mailto:") {
			mail = mail[len("mailto:"):]
		}
		all = append(all, guest{strings.TrimSpace(mail), strings.EqualFold(param(p, "PARTSTAT"), "DECLINED")})
	}
	return all
}

// shown puts a stranger's text into a sentence: cut short, in quotes, and with nothing
// in it that a screen would obey.
func shown(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return strconv.Quote(text)
}
