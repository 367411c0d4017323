package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/steward-itsm/steward/itsm"
)

// parts are the numbers that the first page lists, by heading.
func (p shown) parts() map[string][]string {
	all, under := map[string][]string{}, ""
	for n := range p.root.Descendants() {
		switch n.Data {
		case "h1", "h2":
			under = textOf(n)
			all[under] = nil
		case "a":
			if href := attr(n, "href"); under != "" && strings.Count(href, "/") == 2 {
				all[under] = append(all[under], href[strings.LastIndex(href, "/")+1:])
			}
		}
	}
	return all
}

func TestTheFirstPageIsWhatWaitsWhatIsLateAndWhatComes(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	h.report("INC-7")
	h.suspect("PRB-7")
	p := h.as("bob").get("/")
	require.Equal(t, http.StatusOK, p.status)
	parts := p.parts()
	require.Contains(t, parts["What waits for you"], "CHG-7")
	require.Contains(t, parts["What waits for you"], "INC-7")
	require.NotContains(t, parts["What waits for you"], "PRB-7", "that is for whoever manages problems")
	require.Contains(t, h.as("pia").get("/").parts()["What waits for you"], "PRB-7")
	require.Empty(t, parts["Late"])
	require.Contains(t, parts["Within a week"], "INC-7")
	require.Contains(t, p.text(), h.changes["CHG-7"].Explain().Summary, "it says why")

	h.now = h.now.Add(30 * 24 * time.Hour)
	parts = h.as("bob").get("/").parts()
	require.Contains(t, parts["Late"], "INC-7")
	require.NotContains(t, parts["Within a week"], "INC-7")
	require.Contains(t, h.as("zoe").get("/").text(), "Nothing. Have a good day.")
}

func TestWhoIsNotSignedInIsLedToTheFirstPage(t *testing.T) {
	h := build(t)
	b := h.browser()
	p := b.get("/")
	require.Equal(t, http.StatusUnauthorized, p.status)
	require.Equal(t, "/", p.form("/signin").Get("next"))
	p = b.submit(p, "/signin", "token", "stw_bob")
	require.Equal(t, "/", p.path)
	require.Contains(t, p.text(), "What waits for you")
}

func TestRecordsOfAllKindsAreFoundFromAPage(t *testing.T) {
	h := build(t)
	h.raise("CHG-7", func(c *itsm.Change) { c.Title = "Renew the certificates" })
	h.report("INC-7", func(d *itsm.IncidentDraft) { d.Title = "Certificates are refused" })
	bob := h.as("bob")
	p := bob.get("/search")
	require.Equal(t, http.StatusOK, p.status)
	require.Empty(t, p.parts()["Search"])
	p = bob.get("/search?q=certificates")
	require.ElementsMatch(t, []string{"CHG-7", "INC-7"}, p.parts()["Search"])
	require.Equal(t, "certificates", p.formBy("role", "search").Get("q"))
	p = bob.get("/search?q=certificates&kind=incident&open=true")
	require.Equal(t, []string{"INC-7"}, p.parts()["Search"])
	require.Equal(t, "incident", p.formBy("role", "search").Get("kind"))
	require.Contains(t, bob.get("/search?q=unicorn").text(), "Nothing that you can see fits these words.")
	for _, wrong := range []string{"q=x", "q=" + strings.Repeat("x", 201), "q=ab&kind=car"} {
		p = bob.get("/search?" + wrong)
		require.Equal(t, http.StatusUnprocessableEntity, p.status, wrong)
		require.Contains(t, p.text(), "search.invalid")
	}
}

func TestARecordsPageDrawsWhatItIsRelatedTo(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	h.report("INC-6")
	h.report("INC-7")
	h.suspect("PRB-7", func(d *itsm.ProblemDraft) { d.Incidents = []itsm.Number{"INC-7"} })
	drawn := func(p shown) (leads []string) {
		p.each("svg", func(svg *html.Node) {
			for n := range svg.Descendants() {
				if n.Data == "a" {
					leads = append(leads, attr(n, "href"))
				}
			}
		})
		return leads
	}
	require.Equal(t, []string{"/problems/PRB-7", "/incidents/INC-7"}, drawn(h.as("pia").get("/problems/PRB-7")))
	require.Equal(t, []string{"/incidents/INC-7", "/problems/PRB-7"}, drawn(h.as("pia").get("/incidents/INC-7")))
	require.Empty(t, drawn(h.as("pia").get("/incidents/INC-6")), "what is related to nothing is not drawn")
	require.Empty(t, drawn(h.as("pia").get("/changes/CHG-7")))
}

func TestWhatPeopleWriteIsTextOnTheFirstPageInASearchAndInADrawing(t *testing.T) {
	h := build(t)
	const bad = `"></text></svg><script>alert(1)</script><img src=x onerror=alert(1)>`
	h.catalog.People[0].Name, h.catalog.Services[0].Name = bad, bad
	h.raise("CHG-7", func(c *itsm.Change) { c.Title = bad })
	h.report("INC-7", func(d *itsm.IncidentDraft) { d.Title = bad })
	h.suspect("PRB-7", func(d *itsm.ProblemDraft) { d.Title, d.Incidents = bad, []itsm.Number{"INC-7"} })
	q := url.QueryEscape(bad)
	for _, who := range []string{"bob", "pia"} {
		for _, path := range []string{"/", "/search?q=" + q, "/search?q=" + q + "&kind=" + q + "&open=" + q, "/incidents/INC-7", "/problems/PRB-7"} {
			h.as(who).get(path).holdsTextAlone(t)
		}
	}
}
