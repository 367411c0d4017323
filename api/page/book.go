package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// book is what a page says names and times with, as its reader knows them.
type book struct {
	me       itsm.PersonID
	people   []itsm.Person
	services []itsm.Service
	zone     *time.Location
	now      time.Time
}

// open reads what names and zones the reader's page needs.
func (d *Door) book(v visit) (book, error) {
	b := book{me: v.who.Person, zone: time.UTC, now: d.Now()}
	var err error
	if b.people, err = d.desk.People(v.Request.Context(), v.who); err != nil {
		return b, err
	}
	if b.services, err = d.desk.Services(v.Request.Context(), v.who); err != nil {
		return b, err
	}
	if me, ok := b.person(b.me); ok {
		if zone, err := time.LoadLocation(me.Zone); err == nil { // the catalog was checked; without it, UTC says so
			b.zone = zone
		}
	}
	return b, nil
}

func (b book) person(id itsm.PersonID) (itsm.Person, bool) {
	i := slices.IndexFunc(b.people, func(p itsm.Person) bool { return p.ID == id })
	if i < 0 {
		return itsm.Person{}, false
	}
	return b.people[i], true
}

// Name is what people call somebody.
func (b book) Name(id itsm.PersonID) string {
	p, ok := b.person(id)
	switch {
	case id == itsm.System:
		return "Steward"
	case !ok || p.Name == "":
		return string(id)
	default:
		return p.Name
	}
}

// Names puts people in a row: Ana, Bob and Eve (you).
func (b book) Names(ids []itsm.PersonID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = b.Name(id)
		if id == b.me {
			names[i] += " (you)"
		}
	}
	return row(names, "and")
}

func row(words []string, last string) string {
	switch n := len(words); n {
	case 0:
		return "nobody"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
}

// Service is what people call a service.
func (b book) Service(id itsm.ServiceID) string {
	for _, s := range b.services {
		if s.ID == id {
			return s.Name
		}
	}
	return string(id)
}

// Roles puts roles in a row.
func (book) Roles(roles []itsm.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = strings.ReplaceAll(string(r), "_", " ")
	}
	return row(words, "or")
}

// when is an instant as its reader's clock shows it.
type when struct {
	ISO   string
	Text  string
	Apart string // how far it is from now: in 3 h, 2 days ago
}

// Says is a forecast with people by their names.
func (b book) Says(f itsm.Forecast) string { return f.Says(b.Name) }

// At is an instant in the reader's zone.
func (b book) At(t time.Time) when {
	return when{ISO: t.UTC().Format(time.RFC3339), Text: b.local(t), Apart: apart(t.Sub(b.now))}
}

func (b book) local(t time.Time) string { return t.In(b.zone).Format("Mon 2 Jan 2006, 15:04 MST") }

// Window says from when to when.
func (b book) Window(w itsm.Window) [2]when { return [2]when{b.At(w.Start), b.At(w.End)} }

func apart(d time.Duration) string {
	text := length(d.Abs())
	switch {
	case d.Abs() < time.Minute:
		return "now"
	case d > 0:
		return "in " + text
	default:
		return text + " ago"
	}
}

func length(d time.Duration) string {
	minutes := int(d / time.Minute)
	switch hours, days := minutes/60, minutes/(24*60); {
	case days >= 2:
		return fmt.Sprintf("%d days", days)
	case hours >= 3:
		return fmt.Sprintf("%d h", hours)
	case hours >= 1 && minutes%60 > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours >= 1:
		return fmt.Sprintf("%d h", hours)
	default:
		return fmt.Sprintf("%d min", minutes)
	}
}
