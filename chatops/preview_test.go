package chatops

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

// set enters a value into the form that ana has open.
func (o *office) set(field, value string) {
	o.t.Helper()
	_, err := o.Change(context.Background(), "U0ANA", o.top("U0ANA"), field, value)
	require.NoError(o.t, err)
}

func TestTheFormLooksAhead(t *testing.T) {
	o := staffed(t)
	o.form()
	require.Contains(t, o.top("U0ANA").Text(), "Choose a service, and you see here who decides.")
	o.set("title", "Rotate the keys")
	kept := len(o.desk.kept)
	o.set("service", "payments")
	require.Contains(t, o.top("U0ANA").Text(), "*Risk: high* Its risk was not assessed, so it is taken for high.", "what it means to leave the answers out")
	require.Contains(t, o.top("U0ANA").Text(), "It has to be assessed before anybody decides: that form comes next.")
	require.Contains(t, o.top("U0ANA").Text(), "*1. Technical* 2 of Bob &lt;b&gt; &amp; Co, Eve Adams, Joe Park\n*2. Business* Max Ito")
	for _, d := range itsm.RiskDimensions {
		o.set("risk_"+string(d), "1")
	}
	require.Contains(t, o.top("U0ANA").Text(), "*Risk: low* The five dimensions add up to 5 of 25; less than 11 is low.")
	require.Contains(t, o.top("U0ANA").Text(), "*Who decides* Max Ito")
	o.set("risk_rollback", "5 · cannot be undone")
	o.set("risk_complexity", "5")
	require.Contains(t, o.top("U0ANA").Text(), "*Risk: medium*")
	require.Equal(t, "Rotate the keys", o.top("U0ANA").State["title"]["value"]["value"], "what was typed stays")
	require.Len(t, o.desk.kept, kept, "to look ahead is no act")

	a := o.submit("U0ANA", map[string]string{"plan": "Do it.", "backout_plan": "Undo it."})
	require.Equal(t, "update", a.Action, a.Errors)
	require.Equal(t, itsm.RiskMedium, o.desk.changes["CHG-1"].RiskScore.Tier)
	require.Equal(t, 5, o.desk.changes["CHG-1"].Risk.Rollback)
}

func TestTheFormLooksAheadAgainWhenAsked(t *testing.T) {
	o := staffed(t)
	o.desk.catalog.Change.Risk.Rules = []itsm.RiskRule{{When: itsm.RiskCondition{NoTestPlan: true}, Tier: itsm.RiskHigh, Because: "It has no test plan."}}
	o.form()
	o.set("service", "web")
	for _, d := range itsm.RiskDimensions {
		o.set("risk_"+string(d), "1")
	}
	require.Contains(t, o.top("U0ANA").Text(), "It has no test plan.")
	o.set("test_plan", "On staging.")
	require.Contains(t, o.top("U0ANA").Text(), "It has no test plan.", "a text tells nobody that it changed")
	_, err := o.PressIn(context.Background(), "U0ANA", o.top("U0ANA"), "Look again", nil)
	require.NoError(t, err)
	require.Contains(t, o.top("U0ANA").Text(), "*Risk: low*")
}

// TestWhereRiskDecidesNothingNobodyIsAskedAboutIt: the form is as short as it was.
func TestWhereRiskDecidesNothingNobodyIsAskedAboutIt(t *testing.T) {
	o := newOffice(t)
	o.desk.catalog.Services = o.desk.catalog.Services[:1]
	v := o.form()
	require.NotContains(t, v.Text(), "How risky is it?")
	require.Contains(t, v.Text(), "*Who decides* any one of Bob &lt;b&gt; &amp; Co, Eve Adams", "the only service is chosen, so it is known at once")
	chosen, ok := v.State["service"]["value"]["selected_option"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, "payments", chosen["value"])
}

func TestWhatCannotBeForeseenIsSaid(t *testing.T) {
	o := staffed(t)
	o.desk.set("PreviewChange", itsm.Refuse(itsm.Unavailable, "db.down", "The records <cannot> be read."), false)
	o.form()
	o.set("service", "payments")
	require.Contains(t, o.top("U0ANA").Text(), "The records &lt;cannot&gt; be read.")
	o.desk.set("PreviewChange", nil, false)
	o.Fail("views.update", fault.Refuse("hash_conflict"))
	o.set("risk_rollback", "5")
	require.Contains(t, o.log.String(), "slack.view_changed")
	o.set("risk_rollback", "4")
	require.Contains(t, o.top("U0ANA").Text(), "*Risk: high*", "the next one mends it")
}

