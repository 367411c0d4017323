package chatops

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// problemFilling is a verb of problems whose form somebody fills in.
type problemFilling struct {
	verb, label, typed, user string
	far                      stage
	given                    map[string]string
	want                     string
	check                    func(*itsm.Problem) bool
}

var later = strconv.FormatInt(time.Now().Add(72*time.Hour).Unix(), 10)

var problemFillings = []problemFilling{
	{"accept", "Accept…", "", "U0PIA", logged, map[string]string{"coordinator": "U0RIO", "impact": "low", "major": "yes", "team": "dba"}, "You accepted PRB-1", func(p *itsm.Problem) bool {
		return p.Coordinator == "rio" && p.Impact == itsm.LowDegree && p.Major && p.Team == "dba"
	}},
	{"accept", "Accept…", "", "U0PIA", logged, map[string]string{}, "You accepted PRB-1", func(p *itsm.Problem) bool { return p.Coordinator == "pia" && p.Impact == itsm.HighDegree }},
	{"decline", "Decline…", "", "U0PIA", logged, map[string]string{"note": "Once"}, "You declined PRB-1", func(p *itsm.Problem) bool { return p.Ending == itsm.EndedDeclined }},
	{"merge", "Merge…", "", "U0PIA", logged, map[string]string{"into": "2", "note": "The same"}, "You merged PRB-1", func(p *itsm.Problem) bool { return p.MergedInto == "PRB-2" }},
	{"cancel", "Cancel…", "", "U0ANA", logged, map[string]string{"note": "Mine"}, "You cancelled PRB-1", nil},
	{"comment", "Comment…", "", "U0ANA", logged, map[string]string{"text": "Hm"}, "You commented on PRB-1", nil},
	{"link", "Link…", "", "U0PAT", accepted, map[string]string{"kind": "caused_by", "to": "chg-1"}, "On record: caused by CHG-1.", nil},
	{"link", "Link…", "CHG-1", "U0PAT", accepted, map[string]string{"kind": "related_to"}, "On record: related to CHG-1.", nil},
	{"assign", "Assign…", "", "U0PAT", accepted, map[string]string{"assignee": "U0RIO", "note": "You know it"}, "You handed on PRB-1", func(p *itsm.Problem) bool { return p.Coordinator == "rio" }},
	{"assign", "Assign…", "", "U0PAT", accepted, map[string]string{"team": "dba"}, "You handed on PRB-1", func(p *itsm.Problem) bool { return p.Team == "dba" && p.Coordinator == "pat" }},
	{"task", "Add a task…", "", "U0PAT", accepted, map[string]string{"owner": "U0RIO", "title": "Look"}, "You added a task to PRB-1", func(p *itsm.Problem) bool { return p.Tasks[0].Owner == "rio" && p.Tasks[0].DueAt == nil }},
	{"rca", "Root cause…", "The &lt;pool&gt;", "U0PAT", accepted, map[string]string{"method": "ishikawa"}, "It is a draft; `/problem rca PRB-1` goes on with it", func(p *itsm.Problem) bool {
		return p.RootCause.Cause.Text == "The <pool>" && !p.RootCause.Known
	}},
	{"rca", "Root cause…", "", "U0PAT", accepted, aCause, "it is now root cause known", func(p *itsm.Problem) bool { return p.RootCause.Known }},
	{"workaround", "Workaround…", "", "U0PAT", accepted, aWorkaround, "It can be published once its root cause is known.", func(p *itsm.Problem) bool { return p.KnownError.VerifiedBy == "rio" }},
	{"accept-risk", "Accept the risk…", "", "U0PIA", accepted, map[string]string{"note": "Rare", "expires_at": later}, "You accepted the risk of PRB-1", func(p *itsm.Problem) bool { return p.Risk.Reason == "Rare" }},
	{"reject", "Reject…", "", "U0PIA", proposed, map[string]string{"note": "No"}, "You rejected the known error of PRB-1", nil},
	{"confirm", "It holds…", "", "U0PIA", watched, map[string]string{"note": "Quiet"}, "You confirmed the fix of PRB-1", nil},
	{"reopen", "Reopen…", "", "U0PIA", watched, map[string]string{"note": "Back"}, "You reopened PRB-1", func(p *itsm.Problem) bool { return p.Reopens == 1 }},
	{"review", "Review…", "", "U0PAT", watched, map[string]string{"went_well": "The team", "went_wrong": "The alarm", "follow_up": "An alarm"}, "You reviewed PRB-1", func(p *itsm.Problem) bool {
		return p.Review.WentWrong == "The alarm" && p.Review.ThirdParties == "" && p.Review.FollowUp == "An alarm"
	}},
}

func (o *office) fillsIn(f problemFilling) {
	o.t.Helper()
	p, acts := o.desk.problems["PRB-1"], o.desk.acts
	a := o.submit(f.user, f.given)
	require.Equal(o.t, "update", a.Action, a.Errors)
	require.Contains(o.t, o.closed(f.user), f.want)
	require.Equal(o.t, acts+1, o.desk.acts)
	if f.check != nil {
		require.True(o.t, f.check(p), f.verb)
	}
	require.Zero(o.t, o.desk.unanswered())
}

