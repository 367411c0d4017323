package itsm_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

var everyEdit = map[string]itsm.Edit{
	"title":               {Title: new("Other")},
	"description":         {Description: new("Why.")},
	"plan":                {Plan: new("Other.")},
	"backout_plan":        {BackoutPlan: new("Other.")},
	"window":              {Window: &itsm.Window{Start: at.Add(time.Hour), End: at.Add(2 * time.Hour)}},
	"justification":       {Justification: new("Or else.")},
	"test_plan":           {TestPlan: new("Try it.")},
	"backout_minutes":     {Backout: new(5)},
	"configuration_items": {Items: &[]string{"web-1"}},
	"links":               {Links: &[]itsm.Link{{URL: "https://example.com/1"}}},
	"risk":                {Risk: riskOf(1)},
	"assessment":          {Assessment: new(assessed())},
}

func TestWhatAnEditVoids(t *testing.T) {
	require.Len(t, everyEdit, reflect.TypeFor[itsm.Edit]().NumField()-1, "each field, and no_window")
	onlyPlan := itsm.Terms{Material: []string{"plan"}}
	for field, edit := range everyEdit {
		for _, tt := range []struct {
			terms itsm.Terms
			voids bool
		}{{itsm.Terms{}, field != "links"}, {onlyPlan, field == "plan"}} {
			c := asked(factor(2, "bob", "eve"))
			require.Empty(t, votes(t, &c, "bob+"))
			hash, r := c.ContentHash, itsm.EditRequest{Revision: c.Revision, Note: "Better.", Edit: edit}
			require.NoError(t, c.CheckEdit(ana, r, tt.terms, at), field)
			e := c.Edit(r, tt.terms, at)
			require.Equal(t, field, e.Detail.Edits[0].Field)
			require.Equal(t, tt.voids, e.Detail.Edits[0].Material, field)
			require.NotEqual(t, hash, c.ContentHash, field)
			require.Equal(t, c.Hash(), c.ContentHash, field)
			require.Equal(t, tt.voids, len(c.Decisions) == 0, field)
			require.Equal(t, tt.voids, len(e.Detail.Voided) == 1, field)
			require.Equal(t, map[bool]int{true: 2, false: 1}[tt.voids], c.Approval.Round, field)
			require.Equal(t, map[bool]int{true: 1, false: 0}[tt.voids], c.NextStage(), field)
			require.Equal(t, tt.voids, c.ExpireAt == nil, "a new round has its own time: %s", field)
			require.Equal(t, "edit.empty", code(c.CheckEdit(ana, itsm.EditRequest{Revision: c.Revision, Edit: edit}, tt.terms, at)), field)
		}
	}
}

func TestWhoEditsWhatWhen(t *testing.T) {
	other := itsm.EditRequest{Revision: 2, Edit: itsm.Edit{Plan: new("Other.")}}
	for _, tt := range []struct {
		sentence string
		state    itsm.ChangeState
		who      itsm.Actor
		r        itsm.EditRequest
		code     string
	}{
		{"its requester", itsm.ChangeAwaiting, ana, other, ""},
		{"a change manager", itsm.ChangeScheduled, manager, other, ""},
		{"another requester", itsm.ChangeAwaiting, bob, other, "change.not_yours"},
		{"an implementer", itsm.ChangeAwaiting, ida, other, "actor.permission"},
		{"what is under way", itsm.ChangeImplementing, ana, other, "change.not_editable"},
		{"what is over", itsm.ChangeRejected, ana, other, "change.not_editable"},
		{"what has moved on", itsm.ChangeAwaiting, ana, itsm.EditRequest{Revision: 1, Edit: other.Edit}, "record.moved_on"},
		{"nothing", itsm.ChangeAwaiting, ana, itsm.EditRequest{Revision: 2}, "edit.empty"},
		{"the same", itsm.ChangeAwaiting, ana, itsm.EditRequest{Revision: 2, Edit: itsm.Edit{Plan: new("Rotate.")}}, "edit.empty"},
		{"to what is no change", itsm.ChangeAwaiting, ana, itsm.EditRequest{Revision: 2, Edit: itsm.Edit{Plan: new(" ")}}, "change.invalid"},
		{"to a window that is over", itsm.ChangeAwaiting, ana, itsm.EditRequest{Revision: 2, Edit: itsm.Edit{Window: &itsm.Window{Start: at.Add(-2), End: at.Add(-1)}}}, "change.invalid"},
		{"a window both ways", itsm.ChangeAwaiting, ana, itsm.EditRequest{Revision: 2, Edit: itsm.Edit{NoWindow: true, Window: everyEdit["window"].Window}}, "edit.invalid"},
		{"with a note too long", itsm.ChangeAwaiting, ana, itsm.EditRequest{Revision: 2, Note: strings.Repeat("ä", itsm.MaxNote+1), Edit: other.Edit}, "edit.invalid"},
	} {
		c := inState(tt.state)
		require.Equal(t, tt.code, code(c.CheckEdit(tt.who, tt.r, itsm.Terms{}, at)), tt.sentence)
	}
}

