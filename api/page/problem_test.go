package page

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/steward-itsm/steward/itsm"
)

// publish takes PRB-7 on to a known error that people are shown, as people would.
func (h *house) publish() {
	h.t.Helper()
	pia, bob := h.as("pia"), h.as("bob")
	for _, p := range []shown{
		pia.deal("PRB-7", "accept", "coordinator", "bob"),
		bob.deal("PRB-7", "rca", "method", "five_whys", "cause/text", "Nobody watches the disk.", "cause/evidence", "INC-6", "known", "true"),
		bob.deal("PRB-7", "workaround", "symptoms", "Cards are declined.", "workaround", "Delete the logs.", "risk", "Two minutes.", "verified_by", "eve"),
		bob.deal("PRB-7", "known-error"),
		pia.deal("PRB-7", "approve", "note", "Well written."),
	} {
		require.Equal(h.t, http.StatusOK, p.status, p.text())
	}
}

func TestAProblemIsWalkedFromItsPageAlone(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	h.report("INC-6")
	ana, pia, bob, ida := h.as("ana"), h.as("pia"), h.as("bob"), h.as("ida")
	p := ana.get("/incidents/INC-6")
	require.Contains(t, p.body, `href="/problems/new?incidents=INC-6&amp;service=payments"`)
	p = ana.submit(ana.get("/problems/new?incidents=INC-6&service=payments"), "/problems/new", "title", "Cards are declined each month", "impact", "high",
		"urgency", "high", "pattern/symptom", "error 502")
	require.Equal(t, "/problems/PRB-100", p.path)
	require.Contains(t, p.text(), "It is recorded. PRB-100 is logged.")
	require.Contains(t, p.text(), "found in INC-6 said by Ana Ferreira")
	require.Contains(t, p.text(), "Raised for incident")
	require.Contains(t, p.text(), "It waits for a problem manager to accept it, decline it or merge it.")
	require.Contains(t, p.text(), "Assessment running within 24 h")
	require.Contains(t, ana.get("/incidents/INC-6").text(), "shows the problem PRB-100 said by Ana Ferreira")

	p = pia.deal("PRB-100", "accept", "coordinator", "bob", "note", "Look at the disk.")
	require.Contains(t, p.text(), "Pia Moreau accepted it, as P1. Bob Okafor coordinates it.")
	require.Contains(t, p.text(), "Root cause running within 3 days")
	p = pia.deal("PRB-100", "task", "title", "Look why nobody was warned", "owner", "ida", "due_at", "2031-03-05T09:30")
	require.Contains(t, p.text(), "Look why nobody was warned open 1 · Ida Castillo · due Wed 5 Mar 2031, 09:30 CET")
	p = ida.deal("PRB-100", "result", "id", "1", "state", "done", "result", "There is no alert.")
	require.Contains(t, p.text(), "Ida Castillo said that task 1, Look why nobody was warned, is done.")
	require.NotContains(t, p.acts(), "result", "no task is left")

	p = bob.deal("PRB-100", "rca", "method", "five_whys", "cause/text", "Nobody watches the disk.", "cause/evidence", "inc-6",
		"trigger/text", "A sale.", "trigger/evidence", "https://graphs.example.com/7")
	require.Contains(t, p.text(), "Root cause, as far as it was found")
	p = bob.deal("PRB-100", "rca", "cause/evidence", "It was at 100 %.", "known", "true")
	require.Contains(t, p.text(), "Root cause Nobody watches the disk. INC-6 It was at 100 %. What set it off A sale. https://graphs.example.com/7")
	require.Contains(t, p.text(), "Bob Okafor said that its root cause is known.")
	require.Contains(t, p.body, `href="https://graphs.example.com/7"`)
	require.Len(t, h.problems["PRB-100"].RootCause.Cause.Evidence, 2, "what it rested on before stays")
	p = bob.deal("PRB-100", "workaround", "symptoms", "Cards are declined.", "workaround", "Delete the logs.", "risk", "Two minutes.", "verified_by", "eve",
		"services", "payments\n\n mail ")
	require.Contains(t, p.text(), "Known error, draft")
	require.Contains(t, p.text(), "Services Payments, Mail Tried by Eve Lindqvist")
	p = bob.deal("PRB-100", "known-error")
	require.Contains(t, p.text(), "Steward asked Pia Moreau whether its known error can be published.")
	require.NotContains(t, p.acts(), "approve", "a second person decides")
	p = pia.deal("PRB-100", "approve")
	require.Contains(t, p.text(), "Pia Moreau approved its known error. That publishes it.")
	require.Contains(t, p.text(), "Known error, version 1")
	require.Contains(t, p.text(), "Used not yet Its incidents were not told of this version")

	p = pia.deal("PRB-100", "communicate")
	require.Contains(t, p.text(), "Its incidents were told of it")
	p = bob.get("/incidents/INC-6")
	require.Contains(t, p.text(), "Its people were told of the workaround of PRB-100 , version 1.")
	require.Contains(t, p.text(), "PRB-100 Cards are declined each month told of Cards are declined. Delete the logs. Its risk: Two minutes. Used not yet Apply it")
	p = bob.post("/incidents/INC-6/apply", p.formBy("id", "act-apply-PRB-100"))
	require.Contains(t, p.text(), "It is applied. INC-6 is triaged.")
	require.Contains(t, p.text(), "applies the workaround of PRB-100 said by Bob Okafor")
	require.Contains(t, p.text(), "Bob Okafor applied the workaround of PRB-100.")
	require.Nil(t, p.formBy("id", "act-apply-PRB-100"), "it is applied already")
	require.Contains(t, bob.get("/problems/PRB-100").text(), "Used by 1 incident, last by INC-6")
	require.Contains(t, bob.get("/problems/PRB-100").text(), "its workaround was applied to INC-6 said by Bob Okafor")

	p = bob.deal("PRB-100", "fix", "change", "chg-7")
	require.Contains(t, p.text(), "It waits for CHG-7, which is to fix it, to be carried out.")
	require.Contains(t, p.body, `<a href="/changes/CHG-7"`)
	require.Contains(t, bob.get("/changes/CHG-7").text(), "fixed PRB-100 said by Bob Okafor")
	h.succeed("CHG-7")
	p = pia.get("/problems/PRB-100")
	require.Contains(t, p.text(), "CHG-7 was carried out, which is to fix it.")
	require.Contains(t, p.text(), "effectiveness watch")
	h.pass(10 * time.Minute)
	p = pia.deal("PRB-100", "confirm", "note", "It was at 95 %.")
	require.Contains(t, p.text(), "It is a major problem, and waits to be reviewed before it is closed.")
	require.NotContains(t, p.acts(), "close", "not before it is reviewed")
	p = bob.deal("PRB-100", "review", "went_well", "The workaround.", "went_wrong", "No alert.", "follow_up", "More alerts.")
	require.Contains(t, p.text(), "What went wrong No alert.")
	p = pia.deal("PRB-100", "close", "note", "Done.")
	require.Contains(t, p.text(), "It was fixed, the fix has held, and it is closed.")
	require.Contains(t, p.body, `href="/problems/new?follows=PRB-100&amp;service=payments"`)
	require.Equal(t, "PRB-100", ana.get("/problems/new?follows=PRB-100").form("/problems/new").Get("follows"))
	require.Equal(t, itsm.EndedFixed, h.problems["PRB-100"].Ending)
	require.NotContains(t, bob.get("/known-errors").text(), "PRB-100", "nobody needs it any more")
	require.Equal(t, http.StatusOK, ana.get("/problems?show=all").status)
}

