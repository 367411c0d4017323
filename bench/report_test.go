package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// done is what a side did in one repetition of four changes.
func done(c cost, took time.Duration) sample {
	var s sample
	s.add(slot{raise: ms(10, 20, 30, 40), decide: ms(1, 2, 3, 4)}, took, []cost{c, c, c, c})
	return s
}

func printed(t *testing.T, pairs ...*pair) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, report(&out, measured{pairs: pairs, repetitions: 1}))
	return out.String()
}

func TestTheTableShowsBothSidesAndTheirRatio(t *testing.T) {
	text := printed(t, &pair{path: single, level: 8, ours: done(cost{90, 46, 21_500}, 2*time.Second), bare: done(cost{88, 45, 9_000}, time.Second)})
	require.Regexp(t, `8 +Steward +2\.0 +2\.0–2\.0 +20\.0 ms +40\.0 ms +2\.0 ms +4\.0 ms +90\.0 +46\.0 +21\.5 kB +5556`, text)
	require.Regexp(t, `bare twin +4\.0 .* 88\.0 +45\.0 +9\.0 kB +2841`, text)
	require.Regexp(t, `ratio +×0\.50 +×1\.00 .* ×1\.02 +×1\.02 +×1\.96`, text)
	require.Contains(t, text, "of which a raise has 4 and 4")
}

func TestTheTableHasNoRatioBesideATwinThatIsNone(t *testing.T) {
	text := printed(t,
		&pair{path: single, level: 1, ours: done(cost{90, 46, 0}, time.Second), bare: done(cost{84, 46, 0}, time.Second)},
		&pair{path: single, level: 8, ours: done(cost{90, 46, 0}, time.Second), bare: done(cost{90, 46, 0}, time.Second)},
	)
	require.Equal(t, 1, strings.Count(text, "ratio  "), text)
	require.Contains(t, text, "1 at once: no ratio: a change has 90.0 events and its twin 84.0, more than 5 % apart")
}

func TestTheTableTellsThePathsApart(t *testing.T) {
	c, of := cost{90, 46, 0}, done
	text := printed(t,
		&pair{path: single, level: 1, ours: of(c, time.Second), bare: of(c, time.Second)},
		&pair{path: single, level: 8, ours: of(c, time.Second), bare: of(c, time.Second)},
		&pair{path: double, level: 1, ours: of(c, time.Second), bare: of(c, time.Second)},
	)
	require.Regexp(t, `(?s)approved by one.* 1 +Steward.* 8 +Steward.*approved by two.* 1 +Steward`, text)
	require.Equal(t, 1, strings.Count(text, "approved by one"), text)
}

func TestPostgresIsCountedByPath(t *testing.T) {
	var out strings.Builder
	one := pair{path: double, ours: done(cost{}, time.Second)}
	one.ours.traffic = traffic{400, 100_000}.since(traffic{40, 4_000}).plus(traffic{40, 4_000})
	require.NoError(t, conclude(&out, measured{pairs: []*pair{&one}}))
	require.Contains(t, out.String(), "each of Steward's changes, approved by two: 100 commits and 25.0 kB of WAL")
	require.NotContains(t, out.String(), "approved by one")
}

func TestWhatDidNotArriveIsAnError(t *testing.T) {
	require.NoError(t, mismatch([]tally{{"changes", 7, 7}, {"refusals", 0, 0}}))
	require.ErrorContains(t, mismatch([]tally{{"changes", 7, 7}, {"events", 42, 41}}), "42 events, and 41 are there")
	require.ErrorContains(t, mismatch([]tally{{"messages", 4, 5}}), "4 messages, and 5 are there")
}
