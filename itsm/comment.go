package itsm

import "time"

// CommentKind is what a comment is for.
type CommentKind string

// The kinds of comment.
const (
	Remark       CommentKind = "comment"
	Question     CommentKind = "question" // of one who decides; the clock goes on
	Answer       CommentKind = "answer"   // to a question
	ProgressNote CommentKind = "update"   // how it goes, for whoever reported it
)

// Comment is what somebody said about a record. It raises no revision: nothing
// that was decided on changes.
type Comment struct {
	ID      int         `json:"id"` // counted in its record, from 1
	Number  Number      `json:"number"`
	Kind    CommentKind `json:"kind"`
	By      PersonID    `json:"by"`
	Door    Door        `json:"door"`
	At      time.Time   `json:"at"`
	Text    string      `json:"text"`
	ReplyTo int         `json:"reply_to,omitempty"` // the question that this answers
}

// CommentRequest is what somebody says. A question is asked by naming it so; an
// answer by naming the question.
type CommentRequest struct {
	Text     string `json:"text"`
	Question bool   `json:"question,omitempty"`
	ReplyTo  int    `json:"reply_to,omitempty"`
	Update   bool   `json:"update,omitempty"` // of an incident: its reporter is told
}

// Kind is what the comment is for.
func (r CommentRequest) Kind() CommentKind {
	switch {
	case r.Question:
		return Question
	case r.ReplyTo > 0:
		return Answer
	case r.Update:
		return ProgressNote
	default:
		return Remark
	}
}

// MaxComments a record takes: its history has to end some day.
const MaxComments = 200

// Talk is what was said about a record so far, as its process needs it.
type Talk struct {
	Comments  int              `json:"comments,omitempty"`
	Questions map[int]PersonID `json:"questions,omitempty"` // who asked
}

// check refuses an empty comment, and an answer to nothing.
func (r CommentRequest) check(t Talk) error {
	var f faults
	f.needed("/text", r.Text, MaxNote)
	_, asked := t.Questions[r.ReplyTo]
	switch {
	case r.Question && r.ReplyTo != 0:
		f.add("/reply_to", "is for answers; this is a question")
	case r.ReplyTo != 0 && !asked:
		f.add("/reply_to", "names no question of this record")
	case r.Update && (r.Question || r.ReplyTo != 0):
		f.add("/update", "is neither a question nor an answer")
	}
	return f.refuse("comment.invalid", "This comment")
}

// CheckComment refuses an empty comment, and an answer to nothing.
func (c *Change) CheckComment(who Actor, r CommentRequest, t Talk) error {
	if r.Update {
		var f faults
		f.add("/update", "is for incidents")
		return f.refuse("comment.invalid", "This comment")
	}
	if err := r.check(t); err != nil {
		return err
	}
	if err := who.May(CommentOnChanges); err != nil {
		return err
	}
	switch {
	case c.State == ChangeRaised: // not recorded yet
		return NoSuchRecord(c.Number)
	case c.State.Final():
		return Refuse(Conflict, "change.over", "%s is already %s.", c.Number, c.State.Words())
	case t.Comments >= MaxComments:
		return Refuse(Conflict, "comment.too_many", "%s has %d comments, and takes no more.", c.Number, t.Comments)
	}
	return nil
}

// Say takes up a comment that CheckComment has allowed.
func (c *Change) Say(who Actor, r CommentRequest, t *Talk, at time.Time) Comment {
	return t.say(c.Number, who, r, at)
}

func (t *Talk) say(n Number, who Actor, r CommentRequest, at time.Time) Comment {
	t.Comments++
	if r.Question {
		if t.Questions == nil {
			t.Questions = map[int]PersonID{}
		}
		t.Questions[t.Comments] = who.Person
	}
	return Comment{
		ID: t.Comments, Number: n, Kind: r.Kind(), By: who.Person, Door: who.Door, At: at, Text: r.Text, ReplyTo: r.ReplyTo,
	}
}