// What was approved and then edited is decided on anew.
func TestAnEditOfWhatIsScheduledBringsItBack(t *testing.T) {
	c := inState(itsm.ChangeScheduled)
	e := c.Edit(itsm.EditRequest{Revision: 2, Edit: itsm.Edit{Plan: new("Other.")}}, itsm.Terms{}, at)
	require.Equal(t, itsm.State(itsm.ChangeScheduled), e.From)
	require.Equal(t, itsm.ChangeAwaiting, c.State)
	require.Equal(t, itsm.PersonID("bob"), e.Detail.Voided[0].By)
	require.Equal(t, "change.not_scheduled", code(c.CheckStart(ida, at)))
	require.Equal(t, "change.opening", code(c.CheckDecision(bob, itsm.DecisionRequest{Verdict: itsm.Approve})))
	require.Equal(t, 1, c.Asking().Stage)
	require.Equal(t, 2, c.Asking().Round)
	require.Empty(t, c.Asking().Earlier)
}

// Where risk decides who is asked, another tier begins anew, whatever the catalog
// lists as material; and one that has to be assessed cannot be entered unassessed.
func TestAnotherTierBeginsAnew(t *testing.T) {
	terms := itsm.Terms{Weighed: true, Material: []string{"plan"}, Assessed: []itsm.RiskTier{itsm.RiskMedium}}
	c := asked(factor(2, "bob", "eve"))
	c.Risk = riskOf(5)
	c.RiskScore = terms.Score(c.ChangeDraft)
	require.Empty(t, votes(t, &c, "bob+"))
	lower := itsm.EditRequest{Revision: c.Revision, Edit: itsm.Edit{Risk: riskOf(1)}}
	require.NoError(t, c.CheckEdit(ana, lower, terms, at))
	e := c.Edit(lower, terms, at)
	require.Equal(t, itsm.RiskLow, e.Detail.RiskScore.Tier)
	require.True(t, e.Detail.Edits[0].Material)
	require.Empty(t, c.Decisions)
	medium := itsm.EditRequest{Revision: c.Revision, Edit: itsm.Edit{Risk: riskOf(3)}}
	require.Equal(t, "edit.invalid", code(c.CheckEdit(ana, medium, terms, at)))
	medium.Assessment = new(assessed())
	require.NoError(t, c.CheckEdit(ana, medium, terms, at))
}

