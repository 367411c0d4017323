package itsm_test

import (
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
	for _, who := range []itsm.Actor{col, cyd, sam} {
		c.People = append(c.People, itsm.Person{ID: who.Person, Zone: "UTC", Roles: who.Roles})
	}
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
