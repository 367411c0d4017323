package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// What the example says of corrective actions is what a catalog that says nothing has,
// but for the calendar, and two hold the role.
func TestTheExampleSaysTheDefaultsOfCorrectiveActions(t *testing.T) {
	c := parse(t, example(t))
	said := c.Corrective
	require.Equal(t, itsm.CalendarID("office"), said.Calendar)
	said.Calendar = ""
	require.Equal(t, itsm.DefaultCorrectivePolicy, said)
	require.Equal(t, []itsm.PersonID{"kim", "liv"}, c.Holders(itsm.QualityManager))
}
