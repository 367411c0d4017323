package itsm_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// walk is one change on its way through an approval, and the oracle beside it.
type walk struct {
	*rapid.T

	c       itsm.Change
	o       oracle
	catalog itsm.Catalog
	terms   itsm.Terms
	clock   itsm.BusinessTime
	now     time.Time
	ended   string // the change as its end left it
}

// staff ends with the requester: what comes first is drawn most.
var staff = []itsm.PersonID{"bob", "cat", "dan", "eve", "fay", "gil", "hal", "ana"}

func flip(t *rapid.T, in int, label string) bool { return rapid.IntRange(1, in).Draw(t, label) == in }

func someone(t *rapid.T, label string) itsm.PersonID { return rapid.SampledFrom(staff).Draw(t, label) }

func some(t *rapid.T, least, most int, label string) []itsm.PersonID {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(staff), least, most, rapid.ID[itsm.PersonID]).Draw(t, label)
}

func drawCatalog(t *rapid.T) itsm.Catalog {
	c := itsm.Catalog{Services: []itsm.Service{{ID: "website", Owner: someone(t, "owner")}}}
	today := itsm.DateOf(at)
	days := func(label string) (first, last itsm.Date) {
		first = today + itsm.Date(rapid.IntRange(-1, 1).Draw(t, label))
		return first, first + itsm.Date(rapid.IntRange(0, 3).Draw(t, label))
	}
	for _, id := range staff {
		p := itsm.Person{ID: id, Zone: "UTC", Roles: []itsm.Role{itsm.Requester}}
		if !flip(t, 5, "no approver") {
			p.Roles = append(p.Roles, itsm.Approver)
		}
		if flip(t, 3, "manager") {
			p.Roles = append(p.Roles, itsm.ChangeManager)
		}
		if flip(t, 6, "away") {
			first, last := days("absence")
			p.Away = []itsm.Absence{{First: first, Last: last}}
		}
		c.People = append(c.People, p)
	}
	for _, id := range []itsm.TeamID{"web", "sec"} {
		c.Teams = append(c.Teams, itsm.Team{ID: id, Manager: someone(t, "lead"), Members: some(t, 1, 4, "members")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "substitutes") {
		first, last := days("substitution")
		if d := some(t, 2, 2, "from, to"); len(d) == 2 {
			c.Delegations = append(c.Delegations, itsm.Substitute{From: d[0], To: d[1], First: first, Last: last})
		}
	}
	c.Change = drawPolicy(t)
	return c
}

func drawPolicy(t *rapid.T) itsm.ChangePolicy {
	p := itsm.ChangePolicy{Tiers: []itsm.Tier{{Risk: itsm.RiskHigh}, {Risk: itsm.RiskLow}}}
	for i := range p.Tiers {
		for range rapid.IntRange(1, 3).Draw(t, "stages") {
			s := itsm.Stage{Name: "S", ExpireAfter: itsm.Duration(time.Duration(rapid.IntRange(1, 48).Draw(t, "hours")) * time.Hour)}
			s.RemindAfter, s.BackupAfter = drawAfter(t, s), drawAfter(t, s)
			for range rapid.IntRange(1, 3).Draw(t, "factors") {
				s.Factors = append(s.Factors, drawFactor(t))
			}
			p.Tiers[i].Stages = append(p.Tiers[i].Stages, s)
		}
	}
	if flip(t, 3, "own material fields") {
		p.Material = []string{"plan"}
	}
	return p
}

func drawAfter(t *rapid.T, s itsm.Stage) *itsm.Duration {
	if !flip(t, 3, "an own delay") {
		return nil
	}
	return new(s.ExpireAfter / itsm.Duration(time.Hour) * itsm.Duration(rapid.IntRange(0, 59).Draw(t, "minutes")) * itsm.Duration(time.Minute))
}

func drawGroup(t *rapid.T) itsm.Group {
	switch rapid.IntRange(0, 5).Draw(t, "group") {
	case 0:
		return itsm.Group{Role: itsm.Approver}
	case 1, 2:
		return itsm.Group{Team: rapid.SampledFrom([]itsm.TeamID{"web", "sec"}).Draw(t, "team")}
	case 3:
		return itsm.Group{Owner: true}
	default:
		return itsm.Group{People: some(t, 1, 4, "people")}
	}
}

func drawFactor(t *rapid.T) itsm.Factor {
	f := itsm.Factor{Name: "F", Who: drawGroup(t), Reject: rapid.SampledFrom([]itsm.RejectRule{itsm.Veto, itsm.Quorum, itsm.Quorum}).Draw(t, "reject")}
	f.Need = rapid.SampledFrom([]itsm.Need{{Count: 1}, {Count: 1}, {Count: 2}, {All: true}, {Percent: 50}, {Percent: 67}}).Draw(t, "need")
	if flip(t, 2, "a backup") {
		f.Backup = drawGroup(t)
	}
	if len(f.Who.People) > 0 && flip(t, 4, "mandatory") {
		f.Mandatory = f.Who.People[:1]
	}
	for _, x := range itsm.Exclusions {
		if flip(t, 3, string(x)) {
			f.Exclude = append(f.Exclude, x)
		}
	}
	return f
}

func begun(t *rapid.T) *walk {
	w := &walk{T: t, catalog: drawCatalog(t), now: at, clock: itsm.AroundTheClock}
	if flip(t, 2, "office hours") {
		w.clock = officeHours
	}
	w.terms = w.catalog.Change.Terms(w.catalog.Services[0])
	d := draft()
	d.Risk = riskOf(5)
	w.c = itsm.Change{
		ChangeDraft: d, Number: "CHG-1", Requester: "ana", State: itsm.ChangeRaised, Revision: 1, ContentHash: d.Hash(),
		RaisedAt: at, Since: at, RiskScore: w.terms.Score(d), Approval: itsm.Approval{Round: 1},
	}
	w.c.Become(itsm.ChangeAwaiting, at)
	w.o = oracle{
		catalog: &w.catalog, policy: w.catalog.Change, tier: itsm.RiskHigh, requester: "ana", round: 1, state: itsm.ChangeAwaiting,
		delegates: make(map[itsm.PersonID]itsm.PersonID), asked: make(map[itsm.PersonID]bool),
	}
	w.o.void(itsm.RiskHigh)
	w.o.round = 1
	return w
}

var officeHours = func() itsm.BusinessTime {
	day := []itsm.Span{"09:00-17:00"}
	calendar := itsm.Calendar{ID: "office", Name: "Office", Zone: "UTC", Hours: itsm.WeeklyHours{Mon: day, Tue: day, Wed: day, Thu: day, Fri: day}}
	hours, err := calendar.Resolve(time.UTC, nil)
	if err != nil {
		panic(err)
	}
	return hours
}()

func riskOf(mark int) *itsm.Risk {
	return &itsm.Risk{Complexity: mark, BusinessImpact: mark, Rollback: mark, TestCoverage: mark, RecentChurn: mark}
}

func (w *walk) actor(id itsm.PersonID) itsm.Actor {
	p, _ := w.catalog.Person(id)
	return itsm.Actor{Person: id, Roles: p.Roles, Teams: w.catalog.TeamsOf(id), Door: itsm.DoorAPI, Scopes: both}
}

// process does what the process of a change does between two acts.
func (w *walk) process() {
	for w.c.NextStage() > 0 {
		asked := w.c.Asking()
		o, err := w.catalog.Open(w.catalog.Change, asked, w.now, w.clock)
		could := w.o.begin(w.o.stage+1, w.now, w.clock)
		require.Equal(w, could, err == nil, "stage %d opens: %v", asked.Stage, err)
		if err != nil {
			require.Equal(w, "change.nobody_decides", code(err))
			return
		}
		w.c.OpenStage(o)
	}
	if from, stopped := w.c.Stopped(); stopped {
		moved, err := w.c.Deadlines().Moved(w.clock, from, w.now)
		require.NoError(w, err)
		w.c.Reschedule(moved)
		w.o.restart(w.now, w.clock)
	}
	if w.c.State == itsm.ChangeApproved {
		w.approved()
		w.c.Become(itsm.ChangeScheduled, w.now)
	}
}

// TestTheApprovalIsWhatTheModelSays walks through random acts; -rapid.checks=20000
// walks longer.
func TestTheApprovalIsWhatTheModelSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := begun(t)
		acts := []func(){w.vote, w.vote, w.vote, w.vote, w.wait, w.fall, w.retract, w.delegate, w.delegate, w.edit, w.reassign, w.rolesChange, w.hold}
		w.process()
		w.compare()
		for left := 30; left > 0; left-- {
			if w.o.state.Final() { // and what is over stays so
				left = min(left, 3)
			}
			if w.o.held && !flip(t, 3, "held still") {
				w.hold()
			}
			if acts[rapid.IntRange(0, len(acts)-1).Draw(t, "act")](); !w.o.open && !w.o.state.Final() {
				w.rolesChange() // nobody decides: the catalog is mended, or not
			}
			w.process()
			w.compare()
		}
	})
}

