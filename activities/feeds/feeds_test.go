package feeds_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities/feeds"
	"github.com/steward-itsm/steward/itsm"
)

// world is a feed on a real server, a catalog that names it, and a clock.
type world struct {
	t       testing.TB
	feeds   *feeds.Feeds
	catalog itsm.Catalog

	mu     sync.Mutex
	now    time.Time
	answer http.HandlerFunc
	asked  []*http.Request
}

func worldIn(t testing.TB, zone string, answer http.HandlerFunc) *world {
	w := &world{t: t, now: moment(t, "2026-03-01T12:00:00Z"), answer: answer}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		w.mu.Lock()
		w.asked = append(w.asked, in)
		now := w.answer
		w.mu.Unlock()
		now(out, in)
	}))
	t.Cleanup(server.Close)
	w.feeds = feeds.New(feeds.Options{AllowLoopback: true, Now: func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.now
	}})
	person := func(id itsm.PersonID, name string) itsm.Person {
		return itsm.Person{ID: id, Name: name, Email: string(id) + "@example.com", Zone: zone}
	}
	w.catalog = itsm.Catalog{
		People: []itsm.Person{
			person("ana", "Ana Ferreira"), person("bob", "Bob Okafor"), person("eve", "Eve Lindqvist"),
			person("sam", "Sam Smith"), person("sammy", "Sam Smith"),
		},
		Rotations: []itsm.Rotation{{ID: "payments", Name: "Payments", Zone: zone, Feed: server.URL + "/secret/on-call.ics"}},
	}
	return w
}

// fixture serves a calendar of testdata.
func fixture(t testing.TB, name string) http.HandlerFunc {
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return says(string(text))
}

func says(text string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/calendar; charset=utf-8")
		_, _ = out.Write([]byte(text))
	}
}

func fails(status int) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) { http.Error(out, "no", status) }
}

func moment(t testing.TB, text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}

func (w *world) becomes(answer http.HandlerFunc, after time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(after)
	if answer != nil {
		w.answer = answer
	}
}

func (w *world) onCall(at string) feeds.Answer {
	w.t.Helper()
	a, err := w.feeds.OnCall(w.t.Context(), w.catalog, "payments", moment(w.t, at))
	require.NoError(w.t, err)
	return a
}

// who is those on call, in a word.
func who(a feeds.Answer) string {
	var words []string
	for _, id := range a.People {
		words = append(words, string(id))
	}
	return strings.Join(words, " ")
}

// row asks at an instant who is on call, and for a word of the problem.
type row struct{ at, who, problem string }

func (w *world) rows(t *testing.T, rows []row) {
	for _, r := range rows {
		t.Run(r.at, func(t *testing.T) {
			a := w.onCall(r.at)
			require.Equal(t, r.who, who(a), a.Problem)
			if r.problem == "" {
				require.Empty(t, a.Problem)
			}
			require.Contains(t, a.Problem, r.problem)
		})
	}
}

func TestAWeeklyFeedWithExceptions(t *testing.T) {
	worldIn(t, "America/New_York", fixture(t, "weekly.ics")).rows(t, []row{
		{"2026-03-02T08:59:59+01:00", "", ""},
		{"2026-03-02T09:00:00+01:00", "ana", ""},
		{"2026-03-09T08:59:59+01:00", "ana", ""},
		{"2026-03-09T09:00:00+01:00", "bob", ""},
		{"2026-03-23T09:00:00+01:00", "", ""}, // Bob's is Eve's instead, and begins at noon
		{"2026-03-23T12:00:00+01:00", "eve", ""},
		{"2026-03-30T08:59:59+02:00", "eve", ""},
		{"2026-03-30T09:00:00+02:00", "ana", ""}, // at nine in summer, too
		{"2026-04-06T08:59:59+02:00", "ana", ""},
		{"2026-04-06T09:00:00+02:00", "", ""}, // cancelled, by its instant
		{"2026-04-13T09:00:00+02:00", "ana", ""},
		{"2026-05-11T09:00:00+02:00", "", ""}, // Ana's exception
		{"2026-06-15T09:00:00+02:00", "bob", ""},
		{"2026-07-01T09:00:00+02:00", "", ""}, // Bob's last is until 22 June
		{"2026-07-06T09:00:00+02:00", "ana", ""},
		{"2026-10-25T12:00:00+01:00", "", ""},
		{"2026-10-26T09:00:00+01:00", "ana", ""},
		{"2026-10-26T08:59:59+01:00", "", ""},
		{"2028-03-01T12:00:00Z", "", "The feed is read for 2025-03-01 to 2028-03-01 only."},
		{"2025-02-28T12:00:00Z", "", "only."},
	})
}

