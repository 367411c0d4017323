package itsm

import (
	"slices"
	"time"
)

// Begin is the contract as it was recorded.
func (c *Contract) Begin(d ContractDraft, t SupplierTier) {
	c.Title, c.Supplier, c.Services, c.Tier = d.Title, d.Supplier, d.Services, t
	c.ContractTerms, c.Owner = d.ContractTerms, d.Owner
}

// Draft takes up a contract that was recorded.
func (c *Contract) Draft(at time.Time) Event {
	e := Event{Kind: EventContractDrafted, From: State(c.State)}
	c.Become(ContractDrafted, at)
	return e
}

// Propose asks others what is to become of it. Whoever proposes it has no say.
func (c *Contract) Propose(who Actor, r ProposalRequest, at time.Time) Event {
	e := Event{Kind: EventContractProposed, From: State(c.State), Note: r.Note}
	c.Proposal = &ContractProposal{
		Decision: r.Decision, By: who.Person, At: at, Note: r.Note, Effect: r.Effect, Risk: r.Risk, Change: r.Change, Terms: r.Terms, Open: true,
	}
	e.Detail = &Detail{Proposal: c.Proposal}
	if r.Decision == ApproveContract {
		c.Become(ContractUnderReview, at)
	}
	b := c.Ballot()
	b.Reopen()
	c.take(b)
	return e
}

// Hash identifies what is decided on: whoever decides has read this.
func (p *ContractProposal) Hash(now *ContractTerms) string {
	t := now
	if p.Terms != nil {
		t = p.Terms
	}
	fields := []string{
		"steward.contract.1", string(p.Decision), p.Note, p.Effect, p.Risk, string(p.Change), t.Supplies, t.Duties,
		t.Start.String(), t.End.String(), t.Notice.String(), t.Renewal.String(), t.Document.URL, t.Document.Digest,
	}
	for _, g := range t.Targets {
		customer, critical := "", ""
		if g.Customer != nil {
			customer = g.Customer.String()
		}
		if g.Critical {
			critical = "critical"
		}
		fields = append(fields, g.Name, string(g.Criterion), g.Unit, g.Full.String(), g.None.String(), critical, customer)
	}
	return hashOf(fields)
}

// Ballot is the decision on what was proposed (A.5.3 of ISO/IEC 27001: a second person).
func (c *Contract) Ballot() *Ballot {
	b := c.Deciding.own()
	b.Subject = Subject{
		Kind: "contract_decision", Number: c.Number, State: "not to be decided on", Permission: DecideContracts, Manager: SupplierManager,
	}
	if p := c.Proposal; p != nil {
		b.Requester, b.ContentHash, b.Awaiting = p.By, p.Hash(&c.ContractTerms), p.Open
		b.State = c.State.Words()
	}
	return b
}

func (c *Contract) take(b *Ballot) {
	c.Deciding = *b
	c.Deciding.Subject = Subject{}
}

// close is that others are not asked any more.
func (c *Contract) close() {
	if c.Proposal != nil {
		p := *c.Proposal
		p.Open = false
		c.Proposal = &p
	}
	c.unasked()
}

// unasked asks nobody any more.
func (c *Contract) unasked() {
	b := c.Ballot()
	b.Awaiting = false
	b.Refresh()
	b.RemindAt, b.BackupAt, b.ExpireAt = nil, nil, nil
	c.take(b)
}

// NextStage is the number of the stage to be opened now; 0 when none is.
func (c *Contract) NextStage() int { return c.Ballot().NextStage() }

// OpenStage takes up a stage as it was opened.
func (c *Contract) OpenStage(o Opening) {
	b := c.Ballot()
	b.OpenStage(o)
	c.take(b)
}

// Asking is the proposal that is to be decided on now.
func (c *Contract) Asking() Matter {
	b := c.Ballot()
	m := Matter{Subject: b.Subject, Round: b.Round}
	if len(c.Services) > 0 {
		m.Service = c.Services[0]
	}
	return m
}

// OpenContract opens the decision on a contract, as a policy has it, with the people of
// the catalog.
func (c *Catalog) OpenContract(p SupplierPolicy, ask Matter, at time.Time) (Opening, error) {
	filled := p.Filled()
	o, err := c.Convene(Sitting{
		Subject: ask.Subject, Stage: filled.deciding(), Service: ask.Service, Round: ask.Round, Nth: 1, Of: 1,
	}, at, AroundTheClock)
	o.Deputies = nil // whoever could stand in is asked, or comes when nobody answers
	return o, err
}

// CheckDecision refuses a decision that may not count.
func (c *Contract) CheckDecision(who Actor, d DecisionRequest) error {
	err := c.Ballot().CheckDecision(who, d)
	if AsError(err).Code == "contract_decision.own_request" {
		return Refuse(Forbidden, "contract_decision.own_request", "You proposed that of %s, so somebody else must decide.", c.Number)
	}
	return err
}

