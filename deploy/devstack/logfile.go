package devstack

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// tailBytes is how much of a log an error carries: enough for the reason, not
// so much that it scrolls away.
const tailBytes = 3 << 10

func logPath(dir string, part Part) string { return filepath.Join(dir, "log", string(part)+".log") }

// rotateLog puts the log of the previous run aside, in place of the one before.
func rotateLog(path string) error {
	err := os.Rename(path, path+".1")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// openLog opens a log for appending and tells where this run's part begins.
func openLog(path string) (f *os.File, from int64, err error) {
	f, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, err
	}
	from, err = f.Seek(0, io.SeekEnd)
	return f, from, err
}

// tail is the end of a log, in whole lines, from no earlier than the offset.
func tail(path string, from int64) string {
	f, err := os.Open(path)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	start := max(from, size-tailBytes)
	text, err := io.ReadAll(io.NewSectionReader(f, start, tailBytes))
	if err != nil {
		return "(" + err.Error() + ")"
	}
	if start > from {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return "(it wrote nothing)"
	}
	return string(text)
}