func stoodWithAnother(t *testing.T, far stage) *office {
	t.Helper()
	o := stood(t, far)
	o.typed("U0ANA", "/problem", "new Another")
	o.submit("U0ANA", map[string]string{"service": "payments"})
	o.closed("U0ANA")
	return o
}

// TestWhatAProblemCommandLeavesOutIsAskedFor: the form holds what was typed already.
func TestWhatAProblemCommandLeavesOutIsAskedFor(t *testing.T) {
	for _, f := range problemFillings {
		t.Run(f.verb+" "+f.typed, func(t *testing.T) {
			o := stoodWithAnother(t, f.far)
			if f.verb == "accept" { // the command alone accepts it
				o.prb(f.user, "show 1")
				o.pressLast(f.user, f.label)
			} else {
				o.prb(f.user, f.verb+" PRB-1 "+f.typed)
			}
			require.Contains(t, o.top(f.user).Text(), "Payments <hang>")
			o.fillsIn(f)
		})
	}
}

// TestEveryVerbOfProblemsHasAButton: what can be typed can be pressed, at the latest
// among the details.
func TestEveryVerbOfProblemsHasAButton(t *testing.T) {
	for _, f := range problemFillings {
		if f.typed != "" {
			continue
		}
		t.Run(f.verb, func(t *testing.T) {
			o := stoodWithAnother(t, f.far)
			o.prb(f.user, "show 1")
			o.pressLast(f.user, f.label)
			o.fillsIn(f)
		})
	}
	o := stood(t, proposed)
	o.prb("U0PIA", "show 1")
	o.pressLast("U0PIA", "Abstain")
	require.Contains(t, o.whispered("U0PIA"), "Others decide on it still.")
	o.prb("U0MAX", "show 1")
	o.pressLast("U0MAX", "Approve")
	require.Equal(t, itsm.ProblemKnownError, o.desk.problems["PRB-1"].State)
}

func TestFaultsOfProblemsStandBesideTheirFields(t *testing.T) {
	for _, tt := range []struct {
		verb  string
		far   stage
		given map[string]string
		want  map[string]string
	}{
		{"decline", logged, map[string]string{"note": " "}, map[string]string{"note": "needed"}},
		{"merge", logged, map[string]string{"into": "1", "note": "x"}, map[string]string{"into": "is the problem itself"}},
		{"merge", logged, map[string]string{"into": "99", "note": "x"}, map[string]string{"into": "names no record that you can see"}},
		{"task", accepted, map[string]string{"owner": "U0EVE", "title": "x"}, map[string]string{"owner": ""}},
		{"task", accepted, map[string]string{"owner": "U0NEW", "title": "x"}, map[string]string{"title": "nobody in the catalog has the Slack id U0NEW"}},
		{"rca", accepted, map[string]string{"method": "five_whys", "cause": "x", "known": "known"}, map[string]string{"cause_evidence": "is needed: one record"}},
		{"rca", accepted, map[string]string{"method": "five_whys", "cause_evidence": "x"}, map[string]string{"cause": "needed"}},
		{"rca", accepted, map[string]string{"method": "five_whys", "cause": "x", "cause_evidence": "seen\nINC-99"}, map[string]string{"cause": "evidence names no record that you can see"}},
		{"rca", accepted, map[string]string{"method": "five_whys", "contributing": "one | seen\ntwo", "cause": "x", "cause_evidence": "y", "known": "known"}, map[string]string{"contributing": "line 2 is needed"}},
		{"workaround", accepted, map[string]string{"symptoms": "x", "workaround": "y", "risk": "z", "verified_by": "U0RIO", "services": "payments\nnowhere"}, map[string]string{"services": "line 2 names no service"}},
		{"accept-risk", accepted, map[string]string{"note": "x", "expires_at": "9999999990"}, map[string]string{"expires_at": "must be at most 366 days ahead"}},
	} {
		o := stood(t, tt.far)
		user := "U0PAT"
		if tt.far == logged || tt.verb == "accept-risk" {
			user = "U0PIA"
		}
		o.prb(user, tt.verb+" 1")
		a := o.submit(user, tt.given)
		require.Equal(t, "errors", a.Action, "%s %v", tt.verb, tt.given)
		for field, text := range tt.want {
			require.Contains(t, a.Errors[field], text, "%s: %v", tt.verb, a.Errors)
		}
		require.NotEmpty(t, o.Views(user), "what they wrote stays")
	}
}

