package db

import (
	"context"
	"fmt"
	"strconv"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// said is what the audit calls each kind of comment, behind the kind of its record.
var said = map[itsm.CommentKind]string{
	itsm.Remark:       "commented",
	itsm.Question:     "asked",
	itsm.Answer:       "answered",
	itsm.ProgressNote: "updated",
}

// RecordComment saves what somebody said about a record. The same comment again
// changes nothing; another one under the same id is record.diverged. One that
// arrives before its record is refused as record.not_recorded_yet.
func (s *Store) RecordComment(ctx context.Context, c itsm.Comment, p Provenance) error {
	row, err := commentRow(c, p)
	if err != nil {
		return fmt.Errorf("record comment: %w", err)
	}
	fresh, err := s.rows.RecordComment(ctx, row)
	if err != nil || fresh > 0 {
		return refusal("record comment", err)
	}
	before, err := s.rows.CommentDigest(ctx, rows.CommentDigestParams{Number: c.Number, ID: small(c.ID)})
	if err != nil {
		return refusal("record comment", err)
	}
	return same("record comment", fmt.Sprintf("%s#%d", c.Number, c.ID), before, row.Digest)
}

func commentRow(c itsm.Comment, p Provenance) (rows.RecordCommentParams, error) {
	row := rows.RecordCommentParams{
		Number: c.Number, ID: small(c.ID), Kind: c.Kind, ByPerson: c.By, Door: c.Door, At: c.At,
		Text: c.Text, ReplyTo: small(c.ReplyTo),
		Credential: p.Credential, WorkflowID: p.WorkflowID, RunID: p.RunID, ActID: p.ActID,
		Action: "change." + said[c.Kind],
	}
	switch {
	case c.Number.Of("INC"):
		row.Action = "incident." + said[c.Kind]
	case c.Number.Of("PRB"):
		row.Action = "problem." + said[c.Kind]
	case c.Number.Of("CAR"):
		row.Action = "corrective_action." + said[c.Kind]
	}
	var err error
	if row.Digest, err = digestOf(c); err != nil {
		return row, err
	}
	f := facts{"comment": strconv.Itoa(c.ID), "digest": row.Digest, "occurred_at": factual(c.At)}
	if c.ReplyTo != 0 {
		f.add("reply_to", strconv.Itoa(c.ReplyTo))
	}
	var kept salted
	row.Facts, row.Personal, kept, err = audited(f, map[string]string{"text": c.Text})
	row.Fields, row.Salts, row.Contents = kept.fields, kept.salts, kept.contents
	return row, err
}

// Comments lists what was said about a record, first to last. A record that is
// not there has none.
func (s *Store) Comments(ctx context.Context, n itsm.Number) ([]itsm.Comment, error) {
	found, err := s.rows.Comments(ctx, n)
	if err != nil {
		return nil, refusal("comments", err)
	}
	comments := make([]itsm.Comment, 0, len(found))
	for _, c := range found {
		comments = append(comments, itsm.Comment{
			ID: int(c.ID), Number: c.Number, Kind: c.Kind, By: c.ByPerson, Door: c.Door, At: c.At,
			Text: c.Text, ReplyTo: int(c.ReplyTo),
		})
	}
	return comments, nil
}
