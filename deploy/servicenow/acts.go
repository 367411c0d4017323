package servicenow

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

// as is somebody of the log as the rules judge them: whoever could do it there may
// do it here.
func (p *replay) as(who itsm.PersonID) itsm.Actor {
	return itsm.Actor{
		Person: cmp.Or(who, Nobody), Roles: []itsm.Role{itsm.Responder, itsm.IncidentManager}, Door: itsm.DoorCLI,
		Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite},
	}
}

// do puts an act on record once the rules allow it.
func (p *replay) do(who itsm.PersonID, column string, allowed error, act func() itsm.Event) error {
	if allowed != nil {
		return p.refused(column, allowed)
	}
	p.happened(cmp.Or(who, Nobody), act())
	if p.i.State == itsm.IncidentClosed { // all was reckoned when it was resolved
		return nil
	}
	return p.reckon()
}

// reopen begins again what was resolved: because the row shows that somebody is at
// it, or because the source has counted a reopening since.
func (p *replay) reopen(goal itsm.IncidentState) error {
	seen := p.i.State == itsm.IncidentResolved && goal != itsm.IncidentResolved && goal != itsm.IncidentClosed && goal != Unchanged
	times := max(p.row.Reopens-p.reopens, 0)
	counted := times
	if seen {
		times = max(times, 1)
	}
	for n := range times {
		if p.i.State != itsm.IncidentResolved {
			if err := p.travel(itsm.IncidentResolved, false); err != nil {
				return err
			}
		}
		if p.guess = n >= counted || !seen; p.guess {
			p.inferred(itsm.IncidentResolved, itsm.IncidentReopened)
		}
		if err := p.reopenOnce(); err != nil {
			return err
		}
	}
	return nil
}

// noted says what the source calls a thing, and whether its log shows it at all.
func (p *replay) noted(what string) string {
	if p.guess {
		return what + " in ServiceNow, as is inferred: its log skips it."
	}
	return what + " in ServiceNow."
}

func (p *replay) reopenOnce() error {
	r := itsm.NoteRequest{Note: p.noted("Reopened")}
	return p.do(p.row.By, "reopen_count", p.i.CheckReopen(p.as(p.row.By), r), func() itsm.Event { return p.i.Reopen(r, p.terms, p.at) })
}

// tellLinks says which records elsewhere the incident is linked to: Steward's links
// lead to its own.
func (p *replay) tellLinks(itsm.IncidentState) error {
	if p.row.Links == "" || p.row.Links == p.links {
		return nil
	}
	p.links = p.row.Links
	return p.remark("problem_id", "ServiceNow links it to "+p.row.Links+".")
}

func (p *replay) remark(column, text string) error {
	who, r := p.as(p.row.By), itsm.CommentRequest{Text: clipped(text, itsm.MaxNote)}
	if p.talk.Comments >= itsm.MaxComments || p.i.State.Final() {
		return nil // the rest is only more of the same
	}
	if err := p.i.CheckComment(who, r, p.talk); err != nil {
		return p.refused(column, err)
	}
	p.r.Comments = append(p.r.Comments, p.i.Say(who, r, &p.talk, p.at))
	return nil
}

// reprioritise takes up another impact or urgency.
func (p *replay) reprioritise(itsm.IncidentState) error {
	var r itsm.Reprioritisation
	if p.row.Impact != p.i.Impact {
		r.Impact = p.row.Impact
	}
	if p.row.Urgency != p.i.Urgency {
		r.Urgency = p.row.Urgency
	}
	if r.Impact == "" && r.Urgency == "" {
		return nil
	}
	if !p.i.Open() {
		if p.row.Impact != p.prev.Impact || p.row.Urgency != p.prev.Urgency {
			p.leftOut("its priority")
		}
		return nil
	}
	who := p.as(p.row.By)
	return p.do(p.row.By, "impact", p.i.CheckReprioritise(who, r), func() itsm.Event { return p.i.Reprioritise(who, r, p.terms, p.at) })
}

