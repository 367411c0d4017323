package itsm_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// knownPeople are people of whom messages may know more than their id.
var knownPeople = func() map[itsm.PersonID]itsm.Person {
	all := make(map[itsm.PersonID]itsm.Person)
	for _, who := range []itsm.Actor{rel, col} {
		all[who.Person] = itsm.Person{ID: who.Person}
	}
	return all
}()

// sentTo are the messages of a kind about an event, by whom they go to; those that need
// nobody any more end in a mark.
func sentTo(all []itsm.Notice, kind itsm.NoticeKind, of itsm.EventKind) (to []string) {
	for _, n := range all {
		if n.Kind == kind && n.Event.Kind == of {
			over := ""
			if n.Over {
				over = " over"
			}
			to = append(to, string(n.To)+over)
		}
	}
	return to
}

// once holds that a name belongs to one message, and that none goes to nobody.
func once(t *testing.T, all []itsm.Notice) {
	t.Helper()
	keys := map[string]bool{}
	for _, n := range all {
		require.False(t, keys[n.Key], n.Key)
		keys[n.Key] = true
		require.True(t, n.Channel != "" || n.To != "", n.Key)
	}
}

func TestWhoIsToldOfASupplier(t *testing.T) {
	l := activeSupplier(t)
	l.certify(itsm.CertificateRequest{Name: "ISO/IEC 27001", Expires: itsm.DateOf(l.now.UTC()) + 100})
	l.pass(120)
	p := l.SupplierProfile
	p.Owner = "col"
	r := itsm.ProfileRequest{SupplierProfile: p, Revision: l.Revision}
	require.NoError(t, l.CheckEdit(sam, r))
	l.happened(sam, l.Edit(sam, r, l.now))
	e, _ := l.Rate(rated("01", 50), l.now)
	l.happened(steward, e)

	b := itsm.SupplierBook{Supplier: l.Supplier, Timeline: l.events, Channel: "C0SUPPLIERS", Managers: []itsm.PersonID{"sam", "sue"}, People: knownPeople}
	talk := itsm.Talk{}
	q := itsm.CommentRequest{Text: "Who do we call?", Question: true}
	require.NoError(t, l.CheckComment(ida, q, talk))
	b.Said = append(b.Said, l.Say(ida, q, &talk, l.now))
	all := itsm.SupplierNotices(b)
	once(t, all)
	require.Equal(t, itsm.NoticeCard, all[0].Kind)
	require.Equal(t, "SUP-4/card", all[0].Key)
	require.Equal(t, []string{"col", "dep", "sue"}, sentTo(all, itsm.NoticeTell, itsm.EventSupplierProposed), "not whoever did it")
	require.Equal(t, []string{"col", "dep", "sam", "sue"}, sentTo(all, itsm.NoticeTell, itsm.EventCertificateExpired))
	require.Equal(t, slices.Repeat([]string{"col", "dep"}, 3), sentTo(all, itsm.NoticeTell, itsm.EventCertificateEnds))
	require.Equal(t, []string{"col", "dep", "rel"}, sentTo(all, itsm.NoticeTell, itsm.EventSupplierEdited), "both owners")
	require.Equal(t, []string{"col", "dep", "sam", "sue"}, sentTo(all, itsm.NoticeTell, itsm.EventSupplierRated))
	last := all[len(all)-1]
	require.Equal(t, itsm.NoticeComment, last.Kind)
	require.Equal(t, "SUP-4/card", last.Thread)
	require.Empty(t, last.Supplier.Contacts, "what was said shows no more of the record than its name")
	for _, n := range all {
		require.Subset(t, b.Named(), keysOf(n), n.Key)
	}

	b.Channel = ""
	for _, n := range itsm.SupplierNotices(b) {
		require.Empty(t, n.Channel, "no channel, no card")
	}
	require.Equal(t, all[0].Explanation, l.Explain())
	b.Timeline = nil
	require.Empty(t, itsm.SupplierNotices(b))
}

func keysOf(n itsm.Notice) (ids []itsm.PersonID) {
	if n.To != "" {
		ids = append(ids, n.To)
	}
	return ids
}