// TestWhoWritesAtTheSameTimeLosesNothing: nobody takes back unseen what another wrote.
func TestWhoWritesAtTheSameTimeLosesNothing(t *testing.T) {
	o := stood(t, accepted)
	for verb, given := range map[string][3]map[string]string{
		"rca":        {aCause, {"method": "ishikawa", "cause": "Another"}, {"trigger": "Lunch", "trigger_evidence": "seen"}},
		"workaround": {aWorkaround, {"symptoms": "Another", "workaround": "Another", "risk": "None", "verified_by": "U0PAT"}, {"title": "Lunch"}},
	} {
		o.prb("U0PAT", verb+" 1")
		o.submit("U0PAT", given[0])
		o.closed("U0PAT")
		o.prb("U0RIO", verb+" 1")
		o.prb("U0PAT", verb+" 1")
		require.Equal(t, "update", o.submit("U0PAT", given[2]).Action)
		o.closed("U0PAT")
		a := o.submit("U0RIO", given[1])
		require.Equal(t, "errors", a.Action)
		for _, said := range a.Errors {
			require.Contains(t, said, "Somebody wrote that of PRB-1 anew after you opened this form")
		}
		o.closed("U0RIO")
	}
	p := o.desk.problems["PRB-1"]
	require.Equal(t, "Lunch", p.RootCause.Trigger.Text)
	require.Equal(t, "The pool is <small>", p.RootCause.Cause.Text, "what nobody touched is as it was")
	require.Equal(t, "1. Restart <it>\n2. Wait", p.KnownError.Workaround)
}

// TestWhatSlackCannotEditStaysAsItIs: a text longer than a form takes.
func TestWhatSlackCannotEditStaysAsItIs(t *testing.T) {
	o := stood(t, drafted)
	p := o.desk.problems["PRB-1"]
	long := strings.Repeat("x", itsm.MaxText)
	p.KnownError.Workaround = long
	p.RootCause.Contributing = []itsm.Claim{{Text: "Two\nlines", Evidence: []itsm.Evidence{{Note: "seen | twice"}}}}
	o.prb("U0PAT", "workaround 1")
	require.Contains(t, o.top("U0PAT").Text(), "*Workaround* is longer or otherwise made than Slack can edit.")
	require.Equal(t, "U0RIO", o.initiallyFor("U0PAT", "verified_by"))
	require.Equal(t, "update", o.submit("U0PAT", map[string]string{"risk": "Some"}).Action)
	o.closed("U0PAT")
	require.Equal(t, []string{long, "Some"}, []string{p.KnownError.Workaround, p.KnownError.Risk})
	o.prb("U0PAT", "rca 1")
	require.Contains(t, o.top("U0PAT").Text(), "*Contributing causes* is longer or otherwise made")
	require.Equal(t, "update", o.submit("U0PAT", map[string]string{"trigger": "Lunch", "trigger_evidence": "seen"}).Action)
	require.Equal(t, "Two\nlines", p.RootCause.Contributing[0].Text)
}

func TestAProblemIsRaisedOnce(t *testing.T) {
	o := problemOffice(t)
	o.typed("U0ANA", "/problem", "new It hangs")
	o.Tamper(slackfake.Tamper{Twice: true})
	require.Equal(t, "update", o.submit("U0ANA", map[string]string{"service": "payments"}).Action)
	o.closed("U0ANA")
	require.Len(t, o.desk.problems, 1)
	o.prb("U0PIA", "accept 1 @pat")
	acts := o.desk.acts
	o.prb("U0PAT", "rca 1")
	o.Tamper(slackfake.Tamper{Twice: true})
	o.submit("U0PAT", map[string]string{"method": "five_whys", "cause": "The pool"})
	require.Equal(t, acts+1, o.desk.acts)
	require.Contains(t, o.closed("U0PAT"), "You recorded the root cause of PRB-1")
	o.prb("U0PAT", "workaround 1")
	o.desk.set(string(itsm.ActWorkaround), down, false)
	o.submit("U0PAT", aWorkaround)
	require.Contains(t, o.closed("U0PAT"), "No answer yet")
	o.desk.set(string(itsm.ActWorkaround), nil, false)
	require.Equal(t, 1, o.relayed())
	require.Equal(t, "Payments under way fail", o.desk.problems["PRB-1"].KnownError.Risk)
	require.Zero(t, o.desk.unanswered())
}

func TestNobodyIsAskedAboutProblemsForNothing(t *testing.T) {
	o := stood(t, accepted)
	for text, want := range map[string]string{
		"rca 1": "That needs one of these roles", "workaround 1": "That needs one of these roles", "task 1": "That needs one of these roles", "fix 1": "That needs one of these roles",
		"decline 1 no": "That needs one of these roles", "accept-risk 1": "", "reopen 1": "That needs one of these roles", "review 1": "That needs one of these roles",
	} {
		require.Contains(t, o.typed("U0EVE", "/problem", text), want, text)
		require.Empty(t, o.Views("U0EVE"), text)
	}
	require.Contains(t, o.typed("U0PAT", "/problem", "fix 1"), "a fix is planned once its root cause is known")
	require.Contains(t, o.typed("U0PAT", "/problem", "done 1"), "No task of PRB-1 is open.")
	o.desk.catalog.People[0].Roles = []itsm.Role{itsm.Auditor}
	require.Contains(t, o.typed("U0ANA", "/problem", "new"), "That needs one of these roles")
	require.Empty(t, o.Views("U0ANA"))
}