func TestALookAheadIsOnlyForOurPeople(t *testing.T) {
	o := staffed(t)
	for payload, status := range map[string]int{
		`{"type":"block_actions","team":{"id":"T0OTHER"},"user":{"id":"U0ANA","team_id":"T0OTHER"},` + viewOf("V1"):     200,
		`{"type":"block_actions","team":{"id":"T0STEWARD"},"user":{"id":"U0NEW","team_id":"T0STEWARD"},` + viewOf("V1"): 200,
		`{"type":"block_actions","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA","team_id":"T0STEWARD"},` + viewOf("V1"): 200,
		`{"type":"block_actions","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA","team_id":"T0STEWARD"},` + viewOf(""):   400,
	} {
		require.Equal(t, status, o.deliver("/slack/interactions", "payload="+url.QueryEscape(payload), nil), payload)
	}
	for _, code := range []string{"slack.team", "slack.unknown_person", "slack.view_gone"} {
		require.Contains(t, o.log.String(), code)
	}
}

func viewOf(id string) string {
	return `"trigger_id":"1.2","container":{"type":"view","view_id":"` + id + `"},"view":{"id":"` + id + `","type":"modal","hash":"h","callback_id":"change.new","state":{"values":{}}},` +
		`"actions":[{"action_id":"value","block_id":"service","action_ts":"1.5","type":"static_select","selected_option":{"value":"web"}}]}`
}

// assessed is a whole assessment as somebody types it.
func assessed() map[string]string {
	f := map[string]string{
		"assessment_risk": "Low <really>.", "assessment_benefit": "Safe keys.", "assessment_feasibility": "Done before.", "assessment_cost": "An hour.",
	}
	var e itsm.Effects
	for _, s := range e.Sections() {
		f["assessment_effects_"+s.Name] = "n/a: it does not touch " + s.Words
	}
	f["assessment_effects_security"] = "Better."
	return f
}

func TestWhatIsRiskyIsAssessedInTheNextStep(t *testing.T) {
	o := staffed(t)
	o.form()
	a := o.submit("U0ANA", filled())
	require.Equal(t, "update", a.Action, a.Errors)
	c := o.desk.changes["CHG-1"]
	require.Equal(t, itsm.ChangeAssessing, c.State, "the record is there, whatever becomes of the form")
	require.Contains(t, o.top("U0ANA").Text(), "Assess CHG-1")
	require.Contains(t, o.top("U0ANA").Text(), "CHG-1 is raised.")

	given := assessed()
	given["assessment_effects_capacity"] = "n/a"
	a = o.submit("U0ANA", given)
	require.Equal(t, map[string]string{"assessment_effects_capacity": "is no reason: say why it does nothing to capacity"}, a.Errors)
	a = o.submit("U0ANA", map[string]string{"assessment_effects_capacity": "n/a: no new load"})
	require.Equal(t, "update", a.Action, a.Errors)
	require.Contains(t, o.closed("U0ANA"), "You assessed CHG-1; it is now awaiting approval.")
	require.Equal(t, "no new load", c.Assessment.Effects.Capacity.NotApplicable)
	require.Equal(t, "Better.", c.Assessment.Effects.Security.Text)
	o.change("U0BOB", "show CHG-1")
	require.Contains(t, o.whispered("U0BOB"), "Risk: Low <really>.")
	require.Contains(t, o.whispered("U0BOB"), "Capacity: not applicable, because: no new load")
}

func TestAnAssessmentCanWait(t *testing.T) {
	o := staffed(t)
	o.form()
	o.submit("U0ANA", filled())
	o.closed("U0ANA")
	told := o.posted(itsm.NoticeTell, "ana")
	require.Contains(t, told.Says(), "Before anybody decides on your change, it has to be assessed.")
	o.press("U0ANA", told, "Assess…")
	require.Contains(t, o.closed("U0ANA"), "Assess CHG-1")
	o.change("U0BOB", "assess CHG-1")
	require.Contains(t, o.whispered("U0BOB"), "That needs one of these roles: requester, change_manager or implementer.")
	o.change("U0IDA", "assess CHG-1")
	a := o.submit("U0IDA", assessed())
	require.Equal(t, "update", a.Action, a.Errors)
	o.closed("U0IDA")
	require.Contains(t, o.posted(itsm.NoticeTell, "ana").Says(), "Ida Noor assessed your change.")

	o.change("U0IDA", "assess CHG-1")
	require.Contains(t, o.whispered("U0IDA"), "no_entry", "to assess it anew is to edit it")
	o.change("U0EVE", "approve CHG-1")
	o.change("U0ANA", "assess CHG-1")
	require.Contains(t, o.top("U0ANA").Text(), "Assess CHG-1")
	a = o.submit("U0ANA", map[string]string{"assessment_cost": "Two hours."})
	require.Equal(t, "update", a.Action, a.Errors)
	c := o.desk.changes["CHG-1"]
	require.Equal(t, "Two hours.", c.Assessment.Cost)
	require.Equal(t, "n/a: it does not touch capacity", "n/a: "+c.Assessment.Effects.Capacity.NotApplicable)
	require.Empty(t, c.Decisions, "what was voted on another assessment counts no more")
}

