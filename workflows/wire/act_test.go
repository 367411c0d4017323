package wire_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

var (
	now  = time.Date(2026, 3, 9, 14, 30, 0, 0, time.UTC)
	newK = bytes.Repeat([]byte{2}, 32)
	oldK = bytes.Repeat([]byte{1}, 32)
	here = wire.Bound{WorkflowID: "CHG-1", Update: "change.decide", UpdateID: "u1"}
	bob  = itsm.Actor{Person: "bob", Roles: []itsm.Role{itsm.Approver}, Door: itsm.DoorSlack, Credential: "slack:U0BOB"}
)

func signed(t *testing.T, k wire.Keys, body any) wire.Act {
	t.Helper()
	act, err := wire.Sign(k, here, bob, body, now)
	require.NoError(t, err)
	return act
}

// sent is an act as a worker gets it: through the converter and back.
func sent(t *testing.T, act wire.Act) (got wire.Act) {
	t.Helper()
	p, err := converter.GetDefaultDataConverter().ToPayload(act)
	require.NoError(t, err)
	require.NoError(t, converter.GetDefaultDataConverter().FromPayload(p, &got))
	return got
}

func code(t *testing.T, err error) string {
	t.Helper()
	require.Error(t, err)
	return itsm.AsError(err).Code
}

func TestAnActArrivesAsItWasSigned(t *testing.T) {
	k := wire.Keys{newK}
	for name, note := range map[string]string{
		"plain": "Go.", "empty": "", "markup": "<b>&amp; \u2028 </b>", "other scripts": "了解しました 👍", "no UTF-8": "a\xffb", "NUL": "a\x00b",
	} {
		t.Run(name, func(t *testing.T) {
			said := itsm.DecisionRequest{Verdict: itsm.Reject, Note: note}
			act := sent(t, signed(t, k, said))
			require.NoError(t, k.Verify(here, act, now))
			who, got, err := wire.Open[itsm.DecisionRequest](act)
			require.NoError(t, err)
			require.Equal(t, bob, who)
			require.Equal(t, said.Verdict, got.Verdict)
			if name != "no UTF-8" { // JSON has no way to carry it; the signature is over what is carried
				require.Equal(t, note, got.Note)
			}
		})
	}
}

func TestAnActIsGoodForOneThingOnly(t *testing.T) {
	k := wire.Keys{newK}
	for name, spoil := range map[string]func(*wire.Bound, *wire.Act){
		"another record":   func(b *wire.Bound, _ *wire.Act) { b.WorkflowID = "CHG-2" },
		"another verb":     func(b *wire.Bound, _ *wire.Act) { b.Update = "change.cancel" },
		"another asking":   func(b *wire.Bound, _ *wire.Act) { b.UpdateID = "u2" },
		"a boundary moved": func(b *wire.Bound, _ *wire.Act) { b.WorkflowID, b.Update = "CHG-1c", "hange.decide" },
		"another body": func(_ *wire.Bound, a *wire.Act) {
			a.Said = bytes.Replace(a.Said, []byte("approve"), []byte("reject"), 1)
		},
		"another actor":         func(_ *wire.Bound, a *wire.Act) { a.Said = bytes.Replace(a.Said, []byte("bob"), []byte("eve"), 1) },
		"a longer life":         func(_ *wire.Bound, a *wire.Act) { a.Said = bytes.Replace(a.Said, []byte("2026"), []byte("2027"), 1) },
		"a blank more":          func(_ *wire.Bound, a *wire.Act) { a.Said = append(a.Said, ' ') },
		"no signature":          func(_ *wire.Bound, a *wire.Act) { a.MAC = nil },
		"half a signature":      func(_ *wire.Bound, a *wire.Act) { a.MAC = a.MAC[:16] },
		"a signature of zeroes": func(_ *wire.Bound, a *wire.Act) { a.MAC = make([]byte, 32) },
		"nothing at all":        func(_ *wire.Bound, a *wire.Act) { *a = wire.Act{} },
	} {
		t.Run(name, func(t *testing.T) {
			bound, act := here, signed(t, k, itsm.DecisionRequest{Verdict: itsm.Approve})
			said := string(act.Said)
			spoil(&bound, &act)
			require.False(t, bound == here && said == string(act.Said) && len(act.MAC) == 32 && act.MAC[0] != 0, "nothing was spoilt")
			require.Equal(t, "actor.unsigned", code(t, k.Verify(bound, act, now)))
		})
	}
}

