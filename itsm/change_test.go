package itsm_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

var (
	at   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	both = []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}

	ana     = person("ana", itsm.Requester)
	bob     = person("bob", itsm.Requester, itsm.Approver)
	eve     = person("eve", itsm.Approver)
	manager = person("max", itsm.ChangeManager)
	ida     = person("ida", itsm.Implementer)
	ada     = person("ada", itsm.Auditor)

	everybody = []itsm.Actor{ana, bob, eve, manager, ida, ada, person("root", itsm.Admin), person("nobody"), {}}
)

func person(id itsm.PersonID, roles ...itsm.Role) itsm.Actor {
	return itsm.Actor{Person: id, Roles: roles, Door: itsm.DoorAPI, Scopes: both}
}

func draft() itsm.ChangeDraft {
	return itsm.ChangeDraft{Type: itsm.Normal, Title: "Rotate", Service: "website", Plan: "Rotate.", BackoutPlan: "Rotate back."}
}

// inState is a change of Ana's as its process would have it in a state.
func inState(s itsm.ChangeState) itsm.Change {
	d, later := draft(), at.Add(time.Hour)
	c := itsm.Change{
		ChangeDraft: d, Number: "CHG-1", Requester: "ana", Team: "web", Owner: "max", State: s, Revision: 2,
		ContentHash: d.Hash(), Approvers: []itsm.PersonID{"bob", "eve"}, RaisedAt: at, Since: at, ExpireAt: &later,
	}
	if s != itsm.ChangeRaised && s != itsm.ChangeAssessing {
		c.Approval.Round = 1
		c.OpenStage(itsm.OfOne([]itsm.PersonID{"bob", "eve"}, at, nil, &later))
	}
	switch s {
	case itsm.ChangeApproved, itsm.ChangeScheduled, itsm.ChangeImplementing, itsm.ChangeClosed:
		c.Decisions = []itsm.Decision{{By: "bob", Verdict: itsm.Approve, Round: 1, Stage: 1, At: at}}
	case itsm.ChangeRejected:
		c.Decisions = []itsm.Decision{{By: "bob", Verdict: itsm.Reject, Note: "No.", Round: 1, Stage: 1, At: at}}
	case itsm.ChangeRaised, itsm.ChangeAssessing, itsm.ChangeAwaiting, itsm.ChangeExpired, itsm.ChangeCancelled:
	}
	if s == itsm.ChangeImplementing || s == itsm.ChangeClosed {
		c.Implementer = "ida"
	}
	if s == itsm.ChangeClosed {
		c.Outcome = itsm.Successful
	}
	return c
}

func TestTheMovesAreOneMachine(t *testing.T) {
	require.Len(t, itsm.ChangeMoves, len(itsm.ChangeStates), "every state has its row")
	reached := make(map[itsm.ChangeState]bool)
	reached[itsm.ChangeRaised] = true
	for _, s := range itsm.ChangeStates { // they stand in the order of a change's life
		for _, next := range itsm.ChangeMoves[s] {
			require.Contains(t, itsm.ChangeStates, next)
			reached[next] = reached[next] || reached[s]
		}
	}
	for _, s := range itsm.ChangeStates {
		require.True(t, reached[s], "%s cannot be reached", s)
		require.False(t, s.CanBecome(s))
	}
}

func TestAMoveThatIsNotListedIsABug(t *testing.T) {
	for _, from := range itsm.ChangeStates {
		for _, to := range itsm.ChangeStates {
			c := inState(from)
			if from.CanBecome(to) {
				c.Become(to, at)
				require.Equal(t, to, c.State)
				require.Equal(t, to.Final(), c.ClosedAt != nil)
				continue
			}
			require.Panics(t, func() { c.Become(to, at) }, "%s to %s", from, to)
		}
	}
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return itsm.AsError(err).Code
}

