package itsm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Bounds on a contract.
const (
	MaxContractTargets = 30
	MaxContractYears   = 30
)

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Check refuses a draft that cannot become a contract, naming every fault in it.
func (d *ContractDraft) Check() error {
	var f faults
	f.line("/title", d.Title, MaxTitle)
	if !d.Supplier.Of("SUP") {
		f.add("/supplier", "must be a supplier's number, such as SUP-4")
	}
	f.line("/owner", string(d.Owner), maxName)
	f.atMost("/services", len(d.Services), MaxSupplied)
	for n, s := range d.Services[:min(len(d.Services), MaxSupplied)] {
		f.line(fmt.Sprintf("/services/%d", n), string(s), maxWord)
	}
	f.terms("", &d.ContractTerms)
	return f.refuse("contract.invalid", "This contract")
}

// terms checks what both sides agreed on.
func (f *faults) terms(at string, t *ContractTerms) {
	f.needed(at+"/supplies", t.Supplies, MaxText)
	f.needed(at+"/duties", t.Duties, MaxText)
	f.dates(at, t)
	f.atMost(at+"/targets", len(t.Targets), MaxContractTargets)
	if len(t.Targets) == 0 {
		f.add(at+"/targets", "are needed: one thing at least that the supplier has to reach")
	}
	named := seen{}
	for n := range t.Targets[:min(len(t.Targets), MaxContractTargets)] {
		here := fmt.Sprintf("%s/targets/%d", at, n)
		f.target(here, &t.Targets[n])
		if first, again := named.mark(t.Targets[n].Name, here); again {
			f.add(here+"/name", "is already at %s", first)
		}
	}
	if !webAddress(t.Document.URL) || len(t.Document.URL) > MaxURL {
		f.add(at+"/document/url", "must be an address that begins with https:// or http://: where the document is kept")
	}
	if !digest.MatchString(t.Document.Digest) {
		f.add(at+"/document/digest", "must be the SHA-256 of the document: 64 digits of 0-9 a-f")
	}
}

// dates checks when it is in force, and that notice can be given in that time.
func (f *faults) dates(at string, t *ContractTerms) {
	given := true
	for _, one := range []struct {
		at   string
		date Date
	}{{"start", t.Start}, {"end", t.End}} {
		switch {
		case one.date == 0:
			given = false
			f.add(at+"/"+one.at, "is needed: a date such as 2027-03-31")
		case !one.date.storable():
			given = false
			f.add(at+"/"+one.at, "must be between the years 2000 and 2200")
		}
	}
	for _, one := range []struct {
		at   string
		span DateSpan
	}{{"notice", t.Notice}, {"renewal", t.Renewal}} {
		if fault := one.span.fault(); fault != "" {
			given = false
			f.add(at+"/"+one.at, "%s", fault)
		}
	}
	switch {
	case !given:
	case t.End <= t.Start:
		f.add(at+"/end", "must be later than its start (%s)", t.Start)
	case t.End > t.Start.AddMonths(12*MaxContractYears):
		f.add(at+"/end", "must be at most %d years after its start", MaxContractYears)
	case t.LastNotice() <= t.Start:
		f.add(at+"/notice", "is longer than the contract: notice could never be given")
	case !t.Renewal.IsZero() && t.Notice.IsZero():
		f.add(at+"/notice", "is needed: it goes on by itself, so somebody must be able to end it")
	case !t.Renewal.IsZero() && t.Notice.Before(t.Renewal.After(t.End)) <= t.End:
		f.add(at+"/renewal", "must be longer than the notice period: else it goes on before anybody could end it")
	}
}

func (f *faults) target(at string, t *ContractTarget) {
	f.line(at+"/name", t.Name, MaxTitle)
	f.line(at+"/unit", t.Unit, maxWord)
	oneOf(f, at+"/criterion", t.Criterion, Criteria)
	if t.Full == t.None {
		f.add(at+"/none", "must be another than full: from there on no points are given")
	}
}

// CheckRaise refuses whoever may not draft a contract.
func (d *ContractDraft) CheckRaise(who Actor) error {
	if err := who.May(ManageContracts); err != nil {
		return err
	}
	return d.Check()
}

