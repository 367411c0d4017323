package page

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/steward-itsm/steward/itsm"
)

const reviewPath = "/suppliers/SUP-4/reviews/2031-02"

func TestAReviewIsWalkedFromItsPageAlone(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	h.rated("2030-11", 92)
	h.rated("2030-12")
	h.rated("2031-01", 62)
	h.inForce()
	h.reviewed()
	cai, deb, liv := h.as("cai"), h.as("deb"), h.as("liv")
	require.Equal(t, reviewPath, pathOf("SUP-4/2031-02"))
	p := cai.get(reviewPath)
	require.Contains(t, p.text(), "Review of Hosting Ltd , 2031-02")
	require.Contains(t, p.text(), "Sat 1 Feb 2031 to Fri 28 Feb 2031")
	require.Contains(t, p.text(), "Availability critical no data 99.9 percent or more; no points down from 99")
	require.Equal(t, []string{"measure", "judge", "score", "cancel", "comment", "ask"}, h.as("liv").get(reviewPath).acts())

	p = cai.deal("SUP-4/2031-02", "measure", "name", "Availability", "value", "99.5.1", "evidence", "e")
	require.Contains(t, p.text(), "amount.invalid")
	p = cai.deal("SUP-4/2031-02", "measure", "name", "Availability", "value", "99.45", "evidence", "https://ok.example/graph")
	require.Contains(t, p.text(), "99.45 percent, 50 points, missed")
	require.Contains(t, p.text(), "given by Cai Morgan, Mon 3 Mar 2031, 12:00 GMT (now) nobody else has seen it yet")
	require.NotContains(t, p.acts(), "see", "nobody is the second of what they gave")
	p = deb.deal("SUP-4/2031-02", "see", "name", "Availability")
	require.Contains(t, p.text(), "seen by Deb Rao")
	p = cai.deal("SUP-4/2031-02", "judge", "name", "Invoices", "criterion", "commerce", "points", "many", "evidence", "e")
	require.Contains(t, p.text(), "page.number")
	p = cai.deal("SUP-4/2031-02", "judge", "name", "Invoices", "criterion", "commerce", "points", "80", "evidence", "Three, all right.")
	require.Equal(t, http.StatusOK, p.status)
	deb.deal("SUP-4/2031-02", "see", "name", "Invoices")
	p = cai.deal("SUP-4/2031-02", "score", "note", "As it is.")
	require.Contains(t, p.text(), "Nothing is known of: quality, responsiveness, security.")
	require.Contains(t, p.text(), "service level Availability 40 % 50 quality without Changes that failed by it 20 % no data")
	require.Contains(t, p.text(), "security 15 % no data commerce Invoices 10 % 80")
	require.Contains(t, p.text(), "Rating D 56 points")
	require.Contains(t, p.text(), "Trend falling, against the last three")
	require.Contains(t, p.text(), "Critical targets that were missed: Availability")
	require.Contains(t, p.text(), "Before 2031-01 C 62 points · 2030-12 no data · 2030-11 A 92 points")
	said := ""
	p.each("svg", func(n *html.Node) { said = attr(n, "aria-label") })
	require.Equal(t, "Scores of Hosting Ltd: 2030-11: A, 92 points, 2030-12: no data, 2031-01: C, 62 points, 2031-02: D, 56 points", said)

	p = cai.deal("SUP-4/2031-02", "meet", "attendees", "Zoe Wray\nCai Morgan\n", "note", "We talked.")
	require.Contains(t, p.text(), "Cai Morgan recorded the meeting with Zoe Wray and Cai Morgan.")
	p = cai.deal("SUP-4/2031-02", "agree")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "actions.invalid")
	p = cai.deal("SUP-4/2031-02", "agree", "actions/0/title", "Another switch", "actions/0/owner", "bob", "actions/0/due", "2031-03-20")
	require.Contains(t, p.text(), "Another switch Bob Okafor · due Thu 20 Mar 2031 (in 17 days)")
	require.NotContains(t, p.acts(), "sign-off", "whoever scored it does not sign it off")
	p = liv.deal("SUP-4/2031-02", "sign-off", "note", "Fair.")
	require.Contains(t, p.text(), "Signed off by Liv Berg")
	require.Contains(t, p.text(), "It is closed, in time.")
	require.Equal(t, itsm.SupplierWatched, h.suppliers["SUP-4"].State)
	require.Contains(t, h.as("ana").get("/suppliers/SUP-4").text(), "Reviews 2031-02 D 56 points closed falling")
}

func TestTheAddressOfAReviewIsThatOfOneOnly(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	h.reviewed()
	ana := h.as("ana")
	require.Equal(t, http.StatusOK, ana.get(reviewPath).status)
	for _, address := range []string{
		"/suppliers/SUP-4/2031-02", "/suppliers/SUP-4/reviews/2031-2", "/suppliers/SUP-4/reviews/2031-02/../2031-03", "/suppliers/CON-4/reviews/2031-02",
		"/suppliers/SUP-9/reviews/2031-02", "/suppliers/SUP-4/reviews/2031-02/approve", "/suppliers/SUP-4%2F2031-02", "/suppliers/SUP-4/reviews/2031-02%2Fx",
	} {
		p := ana.get(address)
		require.GreaterOrEqual(t, p.status, 400, address)
		require.Less(t, p.status, 500, address)
	}
	require.Contains(t, ana.get("/search?q=2031-02").body, `href="`+reviewPath+`"`)
	b := h.browser()
	p := b.get(reviewPath)
	require.Equal(t, reviewPath, p.form("/signin").Get("next"), "who signs in goes on to it")
}

func TestAFormOfAnotherSiteDoesNothingToASupplier(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	h.inForce()
	h.reviewed()
	liv, cai := h.as("liv"), h.as("cai")
	for address, b := range map[string]*browser{
		"/suppliers/SUP-4/move": liv, "/contracts/CON-2/propose": cai, reviewPath + "/score": liv, "/suppliers/new": liv, "/contracts/new": cai,
	} {
		page := address[:strings.LastIndex(address, "/")]
		if strings.HasSuffix(address, "/new") {
			page = address
		}
		good := b.get(page).form(address)
		require.NotNil(t, good, address)
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			b.header = map[string]string{header: value}
			require.Equal(t, http.StatusForbidden, b.post(address, good).status, "%s %s", address, header)
		}
		b.header = map[string]string{}
		for _, without := range []string{"csrf", "key"} {
			spoilt := b.get(page).form(address)
			spoilt.Del(without)
			p := b.post(address, spoilt)
			require.GreaterOrEqual(t, p.status, 400, address)
			require.Less(t, p.status, 500, address)
		}
		good.Set("note", strings.Repeat("x", largeForm))
		require.Equal(t, http.StatusRequestEntityTooLarge, b.post(address, good).status, address)
	}
	require.Empty(t, h.acted)
}