func TestWhoMayDecideOnWhat(t *testing.T) {
	approve, reject := itsm.DecisionRequest{Verdict: itsm.Approve}, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "No."}
	former, readOnly := bob, bob
	former.Roles = []itsm.Role{itsm.Requester}
	readOnly.Scopes = []itsm.Scope{itsm.ScopeRead}
	for _, tt := range []struct {
		name  string
		state itsm.ChangeState
		who   itsm.Actor
		what  itsm.DecisionRequest
		code  string
	}{
		{"an approver approves", itsm.ChangeAwaiting, bob, approve, ""},
		{"an approver rejects with a reason", itsm.ChangeAwaiting, eve, reject, ""},
		{"and without one", itsm.ChangeAwaiting, bob, itsm.DecisionRequest{Verdict: itsm.Reject, Note: " \n"}, "decision.invalid"},
		{"a verdict that is none", itsm.ChangeAwaiting, bob, itsm.DecisionRequest{Verdict: "maybe"}, "decision.invalid"},
		{"a note that is too long", itsm.ChangeAwaiting, bob, itsm.DecisionRequest{Verdict: itsm.Approve, Note: strings.Repeat("x", itsm.MaxNote+1)}, "decision.invalid"},
		{"the requester", itsm.ChangeAwaiting, ana, approve, "change.own_request"},
		{"one who was not named", itsm.ChangeAwaiting, manager, approve, "change.not_approver"},
		{"one who holds the role no more", itsm.ChangeAwaiting, former, approve, "actor.permission"},
		{"a credential for reading", itsm.ChangeAwaiting, readOnly, approve, "actor.scope"},
		{"on what they read", itsm.ChangeAwaiting, bob, itsm.DecisionRequest{Verdict: itsm.Approve, ContentHash: contentHash()}, ""},
		{"on another text", itsm.ChangeAwaiting, bob, itsm.DecisionRequest{Verdict: itsm.Approve, ContentHash: "00"}, "change.edited"},
		{"when it is decided", itsm.ChangeScheduled, eve, approve, "change.decided"},
		{"when it is over undecided", itsm.ChangeExpired, bob, approve, "change.not_awaiting"},
		{"before it is recorded", itsm.ChangeRaised, bob, approve, "change.not_awaiting"},
	} {
		c := inState(tt.state)
		require.Equal(t, tt.code, code(c.CheckDecision(tt.who, tt.what)), tt.name)
	}
}

func contentHash() string { d := draft(); return d.Hash() }

func TestWhoMayStartWhen(t *testing.T) {
	window := &itsm.Window{Start: at.Add(time.Hour), End: at.Add(2 * time.Hour)}
	bobImplements := bob
	bobImplements.Roles = append(slices.Clone(bob.Roles), itsm.Implementer)
	for _, tt := range []struct {
		name   string
		state  itsm.ChangeState
		who    itsm.Actor
		window *itsm.Window
		when   time.Time
		code   string
	}{
		{"an implementer", itsm.ChangeScheduled, ida, nil, at, ""},
		{"a change manager", itsm.ChangeScheduled, manager, nil, at, ""},
		{"its requester", itsm.ChangeScheduled, ana, nil, at, ""},
		{"another requester", itsm.ChangeScheduled, person("zoe", itsm.Requester), nil, at, "change.not_implementer"},
		{"an auditor", itsm.ChangeScheduled, ada, nil, at, "actor.permission"},
		{"who alone approved it", itsm.ChangeScheduled, bobImplements, nil, at, "change.own_approval"},
		{"before the window", itsm.ChangeScheduled, ida, window, window.Start.Add(-1), "change.too_early"},
		{"as the window opens", itsm.ChangeScheduled, ida, window, window.Start, ""},
		{"as the window ends", itsm.ChangeScheduled, ida, window, window.End, "change.window_over"},
		{"before it is approved", itsm.ChangeAwaiting, ida, nil, at, "change.not_scheduled"},
		{"twice", itsm.ChangeImplementing, ida, nil, at, "change.started"},
		{"what is closed", itsm.ChangeClosed, ida, nil, at, "change.not_scheduled"},
	} {
		c := inState(tt.state)
		c.Window = tt.window
		require.Equal(t, tt.code, code(c.CheckStart(tt.who, tt.when)), tt.name)
	}
}

