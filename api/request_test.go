package api

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestACorrelationIDIsTakenOrMade(t *testing.T) {
	b := stand(t)
	for sent, kept := range map[string]bool{
		"0123-abc.DEF_9": true, strings.Repeat("a", 64): true,
		"": false, "short": false, strings.Repeat("a", 65): false, "has blanks in it": false, "<script>alert</script>": false, "newline\n12345": false,
	} {
		w := b.do(request("GET", "/v1/changes", "", "X-Correlation-Id", sent))
		got := w.Header().Get("X-Correlation-Id")
		require.Equal(t, kept, got == sent, sent)
		require.Regexp(t, correlation, got)
		require.Contains(t, b.log.String(), `"correlation_id":"`+got+`"`)
	}
}

func TestAPanicCostsNobodyTheirAnswer(t *testing.T) {
	b := stand(t)
	b.panics = "a bug with a secret in it"
	w := b.do(request("GET", "/v1/changes", ""))
	require.Equal(t, "internal", problemOf(t, w).Code)
	require.NotContains(t, w.Body.String(), "secret")
	require.Contains(t, b.log.String(), "a bug with a secret in it")
	require.Contains(t, b.log.String(), "clerk", "the stack says where")

	b.panics = http.ErrAbortHandler
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { b.do(request("GET", "/v1/changes", "")) })
}

func TestEveryAnswerIsProtected(t *testing.T) {
	b := stand(t)
	for _, r := range []*http.Request{
		request("GET", "/v1/changes", ""), request("GET", "/nowhere", ""), request("GET", "/livez", ""), request("GET", "/start", ""),
	} {
		h := b.do(r).Header()
		require.Equal(t, "no-store", h.Get("Cache-Control"))
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'")
		require.Empty(t, h.Get("Access-Control-Allow-Origin"))
		require.Empty(t, h.Get("Strict-Transport-Security"))
	}
	r := request("GET", "/livez", "")
	r.TLS = &tls.ConnectionState{}
	require.Contains(t, b.do(r).Header().Get("Strict-Transport-Security"), "max-age=")
}

func TestOnlyATrustedProxyIsBelieved(t *testing.T) {
	behind := func(b *bench, remote string) (source string, secure bool) {
		r := request("GET", "/v1/changes", "", "X-Forwarded-For", "203.0.113.9", "X-Real-IP", "198.51.100.1", "X-Forwarded-Proto", "https")
		r.RemoteAddr = remote
		w := b.do(r)
		return b.who.Source, w.Header().Get("Strict-Transport-Security") != ""
	}
	closed := stand(t)
	source, secure := behind(closed, "10.1.2.3:4711")
	require.Equal(t, "10.1.2.3", source)
	require.False(t, secure)

	trusting := stand(t, func(c *Config) { c.TrustedProxies = []string{"10.0.0.0/8", "::1"} })
	source, secure = behind(trusting, "10.1.2.3:4711")
	require.Equal(t, "203.0.113.9", source)
	require.True(t, secure)
	source, secure = behind(trusting, "192.0.2.7:4711")
	require.Equal(t, "192.0.2.7", source)
	require.False(t, secure)
}

func TestAConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	_, err := New(Config{})
	require.ErrorContains(t, err, "no desk")
	_, err = open(Config{GitHubSecrets: []string{liveSecret, ""}}, &clerk{})
	require.ErrorContains(t, err, "secret 2")
	_, err = open(Config{TrustedProxies: []string{"everybody"}}, &clerk{})
	require.ErrorContains(t, err, "everybody")
}

func TestOtherDoorsHangOnTheSameEngine(t *testing.T) {
	b := stand(t, func(c *Config) {
		c.Mount = func(r gin.IRouter) {
			r.POST("/slack/echo", func(c *gin.Context) {
				_, err := io.ReadAll(c.Request.Body)
				require.Error(t, err, "its bodies are bounded too")
				c.Status(http.StatusTeapot)
			})
		}
	})
	r := request("POST", "/slack/echo", strings.Repeat("x", maxBody+1))
	r.ContentLength = -1
	w := b.do(r)
	require.Equal(t, http.StatusTeapot, w.Code)
	require.NotEmpty(t, w.Header().Get("X-Correlation-Id"))
}

func TestRequestsAreCountedByPatternAndCode(t *testing.T) {
	b := stand(t)
	b.do(request("GET", "/v1/changes/CHG-1", ""))
	b.do(request("GET", "/v1/changes/CHG-2", ""))
	b.do(request("GET", "/v1/changes/nonsense", ""))
	b.do(request("INVENTED", "/v1/changes/CHG-1", ""))
	b.do(request("GET", "/somewhere/else", ""))
	text := b.do(request("GET", "/metrics", "")).Body.String()
	for _, line := range []string{
		`steward_http_requests_total{code="",method="GET",route="/v1/changes/:number",status="200"} 2`,
		`steward_http_requests_total{code="record.number",method="GET",route="/v1/changes/:number",status="422"} 1`,
		`steward_http_requests_total{code="route.method",method="other",route="none",status="405"} 1`,
		`steward_http_requests_total{code="route.not_found",method="GET",route="none",status="404"} 1`,
		`steward_http_request_seconds_count{method="GET",route="/v1/changes/:number"} 3`,
	} {
		require.Contains(t, text, line)
	}
	require.NotContains(t, text, "INVENTED")
	require.NotContains(t, text, "somewhere")
}

