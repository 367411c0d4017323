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

func TestAFormOfAnotherSiteDoesNothing(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob, eve := h.as("bob"), h.as("eve")
	good := bob.get("/changes/CHG-7").form("/changes/CHG-7/approve")
	hers := eve.get("/changes/CHG-7").form("/changes/CHG-7/approve")
	for name, spoil := range map[string]func(url.Values){
		"no token":       func(f url.Values) { f.Del("csrf") },
		"an empty token": func(f url.Values) { f.Set("csrf", "") },
		"another's":      func(f url.Values) { f.Set("csrf", hers.Get("csrf")) },
		"twice":          func(f url.Values) { f.Add("csrf", f.Get("csrf")) },
		"no key":         func(f url.Values) { f.Del("key") },
		"a long key":     func(f url.Values) { f.Set("key", strings.Repeat("k", 300)) },
		"no text read":   func(f url.Values) { f.Del("content_hash") },
		"a NUL":          func(f url.Values) { f.Set("note", "a\x00b") },
		"no UTF-8":       func(f url.Values) { f.Set("note", "\xff") },
	} {
		f := url.Values{}
		for k, v := range good {
			f[k] = append([]string{}, v...)
		}
		spoil(f)
		p := bob.post("/changes/CHG-7/approve", f)
		require.GreaterOrEqual(t, p.status, 400, name)
		require.Less(t, p.status, 500, name)
	}
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		bob.header = map[string]string{header: value}
		p := bob.post("/changes/CHG-7/approve", good)
		require.Equal(t, http.StatusForbidden, p.status, header)
		require.Contains(t, p.text(), "page.foreign_form")
		require.Equal(t, http.StatusForbidden, bob.post("/signin", url.Values{"token": {"stw_ana"}}).status, "nobody is signed in as another")
		require.Equal(t, http.StatusForbidden, bob.post("/signout", good).status)
	}
	bob.header = map[string]string{"Sec-Fetch-Site": "same-origin"}
	require.Empty(t, h.acted)
	require.Equal(t, http.StatusOK, bob.post("/changes/CHG-7/approve", good).status)
	require.Contains(t, h.refused, "page.act page.foreign_form")
	require.Contains(t, h.refused, "session.open page.foreign_form")
}

func TestACookieIsSealed(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob := h.as("bob")
	at, err := url.Parse(h.url)
	require.NoError(t, err)
	held := bob.jar.Cookies(at)
	require.Len(t, held, 1)
	require.NotContains(t, held[0].Value, "stw_bob")
	sealed := held[0].Value
	flipped := []byte(sealed)
	flipped[len(flipped)/2] ^= 1
	s, err := newSealer([][]byte{[]byte(strings.Repeat("another key ", 4))})
	require.NoError(t, err)
	foreign, err := s.put(sessionCookie, session{Token: "stw_bob", CSRF: "c", Ends: noon.Add(time.Hour)})
	require.NoError(t, err)
	own, err := newSealer([][]byte{testKey})
	require.NoError(t, err)
	other, err := own.put(flashCookie, session{Token: "stw_bob", CSRF: "c", Ends: noon.Add(time.Hour)})
	require.NoError(t, err)
	for name, value := range map[string]string{
		"flipped": string(flipped), "cut": sealed[:len(sealed)-4], "another key's": foreign, "a flash": other, "nothing": "",
		"plain": `{"t":"stw_bob"}`, "long": strings.Repeat("A", 9000),
	} {
		b := h.browser()
		b.header["Cookie"] = sessionCookie + "=" + value
		require.Equal(t, http.StatusUnauthorized, b.get("/changes/CHG-7").status, name)
	}
	b := h.browser()
	b.header["Cookie"] = sessionCookie + "=" + sealed + "; " + sessionCookie + "=" + sealed
	require.Equal(t, http.StatusUnauthorized, b.get("/changes/CHG-7").status, "two are none")
	b.header["Cookie"] = sessionCookie + "=" + sealed
	require.Equal(t, http.StatusOK, b.get("/changes/CHG-7").status)
}

