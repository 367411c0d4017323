package itsm_test

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// agree wants an act refused for one of the reasons, or taken when there is none.
func (w *walk) agree(codes []string, err error, what string, args ...any) bool {
	if len(codes) == 0 {
		require.NoError(w, err, append([]any{what}, args...)...)
		return true
	}
	require.Contains(w, codes, code(err), append([]any{what}, args...)...)
	return false
}

func (w *walk) vote() {
	by := someone(w.T, "by")
	if !flip(w.T, 4, "by anybody") && len(w.c.Approvers) > 0 {
		by = rapid.SampledFrom(w.c.Approvers).Draw(w.T, "by one who is awaited")
	}
	who, of := w.actor(by), by
	if all := w.c.PrincipalsOf(by); len(all) > 0 {
		of = rapid.SampledFrom(all).Draw(w.T, "for one they may decide for")
	} else if flip(w.T, 6, "for anybody") {
		of = someone(w.T, "for")
	}
	if of != by {
		who.For = new(w.catalog.PrincipalFor(of, by, w.c.Service, w.now))
	}
	d := itsm.DecisionRequest{Verdict: rapid.SampledFrom([]itsm.Verdict{itsm.Approve, itsm.Approve, itsm.Approve, itsm.Reject, itsm.Abstain}).Draw(w.T, "verdict"), ContentHash: w.c.ContentHash}
	stale, reasoned := flip(w.T, 20, "an older text"), !flip(w.T, 10, "without reason")
	if stale {
		d.ContentHash = "00"
	}
	if reasoned {
		d.Note = "So."
	}
	err := w.c.CheckDecision(who, d)
	if w.agree(w.o.refusals(by, of, d.Verdict, stale, reasoned, w.now), err, "%s by %s for %s", d.Verdict, by, of) {
		e := w.c.Decide(who, d, w.now)
		require.Equal(w, w.o.vote(by, of, d.Verdict), e.Kind)
	}
}

func (w *walk) retract() {
	who := someone(w.T, "who")
	if len(w.o.votes) > 0 && !flip(w.T, 4, "anybody") {
		who = rapid.SampledFrom(w.o.votes).Draw(w.T, "one who voted").by
	}
	if w.agree(w.o.retractRefusals(who), w.c.CheckRetract(w.actor(who)), "%s takes it back", who) {
		w.c.Retract(w.actor(who))
		w.o.retract(who)
	}
}

func (w *walk) delegate() {
	who, to := someone(w.T, "who"), someone(w.T, "to")
	if len(w.c.Approvers) > 0 && !flip(w.T, 3, "anybody") {
		who = rapid.SampledFrom(w.c.Approvers).Draw(w.T, "one who is awaited")
	}
	r := itsm.DelegationRequest{To: to}
	from := who
	if flip(w.T, 4, "of another's") {
		from = someone(w.T, "from")
		r.From = from
	}
	if w.agree(w.o.delegateRefusals(who, from, to), w.c.CheckDelegate(w.actor(who), r), "%s: %s for %s", who, to, from) {
		w.c.Delegate(w.actor(who), r, w.now)
		w.o.delegate(from, to)
	}
}

func (w *walk) edit() {
	r := itsm.EditRequest{Revision: w.c.Revision}
	tier := w.o.tier
	material := w.catalog.Change.Material == nil
	word := rapid.StringMatching(`[a-z]{1,3}`).Draw(w.T, "word")
	switch rapid.SampledFrom([]string{"plan", "title", "risk", "links"}).Draw(w.T, "field") {
	case "plan":
		r.Plan, material = &word, true
	case "title":
		r.Title = &word
	case "links":
		r.Links, material = &[]itsm.Link{{URL: "CHG-2", Title: word}}, false
	default:
		mark := rapid.SampledFrom([]int{1, 5}).Draw(w.T, "mark")
		r.Risk, tier = riskOf(mark), map[int]itsm.RiskTier{1: itsm.RiskLow, 5: itsm.RiskHigh}[mark]
	}
	hash := w.c.ContentHash
	err := w.c.CheckEdit(w.actor("ana"), r, w.terms, w.now)
	if w.o.state != itsm.ChangeAwaiting && w.o.state != itsm.ChangeScheduled {
		require.Equal(w, "change.not_editable", code(err))
		return
	}
	if code(err) == "edit.empty" {
		return
	}
	require.NoError(w, err)
	e := w.c.Edit(r, w.terms, w.now)
	require.NotEqual(w, hash, w.c.ContentHash)
	require.NotEmpty(w, e.Detail.Edits)
	if material || tier != w.o.tier {
		require.Empty(w, w.c.Decisions)
		w.o.void(tier)
	}
}

