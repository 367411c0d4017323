package token_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

func TestATokenIsReadBack(t *testing.T) {
	made, text, err := token.New(rand.Reader)
	require.NoError(t, err)
	require.Regexp(t, `^stw_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$`, text)
	require.Len(t, text, token.Len)

	id, secret, err := token.Parse(text)
	require.NoError(t, err)
	require.Equal(t, made.ID, id)
	require.Equal(t, made.Secret, secret)
	require.True(t, token.Matches(secret, token.Hash(made.Secret)))
}

// A token that was given out must be read by every later version.
func TestTheShapeIsForLife(t *testing.T) {
	made, text, err := token.New(strings.NewReader(strings.Repeat("Steward\xff", 20)))
	require.NoError(t, err)
	require.Equal(t, "stw_LsdvZqcLsdvZ_qcLsdvZqcLsdvZqcLsdvZqcLsdvZqcLsdvZqcLsdvZq_4B3DTm", text)
	require.Equal(t, "LsdvZqcLsdvZ", made.ID)
	require.Equal(t, "142d0d8e7547bc90f4a952ddc46efe268d0653c32cfd843b7c7e69bb79546b5e", hex.EncodeToString(token.Hash(made.Secret)))
}

func TestAnySlipOfThePenIsSeen(t *testing.T) {
	_, text, err := token.New(rand.Reader)
	require.NoError(t, err)
	for i := range len(text) {
		slip := []byte(text)
		slip[i] = "01"[b2i(slip[i] == '0')]
		_, _, err := token.Parse(string(slip))
		requireMalformed(t, err)
		_, _, err = token.Parse(text[:i])
		requireMalformed(t, err)
	}
	for _, bad := range []string{text + "0", " " + text, text + "\n", strings.ToLower(text), strings.ReplaceAll(text, "_", "-")} {
		_, _, err := token.Parse(bad)
		requireMalformed(t, err)
	}
}

func TestOneSecretDoesNotMatchAnother(t *testing.T) {
	a, _, err := token.New(rand.Reader)
	require.NoError(t, err)
	b, _, err := token.New(rand.Reader)
	require.NoError(t, err)
	require.NotEqual(t, a.ID, b.ID)
	require.False(t, token.Matches(a.Secret, token.Hash(b.Secret)))
	require.False(t, token.Matches(a.Secret, nil))
	require.False(t, token.Matches(nil, token.Hash(a.Secret)))
}

func TestWithoutChanceThereIsNoToken(t *testing.T) {
	_, _, err := token.New(bytes.NewReader(make([]byte, 20)))
	require.ErrorContains(t, err, "no random bytes")
}

func TestEveryDigitIsAsLikely(t *testing.T) {
	counts := map[rune]int{}
	for range 2000 {
		made, _, err := token.New(rand.Reader)
		require.NoError(t, err)
		for _, r := range string(made.Secret) {
			counts[r]++
		}
	}
	require.Len(t, counts, 62)
	for r, n := range counts { // 1387 expected; the bounds are eight deviations away
		require.InDelta(t, 2000*43/62, n, 300, "digit %c", r)
	}
}

func TestTTL(t *testing.T) {
	require.NoError(t, token.CheckTTL(time.Minute))
	require.NoError(t, token.CheckTTL(366*24*time.Hour))
	for _, ttl := range []time.Duration{0, -time.Hour, time.Minute - 1, 366*24*time.Hour + 1} {
		var refusal *itsm.Error
		require.ErrorAs(t, token.CheckTTL(ttl), &refusal)
		require.Equal(t, "token.ttl", refusal.Code)
	}
}

func FuzzParse(f *testing.F) {
	_, text, err := token.New(rand.Reader)
	require.NoError(f, err)
	f.Add(text)
	f.Add("")
	f.Add("stw_")
	f.Add(strings.Repeat("_", token.Len))
	f.Add("stw_" + strings.Repeat("\x00", token.Len-4))
	f.Fuzz(func(t *testing.T, text string) {
		id, secret, err := token.Parse(text)
		if err != nil {
			requireMalformed(t, err)
			require.Empty(t, id)
			require.Nil(t, secret)
			return
		}
		require.True(t, strings.HasPrefix(text, "stw_"+id+"_"+string(secret)+"_"))
	})
}

func requireMalformed(t *testing.T, err error) {
	t.Helper()
	refusal, ok := errors.AsType[*itsm.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, itsm.Unauthenticated, refusal.Kind)
	require.Equal(t, "token.malformed", refusal.Code)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
