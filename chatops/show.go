package chatops

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// notice gathers what an answer about a change needs, as who may see it.
func (b *Bot) notice(ctx context.Context, who desk.Caller, kind itsm.NoticeKind, n itsm.Number) (itsm.Notice, []itsm.Event, error) {
	c, err := b.desk.Change(ctx, who, n)
	if err != nil {
		return itsm.Notice{}, nil, err
	}
	timeline, err := b.desk.Timeline(ctx, who, n)
	if err != nil {
		return itsm.Notice{}, nil, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return itsm.Notice{}, nil, err
	}
	out := itsm.Notice{
		Kind: kind, Change: c, Explanation: c.Explain(), To: who.Person, People: people,
		Service: service(services, c.Service),
	}
	if len(timeline) > 0 {
		out.Event = timeline[len(timeline)-1]
	}
	return out, timeline, nil
}

// show answers /change show and the Details button with all that the record holds.
func (b *Bot) show(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, timeline, err := b.notice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Details(b.theirs(notice, who), timeline, b.slack.Links())), nil
}

// changeTimeline answers /change timeline.
func (b *Bot) changeTimeline(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, timeline, err := b.notice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Timeline(notice, timeline, b.slack.Links())), nil
}

// status answers /change status and explain with where a change stands, and why.
func (b *Bot) status(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, _, err := b.notice(ctx, who, cards.Status, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Standing(b.theirs(notice, who), b.slack.Links())), nil
}

var openStates = []itsm.ChangeState{
	itsm.ChangeRaised, itsm.ChangeAssessing, itsm.ChangeAwaiting, itsm.ChangeApproved, itsm.ChangeScheduled, itsm.ChangeImplementing,
}

