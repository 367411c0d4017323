package form

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

var update = flag.Bool("update", false, "write the golden files anew")

var services = []itsm.Service{{ID: "payments", Name: "Payments"}, {ID: "web", Name: "Web & <shop>"}}

// judged makes sure that Slack takes a form, and returns its blocks as Slack has them.
func judged(t require.TestingT, f *slack.ModalViewRequest) []blockkit.Block {
	raw, err := json.Marshal(f)
	require.NoError(t, err)
	require.LessOrEqual(t, len(raw), 250_000)
	var view map[string]any
	require.NoError(t, json.Unmarshal(raw, &view))
	blocks, reasons := blockkit.JudgeView(view)
	require.Empty(t, reasons, f.Title.Text)
	return blocks
}

// fill is a form as its person sends it, untouched but for what is given.
func fill(t require.TestingT, f *slack.ModalViewRequest, given map[string]string) Filled {
	values, err := blockkit.Fill(judged(t, f), nil, given)
	require.NoError(t, err)
	raw, err := json.Marshal(values)
	require.NoError(t, err)
	out := Filled{Callback: f.CallbackID, Private: f.PrivateMetadata}
	require.NoError(t, json.Unmarshal(raw, &out.Values))
	return out
}

func kept(t require.TestingT, f Filled) Kept {
	var k Kept
	require.NoError(t, json.Unmarshal([]byte(f.Private), &k))
	return k
}

func full() itsm.Change {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	a := itsm.Assessment{Risk: "Low.", Benefit: "Safe keys.", Feasibility: "Done before.", Cost: "An hour."}
	for _, s := range a.Effects.Sections() {
		s.Effect.NotApplicable = "It does not touch " + s.Words + "."
	}
	a.Effects.Security = itsm.Effect{Text: "Better."}
	d := itsm.ChangeDraft{
		Type: itsm.Normal, Title: "Rotate <keys>", Description: "They expire.", Service: "payments", Plan: "1. Make\n2. Switch", BackoutPlan: "Switch back.",
		Window: &itsm.Window{Start: at, End: at.Add(time.Hour)}, Justification: "Else it stops.", TestPlan: "On staging.", Backout: 15,
		Items: []string{"vault", "gateway"}, Links: []itsm.Link{{URL: "https://example.com/1", Title: "the ticket"}, {URL: "CHG-3"}},
		Risk: &itsm.Risk{Complexity: 2, BusinessImpact: 5, Rollback: 1, TestCoverage: 2, RecentChurn: 3}, Assessment: &a,
	}
	return itsm.Change{ChangeDraft: d, Number: "CHG-42", Revision: 7, ContentHash: d.Hash()}
}

