package reach

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// server is a mail server and how to speak to it. The password is only within an
// option, which is a function, so that no way of printing a server shows it.
type server struct {
	host, port string
	tls        *tls.Config // from the start; nil: by STARTTLS, or not at all
	options    []gomail.Option
}

// policies are what may be said of encryption after ?tls=.
var policies = map[string]gomail.TLSPolicy{
	"": gomail.TLSMandatory, "starttls": gomail.TLSMandatory, "opportunistic": gomail.TLSOpportunistic, "none": gomail.NoTLS,
}

// mechanisms are the ways to sign in, by preference: first those that do not show
// the password, then those that every server has, which are not used unencrypted.
var mechanisms = []gomail.SMTPAuthType{
	gomail.SMTPAuthSCRAMSHA256PLUS, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5,
}

// parseServer reads the address of a mail server. The fault, to be read behind
// "it", is empty when there is none; it never repeats what may be a password.
func parseServer(address string) (s server, fault string) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return s, "is not like smtp://user:password@mail.example.com:587; what is not a letter or digit in user or password must be percent-encoded"
	}
	if strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return s, "has something behind the port; only ?tls= may stand there, and a / # or ? in the password must be percent-encoded"
	}
	policy, fault := encryption(u)
	if fault != "" {
		return s, fault
	}
	s = server{host: u.Hostname(), port: u.Port()}
	config := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	s.options = []gomail.Option{gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(config)}
	standard := "587"
	if u.Scheme == "smtps" {
		s.tls, standard = config, "465"
	}
	if s.port == "" {
		s.port = standard
	}
	if _, err := strconv.ParseUint(s.port, 10, 16); err != nil {
		return s, "has a port beyond 65535"
	}
	if u.User == nil {
		return s, ""
	}
	user := u.User.Username()
	password, _ := u.User.Password()
	switch {
	case user == "" || password == "":
		return s, "needs a user and a password, or neither"
	case u.Scheme == "smtp" && policy == gomail.NoTLS && !slices.Contains(local, s.host):
		return s, "has a password that tls=none would show to everybody on the way; take tls=starttls, or smtps://"
	}
	s.options = append(s.options, gomail.WithUsername(user), gomail.WithPassword(password), gomail.WithOpportunisticSMTPAuth(mechanisms...))
	return s, ""
}

// local is what the library takes for the machine itself, where it sends a password
// unencrypted.
var local = []string{"localhost", "127.0.0.1", "::1"}

// encryption reads what stands after ?.
func encryption(u *url.URL) (policy gomail.TLSPolicy, fault string) {
	if u.Scheme == "smtps" {
		if u.RawQuery != "" {
			return policy, "begins with smtps://, which is always encrypted; remove what stands after the ?"
		}
		return gomail.NoTLS, "" // none besides
	}
	asked, err := url.ParseQuery(u.RawQuery)
	said := asked["tls"]
	delete(asked, "tls")
	policy, known := policies[strings.Join(said, ",")]
	if err != nil || len(asked) > 0 || !known {
		return policy, "has something after the ? that is not tls=starttls, tls=opportunistic or tls=none"
	}
	return policy, ""
}

// connect opens a connection, encrypted where it is so from the start.
func (s server) connect(ctx context.Context, network string) (net.Conn, error) {
	at := net.JoinHostPort(s.host, s.port)
	if s.tls == nil {
		return (&net.Dialer{}).DialContext(ctx, network, at)
	}
	return (&tls.Dialer{Config: s.tls}).DialContext(ctx, network, at)
}