// compare looks for any difference between the change and what the oracle has.
func (w *walk) compare() {
	require.Equal(w, w.o.state, w.c.State)
	require.Equal(w, w.o.round, w.c.Approval.Round)
	require.NotContains(w, w.c.Approvers, w.c.Requester)
	if w.o.state.Final() {
		text, err := json.Marshal(w.c)
		require.NoError(w, err)
		require.Contains(w, []string{"", string(text)}, w.ended, "nothing follows the end")
		w.ended = string(text)
	}
	if !w.o.open {
		require.Empty(w, w.c.Approvers)
		return
	}
	require.Equal(w, w.o.stage, w.c.Approval.Opening.Stage)
	require.Equal(w, itsm.StageOpen, w.c.Tally().Standing)
	require.ElementsMatch(w, w.o.awaited(), w.c.Approvers)
	w.seated()
	if e := w.c.Explain(); w.c.Hold == nil {
		require.ElementsMatch(w, w.o.waiting(), e.WaitsFor)
		w.foretold(e)
	}
	next, some := w.c.Next()
	kind, at := w.o.due()
	require.Equal(w, kind, next.Kind)
	require.Equal(w, kind != "", some)
	require.True(w, at.Equal(next.At), "%s at %s, not %s", kind, at, next.At)
}

