package main

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func ms(values ...int) []time.Duration {
	out := make([]time.Duration, len(values))
	for i, v := range values {
		out[i] = time.Duration(v) * time.Millisecond
	}
	return out
}

func TestPercentilesAreByNearestRank(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = 100 - i // in no helpful order
	}
	for _, row := range []struct {
		name    string
		samples []time.Duration
		p       float64
		want    int
	}{
		{"none", nil, 0.5, 0},
		{"one", ms(7), 0.95, 7},
		{"the lower of two", ms(9, 3), 0.5, 3},
		{"the higher of two", ms(9, 3), 0.51, 9},
		{"the middle of three", ms(5, 1, 9), 0.5, 5},
		{"half of a hundred", ms(hundred...), 0.5, 50},
		{"all but five of a hundred", ms(hundred...), 0.95, 95},
		{"nineteen of twenty", ms(hundred[80:]...), 0.95, 19},
		{"the least", ms(hundred...), 0, 1},
		{"the most", ms(hundred...), 1, 100},
		{"an outlier beyond p95", ms(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 999), 0.95, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Equal(t, time.Duration(row.want)*time.Millisecond, percentile(row.samples, row.p))
		})
	}
	kept := ms(3, 1, 2)
	percentile(kept, 0.5)
	require.Equal(t, ms(3, 1, 2), kept, "the samples are not sorted in place")
}

func TestTheMedianIsTheMiddle(t *testing.T) {
	require.Zero(t, median(nil))
	require.InDelta(t, 4.0, median([]float64{4}), 0)
	require.InDelta(t, 2.0, median([]float64{9, 1, 2}), 0)
	require.InDelta(t, 2.5, median([]float64{9, 1, 2, 3}), 0)
}

func TestARatioIsOfWhatRanSideBySide(t *testing.T) {
	// The machine was ten times slower in the first repetition, for both.
	require.InDelta(t, 0.5, pairwise([]float64{1, 10, 10}, []float64{2, 20, 25}), 1e-9)
	require.Zero(t, pairwise(nil, nil))
}

func TestNoRatioBesideATwinThatIsNone(t *testing.T) {
	for _, row := range []struct {
		name       string
		ours, bare cost
		refused    string
	}{
		{"the same", cost{90, 46, 0}, cost{90, 46, 0}, ""},
		{"5 % more", cost{105, 46, 0}, cost{100, 46, 0}, ""},
		{"5 % less", cost{95, 46, 0}, cost{100, 46, 0}, ""},
		{"more events", cost{105.1, 46, 0}, cost{100, 46, 0}, "events"},
		{"fewer events", cost{94.9, 46, 0}, cost{100, 46, 0}, "events"},
		{"more transitions", cost{90, 52, 0}, cost{90, 46, 0}, "transitions"},
		{"a twin that did nothing", cost{90, 46, 0}, cost{}, "events"},
		{"a Steward that did nothing", cost{}, cost{90, 46, 0}, "events"},
		{"no change at all", cost{math.NaN(), math.NaN(), 0}, cost{90, 46, 0}, "events"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := row.ours.comparable(row.bare)
			if row.refused == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "no ratio")
			require.ErrorContains(t, err, row.refused)
		})
	}
}
