package workflows

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// attributes are what Temporal finds a review by, besides what all records have.
func (r *review) attributes() []attribute {
	all := []attribute{word(Process, "supplier_review"), flag(Breached, r.Late())}
	if r.over() {
		all = append(all, word(Outcome, r.State))
	}
	return all
}

// rows are what the details say of a review.
func (r *review) rows(itsm.Explanation) []row {
	all := []row{
		{"Supplier", string(r.Supplier)},
		{"Period", r.Period.String()},
		{"Tier", string(r.Tier)},
		{"Owner", string(r.Owner)},
	}
	for n := range r.Clocks {
		all = append(all, clockRow(&r.Clocks[n]))
	}
	measured := 0
	for _, o := range r.Readings {
		if o.Points != nil {
			measured++
		}
	}
	all = append(all, row{"Measured", fmt.Sprintf("%d of %d", measured, len(r.Readings))})
	if s := r.Score; s != nil {
		says := string(s.Band)
		if s.Points != nil {
			says += fmt.Sprintf(", %d points", *s.Points)
		}
		all = append(all, row{"Score", fmt.Sprintf("%s, by %s; %s", says, r.Reviewer, r.Course)})
	}
	if m := r.Meeting; m != nil {
		all = append(all, row{"Meeting", fmt.Sprintf("%s, with %d people", stamp(m.At), len(m.Attendees))})
	}
	if r.Meeting != nil {
		all = append(all, row{"Actions", fmt.Sprint(len(r.Actions))})
	}
	if r.SignedBy != "" {
		all = append(all, row{"Signed off by", string(r.SignedBy)})
	}
	return append(all, row{"Policy", fmt.Sprintf("version %d", r.PolicyVersion)})
}

// ReviewSummary is the line by which a process owner knows a review in Temporal.
func ReviewSummary(n itsm.Number) string {
	of, period, _ := strings.Cut(string(n), "/")
	return of + " · " + period
}
