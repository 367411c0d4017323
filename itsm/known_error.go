package itsm

import (
	"fmt"
	"time"
)

// MaxKnownErrorServices a known error affects.
const MaxKnownErrorServices = 50

// KnownErrorState is whether people are shown a known error.
type KnownErrorState string

// The states of a known error.
const (
	KnownErrorDraft     KnownErrorState = "draft"
	KnownErrorProposed  KnownErrorState = "proposed" // somebody else is to say that it can be published
	KnownErrorPublished KnownErrorState = "published"
	KnownErrorRetired   KnownErrorState = "retired" // the fix is effective, or the problem is over
)

// KnownErrorStates is every KnownErrorState.
var KnownErrorStates = []KnownErrorState{KnownErrorDraft, KnownErrorProposed, KnownErrorPublished, KnownErrorRetired}

// KnownError is what helps today with a problem whose cause is known (8.6.3 e, f). It
// is called by its problem's number.
type KnownError struct {
	Title      string          `json:"title"`
	Symptoms   string          `json:"symptoms"` // as people who meet it would describe it
	Services   []ServiceID     `json:"services"`
	RootCause  string          `json:"root_cause"`
	Workaround string          `json:"workaround"` // step by step
	Risk       string          `json:"risk"`       // of the workaround
	VerifiedBy PersonID        `json:"verified_by"`
	State      KnownErrorState `json:"state"`
	Version    int             `json:"version"` // 1, and one more with each publication
	By         PersonID        `json:"by"`      // who wrote it last
	At         time.Time       `json:"at"`

	PublishedBy PersonID   `json:"published_by,omitempty"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	ReviewAt    *time.Time `json:"review_at,omitempty"` // when somebody looks whether it is still true
	RetiredAt   *time.Time `json:"retired_at,omitempty"`
	Told        int        `json:"told,omitempty"` // the version that the incidents were told of
}

// Hash identifies what is decided on: whoever publishes it has read this.
func (k *KnownError) Hash() string {
	fields := []string{"steward.known_error.1", k.Title, k.Symptoms, k.RootCause, k.Workaround, k.Risk, string(k.VerifiedBy)}
	for _, s := range k.Services {
		fields = append(fields, string(s))
	}
	return hashOf(fields)
}

// WorkaroundRequest writes the known error of a problem.
type WorkaroundRequest struct {
	Title      string      `json:"title,omitempty"` // empty: the problem's
	Symptoms   string      `json:"symptoms"`
	Services   []ServiceID `json:"services,omitempty"` // empty: the problem's
	Workaround string      `json:"workaround"`
	Risk       string      `json:"risk"`
	VerifiedBy PersonID    `json:"verified_by"`
}

// CheckWorkaround refuses a workaround that nobody tried, or whose risk nobody says.
func (p *Problem) CheckWorkaround(who Actor, r WorkaroundRequest) error {
	var f faults
	f.optionalLine("/title", r.Title, MaxTitle)
	f.needed("/symptoms", r.Symptoms, MaxText)
	f.needed("/workaround", r.Workaround, MaxText)
	f.needed("/risk", r.Risk, MaxNote)
	f.line("/verified_by", string(r.VerifiedBy), maxName)
	f.atMost("/services", len(r.Services), MaxKnownErrorServices)
	for n, s := range r.Services[:min(len(r.Services), MaxKnownErrorServices)] {
		f.line(fmt.Sprintf("/services/%d", n), string(s), maxWord)
	}
	if err := f.refuse("workaround.invalid", "This workaround"); err != nil {
		return err
	}
	if err := p.checkWorker(who); err != nil {
		return err
	}
	if !p.Worked() && p.State != ProblemFixPlanned {
		return p.notNow("a workaround is written while its cause is there")
	}
	return nil
}

// WriteWorkaround writes the known error anew, as a draft. What others were asked to
// publish is another text now, so they are not asked any more. One that is published
// stays so until the new one is.
func (p *Problem) WriteWorkaround(who Actor, r WorkaroundRequest, at time.Time) Event {
	k := KnownError{State: KnownErrorDraft}
	if p.KnownError != nil {
		k = *p.KnownError
	}
	k.Title, k.Symptoms, k.Workaround, k.Risk, k.VerifiedBy = r.Title, r.Symptoms, r.Workaround, r.Risk, r.VerifiedBy
	if k.Title == "" {
		k.Title = p.Title
	}
	if k.Services = r.Services; len(k.Services) == 0 {
		k.Services = []ServiceID{p.Service}
	}
	if c := p.RootCause; c != nil && c.Cause != nil {
		k.RootCause = c.Cause.Text
	}
	k.By, k.At, k.State = who.Person, at, KnownErrorDraft
	if p.KnownError != nil && p.KnownError.State == KnownErrorProposed {
		b := p.Ballot()
		b.Reopen()
		p.take(b)
	}
	p.KnownError = &k
	p.touch(at)
	return Event{Kind: EventWorkaround, From: State(p.State), Detail: &Detail{KnownError: p.KnownError}}
}

// CheckPropose refuses to have published what is not written, whose cause is not
// known, or what is asked for already.
func (p *Problem) CheckPropose(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("publication.invalid", "This publication"); err != nil {
		return err
	}
	if err := p.checkWorker(who); err != nil {
		return err
	}
	switch k := p.KnownError; {
	case k == nil:
		return Refuse(Conflict, "problem.no_workaround", "%s has no workaround yet; write it first.", p.Number)
	case p.RootCause == nil || !p.RootCause.Known:
		return Refuse(Conflict, "problem.cause_unknown", "The root cause of %s is not known yet, so it is no known error.", p.Number)
	case k.State == KnownErrorProposed:
		return Refuse(Conflict, "problem.proposed", "Others are asked already whether the known error of %s can be published.", p.Number)
	case k.State == KnownErrorPublished:
		return Refuse(Conflict, "problem.published", "The known error of %s is published already.", p.Number)
	}
	if !p.Worked() && p.State != ProblemFixPlanned {
		return p.notNow("a known error is published while its cause is there")
	}
	return nil
}

// Propose asks others whether the known error can be published. Whoever wrote it last
// is not asked, whoever proposes it.
func (p *Problem) Propose(_ Actor, r NoteRequest, at time.Time) Event {
	k := *p.KnownError
	k.State = KnownErrorProposed
	if c := p.RootCause.Cause; c != nil {
		k.RootCause = c.Text
	}
	p.KnownError = &k
	b := p.Ballot()
	b.Reopen()
	p.take(b)
	p.touch(at)
	return Event{Kind: EventKnownErrorProposed, From: State(p.State), Note: r.Note, Detail: &Detail{KnownError: p.KnownError}}
}

// Ballot is the decision on the known error (A.5.3 of ISO/IEC 27001: a second person).
func (p *Problem) Ballot() *Ballot {
	b := p.Publication.own()
	b.Subject = Subject{
		Kind: "known_error", Number: p.Number, State: "not to be decided on",
		Permission: PublishKnownErrors, Manager: ProblemManager,
	}
	if k := p.KnownError; k != nil {
		b.Requester, b.ContentHash, b.State = k.By, k.Hash(), string(k.State)
		b.Awaiting = k.State == KnownErrorProposed
	}
	return b
}

func (p *Problem) take(b *Ballot) {
	p.Publication = *b
	p.Publication.Subject = Subject{}
}

// NextStage is the number of the stage to be opened now; 0 when none is.
func (p *Problem) NextStage() int { return p.Ballot().NextStage() }

// OpenStage takes up a stage as it was opened.
func (p *Problem) OpenStage(o Opening) {
	b := p.Ballot()
	b.OpenStage(o)
	p.take(b)
}

// CheckDecision refuses a decision on the known error that may not count.
func (p *Problem) CheckDecision(who Actor, d DecisionRequest) error {
	err := p.Ballot().CheckDecision(who, d)
	if AsError(err).Code == "known_error.own_request" {
		return Refuse(Forbidden, "known_error.own_request", "You wrote the known error of %s, so somebody else must say whether it can be published.", p.Number)
	}
	return err
}

// Decide records a decision that CheckDecision has allowed. Where it was the last that
// it took, the known error is published, or is a draft again.
func (p *Problem) Decide(who Actor, d DecisionRequest, t ProblemTerms, at time.Time) Event {
	b := p.Ballot()
	u := b.Decide(who, d, at)
	p.take(b)
	e := Event{Kind: b.Event(u.Result), From: State(p.State), Note: d.Note, Decision: &u.Decision}
	if len(u.Joined) > 0 {
		e.Detail = &Detail{Joined: u.Joined}
	}
	k := *p.KnownError
	switch u.Result { //nolint:exhaustive // a vote has no other results, and these alone end it
	case ResultApproved:
		k.State, k.PublishedBy, k.PublishedAt, k.ReviewAt, k.RetiredAt = KnownErrorPublished, who.Person, &at, utc(at.Add(t.Policy.KnownErrors.Time)), nil
		k.Version++
		p.KnownError, p.Published = &k, &k
		p.stop(WorkaroundClock, at)
		if p.State == ProblemRootCauseKnown {
			p.Become(ProblemKnownError, at)
		}
		e.Detail = &Detail{KnownError: p.KnownError, Joined: u.Joined}
	case ResultRejected:
		k.State = KnownErrorDraft
		p.KnownError = &k
	}
	p.touch(at)
	return e
}

// CheckCommunicate refuses to tell incidents of a workaround that is not published, or
// that they were told of.
func (p *Problem) CheckCommunicate(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("communication.invalid", "This communication"); err != nil {
		return err
	}
	if err := p.checkWorker(who); err != nil {
		return err
	}
	switch k := p.Published; {
	case k == nil || k.State != KnownErrorPublished:
		return Refuse(Conflict, "problem.not_published", "The workaround of %s is not published, so nobody is told of it.", p.Number)
	case k.Told == k.Version:
		return Refuse(Conflict, "problem.told", "The incidents of %s were told of this workaround already.", p.Number)
	}
	return nil
}

// Communicate has every open incident of it told of the workaround.
func (p *Problem) Communicate(_ Actor, r NoteRequest, at time.Time) Event {
	k := *p.Published
	k.Told = k.Version
	p.show(k)
	p.touch(at)
	return Event{Kind: EventWorkaroundTold, From: State(p.State), Note: r.Note}
}

// show has what people are shown become k, and the known error too unless that was
// written anew since.
func (p *Problem) show(k KnownError) {
	if p.KnownError.Hash() == p.Published.Hash() && p.KnownError.State == p.Published.State {
		p.KnownError = &k
	}
	p.Published = &k
}

// retire shows the known error to nobody any more, and asks nobody about it.
func (p *Problem) retire(at time.Time) {
	for _, known := range []**KnownError{&p.KnownError, &p.Published} {
		if *known == nil || (*known).State == KnownErrorRetired {
			continue
		}
		k := **known
		k.State, k.RetiredAt, k.ReviewAt = KnownErrorRetired, &at, nil
		*known = &k
	}
	b := p.Ballot()
	b.Refresh()
	b.RemindAt, b.BackupAt, b.ExpireAt = nil, nil, nil
	p.take(b)
}

// revive shows a known error again, whose fix did not hold. What was not published by
// then is a draft again.
func (p *Problem) revive(t ProblemTerms, at time.Time) {
	if k := p.Published; k != nil && k.State == KnownErrorRetired {
		again := *k
		again.State, again.RetiredAt, again.ReviewAt = KnownErrorPublished, nil, utc(at.Add(t.Policy.KnownErrors.Time))
		p.show(again)
	}
	if k := p.KnownError; k != nil && k.State == KnownErrorRetired {
		again := *k
		again.State, again.RetiredAt = KnownErrorDraft, nil
		p.KnownError = &again
	}
}

// KnownErrorFound is a known error that people are shown, with how often it helped.
type KnownErrorFound struct {
	KnownError

	Problem Number        `json:"problem"`
	Use     KnownErrorUse `json:"use"`
}

// MaxSearch is how much may be looked for, in characters.
const MaxSearch = 200

// CheckSearch refuses words that nobody can look for.
func CheckSearch(words string) error {
	var f faults
	f.text("/q", words, MaxSearch)
	return f.refuse("search.invalid", "This search")
}

// CheckServices refuses services that the actor cannot see.
func (c *Catalog) CheckServices(pointer string, who Actor, services []ServiceID) error {
	var f faults
	for n, id := range services {
		if s, ok := c.Service(id); !ok || s.hidden(who) {
			f.add(fmt.Sprintf("%s/%d", pointer, n), "names no service that you can see")
		}
	}
	return f.refuse("service.invalid", "This request")
}
