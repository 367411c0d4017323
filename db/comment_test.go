package db_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func remark(id int) itsm.Comment {
	return itsm.Comment{
		ID: id, Number: "CHG-1", Kind: itsm.Remark, By: "ana", Door: itsm.DoorAPI,
		At: noon.Add(time.Duration(id) * time.Minute), Text: "The order is on its way.",
	}
}

func TestCommentsAreReadAsTheyWereSaid(t *testing.T) {
	b, ctx := open(t), t.Context()
	refused(t, b.worker.RecordComment(ctx, remark(1), from), itsm.Unavailable, "record.not_recorded_yet")
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	question, answer := remark(2), remark(3)
	question.Kind, question.By, question.Door, question.Text = itsm.Question, "bob", itsm.DoorSlack, "Who has the <key> & the \"lock\"?"
	answer.Kind, answer.ReplyTo = itsm.Answer, 2
	for _, said := range []itsm.Comment{answer, remark(1), question, answer, question} { // late, and twice
		require.NoError(t, b.worker.RecordComment(ctx, said, from))
	}
	got, err := b.desk.Comments(ctx, "CHG-1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]itsm.Comment{remark(1), question, answer}, got))
	after, err := b.desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, 1, after.Revision, "a comment raises no revision")
	none, err := b.desk.Comments(ctx, "CHG-404")
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestACommentIsAuditedOnceAndItsTextCanBeForgotten(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	answer := remark(2)
	answer.Kind, answer.ReplyTo = itsm.Answer, 1
	question := remark(1)
	question.Kind = itsm.Question
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for _, said := range []itsm.Comment{question, answer, remark(3)} {
				if err := b.worker.RecordComment(ctx, said, from); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	super := conn(t, b.url)
	for action, facts := range map[string]string{
		"change.asked":     `{"comment": "1", "occurred_at": "2026-03-02T12:01:00.123456Z"}`,
		"change.answered":  `{"comment": "2", "reply_to": "1", "occurred_at": "2026-03-02T12:02:00.123456Z"}`,
		"change.commented": `{"comment": "3", "occurred_at": "2026-03-02T12:03:00.123456Z"}`,
	} {
		require.Equal(t, 1, count(t, super, `SELECT count(*) FROM audit_entries e JOIN audit_personal p ON p.entry = e.id
			WHERE action = $1 AND subject = 'CHG-1' AND revision = 0 AND actor = 'ana' AND credential = 'tok1'
			AND facts - 'digest' = $2::jsonb AND personal ? 'text' AND p.field = 'text' AND p.value = 'The order is on its way.'`,
			action, facts), action)
	}
	require.Equal(t, 4, count(t, super, "SELECT count(*) FROM audit_entries"))
	n, err := b.owner.ErasePersonal(ctx, "root", "ana")
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
}

func TestTheSameCommentWithAnotherTextIsAnAlarm(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	require.NoError(t, b.worker.RecordComment(ctx, remark(1), from))
	other := remark(1)
	other.Text = "Something else."
	refused(t, b.worker.RecordComment(ctx, other, from), itsm.Internal, "record.diverged")
	got, err := b.desk.Comments(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, []itsm.Comment{remark(1)}, got)
}
