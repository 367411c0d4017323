package cards

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// life is a change that the rules lead through stages, as a process would.
type life struct {
	t        *testing.T
	catalog  itsm.Catalog
	c        itsm.Change
	at       time.Time
	timeline []itsm.Event
	said     []itsm.Comment
	talk     itsm.Talk
}

// staged has a stage of two factors and one more: security may veto, the board
// decides by its number.
func staged() itsm.Catalog {
	people := slices.Clone(everybody)
	people = append(people,
		itsm.Person{ID: "joe", Name: "Joe Park", Slack: "U0JOE", Roles: []itsm.Role{itsm.Approver}},
		itsm.Person{ID: "kim", Name: "Kim Roe", Slack: "U0KIM", Roles: []itsm.Role{itsm.Approver}},
		itsm.Person{ID: "max", Name: "Max Ito", Slack: "U0MAX", Roles: []itsm.Role{itsm.ChangeManager}},
	)
	return itsm.Catalog{People: people, Services: services, Change: itsm.ChangePolicy{Tiers: []itsm.Tier{{
		Risk: itsm.RiskHigh, Stages: []itsm.Stage{
			{Name: "Technical", ExpireAfter: itsm.Duration(8 * time.Hour), Factors: []itsm.Factor{
				{Name: "Security", Who: itsm.Group{People: []itsm.PersonID{"bob"}}, Need: itsm.Need{Count: 1}},
				{
					Name: "Operations", Who: itsm.Group{People: []itsm.PersonID{"eve", "joe", "kim"}}, Need: itsm.Need{Count: 2}, Reject: itsm.Quorum,
					Mandatory: []itsm.PersonID{"joe"}, Backup: itsm.Group{Role: itsm.ChangeManager},
				},
			}},
			{Name: "Business", ExpireAfter: itsm.Duration(4 * time.Hour), Factors: []itsm.Factor{
				{Name: "Managers", Who: itsm.Group{Role: itsm.ChangeManager}, Need: itsm.Need{Count: 1}},
			}},
		},
	}}}}
}

