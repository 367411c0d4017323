package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// What never happened says nothing of a supplier; what did is measured by the goal of
// the contract, or by ours where it has none.
func TestWhatTheRecordBookKnowsOfASupplier(t *testing.T) {
	require.Empty(t, itsm.Collected{}.Readings())
	l := reviewed(t)
	for _, q := range (itsm.Collected{Held: 2, Waited: 128 * time.Hour, Changes: 4, Failed: 1}).Readings() {
		require.True(t, l.Unmeasured(q.Name))
		l.happened(steward, l.TakeReading(steward, q, l.now))
		require.False(t, l.Unmeasured(q.Name))
	}
	require.False(t, l.Unmeasured("Voices"))
	took := make(map[itsm.Criterion]itsm.Reading)
	for _, o := range l.Readings {
		if o.Points != nil {
			require.False(t, o.Unseen(), "nobody has to see what the record book knows")
			took[o.Criterion] = o
		}
	}
	require.Equal(t, "64", took[itsm.ByResponsiveness].Value.String())
	require.Equal(t, 50, *took[itsm.ByResponsiveness].Points)
	require.Equal(t, "25", took[itsm.ByQuality].Value.String())
	require.Equal(t, 50, *took[itsm.ByQuality].Points)
	require.NoError(t, l.CheckScore(col, itsm.NoteRequest{}))
}

func TestAContractSetsTheGoalOfWhatTheRecordBookKnows(t *testing.T) {
	s, p := activeSupplier(t), itsm.PeriodOf(itsm.Monthly, itsm.NewDate(2026, 11, 1))
	const name = "Hours that incidents waited for it"
	r := itsm.SupplierReview{}
	r.Begin(&s.Supplier, p, []itsm.ContractTarget{{Name: name, Criterion: itsm.ByCommerce, Goal: itsm.Goal{Full: 1, None: 2}}}, itsm.SupplierPolicy{})
	var named []itsm.Criterion
	for _, o := range r.Readings {
		if o.Name == name {
			named = append(named, o.Criterion)
		}
	}
	require.Equal(t, []itsm.Criterion{itsm.ByCommerce}, named)
}
