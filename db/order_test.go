package db_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// tale is a story in which people do what the rules let them, in any order.
func tale(t *rapid.T, n itsm.Number) (itsm.Change, *story) {
	c, _ := raised(n)
	s := &story{Change: c, at: c.RaisedAt}
	if rapid.IntRange(0, 3).Draw(t, "assessed") == 3 {
		s.step(t, itsm.System, func(at time.Time) itsm.Event {
			s.Become(itsm.ChangeAssessing, at)
			return itsm.Event{Kind: itsm.EventAssessing, From: itsm.State(itsm.ChangeRaised)}
		})
	} else {
		s.open(t)
	}
	if s.State == itsm.ChangeAwaiting && rapid.Bool().Draw(t, "approved") {
		s.approve(t)
	}
	for range rapid.IntRange(3, 16).Draw(t, "acts") {
		if s.State == itsm.ChangeApproved {
			s.step(t, itsm.System, func(at time.Time) itsm.Event {
				s.Become(itsm.ChangeScheduled, at)
				return itsm.Event{Kind: itsm.EventScheduled, From: itsm.State(itsm.ChangeApproved)}
			})
		}
		rapid.SampledFrom([]func(*rapid.T, *story){ // rapid likes the first ones best
			aVote, anAssessment, aStage, anAssignment, aHold, aRetraction, aDelegation, anEdit, aDeadline, anEdit, aVote, anEdit,
		}).Draw(t, "act")(t, s)
	}
	return c, s
}

func anEdit(t *rapid.T, s *story) {
	r := itsm.EditRequest{Revision: s.Revision}
	text := func(field string) *string {
		if rapid.IntRange(0, 3).Draw(t, field) > 0 {
			return nil
		}
		became := fmt.Sprintf("%s of %d: <\"é\">\n", field, s.Revision+1)
		if field == "title" {
			became = became[:len(became)-1]
		}
		return &became
	}
	r.Title, r.Description, r.Plan, r.BackoutPlan = text("title"), text("description"), text("plan"), text("backout plan")
	r.Justification, r.TestPlan = text("justification"), text("test plan")
	switch rapid.IntRange(0, 9).Draw(t, "more") {
	case 0:
		r.NoWindow = true
	case 1:
		r.Window = &itsm.Window{Start: noon.Add(time.Duration(s.Revision) * time.Hour), End: noon.Add(99 * time.Hour)}
	case 2:
		r.Items = &[]string{fmt.Sprint("item ", s.Revision), "x"}
	case 3:
		var none []string
		r.Items = &none
	case 4:
		r.Links = &[]itsm.Link{{URL: fmt.Sprintf("https://example.org/%d", s.Revision)}}
	case 5:
		r.Links = &[]itsm.Link{}
	case 6:
		r.Risk = &itsm.Risk{Complexity: 1 + s.Revision%5, BusinessImpact: 5, Rollback: 5, TestCoverage: 1, RecentChurn: 2}
	case 7:
		minutes := s.Revision
		r.Backout = &minutes
	case 8:
		if s.Assessment != nil {
			r.Assessment = assessment(fmt.Sprint("edited at ", s.Revision))
		}
	}
	if s.CheckEdit(acting("ana", itsm.Requester), r, terms, s.at) == nil {
		s.edit(t, r)
	}
}

func assessment(risk string) *itsm.Assessment {
	a := itsm.Assessment{Risk: risk, Benefit: "b", Feasibility: "f", Cost: "c"}
	for _, section := range a.Effects.Sections() {
		section.Effect.Text = "as before"
	}
	return &a
}

func anAssessment(t *rapid.T, s *story) {
	a := assessment("small")
	if s.CheckAssess(acting("ana", itsm.Requester), *a) == nil {
		step := s.step(t, "ana", func(time.Time) itsm.Event { return s.Assess(*a) })
		step.Edit, step.ContentHash = &itsm.Edit{Assessment: a}, s.ContentHash
	}
}

func aVote(t *rapid.T, s *story) {
	if len(s.Approvers) == 0 || s.Hold != nil {
		return
	}
	by := rapid.SampledFrom(s.Approvers).Draw(t, "by")
	d := itsm.DecisionRequest{Verdict: rapid.SampledFrom([]itsm.Verdict{itsm.Approve, itsm.Approve, itsm.Abstain, itsm.Reject}).Draw(t, "verdict"), Note: "Why."}
	if principals := s.PrincipalsOf(by); len(principals) > 0 {
		d.For = principals[0]
	}
	s.vote(t, by, d)
}

