package reach

import (
	"bytes"
	"context"
	"io"
	"maps"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

func TestAMailArrivesAsItWasMeant(t *testing.T) {
	o := open(t, "127.0.0.1", nil)
	require.NoError(t, o.by(t, "smtp://127.0.0.1:PORT").Send(t.Context(), "bob@example.net", pageBob()))
	require.Len(t, o.inbox(), 1)
	l := o.inbox()[0]
	require.Equal(t, "example.com", l.helo)
	require.Equal(t, "steward@example.com", l.from)
	require.Equal(t, []string{"bob@example.net"}, l.to)
	require.True(t, l.tls)
	require.False(t, l.options.UTF8)

	m, text := opened(t, l.data)
	require.Equal(t, "Bob, you are on call.\nPayments fail since 03:12.\n\nhttps://steward.example.com/INC-7\n", text)
	for name, want := range map[string]string{
		"From": `"Steward" <steward@example.com>`, "To": "<bob@example.net>",
		"Message-Id": "<INC-7/page/1=2E1/bob@example.com>", "References": "<INC-7@example.com>",
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "X-Steward-Number": "INC-7",
		"Content-Type": "text/plain; charset=UTF-8", "Mime-Version": "1.0",
	} {
		require.Equal(t, want, m.Header.Get(name), name)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "INC-7: payments are down — größer", subject)
	sent, err := m.Header.Date()
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), sent, time.Minute)
}

// opened reads a mail as a receiver does.
func opened(t require.TestingT, data []byte) (*mail.Message, string) {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, "quoted-printable", m.Header.Get("Content-Transfer-Encoding"))
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	require.NoError(t, err)
	return m, strings.ReplaceAll(string(text), "\r\n", "\n")
}

func TestEncryptionAndSigningIn(t *testing.T) {
	plain := func(o *office) { o.TLSConfig = nil }
	keyed := func(o *office) { o.signIn = true }
	unwary := func(o *office) { o.TLSConfig, o.signIn, o.AllowInsecureAuth = nil, true, true }
	rows := []struct {
		name, host, address string
		office              func(*office)
		tls                 bool
		says                string // of why it is not taken
	}{
		{"starttls is the default", "127.0.0.1", "smtp://127.0.0.1:PORT", nil, true, ""},
		{"starttls", "127.0.0.1", "smtp://127.0.0.1:PORT?tls=starttls", nil, true, ""},
		{"starttls that is not there", "127.0.0.1", "smtp://127.0.0.1:PORT?tls=starttls", plain, false, "offers no encryption"},
		{"opportunistic", "127.0.0.1", "smtp://127.0.0.1:PORT?tls=opportunistic", nil, true, ""},
		{"opportunistic without", "127.0.0.1", "smtp://127.0.0.1:PORT?tls=opportunistic", plain, false, ""},
		{"none", "127.0.0.1", "smtp://127.0.0.1:PORT?tls=none", nil, false, ""},
		{"from the start", "127.0.0.1", "smtps://127.0.0.1:PORT", func(o *office) { o.Addr = "smtps" }, true, ""},
		{"from the start, where it is not", "127.0.0.1", "smtps://127.0.0.1:PORT", nil, false, "does not speak TLS there"},
		{"IPv6", "::1", "smtp://[::1]:PORT", nil, true, ""},
		{"signed in", "127.0.0.1", "smtp://bob:" + password + "@127.0.0.1:PORT", keyed, true, ""},
		{"signed in, from the start", "127.0.0.1", "smtps://bob:" + password + "@127.0.0.1:PORT", func(o *office) { o.signIn, o.Addr = true, "smtps" }, true, ""},
		{"signed in within the machine", "127.0.0.1", "smtp://bob:" + password + "@127.0.0.1:PORT?tls=none", unwary, false, ""},
		{"a password unencrypted", "127.0.0.2", "smtp://bob:" + password + "@127.0.0.2:PORT?tls=opportunistic", unwary, false, "offers no encryption"},
		{"a wrong password", "127.0.0.1", "smtp://bob:" + password + "-not@127.0.0.1:PORT", keyed, false, "does not take Steward's user name and password (535)"},
		{"a wrong user", "127.0.0.1", "smtp://bobb:" + password + "@127.0.0.1:PORT", keyed, false, "does not take Steward's user name and password (535)"},
		{"no password", "127.0.0.1", "smtp://127.0.0.1:PORT", keyed, false, "does not let Steward send as its sender (530 5.7.0)"},
		{"nowhere to sign in", "127.0.0.1", "smtp://bob:" + password + "@127.0.0.1:PORT", nil, false, "offers no way to sign in"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o := open(t, row.host, row.office)
			err := o.by(t, row.address).Send(t.Context(), "bob@example.net", pageBob())
			if row.says != "" {
				refused(t, err, itsm.Unavailable, "mail.unavailable", row.says)
				require.Empty(t, o.inbox())
				return
			}
			require.NoError(t, err)
			require.Len(t, o.inbox(), 1)
			require.Equal(t, row.tls, o.inbox()[0].tls)
			require.Equal(t, o.signIn, len(o.users) == 1)
		})
	}
}