func TestASessionEndsWithItsToken(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob, eve := h.as("bob"), h.as("eve")
	open := bob.get("/changes/CHG-7")
	h.mu.Lock()
	delete(h.tokens, "stw_bob")
	h.mu.Unlock()
	p := bob.submit(open, "/changes/CHG-7/reject", "note", "A long reason.")
	require.Equal(t, http.StatusUnauthorized, p.status)
	require.Contains(t, p.text(), "Your session has ended, so nothing was done.")
	require.Contains(t, p.text(), "A long reason.", "it need not be written again")
	require.Equal(t, "/changes/CHG-7", p.form("/signin").Get("next"))
	require.Empty(t, h.acted)
	at, err := url.Parse(h.url)
	require.NoError(t, err)
	require.Empty(t, bob.jar.Cookies(at), "a dead session is dropped")

	h.mu.Lock()
	h.now = h.now.Add(sessionLife)
	h.mu.Unlock()
	require.Equal(t, http.StatusUnauthorized, eve.get("/changes/CHG-7").status, "no session outlives twelve hours")
}

func TestSigningOut(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob := h.as("bob")
	p := bob.submit(bob.get("/changes"), "/signout")
	require.Equal(t, "/signin", p.path)
	require.Equal(t, http.StatusUnauthorized, bob.get("/changes/CHG-7").status)
}

func TestACookieIsForThisHostAlone(t *testing.T) {
	for address, want := range map[string][]string{
		"https://steward.example.com": {"__Host-steward-session=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=43200"},
		"http://127.0.0.1:8080":       {"steward-session=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=43200"},
	} {
		h := build(t, func(c *Config) { c.PublicURL = address })
		b := h.browser()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		p := b.post("/signin", url.Values{"token": {"stw_bob"}})
		require.Equal(t, http.StatusSeeOther, p.status)
		for _, part := range want {
			require.Contains(t, p.header.Get("Set-Cookie"), part)
		}
		require.NotContains(t, p.header.Get("Set-Cookie"), "Domain")
	}
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	for next, want := range map[string]string{
		"/changes/CHG-7": "/changes/CHG-7", "/changes/CHG-7/edit": "/changes/CHG-7/edit",
		"/problems/PRB-7/rca": "/problems/PRB-7/rca", "/problems/PRB-7/workaround": "/problems/PRB-7/workaround", "/problems/new": "/problems/new",
		"/suppliers": "/suppliers", "/contracts/CON-2": "/contracts/CON-2", "/contracts": home, "/suppliers/SUP-4/reviews/2031-Q1": "/suppliers/SUP-4/reviews/2031-Q1",
		"/suppliers/SUP-4/reviews//evil.example": home, "/suppliers/SUP-4/move": home, "/corrective-actions/CAR-7": "/corrective-actions/CAR-7",
		"/": "/", "/search": "/search", "/search?q=//evil.example": home, "/search/x": home,
		"/known-errors": "/known-errors", "/known-errors?q=//evil.example": home, "/problems/PRB-7/accept": home, "/known-errors/x": home,
		"/incidents": "/incidents", "/incidents/INC-7": "/incidents/INC-7", "/incidents/new": "/incidents/new",
		"/incidents?service=payments&mine=assigned": "/incidents?service=payments&mine=assigned",
		"/incidents?service=a%0d%0ab":               home, "/incidents?next=//evil.example": home, "/incidents?": home, "/incidents/board": home,
		"/incidents/board.js": home, "/incidents?service=a&team=b&mine=c&service=d": home, "/incidents//evil.example": home,
		"//evil.example": home, "https://evil.example/changes": home, "/\\evil.example": home, "/changes/CHG-7/../../signout": home,
		"/changes//evil.example": home, "/changes\r\nSet-Cookie: a=b": home, "javascript:alert(1)": home, "": home, "/changes/CHG-7\n": home,
	} {
		b := h.browser()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		p := b.post("/signin", url.Values{"token": {"stw_bob"}, "next": {next}})
		require.Equal(t, want, p.header.Get("Location"), next)
		require.Equal(t, want, b.h.browser().get("/signin?next="+url.QueryEscape(next)).form("/signin").Get("next"), next)
	}
	p := h.browser().post("/signin", url.Values{"token": {"stw_mallory"}, "next": {"/changes/CHG-7"}})
	require.Equal(t, http.StatusUnauthorized, p.status)
	require.Contains(t, p.text(), "token.wrong")
	require.NotContains(t, p.body, "stw_mallory")
	require.Equal(t, []string{"session.open token.wrong"}, h.refused)
	require.Equal(t, "127.0.0.1", h.sources[0], "guesses are counted by address")
}

