package itsm

import (
	"fmt"
	"slices"
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
		{"a crowd of approvers", func(c *Catalog) {
			for i := range MaxNamed {
				c.People = append(c.People, Person{ID: PersonID(fmt.Sprint("p", i)), Name: "P", Email: fmt.Sprintf("p%d@example.com", i), Zone: "UTC", Roles: []Role{Approver}})
			}
		}, "/change_policy/approvers"},
		{"an absence backwards", func(c *Catalog) { c.People[0].Away = []Absence{{First: 2, Last: 1}} }, "/people/0/away/0/last"},
		{"an absence from no day", func(c *Catalog) { c.People[0].Away = []Absence{{Last: 1}} }, "/people/0/away/0/first"},
		{"many absences", func(c *Catalog) { c.People[0].Away = make([]Absence, maxAway+1) }, "/people/0/away"},
		{"a calendar twice", func(c *Catalog) {
			c.Calendars = []Calendar{{ID: "office", Name: "A", Zone: "UTC"}, {ID: "office", Name: "B", Zone: "UTC"}}
		}, "/calendars/1/id"},
		{"a nameless calendar", func(c *Catalog) { c.Calendars = []Calendar{{ID: "office", Zone: "UTC"}} }, "/calendars/0/name"},
		{"many calendars", func(c *Catalog) { c.Calendars = make([]Calendar, MaxCalendars+1) }, "/calendars"},
		{"a risk beyond its scale", func(c *Catalog) { c.GitHub[0].Risk = &Risk{1, 2, 3, 4, 6} }, "/github/0/risk/recent_churn"},
		{"an unknown way", func(c *Catalog) { c.People[0].Reach = []Way{"pigeon"} }, "/people/0/reach/0"},
		{"a way twice", func(c *Catalog) { c.People[0].Reach = []Way{WayEmail, WayEmail} }, "/people/0/reach/1"},
		{"by Slack without an id", func(c *Catalog) { c.People[0].Reach = []Way{WayEmail, WaySlack} }, "/people/0/slack"},
		{"by e-mail without an address", func(c *Catalog) { c.People[0].Reach, c.People[0].Email = []Way{WayEmail}, "" }, "/people/0/email"},
		{"by webhook without one", func(c *Catalog) { c.People[0].Reach = []Way{WayWebhook} }, "/people/0/webhook"},
		{"an open webhook", func(c *Catalog) { c.People[0].Webhook = "http://pager.example.com/bob" }, "/people/0/webhook"},
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

func TestDelegationFaults(t *testing.T) {
	day := NewDate(2026, time.March, 2)
	of := func(from, to PersonID, first, last Date, services ...ServiceID) Substitute {
		return Substitute{from, to, day + first, day + last, services}
	}
	rows := []struct {
		name        string
		delegations []Substitute
		pointer     string // empty: no fault
		words       string
	}{
		{"sound", []Substitute{of("bob", "eve", 0, 7, "website")}, "", ""},
		{"a stranger's", []Substitute{of("bobb", "eve", 0, 7)}, "/delegations/0/from", "did you mean bob?"},
		{"to a stranger", []Substitute{of("bob", "evee", 0, 7)}, "/delegations/0/to", "did you mean eve?"},
		{"to oneself", []Substitute{of("bob", "bob", 0, 7)}, "/delegations/0/to", "the same as from"},
		{"to whom it gives nothing", []Substitute{of("bob", "ana", 0, 7)}, "/delegations/0/to", "ana may not decide on changes, and a delegation is no grant"},
		{"from no day", []Substitute{{From: "bob", To: "eve", Last: day}}, "/delegations/0/first", "is needed"},
		{"backwards", []Substitute{of("bob", "eve", 1, 0)}, "/delegations/0/last", "is before first (2026-03-03)"},
		{"a year and a day", []Substitute{of("bob", "eve", 0, 365)}, "", ""},
		{"too long", []Substitute{of("bob", "eve", 0, 366)}, "/delegations/0/last", "more than 366 days"},
		{"for no service", []Substitute{of("bob", "eve", 0, 7, "webside")}, "/delegations/0/services/0", "did you mean website?"},
		{"for a service twice", []Substitute{of("bob", "eve", 0, 7, "website", "website")}, "/delegations/0/services/1", "already"},
		{"many services", []Substitute{of("bob", "eve", 0, 7, make([]ServiceID, maxScope+1)...)}, "/delegations/0/services", "51 entries"},
		{"many", make([]Substitute, MaxDelegations+1), "/delegations", "1001 entries"},
		{"each other", []Substitute{of("bob", "eve", 0, 7), of("eve", "bob", 7, 9)}, "/delegations/1/to", "closes a circle on 2026-03-09 (eve → bob → eve)"},
		{"one after the other", []Substitute{of("bob", "eve", 0, 7), of("eve", "bob", 8, 9)}, "", ""},
		{"for different services", []Substitute{of("bob", "eve", 0, 7, "website"), of("eve", "bob", 0, 7, "payments")}, "", ""},
		{"for one service and all", []Substitute{of("bob", "eve", 0, 7), of("eve", "bob", 0, 7, "payments")}, "/delegations/0/to", "(bob → eve → bob)"},
		{"three", []Substitute{of("bob", "eve", 0, 7), of("eve", "joe", 1, 8), of("joe", "bob", 2, 2)}, "/delegations/2/to", "closes a circle on 2026-03-04 (joe → bob → eve → joe)"},
		{"three that never meet", []Substitute{of("bob", "eve", 0, 3), of("eve", "joe", 3, 8), of("joe", "bob", 4, 9)}, "", ""},
		{"a chain", []Substitute{of("bob", "eve", 0, 7), of("eve", "joe", 0, 7)}, "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := soundCatalog()
			joe := c.People[1]
			joe.ID, joe.Email = "joe", "joe@example.com"
			payments := c.Services[0]
			payments.ID = "payments"
			c.People, c.Services, c.Delegations = append(c.People, joe), append(c.Services, payments), row.delegations
			faults := c.Check()
			if row.pointer == "" {
				require.Empty(t, faults)
				return
			}
			i := slices.IndexFunc(faults, func(f Field) bool { return f.Pointer == row.pointer })
			require.GreaterOrEqual(t, i, 0, "%v", faults)
			require.Contains(t, faults[i].Message, row.words)
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
