package chatops

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// memDesk is a desk in memory: the same rules, no process, no database. It lets a
// test say what the real one only does when something else breaks.
type memDesk struct {
	mu         sync.Mutex
	now        func() time.Time
	catalog    itsm.Catalog
	changes    map[itsm.Number]*itsm.Change
	incidents  map[itsm.Number]*itsm.Incident
	problems   map[itsm.Number]*itsm.Problem
	corrective map[itsm.Number]*itsm.CorrectiveAction
	suppliers  map[itsm.Number]*itsm.Supplier
	contracts  map[itsm.Number]*itsm.Contract
	reviews    map[itsm.Number]*itsm.SupplierReview
	alerts     *itsm.AlertCount
	timelines  map[itsm.Number][]itsm.Event
	comments   map[itsm.Number][]itsm.Comment
	talks      map[itsm.Number]*itsm.Talk
	kept       []desk.Delivery
	leased     map[int64]time.Time
	stored     map[string]memOutcome // by person, act and key
	refused    []error
	postponed  []string
	acts       int              // that the rules judged: repeats are none
	fails      map[string]error // by method, until taken out
	hangs      map[string]bool  // by method: waits for the context to end
}

type memOutcome struct {
	receipt itsm.Receipt
	err     error
}

func newMemDesk(now func() time.Time) *memDesk {
	people := []itsm.Person{
		{ID: "ana", Name: "Ana Lima", Slack: "U0ANA", Roles: []itsm.Role{itsm.Requester}},
		{ID: "bob", Name: "Bob <b> & Co", Slack: "U0BOB", Roles: []itsm.Role{itsm.Approver}},
		{ID: "eve", Name: "Eve Adams", Slack: "U0EVE", Roles: []itsm.Role{itsm.Approver}},
		{ID: "ida", Name: "Ida Noor", Slack: "U0IDA", Roles: []itsm.Role{itsm.Implementer}},
		{ID: "nul", Name: "No Slack", Roles: []itsm.Role{itsm.Requester}},
	}
	return &memDesk{
		now: now, changes: map[itsm.Number]*itsm.Change{}, incidents: map[itsm.Number]*itsm.Incident{}, problems: map[itsm.Number]*itsm.Problem{}, corrective: map[itsm.Number]*itsm.CorrectiveAction{},
		suppliers: map[itsm.Number]*itsm.Supplier{}, contracts: map[itsm.Number]*itsm.Contract{}, reviews: map[itsm.Number]*itsm.SupplierReview{}, timelines: map[itsm.Number][]itsm.Event{},
		comments: map[itsm.Number][]itsm.Comment{}, talks: map[itsm.Number]*itsm.Talk{},
		leased: map[int64]time.Time{}, stored: map[string]memOutcome{}, fails: map[string]error{}, hangs: map[string]bool{},
		catalog: itsm.Catalog{People: people, Change: itsm.ChangePolicy{
			Approvers: itsm.Approver, RemindAfter: itsm.Duration(12 * time.Hour), ExpireAfter: itsm.Duration(24 * time.Hour),
		}, Services: []itsm.Service{
			{ID: "payments", Name: "Payments", Channel: "C0PAY", Owner: "ana"}, {ID: "web", Name: "Web & <shop>", Channel: "C0WEB", Owner: "ana"},
		}},
	}
}

// trouble plays what the test asked for: an error, or a wait for the end of patience.
func (d *memDesk) trouble(ctx context.Context, method string) error {
	d.mu.Lock()
	err, hangs := d.fails[method], d.hangs[method]
	d.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return itsm.Refuse(itsm.Unavailable, "temporal.unavailable", "No answer yet; it may have counted.")
	}
	return err
}

func (d *memDesk) set(method string, err error, hangs bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fails[method], d.hangs[method] = err, hangs
}

func (d *memDesk) SlackActor(ctx context.Context, user string) (itsm.Actor, error) {
	if err := d.trouble(ctx, "SlackActor"); err != nil {
		return itsm.Actor{}, err
	}
	for _, p := range d.catalog.People {
		if p.Slack == user {
			return itsm.Actor{Person: p.ID, Roles: p.Roles, Teams: d.catalog.TeamsOf(p.ID), Door: itsm.DoorSlack, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}, nil
		}
	}
	return itsm.Actor{}, itsm.Refuse(itsm.Unauthenticated, "slack.unknown_person", "Steward does not know you yet. Ask an administrator to put your Slack id %s into the catalog.", user)
}

func (d *memDesk) Refused(_ context.Context, _ desk.Caller, _ string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refused = append(d.refused, err)
}

