package db_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
)

func attempt(way, code string, minutes int) db.PageAttempt {
	return db.PageAttempt{Way: way, Code: code, At: noon.Add(time.Duration(minutes) * time.Minute)}
}

func TestAPageGoesOnWhereItEnded(t *testing.T) {
	w, ctx := open(t).worker, t.Context()
	row, send, err := w.BeginPage(ctx, page())
	require.NoError(t, err)
	require.True(t, send)
	require.Equal(t, db.PagePending, row.State)
	require.Empty(t, row.Attempts)
	row, err = w.FinishPage(ctx, row.Key, db.PagePending, attempt("slack", "slack.not_found", 1))
	require.NoError(t, err)
	require.Equal(t, "slack", row.Way)
	row, send, err = w.BeginPage(ctx, page()) // the worker died meanwhile
	require.NoError(t, err)
	require.True(t, send)
	require.Equal(t, []db.PageAttempt{attempt("slack", "slack.not_found", 1)}, row.Attempts)
	row, err = w.FinishPage(ctx, row.Key, db.PageDelivered, attempt("email", "email.refused", 2), attempt("webhook", "", 3))
	require.NoError(t, err)
	require.Equal(t, db.PageDelivered, row.State)
	require.True(t, row.DeliveredAt.Equal(noon.Add(3*time.Minute)))
	require.Equal(t, "webhook", row.Way)
	require.Len(t, row.Attempts, 3)
	_, send, err = w.BeginPage(ctx, page())
	require.NoError(t, err)
	require.False(t, send)
	row, err = w.FinishPage(ctx, row.Key, db.PageFailed) // late news
	require.NoError(t, err)
	require.Equal(t, db.PageDelivered, row.State)
	require.NotNil(t, row.DeliveredAt)
	_, err = w.FinishPage(ctx, "none", db.PageFailed)
	require.ErrorContains(t, err, "never begun")
}

func TestAPageThatNobodyNeedsIsOver(t *testing.T) {
	b, ctx := open(t), t.Context()
	later := page()
	later.Key, later.Person, later.Level, later.CalledAt = "INC-1/page/1.2/eve", "eve", 2, noon.Add(time.Minute)
	for _, p := range []db.Page{later, page()} {
		_, _, err := b.worker.BeginPage(ctx, p)
		require.NoError(t, err)
	}
	_, err := b.worker.FinishPage(ctx, later.Key, db.PageOver)
	require.NoError(t, err)
	row, err := b.worker.FinishPage(ctx, later.Key, db.PageDelivered, attempt("slack", "", 2))
	require.NoError(t, err)
	require.Equal(t, db.PageOver, row.State)
	require.Len(t, row.Attempts, 1, "what was tried is on record")
	_, err = b.worker.FinishPage(ctx, page().Key, db.PageFailed, attempt("slack", "slack.away", 1))
	require.NoError(t, err)
	all, err := b.desk.Pages(ctx, "INC-1")
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, db.PageFailed, all[0].State)
	require.Equal(t, later.Key, all[1].Key)
	none, err := b.desk.Pages(ctx, "INC-404")
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestOfManyAttemptsTheNewestAreKept(t *testing.T) {
	w, ctx := open(t).worker, t.Context()
	_, _, err := w.BeginPage(ctx, page())
	require.NoError(t, err)
	var group sync.WaitGroup
	for k := range 60 {
		group.Go(func() {
			if _, err := w.FinishPage(ctx, page().Key, db.PagePending, attempt("slack", fmt.Sprint("try.", k), k)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	row, err := w.FinishPage(ctx, page().Key, db.PagePending, attempt("email", "last", 99))
	require.NoError(t, err)
	require.Len(t, row.Attempts, 50)
	require.Equal(t, "last", row.Attempts[49].Code)
}
