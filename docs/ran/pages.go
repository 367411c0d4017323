package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

var proof = regexp.MustCompile("`([a-z]+\\.(?:Test|Fuzz)[A-Za-z0-9]+)`")

// named are the tests that the pages below a folder name in ticks, as pkg.Test, and
// the page that does.
func named(folder string) (map[string]string, error) {
	tests := map[string]string{}
	return tests, filepath.WalkDir(folder, func(page string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(page) != ".md" {
			return err
		}
		text, err := os.ReadFile(page) //nolint:gosec // our own pages
		for _, m := range proof.FindAllSubmatch(text, -1) {
			tests[string(m[1])] = filepath.ToSlash(page)
		}
		return err
	})
}
