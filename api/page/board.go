package page

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed" // the board's script
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

//go:embed board.js
var boardJS []byte

// boardScript serves the one script that there is: it keeps the board current. It
// holds nothing of anybody's, so whoever asks may have it.
func boardScript(c *gin.Context) {
	guard(c.Writer.Header())
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", boardJS)
}

// What of the incidents one board shows: so many readings of so many, and so many
// rows of a group.
const (
	boardReadings = 3
	boardPage     = 200
	boardRows     = 100
)

// board is the page of all incidents that are not over.
type board struct {
	book.Book

	Services []option
	Teams    []option
	Mine     []option
	Narrowed bool   // not everything is shown
	Here     string // its own address, with what narrows it
	Source   string // where its inner part alone is
	Raise    string // where an incident is reported; empty: the reader cannot
	Inner    template.HTML
	Tag      string // of the inner part
	Now      string // by our clock
	Clock    string // the same on the reader's
	Zone     string
}

// groups is the inner part of a board: what changes while somebody looks at it.
type groups struct {
	Groups  []group
	Further bool // there are more incidents than were read
}

// group is the incidents of a board that stand alike.
type group struct {
	ID    string
	Name  string
	Empty string // what is said of it when there are none; empty: nothing
	Rows  []ticket
	Of    int // how many there are; a board has the first of them
}

// Left is how many of a group are not on the board.
func (g group) Left() int { return g.Of - len(g.Rows) }

// ticket is one incident on a board.
type ticket struct {
	itsm.Incident

	Path     string
	Service  string
	Assignee string // empty: nobody
	Next     book.Countdown
}

// held is what a board was made of.
type held struct {
	book    book.Book
	waiting []itsm.Incident
	open    []itsm.Incident
	further bool
}

const waitingGroup = "waiting"

// columns are the groups of a board, and the states of what is in them.
var columns = []struct {
	id, name string
	states   []itsm.IncidentState
}{
	{"new", "Nobody at it yet", []itsm.IncidentState{itsm.IncidentNew, itsm.IncidentTriaged, itsm.IncidentReopened}},
	{"assigned", "Assigned", []itsm.IncidentState{itsm.IncidentAssigned}},
	{"in_progress", "In progress", []itsm.IncidentState{itsm.IncidentInProgress}},
	{"on_hold", "On hold", []itsm.IncidentState{itsm.IncidentOnHold}},
	{"resolved", "Resolved, to be confirmed", []itsm.IncidentState{itsm.IncidentResolved}},
}

func (d *Door) board(v visit) {
	h, err := d.hold(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	b, err := h.board(v.Request.URL.Query())
	if err != nil {
		d.answer(v, err)
		return
	}
	if v.who.May(itsm.RaiseIncidents) == nil {
		b.Raise = incidentRaising.address()
	}
	d.show(v.Context, http.StatusOK, frame{
		Title: "Incidents", Me: b.Name(b.Me), CSRF: v.session.CSRF, Zone: b.Zone, Here: incidentPages.home,
		Flash: d.said(v.Context), Main: "board", Body: b, Live: true,
	})
}

// nowHeader says what time it is by our clock: the reader's may be wrong, and counts
// on from ours.
const nowHeader = "X-Steward-Now"

// boardAlone answers with the inner part of a board, or that it is as the reader has it.
func (d *Door) boardAlone(v visit) {
	h, err := d.hold(v)
	if err != nil {
		d.answer(v, err)
		return
	}
	inner, tag, err := h.inner()
	if err != nil {
		d.answer(v, err)
		return
	}
	guard(v.Writer.Header())
	v.Header("ETag", tag)
	v.Header(nowHeader, h.book.Now.UTC().Format(time.RFC3339Nano))
	if strings.TrimPrefix(v.GetHeader("If-None-Match"), "W/") == tag { // a proxy that compresses weakens it
		v.Status(http.StatusNotModified)
		return
	}
	v.Data(http.StatusOK, htmlKind, []byte(inner))
}

// hold reads what a board is made of. What waits for the reader is all there,
// whatever they narrow the rest to.
func (d *Door) hold(v visit) (h held, err error) {
	ctx := v.Request.Context()
	if h.book, err = d.book(v); err != nil {
		return h, err
	}
	if h.waiting, err = d.desk.WaitingIncidents(ctx, v.who); err != nil {
		return h, err
	}
	mine := v.Query("mine")
	list := desk.IncidentList{
		Open: true, Service: itsm.ServiceID(v.Query("service")), Team: itsm.TeamID(v.Query("team")),
		Assigned: mine == "assigned", Mine: mine == "reported", Limit: boardPage,
	}
	h.open, h.further, err = openIncidents(ctx, d.desk, v.who, list)
	return h, err
}

// openIncidents reads a list to its end, or as far as a board goes.
func openIncidents(ctx context.Context, at counter, who desk.Caller, list desk.IncidentList) (all []itsm.Incident, further bool, err error) {
	for range boardReadings {
		page, err := at.Incidents(ctx, who, list)
		if err != nil {
			return nil, false, err
		}
		all = append(all, page.Items...)
		if list.Cursor = page.Next; page.Next == "" {
			return all, false, nil
		}
	}
	return all, true, nil
}

// inner writes what changes on a board. Its tag is of all that it says but for the
// time that went by, which the reader's script counts: the tag is that of the same
// board at a fixed instant.
func (h held) inner() (html template.HTML, tag string, err error) {
	still := h
	still.book.Now = time.Time{}
	fixed, err := still.write()
	if err != nil {
		return "", "", err
	}
	digest := sha256.Sum256(fixed)
	now, err := h.write()
	return template.HTML(now), `"` + base64.RawURLEncoding.EncodeToString(digest[:18]) + `"`, err //nolint:gosec // escaped by the template that made it
}

func (h held) write() ([]byte, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, "groups", h.groups())
	return b.Bytes(), err
}

