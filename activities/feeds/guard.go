package feeds

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

var errPrivate = errors.New("is at an address that is not public, which is not asked")

// reserved are the networks that a public feed cannot be in, beyond those that netip
// knows (IANA special-purpose registries), and those by which an address of another
// network can be reached in disguise.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carriers' own; clouds keep their services there, too
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),        // IPv4, of old
	netip.MustParsePrefix("64:ff9b::/96"), // IPv4, translated
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), // Teredo and others
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // IPv4, by 6to4
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("5f00::/16"),
	netip.MustParsePrefix("fec0::/10"),
}

// guard refuses connections into networks that are nobody's business but ours. It
// looks at the address that is about to be dialled, after the name was looked up, so
// that no name can be one thing when it is checked and another when it is used.
func guard(allowLoopback bool) func(ctx context.Context, network, address string, c syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !reachable(at.Addr(), allowLoopback) {
			return errPrivate
		}
		return nil
	}
}

func reachable(ip netip.Addr, allowLoopback bool) bool {
	ip = ip.Unmap().WithZone("")
	if ip.IsLoopback() {
		return allowLoopback
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() &&
		!slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(ip) })
}
