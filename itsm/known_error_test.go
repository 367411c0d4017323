package itsm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// A known error is published by somebody other than who wrote it, whoever proposed it.
func TestTheWriterNeverDecidesOnAKnownError(t *testing.T) {
	for _, proposer := range []itsm.Actor{pam, pete, joe} {
		l := in(t, itsm.ProblemRootCauseKnown).does(itsm.ActWorkaround, pam).does(itsm.ActPublish, proposer)
		require.Equal(t, itsm.ProblemRootCauseKnown, l.State)
		require.Equal(t, "known_error.own_request", l.refuses(itsm.ActProblemDecide, pam))
		require.Equal(t, "known_error.not_approver", l.refuses(itsm.ActProblemDecide, joe))
		require.Equal(t, []itsm.PersonID{"pete"}, l.Publication.Approvers)
		require.Contains(t, l.Explain().WaitsFor, itsm.PersonID("pete"))
		require.Equal(t, "problem.proposed", l.refuses(itsm.ActPublish, pam))
		l.does(itsm.ActProblemDecide, pete)
		require.Equal(t, []any{itsm.ProblemKnownError, itsm.KnownErrorPublished, 1, itsm.PersonID("pam"), itsm.PersonID("pete")},
			[]any{l.State, l.Published.State, l.Published.Version, l.Published.By, l.Published.PublishedBy})
		require.Equal(t, "A full disk", l.Published.RootCause)
	}
	l := in(t, itsm.ProblemInvestigating).does(itsm.ActWorkaround, pam)
	require.Equal(t, "problem.cause_unknown", l.refuses(itsm.ActPublish, pam))
}

// What is rewritten while others are asked is another text: nobody is asked any more,
// and what they had said does not count.
func TestAnEditVoidsThePublication(t *testing.T) {
	l := in(t, itsm.ProblemRootCauseKnown).does(itsm.ActWorkaround, pam).does(itsm.ActPublish, pam)
	read := l.KnownError.Hash()
	l.does(itsm.ActWorkaround, joe)
	require.Equal(t, itsm.KnownErrorDraft, l.KnownError.State)
	require.Empty(t, l.Publication.Approvers)
	require.Equal(t, "known_error.not_awaiting", l.refuses(itsm.ActProblemDecide, pete))
	l.pass(6 * 24 * time.Hour)
	require.Zero(t, l.told(itsm.EventKnownErrorReminded)+l.told(itsm.EventKnownErrorExpired)+l.told(itsm.EventKnownErrorBackup))
	l.does(itsm.ActPublish, joe)
	require.Equal(t, "known_error.edited", l.refuses(itsm.ActProblemDecide, pete, func(w *wants) { w.decide.ContentHash = read }))
	require.Contains(t, l.Publication.Approvers, itsm.PersonID("pam"), "joe wrote it last")
	l.does(itsm.ActProblemDecide, pam)
	require.Equal(t, "known_error.decided", l.refuses(itsm.ActProblemDecide, pete))
}