// once judges an act, or repeats what its first arrival came to.
func (d *memDesk) once(ctx context.Context, who desk.Caller, act itsm.Act, n itsm.Number, judge func(*itsm.Change) (itsm.Event, error)) (itsm.Receipt, error) {
	if err := d.trouble(ctx, string(act)); err != nil {
		return itsm.Receipt{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := fmt.Sprint(who.Person, act, n, who.Key)
	if o, ok := d.stored[key]; ok {
		return o.receipt, o.err
	}
	d.acts++
	c := d.changes[n]
	if c == nil {
		return itsm.Receipt{}, itsm.NoSuchRecord(n)
	}
	e, err := judge(c)
	o := memOutcome{err: err}
	if err == nil {
		d.record(c, e, who)
		d.goOn(c)
		o.receipt = c.Receipt()
	}
	d.stored[key] = o
	return o.receipt, o.err
}

// goOn does what the process does by itself after an act: it schedules, and opens
// the next stage.
func (d *memDesk) goOn(c *itsm.Change) {
	system := desk.Caller{Actor: itsm.Actor{Person: itsm.System, Door: itsm.DoorSystem}}
	if from, stopped := c.Stopped(); stopped {
		moved, err := c.Deadlines().Moved(itsm.AroundTheClock, from, d.now())
		if err != nil {
			panic(err)
		}
		d.record(c, c.Reschedule(moved), system)
	}
	for c.NextStage() > 0 {
		o, err := d.catalog.Open(d.catalog.Change, c.Asking(), d.now(), itsm.AroundTheClock)
		if err != nil {
			panic(err)
		}
		from := c.State
		if c.State != itsm.ChangeAwaiting {
			c.Become(itsm.ChangeAwaiting, d.now())
		}
		c.Approval.Round = max(c.Approval.Round, 1)
		c.OpenStage(o)
		d.record(c, itsm.Event{Kind: itsm.EventOpened, From: itsm.State(from), Detail: &itsm.Detail{Opening: &o}}, system)
	}
	if c.State == itsm.ChangeApproved {
		c.Become(itsm.ChangeScheduled, d.now())
		d.record(c, itsm.Event{Kind: itsm.EventScheduled, From: itsm.State(itsm.ChangeApproved)}, system)
	}
}

func (d *memDesk) terms(c *itsm.Change) itsm.Terms {
	s, _ := d.catalog.Service(c.Service)
	return d.catalog.Change.Terms(s)
}

// record keeps an event, as of the record after it.
func (d *memDesk) record(c *itsm.Change, e itsm.Event, who desk.Caller) {
	c.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = c.Number, c.Revision, d.now(), who.Person, who.Door, itsm.State(c.State)
	d.timelines[c.Number] = append(d.timelines[c.Number], e)
}

func (d *memDesk) RaiseChange(ctx context.Context, who desk.Caller, draft itsm.ChangeDraft) (itsm.Receipt, error) {
	if err := d.trouble(ctx, string(itsm.ActRaise)); err != nil {
		return itsm.Receipt{}, err
	}
	if err := who.May(itsm.RaiseChanges); err != nil {
		return itsm.Receipt{}, err
	}
	if err := draft.CheckRaise(d.now()); err != nil {
		return itsm.Receipt{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if o, ok := d.stored[string(who.Person)+who.Key]; ok {
		return o.receipt, o.err
	}
	d.acts++
	c := &itsm.Change{
		ChangeDraft: draft, Number: itsm.ChangeNumber(int64(len(d.changes) + 1)), Requester: who.Person, State: itsm.ChangeRaised,
		ContentHash: draft.Hash(), RaisedAt: d.now(), Since: d.now(),
	}
	terms := d.terms(c)
	c.RiskScore = terms.Score(draft)
	d.changes[c.Number] = c
	d.record(c, itsm.Event{Kind: itsm.EventRaised}, who)
	if terms.Assess(draft) {
		c.Become(itsm.ChangeAssessing, d.now())
		d.record(c, itsm.Event{Kind: itsm.EventAssessing, From: itsm.State(itsm.ChangeRaised)}, desk.Caller{Actor: itsm.Actor{Person: itsm.System}})
	} else {
		c.Become(itsm.ChangeAwaiting, d.now())
		d.goOn(c)
	}
	d.stored[string(who.Person)+who.Key] = memOutcome{receipt: c.Receipt()}
	return c.Receipt(), nil
}

// standIn says for whom somebody decides, as the desk does.
func (d *memDesk) standIn(who *desk.Caller, n itsm.Number, r itsm.DecisionRequest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.changes[n]
	if c == nil {
		return
	}
	principal := r.For
	if all := c.PrincipalsOf(who.Person); principal == "" && len(all) > 0 {
		principal = all[0]
	}
	if principal != "" && principal != who.Person {
		p := d.catalog.PrincipalFor(principal, who.Person, c.Service, d.now())
		who.For = &p
	}
}

func (d *memDesk) DecideChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	d.standIn(&who, n, r)
	return d.once(ctx, who, itsm.ActDecide, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckDecision(who.Actor, r); err != nil {
			return itsm.Event{}, err
		}
		return c.Decide(who.Actor, r, d.now()), nil
	})
}

func (d *memDesk) Comments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	if _, err := d.Change(ctx, who, n); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.comments[n]), nil
}

