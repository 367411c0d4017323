package page

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/steward-itsm/steward/itsm"
)

// house is the pages over real HTTP, with a desk in memory behind them.
type house struct {
	*memory
	t   *testing.T
	url string
	log *bytes.Buffer
}

var testKey = []byte("0123456789abcdef0123456789abcdef")

func build(t *testing.T, set ...func(*Config)) *house {
	t.Helper()
	h := &house{memory: newMemory(), t: t, log: &bytes.Buffer{}}
	cfg := Config{Keys: [][]byte{testKey}, Log: slog.New(slog.NewTextHandler(h.log, nil))}
	cfg.Now = func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }
	for _, f := range set {
		f(&cfg)
	}
	d, err := open(cfg, h.memory)
	require.NoError(t, err)
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	d.Mount(e)
	s := httptest.NewServer(e)
	t.Cleanup(s.Close)
	h.url = s.URL
	return h
}

// browser is one person's, as far as these pages can tell.
type browser struct {
	h      *house
	jar    http.CookieJar
	client *http.Client
	header map[string]string
}

// shown is one answer, as a browser reads it.
type shown struct {
	status int
	header http.Header
	path   string
	body   string
	root   *html.Node
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	return &browser{h: h, jar: jar, client: &http.Client{Jar: jar}, header: map[string]string{}}
}

// as is a browser in which somebody has signed in.
func (h *house) as(person string) *browser {
	b := h.browser()
	p := b.post("/signin", url.Values{"token": {"stw_" + person}, "next": {"/changes"}})
	require.Equal(h.t, http.StatusOK, p.status, p.text())
	require.Equal(h.t, "/changes", p.path)
	return b
}

func (b *browser) send(method, path string, body io.Reader, kind string) shown {
	b.h.t.Helper()
	r, err := http.NewRequestWithContext(b.h.t.Context(), method, b.h.url+path, body)
	require.NoError(b.h.t, err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for k, v := range b.header {
		r.Header.Set(k, v)
	}
	resp, err := b.client.Do(r)
	require.NoError(b.h.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(b.h.t, err)
	root, err := html.Parse(bytes.NewReader(text))
	require.NoError(b.h.t, err)
	return shown{resp.StatusCode, resp.Header, resp.Request.URL.Path, string(text), root}
}

const formKind = "application/x-www-form-urlencoded"

func (b *browser) get(path string) shown { b.h.t.Helper(); return b.send("GET", path, nil, "") }

func (b *browser) post(path string, f url.Values) shown {
	b.h.t.Helper()
	return b.send("POST", path, strings.NewReader(f.Encode()), formKind)
}

// submit fills a form of the page that a person has open, and sends it.
func (b *browser) submit(page shown, path string, fill ...string) shown {
	b.h.t.Helper()
	f := page.form(path)
	require.NotNil(b.h.t, f, "no form for %s", path)
	for i := 0; i+1 < len(fill); i += 2 {
		_, there := f[fill[i]]
		require.True(b.h.t, there, "the form has no field %s", fill[i])
		f.Set(fill[i], fill[i+1])
	}
	return b.post(path, f)
}

// act opens a record and sends one of its forms.
func (b *browser) act(act string, fill ...string) shown {
	b.h.t.Helper()
	return b.submit(b.get("/changes/CHG-7"), "/changes/CHG-7/"+act, fill...)
}

// work opens an incident and sends one of its forms.
func (b *browser) work(n, act string, fill ...string) shown {
	b.h.t.Helper()
	return b.submit(b.get("/incidents/"+n), "/incidents/"+n+"/"+act, fill...)
}

// deal opens a record and sends one of its forms, which may have a page of its own.
func (b *browser) deal(n, act string, fill ...string) shown {
	b.h.t.Helper()
	from := pathOf(itsm.Number(n))
	address := from + "/" + act
	if slices.Contains([]string{"rca", "workaround", "plan", "edit", "amend", "agree"}, act) {
		from = address
	}
	return b.submit(b.get(from), address, fill...)
}

func (p shown) each(tag string, f func(*html.Node)) {
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			f(n)
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// form is what a browser would send if nobody touched a form; nil: there is none.
func (p shown) form(action string) url.Values { return p.formBy("action", action) }

func (p shown) formBy(name, value string) (values url.Values) {
	p.each("form", func(n *html.Node) {
		if attr(n, name) == value && values == nil {
			values = url.Values{}
			fields(n, values)
		}
	})
	return values
}

func fields(form *html.Node, values url.Values) {
	for n := range form.Descendants() {
		name := attr(n, "name")
		switch {
		case name == "" || n.Data == "details":
		case n.Data == "input":
			values.Set(name, attr(n, "value"))
		case n.Data == "textarea":
			values.Set(name, strings.TrimPrefix(textOf(n), "\n"))
		case n.Data == "select":
			for o := range n.ChildNodes() {
				_, has := values[name]
				if !has || strings.Contains(rendered(o), " selected") {
					values.Set(name, attr(o, "value"))
				}
			}
		}
	}
}

func rendered(n *html.Node) string {
	var b strings.Builder
	_ = html.Render(&b, n)
	return b.String()
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "style" {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

var blanks = regexp.MustCompile(`\s+`)

// text is what a person reads, with a blank between what stands apart.
func (p shown) text() string {
	var b strings.Builder
	for c := range p.root.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "style" {
			b.WriteString(c.Data + " ")
		}
	}
	return strings.TrimSpace(blanks.ReplaceAllString(b.String(), " "))
}

// acts are the forms that a page offers for its record.
func (p shown) acts() (all []string) {
	p.each("form", func(n *html.Node) {
		if _, act, ok := strings.Cut(attr(n, "action"), p.path+"/"); ok {
			all = append(all, act)
		}
	})
	p.each("a", func(n *html.Node) {
		if _, act, ok := strings.Cut(attr(n, "href"), p.path+"/"); ok {
			all = append(all, act)
		}
	})
	return all
}

// TokenActor knows a token for each person.
func (m *memory) TokenActor(_ context.Context, token, source string) (itsm.Actor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources = append(m.sources, source)
	id, ok := m.tokens[token]
	if !ok {
		return itsm.Actor{}, itsm.Refuse(itsm.Unauthenticated, "token.wrong", "That token is not valid.")
	}
	p, _ := m.catalog.Person(id)
	return itsm.Actor{
		Person: id, Roles: p.Roles, Door: itsm.DoorAPI, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}, Credential: "token:" + string(id),
	}, nil
}
