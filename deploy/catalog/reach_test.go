package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// eveWith is the example, where more is said of how Eve is reached.
func eveWith(t *testing.T, lines string) string {
	t.Helper()
	const slack = "slack: U0EVE"
	require.Contains(t, example(t), slack)
	return strings.Replace(example(t), slack, slack+lines, 1)
}

func TestFaultsInHowSomebodyIsReached(t *testing.T) {
	for lines, want := range map[string]string{
		"\n    reach: [slak]":                         `people[2].reach[0]: "slak" is not slack, email or webhook; did you mean slack?`,
		"\n    reach: slack":                          "people[2].reach: must be a list",
		"\n    reach: [slack, slack]":                 "people[2].reach[1]: slack is already at /people/2/reach/0",
		"\n    reach: [webhook]":                      "people[2].webhook: is needed, because reach names webhook",
		"\n    webhook: http://pager.example.com/eve": "people[2].webhook: must begin with https://",
	} {
		_, err := catalog.Parse("catalog.yaml", []byte(eveWith(t, lines)))
		require.ErrorContains(t, err, want)
	}
}

// The order in which somebody is reached is what the list says.
func TestTheOrderOfWaysCounts(t *testing.T) {
	with := func(lines string) itsm.Catalog { return parse(t, eveWith(t, lines)) }
	old := with("\n    reach: [slack, email]")
	changed := with("\n    reach: [email, slack]\n    webhook: https://pager.example.com/eve")
	require.Equal(t, []string{
		"person eve: reach slack email → email slack",
		"person eve: webhook nothing → https://pager.example.com/eve",
	}, catalog.Diff(old, changed))
	require.Equal(t, []string{"person eve: reach nothing → slack email"}, catalog.Diff(with(""), old))
	require.NotEqual(t, catalog.Digest(old), catalog.Digest(with("\n    reach: [email, slack]")))
	require.Equal(t, catalog.Digest(with("")), catalog.Digest(with("\n    reach: []")), "an empty list says nothing")
}