// Decide records a decision that CheckDecision has allowed. Where it was the last that
// it took, what was proposed is so, or is not.
func (c *Contract) Decide(who Actor, d DecisionRequest, p SupplierPolicy, at time.Time) Event {
	b := c.Ballot()
	u := b.Decide(who, d, at)
	c.take(b)
	e := Event{Kind: b.Event(u.Result), From: State(c.State), Note: d.Note, Decision: &u.Decision}
	e.Detail = &Detail{Joined: u.Joined, Proposal: c.Proposal}
	switch u.Result { //nolint:exhaustive // a vote has no other results, and these alone end it
	case ResultApproved:
		c.close()
		c.carryOut(p, at)
	case ResultRejected:
		c.drop(at)
	}
	return e
}

// drop has nothing become of what was proposed.
func (c *Contract) drop(at time.Time) {
	c.close()
	if c.State == ContractUnderReview {
		c.Become(ContractDrafted, at)
	}
}

// carryOut does what was decided.
func (c *Contract) carryOut(p SupplierPolicy, at time.Time) {
	switch c.Proposal.Decision {
	case ApproveContract:
		c.Become(ContractApproved, at)
		c.ReviewBy = Expiry{On: DateOf(at.UTC()).AddMonths(p.Of(c.Tier).Contract.months())}
		c.redate(p)
	case AmendContract:
		c.ContractTerms = *c.Proposal.Terms
		c.redate(p)
		if c.State != ContractActive {
			c.Become(ContractActive, at)
		}
	case RenewContract:
		c.Become(ContractRenewing, at)
	case RenegotiateContract:
		c.Become(ContractRenegotiating, at)
	case TerminateContract:
		c.Become(ContractTerminating, at)
	}
}

// redate has every date that follows from the terms be reckoned anew.
func (c *Contract) redate(p SupplierPolicy) {
	filled := p.Filled()
	last := c.LastNotice()
	c.NoticeBy = Expiry{On: last, Business: true}
	c.DecideBy = Expiry{On: last - Date(filled.DecideBy), Business: true}
	c.Ends = Expiry{On: c.End}
	c.Begins = Expiry{On: c.Start - 1}
	c.Given = nil
}

// GiveNotice records that the supplier was given notice.
func (c *Contract) GiveNotice(who Actor, r GiveNoticeRequest, at time.Time) Event {
	c.Given = &NoticeGiven{By: who.Person, At: at, Evidence: r.Evidence}
	return Event{Kind: EventNoticeGiven, From: State(c.State), Detail: &Detail{Evidence: r.Evidence}}
}

// Review compares it with what services need now, and says when that is done anew.
func (c *Contract) Review(_ Actor, r ContractReview, p SupplierPolicy, at time.Time) Event {
	c.ReviewBy = Expiry{On: DateOf(at.UTC()).AddMonths(p.Of(c.Tier).Contract.months())}
	return Event{Kind: EventContractReviewed, From: State(c.State), Note: r.Note, Detail: &Detail{Evidence: r.Evidence}}
}

// Cancel drops it before it began.
func (c *Contract) Cancel(_ Actor, r Cancellation, at time.Time) Event {
	e := Event{Kind: EventContractCancelled, From: State(c.State), Note: r.Note}
	c.close()
	c.Become(ContractCancelled, at)
	return e
}

// Corrected takes note of the record of a corrective action that was due.
func (c *Contract) Corrected(record Number) (e Event, ok bool) {
	if c.Corrections, ok = corrected(c.Corrections, record); !ok {
		return e, false
	}
	return Event{Kind: EventContractCorrected, From: State(c.State), Detail: &Detail{Raised: record}}, true
}

// Say takes up a comment that CheckComment has allowed.
func (c *Contract) Say(who Actor, r CommentRequest, t *Talk, at time.Time) Comment {
	return t.say(c.Number, who, r, at)
}

// goesOn renews it by itself, for as long as its terms say.
func (c *Contract) goesOn(p SupplierPolicy, at time.Time) {
	c.End = c.Renewal.After(c.End)
	c.Renewals++
	c.close()
	c.redate(p)
	c.Begins.Passed = true
	if c.State != ContractActive {
		c.Become(ContractActive, at)
	}
}

// missed takes note that notice came too late, though nobody had decided to go on: that
// is no way to manage a contract, and a corrective action is due (10.1).
func (c *Contract) missed(at time.Time) {
	c.Corrections = append(slices.Clone(c.Corrections), Correction{
		Why: "The last day to give notice of " + string(c.Number) + " passed, so it goes on by itself.", At: at,
	})
}