// CheckWith refuses a contract with whom it cannot be made: nil is a supplier that the
// actor cannot see.
func (d *ContractDraft) CheckWith(s *Supplier) error {
	var f faults
	switch {
	case s == nil:
		f.unseen("/supplier")
	case s.State.Final():
		f.add("/supplier", "is %s", s.State.Words())
	}
	return f.refuse("contract.invalid", "This contract")
}

// CheckRead refuses whoever may not see what was agreed on: it is commercial.
func (c *Contract) CheckRead(who Actor) error { return who.May(ReadContracts) }

func (c *Contract) checkManager(who Actor) error { return c.checkWith(who, ManageContracts) }

func (c *Contract) checkWith(who Actor, need Permission) error {
	if err := who.May(need); err != nil {
		return err
	}
	switch {
	case c.State == ContractNew: // not recorded yet
		return NoSuchRecord(c.Number)
	case c.State.Final():
		return Refuse(Conflict, "contract.over", "%s is %s already. Draft another.", c.Number, c.State.Words())
	}
	return nil
}

// notNow refuses what does not fit the state.
func (c *Contract) notNow(when string) error {
	return Refuse(Conflict, "contract.not_now", "%s is %s; %s.", c.Number, c.State.Words(), when)
}

// ProposalRequest asks others what is to become of a contract.
type ProposalRequest struct {
	Decision ContractDecision `json:"decision"`
	Note     string           `json:"note"`
	Effect   string           `json:"effect,omitempty"`
	Risk     string           `json:"risk,omitempty"`
	Change   Number           `json:"change,omitempty"`
	Terms    *ContractTerms   `json:"terms,omitempty"`
}

// CheckPropose refuses to ask for what does not fit the state, for an amendment whose
// effect nobody assessed, and for targets that do not suffice for what customers were
// promised unless somebody says what is done about it (8.3.4.1).
func (c *Contract) CheckPropose(who Actor, r ProposalRequest, at time.Time) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := c.checkManager(who); err != nil {
		return err
	}
	if c.Proposal != nil && c.Proposal.Open {
		return Refuse(Conflict, "contract.proposed", "Others are asked already whether to %s %s.", c.Proposal.Decision, c.Number)
	}
	if !slices.Contains(c.Proposable(), r.Decision) {
		return c.notNow("others cannot be asked to " + string(r.Decision) + " it")
	}
	if r.Decision != ApproveContract && r.Decision != AmendContract {
		return nil
	}
	var f faults
	terms, pointer := c.after(r), ""
	if r.Terms != nil {
		pointer = "/terms"
	}
	if wrong := terms.Misaligned(); len(wrong) > 0 && strings.TrimSpace(r.Risk) == "" {
		f.add("/risk", "is needed: customers were promised more than %s says", strings.Join(wrong, ", "))
	}
	if terms.LastNotice() < DateOf(at.UTC()) {
		f.add(pointer+"/end", "leaves no time to give notice (%s); give the end of the term that runs now", terms.LastNotice())
	}
	return f.refuse("proposal.invalid", "This proposal")
}

func (r *ProposalRequest) check() error {
	var f faults
	oneOf(&f, "/decision", r.Decision, ContractDecisions)
	f.needed("/note", r.Note, MaxNote)
	f.text("/risk", r.Risk, MaxNote)
	if r.Decision == AmendContract || r.Decision == ApproveContract {
		f.needed("/effect", r.Effect, MaxNote)
	} else {
		f.text("/effect", r.Effect, MaxNote)
	}
	if r.Change != "" && !r.Change.Of("CHG") {
		f.add("/change", "must be a change's number, such as CHG-42")
	}
	switch amends := r.Decision == AmendContract; {
	case amends && r.Terms == nil:
		f.add("/terms", "are needed: what is agreed on from now on")
	case !amends && r.Terms != nil:
		f.add("/terms", "are of an amendment")
	case amends:
		f.terms("/terms", r.Terms)
	}
	return f.refuse("proposal.invalid", "This proposal")
}

