package itsm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// A level that has nobody is skipped at once, on record; who is away, has left the
// role, or is not on call is nobody.
func TestWhoIsCalled(t *testing.T) {
	policy := func(levels ...[]itsm.CallTarget) (p itsm.EscalationPolicy) {
		for n, l := range levels {
			p.Levels = append(p.Levels, itsm.CallLevel{Targets: l, Within: itsm.Duration(n+1) * itsm.Duration(minute)})
		}
		return p
	}
	who := func(id itsm.PersonID) []itsm.CallTarget { return []itsm.CallTarget{{Person: id}} }
	rota := func(id itsm.RotationID) []itsm.CallTarget { return []itsm.CallTarget{{Rotation: id}} }
	team := []itsm.CallTarget{{Team: "web"}}
	first, second := itsm.Calling{Round: 1, Level: 1}, itsm.Calling{Round: 1, Level: 2}
	rows := []struct {
		name    string
		policy  itsm.EscalationPolicy
		calling itsm.Calling
		people  string
		place   [2]int
		skipped string
		next    string
		nobody  bool
	}{
		{"the first level", policy(who("joe"), who("lee")), first, "joe", [2]int{1, 1}, "", "lee", false},
		{"the last level", policy(who("joe"), who("lee")), second, "lee", [2]int{1, 2}, "", "", false},
		{"whoever is on call", policy(rota("primary")), first, "lee", [2]int{1, 1}, "", "", false},
		{"a person once", policy(append(team, itsm.CallTarget{Person: "joe"}, itsm.CallTarget{Rotation: "primary"})), first, "joe lee", [2]int{1, 1}, "", "", false},
		{"one who is away", policy(who("kim"), who("lee")), first, "lee", [2]int{1, 2}, "1: kim is away", "", false},
		{"one who left the role", policy(who("rita"), who("lee")), first, "lee", [2]int{1, 2}, "1: rita may not work on incidents any more", "", false},
		{"one who is nobody", policy(who("zed"), who("lee")), first, "lee", [2]int{1, 2}, "1: zed is nobody in the catalog", "", false},
		{"nobody on call", policy(rota("empty"), rota("broken"), who("joe")), first, "joe", [2]int{1, 3}, "1: nobody is on call in rotation empty 2: rotation broken: It is broken.", "", false},
		{"a team of nobody", policy([]itsm.CallTarget{{Team: "ghosts"}}, who("joe")), first, "joe", [2]int{1, 2}, "1: team ghosts has no members", "", false},
		{"part of a team", policy(team), first, "joe", [2]int{1, 1}, "", "", false},
		{"next is not who is away", policy(who("joe"), who("kim"), who("lee")), first, "joe", [2]int{1, 1}, "", "lee", false},
		{"nobody at all", policy(who("kim"), rota("empty")), first, "own", [2]int{1, 1}, "1: kim is away 2: nobody is on call in rotation empty", "", true},
		{"nobody in the rest", policy(who("joe"), who("kim")), second, "", [2]int{1, 2}, "2: kim is away", "", false},
		{"after the last", policy(who("joe")), second, "", [2]int{1, 1}, "", "", false},
		{"after the last, asked for", policy(who("joe")), itsm.Calling{Round: 1, Level: 2, Trigger: itsm.TriggerAsked}, "joe", [2]int{1, 1}, "", "", false},
		{"no policy", itsm.EscalationPolicy{}, first, "own", [2]int{1, 0}, "", "", true},
	}
	c := onCallCatalog()
	away := itsm.DateOf(at)
	c.People[2].Away = []itsm.Absence{{First: away, Last: away}}
	onCall := func(id itsm.RotationID) ([]itsm.PersonID, error) {
		switch id {
		case "primary":
			return []itsm.PersonID{"lee", "kim"}, nil
		case "broken":
			return nil, itsm.Refuse(itsm.NotFound, "rotation.gone", "It is broken.")
		}
		return nil, nil
	}
	for _, row := range rows {
		called, err := c.CallLevel(itsm.Summons{Calling: row.calling, Policy: row.policy, Team: "web", Owner: "own", At: at}, onCall)
		require.NoError(t, err, row.name)
		require.Equal(t, row.people, words(called.People), row.name)
		place := [2]int{called.Round, called.Level}
		require.Equal(t, row.place, place, row.name)
		require.Equal(t, row.skipped, skips(called.Skipped), row.name)
		require.Equal(t, row.next, words(called.Next), row.name)
		require.Equal(t, row.nobody, called.Nobody, row.name)
	}
	_, err := c.CallLevel(itsm.Summons{Calling: first, Policy: policy(rota("x"))}, func(itsm.RotationID) ([]itsm.PersonID, error) {
		return nil, errors.New("the line is dead")
	})
	require.ErrorContains(t, err, "dead", "what may be mended by itself is tried again")
}

