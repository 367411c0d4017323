package itsm

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func soundCatalog() Catalog {
	person := func(id PersonID, roles ...Role) Person {
		return Person{ID: id, Name: "Somebody", Email: string(id) + "@example.com", Zone: "Europe/Berlin", Roles: roles}
	}
	return Catalog{
		People: []Person{person("ana", Requester), person("bob", Approver), person("eve", Approver)},
		Teams:  []Team{{ID: "web", Name: "Web", Manager: "eve", Members: []PersonID{"ana"}}},
		Services: []Service{{
			ID: "website", Name: "Website", Owner: "eve", Team: "web", Channel: "C0WEBSITE", Criticality: High,
		}},
		Change: ChangePolicy{Approvers: Approver, RemindAfter: Duration(time.Hour), ExpireAfter: Duration(2 * time.Hour)},
		GitHub: []DeploymentRule{{Repository: "example/website", Environment: "production", Service: "website"}},
	}
}

func TestASoundCatalogHasNoFault(t *testing.T) {
	c := soundCatalog()
	require.Empty(t, c.Check())
}

func TestCatalogFaults(t *testing.T) {
	rows := []struct {
		name    string
		spoil   func(*Catalog)
		pointer string
	}{
		{"nobody", func(c *Catalog) { *c = Catalog{Change: c.Change} }, "/people"},
		{"too many", func(c *Catalog) { c.GitHub = make([]DeploymentRule, MaxDeployments+1) }, "/github"},
		{"no id", func(c *Catalog) { c.People[0].ID = "" }, "/people/0/id"},
		{"a long id", func(c *Catalog) { c.Teams[0].ID = TeamID(strings.Repeat("a", 33)) }, "/teams/0/id"},
		{"no name", func(c *Catalog) { c.People[0].Name = " " }, "/people/0/name"},
		{"a long name", func(c *Catalog) { c.Services[0].Name = strings.Repeat("é", 121) }, "/services/0/name"},
		{"a long e-mail", func(c *Catalog) { c.People[0].Email = "a@" + strings.Repeat("b.", 130) + "example" }, "/people/0/email"},
		{"an odd zone", func(c *Catalog) { c.People[0].Zone = "../../etc/passwd" }, "/people/0/zone"},
		{"an empty environment", func(c *Catalog) { c.GitHub[0].Environment = "" }, "/github/0/environment"},
		{"a rule twice", func(c *Catalog) {
			c.GitHub = append(c.GitHub, DeploymentRule{Repository: "Example/Website", Environment: "production", Service: "website"})
		}, "/github/1"},
		{"a member twice", func(c *Catalog) { c.Teams[0].Members = []PersonID{"ana", "ana"} }, "/teams/0/members/1"},
		{"a fast reminder", func(c *Catalog) { c.Change.RemindAfter = 1 }, "/change_policy/remind_after"},
		{"a reminder in the past", func(c *Catalog) { c.Change.RemindAfter = -1 }, "/change_policy/remind_after"},
		{"no approvers' role", func(c *Catalog) { c.Change.Approvers = "" }, "/change_policy/approvers"},
		{"one approver", func(c *Catalog) { c.People[1].Roles = nil }, "/change_policy/approvers"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := soundCatalog()
			row.spoil(&c)
			var pointers []string
			for _, f := range c.Check() {
				require.NotEmpty(t, f.Message)
				pointers = append(pointers, f.Pointer)
			}
			require.Contains(t, pointers, row.pointer)
		})
	}
}

// What Check lets through can be relied on: every name leads somewhere, and
// whoever raises a change, somebody else may decide on it.
func TestACheckedCatalogHoldsTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := soundCatalog()
		ids := rapid.SampledFrom([]PersonID{"ana", "bob", "eve", "bobb", ""})
		c.Services[0].Owner = ids.Draw(t, "owner")
		c.Teams[0].Manager = ids.Draw(t, "manager")
		c.Services[0].Team = rapid.SampledFrom([]TeamID{"web", "wep"}).Draw(t, "team")
		for i := range c.People {
			c.People[i].Roles = rapid.SliceOfNDistinct(rapid.SampledFrom(Roles), 0, 3, rapid.ID).Draw(t, fmt.Sprint("roles", i))
		}
		if len(c.Check()) > 0 {
			return
		}
		for _, id := range []PersonID{c.Services[0].Owner, c.Teams[0].Manager} {
			_, known := c.Person(id)
			require.True(t, known)
		}
		require.Equal(t, TeamID("web"), c.Services[0].Team)
		for _, requester := range c.People {
			others := 0
			for _, p := range c.People {
				if p.ID != requester.ID && (Actor{Roles: p.Roles}).Is(c.Change.Approvers) {
					others++
				}
			}
			require.Positive(t, others, "nobody could decide on what %s raises", requester.ID)
		}
	})
}

func TestDidYouMean(t *testing.T) {
	known := []string{"ana", "bob", "payments"}
	require.Equal(t, "; did you mean bob?", DidYouMean("bobb", known))
	require.Equal(t, "; did you mean bob?", DidYouMean("BOB", known))
	require.Equal(t, "; did you mean payments?", DidYouMean("paymnets", known))
	require.Empty(t, DidYouMean("x", known))
	require.Empty(t, DidYouMean(strings.Repeat("ana", 30), known))
	require.Equal(t, 3, Distance("kitten", "sitting"))
}
