package servicenow_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy"
	"github.com/steward-itsm/steward/deploy/servicenow"
	"github.com/steward-itsm/steward/itsm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// later is after all that the fixtures tell of.
var later = time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)

func example(t testing.TB) *servicenow.Source {
	t.Helper()
	s, err := servicenow.ParseProfile("servicenow.example.yaml", deploy.ServiceNowProfile)
	require.NoError(t, err)
	return s
}

// replayed plays a log, of which nothing may be refused.
func replayed(t testing.TB, s *servicenow.Source, text string, now time.Time) []*servicenow.Record {
	t.Helper()
	log, err := s.Read(strings.NewReader(text), now)
	require.NoError(t, err)
	require.Empty(t, log.Refused)
	var records []*servicenow.Record
	for _, i := range log.Incidents {
		r, err := s.Replay(i, servicenow.Home{Owner: "bob"}, now)
		require.NoError(t, err, i.Number)
		lives(t, r)
		records = append(records, r)
	}
	return records
}

// lives asserts what holds for every record, whatever log it came from.
func lives(t testing.TB, r *servicenow.Record) {
	t.Helper()
	i := r.Incident
	require.True(t, i.State.Final(), r.Source)
	require.NotNil(t, i.ClosedAt)
	require.Len(t, r.Events, i.Revision, "one event for each revision")
	require.Equal(t, itsm.EventIncidentRaised, r.Events[0].Kind)
	from, at := itsm.State(""), i.RaisedAt
	for k, e := range r.Events {
		require.Equal(t, k+1, e.Revision)
		require.Equal(t, from, e.From, "%s: event %d goes on from the one before", r.Source, e.Revision)
		moves := e.From != "" && e.From != e.To
		require.True(t, !moves || itsm.IncidentState(e.From).CanBecome(itsm.IncidentState(e.To)), "%s: %s → %s", r.Source, e.From, e.To)
		require.False(t, e.At.Before(at), "%s: event %d is before the one before", r.Source, e.Revision)
		require.NotEmpty(t, e.Actor)
		from, at = e.To, e.At
	}
	require.Equal(t, itsm.State(i.State), from)
	for k, c := range r.Comments {
		require.Equal(t, k+1, c.ID)
	}
	for _, c := range i.Clocks {
		require.NotNil(t, c.StoppedAt, "nothing runs on in what is over")
		require.Empty(t, c.Marks)
	}
}

// story tells a record line by line.
func story(r *servicenow.Record) string {
	var b strings.Builder
	i := r.Incident
	fmt.Fprintf(&b, "%s: %q, reported by %s, %s\n", r.Source, i.Title, i.Reporter, i.Priority)
	said := r.Comments
	for _, e := range r.Events {
		for len(said) > 0 && said[0].At.Before(e.At) {
			fmt.Fprintf(&b, "   %s %s says: %s\n", clock(said[0].At), said[0].By, said[0].Text)
			said = said[1:]
		}
		fmt.Fprintf(&b, "%3d %s %s: %s %s → %s%s\n", e.Revision, clock(e.At), e.Actor, strings.TrimPrefix(string(e.Kind), "incident."), e.From, e.To, details(e))
	}
	for _, c := range i.Clocks {
		fmt.Fprintf(&b, "    %s %d: %s%s%s\n", c.Kind, c.Cycle, time.Duration(c.Elapsed.Business), verdict(c), pauses(c))
	}
	for _, m := range r.Inferred {
		fmt.Fprintf(&b, "    inferred: %s → %s\n", m.From, m.To)
	}
	for _, l := range r.LeftOut {
		fmt.Fprintf(&b, "    left out, line %d: %s\n", l.Line, l.What)
	}
	return b.String()
}

func clock(t time.Time) string { return t.Format("02 15:04") }

func details(e itsm.Event) string {
	var parts []string
	if d := e.Detail; d != nil {
		for _, p := range []string{string(d.Team), string(d.Assignee), string(d.Priority), string(d.Closing)} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		if d.Hold != nil {
			parts = append(parts, string(d.Hold.Reason))
		}
		if d.Resolution != nil {
			parts = append(parts, string(d.Resolution.Code))
		}
	}
	if e.Note != "" {
		parts = append(parts, fmt.Sprintf("%q", e.Note))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func verdict(c itsm.Clock) string {
	switch {
	case c.Target.IsZero():
		return ""
	case c.MissedAt != nil:
		return " of " + c.Target.Time.String() + ", missed " + clock(*c.MissedAt)
	default:
		return " of " + c.Target.Time.String() + ", kept"
	}
}

func pauses(c itsm.Clock) string {
	var b strings.Builder
	for _, p := range c.Pauses {
		fmt.Fprintf(&b, ", paused %s to %s", clock(p.From), clock(*p.To))
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// odd is a log of all that is odd.
func odd(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "odd.csv"))
	require.NoError(t, err)
	return string(text)
}

// TestImportTellsOddLives plays every odd thing that the published log holds, and
// some that it does not.
func TestImportTellsOddLives(t *testing.T) {
	records := replayed(t, example(t), odd(t), later)
	slices.SortFunc(records, func(a, b *servicenow.Record) int { return strings.Compare(a.Source, b.Source) })
	var b strings.Builder
	for _, r := range records {
		b.WriteString(story(r) + "\n")
	}
	golden(t, "odd.golden", b.String())
}