func (h held) groups() groups {
	g := groups{Further: h.further}
	g.Groups = append(g.Groups, h.group(waitingGroup, "Waits for you", h.waiting))
	for _, c := range columns {
		var in []itsm.Incident
		for _, i := range h.open {
			if slices.Contains(c.states, i.State) {
				in = append(in, i)
			}
		}
		g.Groups = append(g.Groups, h.group(c.id, c.name, in))
	}
	return g
}

func (h held) group(id, name string, in []itsm.Incident) group {
	in = slices.Clone(in)
	slices.SortStableFunc(in, pressing)
	g := group{ID: id, Name: name, Of: len(in)}
	if id == waitingGroup {
		g.Empty = "Nothing. Have a good day."
	}
	for _, i := range in[:min(len(in), boardRows)] {
		t := ticket{Incident: i, Path: pathOf(i.Number), Service: h.book.Service(i.Service), Next: h.book.Countdown(&i)}
		if i.Assignee != "" {
			t.Assignee = h.book.Name(i.Assignee)
		}
		g.Rows = append(g.Rows, t)
	}
	return g
}

// pressing puts incidents in the order in which they are looked at: by priority, then
// by what is due first, then the oldest.
func pressing(x, y itsm.Incident) int {
	return cmp.Or(
		cmp.Compare(slices.Index(itsm.Priorities, x.Priority), slices.Index(itsm.Priorities, y.Priority)),
		due(&x).Compare(due(&y)),
		cmp.Compare(x.Number.Ordinal(), y.Number.Ordinal()),
	)
}

// due is when the countdown of an incident ends; long after everything else where it
// has none.
func due(i *itsm.Incident) time.Time {
	if at := (book.Book{}).Countdown(i).At; !at.IsZero() {
		return at
	}
	return never
}

var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// board is the page of what is held, as it was asked for.
func (h held) board(asked url.Values) (*board, error) {
	b := &board{Book: h.book, Now: h.book.Now.UTC().Format(time.RFC3339Nano), Clock: h.book.Now.In(h.book.Zone).Format("15:04:05"), Zone: h.book.Zone.String()}
	var err error
	if b.Inner, b.Tag, err = h.inner(); err != nil {
		return nil, err
	}
	b.Services = []option{{Words: "every service"}}
	for _, s := range b.Book.Services {
		b.Services = append(b.Services, option{Value: string(s.ID), Words: s.Name})
	}
	b.Teams = []option{{Words: "every team"}}
	for _, t := range b.Book.Teams() {
		b.Teams = append(b.Teams, option{Value: string(t), Words: string(t)})
	}
	b.Mine = []option{{Words: "everybody's"}, {Value: "assigned", Words: "assigned to me"}, {Value: "reported", Words: "reported by me"}}
	query := url.Values{}
	for name, options := range map[string][]option{"service": b.Services, "team": b.Teams, "mine": b.Mine} {
		value := asked.Get(name)
		for n := range options {
			options[n].Chosen = options[n].Value == value
		}
		if value != "" {
			query.Set(name, value)
		}
	}
	b.Here, b.Source = incidentPages.home, incidentPages.home+"/board"
	if b.Narrowed = len(query) > 0; b.Narrowed {
		b.Here, b.Source = b.Here+"?"+query.Encode(), b.Source+"?"+query.Encode()
	}
	return b, nil
}
