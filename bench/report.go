package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// report prints the table: for each level Steward, the twin, and one beside the
// other where that means something.
func report(out io.Writer, m measured) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(cells ...any) {
		for _, c := range cells {
			fmt.Fprintf(t, "%v\t", c)
		}
		fmt.Fprintln(t)
	}
	line("\nat once", "", "changes/s", "(range)", "raise p50", "p95", "decide p50", "p95", "events", "transitions", "µs/event")
	var refused []string
	for _, p := range m.pairs {
		line(append([]any{p.level, "Steward"}, cells(&p.ours)...)...)
		line(append([]any{"", "bare twin"}, cells(&p.bare)...)...)
		if err := p.ours.average().comparable(p.bare.average()); err != nil {
			refused = append(refused, fmt.Sprintf("%d at once: %v", p.level, err))
			continue
		}
		line(append([]any{"", "ratio"}, ratios(&p.ours, &p.bare)...)...)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range refused {
		if _, err := fmt.Fprintln(out, r); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "\n%d repetitions. changes/s and µs/event are medians of them; latencies are over all acts, of which a raise has %s.\n",
		m.repetitions, counts(m.pairs))
	return err
}

func cells(s *sample) []any {
	c := s.average()
	return []any{
		fmt.Sprintf("%.1f", median(s.perSecond)), fmt.Sprintf("%.1f–%.1f", slices.Min(s.perSecond), slices.Max(s.perSecond)),
		milli(percentile(s.raise, 0.5)), milli(percentile(s.raise, 0.95)), milli(percentile(s.decide, 0.5)), milli(percentile(s.decide, 0.95)),
		fmt.Sprintf("%.1f", c.events), fmt.Sprintf("%.1f", c.transitions), fmt.Sprintf("%.0f", median(s.perEvent)),
	}
}

// ratios are Steward's figures over the twin's.
func ratios(ours, bare *sample) []any {
	over := func(a, b float64) string { return fmt.Sprintf("×%.2f", a/b) }
	at := func(of func(*sample) []time.Duration, p float64) string {
		return over(float64(percentile(of(ours), p)), float64(percentile(of(bare), p)))
	}
	raise := func(s *sample) []time.Duration { return s.raise }
	decide := func(s *sample) []time.Duration { return s.decide }
	a, b := ours.average(), bare.average()
	return []any{
		over(median(ours.perSecond), median(bare.perSecond)), "", at(raise, 0.5), at(raise, 0.95), at(decide, 0.5), at(decide, 0.95),
		over(a.events, b.events), over(a.transitions, b.transitions), over(median(ours.perEvent), median(bare.perEvent)),
	}
}

func milli(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// counts says how many samples each level has: Steward's and the twin's.
func counts(pairs []*pair) (text string) {
	for i, p := range pairs {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d and %d", len(p.ours.raise), len(p.bare.raise))
	}
	return text
}
