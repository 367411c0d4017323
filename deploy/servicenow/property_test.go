package servicenow_test

import (
	"encoding/csv"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/deploy"
	"github.com/steward-itsm/steward/deploy/servicenow"
	"github.com/steward-itsm/steward/itsm"
)

// columns of a drawn log.
const columns = "number,incident_state,sys_updated_at,sys_updated_by,sys_mod_count,reopen_count,reassignment_count,impact,urgency,priority," +
	"assignment_group,assigned_to,made_sla,opened_at,resolved_at,closed_at,closed_code\n"

var (
	drawnStates = []string{"New", "Active", "Awaiting User Info", "Awaiting Problem", "Awaiting Vendor", "Resolved", "Closed", "-100"}
	drawnOnes   = []string{"1 - High", "2 - Medium", "3 - Low"}
)

// drawn is one row of a log in which anything may follow anything.
func drawn(t *rapid.T, number string, at time.Time, state string, mods, reopens, hands int) []string {
	pick := func(what string, from ...string) string { return rapid.SampledFrom(from).Draw(t, what) }
	return []string{
		number, state, at.Format("02-01-2006 15:04"), pick("by", "Updated by 1", "Updated by 2", "Updated by 908", "?"),
		fmt.Sprint(mods), fmt.Sprint(reopens), fmt.Sprint(hands),
		pick("impact", drawnOnes...), pick("urgency", drawnOnes...), pick("priority", "1 - Critical", "3 - Moderate", "?"),
		pick("group", "Group 1", "Group 2", "Group 3", "?"), pick("assignee", "Resolver 1", "Resolver 2", "?"),
		pick("sla", "TRUE", "FALSE", "?"), "04-01-2021 09:00", pick("resolved", "05-01-2021 09:00", "?"), pick("closed", "01-06-2021 09:00", "?"), "code 1",
	}
}

// drawLog draws incidents that all end closed, whatever came before.
func drawLog(t *rapid.T) [][]string {
	var rows [][]string
	for n := range rapid.IntRange(1, 4).Draw(t, "incidents") {
		at := time.Date(2021, 1, 4, 8, 30, 0, 0, time.UTC)
		mods, reopens, hands := 0, 0, 0
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			at = at.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "minutes")) * time.Minute)
			mods += rapid.IntRange(-1, 3).Draw(t, "mods")
			reopens += rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2}).Draw(t, "reopens")
			hands += rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "hands")
			rows = append(rows, drawn(t, fmt.Sprintf("INC%d", n), at, rapid.SampledFrom(drawnStates).Draw(t, "state"), max(mods, 0), reopens, hands))
		}
		rows = append(rows, drawn(t, fmt.Sprintf("INC%d", n), at.Add(time.Hour), "Closed", max(mods, 0)+1, reopens, hands))
	}
	return rows
}

func text(rows [][]string) string {
	var b strings.Builder
	b.WriteString(columns)
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // a builder takes all
	return b.String()
}

// took replays what the rules take.
func took(t require.TestingT, s *servicenow.Source, text string, now time.Time) map[string]*servicenow.Record {
	log, err := s.Read(strings.NewReader(text), now)
	require.NoError(t, err)
	require.Empty(t, log.Refused)
	records := map[string]*servicenow.Record{}
	for _, i := range log.Incidents {
		r, err := s.Replay(i, servicenow.Home{}, now)
		if err != nil {
			var broken *servicenow.RowError
			require.ErrorAs(t, err, &broken)
			continue
		}
		records[r.Source] = r
	}
	return records
}

// TestImportLivesByTheRules draws logs in which anything follows anything. Whatever
// becomes of them is a life that the rules allow, and no count of it is made up.
func TestImportLivesByTheRules(t *testing.T) {
	s := example(t)
	rapid.Check(t, func(r *rapid.T) {
		for _, record := range took(r, s, text(drawLog(r)), later) {
			lives(t, record)
			i, last := record.Incident, record.Findings
			require.Len(r, kinds(record, itsm.EventReopened), i.Reopens)
			require.Equal(r, s.Matrix.Priority(i.Impact, i.Urgency), i.Priority, "the matrix alone decides")
			require.Equal(r, last.Rows, last.Priority.Agree+last.Priority.Differ+last.Priority.Unknown)
			for _, m := range last.Inferred {
				require.True(r, m.From.CanBecome(m.To), "%v", m)
			}
			if sla := last.SLA; sla != nil {
				require.Equal(r, sla.Source == sla.Steward, sla.Reason == "", "who differs says why")
			}
		}
	})
}

func kinds(r *servicenow.Record, kind itsm.EventKind) (all []itsm.Event) {
	for _, e := range r.Events {
		if e.Kind == kind {
			all = append(all, e)
		}
	}
	return all
}

