package feeds

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReachable(t *testing.T) {
	for text, public := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2606:2800:220:1::1": true, "2a00:1450:4001:80b::200e": true, "::ffff:8.8.8.8": true,
		"10.1.2.3": false, "172.16.0.1": false, "172.32.0.1": true, "192.168.0.1": false, "169.254.169.254": false,
		"100.100.100.200": false, "0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false,
		"198.18.0.1": false, "192.0.2.1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fd12::1": false, "ff02::1": false,
		"fec0::1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:7f00:1::": false, "::127.0.0.1": false,
		"::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "2001:db8::1": false,
	} {
		require.Equal(t, public, reachable(netip.MustParseAddr(text), false), text)
		require.Equal(t, public, reachable(netip.MustParseAddr(text), true), text)
	}
	for _, text := range []string{"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"} {
		require.False(t, reachable(netip.MustParseAddr(text), false), text)
		require.True(t, reachable(netip.MustParseAddr(text), true), text)
	}
}

func TestPatienceEnds(t *testing.T) {
	let := make(chan struct{})
	slow := map[string]http.HandlerFunc{
		"no answer": func(http.ResponseWriter, *http.Request) { <-let },
		"no end": func(out http.ResponseWriter, _ *http.Request) {
			_, _ = out.Write([]byte("BEGIN:VCALENDAR\n"))
			if f, ok := out.(http.Flusher); ok {
				f.Flush()
			}
			<-let
		},
	}
	for name, answer := range slow {
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		_, _, err := newFetcher(50*time.Millisecond, true).get(t.Context(), server.URL, "")
		require.EqualError(t, err, "does not answer within 50ms", name)
	}
	close(let)
}
