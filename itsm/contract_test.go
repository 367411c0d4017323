package itsm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestTheFaultsOfAContract(t *testing.T) {
	for pointer, spoil := range map[string]func(*itsm.ContractDraft){
		"/title":               func(d *itsm.ContractDraft) { d.Title = "" },
		"/supplier":            func(d *itsm.ContractDraft) { d.Supplier = "CHG-1" },
		"/owner":               func(d *itsm.ContractDraft) { d.Owner = "" },
		"/services":            func(d *itsm.ContractDraft) { d.Services = sameText(itsm.MaxSupplied + 1) },
		"/supplies":            func(d *itsm.ContractDraft) { d.Supplies = " " },
		"/duties":              func(d *itsm.ContractDraft) { d.Duties = "" },
		"/start":               func(d *itsm.ContractDraft) { d.Start = 0 },
		"/end":                 func(d *itsm.ContractDraft) { d.End = d.Start },
		"/notice":              func(d *itsm.ContractDraft) { d.Notice = itsm.DateSpan{Months: 13} },
		"/renewal":             func(d *itsm.ContractDraft) { d.Renewal = itsm.DateSpan{Months: 2} },
		"/targets":             func(d *itsm.ContractDraft) { d.Targets = nil },
		"/targets/0/name":      func(d *itsm.ContractDraft) { d.Targets[0].Name = "" },
		"/targets/1/name":      func(d *itsm.ContractDraft) { d.Targets = append(d.Targets, d.Targets[0]) },
		"/targets/0/unit":      func(d *itsm.ContractDraft) { d.Targets[0].Unit = "" },
		"/targets/0/criterion": func(d *itsm.ContractDraft) { d.Targets[0].Criterion = "price" },
		"/targets/0/none":      func(d *itsm.ContractDraft) { d.Targets[0].None = d.Targets[0].Full },
		"/document/url":        func(d *itsm.ContractDraft) { d.Document.URL = "contract.pdf" },
		"/document/digest":     func(d *itsm.ContractDraft) { d.Document.Digest = strings.Repeat("A", 64) },
	} {
		d := anyContract()
		require.NoError(t, d.Check())
		spoil(&d)
		err := itsm.AsError(d.Check())
		require.Equal(t, "contract.invalid", err.Code, pointer)
		require.Equal(t, pointer, err.Fields[0].Pointer)
	}
	d := anyContract()
	d.Notice, d.Renewal = itsm.DateSpan{}, itsm.DateSpan{}
	require.NoError(t, d.Check(), "it simply ends")
	d.Renewal = itsm.DateSpan{Months: 12}
	require.Equal(t, "contract.invalid", code(d.Check()), "it would go on for ever")
	require.Equal(t, "actor.permission", code(d.CheckRaise(sam)))
	require.Equal(t, "contract.invalid", code(d.CheckWith(nil)))
	require.Equal(t, "contract.invalid", code(d.CheckWith(&itsm.Supplier{SupplierStanding: itsm.SupplierStanding{State: itsm.SupplierOffboarded}})))
	require.NoError(t, d.CheckWith(&itsm.Supplier{SupplierStanding: itsm.SupplierStanding{State: itsm.SupplierActive}}))
}

// Somebody else approves what one proposes; a contract begins on its first day.
func TestAContractIsApprovedByAnother(t *testing.T) {
	l := drafted(t, anyContract())
	r := itsm.ProposalRequest{Decision: itsm.ApproveContract, Note: "because", Effect: "The website runs there."}
	require.Equal(t, "actor.permission", code(l.CheckPropose(sam, r, l.now)))
	require.Equal(t, "contract.not_now", code(l.CheckPropose(col, itsm.ProposalRequest{Decision: itsm.RenewContract, Note: "n"}, l.now)))
	l.propose(r)
	require.Equal(t, itsm.ContractUnderReview, l.State)
	require.Equal(t, "contract.proposed", code(l.CheckPropose(col, r, l.now)))
	require.Equal(t, "contract_decision.own_request", code(l.CheckDecision(col, itsm.DecisionRequest{Verdict: itsm.Approve})))
	require.Equal(t, []itsm.PersonID{"cyd"}, l.Explain().WaitsFor)
	require.Contains(t, l.ActsFor(cyd), itsm.ActContractDecide)
	require.NotContains(t, l.ActsFor(col), itsm.ActContractDecide)
	l.vote(itsm.Reject)
	require.Equal(t, itsm.ContractDrafted, l.State)
	l.decide(r)
	require.Equal(t, itsm.ContractApproved, l.State)
	require.Equal(t, []itsm.EventKind{itsm.EventContractBegan}, l.pass(l.Start+1))
	require.Equal(t, midnight(l.Start), l.Since)
	require.True(t, l.State.InForce())
	require.Equal(t, "contract.not_now", code(l.CheckCancel(col, itsm.Cancellation{Note: "n"})))
}

