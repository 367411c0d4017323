package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

var rowOf = regexp.MustCompile(`^(?:records|list\.my)/([A-Z]{3}-\d+)$`)

// rows are the numbers of the records that a list in Slack shows, in its order.
func rows(m slackfake.Message) (all []string) {
	for _, b := range m.Blocks {
		if found := rowOf.FindStringSubmatch(blockkit.Text(b, "block_id")); found != nil {
			all = append(all, found[1])
		}
	}
	return all
}

// TestBothDoorsAnswerAlikeAboutAllKinds: the same records in the same order, to each
// person, whichever door they come by; what is refused is so under the same code.
func TestBothDoorsAnswerAlikeAboutAllKinds(t *testing.T) {
	p := &parity{shared: map[string]itsm.Number{}, counts: map[string]map[string]int{}}
	p.world = newWorld(t, investigators, func(c *itsm.Catalog) {
		c.Services[0].Restricted = true
		c.People = append(c.People, itsm.Person{ID: former, Name: "Fay Former", Slack: slackID(former), Zone: "UTC", Roles: []itsm.Role{}})
		p.catalog = *c
	})
	w := p.world
	change, incident := w.raise("ana"), p.reports()
	numbers := []string{string(change), string(incident), string(w.problem("ana", incident))}
	hidden := string(w.raise("max", func(body map[string]any) {
		body["service"], body["title"], body["links"] = "payments", "Rotate the secret certificates", []map[string]any{{"url": incident}}
	}))
	p.done(incident, "bob", "links", map[string]any{"kind": "caused_by", "to": change})

	for _, who := range []itsm.PersonID{"ana", "bob", "eve", "ida", "max", "ada"} {
		v := p.visitor(t, who)
		for path, command := range map[string]string{
			"/v1/records?open=true&limit=10":               "list",
			"/v1/records?open=true&kind=incident&limit=10": "list incidents",
			"/v1/records?open=true&mine=true&limit=10":     "list mine",
			"/v1/search?q=certificates&limit=10":           "search certificates",
			"/v1/search?q=" + hidden:                       "search " + hidden,
		} {
			require.Equal(t, w.numbers(w.call(who, http.MethodGet, path, nil)), rows(v.slack.typed(who, "/itsm", command)), "%s by %s", command, who)
		}
		waits := w.numbers(w.call(who, http.MethodGet, "/v1/me/waiting", nil))
		my := rows(v.slack.typed(who, "/itsm", "my"))
		for i, n := range waits { // what waits comes first, and what they raised after it
			require.Greater(t, len(my), i, who)
			require.Equal(t, n, my[i], "%s: %v", who, my)
		}
		for _, n := range append([]string{hidden, "CHG-9999999", "INC-9999999", "PRB-9999999"}, numbers...) {
			v.readsAny(n)
		}
	}
	v := p.visitor(t, former)
	for path, command := range map[string]string{
		"/v1/records": "list", "/v1/search?q=certificates": "search certificates", "/v1/me/waiting": "my", "/v1/records/" + hidden + "/graph": "graph " + hidden,
	} {
		viaAPI := v.api.say(w.call(former, http.MethodGet, path, nil))
		require.Equal(t, "actor.permission", viaAPI.Code)
		require.Equal(t, viaAPI, readSlack(v.slack.typed(former, "/itsm", command).Says()), command)
	}
}

// readsAny reads one record in each way that there is for those of all kinds.
func (v *visitor) readsAny(n string) {
	v.t.Helper()
	for part, verb := range map[string]string{"": "status", "/timeline": "timeline", "/graph": "graph", "/graph?depth=3": "graph 3"} {
		verb, depth, _ := strings.Cut(verb, " ")
		viaAPI := v.world.call(v.who, http.MethodGet, "/v1/records/"+url.PathEscape(n)+part, nil)
		viaSlack := v.slack.typed(v.who, "/itsm", strings.TrimSpace(verb+" "+n+" "+depth)).Says()
		refused := v.looked(viaSlack)
		require.Equal(v.t, viaAPI.code(), refused.Code, "%s %s by %s", verb, n, v.who)
		switch {
		case refused.Code != "":
			require.Equal(v.t, viaAPI.detail(), refused.Sentence)
		case verb == "graph":
			for _, near := range numbersIn(v.t, viaAPI.Body["nodes"]) {
				require.Contains(v.t, viaSlack, near)
			}
		default:
			require.Contains(v.t, viaSlack, n)
		}
	}
}
