package db_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

const card = "CHG-1/card/C1"

func message(revision int) db.Message {
	return db.Message{Key: card, Number: "CHG-1", Revision: revision, Channel: "C1", Digest: "d"}
}

func begin(t *testing.T, s *db.Store, m db.Message, want db.Send) db.Message {
	t.Helper()
	row, send, err := s.BeginMessage(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, want, send)
	return row
}

func TestAMessageIsPostedOnceAndThenUpdated(t *testing.T) {
	w, ctx := open(t).worker, t.Context()
	begin(t, w, message(2), db.SendPost)
	require.NoError(t, w.PostedMessage(ctx, card, 2, "C1", "1.2"))
	begin(t, w, message(2), db.SendNone)
	row := begin(t, w, message(3), db.SendUpdate)
	require.Equal(t, "1.2", row.TS)
	begin(t, w, message(3), db.SendUpdate) // the update's answer was lost; to update twice is harmless
	begin(t, w, message(2), db.SendNone)
	require.NoError(t, w.PostedMessage(ctx, card, 2, "C1", "1.2")) // late news of the older one
	row, found, err := w.Message(ctx, card)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, db.MessagePending, row.State)
	require.NoError(t, w.PostedMessage(ctx, card, 3, "C1", "1.2"))
	reworded := message(3)
	reworded.Digest = "e"
	begin(t, w, reworded, db.SendUpdate)
	require.NoError(t, w.GoneMessage(ctx, card))
	begin(t, w, message(4), db.SendNone)
	all, err := w.Messages(ctx, "CHG-1")
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, db.MessageGone, all[0].State)
	_, found, err = w.Message(ctx, "other")
	require.NoError(t, err)
	require.False(t, found)
}

func TestASendWithoutAKnownEndIsDoubtfulAndCounted(t *testing.T) {
	w, ctx := open(t).worker, t.Context()
	begin(t, w, message(2), db.SendPost)
	row := begin(t, w, message(2), db.SendUnsure) // the process died between send and place
	require.Equal(t, 1, row.Unsure)
	require.NoError(t, w.PostedMessage(ctx, card, 2, "C1", "1.2"))
	row, _, err := w.Message(ctx, card)
	require.NoError(t, err)
	require.Equal(t, db.MessagePosted, row.State)
	require.Equal(t, 1, row.Unsure, "the count stays")
}

func TestAnAmbiguousAnswerIsCountedOnce(t *testing.T) {
	w, ctx := open(t).worker, t.Context()
	begin(t, w, message(2), db.SendPost)
	require.NoError(t, w.AmbiguousMessage(ctx, card, 2))
	require.NoError(t, w.AmbiguousMessage(ctx, card, 2))
	require.NoError(t, w.RetractMessage(ctx, card, 2))
	row := begin(t, w, message(3), db.SendUnsure)
	require.Equal(t, 1, row.Unsure)
}

func TestAPostThatSlackDidNotTakeIsNoDoubt(t *testing.T) {
	w, ctx := open(t).worker, t.Context()
	begin(t, w, message(2), db.SendPost)
	require.NoError(t, w.RetractMessage(ctx, card, 2))
	begin(t, w, message(2), db.SendPost)
	require.NoError(t, w.PostedMessage(ctx, card, 2, "C1", "1.2"))
	require.NoError(t, w.RetractMessage(ctx, card, 2))
	begin(t, w, message(2), db.SendNone)
}

func TestOfManyWhoBeginAMessageOnePosts(t *testing.T) {
	w := open(t).worker
	var posts atomic.Int32
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			_, send, err := w.BeginMessage(t.Context(), message(i+1))
			if err != nil {
				t.Error(err)
			}
			if send == db.SendPost {
				posts.Add(1)
			}
		})
	}
	group.Wait()
	require.EqualValues(t, 1, posts.Load())
	row, _, err := w.Message(t.Context(), card)
	require.NoError(t, err)
	require.Equal(t, 20, row.Revision)
}

func TestADeploymentStatusIsPostedOnce(t *testing.T) {
	w, ctx := open(t).worker, t.Context()
	row, post, err := w.BeginStatus(ctx, "CHG-1", "pending")
	require.NoError(t, err)
	require.True(t, post)
	require.Equal(t, 1, row.Attempts)
	row, post, err = w.BeginStatus(ctx, "CHG-1", "pending")
	require.NoError(t, err)
	require.True(t, post)
	require.Equal(t, 2, row.Attempts, "whoever sees it looks before posting")
	require.NoError(t, w.PostedStatus(ctx, "CHG-1", "pending", 77))
	_, post, err = w.BeginStatus(ctx, "CHG-1", "pending")
	require.NoError(t, err)
	require.False(t, post)
	all, err := w.Statuses(ctx, "CHG-1")
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.EqualValues(t, 77, all[0].ID)
	_, _, err = w.BeginStatus(ctx, "CHG-1", "odd")
	refused(t, err, itsm.Internal, "record.invariant")
}
