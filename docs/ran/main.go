package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Stdin, os.Stdout, "docs"); err != nil {
		fmt.Fprintln(os.Stderr, "ran:", err)
		os.Exit(1) //nolint:forbidigo // a command of its own
	}
}
