package itsm

import (
	"slices"
	"strings"
	"time"
)

// RecordKind is a kind of record: each is handled by a process of its own.
type RecordKind string

// The kinds.
const (
	KindChange     RecordKind = "change"
	KindIncident   RecordKind = "incident"
	KindProblem    RecordKind = "problem"
	KindCorrective RecordKind = "corrective_action"
	KindSupplier   RecordKind = "supplier"
	KindContract   RecordKind = "contract"
	KindReview     RecordKind = "supplier_review"
)

// recordKind is what is so for every record of a kind.
type recordKind struct {
	kind   RecordKind
	prefix string     // of its numbers; a review has its supplier's
	read   Permission // to know of any
	all    []Role     // who sees the restricted ones that do not concern them; none where none is restricted
	states []State
}

// recordKinds is the one table of the kinds, in the order in which people are shown them.
var recordKinds = []recordKind{
	{KindChange, "CHG", ReadChanges, []Role{ChangeManager, Auditor}, statesOf(ChangeStates)},
	{KindIncident, "INC", ReadIncidents, []Role{IncidentManager, Auditor, Monitor}, statesOf(IncidentStates)},
	{KindProblem, "PRB", ReadProblems, []Role{ProblemManager, Auditor, Monitor}, statesOf(ProblemStates)},
	{KindCorrective, "CAR", ReadCorrective, []Role{QualityManager, Auditor}, statesOf(CorrectiveStates)},
	{KindSupplier, "SUP", ReadSuppliers, nil, statesOf(SupplierStates)},
	{KindContract, "CON", ReadContracts, nil, statesOf(ContractStates)},
	{KindReview, "", ReadSuppliers, nil, statesOf(ReviewStates)},
}

// RecordKinds is every RecordKind.
var RecordKinds = func() (all []RecordKind) {
	for _, k := range recordKinds {
		all = append(all, k.kind)
	}
	return all
}()

