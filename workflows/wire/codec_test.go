package wire_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"google.golang.org/protobuf/proto"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

func codec(t *testing.T, keys ...wire.Key) *wire.Codec {
	t.Helper()
	c, err := wire.NewCodec(keys)
	require.NoError(t, err)
	return c
}

var (
	keyA = wire.Key{ID: "2026a", Secret: oldK}
	keyB = wire.Key{ID: "2026b", Secret: newK}
)

// marker is a text that must be found nowhere once it is encrypted.
const marker = "canary-4711"

func plain(text string) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain"), "note": []byte(text)}, Data: []byte(`"` + text + `"`)}
}

func seal(t *testing.T, c *wire.Codec, p *commonpb.Payload) *commonpb.Payload {
	t.Helper()
	out, err := c.Encode([]*commonpb.Payload{p})
	require.NoError(t, err)
	require.Len(t, out, 1)
	return out[0]
}

func TestPayloadsAreEncryptedAndComeBack(t *testing.T) {
	c := codec(t, keyA)
	in := []*commonpb.Payload{plain(marker), plain(""), {}, {Data: bytes.Repeat([]byte{0}, 1<<20)}}
	kept := make([]*commonpb.Payload, len(in))
	for i, p := range in {
		kept[i] = proto.CloneOf(p)
	}
	sealed, err := c.Encode(in)
	require.NoError(t, err)
	for i, p := range sealed {
		require.True(t, proto.Equal(kept[i], in[i]), "what was handed in is changed")
		raw, err := proto.Marshal(p)
		require.NoError(t, err)
		require.NotContains(t, string(raw), marker)
		require.Equal(t, "2026a", string(p.GetMetadata()["encryption-key-id"]))
	}
	back, err := c.Decode(sealed)
	require.NoError(t, err)
	for i := range in {
		require.True(t, proto.Equal(kept[i], back[i]))
	}
}

func TestAnEncryptionKeyIsReplaced(t *testing.T) {
	before := seal(t, codec(t, keyA), plain("old"))
	rotated := codec(t, keyB, keyA)
	back, err := rotated.Decode([]*commonpb.Payload{before, seal(t, rotated, plain("new"))})
	require.NoError(t, err)
	require.JSONEq(t, `"old"`, string(back[0].GetData()))
	require.JSONEq(t, `"new"`, string(back[1].GetData()))

	_, err = codec(t, keyB).Decode([]*commonpb.Payload{before})
	require.ErrorContains(t, err, `needs the encryption key "2026a"`)
	_, err = codec(t, wire.Key{ID: "2026a", Secret: newK}).Decode([]*commonpb.Payload{before})
	require.ErrorContains(t, err, "does not open with its key")
}

func TestWhatWasTamperedWithDoesNotOpen(t *testing.T) {
	c := codec(t, keyA, keyB)
	for name, spoil := range map[string]func(*commonpb.Payload){
		"the nonce":    func(p *commonpb.Payload) { p.Data[0] ^= 1 },
		"the text":     func(p *commonpb.Payload) { p.Data[20] ^= 1 },
		"the tag":      func(p *commonpb.Payload) { p.Data[len(p.Data)-1] ^= 1 },
		"the key's id": func(p *commonpb.Payload) { p.Metadata["encryption-key-id"] = []byte("2026b") },
		"an end cut":   func(p *commonpb.Payload) { p.Data = p.Data[:len(p.Data)-1] },
		"a nonce only": func(p *commonpb.Payload) { p.Data = p.Data[:12] },
		"half a nonce": func(p *commonpb.Payload) { p.Data = p.Data[:5] },
		"no data":      func(p *commonpb.Payload) { p.Data = nil },
		"no key's id":  func(p *commonpb.Payload) { delete(p.Metadata, "encryption-key-id") },
	} {
		t.Run(name, func(t *testing.T) {
			p := seal(t, c, plain(marker))
			spoil(p)
			_, err := c.Decode([]*commonpb.Payload{p})
			require.Error(t, err)
			require.NotContains(t, err.Error(), marker)
		})
	}
}

func TestWhatWasNeverEncryptedPasses(t *testing.T) {
	in := []*commonpb.Payload{plain("clear"), {}, nil}
	out, err := codec(t, keyA).Decode(in)
	require.NoError(t, err)
	for i := range in {
		require.Same(t, in[i], out[i])
	}
}

func TestNoNonceIsUsedTwice(t *testing.T) {
	c := codec(t, keyA)
	seen := map[string]bool{}
	for range 10_000 {
		nonce := string(seal(t, c, plain("the same")).GetData()[:12])
		require.False(t, seen[nonce])
		seen[nonce] = true
	}
}

func TestKeysThatCannotEncryptAreRefused(t *testing.T) {
	for name, keys := range map[string][]wire.Key{
		"none": nil, "no id": {{Secret: newK}}, "short": {{ID: "a", Secret: newK[:16]}},
		"long": {{ID: "a", Secret: slices.Concat(newK, oldK)}}, "a bad second": {keyA, {ID: "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wire.NewCodec(keys)
			require.Error(t, err)
			require.NotContains(t, err.Error(), string(newK[:16]))
		})
	}
}

func TestNoFailureShowsItsMessageOrStack(t *testing.T) {
	legible, sealed := converters(t)["in the clear"], converters(t)["encrypted"]
	refusal := wire.Encode(itsm.Refuse(itsm.Forbidden, "change.own_request", marker))
	for name, err := range map[string]error{"a refusal": refusal, "a plain error": errors.New(marker)} {
		t.Run(name, func(t *testing.T) {
			f := sealed.ErrorToFailure(err)
			require.NotContains(t, f.String(), marker)
			require.Empty(t, f.GetStackTrace())
			require.Contains(t, legible.ErrorToFailure(err).String(), marker, "the control shows it")
			require.Equal(t, itsm.AsError(wire.Fault(err)), itsm.AsError(wire.Fault(sealed.FailureToError(f))))
		})
	}
}

// TestAPanicShowsNeitherItsMessageNorItsStack has an activity panic, and looks at
// what went to Temporal.
func TestAPanicShowsNeitherItsMessageNorItsStack(t *testing.T) {
	for name, f := range converters(t) {
		t.Run(name, func(t *testing.T) {
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestActivityEnvironment()
			env.SetFailureConverter(f)
			env.RegisterActivityWithOptions(func(context.Context) error { panic(marker) }, activity.RegisterOptions{Name: "panics"})
			_, err := env.ExecuteActivity("panics")
			require.ErrorContains(t, err, marker, "who has the key can read it")
			went := f.ErrorToFailure(err).String()
			require.Equal(t, name == "in the clear", strings.Contains(went, marker), went)
			require.Equal(t, name == "in the clear", strings.Contains(went, "codec_test.go"), went)
		})
	}
}
