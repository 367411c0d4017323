package chatops

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// newChange opens the form for a change, its title filled in when it was typed.
func (b *Bot) newChange(ctx context.Context, who desk.Caller, r request, title string) (answer, error) {
	if err := who.May(itsm.RaiseChanges); err != nil { // before they fill in a form for nothing
		b.desk.Refused(ctx, who, string(itsm.ActRaise), err)
		return answer{}, err
	}
	return b.offerChange(ctx, who, r, form.New{Draft: itsm.ChangeDraft{Title: inOneLine(typed.Note(title))}})
}

// offerChange opens the form for a change, filled in as far as it goes.
func (b *Bot) offerChange(ctx context.Context, who desk.Caller, r request, offered form.New) (answer, error) {
	services, err := b.services(ctx, who)
	if err != nil {
		return answer{}, err
	}
	offered.Services, offered.Weighs, offered.Foreseen = services, true, form.Unforeseen
	about := cmp.Or(offered.Draft.Service, services[0].ID)
	if p, err := b.desk.PreviewChange(ctx, who, itsm.ChangeDraft{Type: itsm.Normal, Service: about}); err == nil {
		offered.Weighs = p.RiskScore.Tier != ""
		if len(services) == 1 || offered.Draft.Service != "" {
			offered.Foreseen = b.ahead(ctx, who, p)
		}
	}
	return b.offer(ctx, r, form.Change(offered))
}

// ahead says what was foreseen, with the people's names.
func (b *Bot) ahead(ctx context.Context, who desk.Caller, p itsm.Preview) string {
	people, err := b.desk.People(ctx, who)
	if err != nil {
		people = nil // then their ids have to do
	}
	return form.Ahead(p, byID(people))
}

// foresee redraws the form for a change once somebody changed what it leads to. It
// is no act: nothing is kept of it, and what fails is seen by the next one.
func (b *Bot) foresee(c *gin.Context, r request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), patience)
	defer cancel()
	err := b.ours(ctx, r)
	if err == nil {
		err = b.redraw(ctx, r)
	}
	outcome := "ok"
	if err != nil {
		outcome = itsm.AsError(err).Code
		b.log.InfoContext(ctx, "a form was not redrawn", "code", outcome)
	}
	b.meters.delivered("preview", outcome)
	write(c, nil)
}

func (b *Bot) redraw(ctx context.Context, r request) error {
	actor, err := b.desk.SlackActor(ctx, r.User)
	if err != nil {
		return err
	}
	who := desk.Caller{Actor: actor, Source: source(r)}
	services, err := b.desk.Services(ctx, who)
	if err != nil {
		return err
	}
	draft := r.Form.Draft()
	fixes, err := readFixes(r.Form.Private)
	if err != nil {
		return err
	}
	shown := itsm.ChangeDraft{Title: draft.Title, Description: draft.Description, Justification: draft.Justification, Service: draft.Service}
	next := form.New{Services: services, Draft: shown, Fixes: fixes, Weighs: r.Form.Weighs(), Foreseen: form.Unforeseen}
	if draft.Service != "" {
		p, err := b.desk.PreviewChange(ctx, who, draft)
		if err != nil {
			next.Foreseen = cards.Escape(itsm.AsError(err).Message)
		} else {
			next.Foreseen = b.ahead(ctx, who, p)
		}
	}
	return b.slack.UpdateModal(ctx, r.View.ID, r.View.Hash, form.Change(next))
}

// offer opens a modal. Its trigger lives for three seconds, so there is no later.
func (b *Bot) offer(ctx context.Context, r request, m *slack.ModalViewRequest) (answer, error) {
	late := itsm.Refuse(itsm.Conflict, "slack.too_late", "Slack waits three seconds for a form, and they had passed. Do that again.")
	if r.relayed {
		return answer{}, late
	}
	if err := b.slack.OpenModal(ctx, r.Trigger, m); err != nil {
		e := itsm.AsError(err)
		if e.Kind == itsm.Unavailable {
			b.log.WarnContext(ctx, "slack opened no form", "code", e.Code)
			return answer{}, late
		}
		return answer{}, e
	}
	return answer{silent: true}, nil
}