// succeed carries a change out, whoever would have to.
func (h *house) succeed(n itsm.Number) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.changes[n]
	c.State, c.Outcome = itsm.ChangeClosed, itsm.Successful
	h.fixed(c)
}

func TestEachIsOfferedOnAProblemWhatWouldNotRefuseThem(t *testing.T) {
	h := build(t)
	h.suspect("PRB-7")
	for who, want := range map[string][]string{
		"pia": {"accept", "decline", "merge", "link", "cancel", "comment", "ask"},
		"ana": {"cancel", "comment", "ask"},
		"bob": {"link", "comment", "ask"},
		"ada": nil,
	} {
		require.ElementsMatch(t, want, h.as(who).get("/problems/PRB-7").acts(), who)
	}
	h.publish()
	for who, want := range map[string][]string{
		"bob": {"communicate", "fix", "task", "assign", "link", "rca", "workaround", "comment", "ask"},
		"max": {"communicate", "fix", "accept-risk", "task", "assign", "link", "rca", "workaround", "comment", "ask"},
		"joe": {"comment", "ask"},
	} {
		require.ElementsMatch(t, want, h.as(who).get("/problems/PRB-7").acts(), who)
	}
}

func TestWhatIsRefusedOnAProblemKeepsWhatWasTyped(t *testing.T) {
	h := build(t)
	h.suspect("PRB-7")
	h.suspect("PRB-8")
	pia := h.as("pia")
	p := pia.deal("PRB-7", "decline", "note", " ")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "decline.invalid")
	require.Contains(t, p.body, `id="act-decline" open`)
	p = pia.deal("PRB-7", "merge", "into", "prb-9", "note", "The same.")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Equal(t, "prb-9", p.form("/problems/PRB-7/merge").Get("into"))
	p = pia.deal("PRB-8", "merge", "into", "prb-7", "note", "The same.")
	require.Contains(t, p.text(), "It was merged into PRB-7, where it goes on.")
	require.Contains(t, pia.get("/problems/PRB-7").text(), "has the duplicate PRB-8")

	pia.deal("PRB-7", "accept")
	p = pia.deal("PRB-7", "rca", "method", "timeline", "cause/text", "It <b>leaks</b>.", "known", "true")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "root_cause.invalid")
	f := p.form("/problems/PRB-7/rca")
	require.Equal(t, []string{"timeline", "It <b>leaks</b>.", "true"}, []string{f.Get("method"), f.Get("cause/text"), f.Get("known")})
	require.Contains(t, p.text(), "is needed: one record, address or observation at least that it rests on")
	p = pia.deal("PRB-7", "accept-risk", "note", "It ends soon.", "expires_at", "yesterday")
	require.Contains(t, p.text(), "must be an instant like 2031-03-01T22:00, in your time")
	p = pia.deal("PRB-7", "accept-risk", "note", "It ends soon.", "expires_at", "2031-03-01T22:00")
	require.Contains(t, p.text(), "must be later than now")
	p = pia.deal("PRB-7", "accept-risk", "note", "It ends soon.", "expires_at", "2031-06-01T09:30")
	require.Contains(t, p.text(), "Pia Moreau accepted its risk until Sun 1 Jun 2031, 09:30 CEST.")
	require.Equal(t, time.Date(2031, 6, 1, 7, 30, 0, 0, time.UTC), h.problems["PRB-7"].Risk.ExpiresAt)
	h.pass(100 * 24 * time.Hour)
	require.Contains(t, h.as("pia").get("/problems/PRB-7").text(), "Steward reopened it: the acceptance of its risk has expired.")

	ana := h.as("ana")
	p = ana.submit(ana.get("/problems/new"), "/problems/new", "title", " ", "service", "mail", "incidents", "inc-6, 7", "urgency", "low")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "must be an incident's number, such as INC-42")
	f = p.form("/problems/new")
	require.Equal(t, []string{"mail", "inc-6, 7", "low"}, []string{f.Get("service"), f.Get("incidents"), f.Get("urgency")})
	f.Set("title", "Mail hangs")
	f.Set("incidents", "")
	require.Equal(t, http.StatusOK, ana.post("/problems/new", f).status)
	require.Equal(t, http.StatusOK, ana.post("/problems/new", f).status)
	require.Len(t, h.problems, 3, "a double tap records one")
}

