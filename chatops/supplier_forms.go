package chatops

import (
	"context"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// newSupplier opens the form for a supplier, filled in with the name that was typed.
func (b *Bot) newSupplier(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	if err := who.May(itsm.ManageSuppliers); err != nil { // before they fill in a form for nothing
		b.desk.Refused(ctx, who, string(itsm.ActSupplierRaise), err)
		return answer{}, err
	}
	services, err := b.desk.Services(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.Supplier(form.Supplied{Services: services, Profile: itsm.SupplierProfile{Name: cards.Cut(inOneLine(typed.Note(rest)), itsm.MaxTitle, "…")}}))
}

// keepers adds to a profile who answers for the supplier, as a form names them.
func (b *Bot) keepers(ctx context.Context, who desk.Caller, f form.Filled, p *itsm.SupplierProfile) (err error) {
	for _, one := range []struct {
		block string
		to    *itsm.PersonID
	}{{"owner", &p.Owner}, {"deputy", &p.Deputy}} {
		if named := f.Text(one.block); named != "" {
			if *one.to, err = b.person(ctx, who, named); err != nil {
				return form.Beside("/"+one.block, err)
			}
		}
	}
	return nil
}

// begun records something new, and says where it can be looked at.
func begun(ctx context.Context, b *Bot, who desk.Caller, raise func() (itsm.Receipt, error), do func(string, asked) deed) (answer, error) {
	var r itsm.Receipt
	ask := func(*Bot, context.Context, desk.Caller, wish) (_ itsm.Receipt, err error) {
		r, err = raise()
		return r, err
	}
	a, err := do("You recorded", ask)(b, ctx, who, wish{})
	if err != nil {
		return answer{}, err
	}
	a.modal = form.LastWord(string(r.Number), a.text+"\n`/supplier status "+string(r.Number)+"` tells where it stands.")
	return a, nil
}

// raiseSupplier takes the form for a supplier.
func (b *Bot) raiseSupplier(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	p := f.Profile(itsm.SupplierProfile{})
	if err := b.keepers(ctx, who, f, &p); err != nil {
		return answer{}, err
	}
	return begun(ctx, b, who, func() (itsm.Receipt, error) { return b.desk.RaiseSupplier(ctx, who, p) }, func(done string, ask asked) deed {
		return supplierDeed(done, ask, cards.SupplierThen("`/supplier move %s due_diligence because …` has it looked into."))
	})
}

// openProfile opens the form for what is known of a supplier.
func (b *Bot) openProfile(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	s, err := opened(ctx, b, who, w.Number, itsm.ActSupplierEdit, (*Bot).supplier, func(s *itsm.Supplier) error { return mayEditProfile(s, who.Actor) })
	if err != nil {
		return answer{}, err
	}
	services, err := b.desk.Services(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.SupplierEdit(s.Number, s.Revision, form.Supplied{
		Services: services, Profile: s.SupplierProfile, Owner: b.slackOf(ctx, who, s.Owner), Deputy: b.slackOf(ctx, who, s.Deputy),
	}))
}

// mayEditProfile asks whether somebody may change anything of it.
func mayEditProfile(s *itsm.Supplier, who itsm.Actor) error {
	r := itsm.ProfileRequest{SupplierProfile: s.SupplierProfile, Revision: s.Revision}
	if r.Name += "?"; len(r.Name) > itsm.MaxTitle {
		r.Name = "?"
	}
	return s.CheckEdit(who, r)
}

// saveProfile takes that form.
func (b *Bot) saveProfile(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	s, err := b.supplier(ctx, who, k.Number)
	if err != nil {
		return answer{}, err
	}
	r := itsm.ProfileRequest{SupplierProfile: f.Profile(s.SupplierProfile), Revision: k.Revision, Note: f.Text("note")}
	if err := b.keepers(ctx, who, f, &r.SupplierProfile); err != nil {
		return answer{}, err
	}
	ask := func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.EditSupplier(ctx, who, w.Number, r)
	}
	return b.saved(ctx, who, k, supplierDeed("You changed what is known of", ask, nil))
}

// openExit opens the form for the exit plan of a supplier.
func (b *Bot) openExit(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	s, err := opened(ctx, b, who, w.Number, itsm.ActExitPlan, (*Bot).supplier, func(s *itsm.Supplier) error {
		return s.CheckExit(who.Actor, itsm.ExitRequest{Text: "how"})
	})
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.Exit(s))
}

// saveExit takes that form.
func (b *Bot) saveExit(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	s, err := b.supplier(ctx, who, k.Number)
	if err != nil {
		return answer{}, err
	}
	q := f.Exit(s.Exit)
	if k.Outdated(s.Exit) && (s.Exit == nil || s.Exit.Text != q.Text) { // a repeat of what was saved already is none
		return answer{}, rewritten(k.Number)
	}
	ask := func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.PlanExit(ctx, who, w.Number, q)
	}
	return b.saved(ctx, who, k, supplierDeed("You wrote the exit plan of", ask, nil))
}

// newContract opens the form for a contract: contract new SUP-4.
func (b *Bot) newContract(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	if err := who.May(itsm.ManageContracts); err != nil { // before they fill in a form for nothing
		b.desk.Refused(ctx, who, string(itsm.ActContractRaise), err)
		return answer{}, err
	}
	services, err := b.desk.Services(ctx, who)
	if err != nil {
		return answer{}, err
	}
	n := form.NewContract{Services: services, Owner: b.slackOf(ctx, who, who.Person)}
	if first, _ := typed.Word(strings.TrimSpace(rest)); typed.Number(first, ofSuppliers).Of(ofSuppliers) {
		n.Supplier = typed.Number(first, ofSuppliers)
	}
	return b.offer(ctx, r, form.Contract(n))
}

// raiseContract takes that form.
func (b *Bot) raiseContract(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	d, err := f.Contract()
	if err != nil {
		return answer{}, err
	}
	if d.Owner, err = b.person(ctx, who, f.Text("owner")); err != nil {
		return answer{}, form.Beside("/owner", err)
	}
	return begun(ctx, b, who, func() (itsm.Receipt, error) { return b.desk.RaiseContract(ctx, who, d) }, func(done string, ask asked) deed {
		return contractDeed(done, ask, cards.ContractThen("`/supplier propose %s` asks others to approve it."))
	})
}

// openAmendment opens the form for what both sides agree on from now on.
func (b *Bot) openAmendment(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	c, err := opened(ctx, b, who, w.Number, itsm.ActContractPropose, (*Bot).contract, func(c *itsm.Contract) error {
		return mayPropose(itsm.AmendContract)(c, who.Actor, w.Claim)
	})
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.Amend(c, w.note))
}

// saveAmendment takes that form.
func (b *Bot) saveAmendment(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	c, err := b.contract(ctx, who, k.Number)
	if err != nil {
		return answer{}, err
	}
	if k.AgreedAnew(c) {
		return answer{}, rewritten(k.Number)
	}
	q, err := f.Amendment(c.ContractTerms)
	if err != nil {
		return answer{}, err
	}
	ask := func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.ProposeForContract(ctx, who, w.Number, q)
	}
	return b.saved(ctx, who, k, contractDeed("You proposed to amend", ask, othersAsked))
}
