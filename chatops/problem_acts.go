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

// problemDeed is a deed on a problem that says what came of it.
func problemDeed(done string, ask asked, next cards.ProblemNext) deed {
	return deedUpon(done, ask, (*Bot).problem, next)
}

func (b *Bot) problem(ctx context.Context, who desk.Caller, n itsm.Number) (*itsm.Problem, error) {
	p, err := b.desk.Problem(ctx, who, n)
	return &p, err
}

// recorded is a record that says where it stands.
type recorded interface {
	Explain() itsm.Explanation
	Receipt() itsm.Receipt
}

// deedUpon is a deed on a record that says what it did, what came of it and what can be
// done next. What cannot be read is left out: it was done all the same.
func deedUpon[R recorded](done string, ask asked, read func(*Bot, context.Context, desk.Caller, itsm.Number) (R, error), next func(R) string) deed {
	return func(b *Bot, ctx context.Context, who desk.Caller, w wish) (answer, error) {
		r, err := ask(b, ctx, who, w)
		if err != nil {
			return answer{}, err
		}
		text := done + " " + string(r.Number) + "; it is now " + r.State.Words() + "."
		if now, err := read(b, ctx, who, r.Number); err == nil && now.Receipt().Revision >= r.Revision {
			text += " " + cards.Escape(whole(now.Explain().Summary))
			if next != nil {
				text += " " + next(now)
			}
		}
		return said(strings.TrimSpace(text)), nil
	}
}

func (b *Bot) acceptProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	r := itsm.Acceptance{
		Coordinator: w.to, Team: itsm.TeamID(w.said["team"]), Category: w.said["category"],
		Impact: itsm.Degree(w.said["impact"]), Urgency: itsm.Degree(w.said["urgency"]), Note: w.note,
	}
	if major := w.said["major"]; major != "" {
		r.Major = new(major == "yes")
	}
	return b.desk.AcceptProblem(ctx, who, w.Number, r)
}

func (b *Bot) declineProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.DeclineProblem(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) mergeProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.MergeProblem(ctx, who, w.Number, itsm.MergeRequest{Into: typed.Number(w.said["into"], ofProblems), Note: w.note})
}

func (b *Bot) assignProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.AssignProblem(ctx, who, w.Number, itsm.Assignment{Assignee: w.to, Team: itsm.TeamID(w.said["team"]), Note: w.note})
}

func (b *Bot) addTask(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	r := itsm.TaskRequest{Title: w.said["title"], Owner: w.to}
	if due := form.At(w.said["due_at"]); !due.IsZero() {
		r.DueAt = &due
	}
	return b.desk.TaskOfProblem(ctx, who, w.Number, r)
}

func (b *Bot) endTask(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.TaskOfProblem(ctx, who, w.Number, itsm.TaskRequest{ID: taskID(w.said["id"]), State: itsm.TaskState(w.said["state"]), Result: w.note})
}

// taskID is the number of a task as it was said; what is none, no task has.
func taskID(said string) int {
	id, err := strconv.Atoi(said)
	if err != nil || id <= 0 {
		return -1
	}
	return id
}

// readTask reads @ida and what is to be done; without a person it is whose who typed it.
func (b *Bot) readTask(ctx context.Context, who desk.Caller, w *wish, rest string) (err error) {
	var name string
	name, w.said = typed.Task(rest)
	w.note = ""
	switch {
	case name != "":
		w.to, err = b.person(ctx, who, name)
	case w.said["title"] != "":
		w.to = who.Person
	}
	return err
}

// verdicts are how people say what they decide.
var verdicts = map[string]string{"approve": "approve", "yes": "approve", "reject": "reject", "no": "reject", "abstain": "abstain"}

// problemMeant is the verb that people mean who type one with another word after the
// number: task PRB-7 done 2 the pool leaks; decide PRB-7 reject nobody tried it.
func problemMeant(name, rest string) (verb, after string) {
	_, more := typed.Word(rest)
	if word, _ := typed.Word(more); name == "task" && typed.EndsTask(word) {
		return "done", rest
	}
	return decideMeant(name, rest)
}

// decideMeant is the verdict that people mean who type decide and then one.
func decideMeant(name, rest string) (verb, after string) {
	number, more := typed.Word(rest)
	word, note := typed.Word(more)
	if verdict := verdicts[strings.ToLower(strings.TrimRight(word, ":,."))]; name == "decide" && verdict != "" {
		return verdict, number + " " + note
	}
	return name, rest
}

// deciding decides on the text of the known error that was read.
func deciding(v itsm.Verdict) asked {
	return func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		w.said = typed.Fields{"verdict": string(v)}
		return b.decideError(ctx, who, w)
	}
}

func (b *Bot) decideError(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.DecideKnownError(ctx, who, w.Number, itsm.DecisionRequest{Verdict: itsm.Verdict(w.said["verdict"]), Note: w.note, ContentHash: w.ContentHash})
}

func (b *Bot) proposeError(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.PublishKnownError(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) communicate(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CommunicateWorkaround(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) fixProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.FixProblem(ctx, who, w.Number, itsm.FixRequest{Change: typed.Number(w.said["change"], ofChanges)})
}

func (b *Bot) acceptRisk(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.AcceptRisk(ctx, who, w.Number, itsm.RiskRequest{Note: w.note, ExpiresAt: form.At(w.said["expires_at"])})
}

func (b *Bot) confirmFix(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ConfirmFix(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) reviewProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ReviewProblem(ctx, who, w.Number, itsm.ReviewRequest{
		WentWell: w.said["went_well"], WentWrong: w.said["went_wrong"], ThirdParties: w.said["third_parties"], FollowUp: w.said["follow_up"],
	})
}

func (b *Bot) closeProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CloseProblem(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) reopenProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ReopenProblem(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) cancelProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CancelProblem(ctx, who, w.Number, itsm.Cancellation{Note: w.note})
}

func (b *Bot) relateProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.RelateProblem(ctx, who, w.Number, itsm.RelateRequest{Kind: itsm.RelationKind(w.said["kind"]), To: typed.Number(w.said["to"], "")})
}

// commentOnProblem comments, or answers the question whose button was pressed.
func (b *Bot) commentOnProblem(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CommentOnProblem(ctx, who, w.Number, itsm.CommentRequest{Text: w.note, ReplyTo: w.ReplyTo})
}
