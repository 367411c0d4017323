package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// record is what has a process, and a life that is told by its number. The store
// keeps it, and says nothing of who may read it.
type record interface {
	CheckRead(who itsm.Actor) error
	Record(who itsm.Actor, at time.Time) itsm.Record
}

// kind is what the desk has to know of one kind of record.
type kind[R record] struct {
	read  itsm.Permission // which numbers there are is for those who have it
	find  func(ctx context.Context, d *Desk, n itsm.Number) (R, error)
	some  func(ctx context.Context, d *Desk, numbers []itsm.Number) ([]R, error) // those of some numbers that are there
	waits func(ctx context.Context, d *Desk, who Caller) ([]R, error)            // those that wait for somebody
}

// The kinds.
var (
	changes = kind[*itsm.Change]{
		itsm.ReadChanges,
		func(ctx context.Context, d *Desk, n itsm.Number) (*itsm.Change, error) {
			c, err := d.Store.Change(ctx, n)
			return &c, err
		},
		func(ctx context.Context, d *Desk, numbers []itsm.Number) ([]*itsm.Change, error) {
			all, err := d.Store.ChangesOf(ctx, numbers)
			return pointers(all), err
		},
		func(ctx context.Context, d *Desk, who Caller) ([]*itsm.Change, error) {
			all, err := d.changesFor(ctx, who)
			return pointers(all), err
		},
	}
	incidents = kind[*itsm.Incident]{
		itsm.ReadIncidents,
		func(ctx context.Context, d *Desk, n itsm.Number) (*itsm.Incident, error) {
			i, err := d.Store.Incident(ctx, n)
			return &i, err
		},
		func(ctx context.Context, d *Desk, numbers []itsm.Number) ([]*itsm.Incident, error) {
			all, err := d.Store.IncidentsOf(ctx, numbers)
			return pointers(all), err
		},
		func(ctx context.Context, d *Desk, who Caller) ([]*itsm.Incident, error) {
			all, err := d.incidentsFor(ctx, who)
			return pointers(all), err
		},
	}
	problems = kind[*itsm.Problem]{
		itsm.ReadProblems,
		func(ctx context.Context, d *Desk, n itsm.Number) (*itsm.Problem, error) {
			p, err := d.Store.Problem(ctx, n)
			return &p, err
		},
		func(ctx context.Context, d *Desk, numbers []itsm.Number) ([]*itsm.Problem, error) {
			all, err := d.Store.ProblemsOf(ctx, numbers)
			return pointers(all), err
		},
		func(ctx context.Context, d *Desk, who Caller) ([]*itsm.Problem, error) {
			all, err := d.problemsFor(ctx, who)
			return pointers(all), err
		},
	}
	correctives = kind[*itsm.CorrectiveAction]{
		itsm.ReadCorrective,
		func(ctx context.Context, d *Desk, n itsm.Number) (*itsm.CorrectiveAction, error) {
			c, err := d.Store.Corrective(ctx, n)
			return &c, err
		},
		func(ctx context.Context, d *Desk, numbers []itsm.Number) ([]*itsm.CorrectiveAction, error) {
			all, err := d.Store.CorrectivesOf(ctx, numbers)
			return pointers(all), err
		},
		func(ctx context.Context, d *Desk, who Caller) ([]*itsm.CorrectiveAction, error) {
			all, err := d.correctivesFor(ctx, who)
			return pointers(all), err
		},
	}
	suppliers = kind[*itsm.Supplier]{
		itsm.ReadSuppliers,
		func(ctx context.Context, d *Desk, n itsm.Number) (*itsm.Supplier, error) {
			r, err := d.Store.Supplier(ctx, n)
			return &r, err
		},
		func(ctx context.Context, d *Desk, numbers []itsm.Number) ([]*itsm.Supplier, error) {
			all, err := d.Store.SuppliersOf(ctx, numbers)
			return pointers(all), err
		},
		func(ctx context.Context, d *Desk, who Caller) ([]*itsm.Supplier, error) {
			all, err := d.suppliersFor(ctx, who)
			return pointers(all), err
		},
	}
	contracts = kind[*itsm.Contract]{
		itsm.ReadContracts,
		func(ctx context.Context, d *Desk, n itsm.Number) (*itsm.Contract, error) {
			r, err := d.Store.Contract(ctx, n)
			return &r, err
		},
		func(ctx context.Context, d *Desk, numbers []itsm.Number) ([]*itsm.Contract, error) {
			all, err := d.Store.ContractsOf(ctx, numbers)
			return pointers(all), err
		},
		func(ctx context.Context, d *Desk, who Caller) ([]*itsm.Contract, error) {
			all, err := d.contractsFor(ctx, who)
			return pointers(all), err
		},
	}
	reviews = kind[*itsm.SupplierReview]{
		itsm.ReadSuppliers,
		func(ctx context.Context, d *Desk, n itsm.Number) (*itsm.SupplierReview, error) {
			r, err := d.Store.Review(ctx, n)
			return &r, err
		},
		func(ctx context.Context, d *Desk, numbers []itsm.Number) ([]*itsm.SupplierReview, error) {
			all, err := d.Store.ReviewsOf(ctx, numbers)
			return pointers(all), err
		},
		func(ctx context.Context, d *Desk, who Caller) ([]*itsm.SupplierReview, error) {
			all, err := d.reviewsFor(ctx, who)
			return pointers(all), err
		},
	}
)

