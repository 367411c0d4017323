package book

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Book is what a page says names and times with, as its reader knows them.
type Book struct {
	Me       itsm.PersonID
	People   []itsm.Person
	Services []itsm.Service // that the reader may see
	Zone     *time.Location
	Now      time.Time
}

// Person finds somebody of the catalog.
func (b Book) Person(id itsm.PersonID) (itsm.Person, bool) {
	i := slices.IndexFunc(b.People, func(p itsm.Person) bool { return p.ID == id })
	if i < 0 {
		return itsm.Person{}, false
	}
	return b.People[i], true
}

// Name is what people call somebody.
func (b Book) Name(id itsm.PersonID) string {
	p, ok := b.Person(id)
	switch {
	case id == itsm.System:
		return "Steward"
	case id == itsm.Monitoring:
		return "Monitoring"
	case !ok || p.Name == "":
		return string(id)
	default:
		return p.Name
	}
}

// Names puts people in a row: Ana, Bob and Eve (you).
func (b Book) Names(ids []itsm.PersonID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = b.Name(id)
		if id == b.Me {
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
func (b Book) Service(id itsm.ServiceID) string {
	for _, s := range b.Services {
		if s.ID == id {
			return s.Name
		}
	}
	return string(id)
}

// Teams are those that have a service, in order.
func (b Book) Teams() (all []itsm.TeamID) {
	for _, s := range b.Services {
		all = append(all, s.Team)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Roles puts roles in a row.
func (Book) Roles(roles []itsm.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = strings.ReplaceAll(string(r), "_", " ")
	}
	return row(words, "or")
}

// When is an instant as its reader's clock shows it.
type When struct {
	ISO   string
	Text  string
	Apart string // how far it is from now: in 3 h, 2 days ago
}

// Says is a forecast with people by their names.
func (b Book) Says(f itsm.Forecast) string { return f.Says(b.Name) }

// At is an instant in the reader's zone.
func (b Book) At(t time.Time) When {
	return When{ISO: t.UTC().Format(time.RFC3339), Text: b.Local(t), Apart: apart(t.Sub(b.Now))}
}

// Local is an instant in the reader's zone, in words.
func (b Book) Local(t time.Time) string { return t.In(b.Zone).Format("Mon 2 Jan 2006, 15:04 MST") }

// Window says from when to when.
func (b Book) Window(w itsm.Window) [2]When { return [2]When{b.At(w.Start), b.At(w.End)} }

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