func TestAServerThatNobodyVouchesForGetsNothing(t *testing.T) {
	for address, arrange := range map[string]func(*office){
		"smtp://bob:" + password + "@127.0.0.1:PORT":                   func(o *office) { o.signIn = true },
		"smtp://bob:" + password + "@127.0.0.1:PORT?tls=opportunistic": func(o *office) { o.signIn = true },
		"smtps://bob:" + password + "@127.0.0.1:PORT":                  func(o *office) { o.signIn, o.Addr = true, "smtps" },
	} {
		o := open(t, "127.0.0.1", arrange)
		m, err := NewMail(strings.ReplaceAll(address, "PORT", o.port), "steward@example.com")
		require.NoError(t, err)
		err = m.Send(t.Context(), "bob@example.net", pageBob())
		refused(t, err, itsm.Unavailable, "mail.unavailable", "has a certificate that is not trusted: x509: ")
		require.Empty(t, o.users)
	}
}

func TestWhatAServerSaysOfAMail(t *testing.T) {
	says := func(code int, enhanced ...int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode(enhanced), Message: "<bob@example.net> says " + token}
	}
	rows := []struct {
		name    string
		office  func(*office)
		kind    itsm.Kind
		code    string
		message string
	}{
		{"nobody of that name", func(o *office) { o.rcpt = says(550, 5, 1, 1) }, itsm.Conflict, "mail.refused", "refuses the mail to this person (550 5.1.1)"},
		{"a full mailbox", func(o *office) { o.rcpt = says(452, 4, 2, 2) }, itsm.Unavailable, "mail.unavailable", "cannot take the mail now (452 4.2.2)"},
		{"a grey list", func(o *office) { o.rcpt = says(451, 4, 7, 1) }, itsm.Unavailable, "mail.unavailable", "(451 4.7.1)"},
		{"spam", func(o *office) { o.data = says(554, 5, 7, 1) }, itsm.Conflict, "mail.refused", "(554 5.7.1)"},
		{"trouble behind", func(o *office) { o.data = says(451, 4, 3, 0) }, itsm.Unavailable, "mail.unavailable", "(451 4.3.0)"},
		{"not that sender", func(o *office) { o.mail = says(553, 5, 7, 1) }, itsm.Unavailable, "mail.unavailable", "does not let Steward send as its sender (553 5.7.1)"},
		{"too many", func(o *office) { o.mail = says(421, 4, 7, 0) }, itsm.Unavailable, "mail.unavailable", "cannot take the mail now (421 4.7.0)"},
		{"not now", func(o *office) { o.greeting = says(421, 4, 3, 2) }, itsm.Unavailable, "mail.unavailable", "takes no mail from Steward now (421)"},
		{"not you", func(o *office) { o.greeting = says(554, 5, 7, 1) }, itsm.Unavailable, "mail.unavailable", "takes no mail from Steward now (554)"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o := open(t, "127.0.0.1", row.office)
			refused(t, o.by(t, "smtp://127.0.0.1:PORT").Send(t.Context(), "bob@example.net", pageBob()), row.kind, row.code, row.message)
			require.Empty(t, o.inbox())
		})
	}
}

