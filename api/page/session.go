package page

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/itsm"
)

// A session is a sealed cookie and nothing else. It holds the token that its
// person signed in with, encrypted, so that each request asks the desk about that
// very token again: once it is revoked, has expired, or its person has left, the
// session is over with it, and there is no second list of sessions to keep in step.
// What a browser holds is of no use at the API, which takes the token alone.

// sessionLife is how long a sign-in lasts at most.
const sessionLife = 12 * time.Hour

// session is what the cookie of somebody who signed in holds.
type session struct {
	Token string    `json:"t"`
	CSRF  string    `json:"c"` // what its own forms know and no other site can
	Ends  time.Time `json:"e"`
}

// flash is what the page after an act says once.
type flash struct {
	Text string `json:"t"`
}

// sealer encrypts what browsers keep for us, with keys made from the live ones.
type sealer []cipher.AEAD

func newSealer(keys [][]byte) (sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("page: no key to seal sessions with")
	}
	var s sealer
	for i, k := range keys {
		if len(k) < sha256.Size {
			return nil, fmt.Errorf("page: key %d has fewer than %d bytes", i+1, sha256.Size)
		}
		own, err := hkdf.Key(sha256.New, k, nil, "steward.page.cookie.1", 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(own)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		s = append(s, aead)
	}
	return s, nil
}

// put seals a value for a cookie. The cookie's name is sealed with it, so that one
// cannot be passed off as another.
func (s sealer) put(name string, value any) (string, error) {
	text, err := json.Marshal(value)
	sealed := s[0].Seal(nil, nil, text, []byte(name)) //nolint:gosec // no nonce is given: this AEAD draws one for each
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// take opens what put sealed, with any live key, and reports whether it could.
func (s sealer) take(name, sealed string, value any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) > maxCookie {
		return false
	}
	for _, key := range s {
		if text, err := key.Open(nil, nil, raw, []byte(name)); err == nil {
			return json.Unmarshal(text, value) == nil
		}
	}
	return false
}

// The cookies, and how much one may hold.
const (
	sessionCookie = "steward-session"
	flashCookie   = "steward-flash"
	maxCookie     = 4096
)

// cookieName binds a cookie to this very host where people come by https.
func (d *Door) cookieName(name string) string {
	if d.secure {
		return "__Host-" + name
	}
	return name
}

// setCookie seals a value into a cookie. Lax, not Strict: who comes from a link in
// Slack is still signed in, and forms have a token of their own.
func (d *Door) setCookie(c *gin.Context, name string, value any, life time.Duration) error {
	sealed, err := d.seal.put(name, value)
	if err != nil {
		return err
	}
	d.writeCookie(c, name, sealed, int(life.Seconds()))
	return nil
}

func (d *Door) dropCookie(c *gin.Context, name string) { d.writeCookie(c, name, "", -1) }

func (d *Door) writeCookie(c *gin.Context, name, value string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure wherever there is https to be had; production asks for it
		Name: d.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (d *Door) readCookie(c *gin.Context, name string, value any) bool {
	all := c.Request.CookiesNamed(d.cookieName(name))
	return len(all) == 1 && d.seal.take(name, all[0].Value, value)
}

// openSession begins a session for whoever holds a token.
func (d *Door) openSession(c *gin.Context, token string) error {
	return d.setCookie(c, sessionCookie, session{Token: token, CSRF: rand.Text(), Ends: d.Now().Add(sessionLife)}, sessionLife)
}

// session is the session that a request belongs to, and false when there is none.
func (d *Door) session(c *gin.Context) (s session, ok bool) {
	ok = d.readCookie(c, sessionCookie, &s) && s.CSRF != "" && d.Now().Before(s.Ends)
	return s, ok
}

// checkOrigin refuses a form that another site has sent.
func (d *Door) checkOrigin(r *http.Request) error {
	if d.origins.Check(r) != nil {
		return itsm.Refuse(itsm.Forbidden, "page.foreign_form", "That form was not sent from Steward, so nothing was done.")
	}
	return nil
}

// checkForm refuses a form that was not made for this session.
func (s session) checkForm(given string) error {
	if subtle.ConstantTimeCompare([]byte(s.CSRF), []byte(given)) != 1 {
		return itsm.Refuse(itsm.Forbidden, "page.foreign_form",
			"That form was made before you signed in, or not by Steward. Nothing was done; try it again from here.")
	}
	return nil
}

// say leaves a sentence for the next page.
func (d *Door) say(c *gin.Context, text string) {
	if err := d.setCookie(c, flashCookie, flash{text}, time.Minute); err != nil {
		d.Log.WarnContext(c.Request.Context(), "a sentence was lost", "error", err)
	}
}

// said takes the sentence that the page before has left.
func (d *Door) said(c *gin.Context) string {
	var f flash
	if d.readCookie(c, flashCookie, &f) {
		d.dropCookie(c, flashCookie)
	}
	return f.Text
}