func TestFormsAreAsTheyWere(t *testing.T) {
	for name, f := range map[string]*slack.ModalViewRequest{
		"change":     Change(New{Services: services, Draft: itsm.ChangeDraft{Title: "Rotate"}, Weighs: true, Foreseen: Unforeseen}),
		"plain":      Change(New{Services: services[:1], Foreseen: "*Who decides* any one of Bob, Eve"}),
		"edit":       Edit(full(), true),
		"incident":   Incident(NewIncident{Services: services, Title: "It <hangs>", Description: "Since *noon*.", Message: "https://example.slack.com/archives/C1/p1"}),
		"problem":    Problem(NewProblem{Services: services, Draft: itsm.ProblemDraft{Impact: itsm.HighDegree, ProblemText: itsm.ProblemText{Title: "It <hangs>", Service: "web", Incidents: []itsm.Number{"INC-1", "INC-2"}}}}),
		"root_cause": RootCause(ProblemCause(investigated()), ""),
		"corrective": Corrective(NewCorrective{Services: services, Draft: itsm.CorrectiveDraft{Severity: itsm.SeverityMajor, CorrectiveText: itsm.CorrectiveText{Title: "Backups <are> not tried", Service: "web", Source: "PRB-7"}}}),
		"plan":       Plan(corrected(), inSlack),
		"workaround": Workaround(investigated(), "U0RIO", ""),
		"fix":        Change(New{Services: services, Draft: itsm.ChangeDraft{Title: "Fix PRB-42", Description: "Root cause: x", Service: "web"}, Fixes: "PRB-42", Foreseen: Unforeseen}),
		"fields": asking().On(Given{
			Headline: "INC-42 · P2 · It <hangs>", Said: map[string]string{"note": "because", "team": "dba", "for": "CHG-7"}, Teams: []itsm.TeamID{"dba", "platform"}, Notes: []string{"*Lately*"},
		}, Kept{Claim: cards.Claim{Number: "INC-42"}}),
		"fields_none": asking().On(Given{Headline: "INC-42"}, Kept{Claim: cards.Claim{Number: "INC-42"}}),
		"assess":      Assess(full(), Kept{Claim: cards.Claim{Number: "CHG-42"}}, "It is needed."),
		"why": Why{Callback: "change.hold", Title: "Hold", Means: "It stops.", Block: "note", Label: "Why?", Submit: "Hold"}.
			On(Given{Headline: cards.Headline(full())}, Kept{Claim: cards.Claim{Number: "CHG-42"}}),
		"person": Why{Callback: "change.delegate", Title: "Delegate", Person: "to", Whom: "To whom?", Block: "note", Label: "Why?", Submit: "Delegate", Optional: true}.
			On(Given{Headline: cards.Headline(full())}, Kept{Claim: cards.Claim{Number: "CHG-42"}}),
	} {
		judged(t, f)
		raw, err := json.MarshalIndent(f, "", "  ")
		require.NoError(t, err)
		path := filepath.Join("testdata", name+".json")
		if *update {
			require.NoError(t, os.WriteFile(path, append(raw, '\n'), 0o600))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err, "go test ./chatops/form -update writes it")
		require.Equal(t, string(want), string(raw)+"\n", name)
	}
}

// asking asks for a bit of all.
func asking() Why {
	return Why{
		Callback: "incident.hold", Title: "Hold", Means: "It stops.", Person: "assignee", Whom: "Who?", Nobody: true, Block: "note", Label: "Why?", Submit: "Hold",
		Fields: []Field{
			{Block: "reason", Label: "For what?", Hint: "One of them.", Options: []Option{{"awaiting_caller", "Its reporter"}, {"awaiting_vendor", "A vendor"}}},
			{Block: "team", Label: "Team", Optional: true, Teams: true},
			{Block: "for", Label: "Which?", Optional: true},
		},
	}
}

// TestAnIncidentNeedsTwoAnswers: nobody fills in more than what does not work, and of
// what, while it burns.
func TestAnIncidentNeedsTwoAnswers(t *testing.T) {
	var needed []string
	for _, b := range Incident(NewIncident{Services: services}).Blocks.BlockSet {
		if in, ok := b.(*slack.InputBlock); ok && !in.Optional {
			needed = append(needed, in.BlockID)
		}
	}
	require.Equal(t, []string{"title", "service"}, needed)
}

func TestAnIncidentIsReadAsItWasFilledIn(t *testing.T) {
	text := func(s string) map[string]json.RawMessage {
		raw, err := json.Marshal(map[string]any{"value": s})
		require.NoError(t, err)
		return map[string]json.RawMessage{"value": raw}
	}
	choice := map[string]json.RawMessage{"value": json.RawMessage(`{"selected_option":{"value":"high"}}`)}
	f := Filled{Callback: IncidentForm, Values: map[string]map[string]json.RawMessage{
		"title": text("T"), "description": text("D"), "service": choice, "impact": choice, "urgency": {"value": json.RawMessage(`{"selected_option":null}`)},
		"category": text("outage"), "configuration_items": text(" a \n\nb"), "follows": text(" inc-3. "),
	}}
	require.Equal(t, itsm.IncidentDraft{Impact: itsm.HighDegree, IncidentText: itsm.IncidentText{
		Title: "T", Description: "D", Service: "high", Category: "outage", Items: []string{"a", "b"}, Message: "https://x.example", Follows: "INC-3",
	}}, f.Incident("https://x.example"))
	require.Equal(t, itsm.IncidentDraft{}, Filled{}.Incident(""))
	w := asking()
	require.True(t, w.AsksForTeams())
	require.Equal(t, map[string]string{"reason": "high", "team": "", "for": "x"}, Filled{Values: map[string]map[string]json.RawMessage{"reason": choice, "for": text(" x ")}}.Said(w))
}