// Whoever drops the line after the mail has it, or not: it is sent again, as the
// same mail.
func TestWhatMayHaveBeenTakenIsSentAgainAsTheSame(t *testing.T) {
	drops := true
	o := open(t, "127.0.0.1", func(o *office) {
		o.taken = func(c *smtp.Conn) error {
			if drops {
				drops = false
				return c.Conn().Close()
			}
			return nil
		}
	})
	m := o.by(t, "smtp://127.0.0.1:PORT")
	refused(t, m.Send(t.Context(), "bob@example.net", pageBob()), itsm.Unavailable, "mail.unavailable", "did not say whether it took the mail")
	require.NoError(t, m.Send(t.Context(), "bob@example.net", pageBob()))
	require.Len(t, o.inbox(), 2)
	first, _ := opened(t, o.inbox()[0].data)
	again, _ := opened(t, o.inbox()[1].data)
	require.Equal(t, first.Header.Get("Message-Id"), again.Header.Get("Message-Id"))
}

func TestAServerThatHangsIsLeft(t *testing.T) {
	t.Run("before it took the mail", func(t *testing.T) {
		closing := make(chan struct{})
		o := open(t, "127.0.0.1", func(o *office) {
			o.taken = func(*smtp.Conn) error { <-closing; return nil }
		})
		t.Cleanup(func() { close(closing) })
		m := o.by(t, "smtp://127.0.0.1:PORT?tls=none")
		m.patience = brief
		refused(t, m.Send(t.Context(), "bob@example.net", pageBob()), itsm.Unavailable, "mail.unavailable", "")
	})
	t.Run("without a greeting", func(t *testing.T) {
		m := scripted(t, "", func(string) string { return "" })
		m.patience = brief
		refused(t, m.Send(t.Context(), "bob@example.net", pageBob()), itsm.Unavailable, "mail.unavailable", "did not answer in time")
	})
	t.Run("when nobody waits any more", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		m := scripted(t, "220 hello\r\n", func(string) string { cancel(); return "" })
		m.patience = time.Hour
		refused(t, m.Send(ctx, "bob@example.net", pageBob()), itsm.Unavailable, "mail.unavailable", "broke off")
	})
	t.Run("a handshake that never ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		m := scripted(t, "220 hello\r\n", func(line string) string {
			switch {
			case strings.HasPrefix(line, "EHLO"):
				return "250-mx.example.com\r\n250 STARTTLS\r\n"
			case line == "STARTTLS":
				return "220 go on\r\n"
			}
			cancel() // the client's part of the handshake
			return ""
		})
		o := &office{port: m.server.port}
		m = o.by(t, "smtp://127.0.0.1:PORT")
		m.patience = brief
		refused(t, m.Send(ctx, "bob@example.net", pageBob()), itsm.Unavailable, "mail.unavailable", "")
	})
}

// A server that has taken the mail has taken it, however it behaves after.
func TestWhatWasTakenIsNotSentAgain(t *testing.T) {
	for name, bye := range map[string]string{"silence": "", "a refusal": "500 what?\r\n", "noise": "\x00\xff\r\n"} {
		t.Run(name, func(t *testing.T) {
			data := false
			m := scripted(t, "220 hello\r\n", func(line string) string {
				switch {
				case data && line == ".":
					data = false
					return "250 taken\r\n"
				case data:
					return ""
				case line == "DATA":
					data = true
					return "354 go on\r\n"
				case strings.HasPrefix(line, "EHLO"):
					return "250-mx.example.com\r\n250 AUTH PLAIN\r\n"
				case strings.HasPrefix(line, "AUTH"):
					return "235 welcome\r\n"
				case line == "QUIT":
					return bye
				}
				return "250 ok\r\n"
			})
			require.NoError(t, m.Send(t.Context(), "bob@example.net", pageBob()))
		})
	}
}

