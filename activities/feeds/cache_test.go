package feeds_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities/feeds"
	"github.com/steward-itsm/steward/itsm"
)

// march is a calendar with somebody on call for all of March 2026.
func march(person string) string {
	return "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:" + person + "\nDTSTART:20260301T000000Z\nDTEND:20260401T000000Z\nEND:VEVENT\nEND:VCALENDAR\n"
}

const noon = "2026-03-02T12:00:00Z"

func TestAFeedIsKeptForFiveMinutes(t *testing.T) {
	w := worldIn(t, "UTC", says(march("ana")))
	require.Equal(t, feeds.Answer{People: []itsm.PersonID{"ana"}, FetchedAt: w.now}, w.onCall(noon))
	w.becomes(says(march("bob")), 5*time.Minute-1)
	require.Equal(t, "ana", who(w.onCall(noon)))
	require.Len(t, w.asked, 1)
	w.becomes(nil, 1)
	require.Equal(t, feeds.Answer{People: []itsm.PersonID{"bob"}, FetchedAt: w.now}, w.onCall(noon))
	require.Len(t, w.asked, 2)
	require.Equal(t, "text/calendar, */*;q=0.1", w.asked[1].Header.Get("Accept"))
}

// The last good reading outlives whatever comes after it, and says how old it is.
func TestABrokenFeedAfterAGoodOne(t *testing.T) {
	w := worldIn(t, "UTC", says(march("ana")))
	w.onCall(noon)
	good := w.now
	host, err := url.Parse(w.catalog.Rotations[0].Feed)
	require.NoError(t, err)
	for _, broken := range []struct {
		answer http.HandlerFunc
		says   string
	}{
		{fails(http.StatusNotFound), "answers 404 instead of a calendar."},
		{fails(http.StatusInternalServerError), "answers 500 instead of a calendar."},
		{says("<html>"), "is not a whole calendar."},
		{says(strings.TrimSuffix(march("bob"), "END:VCALENDAR\n")), "is not a whole calendar."},
		{says(march(strings.Repeat("bob", 1<<20))), "has more than 2 MiB; let it say less of the past."},
		{func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "cannot be read: EOF."},
		{func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusNotModified) }, "answers 304 instead of a calendar."},
	} {
		w.becomes(broken.answer, 5*time.Minute)
		require.Equal(t, feeds.Answer{
			People: []itsm.PersonID{"ana"}, FetchedAt: good, Stale: true, Problem: "The feed of " + host.Host + " " + broken.says,
		}, w.onCall(noon))
	}
	asked := len(w.asked)
	w.becomes(says(march("bob")), time.Minute-1)
	require.Equal(t, "ana", who(w.onCall(noon)))
	require.Len(t, w.asked, asked, "it is left alone for a minute")
	w.becomes(nil, 1)
	require.Equal(t, feeds.Answer{People: []itsm.PersonID{"bob"}, FetchedAt: w.now}, w.onCall(noon))
}

func TestAFeedThatIsUnchangedIsNotReadAgain(t *testing.T) {
	read := 0
	w := worldIn(t, "UTC", func(out http.ResponseWriter, in *http.Request) {
		out.Header().Set("ETag", `"one"`)
		if in.Header.Get("If-None-Match") == `"one"` {
			out.WriteHeader(http.StatusNotModified)
			return
		}
		read++
		says(march("ana"))(out, in)
	})
	for range 3 {
		require.Equal(t, feeds.Answer{People: []itsm.PersonID{"ana"}, FetchedAt: w.now}, w.onCall(noon))
		w.becomes(nil, time.Hour)
	}
	require.Equal(t, 1, read)
	w.becomes(nil, 7*24*time.Hour)
	require.Equal(t, "ana", who(w.onCall(noon)))
	require.Equal(t, 2, read, "what it says of years ahead is read anew every week")
}

func TestRedirectsStayAtTheHost(t *testing.T) {
	elsewhere := httptest.NewServer(says(march("bob")))
	t.Cleanup(elsewhere.Close)
	to := func(address string) http.HandlerFunc {
		return func(out http.ResponseWriter, in *http.Request) {
			if in.URL.Path == "/moved.ics" {
				says(march("ana"))(out, in)
				return
			}
			http.Redirect(out, in, address, http.StatusFound)
		}
	}
	require.Equal(t, "ana", who(worldIn(t, "UTC", to("/moved.ics")).onCall(noon)))
	const away = "leads to another host, which is not followed; write that address into the catalog."
	for address, says := range map[string]string{
		elsewhere.URL: away,
		strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1): away,

		"http://169.254.169.254/latest/meta-data/": away,
		"https://127.0.0.1/":                       away,
		"file:///etc/passwd":                       away,
		"/round/and/round":                         "leads from one address to the next without end.",
	} {
		a := worldIn(t, "UTC", to(address)).onCall(noon)
		require.Empty(t, a.People)
		require.Contains(t, a.Problem, says)
		require.NotContains(t, a.Problem, "secret", "the path may be all that keeps a feed from strangers")
	}
}

