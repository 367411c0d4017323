package db_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// reviewRows puts a review of a supplier into its table, beside those of the others.
func (b book) reviewRows(t *testing.T) {
	t.Helper()
	r, e := begun(t, b.reviewedSupplier(t.Context(), t, "SUP-44"), "2026-11")
	first := r
	b.keepReview(t.Context(), t, first, e, appraised(t, &r, 80)[:2]...)
}

const (
	isScored = `, "score": {"band": "A"}`
	isMet    = isScored + `, "meeting": {}`
)

var brokenReviews = [][3]string{
	{"supplier_reviews", "number = 'SUP-4/2026-13'", "supplier_reviews_number_form"},
	{"supplier_reviews", "number = 'SUP-44'", "supplier_reviews_number_form"},
	{"supplier_reviews", "number = 'SUP-4/2026-11'", "supplier_reviews_number_form"},
	{"supplier_reviews", "name = ' '", "supplier_reviews_name_bounds"},
	{"supplier_reviews", "name = repeat('x', 121)", "supplier_reviews_name_bounds"},
	{"supplier_reviews", "tier = 'odd'", "supplier_reviews_tier_known"},
	{"supplier_reviews", "owner = ''", "supplier_reviews_owner_bounds"},
	{"supplier_reviews", "weights = '{}'", "supplier_reviews_weights_bounds"},
	{"supplier_reviews", "earlier = 'null'", "supplier_reviews_earlier_bounds"},
	{"supplier_reviews", standing("more", "repeat('x', 4194304)"), "supplier_reviews_standing_bounds"},
	{"supplier_reviews", standing("state", "'lost'::text"), "supplier_reviews_state_known"},
	{"supplier_reviews", standing("revision", "0"), "supplier_reviews_revision_positive"},
	{"supplier_reviews", standing("score", `'{"band": "E"}'::jsonb`), "supplier_reviews_band_known"},
	{"supplier_reviews", standing("state", "'scored'::text"), "supplier_reviews_scored_has_score"},
	{"supplier_reviews", stands("meeting", isScored), "supplier_reviews_met_has_meeting"},
	{"supplier_reviews", stands("closed", isMet) + ", " + aProblemOver, "supplier_reviews_closed_is_signed"},
	{"supplier_reviews", stands("closed", isMet+`, "reviewer": "col", "signed_by": "col"`) + ", " + aProblemOver, "supplier_reviews_critical_is_signed_by_another"},
	{"supplier_reviews", stands("closed", isMet+`, "reviewer": "col", "signed_by": "rel"`) + ", " + aProblemOver, "supplier_reviews_critical_is_signed_by_another"},
	{"supplier_reviews", standing("state", "'cancelled'::text"), "supplier_reviews_final_has_closed_at"},
	{"supplier_reviews", standing("state", "'cancelled'::text") + ", closed_at = now()", "supplier_reviews_final_waits_for_nobody"},
	{"supplier_reviews", "waits_for = '{bob,NULL}'", "supplier_reviews_waits_for_bounds"},
	{"supplier_reviews", "waits_roles = '{\"\"}'", "supplier_reviews_waits_roles_bounds"},
	{"supplier_reviews", "policy_version = 0", "supplier_reviews_policy_version_positive"},
	{"events", "to_state = 'active' WHERE number = 'SUP-44/2026-11'", "events_state_known"},
}

func TestAReviewThatThingsHappenedToStays(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.reviewRows(t)
	super := conn(t, b.url)
	for statement, name := range map[string]string{
		"DELETE FROM supplier_reviews":                                             "supplier_reviews_number_needed",
		"UPDATE supplier_reviews SET number = 'SUP-44/2026-12'":                    "supplier_reviews_number_needed",
		"UPDATE supplier_reviews SET supplier = 'SUP-9', number = 'SUP-9/2026-11'": "supplier_reviews_of_supplier",
	} {
		_, err := super.Exec(ctx, statement)
		require.Equal(t, name, constraintOf(t, err), statement)
	}
}