// A vote is on the text that was read, and on no other.
func TestAVoteOnAKnownErrorIsOnWhatWasRead(t *testing.T) {
	h := build(t)
	h.suspect("PRB-7")
	h.publish()
	bob, pia := h.as("bob"), h.as("pia")
	p := bob.deal("PRB-7", "workaround", "workaround", "Delete the logs of yesterday.")
	require.Contains(t, p.text(), "Known error, version 1")
	require.Contains(t, p.text(), "Known error, draft", "what is published stays until the new text is")
	bob.deal("PRB-7", "known-error")
	good := pia.get("/problems/PRB-7").form("/problems/PRB-7/approve")
	blind := maps.Clone(good)
	blind.Del("content_hash")
	require.Equal(t, http.StatusBadRequest, pia.post("/problems/PRB-7/approve", blind).status)
	bob.deal("PRB-7", "workaround", "workaround", "Delete everything.")
	bob.deal("PRB-7", "known-error")
	p = pia.post("/problems/PRB-7/approve", good)
	require.Equal(t, http.StatusConflict, p.status)
	require.Equal(t, "Delete the logs.", h.problems["PRB-7"].Published.Workaround)
	p = pia.deal("PRB-7", "reject", "note", "Not everything.")
	require.Contains(t, p.text(), "Pia Moreau rejected its known error. It is a draft again.")
}