func TestWhoMayCompleteAndCancel(t *testing.T) {
	done := itsm.Completion{Result: itsm.Successful}
	for _, tt := range []struct {
		state itsm.ChangeState
		who   itsm.Actor
		what  itsm.Completion
		code  string
	}{
		{itsm.ChangeImplementing, ida, done, ""},
		{itsm.ChangeImplementing, ida, itsm.Completion{Result: itsm.Failed}, "completion.invalid"},
		{itsm.ChangeImplementing, ida, itsm.Completion{Result: "perhaps"}, "completion.invalid"},
		{itsm.ChangeImplementing, ada, done, "actor.permission"},
		{itsm.ChangeScheduled, ida, done, "change.not_started"},
		{itsm.ChangeClosed, ida, done, "change.closed"},
	} {
		c := inState(tt.state)
		require.Equal(t, tt.code, code(c.CheckCompletion(tt.who, tt.what)), "%s %v", tt.state, tt.what)
	}
	why := itsm.Cancellation{Note: "Not needed."}
	for _, tt := range []struct {
		state itsm.ChangeState
		who   itsm.Actor
		what  itsm.Cancellation
		code  string
	}{
		{itsm.ChangeAwaiting, ana, why, ""},
		{itsm.ChangeScheduled, manager, why, ""},
		{itsm.ChangeAwaiting, ana, itsm.Cancellation{}, "cancellation.invalid"},
		{itsm.ChangeAwaiting, bob, why, "change.not_yours"},
		{itsm.ChangeAwaiting, ida, why, "actor.permission"},
		{itsm.ChangeImplementing, ana, why, "change.under_way"},
		{itsm.ChangeClosed, ana, why, "change.over"},
	} {
		c := inState(tt.state)
		require.Equal(t, tt.code, code(c.CheckCancel(tt.who, tt.what)), "%s %s", tt.state, tt.who.Person)
	}
}

// attempts is what the rules answer to one person's well-formed tries, act by act.
func attempts(c itsm.Change, who itsm.Actor) map[itsm.Act]error {
	to := itsm.PersonID("zoe")
	return map[itsm.Act]error{ //nolint:exhaustive // those of a change
		itsm.ActRaise:    errSecret, // what is there cannot be raised
		itsm.ActLink:     c.CheckLink(who, itsm.Link{URL: "https://example.com"}, itsm.Terms{}, at),
		itsm.ActDecide:   c.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Approve}),
		itsm.ActRetract:  c.CheckRetract(who),
		itsm.ActDelegate: c.CheckDelegate(who, itsm.DelegationRequest{To: to}),
		itsm.ActEdit:     c.CheckEdit(who, itsm.EditRequest{Revision: c.Revision, Edit: itsm.Edit{Title: new("Other")}}, itsm.Terms{}, at),
		itsm.ActHold:     c.CheckHold(who, itsm.NoteRequest{Note: "why"}),
		itsm.ActResume:   c.CheckResume(who, itsm.NoteRequest{}),
		itsm.ActReassign: c.CheckReassign(who, itsm.Reassignment{Assignee: to}),
		itsm.ActWithdraw: c.CheckWithdraw(who, itsm.NoteRequest{}),
		itsm.ActAssess:   c.CheckAssess(who, assessed()),
		itsm.ActComment:  c.CheckComment(who, itsm.CommentRequest{Text: "Hm."}, itsm.Talk{}),
		itsm.ActStart:    c.CheckStart(who, at),
		itsm.ActComplete: c.CheckCompletion(who, itsm.Completion{Result: itsm.Successful}),
		itsm.ActCancel:   c.CheckCancel(who, itsm.Cancellation{Note: "Not needed."}),
	}
}

func assessed() itsm.Assessment {
	a := itsm.Assessment{Risk: "Little.", Benefit: "Much.", Feasibility: "Today.", Cost: "An hour."}
	for _, s := range a.Effects.Sections() {
		s.Effect.Text = "None that lasts."
	}
	return a
}