// A server may say anything: what it says is not repeated.
func TestNoRefusalRepeatsWhatAServerSays(t *testing.T) {
	echo := "AGJvYgBwYXNzL3dvcmQtaHVudGVyMg== " + password + " pass/word-hunter2"
	for name, script := range map[string]map[string]string{
		"to the password": {"EHLO": "250-mx\r\n250 AUTH PLAIN\r\n", "AUTH": "535 5.7.8 no: " + echo + "\r\n"},
		"by a challenge":  {"EHLO": "250-mx\r\n250 AUTH PLAIN\r\n", "AUTH": "334 " + echo + "\r\n"},
		"in a long LOGIN": {"EHLO": "250-mx\r\n250 AUTH LOGIN\r\n", "AUTH": "334 VXNlcm5hbWU6\r\n", "": "334 cGFzcy93b3JkLWh1bnRlcjI=\r\n"},
		"to a greeting":   {"EHLO": "550 " + echo + "\r\n", "HELO": "550 " + echo + "\r\n"},
		"out of turn":     {"EHLO": echo + "\r\n", "HELO": echo + "\r\n"},
		"to the sender":   {"EHLO": "250-mx\r\n250 AUTH PLAIN\r\n", "AUTH": "235 ok\r\n", "MAIL": "550 " + echo + "\r\n"},
		"to the receiver": {"EHLO": "250-mx\r\n250 AUTH PLAIN\r\n", "AUTH": "235 ok\r\n", "MAIL": "250 ok\r\n", "RCPT": echo + "\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			m := scripted(t, "220 hello\r\n", func(line string) string {
				verb, _, _ := strings.Cut(line, " ")
				switch answer, ok := script[verb]; {
				case ok:
					return answer
				case verb == "*", verb == "RSET", verb == "QUIT":
					return "250 as you like\r\n"
				}
				return script[""]
			})
			err := m.Send(t.Context(), "bob@example.net", pageBob())
			require.NotContains(t, err.Error(), "hunter2")
			refused(t, err, itsm.Unavailable, "mail.unavailable", "The mail server 127.0.0.1 ")
		})
	}
}

func TestAServerThatCannotBeFound(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	gone, err := NewMail("smtp://"+l.Addr().String(), "steward@example.com")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	refused(t, gone.Send(t.Context(), "bob@example.net", pageBob()), itsm.Unavailable, "mail.unavailable", "takes no connections")

	unknown, err := NewMail("smtp://bob:"+password+"@mx.invalid", "steward@example.com")
	require.NoError(t, err)
	refused(t, unknown.Send(t.Context(), "bob@example.net", pageBob()), itsm.Unavailable, "mail.unavailable", "The mail server mx.invalid ")
}

func TestWhoHasNoAddressIsNotReached(t *testing.T) {
	o := open(t, "127.0.0.1", nil)
	m := o.by(t, "smtp://127.0.0.1:PORT")
	refused(t, m.Send(t.Context(), "", pageBob()), itsm.Conflict, "reach.unreachable", "the catalog has no address")
	for _, address := range []string{
		"bob", "Bob <bob@example.net>", "bob@example.net, eve@example.net", "bob@example.net\r\nBcc: eve@example.net",
		"bob@example.net> ORCPT=rfc822;eve@example.net", `"bob> ORCPT=eve"@example.net`, "böb@example.net", " bob@example.net",
	} {
		refused(t, m.Send(t.Context(), address, pageBob()), itsm.Conflict, "reach.unreachable", "is not an address")
	}
	refused(t, (*Mail)(nil).Send(t.Context(), "bob@example.net", pageBob()), itsm.Conflict, "reach.unreachable", "no mail server is set")
	require.Empty(t, o.inbox())
}