// listed reads one of the lists, newest first, and one more than is shown.
func (b *Bot) listed(ctx context.Context, who desk.Caller, which cards.List) ([]itsm.Change, error) {
	switch which {
	case cards.ListWaiting:
		return b.desk.WaitingChanges(ctx, who)
	case cards.ListMine:
		page, err := b.desk.Changes(ctx, who, desk.ChangeList{Mine: true, Limit: cards.MaxListed + 1})
		return page.Items, err
	case cards.ListOpen, cards.ListMy, cards.ListAssigned, cards.ListCoordinated, cards.ListOwned: // the last are of other kinds
	}
	var all []itsm.Change
	for _, state := range openStates {
		page, err := b.desk.Changes(ctx, who, desk.ChangeList{State: state, Limit: cards.MaxListed + 1})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	slices.SortFunc(all, func(a, b itsm.Change) int {
		return cmp.Or(b.RaisedAt.Compare(a.RaisedAt), cmp.Compare(a.Number, b.Number))
	})
	return all, nil
}

func (b *Bot) list(ctx context.Context, who desk.Caller, which cards.List) (answer, error) {
	if which == cards.ListMy {
		mine, err := b.my(ctx, who)
		return shown(cards.My(mine)), err
	}
	changes, err := b.listed(ctx, who, which)
	if err != nil {
		return answer{}, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Listed(which, b.about(who, changes, services, people))), nil
}

// about gathers what a list shows of each change to one person.
func (b *Bot) about(who desk.Caller, changes []itsm.Change, services []itsm.Service, people map[itsm.PersonID]itsm.Person) []itsm.Notice {
	out := make([]itsm.Notice, len(changes))
	for i, c := range changes {
		n := itsm.Notice{Change: c, Explanation: c.Explain(), To: who.Person, Service: service(services, c.Service), People: people}
		out[i] = b.theirs(n, who)
	}
	return out
}

// theirs offers one person what that person can do: nobody else sees it.
func (b *Bot) theirs(n itsm.Notice, who desk.Caller) itsm.Notice {
	n.Explanation.Acts = n.Change.ActsFor(who.Actor, b.now())
	return n
}

// freshen is what the message whose button was pressed should say by now, so
// that dead buttons vanish; nil when it is not ours to replace. A Home tab it
// publishes anew. It is a comfort: what fails here is mended by the next look.
func (b *Bot) freshen(ctx context.Context, r request) *cards.Message {
	place, key, _ := strings.Cut(r.Press.Block, "/")
	key, _, _ = strings.Cut(key, "/known/") // a message may have several blocks to press
	n := numberIn(key)
	if r.Kind != payload.KindAction || n.Check() != nil {
		return nil
	}
	actor, err := b.desk.SlackActor(ctx, r.User)
	if err != nil {
		return nil
	}
	who := desk.Caller{Actor: actor, Source: source(r)}
	which, listed := strings.CutPrefix(place, "list.")
	var a answer
	w := wish{Claim: cards.Claim{Number: n}}
	switch {
	case r.Press.Home:
		if _, err := b.openHome(ctx, who, r, nil); err != nil {
			b.log.WarnContext(ctx, "cannot publish a home tab anew", "error", err)
		}
		return nil
	case listed && n.Of(ofIncidents) && which != string(cards.ListMy):
		a, err = b.incidentList(ctx, who, cards.List(which))
	case listed && n.Of(ofProblems) && which != string(cards.ListMy):
		a, err = b.problemList(ctx, who, cards.List(which))
	case listed && n.Of(ofCorrectives) && which != string(cards.ListMy):
		a, err = b.correctiveList(ctx, who, cards.List(which))
	case listed && of(n).command() == suppliers.command() && which != string(cards.ListMy):
		a, err = b.supplierList(ctx, who, which)
	case listed:
		a, err = b.list(ctx, who, cards.List(which))
	case place == string(cards.Show), place == string(cards.Status):
		a, err = of(n).verbs[place].do(b, ctx, who, w)
	default:
		return b.noticed(ctx, who, n, key)
	}
	if err != nil {
		return nil
	}
	m := a.message()
	return &m
}

// numberIn is the number that a message's key or a block's name begins with. That of a
// review has two parts.
func numberIn(key string) itsm.Number {
	first, rest, _ := strings.Cut(key, "/")
	second, _, _ := strings.Cut(rest, "/")
	if n := itsm.Number(first + "/" + second); n.Kind() == itsm.KindReview {
		return n
	}
	return itsm.Number(first)
}

// noticed is what the message of a process that has a key should say by now; nil
// when there is none of that key.
func (b *Bot) noticed(ctx context.Context, who desk.Caller, n itsm.Number, key string) *cards.Message {
	all, err := b.notices(ctx, who, n)
	if err != nil {
		return nil
	}
	i := slices.IndexFunc(all, func(o itsm.Notice) bool { return o.Key == key })
	if i < 0 {
		return nil
	}
	m := cards.Notice(all[i], b.slack.Links())
	return &m
}

// notices are all messages that there should be about a record.
func (b *Bot) notices(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Notice, error) {
	switch {
	case n.Of(ofIncidents):
		book, err := b.desk.IncidentBook(ctx, who, n)
		return itsm.IncidentNotices(book), err
	case n.Of(ofProblems):
		book, err := b.desk.ProblemBook(ctx, who, n)
		return itsm.ProblemNotices(book), err
	case n.Of(ofCorrectives):
		book, err := b.desk.CorrectiveBook(ctx, who, n)
		return itsm.CorrectiveNotices(book), err
	case n.Of(ofSuppliers):
		book, err := b.desk.SupplierBook(ctx, who, n)
		return itsm.SupplierNotices(book), err
	case n.Of(ofContracts):
		book, err := b.desk.ContractBook(ctx, who, n)
		return itsm.ContractNotices(book), err
	case n.Kind() == itsm.KindReview:
		book, err := b.desk.ReviewBook(ctx, who, n)
		return itsm.ReviewNotices(book), err
	}
	about, timeline, err := b.notice(ctx, who, itsm.NoticeCard, n)
	if err != nil {
		return nil, err
	}
	comments, err := b.desk.Comments(ctx, who, n)
	return itsm.Notices(about.Change, timeline, comments, about.Service, about.People), err
}

// listNamed answers a list of one kind of record, by the name that was typed: those that
// are open, where none was.
func (b *Bot) listNamed(ctx context.Context, who desk.Caller, r request, rest, command string, lists []cards.List,
	show func(context.Context, desk.Caller, cards.List) (answer, error),
) (answer, error) {
	first, _ := typed.Word(strings.ToLower(rest))
	which := cards.List(cmp.Or(first, string(cards.ListOpen)))
	switch {
	case which == cards.ListMy:
		return b.list(ctx, who, which)
	case slices.Contains(lists, which):
		return show(ctx, who, which)
	}
	names := make([]string, len(lists))
	for n, l := range lists {
		names[n] = string(l)
	}
	return unknown(command, cards.Unescape(r.Typed), cmp.Or(nearest(command+" list", first, names), command+" list open")), nil
}
