package page

import (
	"cmp"
	"crypto/rand"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// record is what the pages of all kinds of record have in common.
type record struct {
	book.Book
	Number      itsm.Number
	Title       string
	Revision    int
	ContentHash string // of the text that is decided on; empty: nothing is
	Explanation itsm.Explanation
	Relations   []tie
	Drawing     template.HTML // of how it is to others, and those to others; empty: to none
	Main        []offer       // what most people come for
	More        []offer
	Talk        []offer
	Texts       []act // what has a page of its own
	Said        []remark
	Happened    []book.Line
	Correct     string // where a corrective action for it is raised; empty: the reader cannot

	service  itsm.ServiceID
	kind     *kind
	of       subject
	template string
	session  session
	who      itsm.Actor
	acts     []itsm.Act
}

// subject is what a record is about: a *change, an *incident or a *problem. It is the body of the
// record's page.
type subject interface {
	// choose adds a field to a form, with what it may name.
	choose(o *offer, f field)
	// sheet is what a form asks for that has a page of its own.
	sheet(of itsm.Act) []field
	// suits reports whether an act that the reader can do is for them.
	suits(a act) bool
	// offered adds the forms that stand elsewhere on the page than the others.
	offered()
}

// offer is a form that is on the page.
type offer struct {
	ID          string
	Address     string
	Path        string
	Label       string
	Button      string
	Tone        string
	Intro       string
	Fields      []field
	CSRF        string
	Key         string
	ContentHash string
	Revision    int
	Quick       bool
	Open        bool
}

// part is some fields of a long form that not everybody needs.
type part struct {
	Name   string
	Fields []field
	Open   bool
}

// Part is the part of the form that opens when it is wanted, or at fault; nil:
// there is none.
func (o offer) Part() *part {
	var p part
	for _, f := range o.Fields {
		if f.Part != "" {
			p.Name, p.Fields, p.Open = f.Part, append(p.Fields, f), p.Open || f.Fault != ""
		}
	}
	if p.Fields == nil {
		return nil
	}
	return &p
}

// remark is a comment, with the form to answer it where it is a question.
type remark struct {
	itsm.Comment
	Answer *offer
}

// record reads all that the page of a record shows.
func (d *Door) record(v visit, k *kind, n itsm.Number) (*record, error) {
	ctx := v.Request.Context()
	r := &record{Number: n, kind: k, session: v.session, who: v.who.Actor}
	err := k.look(d, v, r)
	if err != nil {
		return nil, err
	}
	if r.Explanation, err = k.explain(d.desk, ctx, v.who, n); err != nil {
		return nil, err
	}
	r.acts = r.Explanation.Acts
	said, err := k.comments(d.desk, ctx, v.who, n)
	if err != nil {
		return nil, err
	}
	timeline, err := k.timeline(d.desk, ctx, v.who, n)
	if err != nil {
		return nil, err
	}
	relations, err := k.relations(d.desk, ctx, v.who, n)
	if err != nil {
		return nil, err
	}
	for _, w := range said {
		r.Said = append(r.Said, remark{Comment: w})
	}
	for _, e := range slices.Backward(timeline) {
		r.Happened = append(r.Happened, r.Tell(e))
	}
	r.Relations = ties(n, relations)
	if k.home != correctiveRaising.home && v.who.May(correctiveRaising.may) == nil {
		r.Correct = correctiveRaising.address() + "?" + url.Values{"source": {string(n)}, "service": {string(r.service)}}.Encode()
	}
	r.Drawing, err = d.drawing(v, n)
	return r, err
}

// frame is what stands around a page about the record.
func (r *record) frame(title, template string, body any) frame {
	return frame{
		Title: title, Me: r.Name(r.Me), CSRF: r.session.CSRF, Zone: r.Zone.String(), Here: cmp.Or(r.kind.list, r.kind.home), Main: template, Body: body,
	}
}

// showRecord shows a record, after an act that was refused with what became of it.
func (d *Door) showRecord(v visit, r *record, tried *trial) {
	r.offerAll(tried)
	r.of.offered()
	f := r.frame(string(r.Number)+" "+r.Title, r.template, r.of)
	status := http.StatusOK
	if tried == nil {
		f.Flash = d.said(v.Context)
	} else {
		status = statusOf(tried.refused)
		f.Alert = alertOf(v.Context, tried.refused)
		if f.Alert.Form = tried.placed; tried.placed == "" {
			f.Alert.Typed = tried.form.typed()
		}
	}
	d.show(v.Context, status, f)
}

// sheet is the page of one long form.
type sheet struct {
	Number itsm.Number // empty: of a record that is still to come
	Title  string
	Back   string
	Leave  string // what the link back says
	Form   offer
}

func (d *Door) showText(v visit, r *record, a act, tried *trial) {
	a.fields = r.of.sheet(a.of)
	o := r.offer(a, tried)
	f := r.frame(a.label+" "+string(r.Number), "sheet", sheet{r.Number, r.Title, pathOf(r.Number), "Leave it as it is", o})
	d.showSheet(v, f, o, tried)
}

// showSheet shows a long form, with what belongs to none of its fields above it.
func (d *Door) showSheet(v visit, f frame, o offer, tried *trial) {
	status := http.StatusOK
	if tried != nil {
		status, f.Alert = statusOf(tried.refused), alertOf(v.Context, tried.refused)
		f.Alert.Faults = spread(tried.refused, slices.Clone(o.Fields))
	}
	d.show(v.Context, status, f)
}

func (r *record) offerAll(tried *trial) {
	for _, a := range r.kind.acts {
		if !r.can(a) {
			continue
		}
		switch a.group {
		case "main":
			r.Main = append(r.Main, r.offer(a, tried))
		case "more":
			r.More = append(r.More, r.offer(a, tried))
		case "talk":
			r.Talk = append(r.Talk, r.offer(a, tried))
		case "answer":
			r.offerAnswers(a, tried)
		}
	}
	for _, a := range r.kind.texts {
		if r.can(a) {
			r.Texts = append(r.Texts, a)
		}
	}
}

// can reports whether the reader is offered an act.
func (r *record) can(a act) bool {
	return slices.Contains(r.acts, a.of) && r.of.suits(a)
}

func (r *record) offerAnswers(a act, tried *trial) {
	for i, w := range r.Said {
		if w.Kind != itsm.Question {
			continue
		}
		a.fields = slices.Clone(a.fields)
		a.fields[0].Value = strconv.Itoa(w.ID)
		mine := tried
		if tried != nil && tried.form["reply_to"] != a.fields[0].Value {
			mine = nil
		}
		o := r.offer(a, mine)
		r.Said[i].Answer = &o
	}
}

// offer makes the form of an act; that of one that was tried holds what was typed.
func (r *record) offer(a act, tried *trial) offer {
	o := newOffer(a, pathOf(r.Number)+"/"+a.path, r.session)
	o.ContentHash, o.Revision = r.ContentHash, r.Revision
	for _, f := range a.fields {
		f.Options = slices.Clone(f.Options)
		r.of.choose(&o, f)
	}
	if a.path == "answer" {
		o.ID += "-" + o.Fields[0].Value
	}
	o.fill(a, tried)
	return o
}

func newOffer(a act, address string, s session) offer {
	return offer{
		ID: "act-" + a.path, Address: address, Path: a.path, Label: a.label, Button: a.button, Tone: a.tone, Intro: a.intro,
		CSRF: s.CSRF, Key: rand.Text(), Quick: a.quick,
	}
}

// fill names the fields, and puts into them what was typed when the act was tried.
func (o *offer) fill(a act, tried *trial) {
	again := tried != nil && tried.act.path == a.path
	for i := range o.Fields {
		f := &o.Fields[i]
		f.ID = strings.TrimPrefix(o.ID, "act-") + "-" + f.Name
		if again && f.Kind != "hidden" {
			f.refill(tried.form[f.Name])
		}
	}
	if again {
		o.Key, o.Open, tried.placed = tried.key, true, o.ID
		spread(tried.refused, o.Fields)
	}
}

func (f *field) refill(value string) {
	f.Value = value
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == value
	}
}

