package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// RelayCorrections does once what follows from the record book: it raises the
// corrective actions that are due for suppliers and contracts, such as for a notice that
// was missed, and tells those of it. Any number of desks may.
func (d *Desk) RelayCorrections(ctx context.Context) error {
	all, err := d.Store.SuppliersUncorrected(ctx, relayed)
	if err != nil {
		return err
	}
	bound, err := d.Store.ContractsUncorrected(ctx, relayed)
	if err != nil {
		return err
	}
	if len(all)+len(bound) == 0 {
		return nil
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		corrects(ctx, d, suppliers, s.Number, catalog.SupplierCorrections(&s), itsm.ActSupplierCorrect, (*itsm.Supplier).CheckCorrected)
	}
	for _, c := range bound {
		with, err := d.Store.Supplier(ctx, c.Supplier)
		if err != nil {
			return err
		}
		corrects(ctx, d, contracts, c.Number, catalog.ContractCorrections(&c, &with), itsm.ActContractCorrect, (*itsm.Contract).CheckCorrected)
	}
	return nil
}

// corrects raises the corrective actions that are due for a record, one after the other,
// and tells the record of each. What was raised and not told is raised under the same
// key again, which raises nothing new.
func corrects[R record](
	ctx context.Context, d *Desk, k kind[R], n itsm.Number, due []itsm.DueCorrection, act itsm.Act, rule func(R, itsm.Actor, itsm.CorrectedRequest) error,
) {
	for _, c := range due {
		who := finder(c.Key)
		raised, err := d.RaiseCorrective(ctx, who, c.Draft)
		if err == nil {
			r := itsm.CorrectedRequest{Raised: raised.Number}
			_, err = perform(ctx, d, k, who, n, act, r, func(of R) error { return rule(of, who.Actor, r) })
		}
		if err != nil {
			d.Log.WarnContext(ctx, "a corrective action is not raised", "key", c.Key, "error", err)
			return
		}
	}
}
