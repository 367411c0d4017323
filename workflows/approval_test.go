package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

var (
	joe = itsm.Actor{Person: "joe", Roles: []itsm.Role{itsm.Approver}, Door: itsm.DoorSlack, Scopes: both}
	kim = itsm.Actor{Person: "kim", Roles: []itsm.Role{itsm.Approver}, Door: itsm.DoorAPI, Scopes: both}
	sam = itsm.Actor{Person: "sam", Roles: []itsm.Role{itsm.Approver}, Door: itsm.DoorAPI, Scopes: both}
)

// staged is a catalog whose low risks any one approver decides on, and whose high
// risks go through three stages: two of three, a veto with a mandatory member and
// a backup, and the service's owner.
func staged() itsm.Catalog {
	hours := func(n int) itsm.Duration { return itsm.Duration(time.Duration(n) * time.Hour) }
	people := func(actors ...itsm.Actor) (all []itsm.Person) {
		for _, a := range actors {
			all = append(all, itsm.Person{ID: a.Person, Roles: a.Roles, Zone: "UTC"})
		}
		return all
	}
	any1 := itsm.Stage{Name: "Peers", ExpireAfter: hours(24), Factors: []itsm.Factor{
		{Name: "Approvers", Who: itsm.Group{Role: itsm.Approver}, Need: itsm.Need{Count: 1}},
	}}
	return itsm.Catalog{
		People:   people(ana, bob, eve, manager, ida, joe, kim, sam),
		Services: []itsm.Service{{ID: "website", Name: "Website", Owner: "eve", Team: "web", Channel: "C0WEBSITE"}},
		Change: itsm.ChangePolicy{Tiers: []itsm.Tier{
			{Risk: itsm.RiskLow, Stages: []itsm.Stage{any1}},
			{Risk: itsm.RiskMedium, Stages: []itsm.Stage{any1, any1}},
			{Risk: itsm.RiskHigh, Assessment: true, Stages: []itsm.Stage{
				{Name: "Technical", ExpireAfter: hours(8), Factors: []itsm.Factor{{
					Name: "Leads", Who: itsm.Group{People: []itsm.PersonID{"bob", "joe", "eve"}}, Need: itsm.Need{Percent: 60}, Reject: itsm.Quorum,
				}}},
				{Name: "Security", ExpireAfter: hours(8), Factors: []itsm.Factor{{
					Name: "Security", Who: itsm.Group{People: []itsm.PersonID{"kim"}}, Need: itsm.Need{All: true},
					Backup: itsm.Group{People: []itsm.PersonID{"sam"}},
				}}},
				{Name: "Owner", ExpireAfter: hours(8), Factors: []itsm.Factor{
					{Name: "Owner", Who: itsm.Group{Owner: true}, Need: itsm.Need{Count: 1}},
				}},
			}},
		}},
	}
}

// under lets a catalog answer what the process asks of the world.
func (w *world) under(c *itsm.Catalog) {
	w.OnActivity(a.RecordChange, mock.Anything, mock.Anything).Return(func(_ context.Context, r activities.Recording) (activities.Recorded, error) {
		w.recorded = r
		service, _ := c.Service(r.Change.Service)
		found := activities.Recorded{PolicyVersion: 3, Terms: c.Change.Terms(service), Team: service.Team, Owner: service.Owner}
		found.RiskScore = found.Terms.Score(r.Change.ChangeDraft)
		if found.Terms.Assess(r.Change.ChangeDraft) {
			return found, nil
		}
		change := r.Change
		change.RiskScore = found.RiskScore
		first := change.Asking()
		first.Stage = 1
		o, err := c.Open(c.Change, first, w.Now(), itsm.AroundTheClock)
		found.Opening = &o
		return found, err
	}).Maybe()
	w.OnActivity(a.OpenStage, mock.Anything, mock.Anything).Return(func(_ context.Context, o activities.Opening) (itsm.Opening, error) {
		opening, err := c.Open(c.Change, o.Asking, w.Now(), itsm.AroundTheClock)
		if err != nil { // the environment tries ten times and no more
			err = wire.Encode(itsm.AsError(err).Later(20 * time.Minute))
		}
		return opening, err
	}).Maybe()
	w.OnActivity(a.MoveDeadlines, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.Stopped) (itsm.Deadlines, error) {
		return s.Deadlines.Moved(itsm.AroundTheClock, s.From, s.To)
	}).Maybe()
	w.OnActivity(a.CommentOnChange, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.Commenting) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, s.Comment)
		return nil
	}).Maybe()
}

