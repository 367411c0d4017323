package chatops

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

const (
	maxBody = 1 << 20         // bytes of one delivery
	maxSkew = 5 * time.Minute // between Slack's clock and ours
)

var (
	signatureForm = regexp.MustCompile(`^v0=[0-9a-f]{64}$`)
	timestampForm = regexp.MustCompile(`^[0-9]{10}$`)
)

// verifier proves that Slack sent a body, by
// https://docs.slack.dev/authentication/verifying-requests-from-slack. Its error
// is one fixed sentence: one that held the right signature would sign for anybody.
type verifier struct {
	secrets [][]byte
	now     func() time.Time
}

func newVerifier(secrets []string, now func() time.Time) (verifier, error) {
	v := verifier{now: now}
	for _, s := range secrets {
		if s == "" {
			return v, itsm.Refuse(itsm.Invalid, "slack.config", "A signing secret of Slack is empty; anybody could sign with it.")
		}
		v.secrets = append(v.secrets, []byte(s))
	}
	if len(v.secrets) == 0 {
		return v, itsm.Refuse(itsm.Invalid, "slack.config", "The Slack door needs a signing secret.")
	}
	return v, nil
}

func (v verifier) check(h http.Header, body []byte) error {
	refusal := itsm.Refuse(itsm.Unauthenticated, "slack.signature", "This was not signed by Slack, or too long ago.")
	signature, timestamp := h.Get("X-Slack-Signature"), h.Get("X-Slack-Request-Timestamp")
	if !signatureForm.MatchString(signature) || !timestampForm.MatchString(timestamp) {
		return refusal
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || v.now().Sub(time.Unix(seconds, 0)).Abs() > maxSkew {
		return refusal
	}
	given, err := hex.DecodeString(signature[len("v0="):])
	if err != nil {
		return refusal
	}
	right := false
	for _, secret := range v.secrets { // all of them: the time taken must not tell which one fits
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte("v0:" + timestamp + ":"))
		mac.Write(body)
		right = hmac.Equal(mac.Sum(nil), given) || right
	}
	if !right {
		return refusal
	}
	return nil
}

const verified = "steward.slack.body"

// signed lets through only what Slack signed, and hands on the very bytes that
// were verified. The signature does not cover the query string, so there may be none.
func (b *Bot) signed(c *gin.Context) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	if err != nil {
		status := http.StatusBadRequest
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			status = http.StatusRequestEntityTooLarge
		}
		b.turnAway(c, status, itsm.Refuse(itsm.Invalid, "slack.body", "The body cannot be read, or has more than 1 MiB."))
		return
	}
	if err := b.verify.check(c.Request.Header, body); err != nil {
		b.turnAway(c, http.StatusUnauthorized, err)
		return
	}
	if c.Request.URL.RawQuery != "" {
		b.turnAway(c, http.StatusBadRequest, itsm.Refuse(itsm.Invalid, "slack.query", "Slack sends everything in the body; the address carries more."))
		return
	}
	c.Set(verified, body)
}

// turnAway ends a request that is no delivery of Slack's.
func (b *Bot) turnAway(c *gin.Context, status int, err error) {
	e := itsm.AsError(err)
	who := desk.Caller{Actor: itsm.Actor{Door: itsm.DoorSlack}, Source: c.ClientIP()}
	b.desk.Refused(c.Request.Context(), who, "slack.deliver", e)
	b.meters.delivered("unknown", e.Code)
	c.Header("X-Slack-No-Retry", "1") // it would be refused again
	c.AbortWithStatusJSON(status, gin.H{"code": e.Code, "detail": e.Message})
}
