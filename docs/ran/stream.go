package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// event is one line of go test -json (go doc cmd/test2json).
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64 // seconds
}

// whole is a test with those within it; of no name, its package's own.
type whole struct{ pkg, test string }

// stream is what was read so far.
type stream struct {
	out   io.Writer
	said  map[whole]*strings.Builder // not shown yet
	ended map[string]string          // by pkg.Test: pass, fail or skip
	bad   []string                   // packages that failed
	slow  []slow                     // tests that took their time
}

// slow is a test that took its time.
type slow struct {
	test    string
	seconds float64
}

// Only so many of them are shown, and a test is slow from so many seconds on.
const (
	mostSlow  = 12
	leastSlow = 10
)

// run reads events to their end, shows them, and holds the tests that the pages in
// a folder name against those that passed.
func run(in io.Reader, out io.Writer, folder string) error {
	s := stream{out: out, said: map[whole]*strings.Builder{}, ended: map[string]string{}}
	if err := s.read(in); err != nil {
		return err
	}
	s.showSlowest()
	pages, err := named(folder)
	if err != nil {
		return err
	}
	var faults []error
	if len(s.bad) > 0 {
		faults = append(faults, fmt.Errorf("failed: %s", strings.Join(s.bad, ", ")))
	}
	for _, test := range slices.Sorted(maps.Keys(pages)) {
		if how := s.ended[test]; how != "pass" {
			faults = append(faults, fmt.Errorf("%s names %s, which %s", pages[test], test, became(how)))
		}
	}
	return errors.Join(faults...)
}

func became(how string) string {
	switch how {
	case "fail":
		return "failed"
	case "skip":
		return "was skipped"
	default:
		return "did not run"
	}
}

func (s *stream) read(in io.Reader) error {
	lines, met := bufio.NewReader(in), false
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		switch {
		case len(line) == 0:
		case json.Unmarshal(line, &e) == nil && e.Action != "":
			met = true
			s.take(e)
		default: // not of go test's making, so it is worth seeing
			fmt.Fprintf(s.out, "%s", line)
		}
		switch {
		case errors.Is(err, io.EOF) && !met:
			return errors.New("nothing was tested; pipe `go test -json ./...` into this")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (s *stream) take(e event) {
	root, _, within := strings.Cut(e.Test, "/")
	w := whole{e.Package, root}
	switch e.Action {
	case "output":
		if s.said[w] == nil {
			s.said[w] = &strings.Builder{}
		}
		fmt.Fprint(s.said[w], e.Output)
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.close(e)
		} else if !within {
			test := path.Base(e.Package) + "." + e.Test
			s.ended[test] = e.Action
			if e.Elapsed >= leastSlow {
				s.slow = append(s.slow, slow{test, e.Elapsed})
			}
			s.show(w, e.Action == "fail")
		}
	}
}

// showSlowest names the tests that took longest, the slowest first.
func (s *stream) showSlowest() {
	slices.SortStableFunc(s.slow, func(a, b slow) int { return cmp.Compare(b.seconds, a.seconds) })
	for _, t := range s.slow[:min(len(s.slow), mostSlow)] {
		fmt.Fprintf(s.out, "slow\t%s\t%.0fs\n", t.test, t.seconds)
	}
}

// close ends a package: of one that passed, its last line is enough.
func (s *stream) close(e event) {
	if e.Action != "fail" {
		s.show(whole{e.Package, ""}, false)
		return
	}
	s.bad = append(s.bad, e.Package)
	for w := range s.said { // also of tests that a panic or a timeout cut short
		if w.pkg == e.Package && w.test != "" {
			s.show(w, true)
		}
	}
	s.show(whole{e.Package, ""}, true)
}

// show prints what was said, or of it only how a package ended, and forgets it.
func (s *stream) show(w whole, all bool) {
	if s.said[w] == nil {
		return
	}
	for line := range strings.Lines(s.said[w].String()) {
		ends := w.test == "" && (strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "?   \t"))
		if ends || (all && !strings.HasPrefix(strings.TrimSpace(line), "=== ")) {
			fmt.Fprint(s.out, line)
		}
	}
	delete(s.said, w)
}