func TestWhatPeopleWriteIsTextAndNothingElse(t *testing.T) {
	h := build(t)
	const bad = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	h.catalog.People[0].Name = bad
	h.raise("CHG-7", func(c *itsm.Change) {
		c.Title, c.Description, c.Plan, c.BackoutPlan, c.TestPlan, c.Justification = bad, bad, bad, bad, bad, bad
		c.Items = []string{bad}
		c.Links = []itsm.Link{
			{URL: "javascript:alert(1)", Title: bad},
			{URL: "data:text/html,<script>alert(1)</script>"},
			{URL: "https://ok.example/\"onclick=x", Title: bad},
			{URL: "//evil.example"},
			{URL: " https://evil.example"},
		}
		c.Assessment = &itsm.Assessment{Risk: bad, Benefit: bad, Feasibility: bad, Cost: bad}
	})
	bob := h.as("bob")
	bob.act("ask", "text", bad)
	h.changes["CHG-7"].Approval.Opening.Name = bad
	bob.submit(bob.get("/changes/CHG-7"), "/changes/CHG-7/approve", "note", bad)
	for _, path := range []string{"/changes/CHG-7", "/changes"} {
		h.as("eve").get(path).holdsTextAlone(t)
	}
	h.as("ana").get("/changes/CHG-7/edit").holdsTextAlone(t)
}

// holdsTextAlone sees that nothing on a page came from what people wrote but text, and
// links that lead to our pages or to ok.example.
func (p shown) holdsTextAlone(t *testing.T) {
	t.Helper()
	require.Less(t, p.status, 500)
	for n := range p.root.Descendants() {
		ours := n.Data == "script" && attr(n, "src") == "/incidents/board.js" && n.FirstChild == nil && p.path == "/incidents"
		drawn := n.Data == "svg" && (attr(n, "class") == "graph" || attr(n, "class") == "spark")
		if !ours && !drawn {
			require.NotContains(t, []string{"script", "img", "iframe", "object", "embed", "base", "svg"}, n.Data)
		}
		for _, a := range n.Attr {
			require.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style", "%s=%s", a.Key, a.Val)
		}
	}
	p.each("a", func(n *html.Node) {
		u, err := url.Parse(attr(n, "href"))
		require.NoError(t, err)
		within := u.Path == "/known-errors" || u.Path == "/" || u.Path == "/search" || u.Path == "/start" || u.Fragment != ""
		for _, k := range []*kind{changePages, incidentPages, problemPages, correctivePages, supplierPages, contractPages} {
			within = within || strings.HasPrefix(u.Path, k.home)
		}
		require.True(t, u.Scheme == "" && u.Host == "" && within || u.Host == "ok.example", attr(n, "href"))
	})
}

func TestWhatPeopleWriteOfAnIncidentIsTextAndNothingElse(t *testing.T) {
	h := build(t)
	const bad = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	h.catalog.People[0].Name, h.catalog.Services[0].Name = bad, bad
	h.catalog.Services[1].Team, h.catalog.Services[1].ID = bad, bad
	h.raise("CHG-7", func(c *itsm.Change) { c.Title, c.Links = bad, nil })
	i := h.report("INC-7", func(d *itsm.IncidentDraft) {
		d.Title, d.Description, d.Category, d.Symptom, d.Items = bad, bad, bad, bad, []string{bad}
		d.Message = "javascript:alert(1)"
		d.Alert = &itsm.Origin{Source: bad, Key: bad, URL: "data:text/html,<script>alert(1)</script>"}
	})
	i.Team, i.Parent = bad, bad
	i.Escalation.Calls[0].Channels, i.Escalation.Calls[0].Skipped = []string{bad}, []itsm.Skipped{{Level: 1, Why: bad}}
	i.Clocks[0].Calendar = bad
	bob := h.as("bob")
	bob.work("INC-7", "ask", "text", bad)
	bob.work("INC-7", "update", "text", bad)
	bob.work("INC-7", "priority", "override", "P1", "note", bad)
	bob.work("INC-7", "link", "kind", "related_to", "to", bad).holdsTextAlone(t)
	bob.work("INC-7", "acknowledge")
	bob.work("INC-7", "hold", "reason", "awaiting_vendor", "note", bad).holdsTextAlone(t)
	for _, path := range []string{
		"/incidents/INC-7", "/incidents", "/incidents/board", "/incidents?service=" + url.QueryEscape(bad), "/incidents?mine=" + url.QueryEscape(bad),
		"/incidents/new?follows=" + url.QueryEscape(bad) + "&service=" + url.QueryEscape(bad), "/changes/CHG-7", "/incidents/" + url.PathEscape("<b>"),
	} {
		bob.get(path).holdsTextAlone(t)
		h.as("ana").get(path).holdsTextAlone(t)
	}
	bob.work("INC-7", "resolve", "code", "fixed", "note", bad).holdsTextAlone(t)
	ana := h.as("ana")
	ana.submit(ana.get("/incidents/new"), "/incidents/new", "title", bad+"\n", "description", bad, "category", strings.Repeat(bad, 9)).holdsTextAlone(t)
}

