package chatops

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// newProblem opens the form for a problem, filled in with the title that was typed, or
// from an incident: new from INC-7.
func (b *Bot) newProblem(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	if word, after := typed.Word(rest); word == "from" {
		if first, _ := typed.Word(after); typed.Number(first, ofIncidents).Of(ofIncidents) {
			return b.problemFrom(ctx, who, r, wish{Claim: cards.Claim{Number: typed.Number(first, ofIncidents)}})
		}
	}
	d := itsm.ProblemDraft{}
	d.Title = inOneLine(typed.Note(rest))
	return b.offerProblem(ctx, who, r, d)
}

// problemFrom opens the form for a problem, filled in from an incident.
func (b *Bot) problemFrom(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	i, err := b.desk.Incident(ctx, who, w.Number)
	if err != nil {
		return answer{}, err
	}
	d := itsm.ProblemDraft{Impact: i.Impact, Urgency: i.Urgency}
	d.Title, d.Description, d.Service, d.Category = i.Title, i.Description, i.Service, i.Category
	d.Incidents = []itsm.Number{i.Number}
	return b.offerProblem(ctx, who, r, d)
}

func (b *Bot) offerProblem(ctx context.Context, who desk.Caller, r request, d itsm.ProblemDraft) (answer, error) {
	if err := who.May(itsm.RaiseProblems); err != nil { // before they fill in a form for nothing
		b.desk.Refused(ctx, who, string(itsm.ActProblemRaise), err)
		return answer{}, err
	}
	services, err := b.services(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.Problem(form.NewProblem{Services: services, Draft: d}))
}

// raiseProblem takes the form for a problem.
func (b *Bot) raiseProblem(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	var r itsm.Receipt
	raise := func(b *Bot, ctx context.Context, who desk.Caller, _ wish) (_ itsm.Receipt, err error) {
		r, err = b.desk.RaiseProblem(ctx, who, f.Problem())
		return r, err
	}
	a, err := problemDeed("You raised", raise, cards.Then("You are told what comes of it."))(b, ctx, who, wish{})
	if err != nil {
		return answer{}, err
	}
	a.modal = form.LastWord(string(r.Number), a.text+"\n`/problem status "+string(r.Number)+"` tells where it stands.")
	return a, nil
}

// opened reads a record for a form, and asks its rule before somebody fills that in for
// nothing.
func opened[R any](ctx context.Context, b *Bot, who desk.Caller, n itsm.Number, act itsm.Act, read func(*Bot, context.Context, desk.Caller, itsm.Number) (R, error), rule func(R) error) (R, error) {
	one, err := read(b, ctx, who, n)
	if err != nil {
		return one, err
	}
	if err := rule(one); err != nil {
		b.desk.Refused(ctx, who, string(act), err)
		return one, err
	}
	return one, nil
}

func (b *Bot) openCause(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	p, err := opened(ctx, b, who, w.Number, itsm.ActRootCause, (*Bot).problem, func(p *itsm.Problem) error { return p.CheckRootCause(who.Actor, sureCause()) })
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, form.RootCause(form.ProblemCause(p), w.note))
}

// rewritten refuses a form that began with another text than is on record by now, lest
// one takes back unseen what another wrote.
func rewritten(n itsm.Number) error {
	return itsm.Refuse(itsm.Conflict, "slack.rewritten", "Somebody wrote that of %s anew after you opened this form, and nothing of yours was saved. What you wrote is still here: keep a copy of it, close this and open it again.", n)
}

func (b *Bot) saveCause(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	p, err := b.desk.Problem(ctx, who, k.Number)
	if err != nil {
		return answer{}, err
	}
	req, err := causeOf(f, k, p.RootCause)
	if err != nil {
		return answer{}, err
	}
	ask := func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.FindRootCause(ctx, who, w.Number, req)
	}
	return b.saved(ctx, who, k, problemDeed("You recorded the root cause of", ask, cards.CauseRecorded))
}

