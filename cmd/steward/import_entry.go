package main

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/steward-itsm/steward/deploy/register"
	"github.com/steward-itsm/steward/itsm"
)

// maxSteps is how many acts one entry takes at most: each certificate, and some for the
// rest. What takes more does not come to be as the file says.
const maxSteps = itsm.MaxCertificates + 10

// do asks for one step; ok is false where it was refused, which did then says, and where
// it is only to be said.
func (g *registering) do(ctx context.Context, at, path string, s register.Step, did *[]string) (r itsm.Receipt, ok bool, err error) {
	if g.dryRun {
		g.acts++
		*did = append(*did, "would "+s.Says)
		return r, false, nil
	}
	if err := g.api.Post(ctx, path, s.Key, s.Body, &r); err != nil {
		if itsm.AsError(err).Code == "supplier.edited" { // its dates were reckoned meanwhile: it is read again
			return r, true, nil
		}
		text, err := g.refuse(at, s, err)
		*did = append(*did, text)
		return r, false, err
	}
	g.acts++
	*did = append(*did, s.Did)
	return r, true, nil
}

// supplier brings one supplier to what the file says of it.
func (g *registering) supplier(ctx context.Context, at string, s *register.Supplier, held []itsm.Supplier) error {
	is := heldSupplier(s, held)
	var did []string
	var err error
	if is == nil && g.only != "contracts" && s.Number == "" {
		if is, err = g.propose(ctx, at, s, &did); err != nil {
			return err
		}
	}
	if is == nil {
		return g.absent(at, s.ID, s.Number, did)
	}
	g.numbers[s.ID] = is.Number
	if g.only == "contracts" {
		return nil
	}
	if err := g.advance(ctx, at, s, is, &did); err != nil {
		return err
	}
	if len(did) == 0 && is.State.Final() {
		did = []string{"it is " + is.State.Words() + " already, and stays so"}
	}
	return g.line(is.Number, s.ID, did)
}

// propose records a supplier; nil when that was refused.
func (g *registering) propose(ctx context.Context, at string, s *register.Supplier, did *[]string) (*itsm.Supplier, error) {
	r, ok, err := g.do(ctx, at, "/v1/suppliers", s.Raise(), did)
	switch {
	case err != nil:
		return nil, err
	case g.dryRun:
		is := &itsm.Supplier{}
		s.Raise().Foresee(is, time.Now())
		return is, nil
	case !ok:
		return nil, nil //nolint:nilnil // what was refused is told by the line of its entry
	}
	return g.reread(ctx, r.Number)
}

// advance asks for one thing after the other, until it is as the file says or is refused.
func (g *registering) advance(ctx context.Context, at string, s *register.Supplier, is *itsm.Supplier, did *[]string) error {
	for range maxSteps {
		step, more := s.Next(is)
		if !more {
			return nil
		}
		_, ok, err := g.do(ctx, at, suppliersPath(is.Number)+step.Path, step, did)
		switch {
		case err != nil:
			return err
		case g.dryRun:
			step.Foresee(is, time.Now())
			continue
		case !ok:
			return nil
		}
		now, err := g.reread(ctx, is.Number)
		if err != nil {
			return err
		}
		*is = *now
	}
	return nil
}

// reread is a supplier as it is now.
func (g *registering) reread(ctx context.Context, n itsm.Number) (*itsm.Supplier, error) {
	is := &itsm.Supplier{}
	return is, g.api.Get(ctx, suppliersPath(n), is)
}

// absent says what became of an entry that is not on record.
func (g *registering) absent(at, id string, n itsm.Number, did []string) error {
	if n != "" {
		g.refused++
		did = []string{at + ".number: there is no " + string(n) + " that you can see"}
	}
	if len(did) == 0 {
		return nil
	}
	return g.line("", id, did)
}

func suppliersPath(n itsm.Number) string { return "/v1/suppliers/" + url.PathEscape(string(n)) }

// heldSupplier is the supplier on record that an entry is of: by its number, or else by
// its name; the one that is not over before others.
func heldSupplier(s *register.Supplier, held []itsm.Supplier) (is *itsm.Supplier) {
	for n := range held {
		h := &held[n]
		switch {
		case s.Number != "" && s.Number != h.Number, s.Number == "" && !strings.EqualFold(s.Name, h.Name):
		case is == nil || (is.State.Final() && !h.State.Final()):
			is = h
		}
	}
	return is
}

// contract brings one contract to what the file says of it.
func (g *registering) contract(ctx context.Context, at string, c *register.Contract, bound []itsm.Contract) error {
	with, known := g.numbers[c.Supplier]
	if !known {
		with = itsm.Number(c.Supplier)
	}
	var did []string
	if known && g.dryRun && with == "" { // it would be recorded first
		_, _, err := g.do(ctx, at, "", c.Raise(with, 0), &did)
		return errors.Join(err, g.line("", c.ID, did))
	}
	if !with.Of("SUP") {
		g.refused++
		return g.line("", c.ID, []string{at + ".supplier: " + c.Supplier + " is not on record yet"})
	}
	is, cancelled := heldContract(c, with, bound)
	if is == nil && c.Number == "" {
		r, ok, err := g.do(ctx, at, "/v1/contracts", c.Raise(with, cancelled), &did)
		if err != nil {
			return err
		}
		if ok {
			is = &itsm.Contract{}
			if err := g.api.Get(ctx, contractsPath(r.Number), is); err != nil {
				return err
			}
		}
	}
	if is == nil {
		return g.absent(at, c.ID, c.Number, did)
	}
	return g.bind(ctx, at, c, is, did)
}

// bind asks others for what a contract on record lacks, or says why it does not.
func (g *registering) bind(ctx context.Context, at string, c *register.Contract, is *itsm.Contract, did []string) error {
	step, more, stays := c.Next(is)
	if more {
		if _, _, err := g.do(ctx, at, contractsPath(is.Number)+step.Path, step, &did); err != nil {
			return err
		}
	}
	if stays != "" {
		did = append(did, at+": "+stays)
		if !is.State.Final() {
			g.refused++
		}
	}
	return g.line(is.Number, c.ID, did)
}

func contractsPath(n itsm.Number) string { return "/v1/contracts/" + url.PathEscape(string(n)) }

// heldContract is the contract on record that an entry is of: by its number, or else by
// its supplier and title; the one that is not over before others. What was cancelled
// never came to be, and is only counted.
func heldContract(c *register.Contract, with itsm.Number, bound []itsm.Contract) (is *itsm.Contract, cancelled int) {
	for n := range bound {
		b := &bound[n]
		switch {
		case c.Number != "" && c.Number != b.Number, c.Number == "" && (b.Supplier != with || !strings.EqualFold(b.Title, c.Title)):
		case b.State == itsm.ContractCancelled && c.Number == "":
			cancelled++
		case is == nil || (is.State.Final() && !b.State.Final()):
			is = b
		}
	}
	return is, cancelled
}
