package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/steward-itsm/steward/itsm"
)

// stretches is how often patience may be used up within one mail: by connecting, by
// signing in and by handing it over.
const stretches = 3

// farewell is how long is waited for the end of a session whose outcome is known.
const farewell = time.Second

// Mail sends messages by one mail server.
type Mail struct {
	server   server
	from     mail.Address
	patience time.Duration
}

// domain is what stands behind the @ of a sender: Steward's name towards the mail
// server, and the right side of its Message-IDs.
var domain = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

// NewMail makes a Mail that sends by the server at an address, such as
// smtp://user:password@mail.example.com:587, in the name of a sender, such as
// Steward <steward@example.com>.
//
// smtp:// asks for encryption by STARTTLS and goes no further without; after
// ?tls=opportunistic it takes what is offered, after ?tls=none it asks for nothing.
// smtps:// is encrypted from the start. The ports are 587 and 465 unless another is
// given. A password is only sent encrypted, or within the machine. What cannot be
// used is refused (mail.settings) without repeating the password.
func NewMail(address, from string) (*Mail, error) {
	s, fault := parseServer(address)
	if fault != "" {
		return nil, itsm.Refuse(itsm.Invalid, "mail.settings", "The address of the mail server cannot be used: it %s.", fault)
	}
	sender, err := mail.ParseAddress(from)
	if err != nil || !ascii(sender.Address) || !domain.MatchString(behindAt(sender.Address)) {
		return nil, itsm.Refuse(itsm.Invalid, "mail.settings", "The sender of mails %.80q is not an address; write it like Steward <steward@example.com>.", from)
	}
	return &Mail{server: s, from: *sender, patience: patience}, nil
}

// Send mails a message to an address, within half a minute, and ten seconds for each
// stretch of it. Its refusals are in the package's comment. A nil Mail reaches
// nobody.
func (m *Mail) Send(ctx context.Context, address string, p Message) error {
	if m == nil {
		return unreachable(itsm.WayEmail, "no mail server is set, so nobody can be")
	}
	letter, err := m.letter(address, p)
	if err != nil {
		return err
	}
	// The end of the context is the end of the connection, however it comes: the
	// library keeps to deadlines of its own, and leaves open what fails early.
	ctx, cancel := context.WithTimeout(ctx, stretches*m.patience)
	defer cancel()
	client, err := m.client(ctx)
	if err != nil {
		return err
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return m.unavailable(err)
	}
	err = client.SendWithSMTPClient(session, letter)
	if session.UpdateDeadline(min(farewell, m.patience)) == nil {
		_ = session.Quit() // taken or not, that is settled
	}
	if letter.IsDelivered() {
		return nil
	}
	return m.untaken(err)
}

// client speaks to the server once, until ctx ends.
func (m *Mail) client(ctx context.Context) (*gomail.Client, error) {
	dial := func(dialing context.Context, network, _ string) (net.Conn, error) {
		c, err := m.server.connect(dialing, network)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = c.Close() })
		}
		return c, err
	}
	return gomail.NewClient(m.server.host, slices.Concat(m.server.options, []gomail.Option{
		gomail.WithDialContextFunc(dial), gomail.WithTimeout(m.patience), gomail.WithHELO(behindAt(m.from.Address)),
		gomail.WithoutNoop(), gomail.WithoutRset(), // one session, one mail
		gomail.WithoutSMTPUTF8(), // every address is ASCII, and not every server behind takes more
	})...)
}

// letter is a message as it is mailed.
func (m *Mail) letter(address string, p Message) (*gomail.Msg, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	to, err := mail.ParseAddress(address)
	switch {
	case address == "":
		return nil, unreachable(itsm.WayEmail, "the catalog has no address for them")
	case err != nil || to.Address != address || !ascii(address):
		return nil, unreachable(itsm.WayEmail, "what the catalog has for them is not an address")
	}
	l := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	l.FromMailAddress(&m.from)
	l.ToMailAddress(to)
	l.Subject(p.subject())
	l.SetMessageIDWithValue(m.id(p.Key))
	l.SetGenHeader(gomail.HeaderReferences, "<"+m.id(string(p.Number))+">") // of no mail: it keeps those of one record together
	l.SetGenHeader("Auto-Submitted", "auto-generated")
	l.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All") // Exchange knows this one instead
	l.SetGenHeader("X-Steward-Number", string(p.Number))
	l.SetBodyString(gomail.TypeTextPlain, p.body())
	return l, nil
}

// id makes a Message-ID of a key: the same for the same, and another for another
// (RFC 5322, 3.6.4).
func (m *Mail) id(key string) string {
	var b strings.Builder
	for _, c := range []byte(key) {
		if c == '/' || c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String() + "@" + behindAt(m.from.Address)
}

// untaken is a mail that the server did not confirm. It may have been taken all the
// same, so it is worth a repeat, unless the server said that it never will be.
func (m *Mail) untaken(err error) error {
	sent, ok := errors.AsType[*gomail.SendError](err)
	if !ok || sent.ErrorCode() == 0 {
		return itsm.Refuse(itsm.Unavailable, "mail.unavailable", "The mail server %s did not say whether it took the mail.", m.server.host)
	}
	said := strings.TrimSpace(fmt.Sprint(sent.ErrorCode(), " ", sent.EnhancedStatusCode()))
	switch {
	case sent.ErrorCode() < 500:
		return itsm.Refuse(itsm.Unavailable, "mail.unavailable", "The mail server %s cannot take the mail now (%s).", m.server.host, said)
	case sent.Reason == gomail.ErrSMTPMailFrom || slices.Contains(signIn, sent.ErrorCode()):
		// It is not about this person, and an administrator can mend it.
		return itsm.Refuse(itsm.Unavailable, "mail.unavailable", "The mail server %s does not let Steward send as its sender (%s); correct the settings.", m.server.host, said)
	}
	return itsm.Refuse(itsm.Conflict, "mail.refused", "The mail server %s refuses the mail to this person (%s).", m.server.host, said)
}

// signIn are the answers of a server that wants another name or password, or any (RFC
// 4954, 6).
var signIn = []int{530, 534, 535, 538}

// unavailable is a server that no mail could be handed to. Whatever it is can be
// mended, there or in the settings.
func (m *Mail) unavailable(err error) error {
	return itsm.Refuse(itsm.Unavailable, "mail.unavailable", "The mail server %s %s.", m.server.host, whyNot(err))
}

func whyNot(err error) string {
	answer, answered := errors.AsType[*textproto.Error](err)
	certificate, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch text := err.Error(); {
	case answered && slices.Contains(signIn, answer.Code):
		return fmt.Sprintf("does not take Steward's user name and password (%d); correct the settings", answer.Code)
	case answered:
		return fmt.Sprintf("takes no mail from Steward now (%d)", answer.Code)
	case untrusted:
		return "has a certificate that is not trusted: " + certificate.Err.Error()
	case errors.Is(err, smtp.ErrUnencrypted), strings.HasPrefix(text, "STARTTLS mode set to"):
		return "offers no encryption; correct the settings"
	case errors.Is(err, gomail.ErrNoSupportedAuthDiscovered), strings.HasPrefix(text, "server does not support SMTP AUTH"):
		return "offers no way to sign in with user name and password; correct the settings"
	}
	return broken(err)
}

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > '~' })
}

func behindAt(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