// takers take the forms that have fields of their own, by their callback.
var takers = map[string]func(*Bot, context.Context, desk.Caller, form.Filled) (answer, error){
	form.NewForm: (*Bot).raise, form.EditForm: (*Bot).saveEdit, form.AssessForm: (*Bot).saveAssessment,
	form.IncidentForm: (*Bot).raiseIncident,
	form.ProblemForm:  (*Bot).raiseProblem, form.RootCauseForm: (*Bot).saveCause, form.WorkaroundForm: (*Bot).saveWorkaround,
	form.CorrectiveForm: (*Bot).raiseCorrective, form.CorrectiveCauseForm: (*Bot).saveCorrectiveCause, form.PlanForm: (*Bot).savePlan,
	form.SupplierForm: (*Bot).raiseSupplier, form.SupplierEditForm: (*Bot).saveProfile, form.ExitForm: (*Bot).saveExit,
	form.ContractForm: (*Bot).raiseContract, form.AmendForm: (*Bot).saveAmendment, form.ActionsForm: (*Bot).saveActions,
}

// submit takes a form that was filled in.
func (b *Bot) submit(ctx context.Context, who desk.Caller, r request) (answer, error) {
	if take, own := takers[r.Form.Callback]; own {
		return take(b, ctx, who, r.Form)
	}
	about, name := kindOf(r.Form.Callback)
	if about == nil || about.verbs[name].form == nil {
		return answer{}, staleForm()
	}
	v := about.verbs[name]
	k, err := readKept(r.Form.Private)
	if err != nil {
		return answer{}, err
	}
	w := wish{Claim: k.Claim, note: r.Form.Text(v.form.Block), said: r.Form.Said(*v.form)}
	if named := r.Form.Text(v.form.Person); v.form.Person != "" && (named != "" || !v.form.Nobody) {
		if w.to, err = b.person(ctx, who, named); err != nil {
			return answer{}, err
		}
	}
	a, err := v.do(b, ctx, who, w)
	if err != nil {
		return answer{}, err
	}
	a.modal = form.LastWord(string(k.Number), a.text)
	return a, nil
}

// raise takes the form for a change. What has to be assessed is asked next: the
// record is there by then, so closing that form loses nothing.
func (b *Bot) raise(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	draft := f.Draft()
	fixes, err := readFixes(f.Private)
	if err != nil {
		return answer{}, err
	}
	raise, waits := b.desk.RaiseChange, ""
	if fixes != "" {
		waits = " " + string(fixes) + " waits for it."
		raise = func(ctx context.Context, who desk.Caller, draft itsm.ChangeDraft) (itsm.Receipt, error) {
			return b.desk.RaiseFix(ctx, who, fixes, draft)
		}
	}
	r, err := raise(ctx, who, draft)
	if err != nil {
		return answer{}, err
	}
	n := string(r.Number)
	a := said(n + " is raised and is " + r.State.Words() + "." + waits + " You are told what comes of it.")
	a.modal = form.LastWord(n, a.text+"\n`/change status "+n+"` tells where it stands.")
	if r.State == itsm.State(itsm.ChangeAssessing) {
		lead := n + " is raised. A change of its risk is assessed before anybody decides on it: do that here, or later with `/change assess " + n + "`."
		a.text = lead
		c := itsm.Change{Number: r.Number, ChangeDraft: draft}
		a.modal = form.Assess(c, form.Kept{Claim: cards.Claim{Number: r.Number}, Revision: r.Revision}, lead)
	}
	return a, nil
}

// openAssessment opens the form for an assessment: the first, or another.
func (b *Bot) openAssessment(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	c, err := b.desk.Change(ctx, who, w.Number)
	if err != nil {
		return answer{}, err
	}
	k := form.Kept{Claim: cards.Claim{Number: c.Number, ContentHash: c.ContentHash}, Revision: c.Revision}
	act := itsm.ActAssess
	if c.State != itsm.ChangeAssessing || c.Assessment != nil {
		act, k.Amends = itsm.ActEdit, true
	}
	if !slices.Contains(c.ActsFor(who.Actor, b.now()), act) {
		err := c.CheckAssess(who.Actor, sound())
		if act == itsm.ActEdit {
			err = b.mayEdit(&c, who)
		}
		b.desk.Refused(ctx, who, string(act), err)
		return answer{}, err
	}
	return b.offer(ctx, r, form.Assess(c, k, ""))
}

