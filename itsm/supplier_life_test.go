package itsm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// supply carries a supplier through its time as its process would.
type supply struct {
	itsm.Supplier

	t      require.TestingT
	now    time.Time
	policy itsm.SupplierPolicy
	hours  itsm.BusinessTime
	events []itsm.Event
}

func anySupplier() itsm.SupplierProfile {
	return itsm.SupplierProfile{
		Name: "Hosting Ltd", Supplies: "The machines that the website runs on", Tier: itsm.TierCritical, Owner: "rel", Deputy: "dep",
		Services: []itsm.ServiceID{"website"}, Contacts: []itsm.Contact{{Name: "Zoe", For: "Escalations", Email: "zoe@example.com"}},
		Subcontractors: []itsm.Subcontractor{{Name: "Cables", Supplies: "The network", Control: "They are audited each year."}},
	}
}

// knownSupplier was recorded and proposed.
func knownSupplier(t require.TestingT, p itsm.SupplierProfile) *supply {
	l := &supply{t: t, now: at, hours: itsm.AroundTheClock}
	l.Supplier = itsm.Supplier{Number: "SUP-4", Reporter: "sam", RaisedAt: at, PolicyVersion: 1}
	l.State, l.Since = itsm.SupplierNew, at
	require.NoError(t, p.CheckRaise(sam))
	l.Begin(p)
	l.happened(sam, l.Propose(l.now))
	return l
}

// activeSupplier has gone all the way to its services.
func activeSupplier(t require.TestingT) *supply {
	l := knownSupplier(t, anySupplier())
	l.move(itsm.SupplierDueDiligence)
	l.assess(itsm.DiligenceRequest{Suitable: true, Note: "It is sound.", Evidence: seenIt})
	l.move(itsm.SupplierOnboarding)
	l.move(itsm.SupplierActive)
	return l
}

func (l *supply) happened(who itsm.Actor, e itsm.Event) {
	l.Revision++
	e.Number, e.Revision, e.To, e.Actor, e.At = l.Number, l.Revision, itsm.State(l.State), who.Person, l.now
	l.events = append(l.events, e)
	if l.Unreckoned() {
		r, err := l.Reckon(l.policy, func(itsm.CalendarID) (itsm.BusinessTime, error) { return l.hours, nil }, l.now)
		require.NoError(l.t, err)
		l.happened(steward, l.Take(r))
		require.False(l.t, l.Unreckoned(), "what was reckoned is known")
	}
}

func (l *supply) move(to itsm.SupplierState) {
	r := itsm.MoveRequest{To: to, Note: "because", Evidence: seenIt}
	require.NoError(l.t, l.CheckMove(sam, r))
	l.happened(sam, l.Move(sam, r, l.now))
}

func (l *supply) assess(r itsm.DiligenceRequest) {
	require.NoError(l.t, l.CheckDiligence(rel, r))
	l.happened(rel, l.Assess(rel, r, l.policy, l.now))
}

func (l *supply) certify(r itsm.CertificateRequest) {
	require.NoError(l.t, l.CheckCertificate(dep, r))
	l.happened(dep, l.Certify(dep, r, l.now))
}

func (l *supply) exit(r itsm.ExitRequest) {
	require.NoError(l.t, l.CheckExit(rel, r))
	l.happened(rel, l.PlanExit(rel, r, l.policy, l.now))
}

// pass lets days pass, with all that falls due in them.
func (l *supply) pass(days int) (told []string) {
	until := l.now.Add(time.Duration(days) * 24 * time.Hour)
	for {
		d, comes := l.Next()
		if !comes || d.At.After(until) {
			break
		}
		l.now = later(l.now, d.At)
		if e, happened := l.Fall(d); happened {
			told = append(told, strings.TrimPrefix(string(e.Kind), "supplier."))
			l.happened(steward, e)
		}
	}
	l.now = until
	return told
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Whatever is asked in whichever order, an allowed act never panics, the state machine
// is kept, and nothing falls twice.
func TestASuppliersLifeAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := knownSupplier(t, anySupplier())
		l.hours = berlinHours(t)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			before := l.State
			who := rapid.SampledFrom([]itsm.Actor{sam, rel, dep, col}).Draw(t, "who")
			switch rapid.IntRange(0, 5).Draw(t, "act") {
			case 0:
				r := itsm.MoveRequest{To: rapid.SampledFrom(itsm.SupplierStates).Draw(t, "to"), Note: "because", Evidence: seenIt}
				if l.CheckMove(who, r) == nil {
					l.happened(who, l.Move(who, r, l.now))
				}
			case 1:
				r := itsm.DiligenceRequest{Suitable: rapid.Bool().Draw(t, "suitable"), Note: "n", Evidence: seenIt}
				if l.CheckDiligence(who, r) == nil {
					l.happened(who, l.Assess(who, r, l.policy, l.now))
				}
			case 2:
				r := itsm.CertificateRequest{
					ID: rapid.IntRange(0, 3).Draw(t, "id"), Name: "c", End: rapid.Bool().Draw(t, "end"),
					Expires: itsm.DateOf(l.now.UTC()) + itsm.Date(rapid.IntRange(-10, 300).Draw(t, "days")),
				}
				if l.CheckCertificate(who, r) == nil {
					l.happened(who, l.Certify(who, r, l.now))
				}
			case 3:
				r := itsm.ExitRequest{Text: "x", Tested: rapid.Bool().Draw(t, "tested")}
				if l.CheckExit(who, r) == nil {
					l.happened(who, l.PlanExit(who, r, l.policy, l.now))
				}
			case 4:
				r := itsm.Rating{Review: itsm.Number(l.now.Format("SUP-4/2006-01")), Score: score(rapid.IntRange(0, 100).Draw(t, "points"))}
				if e, ok := l.Rate(r, l.now); ok {
					l.happened(steward, e)
				}
			case 5:
				until := l.now.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "days")) * 24 * time.Hour)
				for d, comes := l.Next(); comes && !d.At.After(until); d, comes = l.Next() {
					l.now = later(l.now, d.At)
					e, happened := l.Fall(d)
					require.True(t, happened)
					_, again := l.Fall(d)
					require.False(t, again, "what fell falls no more")
					l.happened(steward, e)
				}
				l.now = until
			}
			if l.State != before {
				require.True(t, before.CanBecome(l.State))
			}
			for _, a := range l.ActsFor(sam) {
				require.Contains(t, l.Explain().Acts, a)
			}
		}
	})
}
