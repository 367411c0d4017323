package itsm

// ContractBook is all that the messages about a contract are made of. What was agreed on
// is commercial, so it has no card that a whole channel reads.
type ContractBook struct {
	Contract   Contract
	Timeline   []Event
	Managers   []PersonID // who hold the supplier manager's role now
	Commercial []PersonID // who hold the commercial manager's
	People     map[PersonID]Person
}

// ContractNotices lists every message that should exist about a contract. Doing what it
// says twice changes nothing.
func ContractNotices(b ContractBook) []Notice {
	c := &b.Contract
	if len(b.Timeline) == 0 || c.State == ContractNew {
		return nil
	}
	n := board{number: c.Number, base: Notice{
		Contract: c, Explanation: c.Explain(), Event: b.Timeline[len(b.Timeline)-1], People: b.People,
	}}
	for _, e := range b.Timeline {
		n.poll(e, NoticeDecide, b.Timeline, c.Ballot())
		n.tell(e, b.concerned(e)...)
	}
	return n.all
}

// concerned are whom an event is told to: whoever answers for it always, and all who
// answer for contracts or suppliers when time runs out.
func (b *ContractBook) concerned(e Event) []PersonID {
	c := &b.Contract
	switch e.Kind { //nolint:exhaustive // the others are of other records, or change nothing
	case EventContractDecisionApproved, EventContractDecisionRejected, EventContractDecisionExpired:
		to := []PersonID{c.Owner}
		if c.Proposal != nil {
			to = append(to, c.Proposal.By)
		}
		return to
	case EventContractBegan, EventContractReviewNears, EventNoticeGiven, EventContractCancelled:
		return []PersonID{c.Owner}
	case EventNoticeNears:
		return append([]PersonID{c.Owner}, b.Commercial...)
	case EventDecisionOverdue, EventNoticeMissed, EventNoticePassed, EventContractRenewed, EventContractEnded, EventContractReviewOverdue:
		return append(append([]PersonID{c.Owner}, b.Commercial...), b.Managers...)
	}
	return nil
}

// Named are all whom the messages about a contract may name.
func (b *ContractBook) Named() []PersonID {
	ids := append(append([]PersonID{b.Contract.Reporter, b.Contract.Owner}, b.Managers...), b.Commercial...)
	ids = append(ids, b.Contract.Deciding.Asked...)
	if p := b.Contract.Proposal; p != nil {
		ids = append(ids, p.By)
	}
	return people(append(ids, namedIn(b.Timeline, nil)...))
}
