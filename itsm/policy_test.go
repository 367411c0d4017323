package itsm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNeedIsReadAsItIsWritten(t *testing.T) {
	for text, want := range map[string]Need{"all": {All: true}, "1": {Count: 1}, "100": {Count: 100}, "1%": {Percent: 1}, "100%": {Percent: 100}} {
		var n Need
		require.NoError(t, n.UnmarshalText([]byte(text)))
		require.Equal(t, want, n)
		written, err := n.MarshalText()
		require.NoError(t, err)
		var again Need
		require.NoError(t, again.UnmarshalText(written))
		require.Equal(t, n, again)
	}
	for _, text := range []string{"", "0", "0%", "-1", "101", "101%", "1.5", "60 %", "some", "%", "ALL", "1e1"} {
		var n Need
		var refused *Error
		require.ErrorAs(t, n.UnmarshalText([]byte(text)), &refused, "%q", text)
		require.Equal(t, "catalog.need", refused.Code)
		require.Zero(t, n)
	}
}

// A share is rounded up, never beyond all, and never nobody.
func TestNeedRoundsUp(t *testing.T) {
	require.Equal(t, 2, Need{Percent: 60}.Of(3))
	require.Equal(t, 1, Need{Percent: 1}.Of(100))
	require.Equal(t, 2, Need{Percent: 2}.Of(51))
	require.Equal(t, 3, Need{Count: 3}.Of(1), "a count does not follow the people: the catalog refuses it")
	rapid.Check(t, func(t *rapid.T) {
		people, percent := rapid.IntRange(0, MaxNamed).Draw(t, "people"), rapid.IntRange(1, 100).Draw(t, "percent")
		got := Need{Percent: percent}.Of(people)
		require.GreaterOrEqual(t, got, 1)
		require.LessOrEqual(t, got, max(people, 1))
		require.GreaterOrEqual(t, got*100, people*percent)
		require.Less(t, (got-1)*100, max(people*percent, 1))
		require.Equal(t, max(people, 1), Need{All: true}.Of(people))
	})
}

func TestAPolicyWithoutTiersHasOneWayForAll(t *testing.T) {
	p := ChangePolicy{Approvers: Approver, RemindAfter: hour, ExpireAfter: 4 * hour, Calendar: "office"}
	for _, risk := range append(RiskTiers, "") {
		stages := p.Tier(risk).Stages
		require.Len(t, stages, 1)
		require.Equal(t, time.Hour, stages[0].reminds())
		require.Zero(t, stages[0].backs(), "nobody stands by")
		require.Equal(t, CalendarID("office"), p.Hours(stages[0]))
		require.Equal(t, []Factor{{Name: "Approvers", Who: Group{Role: Approver}, Need: Need{Count: 1}}}, stages[0].Factors)
	}
	none := ChangePolicy{Approvers: Approver, ExpireAfter: hour}
	stages := none.Tier(RiskLow).Stages
	require.Zero(t, stages[0].reminds(), "zero is no reminder, not the default one")
}

func TestATierIsFoundByItsRisk(t *testing.T) {
	c := tieredCatalog()
	for _, risk := range RiskTiers {
		require.Equal(t, risk, c.Change.Tier(risk).Risk)
	}
	require.Len(t, c.Change.Tier(RiskHigh).Stages, 2)
	require.True(t, c.Change.Tier(RiskHigh).Assessment)
}

func TestAStageRemindsAtHalfAndCallsTheBackupAtThreeQuarters(t *testing.T) {
	s := Stage{ExpireAfter: 16 * hour}
	require.Equal(t, 8*time.Hour, s.reminds())
	require.Equal(t, 12*time.Hour, s.backs())
	never, soon := Duration(0), Duration(time.Second)
	s.RemindAfter, s.BackupAfter = &never, &soon
	require.Zero(t, s.reminds())
	require.Equal(t, time.Second, s.backs())
	short := Stage{ExpireAfter: Duration(time.Second)}
	require.Zero(t, short.reminds(), "half a second is none")
}

func TestMaterialFields(t *testing.T) {
	var p ChangePolicy
	require.True(t, p.IsMaterial("plan"))
	require.False(t, p.IsMaterial("links"))
	p.Material = []string{"links"}
	require.True(t, p.IsMaterial("links"))
	require.False(t, p.IsMaterial("plan"))
}