func TestAnActIsGoodForAWhileOnly(t *testing.T) {
	k := wire.Keys{newK}
	act := signed(t, k, struct{}{})
	for _, row := range []struct {
		at   time.Duration
		good bool
	}{
		{-wire.ActLife - time.Second, false}, // signed by a clock far ahead of ours
		{-wire.ActLife, true},
		{0, true},
		{wire.ActLife, true},
		{wire.ActLife + time.Millisecond, false},
		{24 * time.Hour, false},
	} {
		t.Run(row.at.String(), func(t *testing.T) {
			err := k.Verify(here, act, now.Add(row.at))
			if row.good {
				require.NoError(t, err)
				return
			}
			require.Equal(t, "actor.stale", code(t, err))
			require.True(t, itsm.AsError(err).Kind.Temporary(), "the desk signs anew, so trying again helps")
		})
	}
}

func TestAKeyIsReplacedWithoutRefusingWhatIsUnderWay(t *testing.T) {
	before := signed(t, wire.Keys{oldK}, struct{}{})
	rotated := wire.Keys{newK, oldK}
	require.NoError(t, rotated.Verify(here, before, now))
	after := signed(t, rotated, struct{}{})
	require.NoError(t, wire.Keys{newK}.Verify(here, after, now), "the first key signs")
	require.Equal(t, "actor.unsigned", code(t, wire.Keys{oldK}.Verify(here, after, now)))
	require.Equal(t, "actor.unsigned", code(t, wire.Keys{newK}.Verify(here, before, now)), "a key that is gone counts no more")
}

func TestKeysThatProtectNothingAreRefused(t *testing.T) {
	for name, k := range map[string]wire.Keys{
		"none": nil, "an empty one": {nil}, "a short one": {newK[:31]}, "a short second": {newK, oldK[:8]},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, k.Check(), wire.ErrNoKey)
			act, err := wire.Sign(k, here, bob, struct{}{}, now)
			require.ErrorIs(t, err, wire.ErrNoKey)
			require.Empty(t, act)
		})
	}
	require.NoError(t, wire.Keys{newK, oldK}.Check())
	require.Equal(t, "actor.unsigned", code(t, wire.Keys(nil).Verify(here, signed(t, wire.Keys{newK}, 1), now)), "no key lets nothing in")
}

// TestAWorkerOfYesterdayAgreesWithADeskOfToday sends a body with a field that the
// reader does not know: it counts for the signature and is not lost on the way.
func TestAWorkerOfYesterdayAgreesWithADeskOfToday(t *testing.T) {
	k := wire.Keys{newK}
	type tomorrow struct {
		itsm.DecisionRequest
		Mood string `json:"mood"`
	}
	act := sent(t, signed(t, k, tomorrow{itsm.DecisionRequest{Verdict: itsm.Approve}, "sunny"}))
	require.NoError(t, k.Verify(here, act, now))
	_, old, err := wire.Open[itsm.DecisionRequest](act)
	require.NoError(t, err)
	require.Equal(t, itsm.Approve, old.Verdict)
	_, whole, err := wire.Open[tomorrow](act)
	require.NoError(t, err)
	require.Equal(t, "sunny", whole.Mood)
	act.Said = bytes.Replace(act.Said, []byte("sunny"), []byte("rainy"), 1)
	require.Equal(t, "actor.unsigned", code(t, k.Verify(here, act, now)))
}

func TestAnActThatCannotBeReadIsRefused(t *testing.T) {
	k := wire.Keys{newK}
	act := signed(t, k, "a text where an object is expected")
	_, _, err := wire.Open[itsm.DecisionRequest](act)
	require.Equal(t, "actor.unreadable", code(t, err))
	_, _, err = wire.Open[itsm.DecisionRequest](wire.Act{Said: json.RawMessage("{")})
	require.Equal(t, "actor.unreadable", code(t, err))
}