// When nobody answers for days, others are not asked any more.
func TestADecisionOnAContractExpires(t *testing.T) {
	l := drafted(t, anyContract())
	l.propose(itsm.ProposalRequest{Decision: itsm.ApproveContract, Effect: "e"})
	require.Contains(t, l.pass(today+20), itsm.EventContractDecisionExpired)
	require.Equal(t, itsm.ContractDrafted, l.State)
	require.False(t, l.Proposal.Open)
	require.Empty(t, l.Ballot().Falls())
}

// Targets that do not suffice for what customers were promised are a risk that somebody
// has to answer for (8.3.4.1).
func TestTargetsAreComparedWithWhatCustomersWerePromised(t *testing.T) {
	for name, row := range map[string]struct {
		goal     itsm.Goal
		customer itsm.Amount
		aligned  bool
	}{
		"more is better, and more was agreed on": {itsm.Goal{Full: 99_900, None: 99_000}, 99_500, true},
		"the same":                               {itsm.Goal{Full: 99_900, None: 99_000}, 99_900, true},
		"less":                                   {itsm.Goal{Full: 99_900, None: 99_000}, 99_950, false},
		"less is better, and less was agreed on": {itsm.Goal{Full: 4_000, None: 8_000}, 5_000, true},
		"more than was promised":                 {itsm.Goal{Full: 4_000, None: 8_000}, 3_000, false},
	} {
		d := anyContract()
		d.Targets[0].Goal, d.Targets[0].Customer = row.goal, new(row.customer)
		require.Equal(t, row.aligned, d.Targets[0].Aligned(), name)
		l := drafted(t, d)
		r := itsm.ProposalRequest{Decision: itsm.ApproveContract, Note: "n", Effect: "e"}
		err := l.CheckPropose(col, r, l.now)
		require.Equal(t, row.aligned, err == nil, name)
		if !row.aligned {
			require.Equal(t, "/risk", itsm.AsError(err).Fields[0].Pointer)
			r.Risk = "We have another one, too."
			require.NoError(t, l.CheckPropose(col, r, l.now))
		}
	}
}

func TestTheFaultsOfAProposal(t *testing.T) {
	l := inForce(t, anyContract())
	terms := l.ContractTerms
	for pointer, r := range map[string]itsm.ProposalRequest{
		"/decision":  {Decision: "forget", Note: "n"},
		"/note":      {Decision: itsm.RenewContract},
		"/effect":    {Decision: itsm.AmendContract, Note: "n", Terms: &terms},
		"/terms":     {Decision: itsm.AmendContract, Note: "n", Effect: "e"},
		"/change":    {Decision: itsm.RenewContract, Note: "n", Change: "INC-1"},
		"/terms/end": {Decision: itsm.AmendContract, Note: "n", Effect: "e", Terms: &itsm.ContractTerms{Supplies: "s", Duties: "d", Start: today, Targets: terms.Targets, Document: terms.Document}},
	} {
		err := itsm.AsError(l.CheckPropose(col, r, l.now))
		require.Equal(t, "proposal.invalid", err.Code)
		require.Equal(t, pointer, err.Fields[0].Pointer)
	}
	require.Equal(t, "/terms", itsm.AsError(l.CheckPropose(col, itsm.ProposalRequest{Decision: itsm.RenewContract, Note: "n", Terms: &terms}, l.now)).Fields[0].Pointer)
	terms.End = today + 40
	terms.Start = today - 365
	err := itsm.AsError(l.CheckPropose(col, itsm.ProposalRequest{Decision: itsm.AmendContract, Note: "n", Effect: "e", Terms: &terms}, l.now))
	require.Equal(t, "/terms/end", err.Fields[0].Pointer, "no notice could be given any more")
}

