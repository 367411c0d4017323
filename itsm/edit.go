package itsm

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Edit is what becomes of a draft; what is nil stays as it is. Type, service and
// deployment are for life: they say what the record is about.
type Edit struct {
	Title         *string     `json:"title,omitempty"`
	Description   *string     `json:"description,omitempty"`
	Plan          *string     `json:"plan,omitempty"`
	BackoutPlan   *string     `json:"backout_plan,omitempty"`
	Window        *Window     `json:"window,omitempty"`
	NoWindow      bool        `json:"no_window,omitempty"` // as soon as it is approved
	Justification *string     `json:"justification,omitempty"`
	TestPlan      *string     `json:"test_plan,omitempty"`
	Backout       *int        `json:"backout_minutes,omitempty"`
	Items         *[]string   `json:"configuration_items,omitempty"`
	Links         *[]Link     `json:"links,omitempty"`
	Risk          *Risk       `json:"risk,omitempty"`
	Assessment    *Assessment `json:"assessment,omitempty"`
}

// EditRequest is an edit of the record as it stood at a revision.
type EditRequest struct {
	Revision int    `json:"revision"`
	Note     string `json:"note,omitempty"` // why
	Edit
}

// Difference is what an edit did to one field. Long texts are cut: the record has
// what they became, and the audit what they were.
type Difference struct {
	Field    string `json:"field"`
	Before   string `json:"before"`
	After    string `json:"after"`
	Material bool   `json:"material,omitempty"`
}

// Terms are what a change keeps of the policy that it was recorded under.
type Terms struct {
	Risk     RiskPolicy `json:"risk,omitzero"`
	Assessed []RiskTier `json:"assessed,omitempty"` // the tiers that nobody decides on unassessed
	Material []string   `json:"material,omitempty"` // the fields whose edit voids votes
	Service  Service    `json:"service,omitzero"`
	Weighed  bool       `json:"weighed,omitempty"` // risk decides which way a change goes
}

// Terms are the policy's for a service.
func (p *ChangePolicy) Terms(s Service) Terms {
	t := Terms{Risk: p.Risk, Material: p.Material, Service: s, Weighed: len(p.Tiers) > 0}
	for _, tier := range p.Tiers {
		if tier.Assessment {
			t.Assessed = append(t.Assessed, tier.Risk)
		}
	}
	return t
}

// Score weighs the risk of a draft under the terms. Where risk decides nothing and
// nobody weighed it, there is no score.
func (t *Terms) Score(d ChangeDraft) RiskScore {
	if !t.Weighed && d.Risk == nil {
		return RiskScore{}
	}
	return t.Risk.Score(RiskFacts{Risk: d.Risk, Service: t.Service, TestPlan: d.TestPlan, BackoutMinutes: d.Backout, Window: d.Window})
}

// Assess reports whether a draft has to be assessed before anybody decides on it.
func (t *Terms) Assess(d ChangeDraft) bool {
	return d.Assessment == nil && slices.Contains(t.Assessed, t.Score(d).Tier)
}

func (t *Terms) material(field string) bool {
	p := ChangePolicy{Material: t.Material}
	return p.IsMaterial(field)
}

// apply is the draft as the edit leaves it.
func (e *Edit) apply(d ChangeDraft) ChangeDraft {
	set(&d.Title, e.Title)
	set(&d.Description, e.Description)
	set(&d.Plan, e.Plan)
	set(&d.BackoutPlan, e.BackoutPlan)
	set(&d.Justification, e.Justification)
	set(&d.TestPlan, e.TestPlan)
	set(&d.Backout, e.Backout)
	set(&d.Items, e.Items)
	set(&d.Links, e.Links)
	if e.NoWindow {
		d.Window = nil
	}
	if e.Window != nil {
		d.Window = e.Window
	}
	if e.Risk != nil {
		d.Risk = e.Risk
	}
	if e.Assessment != nil {
		d.Assessment = e.Assessment
	}
	return d
}

func set[T any](field, to *T) {
	if to != nil {
		*field = *to
	}
}

// CheckEdit refuses an edit of what cannot be edited any more, of a record that
// has moved on since it was read, and one that leaves no sound change.
func (c *Change) CheckEdit(who Actor, r EditRequest, t Terms, at time.Time) error {
	if err := c.checkEditor(who); err != nil {
		return err
	}
	if r.Revision != c.Revision {
		return Refuse(Conflict, "record.moved_on", "%s is at revision %d by now; you edited revision %d. Read it again.", c.Number, c.Revision, r.Revision)
	}
	next := r.apply(c.ChangeDraft)
	var f faults
	f.text("/note", r.Note, MaxNote)
	if r.Window != nil && r.NoWindow {
		f.add("/window", "cannot be given and taken away at once")
	}
	if c.State != ChangeAssessing && t.Assess(next) {
		f.add("/assessment", "is needed: a change of this risk is assessed before anybody decides on it")
	}
	if err := f.refuse("edit.invalid", "This edit"); err != nil {
		return err
	}
	if len(t.differences(c.ChangeDraft, next)) == 0 {
		return Refuse(Invalid, "edit.empty", "That changes nothing in %s.", c.Number)
	}
	return next.CheckRaise(at)
}