func aRetraction(t *rapid.T, s *story) {
	for _, v := range s.Votes() {
		if who := acting(v.By, itsm.Approver); s.CheckRetract(who) == nil {
			s.step(t, v.By, func(time.Time) itsm.Event { return s.Retract(who) })
			if v.For == "" && s.Hold == nil && rapid.Bool().Draw(t, "another mind") {
				s.vote(t, v.By, itsm.DecisionRequest{Verdict: itsm.Approve})
			}
			return
		}
	}
}

func aDelegation(t *rapid.T, s *story) {
	who := acting(rapid.SampledFrom([]itsm.PersonID{"bob", "eve", "kim"}).Draw(t, "who"), itsm.Approver)
	r := itsm.DelegationRequest{To: rapid.SampledFrom([]itsm.PersonID{"sue", "tim"}).Draw(t, "to")}
	if s.CheckDelegate(who, r) == nil {
		s.step(t, who.Person, func(at time.Time) itsm.Event { return s.Delegate(who, r, at) })
	}
}

func aHold(t *rapid.T, s *story) {
	who, why := acting("ana", itsm.Requester), itsm.NoteRequest{Note: "Later."}
	switch {
	case s.CheckHold(who, why) == nil:
		s.step(t, "ana", func(at time.Time) itsm.Event { return s.PutOnHold(who, why, at) })
	case s.CheckResume(who, why) == nil:
		s.step(t, "ana", func(time.Time) itsm.Event { return s.Resume(why) })
		if since, stopped := s.Stopped(); stopped {
			s.step(t, itsm.System, func(at time.Time) itsm.Event {
				moved, err := s.Deadlines().Moved(itsm.AroundTheClock, since, at)
				require.NoError(t, err)
				return s.Reschedule(moved)
			})
		}
	}
}

func anAssignment(t *rapid.T, s *story) {
	r := itsm.Reassignment{Assignee: rapid.SampledFrom([]itsm.PersonID{"ida", "ivy"}).Draw(t, "assignee")}
	if s.CheckReassign(acting("ana", itsm.Requester), r) == nil {
		s.step(t, "ana", func(time.Time) itsm.Event { return s.Reassign(r) })
	}
}

func aDeadline(t *rapid.T, s *story) {
	if d, has := s.Next(); has && d.Kind != itsm.EventWindowEnded {
		s.step(t, itsm.System, func(at time.Time) itsm.Event { return s.Fall(d, at) })
	}
}

func aStage(t *rapid.T, s *story) {
	if s.NextStage() > 0 {
		s.open(t)
	}
}

func TestEditsAndVotesInAnyOrderOfArrivalEndAsTheyWereDone(t *testing.T) {
	b, ctx, numbered := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		numbered++
		n := itsm.ChangeNumber(numbered)
		c, s := tale(t, n)
		_, e := raised(n)
		require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
		again := rapid.SliceOfN(rapid.IntRange(0, len(s.steps)-1), 0, len(s.steps)).Draw(t, "again")
		newest := 1
		for _, i := range rapid.Permutation(append(indexes(len(s.steps)), again...)).Draw(t, "order") {
			require.NoError(t, b.worker.StepChange(ctx, s.steps[i], from))
			newest = max(newest, s.steps[i].Event.Revision)
			got, err := b.desk.Change(ctx, n)
			require.NoError(t, err)
			require.Equal(t, newest, got.Revision)
			require.Equal(t, got.Hash(), got.ContentHash, "a reader has the hash of what they read")
		}
		got, err := b.desk.Change(ctx, n)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(s.Change, got, cmpopts.EquateEmpty()))
		timeline, err := b.desk.Timeline(ctx, n)
		require.NoError(t, err)
		require.Len(t, timeline, len(s.steps)+1)
		for i, step := range s.steps {
			require.Empty(t, cmp.Diff(step.Event, timeline[i+1]))
		}
		var hash string
		require.NoError(t, b.owner.Pool().QueryRow(ctx, "SELECT content_hash FROM changes WHERE number = $1", n).Scan(&hash))
		require.Equal(t, s.ContentHash, hash)
		textsOfOld(ctx, t, b, s)
	})
}

// textsOfOld reads again what each vote was given on, from what the events keep.
func textsOfOld(ctx context.Context, t require.TestingT, b book, s *story) {
	draft := itsm.ChangeDraft{Type: s.Type, Service: s.Service, Deployment: s.Deployment}
	kept, err := b.owner.Pool().Query(ctx, "SELECT revision, coalesce(edit, '{}') FROM events WHERE number = $1 ORDER BY revision", s.Number)
	require.NoError(t, err)
	defer kept.Close()
	for kept.Next() {
		var revision int
		var edit []byte
		require.NoError(t, kept.Scan(&revision, &edit))
		var touched map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(edit, &touched))
		for _, field := range []struct {
			name  string
			clear func()
		}{{"configuration_items", func() { draft.Items = nil }}, {"links", func() { draft.Links = nil }}} {
			if _, is := touched[field.name]; is {
				field.clear() // or JSON would read into what is there
			}
		}
		require.NoError(t, json.Unmarshal(edit, &draft))
		i := slices.IndexFunc(s.steps, func(step itsm.ChangeStep) bool { return step.Event.Revision == revision })
		if i >= 0 && s.steps[i].Event.Decision != nil {
			require.Equal(t, s.steps[i].Event.Decision.ContentHash, draft.Hash(), "revision %d", revision)
		}
	}
	require.NoError(t, kept.Err())
}