// Nobody decides, and nobody gives notice: the contract goes on by itself, and somebody
// has to find out why.
func TestNoticeThatIsMissed(t *testing.T) {
	l := inForce(t, anyContract())
	end, last := l.End, l.LastNotice()
	told := l.pass(last + 2)
	require.Equal(t, []itsm.EventKind{
		itsm.EventNoticeNears, itsm.EventNoticeNears, itsm.EventNoticeNears, itsm.EventDecisionOverdue,
		itsm.EventNoticeNears, itsm.EventNoticeNears, itsm.EventNoticeNears, itsm.EventNoticeNears, itsm.EventNoticeMissed,
	}, withoutReviews(told))
	require.Equal(t, itsm.ContractActive, l.State)
	require.Equal(t, end.AddMonths(12), l.End)
	require.Equal(t, 1, l.Renewals)
	require.Len(t, l.Corrections, 1)
	require.NotNil(t, l.Corrections[0].DueAt)
	require.Equal(t, l.End.AddMonths(-3), l.NoticeBy.On, "every date follows from the new end")
	require.Contains(t, l.Explain().Summary, "corrective action")
	e, ok := l.Corrected("CAR-1")
	require.True(t, ok)
	l.happened(steward, e)
	require.NotContains(t, l.Explain().Summary, "corrective action")
	l.pass(l.LastNotice() + 2)
	require.Equal(t, 2, l.Renewals)
}

func withoutReviews(all []itsm.EventKind) []itsm.EventKind {
	return slices.DeleteFunc(all, func(k itsm.EventKind) bool {
		return k == itsm.EventContractReviewNears || k == itsm.EventContractReviewOverdue
	})
}

// What becomes of a contract by each decision, and without one.
func TestHowAContractEnds(t *testing.T) {
	ends := func(d *itsm.ContractDraft) { d.Renewal = itsm.DateSpan{} }
	goesOn := func(*itsm.ContractDraft) {}
	for name, row := range map[string]struct {
		kind     func(*itsm.ContractDraft)
		decision itsm.ContractDecision
		notice   bool
		renewals int
		missed   bool
		state    itsm.ContractState
	}{
		"nobody decides, and it ends":          {ends, "", false, 0, false, itsm.ContractExpired},
		"it is to end, and does":               {ends, itsm.TerminateContract, false, 0, false, itsm.ContractTerminated},
		"notice is given, though it ends":      {ends, itsm.TerminateContract, true, 0, false, itsm.ContractTerminated},
		"it is to go on, and nobody amends it": {ends, itsm.RenewContract, false, 0, false, itsm.ContractExpired},
		"they talk until it ends":              {ends, itsm.RenegotiateContract, false, 0, false, itsm.ContractExpired},
		"nobody decides, and it goes on":       {goesOn, "", false, 1, true, itsm.ContractActive},
		"it is to go on, and does":             {goesOn, itsm.RenewContract, false, 1, false, itsm.ContractActive},
		"it is to end, and goes on":            {goesOn, itsm.TerminateContract, false, 1, true, itsm.ContractActive},
		"notice is given":                      {goesOn, itsm.TerminateContract, true, 0, false, itsm.ContractTerminated},
		"they talk while it goes on":           {goesOn, itsm.RenegotiateContract, false, 1, true, itsm.ContractActive},
	} {
		d := anyContract()
		row.kind(&d)
		l := inForce(t, d)
		end := l.End
		l.pass(l.LastNotice() - 60)
		if row.decision != "" {
			l.decide(itsm.ProposalRequest{Decision: row.decision})
		}
		if row.notice {
			r := itsm.GiveNoticeRequest{Evidence: seenIt}
			require.NoError(t, l.CheckGiveNotice(col, r))
			l.happened(col, l.GiveNotice(col, r, l.now))
			require.Equal(t, "contract.notice_given", code(l.CheckGiveNotice(col, r)))
		}
		l.pass(end + 2)
		require.Equal(t, row.renewals, l.Renewals, name)
		require.Equal(t, row.missed, len(l.Corrections) > 0, name)
		if row.renewals == 0 {
			require.Equal(t, row.state, l.State, name)
			require.Equal(t, midnight(end+1), *l.ClosedAt, "at the end of its last day")
			require.Empty(t, l.Explain().Acts)
			require.Equal(t, "contract.over", code(l.CheckReview(col, itsm.ContractReview{Note: "n"})))
		} else {
			require.False(t, l.State.Final(), name)
		}
	}
}

