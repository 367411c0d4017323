package docs_test

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities/holidays"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

const incidentPage = "processes/incident.md"

// TestTheChartOfIncidentsIsTheTable compares the state chart with the table that the
// process runs by, edge by edge.
func TestTheChartOfIncidentsIsTheTable(t *testing.T) {
	chart := between(t, documents(t)[incidentPage], "```mermaid\nstateDiagram-v2", "```")
	var drawn, meant []string
	for _, m := range edge.FindAllStringSubmatch(chart, -1) {
		drawn = append(drawn, m[1]+" → "+m[2])
	}
	meant = append(meant, "[*] → "+string(itsm.IncidentNew))
	for from, nexts := range itsm.IncidentMoves {
		for _, to := range nexts {
			meant = append(meant, string(from)+" → "+string(to))
		}
		if from.Final() {
			meant = append(meant, string(from)+" → [*]")
		}
	}
	require.ElementsMatch(t, meant, drawn)
}

// TestWhoMayDoWhatToIncidentsIsWhatIsGranted asks the rules of every act for every role.
func TestWhoMayDoWhatToIncidentsIsWhatIsGranted(t *testing.T) {
	needs := map[string]itsm.Permission{
		"read": itsm.ReadIncidents, "raise": itsm.RaiseIncidents, "comment": itsm.CommentOnIncidents,
		"escalate": itsm.RaiseIncidents, "confirm": itsm.RaiseIncidents, "reopen": itsm.RaiseIncidents, "cancel": itsm.RaiseIncidents,
	}
	told := []string{}
	for _, row := range table(between(t, documents(t)[incidentPage], "## Who may do what", "\n## "), "")[1:] {
		need, known := needs[row[0]]
		if !known {
			need = itsm.WorkOnIncidents
		}
		var may []string
		for _, r := range itsm.Roles {
			who := itsm.Actor{Person: "bob", Roles: []itsm.Role{r}, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
			if row[0] != "alerts" && who.May(need) == nil {
				may = append(may, strings.ReplaceAll(string(r), "_", " "))
			}
		}
		if row[0] == "alerts" {
			may = []string{"nobody"}
		}
		require.ElementsMatch(t, may, strings.Split(row[1], ", "), row[0])
		told = append(told, row[0])
	}
	acts := []string{"read"}
	for _, act := range ofIncidents(constants(t, "itsm/explain.go", "Act")) {
		acts = append(acts, strings.TrimPrefix(act, "incident."))
	}
	require.ElementsMatch(t, acts, told)
}

// ofIncidents are the acts, or the events, that incidents have and no other record.
func ofIncidents(words []string) []string {
	return slices.DeleteFunc(words, func(word string) bool { return !strings.HasPrefix(word, "incident.") })
}

// incidentRules are the files whose refusals the page explains.
var incidentRules = []string{
	"itsm/incident_rules.go", "itsm/incident_work_rules.go", "itsm/incident_end_rules.go", "itsm/incident_link_rules.go",
	"itsm/incident_others.go", "itsm/incident_problem.go", "workflows/incident.go",
}

// TestTheIncidentPageKnowsItsRefusals finds each code of the rules of incidents there,
// and no code that there is not.
func TestTheIncidentPageKnowsItsRefusals(t *testing.T) {
	s, listed := code(t), map[string]bool{}
	for _, row := range table(between(t, documents(t)[incidentPage], "## Refusals", "\n## "), "`") {
		require.False(t, listed[words(row[0])[0]], "%s is there twice", row[0])
		listed[words(row[0])[0]] = true
	}
	known := map[string]bool{}
	for _, r := range s.refusals {
		known[r.code] = true
		if slices.Contains(incidentRules, r.file) {
			require.True(t, listed[r.code], "%s is not on the page", r.code)
		}
	}
	for listed := range listed {
		require.True(t, known[listed], "%s is no code", listed)
	}
}

// TestEveryEventOfIncidentsIsListed holds the table of events to the kinds that there
// are, and what all pages say of detail to the fields that there are.
func TestEveryEventOfIncidentsIsListed(t *testing.T) {
	var listed, told []string
	for _, page := range []string{incidentPage, changePage, problemPage, correctivePage, supplierPage} {
		for _, row := range table(between(t, documents(t)[page], "## Events", "\n## "), "`") {
			if page == incidentPage {
				listed = append(listed, words(row[0])[0])
			}
			told = append(told, words(row[2])...)
		}
	}
	require.ElementsMatch(t, ofIncidents(constants(t, "itsm/event.go", "EventKind")), listed)
	slices.Sort(told)
	require.ElementsMatch(t, fields(t, "itsm/event.go", "Detail"), slices.Compact(told))
}

// TestWhatTemporalShowsOfIncidentsIsListed holds the table of the UI to the updates,
// signals and timers of the process, and to the activities.
func TestWhatTemporalShowsOfIncidentsIsListed(t *testing.T) {
	rows := map[string]string{}
	for _, row := range table(between(t, documents(t)[incidentPage], "## In the Temporal UI", "\n\n```"), "") {
		rows[row[0]] = row[1]
	}
	require.ElementsMatch(t, ofIncidents(constants(t, "itsm/explain.go", "Act")), words(rows["updates"]))
	for _, activity := range words(rows["activities"]) {
		require.Contains(t, code(t).names, "activities.Activities."+activity)
	}
	for _, signal := range words(rows["signals"]) {
		require.True(t, code(t).literals[signal], signal)
	}
	listed := regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(rows["timers"], -1)
	timers := 1 // "for the request to arrive", of every process
	ast.Inspect(parse(t, "workflows/incident.go"), func(n ast.Node) bool {
		text, ok := literal(n)
		if !ok || !strings.HasPrefix(text, "until ") {
			return true
		}
		timers++
		require.True(t, slices.ContainsFunc(listed, func(m []string) bool { return strings.HasPrefix(m[1], text) }), "%q is not on the page", text)
		return true
	})
	require.Len(t, listed, timers)
}

// exampleOfThePage is the catalog that the page speaks of, with its hours.
func exampleOfThePage(t *testing.T) (itsm.Catalog, func(itsm.CalendarID) (itsm.BusinessTime, error)) {
	t.Helper()
	text, err := os.ReadFile("../deploy/catalog.example.yaml")
	require.NoError(t, err)
	c, err := catalog.Parse("catalog.example.yaml", text)
	require.NoError(t, err)
	return c, func(id itsm.CalendarID) (itsm.BusinessTime, error) {
		if id == "" {
			return itsm.AroundTheClock, nil
		}
		return holidays.Hours(c.Calendars[slices.IndexFunc(c.Calendars, func(d itsm.Calendar) bool { return d.ID == id })])
	}
}

// reported is an incident of payments, of a priority and as it was recorded.
func reported(t *testing.T, c *itsm.Catalog, p itsm.Priority, at time.Time) *itsm.Incident {
	t.Helper()
	degrees := map[itsm.Priority][2]itsm.Degree{ //nolint:exhaustive // those of the page
		itsm.P1: {itsm.HighDegree, itsm.HighDegree}, itsm.P3: {itsm.MediumDegree, itsm.MediumDegree}, itsm.P4: {itsm.MediumDegree, itsm.LowDegree},
	}[p]
	s, _ := c.Service("payments")
	i := &itsm.Incident{Number: "INC-7", Reporter: "ana", Owner: s.Owner, RaisedAt: at}
	i.State, i.Since, i.Team, i.Escalation = itsm.IncidentNew, at, s.Team, c.Escalation("", s)
	i.Begin(itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "Down", Service: s.ID}, Impact: degrees[0], Urgency: degrees[1]}, &c.Incident)
	require.Equal(t, p, i.Priority)
	i.Triage(c.Incident.IncidentTerms(), at)
	return i
}

