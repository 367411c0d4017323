package itsm

import (
	"slices"
	"time"
)

// dates are all that come by themselves, as it stands.
func (c *Contract) dates(p *SupplierPolicy) (all []dated) {
	switch {
	case c.State == ContractApproved:
		return []dated{{&c.Begins, EventContractBegan, EventContractBegan, 0, nil, "", "It begins."}}
	case !c.State.InForce():
		return nil
	}
	if c.Undecided() {
		all = append(all, dated{
			&c.DecideBy, EventDecisionOverdue, EventDecisionOverdue, 0, nil, "", "Somebody should have decided what becomes of it; those who answer for contracts and suppliers are told.",
		})
	}
	if c.Given == nil {
		passed, late := EventNoticePassed, "Notice cannot be given any more."
		switch {
		case c.Renewal.IsZero():
		case c.State == ContractRenewing:
			passed, late = EventContractRenewed, "Notice cannot be given any more: it goes on, as was decided."
		default:
			passed, late = EventNoticeMissed, "Notice cannot be given any more: it goes on by itself, and a corrective action is due."
		}
		all = append(all, dated{&c.NoticeBy, EventNoticeNears, passed, 0, p.Notice, "Notice can be given for some days more; those who answer for the contract are told.", late})
	}
	if c.Given != nil || c.Renewal.IsZero() || c.NoticeBy.Passed {
		all = append(all, dated{&c.Ends, EventContractEnded, EventContractEnded, 0, nil, "", "It ends."})
	}
	return append(all, dated{
		&c.ReviewBy, EventContractReviewNears, EventContractReviewOverdue, 0, p.Refresh,
		"It is to be compared soon with what services need now; its owner is told.",
		"It should have been compared with what services need now; those who answer for contracts are told.",
	})
}

func (c *Contract) deadlines() (all []Deadline) {
	all = append(fallsOf(c.dates(&DefaultSupplierPolicy)), c.Ballot().Falls()...)
	slices.SortStableFunc(all, func(x, y Deadline) int { return x.At.Compare(y.At) })
	return all
}

// NextTarget is until when somebody has to do the first thing for it, or had to: to
// decide what becomes of it, to give notice that was decided on, to review it, to raise
// a corrective action. Nil when nothing is to be done.
func (c *Contract) NextTarget() *time.Time {
	if c.State.Final() {
		return nil
	}
	waits := slices.DeleteFunc(c.dates(&DefaultSupplierPolicy), func(d dated) bool {
		return (d.alert != EventDecisionOverdue && d.alert != EventNoticeNears && d.alert != EventContractReviewNears) ||
			(d.alert == EventNoticeNears && (d.Passed || c.State == ContractRenewing))
	})
	return soonest(waits, c.Corrections)
}

// Next is the first thing that happens by itself.
func (c *Contract) Next() (Deadline, bool) { return first(c.deadlines()) }

// Fall does what a deadline says, once it is there; nothing, if an act came before it.
func (c *Contract) Fall(d Deadline, p SupplierPolicy, at time.Time) (e Event, happened bool) {
	e = Event{Kind: d.Kind, From: State(c.State)}
	if !slices.ContainsFunc(c.deadlines(), d.same) {
		return e, false
	}
	x, ok := fallOf(c.dates(&DefaultSupplierPolicy), d)
	if !ok {
		return c.voted(d, e, at), true
	}
	e.Detail = &Detail{Expiry: &ExpiryTold{On: x.On, Days: d.Days}}
	switch d.Kind { //nolint:exhaustive // those that dates yields
	case EventContractBegan:
		c.Become(ContractActive, at)
	case EventNoticeNears:
		if c.State == ContractActive {
			c.Become(ContractNoticeWindow, at)
		}
	case EventContractRenewed:
		c.goesOn(p, at)
	case EventNoticeMissed:
		c.missed(at)
		c.goesOn(p, at)
	case EventContractEnded:
		next := ContractExpired
		if c.State == ContractTerminating {
			next = ContractTerminated
		}
		c.close()
		c.Become(next, at)
	}
	return e, true
}

// voted does what a deadline of the decision says.
func (c *Contract) voted(d Deadline, e Event, at time.Time) Event {
	b := c.Ballot()
	if joined := b.Fall(d); len(joined) > 0 {
		e.Detail = &Detail{Joined: joined}
	}
	c.take(b)
	if d.Kind == EventContractDecisionExpired {
		c.drop(at)
	}
	return e
}

// ContractReckoning is all that follows from a contract's calendar.
type ContractReckoning struct {
	Dates       []ReckonedDate `json:"dates,omitempty"`
	Corrections []time.Time    `json:"corrections,omitempty"`
}

// Dates is the contract with no more than Reckon reads of it.
func (c *Contract) Dates() Contract {
	short := Contract{Number: c.Number, PolicyVersion: c.PolicyVersion}
	short.State, short.Renewal, short.Corrections = c.State, c.Renewal, c.Corrections
	short.Begins, short.DecideBy, short.NoticeBy, short.Ends, short.ReviewBy = c.Begins, c.DecideBy, c.NoticeBy, c.Ends, c.ReviewBy
	if c.Given != nil {
		short.Given = &NoticeGiven{}
	}
	return short
}

// Unreckoned reports whether there is something to find out in a calendar.
func (c *Contract) Unreckoned() bool {
	return slices.ContainsFunc(c.dates(&DefaultSupplierPolicy), func(d dated) bool { return d.unreckoned() }) || unreckonedCorrection(c.Corrections)
}

// Reckon finds it out: by a pinned policy, in the hours that in gives for its calendar.
func (c *Contract) Reckon(policy SupplierPolicy, in func(CalendarID) (BusinessTime, error), now time.Time) (r ContractReckoning, err error) {
	policy = policy.Filled()
	hours, err := in(policy.Calendar)
	if err != nil {
		return r, err
	}
	if r.Dates, err = reckoned(c.dates(&policy), hours, now); err != nil {
		return r, err
	}
	r.Corrections, err = policy.corrections(c.Corrections, hours)
	return r, err
}

// Take takes up what was reckoned, as far as it is still of what it was asked for.
func (c *Contract) Take(r ContractReckoning) Event {
	adopt(c.dates(&DefaultSupplierPolicy), r.Dates)
	c.Corrections = dueBy(c.Corrections, r.Corrections)
	return Event{Kind: EventContractDeadlines, From: State(c.State)}
}