// TestAFirstChangeNeedsFourAnswers: all else is optional, and comes after them.
func TestAFirstChangeNeedsFourAnswers(t *testing.T) {
	var needed, all []string
	for _, b := range Change(New{Services: services, Weighs: true, Foreseen: Unforeseen}).Blocks.BlockSet {
		if in, ok := b.(*slack.InputBlock); ok {
			all = append(all, in.BlockID)
			if !in.Optional {
				needed = append(needed, in.BlockID)
			}
		}
	}
	require.Equal(t, []string{"title", "service", "plan", "backout_plan"}, needed)
	require.Equal(t, needed, all[:4])
}

func TestFormsAreLegal(t *testing.T) {
	many := make([]itsm.Service, 250)
	for i := range many {
		many[i] = itsm.Service{ID: itsm.ServiceID(rune('a' + i%26)), Name: strings.Repeat("long ", 40)}
	}
	long := full()
	long.Title, long.Number = strings.Repeat("<", itsm.MaxTitle), "CHG-9999999999"
	long.Plan, long.TestPlan, long.Description = strings.Repeat("p", itsm.MaxText), strings.Repeat("ä", maxTyping), strings.Repeat("d", itsm.MaxText)
	for _, s := range long.Assessment.Effects.Sections() {
		s.Effect.Text, s.Effect.NotApplicable = "", strings.Repeat("n", itsm.MaxAssessment)
	}
	for range itsm.MaxItems {
		long.Items = append(long.Items, strings.Repeat("i", 120))
	}
	for range itsm.MaxLinks {
		long.Links = append(long.Links, itsm.Link{URL: "https://example.com/" + strings.Repeat("u", 1900)})
	}
	for _, f := range []*slack.ModalViewRequest{
		Incident(NewIncident{Services: many, Title: strings.Repeat("t", 500), Description: strings.Repeat("&", 9000), Message: "https://x.example/" + strings.Repeat("m", 1900)}),
		Incident(NewIncident{Services: []itsm.Service{{ID: "nameless"}}}),
		Change(New{Services: services[:1], Draft: itsm.ChangeDraft{Title: strings.Repeat("t", 500)}, Foreseen: "x"}), Change(New{Services: many, Weighs: true, Foreseen: strings.Repeat("x", 9000)}),
		Change(New{Services: []itsm.Service{{ID: "nameless"}}, Foreseen: "x"}), Edit(long, true), Assess(long, Kept{}, strings.Repeat("x", 5000)),
		LastWord("CHG-9999999999 and much more of a title", "Done."), Aside(cards.Message{Text: "Done."}), GoingOn("Done."),
		Aside(cards.Refusal(itsm.Refuse(itsm.Conflict, "x.y", "%s", strings.Repeat("long ", 1000)))),
	} {
		judged(t, f)
		require.LessOrEqual(t, len(f.PrivateMetadata), 3000)
	}
	edit := fill(t, Edit(long, true), nil)
	require.False(t, edit.shows("plan"), "what Slack would cut is left out, and stays as it is")
	require.True(t, edit.shows("test_plan"))
	require.Equal(t, itsm.Edit{}, edit.Edit(kept(t, edit)))
}

