// Package fault is Slack on a bad day: scripted failures of single calls, and the
// rate limits of the Web API. It refuses to know what a method does; whoever serves
// one asks it before and after.
package fault

import (
	"encoding/json"
	"maps"
	"net"
	"net/http"
)

// Fault is one scripted failure of one call. By default the call has no effect;
// AfterEffect makes it happen all the same, with only the answer lost.
type Fault struct {
	status  int
	header  http.Header
	body    string
	hang    bool
	reset   bool
	after   bool
	passing bool
}

// Limited answers 429; retryAfter is the header's text, and empty leaves the header out.
func Limited(retryAfter string) Fault {
	f := Fault{status: http.StatusTooManyRequests, header: jsonHeader(), body: `{"ok":false,"error":"ratelimited"}`}
	if retryAfter != "" {
		f.header.Set("Retry-After", retryAfter)
	}
	return f
}

// Status answers with a bare HTTP status, such as 500 or 503.
func Status(code int) Fault { return Fault{status: code, body: http.StatusText(code)} }

// HTML answers 200 with a page, as a proxy in between does.
func HTML() Fault {
	return Fault{
		status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		body: "<!doctype html><title>Server Error</title><h1>Something went wrong</h1>",
	}
}

// Empty answers 200 with `{}`, which naive clients take for success.
func Empty() Fault { return Fault{status: http.StatusOK, header: jsonHeader(), body: `{}`} }

// Hang never answers; it ends when the client gives up or the server closes.
func Hang() Fault { return Fault{hang: true} }

// Reset breaks the connection without an answer.
func Reset() Fault { return Fault{reset: true} }

// Refuse answers ok:false with a Slack error code.
func Refuse(code string) Fault {
	raw, _ := json.Marshal(map[string]any{"ok": false, "error": code}) // strings always encode
	return Fault{status: http.StatusOK, header: jsonHeader(), body: string(raw)}
}

// Pass lets one call through, to place a fault on a later one.
func Pass() Fault { return Fault{passing: true} }

// AfterEffect is f with the call's effect kept: the message is there, the caller does not know.
func (f Fault) AfterEffect() Fault {
	f.after = true
	return f
}

func jsonHeader() http.Header {
	return http.Header{"Content-Type": {"application/json; charset=utf-8"}}
}

// Passes tells that nothing is wrong with this call.
func (f Fault) Passes() bool { return f.passing }

// Keeps tells that the call has its effect although its answer is lost.
func (f Fault) Keeps() bool { return f.after }

// Play writes the fault instead of an answer; done ends one that hangs.
func (f Fault) Play(w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
	switch {
	case f.hang:
		select {
		case <-r.Context().Done():
		case <-done:
		}
	case f.reset:
		reset(w)
	default:
		maps.Copy(w.Header(), f.header)
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(f.body)) // the client may have gone, which is what faults are about
	}
}

// reset closes the connection so that the client sees RST and no orderly end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // no TCP underneath: net/http breaks the stream instead
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
