package reach

import (
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// wireServer is where Azure's machines ask who they are; it alone of its kind lies
// among public addresses.
var wireServer = netip.MustParsePrefix("168.63.129.16/32")

// guard lets connections through to public addresses only, and if so allowed to the
// machine itself: whoever keeps the catalog must not make Steward post into the
// network that it stands in. It is asked as the dialler's Control, with the address
// that a name was resolved to, and of that very address the connection is made; what
// the name leads to a moment later does not count.
type guard struct{ public *ssrf.Guardian }

func newGuard(loopback bool) guard {
	rules := []ssrf.Option{ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(wireServer)}
	if loopback {
		rules = append(rules,
			ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8")),
			ssrf.WithAllowedV6Prefixes(netip.MustParsePrefix("::1/128")))
	}
	return guard{ssrf.New(rules...)}
}

// control is a net.Dialer's Control; its error is ssrf.ErrProhibitedIP.
func (g guard) control(network, address string, c syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err == nil && ssrf.IPv6NAT64Prefix.Contains(at.Addr()) {
		// Where there is only IPv6, this is how the rest of the world looks: what
		// counts is the address inside.
		inner := at.Addr().As16()
		return g.public.SafeAddr(netip.AddrFrom4([4]byte(inner[12:])))
	}
	return g.public.Safe(network, address, c)
}
