package itsm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// bond carries a contract through its time as its process would.
type bond struct {
	itsm.Contract

	t       require.TestingT
	now     time.Time
	catalog itsm.Catalog
	hours   itsm.BusinessTime
	events  []itsm.Event
}

func contractCatalog() itsm.Catalog {
	c := itsm.Catalog{Services: []itsm.Service{{ID: "website", Owner: "own"}}}
	for id, r := range map[itsm.PersonID]itsm.Role{"col": itsm.CommercialManager, "cyd": itsm.CommercialManager, "sam": itsm.SupplierManager} {
		c.People = append(c.People, itsm.Person{ID: id, Zone: "UTC", Roles: []itsm.Role{r}})
	}
	slices.SortFunc(c.People, func(a, b itsm.Person) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return c
}

// today is the day on which contracts of tests are drafted.
var today = itsm.DateOf(at.UTC())

// anyContract runs for a year, and goes on for another unless notice is given three
// months before its end.
func anyContract() itsm.ContractDraft {
	return itsm.ContractDraft{
		Title: "Hosting", Supplier: "SUP-4", Owner: "col", Services: []itsm.ServiceID{"website"},
		ContractTerms: itsm.ContractTerms{
			Supplies: "Machines", Duties: "They run them; we pay.", Start: today + 10, End: today + 375,
			Notice: itsm.DateSpan{Months: 3}, Renewal: itsm.DateSpan{Months: 12},
			Targets: []itsm.ContractTarget{{
				Name: "Availability", Criterion: itsm.ByServiceLevel, Unit: "percent", Critical: true,
				Goal: itsm.Goal{Full: 99_900, None: 99_000}, Customer: new(itsm.Amount(99_500)),
			}},
			Document: itsm.ContractDocument{URL: "https://example.com/contract.pdf", Digest: strings.Repeat("0a", 32)},
		},
	}
}

func drafted(t require.TestingT, d itsm.ContractDraft) *bond {
	l := &bond{t: t, now: at, catalog: contractCatalog(), hours: itsm.AroundTheClock}
	l.Contract = itsm.Contract{Number: "CON-7", Reporter: "col", RaisedAt: at, PolicyVersion: 1}
	l.State, l.Since = itsm.ContractNew, at
	require.NoError(t, d.CheckRaise(col))
	l.Begin(d, itsm.TierCritical)
	l.happened(col, l.Draft(l.now))
	return l
}

// inForce was approved, and began.
func inForce(t require.TestingT, d itsm.ContractDraft) *bond {
	l := drafted(t, d)
	l.decide(itsm.ProposalRequest{Decision: itsm.ApproveContract, Effect: "The website runs there."})
	l.pass(d.Start + 1)
	require.Equal(t, itsm.ContractActive, l.State)
	return l
}

func (l *bond) happened(who itsm.Actor, e itsm.Event) {
	l.Revision++
	e.Number, e.Revision, e.To, e.Actor, e.At = l.Number, l.Revision, itsm.State(l.State), who.Person, l.now
	l.events = append(l.events, e)
	switch {
	case l.NextStage() > 0:
		o, err := l.catalog.OpenContract(l.catalog.Supplier, l.Asking(), l.now)
		require.NoError(l.t, err)
		l.OpenStage(o)
		l.happened(steward, itsm.Event{Kind: itsm.EventContractDecisionOpened, From: itsm.State(l.State), Detail: &itsm.Detail{Opening: l.Deciding.Opening}})
	case l.Unreckoned():
		r, err := l.Reckon(l.catalog.Supplier, func(itsm.CalendarID) (itsm.BusinessTime, error) { return l.hours, nil }, l.now)
		require.NoError(l.t, err)
		l.happened(steward, l.Take(r))
	}
}

func (l *bond) propose(r itsm.ProposalRequest) {
	r.Note = "because"
	require.NoError(l.t, l.CheckPropose(col, r, l.now))
	l.happened(col, l.Propose(col, r, l.now))
}

func (l *bond) vote(v itsm.Verdict) {
	d := itsm.DecisionRequest{Verdict: v, Note: "I read it."}
	require.NoError(l.t, l.CheckDecision(cyd, d))
	l.happened(cyd, l.Decide(cyd, d, l.catalog.Supplier, l.now))
}

// decide has something proposed and approved.
func (l *bond) decide(r itsm.ProposalRequest) {
	l.propose(r)
	l.vote(itsm.Approve)
}

// pass lets time pass until a date begins in UTC, with all that falls due in it.
func (l *bond) pass(until itsm.Date) (told []itsm.EventKind) {
	end := midnight(until)
	for {
		d, comes := l.Next()
		if !comes || d.At.After(end) {
			break
		}
		l.now = later(l.now, d.At)
		if e, happened := l.Fall(d, l.catalog.Supplier, l.now); happened {
			told = append(told, e.Kind)
			l.happened(steward, e)
		}
	}
	l.now = later(l.now, end)
	return told
}

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
	require.Contains(t, l.ActsFor(cyd, l.now), itsm.ActContractDecide)
	require.NotContains(t, l.ActsFor(col, l.now), itsm.ActContractDecide)
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

// Whatever people decide and however long they wait, the state machine is kept, a
// contract in force always has a last day to give notice that is not after its end, and
// nothing is said to happen in the past.
func TestAContractsLifeAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyContract()
		if rapid.Bool().Draw(t, "ends") {
			d.Renewal = itsm.DateSpan{}
		}
		l := drafted(t, d)
		l.hours = berlinHours(t)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			before := l.State
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0:
				r := itsm.ProposalRequest{Decision: rapid.SampledFrom(itsm.ContractDecisions).Draw(t, "decision"), Note: "n", Effect: "e"}
				if r.Decision == itsm.AmendContract {
					terms := l.ContractTerms
					terms.End += itsm.Date(rapid.IntRange(-100, 800).Draw(t, "more"))
					r.Terms = &terms
				}
				if l.CheckPropose(col, r, l.now) == nil {
					l.happened(col, l.Propose(col, r, l.now))
				}
			case 1:
				v := itsm.DecisionRequest{Verdict: rapid.SampledFrom([]itsm.Verdict{itsm.Approve, itsm.Reject}).Draw(t, "verdict"), Note: "n"}
				if l.CheckDecision(cyd, v) == nil {
					l.happened(cyd, l.Decide(cyd, v, l.catalog.Supplier, l.now))
				}
			case 2:
				if r := (itsm.GiveNoticeRequest{Evidence: seenIt}); l.CheckGiveNotice(col, r) == nil {
					l.happened(col, l.GiveNotice(col, r, l.now))
				}
			case 3:
				if r := (itsm.Cancellation{Note: "n"}); rapid.IntRange(0, 9).Draw(t, "cancel") == 0 && l.CheckCancel(col, r) == nil {
					l.happened(col, l.Cancel(col, r, l.now))
				}
			case 4:
				l.pass(itsm.DateOf(l.now) + itsm.Date(rapid.IntRange(1, 120).Draw(t, "days")))
			}
			for n, e := range l.events[1:] {
				if e.From != e.To {
					require.True(t, itsm.ContractState(e.From).CanBecome(itsm.ContractState(e.To)), "%s: %s to %s", e.Kind, e.From, e.To)
				}
				require.False(t, e.At.Before(l.events[n].At))
			}
			if l.State.InForce() {
				require.LessOrEqual(t, l.NoticeBy.On, l.End)
				_, comes := l.Next()
				require.True(t, comes, "something always comes")
			}
			require.Equal(t, l.State.Final(), l.ClosedAt != nil, before)
		}
	})
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
