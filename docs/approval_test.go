package docs_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities/holidays"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

const approvalPage = "processes/approval.md"

// crew are the people of the page, whom its policy names and need not list there.
const crew = `
people:
  - {id: ana, name: Ana, email: ana@example.com, zone: Europe/Berlin, roles: [requester]}
  - {id: bob, name: Bob, email: bob@example.com, zone: Europe/Berlin, roles: [requester, approver]}
  - {id: eve, name: Eve, email: eve@example.com, zone: Europe/Berlin, roles: [requester, approver]}
  - {id: joe, name: Joe, email: joe@example.com, zone: Europe/Berlin, roles: [requester, approver]}
  - {id: kim, name: Kim, email: kim@example.com, zone: Europe/Berlin, roles: [requester, approver]}
  - {id: sam, name: Sam, email: sam@example.com, zone: Europe/Berlin, roles: [requester, approver]}
  - {id: ida, name: Ida, email: ida@example.com, zone: Europe/Berlin, roles: [implementer, approver]}
  - {id: lea, name: Lea, email: lea@example.com, zone: Europe/Berlin, roles: [approver]}
  - {id: max, name: Max, email: max@example.com, zone: Europe/Berlin, roles: [change_manager]}
teams:
  - {id: web, name: Web, manager: eve, members: [ana, ida]}
  - {id: security, name: Security, manager: kim, members: [sam]}
services:
  - {id: website, name: Website, owner: eve, team: web, approval_channel: C0WEBSITE, criticality: high}
  - {id: payments, name: Payments, owner: bob, team: web, approval_channel: C0PAYMENTS, criticality: critical}
`

// policyOfThePage is the catalog that the page shows, with its people, and sound.
func policyOfThePage(t *testing.T) itsm.Catalog {
	t.Helper()
	shown := between(t, documents(t)[approvalPage], "```yaml\n", "```")
	c, err := catalog.Parse(approvalPage, []byte(crew+shown))
	require.NoError(t, err)
	return c
}

// TestEveryCatalogShownIsOne parses what any page shows of a catalog.
func TestEveryCatalogShownIsOne(t *testing.T) {
	policyOfThePage(t)
	for page, text := range documents(t) {
		require.LessOrEqual(t, strings.Count(text, "```yaml\n"), map[string]int{approvalPage: 1}[page], "%s shows a catalog that nothing parses", page)
	}
}

const written = "Mon 2 Jan 2006 15:04"

// berlin reads an instant of the page; nil where its cell is empty.
func berlin(t *testing.T, cell string) *time.Time {
	t.Helper()
	where, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	if cell == "" {
		return nil
	}
	at, err := time.ParseInLocation(written, cell, where)
	require.NoError(t, err)
	require.Equal(t, cell, at.Format(written), "the day of the week")
	at = at.UTC()
	return &at
}

// TestTheInstantsAreAsWritten reckons each row of the page's table anew, and what
// is forecast for the first.
func TestTheInstantsAreAsWritten(t *testing.T) {
	page, c := documents(t)[approvalPage], policyOfThePage(t)
	hours, err := holidays.Hours(c.Calendars[0])
	require.NoError(t, err)
	var rows [][]string
	for line := range strings.Lines(between(t, page, "| opened | held | resumed | reminder | backup | expiry |\n|---|---|---|---|---|---|\n", "\n\n")) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		require.Len(t, cells, 6)
		rows = append(rows, cells)
	}
	require.NotEmpty(t, rows)
	for i, row := range rows {
		p := begins(t, &c, "ana", "website", 1, *berlin(t, row[0]), hours)
		if i == 0 {
			require.Equal(t, p.forecast(), between(t, page, "| at | what |\n|---|---|\n", "\n\n"))
		}
		due := p.Deadlines()
		if held := berlin(t, row[1]); held != nil {
			due, err = due.Moved(hours, *held, *berlin(t, row[2]))
			require.NoError(t, err)
		}
		require.Equal(t, []*time.Time{berlin(t, row[3]), berlin(t, row[4]), berlin(t, row[5])}, []*time.Time{due.RemindAt, due.BackupAt, &due.ExpireAt}, row)
	}
}

