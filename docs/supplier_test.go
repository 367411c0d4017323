package docs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

const supplierPage = "processes/supplier.md"

// TestTheChartsOfSuppliersAreTheTables compares each state chart with the table that its
// record runs by, edge by edge.
func TestTheChartsOfSuppliersAreTheTables(t *testing.T) {
	text := documents(t)[supplierPage]
	compare := func(heading string, meant []string) {
		t.Helper()
		chart := between(t, between(t, text, heading, "\n## "), "```mermaid\nstateDiagram-v2", "```")
		var drawn []string
		for _, m := range edge.FindAllStringSubmatch(chart, -1) {
			drawn = append(drawn, m[1]+" → "+m[2])
		}
		require.ElementsMatch(t, append(meant, "[*] → new"), drawn)
	}
	compare("Of a supplier:", edges(itsm.SupplierMoves))
	compare("Of a contract, ", edges(itsm.ContractMoves))
	compare("Of a review, ", edges(itsm.ReviewMoves))
}

// edges are those of a state machine, with one to the end from what nothing follows.
func edges[S ~string](moves map[S][]S) (all []string) {
	for from, nexts := range moves {
		for _, to := range nexts {
			all = append(all, string(from)+" → "+string(to))
		}
		if len(nexts) == 0 {
			all = append(all, string(from)+" → [*]")
		}
	}
	return all
}

// TestWhoMayDoWhatToSuppliersIsWhatIsGranted asks the rules of every act for every role.
func TestWhoMayDoWhatToSuppliersIsWhatIsGranted(t *testing.T) {
	needs := map[string]itsm.Permission{
		"read": itsm.ReadSuppliers, "supplier.raise": itsm.ManageSuppliers, "supplier.move": itsm.ManageSuppliers, "supplier.comment": itsm.CommentOnSuppliers,
		"supplier.edit": itsm.KeepSuppliers, "supplier.due-diligence": itsm.KeepSuppliers, "supplier.certificate": itsm.KeepSuppliers, "supplier.exit-plan": itsm.KeepSuppliers,
		"contract.raise": itsm.ManageContracts, "contract.propose": itsm.ManageContracts, "contract.give-notice": itsm.ManageContracts, "contract.review": itsm.ManageContracts,
		"contract.cancel": itsm.ManageContracts, "contract.decide": itsm.DecideContracts, "contract.comment": itsm.DecideContracts,
		"supplier_review.sign-off": itsm.SignOffReviews, "supplier_review.cancel": itsm.ManageSuppliers, "supplier_review.comment": itsm.CommentOnSuppliers,
	}
	told := []string{"read"}
	for _, row := range table(between(t, documents(t)[supplierPage], "## Who may do what", "\n## "), "")[1:] {
		need, known := needs[row[0]]
		if !known {
			need = itsm.ReviewSuppliers
		}
		var may []string
		for _, r := range itsm.Roles {
			who := itsm.Actor{Person: "bob", Roles: []itsm.Role{r}, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
			if who.May(need) == nil {
				may = append(may, strings.ReplaceAll(string(r), "_", " "))
			}
		}
		require.ElementsMatch(t, may, strings.Split(row[1], ", "), row[0])
		if row[0] != "read" {
			told = append(told, row[0])
		}
	}
	acts := slices.DeleteFunc(ofSuppliers(constants(t, "itsm/explain.go", "Act")), func(act string) bool {
		return strings.HasSuffix(act, ".corrective-action") // Steward's alone
	})
	require.ElementsMatch(t, append(acts, "read"), told)
}

// ofSuppliers are the acts, or the events, of suppliers, contracts and reviews.
func ofSuppliers(words []string) []string {
	return slices.DeleteFunc(words, func(word string) bool {
		of, _, _ := strings.Cut(word, ".")
		return !slices.Contains([]string{"supplier", "contract", "contract_decision", "supplier_review"}, of)
	})
}

// supplierRules are the files whose refusals the page explains.
var supplierRules = []string{
	"itsm/supplier_rules.go", "itsm/contract_rules.go", "itsm/contract_acts.go", "itsm/review_rules.go", "itsm/review.go",
	"itsm/period.go", "itsm/goal.go", "itsm/date_span.go",
}

// TestTheSupplierPageKnowsItsRefusals finds each code of the rules there, and no code that
// there is not.
func TestTheSupplierPageKnowsItsRefusals(t *testing.T) {
	known, meant, listed := map[string]bool{}, []string{}, []string{}
	for _, r := range code(t).refusals {
		known[r.code] = true
		if slices.Contains(supplierRules, r.file) {
			meant = append(meant, r.code)
		}
	}
	for _, row := range table(between(t, documents(t)[supplierPage], "## Refusals", "\n## "), "`") {
		listed = append(listed, words(row[0])[0])
		require.True(t, known[words(row[0])[0]], "%s is no code", row[0])
	}
	slices.Sort(meant)
	require.ElementsMatch(t, slices.Compact(meant), listed)
}

// TestEveryEventOfSuppliersIsListed holds the table of events to the kinds that there are.
func TestEveryEventOfSuppliersIsListed(t *testing.T) {
	var listed []string
	for _, row := range table(between(t, documents(t)[supplierPage], "## Events", "\n## "), "`") {
		listed = append(listed, words(row[0])[0])
	}
	require.ElementsMatch(t, ofSuppliers(constants(t, "itsm/event.go", "EventKind")), listed)
}

// TestThePolicyOfSuppliersIsAsWritten holds the lengths that the page names to those that
// count where a catalog says nothing.
func TestThePolicyOfSuppliersIsAsWritten(t *testing.T) {
	d := itsm.DefaultSupplierPolicy
	said := map[string]itsm.Length{"collect": d.Collect, "meet": d.Meet, "sign_off": d.SignOff, "corrective": d.Corrective, "decide": d.Decide}
	for _, row := range table(between(t, documents(t)[supplierPage], "## Timers", "\n## "), "`") {
		key := words(row[0])[0]
		require.Equal(t, said[key].String(), row[1], key)
		delete(said, key)
	}
	require.Empty(t, said)
}