// TestTheInstantsOfIncidentsAreAsWritten reckons each row of the page's table anew.
func TestTheInstantsOfIncidentsAreAsWritten(t *testing.T) {
	c, in := exampleOfThePage(t)
	joe := itsm.Actor{Person: "joe", Roles: []itsm.Role{itsm.Responder}}
	_, rows, found := strings.Cut(documents(t)[incidentPage], "| raised | priority | held | resumed | to be answered by | to be resolved by |\n|---|---|---|---|---|---|\n")
	require.True(t, found)
	rows, _, _ = strings.Cut(rows, "\n\n")
	for line := range strings.Lines(rows) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for n := range cells {
			cells[n] = strings.TrimSpace(cells[n])
		}
		i := reported(t, &c, itsm.Priority(cells[1]), *berlin(t, cells[0]))
		reckon(t, i, &c, in)
		require.Equal(t, *berlin(t, cells[4]), *i.Clock(itsm.ResponseClock).DueAt, line)
		if held := berlin(t, cells[2]); held != nil {
			i.Acknowledge(joe, itsm.NoteRequest{}, i.RaisedAt)
			i.PutOnHold(joe, itsm.HoldRequest{Reason: itsm.AwaitingCaller, Note: "Which card?"}, *held)
			i.Resume(itsm.NoteRequest{}, *berlin(t, cells[3]))
			reckon(t, i, &c, in)
		}
		require.Equal(t, *berlin(t, cells[5]), *i.Clock(itsm.ResolutionClock).DueAt, line)
	}

	i := reported(t, &c, itsm.P3, *berlin(t, "Mon 13 Apr 2026 10:00"))
	at := *berlin(t, "Mon 13 Apr 2026 15:00")
	i.Acknowledge(joe, itsm.NoteRequest{}, i.RaisedAt)
	i.Reprioritise(joe, itsm.Reprioritisation{Impact: itsm.HighDegree, Urgency: itsm.HighDegree}, c.Incident.IncidentTerms(), at)
	reckonAt(t, i, &c, in, at)
	require.Equal(t, *berlin(t, "Mon 13 Apr 2026 14:00"), *i.Clock(itsm.ResolutionClock).DueAt)
	next, _ := i.Next()
	require.Equal(t, itsm.EventTargetMissed, next.Kind)
}