// handOver gives it to another group or person. A person that the log does not know
// is not nobody: whoever had it is taken to have it still.
func (p *replay) handOver(itsm.IncidentState) error {
	r := itsm.Assignment{Assignee: p.row.Assignee}
	if p.row.Team != p.i.Team {
		r.Team, p.handed = p.row.Team, true
	}
	if !p.handed && (r.Assignee == "" || r.Assignee == p.i.Assignee) {
		return nil
	}
	if !p.i.Open() {
		if p.handed = false; p.row.Team != p.prev.Team || p.row.Assignee != p.prev.Assignee {
			p.leftOut("who has it")
		}
		return nil
	}
	who := p.as(p.row.By)
	if r.Team != "" {
		p.r.handovers++
	}
	return p.do(p.row.By, "assignment_group", p.i.CheckAssign(who, r), func() itsm.Event { return p.i.Assign(who, r, p.at) })
}

// tellUnseen says what the source counts though its group stays: to whom it went in
// between no column shows, so that no act can be made of it.
func (p *replay) tellUnseen(itsm.IncidentState) error {
	shown := 0
	if p.handed || p.row.Team != p.prev.Team {
		shown = 1
	}
	unseen := p.row.Handovers - p.hands - shown
	if unseen <= 0 {
		return nil
	}
	p.r.Hands.Unseen += unseen
	p.r.Hands.Lines = append(p.r.Hands.Lines, p.row.Line)
	return p.remark("reassignment_count", fmt.Sprintf("ServiceNow counts it as handed over %s here, and does not say to whom.", times(unseen)))
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// move goes to the state that the row shows.
func (p *replay) move(goal itsm.IncidentState) error {
	fresh := p.said != p.row.Said
	switch {
	case goal == Unchanged:
		return nil
	case goal == itsm.IncidentTriaged && p.i.State == itsm.IncidentOnHold:
		goal = itsm.IncidentInProgress // there is no way back to new: it goes on
	case goal == itsm.IncidentTriaged:
		return nil // triaged, or with somebody who has not begun, or further already
	case goal == itsm.IncidentInProgress && !fresh && (p.i.State == itsm.IncidentTriaged || p.i.State == itsm.IncidentAssigned):
		return nil // handed over, and nothing says that somebody has begun
	case goal == itsm.IncidentOnHold && p.i.State == goal && p.i.Hold.Reason != p.row.State.Reason:
		if err := p.travel(itsm.IncidentInProgress, false); err != nil {
			return err
		}
	}
	return p.travel(goal, fresh)
}

// travel goes to a state along the shortest path that the rules have. All moves but
// the last, and that too unless the row shows it, are inferred.
func (p *replay) travel(goal itsm.IncidentState, shown bool) error {
	path := shortest(p.i.State, goal, p.passable)
	if path == nil && p.i.State != goal {
		return &RowError{Refusal{Line: p.row.Line, Column: "incident_state", Code: "servicenow.no_way", Message: fmt.Sprintf(
			"There is no way from %s to %s (%s); correct the row, or what the profile says of that state.", p.i.State.Words(), goal.Words(), quoted(p.row.Said))}}
	}
	for n, next := range path {
		if p.guess = !shown || n < len(path)-1; p.guess {
			p.inferred(p.i.State, next)
		}
		if err := p.become(next); err != nil {
			return err
		}
	}
	return nil
}

// passable reports whether an act leads to a state on the way. Handing over is done
// before; nothing is given back to be triaged.
func (p *replay) passable(_, next itsm.IncidentState) bool {
	switch next {
	case itsm.IncidentNew, itsm.IncidentTriaged, itsm.IncidentAssigned, itsm.IncidentDuplicate:
		return false
	case itsm.IncidentInProgress, itsm.IncidentOnHold, itsm.IncidentResolved, itsm.IncidentReopened, itsm.IncidentClosed, itsm.IncidentCancelled:
	}
	return true
}

// shortest is the first of the shortest paths from one state to another along
// itsm.IncidentMoves, without the first state; nil when there is none, or none is
// needed.
func shortest(from, to itsm.IncidentState, passable func(from, to itsm.IncidentState) bool) []itsm.IncidentState {
	if from == to {
		return nil
	}
	before := make(map[itsm.IncidentState]itsm.IncidentState)
	before[from] = from
	for next := []itsm.IncidentState{from}; len(next) > 0; next = next[1:] {
		for _, s := range itsm.IncidentMoves[next[0]] {
			if _, met := before[s]; met || !passable(next[0], s) {
				continue
			}
			before[s] = next[0]
			if s != to {
				next = append(next, s)
				continue
			}
			path := []itsm.IncidentState{to}
			for s = before[to]; s != from; s = before[s] {
				path = append(path, s)
			}
			slices.Reverse(path)
			return path
		}
	}
	return nil
}

// become does what leads to the next state.
func (p *replay) become(next itsm.IncidentState) error {
	switch next {
	case itsm.IncidentInProgress:
		return p.begin()
	case itsm.IncidentOnHold:
		who := p.as(p.row.By)
		r := itsm.HoldRequest{Reason: p.row.State.Reason, Note: p.noted(shown(p.row.Said))}
		return p.do(p.row.By, "incident_state", p.i.CheckHold(who, r), func() itsm.Event { return p.i.PutOnHold(who, r, p.at) })
	case itsm.IncidentResolved:
		return p.resolve()
	case itsm.IncidentReopened:
		return p.reopenOnce()
	case itsm.IncidentClosed:
		return p.close()
	case itsm.IncidentCancelled:
		r := itsm.Cancellation{Note: p.noted(shown(p.row.Said))}
		return p.do(p.row.By, "incident_state", p.i.CheckCancel(p.as(p.row.By), r), func() itsm.Event { return p.i.Cancel(r, p.at) })
	case itsm.IncidentNew, itsm.IncidentTriaged, itsm.IncidentAssigned, itsm.IncidentDuplicate:
	}
	return fmt.Errorf("servicenow: no act leads from %s to %s", p.i.State, next)
}

// begin has somebody at it: its assignee, or else whoever touched it, unless they
// have just handed it over.
func (p *replay) begin() error {
	if p.i.State == itsm.IncidentOnHold {
		r := itsm.NoteRequest{Note: p.noted("Resumed")}
		return p.do(p.row.By, "incident_state", p.i.CheckResume(p.as(p.row.By), r), func() itsm.Event { return p.i.Resume(r, p.at) })
	}
	id := p.i.Assignee
	if id == "" && !p.handed && p.row.By != itsm.System {
		id = p.row.By
	}
	who, r := p.as(id), itsm.NoteRequest{Note: p.noted("Begun")}
	return p.do(who.Person, "incident_state", p.i.CheckAcknowledge(who, r), func() itsm.Event { return p.i.Acknowledge(who, r, p.at) })
}

// resolve says that it works again. Where a machine wrote the row, or another row is
// missing, the log knows better who did it.
func (p *replay) resolve() error {
	id := p.row.By
	if p.unresolved = p.guess; p.guess {
		id = ""
	}
	if id == "" || id == itsm.System {
		id = cmp.Or(p.row.ResolvedBy, id)
	}
	r := itsm.ResolveRequest{Code: p.Resolution, Note: p.noted("Resolved")}
	if code := p.row.Code; code != "" {
		r.Note = p.noted("Resolved with " + shown(code))
		if own, ok := p.resolutions[folded(code)]; ok {
			r.Code = own
		}
	}
	who := p.as(id)
	return p.do(id, "incident_state", p.i.CheckResolve(who, r), func() itsm.Event { return p.i.Resolve(who, r, p.at) })
}

// close closes it. What the log does not show was done as it is done by itself.
func (p *replay) close() error {
	id := p.row.By
	if p.guess {
		id = itsm.System
	}
	who, r := p.as(id), itsm.NoteRequest{Note: p.noted("Closed")}
	var allowed error
	if id != itsm.System { // who asks nobody
		allowed = p.i.CheckConfirm(who, r)
	}
	return p.do(id, "incident_state", allowed, func() itsm.Event { return p.i.Close(who, r, p.at) })
}
