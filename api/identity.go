package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// maxKey is how long an Idempotency-Key may be.
const maxKey = 255

type callerKey struct{}

// caller is who authenticate found out is asking.
func caller(ctx context.Context) desk.Caller {
	who, _ := ctx.Value(callerKey{}).(desk.Caller)
	return who
}

// asked leaves Gin's context behind, which is used again for the next request,
// and says who is asking.
func asked(ctx context.Context) (context.Context, desk.Caller) {
	if c, ok := ctx.(*gin.Context); ok {
		ctx = c.Request.Context()
	}
	return ctx, caller(ctx)
}

// authenticate finds out who is asking, before anything they sent is looked at.
func (d *door) authenticate(c *gin.Context) {
	ctx := c.Request.Context()
	who := desk.Caller{Actor: itsm.Actor{Door: itsm.DoorAPI}, Source: c.ClientIP()}
	token, err := bearer(c.Request.Header)
	if err == nil {
		var holder itsm.Actor
		if holder, err = d.desk.TokenActor(ctx, token, who.Source); err == nil {
			who.Actor = holder
			who.Key, err = idempotencyKey(c.Request.Header)
		}
	}
	c.Request = c.Request.WithContext(context.WithValue(ctx, callerKey{}, who))
	if err != nil {
		d.refuseHere(c, err)
	}
}

// refuseHere refuses what never reaches the desk. The desk keeps a trace of it,
// and counts it against a caller who asks too often, as it does with its own.
func (d *door) refuseHere(c *gin.Context, err error) {
	ctx, action := c.Request.Context(), d.contract.of(c).OperationID
	who := caller(ctx)
	if who.Person != "" {
		if often := d.desk.Allow(ctx, who, action); often != nil {
			err = often
		}
	}
	if e := refusal(err); e.Kind != itsm.Internal && e.Kind != itsm.Unavailable {
		d.desk.Refused(ctx, who, action, err)
	}
	d.refuse(c, err)
}

// bearer takes the token from the one place where it may be (RFC 6750, 2.1):
// a token in an address ends up in logs.
func bearer(h http.Header) (string, error) {
	values := h.Values("Authorization")
	if len(values) == 1 {
		if scheme, token, ok := strings.Cut(values[0], " "); ok && strings.EqualFold(scheme, "Bearer") {
			return token, nil
		}
	}
	return "", itsm.Refuse(itsm.Unauthenticated, "token.missing",
		"Send your API token as Authorization: Bearer TOKEN. Make one with: steward token create")
}

// idempotencyKey reads the key bare or as an RFC 8941 string, which name the same
// asking.
func idempotencyKey(h http.Header) (string, error) {
	values := h.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	key, ok := values[0], len(values) == 1
	if strings.HasPrefix(key, `"`) {
		var unquoted bool
		key, unquoted = unquote(key)
		ok = ok && unquoted
	}
	if !ok || len(key) > maxKey || !visible(key) {
		return "", itsm.Refuse(itsm.Invalid, "idempotency.key", "An Idempotency-Key has 1 to %d characters of visible ASCII, bare or in quotes, and is sent once.", maxKey)
	}
	return key, nil
}

// unquote reads an RFC 8941 string (3.3.3).
func unquote(s string) (string, bool) {
	if len(s) < 2 || !strings.HasSuffix(s, `"`) {
		return "", false
	}
	var b strings.Builder
	inner := s[1 : len(s)-1]
	for i := 0; i < len(inner); i++ {
		if inner[i] == '"' {
			return "", false
		}
		if inner[i] == '\\' {
			i++
			if i == len(inner) || (inner[i] != '"' && inner[i] != '\\') {
				return "", false
			}
		}
		b.WriteByte(inner[i])
	}
	return b.String(), true
}

// visible reports whether s is one or more characters of visible ASCII.
func visible(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' })
}
