package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"runtime/debug"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/api/refused"
	"github.com/steward-itsm/steward/itsm"
)

// The bounds of any request.
const (
	maxBody      = 1 << 20
	maxHeader    = 16 << 10
	maxAddress   = 8 << 10
	answerWithin = 30 * time.Second
)

// correlationKey is where a request keeps what names it.
const correlationKey = "steward.correlation"

var correlation = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// correlate gives the request the id by which its answer, its log lines and the
// caller's own records are brought together.
func (d *door) correlate(c *gin.Context) {
	id := c.GetHeader("X-Correlation-Id")
	if !correlation.MatchString(id) {
		id = rand.Text()
	}
	c.Set(correlationKey, id)
	c.Header("X-Correlation-Id", id)
}

// record logs and counts the request. It names the route, never the address: an
// address may hold what its sender should not have put there.
func (d *door) record(c *gin.Context) {
	start := d.Now()
	c.Next()
	took, status := d.Now().Sub(start), c.Writer.Status()
	d.meters.observe(c, status, took)
	level := slog.LevelInfo
	if route(c) == "/livez" || route(c) == "/readyz" || route(c) == "/metrics" {
		level = slog.LevelDebug
	}
	attrs := []slog.Attr{
		slog.String("method", method(c)), slog.Int("status", status), slog.Duration("took", took),
		slog.String("source", c.ClientIP()),
	}
	if code := c.GetString(refused.CodeKey); code != "" {
		attrs = append(attrs, slog.String("code", code))
	}
	if who := caller(c.Request.Context()); who.Person != "" {
		attrs = append(attrs, slog.String("person", string(who.Person)))
	}
	if n := itsm.Number(c.Param("number")); n.Check() == nil {
		attrs = append(attrs, slog.String("number", string(n)))
	}
	d.log(c).LogAttrs(c.Request.Context(), level, "request", attrs...)
}

// route is the pattern that the request matched.
func route(c *gin.Context) string {
	if p := c.FullPath(); p != "" {
		return p
	}
	return "none"
}

// method is the request's method, or other: a caller may invent them.
func method(c *gin.Context) string {
	switch m := c.Request.Method; m {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodOptions:
		return m
	}
	return "other"
}

// protect tells browsers to keep nothing, guess nothing and run nothing.
func (d *door) protect(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if d.secure(c.Request) {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// secure reports whether the caller came by TLS, here or at a proxy we believe.
func (d *door) secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	if !strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, p := range d.proxies {
		if p.Contains(from.Addr().Unmap()) {
			return true
		}
	}
	return false
}

func prefixes(list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			var a netip.Addr
			if a, err = netip.ParseAddr(s); err == nil {
				p, err = a.Prefix(a.BitLen())
			}
		}
		if err != nil {
			return nil, fmt.Errorf("api: trusted proxy %q is neither an address nor a prefix: %w", s, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// catch turns a panic into a problem: our bug must not cost the caller an answer
// nor the process its life.
func (d *door) catch(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		d.refuse(c, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
	}()
	c.Next()
}

// bound refuses what is too large before anything reads it, and bounds the time
// that an answer may take. That time is the only end of what was begun: a caller
// who hangs up, or only closes their half of the line after the request, neither
// leaves an act half done nor makes it look as if the database were away.
func (d *door) bound(c *gin.Context) {
	r := c.Request
	if len(r.RequestURI) > maxAddress || len(r.URL.RawQuery)+len(r.URL.Path) > maxAddress {
		d.refuse(c, itsm.Refuse(itsm.Invalid, "request.address_too_long", "The address is longer than %d bytes.", maxAddress))
		return
	}
	size := 0
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v) + len(": \r\n")
		}
	}
	if size > maxHeader {
		d.refuse(c, itsm.Refuse(itsm.Invalid, "request.headers_too_large", "The headers take more than %d bytes.", maxHeader))
		return
	}
	if r.ContentLength > maxBody {
		d.refuse(c, tooLarge())
		return
	}
	r.Body = http.MaxBytesReader(c.Writer, r.Body, maxBody)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), answerWithin)
	defer cancel()
	c.Request = r.WithContext(ctx)
	c.Next()
}

func tooLarge() error {
	return itsm.Refuse(itsm.Invalid, "request.too_large", "The body is larger than 1 MiB.")
}

// body reads the request's body, which bound has bounded.
func body(r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(r.Body)
	var timeout net.Error
	switch {
	case err == nil:
		return raw, nil
	case isTooLarge(err):
		return nil, tooLarge()
	case errors.As(err, &timeout) && timeout.Timeout():
		return nil, itsm.Refuse(itsm.Invalid, "request.slow", "The body took too long to arrive.")
	default:
		return nil, itsm.Refuse(itsm.Invalid, "request.unparseable", "The body did not arrive whole.")
	}
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// clip shortens what a caller made up before it goes into a sentence, and takes
// out what a sentence cannot hold: the book of refusals takes no NUL, and who could
// put one there would be refused without a trace.
func clip(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
