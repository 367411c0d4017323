package main

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

// fill opens a page and fills in the first of its forms that goes to an address.
func (p phone) fill(page, address string, fields ...string) url.Values {
	p.w.t.Helper()
	status, text := p.get(page)
	require.Equal(p.w.t, http.StatusOK, status)
	_, form, found := strings.Cut(text, `action="`+address+`"`)
	require.True(p.w.t, found, "no form goes to %s", address)
	form, _, _ = strings.Cut(form, "</form>")
	f := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(form, -1) {
		f.Set(m[1], m[2])
	}
	for i := 0; i+1 < len(fields); i += 2 {
		f.Set(fields[i], fields[i+1])
	}
	return f
}

// sends fills in a form and sends it.
func (p phone) sends(page, address string, fields ...string) string {
	p.w.t.Helper()
	status, text := p.post(address, p.fill(page, address, fields...))
	require.Equal(p.w.t, http.StatusOK, status, text)
	return text
}

var incidentShown = regexp.MustCompile(`<span class="id">(INC-[0-9]+)</span>`)

// TestAnIncidentIsHandledWithoutSlack reports an incident, finds it on the board, and
// brings it to its end by pages alone, while Slack answers nobody.
func TestAnIncidentIsHandledWithoutSlack(t *testing.T) {
	w := newWorld(t, onCall)
	w.slack.Fail("*", slices.Repeat([]fault.Fault{fault.Status(http.StatusServiceUnavailable)}, 2000)...)
	ana, bob := w.phone("ana"), w.phone("bob")
	text := ana.sends("/incidents/new", "/incidents/new", "title", "Nothing can be paid", "service", "website", "impact", "high", "urgency", "high")
	require.Contains(t, text, "It is reported.")
	n := incidentShown.FindStringSubmatch(text)[1]
	page := "/incidents/" + n
	require.Equal(t, w.url+page, w.config.recordURL(itsm.Number(n)), "what links to an incident leads to its page")

	w.eventually("it waits for Bob on the board", func() bool {
		_, inner := bob.get("/incidents/board")
		waiting, _, _ := strings.Cut(inner, `<section id="new"`)
		return strings.Contains(waiting, n) && strings.Contains(waiting, "response in ")
	})
	text = bob.sends(page, page+"/acknowledge")
	require.Contains(t, text, "You have acknowledged it. "+n+" is in progress.")
	require.Contains(t, text, "Bob Okafor answered")
	text = bob.sends(page, page+"/update", "text", "The bank answers again.")
	require.Contains(t, text, "tells how it goes")
	status, text := bob.post(page+"/link", bob.fill(page, page+"/link", "kind", "caused_by", "to", "CHG-999999"))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, text, "names no record that you can see")

	c := string(w.raise("ana"))
	text = bob.sends(page, page+"/link", "kind", "related_to", "to", strings.ToLower(c))
	require.Contains(t, text, "related to <a href=\"/changes/"+c+"\">"+c+"</a>")
	_, text = bob.get("/changes/" + c)
	require.Contains(t, text, "related to <a href=\""+page+"\">"+n+"</a>", "from the other side too")

	bob.sends(page, page+"/resolve", "code", "fixed", "note", "It was the bank.")
	text = ana.sends(page, page+"/confirm")
	require.Contains(t, text, "It was resolved, and its reporter said that it works again.")
	_, inner := bob.get("/incidents/board")
	require.NotContains(t, inner, n, "what is over is on no board")
}