func TestKnownErrorsAreFoundByWords(t *testing.T) {
	h := build(t)
	h.suspect("PRB-7")
	h.suspect("PRB-8")
	h.publish()
	ana := h.as("ana")
	p := ana.get("/known-errors")
	require.Contains(t, p.text(), "PRB-7 Card payments are declined again and again Cards are declined. Delete the logs. Its risk: Two minutes. Used not yet Payments · tried by Eve Lindqvist")
	require.Contains(t, p.body, `href="/problems/PRB-7"`)
	require.NotContains(t, p.text(), "PRB-8", "only what is published")
	require.Contains(t, ana.get("/known-errors?q=declined").text(), "PRB-7")
	p = ana.get("/known-errors?q=" + url.QueryEscape("the moon"))
	require.Contains(t, p.text(), "Nothing that is known fits these words.")
	require.Contains(t, p.body, `value="the moon"`)
	p = ana.get("/known-errors?q=" + strings.Repeat("q", itsm.MaxSearch+1))
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "search.invalid")
	for _, odd := range []string{"%00", "%ff", "%0d%0aSet-Cookie:%20a=b%00"} {
		require.Equal(t, http.StatusUnprocessableEntity, ana.get("/known-errors?q="+odd).status, odd)
	}
}

func TestTheListOfProblems(t *testing.T) {
	h := build(t)
	h.suspect("PRB-7")
	h.suspect("PRB-8", func(d *itsm.ProblemDraft) { d.Title = "Mail hangs" })
	ana, pia := h.as("ana"), h.as("pia")
	p := pia.get("/problems")
	require.Contains(t, p.text(), "What waits for you P2 PRB-8 Mail hangs Payments · logged · nobody yet, of the team money")
	pia.deal("PRB-8", "decline", "note", "It does not.")
	require.NotContains(t, pia.get("/problems").text(), "Mail hangs")
	require.Contains(t, pia.get("/problems?show=all").text(), "PRB-8 Mail hangs Payments · declined")
	require.Contains(t, ana.get("/problems?show=mine").text(), "Mail hangs")
	require.NotContains(t, ana.get("/problems?show=coordinated").text(), "PRB-7")
	require.Contains(t, ana.get("/problems").text(), "What waits for you Nothing. Have a good day.")
	require.Contains(t, ana.get("/problems?show=%3Cb%3E").text(), "PRB-7", "what is unknown shows what is open")
	for n := range int64(shelfAtOnce) {
		h.suspect(itsm.ProblemNumber(100 + n))
	}
	p = ana.get("/problems?show=mine")
	require.NotContains(t, p.text(), "PRB-7 ")
	require.Contains(t, p.body, `href="/problems?show=mine&amp;cursor=100"`)
	require.Contains(t, ana.get("/problems?show=mine&cursor=100").text(), "PRB-7 ")
	require.NotContains(t, h.as("ada").get("/problems").body, `href="/problems/new"`)
	require.Equal(t, http.StatusForbidden, h.as("ada").get("/problems/new").status)
}