func (w *walk) hold() {
	who := w.actor("ana")
	r := itsm.NoteRequest{Note: "Freeze."}
	if w.o.held {
		if w.o.state.Final() {
			require.Error(w, w.c.CheckResume(who, r))
			return
		}
		require.NoError(w, w.c.CheckResume(who, r))
		w.c.Resume(r)
		w.o.held = false
		return
	}
	if w.o.state.Final() {
		require.Error(w, w.c.CheckHold(who, r))
		return
	}
	require.NoError(w, w.c.CheckHold(who, r))
	w.c.PutOnHold(who, r, w.now)
	w.o.held = true
	if w.o.open && w.o.stopped == nil {
		w.o.stopped = new(w.now)
	}
}

// restart gives back the time that a hold took.
func (o *oracle) restart(now time.Time, clock itsm.BusinessTime) {
	moved := func(at time.Time) time.Time {
		left := clock.Between(*o.stopped, at)
		if at.Before(*o.stopped) {
			left = 0
		}
		at, _ = clock.Add(now, left)
		return at
	}
	if o.expire = moved(o.expire); o.remind != nil {
		o.remind = new(moved(*o.remind))
	}
	if o.backup != nil {
		o.backup = new(moved(*o.backup))
	}
	o.stopped = nil
}

func (w *walk) reassign() {
	to := someone(w.T, "to")
	r := itsm.Reassignment{Assignee: to}
	if w.agree(w.o.reassignRefusals(to), w.c.CheckReassign(w.actor("ana"), r), "assigned to %s", to) {
		w.c.Reassign(r)
		w.o.assignee = to
		w.o.note()
	}
}

// rolesChange lets somebody leave a role or a team, or join it.
func (w *walk) rolesChange() {
	toggle := func(all []itsm.Role, r itsm.Role) []itsm.Role {
		if slices.Contains(all, r) {
			return slices.DeleteFunc(slices.Clone(all), func(o itsm.Role) bool { return o == r })
		}
		return append(slices.Clone(all), r)
	}
	i := rapid.IntRange(0, len(staff)-2).Draw(w.T, "whose") // ana stays a requester
	switch p := &w.catalog.People[i]; rapid.IntRange(0, 2).Draw(w.T, "what") {
	case 0:
		p.Roles = toggle(p.Roles, itsm.Approver)
	case 1:
		p.Roles = toggle(p.Roles, itsm.ChangeManager)
	default:
		team := &w.catalog.Teams[rapid.IntRange(0, 1).Draw(w.T, "team")]
		if slices.Contains(team.Members, p.ID) {
			team.Members = slices.DeleteFunc(slices.Clone(team.Members), func(id itsm.PersonID) bool { return id == p.ID })
		} else {
			team.Members = append(slices.Clone(team.Members), p.ID)
		}
	}
}

// wait lets some time pass in which nothing falls due.
func (w *walk) wait() {
	later := w.now.Add(time.Duration(rapid.IntRange(1, 30*60).Draw(w.T, "minutes")) * time.Minute)
	if d, some := w.c.Next(); some && d.At.Before(later) {
		later = d.At
	}
	if later.After(w.now) {
		w.now = later
	}
}

func (w *walk) fall() {
	d, some := w.c.Next()
	if !some {
		return
	}
	if d.At.After(w.now) {
		w.now = d.At
	}
	e := w.c.Fall(d, w.now)
	require.Equal(w, d.Kind, e.Kind)
	w.o.fall(e.Kind)
}
