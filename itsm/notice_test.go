package itsm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// story is a change and its timeline.
type story struct {
	c        itsm.Change
	timeline []itsm.Event
}

func (s *story) happened(e itsm.Event, actor itsm.PersonID) {
	s.c.Revision++
	e.Number, e.Revision, e.Actor, e.To = s.c.Number, s.c.Revision, actor, itsm.State(s.c.State)
	e.At = at.Add(time.Duration(s.c.Revision) * time.Minute)
	s.timeline = append(s.timeline, e)
}

func (s *story) open(stage int, panels ...itsm.Panel) {
	o := itsm.OfOne(nil, at, nil, new(at.Add(time.Hour)))
	o.Round, o.Stage, o.Of, o.Panels = s.c.Approval.Round, stage, 2, panels
	s.c.OpenStage(o)
	s.happened(itsm.Event{Kind: itsm.EventOpened, From: itsm.State(s.c.State), Detail: &itsm.Detail{Opening: new(o)}}, itsm.System)
}

func (s *story) vote(by itsm.PersonID, v itsm.Verdict) {
	who := person(by, itsm.Approver, itsm.ChangeManager)
	s.happened(s.c.Decide(who, itsm.DecisionRequest{Verdict: v, Note: "So."}, at.Add(time.Duration(s.c.Revision+1)*time.Minute)), by)
}

func (s *story) notices() map[string]itsm.Notice {
	all := make(map[string]itsm.Notice)
	for _, n := range itsm.Notices(s.c, s.timeline, nil, itsm.Service{Channel: "C1"}, nil) {
		all[n.Key] = n
	}
	return all
}

// told is Ana's change with its first of two stages open.
func told(panels ...itsm.Panel) *story {
	s := &story{c: asked()}
	s.c.Revision = 0
	s.happened(itsm.Event{Kind: itsm.EventRaised}, "ana")
	s.open(1, panels...)
	return s
}

func TestEveryStageAsksItsPeople(t *testing.T) {
	s := told(factor(1, "bob", "joe"))
	r := itsm.DelegationRequest{To: "eve"}
	s.happened(s.c.Delegate(bob, r, at), "bob")
	require.Contains(t, s.notices(), "CHG-1/ask/3/eve", "who may decide now")
	require.NotContains(t, s.notices(), "CHG-1/tell/3", "he did it himself")
	s.vote("joe", itsm.Approve)
	require.True(t, s.notices()["CHG-1/ask/bob"].Over)
	require.True(t, s.notices()["CHG-1/ask/3/eve"].Over)
	before := s.notices()["CHG-1/ask/bob"]

	s.open(2, quorum("bob", "sue"))
	all := s.notices()
	for _, key := range []string{"CHG-1/ask/1.2/bob", "CHG-1/ask/1.2/sue", "CHG-1/ask/1.2/eve"} {
		require.Contains(t, all, key, "eve decides for bob on this record, in each of its stages")
		require.False(t, all[key].Over)
	}
	s.vote("sue", itsm.Approve)
	s.vote("bob", itsm.Approve)
	after := s.notices()["CHG-1/ask/bob"]
	before.Change.Revision, before.Explanation = after.Change.Revision, after.Explanation
	require.Equal(t, before, after, "who decided in the first stage hears nothing of the second")
	require.Contains(t, s.notices(), "CHG-1/tell/change.approved")
}

func TestAManagerDelegatesAndBothAreTold(t *testing.T) {
	s := told(factor(1, "bob"))
	s.happened(s.c.Delegate(manager, itsm.DelegationRequest{From: "bob", To: "eve"}, at), "max")
	all := s.notices()
	require.Contains(t, all, "CHG-1/ask/3/eve")
	require.Equal(t, itsm.PersonID("bob"), all["CHG-1/tell/3"].To)
}

// Only who has not decided is reminded, and whom an abstention let in is asked.
func TestWhoIsReminded(t *testing.T) {
	backed := with(factor(2, "bob", "joe", "zoe"), func(p *itsm.Panel) { p.Backups = ids{"sue"} })
	s := told(backed)
	s.vote("joe", itsm.Abstain)
	require.NotContains(t, s.notices(), "CHG-1/ask/sue")
	s.vote("bob", itsm.Abstain)
	require.Equal(t, ids{"sue"}, s.timeline[3].Detail.Joined)
	require.Contains(t, s.notices(), "CHG-1/ask/sue")
	s.happened(s.c.Retract(bob), "bob")
	s.happened(s.c.Fall(itsm.Deadline{Kind: itsm.EventReminded}, at), itsm.System)
	all := s.notices()
	for _, id := range []string{"bob", "zoe", "sue"} {
		require.Contains(t, all, "CHG-1/remind/6/"+id)
	}
	require.NotContains(t, all, "CHG-1/remind/6/joe", "he abstained")
}

func TestVotersHearWhatVoidedTheirs(t *testing.T) {
	s := told(factor(2, "bob", "joe"))
	s.vote("bob", itsm.Approve)
	edit := itsm.EditRequest{Note: "Better.", Edit: itsm.Edit{Plan: new("Other.")}}
	s.happened(s.c.Edit(edit, itsm.Terms{}, at), "ana")
	all := s.notices()
	require.Equal(t, "plan", all["CHG-1/tell/4/bob"].Event.Detail.Edits[0].Field)
	require.NotContains(t, all, "CHG-1/tell/4/joe")
	require.True(t, all["CHG-1/ask/joe"].Over)
	s.open(1, factor(2, "bob", "joe"))
	require.Contains(t, s.notices(), "CHG-1/ask/2.1/bob")
	links := itsm.EditRequest{Edit: itsm.Edit{Links: &[]itsm.Link{{URL: "CHG-2"}}}}
	s.happened(s.c.Edit(links, itsm.Terms{}, at), "ana")
	require.False(t, s.notices()["CHG-1/ask/2.1/bob"].Over, "a link voids nothing")
}

func TestAStageAsksInItsOwnChannelToo(t *testing.T) {
	s := told(factor(1, "bob"))
	s.timeline[1].Detail.Opening.Channel = "C2"
	require.Equal(t, "C2", s.notices()["CHG-1/ask/channel"].Channel)
	s.timeline[1].Detail.Opening.Channel = "C1"
	require.NotContains(t, s.notices(), "CHG-1/ask/channel", "the card is there already")
}

func TestWhatWasSaid(t *testing.T) {
	c, talk := asked(factor(1, "bob")), itsm.Talk{}
	timeline := []itsm.Event{{Number: c.Number, Revision: 1, Kind: itsm.EventRaised}}
	said := []itsm.Comment{
		c.Say(bob, itsm.CommentRequest{Text: "Why?", Question: true}, &talk, at),
		c.Say(ana, itsm.CommentRequest{Text: "So.", ReplyTo: 1}, &talk, at),
		c.Say(ida, itsm.CommentRequest{Text: "Hm."}, &talk, at),
	}
	all := itsm.Notices(c, timeline, said, itsm.Service{Channel: "C1"}, nil)
	find := func(key string) itsm.Notice {
		i := slices.IndexFunc(all, func(n itsm.Notice) bool { return n.Key == "CHG-1/"+key })
		require.GreaterOrEqual(t, i, 0, "%s of %v", key, keys(all))
		return all[i]
	}
	require.Equal(t, itsm.PersonID("ana"), find("question/1").To)
	require.Equal(t, itsm.PersonID("bob"), find("answer/2").To)
	require.Equal(t, "CHG-1/card", find("comment/3").Thread)
	require.Equal(t, "Hm.", find("comment/3").Comment.Text)
	require.Len(t, all, 6)
}
