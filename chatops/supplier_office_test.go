package chatops

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// supplierOffice is an office in which sue answers for suppliers, and col and cyd for
// contracts; pat owns the relationship, and rio stands in.
func supplierOffice(t testing.TB) *office {
	t.Helper()
	o := dutyOffice(t, func(c *slackfake.Config) {
		c.Channels = append(c.Channels, slackfake.Channel{ID: "C0SUP", Name: "suppliers", Members: []string{"U0STEWARD", "U0PAT"}})
		for _, id := range []string{"U0SUE", "U0COL", "U0CYD"} {
			c.Users = append(c.Users, slackfake.User{ID: id, Name: id})
			for n := range c.Channels {
				c.Channels[n].Members = append(c.Channels[n].Members, id)
			}
		}
	})
	c := &o.desk.catalog
	c.Supplier.Channel = "C0SUP"
	c.People = append(c.People,
		itsm.Person{ID: "sue", Name: "Sue & Co", Slack: "U0SUE", Roles: []itsm.Role{itsm.SupplierManager}},
		itsm.Person{ID: "col", Name: "Col <C>", Slack: "U0COL", Roles: []itsm.Role{itsm.CommercialManager}},
		itsm.Person{ID: "cyd", Name: "Cyd Ode", Slack: "U0CYD", Roles: []itsm.Role{itsm.CommercialManager}},
	)
	return o
}

// sup types a command about suppliers, and returns what was said, in a form or aside.
func (o *office) sup(user, text string) string {
	o.t.Helper()
	if said := o.typed(user, "/supplier", text); said != "" {
		return said
	}
	return o.top(user).Text()
}

// aSupplier is how sue fills in the form for a supplier.
var aSupplier = map[string]string{
	"name": "Hosting <Ltd> & *Co*", "supplies": "The *machines*", "tier": "critical", "owner": "U0PAT", "deputy": "U0RIO",
	"contacts": "Zoe <Z> | Escalations | zoe@hosting.example, +1 555", "subcontractors": "Cables | The cables | Audits",
}

const aDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// aContract is how col fills in the form for a contract that began today.
func (o *office) aContract() map[string]string {
	today := itsm.DateOf(o.clock.now().UTC())
	return map[string]string{
		"title": "Hosting <contract>", "supplier": "sup-1", "owner": "U0COL", "supplies": "Secret <machines>", "duties": "They run *them*", "start": today.String(), "end": today.AddMonths(12).String(),
		"notice": "3mo", "renewal": "12mo", "targets": "Availability | service level | percent | 99.9 | 99 | critical | 99.5\nAnswers | responsiveness | hours | 4 | 24",
		"document_url": "https://vault.example/1", "document_digest": aDigest,
	}
}

// contracted is an office that hosting supplies, with a contract in force.
func contracted(t testing.TB) *office {
	t.Helper()
	o := supplierOffice(t)
	o.sup("U0SUE", "new")
	require.Contains(t, o.fills("U0SUE", aSupplier), "You recorded SUP-1; it is now proposed.")
	require.Contains(t, o.sup("U0SUE", "move 1 due diligence because we need it"), "You moved on SUP-1; it is now due diligence.")
	require.Contains(t, o.sup("U0PAT", "assess 1 suitable it is sound, see https://audits.example/1"), "You recorded the due diligence of SUP-1")
	require.Contains(t, o.sup("U0SUE", "move 1 onboarding it is found suitable"), "it is now onboarding")
	require.Contains(t, o.sup("U0SUE", "move 1 active it supplies"), "it is now active")
	o.sup("U0COL", "contract new SUP-1")
	require.Contains(t, o.fills("U0COL", o.aContract()), "You recorded CON-1; it is now draft.")
	o.sup("U0COL", "propose 1 approve we need it")
	o.closed("U0COL")
	o.sup("U0COL", "propose CON-1 approve we need it")
	require.Contains(t, o.fills("U0COL", map[string]string{"effect": "None <at> all"}), "You proposed what becomes of CON-1; it is now under review.")
	require.Contains(t, o.sup("U0CYD", "approve CON-1"), "You approved what was proposed for CON-1; it is now approved.")
	o.clock.pass(24 * time.Hour)
	o.desk.mu.Lock()
	o.desk.contractGoesOn(o.desk.contracts["CON-1"])
	o.desk.mu.Unlock()
	require.Equal(t, itsm.ContractActive, o.desk.contracts["CON-1"].State)
	return o
}

// suppliedTold is the last notice of a kind about a record to somebody, or to a channel.
func (o *office) suppliedTold(n itsm.Number, kind itsm.NoticeKind, to string) itsm.Notice {
	o.t.Helper()
	all, err := o.bot.notices(context.Background(), o.as("U0SUE"), n)
	require.NoError(o.t, err)
	for _, one := range slices.Backward(all) {
		if one.Kind == kind && (string(one.To) == to || one.To == "" && one.Channel == to) {
			return one
		}
	}
	require.Fail(o.t, "there is no such notice", "%s of %s to %s", kind, n, to)
	return itsm.Notice{}
}

// suppliedSent posts that notice, as the process's teller would.
func (o *office) suppliedSent(n itsm.Number, kind itsm.NoticeKind, to string) slackfake.Message {
	o.t.Helper()
	at, err := o.messenger.Post(context.Background(), o.suppliedTold(n, kind, to))
	require.NoError(o.t, err)
	return o.at(at.Channel, at.TS)
}

// labels are what can be pressed on a message, and its menu's lines.
func labels(m slackfake.Message) string { return strings.Join(buttons(m), ", ") }

// as is somebody who comes to the desk from Slack.
func (o *office) as(user string) desk.Caller {
	o.t.Helper()
	actor, err := o.desk.SlackActor(context.Background(), user)
	require.NoError(o.t, err)
	return desk.Caller{Actor: actor}
}
