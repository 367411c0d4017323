package docs_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestTheExamplesHold plays the examples of the page on its policy, each on a
// Tuesday at ten.
func TestTheExamplesHold(t *testing.T) {
	for name, example := range map[string]func(*testing.T, *itsm.Catalog){
		"risk": risks, "role at the vote": rolesAtTheVote, "exclusions": exclusions, "absence": absences,
		"how many": howMany, "abstentions": abstentions, "delegation": delegations, "backups": backups, "edits": edits,
	} {
		t.Run(name, func(t *testing.T) {
			c := policyOfThePage(t)
			example(t, &c)
		})
	}
}

func onTuesday(t *testing.T, c *itsm.Catalog, requester itsm.PersonID, service itsm.ServiceID, stage int) *play {
	t.Helper()
	return begins(t, c, requester, service, stage, *berlin(t, "Tue 14 Apr 2026 10:00"), itsm.AroundTheClock)
}

func risks(t *testing.T, c *itsm.Catalog) {
	score := func(service itsm.ServiceID, r *itsm.Risk) itsm.RiskScore {
		return c.Preview("ana", itsm.ChangeDraft{Service: service, Risk: r}, time.Unix(0, 0)).RiskScore
	}
	require.Equal(t, itsm.RiskMedium, score("website", &itsm.Risk{Complexity: 3, BusinessImpact: 3, Rollback: 3, TestCoverage: 3, RecentChurn: 3}).Tier)
	hard := &itsm.Risk{Complexity: 1, BusinessImpact: 2, Rollback: 4, TestCoverage: 1, RecentChurn: 1}
	require.Equal(t, itsm.RiskLow, score("website", hard).Tier)
	raised := score("payments", hard)
	require.Equal(t, itsm.RiskHigh, raised.Tier)
	require.Equal(t, 9, raised.Score)
	require.Len(t, raised.Reasons, 2)
	require.Equal(t, []string{"Its risk was not assessed, so it is taken for high."}, score("website", nil).Reasons)
}

func rolesAtTheVote(t *testing.T, c *itsm.Catalog) {
	p := onTuesday(t, c, "ana", "website", 1)
	c.Teams[1].Members = nil
	require.Equal(t, "change.left_role", p.says(itsm.Approve, p.who("sam")))
	c.People[5].Roles = nil
	require.Equal(t, "actor.permission", p.says(itsm.Approve, p.who("sam")))
	require.Equal(t, "change.not_approver", p.says(itsm.Approve, p.who("lea")), "was not named")
	p.all(itsm.Approve, "kim")
	c.People[4].Roles = nil
	require.Equal(t, "change.stage_passed", p.all(itsm.Approve, "bob", "eve"), "what kim said stays")
}

func exclusions(t *testing.T, c *itsm.Catalog) {
	p := onTuesday(t, c, "eve", "website", 2)
	require.Equal(t, "change.own_request", p.says(itsm.Approve, p.who("eve")))
	require.Equal(t, "change.stage_passed", onTuesday(t, c, "ana", "website", 1).all(itsm.Approve, "bob", "joe", "kim"))
	p.awaits("bob", "ida", "joe", "kim", "lea", "max", "sam")

	p = onTuesday(t, c, "ana", "website", 1)
	p.Assignee = "joe"
	p.opens(1, itsm.AroundTheClock)
	require.Equal(t, []itsm.PersonID{"bob", "eve"}, p.Approval.Opening.Panels[0].Named)
	require.Equal(t, 2, p.Approval.Opening.Panels[0].Need)
	p.all(itsm.Approve, "eve")
	require.Equal(t, "change.own_approval", p.assign("eve"))

	p = onTuesday(t, c, "ana", "website", 1)
	p.all(itsm.Abstain, "joe")
	require.Equal(t, "change.assignment_blocks", p.assign("eve"))

	p = onTuesday(t, c, "ana", "website", 2).opens(2, itsm.AroundTheClock, "bob", "eve", "kim")
	require.Empty(t, p.Approval.Opening.Panels[0].Named)
	require.Equal(t, "change.voted", p.all(itsm.Approve, "max"))
	require.Equal(t, []itsm.PersonID{"max"}, p.Tally().Panels[0].Approved)
}

func absences(t *testing.T, c *itsm.Catalog) {
	away(c, "joe", "kim", "sam")
	p := onTuesday(t, c, "ana", "website", 1)
	require.Equal(t, 2, p.Approval.Opening.Panels[0].Need)
	p.awaits("bob", "eve", "max")
	require.Equal(t, "change.not_approver", p.says(itsm.Approve, p.who("joe")))
	require.Equal(t, "change.stage_passed", p.all(itsm.Approve, "max", "bob", "eve"))

	away(c, "bob") // whom ida stands in for
	p = onTuesday(t, c, "ana", "website", 1)
	require.Equal(t, []itsm.PersonID{"bob", "eve"}, p.Approval.Opening.Panels[0].Named)
}