func TestAFormOfAnotherSiteDoesNothingToAnIncident(t *testing.T) {
	h := build(t)
	h.report("INC-7")
	bob, eve := h.as("bob"), h.as("eve")
	for _, address := range []string{"/incidents/INC-7/acknowledge", "/incidents/new"} {
		from := strings.TrimSuffix(address, "/acknowledge")
		good, hers := bob.get(from).form(address), eve.get(from).form(address)
		good.Set("title", "Nothing works")
		good.Set("service", "payments")
		for name, spoil := range map[string]func(url.Values){
			"no token":  func(f url.Values) { f.Del("csrf") },
			"another's": func(f url.Values) { f.Set("csrf", hers.Get("csrf")) },
			"twice":     func(f url.Values) { f.Add("key", f.Get("key")) },
			"no key":    func(f url.Values) { f.Del("key") },
		} {
			f := url.Values{}
			for k, v := range good {
				f[k] = append([]string{}, v...)
			}
			spoil(f)
			p := bob.post(address, f)
			require.GreaterOrEqual(t, p.status, 400, name)
			require.Less(t, p.status, 500, name)
		}
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			bob.header = map[string]string{header: value}
			p := bob.post(address, good)
			require.Equal(t, http.StatusForbidden, p.status, header)
			require.Contains(t, p.text(), "page.foreign_form")
		}
		bob.header = map[string]string{}
		require.Empty(t, h.acted)
		good.Set("key", strings.Repeat("K", keyLength))
		require.Equal(t, http.StatusNotFound, bob.post("/incidents/INC-7/approve", good).status)
		require.Equal(t, http.StatusNotFound, bob.post("/incidents/INC-7/raise", good).status)
	}
	require.Contains(t, h.refused, "page.raise page.foreign_form")
	require.Equal(t, http.StatusMethodNotAllowed, bob.send("POST", "/incidents", nil, "").status)
	require.Equal(t, http.StatusMethodNotAllowed, bob.send("POST", "/incidents/board", nil, "").status)
	long := url.Values{"csrf": {"x"}, "description": {strings.Repeat("x", largeForm)}}
	require.Equal(t, http.StatusRequestEntityTooLarge, bob.post("/incidents/new", long).status)
	require.Equal(t, http.StatusRequestEntityTooLarge, bob.post("/incidents/INC-7/comment", url.Values{"text": {strings.Repeat("x", smallForm)}}).status)
}

