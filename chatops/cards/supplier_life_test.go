package cards

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// deal is a supplier, a contract with it and a review of it, which the rules lead through
// their lives, as processes would.
type deal struct {
	t        *testing.T
	catalog  itsm.Catalog
	s        itsm.Supplier
	c        itsm.Contract
	r        itsm.SupplierReview
	at       time.Time
	timeline map[itsm.Number][]itsm.Event
	said     map[itsm.Number][]itsm.Comment
}

// dealt is a supplier that sue recorded and pat owns, with a contract that col drafted.
func dealt(t *testing.T) *deal {
	t.Helper()
	o := &deal{t: t, catalog: onCall(), at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), timeline: map[itsm.Number][]itsm.Event{}, said: map[itsm.Number][]itsm.Comment{}}
	o.catalog.Supplier.Channel = "C0SUP"
	o.catalog.People = append(o.catalog.People,
		itsm.Person{ID: "sue", Name: "Sue & Co", Slack: "U0SUE", Roles: []itsm.Role{itsm.SupplierManager}},
		itsm.Person{ID: "col", Name: "Col <C>", Slack: "U0COL", Roles: []itsm.Role{itsm.CommercialManager}},
		itsm.Person{ID: "cyd", Name: "Cyd *Ode*", Slack: "U0CYD", Roles: []itsm.Role{itsm.CommercialManager}})
	o.s = itsm.Supplier{Number: "SUP-4", Reporter: "sue", Door: itsm.DoorSlack, RaisedAt: o.at}
	o.s.State, o.s.Since = itsm.SupplierNew, o.at
	o.s.Begin(itsm.SupplierProfile{
		Name: "Hosting <!channel> & *Co*", Supplies: "The *machines* & <more>.", Tier: itsm.TierCritical, Owner: "pat", Deputy: "rio", Services: []itsm.ServiceID{"payments"},
		Contacts: []itsm.Contact{{Name: "Zoe <Z>", For: "escalations", Email: "zoe@hosting.example", Phone: "+1 555"}}, Subcontractors: []itsm.Subcontractor{{Name: "Cables", Supplies: "cables", Control: "Audits"}},
	})
	o.did(&o.s, "sue", nil, itsm.Event{Kind: itsm.EventSupplierRaised})
	o.c = itsm.Contract{Number: "CON-2", Reporter: "col", Door: itsm.DoorSlack, RaisedAt: o.at}
	o.c.State, o.c.Since = itsm.ContractNew, o.at
	customer := itsm.Amount(99_950)
	o.c.Begin(itsm.ContractDraft{Title: "Hosting <contract>", Supplier: "SUP-4", Owner: "col", Services: []itsm.ServiceID{"payments"}, ContractTerms: itsm.ContractTerms{
		Supplies: "Machines, *many*.", Duties: "They <run> them.", Start: itsm.NewDate(2026, 3, 1), End: itsm.NewDate(2027, 2, 28), Notice: itsm.DateSpan{Months: 3}, Renewal: itsm.DateSpan{Months: 12},
		Targets:  []itsm.ContractTarget{{Name: "Availability <A>", Criterion: itsm.ByServiceLevel, Unit: "percent", Goal: itsm.Goal{Full: 99_900, None: 99_000}, Critical: true, Customer: &customer}},
		Document: itsm.ContractDocument{URL: "https://vault.example/1", Digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	}}, itsm.TierCritical)
	o.did(&o.c, "col", nil, itsm.Event{Kind: itsm.EventContractRaised})
	return o
}

func (o *deal) policy() itsm.SupplierPolicy { return o.catalog.Supplier.Filled() }