func howMany(t *testing.T, c *itsm.Catalog) {
	require.Equal(t, 2, itsm.Need{Percent: 60}.Of(3))
	require.Equal(t, 1, itsm.Need{Percent: 60}.Of(1))

	p := onTuesday(t, c, "ana", "website", 2)
	require.Equal(t, "change.voted", p.all(itsm.Approve, "bob", "eve", "joe"))
	require.Equal(t, "change.approved", p.all(itsm.Approve, "kim"))

	p = onTuesday(t, c, "ana", "payments", 2)
	require.Equal(t, "change.voted", p.all(itsm.Approve, "bob", "kim"))
	require.Equal(t, "change.approved", p.all(itsm.Approve, "eve"))
	panels := p.Tally().Panels
	require.Equal(t, [][]itsm.PersonID{{"bob"}, {"eve", "kim"}}, [][]itsm.PersonID{panels[0].Approved, panels[1].Approved})

	p = onTuesday(t, c, "ana", "website", 1)
	require.Equal(t, "change.rejected", p.all(itsm.Reject, "sam"), "a veto")
	p = onTuesday(t, c, "ana", "website", 1)
	require.Equal(t, "change.voted", p.all(itsm.Reject, "bob"), "a quorum")
	require.Equal(t, "change.rejected", p.all(itsm.Reject, "joe"))
}

func abstentions(t *testing.T, c *itsm.Catalog) {
	p := onTuesday(t, c, "ana", "website", 1)
	p.all(itsm.Approve, "kim")
	p.all(itsm.Abstain, "joe")
	p.awaits("bob", "eve")
	p.all(itsm.Abstain, "eve")
	p.awaits("bob", "max")
	require.Equal(t, "change.stage_passed", p.all(itsm.Approve, "bob", "max"))
}

func delegations(t *testing.T, c *itsm.Catalog) {
	p := onTuesday(t, c, "ana", "website", 1)
	require.Equal(t, "change.voted", p.says(itsm.Approve, p.who("ida", "bob")))

	p = onTuesday(t, c, "ana", "website", 1)
	require.Equal(t, "change.delegated", p.delegate("bob", "bob", "lea"))
	require.Equal(t, "change.not_delegate", p.says(itsm.Approve, p.who("ida", "bob")), "the record's own goes first")
	require.Equal(t, "change.delegated", p.delegate("lea", "lea", "ida"))
	require.Equal(t, "change.not_approver", p.says(itsm.Approve, p.who("ida", "lea")), "it is not handed on")
	require.Equal(t, "change.delegate_circle", p.delegate("ida", "ida", "lea"))
	require.Equal(t, "change.delegate_requester", p.delegate("eve", "eve", "ana"))
	require.Equal(t, "change.delegate_named", p.delegate("eve", "eve", "joe"))
	require.Equal(t, "change.voted", p.says(itsm.Approve, p.who("lea", "bob")))
	require.Equal(t, "change.voted_for", p.says(itsm.Approve, p.who("bob")))

	p = onTuesday(t, c, "ana", "website", 1)
	require.Equal(t, "change.not_yours_to_delegate", p.delegate("eve", "bob", "lea"))
	require.Equal(t, "change.delegated", p.delegate("max", "bob", "lea"))
	require.Equal(t, "change.delegated", p.delegate("bob", "bob", "bob"), "takes it back")
	require.Equal(t, "change.not_delegated", p.delegate("bob", "bob", "bob"))
	require.Equal(t, "change.delegated", p.delegate("bob", "bob", "lea"))
	c.People[1].Roles = []itsm.Role{itsm.Requester}
	require.Equal(t, "change.left_role", p.says(itsm.Approve, p.who("lea", "bob")))
}

func backups(t *testing.T, c *itsm.Catalog) {
	joins := func(p *play) bool {
		return slices.ContainsFunc(p.Explain().Forecast, func(f itsm.Forecast) bool { return f.At.Equal(*p.BackupAt) })
	}
	p := onTuesday(t, c, "ana", "website", 1)
	require.True(t, joins(p))
	p.all(itsm.Approve, "kim", "bob")
	require.False(t, joins(p), "Leads have no backup, and Security needs none")
}

func edits(t *testing.T, c *itsm.Catalog) {
	website, _ := c.Service("website")
	terms := c.Change.Terms(website)
	p := onTuesday(t, c, "ana", "website", 1)
	p.Risk = &itsm.Risk{Complexity: 5, BusinessImpact: 5, Rollback: 5, TestCoverage: 5, RecentChurn: 5}
	p.RiskScore = terms.Score(p.ChangeDraft)
	p.all(itsm.Approve, "bob")
	e := p.Edit(itsm.EditRequest{Edit: itsm.Edit{Links: &[]itsm.Link{{URL: "CHG-6"}}}}, terms, p.at)
	require.Empty(t, e.Detail.Voided)
	require.Len(t, p.Votes(), 1)

	terms.Material = []string{"plan"}
	milder := itsm.Risk{Complexity: 2, BusinessImpact: 2, Rollback: 2, TestCoverage: 2, RecentChurn: 3}
	e = p.Edit(itsm.EditRequest{Edit: itsm.Edit{Risk: &milder}}, terms, p.at)
	require.Len(t, e.Detail.Voided, 1, "another tier, whatever the field")
	require.Equal(t, 2, p.Approval.Round)
	require.Equal(t, itsm.RiskMedium, p.RiskScore.Tier)
}