func TestWhatIsFilledInIsRead(t *testing.T) {
	f := fill(t, Change(New{Services: services, Draft: itsm.ChangeDraft{Title: "Rotate"}, Weighs: true, Foreseen: Unforeseen}), map[string]string{
		"service": "web", "plan": "Do it.", "backout_plan": "Undo it.", "backout_minutes": "15", "configuration_items": " vault \n\n gateway", "test_plan": "t",
		"links": "https://example.com/1 the ticket\nsee CHG-3\nnonsense", "window_start": "1800000000", "risk_complexity": "4", "risk_rollback": "5", "justification": "j",
	})
	at := time.Unix(1_800_000_000, 0).UTC()
	require.Equal(t, itsm.ChangeDraft{
		Type: itsm.Normal, Title: "Rotate", Service: "web", Plan: "Do it.", BackoutPlan: "Undo it.", Backout: 15, Items: []string{"vault", "gateway"}, TestPlan: "t", Justification: "j",
		Links:  []itsm.Link{{URL: "https://example.com/1", Title: "the ticket"}, {URL: "CHG-3", Title: "see"}, {URL: "nonsense"}},
		Window: &itsm.Window{Start: at}, Risk: &itsm.Risk{Complexity: 4, Rollback: 5},
	}, f.Draft())
	require.True(t, f.Weighs())
	f.Values["backout_minutes"]["value"] = json.RawMessage(`{"value":"1e3"}`)
	require.Equal(t, -1, f.Draft().Backout, "the rules refuse it")
	require.Nil(t, fill(t, Change(New{Services: services, Foreseen: "x"}), nil).Draft().Risk)
}

func TestOnlyWhatWasTouchedIsEdited(t *testing.T) {
	c := full()
	form := Edit(c, true)
	untouched := fill(t, form, nil)
	require.Equal(t, itsm.Edit{}, untouched.Edit(kept(t, untouched)))
	require.Equal(t, 7, kept(t, untouched).Revision)
	require.Equal(t, c.ContentHash, kept(t, untouched).ContentHash)

	title, none, minutes := "Rotate two", "", 0
	for name, tt := range map[string]struct {
		given map[string]string
		want  itsm.Edit
	}{
		"a title":         {map[string]string{"title": title}, itsm.Edit{Title: &title}},
		"space around":    {map[string]string{"plan": "  " + c.Plan + "\n"}, itsm.Edit{}},
		"a text emptied":  {map[string]string{"description": ""}, itsm.Edit{Description: &none}},
		"minutes emptied": {map[string]string{"backout_minutes": ""}, itsm.Edit{Backout: &minutes}},
		"lists emptied":   {map[string]string{"configuration_items": "", "links": ""}, itsm.Edit{Items: &[]string{}, Links: &[]itsm.Link{}}},
		"the window gone": {map[string]string{"window_start": "", "window_end": ""}, itsm.Edit{NoWindow: true}},
		"the end alone":   {map[string]string{"window_end": "1800000000"}, itsm.Edit{Window: &itsm.Window{Start: c.Window.Start, End: time.Unix(1_800_000_000, 0).UTC()}}},
		"one answer":      {map[string]string{"risk_rollback": "4"}, itsm.Edit{Risk: &itsm.Risk{Complexity: 2, BusinessImpact: 5, Rollback: 4, TestCoverage: 2, RecentChurn: 3}}},
	} {
		f := fill(t, form, tt.given)
		got := f.Edit(kept(t, f))
		require.Equal(t, tt.want, got, name)
		raw, err := json.Marshal(got)
		require.NoError(t, err)
		var again itsm.Edit
		require.NoError(t, json.Unmarshal(raw, &again))
		require.Equal(t, tt.want, again, "%s: it says the same to a process", name)
	}
}

// TestAnyChangeCanBeEditedWithoutTouchingTheRest: opening a form and sending it back
// changes nothing, whatever the record holds.
func TestAnyChangeCanBeEditedWithoutTouchingTheRest(t *testing.T) {
	text := rapid.StringMatching(`[ a-zä<&\n]{0,40}`)
	rapid.Check(t, func(t *rapid.T) {
		c := full()
		c.Title, c.Plan = "t"+text.Draw(t, "title"), "p"+text.Draw(t, "plan")
		c.Description, c.TestPlan = text.Draw(t, "description"), text.Draw(t, "test plan")
		c.Backout = rapid.IntRange(0, itsm.MaxBackout).Draw(t, "minutes")
		c.Items = rapid.SliceOfN(rapid.StringMatching(`[a-z ]{1,9}`), 0, 4).Draw(t, "items")
		if rapid.Bool().Draw(t, "no window") {
			c.Window = nil
		} else {
			c.Window.Start = c.Window.Start.Add(time.Duration(rapid.IntRange(0, 1e9).Draw(t, "ns")))
		}
		if rapid.Bool().Draw(t, "no risk") {
			c.Risk = nil
		}
		f := fill(t, Edit(c, true), nil)
		if e := f.Edit(kept(t, f)); e != (itsm.Edit{}) {
			t.Fatalf("%+v", e)
		}
	})
}