func TestZonesThatOnlyTheFeedDefines(t *testing.T) {
	const lost = `Events that were left out: 1. The event "eve" of 2026-06-20 is in the zone "Nowhere", which neither the IANA nor the calendar knows.`
	worldIn(t, "UTC", fixture(t, "own-zone.ics")).rows(t, []row{
		{"2026-03-27T17:00:00Z", "ana", lost}, // 18:00 in winter
		{"2026-03-28T04:59:59Z", "ana", lost},
		{"2026-03-28T05:00:00Z", "", lost},
		{"2026-03-28T17:00:00Z", "ana", lost},
		{"2026-03-29T03:59:59Z", "ana", lost}, // to six in summer: an hour less
		{"2026-03-29T04:00:00Z", "", lost},
		{"2026-03-29T16:00:00Z", "ana", lost},
		{"2026-10-24T16:00:00Z", "ana", lost},
		{"2026-10-25T04:59:59Z", "ana", lost}, // and an hour more
		{"2026-10-25T05:00:00Z", "", lost},
		{"2026-06-14T15:30:00Z", "bob", lost}, // the ship is at -03:30
		{"2026-06-16T11:59:59Z", "bob", lost}, // and at UTC from the day between on
		{"2026-06-16T12:00:00Z", "", lost},
	})
}

func TestWholeDaysAndTimesWithoutAZoneAreTheRotations(t *testing.T) {
	rows := []row{
		{"2026-03-27T23:00:00Z", "ana", ""},
		{"2026-03-29T21:59:59Z", "ana", ""}, // the day is an hour shorter
		{"2026-03-29T22:00:00Z", "bob", ""},
		{"2026-03-31T21:59:59Z", "bob", ""},
		{"2026-03-31T22:00:00Z", "", ""},
		{"2026-04-01T06:00:00Z", "eve", ""},
		{"2026-04-01T22:00:00Z", "eve bob", ""},
		{"2026-04-02T07:59:59Z", "eve bob", ""},
		{"2026-04-02T08:00:00Z", "bob", ""},
		{"2026-04-03T21:59:59Z", "bob", ""},
		{"2026-04-03T22:00:00Z", "", ""},
	}
	worldIn(t, "Europe/Berlin", fixture(t, "whole-days.ics")).rows(t, rows)
	worldIn(t, "Asia/Tokyo", fixture(t, "whole-days.ics")).rows(t, []row{
		{"2026-03-27T14:59:59Z", "", ""},
		{"2026-03-27T15:00:00Z", "ana", ""},
		{"2026-03-29T15:00:00Z", "bob", ""},
		{"2026-03-31T23:00:00Z", "eve", ""},
	})
}

func TestWhomAnEventMeans(t *testing.T) {
	worldIn(t, "UTC", fixture(t, "titles.ics")).rows(t, []row{
		{"2026-03-01T12:00:00Z", "ana", ""},
		{"2026-03-02T12:00:00Z", "bob", ""},
		{"2026-03-03T12:00:00Z", "eve", ""},
		{"2026-03-04T12:00:00Z", "", `The event "Sam Smith" of 2026-03-04 names more than one person of the catalog`},
		{"2026-03-05T12:00:00Z", "", `The event "Somebody, somewhere" of 2026-03-05 names nobody of the catalog; invite the person by their mail address`},
		{"2026-03-06T12:00:00Z", "", `Whoever the event "ana" of 2026-03-06 asks has declined.`},
		{"2026-03-07T12:00:00Z", "ana", ""},
		{"2026-03-08T12:00:00Z", "eve bob", ""},
		{"2026-03-09T12:00:00Z", "", ""},
		{"2026-03-10T12:00:00Z", "eve", ""},
		{"2026-03-11T12:00:00Z", "ana bob", ""},
		{"2026-03-12T00:00:00Z", "", ""},
	})
}

