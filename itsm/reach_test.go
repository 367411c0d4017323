package itsm

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWaysToReach(t *testing.T) {
	require.Equal(t, []Way{WaySlack, WayEmail}, Person{}.WaysToReach(), "whoever says nothing")
	p := Person{Reach: []Way{WayWebhook, WayEmail}, Email: "bob@example.com", Slack: "U0BOB", Webhook: "https://pager.example.com/bob"}
	require.Equal(t, []Way{WayWebhook, WayEmail}, p.WaysToReach(), "in their order")
	p.WaysToReach()[0] = WaySlack
	require.Equal(t, WayWebhook, p.Reach[0], "the list is the caller's")
	for way, address := range map[Way]string{WaySlack: p.Slack, WayEmail: p.Email, WayWebhook: p.Webhook, "pigeon": ""} {
		require.Equal(t, address, p.Address(way))
	}
	for _, way := range Ways {
		require.NotEmpty(t, p.Address(way))
	}
}

func TestHowAPersonIsReachedMayBeSaid(t *testing.T) {
	c := soundCatalog()
	c.People[0].Slack, c.People[0].Webhook = "U0ANA", "https://pager.example.com/ana?key=1"
	c.People[0].Reach = []Way{WayWebhook, WaySlack, WayEmail}
	c.People[1].Webhook = c.People[0].Webhook // a gateway may serve many
	require.Empty(t, c.Check())
}

func TestTheAddressOfAWebhook(t *testing.T) {
	sound := []string{
		"https://pager.example.com/bob", "https://pager.example.com:8443/a?b=c", "HTTPS://PAGER.EXAMPLE.COM", "https://198.51.100.7/x",
		"http://localhost:9000/x", "http://127.0.0.1/x", "http://[::1]:9000/", "https://localhost/x",
	}
	for _, text := range sound {
		u, fault := ParseWebhook(text)
		require.Empty(t, fault, text)
		require.NotEmpty(t, u.Host)
	}
	rows := map[string]string{
		"":                                      "is not the address",
		"pager.example.com/bob":                 "is not the address",
		"https://":                              "is not the address",
		"https://:443/secret":                   "is not the address",
		"https:secret":                          "is not the address",
		"https://pager.example.com/secret#part": "is not the address",
		"https://pager.example.com/sec ret":     "is not the address",
		"https://pager.example.com/secret\r\nA: b":                   "is not the address",
		"https://pagér.example.com/secret":                           "is not the address",
		"https://pager.example.com:65536/secret":                     "is not the address",
		"https://pager.example.com:secret/":                          "is not the address",
		"https://bob:secret@pager.example.com/":                      "has a user name",
		"http://pager.example.com/secret":                            "must begin with https://",
		"http://localhost.example.com/secret":                        "must begin with https://",
		"http://10.0.0.1/secret":                                     "must begin with https://",
		"ftp://localhost/secret":                                     "must begin with https://",
		"https://pager.example.com/" + strings.Repeat("secret", 400): "has 2426 characters; 2000 is the most",
	}
	for text, says := range rows {
		u, fault := ParseWebhook(text)
		require.Nil(t, u)
		require.Contains(t, fault, says, text)
		require.NotContains(t, fault, "secret")
	}
}

// Where somebody is reached is for those who keep the catalog, and for themselves.
func TestAddressesAreForTheFew(t *testing.T) {
	c := soundCatalog()
	c.People[0].Webhook = "https://pager.example.com/ana"
	for _, row := range []struct {
		who  Actor
		sees bool
	}{
		{Actor{Person: "bob", Roles: []Role{Approver, Implementer}}, false},
		{Actor{Person: "ana"}, true},
		{Actor{Person: "bob", Roles: []Role{ChangeManager}}, true},
		{Actor{Person: "bob", Roles: []Role{Auditor}}, true},
		{Actor{Person: "bob", Roles: []Role{Admin}}, true},
	} {
		ana := c.PeopleFor(row.who)[0]
		require.Equal(t, row.sees, ana.Webhook != "", row.who)
		require.Equal(t, row.sees, ana.Email != "", row.who)
	}
	require.NotEmpty(t, c.People[0].Webhook, "the catalog keeps it")
}