// The published one stays while another is written, decided on, refused and expires.
func TestWhatIsPublishedStaysUntilTheNextOneIs(t *testing.T) {
	l := in(t, itsm.ProblemKnownError).does(itsm.ActCommunicate, joe)
	shown := l.Published.Workaround
	require.Equal(t, l.Published, l.KnownError)
	require.Equal(t, "problem.told", l.refuses(itsm.ActCommunicate, joe), "once for each version")
	l.does(itsm.ActWorkaround, pam).does(itsm.ActPublish, pam)
	require.Equal(t, []any{shown, itsm.KnownErrorPublished}, []any{l.Published.Workaround, l.Published.State})
	rejected := l.copied()
	require.Equal(t, "decision.invalid", rejected.refuses(itsm.ActProblemDecide, pete, func(w *wants) { w.decide.Verdict = itsm.Reject }))
	rejected.does(itsm.ActProblemDecide, pete, func(w *wants) { w.decide = itsm.DecisionRequest{Verdict: itsm.Reject, Note: "It does not help."} })
	require.Equal(t, []any{itsm.KnownErrorDraft, shown, 1}, []any{rejected.KnownError.State, rejected.Published.Workaround, rejected.Published.Version})
	rejected.does(itsm.ActPublish, pam).does(itsm.ActProblemDecide, pete)
	require.Equal(t, 2, rejected.Published.Version)
	expired := l.copied()
	expired.pass(6 * 24 * time.Hour)
	require.Equal(t, 1, expired.told(itsm.EventKnownErrorExpired), "silence publishes nothing")
	require.Equal(t, []any{itsm.KnownErrorDraft, shown}, []any{expired.KnownError.State, expired.Published.Workaround})
	l.does(itsm.ActProblemDecide, pete)
	require.NotEqual(t, shown, l.Published.Workaround)
	l.does(itsm.ActCommunicate, joe)
	require.Equal(t, []int{2, 2}, []int{l.Published.Version, l.Published.Told})
}

// When nobody of those who publish answers, others may.
func TestBackupsMayPublish(t *testing.T) {
	l := in(t, itsm.ProblemRootCauseKnown).does(itsm.ActWorkaround, pam).does(itsm.ActPublish, pam)
	l.catalog.Delegations = []itsm.Substitute{{From: "pete", To: "pam", First: itsm.DateOf(at), Last: itsm.DateOf(at.AddDate(1, 0, 0))}}
	require.Equal(t, "known_error.not_approver", l.refuses(itsm.ActProblemDecide, mia))
	for l.told(itsm.EventKnownErrorBackup) == 0 {
		require.Zero(t, l.told(itsm.EventKnownErrorExpired))
		l.pass(time.Hour)
	}
	l.does(itsm.ActProblemDecide, mia)
	require.Equal(t, itsm.PersonID("mia"), l.Published.PublishedBy)
	o, err := l.catalog.OpenPublication(l.catalog.Problem, l.Asking(), at)
	require.NoError(t, err)
	require.Empty(t, o.Deputies)
	l.catalog.People = l.catalog.People[:1]
	_, err = l.catalog.OpenPublication(l.catalog.Problem, l.Asking(), at)
	require.Equal(t, "known_error.nobody_decides", code(err))
}

// Somebody looks at a known error again after a while, once.
func TestAKnownErrorIsLookedAtAgain(t *testing.T) {
	l := in(t, itsm.ProblemKnownError)
	l.pass(200 * 24 * time.Hour)
	require.Equal(t, 1, l.told(itsm.EventKnownErrorReviewDue))
	require.Nil(t, l.KnownError.ReviewAt)
}

// A known error is gone when its fix has held, and is there again when it had not: what
// was published as it was, and what was being written as a draft.
func TestAKnownErrorComesBackAsItWas(t *testing.T) {
	l := in(t, itsm.ProblemKnownError)
	l.does(itsm.ActWorkaround, pam).does(itsm.ActFix, joe).does(itsm.ActPublish, pam)
	written, shown := l.KnownError.Workaround, l.Published.Workaround
	l.changeEnds(itsm.ChangeClosed, itsm.Successful)
	l.does(itsm.ActProblemConfirm, pete)
	require.Equal(t, []itsm.KnownErrorState{itsm.KnownErrorRetired, itsm.KnownErrorRetired}, []itsm.KnownErrorState{l.KnownError.State, l.Published.State})
	require.Empty(t, l.Publication.Approvers)
	require.Zero(t, l.NextStage())
	require.Nil(t, l.News(true).Workaround)
	l.does(itsm.ActProblemReopen, pete)
	require.Equal(t, []any{itsm.KnownErrorPublished, shown, itsm.KnownErrorDraft, written},
		[]any{l.Published.State, l.Published.Workaround, l.KnownError.State, l.KnownError.Workaround})
	l.does(itsm.ActPublish, pete)

	unpublished := in(t, itsm.ProblemRootCauseKnown).does(itsm.ActWorkaround, pam).does(itsm.ActFix, joe)
	unpublished.changeEnds(itsm.ChangeClosed, itsm.Successful)
	unpublished.does(itsm.ActProblemConfirm, pete).does(itsm.ActProblemReopen, pete)
	require.Equal(t, itsm.KnownErrorDraft, unpublished.KnownError.State)
	require.Contains(t, unpublished.Explain().Acts, itsm.ActPublish)
}