// An event that is not understood is left out and told; the others stand.
func TestEventsThatAreNotUnderstood(t *testing.T) {
	const good = "BEGIN:VEVENT\nUID:0\nSUMMARY:ana\nDTSTART:20260301T000000Z\nDTEND:20260302T000000Z\nEND:VEVENT\n"
	rows := []struct{ name, lines, says string }{
		{"no start", "SUMMARY:bob", `The event "bob" has no start.`},
		{"no such date", "DTSTART;VALUE=DATE:20260231", `has the date "20260231", which is none.`},
		{"no such time", "DTSTART:20260301T250000Z", `has the time "20260301T250000", which is none.`},
		{"a time of a kind", "DTSTART;VALUE=PERIOD:20260301T000000Z/PT1H", `has a time of the kind "PERIOD", which is not understood.`},
		{"an end before the start", "DTSTART:20260301T000000Z\nDTEND:20260228T000000Z", "ends before it begins."},
		{"a date and a time", "DTSTART:20260301T000000Z\nDTEND;VALUE=DATE:20260302", "begins and ends by different kinds of time."},
		{"an odd length", "DTSTART:20260301T000000Z\nDURATION:PT", `takes "PT", which is no length of time.`},
		{"a backward length", "DTSTART:20260301T000000Z\nDURATION:-PT1H", "which is no length of time."},
		{"an unknown rule", "DTSTART:20260301T000000Z\nRRULE:FREQ=FORTNIGHTLY", `has a rule that cannot be read: "FREQ=FORTNIGHTLY".`},
		{"every second", "DTSTART:20260301T000000Z\nRRULE:FREQ=SECONDLY", "has a rule that is not understood"},
		{"an hour that never comes", "DTSTART:20260301T000000Z\nRRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=1", "has a rule that is not understood"},
		{"all seconds of a day", "DTSTART:20260301T000000Z\nRRULE:FREQ=YEARLY;BYHOUR=1,2,3,4,5;BYSECOND=1,2,3,4,5", "has a rule that is not understood"},
		{"a 53rd Monday of a month", "DTSTART:20260301T000000Z\nRRULE:FREQ=MONTHLY;BYDAY=53MO", "has a rule that comes to nothing."},
		{"a rule out of bounds", "DTSTART:20260301T000000Z\nRRULE:FREQ=MONTHLY;BYMONTHDAY=32", "has a rule that comes to nothing."},
		{"a million times", "DTSTART:20260301T000000Z\nRRULE:FREQ=DAILY;COUNT=1000000", "repeats too often or too rarely"},
		{"a long rule", "DTSTART:20260301T000000Z\nRRULE:FREQ=YEARLY;BYYEARDAY=" + strings.Repeat("1,", 400) + "1", "has too long a rule."},
		{"two rules", "DTSTART:20260301T000000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "has more rules than one."},
		{"an old rule", "DTSTART:19600301T000000Z\nRRULE:FREQ=DAILY", "repeats since before 1970."},
		{"two years, every year", "DTSTART:20260301T000000Z\nDTEND:20280301T000000Z\nRRULE:FREQ=YEARLY", "is repeated and takes more than a year."},
		{"this and all that follow", "DTSTART:20260301T000000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260301T000000Z", "changes all that follow it (RANGE), which is not understood."},
		{"a bad exception", "DTSTART:20260301T000000Z\nRRULE:FREQ=DAILY\nEXDATE:yesterday", `has the time "yesterday", which is none.`},
		{"a bad date more", "DTSTART:20260301T000000Z\nRDATE;VALUE=PERIOD:20260301T000000Z/PT1H", "which is not understood."},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			text := "BEGIN:VCALENDAR\nVERSION:2.0\n" + good + "BEGIN:VEVENT\nUID:1\n" + r.lines + "\nEND:VEVENT\nEND:VCALENDAR\n"
			a := worldIn(t, "UTC", says(text)).onCall("2026-03-01T12:00:00Z")
			require.Equal(t, "ana", who(a))
			require.False(t, a.Stale)
			require.Contains(t, a.Problem, "Events that were left out: 1. ")
			require.Contains(t, a.Problem, r.says)
		})
	}
}

// Nobody is told for ever of an event that was odd years ago and is over.
func TestOddEventsOfThePast(t *testing.T) {
	odd := func(start, more string) string {
		return "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:bob\nDTSTART;TZID=Nowhere:" + start + "\n" + more + "END:VEVENT\nEND:VCALENDAR\n"
	}
	require.Empty(t, worldIn(t, "UTC", says(odd("20240201T090000", ""))).onCall("2026-03-01T12:00:00Z").Problem)
	require.Contains(t, worldIn(t, "UTC", says(odd("20240301T090000", ""))).onCall("2026-03-01T12:00:00Z").Problem, "left out: 1")
	require.Contains(t, worldIn(t, "UTC", says(odd("20240201T090000", "RRULE:FREQ=WEEKLY\n"))).onCall("2026-03-01T12:00:00Z").Problem, "left out: 1")
}

// What is no calendar as a whole says nothing at all: not even the half that was read.
func TestTextsThatAreNoCalendar(t *testing.T) {
	whole := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:0\nSUMMARY:ana\nDTSTART:20260301T000000Z\nDTEND:20260302T000000Z\nEND:VEVENT\nEND:VCALENDAR\n"
	for name, text := range map[string]string{
		"a web page":             "<!doctype html><title>Sign in</title>",
		"nothing":                "",
		"cut between two events": strings.TrimSuffix(whole, "END:VCALENDAR\n"),
		"cut within an event":    whole[:60],
		"two calendars":          whole + whole,
		"a deep one":             strings.Repeat("BEGIN:VEVENT\n", 50_000) + strings.Repeat("END:VEVENT\n", 50_000),
		"a property of nothing":  strings.Replace(whole, "UID:0", "UID", 1),
		"an end of another":      strings.Replace(whole, "END:VEVENT", "END:VTODO", 1),
	} {
		t.Run(name, func(t *testing.T) {
			a := worldIn(t, "UTC", says(text)).onCall("2026-03-01T12:00:00Z")
			require.Empty(t, a.People)
			require.True(t, a.Stale)
			require.True(t, a.FetchedAt.IsZero())
			require.Regexp(t, `^The feed of 127\.0\.0\.1:\d+ is not a (whole calendar|calendar as RFC 5545 has it)\.$`, a.Problem)
		})
	}
	require.Equal(t, "ana", who(worldIn(t, "UTC", says("\ufeff"+strings.ReplaceAll(whole, "\n", "\r\n")+"\r\n")).onCall("2026-03-01T12:00:00Z")))
}