// sound is an assessment with nothing wrong in it: what refuses it is not about its text.
func sound() itsm.Assessment {
	a := itsm.Assessment{Risk: "x", Benefit: "x", Feasibility: "x", Cost: "x"}
	for _, s := range a.Effects.Sections() {
		s.Effect.Text = "x"
	}
	return a
}

func (b *Bot) mayEdit(c *itsm.Change, who desk.Caller) error {
	err := c.CheckEdit(who.Actor, itsm.EditRequest{Revision: c.Revision}, itsm.Terms{}, b.now())
	if itsm.AsError(err).Code == "edit.empty" { // it would be, and may be made
		return nil
	}
	return err
}

func (b *Bot) saveAssessment(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	a := f.Assessment()
	if err := a.Check(); err != nil {
		return answer{}, err
	}
	if k.Amends {
		return b.amend(ctx, who, k, itsm.EditRequest{Edit: itsm.Edit{Assessment: &a}})
	}
	r, err := b.desk.AssessChange(ctx, who, k.Number, a)
	if err != nil {
		return answer{}, err
	}
	done := b.did(ctx, who, "You assessed", r, "")
	done.modal = form.LastWord(string(k.Number), done.text)
	return done, nil
}

func (b *Bot) openEdit(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	c, err := b.desk.Change(ctx, who, w.Number)
	if err == nil {
		if err = b.mayEdit(&c, who); err != nil {
			b.desk.Refused(ctx, who, string(itsm.ActEdit), err)
		}
	}
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.Edit(c, c.RiskScore.Tier != ""))
}

func (b *Bot) saveEdit(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	a, err := b.amend(ctx, who, k, itsm.EditRequest{Note: f.Text("note"), Edit: f.Edit(k)})
	return a, assessFirst(k.Number, err)
}

// assessFirst tells where to assess a change, to whom an edit is refused that makes
// it one that must be.
func assessFirst(n itsm.Number, err error) error {
	e, refused := errors.AsType[*itsm.Error](err)
	if !refused || len(e.Fields) == 0 || e.Fields[0].Pointer != "/assessment" {
		return err
	}
	told := *e
	told.Fields = []itsm.Field{{Pointer: "/assessment", Message: e.Fields[0].Message + ". `/change assess " + string(n) + "` opens that form; then come back here"}}
	return &told
}

// amend edits a record as it stood when the form was opened. Where votes alone have
// moved it on since, the edit is sent once more on the record as it stands. What is
// sent first depends on the form alone, so that its repeat is the same asking.
func (b *Bot) amend(ctx context.Context, who desk.Caller, k form.Kept, e itsm.EditRequest) (answer, error) {
	e.Revision = k.Revision
	r, err := b.desk.EditChange(ctx, who, k.Number, e)
	if err != nil && itsm.AsError(err).Code == "record.moved_on" {
		r, err = b.amendAgain(ctx, who, k, e, err)
	}
	if err != nil {
		return answer{}, err
	}
	a := b.did(ctx, who, "You edited", r, "Whose vote counts no more because of it is told what changed.")
	a.modal = form.LastWord(string(k.Number), a.text)
	return a, nil
}

func (b *Bot) amendAgain(ctx context.Context, who desk.Caller, k form.Kept, e itsm.EditRequest, moved error) (itsm.Receipt, error) {
	c, err := b.desk.Change(ctx, who, k.Number)
	switch {
	case err != nil:
		return itsm.Receipt{}, err
	case form.Done(e.Edit, c): // by the first arrival of this form, whose answer was lost
		return c.Receipt(), nil
	case c.ContentHash != k.ContentHash:
		return itsm.Receipt{}, itsm.Refuse(itsm.Conflict, "change.edited", "Somebody edited %s after you opened this form, and nothing of yours was saved. What you wrote is still here: keep a copy of it, close this and open it again.", k.Number)
	case c.Revision == e.Revision:
		return itsm.Receipt{}, moved
	}
	who.Key += "-again"
	e.Revision = c.Revision
	return b.desk.EditChange(ctx, who, k.Number, e)
}