func newLife(t *testing.T) *life {
	t.Helper()
	c, _ := story(itsm.ChangeRaised)
	l := &life{t: t, catalog: staged(), c: c, at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	l.c.Approvers, l.c.RemindAt, l.c.ExpireAt = nil, nil, nil
	l.c.RiskScore = itsm.RiskScore{Tier: itsm.RiskHigh, Score: 19, Reasons: []string{"The five dimensions add up to 19 of 25; 18 and more is high.", "Payments <are> critical."}}
	l.c.ContentHash = l.c.Hash()
	l.record(itsm.Event{Kind: itsm.EventRaised}, "ana")
	l.c.Become(itsm.ChangeAwaiting, l.at)
	l.goOn()
	return l
}

func (l *life) who(id itsm.PersonID) itsm.Actor {
	p, ok := l.catalog.Person(id)
	require.True(l.t, ok, id)
	return itsm.Actor{Person: id, Roles: p.Roles, Door: itsm.DoorSlack, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
}

func (l *life) record(e itsm.Event, by itsm.PersonID) {
	l.c.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.To = l.c.Number, l.c.Revision, l.at, by, itsm.State(l.c.State)
	l.timeline = append(l.timeline, e)
	l.at = l.at.Add(time.Minute)
}

func (l *life) goOn() {
	for l.c.NextStage() > 0 {
		o, err := l.catalog.Open(l.catalog.Change, l.c.Asking(), l.at, itsm.AroundTheClock)
		require.NoError(l.t, err)
		from := l.c.State
		l.c.Approval.Round = max(l.c.Approval.Round, 1)
		l.c.OpenStage(o)
		l.record(itsm.Event{Kind: itsm.EventOpened, From: itsm.State(from), Detail: &itsm.Detail{Opening: &o}}, itsm.System)
	}
}

func (l *life) vote(by itsm.PersonID, v itsm.Verdict, note string) {
	l.t.Helper()
	who := l.who(by)
	if all := l.c.PrincipalsOf(by); len(all) > 0 {
		p := l.catalog.PrincipalFor(all[0], by, l.c.Service, l.at)
		who.For = &p
	}
	r := itsm.DecisionRequest{Verdict: v, Note: note}
	require.NoError(l.t, l.c.CheckDecision(who, r))
	l.record(l.c.Decide(who, r, l.at), by)
	l.goOn()
}

func (l *life) delegate(from, to itsm.PersonID) {
	l.t.Helper()
	r := itsm.DelegationRequest{To: to}
	require.NoError(l.t, l.c.CheckDelegate(l.who(from), r))
	l.record(l.c.Delegate(l.who(from), r, l.at), from)
}

func (l *life) edit() {
	l.t.Helper()
	title, plan, end := "Rotate <b>only</b> *two* keys", "", l.at.Add(26*time.Hour)
	terms := l.catalog.Change.Terms(services[0])
	r := itsm.EditRequest{Revision: l.c.Revision, Note: "Less is <more>", Edit: itsm.Edit{
		Title: &title, Description: &plan, Window: &itsm.Window{Start: end.Add(-time.Hour), End: end},
	}}
	require.NoError(l.t, l.c.CheckEdit(l.who("ana"), r, terms, l.at))
	score := l.c.RiskScore
	l.record(l.c.Edit(r, terms, l.at), "ana")
	l.c.RiskScore = score
	l.goOn()
}

func (l *life) say(by itsm.PersonID, r itsm.CommentRequest) {
	l.t.Helper()
	require.NoError(l.t, l.c.CheckComment(l.who(by), r, l.talk))
	l.said = append(l.said, l.c.Say(l.who(by), r, &l.talk, l.at))
	l.at = l.at.Add(time.Minute)
}

func (l *life) hold() {
	l.t.Helper()
	r := itsm.NoteRequest{Note: "The vendor is <late> & silent."}
	require.NoError(l.t, l.c.CheckHold(l.who("ana"), r))
	l.record(l.c.PutOnHold(l.who("ana"), r, l.at), "ana")
}

// message is the last of a kind for somebody, or for a channel.
func (l *life) message(kind itsm.NoticeKind, to itsm.PersonID) Message {
	l.t.Helper()
	for _, n := range slices.Backward(itsm.Notices(l.c, l.timeline, l.said, services[0], byID(l.catalog.People))) {
		if n.Kind == kind && n.To == to {
			for _, known := range []Links{nil, recordOnly} { // where no Temporal UI is, there may be nothing in small print
				requireLegal(l.t, Notice(n, known))
			}
			m := Notice(n, links)
			requireLegal(l.t, m)
			actionIDs(l.t, m.Blocks)
			return m
		}
	}
	l.t.Fatalf("there is no %s to %q", kind, to)
	return Message{}
}

func (l *life) golden(name string, kind itsm.NoticeKind, to itsm.PersonID) Message {
	l.t.Helper()
	m := l.message(kind, to)
	golden(l.t, "life_"+name, struct {
		Text   string        `json:"text"`
		Blocks []slack.Block `json:"blocks"`
	}{m.Text, m.Blocks})
	return m
}

// words are all words of a message, as somebody reads them.
func words(m Message) string {
	var out []string
	for _, t := range objects(m.Blocks) {
		out = append(out, t.Text)
	}
	for _, b := range m.Blocks {
		if rich, ok := b.(*slack.RichTextBlock); ok {
			for _, s := range rich.Elements {
				if section, ok := s.(*slack.RichTextSection); ok {
					for _, e := range section.Elements {
						if t, ok := e.(*slack.RichTextSectionTextElement); ok {
							out = append(out, t.Text)
						}
					}
				}
			}
		}
	}
	return m.Text + "\n" + strings.Join(out, "\n")
}

func labels(m Message) (out []string) {
	for _, b := range m.Blocks {
		if a, ok := b.(*slack.ActionBlock); ok {
			for _, e := range a.Elements.ElementSet {
				switch e := e.(type) {
				case *slack.ButtonBlockElement:
					out = append(out, e.Text.Text)
				case *slack.OverflowBlockElement:
					for _, o := range e.Options {
						out = append(out, "> "+o.Text.Text)
					}
				}
			}
		}
	}
	return out
}

func TestAStagedCardShowsHowFarItIs(t *testing.T) {
	l := newLife(t)
	l.delegate("joe", "max")
	l.vote("eve", itsm.Approve, "Looks <fine>")
	l.vote("kim", itsm.Abstain, "")
	m := l.golden("staged_card", itsm.NoticeCard, "")
	for _, want := range []string{
		"*Technical, stage 1 of 2*", "*Security* 0 of 1 · waiting for Bob &lt;b&gt; &amp; Co", "*Operations* 1 of 2 · Eve Adams ✓ <!date^",
		"waiting for Joe Park or Max Ito for Joe Park", "Joe Park must be among them", "⚪ Kim Roe abstained",
		"One rejection ends it.", "A rejection ends it only when 2 approvals cannot be reached any more.",
		"Risk is *high*: The five dimensions add up to 19 of 25; 18 and more is high. Payments &lt;are&gt; critical.",
		"If nobody acts: <!date^", "The approvers are reminded.", "It expires.",
	} {
		require.Contains(t, words(m), want)
	}
	require.Equal(t, []string{"Approve", "Reject…", "Details", "> Ask a question…", "> Edit…", "> Hold…", "> Comment…", "> Cancel…"}, labels(m))

	require.Equal(t, []string{"Approve", "Reject…", "Details", "> Abstain", "> Ask a question…", "> Delegate…"}, labels(l.golden("staged_ask", itsm.NoticeAsk, "bob")))
	voted := l.golden("voted_ask", itsm.NoticeAsk, "eve")
	require.Contains(t, words(voted), "You approved CHG-42.")
	require.Equal(t, []string{"Take back", "Details"}, labels(voted))
	require.Contains(t, words(l.message(itsm.NoticeAsk, "kim")), "You abstained from CHG-42.")
	require.Contains(t, words(l.golden("deputy_ask", itsm.NoticeAsk, "max")), "Joe Park delegated this to you: you decide for them.")

	l.vote("max", itsm.Approve, "")
	require.Contains(t, words(l.message(itsm.NoticeCard, "")), "Max Ito for Joe Park ✓")
	require.Contains(t, words(l.golden("voted_for_ask", itsm.NoticeAsk, "joe")), "Max Ito approved CHG-42 for you.")
	require.Contains(t, words(l.message(itsm.NoticeAsk, "max")), "You approved CHG-42 for Joe Park.")
	l.vote("bob", itsm.Approve, "")
	over := l.golden("over_ask", itsm.NoticeAsk, "bob")
	require.Contains(t, words(over), "It needs nothing from you any more. This stage has passed")
	require.Equal(t, []string{"Details"}, labels(over))
	require.Contains(t, words(l.golden("second_stage_card", itsm.NoticeCard, "")), "✅ Approved by Max Ito for Joe Park")
}

func TestAVetoIsSaid(t *testing.T) {
	l := newLife(t)
	l.vote("bob", itsm.Reject, "No <back-out> plan.")
	require.Contains(t, words(l.golden("vetoed_card", itsm.NoticeCard, "")), "It was rejected: No &lt;back-out&gt; plan.")
	require.Contains(t, words(l.golden("vetoed_tell", itsm.NoticeTell, "ana")), "rejected your change.")
}

func TestAHoldIsSaid(t *testing.T) {
	l := newLife(t)
	l.hold()
	m := l.golden("held_card", itsm.NoticeCard, "")
	for _, want := range []string{"It is on hold: The vendor is &lt;late&gt; &amp; silent.", "On hold since <!date^", ", by Ana Lima", "Nothing happens by itself until it is resumed"} {
		require.Contains(t, words(m), want)
	}
	require.Equal(t, "Resume", labels(m)[0])
	require.NotContains(t, labels(m), "Approve")
	require.Contains(t, words(l.golden("held_ask", itsm.NoticeAsk, "bob")), "No decision of yours is needed for now.")
}

func TestAnEditIsToldWithWhatItChanged(t *testing.T) {
	l := newLife(t)
	l.vote("eve", itsm.Approve, "")
	l.edit()
	m := l.golden("edited_tell", itsm.NoticeTell, "eve")
	for _, want := range []string{
		"Ana Lima edited CHG-42 after you decided, so your approval counts no more.", "Title\n", "Rotate <!channel> *keys* :tada:", "Rotate <b>only</b> *two* keys",
		"Description\n", "(nothing)", "Window\n", "Note of Ana Lima: Less is <more>",
	} {
		require.Contains(t, words(m), want)
	}
	require.Contains(t, words(l.golden("second_round_card", itsm.NoticeCard, "")), "round 2, because it was edited")
}

func TestTalkStandsBelowTheCard(t *testing.T) {
	l := newLife(t)
	l.say("bob", itsm.CommentRequest{Text: "Did you <!channel> *test* it?", Question: true})
	thread := l.golden("question_thread", itsm.NoticeComment, "")
	require.Contains(t, words(thread), "asks Ana Lima")
	require.Contains(t, words(thread), "Did you <!channel> *test* it?")
	question := l.golden("question", itsm.NoticeQuestion, "ana")
	require.Equal(t, []string{"Answer…", "Details"}, labels(question))
	l.say("ana", itsm.CommentRequest{Text: "Yes, on staging.", ReplyTo: 1})
	require.Contains(t, words(l.golden("answer_thread", itsm.NoticeComment, "")), "*Ana Lima* answers question 1")
	told := l.golden("answer_tell", itsm.NoticeTell, "bob")
	require.Contains(t, words(told), "Ana Lima answered your question about CHG-42")
	require.Equal(t, []string{"Details"}, labels(told))
	require.Equal(t, []string{"Details"}, labels(l.golden("question_over", itsm.NoticeQuestion, "ana")))
	l.say("ida", itsm.CommentRequest{Text: "I can do it tonight."})
	require.Contains(t, words(l.golden("comment_thread", itsm.NoticeComment, "")), "I can do it tonight.")
}

func TestADelegationIsToldToBoth(t *testing.T) {
	l := newLife(t)
	require.NoError(t, l.c.CheckDelegate(l.who("max"), itsm.DelegationRequest{From: "bob", To: "max"}))
	l.record(l.c.Delegate(l.who("max"), itsm.DelegationRequest{From: "bob", To: "max", Note: "Bob is away"}, l.at), "max")
	require.Contains(t, words(l.golden("delegated_tell", itsm.NoticeTell, "bob")), "Max Ito delegated what you decide on CHG-42 to Max Ito.")
}

func TestADeputyIsSparedOnceTheOtherDecided(t *testing.T) {
	l := newLife(t)
	ask := func() Message {
		d := itsm.Delegation{From: "joe", To: "ana2"}
		l.c.Approval.Delegations = []itsm.Delegation{d}
		n := itsm.Notice{Kind: itsm.NoticeAsk, Key: "CHG-42/ask/ana2", To: "ana2", Change: l.c, Explanation: l.c.Explain(), Service: services[0], People: people}
		return Notice(n, links)
	}
	l.c.Approval.Delegations = []itsm.Delegation{{From: "joe", To: "ana2"}}
	l.vote("bob", itsm.Approve, "")
	require.Contains(t, labels(ask()), "Approve")
	l.vote("joe", itsm.Approve, "")
	require.Contains(t, words(ask()), "No decision of yours is needed for now.")
	require.NotContains(t, labels(ask()), "Approve")
}

func TestAnAbstentionThatEndsItIsNoRejection(t *testing.T) {
	l := newLife(t)
	l.catalog.People = slices.DeleteFunc(l.catalog.People, func(p itsm.Person) bool { return p.ID == "max" })
	l.c.Approval.Opening.Panels[1].Backups, l.c.Approval.Opening.Panels[0].Managers, l.c.Approval.Opening.Panels[1].Managers = nil, nil, nil
	l.vote("bob", itsm.Abstain, "I know too little")
	m := l.message(itsm.NoticeTell, "ana")
	require.Contains(t, words(m), "The approvals that your change needs cannot be reached any more.")
	require.Contains(t, words(m), "⚪ Abstained from by Bob")
}

func TestStandingSaysAllThatIsToCome(t *testing.T) {
	l := newLife(t)
	l.c.Assignee = "ida"
	n := itsm.Notice{Kind: Status, To: "bob", Change: l.c, Explanation: l.c.Explain(), Service: services[0], People: byID(l.catalog.People)}
	n.Explanation.Acts = l.c.ActsFor(l.who("bob"), l.at)
	m := Standing(n, links)
	requireLegal(t, m)
	golden(t, "life_standing", m.Blocks)
	for _, f := range n.Explanation.Forecast {
		require.Contains(t, words(m), f.Says(func(id itsm.PersonID) string { return Name(n.People, id) }))
	}
	require.Contains(t, words(m), "*Assignee*\nIda Noor")
	requireLegal(t, Details(n, l.timeline, links))
}

// recordOnly are the links of a deployment whose Temporal UI nobody can reach.
func recordOnly(n itsm.Number) (record, workflow string) {
	record, _ = links(n)
	return record, ""
}

// An ask of a stage that is over waits for nobody, and nothing comes of it by
// itself: without a Temporal UI there is nothing left for the small print.
func TestWhatHasNothingInSmallPrintIsTaken(t *testing.T) {
	n := tellOf(itsm.NoticeAsk, "bob", itsm.ChangeAwaiting)
	n.Over, n.Change.Approval.Opening, n.Change.Decisions = true, nil, nil
	n.Explanation = n.Change.Explain()
	requireLegal(t, Notice(n, recordOnly))
	requireLegal(t, Details(n, nil, recordOnly))
}