func risky(tier itsm.RiskTier) itsm.ChangeDraft {
	d, mark := draft(), map[itsm.RiskTier]int{itsm.RiskLow: 1, itsm.RiskMedium: 3, itsm.RiskHigh: 5}[tier]
	d.Risk = &itsm.Risk{Complexity: mark, BusinessImpact: mark, Rollback: mark, TestCoverage: mark, RecentChurn: mark}
	return d
}

func weighed() itsm.Assessment {
	a := itsm.Assessment{Risk: "Some.", Benefit: "Much.", Feasibility: "Done before.", Cost: "An hour."}
	for _, s := range a.Effects.Sections() {
		*s.Effect = itsm.Effect{Text: "None that lasts."}
	}
	return a
}

func stagedWorld(t *testing.T) *world {
	t.Helper()
	w := newBareWorld(t)
	catalog := staged()
	w.under(&catalog)
	return w
}

var (
	yes = itsm.DecisionRequest{Verdict: itsm.Approve}
	no  = itsm.DecisionRequest{Verdict: itsm.Reject, Note: "No way back."}
)

func (w *world) last(kind itsm.EventKind) itsm.ChangeStep {
	w.t.Helper()
	for _, s := range slices.Backward(w.steps) {
		if s.Event.Kind == kind {
			return s
		}
	}
	w.t.Fatalf("no %s among %v", kind, w.kinds())
	return itsm.ChangeStep{}
}

func TestAHighRiskIsAssessedAndPassesThreeStages(t *testing.T) {
	w := stagedWorld(t)
	early := act(w, time.Minute, bob, itsm.ActDecide, yes)
	assessed := act(w, time.Hour, ida, itsm.ActAssess, weighed())
	act(w, 2*time.Hour, bob, itsm.ActDecide, yes)
	again := act(w, 2*time.Hour+time.Minute, bob, itsm.ActDecide, yes)
	act(w, 3*time.Hour, joe, itsm.ActDecide, yes)
	act(w, 4*time.Hour, kim, itsm.ActDecide, yes)
	last := act(w, 5*time.Hour, eve, itsm.ActDecide, yes)
	act(w, 6*time.Hour, ana, itsm.ActCancel, itsm.Cancellation{Note: "Not needed."})
	raised, _ := w.run(risky(itsm.RiskHigh))

	require.Equal(t, itsm.State(itsm.ChangeAssessing), raised.receipt.State)
	early.refused(t, "change.not_awaiting")
	require.NoError(t, assessed.err)
	again.refused(t, "change.voted")
	require.Equal(t, itsm.State(itsm.ChangeApproved), last.receipt.State)
	require.Equal(t, []itsm.EventKind{
		itsm.EventAssessing, itsm.EventAssessed,
		itsm.EventOpened, itsm.EventVoted, itsm.EventStagePassed,
		itsm.EventOpened, itsm.EventStagePassed,
		itsm.EventOpened, itsm.EventApproved, itsm.EventScheduled, itsm.EventCancelled,
	}, w.kinds())
	require.NotNil(t, w.steps[1].Edit.Assessment, "the record gets the assessment")
	require.Equal(t, 3, w.last(itsm.EventApproved).Event.Decision.Stage)
}