func words(ids []itsm.PersonID) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return strings.Join(all, " ")
}

func skips(all []itsm.Skipped) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(" " + string(rune('0'+s.Level)) + ": " + s.Why)
	}
	return strings.TrimSpace(b.String())
}

// The rounds are as many as the policy repeats, a channel is somebody, and teams and
// managers are found beside the levels.
func TestRoundsTeamsAndManagers(t *testing.T) {
	c := onCallCatalog()
	p := c.Escalations[0]
	p.Levels[1].Targets = []itsm.CallTarget{{Channel: "C0WEB"}}
	call := func(calling itsm.Calling) itsm.Called {
		called, err := c.CallLevel(itsm.Summons{Calling: calling, Policy: p, Team: "web", Owner: "own", At: at}, nil)
		require.NoError(t, err)
		return called
	}
	called := call(itsm.Calling{Round: 1, Level: 2})
	require.Equal(t, []string{"C0WEB"}, called.Channels)
	require.Equal(t, []int{1, 2, 2, 2}, []int{called.Round, called.Level, called.Of, called.Rounds})
	require.Equal(t, []itsm.PersonID{"joe"}, called.Next)
	require.Equal(t, []itsm.Duration{itsm.Duration(10 * minute), itsm.Duration(45 * minute)}, []itsm.Duration{called.Within, called.StaleAfter})
	called = call(itsm.Calling{Round: 1, Level: 3})
	require.Equal(t, []int{2, 1}, []int{called.Round, called.Level})
	called = call(itsm.Calling{Round: 2, Level: 3})
	require.Empty(t, called.People)
	require.False(t, called.Nobody)

	called = call(itsm.Calling{Team: "web"})
	require.Equal(t, "joe kim", words(called.People))
	require.Equal(t, []any{0, itsm.Functional, itsm.Duration(5 * minute)}, []any{called.Level, called.Kind, called.Within})
	today := []itsm.Absence{{First: itsm.DateOf(at), Last: itsm.DateOf(at)}}
	c.People[3].Away = today
	called = call(itsm.Calling{Team: "net"})
	require.Equal(t, "own", words(called.People))
	require.Equal(t, "0: lee is away", skips(called.Skipped))
	called = call(itsm.Calling{Team: "ghosts"})
	require.True(t, called.Nobody)
	called = call(itsm.Calling{Managers: true})
	require.Equal(t, "mia", words(called.People))
	require.Equal(t, itsm.Hierarchical, called.Kind)
	require.Equal(t, "own", words(call(itsm.Calling{Managers: true, Round: 2}).People))
	c.People[4].Away = today
	require.Equal(t, "own", words(call(itsm.Calling{Managers: true}).People))
	c.People[5].Roles = nil
	called = call(itsm.Calling{Managers: true})
	require.True(t, called.Nobody)
	require.Equal(t, "0: mia is away 0: own is here no more", skips(called.Skipped))
	require.Equal(t, "own", words(called.People))
	p = itsm.EscalationPolicy{}
	require.Equal(t, itsm.Duration(15*minute), call(itsm.Calling{Team: "web"}).Within)
}