// TestImportKnowsNoOrder mixes the rows of a log: neither which incident comes first
// nor how their rows lie between one another matters.
func TestImportKnowsNoOrder(t *testing.T) {
	s := example(t)
	rapid.Check(t, func(r *rapid.T) {
		rows := drawLog(r)
		for i, row := range rows { // what tells two rows of one minute apart
			row[4] = fmt.Sprint(i)
		}
		mixed := rapid.Permutation(rows).Draw(r, "mixed")
		before, after := took(r, s, text(rows), later), took(r, s, text(mixed), later)
		for _, records := range []map[string]*servicenow.Record{before, after} {
			for _, record := range records {
				record.Findings = servicenow.Findings{} // which names lines
			}
		}
		require.Empty(r, cmp.Diff(before, after, cmp.AllowUnexported(servicenow.Findings{})))
	})
}

// cells of a matrix, as an operator writes them.
func cells(m *itsm.Matrix) []*itsm.Priority {
	var all []*itsm.Priority
	for _, row := range []*itsm.MatrixRow{&m.High, &m.Medium, &m.Low} {
		all = append(all, &row.High, &row.Medium, &row.Low)
	}
	return all
}

// oneCellChanged imports a log under the example's matrix, and then with each cell
// changed in turn: it changes the records that were ever in that cell, and no other.
func oneCellChanged(t *testing.T, text string, now time.Time) {
	t.Helper()
	before := took(t, example(t), text, now)
	for n := range 9 {
		impact, urgency := itsm.Degrees[n/3], itsm.Degrees[n%3]
		profile := example(t).Profile
		cell := cells(&profile.Matrix)[n]
		changed := itsm.P5
		was := *cell
		*cell = changed
		s, err := profile.Ready()
		require.NoError(t, err)
		touched := 0
		for number, record := range took(t, s, text, now) {
			in := everIn(before[number], impact, urgency)
			if in {
				touched++
			}
			require.Equal(t, in, !reflect.DeepEqual(before[number].Incident, record.Incident) || !reflect.DeepEqual(before[number].Events, record.Events),
				"%s, %s × %s from %s to %s", number, impact, urgency, was, changed)
		}
		t.Logf("%s × %s from %s to %s changes %d records of %d", impact, urgency, was, changed, touched, len(before))
	}
}

// everIn reports whether an incident ever had an impact and an urgency.
func everIn(r *servicenow.Record, impact, urgency itsm.Degree) bool {
	return slices.ContainsFunc(r.Events, func(e itsm.Event) bool {
		return e.Detail != nil && e.Detail.Impact == impact && e.Detail.Urgency == urgency
	})
}

func TestImportChangesWhatACellOfTheMatrixTouches(t *testing.T) {
	oneCellChanged(t, odd(t), later)
}

func TestImportTakesTheProfilesWord(t *testing.T) {
	const from = "\nmachines: [Updated by 908]"
	profile := string(deploy.ServiceNowProfile)
	require.Contains(t, profile, from)
	profile = regexp.MustCompile(`(?m)^# calendar:\n(#   .*\n)+`).ReplaceAllStringFunc(profile, func(block string) string {
		return strings.ReplaceAll(strings.TrimPrefix(block, "# "), "\n# ", "\n") // as an operator does who wants it
	})
	profile = strings.NewReplacer(
		from, "\nmachines: [Updated by 13]",
		"people: []", "people: [{is: caller 1, person: ana}]",
		"teams: []", "teams: [{is: GROUP 1, team: money}]",
		"resolutions: []", "resolutions: [{is: code 1, code: workaround}]",
		"zone: UTC", "zone: America/Sao_Paulo",
		"resolve: 90h", "resolve: 9h, respond: 1h",
	).Replace(profile)
	s, err := servicenow.ParseProfile("mine.yaml", []byte(profile))
	require.NoError(t, err)
	first := replayed(t, s, odd(t), later)
	i := slices.IndexFunc(first, func(r *servicenow.Record) bool { return r.Source == "ODD01" })
	got := first[i]
	require.EqualValues(t, "ana", got.Incident.Reporter)
	require.EqualValues(t, "money", got.Incident.Team)
	require.Equal(t, itsm.ResolvedWorkaround, got.Incident.Resolution.Code)
	require.Equal(t, itsm.ClosedByManager, got.Incident.Closing, "908 is somebody now")
	require.Equal(t, time.Date(2021, 1, 4, 12, 0, 0, 0, time.UTC), got.Incident.RaisedAt, "nine in the morning in São Paulo")
	c := got.Incident.Clock(itsm.ResolutionClock)
	require.Equal(t, 11*time.Hour, time.Duration(c.Elapsed.Business), "nine hours on Monday, two on Tuesday")
	require.False(t, c.Met())
	require.NotEmpty(t, kinds(got, itsm.EventTargetMissed))
	require.True(t, got.Incident.Clock(itsm.ResponseClock).Met(), "half an hour of one")
}

func TestImportNeverWasInASummersNight(t *testing.T) {
	profile := strings.Replace(string(deploy.ServiceNowProfile), "zone: UTC", "zone: Europe/Berlin", 1)
	s, err := servicenow.ParseProfile("mine.yaml", []byte(profile))
	require.NoError(t, err)
	log, err := s.Read(strings.NewReader(head+strings.ReplaceAll(one("INC1"), "04-01-2021 10:00", "28-03-2021 02:30")), later)
	require.NoError(t, err)
	require.Len(t, log.Refused, 1)
	require.Contains(t, log.Refused[0].Message, "never was in Europe/Berlin")
}