func TestNobodyWritesIntoAHeader(t *testing.T) {
	o := open(t, "127.0.0.1", nil)
	m := o.by(t, "smtp://127.0.0.1:PORT")
	p := pageBob()
	p.Subject = "Fire\r\nBcc: eve@example.net\r\n\r\nhello\u202e\x00 =?utf-8?q?=0D=0ABcc:_eve?="
	p.Text = "One\r\n.\r\nMAIL FROM:<eve@example.net>\r\n.two\x00\xff"
	p.URL = "https://steward.example.com/\r\nBcc: eve@example.net"
	require.NoError(t, m.Send(t.Context(), "bob@example.net", p))
	require.Len(t, o.inbox(), 1)
	require.Equal(t, []string{"bob@example.net"}, o.inbox()[0].to)
	got, text := opened(t, o.inbox()[0].data)
	require.Equal(t, "Fire Bcc: eve@example.net hello = ?utf-8?q?=0D=0ABcc:_eve?=", got.Header.Get("Subject"))
	require.Equal(t, "One\n.\nMAIL FROM:<eve@example.net>\n.two\x00\uFFFD\n\nhttps://steward.example.com/\nBcc: eve@example.net\n", text)
	require.NotContains(t, header(o.inbox()[0].data), "\nBcc")

	for _, spoil := range []func(*Message){
		func(m *Message) { m.Key = "INC-7\r\nBcc: eve@example.net" },
		func(m *Message) { m.Key = "" },
		func(m *Message) { m.Key = strings.Repeat("k", 201) },
		func(m *Message) { m.Number = "INC-7\nBcc: eve" },
		func(m *Message) { m.Kind = "incident page" },
	} {
		p := pageBob()
		spoil(&p)
		require.Equal(t, "reach.message", itsm.AsError(m.Send(t.Context(), "bob@example.net", p)).Code)
	}
}

// Whatever is written, a mail has the same headers, and its subject and text are what
// was written.
func TestWhateverIsWrittenIsOneMail(t *testing.T) {
	m, err := NewMail("smtp://mx.example.com", "Steward <steward@example.com>")
	require.NoError(t, err)
	names := slices.Sorted(slices.Values([]string{
		"From", "To", "Subject", "Message-Id", "References", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Steward-Number",
		"Date", "Mime-Version", "Content-Type", "Content-Transfer-Encoding",
	}))
	rapid.Check(t, func(t *rapid.T) {
		p := pageBob()
		p.Subject, p.Text, p.URL = rapid.String().Draw(t, "subject"), rapid.String().Draw(t, "text"), ""
		l, err := m.letter("bob@example.net", p)
		require.NoError(t, err)
		var b bytes.Buffer
		_, err = l.WriteTo(&b)
		require.NoError(t, err)
		got, text := opened(t, b.Bytes())
		require.Equal(t, names, slices.Sorted(maps.Keys(got.Header)))
		subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, p.subject(), subject)
		require.Equal(t, p.body(), text)
		for line := range strings.Lines(b.String()) {
			require.LessOrEqual(t, len(line), 1000, "RFC 5321, 4.5.3.1.6")
		}
	})
}

func TestAnotherKeyIsAnotherMessageID(t *testing.T) {
	m := &Mail{from: mail.Address{Address: "steward@example.com"}}
	require.Equal(t, "INC-7/page/1=2E1/bob@example.com", m.id("INC-7/page/1.1/bob"))
	ids := map[string]bool{}
	for _, key := range []string{"a.b", "a=2Eb", "a-b", "a/b", "a@b", "a:b", "a_b", "ab."} {
		id := m.id(key)
		require.False(t, ids[id])
		ids[id] = true
		_, err := mail.ParseAddress("<" + id + ">") // an id is built like an address
		require.NoError(t, err)
	}
}
