package cards

import "github.com/steward-itsm/steward/itsm"

// SupplierNext says what follows an act on a supplier.
type SupplierNext func(*itsm.Supplier) string

// ContractNext says what follows an act on a contract.
type ContractNext func(*itsm.Contract) string

// ReviewNext says what follows an act on a review.
type ReviewNext func(*itsm.SupplierReview) string

// SupplierThen says the same of every supplier; %s stands for its number.
func SupplierThen(text string) SupplierNext {
	return func(s *itsm.Supplier) string { return naming(text, s.Number) }
}

// ContractThen says the same of every contract; %s stands for its number.
func ContractThen(text string) ContractNext {
	return func(c *itsm.Contract) string { return naming(text, c.Number) }
}

// ReviewThen says the same of every review; %s stands for its number.
func ReviewThen(text string) ReviewNext {
	return func(r *itsm.SupplierReview) string { return naming(text, r.Number) }
}

// ContractDecided says what a decision came to.
func ContractDecided(c *itsm.Contract) string {
	if c.Proposal != nil && c.Proposal.Open {
		return "Others decide on it still."
	}
	return "Whoever owns it is told, and so is whoever proposed it."
}

// Measured says what a measure that was given leads to.
func Measured(r *itsm.SupplierReview) string {
	_, _, unseen := measured(r)
	if unseen > 0 {
		return "Somebody else is asked to see its evidence."
	}
	return naming("`/supplier score %s` scores it by what is known.", r.Number)
}

// ReadingSeen says what is left to be seen.
func ReadingSeen(r *itsm.SupplierReview) string {
	_, _, unseen := measured(r)
	if unseen > 0 {
		return naming("Other measures are to be seen still: `/supplier seen %s`.", r.Number)
	}
	return naming("`/supplier score %s` scores it by what is known.", r.Number)
}