func TestAVetoEndsTheStageThatHasOne(t *testing.T) {
	w := stagedWorld(t)
	act(w, time.Hour, ana, itsm.ActAssess, weighed())
	survived := act(w, 2*time.Hour, bob, itsm.ActDecide, no) // two of three can still be reached
	act(w, 3*time.Hour, joe, itsm.ActDecide, yes)
	act(w, 4*time.Hour, eve, itsm.ActDecide, yes)
	vetoed := act(w, 5*time.Hour, kim, itsm.ActDecide, no)
	_, end := w.run(risky(itsm.RiskHigh))
	require.Equal(t, itsm.State(itsm.ChangeAwaiting), survived.receipt.State)
	require.Equal(t, itsm.State(itsm.ChangeRejected), vetoed.receipt.State)
	require.Equal(t, itsm.State(itsm.ChangeRejected), end.State)
}

func TestAQuorumThatBecameImpossibleEndsAtOnce(t *testing.T) {
	w := stagedWorld(t)
	act(w, time.Hour, ana, itsm.ActAssess, weighed())
	act(w, 2*time.Hour, bob, itsm.ActDecide, no)
	act(w, 3*time.Hour, joe, itsm.ActDecide, no)
	_, end := w.run(risky(itsm.RiskHigh))
	require.Equal(t, itsm.State(itsm.ChangeRejected), end.State)
	require.Equal(t, 3*time.Hour, w.last(itsm.EventRejected).Event.At.Sub(w.began).Round(time.Minute))
}

func TestTheBackupMayDecideOnceItGetsLate(t *testing.T) {
	w := stagedWorld(t)
	act(w, time.Hour, ana, itsm.ActAssess, weighed())
	act(w, 2*time.Hour, bob, itsm.ActDecide, yes)
	act(w, 2*time.Hour, joe, itsm.ActDecide, yes)
	early := act(w, 3*time.Hour, sam, itsm.ActDecide, yes)
	act(w, 9*time.Hour, sam, itsm.ActDecide, yes)
	act(w, 10*time.Hour, ana, itsm.ActWithdraw, itsm.NoteRequest{})
	_, end := w.run(risky(itsm.RiskHigh))
	early.refused(t, "change.not_approver")
	require.Equal(t, itsm.State(itsm.ChangeCancelled), end.State)
	reminded, joined := w.last(itsm.EventReminded), w.last(itsm.EventBackup)
	require.Equal(t, 6*time.Hour, reminded.Event.At.Sub(w.began).Round(time.Minute), "at half of eight hours")
	require.Equal(t, 8*time.Hour, joined.Event.At.Sub(w.began).Round(time.Minute), "at three quarters")
	require.Equal(t, []itsm.PersonID{"sam"}, joined.Event.Detail.Joined)
	require.Equal(t, itsm.PersonID("eve"), w.last(itsm.EventOpened).Approvers[0], "the owner is asked last")
}

func TestADelegateVotesForAnotherAndCountsOnce(t *testing.T) {
	w := stagedWorld(t)
	act(w, time.Hour, ana, itsm.ActAssess, weighed())
	toRequester := act(w, 2*time.Hour, bob, itsm.ActDelegate, itsm.DelegationRequest{To: "ana"})
	named := act(w, 2*time.Hour, bob, itsm.ActDelegate, itsm.DelegationRequest{To: "joe"})
	act(w, 3*time.Hour, bob, itsm.ActDelegate, itsm.DelegationRequest{To: "kim"})
	forBob, left := kim, kim
	forBob.For = &itsm.Principal{Person: "bob", Roles: bob.Roles}
	left.For = &itsm.Principal{Person: "bob", Roles: []itsm.Role{itsm.Requester}}
	without := act(w, 4*time.Hour, left, itsm.ActDecide, yes)
	given := act(w, 5*time.Hour, forBob, itsm.ActDecide, yes)
	twice := act(w, 6*time.Hour, bob, itsm.ActDecide, yes)
	act(w, 7*time.Hour, ana, itsm.ActWithdraw, itsm.NoteRequest{})
	w.run(risky(itsm.RiskHigh))
	toRequester.refused(t, "change.delegate_requester")
	named.refused(t, "change.delegate_named")
	without.refused(t, "change.left_role")
	require.NoError(t, given.err)
	voted := w.last(itsm.EventVoted)
	require.Equal(t, itsm.PersonID("kim"), voted.Event.Decision.By)
	require.Equal(t, itsm.PersonID("bob"), voted.Event.Decision.For)
	require.True(t, twice.done)
	require.Error(t, twice.err)
}

