package db_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// knows has a known error published, as its words are, a minute after the one before.
func (b book) knows(t *testing.T, n itsm.Number, title, symptoms, workaround string, services ...itsm.ServiceID) *problemStory {
	t.Helper()
	p, e := suspected(n)
	p.RaisedAt = noon.Add(time.Duration(n.Ordinal()) * time.Minute)
	s := &problemStory{Problem: p, at: p.RaisedAt}
	s.log(t)
	s.accept(t, "eve")
	s.find(t)
	s.write(t, title, symptoms, workaround, services...)
	s.publish(t)
	b.keep(t.Context(), t, p, e, s.steps...)
	return s
}

// goOn saves what a problem did since.
func (b book) goOn(t *testing.T, s *problemStory) {
	t.Helper()
	for _, step := range s.steps {
		require.NoError(t, b.worker.StepProblem(t.Context(), s.Number, step, from))
	}
}

func foundOf(all []itsm.KnownErrorFound, err error) ([]itsm.Number, error) {
	numbers := []itsm.Number{}
	for _, k := range all {
		numbers = append(numbers, k.Problem)
	}
	return numbers, err
}

func TestKnownErrorsAreFoundByTheirWords(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.knows(t, "PRB-1", "Checkout is slow", "Printers stop hanging only after noon", "Restart the spooler")
	b.knows(t, "PRB-2", "Printers hang", "Nothing is printed", "Switch the printer off and on")
	s := b.knows(t, "PRB-3", "Login fails", "The LDAP pool is exhausted, HTTP 503", "Wait; then kill the printers' queue")
	draft, e := suspected("PRB-4") // its words are nobody's yet
	d := &problemStory{Problem: draft, at: noon}
	d.log(t)
	d.accept(t, "eve")
	d.write(t, "Printers", "Printers", "Printers")
	b.keep(ctx, t, draft, e, d.steps...)
	find := func(words string) []itsm.Number {
		got, err := foundOf(b.desk.KnownErrors(ctx, db.KnownErrorQuery{Words: words, Reader: reader("zoe")}))
		require.NoError(t, err, "%q", words)
		return got
	}
	require.Equal(t, []itsm.Number{"PRB-2", "PRB-1", "PRB-3"}, find("printer"), "the title says more than symptoms, those more than what helps")
	require.Equal(t, []itsm.Number{"PRB-2", "PRB-1"}, find("hung or hanging"))
	require.Equal(t, []itsm.Number{"PRB-3"}, find("503"))
	require.Equal(t, []itsm.Number{"PRB-2"}, find(`"switch the printer"`))
	require.Equal(t, []itsm.Number{"PRB-2"}, find("printers -spooler -login"))
	require.Len(t, find("leaks"), 3, "their root cause")
	require.Equal(t, []itsm.Number{"PRB-3", "PRB-2", "PRB-1"}, find("  "), "the newest")
	require.Empty(t, find("the"))
	require.Empty(t, find("nobody's"))
	got, err := foundOf(b.desk.KnownErrors(ctx, db.KnownErrorQuery{Reader: reader("zoe"), Limit: 1}))
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{"PRB-3"}, got)

	s.write(t, "Sign-in fails", "None", "Wait")
	b.goOn(t, s)
	require.Equal(t, []itsm.Number{"PRB-3"}, find("login"), "what is published is shown until something else is")
	s.publish(t)
	b.goOn(t, s)
	require.Empty(t, find("login"))
	require.Equal(t, []itsm.Number{"PRB-3"}, find("sign-in"))
	s.step(t, "mia", func(at time.Time) itsm.Event { return s.Cancel(mia, itsm.Cancellation{Note: "None."}, at) })
	b.goOn(t, s)
	require.Empty(t, find("sign-in"), "it is retired")
}

// hostile are words that somebody may well look for.
var hostile = []string{
	"' OR 1=1 --", "'; DROP TABLE problems; --", `\`, `\'`, `a\ b`, "&", "|", "!", "(", ")", "<->", "a <-> b", "'a' & 'b'", ":*", "a:*", "a:A",
	`"`, `"a`, "-", "--", "or", "or or", "and", "%", "_", "\x00", "a\x00b", "\xff\xfe", "\u202e", "日本語", "\t\n", "$1", "@words", "/a?b=1&c='2'",
	"https://example.org/a?x=1&y='z'|(w)", "<b>bold</b>", "foo-bar-baz's", strings.Repeat("x", 5000), strings.Repeat("a b ", 1000), strings.Repeat("(", 500),
}