// What Explain offers, somebody may do; what it does not, nobody may. What one
// person is offered, the rules let them do, and nothing else.
func TestExplainOffersWhatTheRulesAllow(t *testing.T) {
	for _, s := range itsm.ChangeStates {
		for _, held := range []bool{false, true} {
			c := inState(s)
			if held {
				c.Hold = &itsm.Hold{By: "max", At: at, Note: "Freeze."}
			}
			e, somebody := c.Explain(), make(map[itsm.Act]bool)
			require.NotEmpty(t, e.Summary)
			for _, who := range everybody {
				offered := c.ActsFor(who, at)
				for act, err := range attempts(c, who) {
					somebody[act] = somebody[act] || err == nil
					require.Equal(t, err == nil, slices.Contains(offered, act), "%s by %s when %s, held: %v: %v", act, who.Person, s, held, err)
				}
			}
			if s == itsm.ChangeAwaiting { // nobody has voted yet
				somebody[itsm.ActRetract] = true
			}
			for act, may := range somebody {
				require.Equal(t, may, slices.Contains(e.Acts, act), "%s when %s, held: %v", act, s, held)
			}
			require.False(t, s.Final() && (e.Due != nil || len(e.Acts) > 0 || len(e.WaitsFor) > 0 || e.Hold != nil), "what is over waits for nobody")
		}
	}
}

func TestAPersonIsOfferedOnlyWhatTheyMayDo(t *testing.T) {
	keep := []itsm.Act{itsm.ActEdit, itsm.ActLink, itsm.ActHold, itsm.ActReassign, itsm.ActComment, itsm.ActCancel}
	for _, tt := range []struct {
		state itsm.ChangeState
		who   itsm.Actor
		acts  []itsm.Act
	}{
		{itsm.ChangeAwaiting, ana, []itsm.Act{itsm.ActEdit, itsm.ActLink, itsm.ActHold, itsm.ActWithdraw, itsm.ActReassign, itsm.ActComment, itsm.ActCancel}},
		{itsm.ChangeAwaiting, bob, []itsm.Act{itsm.ActDecide, itsm.ActDelegate, itsm.ActComment}},
		{itsm.ChangeAwaiting, ada, []itsm.Act{}},
		{itsm.ChangeAwaiting, manager, keep},
		{itsm.ChangeScheduled, bob, []itsm.Act{itsm.ActComment}}, // who approved it alone does not carry it out
		{itsm.ChangeScheduled, ida, []itsm.Act{itsm.ActStart, itsm.ActComment}},
		{itsm.ChangeScheduled, manager, append([]itsm.Act{itsm.ActStart}, keep...)},
		{itsm.ChangeImplementing, ida, []itsm.Act{itsm.ActComplete, itsm.ActComment}},
		{itsm.ChangeClosed, manager, []itsm.Act{}},
	} {
		c := inState(tt.state)
		require.Equal(t, tt.acts, c.ActsFor(tt.who, at), "%s when %s", tt.who.Person, tt.state)
	}
}

func TestNobodyReadsARestrictedRecordThatIsNoneOfTheirBusiness(t *testing.T) {
	c := inState(itsm.ChangeAwaiting)
	c.Restricted = true
	colleague := person("joe", itsm.Requester)
	colleague.Teams = []itsm.TeamID{"web"}
	for _, tt := range []struct {
		who  itsm.Actor
		code string
	}{
		{ana, ""},
		{bob, ""},
		{manager, ""},
		{ada, ""},
		{colleague, ""},
		{ida, "record.not_found"},
		{person("zoe", itsm.Requester), "record.not_found"},
		{itsm.Actor{}, "actor.unknown"},
	} {
		require.Equal(t, tt.code, code(c.CheckRead(tt.who)), tt.who.Person)
	}
}

func TestADraftNamesEveryFault(t *testing.T) {
	fields := func(d itsm.ChangeDraft) []string {
		var named []string
		if err := d.CheckRaise(at); err != nil {
			for _, f := range itsm.AsError(err).Fields {
				named = append(named, f.Pointer)
			}
		}
		return named
	}
	require.Empty(t, fields(draft()))
	require.Equal(t, []string{"/type", "/title", "/service", "/plan", "/backout_plan"}, fields(itsm.ChangeDraft{}))
	for pointer, change := range map[string]func(*itsm.ChangeDraft){
		"/title":        func(d *itsm.ChangeDraft) { d.Title = "two\nlines" },
		"/description":  func(d *itsm.ChangeDraft) { d.Description = strings.Repeat("ä", itsm.MaxText+1) },
		"/plan":         func(d *itsm.ChangeDraft) { d.Plan = "right\u202eleft" },
		"/backout_plan": func(d *itsm.ChangeDraft) { d.BackoutPlan = "nul\x00" },
		"/window/end":   func(d *itsm.ChangeDraft) { d.Window = &itsm.Window{Start: at, End: at} },
		"/window/start": func(d *itsm.ChangeDraft) {
			far := at.Add(itsm.MaxAhead + time.Hour)
			d.Window = &itsm.Window{Start: far, End: far.Add(time.Hour)}
		},
	} {
		d := draft()
		change(&d)
		require.Equal(t, []string{pointer}, fields(d))
	}
}

