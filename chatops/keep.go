package chatops

import (
	"context"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// What those do who keep a change on its way: its requester, and change managers.

func (b *Bot) hold(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.HoldChange(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You put on hold", r, "`/change resume "+string(w.Number)+"` ends that."), nil
}

func (b *Bot) resume(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.ResumeChange(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You resumed", r, "Its deadlines move by as long as it was held."), nil
}

func (b *Bot) withdraw(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.WithdrawChange(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You withdrew", r, "`/change new` raises another."), nil
}

func (b *Bot) cancel(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.CancelChange(ctx, who, w.Number, itsm.Cancellation{Note: w.note})
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You cancelled", r, ""), nil
}

func (b *Bot) assign(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.ReassignChange(ctx, who, w.Number, itsm.Reassignment{Assignee: w.to, Note: w.note})
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You assigned "+cards.Escape(string(w.to))+" to carry out", r, "They are told."), nil
}

// readAssignment reads @ida and a note.
func (b *Bot) readAssignment(ctx context.Context, who desk.Caller, w *wish, rest string) (err error) {
	name, rest := typed.Word(rest)
	if name != "" {
		w.to, err = b.person(ctx, who, name)
	}
	w.note = typed.Note(rest)
	return err
}

func (b *Bot) delegate(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.DelegateChange(ctx, who, w.Number, itsm.DelegationRequest{To: w.to, From: w.from, Note: w.note})
	if err != nil {
		return answer{}, err
	}
	if from := w.from; w.to == from || from == "" && w.to == who.Person {
		return b.did(ctx, who, "You took back the delegation of", r, ""), nil
	}
	back := "`/change delegate " + string(w.Number) + " me` takes it back. Both of you are told."
	if w.from != "" && w.from != who.Person {
		back = "They are told."
	}
	return b.did(ctx, who, "You let "+cards.Escape(string(w.to))+" decide on", r, back), nil
}

// readDelegation reads @eve, or for a change manager @eve for @bob, and a note.
func (b *Bot) readDelegation(ctx context.Context, who desk.Caller, w *wish, rest string) (err error) {
	name, rest := typed.Word(rest)
	if name == "" {
		return nil
	}
	if w.to, err = b.person(ctx, who, name); err != nil {
		return err
	}
	if lead, after := typed.Word(rest); strings.EqualFold(lead, "for") {
		name, after = typed.Word(after)
		if w.from, err = b.person(ctx, who, name); err != nil {
			return err
		}
		rest = after
	}
	w.note = typed.Note(rest)
	return nil
}

func (b *Bot) link(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.LinkChange(ctx, who, w.Number, form.Link(w.note))
	if err != nil {
		return answer{}, err
	}
	return b.did(ctx, who, "You linked that to", r, ""), nil
}

func (b *Bot) comment(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	return b.utter(ctx, who, w, itsm.CommentRequest{Text: w.note}, "Your comment stands below the card of %s.")
}

func (b *Bot) question(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	return b.utter(ctx, who, w, itsm.CommentRequest{Text: w.note, Question: true}, "The requester of %s is asked, and you are told the answer. The clock goes on.")
}

func (b *Bot) reply(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	if w.ReplyTo == 0 {
		return answer{}, itsm.Refuse(itsm.Invalid, "slack.no_question", "Nobody has asked anything about %s.", w.Number)
	}
	return b.utter(ctx, who, w, itsm.CommentRequest{Text: w.note, ReplyTo: w.ReplyTo}, "Your answer stands below the card of %s, and whoever asked is told.")
}

func (b *Bot) utter(ctx context.Context, who desk.Caller, w wish, r itsm.CommentRequest, done string) (answer, error) {
	if _, err := b.desk.CommentOnChange(ctx, who, w.Number, r); err != nil {
		return answer{}, err
	}
	return said(strings.ReplaceAll(done, "%s", string(w.Number))), nil
}

// readAnswer reads the number of the question that is answered, and the answer. No
// number means the question that was asked last, answered or not: whoever sends the
// same again must not answer another.
func (b *Bot) readAnswer(ctx context.Context, who desk.Caller, w *wish, rest string) error {
	all, err := b.desk.Comments(ctx, who, w.Number)
	if err != nil {
		return err
	}
	first, after := typed.Word(rest)
	named, _ := strconv.Atoi(strings.TrimRight(first, ":,."))
	for _, c := range all {
		if c.Kind != itsm.Question {
			continue
		}
		w.ReplyTo = c.ID
		if c.ID == named {
			w.note = after
			return nil
		}
	}
	return nil
}
