package reach

import (
	"crypto/tls"
	"errors"
	"net"
	"syscall"

	"github.com/steward-itsm/steward/itsm"
)

// broken says why a connection failed, to be read behind the name of the other end.
// An error's own text is not passed on: it has addresses in it.
func broken(err error) string {
	timed, ok := errors.AsType[net.Error](err)
	name, unnamed := errors.AsType[*net.DNSError](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, garbled := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case unnamed && name.IsNotFound:
		return "is not known by its name"
	case ok && timed.Timeout():
		return "did not answer in time"
	case unnamed:
		return "could not be looked up"
	case untrusted:
		return "has a certificate that is not trusted"
	case garbled:
		return "does not speak TLS there"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "takes no connections"
	}
	return "broke off"
}

// unreachable is for a person whom a way cannot lead to as things are.
func unreachable(way itsm.Way, why string) *itsm.Error {
	return itsm.Refuse(itsm.Conflict, "reach.unreachable", "This person cannot be reached by %s: %s.", way, why)
}