func (d *memDesk) PreviewChange(ctx context.Context, who desk.Caller, draft itsm.ChangeDraft) (itsm.Preview, error) {
	if err := d.trouble(ctx, "PreviewChange"); err != nil {
		return itsm.Preview{}, err
	}
	if err := d.catalog.CheckSeen(who.Actor, draft.Service); err != nil {
		return itsm.Preview{}, err
	}
	return d.catalog.Preview(who.Person, draft, d.now()), nil
}

func (d *memDesk) Change(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Change, error) {
	if err := d.trouble(ctx, "Change"); err != nil {
		return itsm.Change{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.changes[n]
	if c == nil {
		return itsm.Change{}, itsm.NoSuchRecord(n)
	}
	read := *c
	read.Decisions = slices.Clone(c.Decisions)
	return read, c.CheckRead(who.Actor)
}

func (d *memDesk) Changes(ctx context.Context, who desk.Caller, list desk.ChangeList) (desk.ChangePage, error) {
	if err := d.trouble(ctx, "Changes"); err != nil {
		return desk.ChangePage{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var page desk.ChangePage
	for _, c := range d.changes {
		if (list.State == "" || c.State == list.State) && (!list.Mine || c.Requester == who.Person) {
			page.Items = append(page.Items, *c)
		}
	}
	slices.SortFunc(page.Items, func(a, b itsm.Change) int { return len(b.Number) - len(a.Number) })
	page.Items = page.Items[:min(len(page.Items), list.Limit)]
	return page, nil
}

func (d *memDesk) Timeline(_ context.Context, _ desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.timelines[n]), nil
}

func (d *memDesk) WaitingChanges(ctx context.Context, who desk.Caller) ([]itsm.Change, error) {
	if err := d.trouble(ctx, "Waiting"); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []itsm.Change
	for _, c := range d.changes {
		if e := c.Explain(); slices.Contains(e.WaitsFor, who.Person) || slices.Contains(c.Approvers, who.Person) {
			out = append(out, *c)
		}
	}
	return out, nil
}

func (d *memDesk) Services(ctx context.Context, who desk.Caller) ([]itsm.Service, error) {
	if err := d.trouble(ctx, "Services"); err != nil {
		return nil, err
	}
	return d.catalog.ServicesFor(who.Actor), nil
}

func (d *memDesk) People(_ context.Context, who desk.Caller) ([]itsm.Person, error) {
	return d.catalog.People, who.May(itsm.ReadCatalog)
}

func (d *memDesk) KeepDelivery(ctx context.Context, in desk.Delivery, lease time.Duration) (desk.Delivery, bool, error) {
	if err := d.trouble(ctx, "KeepDelivery"); err != nil {
		return in, false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range d.kept {
		if k.DedupeKey == in.DedupeKey {
			return k, false, nil
		}
	}
	in.ID, in.Attempts = int64(len(d.kept)+1), 1
	d.kept = append(d.kept, in)
	d.leased[in.ID] = d.now().Add(lease)
	return in, true, nil
}

func (d *memDesk) ClaimDeliveries(_ context.Context, lease time.Duration, limit int) ([]desk.Delivery, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []desk.Delivery
	for i := range d.kept {
		k := &d.kept[i]
		if !k.Answered && !d.leased[k.ID].After(d.now()) && len(out) < limit {
			k.Attempts++
			d.leased[k.ID] = d.now().Add(lease)
			out = append(out, *k)
		}
	}
	return out, nil
}

func (d *memDesk) AnswerDelivery(ctx context.Context, id int64, answer []byte) error {
	if err := d.trouble(ctx, "AnswerDelivery"); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if k := &d.kept[id-1]; !k.Answered {
		k.Answered, k.Answer = true, answer
	}
	return nil
}

func (d *memDesk) PostponeDelivery(_ context.Context, id int64, reason string, after time.Duration) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leased[id] = d.now().Add(after)
	d.postponed = append(d.postponed, reason)
	return nil
}

func (d *memDesk) unanswered() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, k := range d.kept {
		if !k.Answered {
			n++
		}
	}
	return n
}