func TestNoWordsThatSomebodyLooksForAreAnError(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.knows(t, "PRB-1", `A \ 'quoted' & <piped> | title`, "See https://example.org/a?x=1&y='z'|(w) or C:\\temp", "Wait")
	for _, words := range hostile {
		_, err := b.desk.KnownErrors(ctx, db.KnownErrorQuery{Words: words, Reader: reader("zoe")})
		require.NoError(t, err, "%q", words)
		i := itsm.Incident{IncidentText: itsm.IncidentText{Title: words, Symptom: words, Description: words, Service: itsm.ServiceID(words)}}
		_, err = b.desk.KnownErrorsFor(ctx, i, reader("zoe"))
		require.NoError(t, err, "%q", words)
	}
	i := itsm.Incident{IncidentText: itsm.IncidentText{Title: "https://example.org/a?x=1&y='z'|(w)"}}
	got, err := foundOf(b.desk.KnownErrorsFor(ctx, i, reader("zoe")))
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{"PRB-1"}, got, "what is quoted is found as it is written")
	require.Equal(t, 1, count(t, conn(t, b.url), "SELECT count(*) FROM problems"))
}

func TestAnIncidentIsShownTheKnownErrorsThatItMayBeOf(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.knows(t, "PRB-1", "Printers hang", "Nothing is printed", "Restart", "print")
	b.knows(t, "PRB-2", "Payment hangs", "Customers cannot pay; the printer hangs", "Restart", "shop", "bank")
	b.knows(t, "PRB-3", "Payment is slow", "Slow", "Restart", "bank")
	b.knows(t, "PRB-4", "Mail is lost", "Lost mail", "Send it again", "shop")
	i := itsm.Incident{Number: "INC-1", IncidentText: itsm.IncidentText{
		Title: "The printers hung", Symptom: "printing", Description: "I could not pay either.", Service: "shop",
	}}
	fit := func() []itsm.Number {
		got, err := foundOf(b.desk.KnownErrorsFor(ctx, i, reader("zoe")))
		require.NoError(t, err)
		return got
	}
	require.Equal(t, []itsm.Number{"PRB-2", "PRB-1"}, fit(), "that of its service first; any word will do, and stop words do not")
	i.Service = "print"
	require.Equal(t, []itsm.Number{"PRB-1", "PRB-2"}, fit())
	i.Description = "Payment was slow, and mail was lost."
	require.Len(t, fit(), 3, "at most")
	require.Equal(t, itsm.Number("PRB-1"), fit()[0])
	b.linked(t, "INC-1", itsm.RelateRequest{Kind: itsm.Applies, To: "PRB-1"})
	require.NotContains(t, fit(), itsm.Number("PRB-1"), "it applies that already")
	i.Title, i.Symptom, i.Description = "The", "", ""
	require.Empty(t, fit())
}

func TestTheUseOfAKnownErrorIsCounted(t *testing.T) {
	b, ctx := open(t), t.Context()
	s := b.knows(t, "PRB-1", "Printers hang", "Nothing is printed", "Restart")
	use, err := b.desk.KnownErrorUse(ctx, "PRB-1")
	require.NoError(t, err)
	require.Equal(t, itsm.KnownErrorUse{}, use)
	for _, n := range []itsm.Number{"INC-3", "INC-12", "INC-5"} {
		b.linked(t, n, itsm.RelateRequest{Kind: itsm.Applies, To: "PRB-1"})
	}
	b.linked(t, "INC-20", itsm.RelateRequest{Kind: itsm.Related, To: "PRB-1"})
	b.linked(t, "INC-30", itsm.RelateRequest{Kind: itsm.Applies, To: "PRB-2"}, itsm.RelateRequest{Kind: itsm.Applies, To: "PRB-1"})
	use, err = b.desk.KnownErrorUse(ctx, "PRB-1")
	require.NoError(t, err)
	require.Equal(t, itsm.KnownErrorUse{Count: 4, Last: "INC-30"}, use)
	b.linked(t, "INC-400", itsm.RelateRequest{Kind: itsm.Applies, To: "PRB-2"})
	other, _ := suspected("PRB-2")
	other.MergedInto = "PRB-1"
	s.step(t, itsm.System, func(at time.Time) itsm.Event { e, _ := s.Absorb(&other, at); return e })
	b.goOn(t, s)
	use, err = b.desk.KnownErrorUse(ctx, "PRB-1")
	require.NoError(t, err)
	require.Equal(t, itsm.KnownErrorUse{Count: 5, Last: "INC-400"}, use)
	found, err := b.desk.KnownErrors(ctx, db.KnownErrorQuery{Words: "printers", Reader: reader("zoe")})
	require.NoError(t, err)
	require.Equal(t, []itsm.KnownErrorFound{{KnownError: *s.Published, Problem: "PRB-1", Use: use}}, found)
}
