package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// Whoever changes one cell of the matrix changes the priority of what falls into it,
// and of nothing else.
func TestOneCellOfTheMatrixIsOneKindOfIncident(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		degree, priority := rapid.SampledFrom(itsm.Degrees), rapid.SampledFrom(itsm.Priorities)
		row := func() itsm.MatrixRow {
			return itsm.MatrixRow{High: priority.Draw(t, "high"), Medium: priority.Draw(t, "medium"), Low: priority.Draw(t, "low")}
		}
		before := itsm.Matrix{High: row(), Medium: row(), Low: row()}
		after := before
		impact, urgency, to := degree.Draw(t, "impact"), degree.Draw(t, "urgency"), priority.Draw(t, "to")
		cell(&after, impact, urgency, to)
		weigh := func(m itsm.Matrix, d itsm.IncidentDraft) itsm.Priority {
			l := raised(t, at, of(d.Impact, d.Urgency), func(l *life) { l.policy.Matrix = &m })
			require.Equal(t, l.policy.Weigh(l.Impact, l.Urgency), l.Priority)
			return l.Priority
		}
		for _, i := range itsm.Degrees {
			for _, u := range itsm.Degrees {
				d := itsm.IncidentDraft{Impact: i, Urgency: u}
				want := before.Priority(i, u)
				if i == impact && u == urgency {
					want = to
				}
				require.Equal(t, want, weigh(after, d), "%s impact, %s urgency", i, u)
			}
		}
	})
	require.Equal(t, itsm.P3, raised(t, at).Priority, "who knows neither says medium")
	require.Empty(t, itsm.DefaultMatrix.Priority("huge", itsm.LowDegree))
}

func cell(m *itsm.Matrix, impact, urgency itsm.Degree, to itsm.Priority) {
	row := map[itsm.Degree]*itsm.MatrixRow{itsm.HighDegree: &m.High, itsm.MediumDegree: &m.Medium, itsm.LowDegree: &m.Low}[impact]
	*map[itsm.Degree]*itsm.Priority{itsm.HighDegree: &row.High, itsm.MediumDegree: &row.Medium, itsm.LowDegree: &row.Low}[urgency] = to
}

// A priority that is set against the matrix stays until somebody lets the matrix
// decide again.
func TestAPriorityAgainstTheMatrix(t *testing.T) {
	l := raised(t, at)
	l.does(itsm.ActReprioritise, joe, func(q *asks) { q.impact, q.urgency, q.override = "", "", itsm.P1 })
	require.Equal(t, itsm.P1, l.Priority)
	require.Equal(t, itsm.Override{Priority: itsm.P1, By: "joe", Note: "because"}, *l.Override)
	require.Equal(t, itsm.Length{Time: 4 * time.Hour}, l.Clock(itsm.ResolutionClock).Target)
	l.does(itsm.ActReprioritise, joe, func(q *asks) { q.impact, q.urgency = "", "" })
	require.Nil(t, l.Override)
	require.Equal(t, itsm.P3, l.Priority)
	require.Equal(t, []itsm.Priority{itsm.P3, itsm.P1}, []itsm.Priority{l.events[2].Detail.Was, l.events[2].Detail.Priority})
}