func TestALineForEachRequestSaysWhoAndWhatButNoSecret(t *testing.T) {
	b := stand(t)
	b.do(request("GET", "/v1/changes/CHG-9?secret=hunter2", ""))
	b.do(request("POST", "/v1/changes", `{"title":"hunter3"}`, "Idempotency-Key", "hunter4"))
	b.do(request("GET", "/v1/hunter5", "", "Authorization", "Bearer hunter6"))
	var line map[string]any
	require.NoError(t, json.NewDecoder(strings.NewReader(b.log.String())).Decode(&line))
	for name, want := range map[string]any{
		"msg": "request", "route": "/v1/changes/:number", "method": "GET", "status": 422.0, "code": "request.invalid",
		"person": "ana", "number": "CHG-9", "source": "192.0.2.1", "correlation_id": "test-correlation",
	} {
		require.Equal(t, want, line[name], name)
	}
	require.NotContains(t, b.log.String(), "hunter")
	require.NotContains(t, b.log.String(), goodToken)
}

// A client that trickles is cut off, and one that sends what HTTP is not is told so.
func TestTheServerWaitsForNobody(t *testing.T) {
	b := stand(t)
	s := Server("127.0.0.1:0", b)
	for _, d := range []time.Duration{s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout, s.IdleTimeout} {
		require.Positive(t, d)
	}
	require.Greater(t, s.WriteTimeout, answerWithin, "an answer that is late is still said")
	require.Greater(t, s.MaxHeaderBytes, maxHeader)
	s.ReadHeaderTimeout, s.ReadTimeout = 100*time.Millisecond, 200*time.Millisecond

	l, err := net.Listen("tcp", s.Addr)
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	defer func() {
		require.NoError(t, s.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	}()
	for sent, want := range map[string]string{
		"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow:": "",
		"POST /v1/changes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + goodToken +
			"\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{": "request.slow",
		"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Large: " + strings.Repeat("a", maxHeader) + "\r\n\r\n": "request.headers_too_large",
		"\x00\x01\x02\r\n\r\n": "400 Bad Request",
	} {
		conn, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
		_, err = io.WriteString(conn, sent)
		require.NoError(t, err)
		answer, err := io.ReadAll(conn)
		require.NoError(t, err, "the connection was not closed")
		require.Contains(t, string(answer), want)
		require.NoError(t, conn.Close())
	}
	require.Empty(t, b.calls)
}

func TestMalformedRequestsOfSomebodyKnownAreLimitedToo(t *testing.T) {
	b := stand(t)
	b.often = itsm.Refuse(itsm.Limited, "actor.too_often", "Slow down.").Later(time.Second)
	p := problemOf(t, b.do(request("POST", "/v1/changes", "{")))
	require.Equal(t, "actor.too_often", p.Code)
	require.Equal(t, http.StatusCreated, b.do(request("POST", "/v1/changes", draft)).Code, "the desk limits what reaches it")
}

func TestWhatTheDoorRefusesIsRecordedWithItsCaller(t *testing.T) {
	for _, tc := range []struct {
		request *http.Request
		person  itsm.PersonID
		want    string
	}{
		{request("POST", "/v1/changes", "{"), "ana", "raiseChange request.unparseable"},
		{request("GET", "/v1/changes", "", "Authorization", ""), "", "listChanges token.missing"},
		{request("GET", "/v1/changes", "", "Authorization", "Bearer guess"), "", "listChanges token.wrong"},
		{request("POST", "/v1/changes/CHG-1/start", "", "Idempotency-Key", `"`), "ana", "startChange idempotency.key"},
	} {
		b := stand(t)
		b.do(tc.request)
		require.Equal(t, []string{tc.want}, b.refused)
		require.Equal(t, tc.person, b.who.Person)
		require.Equal(t, itsm.DoorAPI, b.who.Door)
		require.Equal(t, "192.0.2.1", b.who.Source)
	}
	b := stand(t)
	b.do(httptest.NewRequest(http.MethodGet, "/nowhere", nil))
	require.Empty(t, b.refused, "an address that is none is nobody's act")
}

// A caller who closes their half of the line after the request still gets an
// answer, and whoever hangs up leaves nothing half done.
func TestAHangUpEndsNothingThatWasBegun(t *testing.T) {
	b := stand(t)
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	w := b.do(request("POST", "/v1/changes/CHG-42/start", "").WithContext(gone))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.NoError(t, b.ended)
	require.True(t, b.deadline)
}