// An edit makes a difference if, and only if, it makes another text to decide on.
func TestNoEditHides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"a", "b", "a\nb", "b\na", "x: a\nb"})
		draw := func(label string) *itsm.Assessment {
			a := assessed()
			a.Risk, a.Benefit, a.Effects.Plans.Text = word.Draw(t, label), word.Draw(t, label), word.Draw(t, label)
			return &a
		}
		edits := func(label string) itsm.Edit {
			return itsm.Edit{
				Plan: new(word.Draw(t, label)), TestPlan: new(word.Draw(t, label)), Assessment: draw(label),
				Items: new(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "a b"}), 0, 2).Draw(t, label)),
				Links: new(rapid.SliceOfN(rapid.SampledFrom([]itsm.Link{{URL: "CHG-1"}, {URL: "CHG-1", Title: "a"}, {URL: "CHG-2"}}), 0, 2).Draw(t, label)),
			}
		}
		c := inState(itsm.ChangeAwaiting)
		c.Edit(itsm.EditRequest{Edit: edits("first")}, itsm.Terms{}, at)
		before := c.ContentHash
		r := itsm.EditRequest{Revision: c.Revision, Edit: edits("second")}
		err := c.CheckEdit(ana, r, itsm.Terms{}, at)
		c.Edit(r, itsm.Terms{}, at)
		require.Equal(t, before == c.ContentHash, code(err) == "edit.empty", "%v", err)
	})
}

func TestADifferenceIsCut(t *testing.T) {
	c := inState(itsm.ChangeAwaiting)
	e := c.Edit(itsm.EditRequest{Edit: itsm.Edit{Plan: new(strings.Repeat("ä", itsm.MaxText))}}, itsm.Terms{}, at)
	require.Equal(t, strings.Repeat("ä", 400)+"…", e.Detail.Edits[0].After)
	require.Equal(t, "Rotate.", e.Detail.Edits[0].Before)
}

func TestWhoHandsAChangeToWhom(t *testing.T) {
	doers := func(p *itsm.Panel) { p.NotDoer = true }
	reading := ida
	reading.Scopes = []itsm.Scope{itsm.ScopeRead}
	for _, tt := range []struct {
		sentence string
		panels   []itsm.Panel
		votes    string
		who      itsm.Actor
		to       itsm.PersonID
		code     string
	}{
		{"its requester to anybody", []itsm.Panel{factor(1, "bob")}, "", ana, "zoe", ""},
		{"whoever has it, on", []itsm.Panel{factor(1, "bob")}, "", ida, "zoe", ""},
		{"not with a token for reading", []itsm.Panel{factor(1, "bob")}, "", reading, "zoe", "actor.scope"},
		{"nobody else", []itsm.Panel{factor(1, "bob")}, "", bob, "zoe", "change.not_yours"},
		{"to nobody", []itsm.Panel{factor(1, "bob")}, "", ana, "", "reassignment.invalid"},
		{"to whom it is", []itsm.Panel{factor(1, "bob")}, "", ana, "ida", "change.assigned"},
		{"to who approved where the implementer may not", []itsm.Panel{with(factor(2, "bob", "eve"), doers)}, "bob+", ana, "bob", "change.own_approval"},
		{"to who approved where they may", []itsm.Panel{factor(2, "bob", "eve")}, "bob+", ana, "bob", ""},
		{"to who took that back", []itsm.Panel{with(factor(1, "bob", "eve"), doers), factor(1, "joe")}, "bob+ bob~", ana, "bob", ""},
		{"to one without whom the stage cannot pass", []itsm.Panel{with(factor(2, "bob", "eve"), doers)}, "", ana, "bob", "change.assignment_blocks"},
	} {
		c := asked(tt.panels...)
		require.Empty(t, votes(t, &c, tt.votes), tt.sentence)
		require.Equal(t, tt.code, code(c.CheckReassign(tt.who, itsm.Reassignment{Assignee: tt.to})), tt.sentence)
	}
	c := asked(with(factor(2, "bob", "eve"), doers))
	c.Reassign(itsm.Reassignment{Assignee: "zoe"})
	require.Equal(t, itsm.PersonID("zoe"), c.Assignee)
}

