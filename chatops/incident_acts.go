package chatops

import (
	"context"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// asked asks the desk for what is wished.
type asked func(*Bot, context.Context, desk.Caller, wish) (itsm.Receipt, error)

// deedOf is a deed that says what it did and what came of it. What cannot be read is
// left out: it was done all the same.
func deedOf(done string, ask asked, next cards.Next) deed {
	return func(b *Bot, ctx context.Context, who desk.Caller, w wish) (answer, error) {
		r, err := ask(b, ctx, who, w)
		if err != nil {
			return answer{}, err
		}
		text := done + " " + string(r.Number) + "; it is now " + r.State.Words() + "."
		if i, err := b.desk.Incident(ctx, who, r.Number); err == nil && i.Revision >= r.Revision {
			text += " " + cards.Escape(whole(i.Explain().Summary))
			if next != nil {
				text += " " + next(&i, who.Person)
			}
		}
		return said(strings.TrimSpace(text)), nil
	}
}

// whole is a text that ends as a sentence: a note at its end need not.
func whole(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
}

func (b *Bot) acknowledge(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.AcknowledgeIncident(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) resumeIncident(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ResumeIncident(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) confirm(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ConfirmIncident(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) reopen(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ReopenIncident(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) cancelIncident(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CancelIncident(ctx, who, w.Number, itsm.Cancellation{Note: w.note})
}

func (b *Bot) escalate(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.EscalateIncident(ctx, who, w.Number, itsm.EscalateRequest{
		To: itsm.EscalateTo(w.said["to"]), Team: itsm.TeamID(w.said["team"]), Note: w.note,
	})
}

func (b *Bot) holdIncident(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.HoldIncident(ctx, who, w.Number, itsm.HoldRequest{
		Reason: itsm.HoldReason(w.said["reason"]), For: typed.Number(w.said["for"], ""), Note: w.note,
	})
}

func (b *Bot) resolve(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ResolveIncident(ctx, who, w.Number, itsm.ResolveRequest{Code: itsm.ResolutionCode(w.said["code"]), Note: w.note})
}

func (b *Bot) reprioritise(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ReprioritiseIncident(ctx, who, w.Number, itsm.Reprioritisation{
		Impact: itsm.Degree(w.said["impact"]), Urgency: itsm.Degree(w.said["urgency"]), Override: itsm.Priority(w.said["override"]), Note: w.note,
	})
}

func (b *Bot) relate(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.RelateIncident(ctx, who, w.Number, itsm.RelateRequest{Kind: itsm.RelationKind(w.said["kind"]), To: typed.Number(w.said["to"], "")})
}

func (b *Bot) endAsDuplicate(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.EndIncidentAsDuplicate(ctx, who, w.Number, itsm.DuplicateRequest{Of: typed.Number(w.said["of"], ofIncidents), Note: w.note})
}

func (b *Bot) setParent(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.SetIncidentParent(ctx, who, w.Number, itsm.ParentRequest{Parent: typed.Number(w.said["parent"], ofIncidents), Note: w.note})
}

func (b *Bot) assignIncident(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.AssignIncident(ctx, who, w.Number, itsm.Assignment{Assignee: w.to, Team: itsm.TeamID(w.said["team"]), Note: w.note})
}

// assignTo says to whom it went.
func (b *Bot) assignTo(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	done := "You gave " + cards.Escape(string(w.to))
	switch w.to { //nolint:exhaustive // neither the system nor monitoring takes anything on
	case "":
		done = "You gave the team " + cards.Escape(w.said["team"])
	case who.Person:
		done = "You took on"
	}
	return deedOf(done, (*Bot).assignIncident, cards.HandedOver)(b, ctx, who, w)
}

// readHandover reads @ida, a team, or both, and a note.
func (b *Bot) readHandover(ctx context.Context, who desk.Caller, w *wish, rest string) (err error) {
	var name string
	if name, w.said, w.note = typed.Assign(rest); name != "" {
		w.to, err = b.person(ctx, who, name)
	}
	return err
}

func (b *Bot) tellProgress(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	r, err := b.desk.CommentOnIncident(ctx, who, w.Number, itsm.CommentRequest{Text: w.note, Update: true})
	if err != nil {
		return answer{}, err
	}
	return said("Whoever reported " + string(r.Number) + " is told, and it stands below its card."), nil
}

// remark comments, or answers the question whose button was pressed. What waited for
// it goes on.
func (b *Bot) remark(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CommentOnIncident(ctx, who, w.Number, itsm.CommentRequest{Text: w.note, ReplyTo: w.ReplyTo})
}

func (b *Bot) applyWorkaround(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ApplyWorkaround(ctx, who, w.Number, itsm.ApplyRequest{KnownError: typed.Number(w.said["known_error"], ofProblems)})
}