func (o *deal) who(id itsm.PersonID) itsm.Actor {
	p, _ := o.catalog.Person(id)
	return itsm.Actor{Person: id, Roles: p.Roles, Door: itsm.DoorSlack, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
}

// record keeps an event; each comes a minute after the one before.
func (o *deal) record(of any, e itsm.Event, by itsm.PersonID) {
	switch r := of.(type) {
	case *itsm.Supplier:
		r.Revision++
		e.Number, e.Revision, e.To = r.Number, r.Revision, itsm.State(r.State)
	case *itsm.Contract:
		r.Revision++
		e.Number, e.Revision, e.To = r.Number, r.Revision, itsm.State(r.State)
	case *itsm.SupplierReview:
		r.Revision++
		e.Number, e.Revision, e.To = r.Number, r.Revision, itsm.State(r.State)
	}
	e.At, e.Actor = o.at, by
	o.timeline[e.Number] = append(o.timeline[e.Number], e)
	o.at = o.at.Add(time.Minute)
}

// did records what its rule has allowed, and what comes of it at once.
func (o *deal) did(of any, by itsm.PersonID, refused error, e itsm.Event) *deal {
	o.t.Helper()
	require.NoError(o.t, refused)
	o.record(of, e, by)
	in := func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }
	switch r := of.(type) {
	case *itsm.Supplier:
		if r.Unreckoned() {
			k, err := r.Reckon(o.catalog.Supplier, in, o.at)
			require.NoError(o.t, err)
			o.record(of, r.Take(k), itsm.System)
		}
	case *itsm.Contract:
		for r.NextStage() > 0 {
			opening, err := o.catalog.OpenContract(o.catalog.Supplier, r.Asking(), o.at)
			require.NoError(o.t, err)
			r.OpenStage(opening)
			o.record(of, itsm.Event{Kind: itsm.EventContractDecisionOpened, From: itsm.State(r.State), Detail: &itsm.Detail{Opening: &opening}}, itsm.System)
		}
		if r.Unreckoned() {
			k, err := r.Reckon(o.catalog.Supplier, in, o.at)
			require.NoError(o.t, err)
			o.record(of, r.Take(k), itsm.System)
		}
	case *itsm.SupplierReview:
		if e, ok := r.Settle(o.at); ok {
			o.record(of, e, itsm.System)
		}
	}
	return o
}

var seen = []itsm.Evidence{{URL: "https://graphs.example/1", Note: "the <graph>"}}

func (o *deal) moves(states ...itsm.SupplierState) *deal {
	o.t.Helper()
	for _, to := range states {
		r := itsm.MoveRequest{To: to, Note: "It is <time>", Evidence: seen}
		err := o.s.CheckMove(o.who("sue"), r)
		require.NoError(o.t, err)
		o.did(&o.s, "sue", err, o.s.Move(o.who("sue"), r, o.at))
	}
	return o
}

// supplierIn is a supplier in each state of its life.
func supplierIn(t *testing.T, state itsm.SupplierState) *deal {
	t.Helper()
	o := dealt(t)
	if state == itsm.SupplierNew {
		return o
	}
	o.did(&o.s, itsm.System, nil, o.s.Propose(o.at))
	switch state { //nolint:exhaustive // these two come at once
	case itsm.SupplierProposed:
		return o
	case itsm.SupplierRejected:
		return o.moves(itsm.SupplierRejected)
	}
	o.moves(itsm.SupplierDueDiligence)
	q := itsm.DiligenceRequest{Suitable: true, Note: "It is <sound>", Evidence: seen}
	o.did(&o.s, "pat", o.s.CheckDiligence(o.who("pat"), q), o.s.Assess(o.who("pat"), q, o.policy(), o.at))
	k := itsm.CertificateRequest{Name: "ISO <27001>", Expires: itsm.NewDate(2026, 9, 30), URL: "https://certs.example/1"}
	o.did(&o.s, "pat", o.s.CheckCertificate(o.who("pat"), k), o.s.Certify(o.who("pat"), k, o.at))
	x := itsm.ExitRequest{Text: "Another has <room>.", URL: "https://plans.example/1", Tested: true}
	o.did(&o.s, "rio", o.s.CheckExit(o.who("rio"), x), o.s.PlanExit(o.who("rio"), x, o.policy(), o.at))
	for _, to := range []itsm.SupplierState{itsm.SupplierOnboarding, itsm.SupplierActive, itsm.SupplierWatched, itsm.SupplierExitPlanned, itsm.SupplierExiting, itsm.SupplierOffboarded} {
		if o.s.State == state {
			break
		}
		o.moves(to)
	}
	require.Equal(t, state, o.s.State)
	return o
}

func (o *deal) propose(d itsm.ContractDecision) *deal {
	o.t.Helper()
	r := itsm.ProposalRequest{Decision: d, Note: "They are <late>", Effect: "None *at all*", Risk: "We <watch> it"}
	if d == itsm.AmendContract {
		terms := o.c.ContractTerms
		terms.End = itsm.NewDate(2028, 2, 28)
		r.Terms = &terms
	}
	return o.did(&o.c, "col", o.c.CheckPropose(o.who("col"), r, o.at), o.c.Propose(o.who("col"), r, o.at))
}

