package db

import (
	"context"
	"errors"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// NextContractNumber draws the number of a contract that is about to be raised.
func (s *Store) NextContractNumber(ctx context.Context) (itsm.Number, error) {
	n, err := s.rows.NextContractNumber(ctx)
	if err != nil {
		return "", refusal("next contract number", err)
	}
	return itsm.ContractNumber(n), nil
}

// RecordContract saves a contract for the first time, at revision 1, with its first event. The
// same contract again changes nothing; another one under the same number is
// record.diverged.
func (s *Store) RecordContract(ctx context.Context, c itsm.Contract, e itsm.Event, by Provenance) error {
	return saving[rows.RecordContractParams]{
		what: "record contract", event: e, amiss: errors.Join(begins(c.Number, e), agreed(c.Receipt(), e)),
		whole: struct {
			Contract itsm.Contract
			Event    itsm.Event
		}{c, e},
		row:  func(digest string) (rows.RecordContractParams, error) { return recordContractRow(&c, e, by, digest) },
		save: s.rows.RecordContract,
	}.into(ctx, s)
}

// StepContract saves what one event left of a contract. Steps may arrive twice, late or out of
// order: the row keeps the newest, events, votes and audit end complete. The same step again
// changes nothing; another one of the same revision is record.diverged. A step that
// arrives before its contract is refused as record.not_recorded_yet.
func (s *Store) StepContract(ctx context.Context, n itsm.Number, step itsm.ContractStep, by Provenance) error {
	raised, err := parties(ctx, "step contract", n, step.Event, s.rows.ContractParties)
	if err != nil {
		return err
	}
	c := itsm.Contract{
		Number: n, Title: raised.Title, Supplier: raised.Supplier, Tier: raised.Tier, Services: raised.Services, Reporter: raised.Reporter,
		ContractStanding: step.Standing,
	}
	return saving[rows.StepContractParams]{
		what: "step contract", event: step.Event, amiss: agreed(c.Receipt(), step.Event), whole: step,
		row: func(digest string) (rows.StepContractParams, error) {
			return stepContractRow(&c, step.Event, by, digest)
		},
		save: s.rows.StepContract,
	}.into(ctx, s)
}

// Contract reads a contract.
func (s *Store) Contract(ctx context.Context, n itsm.Number) (itsm.Contract, error) {
	row, err := s.rows.Contract(ctx, n)
	return read("contract", n, row, err, contractOf)
}

// ContractFilter narrows a list of contracts; what is empty does not narrow.
type ContractFilter struct {
	State      itsm.ContractState
	Open       bool
	Supplier   itsm.Number
	Owner      itsm.PersonID
	WaitingFor itsm.Actor // whom Explain names, or one of whose roles it does
	Reader     itsm.Actor // who may read of contracts at all
	Before     Cursor     // zero: from the newest
	Limit      int        // zero: DefaultPage; at most MaxPage
}

// Contracts lists contracts, newest first. Pages by Before neither repeat nor lose a row while
// others are being raised.
func (s *Store) Contracts(ctx context.Context, f ContractFilter) ([]itsm.Contract, error) {
	if err := f.Reader.May(itsm.ReadContracts); err != nil {
		return nil, err
	}
	if err := checkPage(f.Limit); err != nil {
		return nil, err
	}
	found, err := s.rows.Contracts(ctx, f.params())
	return readAll("contracts", found, err, contractOf)
}

// ContractsOf reads the contracts of some numbers, in no order. What is not there is left out.
func (s *Store) ContractsOf(ctx context.Context, numbers []itsm.Number) ([]itsm.Contract, error) {
	found, err := s.rows.ContractsOf(ctx, texts(numbers))
	return readAll("contracts of", found, err, contractOf)
}

// ContractsUncorrected lists the contracts for which a corrective action is due that nobody has
// raised, oldest first and no more than most.
func (s *Store) ContractsUncorrected(ctx context.Context, most int) ([]itsm.Contract, error) {
	found, err := s.rows.ContractsUncorrected(ctx, small(max(most, 0)))
	return readAll("contracts uncorrected", found, err, contractOf)
}

func (f *ContractFilter) params() rows.ContractsParams {
	p := rows.ContractsParams{
		State: string(f.State), Open: f.Open, Supplier: string(f.Supplier), ByOwner: string(f.Owner),
		WaitingFor: string(f.WaitingFor.Person), WaitingRoles: texts(f.WaitingFor.Roles), Most: page(f.Limit),
	}
	p.BeforeAt, p.BeforeOrdinal = f.Before.bounds()
	return p
}