// causeOf is the root cause that was filled in, unless its form began with another than
// is on record by now.
func causeOf(f form.Filled, k form.Kept, was *itsm.RootCause) (itsm.RootCauseRequest, error) {
	req := f.RootCause(was)
	if !k.SawCause(was) && !sameCause(req, was) {
		return req, rewritten(k.Number)
	}
	return req, nil
}

// sameCause tells whether what is on record is what is sent: its first arrival, whose
// answer was lost.
func sameCause(r itsm.RootCauseRequest, c *itsm.RootCause) bool {
	return c != nil && r.Method == c.Method && reflect.DeepEqual(r.Trigger, c.Trigger) && reflect.DeepEqual(r.Cause, c.Cause) &&
		reflect.DeepEqual(r.DetectionGap, c.DetectionGap) && slices.EqualFunc(r.Contributing, c.Contributing, func(a, b itsm.Claim) bool { return reflect.DeepEqual(a, b) })
}

func (b *Bot) saved(ctx context.Context, who desk.Caller, k form.Kept, do deed) (answer, error) {
	a, err := do(b, ctx, who, wish{Claim: k.Claim})
	if err != nil {
		return answer{}, err
	}
	a.modal = form.LastWord(string(k.Number), a.text)
	return a, nil
}

func (b *Bot) openWorkaround(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	p, err := opened(ctx, b, who, w.Number, itsm.ActWorkaround, (*Bot).problem, func(p *itsm.Problem) error { return p.CheckWorkaround(who.Actor, sureWorkaround()) })
	if err != nil {
		return answer{}, err
	}
	tried := ""
	if p.KnownError != nil {
		tried = b.slackOf(ctx, who, p.KnownError.VerifiedBy)
	}
	return b.offer(ctx, r, form.Workaround(p, tried, w.note))
}

func (b *Bot) saveWorkaround(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	p, err := b.desk.Problem(ctx, who, k.Number)
	if err != nil {
		return answer{}, err
	}
	req := f.Workaround(p.KnownError)
	if req.VerifiedBy, err = b.person(ctx, who, f.Text("verified_by")); err != nil {
		return answer{}, err
	}
	if was := p.KnownError; was != nil && was.Hash() != k.ContentHash && !sameWorkaround(req, &p) {
		return answer{}, rewritten(k.Number)
	}
	ask := func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.WriteWorkaround(ctx, who, w.Number, req)
	}
	return b.saved(ctx, who, k, problemDeed("You wrote the workaround of", ask, cards.WorkaroundWritten))
}

// sameWorkaround is sameCause, of a workaround.
func sameWorkaround(r itsm.WorkaroundRequest, p *itsm.Problem) bool {
	k := *p.KnownError
	k.Title, k.Symptoms, k.Workaround, k.Risk, k.VerifiedBy = cmp.Or(r.Title, p.Title), r.Symptoms, r.Workaround, r.Risk, r.VerifiedBy
	if k.Services = r.Services; len(k.Services) == 0 {
		k.Services = []itsm.ServiceID{p.Service}
	}
	return k.Hash() == p.KnownError.Hash()
}

// openFix opens the form for the change that is to fix a problem, filled in as far as
// the problem tells.
func (b *Bot) openFix(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	if _, err := opened(ctx, b, who, w.Number, itsm.ActFix, (*Bot).problem, func(p *itsm.Problem) error { return p.CheckFixable(who.Actor) }); err != nil {
		return answer{}, err
	}
	if err := who.May(itsm.RaiseChanges); err != nil {
		b.desk.Refused(ctx, who, string(itsm.ActRaise), err)
		return answer{}, err
	}
	draft, err := b.desk.FixDraft(ctx, who, w.Number)
	if err != nil {
		return answer{}, err
	}
	return b.offerChange(ctx, who, r, form.New{Draft: draft, Fixes: w.Number})
}

// readFixes reads which problem a change is to fix, which anybody may have changed: the
// desk judges whether it may.
func readFixes(private string) (itsm.Number, error) {
	if private == "" {
		return "", nil
	}
	var k form.Kept
	if json.Unmarshal([]byte(private), &k) != nil || !k.Number.Of(ofProblems) {
		return "", staleForm()
	}
	return k.Number, nil
}
