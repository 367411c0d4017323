package form

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// Edit is the form for another text of a change, filled in with the one that there
// is. It remembers what each field held, so that what nobody touched is not sent.
func Edit(c itsm.Change, weighs bool) *slack.ModalViewRequest {
	d := c.ChangeDraft
	blocks := texts(d, nil)
	if weighs || d.Risk != nil {
		blocks = append(blocks, cards.Section("*How risky is it?*"))
		blocks = append(blocks, dimensions(d.Risk, false)...)
	}
	blocks = append(blocks, slack.NewDividerBlock())
	blocks = append(blocks, extras(d, false)...)
	blocks = append(blocks, optional("note", "Why do you change it?", "Whoever decided on it reads this beside what changed.", lines("", itsm.MaxNote)))
	k := Kept{
		Claim: cards.Claim{Number: c.Number, ContentHash: c.ContentHash}, Revision: c.Revision, Was: map[string]string{},
	}
	for block, text := range held(d) {
		k.Was[block] = digest(text)
	}
	lead := "Where you change what was voted on, those votes count no more and their people are asked again."
	return modal(EditForm, "Edit "+string(c.Number), "Save", k.Value(), append([]slack.Block{cards.Footnote(lead)}, blocks...)...)
}

// held is what the form's fields hold of a draft, as they are read again.
func held(d itsm.ChangeDraft) map[string]string {
	out := map[string]string{
		"title": d.Title, "description": d.Description, "plan": d.Plan, "backout_plan": d.BackoutPlan,
		"justification": d.Justification, "test_plan": d.TestPlan, "backout_minutes": "", "window_start": "", "window_end": "",
		"configuration_items": strings.Join(d.Items, "\n"), "links": linkLines(d.Links),
	}
	if d.Backout > 0 {
		out["backout_minutes"] = strconv.Itoa(d.Backout)
	}
	if d.Window != nil {
		out["window_start"], out["window_end"] = strconv.FormatInt(d.Window.Start.Unix(), 10), strconv.FormatInt(d.Window.End.Unix(), 10)
	}
	for _, dimension := range itsm.RiskDimensions {
		out["risk_"+string(dimension)] = ""
		if d.Risk != nil {
			out["risk_"+string(dimension)] = strconv.Itoa(d.Risk.Of(dimension))
		}
	}
	return out
}

// digest stands for a text in what the form keeps, of which Slack takes 3,000
// characters. Space around it is not looked at: a client may trim it.
func digest(text string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))))
	return hex.EncodeToString(sum[:4])
}

// touched tells whether somebody changed one of some fields.
func (f Filled) touched(k Kept, blocks ...string) bool {
	for _, b := range blocks {
		if f.shows(b) && digest(f.raw(b)) != k.Was[b] {
			return true
		}
	}
	return false
}

// Edit is what was changed of the text that the form was opened with.
func (f Filled) Edit(k Kept) itsm.Edit {
	var e itsm.Edit
	d := f.Draft()
	for _, t := range []struct {
		block string
		to    **string
		text  *string
	}{
		{"title", &e.Title, &d.Title},
		{"description", &e.Description, &d.Description},
		{"plan", &e.Plan, &d.Plan},
		{"backout_plan", &e.BackoutPlan, &d.BackoutPlan},
		{"justification", &e.Justification, &d.Justification},
		{"test_plan", &e.TestPlan, &d.TestPlan},
	} {
		if f.touched(k, t.block) {
			*t.to = t.text
		}
	}
	if f.touched(k, "backout_minutes") {
		e.Backout = &d.Backout
	}
	if f.touched(k, "configuration_items") {
		items := append([]string{}, d.Items...) // none, and not: as it was
		e.Items = &items
	}
	if f.touched(k, "links") {
		links := append([]itsm.Link{}, d.Links...)
		e.Links = &links
	}
	if f.touched(k, "window_start", "window_end") {
		e.Window, e.NoWindow = d.Window, d.Window == nil
	}
	e.Risk = f.reweighed(k, d.Risk)
	return e
}

// reweighed is the risk, where one of its answers was changed. All of them taken
// away is a risk that nobody weighed, which the rules refuse.
func (f Filled) reweighed(k Kept, to *itsm.Risk) *itsm.Risk {
	var blocks []string
	for _, d := range itsm.RiskDimensions {
		blocks = append(blocks, "risk_"+string(d))
	}
	if !f.touched(k, blocks...) {
		return nil
	}
	if to == nil {
		return &itsm.Risk{}
	}
	return to
}

// Done tells whether a change reads already as an edit would have it: then the
// edit was made before, and its answer was lost.
func Done(e itsm.Edit, c itsm.Change) bool {
	if e.NoWindow && c.Window != nil {
		return false
	}
	pairs := []struct{ to, is any }{
		{e.Title, &c.Title},
		{e.Description, &c.Description},
		{e.Plan, &c.Plan},
		{e.BackoutPlan, &c.BackoutPlan},
		{e.Justification, &c.Justification},
		{e.TestPlan, &c.TestPlan},
		{e.Backout, &c.Backout},
		{e.Risk, c.Risk},
		{e.Assessment, c.Assessment},
	}
	for _, p := range pairs {
		if !reflect.ValueOf(p.to).IsNil() && !reflect.DeepEqual(p.to, p.is) {
			return false
		}
	}
	if w := e.Window; w != nil && (c.Window == nil || !w.Start.Equal(c.Window.Start) || !w.End.Equal(c.Window.End)) {
		return false
	}
	return same(e.Items, c.Items) && same(e.Links, c.Links)
}

// same compares lists, of which none is as good as an empty one.
func same[T comparable](to *[]T, is []T) bool {
	if to == nil {
		return true
	}
	return len(*to) == len(is) && reflect.DeepEqual(append([]T{}, *to...), append([]T{}, is...))
}