func TestAnEditOutlivesVotesAndLosesToAnotherEdit(t *testing.T) {
	o := staffed(t)
	c := o.medium()
	o.change("U0ANA", "edit CHG-1")
	o.change("U0EVE", "approve CHG-1")
	revision := c.Revision
	a := o.submit("U0ANA", map[string]string{"links": "https://example.com/1 the ticket"})
	require.Equal(t, "update", a.Action, "a vote moved the record on, and the text is as it was: %v", a.Errors)
	require.Equal(t, revision+1, c.Revision)
	require.Len(t, c.Decisions, 1, "links are not what was voted on")
	o.closed("U0ANA")

	o.change("U0ANA", "edit CHG-1")
	o.change("U0MAX", "edit CHG-1")
	require.Equal(t, "update", o.submit("U0MAX", map[string]string{"title": "Max was here"}).Action)
	a = o.submit("U0ANA", map[string]string{"title": "Ana was here", "plan": "A long plan."})
	require.Equal(t, "errors", a.Action)
	require.Contains(t, a.Errors["title"], "Somebody edited CHG-1 after you opened this form")
	require.Contains(t, a.Errors["title"], "What you wrote is still here")
	require.Equal(t, "A long plan.", o.top("U0ANA").State["plan"]["value"]["value"])
	require.Equal(t, "Max was here", c.Title)
	o.closed("U0ANA")

	o.change("U0ANA", "edit CHG-1")
	require.Contains(t, o.submit("U0ANA", nil).Errors["title"], "That changes nothing in CHG-1.")
	a = o.submit("U0ANA", map[string]string{"title": " ", "links": "nowhere"})
	require.Equal(t, "is needed", a.Errors["title"])
	require.Contains(t, a.Errors["links"], "must be an address")
	a = o.submit("U0ANA", map[string]string{"title": "x", "links": "", "risk_rollback": "5", "risk_complexity": "5"})
	require.Contains(t, a.Errors["title"], "`/change assess CHG-1` opens that form")
}

// TestAnEditWhoseAnswerWasLostIsNotTakenForAnothers: the form is sent again by the
// relay, and finds its own words in the record.
func TestAnEditWhoseAnswerWasLostIsNotTakenForAnothers(t *testing.T) {
	o := staffed(t)
	c := o.medium()
	o.change("U0ANA", "edit CHG-1")
	o.change("U0EVE", "approve CHG-1") // so that the edit is sent twice
	o.desk.set("AnswerDelivery", down, false)
	require.Equal(t, "update", o.submit("U0ANA", map[string]string{"title": "Ana was here"}).Action)
	revision := c.Revision
	o.desk.set("AnswerDelivery", nil, false)
	o.clock.pass(lease)
	require.NotZero(t, o.relayed())
	require.Equal(t, revision, c.Revision)
	dm := o.Messages("U0ANA")
	require.NotEmpty(t, dm)
	require.Contains(t, dm[len(dm)-1].Says(), "You edited CHG-1")
}

func TestForgedForms(t *testing.T) {
	o := staffed(t)
	o.medium()
	o.change("U0ANA", "edit CHG-1")
	v := o.top("U0ANA")
	for _, private := range []string{"", "{", `{"number":"'; DROP"}`, `{"number":"CHG-1","was":{"title":"x"},"content_hash":"` + strings.Repeat("f", 80) + `"}`} {
		r := request{Request: payload.Request{Kind: payload.KindSubmission, User: "U0ANA", Team: "T0STEWARD"}}
		r.Form.Callback, r.Form.Private = v.CallbackID, private
		_, err := o.bot.act(context.Background(), r, "forged")
		require.Equal(t, itsm.Invalid, itsm.AsError(err).Kind, private)
	}
	r := request{Request: payload.Request{Kind: payload.KindSubmission, User: "U0BOB", Team: "T0STEWARD"}}
	r.Form.Callback, r.Form.Private = "change.edit", v.PrivateMetadata
	_, err := o.bot.act(context.Background(), r, "forged")
	require.Equal(t, itsm.Forbidden, itsm.AsError(err).Kind, "a form that was opened for another gives no right")
	r.Form.Callback = "change.show"
	_, err = o.bot.act(context.Background(), r, "forged")
	require.Equal(t, "slack.form", itsm.AsError(err).Code)
}