// play is a change in a stage of the page's policy.
type play struct {
	itsm.Change

	t       *testing.T
	catalog *itsm.Catalog
	at      time.Time
}

// begins opens a stage of high risk.
func begins(t *testing.T, c *itsm.Catalog, requester itsm.PersonID, service itsm.ServiceID, stage int, at time.Time, clock itsm.BusinessTime) *play {
	t.Helper()
	p := &play{t: t, catalog: c, at: at, Change: itsm.Change{
		Number: "CHG-7", Requester: requester, State: itsm.ChangeAwaiting, Approval: itsm.Approval{Round: 1},
		ChangeDraft: itsm.ChangeDraft{Type: itsm.Normal, Service: service, Title: "Renew", Plan: "Renew.", BackoutPlan: "Undo."},
		RiskScore:   itsm.RiskScore{Tier: itsm.RiskHigh},
	}}
	return p.opens(stage, clock)
}

func (p *play) opens(stage int, clock itsm.BusinessTime, earlier ...itsm.PersonID) *play {
	p.t.Helper()
	a := p.Asking()
	a.Stage, a.Earlier = stage, earlier
	o, err := p.catalog.Open(p.catalog.Change, a, p.at, clock)
	require.NoError(p.t, err)
	p.OpenStage(o)
	return p
}

// forecast is what happens if nobody acts, as the page's table writes it.
func (p *play) forecast() string {
	where, err := time.LoadLocation("Europe/Berlin")
	require.NoError(p.t, err)
	var rows []string
	for _, f := range p.Explain().Forecast {
		rows = append(rows, "| "+f.At.In(where).Format(written)+" | "+f.Says(func(id itsm.PersonID) string { return string(id) })+" |")
	}
	return strings.Join(rows, "\n")
}

// who is somebody of the catalog at the door; those after them, for whom they act.
func (p *play) who(id itsm.PersonID, principal ...itsm.PersonID) itsm.Actor {
	person, _ := p.catalog.Person(id)
	a := itsm.Actor{
		Person: id, Roles: person.Roles, Teams: p.catalog.TeamsOf(id), Door: itsm.DoorAPI,
		Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite},
	}
	for _, other := range principal {
		a.For = new(p.catalog.PrincipalFor(other, id, p.Service, p.at))
	}
	return a
}

// says votes, and gives the refusal's code, or else what came of it.
func (p *play) says(v itsm.Verdict, who itsm.Actor) string {
	r := itsm.DecisionRequest{Verdict: v, Note: "Because."}
	if err := p.CheckDecision(who, r); err != nil {
		return itsm.AsError(err).Code
	}
	return string(p.Decide(who, r, p.at).Kind)
}

// all votes for each of some people in turn, who all may, and gives the last event.
func (p *play) all(v itsm.Verdict, ids ...itsm.PersonID) (last string) {
	p.t.Helper()
	for _, id := range ids {
		last = p.says(v, p.who(id))
		require.Contains(p.t, []string{"change.voted", "change.stage_passed", "change.approved", "change.rejected"}, last, id)
	}
	return last
}

func (p *play) assign(to itsm.PersonID) string {
	r := itsm.Reassignment{Assignee: to}
	if err := p.CheckReassign(p.who("max"), r); err != nil {
		return itsm.AsError(err).Code
	}
	return string(p.Reassign(r).Kind)
}

func (p *play) delegate(who, from, to itsm.PersonID) string {
	r := itsm.DelegationRequest{From: from, To: to}
	if err := p.CheckDelegate(p.who(who), r); err != nil {
		return itsm.AsError(err).Code
	}
	return string(p.Delegate(p.who(who), r, p.at).Kind)
}

func (p *play) awaits(ids ...itsm.PersonID) {
	p.t.Helper()
	require.Equal(p.t, ids, p.Explain().WaitsFor)
}

// away lets somebody be away on the day of the examples.
func away(c *itsm.Catalog, ids ...itsm.PersonID) {
	day := itsm.NewDate(2026, time.April, 14)
	for i := range c.People {
		if slices.Contains(ids, c.People[i].ID) {
			c.People[i].Away = []itsm.Absence{{First: day, Last: day}}
		}
	}
}