func TestEditsThatArriveAtOnceAllLand(t *testing.T) {
	b, ctx := open(t), t.Context()
	for n := range int64(10) {
		c, e := raised(itsm.ChangeNumber(n + 1))
		require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
		s := &story{Change: c, at: c.RaisedAt}
		s.open(t)
		for i := range 12 {
			text := fmt.Sprint("edit ", i)
			edits := []itsm.Edit{{Title: &text}, {Plan: &text}, {TestPlan: &text, Title: &text}}
			s.edit(t, itsm.EditRequest{Edit: edits[i%3]})
		}
		var group sync.WaitGroup
		for _, step := range append(s.steps, s.steps...) {
			group.Go(func() {
				if err := b.worker.StepChange(ctx, step, from); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		got, err := b.desk.Change(ctx, c.Number)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(s.Change, got, cmpopts.EquateEmpty()))
	}
}

func TestAnOlderEditOverwritesNothingThatANewerOneTouched(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	s := &story{Change: c, at: c.RaisedAt}
	s.open(t)
	all := func(i int) itsm.EditRequest {
		text := fmt.Sprint("edit ", i)
		return itsm.EditRequest{Edit: itsm.Edit{
			Title: &text, Description: &text, Plan: &text, BackoutPlan: &text, Justification: &text, TestPlan: &text,
			Window: &itsm.Window{Start: noon.Add(time.Duration(i) * time.Hour), End: noon.Add(9 * time.Hour)}, Backout: &i,
			Items: &[]string{text}, Links: &[]itsm.Link{{URL: "CHG-" + fmt.Sprint(i)}},
			Risk: &itsm.Risk{Complexity: i, BusinessImpact: i, Rollback: i, TestCoverage: i, RecentChurn: i}, Assessment: assessment(text),
		}}
	}
	for i := 1; i <= 3; i++ {
		s.edit(t, all(i))
	}
	bare := ""
	s.edit(t, itsm.EditRequest{Edit: itsm.Edit{NoWindow: true, Description: &bare, Items: &[]string{}, Links: &[]itsm.Link{}}})
	for _, i := range []int{2, 4, 1, 3, 0} {
		require.NoError(t, b.worker.StepChange(ctx, s.steps[i], from))
	}
	got, err := b.desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(s.Change, got, cmpopts.EquateEmpty()))
	require.Equal(t, "edit 3", got.Title)
	require.Empty(t, got.Items)
}

func TestAVoteThatWasTakenBackCountsOnlyWhereItWasGiven(t *testing.T) {
	b := open(t)
	yes, numbered := itsm.DecisionRequest{Verdict: itsm.Approve}, int64(0)
	rapid.Check(t, func(t *rapid.T) {
		numbered++
		c, e := raised(itsm.ChangeNumber(numbered))
		s := &story{Change: c, at: c.RaisedAt}
		bob := acting("bob", itsm.Approver)
		back := func() { s.step(t, "bob", func(time.Time) itsm.Event { return s.Retract(bob) }) }
		s.open(t)
		s.vote(t, "bob", itsm.DecisionRequest{Verdict: itsm.Abstain})
		back()
		s.vote(t, "bob", yes) // the same person in the same stage, once more
		s.vote(t, "eve", yes)
		s.open(t)
		s.vote(t, "bob", itsm.DecisionRequest{Verdict: itsm.Abstain})
		back() // of this stage, not of the one before
		require.NoError(t, b.worker.RecordChange(context.Background(), c, e, from))
		for _, i := range rapid.Permutation(indexes(len(s.steps))).Draw(t, "order") {
			require.NoError(t, b.worker.StepChange(context.Background(), s.steps[i], from))
		}
		got := left(t, b, c.Number)
		require.Empty(t, cmp.Diff(s.Change, got.Change, cmpopts.EquateEmpty()))
		require.Len(t, got.Change.Decisions, 2)
		require.Equal(t, itsm.Approve, got.Change.Decisions[0].Verdict)
		require.Equal(t, itsm.Abstain, got.Timeline[2].Decision.Verdict, "what happened stays in the timeline")
	})
}