func (o *deal) decide(v itsm.Verdict) *deal {
	o.t.Helper()
	r := itsm.DecisionRequest{Verdict: v, Note: "So <be> it"}
	return o.did(&o.c, "cyd", o.c.CheckDecision(o.who("cyd"), r), o.c.Decide(o.who("cyd"), r, o.policy(), o.at))
}

// contractFalls lets what comes by itself come to the contract, up to an event of a kind.
func (o *deal) contractFalls(kind itsm.EventKind) {
	o.t.Helper()
	for range 100 {
		d, comes := o.c.Next()
		require.True(o.t, comes, "nothing comes any more before %s", kind)
		o.at = d.At
		if e, happened := o.c.Fall(d, o.policy(), o.at); happened {
			o.did(&o.c, itsm.System, nil, e)
		}
		if d.Kind == kind {
			return
		}
	}
	require.Fail(o.t, "it never comes", kind)
}

// contractIn is a contract in each state of its life.
func contractIn(t *testing.T, state itsm.ContractState) *deal {
	t.Helper()
	o := dealt(t)
	if state == itsm.ContractNew {
		return o
	}
	if state == itsm.ContractExpired {
		o.c.Renewal = itsm.DateSpan{}
	}
	o.did(&o.c, itsm.System, nil, o.c.Draft(o.at))
	begun := func() {
		o.propose(itsm.ApproveContract).decide(itsm.Approve).contractFalls(itsm.EventContractBegan)
	}
	decided := func(d itsm.ContractDecision) { begun(); o.propose(d).decide(itsm.Approve) }
	switch state {
	case itsm.ContractNew, itsm.ContractDrafted:
	case itsm.ContractUnderReview:
		o.propose(itsm.ApproveContract)
	case itsm.ContractApproved:
		o.propose(itsm.ApproveContract).decide(itsm.Approve)
	case itsm.ContractActive:
		begun()
	case itsm.ContractNoticeWindow:
		begun()
		o.contractFalls(itsm.EventNoticeNears)
	case itsm.ContractRenewing:
		decided(itsm.RenewContract)
	case itsm.ContractRenegotiating:
		decided(itsm.RenegotiateContract)
	case itsm.ContractTerminating:
		decided(itsm.TerminateContract)
	case itsm.ContractExpired:
		begun()
		o.contractFalls(itsm.EventContractEnded)
	case itsm.ContractTerminated:
		decided(itsm.TerminateContract)
		r := itsm.GiveNoticeRequest{Evidence: seen}
		o.did(&o.c, "col", o.c.CheckGiveNotice(o.who("col"), r), o.c.GiveNotice(o.who("col"), r, o.at)).contractFalls(itsm.EventContractEnded)
	case itsm.ContractCancelled:
		r := itsm.Cancellation{Note: "Nobody <needs> it"}
		o.did(&o.c, "col", o.c.CheckCancel(o.who("col"), r), o.c.Cancel(o.who("col"), r, o.at))
	}
	require.Equal(t, state, o.c.State)
	return o
}

