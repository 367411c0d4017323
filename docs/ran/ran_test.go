package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const whatRan = `{"Action":"start","Package":"steward/itsm"}
{"Action":"run","Package":"steward/itsm","Test":"TestA"}
{"Action":"output","Package":"steward/itsm","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"steward/itsm","Test":"TestA","Output":"a log of TestA\n"}
{"Action":"pass","Package":"steward/itsm","Test":"TestA/one"}
{"Action":"pass","Package":"steward/itsm","Test":"TestA"}
{"Action":"skip","Package":"steward/itsm","Test":"TestLater"}
{"Action":"output","Package":"steward/itsm","Output":"PASS\n"}
{"Action":"output","Package":"steward/itsm","Output":"ok  \tsteward/itsm\t0.1s\n"}
{"Action":"pass","Package":"steward/itsm"}
`

const whatFailed = `{"ImportPath":"steward/db","Action":"build-output","Output":"db.go:1: broken\n"}
{"Action":"output","Package":"steward/api","Test":"TestB/two","Output":"    b_test.go:7: two is wrong\n"}
{"Action":"fail","Package":"steward/api","Test":"TestB/two"}
{"Action":"output","Package":"steward/api","Test":"TestB","Output":"--- FAIL: TestB (0.00s)\n"}
{"Action":"fail","Package":"steward/api","Test":"TestB"}
{"Action":"output","Package":"steward/api","Test":"TestC","Output":"panic: no more\n"}
{"Action":"output","Package":"steward/api","Output":"FAIL\tsteward/api\t0.2s\n"}
{"Action":"fail","Package":"steward/api"}
`

// read runs the command on a page that names some tests.
func read(t *testing.T, page, events string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "page.md"), []byte(page), 0o600))
	var out strings.Builder
	err := run(strings.NewReader(events), &out, folder)
	return out.String(), err
}

func TestWhatPassedIsOneLineAPackage(t *testing.T) {
	out, err := read(t, "Shown by `itsm.TestA`.", whatRan)
	require.NoError(t, err)
	require.Equal(t, "ok  \tsteward/itsm\t0.1s\n", out)
}

func TestTheSlowestAreNamed(t *testing.T) {
	var events strings.Builder
	events.WriteString(whatRan)
	for n := range 20 {
		fmt.Fprintf(&events, `{"Action":"pass","Package":"steward/db","Test":"Test%d","Elapsed":%d.4}`+"\n", n, n)
	}
	out, err := read(t, "", events.String())
	require.NoError(t, err)
	require.Contains(t, out, "slow\tdb.Test19\t19s\nslow\tdb.Test18\t18s\n")
	require.NotContains(t, out, "db.Test9\t", "what takes no time is not worth a line")

	for n := range 20 {
		fmt.Fprintf(&events, `{"Action":"pass","Package":"steward/api","Test":"Test%d","Elapsed":30}`+"\n", n)
	}
	out, err = read(t, "", events.String())
	require.NoError(t, err)
	require.Equal(t, 12, strings.Count(out, "slow\t"), "no more than a reader looks at")
	require.NotContains(t, out, "db.Test19\t", "the slowest, and not the first")
}

func TestANamedTestMustPass(t *testing.T) {
	_, err := read(t, "`itsm.TestLater`, `itsm.TestGone`, `itsm.Change` and `api.TestB`", whatRan+whatFailed)
	require.ErrorContains(t, err, "page.md names itsm.TestLater, which was skipped")
	require.ErrorContains(t, err, "page.md names itsm.TestGone, which did not run")
	require.ErrorContains(t, err, "page.md names api.TestB, which failed")
	require.NotContains(t, err.Error(), "itsm.Change")
}

func TestWhatFailedIsShownWhole(t *testing.T) {
	out, err := read(t, "", whatFailed+"no JSON at all\n")
	require.ErrorContains(t, err, "failed: steward/api")
	require.Equal(t, "db.go:1: broken\n    b_test.go:7: two is wrong\n--- FAIL: TestB (0.00s)\npanic: no more\n"+
		"FAIL\tsteward/api\t0.2s\nno JSON at all\n", out)
}

func TestNothingTestedIsAFault(t *testing.T) {
	_, err := read(t, "", "")
	require.ErrorContains(t, err, "nothing was tested")
}