// CheckChange refuses a change that the actor cannot see.
func (r *ProposalRequest) CheckChange(seen bool) error {
	var f faults
	if !seen {
		f.unseen("/change")
	}
	return f.refuse("proposal.invalid", "This proposal")
}

// after are the terms once a proposal is approved.
func (c *Contract) after(r ProposalRequest) *ContractTerms {
	if r.Terms != nil {
		return r.Terms
	}
	return &c.ContractTerms
}

// Proposable are the decisions that fit the state: what others can be asked for now.
func (c *Contract) Proposable() []ContractDecision {
	switch c.State { //nolint:exhaustive // in the others nothing is to be decided
	case ContractDrafted:
		return []ContractDecision{ApproveContract}
	case ContractActive, ContractNoticeWindow:
		return []ContractDecision{RenewContract, RenegotiateContract, TerminateContract, AmendContract}
	case ContractRenewing:
		return []ContractDecision{AmendContract}
	case ContractRenegotiating:
		return []ContractDecision{AmendContract, RenewContract, TerminateContract}
	}
	return nil
}

// GiveNoticeRequest says that the supplier was given notice.
type GiveNoticeRequest struct {
	Evidence []Evidence `json:"evidence"`
}

// CheckGiveNotice refuses notice that nobody decided on, that was given, or that nobody
// can show.
func (c *Contract) CheckGiveNotice(who Actor, r GiveNoticeRequest) error {
	var f faults
	f.evidence("/evidence", r.Evidence, true)
	if err := f.refuse("notice.invalid", "This notice"); err != nil {
		return err
	}
	if err := c.checkManager(who); err != nil {
		return err
	}
	switch {
	case c.State != ContractTerminating:
		return c.notNow("notice is given once it is decided to terminate it")
	case c.Given != nil:
		return Refuse(Conflict, "contract.notice_given", "Notice of %s was given already.", c.Number)
	}
	return nil
}

// CheckEvidence refuses records as evidence that the actor cannot see.
func (r *GiveNoticeRequest) CheckEvidence(sees func(Number) (bool, error)) error {
	return unseenEvidence(RecordsOf(r.Evidence), sees, "notice.invalid", "This notice")
}

// ContractReview compares a contract with what services need now.
type ContractReview struct {
	Note     string     `json:"note"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// CheckReview refuses a review that says nothing, or of what is not in force.
func (c *Contract) CheckReview(who Actor, r ContractReview) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	f.evidence("/evidence", r.Evidence, false)
	if err := f.refuse("contract_review.invalid", "This review"); err != nil {
		return err
	}
	if err := c.checkManager(who); err != nil {
		return err
	}
	if !c.State.InForce() {
		return c.notNow("it is reviewed while it is in force")
	}
	return nil
}

// CheckEvidence refuses records as evidence that the actor cannot see.
func (r *ContractReview) CheckEvidence(sees func(Number) (bool, error)) error {
	return unseenEvidence(RecordsOf(r.Evidence), sees, "contract_review.invalid", "This review")
}

// CheckCancel refuses to drop what is in force: that is terminated.
func (c *Contract) CheckCancel(who Actor, r Cancellation) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("cancellation.invalid", "This cancellation"); err != nil {
		return err
	}
	if err := c.checkManager(who); err != nil {
		return err
	}
	if !c.State.CanBecome(ContractCancelled) {
		return c.notNow("it binds both sides, and is terminated instead")
	}
	return nil
}

// CheckCorrected lets Steward alone say so, which raises what is due.
func (c *Contract) CheckCorrected(who Actor, r CorrectedRequest) error {
	if err := r.check(who); err != nil {
		return err
	}
	return c.checkWith(who, ReadContracts)
}

// CheckComment refuses an empty comment, and an answer to nothing.
func (c *Contract) CheckComment(who Actor, r CommentRequest, t Talk) error {
	if err := r.check(t); err != nil {
		return err
	}
	if err := c.checkWith(who, DecideContracts); err != nil {
		return err
	}
	if t.Comments >= MaxComments {
		return Refuse(Conflict, "comment.too_many", "%s has %d comments, and takes no more.", c.Number, t.Comments)
	}
	return nil
}