func TestAnEditOfWhatWasDecidedOnVoidsTheVotesAndAsksAnew(t *testing.T) {
	w := stagedWorld(t)
	plan, old := "Rotate them one by one.", draft()
	act(w, time.Hour, bob, itsm.ActDecide, yes) // of two stages, the first
	stale := act(w, 2*time.Hour, ana, itsm.ActEdit, itsm.EditRequest{Revision: 1, Edit: itsm.Edit{Plan: &plan}})
	edited := act(w, 3*time.Hour, ana, itsm.ActEdit, itsm.EditRequest{Revision: 4, Edit: itsm.Edit{Plan: &plan}})
	onOld := act(w, 4*time.Hour, eve, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve, ContentHash: old.Hash()})
	act(w, 5*time.Hour, eve, itsm.ActDecide, yes)
	act(w, 6*time.Hour, bob, itsm.ActDecide, yes)
	act(w, 7*time.Hour, ana, itsm.ActCancel, itsm.Cancellation{Note: "Not needed."})
	w.run(risky(itsm.RiskMedium))
	stale.refused(t, "record.moved_on")
	require.NoError(t, edited.err)
	onOld.refused(t, "change.edited")
	edit := w.last(itsm.EventEdited)
	require.Equal(t, []itsm.Difference{{Field: "plan", Before: old.Plan, After: plan, Material: true}}, edit.Event.Detail.Edits)
	require.Equal(t, itsm.PersonID("bob"), edit.Event.Detail.Voided[0].By)
	require.Equal(t, plan, *edit.Edit.Plan)
	require.Equal(t, 2, w.last(itsm.EventApproved).Event.Decision.Round)
}

func TestAnEditOfAScheduledChangeTakesItsApprovalBack(t *testing.T) {
	w := stagedWorld(t)
	plan := "Rotate them one by one."
	act(w, time.Hour, bob, itsm.ActDecide, yes)
	act(w, 2*time.Hour, ana, itsm.ActEdit, itsm.EditRequest{Revision: 4, Edit: itsm.Edit{Plan: &plan}})
	tooEarly := act(w, 3*time.Hour, ida, itsm.ActStart, struct{}{})
	act(w, 4*time.Hour, eve, itsm.ActDecide, yes)
	act(w, 5*time.Hour, ida, itsm.ActStart, struct{}{})
	act(w, 6*time.Hour, ida, itsm.ActComplete, itsm.Completion{Result: itsm.Successful})
	_, end := w.run(risky(itsm.RiskLow))
	tooEarly.refused(t, "change.not_scheduled")
	require.Equal(t, itsm.State(itsm.ChangeClosed), end.State)
}

func TestAHoldStopsTheClockOfTheApproval(t *testing.T) {
	w := stagedWorld(t)
	act(w, 6*time.Hour, ana, itsm.ActHold, itsm.NoteRequest{Note: "The vendor is down."})
	held := act(w, 7*time.Hour, bob, itsm.ActDecide, yes)
	act(w, 36*time.Hour, manager, itsm.ActResume, itsm.NoteRequest{})
	_, end := w.run(risky(itsm.RiskLow))
	held.refused(t, "change.on_hold")
	require.Equal(t, itsm.State(itsm.ChangeExpired), end.State)
	require.Equal(t, 42*time.Hour, w.last(itsm.EventReminded).Event.At.Sub(w.began).Round(time.Minute), "six hours of twelve were left")
	require.Equal(t, 54*time.Hour, w.last(itsm.EventExpired).Event.At.Sub(w.began).Round(time.Minute))
}