// RecordStates is every state that a record of any kind can be in, each once.
var RecordStates = func() (all []State) {
	for _, k := range recordKinds {
		for _, s := range k.states {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}()

func statesOf[S ~string](states []S) (all []State) {
	for _, s := range states {
		all = append(all, State(s))
	}
	return all
}

func (k RecordKind) row() recordKind {
	at := slices.IndexFunc(recordKinds, func(r recordKind) bool { return r.kind == k })
	if at < 0 {
		return recordKind{}
	}
	return recordKinds[at]
}

// Words says the kind as a person would.
func (k RecordKind) Words() string { return State(k).Words() }

// States is every state of a record of the kind, in the order of its life.
func (k RecordKind) States() []State { return slices.Clone(k.row().states) }

// SeesAll reports whether somebody sees the restricted records of the kind that do not
// concern them.
func (k RecordKind) SeesAll(who Actor) bool {
	return slices.ContainsFunc(k.row().all, who.Is)
}

// ReadableKinds are the kinds of which somebody may read any. It refuses whoever may
// not look for records of all kinds.
func ReadableKinds(who Actor) (all []RecordKind, err error) {
	if err := who.May(ReadRecords); err != nil {
		return nil, err
	}
	for _, k := range recordKinds {
		if who.May(k.read) == nil {
			all = append(all, k.kind)
		}
	}
	return all, nil
}

// Kind is what the number is of; empty when it is none, or of no kind that there is.
func (n Number) Kind() RecordKind {
	if _, _, err := ParseReviewNumber(n); err == nil { // it begins with that of its supplier
		return KindReview
	}
	for _, k := range recordKinds {
		if n.Of(k.prefix) {
			return k.kind
		}
	}
	return ""
}

// Tone is how a state looks, the same wherever it is shown.
type Tone string

// The tones.
const (
	ToneWaiting Tone = "waiting" // somebody has to begin with something
	ToneActive  Tone = "active"  // it goes on
	ToneGood    Tone = "good"    // it goes well, or ended well
	ToneBad     Tone = "bad"     // it ended badly
)

// Tones is every Tone.
var Tones = []Tone{ToneWaiting, ToneActive, ToneGood, ToneBad}

// tones is the one list of them; any other state goes on.
var tones = map[State]Tone{
	"awaiting_assessment": ToneWaiting, "awaiting_approval": ToneWaiting, "new": ToneWaiting, "triaged": ToneWaiting,
	"on_hold": ToneWaiting, "reopened": ToneWaiting, "candidate": ToneWaiting, "logged": ToneWaiting,
	"approved": ToneGood, "scheduled": ToneGood, "implementing": ToneGood, "resolved": ToneGood, "closed": ToneGood,
	"raised": ToneWaiting, "not_effective": ToneBad, "withdrawn": ToneBad, "implemented": ToneGood,
	"rejected": ToneBad, "expired": ToneBad, "cancelled": ToneBad,
	"proposed": ToneWaiting, "draft": ToneWaiting, "under_review": ToneWaiting, "notice_window": ToneWaiting, "watch": ToneWaiting,
	"active": ToneGood, "offboarded": ToneGood, "collecting": ToneWaiting, "sign_off": ToneGood, "terminated": ToneGood,
}

// Tone is how the state looks.
func (s State) Tone() Tone {
	if t, ok := tones[s]; ok {
		return t
	}
	return ToneActive
}

// Record is what records of all kinds have in common, as its reader may know it.
type Record struct {
	Kind     RecordKind `json:"kind"`
	Number   Number     `json:"number"`
	Title    string     `json:"title"`
	Service  ServiceID  `json:"service"`
	State    State      `json:"state"`
	Tone     Tone       `json:"tone"`
	Priority Priority   `json:"priority,omitempty"` // a change has none
	Reporter PersonID   `json:"reporter"`           // who raised it
	Assignee PersonID   `json:"assignee,omitempty"` // who has it in hand; empty: nobody yet
	Team     TeamID     `json:"team,omitempty"`
	Summary  string     `json:"summary"`   // one sentence: where it stands, and why
	WaitsFor []PersonID `json:"waits_for"` // by name
	Roles    []Role     `json:"roles"`     // or anyone of these roles
	Acts     []Act      `json:"acts"`      // what its reader can do now
	RaisedAt time.Time  `json:"raised_at"`
	Since    time.Time  `json:"since"`               // when it came to its state
	StartsAt *time.Time `json:"starts_at,omitempty"` // when it is planned to begin
	Due      *time.Time `json:"due,omitempty"`       // until when the next thing has to be done
	Late     bool       `json:"late,omitempty"`      // that is past
	ClosedAt *time.Time `json:"closed_at,omitempty"`
	Revision int        `json:"revision"`
}

// explained fills in what an explanation says, and what follows from the rest.
func (r Record) explained(e Explanation, acts []Act, at time.Time) Record {
	r.Kind, r.State, r.Tone, r.Since = r.Number.Kind(), e.State, e.State.Tone(), e.Since
	r.Summary, r.WaitsFor, r.Roles, r.Acts = e.Summary, e.WaitsFor, e.Roles, acts
	r.Late = r.ClosedAt == nil && r.Due != nil && r.Due.Before(at)
	return r
}

// Record is the change as a record among others, for its reader at an instant. It is
// due when its approval expires, and once it is approved when its window ends.
func (c *Change) Record(who Actor, at time.Time) Record {
	r := Record{
		Number: c.Number, Title: c.Title, Service: c.Service, Reporter: c.Requester, Assignee: c.Implementer, Team: c.Team,
		RaisedAt: c.RaisedAt, ClosedAt: c.ClosedAt, Revision: c.Revision,
	}
	if r.Assignee == "" {
		r.Assignee = c.Assignee
	}
	if c.Window != nil && !c.State.Final() {
		r.StartsAt, r.Due = &c.Window.Start, &c.Window.End
	}
	if c.State == ChangeAwaiting {
		r.Due = c.ExpireAt
	}
	return r.explained(c.Explain(), c.ActsFor(who, at), at)
}

// Record is the incident as a record among others, for its reader at an instant. It is
// due when the first of its targets is missed.
func (i *Incident) Record(who Actor, at time.Time) Record {
	r := Record{
		Number: i.Number, Title: i.Title, Service: i.Service, Priority: i.Priority, Reporter: i.Reporter, Assignee: i.Assignee,
		Team: i.Team, RaisedAt: i.RaisedAt, ClosedAt: i.ClosedAt, Revision: i.Revision, Due: i.NextTarget(),
	}
	return r.explained(i.Explain(), i.ActsFor(who, at), at)
}

// NextTarget is when the first target that still counts is missed, or was; nil when
// none does.
func (i *Incident) NextTarget() *time.Time {
	if i.State.Final() {
		return nil
	}
	return Clocks(i.Clocks).Due()
}

// Record is the problem as a record among others, for its reader at an instant. It is
// due when the target of its stage is missed.
func (p *Problem) Record(who Actor, at time.Time) Record {
	r := Record{
		Number: p.Number, Title: p.Title, Service: p.Service, Priority: p.Priority, Reporter: p.Reporter, Assignee: p.Coordinator,
		Team: p.Team, RaisedAt: p.RaisedAt, ClosedAt: p.ClosedAt, Revision: p.Revision, Due: p.NextTarget(),
	}
	return r.explained(p.Explain(), p.ActsFor(who, at), at)
}

// Record is the corrective action as a record among others, for its reader at an
// instant. It is due when the target of its stage is missed.
func (c *CorrectiveAction) Record(who Actor, at time.Time) Record {
	r := Record{
		Number: c.Number, Title: c.Title, Service: c.Service, Reporter: c.Reporter, Assignee: c.Owner, Team: c.Team,
		RaisedAt: c.RaisedAt, ClosedAt: c.ClosedAt, Revision: c.Revision, Due: c.NextTarget(),
	}
	return r.explained(c.Explain(), c.ActsFor(who, at), at)
}

// NextTarget is when the target of a stage that runs is missed first, or was; nil when
// none runs.
func (c *CorrectiveAction) NextTarget() *time.Time {
	if c.State.Final() {
		return nil
	}
	return c.Clocks.Due()
}

// NextTarget is when the target of a stage that runs is missed first, or was; nil when
// none runs.
func (p *Problem) NextTarget() *time.Time {
	if p.State.Final() {
		return nil
	}
	return p.Clocks.Due()
}

// Record is the supplier as a record among others, for its reader at an instant. It is
// due when the first of what somebody has to do for it is. Of the services that depend
// on it, the first stands for all.
func (s *Supplier) Record(who Actor, at time.Time) Record {
	r := Record{
		Number: s.Number, Title: s.Name, Service: firstOf(s.Services), Reporter: s.Reporter, Assignee: s.Owner,
		RaisedAt: s.RaisedAt, ClosedAt: s.ClosedAt, Revision: s.Revision, Due: s.NextTarget(),
	}
	return r.explained(s.Explain(), s.ActsFor(who), at)
}

// Record is the contract as a record among others, for its reader at an instant. It is
// due when the first of what somebody has to do for it is. Of the services that depend
// on it, the first stands for all.
func (c *Contract) Record(who Actor, at time.Time) Record {
	r := Record{
		Number: c.Number, Title: c.Title, Service: firstOf(c.Services), Reporter: c.Reporter, Assignee: c.Owner,
		RaisedAt: c.RaisedAt, ClosedAt: c.ClosedAt, Revision: c.Revision, Due: c.NextTarget(),
	}
	return r.explained(c.Explain(), c.ActsFor(who), at)
}

// Record is the review as a record among others, for its reader at an instant. It is due
// when the first of its dates is. Its supplier's services are not its own.
func (r *SupplierReview) Record(who Actor, at time.Time) Record {
	one := Record{
		Number: r.Number, Title: r.Name + ", " + r.Period.String(), Reporter: r.Owner, Assignee: r.Owner,
		RaisedAt: r.StartedAt, ClosedAt: r.ClosedAt, Revision: r.Revision, Due: r.NextTarget(),
	}
	return one.explained(r.Explain(), r.ActsFor(who), at)
}

func firstOf(all []ServiceID) ServiceID {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// SearchRequest is what somebody looks for among all records.
type SearchRequest struct {
	Words string     `json:"q"`
	Kind  RecordKind `json:"kind,omitempty"` // empty: any
	Open  bool       `json:"open,omitempty"` // only what is not over
}

// MinSearch is how much has to be looked for at least, in characters.
const MinSearch = 2

// Check refuses what nobody can look for.
func (r SearchRequest) Check() error {
	var f faults
	words := strings.TrimSpace(r.Words)
	f.text("/q", words, MaxSearch)
	if len([]rune(words)) < MinSearch {
		f.add("/q", "needs 2 characters or more")
	}
	if r.Kind != "" {
		oneOf(&f, "/kind", r.Kind, RecordKinds)
	}
	return f.refuse("search.invalid", "This search")
}