// seated looks at who is counted where, and whether those who are awaited are taken.
func (w *walk) seated() {
	filled := 0
	for _, p := range w.c.Tally().Panels {
		filled += len(p.Approved)
	}
	require.Equal(w, w.o.best(w.o.yes()), filled)
	yes := itsm.DecisionRequest{Verdict: itsm.Approve}
	for _, id := range w.o.awaited() {
		who := w.actor(id)
		deputy := !slices.Contains(w.o.waiting(), id)
		require.Equal(w, deputy, len(w.c.PrincipalsOf(id)) > 0, id)
		if !deputy {
			w.agree(w.o.refusals(id, id, itsm.Approve, false, true, w.now), w.c.CheckDecision(who, yes), "%s is awaited", id)
		}
		may := w.c.CheckDecision(who, yes) == nil || (deputy && !w.o.held && w.o.decides(id))
		require.Equal(w, may, slices.Contains(w.c.ActsFor(who, w.now), itsm.ActDecide), "the button of %s", id)
	}
}

// foretold lets time run while nobody acts, and wants it to go as was forecast.
func (w *walk) foretold(e itsm.Explanation) {
	c := copied(w, w.c)
	require.Equal(w, len(e.Forecast) > 0, e.Due != nil)
	now := w.now
	for i, f := range e.Forecast {
		d, some := c.Next()
		require.True(w, some)
		require.Equal(w, itsm.Forecast{At: d.At, What: d.What, Who: d.Who}, f)
		require.True(w, i > 0 || e.Due.Equal(d.At))
		require.False(w, i > 0 && d.At.Before(e.Forecast[i-1].At))
		if now.Before(d.At) {
			now = d.At
		}
		c.Fall(d, now)
		require.Zero(w, c.NextStage())
		require.NotEqual(w, itsm.ChangeApproved, c.State, "nothing approves by time")
	}
	_, some := c.Next()
	require.False(w, some, "what was not forecast does not happen")
	require.Equal(w, len(e.Forecast) > 0, c.State == itsm.ChangeExpired)
}

// approved is asked once all stages have passed.
func (w *walk) approved() {
	require.Equal(w, len(w.o.stages()), w.o.stage)
	by := map[[2]any]bool{}
	for _, d := range w.c.Decisions {
		require.NotEqual(w, w.c.Requester, d.By)
		require.NotEqual(w, w.c.Requester, d.Principal())
		require.Equal(w, w.c.Approval.Round, d.Round)
		require.False(w, by[[2]any{d.Stage, d.By}] || by[[2]any{d.Stage, "for " + string(d.Principal())}], "nobody counts twice")
		by[[2]any{d.Stage, d.By}], by[[2]any{d.Stage, "for " + string(d.Principal())}] = true, true
	}
	for _, v := range w.o.votes {
		require.Equal(w, w.o.version, v.version, "on the text that was approved")
	}
	require.True(w, slices.ContainsFunc(w.c.Decisions, func(d itsm.Decision) bool { return d.Verdict == itsm.Approve }))
}
