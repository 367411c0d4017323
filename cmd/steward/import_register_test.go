package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

const registerFile = "../../deploy/suppliers.example.yaml"

// changed is the example's register with some of its text replaced.
func changed(t *testing.T, pairs ...string) string {
	t.Helper()
	text, err := os.ReadFile(registerFile)
	require.NoError(t, err)
	for n := 0; n < len(pairs); n += 2 {
		require.Contains(t, string(text), pairs[n])
	}
	name := filepath.Join(t.TempDir(), "suppliers.yaml")
	require.NoError(t, os.WriteFile(name, []byte(strings.NewReplacer(pairs...).Replace(string(text))), 0o600))
	return name
}

// TestARegisterIsBroughtOnRecord imports the example, on real servers, again and again:
// as the person that it is, by the rules, and nothing twice.
func TestARegisterIsBroughtOnRecord(t *testing.T) {
	w, ctx := newWorld(t, supplied), t.Context()
	tried := w.typed("max", "import", "suppliers", registerFile, "--dry-run")
	require.Equal(t, "new  linkwell: would propose it; would keep the certificate ISO/IEC 27001; would keep the certificate Insurance; "+
		"would write its exit plan; would move it on to due diligence; would record its due diligence; would move it on to onboarding; "+
		"would move it on to active\nnew  receipts: would propose it\nnew  linkwell-link: would draft it\n"+
		"2 suppliers, 1 contracts: 10 acts to do, nothing refused.\n", tried)
	wrong := w.types("max", "import", "suppliers", changed(t, "owner: bob", "owner: bobb", "full: \"99.9\"", "full: \"much\""))
	require.Equal(t, exitRefused, wrong.code)
	require.Contains(t, wrong.errs, "suppliers[1].owner: nobody in the catalog is called bobb; did you mean bob?")
	require.Contains(t, wrong.errs, "contracts[0].targets[0].full: ")
	others := w.types("ana", "import", "suppliers", registerFile, "--only", "suppliers")
	require.Equal(t, exitRefused, others.code)
	require.Contains(t, others.out, "new  linkwell: could not propose it: That needs one of these roles: supplier_manager.")
	all, err := w.desk.Suppliers(ctx, w.called("ana"), listAll)
	require.NoError(t, err)
	require.Empty(t, all.Items, "nothing was done so far")

	done := w.typed("max", "import", "suppliers", registerFile)
	require.Contains(t, done, "SUP-1  linkwell: proposed; certificate ISO/IEC 27001 kept; certificate Insurance kept; exit plan written; "+
		"moved on to due diligence; due diligence recorded; moved on to onboarding; moved on to active\n")
	require.Contains(t, done, "SUP-2  receipts: proposed\n")
	require.Contains(t, done, "CON-1  linkwell-link: drafted; others are asked to approve it\n")
	require.Contains(t, done, "2 suppliers, 1 contracts: 11 acts, nothing refused.\n")
	s, err := w.desk.Supplier(ctx, w.called("ana"), "SUP-1")
	require.NoError(t, err)
	require.Equal(t, itsm.SupplierActive, s.State)
	require.Equal(t, itsm.PersonID("max"), s.Reporter)
	require.True(t, s.Diligence.Suitable)
	events, err := w.desk.SupplierTimeline(ctx, w.called("ana"), "SUP-1")
	require.NoError(t, err)

	same := "SUP-1  linkwell: as it is\nSUP-2  receipts: as it is\nCON-1  linkwell-link: as it is\n2 suppliers, 1 contracts: 0 acts, nothing refused.\n"
	require.Equal(t, same, w.typed("max", "import", "suppliers", registerFile), "and nothing twice")
	bob := w.called("bob")
	w.eventually("CON-1 is approved", func() bool {
		_, err = w.desk.DecideContract(ctx, bob, "CON-1", itsm.DecisionRequest{Verdict: itsm.Approve, Note: "Read."})
		return err == nil || itsm.AsError(err).Kind != itsm.Unavailable
	})
	require.NoError(t, err)
	w.binds("CON-1", itsm.ContractActive)
	require.Equal(t, same, w.typed("max", "import", "suppliers", registerFile))

	newer := changed(t, "Paper for receipts", "Paper for receipts and labels", "expires: 2031-01-31", "expires: 2032-01-31", "They: keep it up,", "They: keep it up at night,")
	require.Equal(t, "SUP-1  linkwell: certificate Insurance kept\nSUP-2  receipts: profile edited\nCON-1  linkwell-link: others are asked to amend it\n"+
		"2 suppliers, 1 contracts: 3 acts, nothing refused.\n", w.typed("max", "import", "suppliers", newer))
	require.Equal(t, same, w.typed("max", "import", "suppliers", newer), "others are asked once")
	after, err := w.desk.SupplierTimeline(ctx, w.called("ana"), "SUP-1")
	require.NoError(t, err)
	require.Greater(t, len(after), len(events))
	text, err := os.ReadFile(newer)
	require.NoError(t, err)
	piped := stewardIn(t, string(text), "import", "suppliers", "-")
	require.Equal(t, exitDone, piped.code, piped.errs)
	require.Equal(t, same, piped.out)
	require.Equal(t, exitUsage, w.types("max", "import", "suppliers", newer, "--only", "paper").code)
	require.Equal(t, exitUsage, w.types("max", "import", "suppliers", "/nowhere.yaml").code)
	w.seenOnPages()
	w.chainHolds()
}

var listAll = desk.SupplierList{}

// seenOnPages sees what was imported on the pages of the program: each by whoever may.
func (w *world) seenOnPages() {
	w.t.Helper()
	for _, who := range []itsm.PersonID{"max", "eve", "ana"} {
		sees := who != "ana"
		b := w.phone(who)
		for path, there := range map[string]bool{"/suppliers": true, "/suppliers/SUP-1": true, "/contracts/CON-1": sees} {
			status, text := b.get(path)
			require.Equal(w.t, there, status == 200, "%s %s", who, path)
			require.Equal(w.t, sees && there, strings.Contains(text, "The link of the shop"), "%s %s", who, path)
		}
	}
}