func reckon(t *testing.T, i *itsm.Incident, c *itsm.Catalog, in func(itsm.CalendarID) (itsm.BusinessTime, error)) {
	t.Helper()
	reckonAt(t, i, c, in, i.RaisedAt)
}

func reckonAt(t *testing.T, i *itsm.Incident, c *itsm.Catalog, in func(itsm.CalendarID) (itsm.BusinessTime, error), now time.Time) {
	t.Helper()
	r, err := i.Reckon(&c.Incident, in, now)
	require.NoError(t, err)
	i.Take(r)
}

// TestTheCallsAreAsWritten lets the incident of the page ring until nobody has
// answered, and grow stale when somebody has.
func TestTheCallsAreAsWritten(t *testing.T) {
	c, _ := exampleOfThePage(t)
	where, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	at := *berlin(t, "Tue 14 Apr 2026 03:00")
	i := reported(t, &c, itsm.P1, at)
	var told []string
	for !i.Escalation.Over {
		who := "nobody answered"
		if i.Escalation.Pending != nil {
			i.TakeCall(foundOut(t, &c, i, at), at)
			who = everybody(i)
		} else {
			d, _ := i.Next()
			at = d.At
			if _, happened := i.Fall(d, at); !happened {
				continue
			}
		}
		told = append(told, "| "+at.In(where).Format(written)+" | "+who+" |")
	}
	require.Equal(t, between(t, documents(t)[incidentPage], "| at | called |\n|---|---|\n", "\n\n"), strings.Join(told, "\n"))

	i = reported(t, &c, itsm.P1, *berlin(t, "Tue 14 Apr 2026 03:00"))
	i.TakeCall(foundOut(t, &c, i, i.RaisedAt), i.RaisedAt)
	i.Acknowledge(itsm.Actor{Person: "joe", Roles: []itsm.Role{itsm.Responder}}, itsm.NoteRequest{}, *berlin(t, "Tue 14 Apr 2026 03:02"))
	stale, _ := i.Next()
	require.Equal(t, *berlin(t, "Tue 14 Apr 2026 03:32"), stale.At)
	i.Fall(stale, stale.At)
	i.TakeCall(foundOut(t, &c, i, stale.At), stale.At)
	require.Equal(t, "joe", everybody(i))
}

// foundOut finds out who is called now.
func foundOut(t *testing.T, c *itsm.Catalog, i *itsm.Incident, at time.Time) itsm.Called {
	t.Helper()
	policy, _ := c.EscalationPolicy(i.Escalation.Policy)
	found, err := c.CallLevel(itsm.Summons{Calling: *i.Escalation.Pending, Policy: policy, Team: i.Team, Owner: i.Owner, At: at}, func(id itsm.RotationID) ([]itsm.PersonID, error) {
		r, known := c.Rotation(id)
		require.True(t, known)
		zone, err := time.LoadLocation(r.Zone)
		require.NoError(t, err)
		roster, err := r.Resolve(zone)
		require.NoError(t, err)
		return roster.OnCall(at), nil
	})
	require.NoError(t, err)
	return found
}

// everybody are those who were called last, as the page writes them.
func everybody(i *itsm.Incident) string {
	var all []string
	c := i.Escalation.Calls[len(i.Escalation.Calls)-1]
	for _, id := range c.People {
		all = append(all, string(id))
	}
	return strings.Join(append(all, c.Channels...), ", ")
}
