package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func TestWhoIsCalledForAServiceNow(t *testing.T) {
	o, ctx := shift(t), t.Context()
	soon, read := o.now.Add(time.Hour), o.now.Add(-time.Minute)
	asked := 0
	o.Roster = func(_ context.Context, _ itsm.Catalog, id itsm.RotationID, at time.Time) (desk.Rota, error) {
		require.Equal(t, o.now, at)
		if asked++; id == "lost" {
			return desk.Rota{}, itsm.Refuse(itsm.Invalid, "feed.broken", "Its feed cannot be read.")
		}
		return desk.Rota{People: []itsm.PersonID{"eve", "joe"}, Until: &soon, ReadAt: &read, Problem: "Its feed is old."}, nil
	}
	got, err := o.OnCall(ctx, o.caller("U0ANA"), "website")
	require.NoError(t, err)
	require.Equal(t, desk.OnCall{
		Service: "website", Policy: "ops", Name: "Operations", Repeat: 1, At: o.now, HandoverAt: &soon,
		Levels: []desk.OnCallLevel{
			{Level: 1, Within: itsm.Duration(5 * time.Minute), People: []itsm.PersonID{"eve"}, Channels: []string{"C0OPS"}, Targets: []desk.OnCallTarget{
				{CallTarget: itsm.CallTarget{Rotation: "primary"}, People: []itsm.PersonID{"eve", "joe"}, Until: &soon, ReadAt: &read, Problem: "Its feed is old."},
				{CallTarget: itsm.CallTarget{Channel: "C0OPS"}},
			}},
			{Level: 2, Within: itsm.Duration(5 * time.Minute), Nobody: got.Levels[1].Nobody, Targets: []desk.OnCallTarget{
				{CallTarget: itsm.CallTarget{Rotation: "lost"}, Problem: "Its feed cannot be read."},
				{CallTarget: itsm.CallTarget{Person: "joe"}},
			}},
			{Level: 3, Within: itsm.Duration(15 * time.Minute), People: []itsm.PersonID{"eve"}, Targets: []desk.OnCallTarget{{CallTarget: itsm.CallTarget{Team: "ops"}}}},
		},
	}, got)
	require.Contains(t, got.Levels[1].Nobody, "joe is away")
	require.Equal(t, 2, asked, "each rotation is asked for once")

	_, err = o.OnCall(ctx, o.caller("U0ZOE"), "payroll")
	require.Equal(t, "service.not_found", o.code(err), "it is hidden from her")
	_, err = o.OnCall(ctx, o.caller("U0ZOE"), "nowhere")
	require.Equal(t, "service.not_found", o.code(err))
	none, err := o.OnCall(ctx, o.caller("U0MAX"), "payroll")
	require.NoError(t, err)
	require.Empty(t, none.Policy, "nobody is called for it")
	require.Empty(t, none.Levels)
	o.Roster = nil
	got, err = o.OnCall(ctx, o.caller("U0ANA"), "website")
	require.NoError(t, err)
	require.NotEmpty(t, got.Levels[0].Targets[0].Problem, "what nobody knows is said")
}

func TestADeskNeedsHoursToCountIn(t *testing.T) {
	c := newOffice(t).Config
	c.Hours = nil
	_, err := desk.New(c)
	require.ErrorContains(t, err, "no hours")
}
