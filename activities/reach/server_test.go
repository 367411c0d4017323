package reach

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestSettingsOfMail(t *testing.T) {
	for address, where := range map[string]string{
		"smtp://mx.example.com":                                        "mx.example.com:587",
		"smtps://mx.example.com":                                       "mx.example.com:465",
		"smtp://bob:" + password + "@mx.example.com:2525/":             "mx.example.com:2525",
		"smtp://bob:p@" + token + "@mx.example.com?tls=starttls":       "mx.example.com:587",
		"smtp://bob:" + password + "@localhost:1025?tls=none":          "localhost:1025",
		"smtp://[2001:db8::1]:25?tls=none":                             "2001:db8::1:25",
		"smtp://bob:" + password + "@mx.example.com?tls=opportunistic": "mx.example.com:587",
	} {
		m, err := NewMail(address, "steward@example.com")
		require.NoError(t, err, address)
		require.Equal(t, where, m.server.host+":"+m.server.port)
	}
	for address, says := range map[string]string{
		"":                      "is not like smtp://",
		"mx.example.com:25":     "is not like smtp://",
		"http://mx.example.com": "is not like smtp://",
		"smtp://":               "is not like smtp://",
		"smtp://:25":            "is not like smtp://",
		"smtp://bob:" + token + "/x@mx.example.com:25":     "must be percent-encoded",
		"smtp://bob:1" + token + "%@mx.example.com":        "must be percent-encoded",
		"smtp://bob:12/" + token + "@mx.example.com":       "must be percent-encoded",
		"smtp://bob:12?" + token + "@mx.example.com":       "after the ? that is not tls=starttls",
		"smtp://bob:12#" + token + "@mx.example.com":       "must be percent-encoded",
		"smtp://mx.example.com:65536":                      "has a port beyond 65535",
		"smtp://mx.example.com?tls=no":                     "after the ? that is not tls=starttls",
		"smtp://mx.example.com?tls=none&tls=starttls":      "after the ? that is not tls=starttls",
		"smtp://mx.example.com?ssl=1":                      "after the ? that is not tls=starttls",
		"smtps://mx.example.com?tls=none":                  "always encrypted",
		"smtp://bob@mx.example.com":                        "needs a user and a password",
		"smtp://:" + token + "@mx.example.com":             "needs a user and a password",
		"smtp://bob:" + token + "@mx.example.com?tls=none": "that tls=none would show",
	} {
		_, err := NewMail(address, "steward@example.com")
		refused(t, err, itsm.Invalid, "mail.settings", says)
	}
	for _, from := range []string{"", "Steward", "steward@", "a@b, c@d", "stew@exämple.com", "a@[127.0.0.1]", "a@b\r\nBcc: c@d"} {
		_, err := NewMail("smtp://mx.example.com", from)
		require.Equal(t, "mail.settings", itsm.AsError(err).Code, from)
	}
}

func TestNoWayOfPrintingShowsASecret(t *testing.T) {
	m, err := NewMail("smtp://bob:"+token+"@mx.example.com", "steward@example.com")
	require.NoError(t, err)
	h, err := NewHook(secretA + " " + secretB)
	require.NoError(t, err)
	for _, form := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		printed := fmt.Sprintf(form, m) + fmt.Sprintf(form, *m) + fmt.Sprintf(form, h) + fmt.Sprintf(form, *h)
		require.NotContains(t, printed, token)
		require.NotContains(t, printed, fmt.Sprintf("%x", token))
		require.NotContains(t, printed, "AAAAAAAA")
		require.NotContains(t, printed, "65 65 65 65")
		require.NotContains(t, printed, "0x41, 0x41")
	}
}