func TestAProblemThatIsRestrictedIsNotThereForOthers(t *testing.T) {
	h := build(t)
	h.suspect("PRB-7").Restricted = true
	zoe := h.as("zoe")
	p, absent := zoe.get("/problems/PRB-7"), zoe.get("/problems/PRB-8")
	require.Equal(t, http.StatusNotFound, p.status)
	require.Equal(t, strings.ReplaceAll(absent.text(), "PRB-8", "PRB-7"), p.text())
	require.NotContains(t, zoe.get("/problems").text(), "PRB-7")
	require.Equal(t, http.StatusNotFound, zoe.get("/problems/PRB-7/rca").status)
}

func TestWhatPeopleWriteOfAProblemIsTextAndNothingElse(t *testing.T) {
	h := build(t)
	const bad = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	h.catalog.People[0].Name, h.catalog.Services[0].Name, h.catalog.Services[1].Team = bad, bad, bad
	h.report("INC-7")
	p := h.suspect("PRB-7", func(d *itsm.ProblemDraft) {
		d.Title, d.Description, d.Category = bad, bad, bad
		d.Pattern, d.Trend = &itsm.Pattern{Symptom: bad, Category: bad, Item: bad}, &itsm.Trend{Reason: bad}
		d.Incidents = []itsm.Number{"INC-7"}
	})
	pia, bob := h.as("pia"), h.as("bob")
	pia.deal("PRB-7", "accept", "coordinator", "bob", "note", bad)
	pia.deal("PRB-7", "task", "title", bad, "owner", "bob")
	pia.deal("PRB-7", "result", "id", "1", "state", "done", "result", bad)
	bob.deal("PRB-7", "ask", "text", bad)
	bob.deal("PRB-7", "rca", "method", "five_whys", "cause/text", bad, "cause/evidence", bad, "trigger/text", bad, "trigger/evidence", "javascript:alert(1)",
		"detection_gap/text", bad, "detection_gap/evidence", "data:text/html,<script>alert(1)</script>", "known", "true").holdsTextAlone(t)
	bob.deal("PRB-7", "workaround", "title", bad, "symptoms", bad, "workaround", bad, "risk", bad, "verified_by", "ana").holdsTextAlone(t)
	bob.deal("PRB-7", "workaround", "services", bad).holdsTextAlone(t)
	bob.deal("PRB-7", "known-error", "note", bad)
	pia.deal("PRB-7", "approve", "note", bad).holdsTextAlone(t)
	pia.deal("PRB-7", "communicate", "note", bad)
	pia.deal("PRB-7", "link", "kind", "found_in", "to", bad).holdsTextAlone(t)
	bob.deal("PRB-7", "fix", "change", bad).holdsTextAlone(t)
	p.Team, p.Clocks[0].Calendar, p.MergedInto, p.Absorbed = bad, bad, bad, []itsm.Number{bad}
	p.RootCause.Contributing = []itsm.Claim{{Text: bad, Evidence: []itsm.Evidence{{URL: "javascript:alert(1)", Note: bad}}}}
	p.Review, p.Risk = &itsm.ProblemReview{WentWell: bad, WentWrong: bad, ThirdParties: bad, FollowUp: bad}, &itsm.RiskAcceptance{Reason: bad}
	p.Fix = &itsm.ProblemFix{Change: bad, Outcome: bad}
	p.FailedFixes = []itsm.ProblemFix{*p.Fix}
	for _, path := range []string{
		"/problems/PRB-7", "/problems", "/problems?show=" + url.QueryEscape(bad), "/problems?cursor=" + url.QueryEscape(bad), "/known-errors",
		"/known-errors?q=" + url.QueryEscape(bad), "/problems/PRB-7/rca", "/problems/PRB-7/workaround", "/incidents/INC-7", "/problems/" + url.PathEscape("<b>"),
		"/problems/new?incidents=" + url.QueryEscape(bad) + "&service=" + url.QueryEscape(bad) + "&follows=" + url.QueryEscape(bad),
	} {
		bob.get(path).holdsTextAlone(t)
		pia.get(path).holdsTextAlone(t)
	}
	ana := h.as("ana")
	ana.submit(ana.get("/problems/new"), "/problems/new", "title", bad+"\n", "incidents", bad, "pattern/symptom", strings.Repeat(bad, 9)).holdsTextAlone(t)
}

