package itsm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestTheTargetsOfContractsInForce(t *testing.T) {
	with := func(n itsm.Number, s itsm.ContractState, names ...string) itsm.Contract {
		c := itsm.Contract{Number: n}
		c.State = s
		for _, name := range names {
			c.Targets = append(c.Targets, itsm.ContractTarget{Name: name})
		}
		return c
	}
	var named []string
	for _, target := range itsm.TargetsOf([]itsm.Contract{
		with("CON-1", itsm.ContractActive, "Availability", "Calls"), with("CON-2", itsm.ContractDrafted, "Drafted"),
		with("CON-3", itsm.ContractRenewing, "Availability"), with("CON-4", itsm.ContractExpired, "Expired"),
	}) {
		named = append(named, target.Name)
	}
	require.Equal(t, []string{"Availability", "Calls", "Availability (CON-3)"}, named)
}

func TestTheZoneOfReviews(t *testing.T) {
	c := itsm.Catalog{Calendars: []itsm.Calendar{{ID: "office", Zone: "Europe/Berlin"}}}
	require.Equal(t, "UTC", c.SupplierZone())
	c.Supplier.Calendar = "office"
	require.Equal(t, "Europe/Berlin", c.SupplierZone())
}

func TestANumberOfAReviewIsOfItsKind(t *testing.T) {
	require.Equal(t, itsm.KindReview, itsm.Number("SUP-4/2026-Q4").Kind())
	require.Equal(t, itsm.KindSupplier, itsm.Number("SUP-4").Kind())
}
