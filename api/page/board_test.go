package page

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/steward-itsm/steward/itsm"
)

func titled(title string, impact, urgency itsm.Degree) func(*itsm.IncidentDraft) {
	return func(d *itsm.IncidentDraft) { d.Title, d.Impact, d.Urgency = title, impact, urgency }
}

// rows are the numbers in a group of a board, in their order.
func (p shown) rows(group string) (all []string) {
	p.each("section", func(s *html.Node) {
		for n := range s.Descendants() {
			if attr(s, "id") == group && attr(n, "class") == "id" {
				all = append(all, textOf(n))
			}
		}
	})
	return all
}

func TestTheBoardShowsWhatIsMostPressingFirst(t *testing.T) {
	h := build(t)
	h.report("INC-1", titled("A printer", itsm.LowDegree, itsm.LowDegree))
	h.report("INC-2", titled("Slow", itsm.HighDegree, itsm.MediumDegree))
	h.pass(time.Minute)
	h.report("INC-3", titled("Slower", itsm.HighDegree, itsm.MediumDegree))
	h.report("INC-4", titled("Down", itsm.HighDegree, itsm.HighDegree))
	h.report("INC-5", titled("Up again", itsm.HighDegree, itsm.HighDegree))
	h.report("INC-6", titled("No mail", itsm.HighDegree, itsm.LowDegree), func(d *itsm.IncidentDraft) { d.Service = "mail" })
	bob, eve := h.as("bob"), h.as("eve")
	bob.work("INC-5", "resolve", "code", "recovered", "note", "By itself.")
	bob.work("INC-6", "assign", "assignee", "eve")
	h.pass(22 * time.Minute)
	eve.work("INC-3", "acknowledge")

	p := bob.get("/incidents")
	require.Equal(t, http.StatusOK, p.status)
	require.Equal(t, []string{"INC-4", "INC-2", "INC-1"}, p.rows("new"))
	require.Equal(t, []string{"INC-6"}, p.rows("assigned"))
	require.Equal(t, []string{"INC-3"}, p.rows("in_progress"))
	require.Empty(t, p.rows("on_hold"))
	require.Equal(t, []string{"INC-5"}, p.rows("resolved"))
	for _, want := range []string{
		"P1 INC-4 Down Payments nobody, of money response missed 7 min ago", "P2 INC-2 Slow Payments nobody, of money response in only 7 min",
		"P5 INC-1 A printer Payments nobody, of money no target", "P3 INC-6 No mail Mail Eve Lindqvist resolution in 23 h",
		"INC-5 Up again Payments Bob Okafor closes in 4 days", "P2 INC-3 Slower Payments Eve Lindqvist resolution in 7 h",
	} {
		require.Contains(t, p.text(), want)
	}
	require.Contains(t, p.body, `class="clock late" datetime="2031-03-03T12:16:00Z" data-what="response" data-soon="2031-03-03T12:01:00Z" data-over="missed"`)
	require.Contains(t, p.body, "As you opened it</span>, <span id=\"as-of\">at 13:23:00</span>", "what is true without the script")
}

func TestTheBoardBeginsWithWhatWaitsForItsReader(t *testing.T) {
	h := build(t)
	h.report("INC-1")
	h.report("INC-2", func(d *itsm.IncidentDraft) { d.Service = "mail" })
	h.as("eve").work("INC-2", "acknowledge")
	h.as("eve").work("INC-2", "hold", "reason", "awaiting_caller", "note", "Which one?")
	require.Equal(t, []string{"INC-2"}, h.as("ana").get("/incidents").rows("waiting"))
	require.Equal(t, []string{"INC-1"}, h.as("bob").get("/incidents?service=mail").rows("waiting"), "whatever the rest is narrowed to")
	require.Contains(t, h.as("zoe").get("/incidents").text(), "Waits for you 0 Nothing. Have a good day.")
	require.Contains(t, h.as("ana").get("/incidents").text(), "stands still")
}

