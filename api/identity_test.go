package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIdempotencyKeys(t *testing.T) {
	for sent, want := range map[string]string{
		"abc":                                "abc",
		`"abc"`:                              "abc",
		`"a\"b\\c"`:                          `a"b\c`,
		strings.Repeat("k", maxKey):          strings.Repeat("k", maxKey),
		`"` + strings.Repeat("k", 255) + `"`: strings.Repeat("k", 255),
	} {
		key, err := idempotencyKey(http.Header{"Idempotency-Key": {sent}})
		require.NoError(t, err, sent)
		require.Equal(t, want, key)
	}
	for _, sent := range []string{
		"", `""`, `"`, `"abc`, `"a"b"`, `"a\b"`, `"a\"`, `"abc"; p=1`, "a b", `"a b"`, "é", "a\x00b", "a\tb", strings.Repeat("k", 256),
		`"` + strings.Repeat("k", 256) + `"`,
	} {
		_, err := idempotencyKey(http.Header{"Idempotency-Key": {sent}})
		require.ErrorContains(t, err, "idempotency.key", "%q", sent)
	}
	_, err := idempotencyKey(http.Header{"Idempotency-Key": {"a", "b"}})
	require.Error(t, err)
	key, err := idempotencyKey(http.Header{})
	require.NoError(t, err)
	require.Empty(t, key)
}

func TestTheTokenIsTakenFromOnePlace(t *testing.T) {
	for _, sent := range []string{"Bearer stw_x", "bearer stw_x", "BEARER stw_x"} {
		token, err := bearer(http.Header{"Authorization": {sent}})
		require.NoError(t, err)
		require.Equal(t, "stw_x", token)
	}
	for _, sent := range [][]string{nil, {""}, {"Bearer"}, {"stw_x"}, {"Basic stw_x"}, {"Bearer a", "Bearer b"}} {
		_, err := bearer(http.Header{"Authorization": sent})
		require.ErrorContains(t, err, "token.missing", "%q", sent)
	}
}
