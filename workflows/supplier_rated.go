package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

func (s *supplier) signals() []signalled {
	return []signalled{{SupplierReviewed, s.reviewed}}
}

// reviewed takes note of a review that is to be looked at.
func (s *supplier) reviewed(n itsm.Number) {
	if of, _, err := itsm.ParseReviewNumber(n); err == nil && of == s.Number && !slices.Contains(s.look, n) {
		s.look = append(s.look, n)
	}
}

// takeUp takes up what a review scored, as that is recorded.
func (s *supplier) takeUp(ctx workflow.Context) error {
	n := s.look[0]
	s.look = s.look[1:]
	var r itsm.Rating
	if err := do(ctx, "Look at "+string(n), a.ReadRating, n).Get(ctx, &r); err != nil {
		return err
	}
	if r.Review != n { // it is not closed
		return nil
	}
	if e, ok := s.Rate(r, workflow.Now(ctx)); ok {
		s.happened(ctx, system, e)
	}
	return nil
}