func TestTheBoardIsNarrowedByItsAddress(t *testing.T) {
	h := build(t)
	h.report("INC-1")
	h.report("INC-2", func(d *itsm.IncidentDraft) { d.Service = "mail" })
	h.report("INC-3", func(d *itsm.IncidentDraft) { d.Service = "mail" })
	bob := h.as("bob")
	bob.work("INC-3", "acknowledge")
	for query, want := range map[string][]string{
		"": {"INC-1", "INC-2"}, "?service=mail": {"INC-2"}, "?team=money": {"INC-1"}, "?service=payments&team=office": nil,
		"?mine=reported": nil, "?mine=assigned": nil, "?service=" + strings.Repeat("x", 200): nil,
	} {
		require.Equal(t, want, bob.get("/incidents"+query).rows("new"), query)
	}
	p := bob.get("/incidents?service=mail&mine=assigned")
	require.Equal(t, []string{"INC-3"}, p.rows("in_progress"))
	require.Contains(t, p.body, `<option value="mail" selected>Mail</option>`)
	require.Contains(t, p.body, `<option value="assigned" selected>assigned to me</option>`)
	require.Contains(t, p.body, `data-source="/incidents/board?mine=assigned&amp;service=mail"`)
	require.Equal(t, []string{"INC-1", "INC-2"}, h.as("ana").get("/incidents?mine=reported").rows("new"))
	require.Equal(t, http.StatusOK, bob.get("/incidents/board?service=mail&mine=assigned").status)

	gone := h.browser()
	p = gone.get("/incidents?service=mail&mine=assigned")
	require.Equal(t, http.StatusUnauthorized, p.status)
	p = gone.submit(p, "/signin", "token", "stw_bob")
	require.Equal(t, []string{"INC-3"}, p.rows("in_progress"), "a sign-in leads back to the same board")
}

var tagOf = regexp.MustCompile(`data-tag="&#34;([^"]+)&#34;"`)

func TestTheInnerPartIsSentWhenItChanged(t *testing.T) {
	h := build(t)
	h.report("INC-1")
	bob := h.as("bob")
	page := bob.get("/incidents")
	tag := `"` + tagOf.FindStringSubmatch(page.body)[1] + `"`
	ask := func(with string) shown {
		bob.header["If-None-Match"] = with
		defer delete(bob.header, "If-None-Match")
		return bob.get("/incidents/board")
	}
	h.pass(2 * time.Minute)
	for _, same := range []string{tag, "W/" + tag} {
		p := ask(same)
		require.Equal(t, http.StatusNotModified, p.status, "time that goes by, the reader counts")
		require.Empty(t, p.body)
		require.Equal(t, tag, p.header.Get("ETag"))
		require.Equal(t, "2031-03-03T12:02:00Z", p.header.Get(nowHeader))
	}
	p := ask(`"another"`)
	require.Equal(t, http.StatusOK, p.status)
	require.Contains(t, p.text(), "response in 28 min")
	require.True(t, strings.HasPrefix(p.body, `<section id="waiting"`), "nothing of the frame")
	require.NotContains(t, p.body, "csrf")

	h.as("eve").work("INC-1", "acknowledge")
	p = ask(tag)
	require.Equal(t, http.StatusOK, p.status)
	require.NotEqual(t, tag, p.header.Get("ETag"))
	require.Contains(t, p.text(), "Eve Lindqvist")
	require.Equal(t, http.StatusNotModified, ask(p.header.Get("ETag")).status)

	eve := h.as("eve")
	bob.post("/signout", page.form("/signout"))
	require.Equal(t, http.StatusUnauthorized, ask(tag).status)
	h.fail = itsm.Refuse(itsm.Unavailable, "store.down", "Try again.")
	require.Equal(t, http.StatusServiceUnavailable, eve.get("/incidents").status)
	require.Equal(t, http.StatusServiceUnavailable, eve.get("/incidents/board").status)
}

func TestABoardTakesSoManyAndSaysSo(t *testing.T) {
	h := build(t)
	for n := range int64(boardPage*boardReadings + 1) {
		h.report(itsm.IncidentNumber(n+1), titled(fmt.Sprint("It ", n), itsm.LowDegree, itsm.LowDegree))
	}
	p := h.as("bob").get("/incidents")
	require.Len(t, p.rows("new"), boardRows)
	require.Equal(t, boardReadings, h.listed)
	require.Contains(t, p.text(), fmt.Sprintf("And %d more.", boardPage*boardReadings-boardRows))
	require.Contains(t, p.text(), "There are more incidents than one board takes")
}
