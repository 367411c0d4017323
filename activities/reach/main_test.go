package reach

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
	gomail "github.com/wneessen/go-mail"

	"github.com/steward-itsm/steward/itsm"
)

// brief is how long a test waits for what never answers.
const brief = 100 * time.Millisecond

func pageBob() Message {
	return Message{
		Key: "INC-7/page/1.1/bob", Number: "INC-7", Subject: "INC-7: payments are down — größer", URL: "https://steward.example.com/INC-7",
		Text: "Bob, you are on call.\nPayments fail since 03:12.",
	}
}

// refused is the refusal that a send must end with.
func refused(t *testing.T, err error, kind itsm.Kind, code, says string) {
	t.Helper()
	require.Error(t, err)
	e := itsm.AsError(err)
	require.Equal(t, code, e.Code, e.Message)
	require.Equal(t, kind, e.Kind, e.Message)
	require.Contains(t, e.Message, says)
	for _, secret := range []string{password, "Ym9i", "bob", token} {
		require.NotContains(t, e.Error(), secret)
	}
}

const (
	password = "pass%2Fword-hunter2"
	token    = "token-t0p"
)

// certificate is one for 127.0.0.1, and those who trust it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.TLS.Certificates[0], pool
}

// office is a real mail server, and what becomes of the mails that it is given.
type office struct {
	*smtp.Server

	port string
	pool *x509.CertPool // who trusts its certificate

	greeting, mail, rcpt, data error
	signIn                     bool                   // it takes mail from bob with his password only
	taken                      func(*smtp.Conn) error // once a mail is there; its error is the answer

	sync.Mutex

	letters []letter
	users   []string
}

// letter is a mail as it arrived.
type letter struct {
	helo, from string
	to         []string
	tls        bool
	options    smtp.MailOptions
	data       []byte
}

// open opens an office: arrange says how it behaves.
func open(t *testing.T, host string, arrange func(*office)) *office {
	t.Helper()
	o := &office{}
	own, pool := certificate(t)
	o.Server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{office: o, conn: c}, o.greeting
	}))
	o.Domain, o.TLSConfig, o.pool = "mx.example.com", &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}, pool
	o.EnableSMTPUTF8, o.ErrorLog = true, log.New(io.Discard, "", 0)
	if arrange != nil {
		arrange(o)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	require.NoError(t, err)
	_, o.port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	if o.Addr == "smtps" {
		l = tls.NewListener(l, o.TLSConfig)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = o.Serve(l)
	}()
	t.Cleanup(func() {
		require.NoError(t, o.Close())
		_ = l.Close() // it may not have got as far as to know it
		<-served
	})
	return o
}

// inbox are the mails that were taken.
func (o *office) inbox() []letter {
	o.Lock()
	defer o.Unlock()
	return append([]letter{}, o.letters...)
}

type session struct {
	office *office
	conn   *smtp.Conn
	letter letter
	user   string
}

func (s *session) Reset()        { s.letter = letter{} }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if s.office.signIn {
		return []string{sasl.Plain}
	}
	return nil
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, secret string) error {
		if user != "bob" || secret != "pass/word-hunter2" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "bob may not come in with " + secret}
		}
		s.user = user
		s.office.Lock()
		defer s.office.Unlock()
		s.office.users = append(s.office.users, user)
		return nil
	}), nil
}

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	if s.office.signIn && s.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	_, encrypted := s.conn.TLSConnectionState()
	s.letter = letter{helo: s.conn.Hostname(), from: from, tls: encrypted, options: *o}
	return s.office.mail
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.letter.to = append(s.letter.to, to)
	return s.office.rcpt
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil || s.office.data != nil {
		return s.office.data
	}
	s.letter.data = data
	s.office.Lock()
	s.office.letters = append(s.office.letters, s.letter)
	s.office.Unlock()
	if s.office.taken != nil {
		return s.office.taken(s.conn)
	}
	return nil
}

// by makes a Mail that sends by an office, which it trusts.
func (o *office) by(t *testing.T, address string) *Mail {
	t.Helper()
	m, err := NewMail(strings.ReplaceAll(address, "PORT", o.port), "Steward <steward@example.com>")
	require.NoError(t, err)
	config := &tls.Config{RootCAs: o.pool, ServerName: m.server.host, MinVersion: tls.VersionTLS12}
	m.server.options = append(m.server.options, gomail.WithTLSConfig(config))
	if m.server.tls != nil {
		m.server.tls = config
	}
	return m
}

// scripted is a server of few words: it greets, answers line by line, and says
// nothing when the answer is empty.
func scripted(t *testing.T, greeting string, answer func(line string) string) *Mail {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			converse(c, greeting, answer)
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, l.Close())
		<-done
	})
	m, err := NewMail("smtp://bob:"+password+"@"+l.Addr().String()+"?tls=none", "steward@example.com")
	require.NoError(t, err)
	return m
}

func converse(c net.Conn, greeting string, answer func(line string) string) {
	defer c.Close()
	_, err := io.WriteString(c, greeting)
	for lines := bufio.NewScanner(c); err == nil && lines.Scan(); {
		_, err = io.WriteString(c, answer(lines.Text()))
	}
}

// header is the part of a mail before its text.
func header(data []byte) string {
	before, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	return string(before)
}
