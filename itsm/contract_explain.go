package itsm

import (
	"slices"
	"strings"
)

// ActsFor is what one person can do, of what Explain offers.
func (c *Contract) ActsFor(who Actor) []Act {
	return slices.DeleteFunc(c.Explain().Acts, func(a Act) bool { return c.try(a, who) != nil })
}

// try asks the rules whether somebody may do a thing, were it well-formed.
func (c *Contract) try(a Act, who Actor) error {
	seen := []Evidence{{Note: "seen"}}
	switch a { //nolint:exhaustive // those of a contract
	case ActContractPropose:
		return c.checkManager(who)
	case ActContractDecide:
		return c.Ballot().CheckTry(who)
	case ActGiveNotice:
		return c.CheckGiveNotice(who, GiveNoticeRequest{Evidence: seen})
	case ActContractReview:
		return c.CheckReview(who, ContractReview{Note: "what"})
	case ActContractCancel:
		return c.CheckCancel(who, Cancellation{Note: "why"})
	case ActContractComment:
		return c.CheckComment(who, CommentRequest{Text: "what"}, Talk{})
	}
	return NoSuchRecord(c.Number)
}

// acts are what those who answer for contracts can do to one as it stands, the most
// likely first.
func (c *Contract) acts() []Act {
	if c.State == ContractNew || c.State.Final() {
		return []Act{}
	}
	open := c.Proposal != nil && c.Proposal.Open
	all := []Act{ActContractDecide, ActGiveNotice, ActContractPropose, ActContractReview, ActContractComment, ActContractCancel}
	return slices.DeleteFunc(all, func(a Act) bool {
		return (a == ActContractDecide && !open) || (a == ActContractPropose && (open || len(c.Proposable()) == 0)) ||
			(a == ActGiveNotice && (c.State != ContractTerminating || c.Given != nil)) ||
			(a == ActContractReview && !c.State.InForce()) || (a == ActContractCancel && !c.State.CanBecome(ContractCancelled))
	})
}

// Explain explains a contract as it stands.
func (c *Contract) Explain() Explanation {
	e := Explanation{
		Number: c.Number, State: State(c.State), Since: c.Since, WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: c.acts(),
	}
	c.explain(&e)
	if b := c.Ballot(); b.Awaiting {
		summary, waits, progress := b.Explain()
		e.Summary += " Others are asked whether to " + string(c.Proposal.Decision) + " it: " + lowered(summary)
		e.Approval, e.WaitsFor, e.Roles = progress, waits, []Role{}
	}
	if wrong := c.Misaligned(); len(wrong) > 0 && c.State.InForce() {
		e.Summary += " Customers were promised more than it says: " + strings.Join(wrong, ", ") + "."
	}
	if due := uncorrected(c.Corrections); len(due) > 0 {
		e.Summary += " A corrective action is due: " + strings.Join(due, " ")
	}
	e.forecast(c.deadlines())
	return e
}

// explain says where it stands, and for whom it waits.
func (c *Contract) explain(e *Explanation) {
	switch c.State {
	case ContractNew:
		e.Summary = "It is being recorded."
	case ContractDrafted:
		e.Summary, e.WaitsFor = "It is drafted, and waits to be proposed for approval.", []PersonID{c.Owner}
	case ContractUnderReview:
		e.Summary = "It waits to be approved."
	case ContractApproved:
		e.Summary = "It is approved, and begins on its first day."
	case ContractActive:
		e.Summary = "It is in force."
	case ContractNoticeWindow:
		e.Summary, e.WaitsFor = "It is in force. It waits for a decision whether to renew, to renegotiate or to terminate it.", []PersonID{c.Owner}
	case ContractRenewing:
		e.Summary = "It is to be renewed."
		if c.Renewal.IsZero() {
			e.Summary, e.WaitsFor = "It is to be renewed, and waits for an amendment that says until when.", []PersonID{c.Owner}
		}
	case ContractRenegotiating:
		e.Summary, e.WaitsFor = "It is renegotiated, and waits for an amendment, or for another decision.", []PersonID{c.Owner}
	case ContractTerminating:
		e.Summary, e.WaitsFor = "It is to be terminated, and waits for notice to be given.", []PersonID{c.Owner}
		if c.Given != nil {
			e.Summary, e.WaitsFor = "Notice was given, and it ends on its last day.", []PersonID{}
		}
	case ContractExpired:
		e.Summary = "It has expired."
	case ContractTerminated:
		e.Summary = "It was terminated."
	case ContractCancelled:
		e.Summary = "It was cancelled before it began."
	}
}
