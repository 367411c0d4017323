package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// tolerance is how far the twin's history may be from Steward's before a ratio of
// the two would compare different things.
const tolerance = 0.05

// percentile is the nearest-rank percentile: the smallest sample that at least
// the share p (0 to 1) of all samples do not exceed. Zero when there are none.
func percentile(samples []time.Duration, p float64) time.Duration {
	if len(samples) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(samples))
	rank := int(math.Ceil(p * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median is the middle of the values, or the mean of the two in the middle.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// cost is what the server counted for one change, on average.
type cost struct{ events, transitions, bytes float64 }

// comparable says why a ratio of two costs' timings would mislead; nil when it
// would not.
func (c cost) comparable(twin cost) error {
	for _, of := range []struct {
		what       string
		ours, bare float64
	}{{"events", c.events, twin.events}, {"transitions", c.transitions, twin.transitions}} {
		if of.bare <= 0 || math.IsNaN(of.ours) || math.Abs(of.ours-of.bare) > tolerance*of.bare {
			return fmt.Errorf("no ratio: a change has %.1f %s and its twin %.1f, more than %.0f %% apart", of.ours, of.what, of.bare, 100*tolerance)
		}
	}
	return nil
}

// pairwise is the median of the ratios of values that were taken side by side.
func pairwise(a, b []float64) float64 {
	var ratios []float64
	for i := range min(len(a), len(b)) {
		ratios = append(ratios, a[i]/b[i])
	}
	return median(ratios)
}
