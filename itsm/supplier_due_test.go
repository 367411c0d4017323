package itsm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWhatIsDueOfSuppliers: dates that were reckoned and dates that were not, in order of
// time, and none of what is over.
func TestWhatIsDueOfSuppliers(t *testing.T) {
	noon, day := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), NewDate(2026, 3, 1)
	ended := Certificate{ID: 2, Name: "SOC 2", EndedAt: &noon}
	ended.On = day
	valid := Certificate{ID: 1, Name: "ISO 27001"}
	valid.On, valid.At = day+9, &noon
	s := Supplier{SupplierStanding: SupplierStanding{
		State: SupplierActive, Certificates: []Certificate{valid, ended}, Diligence: &DueDiligence{Expiry: Expiry{On: day}}, Exit: &ExitPlan{},
		Corrections: []Correction{{DueAt: &noon, Number: "CAR-1"}, {DueAt: new(noon.Add(time.Hour))}},
	}}
	midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	require.Equal(t, []Due{{midnight, "its due diligence is done anew"}, {noon, "the certificate ISO 27001 expires"}, {noon.Add(time.Hour), "a corrective action is raised"}}, s.Dues())
	s.State = SupplierOffboarded
	require.Empty(t, s.Dues())

	c := Contract{ContractStanding: ContractStanding{State: ContractApproved, Begins: Expiry{On: day}, NoticeBy: Expiry{On: day + 3}, DecideBy: Expiry{On: day + 1}, Ends: Expiry{On: day + 9}, ReviewBy: Expiry{On: day + 5}}}
	said := func() (all []string) {
		for _, d := range c.Dues() {
			all = append(all, d.What)
		}
		return all
	}
	require.Equal(t, []string{"it begins"}, said())
	c.State = ContractActive
	require.Equal(t, []string{"somebody decides what becomes of it", "the last day to give notice", "it is compared with what services need", "it ends"}, said())
	c.State, c.Renewal = ContractRenewing, DateSpan{Months: 12}
	require.Equal(t, []string{"it is compared with what services need"}, said())
	c.State = ContractDrafted
	require.Empty(t, said())

	r := SupplierReview{ReviewStanding: ReviewStanding{State: ReviewScored, Clocks: Clocks{{Kind: DataClock, DueAt: &noon, StoppedAt: &noon}, {Kind: SignOffClock, DueAt: &noon}, {Kind: MeetingClock}}}}
	require.Equal(t, []Due{{noon, "its sign off"}}, r.Dues())
	r.State = ReviewClosed
	require.Empty(t, r.Dues())
}