// able lists those whose role lets them do a thing.
func able(b book.Book, p itsm.Permission, also func(itsm.PersonID) bool) []option {
	all := []option{nobodyYet}
	for _, one := range b.People {
		as := itsm.Actor{Person: one.ID, Roles: one.Roles, Scopes: []itsm.Scope{itsm.ScopeWrite}}
		if as.May(p) != nil || !also(one.ID) {
			continue
		}
		words := one.Name
		if one.ID == b.Me {
			words += " (you)"
		}
		all = append(all, option{Value: string(one.ID), Words: words})
	}
	return all
}

// otherTeams are those that a record could be handed to. The desk tells of teams only
// which of them have a service.
func (r *record) otherTeams(now itsm.TeamID) []option {
	all := []option{{Words: "It stays with " + string(now)}}
	for _, t := range r.Teams() {
		if t != now {
			all = append(all, option{Value: string(t), Words: string(t)})
		}
	}
	return all
}

// Href is where a link leads: to the web or to another record, and nowhere else.
func (*record) Href(l itsm.Link) string {
	if itsm.Number(l.URL).Check() == nil {
		return pathOf(itsm.Number(l.URL))
	}
	if u, err := url.Parse(l.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return u.String()
	}
	return ""
}

// leads is an address as a page shows it.
type leads struct{ Href, Text string }

// Leads is an address that leads to the web, or only says so.
func (r *record) Leads(address string) leads { return leads{r.Href(itsm.Link{URL: address}), address} }

// Path is where the page of another record is.
func (*record) Path(n itsm.Number) string { return pathOf(n) }

// progress is how far an approval has come, for a reader.
type progress struct {
	Reader   book.Book
	Progress *itsm.Progress
}

// With is the progress of an approval as this page's reader sees it.
func (r *record) With(p *itsm.Progress) progress { return progress{r.Book, p} }