// Without leave, this machine and its neighbours are not asked, whatever they are
// called.
func TestWhatIsNotPublicIsNotAsked(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "[fd00::1]"} {
		w := worldIn(t, "UTC", nil)
		w.feeds = feeds.New(feeds.Options{})
		w.catalog.Rotations[0].Feed = "https://" + host + port + "/on-call.ics"
		a := w.onCall(noon)
		require.Empty(t, a.People)
		require.Equal(t, "The feed of "+host+port+" is at an address that is not public, which is not asked.", a.Problem)
	}
	require.False(t, asked)

	w := worldIn(t, "UTC", says(march("ana")))
	w.feeds = feeds.New(feeds.Options{})
	require.Contains(t, w.onCall(noon).Problem, "has no address that begins with https://.")
	require.Empty(t, w.asked)
}

// Many who ask at once cause one request, and who gives up takes nothing from others.
func TestAFeedIsAskedOnceForMany(t *testing.T) {
	arrived, release := make(chan struct{}, 1), make(chan struct{})
	w := worldIn(t, "UTC", func(out http.ResponseWriter, in *http.Request) {
		arrived <- struct{}{}
		<-release
		says(march("ana"))(out, in)
	})
	impatient, give := context.WithCancel(t.Context())
	gone, at := make(chan error, 1), moment(t, noon)
	go func() {
		_, err := w.feeds.OnCall(impatient, w.catalog, "payments", at)
		gone <- err
	}()
	<-arrived
	var all sync.WaitGroup
	answers := make([]feeds.Answer, 20)
	for i := range answers {
		all.Go(func() { answers[i], _ = w.feeds.OnCall(context.Background(), w.catalog, "payments", at) })
	}
	give()
	require.ErrorIs(t, <-gone, context.Canceled)
	close(release)
	all.Wait()
	for _, a := range answers {
		require.Equal(t, "ana", who(a))
	}
	require.Len(t, w.asked, 1)
}

func TestOnCallJoinsTurnsAndFeeds(t *testing.T) {
	w := worldIn(t, "Europe/Berlin", says(march("ana")))
	at := func(text string) (at itsm.WallTime) {
		require.NoError(t, at.UnmarshalText([]byte(text)))
		return at
	}
	w.catalog.Rotations[0].Overrides = []itsm.DutyOverride{{Person: "eve", From: at("2026-03-03T09:00"), To: at("2026-03-04T09:00")}}
	w.catalog.Rotations = append(w.catalog.Rotations, itsm.Rotation{
		ID: "web", Name: "Web", Zone: "Europe/Berlin", Every: itsm.Weekly, Day: "mon", HandOver: "09:00",
		Start: itsm.NewDate(2026, time.March, 2), Members: []itsm.PersonID{"bob", "sam"},
	}, itsm.Rotation{ID: "lost", Name: "Lost", Zone: "Europe/Atlantis"}, itsm.Rotation{ID: "odd", Name: "Odd", Zone: "Local"})
	for _, row := range []struct {
		rotation itsm.RotationID
		at, who  string
	}{
		{"payments", "2026-03-03T08:59:59+01:00", "ana"},
		{"payments", "2026-03-03T09:00:00+01:00", "eve"},
		{"payments", "2026-03-04T09:00:00+01:00", "ana"},
		{"web", "2026-03-02T08:59:59+01:00", ""},
		{"web", "2026-03-02T09:00:00+01:00", "bob"},
		{"web", "2026-03-30T09:00:00+02:00", "bob"},
		{"web", "2026-03-30T08:59:59+02:00", "sam"},
	} {
		a, err := w.feeds.OnCall(t.Context(), w.catalog, row.rotation, moment(t, row.at))
		require.NoError(t, err)
		require.Equal(t, row.who, who(a), row.at)
		require.Empty(t, a.Problem)
		require.False(t, a.Stale)
		require.Equal(t, row.rotation == "web" || row.who == "eve", a.FetchedAt.IsZero())
	}
	for rotation, code := range map[itsm.RotationID]string{"nothing": "rotation.unknown", "lost": "rotation.zone", "odd": "rotation.faulty"} {
		_, err := w.feeds.OnCall(t.Context(), w.catalog, rotation, moment(t, noon))
		require.Equal(t, code, itsm.AsError(err).Code)
	}
}
