package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

// ChangeSteps is how many steps a change has.
const ChangeSteps = 7

// ChangeSwapped is the process of a change with two of its steps in each other's
// place: what a careless edit of Change would be. With i == j it is Change.
func ChangeSwapped(i, j int) func(workflow.Context, itsm.Number) (itsm.Receipt, error) {
	return func(ctx workflow.Context, n itsm.Number) (itsm.Receipt, error) {
		p := newChange(n)
		steps := [ChangeSteps]func(workflow.Context) error{p.receive, p.record, p.assess, p.authorise, p.schedule, p.implement, p.conclude}
		steps[i], steps[j] = steps[j], steps[i]
		return p.run(ctx, steps[:]...)
	}
}

// IncidentSteps is how many steps an incident has.
const IncidentSteps = 5

// IncidentSwapped is to Incident what ChangeSwapped is to Change.
func IncidentSwapped(i, j int) func(workflow.Context, itsm.Number) (itsm.Receipt, error) {
	return func(ctx workflow.Context, n itsm.Number) (itsm.Receipt, error) {
		p := newIncident(n)
		steps := [IncidentSteps]func(workflow.Context) error{p.receive, p.record, p.triage, p.resolve, p.conclude}
		steps[i], steps[j] = steps[j], steps[i]
		return p.run(ctx, steps[:]...)
	}
}

// ProblemSteps is how many steps a problem has.
const ProblemSteps = 7

// ProblemSwapped is to Problem what ChangeSwapped is to Change.
func ProblemSwapped(i, j int) func(workflow.Context, itsm.Number, *Carried) (itsm.Receipt, error) {
	return func(ctx workflow.Context, n itsm.Number, before *Carried) (itsm.Receipt, error) {
		p := newProblem(n)
		p.goOn(before)
		steps := [ProblemSteps]func(workflow.Context) error{p.receive, p.record, p.assess, p.investigate, p.remedy, p.watch, p.conclude}
		steps[i], steps[j] = steps[j], steps[i]
		return p.run(ctx, steps[:]...)
	}
}

// ProblemWithout is Problem with one step left out.
func ProblemWithout(step int) func(workflow.Context, itsm.Number, *Carried) (itsm.Receipt, error) {
	return func(ctx workflow.Context, n itsm.Number, before *Carried) (itsm.Receipt, error) {
		p := newProblem(n)
		p.goOn(before)
		steps := []func(workflow.Context) error{p.receive, p.record, p.assess, p.investigate, p.remedy, p.watch, p.conclude}
		return p.run(ctx, append(steps[:step:step], steps[step+1:]...)...)
	}
}

// CorrectiveSteps is how many steps a corrective action has.
const CorrectiveSteps = 7

// CorrectiveSwapped is to Corrective what ChangeSwapped is to Change.
func CorrectiveSwapped(i, j int) func(workflow.Context, itsm.Number) (itsm.Receipt, error) {
	return func(ctx workflow.Context, n itsm.Number) (itsm.Receipt, error) {
		c := newCorrective(n)
		steps := [CorrectiveSteps]func(workflow.Context) error{c.receive, c.record, c.take, c.examine, c.plan, c.implement, c.verify}
		steps[i], steps[j] = steps[j], steps[i]
		return c.run(ctx, steps[:]...)
	}
}

// SupplierSteps is how many steps a supplier has.
const SupplierSteps = 3

// SupplierSwapped is to Supplier what ChangeSwapped is to Change.
func SupplierSwapped(i, j int) func(workflow.Context, itsm.Number, *CarriedSupplier) (itsm.Receipt, error) {
	return func(ctx workflow.Context, n itsm.Number, before *CarriedSupplier) (itsm.Receipt, error) {
		s := newSupplier(n)
		s.goOn(before)
		steps := [SupplierSteps]func(workflow.Context) error{s.receive, s.record, s.keep}
		steps[i], steps[j] = steps[j], steps[i]
		return s.run(ctx, steps[:]...)
	}
}

// ContractSteps is how many steps a contract has.
const ContractSteps = 5

// ContractSwapped is to Contract what ChangeSwapped is to Change.
func ContractSwapped(i, j int) func(workflow.Context, itsm.Number, *CarriedContract) (itsm.Receipt, error) {
	return func(ctx workflow.Context, n itsm.Number, before *CarriedContract) (itsm.Receipt, error) {
		c := newContract(n)
		c.goOn(before)
		steps := [ContractSteps]func(workflow.Context) error{c.receive, c.record, c.agree, c.begin, c.fulfil}
		steps[i], steps[j] = steps[j], steps[i]
		return c.run(ctx, steps[:]...)
	}
}

// ReviewSteps is how many steps a review has.
const ReviewSteps = 6

// ReviewSwapped is to SupplierReview what ChangeSwapped is to Change.
func ReviewSwapped(i, j int) func(workflow.Context, itsm.Number, time.Time) (itsm.Receipt, error) {
	return func(ctx workflow.Context, n itsm.Number, ended time.Time) (itsm.Receipt, error) {
		r, err := newReview(n, ended)
		if err != nil {
			return itsm.Receipt{}, err
		}
		steps := [ReviewSteps]func(workflow.Context) error{r.record, r.collect, r.score, r.meet, r.agree, r.signOff}
		steps[i], steps[j] = steps[j], steps[i]
		return r.run(ctx, steps[:]...)
	}
}
