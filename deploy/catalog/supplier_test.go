package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// What the example says of suppliers is what counts where a catalog says nothing, but for
// the calendar and the channel; and one can decide on what the other proposed.
func TestTheExampleKnowsSuppliers(t *testing.T) {
	c := parse(t, example(t))
	policy := c.Supplier
	require.Equal(t, itsm.CalendarID("office"), policy.Calendar)
	require.Equal(t, "C0SUPPLIERS", policy.Channel)
	policy.Calendar, policy.Channel = "", ""
	require.Equal(t, itsm.DefaultSupplierPolicy, policy)
	require.Equal(t, []itsm.PersonID{"max", "joe"}, c.Holders(itsm.CommercialManager))
	require.NotEmpty(t, c.Holders(itsm.SupplierManager))
}

func TestFaultsOfSuppliersSayWhereAndHow(t *testing.T) {
	for name, row := range map[string]struct{ old, bad, want string }{
		"a key":             {"decide_by:", "decideby:", "supplier_policy.decideby: there is no such key; did you mean decide_by?"},
		"a lost calendar":   {"supplier_policy:\n  calendar: office", "supplier_policy:\n  calendar: offce", "supplier_policy.calendar: no calendar here is called offce; did you mean office?"},
		"a frequency":       {"performance: monthly", "performance: monthli", `supplier_policy.tiers[0].performance: "monthli" is not monthly, quarterly, half_yearly or yearly; did you mean monthly?`},
		"weights":           {"percent: 40", "percent: 45", "supplier_policy.weights: are 105 in all; they must be 100"},
		"a day twice":       {"refresh: [30, 7]", "refresh: [30, 30]", "supplier_policy.refresh[1]: 30 is already at /supplier_policy/refresh/0"},
		"a word for a day":  {"refresh: [30, 7]", "refresh: [30, week]", "supplier_policy.refresh[1]: must be a whole number"},
		"a channel by name": {"channel: C0SUPPLIERS", "channel: '#suppliers'", "supplier_policy.channel: "},
		"a late meeting":    {"meet: 10bd", "meet: 16bd", "supplier_policy.meet: must be shorter than sign_off (15bd)"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, example(t), row.old)
			_, err := catalog.Parse("catalog.yaml", []byte(strings.Replace(example(t), row.old, row.bad, 1)))
			require.ErrorContains(t, err, row.want)
			require.Regexp(t, `catalog\.yaml:\d+:\d+`, err.Error())
		})
	}
}

func TestDiffOfSuppliersSpeaksInWords(t *testing.T) {
	old := parse(t, example(t))
	changed := strings.NewReplacer(
		"    - {tier: standard, performance: half_yearly", "    - {tier: standard, performance: yearly", "percent: 40}", "percent: 45}", "percent: 10}", "percent: 5}",
		"sign_off: 15bd", "sign_off: 20bd", "refresh: [30, 7]", "refresh: [30]",
	).Replace(example(t))
	require.Equal(t, []string{
		"supplier policy: tiers standard: performance half_yearly → yearly",
		"supplier policy: weights commerce: percent 10 → 5",
		"supplier policy: weights service_level: percent 40 → 45",
		"supplier policy: sign_off 15bd → 20bd",
		"supplier policy: refresh - 7",
	}, catalog.Diff(old, parse(t, changed)))
	turned := strings.NewReplacer("notice: [180, 120, 90, 30, 14, 7, 1]", "notice: [1, 7, 14, 30, 90, 120, 180]").Replace(example(t))
	require.Empty(t, catalog.Diff(old, parse(t, turned)), "the order of days says nothing")
}