// An amendment has every date follow from what was agreed on last.
func TestAnAmendmentMovesEveryDate(t *testing.T) {
	l := inForce(t, anyContract())
	l.pass(l.LastNotice() - 100)
	require.Equal(t, itsm.ContractNoticeWindow, l.State)
	l.decide(itsm.ProposalRequest{Decision: itsm.RenegotiateContract})
	terms := l.ContractTerms
	terms.End, terms.Notice = terms.End.AddMonths(24), itsm.DateSpan{Days: 30}
	l.decide(itsm.ProposalRequest{Decision: itsm.AmendContract, Effect: "None", Terms: &terms})
	require.Equal(t, itsm.ContractActive, l.State)
	require.Equal(t, terms.End-30, l.NoticeBy.On)
	require.Equal(t, terms.End-30-90, l.DecideBy.On)
	require.Equal(t, terms.End, l.Ends.On)
	require.Empty(t, withoutReviews(l.pass(terms.End-30-181)))
	require.Equal(t, itsm.ContractActive, l.State)
	require.Contains(t, l.pass(terms.End-30-170), itsm.EventNoticeNears)
}

// Notice ends on the last business day: three months before the end of May 2027, a
// Monday, is Sunday 28 February.
func TestNoticeEndsOnABusinessDay(t *testing.T) {
	d := anyContract()
	d.Start, d.End = itsm.NewDate(2026, 6, 1), itsm.NewDate(2027, 5, 31)
	require.Equal(t, itsm.NewDate(2027, 2, 28), d.LastNotice())
	l := drafted(t, d)
	l.hours = berlinHours(t)
	l.decide(itsm.ProposalRequest{Decision: itsm.ApproveContract, Effect: "e"})
	l.pass(max(d.Start, today) + 1)
	require.Equal(t, time.Date(2027, 2, 26, 16, 0, 0, 0, time.UTC), *l.NoticeBy.At)
	one := l.NoticeBy.Alerts[len(l.NoticeBy.Alerts)-1]
	require.Equal(t, itsm.DayAlert{Days: 1, At: time.Date(2027, 2, 25, 8, 0, 0, 0, time.UTC)}, one)
}

// A contract is compared with what services need, twice a year for a critical supplier.
func TestAContractIsReviewedAgain(t *testing.T) {
	l := inForce(t, anyContract())
	require.Equal(t, today.AddMonths(6), l.ReviewBy.On)
	l.pass(today + 100)
	l.happened(col, l.Review(col, itsm.ContractReview{Note: "It still fits."}, l.catalog.Supplier, l.now))
	require.Equal(t, (today + 100).AddMonths(6), l.ReviewBy.On)
	told := l.pass(l.ReviewBy.On + 2)
	require.Contains(t, told, itsm.EventContractReviewNears)
	require.Contains(t, told, itsm.EventContractReviewOverdue)
}

func TestAContractIsCancelledBeforeItBegins(t *testing.T) {
	l := drafted(t, anyContract())
	l.propose(itsm.ProposalRequest{Decision: itsm.ApproveContract, Effect: "e"})
	r := itsm.Cancellation{Note: "They did not sign."}
	require.NoError(t, l.CheckCancel(col, r))
	l.happened(col, l.Cancel(col, r, l.now))
	require.Equal(t, itsm.ContractCancelled, l.State)
	_, comes := l.Next()
	require.False(t, comes)
	require.Zero(t, l.NextStage())
}

func TestDateSpans(t *testing.T) {
	for text, want := range map[string]itsm.DateSpan{"3mo": {Months: 3}, "90d": {Days: 90}, "0d": {}} {
		var s itsm.DateSpan
		require.NoError(t, s.UnmarshalText([]byte(text)))
		require.Equal(t, want, s)
		require.Equal(t, text, s.String())
	}
	for _, text := range []string{"", "3", "3m", "-3mo", "3 mo", "12345d", "mo"} {
		require.Equal(t, "date_span.invalid", code(new(itsm.DateSpan).UnmarshalText([]byte(text))), text)
	}
	d := anyContract()
	d.Notice = itsm.DateSpan{Months: 1, Days: 1}
	require.Equal(t, "/notice", itsm.AsError(d.Check()).Fields[0].Pointer)
}

func TestWhatAContractCannotBecome(t *testing.T) {
	l := drafted(t, anyContract())
	require.Panics(t, func() { l.Become(itsm.ContractExpired, l.now) })
	require.Len(t, itsm.ContractMoves, len(itsm.ContractStates))
	for _, s := range itsm.ContractStates {
		_, listed := itsm.ContractMoves[s]
		require.True(t, listed, s)
		require.NotEmpty(t, s.Words())
	}
}
