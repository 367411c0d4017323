package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// RaiseChange records a request for change and answers once its approval is open.
func (d *Desk) RaiseChange(ctx context.Context, who Caller, draft itsm.ChangeDraft) (itsm.Receipt, error) {
	return itsm.Receipt{}, errNotYet
}

// DecideChange delivers one approver's verdict.
func (d *Desk) DecideChange(ctx context.Context, who Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return itsm.Receipt{}, errNotYet
}

// StartChange begins to carry out a scheduled change.
func (d *Desk) StartChange(ctx context.Context, who Caller, n itsm.Number) (itsm.Receipt, error) {
	return itsm.Receipt{}, errNotYet
}

// CompleteChange reports how carrying out a change ended.
func (d *Desk) CompleteChange(ctx context.Context, who Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error) {
	return itsm.Receipt{}, errNotYet
}

// CancelChange drops a change that is not under way.
func (d *Desk) CancelChange(ctx context.Context, who Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return itsm.Receipt{}, errNotYet
}

// RaiseForDeployment raises the change that a GitHub deployment asks for, once
// for each delivery: for the sender's person, or for the service's owner when
// the sender is nobody we know.
func (d *Desk) RaiseForDeployment(ctx context.Context, in itsm.Deployment, sender, delivery, source string) (itsm.Receipt, error) {
	return itsm.Receipt{}, errNotYet
}