// A problem that is cancelled while its known error is proposed asks nobody.
func TestACancelledProblemAsksNobody(t *testing.T) {
	l := in(t, itsm.ProblemRootCauseKnown).does(itsm.ActWorkaround, pam).does(itsm.ActPublish, pam).does(itsm.ActProblemCancel, rita)
	require.Zero(t, l.NextStage())
	require.Empty(t, l.Publication.Approvers)
	require.Equal(t, itsm.KnownErrorRetired, l.KnownError.State)
	require.Equal(t, "known_error.not_awaiting", l.refuses(itsm.ActProblemDecide, pete))
	_, comes := l.Next()
	require.False(t, comes)
}

func TestWhatAKnownErrorSays(t *testing.T) {
	l := in(t, itsm.ProblemInvestigating)
	for pointer, spoil := range map[string]func(*itsm.WorkaroundRequest){
		"/title":       func(r *itsm.WorkaroundRequest) { r.Title = "a\nb" },
		"/symptoms":    func(r *itsm.WorkaroundRequest) { r.Symptoms = "" },
		"/workaround":  func(r *itsm.WorkaroundRequest) { r.Workaround = strings.Repeat("x", itsm.MaxText+1) },
		"/risk":        func(r *itsm.WorkaroundRequest) { r.Risk = " " },
		"/verified_by": func(r *itsm.WorkaroundRequest) { r.VerifiedBy = "" },
		"/services":    func(r *itsm.WorkaroundRequest) { r.Services = make([]itsm.ServiceID, itsm.MaxKnownErrorServices+1) },
		"/services/0":  func(r *itsm.WorkaroundRequest) { r.Services = []itsm.ServiceID{""} },
	} {
		r := l.usual().work
		spoil(&r)
		require.Equal(t, pointer, itsm.AsError(l.CheckWorkaround(pam, r)).Fields[0].Pointer)
	}
	l.does(itsm.ActWorkaround, joe)
	require.Equal(t, []any{l.Title, []itsm.ServiceID{"website"}, itsm.PersonID("joe")}, []any{l.KnownError.Title, l.KnownError.Services, l.KnownError.By})
	hash := l.KnownError.Hash()
	for _, change := range []func(*itsm.KnownError){
		func(k *itsm.KnownError) { k.Title += "." },
		func(k *itsm.KnownError) { k.Symptoms += "." },
		func(k *itsm.KnownError) { k.Services = nil },
		func(k *itsm.KnownError) { k.RootCause += "." },
		func(k *itsm.KnownError) { k.Workaround += "." },
		func(k *itsm.KnownError) { k.Risk += "." },
		func(k *itsm.KnownError) { k.VerifiedBy = "kim" },
	} {
		k := *l.KnownError
		change(&k)
		require.NotEqual(t, hash, k.Hash())
	}
	require.NoError(t, itsm.CheckSearch("disk full"))
	require.Equal(t, "search.invalid", code(itsm.CheckSearch(strings.Repeat("x", itsm.MaxSearch+1))))
	require.Equal(t, "search.invalid", code(itsm.CheckSearch("\x00")))
	c := problemCatalog()
	require.NoError(t, c.CheckServices("/services", joe, []itsm.ServiceID{"website"}))
	require.Equal(t, "/services/1", itsm.AsError(c.CheckServices("/services", joe, []itsm.ServiceID{"website", "nowhere"})).Fields[0].Pointer)
}