var errSecret = errors.New("the password is hunter2")

func TestAHashStandsForOneTextAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab]{0,3}`)
		x := itsm.ChangeDraft{Title: word.Draw(t, "title"), Description: word.Draw(t, "description"), Plan: word.Draw(t, "plan")}
		y := itsm.ChangeDraft{Title: word.Draw(t, "title2"), Description: word.Draw(t, "description2"), Plan: word.Draw(t, "plan2")}
		require.Equal(t, reflect.DeepEqual(x, y), x.Hash() == y.Hash())
	})
	d := draft()
	d.Window = &itsm.Window{Start: at, End: at.Add(time.Hour)}
	elsewhere := d
	elsewhere.Window = &itsm.Window{Start: at.In(time.FixedZone("", 3600)), End: at.Add(time.Hour)}
	require.Equal(t, d.Hash(), elsewhere.Hash(), "an instant is the same in every zone")
}

// However a change goes, each message is listed once for life, and those who only
// had to decide hear nothing of what became of it since.
func TestNoticesAreKeptForLife(t *testing.T) {
	c := inState(itsm.ChangeAwaiting)
	event := func(revision int, kind itsm.EventKind, from, to itsm.ChangeState) itsm.Event {
		return itsm.Event{Number: c.Number, Revision: revision, Kind: kind, At: at, Actor: "bob", From: itsm.State(from), To: itsm.State(to)}
	}
	timeline := []itsm.Event{
		event(1, itsm.EventRaised, "", itsm.ChangeRaised),
		event(2, itsm.EventOpened, itsm.ChangeRaised, itsm.ChangeAwaiting),
		event(3, itsm.EventReminded, itsm.ChangeAwaiting, itsm.ChangeAwaiting),
	}
	timeline[1].Detail = &itsm.Detail{Opening: c.Approval.Opening}
	before := keys(itsm.Notices(c, timeline, nil, itsm.Service{Channel: "C1"}, nil))
	require.Equal(t, []string{"CHG-1/card", "CHG-1/ask/bob", "CHG-1/ask/eve", "CHG-1/remind/3/bob", "CHG-1/remind/3/eve"}, before)

	timeline = append(timeline, event(4, itsm.EventApproved, itsm.ChangeAwaiting, itsm.ChangeApproved))
	decided := inState(itsm.ChangeApproved)
	asked := itsm.Notices(decided, timeline, nil, itsm.Service{Channel: "C1"}, nil)[1]
	timeline = append(timeline,
		event(5, itsm.EventScheduled, itsm.ChangeApproved, itsm.ChangeScheduled),
		event(6, itsm.EventStarted, itsm.ChangeScheduled, itsm.ChangeImplementing),
		event(7, itsm.EventCompleted, itsm.ChangeImplementing, itsm.ChangeClosed))
	closed := inState(itsm.ChangeClosed)
	after := itsm.Notices(closed, timeline, nil, itsm.Service{Channel: "C1"}, nil)
	require.Subset(t, keys(after), before)
	require.Contains(t, keys(after), "CHG-1/tell/change.approved")
	require.Equal(t, asked, after[1])
	require.Empty(t, itsm.Notices(inState(itsm.ChangeRaised), timeline[:1], nil, itsm.Service{}, nil))
}

func keys(notices []itsm.Notice) []string {
	var all []string
	for _, n := range notices {
		all = append(all, n.Key)
	}
	return all
}

func TestTheErrorThatHidesOthers(t *testing.T) {
	require.Equal(t, itsm.Internal, itsm.AsError(errSecret).Kind)
	require.NotContains(t, itsm.AsError(errSecret).Message, errSecret.Error())
	for _, k := range itsm.Kinds {
		require.Equal(t, k == itsm.Limited || k == itsm.Unavailable || k == itsm.Internal, k.Temporary())
	}
}
