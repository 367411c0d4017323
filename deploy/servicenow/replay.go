package servicenow

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Home is where the records go to.
type Home struct {
	Owner      itsm.PersonID // of the service
	Restricted bool          // the service's records are
}

// Record is an incident as it would have been in Steward. Its numbers are empty:
// whoever keeps it gives it one. Its policy is of no version: it was the source's.
type Record struct {
	Source   string // INC0000045
	Incident itsm.Incident
	Events   []itsm.Event
	Comments []itsm.Comment
	Findings
}

// Replay plays an incident through the rules, each event at its own time. now tells
// what is over. The error is a *RowError: a row that the rules do not take.
func (s *Source) Replay(of Incident, home Home, now time.Time) (*Record, error) {
	p := &replay{Source: s, rows: of.Rows, now: now, r: Record{Source: of.Number}}
	p.i = &p.r.Incident
	err := p.play(home)
	if e, ok := errors.AsType[*RowError](err); ok {
		e.Number = of.Number
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	p.compareSLA()
	return &p.r, nil
}

// maxEvents is the most that may become of one incident: it is written at once.
const maxEvents = 2000

// RowError is a row that the rules do not take.
type RowError struct{ Refusal }

func (e *RowError) Error() string { return e.Message }

// replay is one incident under way.
type replay struct {
	*Source
	rows []Row
	now  time.Time
	r    Record
	i    *itsm.Incident
	talk itsm.Talk

	row     *Row
	at      time.Time
	said    string // incident_state before
	mods    int    // the highest sys_mod_count so far
	reopens int    // reopen_count so far
	hands   int    // reassignment_count so far
	closing int    // the row from which on it stays closed
	prev    *Row   // the one before; the first at first
	handed  bool   // this row hands it over
	guess   bool   // no row shows what is done now

	unresolved bool   // no row shows its last resolution
	links      string // that were told
}

func (p *replay) play(home Home) error {
	p.closing = len(p.rows)
	for p.closing > 0 && p.rows[p.closing-1].State.State == itsm.IncidentClosed {
		p.closing--
	}
	p.row, p.prev = &p.rows[0], &p.rows[0]
	if err := p.raise(home); err != nil {
		return err
	}
	for k := range p.rows {
		if err := p.take(k); err != nil {
			return err
		}
		if len(p.r.Events) > maxEvents {
			return &RowError{Refusal{Line: p.row.Line, Column: "number", Code: "servicenow.too_long", Message: fmt.Sprintf(
				"More than %d events come of it; no incident has so many. Look for two that share a number.", maxEvents)}}
		}
	}
	return p.finish()
}

// raise records and classifies it, as the first row says.
func (p *replay) raise(home Home) error {
	first := p.row
	p.at = first.begun()
	draft := p.draft()
	if err := draft.Check(); err != nil {
		return p.refused("number", err)
	}
	*p.i = itsm.Incident{
		Reporter: cmp.Or(first.Caller, Nobody), Door: itsm.DoorCLI, Owner: home.Owner, Restricted: home.Restricted,
		RaisedAt:         p.at,
		IncidentStanding: itsm.IncidentStanding{State: itsm.IncidentNew, Since: p.at, Team: first.Team},
	}
	p.i.Begin(draft, &p.policy)
	p.happened(cmp.Or(first.OpenedBy, p.i.Reporter), itsm.Event{Kind: itsm.EventIncidentRaised})
	if err := p.reckon(); err != nil {
		return err
	}
	p.happened(itsm.System, p.i.Triage(p.terms, p.at))
	if p.goal(0) != itsm.IncidentTriaged {
		p.inferred(itsm.IncidentNew, itsm.IncidentTriaged)
	}
	return nil
}

// draft is what the log says of what was wrong: its classification alone, since
// what people wrote of themselves and of others stays where it is.
func (p *replay) draft() itsm.IncidentDraft {
	first := p.row
	title := p.r.Source + " of ServiceNow"
	if first.Category != "" {
		title += ": " + first.Category
	}
	draft := itsm.IncidentDraft{
		IncidentText: itsm.IncidentText{
			Title: clipped(title, itsm.MaxTitle), Service: p.Service, Category: clipped(first.Category, maxWord), Symptom: clipped(first.Symptom, itsm.MaxTitle),
		},
		Impact: first.Impact, Urgency: first.Urgency,
	}
	if first.Item != "" {
		draft.Items = []string{clipped(first.Item, itsm.MaxTitle)}
	}
	return draft
}

const maxWord = 64 // the rules' bound on a category

func clipped(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// take plays one row.
func (p *replay) take(k int) error {
	p.row, p.handed = &p.rows[k], false
	before, goal := p.i.Revision, p.goal(k)
	if p.late(goal) {
		p.r.Late = append(p.r.Late, p.row.Line)
		p.comparePriority()
		return nil
	}
	resolved := p.unseenResolution(goal, p.row.At)
	p.until(resolved)
	for _, step := range []func(itsm.IncidentState) error{p.reopen, p.tellLinks, p.reprioritise, p.handOver, p.tellUnseen} {
		if err := step(goal); err != nil {
			return err
		}
	}
	if err := p.resolveUnseen(resolved, p.row.At); err != nil {
		return err
	}
	if err := p.move(goal); err != nil {
		return err
	}
	if p.row.State.State == itsm.IncidentClosed && k < p.closing {
		p.leftOut("its closing, which was taken back")
	}
	if p.i.Revision == before && k > 0 {
		p.r.Quiet++
	}
	p.compareRow()
	if p.row.State.State != Unchanged {
		p.said = p.row.Said
	}
	p.prev, p.mods = p.row, max(p.mods, p.row.Mods)
	p.reopens, p.hands = max(p.reopens, p.row.Reopens), max(p.hands, p.row.Handovers)
	return nil
}

// goal is the state that row k shows. What was closed and is not any more was only
// resolved: in Steward closed is for good.
func (p *replay) goal(k int) itsm.IncidentState {
	s := p.rows[k].State.State
	if s == itsm.IncidentClosed && k < p.closing {
		return itsm.IncidentResolved
	}
	return s
}

// late reports whether the row is of before the resolution, whatever its time says:
// by its count of modifications it is older, and the source counts no reopening.
func (p *replay) late(goal itsm.IncidentState) bool {
	return p.i.State == itsm.IncidentResolved && goal != itsm.IncidentResolved && goal != itsm.IncidentClosed &&
		p.row.Mods >= 0 && p.row.Mods <= p.mods && p.row.Reopens >= 0 && p.row.Reopens <= p.reopens
}

// unseenResolution is when what is closed at an instant was resolved though no row
// shows it: as the source says, or else at that instant. It is that instant too where
// nothing was missed.
func (p *replay) unseenResolution(goal itsm.IncidentState, at time.Time) time.Time {
	if r := p.row.Resolved; goal == itsm.IncidentClosed && p.i.Open() && !r.Before(p.at) && r.Before(at) {
		return r
	}
	return at
}

// resolveUnseen resolves it then, if that was before it was closed.
func (p *replay) resolveUnseen(resolved, closed time.Time) error {
	if !resolved.Before(closed) {
		return nil
	}
	if err := p.travel(itsm.IncidentResolved, false); err != nil {
		return err
	}
	p.until(closed)
	return nil
}

// until lets time go by, and what falls due until then fall due: that a target is
// missed is known at that moment. Nobody was told of what came before, so that is not
// on record.
func (p *replay) until(then time.Time) {
	for _, kind := range itsm.ClockKinds {
		c := p.i.Clock(kind)
		if !c.Running() || c.DueAt == nil || c.MissedAt != nil || !c.DueAt.Before(then) {
			continue
		}
		at := *c.DueAt
		if at.After(p.at) {
			p.at = at
		}
		d := itsm.Deadline{At: at, Kind: itsm.EventTargetMissed, Clock: kind, Percent: itsm.PercentMissed}
		if e, ok := p.i.Fall(d, p.at); ok {
			p.happened(itsm.System, e)
		}
	}
	p.at = then
}

// finish closes what the log does not show closed though it says when it was.
func (p *replay) finish() error {
	if p.i.State.Final() {
		return nil
	}
	closed := p.row.Closed
	if closed.IsZero() || closed.After(p.now) {
		return &RowError{Refusal{Line: p.row.Line, Column: "incident_state", Code: "servicenow.open", Message: fmt.Sprintf(
			"It is %s at last, and only what is over becomes history. Close it in ServiceNow and export it again, or raise it anew in Steward.", quoted(p.row.Said))}}
	}
	closed = latest(closed, p.at)
	resolved := p.unseenResolution(itsm.IncidentClosed, closed)
	p.until(resolved)
	if err := p.resolveUnseen(resolved, closed); err != nil {
		return err
	}
	return p.travel(itsm.IncidentClosed, false)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// happened puts an event on record, as the process would.
func (p *replay) happened(who itsm.PersonID, e itsm.Event) {
	p.i.Revision++
	e.Revision, e.At, e.To = p.i.Revision, p.at, itsm.State(p.i.State)
	e.Actor, e.Door = who, itsm.DoorCLI
	if who == itsm.System {
		e.Door = itsm.DoorSystem
	}
	p.r.Events = append(p.r.Events, e)
}

// reckon finds out all that follows from the calendar, as it stands now.
func (p *replay) reckon() error {
	reckoned, err := p.i.Reckon(&p.policy, p.in, p.at)
	if err != nil {
		return p.refused("sys_updated_at", err)
	}
	p.i.Take(reckoned)
	return nil
}

// refused is a row that the rules do not take, in their own words.
func (p *replay) refused(column string, err error) error {
	e, ok := errors.AsType[*itsm.Error](err)
	if !ok {
		return err
	}
	text := strings.TrimSpace(e.Message)
	return &RowError{Refusal{Line: p.row.Line, Column: column, Code: e.Code, Message: "Steward's rules do not take it: " + text}}
}
