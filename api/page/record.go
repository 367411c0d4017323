package page

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// record is the page of one change.
type record struct {
	book
	Change      itsm.Change
	Explanation itsm.Explanation
	Main        []offer // what most people come for
	More        []offer
	Talk        []offer
	Texts       []act // what has a page of its own
	Said        []remark
	Happened    []line

	session session
	acts    []itsm.Act
}

// offer is a form that is on the page.
type offer struct {
	ID          string
	Number      itsm.Number
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

func (d *Door) read(v visit) {
	r, err := d.record(v, itsm.Number(v.Param("number")))
	if err != nil {
		d.answer(v, err)
		return
	}
	d.showRecord(v, r, nil)
}

// record reads all that the page of a change shows.
func (d *Door) record(v visit, n itsm.Number) (*record, error) {
	ctx := v.Request.Context()
	r := &record{session: v.session}
	var err error
	if r.Change, err = d.desk.Change(ctx, v.who, n); err != nil {
		return nil, err
	}
	if r.book, err = d.book(v); err != nil {
		return nil, err
	}
	if r.Explanation, err = d.desk.ExplainChange(ctx, v.who, n); err != nil {
		return nil, err
	}
	r.acts = r.Explanation.Acts
	said, err := d.desk.Comments(ctx, v.who, n)
	if err != nil {
		return nil, err
	}
	timeline, err := d.desk.Timeline(ctx, v.who, n)
	if err != nil {
		return nil, err
	}
	for _, w := range said {
		r.Said = append(r.Said, remark{Comment: w})
	}
	for _, e := range slices.Backward(timeline) {
		r.Happened = append(r.Happened, r.tell(e))
	}
	return r, nil
}

// showRecord shows a change, after an act that was refused with what became of it.
func (d *Door) showRecord(v visit, r *record, tried *trial) {
	r.offerAll(tried)
	f := frame{
		Title: string(r.Change.Number) + " " + r.Change.Title, Me: r.Name(v.who.Person), CSRF: v.session.CSRF,
		Zone: r.zone.String(), Main: "record", Body: r,
	}
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

func (r *record) offerAll(tried *trial) {
	for _, a := range acts {
		if !r.can(a.of) {
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
	for _, a := range texts {
		if r.can(a.of) {
			r.Texts = append(r.Texts, a)
		}
	}
}

func (r *record) can(a itsm.Act) bool { return slices.Contains(r.acts, a) }

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
	o := offer{
		ID: "act-" + a.path, Number: r.Change.Number, Path: a.path, Label: a.label, Button: a.button, Tone: a.tone, Intro: a.intro,
		CSRF: r.session.CSRF, Key: rand.Text(), ContentHash: r.Change.ContentHash, Revision: r.Change.Revision,
	}
	for _, f := range a.fields {
		r.choose(&o, f)
	}
	if a.path == "answer" {
		o.ID += "-" + o.Fields[0].Value
	}
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
	return o
}

func (f *field) refill(value string) {
	f.Value = value
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == value
	}
}

// choose adds a field, with the people whom it may name.
func (r *record) choose(o *offer, f field) {
	switch f.Kind {
	case "for":
		r.chooseFor(o, f)
		return
	case "from":
		if f.Options = r.others(); len(f.Options) < 2 {
			return
		}
		f.Kind = "choice"
	case "deciders":
		f.Kind, f.Options = "choice", r.able(itsm.DecideChanges, r.deputy)
	case "doers":
		f.Kind, f.Options = "choice", r.able(itsm.ImplementChanges, func(id itsm.PersonID) bool { return id != r.Change.Assignee })
	}
	o.Fields = append(o.Fields, f)
}

// chooseFor asks for whom somebody decides who may do so for others only.
func (r *record) chooseFor(o *offer, f field) {
	principals := r.Change.PrincipalsOf(r.me)
	switch len(principals) {
	case 0:
		return
	case 1:
		f.Kind, f.Value, f.Required = "hidden", string(principals[0]), false
		o.Intro = "You decide for " + r.Name(principals[0]) + ". " + o.Intro
	default:
		f.Kind, f.Options = "choice", []option{nobodyYet}
		for _, id := range principals {
			f.Options = append(f.Options, option{Value: string(id), Words: r.Name(id)})
		}
	}
	o.Fields = append(o.Fields, f)
}

// others are those whose say a change manager may hand on, themselves first.
func (r *record) others() (all []option) {
	me, _ := r.person(r.me)
	if !slices.Contains(me.Roles, itsm.ChangeManager) {
		return nil
	}
	all = []option{{Value: string(r.me), Words: "my own"}}
	for _, id := range r.Explanation.WaitsFor {
		if id != r.me {
			all = append(all, option{Value: string(id), Words: r.Name(id)})
		}
	}
	return all
}

func (r *record) delegated() bool {
	return slices.ContainsFunc(r.Change.Approval.Delegations, func(d itsm.Delegation) bool { return d.From == r.me })
}

// able lists those whose role lets them do a thing.
func (r *record) able(p itsm.Permission, also func(itsm.PersonID) bool) []option {
	all := []option{nobodyYet}
	for _, one := range r.people {
		as := itsm.Actor{Person: one.ID, Roles: one.Roles, Scopes: []itsm.Scope{itsm.ScopeWrite}}
		if as.May(p) != nil || !also(one.ID) {
			continue
		}
		words := one.Name
		if one.ID == r.me {
			words += " (you)"
		}
		all = append(all, option{Value: string(one.ID), Words: words})
	}
	return all
}

// nobodyYet stands first in a choice: nobody is named by not looking.
var nobodyYet = option{Words: "Choose …"}

// deputy reports whether somebody could decide for another: whoever decides anyway
// counts once, and cannot. Oneself takes a delegation back.
func (r *record) deputy(id itsm.PersonID) bool {
	if id == r.me {
		return r.delegated()
	}
	named := r.Explanation.Approval != nil && slices.ContainsFunc(r.Explanation.Approval.Factors, func(f itsm.FactorProgress) bool {
		return slices.Contains(f.Waiting, id) || slices.Contains(f.Approved, id)
	})
	return id != r.Change.Requester && !named
}

// Href is where a link leads: to the web or to another record, and nowhere else.
func (r *record) Href(l itsm.Link) string {
	if itsm.Number(l.URL).Check() == nil {
		return "/changes/" + l.URL
	}
	if u, err := url.Parse(l.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return u.String()
	}
	return ""
}

// Dimensions are the marks of the change's risk.
func (r *record) Dimensions() (all []dimension) {
	if r.Change.Risk == nil {
		return nil
	}
	for _, d := range itsm.RiskDimensions {
		one, five := d.Ends()
		all = append(all, dimension{d.Words(), r.Change.Risk.Of(d), one, five})
	}
	return all
}

type dimension struct {
	Words     string
	Mark      int
	One, Five string
}

// progress is how far an approval has come, for a reader.
type progress struct {
	Reader   book
	Progress *itsm.Progress
}

// With is the progress of an approval as this page's reader sees it.
func (b book) With(p *itsm.Progress) progress { return progress{b, p} }