func TestAnEditThatWasMadeBefore(t *testing.T) {
	c := full()
	title, items, links := c.Title, c.Items, []itsm.Link{}
	same := itsm.Edit{Title: &title, Items: &items, Window: &itsm.Window{Start: c.Window.Start.Local(), End: c.Window.End}, Risk: c.Risk, Assessment: c.Assessment}
	require.True(t, Done(same, c))
	other := "other"
	for _, e := range []itsm.Edit{{Title: &other}, {NoWindow: true}, {Links: &links}, {Risk: &itsm.Risk{Complexity: 1}}, {Window: &itsm.Window{}}} {
		require.False(t, Done(e, c))
	}
	c.Links = nil
	require.True(t, Done(itsm.Edit{Links: &links}, c), "none is none")
}

func TestEffects(t *testing.T) {
	for text, want := range map[string]itsm.Effect{
		"n/a: no new load": {NotApplicable: "no new load"}, "N/A – same servers": {NotApplicable: "same servers"}, "na: x": {NotApplicable: "x"},
		"Not applicable, because it is internal": {NotApplicable: "because it is internal"}, "n.a. nothing moves": {NotApplicable: "nothing moves"},
		"n/a": {NotApplicable: "n/a"}, "na": {NotApplicable: "n/a"}, "n/a:": {NotApplicable: "n/a"}, " n/a \n": {NotApplicable: "n/a"},
		"National holidays slow it down": {Text: "National holidays slow it down"}, "na klar": {Text: "na klar"}, "none": {Text: "none"}, "": {}, "n/above": {Text: "n/above"},
	} {
		require.Equal(t, want, Effect(text), text)
	}
	rapid.Check(t, func(t *rapid.T) {
		reason := strings.TrimSpace(rapid.StringMatching(`[a-zA-Z][ a-z.,:\n-]{0,30}`).Draw(t, "reason"))
		if got := Effect(said(itsm.Effect{NotApplicable: reason})); got.NotApplicable != reason || got.Text != "" {
			t.Fatalf("%q came back as %+v", reason, got)
		}
	})
}

func TestAnAssessmentIsReadAsItWasShown(t *testing.T) {
	c := full()
	f := fill(t, Assess(c, Kept{Claim: cards.Claim{Number: "CHG-42"}}, ""), nil)
	a := f.Assessment()
	require.Equal(t, *c.Assessment, a)
	require.NoError(t, a.Check())
}

func TestFaultsStandWhereTheyAreAbout(t *testing.T) {
	f := fill(t, Assess(full(), Kept{}, ""), map[string]string{"assessment_effects_capacity": "n/a", "assessment_effects_plans": "", "assessment_cost": " "})
	a := f.Assessment()
	require.Equal(t, map[string]string{
		"assessment_effects_capacity": "is no reason: say why it does nothing to capacity",
		"assessment_effects_plans":    "is needed: say what it does to plans and policies, or why that is not applicable",
		"assessment_cost":             "is needed: say what it costs in money, work and downtime",
	}, Errors(f, itsm.AsError(a.Check())))

	f = fill(t, Change(New{Services: services, Weighs: true, Foreseen: "x"}), map[string]string{"service": "web", "title": "t", "plan": "p", "backout_plan": "b", "risk_rollback": "3", "links": "a\nftp://b", "window_end": "1800000000"})
	d := f.Draft()
	got := Errors(f, itsm.AsError(d.Check()))
	require.Equal(t, "must be from 1 to 5", got["risk_complexity"])
	require.NotContains(t, got, "risk_rollback")
	require.Contains(t, got["links"], "line 1 must be an address")
	require.Contains(t, got["links"], "line 2 must be an address")
	require.Equal(t, "is needed", got["window_start"])

	e := itsm.Refuse(itsm.Conflict, "change.edited", "Edited.")
	require.Equal(t, map[string]string{"to": "Edited. (change.edited)"}, Errors(Filled{Callback: "change.delegate"}, e))
	require.Equal(t, map[string]string{"text": "Edited. (change.edited)"}, Errors(Filled{Callback: "change.ask"}, e))
}

