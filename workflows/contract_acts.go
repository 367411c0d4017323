package workflows

import (
	"fmt"
	"time"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

func (c *contract) over() bool { return c.State.Final() }

func (c *contract) revise() { c.Revision++ }

func (c *contract) step(e itsm.Event, o activities.Origin) (activity, saved any) {
	return a.StepContract, activities.ContractStepping{Step: c.Step(e), Origin: o}
}

// deeds are what people can do to a contract.
func (c *contract) deeds() []deed {
	return []deed{
		raises(itsm.ActContractRaise, "Draft the contract.", c.checkRaise, c.request),
		comments(itsm.ActContractComment, a.CommentOnContract, c.CheckComment, c.say),
		on(itsm.ActContractPropose, "Ask others what is to become of it.", c.CheckPropose, c.Propose),
		on(itsm.ActContractDecide, "Say whether what was proposed is done.", untimed(c.CheckDecision), c.decide),
		on(itsm.ActGiveNotice, "Record that the supplier was given notice.", untimed(c.CheckGiveNotice), c.GiveNotice),
		on(itsm.ActContractReview, "Compare it with what services need now.", untimed(c.CheckReview), c.review),
		on(itsm.ActContractCancel, "Drop it before it begins.", untimed(c.CheckCancel), c.Cancel),
		on(itsm.ActContractCorrect, "Tell that a corrective action that was due was raised.", untimed(c.CheckCorrected), c.corrected),
	}
}

func (c *contract) checkRaise(who itsm.Actor, d itsm.ContractDraft, _ time.Time) error {
	return d.CheckRaise(who)
}

func (c *contract) say(who itsm.Actor, r itsm.CommentRequest, t *itsm.Talk, at time.Time) (itsm.Comment, itsm.Event) {
	return c.Say(who, r, t, at), itsm.Event{}
}

func (c *contract) decide(who itsm.Actor, r itsm.DecisionRequest, at time.Time) itsm.Event {
	return c.Decide(who, r, c.terms, at)
}

func (c *contract) review(who itsm.Actor, r itsm.ContractReview, at time.Time) itsm.Event {
	return c.Review(who, r, c.terms, at)
}

// corrected takes note of a corrective action, once.
func (c *contract) corrected(_ itsm.Actor, r itsm.CorrectedRequest, _ time.Time) itsm.Event {
	e, _ := c.Corrected(r.Raised)
	return e
}

// attributes are what Temporal finds a contract by, besides what all records have.
func (c *contract) attributes() []attribute {
	if c.over() {
		return []attribute{word(Outcome, c.State)}
	}
	return nil
}

// rows are what the details say of a contract. What was agreed on is commercial, and
// stays in the record book.
func (c *contract) rows(e itsm.Explanation) []row {
	all := []row{
		{"Supplier", string(c.Supplier) + ", " + string(c.Tier)},
		{"Owner", string(c.Owner)},
		{"In force", "from " + c.Start.String() + " to " + c.End.String()},
		{"Notice", "until " + c.LastNotice().String()},
		{"Renewals", fmt.Sprint(c.Renewals)},
	}
	if p := c.Proposal; p != nil {
		all = append(all, row{"Last proposal", string(p.Decision) + ", by " + string(p.By) + ", " + stamp(p.At)})
	}
	all = append(append(all, progressed(e.Approval)...), decisions(c.Deciding.Decisions)...)
	if g := c.Given; g != nil {
		all = append(all, row{"Notice given", "by " + string(g.By) + ", " + stamp(g.At)})
	}
	return append(append(all, corrections(c.Corrections)...), row{"Policy", fmt.Sprintf("version %d", c.PolicyVersion)})
}

// ContractSummary is the line by which a process owner knows a contract in Temporal: who
// drafted it, and with whom it is made.
func ContractSummary(reporter itsm.PersonID, d itsm.ContractDraft) string {
	return string(reporter) + " · " + string(d.Supplier)
}
