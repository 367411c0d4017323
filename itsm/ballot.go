package itsm

import (
	"slices"
	"strings"
	"time"
)

// Ballot is an approval of any kind of record: who may decide, what was said, and
// until when. A record that is decided on holds one, says what it is of by Subject,
// asks it first and has it do the act then. It moves no record on: what came of an
// act is answered, and what that means for the record is the record's to say.
type Ballot struct {
	Subject `json:"-"`
	Approval
	Approvers []PersonID `json:"approvers,omitempty"` // who may still decide, in the open stage
	Decisions []Decision `json:"decisions,omitempty"` // the votes of this round that stand
	RemindAt  *time.Time `json:"remind_at,omitempty"` // of the open stage, and still to come
	BackupAt  *time.Time `json:"backup_at,omitempty"`
	ExpireAt  *time.Time `json:"expire_at,omitempty"`
}

// Subject is all that an approval has to know of the record that it is of.
type Subject struct {
	Kind        string // such as change: its word among people, and the first of its codes and events
	Number      Number
	Requester   PersonID   // never decides
	Assignee    PersonID   // who carries it out; empty: nobody by name
	ContentHash string     // of what is decided on
	State       string     // in words
	Awaiting    bool       // whether it waits to be decided on
	Hold        *Hold      // nobody decides while it lasts
	Permission  Permission // what deciding takes
	Manager     Role       // decides when nobody else is left, and delegates for others
}

// Result is what came of an act or of time in an approval.
type Result string

// The results.
const (
	ResultVoted       Result = "voted"        // and the stage stays open
	ResultStagePassed Result = "stage_passed" // and another comes
	ResultApproved    Result = "approved"
	ResultRejected    Result = "rejected"
	ResultReminded    Result = "reminded"
	ResultBackup      Result = "backup_joined"
	ResultExpired     Result = "expired"
)

// Results is every Result.
var Results = []Result{
	ResultVoted, ResultStagePassed, ResultApproved, ResultRejected, ResultReminded, ResultBackup, ResultExpired,
}

// own is a copy that a vote can be given on, and the record's own does not change.
func (b Ballot) own() *Ballot {
	b.Decisions = slices.Clone(b.Decisions)
	if b.Opening != nil { // a vote changes who of it may decide
		own := *b.Opening
		own.Panels = slices.Clone(own.Panels)
		b.Opening = &own
	}
	return &b
}

// Event is what a result is called on the record's timeline.
func (s *Subject) Event(r Result) EventKind { return EventKind(s.Kind + "." + string(r)) }

// opened is what the opening of a stage is called there.
func (s *Subject) opened() EventKind { return EventKind(s.Kind + ".approval_opened") }

// refuse builds a refusal whose code begins with the kind of record.
func (s *Subject) refuse(k Kind, code, format string, args ...any) *Error {
	return Refuse(k, s.Kind+"."+code, format, args...)
}

// noun is what the record is among people.
func (s *Subject) noun() string { return strings.ReplaceAll(s.Kind, "_", " ") }

// Votes are the decisions that stand in the open stage.
func (b *Ballot) Votes() []Decision {
	o := b.Opening
	if o == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(b.Decisions), func(d Decision) bool { return d.Round != o.Round || d.Stage != o.Stage })
}

// stageOpen reports whether a stage waits for votes.
func (b *Ballot) stageOpen() bool {
	return b.Awaiting && b.current() && b.Tally().Standing == StageOpen
}

// Authorised reports whether every stage passed.
func (b *Ballot) Authorised() bool {
	return b.current() && b.Opening.Stage == b.Opening.Of && b.Tally().Standing == StagePassed
}

// current reports whether a stage of this round was opened.
func (b *Ballot) current() bool { return b.Opening != nil && b.Opening.Round == b.Round }

// NextStage is the number of the stage to be opened now; 0 when none is.
func (b *Ballot) NextStage() int {
	switch {
	case !b.Awaiting || b.stageOpen():
		return 0
	case !b.current():
		return 1
	case b.Tally().Standing == StageFailed: // it lost who decides while it was being opened
		return b.Opening.Stage
	default:
		return b.Opening.Stage + 1
	}
}

// OpenStage takes up a stage as it was opened.
func (b *Ballot) OpenStage(o Opening) {
	b.Opening, b.StoppedAt = &o, nil
	b.RemindAt, b.BackupAt, b.ExpireAt = o.RemindAt, o.BackupAt, &o.ExpireAt
	if b.Hold != nil {
		b.StoppedAt = &o.At
	}
	b.settle()
	b.Refresh()
}

// Reopen begins a new round, since what was decided on is another text now, and
// says whose votes it voids.
func (b *Ballot) Reopen() (voided []Decision) {
	voided, b.Decisions = b.Decisions, nil
	b.Round++
	b.NotDoers, b.StoppedAt = nil, nil
	b.RemindAt, b.BackupAt, b.ExpireAt = nil, nil, nil
	b.Refresh()
	return voided
}

// Refresh says anew who may still decide, once the record has another assignee or
// state.
func (b *Ballot) Refresh() {
	b.Approvers = b.deciders()
	asked := append(slices.Clone(b.Asked), b.Approvers...)
	slices.Sort(asked)
	b.Asked = slices.Compact(asked)
}

// deciders are those whom the open stage still waits for, and who may decide for them.
func (b *Ballot) deciders() []PersonID {
	if !b.stageOpen() {
		return nil
	}
	waiting := b.Waiting()
	all := slices.Clone(waiting)
	for _, d := range b.Deputies() {
		if _, voted := b.voteOf(d.To); !voted && slices.Contains(waiting, d.From) {
			all = append(all, d.To)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Waiting are those of unfilled panels who have not voted, nor anybody for them.
func (b *Ballot) Waiting() []PersonID {
	var all []PersonID
	for _, p := range b.Tally().Panels {
		if p.Short {
			all = append(all, p.Waiting...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Blocks reports whether the open stage could not pass with somebody as the one
// who carries the record out.
func (b *Ballot) Blocks(assignee PersonID) bool {
	if !b.stageOpen() {
		return false
	}
	with := *b
	with.Assignee = assignee
	return with.Tally().Standing == StageFailed
}

// earlier are those whose approvals stand, of this stage and those before it.
func (b *Ballot) earlier() (ids []PersonID) {
	for _, d := range b.Decisions {
		if d.Verdict == Approve {
			ids = append(ids, d.By, d.Principal())
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// find is the first of some things that is what is sought.
func find[T any](all []T, is func(T) bool) (found T, has bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return found, false
}