// reviewIn is a review in each state of its life.
func reviewIn(t *testing.T, state itsm.ReviewState) *deal {
	t.Helper()
	o := supplierIn(t, itsm.SupplierActive)
	p, err := itsm.ParsePeriod("2026-02")
	require.NoError(t, err)
	o.r.StartedAt, o.r.State, o.r.Since = o.at, itsm.ReviewNew, o.at
	o.r.Begin(&o.s, p, o.c.Targets, o.catalog.Supplier)
	o.r.Clocks, err = o.r.Clocks.Reckon(func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, o.at)
	require.NoError(t, err)
	o.did(&o.r, itsm.System, nil, itsm.Event{Kind: itsm.EventReviewStarted})
	if state == itsm.ReviewNew {
		return o
	}
	o.did(&o.r, itsm.System, nil, o.r.Open(o.at))
	if state == itsm.ReviewCancelled {
		q := itsm.Cancellation{Note: "It <left>"}
		return o.did(&o.r, "sue", o.r.CheckCancel(o.who("sue"), q), o.r.Cancel(o.who("sue"), q, o.at))
	}
	o.measure("Availability <A>", 99_200)
	steps := []func(){
		func() {
			o.see()
			q := itsm.NoteRequest{Note: "By <what> is known"}
			o.did(&o.r, "col", o.r.CheckScore(o.who("col"), q), o.r.Weigh(o.who("col"), q, o.at))
		},
		func() {
			q := itsm.MeetingRequest{Attendees: []string{"Zoe <Z>", "Pat"}, Note: "They add a <line>"}
			o.did(&o.r, "col", o.r.CheckMeet(o.who("col"), q), o.r.Meet(o.who("col"), q, o.at))
		},
		func() {
			q := itsm.AgreeRequest{Actions: []itsm.ReviewAction{{Title: "Add a *line*", Owner: "rio", Due: itsm.NewDate(2026, 6, 30)}}}
			o.did(&o.r, "col", o.r.CheckAgree(o.who("col"), q), o.r.Agree(o.who("col"), q, o.at))
		},
		func() {
			q := itsm.NoteRequest{Note: "A <fair> one"}
			o.did(&o.r, "cyd", o.r.CheckSignOff(o.who("cyd"), q), o.r.Sign(o.who("cyd"), q, o.at))
		},
	}
	for _, step := range steps {
		if o.r.State == state {
			break
		}
		step()
	}
	return o
}

func (o *deal) measure(name string, value itsm.Amount) {
	o.t.Helper()
	q := itsm.ReadingRequest{Name: name, Value: &value, Evidence: seen}
	o.did(&o.r, "col", o.r.CheckMeasure(o.who("col"), q), o.r.TakeReading(o.who("col"), q, o.at))
}

func (o *deal) see() *deal {
	o.t.Helper()
	q := itsm.SeenRequest{Name: "Availability <A>"}
	return o.did(&o.r, "cyd", o.r.CheckSeen(o.who("cyd"), q), o.r.See(o.who("cyd"), q, o.at))
}

// notices are all messages that there should be about one of the three.
func (o *deal) notices(n itsm.Number) (all []itsm.Notice) {
	people := byID(o.catalog.People)
	switch n {
	case o.c.Number:
		all = itsm.ContractNotices(itsm.ContractBook{Contract: o.c, Timeline: o.timeline[n], Managers: o.catalog.Holders(itsm.SupplierManager), Commercial: o.catalog.Holders(itsm.CommercialManager), People: people})
	case o.s.Number:
		all = itsm.SupplierNotices(itsm.SupplierBook{Supplier: o.s, Timeline: o.timeline[n], Said: o.said[n], Channel: "C0SUP", Managers: o.catalog.Holders(itsm.SupplierManager), People: people})
	default:
		b := itsm.ReviewBook{Review: o.r, Timeline: o.timeline[n], Said: o.said[n], People: people}
		b.Addressed(&o.catalog)
		all = itsm.ReviewNotices(b)
	}
	for n := range all {
		reworded(&all[n])
	}
	return all
}

// notice is the last of a kind to somebody, or to a channel.
func (o *deal) notice(of itsm.Number, kind itsm.NoticeKind, to string) itsm.Notice {
	o.t.Helper()
	for _, n := range slices.Backward(o.notices(of)) {
		if n.Kind == kind && (string(n.To) == to || n.To == "" && n.Channel == to) {
			return n
		}
	}
	require.Fail(o.t, "there is no such notice", "%s of %s to %s", kind, of, to)
	return itsm.Notice{}
}

// shown is what one person is shown who asks.
func (o *deal) shown(of itsm.Number, kind itsm.NoticeKind, to itsm.PersonID) itsm.Notice {
	timeline := o.timeline[of]
	n := itsm.Notice{Kind: kind, To: to, Event: timeline[len(timeline)-1], People: byID(o.catalog.People)}
	switch of {
	case o.c.Number:
		n.Contract, n.Explanation = &o.c, o.c.Explain()
		n.Explanation.Acts = o.c.ActsFor(o.who(to))
	case o.s.Number:
		n.Supplier, n.Explanation = &o.s, o.s.Explain()
		n.Explanation.Acts = o.s.ActsFor(o.who(to))
	default:
		n.Review, n.Explanation = &o.r, o.r.Explain()
		n.Explanation.Acts = o.r.ActsFor(o.who(to))
	}
	reworded(&n)
	return n
}