// anyKind is a kind of record, for what is asked of all of them alike.
type anyKind interface {
	sees(ctx context.Context, d *Desk, who Caller, n itsm.Number) error
	one(ctx context.Context, d *Desk, who Caller, n itsm.Number) (itsm.Record, error)
	among(ctx context.Context, d *Desk, who Caller, numbers []itsm.Number) ([]itsm.Record, error)
	waiting(ctx context.Context, d *Desk, who Caller) ([]itsm.Record, error)
}

// kinds are all of them.
var kinds = map[itsm.RecordKind]anyKind{
	itsm.KindChange: changes, itsm.KindIncident: incidents, itsm.KindProblem: problems, itsm.KindCorrective: correctives,
	itsm.KindSupplier: suppliers, itsm.KindContract: contracts, itsm.KindReview: reviews,
}

// kindOf is the kind of the record that a number is of. It refuses a number of none.
func kindOf(n itsm.Number) (anyKind, error) {
	if err := n.Check(); err != nil {
		return nil, err
	}
	k, ok := kinds[n.Kind()]
	if !ok {
		return nil, itsm.NoSuchRecord(n)
	}
	return k, nil
}

func pointers[T any](all []T) []*T {
	out := make([]*T, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}

func (k kind[R]) sees(ctx context.Context, d *Desk, who Caller, n itsm.Number) error {
	_, err := k.seen(ctx, d, who, n)
	return err
}

// one is a record as one among others.
func (k kind[R]) one(ctx context.Context, d *Desk, who Caller, n itsm.Number) (itsm.Record, error) {
	r, err := k.seen(ctx, d, who, n)
	if err != nil {
		return itsm.Record{}, err
	}
	return r.Record(who.Actor, d.Now()), nil
}

// among are those of some numbers that somebody may see, in no order.
func (k kind[R]) among(ctx context.Context, d *Desk, who Caller, numbers []itsm.Number) ([]itsm.Record, error) {
	found, err := k.some(ctx, d, numbers)
	return summed(d, who, found), err
}

// waiting are those that wait for somebody.
func (k kind[R]) waiting(ctx context.Context, d *Desk, who Caller) ([]itsm.Record, error) {
	found, err := k.waits(ctx, d, who)
	return summed(d, who, found), err
}

func summed[R record](d *Desk, who Caller, found []R) (all []itsm.Record) {
	for _, r := range found {
		if r.CheckRead(who.Actor) == nil {
			all = append(all, r.Record(who.Actor, d.Now()))
		}
	}
	return all
}

// seen reads a record for somebody who may see it.
func (k kind[R]) seen(ctx context.Context, d *Desk, who Caller, n itsm.Number) (none R, err error) {
	if err := n.Check(); err != nil {
		return none, err
	}
	if err := who.May(k.read); err != nil {
		return none, err
	}
	r, err := k.find(ctx, d, n)
	if err == nil {
		err = r.CheckRead(who.Actor)
	}
	if err != nil {
		return none, err
	}
	return r, nil
}

// perform sends an act on a record to its process. A process that has ended cannot
// answer, so its record is judged here, by the same rule. What the act names of the
// catalog or of other records is live, which no process knows: check refuses what is
// not there, once the caller may see the record.
func perform[R record, T any](
	ctx context.Context, d *Desk, k kind[R], who Caller, n itsm.Number, act itsm.Act, body T, rule func(R) error, check ...func(R) error,
) (r itsm.Receipt, err error) {
	defer func() { d.trace(ctx, who, string(act), n, err) }()
	if err := d.Allow(ctx, who, string(act)); err != nil {
		return r, err
	}
	seen, err := k.seen(ctx, d, who, n)
	if err != nil {
		return r, err
	}
	return d.once(ctx, who, asking{act: act, number: n, body: body}, func(n itsm.Number, id string) (itsm.Receipt, error) {
		for _, refuses := range check {
			if err := refuses(seen); err != nil {
				return itsm.Receipt{}, err
			}
		}
		r, err := update(ctx, d, who, n, act, id, body)
		if !errors.Is(err, errClosed) {
			return r, err
		}
		return itsm.Receipt{}, k.judge(ctx, d, n, rule)
	})
}

// judge refuses an act on a record whose process has ended.
func (k kind[R]) judge(ctx context.Context, d *Desk, n itsm.Number, rule func(R) error) error {
	r, err := k.find(ctx, d, n)
	if err == nil {
		err = rule(r)
	}
	if err == nil {
		err = itsm.Refuse(itsm.Conflict, "record.orphaned", "%s has no running process. Tell an administrator.", n)
	}
	return err
}

// raising is how a record comes to be.
type raising[T any] struct {
	act    itsm.Act
	body   T
	begins func(context.Context) (start, error) // or refuses what the process would, before a number is spent on it
	number func(context.Context) (itsm.Number, error)
	opened []itsm.EventKind // what it is answered after: whichever came first
}

// raise records something new, and answers once its process has taken it up.
func raise[T any](ctx context.Context, d *Desk, who Caller, in raising[T]) (r itsm.Receipt, err error) {
	defer func() { d.trace(ctx, who, string(in.act), r.Number, err) }()
	if err := d.Allow(ctx, who, string(in.act)); err != nil {
		return r, err
	}
	a := asking{act: in.act, raises: true, body: in.body}
	if r, again, err := d.repeated(ctx, who, a); again {
		return r, err // also when what it needs has gone since
	}
	s, err := in.begins(ctx)
	if err != nil {
		return r, err
	}
	if a.number, err = in.number(ctx); err != nil {
		return r, err
	}
	return d.once(ctx, who, a, func(n itsm.Number, id string) (itsm.Receipt, error) {
		r, err := begin(ctx, d, who, n, in.act, s, id, in.body)
		if errors.Is(err, errStarted) {
			// Raised by an earlier arrival of this asking, whose answer was lost.
			return d.raisedBefore(ctx, n, in.opened)
		}
		return r, err
	})
}

func (d *Desk) raisedBefore(ctx context.Context, n itsm.Number, opened []itsm.EventKind) (itsm.Receipt, error) {
	timeline, err := d.Store.Timeline(ctx, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	for _, e := range timeline {
		if slices.Contains(opened, e.Kind) {
			return itsm.Receipt{Number: n, State: e.To, Revision: e.Revision}, nil
		}
	}
	return itsm.Receipt{}, itsm.NoSuchRecord(n)
}
