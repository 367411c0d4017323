//go:build realdata

package servicenow_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/servicenow"
	"github.com/steward-itsm/steward/itsm"
)

// realLog is 400 incidents of a company's ServiceNow, from the folder that
// STEWARD_REAL_DATA names.
func realLog(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("STEWARD_REAL_DATA")
	require.NotEmpty(t, folder, "STEWARD_REAL_DATA must name the folder of real data")
	text, err := os.ReadFile(filepath.Join(folder, "incident_event_log.csv"))
	require.NoError(t, err)
	return string(text)
}

// now is after the last of them was closed.
var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// TestImportAgreesWithRealIncidents holds the rules against what another tool, and
// the people who worked with it, made of the same incidents.
func TestImportAgreesWithRealIncidents(t *testing.T) {
	text := realLog(t)
	m := servicenow.Import{Source: example(t), Now: now}
	report, err := m.Run(t.Context(), strings.NewReader(text))
	require.NoError(t, err)
	var told bytes.Buffer
	require.NoError(t, report.Describe(&told))
	t.Log("\n" + told.String())

	require.Equal(t, 400, report.Incidents)
	require.Equal(t, 2627, report.Events)
	require.Empty(t, report.Refused, "nothing is refused")
	require.Equal(t, servicenow.Agreement{Agree: 2627}, report.Priority.Agreement, "on each row")
	require.Equal(t, servicenow.Agreement{Agree: 400}, report.Reopens.Agreement)
	require.Equal(t, servicenow.Agreement{Agree: 400}, report.Reassignments.Agreement)
	require.Equal(t, report.Reopens.Source, report.Reopens.Steward)
	require.Equal(t, report.Reassignments.Source, report.Reassignments.Steward)
	require.Equal(t, []int{485, 2454}, report.Reassignments.Lines, "where its count rises and its group stays")

	sla := report.MadeSLA
	require.Equal(t, 400, sla.Agree+sla.Differ)
	require.GreaterOrEqual(t, sla.Agree, 339)
	require.GreaterOrEqual(t, sla.Whole, 399, "counted as the source counts")
	require.Zero(t, sla.Reasons[servicenow.Unexplained], "each difference has its reason")
	explained := 0
	for _, n := range sla.Reasons {
		explained += n
	}
	require.Equal(t, sla.Differ, explained)
	for _, r := range replayed(t, example(t), text, now) {
		require.Equal(t, itsm.IncidentClosed, r.Incident.State)
	}
}

// TestImportOfRealIncidentsKnowsNoOrder mixes their rows: which incident comes first
// does not matter, nor how their rows lie between one another.
func TestImportOfRealIncidentsKnowsNoOrder(t *testing.T) {
	lines := strings.SplitAfter(strings.TrimSuffix(realLog(t), "\r\n"), "\r\n")
	header, rows := lines[0], lines[1:]
	rows[len(rows)-1] += "\r\n"
	before := took(t, example(t), header+strings.Join(rows, ""), now)
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 0))
		after := took(t, example(t), header+strings.Join(mixed(random, rows), ""), now)
		require.Len(t, after, 400)
		for number, record := range after {
			was := before[number]
			require.True(t, reflect.DeepEqual(was.Incident, record.Incident), number)
			require.True(t, reflect.DeepEqual(was.Events, record.Events), number)
			require.True(t, reflect.DeepEqual(was.Comments, record.Comments), number)
		}
	}
}

// mixed deals the rows out anew and keeps those of each incident in their order.
func mixed(random *rand.Rand, rows []string) []string {
	of := map[string][]string{}
	var places []string
	for _, row := range rows {
		number, _, _ := strings.Cut(row, ",")
		of[number] = append(of[number], row)
		places = append(places, number)
	}
	random.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	var all []string
	for _, number := range places {
		all = append(all, of[number][0])
		of[number] = of[number][1:]
	}
	return all
}

func TestImportOfRealIncidentsChangesWhatACellTouches(t *testing.T) {
	oneCellChanged(t, realLog(t), now)
}

// TestImportsTargetsFitBest tries, for each priority, every target that the log can
// tell from another. Those of the example agree with as many verdicts as any other
// does, with the caller's time left out and with it.
func TestImportsTargetsFitBest(t *testing.T) {
	records := replayed(t, example(t), realLog(t), now)
	for _, target := range example(t).Targets {
		var verdicts []servicenow.SLA
		for _, r := range records {
			if r.SLA.Priority == target.Priority {
				verdicts = append(verdicts, *r.SLA)
			}
		}
		for _, measure := range []struct {
			name string
			of   func(servicenow.SLA) itsm.Duration
		}{
			{"without the caller's time", func(s servicenow.SLA) itsm.Duration { return s.Counted }},
			{"from first to last", func(s servicenow.SLA) itsm.Duration { return s.Through }},
		} {
			agree := func(target itsm.Duration) (n int) {
				for _, v := range verdicts {
					if (measure.of(v) <= target) == v.Source {
						n++
					}
				}
				return n
			}
			most, from, to := best(verdicts, measure.of, agree)
			t.Logf("%s, %s: %d of %d agree at best, from %s to %s; at %s, %d", target.Priority, measure.name, most, len(verdicts),
				time.Duration(from), time.Duration(to), time.Duration(target.Resolve), agree(target.Resolve))
			require.Equal(t, most, agree(target.Resolve))
		}
	}
}

// best is how many verdicts agree at most, and between which targets around one that
// does.
func best(verdicts []servicenow.SLA, of func(servicenow.SLA) itsm.Duration, agree func(itsm.Duration) int) (most int, from, to itsm.Duration) {
	tries := []itsm.Duration{0}
	for _, v := range verdicts {
		tries = append(tries, of(v))
	}
	slices.Sort(tries)
	for i, try := range tries {
		if n := agree(try); n > most {
			most, from, to = n, try, try
			for _, next := range tries[i:] {
				if agree(next) != n {
					to = next
					break
				}
			}
		}
	}
	return most, from, to
}
