package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// report prints the table: for each path and level Steward, the twin, and one beside the
// other where that means something.
func report(out io.Writer, m measured) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(cells ...any) {
		for _, c := range cells {
			fmt.Fprintf(t, "%v\t", c)
		}
		fmt.Fprintln(t)
	}
	line("\nat once", "", "changes/s", "(range)", "raise p50", "p95", "decide p50", "p95", "events", "transitions", "history", "µs/event")
	var refused []string
	for i, p := range m.pairs {
		if i == 0 || m.pairs[i-1].path != p.path {
			line(p.path.name, "", "", "", "", "", "", "", "", "", "", "")
		}
		line(append([]any{p.level, "Steward"}, cells(&p.ours)...)...)
		line(append([]any{"", "bare twin"}, cells(&p.bare)...)...)
		if err := p.ours.average().comparable(p.bare.average()); err != nil {
			refused = append(refused, fmt.Sprintf("%s, %d at once: %v", p.path.name, p.level, err))
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
	_, err := fmt.Fprintf(out, "\n%d repetitions. changes/s and µs/event are medians of them, ratios medians of each one's own; latencies are over all acts, of which a raise has %s.\n",
		m.repetitions, counts(m.pairs))
	return err
}

func raises(s slot) []time.Duration  { return s.raise }
func decides(s slot) []time.Duration { return s.decide }
func perSecond(s slot) float64       { return s.perSecond }
func perEvent(s slot) float64        { return s.perEvent }

func cells(s *sample) []any {
	c, speeds, raise, decide := s.average(), s.each(perSecond), s.acts(raises), s.acts(decides)
	return []any{
		fmt.Sprintf("%.1f", median(speeds)), fmt.Sprintf("%.1f–%.1f", slices.Min(speeds), slices.Max(speeds)),
		milli(percentile(raise, 0.5)), milli(percentile(raise, 0.95)), milli(percentile(decide, 0.5)), milli(percentile(decide, 0.95)),
		fmt.Sprintf("%.1f", c.events), fmt.Sprintf("%.1f", c.transitions), fmt.Sprintf("%.1f kB", c.bytes/1000), fmt.Sprintf("%.0f", median(s.each(perEvent))),
	}
}

// ratios are Steward's figures over the twin's: of each repetition, whose two
// slots ran one after the other, and then the median, so that a machine that was
// busy for a while does not decide.
func ratios(ours, bare *sample) []any {
	at := func(of func(slot) []time.Duration, p float64) string {
		one := func(s slot) float64 { return float64(percentile(of(s), p)) }
		return times(pairwise(ours.each(one), bare.each(one)))
	}
	a, b := ours.average(), bare.average()
	return []any{
		times(pairwise(ours.each(perSecond), bare.each(perSecond))), "", at(raises, 0.5), at(raises, 0.95), at(decides, 0.5), at(decides, 0.95),
		times(a.events / b.events), times(a.transitions / b.transitions), "", times(pairwise(ours.each(perEvent), bare.each(perEvent))),
	}
}

func times(ratio float64) string { return fmt.Sprintf("×%.2f", ratio) }

func milli(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// counts says how many samples each level has: Steward's and the twin's.
func counts(pairs []*pair) (text string) {
	for i, p := range pairs {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d and %d", len(p.ours.acts(raises)), len(p.bare.acts(raises)))
	}
	return text
}