func TestAHoldDoesNotMoveTheWindow(t *testing.T) {
	w := stagedWorld(t)
	d := risky(itsm.RiskLow)
	d.Window = &itsm.Window{Start: w.Now().Truncate(time.Second).Add(6 * time.Hour), End: w.Now().Truncate(time.Second).Add(8 * time.Hour)}
	act(w, time.Hour, bob, itsm.ActDecide, yes)
	act(w, 2*time.Hour, ana, itsm.ActHold, itsm.NoteRequest{Note: "The vendor is down."})
	started := act(w, 7*time.Hour, ida, itsm.ActStart, struct{}{})
	_, end := w.run(d)
	started.refused(t, "change.on_hold")
	require.Equal(t, itsm.State(itsm.ChangeExpired), end.State)
}

func TestACommentRaisesNoRevision(t *testing.T) {
	w := stagedWorld(t)
	asked := act(w, time.Hour, bob, itsm.ActComment, itsm.CommentRequest{Text: "What if it fails?", Question: true})
	answered := act(w, 2*time.Hour, ana, itsm.ActComment, itsm.CommentRequest{Text: "The backout takes a minute.", ReplyTo: 1})
	lost := act(w, 2*time.Hour, ana, itsm.ActComment, itsm.CommentRequest{Text: "To nobody.", ReplyTo: 7})
	w.run(risky(itsm.RiskLow))
	require.Equal(t, asked.receipt, answered.receipt)
	lost.refused(t, "comment.invalid")
	require.Equal(t, []itsm.CommentKind{itsm.Question, itsm.Answer}, []itsm.CommentKind{w.said[0].Kind, w.said[1].Kind})
	require.Equal(t, 12*time.Hour, w.last(itsm.EventReminded).Event.At.Sub(w.began).Round(time.Minute), "the clock goes on")
}

func TestAVoteCanBeTakenBackUntilItsStageIsDecided(t *testing.T) {
	w := stagedWorld(t)
	act(w, time.Hour, ana, itsm.ActAssess, weighed())
	act(w, 2*time.Hour, bob, itsm.ActDecide, yes)
	act(w, 3*time.Hour, bob, itsm.ActRetract, struct{}{})
	act(w, 4*time.Hour, joe, itsm.ActDecide, yes)
	act(w, 5*time.Hour, eve, itsm.ActDecide, yes)
	late := act(w, 6*time.Hour, joe, itsm.ActRetract, struct{}{})
	act(w, 7*time.Hour, ana, itsm.ActWithdraw, itsm.NoteRequest{})
	w.run(risky(itsm.RiskHigh))
	late.refused(t, "change.not_voted")
	require.Equal(t, itsm.PersonID("bob"), w.last(itsm.EventVoteWithdrawn).Event.Detail.Withdrawn.By)
	require.Equal(t, itsm.PersonID("eve"), w.last(itsm.EventStagePassed).Event.Actor)
}

func TestAStageThatNobodyCanDecideWaitsForTheCatalog(t *testing.T) {
	w := newBareWorld(t)
	catalog := staged()
	w.under(&catalog)
	act(w, time.Hour, ana, itsm.ActAssess, weighed())
	owner, nobody := catalog.Services[0].Owner, itsm.PersonID("ana")
	w.RegisterDelayedCallback(func() { catalog.Services[0].Owner = nobody; catalog.People[3].Roles = nil }, 90*time.Minute)
	act(w, 2*time.Hour, bob, itsm.ActDecide, yes)
	act(w, 2*time.Hour, joe, itsm.ActDecide, yes)
	act(w, 3*time.Hour, kim, itsm.ActDecide, yes)
	meanwhile := act(w, 4*time.Hour, eve, itsm.ActDecide, yes)
	w.RegisterDelayedCallback(func() { catalog.Services[0].Owner = owner }, 5*time.Hour)
	act(w, 6*time.Hour, eve, itsm.ActDecide, yes)
	act(w, 7*time.Hour, ana, itsm.ActCancel, itsm.Cancellation{Note: "Not needed."})
	w.run(risky(itsm.RiskHigh))
	meanwhile.refused(t, "change.opening")
	require.Contains(t, w.kinds(), itsm.EventApproved)
}