func TestTheBoardAloneMayRunOurScript(t *testing.T) {
	h := build(t)
	h.report("INC-7")
	bob := h.as("bob")
	csp := bob.get("/incidents").header.Get("Content-Security-Policy")
	require.Equal(t, strings.Replace(bob.get("/changes").header.Get("Content-Security-Policy"), "base-uri", "script-src 'self'; connect-src 'self'; base-uri", 1), csp)
	require.NotContains(t, csp, "unsafe")
	p := h.browser().get("/incidents/board.js")
	require.Equal(t, http.StatusOK, p.status)
	require.Equal(t, "text/javascript; charset=utf-8", p.header.Get("Content-Type"))
	require.Equal(t, string(boardJS), p.body)
	for _, p := range []shown{
		p, bob.get("/incidents/board"), bob.get("/incidents/INC-7"), bob.get("/incidents/new"), bob.get("/incidents/INC-9"), h.browser().get("/incidents"),
		h.browser().get("/incidents/board"), bob.work("INC-7", "resolve"),
	} {
		require.Equal(t, policy, p.header.Get("Content-Security-Policy"))
		require.Equal(t, "no-store", p.header.Get("Cache-Control"))
		require.Equal(t, "nosniff", p.header.Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", p.header.Get("Cross-Origin-Resource-Policy"))
		p.each("script", func(*html.Node) { t.Error("a script where none may run") })
	}
	for _, ours := range []string{`" in only "`, `" in "`, `" ago"`, `" now"`, `" days"`, `" h "`, `" min"`, nowHeader, "dataset.source", "dataset.zone", "{ what, soon, over }"} {
		require.Contains(t, string(boardJS), ours, "the script says what the page says, of what the page holds")
	}
	for _, never := range []string{"eval", "Function(", "document.write", "insertAdjacentHTML", "localStorage", "http:", "https:"} {
		require.NotContains(t, string(boardJS), never)
	}
}

func TestEveryPageTellsBrowsersToRunNothing(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob := h.as("bob")
	bob.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, p := range []shown{
		h.browser().get("/changes"), h.browser().get("/signin"), bob.get("/"), bob.get("/search?q=ab"), bob.get("/changes"), bob.get("/changes/CHG-7"), bob.get("/changes/CHG-9"),
		bob.get("/changes/CHG-7/approve"), bob.act("comment", "text", "Fine."),
	} {
		csp := p.header.Get("Content-Security-Policy")
		require.True(t, strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-"), csp)
		require.Contains(t, csp, "form-action 'self'; frame-ancestors 'none'")
		require.NotContains(t, csp, "script-src")
		require.NotContains(t, csp, "unsafe")
		require.Equal(t, "no-store", p.header.Get("Cache-Control"))
		require.Equal(t, "nosniff", p.header.Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", p.header.Get("Referrer-Policy"))
		require.Equal(t, "same-origin", p.header.Get("Cross-Origin-Opener-Policy"))
	}
}

func TestBodiesAndMethodsAreBounded(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	ana := h.as("ana")
	page := ana.get("/changes/CHG-7")
	f := page.form("/changes/CHG-7/comment")
	f.Set("text", strings.Repeat("x", smallForm))
	require.Equal(t, http.StatusRequestEntityTooLarge, ana.post("/changes/CHG-7/comment", f).status)
	long := ana.get("/changes/CHG-7/edit").form("/changes/CHG-7/edit")
	long.Set("plan", strings.Repeat("x", smallForm))
	p := ana.post("/changes/CHG-7/edit", long)
	require.Equal(t, http.StatusUnprocessableEntity, p.status, "a long text meets the rule, which says how long it may be")
	require.Contains(t, p.text(), "4000 is the most")
	long.Set("plan", strings.Repeat("x", largeForm))
	require.Equal(t, http.StatusRequestEntityTooLarge, ana.post("/changes/CHG-7/edit", long).status)
	require.Equal(t, http.StatusRequestEntityTooLarge, ana.post("/signin", url.Values{"token": {strings.Repeat("x", smallForm)}}).status)
	for _, kind := range []string{"application/json", "multipart/form-data; boundary=x", "text/plain", ""} {
		require.Equal(t, http.StatusUnsupportedMediaType, ana.send("POST", "/changes/CHG-7/comment", strings.NewReader(`{"text":"x"}`), kind).status, kind)
	}
	for _, method := range []string{"HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
		require.Equal(t, http.StatusMethodNotAllowed, ana.send(method, "/changes/CHG-7", nil, "").status, method)
	}
	require.Equal(t, "/changes/CHG-7", ana.get("/changes/CHG-7/approve").path, "a reload of what was refused is the record again")
	require.Empty(t, h.acted)
}

func TestSessionsOutliveAChangeOfKeys(t *testing.T) {
	older, err := newSealer([][]byte{testKey})
	require.NoError(t, err)
	both, err := newSealer([][]byte{[]byte(strings.Repeat("a new key ", 4)), testKey})
	require.NoError(t, err)
	sealed, err := older.put(sessionCookie, session{Token: "stw_bob"})
	require.NoError(t, err)
	var s session
	require.True(t, both.take(sessionCookie, sealed, &s))
	require.Equal(t, "stw_bob", s.Token)
	_, err = newSealer(nil)
	require.Error(t, err)
	_, err = newSealer([][]byte{[]byte("short")})
	require.Error(t, err)
	_, err = New(Config{Keys: [][]byte{testKey}})
	require.Error(t, err)
	_, err = open(Config{Keys: [][]byte{testKey}, PublicURL: "nowhere"}, newMemory())
	require.Error(t, err)
}