// An approval in an earlier stage is not forgotten when one in a later stage is
// taken back; and a deputy's approval binds both.
func TestWhoApprovedDoesNotCarryItOut(t *testing.T) {
	doers := func(p *itsm.Panel) { p.NotDoer = true }
	c := asked(with(factor(1, "bob"), doers))
	c.Assignee, c.Approval.Opening.Of = "", 2
	c.Delegate(bob, itsm.DelegationRequest{To: "sue"}, at)
	require.Empty(t, votes(t, &c, "sue/bob+"))
	o := itsm.OfOne(nil, at, nil, new(at.Add(time.Hour)))
	o.Stage, o.Of, o.Panels = 2, 2, []itsm.Panel{with(quorum("sue", "eve", "joe"), doers)}
	c.OpenStage(o)
	require.Empty(t, votes(t, &c, "sue+ sue~ eve+ joe+"))
	c.Become(itsm.ChangeScheduled, at)
	for _, id := range []itsm.PersonID{"bob", "sue", "eve", "joe"} {
		require.Equal(t, "change.own_approval", code(c.CheckStart(person(id, itsm.Implementer), at)), id)
		require.Equal(t, "change.own_approval", code(c.CheckReassign(ana, itsm.Reassignment{Assignee: id})), id)
	}
	require.NoError(t, c.CheckStart(ida, at))

	c = asked(factor(2, "bob", "eve"))
	c.Assignee = ""
	require.Empty(t, votes(t, &c, "bob+ eve+"))
	c.Become(itsm.ChangeScheduled, at)
	require.NoError(t, c.CheckStart(person("bob", itsm.Implementer), at), "he did not approve it alone")
}

func TestACommentChangesNothing(t *testing.T) {
	c, talk := asked(factor(1, "bob")), itsm.Talk{}
	before := copied(t, c)
	ask, answer := itsm.CommentRequest{Text: "Why?", Question: true}, itsm.CommentRequest{Text: "So.", ReplyTo: 1}
	require.Equal(t, "comment.invalid", code(c.CheckComment(bob, answer, talk)), "nobody asked")
	require.NoError(t, c.CheckComment(bob, ask, talk))
	require.Equal(t, itsm.Question, c.Say(bob, ask, &talk, at).Kind)
	require.NoError(t, c.CheckComment(ana, answer, talk))
	require.Equal(t, 2, c.Say(ana, answer, &talk, at).ID)
	require.Equal(t, before, copied(t, c), "the clock goes on, and no revision is raised")
	require.Equal(t, "comment.invalid", code(c.CheckComment(bob, itsm.CommentRequest{Text: " "}, talk)))
	require.Equal(t, "comment.invalid", code(c.CheckComment(bob, itsm.CommentRequest{Text: "?", Question: true, ReplyTo: 1}, talk)))
	require.Equal(t, "actor.permission", code(c.CheckComment(ada, itsm.CommentRequest{Text: "Hm."}, talk)))
	talk.Comments = itsm.MaxComments
	require.Equal(t, "comment.too_many", code(c.CheckComment(bob, itsm.CommentRequest{Text: "Hm."}, talk)))
}

func TestWhoWithdrawsWhat(t *testing.T) {
	for _, tt := range []struct {
		state itsm.ChangeState
		who   itsm.Actor
		code  string
	}{
		{itsm.ChangeAwaiting, ana, ""},
		{itsm.ChangeAssessing, ana, ""},
		{itsm.ChangeAwaiting, manager, "change.not_yours_to_withdraw"},
		{itsm.ChangeAwaiting, ida, "actor.permission"},
		{itsm.ChangeScheduled, ana, "change.decided_on"},
		{itsm.ChangeRejected, ana, "change.decided_on"},
	} {
		c := inState(tt.state)
		require.Equal(t, tt.code, code(c.CheckWithdraw(tt.who, itsm.NoteRequest{})), "%s %s", tt.state, tt.who.Person)
	}
}