// What was agreed on with a supplier is told to people, and never to a channel.
func TestWhoIsToldOfAContract(t *testing.T) {
	l := drafted(t, anyContract())
	book := func() itsm.ContractBook {
		return itsm.ContractBook{
			Contract: l.Contract, Timeline: l.events, Managers: []itsm.PersonID{"sam"}, Commercial: []itsm.PersonID{"col", "cyd"}, People: knownPeople,
		}
	}
	r := itsm.ProposalRequest{Decision: itsm.ApproveContract, Effect: "e"}
	l.propose(r)
	require.Equal(t, []string{"cyd"}, sentTo(itsm.ContractNotices(book()), itsm.NoticeDecide, itsm.EventContractDecisionOpened))
	l.vote(itsm.Reject)
	l.decide(r)
	l.pass(l.LastNotice() + 2)
	b := book()
	all := itsm.ContractNotices(b)
	once(t, all)
	require.Equal(t, []string{"cyd over", "cyd over"}, sentTo(all, itsm.NoticeDecide, itsm.EventContractDecisionOpened))
	require.Equal(t, []string{"col"}, sentTo(all, itsm.NoticeTell, itsm.EventContractDecisionRejected))
	require.Equal(t, []string{"col", "cyd", "sam"}, sentTo(all, itsm.NoticeTell, itsm.EventDecisionOverdue))
	require.Equal(t, []string{"col", "cyd", "sam"}, sentTo(all, itsm.NoticeTell, itsm.EventNoticeMissed))
	require.Equal(t, slices.Repeat([]string{"col", "cyd"}, 7), sentTo(all, itsm.NoticeTell, itsm.EventNoticeNears))
	for _, n := range all {
		require.Empty(t, n.Channel)
		require.Subset(t, b.Named(), keysOf(n), n.Key)
	}
}

// Whoever was asked to decide and has not answered is asked once more, half-way.
func TestWhoHasNotAnsweredIsAskedOnceMore(t *testing.T) {
	l := drafted(t, anyContract())
	l.propose(itsm.ProposalRequest{Decision: itsm.ApproveContract, Effect: "e"})
	require.Contains(t, l.pass(today+4), itsm.EventContractDecisionReminded)
	book := func() []itsm.Notice {
		return itsm.ContractNotices(itsm.ContractBook{Contract: l.Contract, Timeline: l.events, People: knownPeople})
	}
	once(t, book())
	require.Equal(t, []string{"cyd"}, sentTo(book(), itsm.NoticeDecide, itsm.EventContractDecisionReminded))
	l.vote(itsm.Approve)
	require.Equal(t, []string{"cyd over"}, sentTo(book(), itsm.NoticeDecide, itsm.EventContractDecisionReminded))
}

func TestWhoIsToldOfAReview(t *testing.T) {
	l := reviewed(t)
	book := func() itsm.ReviewBook {
		return itsm.ReviewBook{
			Review: l.SupplierReview, Timeline: l.events, Channel: "C0SUPPLIERS", Reviewers: []itsm.PersonID{"col", "cyd", "sam"},
			Managers: []itsm.PersonID{"sam"}, People: knownPeople,
		}
	}
	q := itsm.ReadingRequest{Name: "Availability", Value: new(itsm.Amount(99_950)), Evidence: seenIt}
	l.measure(col, q)
	l.measure(col, q)
	all := itsm.ReviewNotices(book())
	once(t, all)
	l.now = l.now.Add(1)
	l.measure(col, q)
	all = itsm.ReviewNotices(book())
	require.Equal(t, []string{"cyd over", "sam over", "cyd over", "sam over", "cyd", "sam"}, sentTo(all, itsm.NoticeEvidence, itsm.EventReviewMeasured), "of what was measured last")
	l.happened(cyd, l.See(cyd, itsm.SeenRequest{Name: "Availability"}, l.now))
	l.judge(itsm.ByQuality, 50)
	l.pass(6)
	l.weigh()
	l.meet()
	l.agree(itsm.ReviewAction{Title: "Ask them", Owner: "ida", Due: itsm.NewDate(2027, 1, 31)})
	b := book()
	all = itsm.ReviewNotices(b)
	once(t, all)
	require.Equal(t, "SUP-4/2026-11/card", all[0].Key)
	require.Equal(t, []string{"rel", "sam"}, sentTo(all, itsm.NoticeTell, itsm.EventReviewMissed))
	require.Equal(t, []string{"ida", "rel"}, sentTo(all, itsm.NoticeTell, itsm.EventReviewAgreed))
	require.Equal(t, []string{"cyd", "sam"}, sentTo(all, itsm.NoticeSignOff, itsm.EventReviewAgreed), "not whoever scored it")
	for _, n := range all {
		require.Subset(t, b.Named(), keysOf(n), fmt.Sprint(n.Key))
	}
	l.sign(cyd)
	require.Equal(t, []string{"cyd over", "sam over"}, sentTo(itsm.ReviewNotices(book()), itsm.NoticeSignOff, itsm.EventReviewAgreed))
}