func TestAheadNamesThoseWhoWouldDecide(t *testing.T) {
	people := make(map[itsm.PersonID]itsm.Person)
	for id, name := range map[string]string{"bob": "Bob <b>", "eve": "Eve", "joe": "Joe"} {
		people[itsm.PersonID(id)] = itsm.Person{Name: name}
	}
	p := itsm.Preview{
		RiskScore: itsm.RiskScore{Tier: itsm.RiskHigh, Score: 20, Reasons: []string{"It is <big>."}}, Assessment: true,
		Stages: []itsm.Opening{
			{Name: "Technical", Panels: []itsm.Panel{
				{Name: "Security", Need: 2, Named: []itsm.PersonID{"bob", "eve", "joe"}, Mandatory: []itsm.PersonID{"joe"}}, {Name: "Operations", Need: 1, Named: []itsm.PersonID{"eve"}},
			}},
			{Name: "Business", Panels: []itsm.Panel{{Name: "Board", Need: 2, Named: []itsm.PersonID{"bob", "eve"}}}},
			{Name: "Last", Panels: []itsm.Panel{{Name: "Nobody", Need: 1}}},
		},
	}
	require.Equal(t, "*Risk: high* It is &lt;big&gt;.\nIt has to be assessed before anybody decides: that form comes next.\n"+
		"*1. Technical* Security: 2 of Bob &lt;b&gt;, Eve, Joe, Joe among them; Operations: Eve\n*2. Business* all of Bob &lt;b&gt;, Eve\n*3. Last* nobody is there to decide", Ahead(p, people))
	simple := itsm.Preview{Stages: []itsm.Opening{{Name: "Approval", Panels: []itsm.Panel{{Need: 1, Named: []itsm.PersonID{"bob", "eve"}}}}}}
	require.Equal(t, "*Who decides* any one of Bob &lt;b&gt;, Eve", Ahead(simple, people))

	var crowd itsm.Preview
	for i := range itsm.MaxStages {
		s := itsm.Opening{Name: strings.Repeat("n", 64)}
		for range itsm.MaxFactors {
			f := itsm.Panel{Name: strings.Repeat("f", 64), Need: 50}
			for k := range itsm.MaxNamed {
				f.Named = append(f.Named, itsm.PersonID("p"+strconv.Itoa(i*1000+k)))
			}
			s.Panels = append(s.Panels, f)
		}
		crowd.Stages = append(crowd.Stages, s)
	}
	judged(t, Change(New{Services: services, Weighs: true, Foreseen: Ahead(crowd, nil)}))
}

func FuzzEffect(f *testing.F) {
	for _, seed := range []string{"n/a: why", "na", "not applicable - why", "\xff", "n.a.\n\nx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := Effect(text)
		if e.Text != "" && e.NotApplicable != "" {
			t.Fatalf("%q is both", text)
		}
		if strings.TrimSpace(text) != "" && e.Text == "" && e.NotApplicable == "" {
			t.Fatalf("%q is lost", text)
		}
	})
}

func FuzzLinks(f *testing.F) {
	for _, seed := range []string{"https://a b c", "x CHG-1", "\n\n", "a\rb", "\u2028x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range Links(text) {
			if l.URL == "" {
				t.Fatalf("%q has a link that leads nowhere", text)
			}
			if again := Link(strings.TrimSpace(l.URL + " " + l.Title)); utf8.ValidString(text) && again != l {
				t.Fatalf("%+v came back as %+v", l, again)
			}
		}
	})
}