func TestAFormOfAnotherSiteDoesNothingToAProblem(t *testing.T) {
	h := build(t)
	h.suspect("PRB-7")
	pia, eve := h.as("pia"), h.as("eve")
	hers := eve.get("/problems/new").form("/problems/new")
	for _, address := range []string{"/problems/PRB-7/accept", "/problems/new"} {
		good := pia.get(strings.TrimSuffix(address, "/accept")).form(address)
		good.Set("title", "Nothing works")
		good.Set("service", "payments")
		for name, spoil := range map[string]func(url.Values){
			"no token":  func(f url.Values) { f.Del("csrf") },
			"another's": func(f url.Values) { f.Set("csrf", hers.Get("csrf")) },
			"twice":     func(f url.Values) { f.Add("key", f.Get("key")) },
			"no key":    func(f url.Values) { f.Del("key") },
		} {
			f := url.Values{}
			for k, v := range good {
				f[k] = append([]string{}, v...)
			}
			spoil(f)
			p := pia.post(address, f)
			require.GreaterOrEqual(t, p.status, 400, name)
			require.Less(t, p.status, 500, name)
		}
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			pia.header = map[string]string{header: value}
			p := pia.post(address, good)
			require.Equal(t, http.StatusForbidden, p.status, header)
			require.Contains(t, p.text(), "page.foreign_form")
		}
		pia.header = map[string]string{}
		require.Empty(t, h.acted)
		good.Set("key", strings.Repeat("K", keyLength))
		require.Equal(t, http.StatusNotFound, pia.post("/problems/PRB-7/acknowledge", good).status, "what is done to incidents is not done to problems")
	}
	require.Equal(t, http.StatusMethodNotAllowed, pia.send("POST", "/problems", nil, "").status)
	require.Equal(t, http.StatusMethodNotAllowed, pia.send("POST", "/known-errors", nil, "").status)
	require.Equal(t, http.StatusRequestEntityTooLarge, pia.post("/problems/PRB-7/rca", url.Values{"cause/text": {strings.Repeat("x", largeForm)}}).status)
	require.Equal(t, http.StatusRequestEntityTooLarge, pia.post("/problems/PRB-7/comment", url.Values{"text": {strings.Repeat("x", smallForm)}}).status)
	for _, p := range []shown{
		pia.get("/problems"), pia.get("/problems/PRB-7"), pia.get("/problems/new"), pia.get("/known-errors"), pia.get("/problems/PRB-9"),
		pia.deal("PRB-7", "decline"), h.browser().get("/problems"), h.browser().get("/known-errors?q=x"),
	} {
		require.Equal(t, policy, p.header.Get("Content-Security-Policy"))
		require.Equal(t, "no-store", p.header.Get("Cache-Control"))
		p.each("script", func(*html.Node) { t.Error("a script where none may run") })
	}
}
