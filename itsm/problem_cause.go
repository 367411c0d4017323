package itsm

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds on an investigation.
const (
	MaxContributing = 10
	MaxEvidence     = 10 // for a claim

	// What all claims of a root cause say together with their evidence, in characters.
	// Each save and each new run of a process carries all of it, and Temporal takes two
	// megabytes at once.
	MaxCauseText = 40_000
)

// CauseMethod is how a root cause was looked for.
type CauseMethod string

// The methods.
const (
	FiveWhys     CauseMethod = "five_whys"
	Ishikawa     CauseMethod = "ishikawa"
	FaultTree    CauseMethod = "fault_tree"
	TimelineOf   CauseMethod = "timeline"
	KepnerTregoe CauseMethod = "kepner_tregoe"
)

// CauseMethods is every CauseMethod.
var CauseMethods = []CauseMethod{FiveWhys, Ishikawa, FaultTree, TimelineOf, KepnerTregoe}

// Evidence is what a claim rests on: a record of Steward, an address, or what
// somebody saw.
type Evidence struct {
	Record Number `json:"record,omitempty"`
	URL    string `json:"url,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Claim says what was a cause, and what that rests on.
type Claim struct {
	Text     string     `json:"text"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// RootCause is what an investigation found (8.6.3 b): what set it off, why it could
// happen, what made it worse, and why nobody noticed, kept apart.
type RootCause struct {
	Method       CauseMethod `json:"method"`
	Trigger      *Claim      `json:"trigger,omitempty"`
	Cause        *Claim      `json:"cause,omitempty"`
	Contributing []Claim     `json:"contributing,omitempty"`
	DetectionGap *Claim      `json:"detection_gap,omitempty"`
	By           PersonID    `json:"by"`
	At           time.Time   `json:"at"`
	Known        bool        `json:"known,omitempty"` // proven, no draft any more
}

// RootCauseRequest records what was found so far, or that it is proven.
type RootCauseRequest struct {
	Method       CauseMethod `json:"method"`
	Trigger      *Claim      `json:"trigger,omitempty"`
	Cause        *Claim      `json:"cause,omitempty"`
	Contributing []Claim     `json:"contributing,omitempty"`
	DetectionGap *Claim      `json:"detection_gap,omitempty"`
	Known        bool        `json:"known,omitempty"`
}

// check refuses what cannot be kept, and what is said to be proven and rests on nothing.
func (r *RootCauseRequest) check() error {
	var f faults
	oneOf(&f, "/method", r.Method, CauseMethods)
	f.claim("/trigger", r.Trigger, r.Known)
	f.claim("/cause", r.Cause, r.Known)
	f.claim("/detection_gap", r.DetectionGap, r.Known)
	f.atMost("/contributing", len(r.Contributing), MaxContributing)
	for n := range r.Contributing[:min(len(r.Contributing), MaxContributing)] {
		f.claim(fmt.Sprintf("/contributing/%d", n), &r.Contributing[n], r.Known)
	}
	switch {
	case r.Known && r.Cause == nil:
		f.add("/cause", "is needed: a root cause that is known says what it is")
	case r.Trigger == nil && r.Cause == nil && r.DetectionGap == nil && len(r.Contributing) == 0:
		f.add("/cause", "is needed, or another claim: say what was found")
	}
	if n := r.size(); n > MaxCauseText {
		f.add("/evidence", "has %d characters in all, with what it is for; %d is the most. Link what is longer", n, MaxCauseText)
	}
	return f.refuse("root_cause.invalid", "This root cause")
}

// claim checks a claim that need not be there. What is proven has evidence.
func (f *faults) claim(at string, c *Claim, proven bool) {
	if c == nil {
		return
	}
	f.needed(at+"/text", c.Text, MaxNote)
	f.evidence(at+"/evidence", c.Evidence, proven)
}

// evidence checks what something rests on.
func (f *faults) evidence(at string, all []Evidence, needed bool) {
	f.atMost(at, len(all), MaxEvidence)
	if needed && len(all) == 0 {
		f.add(at, "is needed: one record, address or observation at least that it rests on")
	}
	for n, e := range all[:min(len(all), MaxEvidence)] {
		here := fmt.Sprintf("%s/%d", at, n)
		f.text(here+"/note", e.Note, MaxNote)
		f.optionalLine(here+"/url", e.URL, MaxURL)
		switch {
		case e.Record == "" && e.URL == "" && strings.TrimSpace(e.Note) == "":
			f.add(here, "is empty: name a record, an address, or what was seen")
		case e.Record != "" && e.Record.Check() != nil:
			f.add(here+"/record", "must be a record's number, such as INC-42")
		case e.URL != "" && !webAddress(e.URL):
			f.add(here+"/url", "must be an address that begins with https:// or http://")
		}
	}
}

// claims are all that it says.
func (r *RootCauseRequest) claims() []Claim {
	all := slices.Clone(r.Contributing)
	for _, c := range []*Claim{r.Trigger, r.Cause, r.DetectionGap} {
		if c != nil {
			all = append(all, *c)
		}
	}
	return all
}

// size is how long it is in all, in characters.
func (r *RootCauseRequest) size() (n int) {
	for _, c := range r.claims() {
		n += utf8.RuneCountInString(c.Text)
		n += sizeOf(c.Evidence)
	}
	return n
}

// sizeOf is how long evidence is, in characters.
func sizeOf(all []Evidence) (n int) {
	for _, e := range all {
		n += utf8.RuneCountInString(e.Note) + utf8.RuneCountInString(e.URL)
	}
	return n
}

// Records are the records that the evidence names.
func (r *RootCauseRequest) Records() (all []Number) {
	for _, c := range r.claims() {
		all = append(all, RecordsOf(c.Evidence)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var problemTasks = taskRefusals{
	full:   taskRefusal{Conflict, "problem.too_many_tasks", "%s has %d tasks, and takes no more."},
	absent: taskRefusal{NotFound, "problem.no_task", "%s has no task %d."},
	over:   taskRefusal{Conflict, "problem.task_over", "Task %d of %s is %s already."},
	long:   taskRefusal{Conflict, "problem.tasks_too_long", "The tasks of %s would have more than %d characters in all. Comment on it, or link what is longer."},
}

// CheckTask refuses a task that says nothing, and one that is over.
func (p *Problem) CheckTask(who Actor, r TaskRequest) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := p.checkWorker(who); err != nil {
		return err
	}
	if p.Unassessed() {
		return p.notNow("it is worked on once it is accepted")
	}
	return p.Tasks.refuse(problemTasks, p.Number, r, 0)
}

// Task adds a task, or takes note of what became of one.
func (p *Problem) Task(_ Actor, r TaskRequest, at time.Time) Event {
	kept := p.Tasks.note(r, at)
	p.touch(at)
	return Event{Kind: EventProblemTask, From: State(p.State), Note: r.Result, Detail: &Detail{Task: &kept}}
}

// CheckRootCause refuses a root cause that rests on nothing (PRB-02).
func (p *Problem) CheckRootCause(who Actor, r RootCauseRequest) error {
	r.Known = r.Known || p.proven() // what was proven stays so when it is written anew
	if err := r.check(); err != nil {
		return err
	}
	if err := p.checkWorker(who); err != nil {
		return err
	}
	if !p.Worked() {
		return p.notNow("its root cause is recorded while it is investigated")
	}
	return nil
}

// proven reports whether its root cause is known by now.
func (p *Problem) proven() bool {
	return p.State == ProblemRootCauseKnown || p.State == ProblemKnownError
}

// FindCause records what was found. A root cause that is proven moves it on.
func (p *Problem) FindCause(who Actor, r RootCauseRequest, t ProblemTerms, at time.Time) Event {
	e := Event{Kind: EventCauseNoted, From: State(p.State)}
	p.RootCause = r.found(who, r.Known || p.proven(), at)
	e.Detail = &Detail{RootCause: p.RootCause}
	p.touch(at)
	if r.Known && p.State.CanBecome(ProblemRootCauseKnown) {
		e.Kind = EventCauseKnown
		p.stop(RootCauseClock, at)
		p.begin(WorkaroundClock, at)
		p.aim(&t.Policy)
		p.Become(ProblemRootCauseKnown, at)
	}
	return e
}

// found is the root cause as somebody found it.
func (r *RootCauseRequest) found(who Actor, known bool, at time.Time) *RootCause {
	return &RootCause{
		Method: r.Method, Trigger: r.Trigger, Cause: r.Cause, Contributing: r.Contributing, DetectionGap: r.DetectionGap,
		By: who.Person, At: at, Known: known,
	}
}

// CheckEvidence refuses records as evidence that the actor cannot see.
func (r *RootCauseRequest) CheckEvidence(sees func(Number) (bool, error)) error {
	return unseenEvidence(r.Records(), sees, "root_cause.invalid", "This root cause")
}

// unseenEvidence refuses records as evidence that the actor cannot see.
func unseenEvidence(records []Number, sees func(Number) (bool, error), code, what string) error {
	var f faults
	for _, n := range records {
		seen, err := sees(n)
		if err != nil {
			return err
		}
		if !seen {
			f.unseen("/evidence")
		}
	}
	return f.refuse(code, what)
}

// RecordsOf are the records that evidence names.
func RecordsOf(evidence []Evidence) (all []Number) {
	for _, e := range evidence {
		if e.Record != "" {
			all = append(all, e.Record)
		}
	}
	return all
}
