package catalog

import (
	"reflect"
	"testing"
	"time"

	"github.com/goccy/go-yaml/parser"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// target is a part of a catalog that has lengths, as service levels do.
type target struct {
	Within itsm.Length  `json:"within"`
	Warn   *itsm.Length `json:"warn,omitempty"`
}

func targetIn(t *testing.T, text string) (into target, faults []Fault) {
	t.Helper()
	file, err := parser.ParseBytes([]byte(text), 0)
	require.NoError(t, err)
	r := reader{places: map[string]place{}}
	r.decode("", file.Docs[0].Body, reflect.ValueOf(&into).Elem())
	return into, r.faults
}

func TestALengthIsAWord(t *testing.T) {
	got, faults := targetIn(t, "within: 3bd\nwarn: 4h\n")
	require.Empty(t, faults)
	require.Equal(t, target{itsm.Length{Days: 3}, &itsm.Length{Time: 4 * time.Hour}}, got)

	_, faults = targetIn(t, "within: 3d\nwarn: 4\n")
	require.Len(t, faults, 2)
	require.Equal(t, `"3d" is not a length of time; write time like 90s, 4h or 36h30m, or business days like 3bd`, faults[0].Message)
	require.Equal(t, 1, faults[0].Line)
	require.Contains(t, faults[1].Message, "must be a word or a line of text, and not a number")
}