// CheckLink refuses a link that is none, or one to a record that takes no edits.
func (c *Change) CheckLink(who Actor, l Link, t Terms, at time.Time) error {
	var f faults
	l.check(&f, "")
	if err := f.refuse("link.invalid", "This link"); err != nil {
		return err
	}
	return c.CheckEdit(who, c.linked(l), t, at)
}

// Link adds a link that CheckLink has allowed: an edit of the record as it stands.
func (c *Change) Link(l Link, t Terms, at time.Time) (Event, Edit) {
	r := c.linked(l)
	return c.Edit(r, t, at), r.Edit
}

func (c *Change) linked(l Link) EditRequest {
	links := append(slices.Clone(c.Links), l)
	return EditRequest{Revision: c.Revision, Edit: Edit{Links: &links}}
}

func (c *Change) checkEditor(who Actor) error {
	if err := c.checkKeeper(who, "edited"); err != nil {
		return err
	}
	if c.State != ChangeAssessing && c.State != ChangeAwaiting && c.State != ChangeScheduled {
		return Refuse(Conflict, "change.not_editable", "%s is %s; what was decided and done stays as it is.", c.Number, c.State.Words())
	}
	return nil
}

// Edit carries out an edit that CheckEdit has allowed. Where it touches what votes
// were given on, they count no more and a new round begins.
func (c *Change) Edit(r EditRequest, t Terms, at time.Time) Event {
	from, next := c.State, r.apply(c.ChangeDraft)
	detail := Detail{Edits: t.differences(c.ChangeDraft, next)}
	c.ChangeDraft, c.ContentHash = next, next.Hash()
	if score := t.Score(next); !reflect.DeepEqual(score, c.RiskScore) {
		if t.Weighed && score.Tier != c.RiskScore.Tier { // others decide on it, in other stages
			for i := range detail.Edits {
				detail.Edits[i].Material = true
			}
		}
		c.RiskScore, detail.RiskScore = score, &score
	}
	if slices.ContainsFunc(detail.Edits, func(d Difference) bool { return d.Material }) {
		detail.Voided = c.reopen(at)
	}
	return Event{Kind: EventEdited, From: State(from), Note: r.Note, Detail: &detail}
}

// reopen begins a new round, and says whose votes it voids.
func (c *Change) reopen(at time.Time) (voided []Decision) {
	if c.State == ChangeAssessing {
		return nil
	}
	if c.State == ChangeScheduled {
		c.Become(ChangeAwaiting, at)
	}
	b := c.Ballot()
	voided = b.Reopen()
	c.take(b)
	return voided
}

// maxDifference is how much of a text a difference shows.
const maxDifference = 400

// differences lists what differs between two drafts, in the order of the form.
func (t *Terms) differences(a, b ChangeDraft) (all []Difference) {
	before, after := a.shown(), b.shown()
	for i := range before {
		if before[i] != after[i] || (before[i].Field == "assessment" && !reflect.DeepEqual(a.Assessment, b.Assessment)) {
			field := before[i].Field
			all = append(all, Difference{field, short(before[i].After), short(after[i].After), t.material(field)})
		}
	}
	return all
}

// shown is every field that can be edited, as text.
func (d *ChangeDraft) shown() []Difference {
	window, risk, assessment, minutes := "", "", "", ""
	if d.Window != nil {
		window = d.Window.Start.UTC().Format(time.RFC3339Nano) + " to " + d.Window.End.UTC().Format(time.RFC3339Nano)
	}
	if d.Risk != nil {
		var marks []string
		for _, dimension := range RiskDimensions {
			marks = append(marks, dimension.Words()+" "+strconv.Itoa(d.Risk.Of(dimension)))
		}
		risk = strings.Join(marks, ", ")
	}
	if d.Assessment != nil {
		assessment = strings.Join(d.Assessment.fields(), "\n")
	}
	if d.Backout > 0 {
		minutes = strconv.Itoa(d.Backout)
	}
	var links []string
	for _, l := range d.Links {
		links = append(links, strings.TrimSpace(l.Title+" "+l.URL))
	}
	var out []Difference
	for _, f := range [][2]string{
		{"title", d.Title},
		{"description", d.Description},
		{"plan", d.Plan},
		{"backout_plan", d.BackoutPlan},
		{"window", window},
		{"justification", d.Justification},
		{"test_plan", d.TestPlan},
		{"backout_minutes", minutes},
		{"configuration_items", strings.Join(d.Items, "\n")},
		{"links", strings.Join(links, "\n")},
		{"risk", risk},
		{"assessment", assessment},
	} {
		out = append(out, Difference{Field: f[0], After: f[1]})
	}
	return out
}

func short(text string) string {
	if r := []rune(text); len(r) > maxDifference {
		return string(r[:maxDifference]) + "…"
	}
	return text
}
