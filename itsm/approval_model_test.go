package itsm_test

import (
	"slices"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// deputies are the delegations that give somebody a say in the open stage.
func (o *oracle) deputies() (all [][2]itsm.PersonID) {
	add := func(from, to itsm.PersonID) {
		useful := !o.sitsAnywhere(from)
		for _, f := range o.factors {
			useful = useful || (o.sits(from, f) && !o.out(f.Factor, to))
		}
		if useful && to != o.requester && !o.sitsAnywhere(to) {
			all = append(all, [2]itsm.PersonID{from, to})
		}
	}
	for from, to := range o.delegates {
		add(from, to)
	}
	for _, d := range o.standing {
		if o.delegates[d[0]] == "" {
			add(d[0], d[1])
		}
	}
	return all
}

// waiting are those who may still decide where an approval is lacking.
func (o *oracle) waiting() (ids []itsm.PersonID) {
	yes := o.yes()
	for i, f := range o.factors {
		lacks := o.helps(yes, i) || slices.ContainsFunc(f.Mandatory, func(id itsm.PersonID) bool {
			return yes[id] == nil || !yes[id][i]
		})
		for _, p := range o.catalog.People {
			_, voted := o.voteOf(p.ID)
			if lacks && o.sits(p.ID, f) && !voted && !o.spoke(p.ID) {
				ids = append(ids, p.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// awaited are those and their deputies.
func (o *oracle) awaited() []itsm.PersonID {
	if !o.open {
		return nil
	}
	waiting := o.waiting()
	all := slices.Clone(waiting)
	for _, d := range o.deputies() {
		if slices.Contains(waiting, d[0]) && !o.spoke(d[1]) {
			all = append(all, d[1])
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (o *oracle) note() {
	for _, id := range o.awaited() {
		o.asked[id] = true
	}
}

// counts says in which factors a vote counts: where its owner may decide and still is
// of the group, and whoever gives it is not kept out.
func (o *oracle) counts(by, of itsm.PersonID) (counts []bool) {
	for _, f := range o.factors {
		group := f.Backup
		if slices.Contains(f.listed[0], of) {
			group = f.Who
		} else if slices.Contains(f.listed[2], of) {
			group = itsm.Group{Role: itsm.ChangeManager}
		}
		counts = append(counts, o.sits(of, f) && o.holds(of, group) && (by == of || !o.out(f.Factor, by)))
	}
	return counts
}

// refusals are all reasons why somebody may not vote, by code.
func (o *oracle) refusals(by, of itsm.PersonID, v itsm.Verdict, stale, reasoned bool, now time.Time) (codes []string) {
	say := func(code string, if_ bool) {
		if if_ {
			codes = append(codes, code)
		}
	}
	_, voted := o.voteOf(of)
	counted, held := false, false
	for i, f := range o.factors {
		if o.sits(of, f) {
			held = held || o.counts(of, of)[i]
			counted = counted || o.counts(by, of)[i]
		}
	}
	say("decision.invalid", v == itsm.Reject && !reasoned)
	say("change.own_request", by == o.requester)
	say("change.decided", o.state != itsm.ChangeAwaiting)
	say("change.not_awaiting", o.state != itsm.ChangeAwaiting)
	say("change.opening", !o.open)
	say("change.on_hold", o.held)
	say("change.edited", stale)
	say("change.voted", o.spoke(by))
	say("change.voted_for", voted)
	say("actor.permission", !o.decides(by))
	say("change.not_approver", !o.sitsAnywhere(of))
	say("change.left_role", !held)
	if by != of {
		own := o.delegates[of]
		say("change.not_delegate", (own != by && (own != "" || !o.standsInNow(of, by, now))) || !counted)
		say("change.delegate_named", o.sitsAnywhere(by))
	}
	return codes
}

// vote takes a vote, and says what comes of it.
func (o *oracle) vote(by, of itsm.PersonID, v itsm.Verdict) itsm.EventKind {
	o.votes = append(o.votes, ovote{by, of, v, o.version, o.counts(by, of)})
	o.settle()
	switch o.result() {
	case itsm.StageFailed:
		o.open, o.state = false, itsm.ChangeRejected
		return itsm.EventRejected
	case itsm.StageOpen:
		o.note()
		return itsm.EventVoted
	case itsm.StagePassed:
	}
	o.open = false
	for _, v := range o.votes {
		if v.verdict != itsm.Approve {
			continue
		}
		o.earlier[v.by], o.earlier[v.of], o.approvers[v.by] = true, true, true
		for i, f := range o.factors {
			if slices.Contains(f.Exclude, itsm.ExcludeImplementer) && o.sits(v.of, f) && v.counts[i] {
				o.doNot[v.by], o.doNot[v.of] = true, true
			}
		}
	}
	if o.stage < len(o.stages()) {
		return itsm.EventStagePassed
	}
	o.state = itsm.ChangeScheduled
	return itsm.EventApproved
}

// voteBack is which vote somebody may take back: their own, or the one given for them.
func (o *oracle) voteBack(id itsm.PersonID) int {
	if i := slices.IndexFunc(o.votes, func(v ovote) bool { return v.by == id }); i >= 0 || !o.open {
		return i
	}
	return slices.IndexFunc(o.votes, func(v ovote) bool { return v.of == id })
}

func (o *oracle) retractRefusals(id itsm.PersonID) (codes []string) {
	if !o.open {
		codes = append(codes, "change.decided_on")
	}
	if o.voteBack(id) < 0 {
		codes = append(codes, "change.not_voted")
	}
	if !o.decides(id) {
		codes = append(codes, "actor.permission")
	}
	return codes
}

func (o *oracle) retract(id itsm.PersonID) {
	i := o.voteBack(id)
	o.votes = slices.Delete(o.votes, i, i+1)
	o.note()
}

func (o *oracle) delegateRefusals(who, from, to itsm.PersonID) (codes []string) {
	say := func(code string, if_ bool) {
		if if_ {
			codes = append(codes, code)
		}
	}
	say("delegation.invalid", to == "")
	say("change.not_awaiting", o.state != itsm.ChangeAwaiting)
	say("change.not_yours_to_delegate", from != who && !slices.Contains(o.person(who).Roles, itsm.ChangeManager))
	say("change.delegate_requester", to == o.requester)
	say("change.not_approver", !o.asked[from])
	say("change.not_delegated", to == from && o.delegates[from] == "")
	say("change.delegate_named", to != from && o.factors != nil && o.sitsAnywhere(to))
	round := make(map[itsm.PersonID]bool)
	for at := to; at != "" && !round[at] && to != from; at = o.delegates[at] {
		round[at] = true
	}
	say("change.delegate_circle", round[from])
	say("actor.permission", !o.decides(who))
	return codes
}

func (o *oracle) delegate(from, to itsm.PersonID) {
	if delete(o.delegates, from); to != from {
		o.delegates[from] = to
	}
	o.note()
}

// void forgets what was decided on another text.
func (o *oracle) void(tier itsm.RiskTier) {
	o.version++
	o.tier, o.round, o.stage, o.state, o.open, o.votes = tier, o.round+1, 0, itsm.ChangeAwaiting, false, nil
	o.earlier, o.doNot, o.approvers = make(map[itsm.PersonID]bool), make(map[itsm.PersonID]bool), make(map[itsm.PersonID]bool)
	o.stopped = nil
}

func (o *oracle) reassignRefusals(to itsm.PersonID) (codes []string) {
	say := func(code string, if_ bool) {
		if if_ {
			codes = append(codes, code)
		}
	}
	doNot := o.doNot[to]
	for _, v := range o.votes {
		for i, f := range o.factors {
			doNot = doNot || (v.verdict == itsm.Approve && v.counts[i] && o.sits(v.of, f) && (v.by == to || v.of == to) &&
				slices.Contains(f.Exclude, itsm.ExcludeImplementer))
		}
	}
	say("change.under_way", o.state != itsm.ChangeAwaiting && o.state != itsm.ChangeScheduled)
	say("change.assigned", to == o.assignee)
	say("change.own_approval", doNot || (o.state == itsm.ChangeScheduled && len(o.approvers) == 1 && o.approvers[to]))
	if o.open {
		with := *o
		with.assignee = to
		say("change.assignment_blocks", with.result() == itsm.StageFailed)
	}
	return codes
}

// due is what happens next by itself.
func (o *oracle) due() (kind itsm.EventKind, at time.Time) {
	if !o.open || o.stopped != nil {
		return "", time.Time{}
	}
	kind, at = itsm.EventExpired, o.expire
	if o.backup != nil && !o.backup.After(at) && len(o.joining()) > 0 {
		kind, at = itsm.EventBackup, *o.backup
	}
	if o.remind != nil && !o.remind.After(at) {
		kind, at = itsm.EventReminded, *o.remind
	}
	return kind, at
}

// joining are the factors that backups could help, late as it is.
func (o *oracle) joining() (factors []int) {
	for i, f := range o.factors {
		if f.reach == 0 && len(f.listed[1]) > 0 && o.helps(o.yes(), i) {
			factors = append(factors, i)
		}
	}
	return factors
}

func (o *oracle) fall(kind itsm.EventKind) {
	switch kind { //nolint:exhaustive // deadlines have no other kinds
	case itsm.EventReminded:
		o.remind = nil
	case itsm.EventBackup:
		for _, i := range o.joining() {
			o.factors[i].reach = 1
		}
		o.backup = nil
	default:
		o.open, o.state = false, itsm.ChangeExpired
	}
	o.note()
}
