package itsm

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestLengthsAreRead(t *testing.T) {
	for text, want := range map[string]Length{
		"4h": {Time: 4 * time.Hour}, "90s": {Time: 90 * time.Second}, "36h30m": {Time: 36*time.Hour + 30*time.Minute},
		"3bd": {Days: 3}, "90bd": {Days: 90}, "0s": {}, "0bd": {},
	} {
		var l Length
		require.NoError(t, l.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, l, text)
	}
	for _, text := range []string{"", "4", "bd", "-1bd", "+1bd", "1.5bd", "3 bd", "3d", "3BD", "3bd4h", "4h3bd", "-4h", "99999999999bd", "four"} {
		l := Length{Days: 7}
		err := l.UnmarshalText([]byte(text))
		require.Equal(t, "catalog.length", AsError(err).Code, text)
		require.ErrorContains(t, err, "write time like 90s, 4h or 36h30m, or business days like 3bd")
		require.Equal(t, Length{Days: 7}, l)
	}
}

func TestALengthIsReadBack(t *testing.T) {
	type target struct {
		Within Length `json:"within,omitzero"`
	}
	for text, want := range map[string]string{`{"within":"4h"}`: `{"within":"4h0m0s"}`, `{"within":"3bd"}`: `{"within":"3bd"}`, `{}`: `{}`} {
		var v target
		require.NoError(t, json.Unmarshal([]byte(text), &v))
		out, err := json.Marshal(v)
		require.NoError(t, err)
		require.JSONEq(t, want, string(out))
	}
	_, err := json.Marshal(target{Length{Time: time.Hour, Days: 1}})
	require.Equal(t, "catalog.length", AsError(err).Code)
	rapid.Check(t, func(t *rapid.T) {
		l := Length{Time: time.Duration(rapid.Int64Min(0).Draw(t, "time"))}
		if rapid.Bool().Draw(t, "in days") {
			l = Length{Days: int(rapid.Int32Min(0).Draw(t, "days"))}
		}
		text, err := l.MarshalText()
		require.NoError(t, err)
		require.Equal(t, l.String(), string(text))
		var again Length
		require.NoError(t, again.UnmarshalText(text))
		require.Equal(t, l, again)
	})
}

func TestLengthsThatNothingMayTake(t *testing.T) {
	for _, l := range []Length{{Time: time.Second}, {Time: MaxLength}, {Days: 1}, {Days: MaxLengthDays}} {
		require.Empty(t, l.Fault())
		require.False(t, l.IsZero())
	}
	for says, lengths := range map[string][]Length{
		"is needed":          {{}},
		"keep one":           {{Time: time.Hour, Days: 1}},
		"must be between 1s": {{Time: time.Second - 1}, {Time: MaxLength + 1}, {Time: -1}, {Days: MaxLengthDays + 1}, {Days: -1}},
		"2160h (90 days), or between 1bd and 90bd": {{Days: 91}},
	} {
		for _, l := range lengths {
			require.Contains(t, l.Fault(), says)
		}
	}
}

func TestALengthEndsByTheHoursItIsCountedIn(t *testing.T) {
	office := resolved(t, nineToFive("Europe/Berlin"))
	friday := time.Date(2026, 3, 27, 15, 0, 0, 0, time.UTC) // 16:00; the clock goes forward on Sunday
	for text, want := range map[string]time.Time{
		"2h":  time.Date(2026, 3, 30, 8, 0, 0, 0, time.UTC),
		"1bd": time.Date(2026, 3, 30, 14, 0, 0, 0, time.UTC),
		"0s":  friday,
	} {
		var l Length
		require.NoError(t, l.UnmarshalText([]byte(text)))
		end, err := l.From(friday, office)
		require.NoError(t, err)
		require.Equal(t, want, end, text)
	}
	end, err := Length{Days: 3}.From(friday, AroundTheClock)
	require.NoError(t, err)
	require.Equal(t, friday.Add(72*time.Hour), end)
	_, err = Length{Days: -1}.From(friday, office)
	require.Equal(t, "calendar.negative", AsError(err).Code)
}
